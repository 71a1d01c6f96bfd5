/* Groups in data that has no labels: k-means, DBSCAN, mixtures of normal distributions.
 *
 * X is n rows by d features, row-major; distances are Euclidean, so the features should be on one scale. n and k are
 * below 2^32. All of x must be finite and at most 1e140 in size, because it is squared. Outputs, centres that were
 * passed in included, stay untouched on error; scratch comes from the arena and is given back. What is random draws
 * from the caller's generator. */
#ifndef ML_MODELS_CLUSTERS_H
#define ML_MODELS_CLUSTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- k-means ------------------------------------------------------------------------------------------------------ */

typedef struct ml_kmeans_report {
    double inertia;    /* sum over the rows of the squared distance to the nearest centre, in the unit of x squared */
    size_t iterations; /* of the start that won */
    bool converged;    /* false: max_iterations came first; the centres are usable all the same */
} ml_kmeans_report;

/* k-means++: rows as starting centres, the first by lot, each next one with a chance that grows with the square of its
 * distance to the centres so far; of 2 + floor(ln k) such draws the one that leaves the least inertia.
 *   x       [n x d]
 *   centre  [k x d]  out; some may be equal if fewer than k rows differ
 * Cost:   n d k (2 + ln k) multiply-adds; scratch of 2 n doubles.
 * Errors: ML_EINVAL if n or d is 0, k is not 1 to n, or a value is not finite or above 1e140. ML_ENOMEM.
 * Source: Arthur and Vassilvitskii 2007, "k-means++: the advantages of careful seeding", SODA; the several draws are
 *         their section 5. */
ml_status ml_kmeans_start(size_t n, size_t d, const double *x, size_t k, ml_rng *rng, double *centre, ml_arena *arena,
                          ml_error *error);

/* Lloyd's two steps from given centres: each row to its nearest centre (of equals the first), each centre to the mean
 * of its rows, until no row changes its centre or the centres hardly move. The inertia never rises.
 * A centre without rows moves to the row farthest from its own centre, each such row once. Bounds on the distances
 * (Hamerly) spare most of them; the result is that of looking at all.
 *   tolerance        0 or more: stop once the sum of the centres' squared moves is at most this times the mean variance
 *                    of the features; scikit-learn's tol
 *   max_iterations   at least 1
 *   centre  [k x d]  in: where to start; out
 *   label   [n]      out, or NULL: each row's centre
 *   report           out
 * Cost:   an iteration n d k multiply-adds at most; scratch of 2 n + 4 k d + 4 k doubles and 4 n + 4 k bytes, about.
 * Errors: ML_EINVAL if n or d is 0, k is not 1 to n, max_iterations is 0, tolerance is negative or NaN, or a value of
 *         x or centre is not finite or above 1e140. ML_ENOMEM.
 * Source: Lloyd 1982, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28(2); Hamerly 2010,
 *         "Making k-means even faster", SDM.   Golden: tests/golden/clusters.py, scikit-learn KMeans (n_init = 1). */
ml_status ml_kmeans_refine(size_t n, size_t d, const double *x, size_t k, size_t max_iterations, double tolerance,
                           double *centre, uint32_t *label, ml_kmeans_report *report, ml_arena *arena, ml_error *error);

/* k-means from several k-means++ starts; the one with the least inertia wins, of equals the first.
 *   starts  at least 1
 * The rest as ml_kmeans_start and ml_kmeans_refine. scikit-learn's initial settings are starts 10, max_iterations 300
 * and tolerance 1e-4. */
ml_status ml_kmeans_fit(size_t n, size_t d, const double *x, size_t k, size_t starts, size_t max_iterations,
                        double tolerance, ml_rng *rng, double *centre, uint32_t *label, ml_kmeans_report *report,
                        ml_arena *arena, ml_error *error);

/* k-means from samples: a k-means++ start on max(3 batch, k) of the rows, then in each step `batch` rows, drawn with
 * replacement, go to their nearest centres, and each pulls its centre by 1 / (rows that the centre has seen).
 *   batch, steps     at least 1
 *   centre, label    as ml_kmeans_refine; a centre that is nearest to no row has no label
 *   inertia          out, or NULL: over all rows
 * Cost:   a step batch d k multiply-adds, whatever n is; n draws for the start, and in the end n d k multiply-adds for
 *         label and inertia, if wanted. Scratch of max(3 batch, k) (d + 2) + 2 k d doubles, about, and 4 n bytes.
 * Errors: as ml_kmeans_start; ML_EINVAL if batch or steps is 0.
 * Source: Sculley 2010, "Web-scale k-means clustering", WWW. */
ml_status ml_kmeans_minibatch(size_t n, size_t d, const double *x, size_t k, size_t batch, size_t steps, ml_rng *rng,
                              double *centre, uint32_t *label, double *inertia, ml_arena *arena, ml_error *error);

/* Each row's nearest centre, of equals the first.
 *   label     [n]  out;  distance  [n]  out, or NULL: squared
 * Cost:   n d k multiply-adds; scratch of about k d doubles. n may be 0.
 * Errors: ML_EINVAL if d or k is 0, or a value is not finite or above 1e140. ML_ENOMEM. */
ml_status ml_kmeans_assign(size_t n, size_t d, const double *x, size_t k, const double *centre, uint32_t *label,
                           double *distance, ml_arena *arena, ml_error *error);

/* --- DBSCAN ------------------------------------------------------------------------------------------------------- */

/* Clusters of any shape, where rows lie close together, and no say about the rest. A core row has at least min_rows
 * rows, itself included, within `radius`; core rows that close to each other share a cluster; a row that is not core
 * but that close to one joins the first cluster that has one. Clusters are numbered in the order of their first core
 * row.
 *   radius             above 0 and at most 1e140, in the unit of x; scikit-learn's eps, min_rows its min_samples
 *   label     [n]      out: 0 to *clusters - 1; -1: noise
 *   clusters           out, or NULL: how many there are; n below 2^31
 * Cost:   2 n d multiply-adds a row at worst; only rows within radius along the feature of the largest range are
 *         looked at. Scratch of n doubles and 17 n bytes.
 * Errors: ML_EINVAL if n or d is 0, radius is out of range, min_rows is 0, or a value is not finite or above 1e140.
 *         ML_ENOMEM.
 * Source: Ester, Kriegel, Sander and Xu 1996, "A density-based algorithm for discovering clusters in large spatial
 *         databases with noise", KDD.   Golden: tests/golden/clusters.py, scikit-learn DBSCAN. */
ml_status ml_dbscan(size_t n, size_t d, const double *x, double radius, size_t min_rows, int32_t *label,
                    size_t *clusters, ml_arena *arena, ml_error *error);

/* --- Mixtures of normal distributions ----------------------------------------------------------------------------- */

/* What shape a component may have: any ellipsoid, or one along the axes. */
typedef enum ml_covariance { ML_COVARIANCE_FULL, ML_COVARIANCE_DIAGONAL } ml_covariance;

/* p(x) = sum over c of weight[c] Normal(x; mean_c, covariance_c). The buffers are the caller's. */
typedef struct ml_mixture {
    size_t d, k;
    ml_covariance shape;
    double *weight;     /* [k] above 0, sum 1 */
    double *mean;       /* [k x d] */
    double *covariance; /* [k x d x d], of which the lower triangle is read; diagonal: [k x d], the variances */
} ml_mixture;

typedef struct ml_mixture_report {
    double log_likelihood; /* of the mixture that is returned: mean over the rows of ln p(x), in nats */
    size_t iterations;
    bool converged; /* false: max_iterations came first; the mixture is usable all the same */
} ml_mixture_report;

/* A mixture to start from: the clusters of one k-means (ml_kmeans_fit, 100 iterations, tolerance 1e-3), their shares,
 * means and covariances, to which `regularisation` is added as below.
 * Cost, errors: as ml_kmeans_fit and one iteration of ml_mixture_fit. */
ml_status ml_mixture_start(size_t n, const double *x, double regularisation, ml_rng *rng, ml_mixture *mixture,
                           ml_arena *arena, ml_error *error);

/* Expectation-maximisation from a given mixture. Each iteration finds how much of each row each component answers for,
 * and from these shares new weights, means and covariances; with regularisation 0 the likelihood never falls. It ends
 * when the mean log-likelihood of two iterations in turn differs by less than `tolerance`.
 *   x               [n x d]
 *   regularisation  0 or more: added to each variance, so that no component shrinks to a point; scikit-learn's
 *                   reg_covar, there 1e-6
 *   tolerance       0 or more, in nats; scikit-learn's tol, there 1e-3
 *   max_iterations  at least 1; there 100
 *   mixture         in: where to start; out
 *   report          out
 * Cost:   an iteration n k d^2 multiply-adds (diagonal: 3 n k d), n k exponentials; scratch of n k + 2 k d^2 doubles.
 * Errors: ML_EINVAL if n, d or k is 0, k is above n, a setting is out of range, a weight is not above 0, or a value is
 *         not finite or above 1e140. ML_ESINGULAR if a covariance has no inverse: a component sits on a point or in a
 *         plane. ML_ENOMEM.
 * Source: Dempster, Laird and Rubin 1977, JRSS B 39(1); Bishop, "Pattern Recognition and Machine Learning" (2006),
 *         section 9.2.   Golden: tests/golden/clusters.py, scikit-learn GaussianMixture. */
ml_status ml_mixture_fit(size_t n, const double *x, double regularisation, double tolerance, size_t max_iterations,
                         ml_mixture *mixture, ml_mixture_report *report, ml_arena *arena, ml_error *error);

/* What a mixture says about rows.
 *   log_density     [n]      out, or NULL: ln p(x), in nats
 *   responsibility  [n x k]  out, or NULL: the chance that the row came from the component; each row sums to 1
 * Cost, errors: as an iteration of ml_mixture_fit; n may be 0 and k above n. */
ml_status ml_mixture_predict(size_t n, const double *x, const ml_mixture *mixture, double *log_density,
                             double *responsibility, ml_arena *arena, ml_error *error);

#endif
