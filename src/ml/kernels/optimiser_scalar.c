/* One step of each optimiser, one weight at a time. */
#include "kernels/kernels.h"

#include "base/math.h"

static float settle(float average) {
    return fabsf(average) < 1e-30f ? 0.0f : average;
}

/* The gradient with weight decay; without one, w may be infinite. */
static float decayed(float g, float decay, float w) {
    return decay == 0.0f ? g : g + decay * w;
}

void ml_kernel_opt_sgd_scalar(size_t n, float rate, float decay, const float *g, float *w) {
    for (size_t i = 0; i < n; i++)
        w[i] -= rate * decayed(g[i], decay, w[i]);
}

void ml_kernel_opt_momentum_scalar(size_t n, float rate, float mu, float decay, const float *g, float *v, float *w) {
    for (size_t i = 0; i < n; i++) {
        v[i] = settle(mu * v[i] + decayed(g[i], decay, w[i]));
        w[i] -= rate * v[i];
    }
}

void ml_kernel_opt_nesterov_scalar(size_t n, float rate, float mu, float decay, const float *g, float *v, float *w) {
    for (size_t i = 0; i < n; i++) {
        const float gradient = decayed(g[i], decay, w[i]);
        v[i] = settle(mu * v[i] + gradient);
        w[i] -= rate * (gradient + mu * v[i]);
    }
}

void ml_kernel_opt_adagrad_scalar(size_t n, float rate, float epsilon, float decay, const float *g, float *s,
                                  float *w) {
    for (size_t i = 0; i < n; i++) {
        const float gradient = decayed(g[i], decay, w[i]);
        s[i] = settle(s[i] + gradient * gradient);
        w[i] -= rate * gradient / (sqrtf(s[i]) + epsilon);
    }
}

void ml_kernel_opt_rmsprop_scalar(size_t n, float rate, float alpha, float epsilon, float decay, const float *g,
                                  float *s, float *w) {
    for (size_t i = 0; i < n; i++) {
        const float gradient = decayed(g[i], decay, w[i]);
        s[i] = settle(alpha * s[i] + (1.0f - alpha) * gradient * gradient);
        w[i] -= rate * gradient / (sqrtf(s[i]) + epsilon);
    }
}

/* Adam's two corrections of the bias are moved out of the loop: rate / (1 - beta1^t), and sqrt(v) / sqrt(1 - beta2^t).
 */
void ml_kernel_opt_adam_scalar(size_t n, float rate, float beta1, float beta2, float epsilon, float decay,
                               double power1, double power2, const float *g, float *m, float *v, float *w) {
    const float stride = (float)((double)rate / (1.0 - power1)), widen = (float)(1.0 / sqrt(1.0 - power2));
    for (size_t i = 0; i < n; i++) {
        const float gradient = decayed(g[i], decay, w[i]);
        m[i] = settle(beta1 * m[i] + (1.0f - beta1) * gradient);
        v[i] = settle(beta2 * v[i] + (1.0f - beta2) * gradient * gradient);
        w[i] -= stride * m[i] / (sqrtf(v[i]) * widen + epsilon);
    }
}

void ml_kernel_opt_adamw_scalar(size_t n, float rate, float beta1, float beta2, float epsilon, float decay,
                                double power1, double power2, const float *g, float *m, float *v, float *w) {
    for (size_t i = 0; i < n; i++)
        w[i] *= 1.0f - rate * decay;
    ml_kernel_opt_adam_scalar(n, rate, beta1, beta2, epsilon, 0.0f, power1, power2, g, m, v, w);
}
