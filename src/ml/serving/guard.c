#include <math.h>

#include "serving/limits.h"

bool ml_guard_allow(ml_guard *guard, double now, bool is_retry) {
    if (guard->state == ML_GUARD_HALF_OPEN || (guard->state == ML_GUARD_OPEN && now < guard->until))
        return false;
    if (is_retry && guard->tokens < 1.0)
        return false;
    guard->tokens = is_retry ? guard->tokens - 1.0 : fmin(guard->tokens + guard->ratio, guard->max);
    if (guard->state == ML_GUARD_OPEN)
        guard->state = ML_GUARD_HALF_OPEN;
    return true;
}

void ml_guard_result(ml_guard *guard, double now, bool ok) {
    if (guard->state == ML_GUARD_OPEN)
        return;
    guard->fails = ok ? 0 : guard->fails + 1;
    if (ok) {
        guard->state = ML_GUARD_CLOSED;
    } else if (guard->state == ML_GUARD_HALF_OPEN || guard->fails >= guard->fail_limit) {
        guard->state = ML_GUARD_OPEN;
        guard->until = now + guard->open_for;
    }
}
