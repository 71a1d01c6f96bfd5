#include "base/math.h"
#include "monitor/drift.h"
#include "monitor/two_samples.h"

#define TWO_PI 0x1.921fb54442d18p+2

static void fill_kernel(size_t n, const double *a, size_t m, const double *b, size_t d, double gamma, double *kernel) {
    const size_t rows = n + m;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < i; j++) {
            const double *const x = i < n ? a + i * d : b + (i - n) * d, *const y = j < n ? a + j * d : b + (j - n) * d;
            double square = 0.0;
            for (size_t c = 0; c < d; c++)
                square += (x[c] - y[c]) * (x[c] - y[c]);
            kernel[i * rows + j] = kernel[j * rows + i] = ml_exp(-gamma * square);
        }
}

/* The mean kernel within each sample, without a row with itself, minus twice the mean across; the first n rows of
 * `order` are the one sample. */
static double discrepancy(size_t n, size_t m, const double *kernel, const uint32_t *order) {
    const size_t rows = n + m;
    double within_a = 0.0, within_b = 0.0, across = 0.0;
    for (size_t i = 0; i < rows; i++) {
        const double *const row = kernel + order[i] * rows;
        for (size_t j = 0; j < i; j++) {
            const double value = row[order[j]];
            if (i < n)
                within_a += value;
            else if (j >= n)
                within_b += value;
            else
                across += value;
        }
    }
    const double x = (double)n, y = (double)m;
    return 2.0 * (within_a / (x * (x - 1.0)) + within_b / (y * (y - 1.0)) - across / (x * y));
}

ml_status ml_mmd_test(size_t n, const double *a, size_t m, const double *b, size_t d, double gamma, size_t permutations,
                      ml_rng *rng, ml_arena *arena, double *mmd2, double *p, ml_error *error) {
    if (n < 2 || m < 2 || d == 0 || permutations == 0)
        return ml_fail(error, ML_EINVAL,
                       "%zu and %zu rows of %zu features with %zu permutations; use two rows or more of "
                       "each, a feature and a permutation",
                       n, m, d, permutations);
    if (!(gamma > 0.0 && gamma < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "gamma is %g; it is positive, 1/(2 median^2) of the distances is usual",
                       gamma);
    ML_TRY(ml_check_sample(n * d, a, 1, "a", error));
    ML_TRY(ml_check_sample(m * d, b, 1, "b", error));
    const size_t rows = n + m;
    const ml_arena_mark mark = ml_arena_save(arena);
    uint32_t *const order = ML_ALLOC(arena, rows, uint32_t);
    double *const kernel =
        rows <= SIZE_MAX / sizeof(double) ? ml_arena_alloc(arena, rows, rows * sizeof(double)) : NULL;
    if (order == NULL || kernel == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "the kernel of %zu rows with each other does not fit; use fewer rows", rows);
    }
    fill_kernel(n, a, m, b, d, gamma, kernel);
    for (size_t i = 0; i < rows; i++)
        order[i] = (uint32_t)i;
    const double seen = discrepancy(n, m, kernel, order), rounding = 1e-12;
    size_t as_large = 1;
    for (size_t i = 0; i < permutations; i++) {
        ml_rng_permutation(rng, rows, order);
        as_large += discrepancy(n, m, kernel, order) >= seen - rounding; /* the order of additions differs */
    }
    ml_arena_release(arena, mark);
    *mmd2 = seen;
    *p = (double)as_large / ((double)permutations + 1.0);
    return ML_OK;
}

/* --- Random Fourier features -------------------------------------------------------------------------------------- */

ml_status ml_rff_init(ml_rff *rff, size_t d, size_t n_features, double variance, ml_rng *rng, ml_arena *arena,
                      ml_error *error) {
    if (d == 0 || n_features == 0 || !(variance > 0.0 && variance < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "%zu Fourier features of %zu columns with variance %g; all three are positive",
                       n_features, d, variance);
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const phase = ML_ALLOC(arena, n_features, double);
    double *const frequency =
        d <= SIZE_MAX / sizeof(double) ? ml_arena_alloc(arena, n_features, d * sizeof(double)) : NULL;
    if (frequency == NULL || phase == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "%zu Fourier features of %zu columns do not fit; use fewer", n_features, d);
    }
    const double spread = sqrt(variance);
    for (size_t i = 0; i < n_features * d; i++)
        frequency[i] = spread * ml_rng_normal(rng);
    for (size_t i = 0; i < n_features; i++)
        phase[i] = TWO_PI * ml_rng_uniform(rng);
    *rff = (ml_rff){d, n_features, frequency, phase};
    return ML_OK;
}

ml_status ml_rff_mean(const ml_rff *rff, size_t n, const double *x, double *mean, ml_error *error) {
    const size_t d = rff->d;
    ML_TRY(ml_check_sample(n * d, x, 1, "x", error));
    const double scale = sqrt(2.0 / (double)rff->n_features) / (double)n;
    for (size_t f = 0; f < rff->n_features; f++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) {
            double angle = rff->phase[f];
            for (size_t c = 0; c < d; c++)
                angle += rff->frequency[f * d + c] * x[i * d + c];
            sum += ml_cos(angle);
        }
        mean[f] = scale * sum;
    }
    return ML_OK;
}

double ml_mmd_rff(size_t n_features, const double *mean_a, const double *mean_b) {
    double sum = 0.0;
    for (size_t f = 0; f < n_features; f++)
        sum += (mean_a[f] - mean_b[f]) * (mean_a[f] - mean_b[f]);
    return sum;
}
