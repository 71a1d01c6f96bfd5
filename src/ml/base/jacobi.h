/* The singular value decomposition of a small matrix, by rotations that make its columns orthogonal, two at a time. */
#ifndef ML_BASE_JACOBI_H
#define ML_BASE_JACOBI_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

/* A = U diag(s) V', thin: r = min(m, n). Singular values come in descending order; one below r 2^-52 times the largest
 * counts as 0, and its column in the longer factor (U if m >= n, else V) is 0, since A says nothing about it. In the
 * other factor the largest entry of each column is positive.
 *   a  [m x n]  finite; stays as it is
 *   u  [m x r], s [r], v [n x r]   out
 * Accuracy: singular values to about 1e-15 of the largest; U and V orthogonal to 1e-14.
 * Cost:   about 10 sweeps of 5 (m + r) r^2 for m >= n; (m + n + 2) r doubles of scratch from the arena, given back.
 * Errors: ML_EINVAL if m or n is 0 or an entry is not finite or above 1e150 in size; ML_EDIVERGED if 60 sweeps were not
 *         enough, which no matrix is known to need; ML_ENOMEM; outputs untouched.
 * Source: Hestenes 1958, "Inversion of matrices by biorthogonalization", J. SIAM 6(1); Golub and Van Loan 2013, "Matrix
 *         computations", section 8.6.3.   Golden: tests/golden/compress.py, NumPy svd. */
ml_status ml_svd_jacobi(size_t m, size_t n, const double *a, double *u, double *s, double *v, ml_arena *arena,
                        ml_error *error);

#endif
