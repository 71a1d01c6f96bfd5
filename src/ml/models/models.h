/* Classical models. Matrices are row-major: X is n rows (examples) by d columns (features). All arithmetic is in
 * double.
 *
 * A fitted linear model is its coefficients [d] and its intercept. A fit function takes `intercept` NULL to mean a
 * model without one. Outputs stay untouched on error. Scratch comes from the arena and is given back before the
 * function returns; its size is in the comment. Settings mean what they do in scikit-learn, under the name that the
 * comment says. */
#ifndef ML_MODELS_H
#define ML_MODELS_H

#include <stdbool.h>
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
 * squares), each step halved until the objective falls; done when a step has less than 1e-16 of it to gain. With l2
 * above 0 it is L-BFGS (models/lbfgs.h) on centred and scaled features, until the gradient is 1e-12 of what it was,
 * where there are more than 256 unknowns, or where a feature is so far from 0, as a date is, that the Hessian loses its
 * inverse to rounding.
 *   x  [n x d], label  [n] 0 or 1
 *   coefficient  [d]  out;  intercept  out, or NULL for a model without
 *   n_iterations      out, or NULL: steps taken, of Newton's method at most ML_LOGISTIC_MAX_ITERATIONS
 * Cost:   an iteration (d + 1)^2 n/2 multiply-adds; usually 5 to 10; scratch of (d + 1)(d + 4) + 2n doubles. Of L-BFGS
 *         4 n d multiply-adds; usually 50 to 500; scratch of n d + 56 d doubles and 4 n bytes, about.
 * Errors: ML_EINVAL if n or d is 0, a label is above 1, only one class is present, l2 is negative or not finite, or a
 *         value of x is not finite. ML_EDIVERGED if l2 is 0 and the classes can be told apart without error: the best
 *         coefficients are then infinite. ML_ESINGULAR if l2 is 0 and columns depend on each other. L-BFGS: ML_EINVAL
 *         if a value of x is above 1e140; ML_EDIVERGED if the gradient is above 1e-6 of what it was in the end.
 *         ML_ENOMEM.
 * Source: Hastie, Tibshirani and Friedman, section 4.4.1.   Golden: tests/golden/models.py, scikit-learn
 *         LogisticRegression (C = 1 / l2). */
enum { ML_LOGISTIC_MAX_ITERATIONS = 100 };
ml_status ml_logistic_fit(size_t n, size_t d, const double *x, const uint8_t *label, double l2, double *coefficient,
                          double *intercept, int32_t *n_iterations, ml_arena *arena, ml_error *error);

/* The same with rows that count for more or less: minimises the sum of weight times log loss, and the penalty. A whole
 * number says how often the row is there; n_negative / n_positive for positive rows balances the classes.
 *   weight  [n]  0 or more and at most 1e100; NULL: all 1
 * Errors: as ml_logistic_fit; ML_EINVAL if a weight is out of range or none is above 0. Rows of weight 0 count as
 *         absent.
 * Golden: tests/golden/optimise_weighted.py, scikit-learn LogisticRegression (sample_weight). */
ml_status ml_logistic_fit_weighted(size_t n, size_t d, const double *x, const uint8_t *label, const double *weight,
                                   double l2, double *coefficient, double *intercept, int32_t *n_iterations,
                                   ml_arena *arena, ml_error *error);

/* The probability of label 1, in [0, 1], for each row: the sigmoid of ml_linear_predict.
 *   probability  [n]  out */
void ml_logistic_predict(size_t n, size_t d, const double *x, const double *coefficient, double intercept,
                         double *probability);

/* Logistic regression as it is first learnt: minimises
 *     mean log loss + l2/2 |w|^2
 * by a fixed number of full-batch gradient steps from w = c = 0, so that what comes out depends on how long it was
 * trained. The intercept c is not penalised. One class alone is allowed.
 *   x  [n x d], label  [n] 0 or 1
 *   rate              learning rate, above 0
 *   coefficient  [d], intercept  out
 * Cost:   2 steps n d multiply-adds and steps n exponentials; scratch of 2 (d + 1) doubles.
 * Errors: ML_EINVAL if n or d is 0, a label is above 1, l2 is negative or not finite, rate is not above 0, or a value
 *         of x is not finite. ML_EDIVERGED if a coefficient overflows: the rate is too large. ML_ENOMEM.
 * Source: Hastie, Tibshirani and Friedman, section 4.4.1 (the gradient).   Golden: tests/golden/finals.py, NumPy. */
ml_status ml_logistic_descend(size_t n, size_t d, const double *x, const uint8_t *label, double l2, double rate,
                              size_t steps, double *coefficient, double *intercept, ml_arena *arena, ml_error *error);

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

/* --- Whole pieces of work ----------------------------------------------------------------------------------------- */

/* Should this be ML? What a pilot says about a model, compared with what one would do without. To act (1) on a row
 * whose label is 0 costs a false positive, not to act (0) on a 1 costs a false negative, being right costs nothing.
 *   train    teaches the model: features standardised by mean and standard deviation (1 where that is 0) of these rows,
 *            then ml_logistic_descend, l2 0.001, rate 0.5, 300 steps
 *   valid    chooses: the threshold is ml_metric_best_threshold's, the baseline the cheapest of never acting, always
 *            acting and the rule; of equals the first named. (The only function here that calls metrics.)
 *   test     judges, having chosen nothing */
typedef struct ml_pilot_rows {
    size_t n;
    const double *x;             /* [n x d] */
    const uint8_t *label, *rule; /* [n] the truth, and what the rule answers: 0 or 1 */
} ml_pilot_rows;

typedef struct ml_pilot {
    size_t d;
    ml_pilot_rows train, valid, test;
    double cost_false_positive, cost_false_negative; /* of a decision, 0 or more, in any one unit */
    double decisions;                                /* how many there will be */
    double build_cost;                               /* paid once */
} ml_pilot;

typedef struct ml_verdict {
    double threshold;                                      /* act where the probability is at least this */
    double cost_never, cost_always, cost_rule, cost_model; /* of a decision, means over the test rows */
    double saving;       /* mean over the test rows of the baseline's cost minus the model's */
    double saving_error; /* its standard error: the standard deviation of these differences by sqrt(n) */
    double net;          /* decisions saving - build_cost */
    bool build;          /* decisions (saving - 2 saving_error) > build_cost */
} ml_verdict;

/* Gives the verdict. Standard deviations divide by n.
 * Cost:   600 train.n d multiply-adds and 300 train.n exponentials; scratch of train.n d + 6 d + valid.n + test.n + 2
 *         doubles and 8 valid.n bytes.
 * Errors: ML_EINVAL if d or a set's n is 0, a label or rule is above 1, a cost is negative, or a value is not finite.
 *         ML_ENOMEM.
 * Source: Student's paired comparison: Student 1908, "The probable error of a mean", Biometrika 6(1).
 * Golden: tests/golden/finals.py, scikit-learn StandardScaler, confusion_matrix and NumPy. */
ml_status ml_worth_building(const ml_pilot *pilot, ml_verdict *verdict, ml_arena *arena, ml_error *error);

/* The loop in which model and labels improve each other: train, have the labels that the model believes least looked at
 * by a person, train again, until it is good enough. */
typedef struct ml_relabel_task {
    size_t n, d;
    const double *x;             /* [n x d] */
    uint8_t *label;              /* [n] 0 or 1, some of them wrong; in and out: answers are written here */
    size_t n_valid;
    const double *valid_x;       /* [n_valid x d] */
    const uint8_t *valid_label;  /* [n_valid] right ones */
    uint8_t (*ask)(void *context, size_t row); /* the person: the true label, 0 or 1, of a training row */
    void *context;
    size_t budget, batch;        /* how many rows may be asked about, and how many a round */
    double target;               /* stop at this validation accuracy */
} ml_relabel_task;

typedef struct ml_relabel_report {
    size_t rounds, asked, fixed; /* rows asked about; those whose label was wrong */
    double before, after;        /* validation accuracy of the first model, and of the one that is returned */
} ml_relabel_report;

/* Trains (ml_logistic_descend, l2 0.001, rate 1, 100 steps), and while budget is left and the accuracy is below the
 * target does a round: scores each row by the model of the other four folds (row i belongs to fold i mod 5), asks about
 * the `batch` rows whose given label has the lowest probability, never twice about one, and trains again. A round that
 * finds no wrong label is the last. Returns the best model by validation accuracy, of equals the later.
 *   coefficient  [d], intercept, report  out
 * Cost:   a round 1000 n d multiply-adds and 500 n exponentials; scratch of n (d + 1) doubles and 2 n bytes.
 * Errors: ML_EINVAL if n is below 5, d, n_valid or batch is 0, a label is above 1, or a value is not finite; nobody has
 *         been asked then. ML_ENOMEM.
 * Source: Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", Journal of
 *         Artificial Intelligence Research 70.   Golden: tests/golden/finals.py, NumPy. */
ml_status ml_relabel(const ml_relabel_task *task, double *coefficient, double *intercept, ml_relabel_report *report,
                     ml_arena *arena, ml_error *error);

/* --- Lasso and elastic net ---------------------------------------------------------------------------------------- */

/* Elastic net: minimises
 *     sum of (y - X w - c)^2 / (2 n) + l1 |w|_1 + l2/2 |w|^2
 * the lasso where l2 is 0; the intercept c is not penalised. Cyclic coordinate descent from w = 0 until the duality gap
 * is below 1e-12 of |y|^2 (of y less its mean, with an intercept), or below 1e-4 after ML_ELASTIC_NET_MAX_PASSES. With
 * l1 = 0 it is ml_ridge_fit with n l2.
 *   x  [n x d], y  [n]
 *   coefficient  [d]  out;  intercept  out, or NULL for a model without
 * Cost:   with n >= d once n d^2/2 multiply-adds, and a pass d^2; otherwise a pass 3 n d. Scratch of n d + 2 n + 5 d +
 *         (n >= d) d^2 doubles.
 * Errors: ML_EINVAL if n or d is 0, a penalty is negative or not finite, or a value is not finite. ML_EDIVERGED if the
 *         gap is still above 1e-4 at the end. ML_ENOMEM. Those of ml_ridge_fit with l1 = 0.
 * Source: Friedman, Hastie and Tibshirani 2010, "Regularization paths for generalized linear models via coordinate
 *         descent", Journal of Statistical Software 33(1).   Golden: tests/golden/model_kinds.py, scikit-learn
 *         ElasticNet (alpha = l1 + l2, l1_ratio = l1 / alpha). */
enum { ML_ELASTIC_NET_MAX_PASSES = 10000 };
ml_status ml_elastic_net_fit(size_t n, size_t d, const double *x, const double *y, double l1, double l2,
                             double *coefficient, double *intercept, ml_arena *arena, ml_error *error);

/* --- Softmax regression ------------------------------------------------------------------------------------------- */

/* Softmax (multinomial logistic) regression: P(class k) is proportional to exp(x w_k + c_k), with w and c that minimise
 *     sum of log losses + l2/2 |w|^2
 * so that l2 is 1/C of scikit-learn; intercepts are not penalised, and their sum is 0. Newton's method; with more than
 * 256 unknowns, classes (d + 1), or a Hessian without an inverse, L-BFGS as in ml_logistic_fit.
 *   x  [n x d], label  [n]  0 to classes - 1
 *   coefficient  [classes x d], intercept  [classes]  out
 * Cost:   with p = classes (d + 1), an iteration p^2 n/2 + p^3/6 multiply-adds; usually 5 to 15; scratch of p (p + 4)
 *         + 4 classes doubles. Of L-BFGS 2 n p multiply-adds; usually 50 to 500; scratch of n d + 27 p doubles, about.
 * Errors: ML_EINVAL if n or d is 0, there are less than 2 classes, a label is out of range, l2 is not above 0 and
 *         finite, or a value of x is not finite. ML_EDIVERGED after ML_LOGISTIC_MAX_ITERATIONS, as where a class has no
 *         rows: its intercept is then minus infinity. Those of L-BFGS in ml_logistic_fit. ML_ENOMEM.
 * Source: Hastie, Tibshirani and Friedman, section 4.4.   Golden: tests/golden/model_kinds.py, scikit-learn
 *         LogisticRegression (multi_class="multinomial", C = 1 / l2). */
ml_status ml_softmax_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label, double l2,
                         double *coefficient, double *intercept, ml_arena *arena, ml_error *error);

/* probability [n x classes] out: each row's sum is 1. */
void ml_softmax_predict(size_t n, size_t d, size_t classes, const double *x, const double *coefficient,
                        const double *intercept, double *probability);

/* --- Naive Bayes -------------------------------------------------------------------------------------------------- */

/* Gaussian naive Bayes: within a class each feature is normal, independent of the others.
 *   x  [n x d], label  [n]  0 to classes - 1
 *   smoothing   above 0: this share of the largest variance of any feature is added to all variances (of 1, if no
 *               feature varies)
 *   prior       [classes]            out: shares of the rows
 *   mean, variance  [classes x d]    out; of a class without rows: 0, and what is added
 * Cost:   3 n d.
 * Errors: ML_EINVAL if n or d is 0, there are less than 2 classes, a label is out of range, smoothing is not above 0
 *         and finite, or a value of x is not finite.
 * Source: Hastie, Tibshirani and Friedman, section 6.6.3.   Golden: tests/golden/model_kinds.py, scikit-learn
 *         GaussianNB (var_smoothing = smoothing). */
ml_status ml_gaussian_bayes_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                                double smoothing, double *prior, double *mean, double *variance, ml_error *error);

/* probability [n x classes] out: each row's sum is 1. At least one prior is above 0, and all variances. */
void ml_gaussian_bayes_predict(size_t n, size_t d, size_t classes, const double *x, const double *prior,
                               const double *mean, const double *variance, double *probability);

/* --- By topic ----------------------------------------------------------------------------------------------------- */

#include "models/bayes.h"         /* naive Bayes of counts, and of yes and no */
#include "models/clusters.h"      /* k-means, DBSCAN, mixtures */
#include "models/committee.h"     /* AdaBoost, and what a vote is worth */
#include "models/decomposition.h" /* eigenvectors, singular values, principal components */
#include "models/factorisation.h" /* factors of ratings and events, factorisation machine */
#include "models/lbfgs.h"         /* the minimum of any smooth function */
#include "models/model.h"         /* one interface to every kind of model */
#include "models/neighbours.h"    /* nearest neighbours by a k-d tree */
#include "models/online.h"        /* stochastic gradient descent, FTRL-proximal */
#include "models/trees.h"         /* trees, forests, boosting, Shapley values, isolation forests */

#endif
