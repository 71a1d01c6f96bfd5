#include "base/math.h"
#include "monitor/drift.h"

static ml_status total(size_t k, const double *share, const char *name, double *sum, ml_error *error) {
    *sum = 0.0;
    for (size_t i = 0; i < k; i++) {
        if (!(share[i] >= 0.0 && share[i] < (double)INFINITY))
            return ml_fail(error, ML_EINVAL, "%s[%zu] is %g; shares are 0 or more, and finite", name, i, share[i]);
        *sum += share[i];
    }
    if (!(*sum > 0.0 && *sum < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "%s adds up to %g; shares need a positive, finite sum", name, *sum);
    return ML_OK;
}

/* p ln(p/q), whose limit for p = 0 is 0. */
static double term(double p, double q) {
    return p > 0.0 ? p * ml_log(p / q) : 0.0;
}

ml_status ml_kl_divergence(size_t k, const double *p, const double *q, double *kl, ml_error *error) {
    double sum_p, sum_q, sum = 0.0;
    ML_TRY(total(k, p, "p", &sum_p, error));
    ML_TRY(total(k, q, "q", &sum_q, error));
    for (size_t i = 0; i < k; i++)
        sum += term(p[i] / sum_p, q[i] / sum_q);
    *kl = fmax(sum, 0.0); /* rounding */
    return ML_OK;
}

ml_status ml_js_divergence(size_t k, const double *p, const double *q, double *js, ml_error *error) {
    double sum_p, sum_q, sum = 0.0;
    ML_TRY(total(k, p, "p", &sum_p, error));
    ML_TRY(total(k, q, "q", &sum_q, error));
    for (size_t i = 0; i < k; i++) {
        const double x = p[i] / sum_p, y = q[i] / sum_q, middle = 0.5 * (x + y);
        sum += 0.5 * (term(x, middle) + term(y, middle));
    }
    *js = fmax(sum, 0.0);
    return ML_OK;
}
