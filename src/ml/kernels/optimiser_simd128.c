/* One step of each optimiser, four weights at a time. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

#include "base/math.h"

static inline f32x4 settle4(f32x4 average) {
    const f32x4 size = (f32x4)((i32x4)average & 0x7fffffff);
    return select(size < splat(1e-30f), splat(0.0f), average);
}

static inline f32x4 decayed4(f32x4 g, float decay, f32x4 w) {
    return decay == 0.0f ? g : g + decay * w;
}

/* Of a vector: sqrt is exact in any width, so lane by lane is as good, and compilers make one instruction of it. */
static inline f32x4 sqrt4(f32x4 x) {
#ifdef __wasm_simd128__
    return (f32x4)__builtin_wasm_sqrt_f32x4(x);
#else
    return (f32x4){sqrtf(x[0]), sqrtf(x[1]), sqrtf(x[2]), sqrtf(x[3])};
#endif
}

void ml_kernel_opt_sgd_simd128(size_t n, float rate, float decay, const float *g, float *w) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 old = load(w + i);
        store(w + i, old - rate * decayed4(load(g + i), decay, old));
    }
    ml_kernel_opt_sgd_scalar(n - i, rate, decay, g + i, w + i);
}

void ml_kernel_opt_momentum_simd128(size_t n, float rate, float mu, float decay, const float *g, float *v, float *w) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 old = load(w + i), velocity = settle4(mu * load(v + i) + decayed4(load(g + i), decay, old));
        store(v + i, velocity);
        store(w + i, old - rate * velocity);
    }
    ml_kernel_opt_momentum_scalar(n - i, rate, mu, decay, g + i, v + i, w + i);
}

void ml_kernel_opt_nesterov_simd128(size_t n, float rate, float mu, float decay, const float *g, float *v, float *w) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 old = load(w + i), gradient = decayed4(load(g + i), decay, old);
        const f32x4 velocity = settle4(mu * load(v + i) + gradient);
        store(v + i, velocity);
        store(w + i, old - rate * (gradient + mu * velocity));
    }
    ml_kernel_opt_nesterov_scalar(n - i, rate, mu, decay, g + i, v + i, w + i);
}

void ml_kernel_opt_adagrad_simd128(size_t n, float rate, float epsilon, float decay, const float *g, float *s,
                                   float *w) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 old = load(w + i), gradient = decayed4(load(g + i), decay, old);
        const f32x4 squares = settle4(load(s + i) + gradient * gradient);
        store(s + i, squares);
        store(w + i, old - rate * gradient / (sqrt4(squares) + epsilon));
    }
    ml_kernel_opt_adagrad_scalar(n - i, rate, epsilon, decay, g + i, s + i, w + i);
}

void ml_kernel_opt_rmsprop_simd128(size_t n, float rate, float alpha, float epsilon, float decay, const float *g,
                                   float *s, float *w) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 old = load(w + i), gradient = decayed4(load(g + i), decay, old);
        const f32x4 squares = settle4(alpha * load(s + i) + (1.0f - alpha) * gradient * gradient);
        store(s + i, squares);
        store(w + i, old - rate * gradient / (sqrt4(squares) + epsilon));
    }
    ml_kernel_opt_rmsprop_scalar(n - i, rate, alpha, epsilon, decay, g + i, s + i, w + i);
}

/* Adam over whole vectors, w times `shrink` first. Returns how many weights that were. */
static inline __attribute__((always_inline)) size_t adam(size_t n, float rate, float beta1, float beta2, float epsilon,
                                                         float decay, float shrink, double power1, double power2,
                                                         const float *g, float *m, float *v, float *w) {
    const float stride = (float)((double)rate / (1.0 - power1)), widen = (float)(1.0 / sqrt(1.0 - power2));
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const f32x4 old = load(w + i) * shrink, gradient = decayed4(load(g + i), decay, old);
        const f32x4 mean = settle4(beta1 * load(m + i) + (1.0f - beta1) * gradient);
        const f32x4 squares = settle4(beta2 * load(v + i) + (1.0f - beta2) * gradient * gradient);
        store(m + i, mean);
        store(v + i, squares);
        store(w + i, old - stride * mean / (sqrt4(squares) * widen + epsilon));
    }
    return i;
}

void ml_kernel_opt_adam_simd128(size_t n, float rate, float beta1, float beta2, float epsilon, float decay,
                                double power1, double power2, const float *g, float *m, float *v, float *w) {
    const size_t i = adam(n, rate, beta1, beta2, epsilon, decay, 1.0f, power1, power2, g, m, v, w);
    ml_kernel_opt_adam_scalar(n - i, rate, beta1, beta2, epsilon, decay, power1, power2, g + i, m + i, v + i, w + i);
}

void ml_kernel_opt_adamw_simd128(size_t n, float rate, float beta1, float beta2, float epsilon, float decay,
                                 double power1, double power2, const float *g, float *m, float *v, float *w) {
    const float shrink = 1.0f - rate * decay;
    const size_t i = adam(n, rate, beta1, beta2, epsilon, 0.0f, shrink, power1, power2, g, m, v, w);
    ml_kernel_opt_adamw_scalar(n - i, rate, beta1, beta2, epsilon, decay, power1, power2, g + i, m + i, v + i, w + i);
}
