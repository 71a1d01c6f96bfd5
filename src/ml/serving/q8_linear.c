#include <math.h>

#include "kernels/kernels.h"
#include "serving/quantise.h"

ml_status ml_quant_multiplier(double m, int32_t *multiplier, int *shift, ml_error *error) {
    if (!(m >= 0x1p-31 && m < 1.0))
        return ml_fail(error, ML_EINVAL, "a factor of %g is not in [2^-31, 1); choose a wider range of outputs", m);
    int halved = 0;
    for (; m < 0.5; m *= 2.0)
        halved++;
    *multiplier = (int32_t)fmin(rint(m * 0x1p31), 0x1p31 - 1.0);
    *shift = halved;
    return ML_OK;
}

/* The sum over w (x - x_zero) is that over w x less x_zero times that over w, which is the same for all rows of x. */
static void sum_rows(size_t out, size_t in, const int8_t *w, int32_t *sum) {
    for (size_t j = 0; j < out; j++) {
        sum[j] = 0;
        for (size_t p = 0; p < in; p++)
            sum[j] += w[j * in + p];
    }
}

ml_status ml_q8_linear(size_t n, size_t out, size_t in, const int8_t *x, ml_quant quant_x, const int8_t *w,
                       const float *scale_w, const float *bias, float *y, ml_arena *arena, ml_error *error) {
    if (in > 65535)
        return ml_fail(error, ML_EINVAL, "%zu inputs; sums of more than 65535 products may not fit into 32 bits", in);
    const ml_arena_mark mark = ml_arena_save(arena);
    int32_t *const weight_sum = ML_ALLOC(arena, out, int32_t);
    int32_t *const sum = out > 0 && n > SIZE_MAX / out ? NULL : ML_ALLOC(arena, n * out, int32_t);
    if (weight_sum == NULL || sum == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "the sums of %zu x %zu outputs do not fit into the memory; use smaller "
                       "batches", n, out);
    }
    sum_rows(out, in, w, weight_sum);
    ml_kernel_gemm_i8(n, out, in, x, in, w, in, sum, out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < out; j++) {
            const int32_t exact = (int32_t)((int64_t)sum[i * out + j] - (int64_t)quant_x.zero * weight_sum[j]);
            const float product = quant_x.scale * scale_w[j] * (float)exact;
            y[i * out + j] = bias == NULL ? product : product + bias[j];
        }
    ml_arena_release(arena, mark);
    return ML_OK;
}
