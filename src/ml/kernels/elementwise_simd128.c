/* Four elements at a time. exp, log, tanh and sigmoid take the steps of base/math.c in the same order; both sides of
 * each choice are computed, and `select` takes lanes from the right one. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

#include "base/math.h"

#define LN2_HIGH 0x1.62e8p-1f
#define LN2_LOW  -0x1.e8082ep-16f
#define LOG2_E   0x1.715476p+0f
#define ROUNDER  0x1.8p+23f

static inline u32x4 splat_bits(uint32_t x) {
    return (u32x4){x, x, x, x};
}

static inline f32x4 absolute(f32x4 x) {
    return (f32x4)((u32x4)x & splat_bits(0x7fffffff));
}

static inline f32x4 exp4(f32x4 x) {
    x = select(x > splat(89.0f), splat(89.0f), x);
    x = select(x < splat(-104.0f), splat(-104.0f), x);
    const f32x4 shifted = x * LOG2_E + ROUNDER, whole = shifted - ROUNDER;
    const u32x4 k = (u32x4)shifted - (u32x4)splat(ROUNDER);
    const f32x4 r = (x - whole * LN2_HIGH) - whole * LN2_LOW;
    const f32x4 series =
        1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f)))));
    const f32x4 e = 1.0f + (r + r * r * series);
    const u32x4 half = ((k + 256) >> 1) - 128, rest = k - half;
    return e * (f32x4)((half + 127) << 23) * (f32x4)((rest + 127) << 23);
}

static inline f32x4 log4(f32x4 x) {
    const i32x4 subnormal = x < splat(0x1p-126f);
    const u32x4 sqrt_half = splat_bits(0x3f3504f3), one = splat_bits(0x3f800000);
    const u32x4 bits = (u32x4)select(subnormal, x * 0x1p23f, x) + (one - sqrt_half);
    const f32x4 k = __builtin_convertvector((i32x4)(bits >> 23) - 127 - (23 & subnormal), f32x4);
    const f32x4 f = (f32x4)((bits & 0x7fffff) + sqrt_half) - 1.0f;
    const f32x4 s = f / (2.0f + f), z = s * s, half_square = 0.5f * f * f;
    const f32x4 R = z * (2 / 3.0f + z * (2 / 5.0f + z * (2 / 7.0f + z * (2 / 9.0f))));
    const f32x4 result = k * LN2_HIGH - ((half_square - (s * (half_square + R) + k * LN2_LOW)) - f);
    const f32x4 special = select(x < 0.0f, splat(NAN), select(x == 0.0f, splat(-INFINITY), x));
    return select((x > 0.0f) & (x < splat(INFINITY)), result, special);
}

static inline f32x4 tanh4(f32x4 x) {
    const f32x4 size = absolute(x), z = size * size;
    const i32x4 small = size < splat(0.55f);
    const f32x4 start = select(small, size, splat(1.0f));
    const f32x4 numerator = select(small, size * z * (315.0f + 14.0f * z), splat(2.0f));
    const f32x4 denominator = select(small, 945.0f + z * (420.0f + 15.0f * z), exp4(2.0f * size) + 1.0f);
    const f32x4 result = start - numerator / denominator;
    return (f32x4)((u32x4)absolute(result) | ((u32x4)x & splat_bits(0x80000000)));
}

static inline f32x4 sigmoid4(f32x4 x) {
    const f32x4 e = exp4(-absolute(x));
    return select(x < splat(0.0f), e, splat(1.0f)) / (1.0f + e);
}

/* The loop over whole vectors, then what is left by the scalar version. Each chunk is read before it is written, so out
 * may be an input. */
#define OF_ONE(name, expression)                                                                                       \
    void ml_kernel_##name##_simd128(size_t n, const float *x, float *out) {                                            \
        size_t i = 0;                                                                                                  \
        for (; i + 4 <= n; i += 4) {                                                                                   \
            const f32x4 v = load(x + i);                                                                               \
            store(out + i, (expression));                                                                              \
        }                                                                                                              \
        ml_kernel_##name##_scalar(n - i, x + i, out + i);                                                              \
    }
OF_ONE(relu, select(v <= splat(0.0f), splat(0.0f), v))
OF_ONE(exp, exp4(v))
OF_ONE(log, log4(v))
OF_ONE(tanh, tanh4(v))
OF_ONE(sigmoid, sigmoid4(v))

#define OF_TWO(name, expression)                                                                                       \
    void ml_kernel_##name##_simd128(size_t n, const float *a, const float *b, float *out) {                            \
        size_t i = 0;                                                                                                  \
        for (; i + 4 <= n; i += 4) {                                                                                   \
            const f32x4 v = load(a + i), w = load(b + i);                                                              \
            store(out + i, (expression));                                                                              \
        }                                                                                                              \
        ml_kernel_##name##_scalar(n - i, a + i, b + i, out + i);                                                       \
    }
OF_TWO(add, v + w)
OF_TWO(subtract, v - w)
OF_TWO(multiply, v *w)
OF_TWO(relu_backward, select(v <= splat(0.0f), splat(0.0f), w))
OF_TWO(tanh_backward, w *(1.0f - v * v))
OF_TWO(sigmoid_backward, w *(v *(1.0f - v)))

void ml_kernel_scale_simd128(size_t n, float factor, const float *a, float *out) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        store(out + i, factor * load(a + i));
    ml_kernel_scale_scalar(n - i, factor, a + i, out + i);
}

void ml_kernel_axpy_simd128(size_t n, float factor, const float *x, float *y) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        store(y + i, load(y + i) + factor * load(x + i));
    ml_kernel_axpy_scalar(n - i, factor, x + i, y + i);
}

void ml_kernel_add_row_simd128(size_t m, size_t n, const float *row, float *a, size_t lda) {
    for (size_t i = 0; i < m; i++)
        ml_kernel_add_simd128(n, a + i * lda, row, a + i * lda);
}
