/* What layers do to a batch of numbers, as functions over the caller's arrays: scaling, activations, dropout,
 * normalisation. The MLP is built on them; the tape has the same as operations. Row-major, one example a row. */
#ifndef ML_NN_LAYER_FUNCTIONS_H
#define ML_NN_LAYER_FUNCTIONS_H

#include <stddef.h>

#include "base/rng.h"
#include "kernels/kernels.h"   /* ml_kernel_activation */
#include "kernels/normalise.h" /* ML_NORM_EPSILON, ML_BATCHNORM_MOMENTUM */

/* --- Scaling the inputs ------------------------------------------------------------------------------------------- */

/* Mean and population standard deviation of each of d columns of x [n x d]; a constant column gets deviation 1, so that
 * dividing by it is harmless.  mean, deviation [d] out.  n = 0 gives 0 and 1.
 * Fit on training rows only, then apply to all.  Source: Hastie et al., "The Elements of Statistical Learning", 3.4. */
void ml_standardise_fit(size_t n, size_t d, const float *x, float *mean, float *deviation);

/* out = (x - mean) / deviation, column by column. out [n x d] may be x. */
void ml_standardise(size_t n, size_t d, const float *x, const float *mean, const float *deviation, float *out);

/* --- Activations -------------------------------------------------------------------------------------------------- */

typedef enum ml_activation { ML_ACT_RELU, ML_ACT_TANH, ML_ACT_SIGMOID, ML_ACT_IDENTITY } ml_activation;

/* What the kernels call f. */
ml_kernel_activation ml_activation_kernel(ml_activation f);

/* y = f(x) for n values; y may be x. */
void ml_activation_forward(ml_activation f, size_t n, const float *x, float *y);

/* dx = dy f'(x), with f' written in terms of the output y; dx may be dy. The slope of relu at 0 is 0. */
void ml_activation_backward(ml_activation f, size_t n, const float *y, const float *dy, float *dx);

/* --- Dropout ------------------------------------------------------------------------------------------------------ */

/* Inverted dropout: each of n values is zeroed with probability `rate`, the others are divided by 1 - rate, so that
 * evaluation needs no change.  mask [n] out: 0 or 1 / (1 - rate); out = x * mask; backward is dx = dy * mask.
 * rate in [0, 1); one draw of the generator a value.
 * Source: Srivastava et al. 2014, "Dropout", JMLR 15. */
void ml_dropout(size_t n, double rate, ml_rng *rng, const float *x, float *mask, float *out);

/* --- Normalisation, with a learned scale and shift ---------------------------------------------------------------- */

/* Batch normalisation of z [n x d]: each column to mean 0 and variance 1 over the batch, then scale and shift [d].
 *   normalised [n x d], inverse [d]    out, for the backward pass: the normalised values, 1 / sqrt(variance + epsilon)
 *   running_mean, running_variance [d] moved towards the batch's (unbiased variance; a batch of one row has none, and
 *                                      leaves the running variance alone); both NULL: untouched
 *   out [n x d]                        may be z
 * Source: Ioffe and Szegedy 2015, "Batch Normalization", algorithm 1. */
void ml_batchnorm_forward(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                          float *running_mean, float *running_variance, float *normalised, float *inverse, float *out);

/* The same for evaluation: the running averages stand in for the batch. */
void ml_batchnorm_evaluate(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                           const float *running_mean, const float *running_variance, float *out);

/* dy [n x d] to dz [n x d] (may be dy), and dscale, dshift [d], overwritten. */
void ml_batchnorm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                           const float *inverse, float *dscale, float *dshift, float *dz);

/* Layer normalisation: each row to mean 0 and variance 1 over its d units; the same in training and evaluation.
 * inverse [n]; otherwise as batch normalisation.  Source: Ba, Kiros and Hinton 2016, "Layer Normalization". */
void ml_layernorm_forward(size_t n, size_t d, const float *z, const float *scale, const float *shift, float *normalised,
                          float *inverse, float *out);
void ml_layernorm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                           const float *inverse, float *dscale, float *dshift, float *dz);

#endif
