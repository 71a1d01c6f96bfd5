/* Two samples: do they come from the same law? Tests, and distances that say how far apart they are.
 *
 * A p-value falls with the number of rows for the same distance; report both. Of many features tested at once see
 * experiments.h, multiple testing. */
#ifndef ML_MONITOR_DRIFT_H
#define ML_MONITOR_DRIFT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* How the chance of a distance is found. */
typedef enum ml_ks_method {
    ML_KS_ASYMPTOTIC, /* Kolmogorov's limit law at (sqrt(e) + 0.12 + 0.11/sqrt(e)) D, e = nm/(n + m) */
    ML_KS_EXACT,      /* all orders counted, O(nm); without ties exact, with ties on the safe side */
} ml_ks_method;

/* The two-sample Kolmogorov-Smirnov test: the largest distance between the two shares of values up to x, over all x,
 * and the chance of one at least as large if both samples follow one continuous law. Equal values are passed together.
 *   a  [n], b [m]   no NaN; infinite values are values; stay as they are
 *   d               out, in [0, 1]
 *   p               out, in [0, 1]
 *   scratch         [2 (n + m)], the caller's; overwritten
 * Cost:   O(n log n + m log m), plus O(nm) for the exact chance.
 * Errors: ML_EINVAL if n or m is 0 (or, for the exact chance, above 2^26), a value is NaN, or the method is unknown;
 *         outputs untouched.
 * Source: Massey 1951, JASA 46(253); Stephens 1970, JRSS B 32(1) (the constants).
 * Golden: tests/golden/drift.py, SciPy ks_2samp. */
ml_status ml_ks_2samp(size_t n, const double *a, size_t m, const double *b, ml_ks_method method, double *scratch,
                      double *d, double *p, ml_error *error);

/* Pearson's chi-squared test of homogeneity: do two samples share their classes in the same way? Classes that neither
 * has do not count. No continuity correction. Trust it where expected counts are 5 or more.
 *   a, b     [k]  counts
 *   chi2, p       out; with one class left chi2 is 0 and p is 1
 * Cost:   O(k).
 * Errors: ML_EINVAL if one of them holds nothing; outputs untouched.
 * Source: Pearson 1900, Philosophical Magazine 50.   Golden: tests/golden/drift.py, SciPy chi2_contingency. */
ml_status ml_chi2_2samp(size_t k, const uint32_t *a, const uint32_t *b, double *chi2, double *p, ml_error *error);

/* The Kullback-Leibler divergence sum of p ln(p/q), in nats: what it costs to take p for q. Infinite where q has
 * nothing and p something. Both are first divided by their sums.
 *   p, q  [k]  0 or more, finite
 *   kl         out, 0 or more
 * Errors: ML_EINVAL if a share is negative or not finite, or one of them adds up to 0; untouched.
 * Source: Kullback and Leibler 1951.   Golden: tests/golden/drift.py, SciPy entropy. */
ml_status ml_kl_divergence(size_t k, const double *p, const double *q, double *kl, ml_error *error);

/* The Jensen-Shannon divergence, in nats: the mean divergence of both from their middle. Symmetric, in [0, ln 2].
 * Shapes and errors as ml_kl_divergence. Its root is a distance, which is what SciPy's jensenshannon gives.
 * Source: Lin 1991, IEEE Transactions on Information Theory 37(1).   Golden: tests/golden/drift.py, SciPy. */
ml_status ml_js_divergence(size_t k, const double *p, const double *q, double *js, ml_error *error);

/* The Wasserstein-1 distance: the least mean way, in the values' unit, that turns one sample into the other; the area
 * between their two cumulative shares.
 *   a  [n], b [m]   finite; stay as they are
 *   distance        out, 0 or more
 *   scratch         [2 (n + m)], the caller's; overwritten
 * Cost:   O(n log n + m log m).
 * Errors: ML_EINVAL if n or m is 0, or a value is not finite; untouched.
 * Source: Vallender 1974, Theory of Probability 18(4).   Golden: tests/golden/drift.py, SciPy wasserstein_distance. */
ml_status ml_wasserstein(size_t n, const double *a, size_t m, const double *b, double *scratch, double *distance,
                         ml_error *error);

/* --- Many features at once: maximum mean discrepancy -------------------------------------------------------------- */

/* The unbiased squared discrepancy of two samples under the kernel exp(-gamma |x - y|^2), and the share of random
 * relabellings of the rows, this one included, that give as large a one: an exact test whatever the law.
 *   a  [n x d], b [m x d]   finite, row-major
 *   gamma         above 0; 1/(2 median^2) of the distances between rows is usual
 *   permutations  how many relabellings, at least 1; p is a multiple of 1/(permutations + 1)
 *   mmd2, p       out; mmd2 is about 0, also below it, without a shift
 * Cost:   O((n + m)^2 (d + permutations)); (n + m)^2 doubles of scratch from the arena, given back.
 * Errors: ML_EINVAL if n or m is below 2, d or permutations is 0, gamma is not positive and finite, or a value is not
 *         finite; ML_ENOMEM; outputs untouched.
 * Source: Gretton et al. 2012, JMLR 13, lemma 6 and section 4.   Golden: tests/golden/drift.py, NumPy. */
ml_status ml_mmd_test(size_t n, const double *a, size_t m, const double *b, size_t d, double gamma,
                      size_t permutations, ml_rng *rng, ml_arena *arena, double *mmd2, double *p, ml_error *error);

/* Random Fourier features: D cosines phi(x) = sqrt(2/D) cos(frequency x + phase), whose products are nearly the kernel
 * exp(-variance |x - y|^2 / 2).
 * Source: Rahimi and Recht 2007, "Random features for large-scale kernel machines", NIPS. */
typedef struct ml_rff {
    size_t d, n_features;
    double *frequency; /* [n_features x d], normal numbers */
    double *phase;     /* [n_features], uniform in [0, 2 pi) */
} ml_rff;

/* Draws the features. Arrays from the arena; they die with it.
 * Errors: ML_EINVAL if d or n_features is 0 or the variance is not positive and finite; ML_ENOMEM; *rff untouched. */
ml_status ml_rff_init(ml_rff *rff, size_t d, size_t n_features, double variance, ml_rng *rng, ml_arena *arena,
                      ml_error *error);

/* The mean features of n rows. For values beyond 1e5 / frequency digits get lost (base/math.h, ml_cos).
 *   x  [n x d], finite    mean  [n_features], out
 * Cost:   O(n d D).
 * Errors: ML_EINVAL if n is 0 or a value is not finite; untouched. */
ml_status ml_rff_mean(const ml_rff *rff, size_t n, const double *x, double *mean, ml_error *error);

/* The squared distance of two mean features: a discrepancy as ml_mmd_test's, but biased upwards by about 1/n + 1/m, and
 * in linear time. Its threshold comes from relabelling, or from samples that are known to be clean. */
double ml_mmd_rff(size_t n_features, const double *mean_a, const double *mean_b);

#endif
