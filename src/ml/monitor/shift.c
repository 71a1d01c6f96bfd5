#include "monitor/shift.h"

#include <limits.h>
#include <string.h>

#include "base/math.h"

static double importance(double p, size_t n_train, size_t n_live, double most) {
    return fmin(p / (1.0 - p) * ((double)n_train / (double)n_live), most);
}

ml_status ml_importance_weights(size_t n, const double *p_live, size_t n_train, size_t n_live, double most,
                                double *weight, ml_error *error) {
    if (n_train == 0 || n_live == 0 || !(most > 0.0))
        return ml_fail(error, ML_EINVAL, "%zu training and %zu live rows, weights up to %g; all three are positive",
                       n_train, n_live, most);
    for (size_t i = 0; i < n; i++)
        if (!(p_live[i] >= 0.0 && p_live[i] <= 1.0) || !isfinite(importance(p_live[i], n_train, n_live, most)))
            return ml_fail(error, ML_EINVAL,
                           "p_live[%zu] is %g; use chances in [0, 1], and a largest weight where they "
                           "reach 1",
                           i, p_live[i]);
    for (size_t i = 0; i < n; i++)
        weight[i] = importance(p_live[i], n_train, n_live, most);
    return ML_OK;
}

double ml_effective_size(size_t n, const double *weight) {
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += weight[i];
        square += weight[i] * weight[i];
    }
    return square > 0.0 ? sum * (sum / square) : 0.0;
}

static ml_status check_classes(size_t n, const uint32_t *class, size_t k, const char *name, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (class[i] >= k)
            return ml_fail(error, ML_EINVAL, "%s[%zu] is class %u of %zu; they count from 0", name, i, class[i], k);
    return ML_OK;
}

ml_status ml_label_shift_weights(size_t n, const uint32_t *label, const uint32_t *predicted, size_t m,
                                 const uint32_t *live, size_t k, double *work, double *weight, ml_error *error) {
    if (n == 0 || m == 0 || k == 0 || k > INT_MAX)
        return ml_fail(error, ML_EINVAL, "%zu validation rows, %zu live ones, %zu classes; none of them may be 0", n, m,
                       k);
    ML_TRY(check_classes(n, label, k, "label", error));
    ML_TRY(check_classes(n, predicted, k, "predicted", error));
    ML_TRY(check_classes(m, live, k, "live", error));
    double *const confusion = work, *const share = work + k * k;
    double scaled = 0.0;
    memset(work, 0, (k * k + k) * sizeof *work);
    for (size_t i = 0; i < n; i++)
        confusion[predicted[i] * k + label[i]] += 1.0 / (double)n;
    for (size_t i = 0; i < m; i++)
        share[live[i]] += 1.0 / (double)m;
    if (ml_solve(confusion, share, (int)k) != 0)
        return ml_fail(error, ML_ESINGULAR,
                       "the confusion matrix has no inverse; every class must be seen and predicted "
                       "in validation, and not all alike");
    for (size_t i = 0; i < n; i++) /* the sum of w_j P(label = j), row by row */
        scaled += fmax(share[label[i]], 0.0) / (double)n;
    if (!(scaled > 0.0))
        return ml_fail(error, ML_EINVAL,
                       "no class has a positive weight; the live predictions contradict the validation");
    for (size_t j = 0; j < k; j++)
        weight[j] = fmax(share[j], 0.0) / scaled;
    return ML_OK;
}

ml_status ml_correct_posterior(size_t k, const double *weight, double *posterior, ml_error *error) {
    double sum = 0.0;
    for (size_t j = 0; j < k; j++) {
        if (!(weight[j] >= 0.0 && posterior[j] >= 0.0))
            return ml_fail(error, ML_EINVAL, "class %zu has weight %g and chance %g; both are 0 or more", j, weight[j],
                           posterior[j]);
        sum += weight[j] * posterior[j];
    }
    if (!(sum > 0.0 && sum < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "the weighted chances add up to %g; one class needs a positive, finite one",
                       sum);
    for (size_t j = 0; j < k; j++)
        posterior[j] = weight[j] * posterior[j] / sum;
    return ML_OK;
}
