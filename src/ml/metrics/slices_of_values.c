#include "base/math.h"
#include "metrics/check.h"
#include "metrics/intervals.h"
#include "metrics/slicing.h"

/* All rows at once, so that what a slice leaves is had by taking off. Sums are of distances from the mean of all rows,
 * which keeps them small. */
typedef struct all_rows {
    size_t n, ones;
    const double *value;
    double mean, sum, square; /* sums of (value - mean) and of its square */
    bool shares;              /* every value is 0 or 1 */
    double confidence;
} all_rows;

static ml_status measure_share(const all_rows *all, size_t n, const uint32_t *row, ml_slice *slice, ml_error *error) {
    size_t ones = 0;
    for (size_t i = 0; i < n; i++)
        ones += all->value[row[i]] > 0.0;
    slice->value = (double)ones / (double)n;
    ML_TRY(ml_share_interval(ones, n, all->confidence, ML_SHARE_WILSON, &slice->low, &slice->high, error));
    return ml_fisher_exact(ones, n, all->ones - ones, all->n - n, &slice->p, error);
}

/* Welch's test of the slice against the other rows; where neither varies, they are alike or they are not. */
static double compare(const all_rows *all, const ml_estimate *slice, size_t n, double sum, double square) {
    const size_t others = all->n - n;
    if (others < 2)
        return 1.0;
    const double m = (double)others, other_sum = all->sum - sum, other_mean = all->mean + other_sum / m;
    const double other_variance = fmax(all->square - square - other_sum * other_sum / m, 0.0) / (m - 1.0);
    const double variance = slice->standard_error * slice->standard_error * (double)n;
    double t, df, p;
    if (!(variance / (double)n + other_variance / m > 0.0))
        return slice->value == other_mean ? 1.0 : 0.0;
    ml_welch_of(other_mean, other_variance, others, slice->value, variance, n, &t, &df, &p);
    return p;
}

static ml_status measure(void *context, size_t n, const uint32_t *row, ml_slice *slice, ml_arena *arena,
                         ml_error *error) {
    const all_rows *const all = context;
    if (all->shares)
        return measure_share(all, n, row, slice, error);
    double sum = 0.0, square = 0.0, *const gathered = ML_ALLOC(arena, n, double);
    if (gathered == NULL)
        return ml_fail(error, ML_ENOMEM, "a slice of %zu rows does not fit in memory twice; use fewer", n);
    for (size_t i = 0; i < n; i++) {
        const double value = all->value[row[i]], d = value - all->mean;
        gathered[i] = value;
        sum += d;
        square += d * d;
    }
    ml_estimate mean;
    ML_TRY(ml_mean_interval(n, gathered, all->confidence, &mean, error));
    slice->value = mean.value;
    slice->low = mean.low;
    slice->high = mean.high;
    slice->p = compare(all, &mean, n, sum, square);
    return ML_OK;
}

static ml_status add_up(size_t n, const double *value, all_rows *all, ml_error *error) {
    double sum = 0.0;
    ML_TRY(ml_metrics_check_finite(n, value, "value", error));
    for (size_t i = 0; i < n; i++) {
        sum += value[i];
        all->ones += value[i] == 1.0;
        all->shares = all->shares && (value[i] == 0.0 || value[i] == 1.0);
    }
    all->mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double d = value[i] - all->mean;
        all->sum += d;
        all->square += d * d;
    }
    if (!isfinite(all->square))
        return ml_fail(error, ML_EINVAL, "the values' squares add up to %g; divide them all by a number", all->square);
    return ML_OK;
}

ml_status ml_slices_of_values(size_t n, const double *value, const ml_slicing *how, ml_slices *slices, ml_arena *arena,
                              ml_error *error) {
    all_rows all = {.n = n, .value = value, .shares = true, .confidence = how->confidence};
    ML_TRY(ml_slices_check(n, how, error));
    ML_TRY(add_up(n, value, &all, error));
    return ml_slices_find(n, how, all.mean, measure, &all, slices, arena, error);
}
