/* Unequal errors: what a threshold costs, and which the theory of calibrated scores would take. */
#include "base/math.h"
#include "metrics/cost_check.h"
#include "metrics/metrics.h"

ml_status ml_cost_check(size_t n, const double *score, const uint8_t *label, double false_positive,
                        double false_negative, ml_error *error) {
    if (!(isfinite(false_positive) && isfinite(false_negative) && false_positive >= 0.0 && false_negative >= 0.0))
        return ml_fail(error, ML_EINVAL, "costs of %g and %g; a cost is a finite number, 0 or more", false_positive,
                       false_negative);
    for (size_t i = 0; i < n; i++) {
        if (isnan(score[i]))
            return ml_fail(error, ML_EINVAL, "score[%zu] is not a number; leave rows without a score out", i);
        if (label[i] > 1)
            return ml_fail(error, ML_EINVAL, "label[%zu] is %d; costs are for labels 0 and 1", i, label[i]);
    }
    return ML_OK;
}

ml_status ml_metric_expected_cost(size_t n, const double *score, const uint8_t *label, double threshold,
                                  double false_positive, double false_negative, double *cost, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "the mean cost of 0 rows has no value; give at least one row");
    if (isnan(threshold))
        return ml_fail(error, ML_EINVAL, "the threshold is not a number; infinity is the one that never acts");
    ML_TRY(ml_cost_check(n, score, label, false_positive, false_negative, error));
    size_t n_false_positive = 0, n_false_negative = 0;
    for (size_t i = 0; i < n; i++) {
        const int acts = score[i] >= threshold;
        n_false_positive += acts && !label[i];
        n_false_negative += !acts && label[i];
    }
    *cost = ((double)n_false_positive * false_positive + (double)n_false_negative * false_negative) / (double)n;
    return ML_OK;
}

double ml_cost_threshold(double false_positive, double false_negative) {
    /* halves first: the sum of two large costs overflows */
    return 0.5 * false_positive / (0.5 * false_positive + 0.5 * false_negative);
}

void ml_review_band(double false_positive, double false_negative, double review, double *low, double *high) {
    const double threshold = ml_cost_threshold(false_positive, false_negative);
    *low = review / false_negative;        /* below: p FN < review */
    *high = 1.0 - review / false_positive; /* from here on: (1 - p) FP <= review */
    if (!(*low < threshold && threshold < *high))
        *low = *high = threshold;
}
