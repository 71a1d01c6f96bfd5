/* How far off are predicted numbers? Each function takes what was true and what was said, both [n] and finite, and
 * returns ML_EINVAL, its output untouched, if n is 0 or a number is not finite. ml_metric_mse is in metrics.h.
 * Golden: tests/golden/regression.py, scikit-learn's function of the same name unless said otherwise. */
#ifndef ML_METRICS_REGRESSION_H
#define ML_METRICS_REGRESSION_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* In the unit of the target: root mean squared, mean, and largest absolute error. */
ml_status ml_rmse(size_t n, const double *truth, const double *predicted, double *rmse, ml_error *error);
ml_status ml_mae(size_t n, const double *truth, const double *predicted, double *mae, ml_error *error);
ml_status ml_max_error(size_t n, const double *truth, const double *predicted, double *largest, ml_error *error);

/* The median of the absolute errors: half of the rows do better.   scratch  [3n]  the caller's; overwritten. */
ml_status ml_median_absolute_error(size_t n, const double *truth, const double *predicted, double *scratch,
                                   double *median, ml_error *error);

/* 1 - (sum of squared errors) / (squared distance of the truth from its mean): 1 is perfect, 0 is what the mean scores,
 * and worse is possible. Of a constant truth: 1 if all is right, else 0. */
ml_status ml_r2(size_t n, const double *truth, const double *predicted, double *r2, ml_error *error);

/* The same with the variance of the errors in place of their squares: a constant offset is forgiven. */
ml_status ml_explained_variance(size_t n, const double *truth, const double *predicted, double *explained,
                                ml_error *error);

/* Mean of |truth - predicted| / |truth|, a share, not per cent. Also ML_EINVAL if a truth is 0, where it has no value.
 * It forgives predictions that are too low: none of them is off by more than 1. */
ml_status ml_mape(size_t n, const double *truth, const double *predicted, double *mape, ml_error *error);

/* Mean of 2 |truth - predicted| / (|truth| + |predicted|), in [0, 2]; a row of two zeros counts 0.
 * Source: Makridakis 1993, International Journal of Forecasting 9(4).   Golden: NumPy. */
ml_status ml_smape(size_t n, const double *truth, const double *predicted, double *smape, ml_error *error);

/* Mean pinball loss, which the quantile q minimises: q (t - p) where p is too low, (1 - q)(p - t) where it is too high.
 * Also ML_EINVAL if q is not in [0, 1].   Source: Koenker and Bassett 1978, Econometrica 46(1). */
ml_status ml_pinball(size_t n, const double *truth, const double *predicted, double q, double *loss, ml_error *error);

/* Mean Huber loss: e^2/2 up to |e| = delta, and delta (|e| - delta/2) beyond. Also ML_EINVAL if delta is not positive.
 * Source: Huber 1964, Annals of Mathematical Statistics 35(1).   Golden: SciPy huber. */
ml_status ml_huber(size_t n, const double *truth, const double *predicted, double delta, double *loss,
                   ml_error *error);

/* --- Do they rise together? --------------------------------------------------------------------------------------- */

/* Pearson's correlation, in [-1, 1]: 1 if one is a rising line of the other, 0 if no line helps. Any offset and any
 * scale is forgiven, so it is no measure of error. Also ML_EINVAL if one of the two is constant or too large to square.
 * Source: Pearson 1896, Philosophical Transactions A 187.   Golden: SciPy pearsonr. */
ml_status ml_correlation(size_t n, const double *truth, const double *predicted, double *r, ml_error *error);

/* Spearman's: that of the ranks, equal values sharing the mean of theirs; 1 if one is any rising map of the other.
 *   scratch  [2n], order  [2n]  the caller's; overwritten
 * Cost: O(n log n). Also ML_EINVAL if one of the two is constant; n is below 2^32.
 * Source: Spearman 1904, American Journal of Psychology 15(1).   Golden: SciPy spearmanr. */
ml_status ml_rank_correlation(size_t n, const double *truth, const double *predicted, double *scratch, uint32_t *order,
                              double *rho, ml_error *error);

#endif
