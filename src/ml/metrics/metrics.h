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

/* The share of rows whose true class is among the k with the highest scores, in [0, 1]; k = 1 is accuracy. A row counts
 * if fewer than k classes rank before its own: those with a higher score and, of equal scores, the lower classes.
 *   scores  [n x classes]  row-major; infinities are allowed, and NaN ranks before nothing
 *   label   [n]            the true classes; a row whose label is not from 0 to classes - 1, or whose true class scores
 *                          NaN, is wrong, however large k is
 *   returns                NaN if n is 0
 * Cost:   n classes comparisons; nothing is sorted.
 * Golden: tests/golden/multiclass.py, scikit-learn top_k_accuracy_score. */
double ml_topk_accuracy(const float *scores, const int32_t *label, size_t n, size_t classes, size_t k);

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

/* Area under the ROC curve: the chance that a random positive scores above a random negative; a tie counts one half.
 * Any increasing map of the scores leaves it as it is.
 *   score  [n]   any finite number; higher means more likely positive; n below 2^32
 *   label  [n]   0 or 1
 *   order  [2n]  scratch, the caller's; overwritten
 *   auc          out, in [0, 1]
 * Cost:   O(n log n); O(n) on scores in ascending order.
 * Errors: ML_EINVAL if a score is not finite, a label is above 1, or only one class is present.
 * Source: Hanley and McNeil 1982, Radiology 143(1).   Golden: tests/golden/cost.py, scikit-learn roc_auc_score. */
ml_status ml_metric_auc(size_t n, const double *score, const uint8_t *label, uint32_t *order, double *auc,
                        ml_error *error);

/* --- What errors cost. Acting (saying 1) on a 0 costs `false_positive`, not acting on a 1 `false_negative`, in any one
 *     unit; what is right costs nothing. --------------------------------------------------------------------------- */

/* Mean cost of a row when acting where score >= threshold.
 *   score  [n]      any number, infinities too;  label [n] 0 or 1
 *   threshold       infinity never acts
 *   cost            out, in the unit of the costs
 * Cost:   O(n).
 * Errors: ML_EINVAL if n is 0, a cost is negative or not finite, the threshold or a score is NaN, or a label is above
 *         1.
 * Golden: tests/golden/cost.py, scikit-learn confusion_matrix. */
ml_status ml_metric_expected_cost(size_t n, const double *score, const uint8_t *label, double threshold,
                                  double false_positive, double false_negative, double *cost, ml_error *error);

/* The threshold with the lowest cost on these rows, among infinity (never act) and the scores; of equally cheap ones
 * the highest. It asks nothing of the scores but their order, unlike ml_cost_threshold.
 *   score  [n]      as above; n may be 0: infinity, at cost 0
 *   order  [2n]     scratch, the caller's; overwritten
 *   threshold       out;  cost  out: the total over the rows, not the mean
 * Cost:   O(n log n); O(n) on scores in ascending order.
 * Errors: ML_EINVAL as above.
 * Golden: tests/golden/cost.py, scikit-learn roc_curve. */
ml_status ml_metric_best_threshold(size_t n, const double *score, const uint8_t *label, double false_positive,
                                   double false_negative, uint32_t *order, double *threshold, double *cost,
                                   ml_error *error);

/* The probability from which acting costs less than not acting, on average: FP / (FP + FN). It holds for calibrated
 * probabilities: of the rows with p = 0.2 a fifth must be positive. The costs are above 0.
 * Source: Elkan 2001, "The foundations of cost-sensitive learning", IJCAI, equation 2. */
double ml_cost_threshold(double false_positive, double false_negative);

/* Between which probabilities asking a person, who costs `review` and is always right, is the cheapest of three:
 * below `low` do not act, from `high` on act, in between ask. Where asking never pays, that is for
 * review >= FP FN / (FP + FN), both are ml_cost_threshold. All costs are above 0, the probabilities calibrated.
 * Source: Chow 1970, "On optimum recognition error and reject tradeoff", IEEE Trans. Information Theory 16(1). */
void ml_review_band(double false_positive, double false_negative, double review, double *low, double *high);

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

/* --- By topic ----------------------------------------------------------------------------------------------------- */

#include "metrics/calibration.h"    /* Brier score, reliability, ECE; temperature, Platt, isotonic */
#include "metrics/classification.h" /* precision, recall, F-beta and their averages; MCC, kappa; several labels */
#include "metrics/clustering.h"     /* silhouette, adjusted Rand, mutual information */
#include "metrics/curves.h"         /* ROC, precision and recall, average precision, costs, by threshold */
#include "metrics/fairness.h"       /* the same figures by group, and how far apart the groups are */
#include "metrics/intervals.h"      /* of shares, means, AUC and any figure; is one model better: McNemar, DeLong */
#include "metrics/ranking.h"        /* NDCG, MAP, MRR, precision and recall at k */
#include "metrics/regression.h"     /* absolute, relative and squared errors, quantiles */
#include "metrics/slices.h"         /* for whom it is worse: any figure by slices of features */

#endif
