/* The bootstrap of any figure, of one model or of the difference of two, by rows or by groups of rows. */
#include "base/math.h"
#include "base/sort.h"
#include "base/special.h"
#include "metrics/check.h"
#include "metrics/intervals.h"

/* What is drawn: single rows, or the rows of whole groups. */
typedef struct units {
    size_t n, count;       /* rows; units, none of them empty */
    size_t *first;         /* [count + 1] where the rows of a unit begin; NULL: unit u is row u */
    uint32_t *member;      /* [n] the rows, group by group */
    size_t largest;        /* rows of the largest unit */
} units;

/* How a difference asks for its figure. */
typedef struct two_models {
    ml_statistic figure;
    const void *a, *b;
} two_models;

/* --- Units -------------------------------------------------------------------------------------------------------- */

static ml_status no_memory(size_t n, size_t rounds, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "%zu rows and %zu rounds do not fit in memory; use fewer", n, rounds);
}

/* Counts the rows of each group, then deals them out: rows stay in order within a group, empty groups fall out. */
static ml_status make_groups(const ml_bootstrap *how, units *u, ml_arena *arena, ml_error *error) {
    size_t *const at = ML_ALLOC(arena, how->groups, size_t);
    u->first = ML_ALLOC(arena, how->groups + 1, size_t);
    u->member = ML_ALLOC(arena, u->n, uint32_t);
    if (at == NULL || u->first == NULL || u->member == NULL)
        return no_memory(u->n, how->rounds, error);
    for (size_t i = 0; i < u->n; i++)
        at[how->group[i]]++;
    u->count = 0;
    u->largest = 0;
    for (size_t g = 0, begin = 0; g < how->groups; g++) {
        const size_t size = at[g];
        at[g] = begin;
        begin += size;
        if (size > 0)
            u->first[++u->count] = begin;
        u->largest = size > u->largest ? size : u->largest;
    }
    for (size_t i = 0; i < u->n; i++)
        u->member[at[how->group[i]]++] = (uint32_t)i;
    return ML_OK;
}

static size_t append(const units *u, size_t unit, size_t n, uint32_t *row) {
    if (u->first == NULL) {
        row[n] = (uint32_t)unit;
        return n + 1;
    }
    for (size_t i = u->first[unit]; i < u->first[unit + 1]; i++)
        row[n++] = u->member[i];
    return n;
}

static size_t draw(const units *u, ml_rng *rng, uint32_t *row) {
    if (u->first == NULL) {
        ml_bootstrap_rows(u->n, rng, row);
        return u->n;
    }
    size_t n = 0;
    for (size_t i = 0; i < u->count; i++)
        n = append(u, (size_t)ml_rng_below(rng, u->count), n, row);
    return n;
}

/* --- BCa: which percentiles --------------------------------------------------------------------------------------- */

/* How the figure leans when each unit in turn is left out: sum d^3 / (6 (sum d^2)^(3/2)). */
static ml_status acceleration(const units *u, ml_statistic figure, const void *data, uint32_t *row, double *lean,
                              ml_arena *arena, ml_error *error) {
    double *const without = ML_ALLOC(arena, u->count, double);
    double sum = 0.0, square = 0.0, cube = 0.0;
    if (without == NULL)
        return no_memory(u->n, u->count, error);
    for (size_t out = 0; out < u->count; out++) {
        size_t n = 0;
        for (size_t i = 0; i < u->count; i++)
            n = i == out ? n : append(u, i, n, row);
        without[out] = figure(data, n, row);
        if (!isfinite(without[out]))
            return ml_fail(error, ML_EINVAL, "without unit %zu the figure has no value; use the percentile method",
                           out);
        sum += without[out];
    }
    for (size_t i = 0; i < u->count; i++) {
        const double d = sum / (double)u->count - without[i];
        square += d * d;
        cube += d * d * d;
    }
    *lean = square > 0.0 ? cube / (6.0 * square * sqrt(square)) : 0.0;
    return ML_OK;
}

/* Where in the sorted samples the ends are. */
static ml_status bca_ends(const units *u, ml_statistic figure, const void *data, double value, size_t m,
                          const double *sorted, double level, uint32_t *row, double q[2], ml_arena *arena,
                          ml_error *error) {
    size_t below = 0, equal = 0;
    double lean = 0.0;
    for (size_t i = 0; i < m; i++) {
        below += sorted[i] < value;
        equal += sorted[i] == value;
    }
    const double share = ((double)below + 0.5 * (double)equal) / (double)m, bias = ml_norm_quantile(share);
    if (!isfinite(bias))
        return ml_fail(error, ML_EINVAL, "all %zu samples lie on one side of %g; use more rounds, or the percentile "
                       "method", m, value);
    ML_TRY(acceleration(u, figure, data, row, &lean, arena, error));
    for (int end = 0; end < 2; end++) {
        const double z = bias + ml_norm_quantile(end ? 0.5 + 0.5 * level : 0.5 - 0.5 * level);
        q[end] = ml_norm_cdf(bias + z / (1.0 - lean * z));
    }
    return ML_OK;
}

/* --- All together ------------------------------------------------------------------------------------------------- */

static double spread(size_t m, const double *x) {
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < m; i++)
        sum += x[i];
    for (size_t i = 0; i < m; i++)
        square += (x[i] - sum / (double)m) * (x[i] - sum / (double)m);
    return m > 1 ? sqrt(square / (double)(m - 1)) : 0.0;
}

static ml_status check(size_t n, const ml_bootstrap *how, ml_error *error) {
    if (n == 0 || how->rounds == 0 || n >= UINT32_MAX || how->rounds >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows and %zu rounds; it takes 1 at least of each and fewer than 2^32", n,
                       how->rounds);
    ML_TRY(ml_metrics_check_level(how->level, error));
    if (how->method != ML_BOOTSTRAP_PERCENTILE && how->method != ML_BOOTSTRAP_BASIC && how->method != ML_BOOTSTRAP_BCA)
        return ml_fail(error, ML_EINVAL, "method %d is unknown; it is percentile (0), basic (1) or BCa (2)",
                       (int)how->method);
    return how->group == NULL ? ML_OK : ml_metrics_check_classes(n, how->groups, how->group, "group", error);
}

static ml_status resample(size_t n, ml_statistic figure, const void *data, const ml_bootstrap *how, ml_rng *rng,
                          ml_estimate *estimate, ml_arena *arena, ml_error *error) {
    units u = {.n = n, .count = n, .largest = 1};
    if (how->group != NULL)
        ML_TRY(make_groups(how, &u, arena, error));
    uint32_t *const row = ml_arena_alloc(arena, u.count, u.largest * sizeof *row);
    double *const sample = ML_ALLOC(arena, how->rounds, double), *const scratch = ML_ALLOC(arena, how->rounds, double);
    if (row == NULL || sample == NULL || scratch == NULL)
        return no_memory(n, how->rounds, error);
    for (size_t i = 0; i < n; i++)
        row[i] = (uint32_t)i;
    ml_estimate e = {.value = figure(data, n, row)};
    if (!isfinite(e.value))
        return ml_fail(error, ML_EINVAL, "of all %zu rows the figure is %g; a bootstrap needs a number", n, e.value);
    for (size_t b = 0; b < how->rounds; b++) {
        sample[e.rounds] = figure(data, draw(&u, rng, row), row);
        e.rounds += isfinite(sample[e.rounds]) ? 1 : 0;
    }
    if (2 * e.rounds < how->rounds)
        return ml_fail(error, ML_EINVAL, "the figure has a value in %zu of %zu samples only; it needs more rows",
                       e.rounds, how->rounds);
    e.standard_error = spread(e.rounds, sample);
    ml_sort_double(e.rounds, sample, scratch);
    double q[2] = {0.5 - 0.5 * how->level, 0.5 + 0.5 * how->level};
    if (how->method == ML_BOOTSTRAP_BCA)
        ML_TRY(bca_ends(&u, figure, data, e.value, e.rounds, sample, how->level, row, q, arena, error));
    e.low = ml_sorted_quantile(e.rounds, sample, q[0]);
    e.high = ml_sorted_quantile(e.rounds, sample, q[1]);
    if (how->method == ML_BOOTSTRAP_BASIC) {
        const double low = 2.0 * e.value - e.high;
        e.high = 2.0 * e.value - e.low;
        e.low = low;
    }
    *estimate = e;
    return ML_OK;
}

ml_status ml_bootstrap_figure(size_t n, ml_statistic figure, const void *data, const ml_bootstrap *how, ml_rng *rng,
                              ml_estimate *estimate, ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, how, error));
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = resample(n, figure, data, how, rng, estimate, arena, error);
    ml_arena_release(arena, before);
    return status;
}

static double difference(const void *data, size_t n, const uint32_t *row) {
    const two_models *const models = data;
    const double of_a = models->figure(models->a, n, row);
    return models->figure(models->b, n, row) - of_a;
}

ml_status ml_bootstrap_difference(size_t n, ml_statistic figure, const void *a, const void *b, const ml_bootstrap *how,
                                  ml_rng *rng, ml_estimate *estimate, ml_arena *arena, ml_error *error) {
    const two_models models = {figure, a, b};
    return ml_bootstrap_figure(n, difference, &models, how, rng, estimate, arena, error);
}
