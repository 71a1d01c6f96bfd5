/* Batch and layer normalisation, and dropout: what ml/autograd and ml/nn share. Composed of the kernels next door and
 * of loops whose columns do not meet, so there is one version of each, with the same bits everywhere.
 *
 * Matrices are row-major, n x d, without gaps; scale and shift are [d]. Sources: ml/autograd/autograd.h. */
#ifndef ML_KERNELS_NORMALISE_H
#define ML_KERNELS_NORMALISE_H

#include <stddef.h>

#include "base/rng.h"

#define ML_NORM_EPSILON       1e-5f /* added to the variance: a constant unit divides by this, not by 0 */
#define ML_BATCHNORM_MOMENTUM 0.1f  /* running = 0.9 running + 0.1 batch */

/* Each column of z to mean 0 and variance 1 over the batch, then scale and shift.
 *   running_mean, running_variance [d] moved towards the batch's (unbiased variance; a batch of one row has none, and
 *                                      leaves the running variance alone); both NULL: untouched
 *   normalised [n x d], inverse [d]    out, for the backward pass: the normalised values, 1 / sqrt(variance + epsilon)
 *   out [n x d]                        may be z.  n = 0: nothing happens. */
void ml_kernel_batch_norm(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                          float *running_mean, float *running_variance, float *normalised, float *inverse, float *out);

/* The same with running averages in place of the batch's. normalised and inverse may be NULL if unwanted. */
void ml_kernel_batch_norm_evaluate(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                                   const float *running_mean, const float *running_variance, float *normalised,
                                   float *inverse, float *out);

/* dy [n x d] to dz [n x d] (may be dy), and dscale, dshift [d], all overwritten; after the one, and after the other. */
void ml_kernel_batch_norm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                                   const float *inverse, float *dscale, float *dshift, float *dz);
void ml_kernel_batch_norm_evaluate_backward(size_t n, size_t d, const float *dy, const float *scale,
                                            const float *normalised, const float *inverse, float *dscale, float *dshift,
                                            float *dz);

/* Each row of z to mean 0 and variance 1, then scale and shift. inverse is [n]; the rest as above. */
void ml_kernel_layer_norm(size_t n, size_t d, const float *z, const float *scale, const float *shift, float *normalised,
                          float *inverse, float *out);
void ml_kernel_layer_norm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                                   const float *inverse, float *dscale, float *dshift, float *dz);

/* Each of n values is zeroed with probability `rate` in [0, 1), the others are divided by 1 - rate. One draw a value.
 *   mask [n]  out: 0 or 1 / (1 - rate), whatever x is;  out [n] = x * mask */
void ml_kernel_dropout(size_t n, double rate, ml_rng *rng, const float *x, float *mask, float *out);

#endif
