#include <float.h>
#include <string.h>

#include "base/math.h"
#include "models/check.h"

void ml_linear_predict(size_t n, size_t d, const double *x, const double *coefficient, double intercept,
                       double *prediction) {
    for (size_t i = 0; i < n; i++) {
        double sum = intercept;
        for (size_t j = 0; j < d; j++)
            sum += x[i * d + j] * coefficient[j];
        prediction[i] = sum;
    }
}

/* --- Least squares by QR: reflections turn the columns into an upper triangle, and y along with them. ------------- */

static double dot(size_t n, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Divides by the largest magnitude, so that no square overflows. Returns it; 1 for a column of zeros. */
static double rescale(size_t n, double *column) {
    double largest = 0.0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(column[i]));
    if (largest == 0.0)
        return 1.0;
    for (size_t i = 0; i < n; i++)
        column[i] /= largest;
    return largest;
}

/* column -= v (2 v.column / v.v): its mirror image in the plane at right angles to v. */
static void reflect(size_t n, const double *v, double v_dot_v, double *column) {
    const double factor = 2.0 * dot(n, v, column) / v_dot_v;
    for (size_t i = 0; i < n; i++)
        column[i] -= factor * v[i];
}

/* Eliminates the p columns of q (each of n, one after the other) and applies the same to y. Below the diagonal q then
 * holds the mirrors; `diagonal` is R's. Returns the index of the first column that depends on those before it, or p. */
static size_t triangulate(size_t n, size_t p, double *q, double *y, double *diagonal) {
    for (size_t k = 0; k < p; k++) {
        double *const v = q + k * n + k;
        const size_t rest = n - k;
        const double before = sqrt(dot(n, q + k * n, q + k * n)); /* reflections keep a column's length */
        const double norm = sqrt(dot(rest, v, v));
        if (!(norm > 8.0 * (double)n * DBL_EPSILON * before))
            return k;
        diagonal[k] = v[0] > 0.0 ? -norm : norm; /* away from v[0], so that nothing cancels below */
        v[0] -= diagonal[k];
        const double v_dot_v = dot(rest, v, v);
        for (size_t j = k + 1; j < p; j++)
            reflect(rest, v, v_dot_v, q + j * n + k);
        reflect(rest, v, v_dot_v, y + k);
    }
    return p;
}

/* Solves R w = y from the last unknown up; w replaces the first p of y. */
static void substitute_back(size_t n, size_t p, const double *q, const double *diagonal, double *y) {
    for (size_t k = p; k-- > 0;) {
        y[k] /= diagonal[k];
        for (size_t i = 0; i < k; i++)
            y[i] -= q[k * n + i] * y[k];
    }
}

static ml_status fit(size_t n, size_t d, const double *x, const double *y, double *coefficient, double *intercept,
                     ml_arena *arena, ml_error *error) {
    const size_t ones = intercept != NULL, p = d + ones; /* the column of ones comes first */
    double *const q = ML_ALLOC(arena, n * p, double), *const rotated = ML_ALLOC(arena, n, double),
                  *const diagonal = ML_ALLOC(arena, p, double), *const scale = ML_ALLOC(arena, p, double);
    if (q == NULL || rotated == NULL || diagonal == NULL || scale == NULL)
        return ml_models_out_of_memory("linear regression", n, d, error);
    for (size_t i = 0; i < n; i++) {
        if (ones)
            q[i] = 1.0;
        for (size_t j = 0; j < d; j++)
            q[(j + ones) * n + i] = x[i * d + j];
    }
    for (size_t k = 0; k < p; k++)
        scale[k] = rescale(n, q + k * n);
    memcpy(rotated, y, n * sizeof *rotated);
    const double y_scale = rescale(n, rotated);
    const size_t dependent = triangulate(n, p, q, rotated, diagonal);
    if (dependent < p)
        return ml_fail(error, ML_ESINGULAR,
                       "feature %zu is constant or a combination of those before it; remove it, or "
                       "use ridge",
                       dependent - ones);
    substitute_back(n, p, q, diagonal, rotated);
    for (size_t j = 0; j < d; j++)
        coefficient[j] = rotated[j + ones] / scale[j + ones] * y_scale;
    if (intercept != NULL)
        *intercept = rotated[0] * y_scale;
    return ML_OK;
}

ml_status ml_linear_fit(size_t n, size_t d, const double *x, const double *y, double *coefficient, double *intercept,
                        ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    ML_TRY(ml_models_check_target(n, y, error));
    const size_t unknowns = d + (intercept != NULL);
    if (n < unknowns)
        return ml_fail(error, ML_ESHAPE, "%zu rows for %zu unknowns; add rows, leave out features, or use ridge", n,
                       unknowns);
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = fit(n, d, x, y, coefficient, intercept, arena, error);
    ml_arena_release(arena, before);
    return status;
}
