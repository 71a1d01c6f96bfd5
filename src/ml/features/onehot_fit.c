#include "base/sort.h"
#include "features/categories.h"
#include "features/parts.h"

/* Sorts and squeezes: the different values with their counts at least min_count stay at the front. */
static size_t distinct(size_t n, double *value, size_t min_count) {
    ml_sort_double(n, value, value + n);
    size_t kept = 0;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && value[to] == value[from]; to++)
            ;
        if (to - from >= min_count)
            value[kept++] = value[from];
    }
    return kept;
}

ml_status ml_onehot_fit(size_t n, const int32_t *x, size_t min_count, size_t capacity, int32_t *level, size_t *n_levels,
                        ml_arena *arena, ml_error *error) {
    if (min_count == 0 || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL,
                       "%zu rows, and a category needs %zu; use fewer than 2^32 rows, and at least 1 a "
                       "category",
                       n, min_count);
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const value = ml_arena_alloc(arena, n, 2 * sizeof(double)); /* a double holds any int32_t */
    if (value == NULL)
        return ml_features_no_memory("categories", n, 1, error);
    for (size_t i = 0; i < n; i++)
        value[i] = x[i];
    const size_t k = distinct(n, value, min_count);
    for (size_t i = 0; i < k && k <= capacity; i++)
        level[i] = (int32_t)value[i];
    ml_arena_release(arena, mark);
    if (k > capacity)
        return ml_fail(error, ML_EINVAL, "%zu categories, and room for %zu; hash them, or keep only frequent ones", k,
                       capacity);
    *n_levels = k;
    return ML_OK;
}
