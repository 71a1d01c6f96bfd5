#include <math.h>

#include "serving/quantise.h"

ml_status ml_quant_fit_i8(size_t n, const float *x, ml_quant *q, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "no values have no range; give one at least");
    float low = 0.0f, high = 0.0f;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return ml_fail(error, ML_EINVAL, "x[%zu] is not a finite number; mend it before its range is taken", i);
        low = fminf(low, x[i]);
        high = fmaxf(high, x[i]);
    }
    const float scale = (high - low) / 255.0f;
    if (!isfinite(scale))
        return ml_fail(error, ML_EINVAL, "the range from %g to %g overflows float; scale the values down", (double)low,
                       (double)high);
    if (scale == 0.0f)
        *q = (ml_quant){1.0f, 0};
    else
        *q = (ml_quant){scale, (int32_t)fminf(fmaxf(rintf(-128.0f - low / scale), -128.0f), 127.0f)};
    return ML_OK;
}

/* Clamped before the cast, which is undefined for what does not fit. */
void ml_quantise_i8(size_t n, const float *x, ml_quant q, int8_t *code) {
    for (size_t i = 0; i < n; i++) {
        const float rounded = isnan(x[i]) ? 0.0f : rintf(x[i] / q.scale);
        code[i] = (int8_t)fminf(fmaxf(rounded + (float)q.zero, -128.0f), 127.0f);
    }
}

void ml_dequantise_i8(size_t n, const int8_t *code, ml_quant q, float *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = q.scale * (float)(code[i] - q.zero);
}
