/* Which columns does a model use? Of any model: a callback predicts. None of this is causal, and none of it tells what
 * the data would lose without a column; for that, fit again without it. */
#ifndef ML_FEATURES_IMPORTANCE_H
#define ML_FEATURES_IMPORTANCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* Predicts n rows of d columns into `predicted` [n]. Its answer for a row must not depend on the other rows. */
typedef void (*ml_predict_fn)(const void *model, size_t n, size_t d, const double *x, double *predicted);

/* How bad predictions [n] are against targets [n]: lower is better. */
typedef double (*ml_loss_fn)(size_t n, const double *y, const double *predicted);

/* How much the loss rises when a column's values are shuffled over the rows: the mean over `repeats` of (loss with the
 * column shuffled - loss). Use held-out rows. For a linear model, independent columns and squared loss its expectation
 * is 2 w^2 var(x). Where columns repeat each other each looks less important than it is: shuffle them together, below.
 *   x           [n x d]  stays as it is;  y [n]
 *   loss                 NULL: mean squared error
 *   importance  [d]      out; untouched on error
 * Cost:   1 + d repeats predictions of all n rows; scratch of n d + n doubles, 4 n bytes and d doubles, given back.
 * Errors: ML_EINVAL if n, d or repeats is 0, or n is 2^32 or more; ML_ENOMEM; no draw made.
 * Source: Breiman 2001, "Random forests", Machine Learning 45(1); Fisher, Rudin and Dominici 2019, JMLR 20(177). */
ml_status ml_permutation_importance(ml_predict_fn predict, const void *model, size_t n, size_t d, const double *x,
                                    const double *y, ml_loss_fn loss, size_t repeats, ml_rng *rng, double *importance,
                                    ml_arena *arena, ml_error *error);

/* The same for several columns that are shuffled together, by one permutation: what they know among themselves stays.
 *   column  [k]  each below d
 * Errors: as above, and ML_EINVAL for a column out of range. */
ml_status ml_permutation_importance_group(ml_predict_fn predict, const void *model, size_t n, size_t d, const double *x,
                                          const double *y, ml_loss_fn loss, size_t repeats, size_t k,
                                          const uint32_t *column, ml_rng *rng, double *importance, ml_arena *arena,
                                          ml_error *error);

/* Shapley values of one row: each column's share of f(x) - mean f(background), fair in that columns that add the same
 * everywhere get the same, and columns that add nothing get 0. A coalition S of columns is worth the mean prediction
 * over the background rows with x in the columns of S: true to the model, not to the data (interventional).
 *   x           [d]
 *   background  [n_background x d]  rows to compare with, of training
 *   phi         [d]                 out: they add up to f(x) - mean f(background); untouched on error
 * Cost:   2^d n_background predictions; scratch of 2^d + n_background (d + 1) doubles, given back.
 * Errors: ML_EINVAL if d is 0 or above 16, or there is no background; ML_EDIVERGED if a prediction is not finite;
 *         ML_ENOMEM.
 * Source: Shapley 1953; Lundberg and Lee 2017, "A unified approach to interpreting model predictions", NIPS; Janzing,
 *         Minorics and Blöbaum 2020, AISTATS.   Golden: tests/golden/features.py, NumPy over all orders. */
ml_status ml_shapley_exact(ml_predict_fn predict, const void *model, size_t d, const double *x, size_t n_background,
                           const double *background, double *phi, ml_arena *arena, ml_error *error);

/* The same by sampling, for any d: for each background row, `rounds` random orders in which its columns turn into those
 * of x one by one; what the prediction gains by a column is a draw of its share. Unbiased, and the shares still add up.
 *   rounds          at least 1
 *   phi             [d]  out
 *   standard_error  [d]  out: of phi, as if all draws were independent (it is a little too large, because every
 *                        background row is used equally often); 0 if there is one draw
 * Cost:   rounds n_background (d + 1) predictions; scratch of (d + 1)^2 + 3 d doubles.
 * Errors: as ml_shapley_exact, for any d below 2^32.
 * Source: Štrumbelj and Kononenko 2014, "Explaining prediction models and individual predictions with feature
 *         contributions", Knowledge and Information Systems 41(3). */
ml_status ml_shapley_sample(ml_predict_fn predict, const void *model, size_t d, const double *x, size_t n_background,
                            const double *background, size_t rounds, ml_rng *rng, double *phi, double *standard_error,
                            ml_arena *arena, ml_error *error);

#endif
