/* Nearest neighbours by a tree: what ml_knn_nearest answers, without looking at every row. */
#ifndef ML_MODELS_NEIGHBOURS_H
#define ML_MODELS_NEIGHBOURS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* A k-d tree: rows in halves, again and again, each time along the feature in which they spread most, down to a few. A
 * node's rows stand next to each other, and it knows the box that they fill. The arrays are the arena's. */
typedef struct ml_kdtree {
    size_t n, d;
    size_t levels; /* of halving: node i has the halves 2 i + 1 and 2 i + 2, the last level has 2^levels leaves */
    uint32_t *row; /* [n] the rows' indices, leaf by leaf */
    double *point; /* [n x d] the rows in this order */
    double *low;   /* [nodes x d] least value of each feature, nodes = 2^(levels + 1) - 1 */
    double *high;  /* [nodes x d] largest */
} ml_kdtree;

/* Builds the tree: sorts the rows by each feature once, then splits all these lists level by level, which keeps them
 * sorted, so that medians and boxes are read off and no input is slow.
 *   x     [n x d]  copied
 *   tree           out
 * Cost:   d sorts of n rows and d n log2(n / 16) moves; n (d + 1/8) doubles and 4 n bytes stay, about, and d n / 2
 *         doubles more are scratch.
 * Errors: ML_EINVAL if n or d is 0, n is 2^32 or more, or a value is not finite. ML_ENOMEM.
 * Source: Friedman, Bentley and Finkel 1977, "An algorithm for finding best matches in logarithmic expected time", ACM
 *         TOMS 3(3); the lists are kept sorted as in Wald and Havran 2006, "On building fast kd-trees for ray tracing,
 *         and on doing that in O(N log N)". */
ml_status ml_kdtree_build(size_t n, size_t d, const double *x, ml_kdtree *tree, ml_arena *arena, ml_error *error);

/* The k rows nearest to each query, as ml_knn_nearest finds them, to the bit: the lower of two rows at one distance
 * first.
 *   query     [n_queries x d]  n_queries may be 0
 *   nearest   [n_queries x k], distance [n_queries x k]  out, as there
 * Cost:   where the features are few and the rows many, about k + 2^d leaves of 16 rows a query instead of n rows; from
 *         some 15 features on hardly fewer than all.
 * Errors: ML_EINVAL if k is not 1 to n, or a value of query is not finite. */
ml_status ml_kdtree_nearest(const ml_kdtree *tree, size_t k, size_t n_queries, const double *query, uint32_t *nearest,
                            double *distance, ml_error *error);

#endif
