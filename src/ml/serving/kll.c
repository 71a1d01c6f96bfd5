#include "base/math.h"
#include "base/sort.h"
#include "serving/sketch.h"

/* Below this, the highest level cannot fill up. */
static const uint64_t most_values = UINT64_C(1) << 34;

/* Room for a level: k values at most, k more by a merge, and from below half of what was there. */
static size_t room(size_t k) {
    return 4 * k + 64;
}

ml_status ml_kll_init(size_t k, ml_kll *kll, ml_arena *arena, ml_error *error) {
    if (k < 8 || k > (1 << 20))
        return ml_fail(error, ML_EINVAL, "k is %zu, not in [8, 2^20]; 200 is usual", k);
    double *const all = ML_ALLOC(arena, (ML_KLL_LEVELS + 1) * room(k), double);
    if (all == NULL)
        return ml_fail(error, ML_ENOMEM, "a sketch of k = %zu does not fit into the memory; use a smaller one", k);
    *kll = (ml_kll){.k = k, .levels = 1, .scratch = all + ML_KLL_LEVELS * room(k), .least = (double)NAN,
                    .most = (double)NAN};
    for (size_t h = 0; h < ML_KLL_LEVELS; h++)
        kll->value[h] = all + h * room(k);
    return ML_OK;
}

double ml_kll_error(size_t k) {
    return 2.296 / ml_pow((double)k, 0.9723);
}

/* The highest level holds k values, each below it 2/3 of the one above, 8 at least. */
static size_t capacity_of(const ml_kll *kll, size_t level) {
    double capacity = (double)kll->k;
    for (size_t h = level + 1; h < kll->levels && capacity > 8.0; h++)
        capacity *= 2.0 / 3.0;
    return (size_t)fmax(ceil(capacity), 8.0);
}

/* Of an odd number the first stays behind: it is as likely to be low as it is to be high in the long run. */
static void compact(ml_kll *kll, size_t h, ml_rng *rng) {
    double *const x = kll->value[h];
    const size_t odd = kll->size[h] % 2, pairs = kll->size[h] / 2;
    ml_sort_double(kll->size[h] - odd, x + odd, kll->scratch);
    const size_t coin = (size_t)ml_rng_below(rng, 2);
    for (size_t i = 0; i < pairs; i++)
        kll->value[h + 1][kll->size[h + 1]++] = x[odd + 2 * i + coin];
    kll->size[h] = odd;
    if (h + 2 > kll->levels)
        kll->levels = h + 2;
}

/* From the lowest level up, so that each has room for what comes from below. */
static void shrink(ml_kll *kll, ml_rng *rng) {
    for (size_t h = 0; h < kll->levels && h + 1 < ML_KLL_LEVELS; h++)
        if (kll->size[h] >= capacity_of(kll, h))
            compact(kll, h, rng);
}

void ml_kll_add(ml_kll *kll, double x, ml_rng *rng) {
    if (isnan(x) || kll->n >= most_values)
        return;
    kll->n++;
    kll->least = fmin(kll->least, x);
    kll->most = fmax(kll->most, x);
    kll->value[0][kll->size[0]++] = x;
    if (kll->size[0] >= capacity_of(kll, 0))
        shrink(kll, rng);
}

ml_status ml_kll_merge(ml_kll *into, const ml_kll *from, ml_rng *rng, ml_error *error) {
    if (into->k != from->k)
        return ml_fail(error, ML_EINVAL, "sketches of k = %zu and %zu do not merge; use the same k", into->k, from->k);
    if (into == from)
        return ml_fail(error, ML_EINVAL, "a sketch does not merge with itself; make another sketch");
    if (into->n + from->n > most_values)
        return ml_fail(error, ML_EINVAL, "together they hold more than 2^34 values; begin a new sketch");
    for (size_t h = 0; h < from->levels; h++)
        for (size_t i = 0; i < from->size[h]; i++)
            into->value[h][into->size[h]++] = from->value[h][i];
    if (from->levels > into->levels)
        into->levels = from->levels;
    into->n += from->n;
    into->least = fmin(into->least, from->least);
    into->most = fmax(into->most, from->most);
    shrink(into, rng);
    return ML_OK;
}

static size_t kept(const ml_kll *kll) {
    size_t total = 0;
    for (size_t h = 0; h < kll->levels; h++)
        total += kll->size[h];
    return total;
}

ml_status ml_kll_quantile(const ml_kll *kll, double q, double *value, ml_arena *arena, ml_error *error) {
    if (kll->n == 0)
        return ml_fail(error, ML_EINVAL, "an empty sketch has no quantiles; add a value first");
    if (!(q >= 0.0 && q <= 1.0))
        return ml_fail(error, ML_EINVAL, "a quantile of %g is not in [0, 1]", q);
    const size_t n = kept(kll);
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const x = ML_ALLOC(arena, n, double), *const weight = ML_ALLOC(arena, n, double);
    uint32_t *const order = ML_ALLOC(arena, 2 * n, uint32_t);
    if (x == NULL || weight == NULL || order == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "%zu kept values do not fit into the memory", n);
    }
    size_t at = 0;
    for (size_t h = 0; h < kll->levels; h++)
        for (size_t i = 0; i < kll->size[h]; i++, at++) {
            x[at] = kll->value[h][i];
            weight[at] = (double)(UINT64_C(1) << h);
        }
    ml_argsort_double(n, x, order, order + n);
    const double rank = q * (double)kll->n;
    double below = 0.0;
    for (at = 0; at + 1 < n && below + weight[order[at]] < rank; at++)
        below += weight[order[at]];
    *value = q == 0.0 ? kll->least : q == 1.0 ? kll->most : x[order[at]];
    ml_arena_release(arena, mark);
    return ML_OK;
}

double ml_kll_cdf(const ml_kll *kll, double x) {
    double at_most = 0.0;
    for (size_t h = 0; h < kll->levels; h++)
        for (size_t i = 0; i < kll->size[h]; i++)
            at_most += kll->value[h][i] <= x ? (double)(UINT64_C(1) << h) : 0.0;
    return at_most / (double)kll->n;
}
