/* Metrics: how good is a prediction?
 *
 * All of them take what was true and what was said about it, row by row, and return a figure through the last pointer
 * before `error`, which stays untouched on error. Nothing allocates. */
#ifndef ML_METRICS_H
#define ML_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* How often each class was taken for each.
 *   truth      [n]      classes, 0 to k-1
 *   predicted  [n]      classes, 0 to k-1
 *   count      [k x k]  out, row-major: row = the true class, column = the predicted one; untouched on error
 * Cost:   O(n + k^2).
 * Errors: ML_EINVAL if k is 0 or above 256, or a class is not below k. n may be 0: all counts are 0.
 * Golden: tests/golden/metrics.py, scikit-learn confusion_matrix. */
ml_status ml_metric_confusion(size_t n, size_t k, const uint8_t *truth, const uint8_t *predicted, uint32_t *count,
                              ml_error *error);

/* The share of rows whose class was predicted right, in [0, 1].
 *   truth, predicted  [n]  classes
 * Cost:   O(n).
 * Errors: ML_EINVAL if n is 0.
 * Golden: tests/golden/metrics.py, scikit-learn accuracy_score. */
ml_status ml_metric_accuracy(size_t n, const uint8_t *truth, const uint8_t *predicted, double *accuracy,
                             ml_error *error);

/* Mean logarithmic loss (binary cross-entropy) of probabilities, in nats:
 *     -1/n sum of y ln p + (1 - y) ln(1 - p)
 *   probability  [n]  of class 1, in [0, 1]; moved into [2^-52, 1 - 2^-52] first, so that one overconfident row costs
 *                     36 nats and not infinity, as scikit-learn does
 *   label        [n]  0 or 1
 * Cost:   O(n).
 * Errors: ML_EINVAL if n is 0, a probability is outside [0, 1] or NaN, or a label is above 1.
 * Golden: tests/golden/metrics.py, scikit-learn log_loss. */
ml_status ml_metric_log_loss(size_t n, const double *probability, const uint8_t *label, double *loss, ml_error *error);

/* The same from logits z, with p = 1 / (1 + exp(-z)), in the form that neither overflows nor loses digits:
 *     max(z, 0) - z y + ln(1 + exp(-|z|))
 *   logit  [n]  any finite number
 * Errors: ML_EINVAL if n is 0, a logit is not finite, or a label is above 1.
 * Golden: tests/golden/metrics.py, NumPy logaddexp. */
ml_status ml_metric_log_loss_logits(size_t n, const double *logit, const uint8_t *label, double *loss, ml_error *error);

/* Mean squared error: 1/n sum of (truth - predicted)^2, in the unit of the target squared.
 *   truth, predicted  [n]
 * Cost:   O(n).
 * Errors: ML_EINVAL if n is 0.
 * Golden: tests/golden/metrics.py, scikit-learn mean_squared_error. */
ml_status ml_metric_mse(size_t n, const double *truth, const double *predicted, double *mse, ml_error *error);

/* The median: the middle value, or the mean of the two middle ones when n is even. It has no opinion about how bad the
 * worst half is, which is why learning curves plot it where the mean would be infinite.
 *   value    [n]  no NaN; infinities are allowed
 *   scratch  [2n] the caller's; overwritten
 * Cost:   O(n log n).
 * Errors: ML_EINVAL if n is 0 or a value is NaN.
 * Golden: tests/golden/metrics.py, NumPy median. */
ml_status ml_median(size_t n, const double *value, double *scratch, double *median, ml_error *error);

#endif
