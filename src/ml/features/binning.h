/* Bins: a number becomes one of a few classes, so that a linear model can bend and outliers are harmless. What it
 * costs: neighbours across a cut fall apart, and a bin without rows has learned nothing.
 *
 * Bins are given by their cuts, ascending and all different: bin b holds cut[b-1] <= x < cut[b]. Cuts are learned from
 * training rows. */
#ifndef ML_FEATURES_BINNING_H
#define ML_FEATURES_BINNING_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* k bins of the same width between the least and the largest value.
 *   x       [n]      finite or NaN, which does not count
 *   cut     [k - 1]  out: the first *n_cuts; both untouched on error
 *   n_cuts           out: k - 1; fewer where the values leave no room between two cuts, none for a constant
 * Cost:   O(n + k); no memory.
 * Errors: ML_EINVAL if k is 0, no value is there, one is infinite, or their range overflows.
 * Golden: tests/golden/features.py, scikit-learn KBinsDiscretizer (strategy uniform). */
ml_status ml_bins_equal_width(size_t n, const double *x, size_t k, double *cut, size_t *n_cuts, ml_error *error);

/* k bins of about the same number of rows: cuts at the quantiles 1/k, 2/k, ... (by linear interpolation). Cuts that
 * coincide, as where a value is frequent, are one.
 * Cost:   O(n log n); scratch of 2n doubles, given back.
 * Errors: as above (a range may overflow); ML_ENOMEM.
 * Golden: tests/golden/features.py, scikit-learn KBinsDiscretizer (strategy quantile). */
ml_status ml_bins_equal_frequency(size_t n, const double *x, size_t k, double *cut, size_t *n_cuts, ml_arena *arena,
                                  ml_error *error);

/* At most k bins that differ most in a target: the bin whose best cut lowers the sum of squared distances to the bins'
 * means most is cut next, midway between two values. It reads the target: cut on training rows only, and expect the
 * bins to look better there than elsewhere. Rows without x do not count. (A regression tree of one column, and here
 * because this module does not use the trees of ml/models.)
 *   y         [n]  finite
 *   min_rows       of a bin, at least 1
 *   cut, n_cuts    as above; fewer than k - 1 when nothing more can be gained
 * Cost:   O(n log n + n k); scratch of 32 bytes a row and 40 a bin, given back.
 * Errors: as ml_bins_equal_frequency, and ML_EINVAL if min_rows is 0 or a target is not finite.
 * Source: Breiman, Friedman, Olshen and Stone 1984, "Classification and Regression Trees", section 8.4.
 * Golden: tests/golden/features.py, scikit-learn DecisionTreeRegressor (max_leaf_nodes, min_samples_leaf). */
ml_status ml_bins_by_target(size_t n, const double *x, const double *y, size_t k, size_t min_rows, double *cut,
                            size_t *n_cuts, ml_arena *arena, ml_error *error);

/* The bin of each row: 0 to n_cuts; n_cuts + 1 for a missing one, so that "missing" is a bin of its own.
 *   bin  [n]  out
 * Cost: O(n log n_cuts). */
void ml_bin_apply(size_t n_cuts, const double *cut, size_t n, const double *x, uint32_t *bin);

/* Bins as columns: out [n x n_bins], 1 in the column of the row's bin, else 0; a row whose bin is n_bins or more has
 * none.
 */
void ml_onehot_bins(size_t n_bins, size_t n, const uint32_t *bin, double *out);

#endif
