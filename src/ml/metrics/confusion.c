/* Counts: of classes against the rest, of labels, of a score against a threshold. */
#include <string.h>

#include "base/math.h"
#include "metrics/check.h"
#include "metrics/classification.h"

ml_status ml_confusion(size_t n, size_t k, const uint32_t *truth, const uint32_t *predicted, uint32_t *count,
                       ml_error *error) {
    if (k == 0 || k > 65535)
        return ml_fail(error, ML_EINVAL, "a confusion matrix of %zu classes; it has 1 to 65535", k);
    if (n > UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; they are counted in 32 bits", n);
    ML_TRY(ml_metrics_check_classes(n, k, truth, "truth", error));
    ML_TRY(ml_metrics_check_classes(n, k, predicted, "predicted", error));
    memset(count, 0, k * k * sizeof *count);
    for (size_t i = 0; i < n; i++)
        count[truth[i] * k + predicted[i]]++;
    return ML_OK;
}

void ml_counts_of_classes(size_t k, const uint32_t *confusion, ml_counts *counts) {
    size_t n = 0;
    memset(counts, 0, k * sizeof *counts);
    for (size_t t = 0; t < k; t++)
        for (size_t p = 0; p < k; p++) {
            const size_t rows = confusion[t * k + p];
            n += rows;
            if (t == p) {
                counts[t].true_positive = rows;
            } else {
                counts[t].false_negative += rows;
                counts[p].false_positive += rows;
            }
        }
    for (size_t c = 0; c < k; c++)
        counts[c].true_negative =
            n - counts[c].true_positive - counts[c].false_positive - counts[c].false_negative;
}

static void count_one(ml_counts *counts, int truth, int predicted) {
    counts->true_positive += truth && predicted;
    counts->false_positive += !truth && predicted;
    counts->false_negative += truth && !predicted;
    counts->true_negative += !truth && !predicted;
}

ml_status ml_counts_of_labels(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted,
                              ml_counts *counts, ml_error *error) {
    ML_TRY(ml_metrics_check_binary(n * labels, truth, "truth", error));
    ML_TRY(ml_metrics_check_binary(n * labels, predicted, "predicted", error));
    memset(counts, 0, labels * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < labels; l++)
            count_one(&counts[l], truth[i * labels + l], predicted[i * labels + l]);
    return ML_OK;
}

ml_status ml_counts_at(size_t n, const double *score, const uint8_t *label, double threshold, ml_counts *counts,
                       ml_error *error) {
    if (isnan(threshold))
        return ml_fail(error, ML_EINVAL, "the threshold is not a number; infinity is the one that flags nobody");
    for (size_t i = 0; i < n; i++)
        if (isnan(score[i]))
            return ml_fail(error, ML_EINVAL, "score[%zu] is not a number; leave rows without a score out", i);
    ML_TRY(ml_metrics_check_binary(n, label, "label", error));
    *counts = (ml_counts){0};
    for (size_t i = 0; i < n; i++)
        count_one(counts, label[i], score[i] >= threshold);
    return ML_OK;
}
