#include "base/math.h"
#include "base/sort.h"
#include "data/resample.h"

void ml_bootstrap_rows(size_t n, ml_rng *rng, uint32_t *row) {
    for (size_t i = 0; i < n; i++)
        row[i] = (uint32_t)ml_rng_below(rng, n);
}

/* --- The interval ------------------------------------------------------------------------------------------------- */

double ml_sorted_quantile(size_t m, const double *sorted, double q) {
    const double position = q * (double)(m - 1), whole = floor(position);
    const size_t i = (size_t)whole, next = i + 1 < m ? i + 1 : i;
    return sorted[i] + (position - whole) * (sorted[next] - sorted[i]);
}

static ml_status check_level(double level, ml_error *error) {
    if (!(level > 0.0 && level < 1.0))
        return ml_fail(error, ML_EINVAL, "the level is %g; an interval holds a share between 0 and 1", level);
    return ML_OK;
}

ml_status ml_percentile_interval(size_t m, double *value, double level, double *low, double *high, ml_arena *arena,
                                 ml_error *error) {
    ML_TRY(check_level(level, error));
    if (m == 0 || m >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu values; an interval takes 1 at least and fewer than 2^32", m);
    for (size_t i = 0; i < m; i++)
        if (isnan(value[i]))
            return ml_fail(error, ML_EINVAL, "value %zu is NaN; the figure cannot be computed of every sample", i);
    const ml_arena_mark before = ml_arena_save(arena);
    double *scratch = ML_ALLOC(arena, m, double);
    if (scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu values do not fit in memory twice; use fewer", m);
    ml_sort_double(m, value, scratch);
    ml_arena_release(arena, before);
    *low = ml_sorted_quantile(m, value, (1.0 - level) / 2.0);
    *high = ml_sorted_quantile(m, value, (1.0 + level) / 2.0);
    return ML_OK;
}

static ml_status resample(size_t n, ml_statistic statistic, const void *data, size_t rounds, double level, ml_rng *rng,
                          double *low, double *high, ml_arena *arena, ml_error *error) {
    uint32_t *row = ML_ALLOC(arena, n, uint32_t);
    double *value = ML_ALLOC(arena, rounds, double);
    if (row == NULL || value == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu rows and %zu rounds do not fit in memory; use fewer", n, rounds);
    for (size_t b = 0; b < rounds; b++) {
        ml_bootstrap_rows(n, rng, row);
        value[b] = statistic(data, n, row);
    }
    return ml_percentile_interval(rounds, value, level, low, high, arena, error);
}

ml_status ml_bootstrap_interval(size_t n, ml_statistic statistic, const void *data, size_t rounds, double level,
                                ml_rng *rng, double *low, double *high, ml_arena *arena, ml_error *error) {
    ML_TRY(check_level(level, error));
    if (n == 0 || rounds == 0 || n >= UINT32_MAX || rounds >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows and %zu rounds; it takes 1 at least of each and fewer than 2^32", n,
                       rounds);
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = resample(n, statistic, data, rounds, level, rng, low, high, arena, error);
    ml_arena_release(arena, before);
    return status;
}

/* --- Pairs -------------------------------------------------------------------------------------------------------- */

typedef struct pairs {
    const double *a, *b;
} pairs;

static double mean_difference(const void *data, size_t n, const uint32_t *row) {
    const pairs *p = data;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += p->b[row[i]] - p->a[row[i]];
    return sum / (double)n;
}

ml_status ml_bootstrap_paired(size_t n, const double *a, const double *b, size_t rounds, double level, ml_rng *rng,
                              double *low, double *high, ml_arena *arena, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(a[i]) || !isfinite(b[i]))
            return ml_fail(error, ML_EINVAL, "row %zu is not finite; leave it out of both", i);
    const pairs data = {a, b};
    return ml_bootstrap_interval(n, mean_difference, &data, rounds, level, rng, low, high, arena, error);
}
