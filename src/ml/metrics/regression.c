/* How far off are predicted numbers? */
#include "metrics/metrics.h"

ml_status ml_metric_mse(size_t n, const double *truth, const double *predicted, double *mse, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "mean squared error of 0 rows has no value; give at least one row");
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
    *mse = sum / (double)n;
    return ML_OK;
}
