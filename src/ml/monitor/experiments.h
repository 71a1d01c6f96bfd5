/* Experiments on live traffic: tests, their size, corrections for many of them, and boundaries that allow peeking. */
#ifndef ML_MONITOR_EXPERIMENTS_H
#define ML_MONITOR_EXPERIMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/significance.h" /* corrections for many tests at once */
#include "base/status.h"

/* --- Tests -------------------------------------------------------------------------------------------------------- */

/* The pooled z of x2/n2 - x1/n1 and its two-sided p. All successes or none: z is 0 and p is 1.
 * Errors: ML_EINVAL if n1 or n2 is 0 or x is above n; outputs untouched.
 * Source: Fleiss, Levin and Paik 2003, "Statistical Methods for Rates and Proportions", section 3.1.
 * Golden: tests/golden/experiments.py, statsmodels proportions_ztest. */
ml_status ml_two_prop_z(uint64_t x1, uint64_t n1, uint64_t x2, uint64_t n2, double *z, double *p, ml_error *error);

/* Users per arm so that a two-sided z test at level alpha finds p1 against p2 with the given power; rounded up.
 * Errors: ML_EINVAL if a rate, alpha or power is not strictly inside (0, 1), or p1 is p2, or n exceeds 2^53; untouched.
 * Source: Fleiss, Levin and Paik, section 4.2, without their correction for continuity.
 * Golden: tests/golden/experiments.py, the formula with SciPy's quantiles. */
ml_status ml_two_prop_size(double p1, double p2, double alpha, double power, uint64_t *n, ml_error *error);

/* The power of that test with n users per arm: the chance that z is significant on the side of the effect.
 * Errors as ml_two_prop_size. */
ml_status ml_two_prop_power(double p1, double p2, double alpha, uint64_t n, double *power, ml_error *error);

/* Welch's t test of mean(b) - mean(a), without equal variances, two-sided; df is Satterthwaite's.
 *   a [n], b [m]  finite      t, df, p  out
 * Errors: ML_EINVAL if n or m is below 2, a value is not finite, or neither sample varies; outputs untouched.
 * Source: Welch 1947, Biometrika 34.   Golden: tests/golden/experiments.py, SciPy ttest_ind(equal_var=False). */
ml_status ml_welch_t(size_t n, const double *a, size_t m, const double *b, double *t, double *df, double *p,
                     ml_error *error);

/* The power of a two-sided two-sample t test with n rows per arm, for means `effect` standard deviations apart.
 * Errors: ML_EINVAL if n is below 2, the effect not within 100, or alpha not strictly inside (0, 1); untouched.
 * Source: Cohen 1988, "Statistical Power Analysis".   Golden: golden/experiments.py, statsmodels TTestIndPower. */
ml_status ml_t_power(size_t n, double effect, double alpha, double *power, ml_error *error);

/* --- Looking more than once --------------------------------------------------------------------------------------- */

typedef enum ml_boundary {
    ML_POCOCK,         /* the same bound for z at every look (Pocock 1977, Biometrika 64) */
    ML_OBRIEN_FLEMING, /* constant sqrt(K/k) at look k of K: strict early on (Biometrics 35, 1979) */
} ml_boundary;

/* The constant of a boundary for `looks` equally spaced looks at |z| with overall level alpha: the chance that a walk
 * of normal steps crosses it without any effect is alpha. Found by integrating the density of the walk that has not
 * crossed yet, look by look (Simpson's rule), and bisection; within 1e-5.
 *   bound  [looks]  out, for |z| at each look
 * Cost:   O(looks) times 24 passes over 201 x 201 points: about 0.1 s at 10 looks.
 * Errors: ML_EINVAL if looks is 0 or above 100, alpha is not in [1e-6, 0.5], or the boundary is unknown; untouched.
 * Source: Armitage, McPherson and Rowe 1969, JRSS A 132(2).   Golden: Jennison and Turnbull 2000, "Group Sequential
 *         Methods", tables 2.1 and 2.3. */
ml_status ml_seq_boundary(ml_boundary boundary, size_t looks, double alpha, double *bound, ml_error *error);

/* The mixture likelihood ratio of the mSPRT for a difference d with (estimated) variance v of d, against a normal prior
 * of standard deviation tau: reject once it exceeds 1/alpha at any look; that happens with a chance of at most alpha
 * without an effect, however often one looks. 1 for v = 0; NaN if v is negative or tau is not positive.
 * Source: Robbins 1970, Annals of Mathematical Statistics 41(5); Johari et al. 2017, "Peeking at A/B tests", KDD. */
double ml_msprt_ratio(double d, double v, double tau);

/* --- Interleaving ------------------------------------------------------------------------------------------------- */

/* One list for the user from two rankings; clicks then vote for the team that put the item there.
 *   a [n], b [n]   items, best first; within one ranking all differ
 *   shown [length] out: the list; team [length] out: 0 if a contributed the item, 1 if b
 * Team draft: a coin before each pair of picks says who picks first; each picks its best item that is not yet shown.
 * Returns how many were shown: fewer than `length` only when both rankings are used up. Cost: O(n length).
 * Source: Radlinski, Kurup and Joachims 2008, "How does clickthrough data reflect retrieval quality?", CIKM. */
size_t ml_interleave_team_draft(size_t n, const uint32_t *a, const uint32_t *b, size_t length, ml_rng *rng,
                                uint32_t *shown, uint8_t *team);

/* Balanced interleaving: one coin decides who begins; then whoever is behind (on a tie, the beginner) advances by one
 * item, which is shown unless it is there already.
 * Source: Joachims 2002, "Evaluating retrieval performance using clickthrough data". Cost: O(n length). */
size_t ml_interleave_balanced(size_t n, const uint32_t *a, const uint32_t *b, size_t length, ml_rng *rng,
                              uint32_t *shown);

#endif
