/* Learning rates over time, and when to stop. */
#include "nn/schedule.h"

#include <string.h>

#include "base/math.h"

static bool is_rate(double x) {
    return x >= 0 && isfinite(x);
}

ml_status ml_rate_check(const ml_rate *rate, ml_error *error) {
    if ((int)rate->kind < 0 || rate->kind > ML_RATE_COSINE)
        return ml_fail(error, ML_EINVAL, "learning rate: there is no schedule %d", (int)rate->kind);
    if (!is_rate(rate->peak) || !is_rate(rate->lowest))
        return ml_fail(error, ML_EINVAL, "learning rate: %g is no rate; it must be 0 or more",
                       is_rate(rate->peak) ? rate->lowest : rate->peak);
    if (rate->warm_up < 0)
        return ml_fail(error, ML_EINVAL, "learning rate: a warm-up of %lld steps; it must be 0 or more",
                       (long long)rate->warm_up);
    if (rate->kind == ML_RATE_STEP && (rate->every < 1 || !(rate->factor > 0 && rate->factor <= 1)))
        return ml_fail(error, ML_EINVAL, "learning rate: steps need every >= 1 and a factor in (0, 1], not %lld and %g",
                       (long long)rate->every, rate->factor);
    if (rate->kind == ML_RATE_COSINE && (rate->length < 1 || rate->lowest > rate->peak))
        return ml_fail(error, ML_EINVAL,
                       "learning rate: a cosine needs length >= 1 and goes down; it is %lld long, from %g to %g",
                       (long long)rate->length, rate->peak, rate->lowest);
    return ML_OK;
}

double ml_rate_at(const ml_rate *rate, int64_t step) {
    static const double pi = 3.14159265358979323846;
    if (step < rate->warm_up)
        return rate->peak * ((double)step + 1) / ((double)rate->warm_up + 1);
    const double t = (double)(step - rate->warm_up);
    if (rate->kind == ML_RATE_STEP)
        return rate->peak * ml_pow(rate->factor, floor(t / (double)rate->every));
    if (rate->kind == ML_RATE_COSINE && t < (double)rate->length)
        return rate->lowest + (rate->peak - rate->lowest) * 0.5 * (1 + ml_cos(pi * t / (double)rate->length));
    return rate->kind == ML_RATE_COSINE ? rate->lowest : rate->peak;
}

ml_status ml_plateau_start(ml_plateau *plateau, ml_error *error) {
    if (!(plateau->factor > 0 && plateau->factor < 1))
        return ml_fail(error, ML_EINVAL, "plateau: the factor is %g; it must lie between 0 and 1", plateau->factor);
    if (plateau->patience < 0 || !is_rate(plateau->threshold) || !is_rate(plateau->lowest))
        return ml_fail(error, ML_EINVAL, "plateau: patience %lld, threshold %g, lowest %g; none may be negative",
                       (long long)plateau->patience, plateau->threshold, plateau->lowest);
    plateau->scale = 1;
    plateau->best = (double)INFINITY;
    plateau->waited = 0;
    return ML_OK;
}

double ml_plateau_observe(ml_plateau *plateau, double loss) {
    const double margin = isfinite(plateau->best) ? plateau->threshold * fabs(plateau->best) : 0;
    if (loss < plateau->best - margin) {
        plateau->best = loss;
        plateau->waited = 0;
    } else if (++plateau->waited > plateau->patience) {
        const double reduced = plateau->scale * plateau->factor;
        plateau->scale = reduced > plateau->lowest ? reduced : plateau->lowest;
        plateau->waited = 0;
    }
    return plateau->scale;
}

ml_status ml_early_stopping_create(ml_early_stopping *stopping, const ml_params *params, int64_t patience, double least,
                                   ml_arena *arena, ml_error *error) {
    if (patience < 1 || !is_rate(least))
        return ml_fail(error, ML_EINVAL, "early stopping: patience %lld and least %g; they start at 1 and at 0",
                       (long long)patience, least);
    const ml_arena_mark mark = ml_arena_save(arena);
    float *value = ML_ALLOC(arena, params->n_values, float), *buffer = ML_ALLOC(arena, params->n_buffers, float);
    if (value == NULL || buffer == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "early stopping: a copy of %zu parameters does not fit in memory",
                       params->n_values);
    }
    *stopping = (ml_early_stopping){.patience = patience,
                                    .least = least,
                                    .best = (double)INFINITY,
                                    .best_at = -1,
                                    .value = value,
                                    .buffer = buffer};
    return ML_OK;
}

bool ml_early_stopping_observe(ml_early_stopping *stopping, const ml_params *params, double loss) {
    const int64_t at = stopping->observations++;
    if (loss < stopping->best - stopping->least) {
        stopping->best = loss;
        stopping->best_at = at;
        memcpy(stopping->value, params->value, params->n_values * sizeof(float));
        memcpy(stopping->buffer, params->buffer, params->n_buffers * sizeof(float));
    }
    return at - stopping->best_at >= stopping->patience;
}

void ml_early_stopping_restore(const ml_early_stopping *stopping, ml_params *params) {
    if (stopping->best_at < 0)
        return;
    memcpy(params->value, stopping->value, params->n_values * sizeof(float));
    memcpy(params->buffer, stopping->buffer, params->n_buffers * sizeof(float));
}
