#include "features/permutation.h"

ml_status ml_permutation_importance_group(ml_predict_fn predict, const void *model, size_t n, size_t d, const double *x,
                                          const double *y, ml_loss_fn loss, size_t repeats, size_t k,
                                          const uint32_t *column, ml_rng *rng, double *importance, ml_arena *arena,
                                          ml_error *error) {
    for (size_t c = 0; c < k; c++)
        if (column[c] >= d)
            return ml_fail(error, ML_EINVAL, "column %u of %zu does not exist; the first is 0", column[c], d);
    ml_shuffling s = {
        .predict = predict, .model = model, .n = n, .d = d, .repeats = repeats, .x = x, .y = y, .loss = loss};
    const ml_arena_mark mark = ml_arena_save(arena);
    const ml_status status = ml_shuffling_begin(&s, arena, error);
    if (status == ML_OK)
        *importance = ml_shuffling_rise(&s, k, column, rng);
    ml_arena_release(arena, mark);
    return status;
}
