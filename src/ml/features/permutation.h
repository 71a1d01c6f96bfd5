/* Shuffling columns. Not public. */
#ifndef ML_FEATURES_PERMUTATION_H
#define ML_FEATURES_PERMUTATION_H

#include "features/importance.h"

typedef struct ml_shuffling {
    ml_predict_fn predict;
    const void *model;
    size_t n, d, repeats;
    const double *x, *y;
    ml_loss_fn loss;
    double base;        /* the loss as it is */
    double *copy;       /* [n x d] */
    double *predicted;  /* [n] */
    uint32_t *order;    /* [n] */
} ml_shuffling;

/* Checks, takes memory from the arena, predicts once. The caller gives the memory back, also after an error. */
ml_status ml_shuffling_begin(ml_shuffling *s, ml_arena *arena, ml_error *error);

/* The mean rise of the loss when k columns are shuffled together. */
double ml_shuffling_rise(ml_shuffling *s, size_t k, const uint32_t *column, ml_rng *rng);

#endif
