#include <math.h>
#include <string.h>

#include "serving/compress.h"

/* Sizes of floats order as their bits do, once the sign is off. */
static uint32_t size_bits(float w) {
    uint32_t bits;
    memcpy(&bits, &w, sizeof bits);
    return bits & 0x7fffffffu;
}

static size_t count_up_to(size_t n, const float *w, uint32_t bits) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += size_bits(w[i]) <= bits;
    return count;
}

/* The size of the k-th smallest, k from 1: by halving the range of bits 31 times, so no input is a bad one. */
static uint32_t kth_smallest(size_t n, const float *w, size_t k) {
    uint32_t low = 0, high = 0x7fffffffu;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (count_up_to(n, w, middle) >= k)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

ml_status ml_prune_magnitude(size_t n, float *w, double sparsity, size_t *pruned, ml_error *error) {
    if (n == 0 || !(sparsity >= 0.0 && sparsity <= 1.0))
        return ml_fail(error, ML_EINVAL, "%zu weights, of which a share of %g is to go; it is in [0, 1]", n, sparsity);
    for (size_t i = 0; i < n; i++)
        if (isnan(w[i]))
            return ml_fail(error, ML_EINVAL, "w[%zu] is NaN, which has no size; mend it first", i);
    const size_t k = (size_t)floor(sparsity * (double)n + 0.5);
    *pruned = k;
    if (k == 0)
        return ML_OK;
    const uint32_t threshold = kth_smallest(n, w, k);
    size_t ties = k - (threshold > 0 ? count_up_to(n, w, threshold - 1) : 0);
    for (size_t i = 0; i < n; i++) {
        const uint32_t size = size_bits(w[i]);
        if (size < threshold || (size == threshold && ties > 0)) {
            ties -= size == threshold;
            w[i] = 0.0f;
        }
    }
    return ML_OK;
}
