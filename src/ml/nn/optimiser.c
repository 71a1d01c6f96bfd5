/* The optimisers: a loop each over the flat parameters, and what stands around a step. */
#include "nn/optimiser.h"

#include <string.h>

#include "base/math.h"
#include "kernels/kernels.h"

void ml_opt_sgd(size_t n, float rate, const float *g, float *w) {
    ml_kernel_opt_sgd(n, rate, 0.0f, g, w);
}

void ml_opt_momentum(size_t n, float rate, float mu, const float *g, float *v, float *w) {
    ml_kernel_opt_momentum(n, rate, mu, 0.0f, g, v, w);
}

void ml_opt_rmsprop(size_t n, float rate, float alpha, float epsilon, const float *g, float *s, float *w) {
    ml_kernel_opt_rmsprop(n, rate, alpha, epsilon, 0.0f, g, s, w);
}

void ml_opt_adam(size_t n, float rate, float beta1, float beta2, float epsilon, double power1, double power2,
                 const float *g, float *m, float *v, float *w) {
    ml_kernel_opt_adam(n, rate, beta1, beta2, epsilon, 0.0f, power1, power2, g, m, v, w);
}

ml_status ml_optimiser_init(ml_optimiser *optimiser, ml_optimiser_kind kind, size_t n, ml_arena *arena,
                            ml_error *error) {
    const ml_arena_mark mark = ml_arena_save(arena);
    float *first = ML_ALLOC(arena, n, float), *second = ML_ALLOC(arena, n, float);
    if (first == NULL || second == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "an optimiser of %zu weights does not fit in memory; use a smaller network",
                       n);
    }
    *optimiser = (ml_optimiser){.kind = kind, .n = n, .first = first, .second = second, .power1 = 1, .power2 = 1};
    return ML_OK;
}

void ml_optimiser_reset(ml_optimiser *optimiser, ml_optimiser_kind kind) {
    memset(optimiser->first, 0, optimiser->n * sizeof(float));
    memset(optimiser->second, 0, optimiser->n * sizeof(float));
    optimiser->kind = kind;
    optimiser->power1 = optimiser->power2 = 1;
}

ml_optimiser_settings ml_optimiser_defaults(ml_optimiser_kind kind) {
    return (ml_optimiser_settings){.kind = kind,
                                   .momentum = 0.9,
                                   .beta1 = 0.9,
                                   .beta2 = 0.999,
                                   .alpha = 0.99,
                                   .epsilon = kind == ML_OPT_ADAGRAD ? 1e-10 : 1e-8,
                                   .weight_decay = kind == ML_OPT_ADAMW ? 0.01 : 0};
}

static ml_status check_below_1(const char *name, double value, ml_error *error) {
    if (!(value >= 0 && value < 1))
        return ml_fail(error, ML_EINVAL, "optimiser: %s is %g; it must be at least 0 and below 1", name, value);
    return ML_OK;
}

ml_status ml_optimiser_check(const ml_optimiser_settings *settings, ml_error *error) {
    if ((int)settings->kind < 0 || settings->kind > ML_OPT_ADAMW)
        return ml_fail(error, ML_EINVAL, "optimiser: there is no kind %d", (int)settings->kind);
    ML_TRY(check_below_1("momentum", settings->momentum, error));
    ML_TRY(check_below_1("beta1", settings->beta1, error));
    ML_TRY(check_below_1("beta2", settings->beta2, error));
    ML_TRY(check_below_1("alpha", settings->alpha, error));
    if (!(settings->epsilon > 0 && isfinite(settings->epsilon)))
        return ml_fail(error, ML_EINVAL, "optimiser: epsilon is %g; it must be positive", settings->epsilon);
    if (!(settings->weight_decay >= 0 && isfinite(settings->weight_decay)))
        return ml_fail(error, ML_EINVAL, "optimiser: the weight decay is %g; it must be 0 or more",
                       settings->weight_decay);
    return ML_OK;
}

/* The parameters from..from + n of a step. */
static void step(ml_optimiser *optimiser, const ml_optimiser_settings *how, float rate, float decay, size_t from,
                 size_t n, const float *gradient, float *param) {
    const float mu = (float)how->momentum, epsilon = (float)how->epsilon, alpha = (float)how->alpha;
    const float beta1 = (float)how->beta1, beta2 = (float)how->beta2, *g = gradient + from;
    float *w = param + from, *first = optimiser->first + from, *second = optimiser->second + from;
    switch (how->kind) {
    case ML_OPT_SGD:
        ml_kernel_opt_sgd(n, rate, decay, g, w);
        break;
    case ML_OPT_MOMENTUM:
        ml_kernel_opt_momentum(n, rate, mu, decay, g, first, w);
        break;
    case ML_OPT_NESTEROV:
        ml_kernel_opt_nesterov(n, rate, mu, decay, g, first, w);
        break;
    case ML_OPT_ADAGRAD:
        ml_kernel_opt_adagrad(n, rate, epsilon, decay, g, first, w);
        break;
    case ML_OPT_RMSPROP:
        ml_kernel_opt_rmsprop(n, rate, alpha, epsilon, decay, g, first, w);
        break;
    case ML_OPT_ADAM:
        ml_kernel_opt_adam(n, rate, beta1, beta2, epsilon, decay, optimiser->power1, optimiser->power2, g, first,
                           second, w);
        break;
    case ML_OPT_ADAMW:
        ml_kernel_opt_adamw(n, rate, beta1, beta2, epsilon, decay, optimiser->power1, optimiser->power2, g, first,
                            second, w);
        break;
    }
}

/* beta^t of Adam. Far below the last place of 1 it becomes 0, before it is subnormal, where processors are slow. */
static double next_power(double power, double beta) {
    return power < 1e-30 ? 0 : power * beta;
}

static void count_step(ml_optimiser *optimiser, const ml_optimiser_settings *how) {
    optimiser->power1 = next_power(optimiser->power1, how->beta1);
    optimiser->power2 = next_power(optimiser->power2, how->beta2);
}

void ml_optimiser_step(ml_optimiser *optimiser, float rate, const float *gradient, float *param) {
    const ml_optimiser_settings usual = ml_optimiser_defaults(optimiser->kind);
    count_step(optimiser, &usual);
    step(optimiser, &usual, rate, 0.0f, 0, optimiser->n, gradient, param);
}

static bool decays(const ml_param *param, const ml_optimiser_settings *how) {
    return param->role == ML_PARAM_WEIGHT && how->weight_decay > 0;
}

/* Tensors that lie side by side and decay alike are one run, and one call of the kernel: without decay, all of them. */
void ml_optimiser_update(ml_optimiser *optimiser, const ml_optimiser_settings *settings, double rate,
                         const ml_params *params) {
    size_t from = 0, to = 0;
    bool decaying = false;
    if (optimiser->kind != settings->kind)
        ml_optimiser_reset(optimiser, settings->kind);
    count_step(optimiser, settings);
    for (int32_t i = 0; i <= params->n_params; i++) {
        const ml_param *param = i < params->n_params ? &params->param[i] : NULL;
        if (param != NULL && param->role == ML_PARAM_BUFFER)
            continue;
        if (param == NULL || decays(param, settings) != decaying) {
            const float decay = decaying ? (float)settings->weight_decay : 0.0f;
            step(optimiser, settings, (float)rate, decay, from, to - from, params->gradient, params->value);
            from = to;
            decaying = !decaying;
        }
        to += param != NULL ? param->count : 0;
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

void ml_clip_value(size_t n, float limit, float *gradient) {
    if (!(limit > 0))
        return;
    for (size_t i = 0; i < n; i++) { /* written so that NaN stays */
        gradient[i] = gradient[i] > limit ? limit : gradient[i];
        gradient[i] = gradient[i] < -limit ? -limit : gradient[i];
    }
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
