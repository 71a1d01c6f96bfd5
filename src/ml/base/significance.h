/* What tests of several modules share: two means, and many p-values at once. */
#ifndef ML_BASE_SIGNIFICANCE_H
#define ML_BASE_SIGNIFICANCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Welch's t test of mean_b - mean_a from what is known of the two samples, two-sided.
 *   variance_a, variance_b  of the samples, that is by n - 1 and m - 1; 0 or more, one of them positive, both finite
 *   n, m                    rows, at least 2
 *   t, df, p                out; df is Satterthwaite's
 * Source: Welch 1947, Biometrika 34.   Golden: tests/golden/experiments.py, SciPy ttest_ind(equal_var=False). */
void ml_welch_of(double mean_a, double variance_a, size_t n, double mean_b, double variance_b, size_t m, double *t,
                 double *df, double *p);

typedef enum ml_correction {
    ML_BONFERRONI,         /* chance of one false alarm or more; p times k */
    ML_HOLM,               /* the same promise, never weaker (Holm 1979, Scandinavian Journal of Statistics 6) */
    ML_BENJAMINI_HOCHBERG, /* the expected share of false ones among the found, if independent (JRSS B 57, 1995) */
} ml_correction;

/* Corrected p-values: compare each with alpha.
 *   p         [k]   in [0, 1]
 *   adjusted  [k]   out, in the order of p; may be p itself
 *   scratch   [2k]  the caller's; overwritten
 * Cost:   O(k log k).
 * Errors: ML_EINVAL if a p is not in [0, 1] or the correction is unknown; adjusted untouched.
 * Golden: tests/golden/experiments.py, statsmodels multipletests. */
ml_status ml_adjust_p(size_t k, const double *p, ml_correction correction, double *adjusted, uint32_t *scratch,
                      ml_error *error);

#endif
