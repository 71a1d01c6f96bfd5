#include <string.h>

#include "base/math.h"
#include "models/check.h"

static ml_status check_labels(size_t n, size_t classes, const int32_t *label, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (label[i] < 0 || (size_t)label[i] >= classes)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %d; with %zu classes it lies from 0 to %zu", i,
                           (int)label[i], classes, classes - 1);
    return ML_OK;
}

ml_status ml_nearest_mean_fit(size_t n, size_t d, size_t classes, const double *x, const int32_t *label, double *mean,
                              double *log_prior, ml_error *error) {
    if (classes == 0)
        return ml_fail(error, ML_EINVAL, "there are no classes to tell apart; it takes at least 1");
    ML_TRY(ml_models_check_rows(n, d, x, error));
    ML_TRY(check_labels(n, classes, label, error));
    double *const count = log_prior; /* until all rows are counted */
    memset(mean, 0, classes * d * sizeof *mean);
    memset(count, 0, classes * sizeof *count);
    for (size_t i = 0; i < n; i++) {
        const size_t c = (size_t)label[i];
        count[c] += 1.0;
        for (size_t j = 0; j < d; j++)
            mean[c * d + j] += x[i * d + j];
    }
    for (size_t c = 0; c < classes; c++) {
        for (size_t j = 0; j < d && count[c] > 0.0; j++)
            mean[c * d + j] /= count[c];
        log_prior[c] = ml_log(count[c] / (double)n); /* of no rows: -infinity */
    }
    return ML_OK;
}

static double dot(size_t d, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t j = 0; j < d; j++)
        sum += a[j] * b[j];
    return sum;
}

void ml_nearest_mean_scores(size_t n, size_t d, size_t classes, const double *x, const double *mean,
                            const double *log_prior, float *score) {
    for (size_t c = 0; c < classes; c++) {
        const double *const centre = mean + c * d;
        const double constant = log_prior[c] - 0.5 * dot(d, centre, centre);
        for (size_t i = 0; i < n; i++)
            score[i * classes + c] = (float)(dot(d, x + i * d, centre) + constant);
    }
}
