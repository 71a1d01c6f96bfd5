/* How often a classifier is right, which classes it mixes up, and what its confidence costs. */
#include <string.h>

#include "base/math.h"
#include "metrics/metrics.h"

ml_status ml_metric_confusion(size_t n, size_t k, const uint8_t *truth, const uint8_t *predicted, uint32_t *count,
                              ml_error *error) {
    if (k == 0 || k > 256)
        return ml_fail(error, ML_EINVAL, "a confusion matrix of %zu classes; it has 1 to 256", k);
    for (size_t i = 0; i < n; i++)
        if (truth[i] >= k || predicted[i] >= k)
            return ml_fail(error, ML_EINVAL, "row %zu has class %d, predicted %d; classes are numbered 0 to %zu", i,
                           truth[i], predicted[i], k - 1);
    memset(count, 0, k * k * sizeof *count);
    for (size_t i = 0; i < n; i++)
        count[truth[i] * k + predicted[i]]++;
    return ML_OK;
}

static ml_status check_rows(size_t n, const char *metric, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "%s of 0 rows has no value; give at least one row", metric);
    return ML_OK;
}

ml_status ml_metric_accuracy(size_t n, const uint8_t *truth, const uint8_t *predicted, double *accuracy,
                             ml_error *error) {
    ML_TRY(check_rows(n, "accuracy", error));
    size_t right = 0;
    for (size_t i = 0; i < n; i++)
        right += truth[i] == predicted[i];
    *accuracy = (double)right / (double)n;
    return ML_OK;
}

static ml_status check_binary(size_t n, const uint8_t *label, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (label[i] > 1)
            return ml_fail(error, ML_EINVAL, "label[%zu] is %d; log loss is for labels 0 and 1", i, label[i]);
    return ML_OK;
}

ml_status ml_metric_log_loss(size_t n, const double *probability, const uint8_t *label, double *loss, ml_error *error) {
    ML_TRY(check_rows(n, "log loss", error));
    ML_TRY(check_binary(n, label, error));
    const double least = 0x1p-52;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double p = probability[i];
        if (!(p >= 0.0 && p <= 1.0)) /* written so that NaN is refused too */
            return ml_fail(error, ML_EINVAL, "probability[%zu] is %g, not in [0, 1]; apply a sigmoid to logits first",
                           i, p);
        p = p < least ? least : p > 1.0 - least ? 1.0 - least : p;
        sum -= label[i] ? ml_log(p) : ml_log1p(-p);
    }
    *loss = sum / (double)n;
    return ML_OK;
}

ml_status ml_metric_log_loss_logits(size_t n, const double *logit, const uint8_t *label, double *loss,
                                    ml_error *error) {
    ML_TRY(check_rows(n, "log loss", error));
    ML_TRY(check_binary(n, label, error));
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double z = logit[i];
        if (!isfinite(z))
            return ml_fail(error, ML_EINVAL, "logit[%zu] is %g; a logit is a finite number", i, z);
        sum += (z > 0.0 ? z : 0.0) - z * label[i] + ml_log1p(ml_exp(-fabs(z)));
    }
    *loss = sum / (double)n;
    return ML_OK;
}
