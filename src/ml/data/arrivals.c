#include <stdbool.h>

#include "base/math.h"
#include "data/generators.h"

static const double two_pi = 6.28318530717958647693;

static bool is_positive(double x) {
    return x > 0.0 && isfinite(x);
}

static bool is_rate(double x) {
    return x >= 0.0 && isfinite(x);
}

static ml_status check(const ml_arrivals_settings *s, ml_error *error) {
    if (s->kind == ML_ARRIVALS_BURSTY) {
        if (!is_positive(s->quiet_mean) || !is_positive(s->busy_mean) || !is_rate(s->quiet_rate) ||
            !is_rate(s->busy_rate) || s->quiet_rate + s->busy_rate == 0.0)
            return ml_fail(error, ML_EINVAL,
                           "bursts at rates %g and %g for means of %g and %g; all are finite, the means above 0, and "
                           "one of the rates",
                           s->quiet_rate, s->busy_rate, s->quiet_mean, s->busy_mean);
        if (!(s->quiet_rate * s->quiet_mean + s->busy_rate * s->busy_mean >= 1e-6)) /* or the next is sought for ever */
            return ml_fail(error, ML_EINVAL, "a quiet and a busy time bring %g arrivals on average; 1e-6 is the least",
                           s->quiet_rate * s->quiet_mean + s->busy_rate * s->busy_mean);
        return ML_OK;
    }
    if (s->kind != ML_ARRIVALS_REGULAR && s->kind != ML_ARRIVALS_POISSON && s->kind != ML_ARRIVALS_DIURNAL)
        return ml_fail(error, ML_EINVAL, "arrivals of kind %d are unknown", (int)s->kind);
    if (!is_positive(s->rate))
        return ml_fail(error, ML_EINVAL, "the rate is %g; it is a finite number above 0", s->rate);
    if (s->kind == ML_ARRIVALS_DIURNAL && (!is_positive(s->period) || !(s->swing >= 0.0 && s->swing <= 1.0)))
        return ml_fail(error, ML_EINVAL, "a swing of %g in a period of %g; 0 to 1, and above 0", s->swing, s->period);
    if (s->kind == ML_ARRIVALS_DIURNAL && !(s->rate * s->period <= 1e9)) /* at a swing of 1 hours may bring nothing */
        return ml_fail(error, ML_EINVAL, "a period has %g arrivals; 1e9 is the most", s->rate * s->period);
    return ML_OK;
}

ml_status ml_arrivals_init(const ml_arrivals_settings *settings, ml_rng *rng, ml_arrivals *arrivals, ml_error *error) {
    ML_TRY(check(settings, error));
    *arrivals = (ml_arrivals){.settings = *settings};
    if (settings->kind == ML_ARRIVALS_BURSTY)
        arrivals->switches = ml_rng_exponential(rng, settings->quiet_mean);
    return ML_OK;
}

/* In each state the process begins anew: it has no memory. */
static double next_bursty(ml_arrivals *a, ml_rng *rng) {
    const ml_arrivals_settings *s = &a->settings;
    for (;;) {
        const double rate = a->is_busy ? s->busy_rate : s->quiet_rate;
        const double next = rate > 0.0 ? a->now + ml_rng_exponential(rng, 1.0 / rate) : (double)INFINITY;
        if (next < a->switches)
            return a->now = next;
        a->now = a->switches;
        a->is_busy = !a->is_busy;
        a->switches += ml_rng_exponential(rng, a->is_busy ? s->busy_mean : s->quiet_mean);
    }
}

/* Arrivals at the highest rate there is, each kept with the chance that the rate of its time is of that. */
static double next_diurnal(ml_arrivals *a, ml_rng *rng) {
    const ml_arrivals_settings *s = &a->settings;
    const double highest = s->rate * (1.0 + s->swing);
    do {
        a->now += ml_rng_exponential(rng, 1.0 / highest);
    } while (ml_rng_uniform(rng) * (1.0 + s->swing) >=
             1.0 - s->swing * ml_cos(two_pi * fmod(a->now, s->period) / s->period));
    return a->now;
}

double ml_arrivals_next(ml_arrivals *a, ml_rng *rng) {
    switch (a->settings.kind) {
    case ML_ARRIVALS_BURSTY:
        return next_bursty(a, rng);
    case ML_ARRIVALS_DIURNAL:
        return next_diurnal(a, rng);
    case ML_ARRIVALS_POISSON:
        return a->now += ml_rng_exponential(rng, 1.0 / a->settings.rate);
    case ML_ARRIVALS_REGULAR:
    default:
        return a->now += 1.0 / a->settings.rate;
    }
}
