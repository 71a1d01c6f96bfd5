/* Naive Bayes of counts, multinomial, and of presence, Bernoulli. */
#include <string.h>

#include "base/math.h"
#include "models/bayes_posterior.h"
#include "models/check.h"
#include "models/magnitude.h"

static ml_status check(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label, double alpha,
                       ml_error *error) {
    ML_TRY(ml_models_check_magnitude(n, d, x, error));
    ML_TRY(ml_models_check_labels(n, classes, label, error));
    if (!(alpha > 0.0 && isfinite(alpha)))
        return ml_fail(error, ML_EINVAL, "alpha is %g; what is added to counts is a finite number above 0", alpha);
    return ML_OK;
}

static void count_rows(size_t n, size_t classes, const uint32_t *label, double *count) {
    memset(count, 0, classes * sizeof *count);
    for (size_t i = 0; i < n; i++)
        count[label[i]] += 1.0;
}

static void to_shares(size_t n, size_t classes, double *count) {
    for (size_t c = 0; c < classes; c++)
        count[c] /= (double)n;
}

/* The log of a share; at most 0, whatever rounding makes of a share of all. */
static double log_share(double part, double log_whole) {
    const double log_part = ml_log(part);
    return log_part < log_whole ? log_part - log_whole : 0.0;
}

/* --- Multinomial -------------------------------------------------------------------------------------------------- */

ml_status ml_multinomial_bayes_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                                   double alpha, double *prior, double *log_probability, ml_error *error) {
    ML_TRY(check(n, d, classes, x, label, alpha, error));
    for (size_t i = 0; i < n * d; i++)
        if (x[i] < 0.0)
            return ml_fail(error, ML_EINVAL, "row %zu, feature %zu is %g; a count is 0 or more", i / d, i % d, x[i]);
    count_rows(n, classes, label, prior);
    to_shares(n, classes, prior);
    memset(log_probability, 0, classes * d * sizeof *log_probability);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            log_probability[label[i] * d + j] += x[i * d + j];
    for (size_t c = 0; c < classes; c++) {
        double *const of_class = log_probability + c * d;
        double sum = 0.0;
        for (size_t j = 0; j < d; j++)
            sum += of_class[j] + alpha;
        const double log_sum = ml_log(sum);
        for (size_t j = 0; j < d; j++)
            of_class[j] = log_share(of_class[j] + alpha, log_sum);
    }
    return ML_OK;
}

void ml_multinomial_bayes_predict(size_t n, size_t d, size_t classes, const double *x, const double *prior,
                                  const double *log_probability, double *probability) {
    for (size_t i = 0; i < n; i++) {
        double *const p = probability + i * classes;
        for (size_t c = 0; c < classes; c++) {
            p[c] = ml_log(prior[c]);
            for (size_t j = 0; j < d; j++)
                p[c] += x[i * d + j] * log_probability[c * d + j];
        }
        ml_bayes_posterior(classes, prior, p);
    }
}

/* --- Bernoulli ---------------------------------------------------------------------------------------------------- */

ml_status ml_bernoulli_bayes_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                                 double alpha, double threshold, double *prior, double *log_present, double *log_absent,
                                 ml_error *error) {
    ML_TRY(check(n, d, classes, x, label, alpha, error));
    if (!isfinite(threshold))
        return ml_fail(error, ML_EINVAL, "the threshold is %g; it is a finite number", threshold);
    count_rows(n, classes, label, prior); /* counts, until the end */
    memset(log_present, 0, classes * d * sizeof *log_present);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            log_present[label[i] * d + j] += x[i * d + j] > threshold;
    for (size_t c = 0; c < classes; c++) {
        const double log_rows = ml_log(prior[c] + 2.0 * alpha);
        for (size_t k = c * d; k < (c + 1) * d; k++) {
            log_absent[k] = log_share(prior[c] - log_present[k] + alpha, log_rows);
            log_present[k] = log_share(log_present[k] + alpha, log_rows);
        }
    }
    to_shares(n, classes, prior);
    return ML_OK;
}

void ml_bernoulli_bayes_predict(size_t n, size_t d, size_t classes, const double *x, double threshold,
                                const double *prior, const double *log_present, const double *log_absent,
                                double *probability) {
    for (size_t i = 0; i < n; i++) {
        double *const p = probability + i * classes;
        for (size_t c = 0; c < classes; c++) {
            p[c] = ml_log(prior[c]);
            for (size_t j = 0; j < d; j++)
                p[c] += x[i * d + j] > threshold ? log_present[c * d + j] : log_absent[c * d + j];
        }
        ml_bayes_posterior(classes, prior, p);
    }
}
