#include "base/math.h"
#include "base/significance.h"
#include "base/special.h"
#include "monitor/experiments.h"

/* Mean and variance; two passes, so that a large mean does not eat the variance. */
static ml_status moments(size_t n, const double *x, const char *name, double *mean, double *variance, ml_error *error) {
    double sum = 0.0, square = 0.0;
    if (n < 2)
        return ml_fail(error, ML_EINVAL, "sample %s has %zu values; a variance needs two", name, n);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return ml_fail(error, ML_EINVAL, "%s[%zu] is not a finite number; leave missing values out", name, i);
        sum += x[i];
    }
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (x[i] - *mean) * (x[i] - *mean);
    *variance = square / (double)(n - 1);
    return ML_OK;
}

ml_status ml_welch_t(size_t n, const double *a, size_t m, const double *b, double *t, double *df, double *p,
                     ml_error *error) {
    double mean_a = 0.0, mean_b = 0.0, v = 0.0, w = 0.0;
    ML_TRY(moments(n, a, "a", &mean_a, &v, error));
    ML_TRY(moments(m, b, "b", &mean_b, &w, error));
    const double of_means = v / (double)n + w / (double)m;
    if (!(of_means > 0.0 && of_means < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "the samples' variances are %g and %g; one must be positive, and both finite",
                       v, w);
    ml_welch_of(mean_a, v, n, mean_b, w, m, t, df, p);
    return ML_OK;
}

ml_status ml_t_power(size_t n, double effect, double alpha, double *power, ml_error *error) {
    if (n < 2 || !(fabs(effect) <= 100.0) || !(alpha > 0.0 && alpha < 1.0))
        return ml_fail(error, ML_EINVAL,
                       "%zu rows, effect %g, level %g; use 2 rows or more, an effect within 100 and a "
                       "level between 0 and 1",
                       n, effect, alpha);
    const double df = 2.0 * (double)n - 2.0, shift = fmin(fabs(effect) * sqrt(0.5 * (double)n), 1000.0);
    const double bound = -ml_student_quantile(0.5 * alpha, df);
    *power = 1.0 - ml_noncentral_student_cdf(bound, df, shift) + ml_noncentral_student_cdf(-bound, df, shift);
    return ML_OK;
}
