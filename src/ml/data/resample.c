/* Classes made even by drawing rows. */
#include "data/resample.h"

#include "data/sampling.h"

static ml_status count(size_t n, const uint32_t *label, size_t n_classes, size_t *size, ml_error *error) {
    if (n == 0 || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; there must be 1 at least and fewer than 2^32", n);
    for (size_t i = 0; i < n; i++) {
        if (label[i] >= n_classes)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %u; there are %zu classes, counted from 0", i,
                           label[i], n_classes);
        size[label[i]]++;
    }
    return ML_OK;
}

static ml_status out_of_memory(size_t n, size_t n_classes, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "%zu rows of %zu classes do not fit in memory; use fewer", n, n_classes);
}

/* --- More of the small classes ------------------------------------------------------------------------------------ */

/* Rows by class: those of class c stand at place[first[c]], and so on. */
static void list_rows(size_t n, const uint32_t *label, size_t n_classes, const size_t *size, size_t *first,
                      uint32_t *place) {
    for (size_t c = 0, at = 0; c < n_classes; at += size[c++])
        first[c] = at;
    for (size_t i = 0; i < n; i++)
        place[first[label[i]]++] = (uint32_t)i;
    for (size_t c = 0; c < n_classes; c++)
        first[c] -= size[c];
}

static ml_status oversample(size_t n, const uint32_t *label, size_t n_classes, ml_rng *rng, size_t capacity,
                            uint32_t *row, size_t *n_rows, ml_arena *arena, ml_error *error) {
    size_t *size = ML_ALLOC(arena, n_classes, size_t), *first = ML_ALLOC(arena, n_classes, size_t), most = 0, all = 0;
    uint32_t *place = ML_ALLOC(arena, n, uint32_t);
    if (size == NULL || first == NULL || place == NULL)
        return out_of_memory(n, n_classes, error);
    ML_TRY(count(n, label, n_classes, size, error));
    for (size_t c = 0; c < n_classes; c++)
        most = size[c] > most ? size[c] : most;
    for (size_t c = 0; c < n_classes; c++)
        all += size[c] > 0 ? most : 0;
    *n_rows = all;
    if (capacity < all)
        return ml_fail(error, ML_EINVAL, "the even classes have %zu rows, and there is room for %zu", all, capacity);
    list_rows(n, label, n_classes, size, first, place);
    for (size_t i = 0; i < n; i++)
        row[i] = (uint32_t)i;
    for (size_t c = 0, at = n; c < n_classes; c++)
        for (size_t k = size[c]; size[c] > 0 && k < most; k++)
            row[at++] = place[first[c] + ml_rng_below(rng, size[c])];
    return ML_OK;
}

ml_status ml_oversample(size_t n, const uint32_t *label, size_t n_classes, ml_rng *rng, size_t capacity, uint32_t *row,
                        size_t *n_rows, ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = oversample(n, label, n_classes, rng, capacity, row, n_rows, arena, error);
    ml_arena_release(arena, before);
    return status;
}

/* --- Fewer of the large ones -------------------------------------------------------------------------------------- */

static ml_status undersample(size_t n, const uint32_t *label, size_t n_classes, ml_rng *rng, uint32_t *row,
                             size_t *n_rows, ml_arena *arena, ml_error *error) {
    size_t *quota = ML_ALLOC(arena, n_classes, size_t), least = n, all = 0;
    if (quota == NULL)
        return out_of_memory(n, n_classes, error);
    ML_TRY(count(n, label, n_classes, quota, error));
    for (size_t c = 0; c < n_classes; c++)
        least = quota[c] > 0 && quota[c] < least ? quota[c] : least;
    for (size_t c = 0; c < n_classes; c++)
        all += quota[c] = quota[c] > 0 ? least : 0;
    ML_TRY(ml_sample_stratified(n, label, n_classes, quota, rng, row, arena, error));
    *n_rows = all;
    return ML_OK;
}

ml_status ml_undersample(size_t n, const uint32_t *label, size_t n_classes, ml_rng *rng, uint32_t *row, size_t *n_rows,
                         ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = undersample(n, label, n_classes, rng, row, n_rows, arena, error);
    ml_arena_release(arena, before);
    return status;
}
