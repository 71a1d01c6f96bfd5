#include "base/math.h"
#include "metrics/intervals.h"
#include "metrics/slicing.h"

typedef struct any_figure {
    size_t n, rounds;
    ml_statistic figure;
    const void *data;
    double whole, confidence;
    ml_rng *rng;
} any_figure;

/* The figure of rows of a slice, which the bootstrap counts from 0. */
typedef struct part {
    const any_figure *of;
    const uint32_t *row; /* [n] the slice's */
    uint32_t *scratch;   /* [n] */
} part;

static double within(const void *data, size_t n, const uint32_t *row) {
    const part *const slice = data;
    for (size_t i = 0; i < n; i++)
        slice->scratch[i] = slice->row[row[i]];
    return slice->of->figure(slice->of->data, n, slice->scratch);
}

/* The share of random sets of n rows that are as far from the whole as the slice. `order` holds all rows in some order;
 * each set is the beginning of a shuffle that stops there (Fisher and Yates). */
static double permutation_p(const any_figure *f, size_t n, double distance, uint32_t *order) {
    size_t as_far = 1, tried = 1; /* the slice itself is one of them */
    for (size_t i = 0; i < f->n; i++)
        order[i] = (uint32_t)i;
    for (size_t round = 0; round < f->rounds; round++) {
        for (size_t i = 0; i < n; i++) {
            const size_t other = i + (size_t)ml_rng_below(f->rng, f->n - i);
            const uint32_t row = order[i];
            order[i] = order[other];
            order[other] = row;
        }
        const double got = f->figure(f->data, n, order);
        tried += isfinite(got) ? 1 : 0;
        as_far += fabs(got - f->whole) >= distance * (1.0 - 1e-12); /* NaN is not; equal sets differ by rounding */
    }
    return (double)as_far / (double)tried;
}

static ml_status measure(void *context, size_t n, const uint32_t *row, ml_slice *slice, ml_arena *arena,
                         ml_error *error) {
    const any_figure *const f = context;
    slice->value = f->figure(f->data, n, row);
    if (!isfinite(slice->value))
        return ML_OK;
    const part of_slice = {f, row, ML_ALLOC(arena, n, uint32_t)};
    uint32_t *const order = ML_ALLOC(arena, f->n, uint32_t);
    if (of_slice.scratch == NULL || order == NULL)
        return ml_fail(error, ML_ENOMEM, "a slice of %zu rows does not fit in memory twice; use fewer", n);
    const ml_bootstrap how = {f->rounds, f->confidence, ML_BOOTSTRAP_PERCENTILE, NULL, 0};
    ml_estimate e;
    const ml_status status = ml_bootstrap_figure(n, within, &of_slice, &how, f->rng, &e, arena, error);
    if (status == ML_EINVAL) { /* of most samples the figure has no value */
        slice->value = (double)NAN;
        return ML_OK;
    }
    ML_TRY(status);
    slice->low = e.low;
    slice->high = e.high;
    slice->p = permutation_p(f, n, fabs(slice->value - f->whole), order);
    return ML_OK;
}

static ml_status of_all(any_figure *f, ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    uint32_t *const row = ML_ALLOC(arena, f->n, uint32_t);
    if (row == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu rows do not fit in memory; use fewer", f->n);
    for (size_t i = 0; i < f->n; i++)
        row[i] = (uint32_t)i;
    f->whole = f->figure(f->data, f->n, row);
    ml_arena_release(arena, before);
    if (!isfinite(f->whole))
        return ml_fail(error, ML_EINVAL, "of all rows the figure is %g; slices are compared with a number", f->whole);
    return ML_OK;
}

ml_status ml_slices_of_figure(size_t n, ml_statistic figure, const void *data, const ml_slicing *how, size_t rounds,
                              ml_rng *rng, ml_slices *slices, ml_arena *arena, ml_error *error) {
    any_figure f = {n, rounds, figure, data, 0.0, how->confidence, rng};
    ML_TRY(ml_slices_check(n, how, error));
    if (rounds == 0 || rounds >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rounds; it takes 1 at least and fewer than 2^32", rounds);
    ML_TRY(of_all(&f, arena, error));
    return ml_slices_find(n, how, f.whole, measure, &f, slices, arena, error);
}
