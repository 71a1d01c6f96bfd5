/* Rows with several labels at once, and log loss of many classes. */
#include "base/math.h"
#include "metrics/check.h"
#include "metrics/classification.h"

static ml_status check_labels(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted,
                              ml_error *error) {
    if (n == 0 || labels == 0)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu labels; give at least one of each", n, labels);
    ML_TRY(ml_metrics_check_binary(n * labels, truth, "truth", error));
    return ml_metrics_check_binary(n * labels, predicted, "predicted", error);
}

ml_status ml_hamming_loss(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted, double *loss,
                          ml_error *error) {
    ML_TRY(check_labels(n, labels, truth, predicted, error));
    size_t wrong = 0;
    for (size_t i = 0; i < n * labels; i++)
        wrong += truth[i] != predicted[i];
    *loss = (double)wrong / ((double)n * (double)labels);
    return ML_OK;
}

ml_status ml_subset_accuracy(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted, double *accuracy,
                             ml_error *error) {
    ML_TRY(check_labels(n, labels, truth, predicted, error));
    size_t right = 0;
    for (size_t i = 0; i < n; i++) {
        size_t wrong = 0;
        for (size_t l = i * labels; l < (i + 1) * labels; l++)
            wrong += truth[l] != predicted[l];
        right += wrong == 0;
    }
    *accuracy = (double)right / (double)n;
    return ML_OK;
}

ml_status ml_log_loss_classes(size_t n, size_t k, const double *probability, const uint32_t *truth, double *loss,
                              ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "log loss", error));
    ML_TRY(ml_metrics_check_classes(n, k, truth, "truth", error));
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double *const row = probability + i * k;
        double whole = 0.0;
        ML_TRY(ml_metrics_check_shares(k, row, "probability", error));
        for (size_t c = 0; c < k; c++)
            whole += row[c];
        if (fabs(whole - 1.0) > 1e-6)
            return ml_fail(error, ML_EINVAL, "the probabilities of row %zu add up to %g, not to 1; apply a softmax", i,
                           whole);
        sum -= ml_log(fmin(fmax(row[truth[i]], 0x1p-52), 1.0 - 0x1p-52));
    }
    *loss = sum / (double)n;
    return ML_OK;
}
