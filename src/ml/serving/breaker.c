/* A token bucket, and a breaker that looks at the share of failures. */
#include <math.h>

#include "serving/limits.h"

bool ml_token_bucket_take(ml_token_bucket *bucket, double now, double cost) {
    if (now > bucket->time) {
        bucket->tokens = fmin(bucket->tokens + (now - bucket->time) * bucket->rate, bucket->capacity);
        bucket->time = now;
    }
    if (!(bucket->tokens >= cost))
        return false;
    bucket->tokens -= cost;
    return true;
}

bool ml_breaker_allow(ml_breaker *breaker, double now) {
    if (breaker->state == ML_GUARD_HALF_OPEN || (breaker->state == ML_GUARD_OPEN && now < breaker->until))
        return false;
    if (breaker->state == ML_GUARD_OPEN)
        breaker->state = ML_GUARD_HALF_OPEN;
    return true;
}

static void move_to(ml_breaker *breaker, ml_guard_state state, double until) {
    breaker->state = state;
    breaker->until = until;
    breaker->outcomes = breaker->failures = 0;
}

void ml_breaker_result(ml_breaker *breaker, double now, bool ok) {
    if (breaker->state == ML_GUARD_OPEN)
        return;
    if (breaker->state == ML_GUARD_HALF_OPEN) {
        move_to(breaker, ok ? ML_GUARD_CLOSED : ML_GUARD_OPEN, ok ? breaker->until : now + breaker->open_for);
        return;
    }
    const double period = floor(now / breaker->period);
    if (period != breaker->counted)
        breaker->outcomes = breaker->failures = 0;
    breaker->counted = period;
    breaker->outcomes++;
    breaker->failures += !ok;
    if (breaker->outcomes >= breaker->least && breaker->failures > breaker->share * breaker->outcomes)
        move_to(breaker, ML_GUARD_OPEN, now + breaker->open_for);
}
