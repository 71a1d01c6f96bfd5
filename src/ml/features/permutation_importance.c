#include "features/permutation.h"

ml_status ml_permutation_importance(ml_predict_fn predict, const void *model, size_t n, size_t d, const double *x,
                                    const double *y, ml_loss_fn loss, size_t repeats, ml_rng *rng, double *importance,
                                    ml_arena *arena, ml_error *error) {
    ml_shuffling s = {
        .predict = predict, .model = model, .n = n, .d = d, .repeats = repeats, .x = x, .y = y, .loss = loss};
    const ml_arena_mark mark = ml_arena_save(arena);
    const ml_status status = ml_shuffling_begin(&s, arena, error);
    for (uint32_t j = 0; j < d && status == ML_OK; j++)
        importance[j] = ml_shuffling_rise(&s, 1, &j, rng);
    ml_arena_release(arena, mark);
    return status;
}
