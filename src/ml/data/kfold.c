#include "data/data.h"

/* Fisher and Yates; Knuth 3.4.2, algorithm P. */
static void shuffle(ml_rng *rng, size_t n, uint32_t *value) {
    for (size_t i = n; i > 1; i--) {
        const size_t j = (size_t)ml_rng_below(rng, i);
        const uint32_t keep = value[i - 1];
        value[i - 1] = value[j];
        value[j] = keep;
    }
}

ml_status ml_kfold(size_t n, size_t k, ml_rng *rng, uint32_t *fold, ml_error *error) {
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are too many; folds take fewer than 2^32", n);
    if (k < 2 || k > n)
        return ml_fail(error, ML_EINVAL, "%zu folds of %zu rows; it takes at least 2 folds, and a row for each", k, n);
    const size_t larger = n % k; /* the first folds, which have one row more */
    for (size_t f = 0, row = 0; f < k; f++)
        for (size_t end = row + n / k + (f < larger); row < end; row++)
            fold[row] = (uint32_t)f;
    if (rng != NULL)
        shuffle(rng, n, fold);
    return ML_OK;
}
