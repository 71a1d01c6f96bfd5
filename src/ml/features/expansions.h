/* Expansions: one number becomes several, so that a linear model can say more. */
#ifndef ML_FEATURES_EXPANSIONS_H
#define ML_FEATURES_EXPANSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* How many products of up to `degree` of d columns there are, the empty one (the constant 1) included if `bias`;
 * `interactions` leaves out powers: no column twice. 0 if they exceed 2^31 - 1, or degree exceeds 16. */
size_t ml_polynomial_count(size_t d, unsigned degree, bool interactions, bool bias);

/* The products, by degree, then in the order of their columns: 1, a, b, aa, ab, bb, ...
 *   x    [n x d]                            NaN makes its products NaN
 *   out  [n x ml_polynomial_count(...)]
 * Cost:   up to `degree` multiplications a product.
 * Errors: ML_EINVAL if the count is 0; out untouched.
 * Golden: tests/golden/features.py, scikit-learn PolynomialFeatures (interaction_only, include_bias). */
ml_status ml_polynomial(size_t n, size_t d, unsigned degree, bool interactions, bool bias, const double *x, double *out,
                        ml_error *error);

/* Fourier features sin 2 pi t, cos 2 pi t of t = frequency . x. Whole frequencies 1, 2, ... are harmonics, powers of
 * two octaves, 1/24 makes the hour of a day cyclic, normal draws approximate a kernel.
 *   frequency  [m x d]   in turns per unit of x
 *   x          [n x d]
 *   out        [n x 2m]  sine, then cosine, of the first frequency; then of the next
 * Whole turns are taken off first, so that large t cost no digits beyond those of t.
 * Cost:   n m (d multiply-adds, a sine and a cosine).
 * Source: Rahimi and Recht 2007, "Random features for large-scale kernel machines", NIPS; Tancik et al. 2020, "Fourier
 *         features let networks learn high frequency functions in low dimensional domains", NeurIPS.
 * Golden: tests/golden/features.py, NumPy. */
void ml_fourier_features(size_t n, size_t d, const double *x, size_t m, const double *frequency, double *out);

/* Fixed encodings of positions: sin and cos of position/10000^(2i/d) for i = 0, 1, ...: that of position + k is a
 * rotation of that of the position.
 *   position  [n]
 *   out       [n x d]  an odd d ends with a sine
 * Source: Vaswani et al. 2017, "Attention is all you need", section 3.5.   Golden: tests/golden/features.py, NumPy. */
void ml_position_encoding(size_t n, const double *position, size_t d, double *out);

#endif
