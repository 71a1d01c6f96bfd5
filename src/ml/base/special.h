/* The special functions and distributions that tests, intervals and detectors stand on, in double, built from
 * base/math.h alone, so that a p-value is the same number natively and in a browser.
 *
 * Relative accuracy: about 1e-12 where a result is a normal number and shapes are up to 1e6, less beyond (1e-9 at 1e9),
 * tails included: a probability of 1e-200 has as many digits as one of 0.5. Each tail has its own function,
 * because 1 - cdf has none left where the cdf is nearly 1. Arguments without a meaning (a negative shape, a probability
 * of 2, NaN) give NaN; no other error is possible. Every loop is bounded.
 * Sources: DLMF = "NIST Digital Library of Mathematical Functions", chapters 5, 7 and 8; others are named below.
 * Golden: tests/golden/special.py, SciPy. */
#ifndef ML_BASE_SPECIAL_H
#define ML_BASE_SPECIAL_H

#include <stddef.h>
#include <stdint.h>

/* --- Functions ---------------------------------------------------------------------------------------------------- */

/* ln Gamma(x) for x >= 0, infinite at 0; NaN below. Source: DLMF 5.7.3 near 1 and 2, where it is 0, 5.11.1 far off. */
double ml_lgamma(double x);

double ml_log_beta(double a, double b);   /* ln B(a, b), for a, b > 0, without the cancellation of three ml_lgamma */
double ml_log_choose(double n, double k); /* ln of the binomial coefficient, 0 <= k <= n; -infinity for other k */

double ml_erf(double x);  /* DLMF 7.6.2 */
double ml_erfc(double x); /* 1 - erf(x), with all its digits where erf is nearly 1. DLMF 7.9.1 */

/* The regularised incomplete gamma functions, P(a, x) + Q(a, x) = 1, for a > 0; x below 0 counts as 0.
 * Cost:   up to about 9 sqrt(a) terms; constant above a = 1e6.
 * Source: DLMF 8.11.4 (series), 8.9.2 (continued fraction); Temme 1979, SIAM J. Math. Anal. 10(4) (large a). */
double ml_gamma_p(double a, double x);
double ml_gamma_q(double a, double x);

/* The regularised incomplete beta function I_x(a, b), for a, b > 0; x outside [0, 1] counts as the nearer end.
 * 1 - I_x(a, b) is ml_beta_i(b, a, 1 - x).
 * Cost:   up to about sqrt(a + b) terms.
 * Source: DLMF 8.17.22; Lentz's way to sum it: Press et al., "Numerical Recipes" (3rd edition, 2007), section 5.2. */
double ml_beta_i(double a, double b, double x);

/* --- Distributions: density, chance of at most x (cdf), of more than x (sf), and its inverse (quantile) ----------- */

double ml_norm_pdf(double z);
double ml_norm_cdf(double z);
double ml_norm_sf(double z);
double ml_norm_quantile(double p); /* -infinity at 0, infinity at 1 */

/* df degrees of freedom, any number above 0; INFINITY is the normal distribution. */
double ml_student_cdf(double t, double df);
double ml_student_sf(double t, double df);
double ml_student_quantile(double p, double df);

/* Chance that a normal number of mean `shift` over an independent sqrt(chi-squared / df) is at most t: what the power
 * of a t test needs. Absolute accuracy 1e-9 for |shift| up to 30. Source: Lenth 1989, Applied Statistics 38(1). */
double ml_noncentral_student_cdf(double t, double df, double shift);

double ml_chi2_cdf(double x, double df);
double ml_chi2_sf(double x, double df);
double ml_chi2_quantile(double p, double df);

double ml_f_sf(double x, double df1, double df2);

double ml_beta_pdf(double x, double a, double b);
double ml_beta_quantile(double p, double a, double b); /* the x with I_x(a, b) = p; its cdf is ml_beta_i */

/* k successes in n trials that succeed with probability p each. cdf and sf take any k; pmf is 0 but for whole k. */
double ml_binomial_pmf(double k, double n, double p);
double ml_binomial_cdf(double k, double n, double p);
double ml_binomial_sf(double k, double n, double p);

/* --- Kolmogorov --------------------------------------------------------------------------------------------------- */

/* The chance that the largest distance of a Brownian bridge from 0 exceeds x: the limit law of sqrt(nm/(n+m)) times
 * the distance between two empirical distribution functions. Source: Kolmogorov 1933; both of its series, in Marsaglia,
 * Tsang and Wang 2003, Journal of Statistical Software 8(18). */
double ml_kolmogorov_sf(double x);

/* The exact chance, without ties, that the distance of the empirical distribution functions of n and m values from the
 * same law is at least d: the share of the lattice paths from (0, 0) to (n, m) that touch or leave the band.
 *   scratch  [m + 1]  the caller's; overwritten
 * NaN if n or m is 0, or above 2^26. d is taken as the nearest multiple of 1/(nm), for rounding's sake.
 * Cost:   O(nm).
 * Source: Hodges 1958, Arkiv för Matematik 3(5); here the chance to have left is added up, so small ones are exact. */
double ml_ks_exact_sf(size_t n, size_t m, double d, double *scratch);

#endif
