#include "metrics/regression.h"
#include "base/math.h"
#include "metrics/check.h"
#include "metrics/metrics.h"

static ml_status check(size_t n, const double *truth, const double *predicted, const char *metric, ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, metric, error));
    ML_TRY(ml_metrics_check_finite(n, truth, "truth", error));
    return ml_metrics_check_finite(n, predicted, "predicted", error);
}

static double mean(size_t n, const double *value) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += value[i];
    return sum / (double)n;
}

static double mean_error(size_t n, const double *truth, const double *predicted) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += truth[i] - predicted[i];
    return sum / (double)n;
}

/* The squared errors that are left when `offset` is forgiven. */
static double squares(size_t n, const double *truth, const double *predicted, double offset) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double off = truth[i] - predicted[i] - offset;
        sum += off * off;
    }
    return sum;
}

/* 1 minus the share that was not explained. */
static double explained(size_t n, const double *truth, double residual) {
    const double middle = mean(n, truth);
    double total = 0.0;
    for (size_t i = 0; i < n; i++)
        total += (truth[i] - middle) * (truth[i] - middle);
    return total > 0.0 ? 1.0 - residual / total : residual > 0.0 ? 0.0 : 1.0;
}

ml_status ml_rmse(size_t n, const double *truth, const double *predicted, double *rmse, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "root mean squared error", error));
    *rmse = sqrt(squares(n, truth, predicted, 0.0) / (double)n);
    return ML_OK;
}

ml_status ml_mae(size_t n, const double *truth, const double *predicted, double *mae, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "mean absolute error", error));
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(truth[i] - predicted[i]);
    *mae = sum / (double)n;
    return ML_OK;
}

ml_status ml_max_error(size_t n, const double *truth, const double *predicted, double *largest, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "the largest error", error));
    double most = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double off = fabs(truth[i] - predicted[i]);
        most = off > most ? off : most;
    }
    *largest = most;
    return ML_OK;
}

ml_status ml_median_absolute_error(size_t n, const double *truth, const double *predicted, double *scratch,
                                   double *median, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "median absolute error", error));
    for (size_t i = 0; i < n; i++)
        scratch[i] = fabs(truth[i] - predicted[i]);
    return ml_median(n, scratch, scratch + n, median, error);
}

ml_status ml_r2(size_t n, const double *truth, const double *predicted, double *r2, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "R squared", error));
    *r2 = explained(n, truth, squares(n, truth, predicted, 0.0));
    return ML_OK;
}

ml_status ml_explained_variance(size_t n, const double *truth, const double *predicted, double *share,
                                ml_error *error) {
    ML_TRY(check(n, truth, predicted, "explained variance", error));
    *share = explained(n, truth, squares(n, truth, predicted, mean_error(n, truth, predicted)));
    return ML_OK;
}

ml_status ml_mape(size_t n, const double *truth, const double *predicted, double *mape, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "mean absolute percentage error", error));
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (truth[i] == 0.0)
            return ml_fail(error, ML_EINVAL, "truth[%zu] is 0, and a share of 0 has no value; use MAE or sMAPE", i);
        sum += fabs((truth[i] - predicted[i]) / truth[i]);
    }
    *mape = sum / (double)n;
    return ML_OK;
}

ml_status ml_smape(size_t n, const double *truth, const double *predicted, double *smape, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "symmetric percentage error", error));
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double half = 0.5 * fabs(truth[i]) + 0.5 * fabs(predicted[i]); /* halves first: no overflow */
        sum += half > 0.0 ? fabs(0.5 * truth[i] - 0.5 * predicted[i]) / (0.5 * half) : 0.0;
    }
    *smape = sum / (double)n;
    return ML_OK;
}

ml_status ml_pinball(size_t n, const double *truth, const double *predicted, double q, double *loss, ml_error *error) {
    ML_TRY(check(n, truth, predicted, "pinball loss", error));
    if (!(q >= 0.0 && q <= 1.0))
        return ml_fail(error, ML_EINVAL, "q is %g; a quantile is in [0, 1], and 0.5 is the median", q);
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double too_low = truth[i] - predicted[i];
        sum += too_low > 0.0 ? q * too_low : (q - 1.0) * too_low;
    }
    *loss = sum / (double)n;
    return ML_OK;
}

ml_status ml_huber(size_t n, const double *truth, const double *predicted, double delta, double *loss,
                   ml_error *error) {
    ML_TRY(check(n, truth, predicted, "Huber loss", error));
    if (!(delta > 0.0))
        return ml_fail(error, ML_EINVAL, "delta is %g; it is positive, in the unit of the target", delta);
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double off = fabs(truth[i] - predicted[i]);
        sum += off <= delta ? 0.5 * off * off : delta * (off - 0.5 * delta);
    }
    *loss = sum / (double)n;
    return ML_OK;
}
