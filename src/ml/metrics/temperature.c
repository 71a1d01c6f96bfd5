/* One number that makes all probabilities less, or more, sure of themselves. */
#include "base/math.h"
#include "metrics/calibration.h"
#include "metrics/check.h"

typedef struct task {
    size_t n, k; /* k is 1 for one logit a row */
    const double *logit;
    const uint8_t *label;  /* k = 1 */
    const uint32_t *truth; /* k > 1 */
} task;

/* The slope in b of the loss of softmax(b z): what is expected of z, minus the true class's. */
static double slope_of_row(const double *z, size_t k, size_t truth, double b) {
    double most = z[0], sum = 0.0, expected = 0.0;
    for (size_t c = 1; c < k; c++)
        most = fmax(most, z[c]);
    for (size_t c = 0; c < k; c++) {
        const double weight = ml_exp(b * (z[c] - most));
        sum += weight;
        expected += weight * (z[c] - most);
    }
    return expected / sum - (z[truth] - most);
}

static double slope(const task *t, double b) {
    double sum = 0.0;
    for (size_t i = 0; i < t->n; i++) {
        const double z = t->logit[i * t->k];
        if (t->k == 1)
            sum += t->label[i] ? -z * ml_sigmoid(-b * z) : z * ml_sigmoid(b * z);
        else
            sum += slope_of_row(t->logit + i * t->k, t->k, t->truth[i], b);
    }
    return sum;
}

/* The slope rises with b = 1/T: halve the range of ln T until it is one number. */
static double best(const task *t) {
    double low = -4.0, high = 4.0;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        if (slope(t, ml_exp(-middle)) > 0.0)
            low = middle; /* b is too large, T too small */
        else
            high = middle;
    }
    return ml_exp(0.5 * (low + high));
}

ml_status ml_temperature_fit(size_t n, const double *logit, const uint8_t *label, double *temperature,
                             ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "the temperature", error));
    ML_TRY(ml_metrics_check_finite(n, logit, "logit", error));
    ML_TRY(ml_metrics_check_binary(n, label, "label", error));
    *temperature = best(&(task){.n = n, .k = 1, .logit = logit, .label = label});
    return ML_OK;
}

ml_status ml_temperature_fit_classes(size_t n, size_t k, const double *logit, const uint32_t *truth,
                                     double *temperature, ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "the temperature", error));
    if (k < 2)
        return ml_fail(error, ML_EINVAL, "a softmax of %zu classes says nothing; it takes 2 or more", k);
    ML_TRY(ml_metrics_check_finite(n * k, logit, "logit", error));
    ML_TRY(ml_metrics_check_classes(n, k, truth, "truth", error));
    *temperature = best(&(task){.n = n, .k = k, .logit = logit, .truth = truth});
    return ML_OK;
}
