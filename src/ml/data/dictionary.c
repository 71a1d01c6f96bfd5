/* Dictionaries of whole numbers. */
#include <string.h>

#include "data/encoding.h"

/* Sorts an order of x by merging runs, the stable way of base/sort.h, which has no kind for 64-bit numbers: as doubles
 * those from 2^53 up would be confused. */
static void sort_order(size_t n, const int64_t *x, uint32_t *order, uint32_t *scratch) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t at = 0; at < n; at += 2 * run) {
            const size_t middle = at + run < n ? at + run : n, end = middle + run < n ? middle + run : n;
            size_t i = at, j = middle;
            for (size_t k = at; k < end; k++)
                scratch[k] = j == end || (i < middle && x[order[i]] <= x[order[j]]) ? order[i++] : order[j++];
        }
        memcpy(order, scratch, n * sizeof *order);
    }
}

ml_status ml_dict_encode(size_t n, const int64_t *x, int64_t *level, size_t *n_levels, uint32_t *code, ml_arena *arena,
                         ml_error *error) {
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu values are too many; a dictionary takes fewer than 2^32", n);
    const ml_arena_mark before = ml_arena_save(arena);
    uint32_t *order = ML_ALLOC(arena, n, uint32_t), *scratch = ML_ALLOC(arena, n, uint32_t);
    if (order == NULL || scratch == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "the order of %zu values does not fit in memory; encode fewer at a time", n);
    }
    sort_order(n, x, order, scratch);
    size_t levels = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || x[order[i]] != x[order[i - 1]])
            level[levels++] = x[order[i]];
        code[order[i]] = (uint32_t)(levels - 1);
    }
    *n_levels = levels;
    ml_arena_release(arena, before);
    return ML_OK;
}

ml_status ml_dict_decode(size_t n, const uint32_t *code, size_t n_levels, const int64_t *level, int64_t *x,
                         ml_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (code[i] >= n_levels)
            return ml_fail(error, ML_EPARSE, "code %zu is %u; the dictionary has %zu values, counted from 0", i,
                           code[i], n_levels);
        x[i] = level[code[i]];
    }
    return ML_OK;
}
