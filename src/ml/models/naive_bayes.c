/* Gaussian naive Bayes. */
#include <string.h>

#include "base/math.h"
#include "models/bayes_posterior.h"
#include "models/check.h"

/* Variance of each feature round its mean over all rows; the largest. */
static double largest_variance(size_t n, size_t d, const double *x) {
    double largest = 0.0;
    for (size_t j = 0; j < d; j++) {
        double mean = 0.0, sum = 0.0;
        for (size_t i = 0; i < n; i++)
            mean += x[i * d + j] / (double)n;
        for (size_t i = 0; i < n; i++)
            sum += (x[i * d + j] - mean) * (x[i * d + j] - mean);
        largest = fmax(largest, sum / (double)n);
    }
    return largest;
}

ml_status ml_gaussian_bayes_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                                double smoothing, double *prior, double *mean, double *variance, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    ML_TRY(ml_models_check_labels(n, classes, label, error));
    if (!(smoothing > 0.0 && isfinite(smoothing)))
        return ml_fail(error, ML_EINVAL, "the smoothing is %g; it is a finite number above 0", smoothing);
    const double widest = largest_variance(n, d, x), added = smoothing * (widest > 0.0 ? widest : 1.0);
    memset(prior, 0, classes * sizeof *prior);
    memset(mean, 0, classes * d * sizeof *mean);
    memset(variance, 0, classes * d * sizeof *variance);
    for (size_t i = 0; i < n; i++)
        prior[label[i]] += 1.0; /* a count, until the end */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            mean[label[i] * d + j] += x[i * d + j] / prior[label[i]];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            const double away = x[i * d + j] - mean[label[i] * d + j];
            variance[label[i] * d + j] += away * away / prior[label[i]];
        }
    for (size_t c = 0; c < classes; c++)
        prior[c] /= (double)n;
    for (size_t k = 0; k < classes * d; k++)
        variance[k] += added;
    return ML_OK;
}

/* The log of P(class) P(x | class) for one class, without the part that all classes share. */
static double joint(size_t d, const double *x, double prior, const double *mean, const double *variance) {
    double sum = ml_log(prior);
    for (size_t j = 0; j < d; j++)
        sum -= 0.5 * (ml_log(variance[j]) + (x[j] - mean[j]) * (x[j] - mean[j]) / variance[j]);
    return sum;
}

void ml_gaussian_bayes_predict(size_t n, size_t d, size_t classes, const double *x, const double *prior,
                               const double *mean, const double *variance, double *probability) {
    for (size_t i = 0; i < n; i++) {
        double *const p = probability + i * classes;
        for (size_t c = 0; c < classes; c++)
            p[c] = joint(d, x + i * d, prior[c], mean + c * d, variance + c * d);
        ml_bayes_posterior(classes, prior, p);
    }
}
