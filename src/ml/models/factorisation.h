/* Factors: users and items, or features, as short vectors whose dot products say what goes together.
 *
 * Users, items and features are numbered from 0. Buffers are the caller's. All values must be finite and at most 1e140
 * in size. Outputs, factors that were passed in included, stay untouched on error unless it says otherwise; scratch
 * comes from the arena and is given back. */
#ifndef ML_MODELS_FACTORISATION_H
#define ML_MODELS_FACTORISATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- Matrix factorisation ----------------------------------------------------------------------------------------- */

/* What is known of a matrix of users by items: value[r] at (user[r], item[r]), in any order. */
typedef struct ml_ratings {
    size_t n, users, items;
    const uint32_t *user, *item; /* [n] below users, below items */
    const double *value;         /* [n] ratings; for ml_als_implicit weights of events, 0 or more */
} ml_ratings;

/* rating of item i by user u: mean + user_bias[u] + item_bias[i] + user[u] . item[i] */
typedef struct ml_factors {
    size_t users, items, k;
    double mean;
    double *user_bias, *item_bias; /* [users], [items]; ml_als_implicit leaves them alone: may be NULL there */
    double *user, *item;           /* [users x k], [items x k] */
} ml_factors;

/* Where to start: biases and mean 0, all vectors normal numbers with deviation `scale`, the users' first. */
void ml_factors_start(ml_factors *factors, double scale, ml_rng *rng);

/* One rating as the factors have it. user and item must be in range. */
double ml_factors_predict(const ml_factors *factors, size_t user, size_t item);

/* Alternating least squares for ratings: minimises
 *     sum of (value - prediction)^2 + l2 (|all vectors|^2 + |all biases|^2)
 * with the mean of the ratings as `mean`. A sweep solves for all users (vector and bias at once), the items held fast,
 * then for all items; the objective never rises. Who has no rating gets 0.
 *   l2         above 0
 *   factors    in: only the items' vectors and biases matter; out
 *   objective  out, or NULL: after the last sweep
 * Cost:   a sweep n k^2 + (users + items) k^3/6 multiply-adds; scratch of about (k + 1)^2 doubles and 8 n + 8 (users +
 *         items) bytes.
 * Errors: ML_EINVAL if n, users, items, k or sweeps is 0, an index or l2 is out of range, or a value is not finite or
 *         above 1e140. ML_ESINGULAR if l2 is too small for a matrix that has no inverse, ML_EDIVERGED if a factor
 *         leaves the finite numbers: the factors are then spoilt. ML_ENOMEM.
 * Source: Koren, Bell and Volinsky 2009, "Matrix factorization techniques for recommender systems", IEEE Computer
 *         42(8).
 * Golden: tests/golden/factorisation.py, NumPy. */
ml_status ml_factors_als(const ml_ratings *ratings, double l2, size_t sweeps, ml_factors *factors, double *objective,
                         ml_arena *arena, ml_error *error);

/* The same objective by stochastic gradient descent: in each epoch each rating, in random order, moves its two biases
 * and vectors by rate (error other - l2 own). Here l2 is paid once a rating, not once a row.
 *   rate       above 0
 *   factors    in: where to start, not all 0; `mean` is set; out
 *   error_of   out, or NULL: root mean squared error over the ratings at the end
 * Cost:   an epoch 4 n k multiply-adds; scratch of 4 n bytes.
 * Errors: as ml_factors_als; ML_EINVAL if epochs is 0 or rate is not above 0; ML_EDIVERGED if the rate is too large:
 *         the factors are then spoilt.
 * Source: as above.   Golden: tests/golden/factorisation.py, NumPy. */
ml_status ml_factors_sgd(const ml_ratings *ratings, double l2, double rate, size_t epochs, ml_rng *rng,
                         ml_factors *factors, double *error_of, ml_arena *arena, ml_error *error);

/* One user's vector from events (clicks, minutes) instead of ratings, where what did not happen counts too, a little:
 *     x = (gram + l2 I + alpha sum_i w_i v_i v_i^T)^-1 sum_i (1 + alpha w_i) v_i
 *   gram     [k x k]  Y^T Y over all items; its lower triangle is read
 *   v        [n x k]  the vectors of the user's items;  w  [n] their weights, 0 or more
 *   scratch  [k x k], overwritten
 *   x        [k]      out; n = 0 gives 0
 * Cost:   n k^2/2 + k^3/6 multiply-adds.
 * Errors: ML_EINVAL if k is 0, l2 is not above 0, alpha or a weight is negative or not finite. ML_ESINGULAR if the
 *         matrix has no inverse: x is then spoilt.
 * Source: Hu, Koren and Volinsky 2008, "Collaborative filtering for implicit feedback datasets", ICDM, equation 4.
 * Golden: tests/golden/factorisation.py, NumPy. */
ml_status ml_als_user(size_t k, const double *gram, double l2, double alpha, size_t n, const double *v, const double *w,
                      double *scratch, double *x, ml_error *error);

/* Alternating least squares on events: ml_als_user for each user, then for each item with the roles changed. An event
 * of the same user and item twice counts twice.
 *   l2         above 0;  alpha  0 or more: how much an event of weight 1 counts beside no event
 *   factors    in: the items' vectors, random (ml_factors_start) or those of last week; out: all vectors
 * Cost:   a sweep n k^2 + (users + items) (k^2 + k^3/6) multiply-adds; scratch of about 2 k^2 + (most events of one
 *         user or item) (k + 1) doubles and 8 n + 8 (users + items) bytes.
 * Errors: as ml_factors_als; ML_EINVAL if alpha or a weight is negative.
 * Source, golden: as ml_als_user. */
ml_status ml_als_implicit(const ml_ratings *events, double l2, double alpha, size_t sweeps, ml_factors *factors,
                          ml_arena *arena, ml_error *error);

/* --- Factorisation machine ---------------------------------------------------------------------------------------- */

/* score(x) = bias + sum_i weight_i x_i + sum_{i<j} (factor_i . factor_j) x_i x_j: a weight for each pair of features
 * that is learnt from every pair that either is in.
 *   weight [d], factor [d x k]; all start at 0 but the factors (normal numbers with deviation 0.05, say)
 *   square_*: sums of squared gradients, by which Adagrad divides: as long as what they belong to, at first 0 */
typedef struct ml_machine {
    size_t d, k;
    double bias, square_bias;
    double *weight, *square_weight;
    double *factor, *square_factor;
} ml_machine;

/* A row of few features: index[j] below d, each at most once; value NULL means all 1. */
typedef struct ml_sparse_row {
    size_t n;
    const uint32_t *index;
    const double *value;
} ml_sparse_row;

/* The score of a row; its indices must be in range. Cost: 2 n k multiply-adds, by lemma 3.1 of the source below. */
double ml_machine_score(const ml_machine *machine, ml_sparse_row row);

/* One step of Adagrad on one row: each parameter moves by rate g / sqrt(sum of its g^2 so far + 1e-10).
 *   slope  derivative of the row's loss by the score: p - y for log loss with p = sigmoid(score), score - y for half
 *          the squared error; times the row's weight, if it has one
 *   l2     0 or more: added to g as l2 times the parameter (not the bias)
 * Cost:   3 n k multiply-adds and n k roots; scratch [k] is the caller's.
 * Source: Rendle 2010, "Factorization machines", ICDM; Duchi, Hazan and Singer 2011, "Adaptive subgradient methods",
 *         JMLR 12.   Golden: tests/golden/factorisation.py, NumPy. */
void ml_machine_learn(ml_machine *machine, ml_sparse_row row, double slope, double rate, double l2, double *scratch);

#endif
