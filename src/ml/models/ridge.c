#include <string.h>

#include "base/math.h"
#include "models/check.h"

/* a = X^T X + l2 I (the lower triangle, d x d) and b = X^T y, one row of X after the other. */
static void primal(size_t n, size_t d, const double *x, const double *y, double l2, double *a, double *b) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            const double x_ij = x[i * d + j];
            for (size_t k = 0; k <= j; k++)
                a[j * d + k] += x_ij * x[i * d + k];
            b[j] += x_ij * y[i];
        }
    for (size_t j = 0; j < d; j++)
        a[j * d + j] += l2;
}

/* a = X X^T + l2 I (the lower triangle, n x n) and b = y. */
static void dual(size_t n, size_t d, const double *x, const double *y, double l2, double *a, double *b) {
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k <= i; k++)
            for (size_t j = 0; j < d; j++)
                a[i * n + k] += x[i * d + j] * x[k * d + j];
        a[i * n + i] += l2;
        b[i] = y[i];
    }
}

static ml_status fit(size_t n, size_t d, const double *x, const double *y, double l2, double *coefficient,
                     ml_arena *arena, ml_error *error) {
    const size_t m = n < d ? n : d;
    double *const a = m > SIZE_MAX / m ? NULL : ML_ALLOC(arena, m * m, double), *const b = ML_ALLOC(arena, m, double);
    if (a == NULL || b == NULL)
        return ml_models_out_of_memory("ridge", n, d, error);
    (n < d ? dual : primal)(n, d, x, y, l2, a, b);
    if (ml_cholesky_solve(m, a, b, NULL) != ML_OK)
        return ml_fail(error, ML_ESINGULAR, "l2 = %g is too small: features depend on each other; use a larger one",
                       l2);
    if (n >= d) {
        memcpy(coefficient, b, d * sizeof *coefficient);
        return ML_OK;
    }
    memset(coefficient, 0, d * sizeof *coefficient);
    for (size_t i = 0; i < n; i++) /* w = X^T a */
        for (size_t j = 0; j < d; j++)
            coefficient[j] += x[i * d + j] * b[i];
    return ML_OK;
}

/* An intercept without penalty is the same as none on data whose means were taken out. */
static ml_status fit_centred(size_t n, size_t d, const double *x, const double *y, double l2, double *coefficient,
                             double *intercept, ml_arena *arena, ml_error *error) {
    double *const mean = ML_ALLOC(arena, d, double), *const xc = ML_ALLOC(arena, n * d, double),
                  *const yc = ML_ALLOC(arena, n, double);
    if (mean == NULL || xc == NULL || yc == NULL)
        return ml_models_out_of_memory("ridge", n, d, error);
    double y_mean = 0.0;
    for (size_t i = 0; i < n; i++) {
        y_mean += y[i] / (double)n;
        for (size_t j = 0; j < d; j++)
            mean[j] += x[i * d + j] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        yc[i] = y[i] - y_mean;
        for (size_t j = 0; j < d; j++)
            xc[i * d + j] = x[i * d + j] - mean[j];
    }
    ML_TRY(fit(n, d, xc, yc, l2, coefficient, arena, error));
    *intercept = y_mean;
    for (size_t j = 0; j < d; j++)
        *intercept -= mean[j] * coefficient[j];
    return ML_OK;
}

ml_status ml_ridge_fit(size_t n, size_t d, const double *x, const double *y, double l2, double *coefficient,
                       double *intercept, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    ML_TRY(ml_models_check_target(n, y, error));
    ML_TRY(ml_models_check_l2(l2, error));
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = intercept != NULL ? fit_centred(n, d, x, y, l2, coefficient, intercept, arena, error)
                                               : fit(n, d, x, y, l2, coefficient, arena, error);
    ml_arena_release(arena, before);
    return status;
}
