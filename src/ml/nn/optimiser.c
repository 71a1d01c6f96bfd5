/* The optimisers: a loop each over the flat parameters, and what stands around a step. */
#include "nn/nn.h"

#include <string.h>

#include "base/math.h"
#include "kernels/kernels.h"

/* What a decaying average becomes when its gradient stays 0, as a dead unit's does: 0, before it gets so small that the
 * processor needs a hundred times as long for it (a subnormal number, below 1e-38). */
static inline float settle(float average) {
    return fabsf(average) < 1e-30f ? 0.0f : average;
}

void ml_opt_sgd(size_t n, float rate, const float *g, float *w) {
    ml_kernel_axpy(n, -rate, g, w);
}

void ml_opt_momentum(size_t n, float rate, float mu, const float *restrict g, float *restrict v, float *restrict w) {
    for (size_t i = 0; i < n; i++) {
        v[i] = settle(mu * v[i] + g[i]);
        w[i] -= rate * v[i];
    }
}

void ml_opt_rmsprop(size_t n, float rate, float alpha, float epsilon, const float *restrict g, float *restrict s,
                    float *restrict w) {
    for (size_t i = 0; i < n; i++) {
        s[i] = settle(alpha * s[i] + (1.0f - alpha) * g[i] * g[i]);
        w[i] -= rate * g[i] / (sqrtf(s[i]) + epsilon);
    }
}

/* The two corrections of the bias are moved out of the loop: rate / (1 - beta1^t), and sqrt(v) / sqrt(1 - beta2^t). */
void ml_opt_adam(size_t n, float rate, float beta1, float beta2, float epsilon, double power1, double power2,
                 const float *restrict g, float *restrict m, float *restrict v, float *restrict w) {
    const float stride = (float)((double)rate / (1.0 - power1));
    const float widen = (float)(1.0 / sqrt(1.0 - power2));
    for (size_t i = 0; i < n; i++) {
        m[i] = settle(beta1 * m[i] + (1.0f - beta1) * g[i]);
        v[i] = settle(beta2 * v[i] + (1.0f - beta2) * g[i] * g[i]);
        w[i] -= stride * m[i] / (sqrtf(v[i]) * widen + epsilon);
    }
}

ml_status ml_optimiser_init(ml_optimiser *optimiser, ml_optimiser_kind kind, size_t n, ml_arena *arena,
                            ml_error *error) {
    float *first = ML_ALLOC(arena, n, float), *second = ML_ALLOC(arena, n, float);
    if (first == NULL || second == NULL)
        return ml_fail(error, ML_ENOMEM, "an optimiser of %zu weights does not fit in memory; use a smaller network",
                       n);
    *optimiser = (ml_optimiser){.kind = kind, .n = n, .first = first, .second = second, .power1 = 1, .power2 = 1};
    return ML_OK;
}

void ml_optimiser_reset(ml_optimiser *optimiser, ml_optimiser_kind kind) {
    memset(optimiser->first, 0, optimiser->n * sizeof(float));
    memset(optimiser->second, 0, optimiser->n * sizeof(float));
    optimiser->kind = kind;
    optimiser->power1 = optimiser->power2 = 1;
}

void ml_optimiser_step(ml_optimiser *optimiser, float rate, const float *gradient, float *param) {
    static const double beta1 = 0.9, beta2 = 0.999;
    const size_t n = optimiser->n;
    switch (optimiser->kind) {
    case ML_OPT_SGD:
        ml_opt_sgd(n, rate, gradient, param);
        break;
    case ML_OPT_MOMENTUM:
        ml_opt_momentum(n, rate, 0.9f, gradient, optimiser->first, param);
        break;
    case ML_OPT_RMSPROP:
        ml_opt_rmsprop(n, rate, 0.99f, 1e-8f, gradient, optimiser->first, param);
        break;
    case ML_OPT_ADAM:
        optimiser->power1 *= beta1;
        optimiser->power2 *= beta2;
        ml_opt_adam(n, rate, (float)beta1, (float)beta2, 1e-8f, optimiser->power1, optimiser->power2, gradient,
                    optimiser->first, optimiser->second, param);
        break;
    }
}

static double sum_squares(size_t n, const float *x) {
    double sum = 0; /* in double: the square of a float gradient of 1e20 is no float any more */
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

double ml_norm2(size_t n, const float *x) {
    return sqrt(sum_squares(n, x));
}

double ml_rms(size_t n, const float *x) {
    return n > 0 ? sqrt(sum_squares(n, x) / (double)n) : 0;
}

double ml_clip_norm(size_t n, double limit, float *gradient) {
    const double length = ml_norm2(n, gradient);
    if (limit > 0 && length > limit)
        ml_kernel_scale(n, (float)(limit / length), gradient, gradient);
    return length;
}

double ml_lr_schedule(ml_schedule schedule, double rate, int64_t epoch) {
    enum { COSINE_EPOCHS = 200, STEP_EPOCHS = 50 };
    static const double pi = 3.14159265358979323846;
    if (schedule == ML_SCHEDULE_COSINE)
        return epoch < COSINE_EPOCHS ? rate * 0.5 * (1 + ml_cos(pi * (double)epoch / COSINE_EPOCHS)) : 0;
    if (schedule == ML_SCHEDULE_STEP)
        for (int64_t e = STEP_EPOCHS; e <= epoch && rate > 0; e += STEP_EPOCHS) /* ends: a double has 1e-324 at least */
            rate /= 10;
    return rate;
}
