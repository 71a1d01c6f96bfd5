/* Weighted sampling without replacement. Each row waits an exponential time whose rate is its weight; the first k to
 * arrive are the sample: the one that comes next is always as likely as its weight among those left. */
#include "base/math.h"
#include "base/sort.h"
#include "data/sampling.h"

static ml_status check(size_t n, const double *weight, size_t k, double *largest, ml_error *error) {
    size_t above = 0;
    *largest = 0.0;
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are too many; a sample takes fewer than 2^32", n);
    for (size_t i = 0; i < n; i++) {
        if (!(weight[i] >= 0.0 && isfinite(weight[i])))
            return ml_fail(error, ML_EINVAL, "weight %zu is %g; a weight is a finite number, 0 or more", i, weight[i]);
        above += weight[i] > 0.0;
        *largest = fmax(*largest, weight[i]);
    }
    if (k > above)
        return ml_fail(error, ML_EINVAL, "a sample of %zu from %zu rows with a weight above 0; ask for fewer", k,
                       above);
    return ML_OK;
}

ml_status ml_sample_weighted(size_t n, const double *weight, size_t k, ml_rng *rng, uint32_t *row, ml_arena *arena,
                             ml_error *error) {
    double largest;
    ML_TRY(check(n, weight, k, &largest, error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *score = ML_ALLOC(arena, n, double);
    size_t *top = ML_ALLOC(arena, k, size_t);
    if (score == NULL || top == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "%zu weights do not fit in memory; use fewer", n);
    }
    for (size_t i = 0; i < n; i++) /* NaN, which ml_topk puts last, is a row that never arrives */
        score[i] = weight[i] > 0.0 ? -ml_rng_exponential(rng, 1.0) / (weight[i] / largest) : (double)NAN;
    ml_topk(n, score, k, top);
    for (size_t i = 0; i < k; i++)
        row[i] = (uint32_t)top[i];
    ml_arena_release(arena, before);
    return ML_OK;
}
