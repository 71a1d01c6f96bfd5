#include "metrics/check.h"
#include "base/math.h"

ml_status ml_metrics_check_rows(size_t n, const char *metric, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "%s of 0 rows has no value; give at least one row", metric);
    return ML_OK;
}

ml_status ml_metrics_check_binary(size_t n, const uint8_t *label, const char *name, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (label[i] > 1)
            return ml_fail(error, ML_EINVAL, "%s[%zu] is %d; it is 0 or 1", name, i, label[i]);
    return ML_OK;
}

ml_status ml_metrics_check_finite(size_t n, const double *value, const char *name, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(value[i]))
            return ml_fail(error, ML_EINVAL, "%s[%zu] is %g; it is a finite number", name, i, value[i]);
    return ML_OK;
}

ml_status ml_metrics_check_shares(size_t n, const double *value, const char *name, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (!(value[i] >= 0.0 && value[i] <= 1.0)) /* written so that NaN is refused too */
            return ml_fail(error, ML_EINVAL, "%s[%zu] is %g, not in [0, 1]; apply a sigmoid to logits first", name, i,
                           value[i]);
    return ML_OK;
}

ml_status ml_metrics_check_classes(size_t n, size_t k, const uint32_t *value, const char *name, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (value[i] >= k)
            return ml_fail(error, ML_EINVAL, "%s[%zu] is %u; there are %zu, counted from 0", name, i, value[i], k);
    return ML_OK;
}

ml_status ml_metrics_check_level(double level, ml_error *error) {
    if (!(level > 0.0 && level < 1.0))
        return ml_fail(error, ML_EINVAL, "the level is %g; an interval holds a share between 0 and 1", level);
    return ML_OK;
}

ml_status ml_metrics_check_ranked(size_t n, const double *score, const uint8_t *label, size_t *n_positive,
                                  ml_error *error) {
    ML_TRY(ml_metrics_check_finite(n, score, "score", error));
    ML_TRY(ml_metrics_check_binary(n, label, "label", error));
    *n_positive = 0;
    for (size_t i = 0; i < n; i++)
        *n_positive += label[i];
    if (*n_positive == 0 || *n_positive == n)
        return ml_fail(error, ML_EINVAL, "%zu positives and %zu negatives; a curve wants at least one of each",
                       *n_positive, n - *n_positive);
    return ML_OK;
}
