/* Pool adjacent violators: walk to the right, and whenever a block is not above the one before it, make them one. */
#include "base/math.h"
#include "base/sort.h"
#include "metrics/calibration.h"
#include "metrics/check.h"

/* Adds a point as a block of its own: to the block before it if x is the same. */
static void append(ml_isotonic *fit, double *weight, double x, double y, double w) {
    const size_t last = fit->blocks - 1;
    if (fit->blocks > 0 && fit->first[last] == x) {
        weight[last] += w;
        fit->value[last] += (y - fit->value[last]) * (w / weight[last]);
        return;
    }
    fit->first[fit->blocks] = fit->last[fit->blocks] = x;
    fit->value[fit->blocks] = y;
    weight[fit->blocks++] = w;
}

/* The last block is complete: it joins those before it that are as high, or higher. */
static void pool(ml_isotonic *fit, double *weight) {
    while (fit->blocks > 1 && fit->value[fit->blocks - 2] >= fit->value[fit->blocks - 1]) {
        const size_t from = --fit->blocks, to = from - 1;
        weight[to] += weight[from];
        fit->value[to] += (fit->value[from] - fit->value[to]) * (weight[from] / weight[to]);
        fit->last[to] = fit->last[from];
    }
}

static void walk(ml_isotonic *fit, size_t n, const double *x, const double *y, const double *given,
                 const uint32_t *order, double *weight) {
    fit->blocks = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t row = order[i];
        if (i > 0 && x[row] != x[order[i - 1]])
            pool(fit, weight);
        append(fit, weight, x[row], y[row], given != NULL ? given[row] : 1.0);
    }
    pool(fit, weight);
}

static ml_status check(size_t n, const double *x, const double *y, const double *weight, ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "isotonic regression", error));
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; isotonic regression takes fewer than 2^32", n);
    ML_TRY(ml_metrics_check_finite(n, x, "x", error));
    ML_TRY(ml_metrics_check_finite(n, y, "y", error));
    for (size_t i = 0; i < n && weight != NULL; i++)
        if (!(weight[i] > 0.0 && weight[i] < (double)INFINITY))
            return ml_fail(error, ML_EINVAL, "weight[%zu] is %g; a weight is above 0 and finite", i, weight[i]);
    return ML_OK;
}

ml_status ml_isotonic_fit(size_t n, const double *x, const double *y, const double *weight, ml_isotonic *fit,
                          ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, x, y, weight, error));
    const ml_arena_mark before = ml_arena_save(arena);
    ml_isotonic made = {0, ML_ALLOC(arena, n, double), ML_ALLOC(arena, n, double), ML_ALLOC(arena, n, double)};
    const ml_arena_mark after = ml_arena_save(arena);
    double *const pooled = ML_ALLOC(arena, n, double);
    uint32_t *const order = ML_ALLOC(arena, n, uint32_t), *const scratch = ML_ALLOC(arena, n, uint32_t);
    if (!made.first || !made.last || !made.value || !pooled || !order || !scratch) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "isotonic regression of %zu rows does not fit in memory; use fewer", n);
    }
    ml_argsort_double(n, x, order, scratch);
    walk(&made, n, x, y, weight, order, pooled);
    ml_arena_release(arena, after);
    *fit = made;
    return ML_OK;
}

double ml_isotonic_apply(const ml_isotonic *fit, double x) {
    if (isnan(x))
        return x;
    size_t low = 0, high = fit->blocks; /* the last block that begins at or below x, or the first */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (fit->first[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    if (x <= fit->last[low] || high == fit->blocks)
        return fit->value[low];
    const double share = (x - fit->last[low]) / (fit->first[high] - fit->last[low]);
    return fit->value[low] + share * (fit->value[high] - fit->value[low]);
}
