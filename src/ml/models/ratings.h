/* Ratings in the order of their users or items, and what is checked of them. Not public. */
#ifndef ML_MODELS_RATINGS_H
#define ML_MODELS_RATINGS_H

#include <stdbool.h>

#include "models/factorisation.h"

/* Sizes that fit each other, indices in range, values finite and at most 1e140. */
ml_status ml_ratings_check(const ml_ratings *ratings, const ml_factors *factors, ml_error *error);
ml_status ml_ratings_check_l2(double l2, size_t rounds, ml_error *error);
ml_status ml_ratings_out_of_memory(const ml_ratings *ratings, size_t k, ml_error *error);

/* Those of owner o (a user, or an item) are row[start[o]] to row[start[o + 1] - 1], in the order in which they came. */
typedef struct ml_ratings_of {
    size_t owners;
    uint32_t *start, *row; /* [owners + 1], [n] */
} ml_ratings_of;

/* By counting; false if the arena is full. */
bool ml_ratings_group(size_t n, size_t owners, const uint32_t *owner, ml_ratings_of *of, ml_arena *arena);

#endif
