/* How many replicas: the rule of Kubernetes' HorizontalPodAutoscaler. */
#include "base/math.h"
#include "serving/serving.h"

static ml_status check_settings(const ml_autoscaler_settings *s, ml_error *error) {
    if (!(s->target > 0.0 && isfinite(s->target)))
        return ml_fail(error, ML_EINVAL, "a target of %g; aim at a utilisation above 0, such as 0.7", s->target);
    if (!(s->tolerance >= 0.0 && isfinite(s->tolerance)))
        return ml_fail(error, ML_EINVAL, "a tolerance of %g; it is a share, 0 or more", s->tolerance);
    if (s->cooldown < 0)
        return ml_fail(error, ML_EINVAL, "a cooldown of %d ticks; it is 0 or more", (int)s->cooldown);
    if (s->least < 1 || s->most < s->least)
        return ml_fail(error, ML_EINVAL, "from %d to %d replicas; the least is 1 or more, and the most no fewer",
                       (int)s->least, (int)s->most);
    return ML_OK;
}

ml_status ml_autoscaler_init(ml_autoscaler *scaler, const ml_autoscaler_settings *settings, size_t window,
                             size_t remembered, ml_arena *arena, ml_error *error) {
    ML_TRY(check_settings(settings, error));
    if (window == 0 || remembered == 0)
        return ml_fail(error, ML_EINVAL, "a window of %zu ticks and %zu remembered decisions; both are at least 1",
                       window, remembered);
    const ml_arena_mark mark = ml_arena_save(arena);
    double *utilisation = ML_ALLOC(arena, window, double);
    ml_autoscaler_wish *wish = ML_ALLOC(arena, remembered, ml_autoscaler_wish);
    if (utilisation == NULL || wish == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "a window of %zu ticks and %zu remembered decisions do not fit into the "
                       "memory; use fewer", window, remembered);
    }
    *scaler = (ml_autoscaler){.settings = *settings, .utilisation = ml_window_over(utilisation, window),
                              .wish = wish, .capacity = remembered};
    return ML_OK;
}

ml_status ml_autoscaler_change(ml_autoscaler *scaler, const ml_autoscaler_settings *settings, ml_error *error) {
    ML_TRY(check_settings(settings, error));
    scaler->settings = *settings;
    return ML_OK;
}

void ml_autoscaler_observe(ml_autoscaler *scaler, double utilisation) {
    ml_window_push(&scaler->utilisation, utilisation);
    scaler->ticks++;
}

/* What the utilisation alone asks for. */
static int32_t wanted(const ml_autoscaler *scaler, int32_t ready, int32_t starting) {
    const ml_autoscaler_settings *s = &scaler->settings;
    const double ratio = ml_window_mean(&scaler->utilisation) / s->target, all = (double)ready + (double)starting;
    double replicas = all;
    if (fabs(ratio - 1.0) > s->tolerance)
        replicas = ceil(ready * ratio - 1e-9);
    if (ratio > 1.0) /* those on their way will help; they are not sent back */
        replicas = fmax(replicas, all);
    return (int32_t)fmin(fmax(replicas, s->least), s->most);
}

static void remember(ml_autoscaler *scaler, int32_t replicas) {
    scaler->wish[scaler->next] = (ml_autoscaler_wish){scaler->ticks, replicas};
    scaler->next = (scaler->next + 1) % scaler->capacity;
    if (scaler->n_wishes < scaler->capacity)
        scaler->n_wishes++;
}

/* The most that was wanted within the cooldown, this decision included. */
static int32_t most_wanted(const ml_autoscaler *scaler, int32_t now) {
    int32_t most = now;
    for (size_t i = 0; i < scaler->n_wishes; i++) {
        const ml_autoscaler_wish past = scaler->wish[i];
        if (scaler->ticks - past.tick < scaler->settings.cooldown && past.replicas > most)
            most = past.replicas;
    }
    return most;
}

int32_t ml_autoscaler_desired(ml_autoscaler *scaler, int32_t ready, int32_t starting) {
    const int32_t all = ready + starting, now = wanted(scaler, ready, starting);
    remember(scaler, now);
    if (now >= all)
        return now;
    if (starting > 0)
        return all;
    const int32_t fewer = most_wanted(scaler, now);
    return fewer < all ? fewer : all;
}
