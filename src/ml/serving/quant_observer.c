#include <math.h>

#include "serving/quantise.h"

ml_status ml_quant_observe(ml_quant_observer *observer, size_t n, const float *x, ml_error *error) {
    const float momentum = observer->momentum;
    if (!(momentum >= 0.0f && momentum <= 1.0f))
        return ml_fail(error, ML_EINVAL, "a momentum of %g is not in [0, 1]", (double)momentum);
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "a batch of 0 values has no range; leave it out");
    float low = x[0], high = x[0];
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return ml_fail(error, ML_EINVAL, "x[%zu] is not a finite number; mend it before it is observed", i);
        low = fminf(low, x[i]);
        high = fmaxf(high, x[i]);
    }
    if (observer->seen && momentum > 0.0f) {
        low = observer->low + momentum * (low - observer->low);
        high = observer->high + momentum * (high - observer->high);
    } else if (observer->seen) {
        low = fminf(low, observer->low);
        high = fmaxf(high, observer->high);
    }
    *observer = (ml_quant_observer){momentum, low, high, true};
    return ML_OK;
}

ml_status ml_quant_observed(const ml_quant_observer *observer, ml_quant *q, ml_error *error) {
    if (!observer->seen)
        return ml_fail(error, ML_EINVAL, "nothing was observed yet; show a batch first");
    return ml_quant_fit_i8(2, (const float[]){observer->low, observer->high}, q, error);
}
