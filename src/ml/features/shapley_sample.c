/* Shapley values by random orders of the columns. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/math.h"
#include "features/importance.h"
#include "features/parts.h"

typedef struct walk {
    ml_predict_fn predict;
    const void *model;
    size_t d;
    const double *x;
    double *path;          /* [(d + 1) x d] the background row, then with one column more of x in each row */
    double *predicted;     /* [d + 1] */
    double *sum, *squares; /* [d] of the draws, and of their distances to the running mean */
    uint32_t *order;       /* [d] */
    double draws;
} walk;

/* One order; the running mean and squares are Welford's. False if a prediction is not finite. */
static bool step(walk *w, const double *background, ml_rng *rng) {
    const size_t d = w->d;
    ml_rng_permutation(rng, d, w->order);
    memcpy(w->path, background, d * sizeof *w->path);
    for (size_t s = 0; s < d; s++) {
        double *const next = w->path + (s + 1) * d;
        memcpy(next, next - d, d * sizeof *next);
        next[w->order[s]] = w->x[w->order[s]];
    }
    w->predict(w->model, d + 1, d, w->path, w->predicted);
    w->draws += 1.0;
    for (size_t s = 0; s < d; s++) {
        const size_t j = w->order[s];
        const double gain = w->predicted[s + 1] - w->predicted[s], before = (w->draws - 1.0) * gain - w->sum[j];
        if (!isfinite(gain))
            return false;
        if (w->draws > 1.0)
            w->squares[j] += before * before / (w->draws * (w->draws - 1.0));
        w->sum[j] += gain;
    }
    return true;
}

ml_status ml_shapley_sample(ml_predict_fn predict, const void *model, size_t d, const double *x, size_t n_background,
                            const double *background, size_t rounds, ml_rng *rng, double *phi, double *standard_error,
                            ml_arena *arena, ml_error *error) {
    if (d == 0 || d >= UINT32_MAX || n_background == 0 || rounds == 0)
        return ml_fail(error, ML_EINVAL, "%zu columns against %zu rows in %zu rounds; all are at least 1", d,
                       n_background, rounds);
    const ml_arena_mark mark = ml_arena_save(arena);
    walk w = {.predict = predict, .model = model, .d = d, .x = x};
    w.path = d <= SIZE_MAX / sizeof(double) ? ml_arena_alloc(arena, d + 1, d * sizeof(double)) : NULL;
    w.predicted = ML_ALLOC(arena, d + 1, double);
    w.sum = ML_ALLOC(arena, d, double);
    w.squares = ML_ALLOC(arena, d, double);
    w.order = ML_ALLOC(arena, d, uint32_t);
    ml_status status = ML_OK;
    if (w.path == NULL || w.predicted == NULL || w.sum == NULL || w.squares == NULL || w.order == NULL)
        status = ml_features_no_memory("sampled shares", d, d, error);
    for (size_t i = 0; i < n_background; i++)
        for (size_t r = 0; r < rounds && status == ML_OK; r++)
            if (!step(&w, background + i * d, rng))
                status = ml_fail(error, ML_EDIVERGED, "a prediction is not finite; shares exist of finite ones only");
    for (size_t j = 0; j < d && status == ML_OK; j++) {
        phi[j] = w.sum[j] / w.draws;
        standard_error[j] = w.draws > 1.0 ? sqrt(w.squares[j] / (w.draws * (w.draws - 1.0))) : 0.0;
    }
    ml_arena_release(arena, mark);
    return status;
}
