#include "nn/nn.h"

#include "base/math.h"
#include "kernels/kernels.h"

double ml_bce_logit(double z, double y) {
    return (z > 0 ? z : 0) - z * y + ml_log1p(ml_exp(-fabs(z)));
}

double ml_bce_logits(size_t n, const float *logit, const float *target) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ml_bce_logit((double)logit[i], (double)target[i]);
    return n > 0 ? sum / (double)n : 0;
}

void ml_bce_logits_gradient(size_t n, const float *logit, const float *target, float *gradient) {
    ml_kernel_sigmoid(n, logit, gradient);
    for (size_t i = 0; i < n; i++)
        gradient[i] = (gradient[i] - target[i]) / (float)n;
}

double ml_mse(size_t n, const float *output, const float *target) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double miss = (double)output[i] - (double)target[i];
        sum += miss * miss;
    }
    return n > 0 ? sum / (double)n : 0;
}

void ml_mse_gradient(size_t n, const float *output, const float *target, float *gradient) {
    for (size_t i = 0; i < n; i++)
        gradient[i] = 2.0f * (output[i] - target[i]) / (float)n;
}

double ml_softmax_cross_entropy(size_t n, size_t k, const float *logit, const float *target) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const float *z = logit + i * k;
        const double top = (double)ml_kernel_max(k, z);
        double exps = 0;
        for (size_t j = 0; j < k; j++)
            exps += ml_exp((double)z[j] - top);
        sum += ml_log(exps) + top - (double)z[(size_t)target[i]];
    }
    return n > 0 ? sum / (double)n : 0;
}

void ml_softmax_cross_entropy_gradient(size_t n, size_t k, const float *logit, const float *target, float *gradient) {
    ml_kernel_softmax_rows(n, k, logit, k, gradient, k);
    for (size_t i = 0; i < n; i++)
        gradient[i * k + (size_t)target[i]] -= 1.0f;
    for (size_t i = 0; i < n * k; i++)
        gradient[i] /= (float)n;
}

double ml_loss_value(ml_loss loss, size_t n, size_t k, const float *output, const float *target) {
    switch (loss) {
    case ML_LOSS_BCE:
        return ml_bce_logits(n * k, output, target);
    case ML_LOSS_MSE:
        return ml_mse(n * k, output, target);
    case ML_LOSS_SOFTMAX:
        break;
    }
    return ml_softmax_cross_entropy(n, k, output, target);
}

void ml_loss_gradient(ml_loss loss, size_t n, size_t k, const float *output, const float *target, float *gradient) {
    switch (loss) {
    case ML_LOSS_BCE:
        ml_bce_logits_gradient(n * k, output, target, gradient);
        break;
    case ML_LOSS_MSE:
        ml_mse_gradient(n * k, output, target, gradient);
        break;
    case ML_LOSS_SOFTMAX:
        ml_softmax_cross_entropy_gradient(n, k, output, target, gradient);
        break;
    }
}
