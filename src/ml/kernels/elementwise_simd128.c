/* Four elements at a time. exp, log, tanh and sigmoid take the steps of base/math.c in the same order; both sides of
 * each choice are computed, and `select` takes lanes from the right one. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

#include "base/math.h"

#define LN2_HIGH 0x1.62e8p-1f
#define LN2_LOW  -0x1.e8082ep-16f
#define LOG2_E   0x1.715476p+0f
#define HALF_LN2 0x1.62e43p-2f
#define ROUNDER  0x1.8p+23f

#define ROUNDER_LESS_254 0x1.7ffe04p+23f /* the float whose bits, as a whole number, are 254 less than ROUNDER's */
#define SQRT_HALF        0x1.6a09e6p-1f  /* bits 0x3f3504f3 */
static inline u32x4 splat_bits(uint32_t x) {
    return (u32x4){x, x, x, x};
}

static inline f32x4 absolute(f32x4 x) {
    return (f32x4)((u32x4)x & ~(u32x4)constant(-0.0f));
}

/* size, which is not negative, with x's sign. */
static inline f32x4 with_sign_of(f32x4 size, f32x4 x) {
    return (f32x4)((u32x4)size | ((u32x4)x & (u32x4)constant(-0.0f)));
}

/* x, but `most` where x is larger; NaN stays. */
static inline f32x4 at_most(f32x4 x, float most) {
#ifdef __wasm_simd128__
    return (f32x4)__builtin_wasm_pmin_f32x4(x, constant(most));
#else
    return select(x > splat(most), splat(most), x);
#endif
}

static inline f32x4 at_least(f32x4 x, float least) {
#ifdef __wasm_simd128__
    return (f32x4)__builtin_wasm_pmax_f32x4(x, constant(least));
#else
    return select(x < splat(least), splat(least), x);
#endif
}

/* c[0] + x (c[1] + x (c[2] + ...)), n coefficients. n is a constant wherever this is inlined. */
static inline __attribute__((always_inline)) f32x4 polynomial(f32x4 x, size_t n, const float *c) {
    f32x4 sum = constant(c[n - 1]);
    for (size_t i = n - 1; i-- > 0;)
        sum = constant(c[i]) + x * sum;
    return sum;
}
#define POLYNOMIAL(x, ...)                                                                                             \
    polynomial(x, sizeof((const float[]){__VA_ARGS__}) / sizeof(float), (const float[]){__VA_ARGS__})

static inline f32x4 exp4(f32x4 x) {
    x = at_least(at_most(x, 89.0f), -104.0f);
    const f32x4 rounder = constant(ROUNDER), one = constant(1.0f);
    const f32x4 shifted = x * constant(LOG2_E) + rounder, whole = shifted - rounder;
    const f32x4 r = (x - whole * constant(LN2_HIGH)) - whole * constant(LN2_LOW);
    const f32x4 series = POLYNOMIAL(r, 1 / 2.0f, 1 / 6.0f, 1 / 24.0f, 1 / 120.0f, 1 / 720.0f, 1 / 5040.0f);
    const f32x4 e = one + (r + r * r * series);
    const u32x4 k = (u32x4)shifted - (u32x4)constant(ROUNDER_LESS_254), half = k >> 1;
    return e * (f32x4)(half << 23) * (f32x4)((k - half) << 23);
}

/* Of 2^-more x, with x positive, normal and finite; else rubbish. */
static inline f32x4 log_of_normal4(f32x4 x, i32x4 more) {
    const f32x4 one = constant(1.0f);
    const u32x4 sqrt_half = (u32x4)constant(SQRT_HALF), mantissa = (u32x4)constant(0x1.fffffcp-127f);
    const u32x4 bits = (u32x4)x + ((u32x4)one - sqrt_half);
    const f32x4 k = __builtin_convertvector((i32x4)(bits >> 23) - 127 - more, f32x4);
    const f32x4 f = (f32x4)((bits & mantissa) + sqrt_half) - one;
    const f32x4 s = f / (constant(2.0f) + f), z = s * s, half_square = constant(0.5f) * f * f;
    const f32x4 R = z * POLYNOMIAL(z, 2 / 3.0f, 2 / 5.0f, 2 / 7.0f, 2 / 9.0f);
    return k * constant(LN2_HIGH) - ((half_square - (s * (half_square + R) + k * constant(LN2_LOW))) - f);
}

static inline f32x4 log4(f32x4 x) {
    const f32x4 zero = splat(0.0f), infinity = constant(INFINITY);
    const i32x4 subnormal = x < constant(0x1p-126f);
    const f32x4 result = log_of_normal4(select(subnormal, x * constant(0x1p23f), x), 23 & subnormal);
    const f32x4 special = select(x < zero, constant(NAN), select(x == zero, -infinity, x));
    return select((x > zero) & (x < infinity), result, special);
}

static inline f32x4 tanh4(f32x4 x) {
    const f32x4 one = constant(1.0f), rounder = constant(ROUNDER), size = at_most(absolute(x), 10.0f);
    const f32x4 shifted = size * constant(2.0f * LOG2_E) + rounder, whole = shifted - rounder;
    const f32x4 r = size - whole * constant(HALF_LN2), z = r * r;
    const f32x4 t =
        r + r * z * (constant(-0x1.55554ep-2f) + z * (constant(0x1.1105bap-3f) + z * constant(-0x1.afe886p-5f)));
    const f32x4 power = (f32x4)(((u32x4)shifted << 23) + (u32x4)one), less = power - one, more = power + one;
    const f32x4 result = (less + more * t) / (more + less * t);
    return with_sign_of(result, x);
}

static inline f32x4 sigmoid4(f32x4 x) {
    const f32x4 one = constant(1.0f), e = exp4((f32x4)((u32x4)x | (u32x4)constant(-0.0f)));
    return select(x < splat(0.0f), e, one) / (one + e);
}

static inline f32x4 erf4(f32x4 x) {
    const f32x4 size = absolute(x), one = constant(1.0f);
    const f32x4 near_0 = x + x * POLYNOMIAL(x * x, 0x1.06eba8p-3f, -0x1.81273ep-2f, 0x1.ce2cf8p-4f, -0x1.b7f90cp-6f,
                                            0x1.5405b0p-8f, -0x1.a3f6f8p-11f, 0x1.496a1ep-14f);
    const f32x4 log_erfc = POLYNOMIAL(at_most(size, 4.0f), -0x1.661a16p-12f, -0x1.2088ecp+0f, -0x1.46bae8p-1f,
                                      -0x1.a65356p-4f, 0x1.65cb9ep-6f, -0x1.825b48p-9f, 0x1.86de0cp-13f);
    return select(size < one, near_0, with_sign_of(absolute(one - exp4(log_erfc)), x));
}

static inline f32x4 normal_tail_ratio4(f32x4 size) {
    return POLYNOMIAL(size, 0.5f, 0x1.c0d02ep-2f, 0x1.7743a8p-3f, 0x1.4cdd9ap-5f, 0x1.0dc3a4p-8f) /
           POLYNOMIAL(size, 1.0f, 0x1.acaa48p+0f, 0x1.33d714p+0f, 0x1.e0bc7ap-2f, 0x1.a1362cp-4f, 0x1.52186ap-7f);
}

static inline f32x4 exp_of_square4(f32x4 size) {
    const f32x4 half = constant(0.5f), h = (f32x4)((u32x4)size & splat_bits(0xfffff000u));
    const f32x4 d = half * (h + size) * (size - h), one = constant(1.0f);
    const f32x4 series = one - d * (one - d * (half - d * (constant(1 / 6.0f) - d * constant(1 / 24.0f))));
    return exp4(-half * h * h) * series;
}

static inline f32x4 gelu4(f32x4 x) {
    const f32x4 size = at_most(absolute(x), 14.5f), tail = exp_of_square4(size) * normal_tail_ratio4(size);
    return select(x < splat(0.0f), -size * tail, x * (constant(1.0f) - tail));
}

static inline f32x4 gelu_slope4(f32x4 x) {
    const f32x4 size = at_most(absolute(x), 14.5f);
    const f32x4 tail = exp_of_square4(size) * (normal_tail_ratio4(size) - size * constant(0x1.988454p-2f));
    return select(x < splat(0.0f), tail, constant(1.0f) - tail);
}

/* sqrt is exact, so lane by lane gives the same bits as all at once. */
static inline f32x4 sqrt4(f32x4 x) {
    return (f32x4){sqrtf(x[0]), sqrtf(x[1]), sqrtf(x[2]), sqrtf(x[3])};
}

/* The loop over whole vectors; i is then where the rest begins. Each chunk is read before it is written, so out may be
 * an input. */
#define WHOLE_VECTORS(expression)                                                                                      \
    size_t i = 0;                                                                                                      \
    for (; i + 4 <= n; i += 4) {                                                                                       \
        const f32x4 v = load(x + i);                                                                                   \
        store(out + i, (expression));                                                                                  \
    }
/* What is left by the scalar version. */
#define OF_ONE(name, expression)                                                                                       \
    void ml_kernel_##name##_simd128(size_t n, const float *x, float *out) {                                            \
        WHOLE_VECTORS(expression)                                                                                      \
        ml_kernel_##name##_scalar(n - i, x + i, out + i);                                                              \
    }
/* What is left in a vector too: where the expression is so long that three in turn take longer. */
#define OF_ONE_LONG(name, expression)                                                                                  \
    void ml_kernel_##name##_simd128(size_t n, const float *x, float *out) {                                            \
        WHOLE_VECTORS(expression)                                                                                      \
        if (i < n) {                                                                                                   \
            const size_t left = n - i;                                                                                 \
            const f32x4 v = {x[i], left > 1 ? x[i + 1] : 0.0f, left > 2 ? x[i + 2] : 0.0f}, result = (expression);     \
            out[i] = result[0];                                                                                        \
            if (left > 1)                                                                                              \
                out[i + 1] = result[1];                                                                                \
            if (left > 2)                                                                                              \
                out[i + 2] = result[2];                                                                                \
        }                                                                                                              \
    }
OF_ONE(negate, -v)
OF_ONE(absolute, absolute(v))
OF_ONE(sqrt, sqrt4(v))
OF_ONE(relu, rectified(v))
OF_ONE(exp, exp4(v))
OF_ONE(log, log4(v))
OF_ONE_LONG(tanh, tanh4(v))
OF_ONE_LONG(sigmoid, sigmoid4(v))
OF_ONE(erf, erf4(v))
OF_ONE(gelu, gelu4(v))

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
OF_TWO(divide, v / w)
OF_TWO(maximum, select((v >= w) | (v != v), v, w))
OF_TWO(relu_backward, select(v <= splat(0.0f), splat(0.0f), w))
OF_TWO(tanh_backward, w *(constant(1.0f) - v * v))
OF_TWO(sigmoid_backward, w *(v *(1.0f - v)))
OF_TWO(gelu_backward, w *gelu_slope4(v))

/* log(1 + exp(-|x|)) and the sigmoid share their exponential; |x| is what a choice between x and 0 needs no branch for,
 * which the processor would guess wrong every other time. */
double ml_kernel_binary_cross_entropy_simd128(size_t n, const float *z, const float *y, float *sigmoid) {
    const f32x4 zero = splat(0.0f), one = constant(1.0f);
    i32x4 wrong = {0};
    double total = 0.0;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 x = load(z + i), target = load(y + i);
        const f32x4 e = exp4((f32x4)((u32x4)x | (u32x4)constant(-0.0f))), u = one + e;
        const f32x4 tail = select(u == one, e, log_of_normal4(u, (i32x4){0}) * (e / (u - one)));
        const f32x4 positive = select(x > zero, x, zero);
        store(sigmoid + i, select(x < zero, e, one) / u);
        wrong |= ~((target >= zero) & (target <= one));
        const f64x2 first = low_doubles(positive) - low_doubles(target) * low_doubles(x) + low_doubles(tail);
        const f64x2 second = high_doubles(positive) - high_doubles(target) * high_doubles(x) + high_doubles(tail);
        total += first[0];
        total += first[1];
        total += second[0];
        total += second[1];
    }
    for (size_t lane = 0; lane < 4; lane++)
        if (wrong[lane])
            total = (double)NAN;
    for (; i < n; i++) /* one at a time, for the sum goes on where it is */
        total += ml_kernel_binary_cross_entropy_scalar(1, z + i, y + i, sigmoid + i);
    return total;
}

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
