/* Lasso and elastic net by coordinate descent. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"

typedef struct descent {
    size_t n, d;
    double l1, l2;            /* of the sum, not the mean, of squares */
    double *column;           /* [d x n] the features, centred, one after the other */
    double *length;           /* [d] their squared lengths */
    double *y, *residual, *w; /* [n], [n], [d] */
} descent;

static double dot(size_t n, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Takes the mean out of n values that lie `stride` apart; returns it. */
static double centre(size_t n, size_t stride, const double *from, bool really, double *to) {
    double mean = 0.0;
    for (size_t i = 0; really && i < n; i++)
        mean += from[i * stride] / (double)n;
    for (size_t i = 0; i < n; i++)
        to[i] = from[i * stride] - mean;
    return mean;
}

/* One pass: each coefficient goes to where the objective is lowest while the others stay, which is 0 where the feature
 * explains less of the residual than l1. */
static void pass(descent *f) {
    for (size_t j = 0; j < f->d; j++) {
        const double *const x = f->column + j * f->n;
        if (f->length[j] == 0.0)
            continue; /* a constant feature keeps its 0 */
        const double before = f->w[j], pull = dot(f->n, x, f->residual) + before * f->length[j];
        const double beyond = fabs(pull) - f->l1;
        const double after = beyond > 0.0 ? (pull > 0.0 ? beyond : -beyond) / (f->length[j] + f->l2) : 0.0;
        f->w[j] = after;
        for (size_t i = 0; after != before && i < f->n; i++)
            f->residual[i] -= (after - before) * x[i];
    }
}

/* How far the objective can still be above its minimum: the residual, shrunk until it is allowed there, gives a lower
 * bound in the dual problem. */
static double duality_gap(const descent *f) {
    double largest = 0.0, absolute = 0.0;
    for (size_t j = 0; j < f->d; j++) {
        largest = fmax(largest, fabs(dot(f->n, f->column + j * f->n, f->residual) - f->l2 * f->w[j]));
        absolute += fabs(f->w[j]);
    }
    const double shrink = largest > f->l1 ? f->l1 / largest : 1.0, r2 = dot(f->n, f->residual, f->residual);
    return 0.5 * (1.0 + shrink * shrink) * (r2 + f->l2 * dot(f->d, f->w, f->w)) + f->l1 * absolute -
           shrink * dot(f->n, f->residual, f->y);
}

static ml_status descend(descent *f, ml_error *error) {
    const double scale = dot(f->n, f->y, f->y);
    double gap = duality_gap(f);
    for (int passes = 0; !(gap <= 1e-12 * scale) && passes < ML_ELASTIC_NET_MAX_PASSES; passes++) {
        pass(f);
        gap = duality_gap(f);
    }
    if (!(gap <= 1e-4 * scale)) /* where scikit-learn would stop */
        return ml_fail(error, ML_EDIVERGED, "no optimum after %d passes; use larger penalties, or scale the features",
                       ML_ELASTIC_NET_MAX_PASSES);
    return ML_OK;
}

static ml_status fit(descent *f, const double *x, const double *y, double *coefficient, double *intercept,
                     ml_arena *arena, ml_error *error) {
    double *const mean = ML_ALLOC(arena, f->d, double);
    f->column = f->n > SIZE_MAX / f->d ? NULL : ML_ALLOC(arena, f->n * f->d, double);
    f->length = ML_ALLOC(arena, f->d, double);
    f->w = ML_ALLOC(arena, f->d, double);
    f->y = ML_ALLOC(arena, f->n, double);
    f->residual = ML_ALLOC(arena, f->n, double);
    if (!mean || !f->column || !f->length || !f->w || !f->y || !f->residual)
        return ml_models_out_of_memory("elastic net", f->n, f->d, error);
    const double y_mean = centre(f->n, 1, y, intercept != NULL, f->y);
    for (size_t j = 0; j < f->d; j++) {
        mean[j] = centre(f->n, f->d, x + j, intercept != NULL, f->column + j * f->n);
        f->length[j] = dot(f->n, f->column + j * f->n, f->column + j * f->n);
    }
    memcpy(f->residual, f->y, f->n * sizeof *f->y);
    ML_TRY(descend(f, error));
    memcpy(coefficient, f->w, f->d * sizeof *coefficient);
    if (intercept != NULL)
        *intercept = y_mean - dot(f->d, mean, f->w);
    return ML_OK;
}

ml_status ml_elastic_net_fit(size_t n, size_t d, const double *x, const double *y, double l1, double l2,
                             double *coefficient, double *intercept, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    ML_TRY(ml_models_check_target(n, y, error));
    ML_TRY(ml_models_check_l2(l2, error));
    if (!(l1 >= 0.0 && isfinite(l1)))
        return ml_fail(error, ML_EINVAL, "l1 is %g; the weight of a penalty is a finite number, 0 or more", l1);
    if (l1 == 0.0)
        return ml_ridge_fit(n, d, x, y, l2 * (double)n, coefficient, intercept, arena, error);
    const ml_arena_mark before = ml_arena_save(arena);
    descent f = {.n = n, .d = d, .l1 = l1 * (double)n, .l2 = l2 * (double)n};
    const ml_status status = fit(&f, x, y, coefficient, intercept, arena, error);
    ml_arena_release(arena, before);
    return status;
}
