/* Classical models. Matrices are row-major: X is n rows (examples) by d columns (features). All arithmetic is in
 * double.
 *
 * A fitted linear model is its coefficients [d] and its intercept. A fit function takes `intercept` NULL to mean a
 * model without one. Outputs stay untouched on error. Scratch comes from the arena and is given back before the
 * function returns; its size is in the comment. Settings mean what they do in scikit-learn, under the name that the
 * comment says. */
#ifndef ML_MODELS_H
#define ML_MODELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* --- Linear algebra ----------------------------------------------------------------------------------------------- */

/* Cholesky: A = L L^T for a symmetric positive definite A.
 *   a  [n x n]  in: A, of which only the lower triangle is read; out: L there, the upper triangle as it was
 * Cost:   n^3/6 multiply-adds.
 * Errors: ML_ESINGULAR, naming the column, if a pivot is not a finite number above n 2^-52 times the diagonal entry
 *         that it comes from: what is left is rounding. `a` is then spoilt.
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition, section 4.2. */
ml_status ml_cholesky_factor(size_t n, double *a, ml_error *error);

/* Solves A x = b, given L: forward through L y = b, then back through L^T x = y.
 *   l  [n x n]  from ml_cholesky_factor
 *   b  [n]      in: the right side; out: x
 * Cost:   n^2 multiply-adds. */
void ml_cholesky_substitute(size_t n, const double *l, double *b);

/* Both at once: b becomes the solution of A x = b; `a` becomes L. Errors as ml_cholesky_factor, b then as it was. */
ml_status ml_cholesky_solve(size_t n, double *a, double *b, ml_error *error);

/* Adds rows to a Gram matrix: A += X^T X, row after row, so that the bits do not depend on how the rows are shared out
 * among calls.
 *   x  [n x d]  n or d may be 0
 *   a  [d x d]  in and out: the lower triangle; the upper one stays as it was
 * Cost:   n d^2/2 multiply-adds.
 * Source: the name is that of the symmetric rank-k update in the BLAS: Dongarra, Du Croz, Hammarling and Duff 1990, "A
 *         set of level 3 basic linear algebra subprograms", ACM TOMS 16(1). */
void ml_syrk_acc(size_t n, size_t d, const double *x, double *a);

/* --- Linear regression -------------------------------------------------------------------------------------------- */

/* Ordinary least squares: the coefficients w and intercept c that minimise sum of (y - X w - c)^2, by Householder QR,
 * which keeps twice the digits that the normal equations do.
 *   x  [n x d], y  [n]
 *   coefficient  [d]  out;  intercept  out, or NULL for a model without
 * Cost:   (d + 1)^2 n multiply-adds; scratch of n (d + 2) doubles.
 * Errors: ML_EINVAL if n or d is 0 or a value is not finite. ML_ESHAPE with fewer rows than unknowns. ML_ESINGULAR if a
 *         column is a combination of others to within rounding, naming the first such column. ML_ENOMEM.
 * Source: Golub and Van Loan, section 5.3.2.   Golden: tests/golden/models.py, scikit-learn LinearRegression. */
ml_status ml_linear_fit(size_t n, size_t d, const double *x, const double *y, double *coefficient, double *intercept,
                        ml_arena *arena, ml_error *error);

/* Ridge regression: minimises sum of (y - X w - c)^2 + l2 |w|^2; the intercept c is not penalised.
 * With n >= d rows it solves the primal equations (X^T X + l2 I) w = X^T y, with fewer the dual w = X^T a,
 * (X X^T + l2 I) a = y: the same w from a matrix of the smaller size. Cholesky either way.
 *   x  [n x d], y  [n]
 *   l2                above 0 where X alone would be singular; 0 is ordinary least squares by the normal equations
 *   coefficient  [d]  out;  intercept  out, or NULL for a model without
 * Cost:   with m = min(n, d): m^2 max(n, d)/2 + m^3/6 multiply-adds; scratch of m (m + 1) doubles, and n (d + 1) more
 *         with an intercept.
 * Errors: ML_EINVAL if n or d is 0, l2 is negative or not finite, or a value is not finite. ML_ESINGULAR if l2 is too
 *         small for a matrix that has no inverse. ML_ENOMEM.
 * Source: Hoerl and Kennard 1970, Technometrics 12(1); Hastie, Tibshirani and Friedman, "The Elements of Statistical
 *         Learning", 2nd edition, section 3.4.1.   Golden: tests/golden/models.py, scikit-learn Ridge (alpha = l2). */
ml_status ml_ridge_fit(size_t n, size_t d, const double *x, const double *y, double l2, double *coefficient,
                       double *intercept, ml_arena *arena, ml_error *error);

/* What a linear model says: prediction[i] = intercept + sum over j of x[i][j] coefficient[j].
 *   x  [n x d], coefficient  [d], prediction  [n] out
 * Cost:   n d multiply-adds. n or d may be 0. */
void ml_linear_predict(size_t n, size_t d, const double *x, const double *coefficient, double intercept,
                       double *prediction);

/* --- Logistic regression ------------------------------------------------------------------------------------------ */

/* Logistic regression: P(label 1) = 1 / (1 + exp(-(x w + c))), with w and c that minimise
 *     sum of log losses + l2/2 |w|^2
 * so that l2 is 1/C of scikit-learn; the intercept c is not penalised. Newton's method (iteratively reweighted least
 * squares), each step halved until the objective falls; done when a step has less than 1e-16 of it to gain.
 *   x  [n x d], label  [n] 0 or 1
 *   coefficient  [d]  out;  intercept  out, or NULL for a model without
 *   n_iterations      out, or NULL: Newton steps taken, at most ML_LOGISTIC_MAX_ITERATIONS
 * Cost:   an iteration (d + 1)^2 n/2 multiply-adds; usually 5 to 10; scratch of (d + 1)(d + 4) + 2n doubles.
 * Errors: ML_EINVAL if n or d is 0, a label is above 1, only one class is present, l2 is negative or not finite, or a
 *         value of x is not finite. ML_EDIVERGED if l2 is 0 and the classes can be told apart without error: the best
 *         coefficients are then infinite. ML_ESINGULAR if l2 is 0 and columns depend on each other. ML_ENOMEM.
 * Source: Hastie, Tibshirani and Friedman, section 4.4.1.   Golden: tests/golden/models.py, scikit-learn
 *         LogisticRegression (C = 1 / l2). */
enum { ML_LOGISTIC_MAX_ITERATIONS = 100 };
ml_status ml_logistic_fit(size_t n, size_t d, const double *x, const uint8_t *label, double l2, double *coefficient,
                          double *intercept, int32_t *n_iterations, ml_arena *arena, ml_error *error);

/* The probability of label 1, in [0, 1], for each row: the sigmoid of ml_linear_predict.
 *   probability  [n]  out */
void ml_logistic_predict(size_t n, size_t d, const double *x, const double *coefficient, double intercept,
                         double *probability);

/* --- Nearest neighbours ------------------------------------------------------------------------------------------- */

/* The k rows nearest to each query, the nearest first; of rows at the same distance the lower comes first. Every row is
 * looked at. Distances are squared Euclidean ones: the order is the same, and no root is taken.
 *   x         [n x d]          n below 2^32
 *   query     [n_queries x d]  n_queries may be 0
 *   nearest   [n_queries x k]  out: indices of rows
 *   distance  [n_queries x k]  out: their squared distances, in the unit of x squared; infinite where it overflows
 * Cost:   n d multiply-adds a query, and a few moves in a list of k.
 * Errors: ML_EINVAL if n or d is 0, k is not 1 to n, or a value is not finite.
 * Source: Hastie, Tibshirani and Friedman, section 13.3.   Golden: tests/golden/knn.py, scikit-learn NearestNeighbors
 *         (algorithm="brute"). */
ml_status ml_knn_nearest(size_t n, size_t d, const double *x, size_t k, size_t n_queries, const double *query,
                         uint32_t *nearest, double *distance, ml_error *error);

/* k-nearest-neighbour classification: the label that most of a query's k nearest rows have. A tied vote goes to the
 * lowest of the labels.
 *   label      [n]          of the rows
 *   predicted  [n_queries]  out
 * Cost:   as ml_knn_nearest; scratch of 12 k bytes.
 * Errors: as ml_knn_nearest; ML_ENOMEM.
 * Source: Cover and Hart 1967, "Nearest neighbor pattern classification", IEEE Transactions on Information Theory
 *         13(1).   Golden: tests/golden/knn.py, scikit-learn KNeighborsClassifier (n_neighbors = k). */
ml_status ml_knn_classify(size_t n, size_t d, const double *x, const uint8_t *label, size_t k, size_t n_queries,
                          const double *query, uint8_t *predicted, ml_arena *arena, ml_error *error);

/* --- Nearest class mean ------------------------------------------------------------------------------------------- */

/* The mean of each class's rows, and how common the class is. A class that shows up later needs no other class to be
 * learned again: its mean is all there is to know about it.
 *   x          [n x d], label [n]  0 to classes - 1
 *   mean       [classes x d]       out; of a class without rows: 0
 *   log_prior  [classes]           out: ln(n_c / n), in nats; of a class without rows: -infinity
 * Cost:   n d additions.
 * Errors: ML_EINVAL if n, d or classes is 0, a label is out of range, or a value of x is not finite.
 * Source: Hastie, Tibshirani and Friedman, section 4.3, with the identity for the covariance that the classes share;
 *         Mensink, Verbeek, Perronnin and Csurka 2013, "Distance-based image classification: generalizing to new
 *         classes at near-zero cost", IEEE TPAMI 35(11).   Golden: tests/golden/multiclass.py, scikit-learn
 *         NearestCentroid. */
ml_status ml_nearest_mean_fit(size_t n, size_t d, size_t classes, const double *x, const int32_t *label, double *mean,
                              double *log_prior, ml_error *error);

/* How well each class fits each row:
 *     score[i][c] = x_i . m_c - |m_c|^2 / 2 + log_prior[c]
 * which is the log of its probability, up to a constant of the row, where every class scatters round its mean with
 * variance 1 in each direction. The class with the highest score is the model's answer.
 *   x          [n x d], mean [classes x d]
 *   log_prior  [classes]      all 0: the nearest mean alone decides; -infinity: never this class
 *   score      [n x classes]  out
 * Cost:   n d classes multiply-adds. n may be 0.
 * Golden: tests/golden/multiclass.py, scikit-learn NearestCentroid, and GaussianNB with all variances 1. */
void ml_nearest_mean_scores(size_t n, size_t d, size_t classes, const double *x, const double *mean,
                            const double *log_prior, float *score);

#endif
