/* Training on the past only. */
#include "base/math.h"
#include "base/sort.h"
#include "data/splits.h"

static ml_status cut(size_t n, const double *time, size_t n_test, double gap, const uint32_t *order, size_t *n_train,
                     size_t *test, ml_error *error) {
    size_t first = n - n_test; /* of the test rows */
    while (first > 0 && time[order[first - 1]] == time[order[first]])
        first--;
    size_t train = first;
    while (train > 0 && gap > 0.0 && time[order[train - 1]] > time[order[first]] - gap)
        train--;
    if (train == 0)
        return ml_fail(error, ML_EINVAL, "%zu test rows and a gap of %g leave no row for training; make them smaller",
                       n - first, gap);
    *n_train = train;
    *test = n - first;
    return ML_OK;
}

ml_status ml_split_time(size_t n, const double *time, double test_share, double gap, uint32_t *order, size_t *n_train,
                        size_t *n_test, ml_arena *arena, ml_error *error) {
    if (!(test_share > 0.0 && test_share < 1.0))
        return ml_fail(error, ML_EINVAL, "the test share is %g; it lies between 0 and 1", test_share);
    if (!(gap >= 0.0 && isfinite(gap)))
        return ml_fail(error, ML_EINVAL, "the gap is %g; it is a finite stretch of time, 0 or more", gap);
    if (n < 2 || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; a split takes 2 at least and fewer than 2^32", n);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(time[i]))
            return ml_fail(error, ML_EINVAL, "the time of row %zu is not finite; mend it or leave the row out", i);
    const ml_arena_mark before = ml_arena_save(arena);
    uint32_t *scratch = ML_ALLOC(arena, n, uint32_t);
    if (scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "the order of %zu rows does not fit in memory; use fewer rows", n);
    ml_argsort_double(n, time, order, scratch);
    ml_arena_release(arena, before);
    return cut(n, time, (size_t)ceil(test_share * (double)n), gap, order, n_train, n_test, error);
}

ml_status ml_kfold_time(size_t n, size_t k, size_t test_size, size_t gap, size_t max_train, ml_time_fold *fold,
                        ml_error *error) {
    const size_t size = test_size > 0 || k == SIZE_MAX ? test_size : n / (k + 1);
    if (k == 0 || size == 0 || size > (n - 1) / k || gap >= n - size * k || n == 0)
        return ml_fail(
            error, ML_EINVAL,
            "%zu folds of %zu test rows and a gap of %zu leave no row of %zu for training; make them smaller", k, size,
            gap, n);
    for (size_t f = 0; f < k; f++) {
        const size_t test = n - size * (k - f), end = test - gap;
        fold[f] = (ml_time_fold){max_train > 0 && max_train < end ? end - max_train : 0, end, test, test + size};
    }
    return ML_OK;
}
