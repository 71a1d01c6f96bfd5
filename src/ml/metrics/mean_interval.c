#include "base/math.h"
#include "base/special.h"
#include "metrics/check.h"
#include "metrics/intervals.h"

ml_status ml_mean_interval(size_t n, const double *value, double level, ml_estimate *mean, ml_error *error) {
    if (n < 2)
        return ml_fail(error, ML_EINVAL, "%zu values; the interval of a mean needs two", n);
    ML_TRY(ml_metrics_check_level(level, error));
    ML_TRY(ml_metrics_check_finite(n, value, "value", error));
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += value[i];
    const double middle = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (value[i] - middle) * (value[i] - middle);
    const double spread = sqrt(square / (double)(n - 1) / (double)n);
    const double half = -ml_student_quantile(0.5 * (1.0 - level), (double)(n - 1)) * spread;
    *mean = (ml_estimate){middle, spread, middle - half, middle + half, 0};
    return ML_OK;
}
