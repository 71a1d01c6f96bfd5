/* Matrices taken apart: eigenvectors of symmetric ones, singular values of any, and principal components.
 *
 * Matrices are row-major. All values must be finite and at most 1e140 in size, because they are squared. Outputs stay
 * untouched on error; scratch comes from the arena and is given back. Vectors come with the largest eigenvalue or
 * singular value first and have length 1; equal values span a space in which any basis is right, and which one comes
 * out is fixed by the arithmetic alone. */
#ifndef ML_MODELS_DECOMPOSITION_H
#define ML_MODELS_DECOMPOSITION_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

/* --- Eigenvalues -------------------------------------------------------------------------------------------------- */

/* Eigenvalues and eigenvectors of a symmetric matrix: A = V^T diag(value) V with V orthogonal. Householder reflections
 * make it tridiagonal, the implicit QL method diagonal.
 *   a       [n x n]  of which only the lower triangle is read
 *   value   [n]      out, the largest first
 *   vector  [n x n]  out: row i is the eigenvector of value[i], its entry of largest size positive; may be `a`
 * Cost:   about 6 n^3 multiply-adds; scratch of 2 n^2 + 4 n doubles and 8 n bytes.
 * Errors: ML_EINVAL if n is 0, or a value is not finite or above 1e140. ML_EDIVERGED after 60 rounds for one
 *         eigenvalue, which no matrix is known to need. ML_ENOMEM.
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition, section 8.3; Dubrulle, Martin and Wilkinson 1968,
 *         "The implicit QL algorithm", Numerische Mathematik 12.
 * Golden: tests/golden/decomposition.py, NumPy eigh. */
ml_status ml_eigh(size_t n, const double *a, double *value, double *vector, ml_arena *arena, ml_error *error);

/* --- Singular values ---------------------------------------------------------------------------------------------- */

/* The k largest singular values of a matrix and their vectors: A is nearly the sum over i < k of value[i] u_i v_i^T,
 * and no matrix of rank k is nearer (Eckart and Young). One-sided Jacobi rotations, which find small singular values
 * with as many digits as large ones. What scikit-learn's TruncatedSVD makes of rows is u times value.
 *   a      [n x d]
 *   k               1 to min(n, d)
 *   u      [n x k]  out, NULL if unwanted: column i is u_i; its entry of largest size is positive
 *   value  [k]      out: singular values, the largest first, 0 or more
 *   v      [k x d]  out, NULL if unwanted: row i is v_i
 * Cost:   with m = min(n, d): a sweep 2 m^2 max(n, d) multiply-adds or more, usually 6 to 10 sweeps; scratch of n d +
 *         m^2 + n k + k d + 2 m doubles, about.
 * Errors: ML_EINVAL if n or d is 0, k is out of range, or a value is not finite or above 1e140. ML_EDIVERGED after 60
 *         sweeps. ML_ENOMEM.
 * Source: Hestenes 1958, "Inversion of matrices by biorthogonalization", SIAM Journal 6(1); Golub and Van Loan, section
 *         8.6.3.   Golden: tests/golden/decomposition.py, NumPy svd and scikit-learn TruncatedSVD. */
ml_status ml_svd(size_t n, size_t d, const double *a, size_t k, double *u, double *value, double *v, ml_arena *arena,
                 ml_error *error);

/* Least squares by the singular values of X: among all coefficients that leave the least sum of squared errors, the
 * shortest. That makes it defined where ml_linear_fit refuses: with fewer rows than features, with columns that are
 * constant or depend on each other. A singular value below max(n, d) 2^-52 times the largest counts as 0.
 *   x  [n x d], y  [n]
 *   coefficient  [d]  out;  intercept  out, or NULL for a model without; the intercept does not count as length
 *   rank              out, or NULL: how many singular values are not 0 (of X less its means, with an intercept)
 * Cost:   ml_svd's, with k = min(n, d), and 2 n d multiply-adds; scratch of 2 n d + (n + d + 2) min(n, d) doubles more.
 * Errors: ML_EINVAL if n or d is 0, or a value of x or y is not finite or above 1e140. ML_EDIVERGED as ml_svd.
 *         ML_ENOMEM.
 * Source: Golub and Van Loan, section 5.5.   Golden: tests/golden/decomposition_least.py, NumPy lstsq and scikit-learn
 *         LinearRegression. */
ml_status ml_linear_fit_min_norm(size_t n, size_t d, const double *x, const double *y, double *coefficient,
                                 double *intercept, size_t *rank, ml_arena *arena, ml_error *error);

/* --- Principal components ----------------------------------------------------------------------------------------- */

/* The k directions along which the rows vary most. From the covariance matrix [d x d], or with fewer rows than features
 * from the products of rows [n x n]; a component with less than about 1e-14 of the largest variance is rounding. To
 * compare features of different units, standardise them first.
 *   x          [n x d]  n at least 2
 *   k                   1 to min(n, d)
 *   mean       [d]      out
 *   component  [k x d]  out: rows of length 1, orthogonal to each other; of a component's n scores the one of largest
 *                       size is positive, as in scikit-learn
 *   variance   [k]      out: of the scores, the sum of squares divided by n - 1; unit of x squared
 *   ratio      [k]      out, or NULL: share of the variance of all d features; 0 if there is none
 * Cost:   with m = min(n, d): m^2 max(n, d)/2 + 6 m^3 + n d k multiply-adds; scratch of n d + 4 m^2 + k d doubles,
 *         about.
 * Errors: ML_EINVAL if n is below 2, d is 0, k is out of range, or a value is not finite or above 1e140; ML_EDIVERGED
 *         as ml_eigh; ML_ENOMEM.
 * Source: Jolliffe, "Principal Component Analysis", 2nd edition (2002), chapters 1 to 3.
 * Golden: tests/golden/decomposition.py, scikit-learn PCA (svd_solver = "full"). */
ml_status ml_pca_fit(size_t n, size_t d, const double *x, size_t k, double *mean, double *component, double *variance,
                     double *ratio, ml_arena *arena, ml_error *error);

/* Rows to scores: score[i][c] = (x_i - mean) . component_c.
 *   x  [n x d], mean [d], component [k x d], score [n x k] out
 * Cost:   n d k multiply-adds. n may be 0. */
void ml_pca_transform(size_t n, size_t d, const double *x, size_t k, const double *mean, const double *component,
                      double *score);

/* And back: row[i] = mean + sum over c of score[i][c] component_c, the point of the k directions nearest to what the
 * row was.
 *   score  [n x k], row [n x d] out */
void ml_pca_restore(size_t n, size_t d, const double *score, size_t k, const double *mean, const double *component,
                    double *row);

#endif
