#include "features/permutation.h"

#include <string.h>

#include "features/parts.h"

static double mean_squared(size_t n, const double *y, const double *predicted) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (y[i] - predicted[i]) * (y[i] - predicted[i]);
    return sum / (double)n;
}

ml_status ml_shuffling_begin(ml_shuffling *s, ml_arena *arena, ml_error *error) {
    if (s->n == 0 || s->d == 0 || s->repeats == 0 || s->n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL,
                       "%zu rows of %zu columns, shuffled %zu times; all are at least 1, rows fewer than "
                       "2^32",
                       s->n, s->d, s->repeats);
    s->copy = s->d <= SIZE_MAX / sizeof(double) ? ml_arena_alloc(arena, s->n, s->d * sizeof(double)) : NULL;
    s->predicted = ML_ALLOC(arena, s->n, double);
    s->order = ML_ALLOC(arena, s->n, uint32_t);
    if (s->copy == NULL || s->predicted == NULL || s->order == NULL)
        return ml_features_no_memory("shuffling", s->n, s->d, error);
    memcpy(s->copy, s->x, s->n * s->d * sizeof *s->x);
    if (s->loss == NULL)
        s->loss = mean_squared;
    s->predict(s->model, s->n, s->d, s->copy, s->predicted);
    s->base = s->loss(s->n, s->y, s->predicted);
    return ML_OK;
}

/* Column j of the copy: of the rows in this order, or (NULL) as it was. */
static void place(ml_shuffling *s, size_t j, const uint32_t *order) {
    for (size_t i = 0; i < s->n; i++)
        s->copy[i * s->d + j] = s->x[(order != NULL ? order[i] : i) * s->d + j];
}

double ml_shuffling_rise(ml_shuffling *s, size_t k, const uint32_t *column, ml_rng *rng) {
    double sum = 0.0;
    for (size_t r = 0; r < s->repeats; r++) {
        ml_rng_permutation(rng, s->n, s->order);
        for (size_t c = 0; c < k; c++)
            place(s, column[c], s->order);
        s->predict(s->model, s->n, s->d, s->copy, s->predicted);
        sum += s->loss(s->n, s->y, s->predicted) - s->base;
    }
    for (size_t c = 0; c < k; c++)
        place(s, column[c], NULL);
    return sum / (double)s->repeats;
}
