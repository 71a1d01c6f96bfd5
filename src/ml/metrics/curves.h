/* Curves: what every threshold on a score would do. One sort gives an ml_curve, and all else is read off it, so that a
 * slider costs O(log n). */
#ifndef ML_METRICS_CURVES_H
#define ML_METRICS_CURVES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "metrics/classification.h"

/* Point i flags the rows with score >= threshold[i]. Point 0 flags nobody, at infinity; then comes one point for each
 * score that differs, the highest first, and the last flags everybody. Rows with equal scores go together. */
typedef struct ml_curve {
    size_t points;                             /* 2 to n + 1 */
    size_t n_positive, n_negative;             /* at least 1 of each */
    double *threshold;                         /* [points] falling */
    uint32_t *true_positive, *false_positive;  /* [points] rising counts */
} ml_curve;

/* Sorts and counts.
 *   score  [n]  finite; higher means more likely positive      label  [n]  0 or 1
 *   curve       out; its arrays are the arena's and die with it
 * Cost:   O(n log n); 16 (n + 1) bytes, and scratch for 8 bytes a row, given back.
 * Errors: ML_EINVAL if a score is not finite, a label is above 1, only one class is there, or n is 2^32 or more;
 *         ML_ENOMEM; curve untouched. */
ml_status ml_curve_init(ml_curve *curve, size_t n, const double *score, const uint8_t *label, ml_arena *arena,
                        ml_error *error);

/* The counts at any threshold; NaN flags nobody.   Cost: O(log points). */
ml_counts ml_curve_at(const ml_curve *curve, double threshold);

/* Receiver operating characteristic: the share of negatives that are flagged, and of positives, from (0, 0) to (1, 1).
 *   false_positive_rate, true_positive_rate  [points]  out
 * Source: Fawcett 2006, Pattern Recognition Letters 27(8).   Golden: tests/golden/curves.py, scikit-learn roc_curve
 *         (drop_intermediate=False). */
void ml_roc_curve(const ml_curve *curve, double *false_positive_rate, double *true_positive_rate);

/* Its area by trapezoids: equal to ml_metric_auc, from counts as there.   Cost: O(points). */
double ml_roc_area(const ml_curve *curve);

/* Precision and recall; where nobody is flagged precision is said to be 1, as scikit-learn does.
 *   recall, precision  [points]  out
 * Golden: tests/golden/curves.py, scikit-learn precision_recall_curve, from its end. */
void ml_pr_curve(const ml_curve *curve, double *recall, double *precision);

/* Average precision: the sum of (R_i - R_{i-1}) P_i, a step function's area, without interpolation. A random score has
 * the share of positives.
 * Source: Manning, Raghavan and Schütze 2008, section 8.4; against interpolation: Davis and Goadrich 2006, ICML.
 * Golden: tests/golden/curves.py, scikit-learn average_precision_score. */
double ml_average_precision(const ml_curve *curve);

/* The threshold with the highest F-beta, of equal ones the highest, and that F-beta. beta is positive. With calibrated
 * probabilities the threshold of F1 is half of the best F1.
 * Source: Lipton, Elkan and Naryanaswamy 2014, ECML PKDD (the half).   Golden: tests/golden/curves.py, scikit-learn. */
double ml_best_fbeta(const ml_curve *curve, double beta, double *threshold);

/* What each threshold costs in total; costs as in metrics.h, 0 or more.   cost  [points]  out. */
void ml_cost_by_threshold(const ml_curve *curve, double false_positive, double false_negative, double *cost);

/* The cost curve: for each situation x, the least expected cost that some threshold reaches, as a share of the worst,
 *     y = min over points of (1 - TPR) x + FPR (1 - x)
 * where x = P(+) C(FN) / (P(+) C(FN) + P(-) C(FP)) sums up how common and how costly positives are.
 *   x  [m] in [0, 1]; y [m] out
 * Cost:   O(m points).
 * Source: Drummond and Holte 2006, Machine Learning 65(1).   Golden: tests/golden/curves.py, NumPy. */
void ml_cost_curve(const ml_curve *curve, size_t m, const double *x, double *y);

/* AUC of many classes: of each class against the rest by its column of scores, averaged.
 *   score  [n x k]  finite      truth  [n]  below k; each class occurs
 *   average         ML_AVERAGE_MACRO, or ML_AVERAGE_WEIGHTED by the classes' rows
 * Cost:   O(k n log n); scratch for 17 bytes a row, given back.
 * Errors: ML_EINVAL if a class is out of range or does not occur, k is below 2, a score is not finite or the average is
 *         another; ML_ENOMEM; untouched.
 * Golden: tests/golden/curves.py, scikit-learn roc_auc_score (multi_class="ovr"). */
ml_status ml_auc_classes(size_t n, size_t k, const double *score, const uint32_t *truth, ml_average average,
                         double *auc, ml_arena *arena, ml_error *error);

/* AUC as a challenge writes it, alone in its file: to the bit ml_metric_auc. NaN if a class is missing or n is below 1;
 * no score is NaN, y is 0 or 1.
 * Cost:   11 n comparisons for each 2,048 positives, without memory. */
double ml_roc_auc(const double *score, const uint8_t *y, int n);

#endif
