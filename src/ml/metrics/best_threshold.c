/* The cheapest threshold, by trying all that differ: let one group of equal scores in at a time, the highest first. */
#include "base/math.h"
#include "base/sort.h"
#include "metrics/cost_check.h"
#include "metrics/metrics.h"

ml_status ml_metric_best_threshold(size_t n, const double *score, const uint8_t *label, double false_positive,
                                   double false_negative, uint32_t *order, double *threshold, double *cost,
                                   ml_error *error) {
    ML_TRY(ml_cost_check(n, score, label, false_positive, false_negative, error));
    ml_argsort_double(n, score, order, order + n);
    size_t n_false_positive = 0, n_false_negative = 0;
    for (size_t i = 0; i < n; i++)
        n_false_negative += label[i];
    double best = (double)INFINITY, least = (double)n_false_negative * false_negative; /* nobody is let in */
    for (size_t i = n; i > 0;) {
        const double here = score[order[i - 1]];
        for (; i > 0 && score[order[i - 1]] == here; i--) {
            n_false_negative -= label[order[i - 1]];
            n_false_positive += !label[order[i - 1]];
        }
        /* from the counts, not from running sums: equal costs then compare equal */
        const double now = (double)n_false_positive * false_positive + (double)n_false_negative * false_negative;
        if (now < least) {
            least = now;
            best = here;
        }
    }
    *threshold = best;
    *cost = least;
    return ML_OK;
}
