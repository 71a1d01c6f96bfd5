/* Least squares by singular values, which has an answer for every matrix. */
#include <string.h>

#include "base/math.h"
#include "models/basis.h"
#include "models/check.h"
#include "models/decomposition.h"
#include "models/magnitude.h"

typedef struct least {
    size_t n, d, k; /* k = min(n, d) */
    double *mean, *centred, *u, *value, *v, *w;
} least;

static bool allocate(least *f, ml_arena *arena) {
    f->mean = ML_ALLOC(arena, f->d, double);
    f->centred = ml_models_matrix(arena, f->n, f->d);
    f->u = ml_models_matrix(arena, f->n, f->k);
    f->value = ML_ALLOC(arena, f->k, double);
    f->v = ml_models_matrix(arena, f->k, f->d);
    f->w = ML_ALLOC(arena, f->d, double);
    return f->mean && f->centred && f->u && f->value && f->v && f->w;
}

/* With an intercept, rows and target less their means, which are summed from the first row on, so that a constant
 * column leaves nothing; returns the mean of the target. */
static double centre(least *f, const double *x, const double *y, bool has_intercept) {
    double y_mean = 0.0;
    memcpy(f->centred, x, f->n * f->d * sizeof *x);
    if (!has_intercept)
        return 0.0;
    for (size_t i = 0; i < f->n; i++) {
        y_mean += y[i] / (double)f->n;
        for (size_t j = 0; j < f->d; j++)
            f->mean[j] += (x[i * f->d + j] - x[j]) / (double)f->n;
    }
    ml_models_add(f->d, 1.0, x, f->mean);
    for (size_t i = 0; i < f->n; i++)
        ml_models_add(f->d, -1.0, f->mean, f->centred + i * f->d);
    return y_mean;
}

/* w = sum over the singular values s_i that count of (u_i . y / s_i) v_i; returns how many count. */
static size_t solve(least *f, const double *y, double y_mean) {
    const double size = (double)(f->n > f->d ? f->n : f->d), smallest = size * 0x1p-52 * f->value[0];
    size_t rank = 0;
    for (; rank < f->k && f->value[rank] > smallest; rank++) {
        double share = 0.0;
        for (size_t i = 0; i < f->n; i++)
            share += f->u[i * f->k + rank] * (y[i] - y_mean);
        ml_models_add(f->d, share / f->value[rank], f->v + rank * f->d, f->w);
    }
    return rank;
}

static ml_status fit(least *f, const double *x, const double *y, double *coefficient, double *intercept, size_t *rank,
                     ml_arena *arena, ml_error *error) {
    if (!allocate(f, arena))
        return ml_models_out_of_memory("least squares", f->n, f->d, error);
    const double y_mean = centre(f, x, y, intercept != NULL);
    ML_TRY(ml_svd(f->n, f->d, f->centred, f->k, f->u, f->value, f->v, arena, error));
    const size_t found = solve(f, y, y_mean);
    memcpy(coefficient, f->w, f->d * sizeof *coefficient);
    if (intercept != NULL)
        *intercept = y_mean - ml_models_dot(f->d, f->mean, f->w);
    if (rank != NULL)
        *rank = found;
    return ML_OK;
}

ml_status ml_linear_fit_min_norm(size_t n, size_t d, const double *x, const double *y, double *coefficient,
                                 double *intercept, size_t *rank, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_magnitude(n, d, x, error));
    ML_TRY(ml_models_check_target(n, y, error));
    for (size_t i = 0; i < n; i++)
        if (fabs(y[i]) > 1e140)
            return ml_fail(error, ML_EINVAL, "the target of row %zu is %g, whose square overflows; scale it", i, y[i]);
    const ml_arena_mark before = ml_arena_save(arena);
    least f = {.n = n, .d = d, .k = n < d ? n : d};
    const ml_status status = fit(&f, x, y, coefficient, intercept, rank, arena, error);
    ml_arena_release(arena, before);
    return status;
}
