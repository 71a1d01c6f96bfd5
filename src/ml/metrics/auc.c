/* Ranking: does a higher score mean more likely positive? */
#include "base/math.h"
#include "base/sort.h"
#include "metrics/metrics.h"

static ml_status check_scores(size_t n, const double *score, const uint8_t *label, size_t *n_positive,
                              ml_error *error) {
    *n_positive = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(score[i]))
            return ml_fail(error, ML_EINVAL, "score[%zu] is %g; a score is a finite number", i, score[i]);
        if (label[i] > 1)
            return ml_fail(error, ML_EINVAL, "label[%zu] is %d; AUC is for labels 0 and 1", i, label[i]);
        *n_positive += label[i];
    }
    if (*n_positive == 0 || *n_positive == n)
        return ml_fail(error, ML_EINVAL, "AUC compares positives with negatives, and there are %zu and %zu; "
                       "it wants at least one of each", *n_positive, n - *n_positive);
    return ML_OK;
}

ml_status ml_metric_auc(size_t n, const double *score, const uint8_t *label, uint32_t *order, double *auc,
                        ml_error *error) {
    size_t n_positive;
    ML_TRY(check_scores(n, score, label, &n_positive, error));
    ml_argsort_double(n, score, order, order + n);
    /* Wins are counted twice, so that a tie, half a win, is a whole number and the sum exact (n below 2^32). */
    uint64_t twice_wins = 0, negatives_below = 0;
    for (size_t i = 0; i < n;) {
        uint64_t positives = 0, negatives = 0; /* at this score */
        const double here = score[order[i]];
        for (; i < n && score[order[i]] == here; i++) {
            positives += label[order[i]];
            negatives += !label[order[i]];
        }
        twice_wins += positives * (2 * negatives_below + negatives);
        negatives_below += negatives;
    }
    *auc = 0.5 * (double)twice_wins / ((double)n_positive * (double)(n - n_positive));
    return ML_OK;
}
