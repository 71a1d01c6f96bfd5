#include "base/math.h"
#include "serving/compress.h"

/* ln of the sum of exp(z / temperature), the maximum taken out first. */
static double log_sum_exp(size_t k, const double *z, double temperature) {
    double most = z[0], sum = 0.0;
    for (size_t c = 1; c < k; c++)
        most = fmax(most, z[c]);
    for (size_t c = 0; c < k; c++)
        sum += ml_exp((z[c] - most) / temperature);
    return most / temperature + ml_log(sum);
}

void ml_softmax_t(size_t k, const double *z, double temperature, double *p) {
    const double total = k > 0 ? log_sum_exp(k, z, temperature) : 0.0;
    for (size_t c = 0; c < k; c++)
        p[c] = ml_exp(z[c] / temperature - total);
}

static ml_status check(size_t n, size_t k, const double *student, const double *teacher, const uint32_t *label,
                       double temperature, double alpha, ml_error *error) {
    if (n == 0 || k == 0)
        return ml_fail(error, ML_EINVAL, "%zu examples of %zu classes have no mean; give one of each at least", n, k);
    if (!(temperature > 0.0 && isfinite(temperature)))
        return ml_fail(error, ML_EINVAL, "a temperature of %g; it is above 0 and finite", temperature);
    if (!(alpha >= 0.0 && alpha <= 1.0))
        return ml_fail(error, ML_EINVAL, "a weight alpha of %g is not in [0, 1]", alpha);
    for (size_t i = 0; i < n * k; i++)
        if (!isfinite(student[i]) || !isfinite(teacher[i]))
            return ml_fail(error, ML_EINVAL, "logit %zu is not a finite number", i);
    for (size_t i = 0; i < n; i++)
        if (label[i] >= k)
            return ml_fail(error, ML_EINVAL, "label %u of example %zu; there are %zu classes, from 0",
                           (unsigned)label[i], i, k);
    return ML_OK;
}

ml_status ml_distill_loss(size_t n, size_t k, const double *student, const double *teacher, const uint32_t *label,
                          double temperature, double alpha, double *loss, double *gradient, double *scratch,
                          ml_error *error) {
    ML_TRY(check(n, k, student, teacher, label, temperature, alpha, error));
    double sum = 0.0, *const soft = scratch, *const own = scratch + k;
    for (size_t i = 0; i < n; i++) {
        const double *const s = student + i * k;
        const double warm = log_sum_exp(k, s, temperature), plain = log_sum_exp(k, s, 1.0);
        ml_softmax_t(k, teacher + i * k, temperature, soft);
        ml_softmax_t(k, s, temperature, own);
        double cross = 0.0;
        for (size_t c = 0; c < k; c++)
            cross += soft[c] * (warm - s[c] / temperature);
        sum += alpha * temperature * temperature * cross + (1.0 - alpha) * (plain - s[label[i]]);
        for (size_t c = 0; gradient != NULL && c < k; c++)
            gradient[i * k + c] = (alpha * temperature * (own[c] - soft[c]) +
                                   (1.0 - alpha) * (ml_exp(s[c] - plain) - (c == label[i] ? 1.0 : 0.0))) /
                                  (double)n;
    }
    *loss = sum / (double)n;
    return ML_OK;
}
