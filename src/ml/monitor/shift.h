/* Repairs: weights for training rows under covariate and label shift; replay and elastic weights against forgetting. */
#ifndef ML_MONITOR_SHIFT_H
#define ML_MONITOR_SHIFT_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/status.h"

/* Solves A x = b by elimination with partial pivoting: b [k] becomes x, A [k x k], row-major, is used up. Returns 0, or
 * -1 if A is singular (a pivot below 1e-12 of the largest entry) or not finite, or k is below 1; A and b then mean
 * nothing. Cost: O(k^3). Source: Golub and Van Loan, "Matrix Computations" (2013), algorithm 3.4.1. */
int ml_solve(double *A, double *b, int k);

/* How much more often a row like each training row is met live: w = P(live|x)/(1 - P(live|x)) n_train/n_live, from a
 * classifier that tells live rows from training rows.
 *   p_live  [n]  in [0, 1]      most  a larger weight is cut to it; INFINITY: none is
 *   weight  [n]  out
 * Errors: ML_EINVAL if n_train or n_live is 0, `most` is not positive, a chance is not in [0, 1], or a weight is
 *         infinite; weights untouched.
 * Source: Shimodaira 2000, Journal of Statistical Planning and Inference 90; Bickel et al. 2009, JMLR 10. */
ml_status ml_importance_weights(size_t n, const double *p_live, size_t n_train, size_t n_live, double most,
                                double *weight, ml_error *error);

/* How many equal weights vary as little as these do: (sum w)^2 / sum w^2; 0 if all are 0. Source: Kish 1965. */
double ml_effective_size(size_t n, const double *weight);

/* Black-box shift estimation: how much more frequent each class is live than in validation, without one live label. C
 * w = mu with C_ij the share of validation rows with prediction i and label j, and mu the shares of the live
 * predictions; negative weights become 0, and the rest is scaled so that the live shares add up to 1.
 *   label, predicted  [n], live  [m]   classes 0 to k - 1
 *   work  [k x k + k]  the caller's; overwritten      weight  [k]  out
 * Cost:   O(n + m + k^3).
 * Errors: ML_EINVAL if n, m or k is 0, a class is k or more, or no weight is positive; ML_ESINGULAR if the confusion
 *         matrix has no inverse (a class never predicted, or never seen); weights untouched.
 * Source: Lipton, Wang and Smola 2018, "Detecting and correcting for label shift", ICML.
 * Golden: the closed form for two classes, and simulation. */
ml_status ml_label_shift_weights(size_t n, const uint32_t *label, const uint32_t *predicted, size_t m,
                                 const uint32_t *live, size_t k, double *work, double *weight, ml_error *error);

/* A posterior [k] learned under the old shares becomes that of the new ones: times the weights, then scaled to 1.
 * Errors: ML_EINVAL if a figure is negative or not finite, or nothing is left; untouched.
 * Source: Saerens, Latinne and Decaestecker 2002, Neural Computation 14. */
ml_status ml_correct_posterior(size_t k, const double *weight, double *posterior, ml_error *error);

/* Replay: which of `room` slots keeps the next row of a stream, so that at any time all rows so far are equally likely
 * to be kept. `seen` counts the rows offered before. Returns the slot, or `room` for "do not keep".
 * Source: Vitter 1985, "Random sampling with a reservoir", ACM TOMS 11(1), algorithm R. */
size_t ml_replay_slot(uint64_t seen, size_t room, ml_rng *rng);

/* Elastic weight consolidation. First the Fisher information's diagonal, at the old task's solution: call once for
 * each row with the gradient of its log-likelihood; fisher += gradient^2 / rows.
 *   gradient, fisher  [n]; fisher starts at 0
 * Source: Kirkpatrick et al. 2017, "Overcoming catastrophic forgetting in neural networks", PNAS 114(13). */
void ml_ewc_add_fisher(size_t n, const float *gradient, size_t rows, double *fisher);

/* Then while learning the new task: returns lambda/2 sum of F (w - anchor)^2, to be added to the loss, and adds its
 * gradient, lambda F (w - anchor), to `gradient` (NULL if unwanted).
 *   w, anchor, gradient [n], fisher [n]: weights now, those after the old task, the new task's gradient */
double ml_ewc_penalty(size_t n, const float *w, const float *anchor, const double *fisher, double lambda,
                      float *gradient);

#endif
