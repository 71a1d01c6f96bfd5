/* Drawing by weight in constant time: Walker's alias table, built as Vose does. */
#include "base/math.h"
#include "data/sampling.h"

static ml_status sum_weights(size_t n, const double *weight, double *sum, ml_error *error) {
    *sum = 0.0;
    if (n == 0 || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu weights; there must be at least 1 and fewer than 2^32", n);
    for (size_t i = 0; i < n; i++) {
        if (!(weight[i] >= 0.0 && isfinite(weight[i])))
            return ml_fail(error, ML_EINVAL, "weight %zu is %g; a weight is a finite number, 0 or more", i, weight[i]);
        *sum += weight[i];
    }
    if (!(*sum > 0.0 && isfinite(*sum)))
        return ml_fail(error, ML_EINVAL, "the weights sum to %g; they must be above 0 and not overflow", *sum);
    return ML_OK;
}

/* Fills each column that is too low from one that is too high. What rounding leaves over is of height 1. */
static void share_columns(const ml_alias *alias, double *height, uint32_t *stack) {
    size_t low = 0, high = alias->n; /* the low ones stand at the front of the stack, the high ones at its end */
    for (size_t i = alias->n; i-- > 0;)
        stack[height[i] < 1.0 ? low++ : --high] = (uint32_t)i;
    while (low > 0 && high < alias->n) {
        const uint32_t giver = stack[high], taker = stack[--low];
        alias->keep[taker] = height[taker];
        alias->other[taker] = giver;
        height[giver] = (height[giver] + height[taker]) - 1.0;
        if (height[giver] < 1.0) {
            high++;
            stack[low++] = giver;
        }
    }
    for (; high < alias->n; high++)
        alias->keep[stack[high]] = 1.0;
    while (low > 0)
        alias->keep[stack[--low]] = 1.0;
}

/* A row of weight 0 that rounding left with a whole column gives it to the heaviest. */
static void forbid_zeros(const ml_alias *alias, const double *weight) {
    uint32_t heaviest = 0;
    for (uint32_t i = 1; i < alias->n; i++)
        if (weight[i] > weight[heaviest])
            heaviest = i;
    for (size_t i = 0; i < alias->n; i++)
        if (weight[i] == 0.0 && alias->keep[i] > 0.0) {
            alias->keep[i] = 0.0;
            alias->other[i] = heaviest;
        }
}

ml_status ml_alias_build(size_t n, const double *weight, ml_arena *arena, ml_alias *alias, ml_error *error) {
    double sum;
    ML_TRY(sum_weights(n, weight, &sum, error));
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_alias built = {n, ML_ALLOC(arena, n, double), ML_ALLOC(arena, n, uint32_t)};
    const ml_arena_mark table = ml_arena_save(arena);
    double *height = ML_ALLOC(arena, n, double);
    uint32_t *stack = ML_ALLOC(arena, n, uint32_t);
    if (built.keep == NULL || built.other == NULL || height == NULL || stack == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "an alias table of %zu weights does not fit in memory; use fewer", n);
    }
    for (size_t i = 0; i < n; i++)
        height[i] = weight[i] / sum * (double)n;
    share_columns(&built, height, stack);
    forbid_zeros(&built, weight);
    ml_arena_release(arena, table);
    *alias = built;
    return ML_OK;
}

size_t ml_alias_draw(const ml_alias *alias, ml_rng *rng) {
    const size_t column = (size_t)ml_rng_below(rng, alias->n);
    return ml_rng_uniform(rng) < alias->keep[column] ? column : alias->other[column];
}
