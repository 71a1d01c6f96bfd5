/* Every kernel: the plain name, the scalar and the SIMD version. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "base/status.h"
#include "kernels/kernels.h"
#include "report.h"

enum { FLOATS = 1 << 16, GUARD = 9, LONGEST_NAME = 200 };

/* Inputs: any numbers, numbers that are not negative, row numbers. */
static float a[FLOATS], b[FLOATS], positive[FLOATS];
static uint32_t row[FLOATS];
/* Outputs. Before each call they hold the same numbers, of which y and z may be read too; z's are not negative. */
static float y[FLOATS], z[FLOATS], w[FLOATS];
static uint8_t at[FLOATS];

static char shape[LONGEST_NAME];

static void of_shape(const char *format, ...) ML_PRINTF(1, 2);
static void of_shape(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(shape, sizeof shape, format, list);
    va_end(list);
}

static size_t with_guard(size_t n) {
    return n + GUARD < FLOATS ? n + GUARD : FLOATS;
}

/* For a call that writes n floats at most to each output. */
static void reset_outputs(size_t n) {
    const size_t bytes = with_guard(n) * sizeof *y;
    memcpy(y, b, bytes);
    memcpy(z, positive, bytes);
    memcpy(w, a, bytes);
    memset(at, 77, with_guard(n));
}

static void print_outputs(size_t n) {
    const size_t length = with_guard(n);
    const uint32_t floats = hash_floats(hash_floats(hash_floats(HASH_START, length, y), length, z), length, w);
    printf(" %08x", (unsigned)hash_bytes(floats, length, at));
}

/* One kernel that writes n floats at most, in its three versions. */
#define RUN(n, call)                                                                                                   \
    do {                                                                                                               \
        reset_outputs(n);                                                                                              \
        call;                                                                                                          \
        print_outputs(n);                                                                                              \
    } while (0)
#define REPORT(n, name, ...)                                                                                           \
    do {                                                                                                               \
        printf("%s %s", #name, shape);                                                                                 \
        RUN(n, ml_kernel_##name(__VA_ARGS__));                                                                         \
        RUN(n, ml_kernel_##name##_scalar(__VA_ARGS__));                                                                \
        RUN(n, ml_kernel_##name##_simd128(__VA_ARGS__));                                                               \
        printf("\n");                                                                                                  \
    } while (0)
/* One that returns a number. */
#define REPORT_NUMBER(name, ...)                                                                                       \
    do {                                                                                                               \
        printf("%s %s", #name, shape);                                                                                 \
        RUN(1, y[0] = ml_kernel_##name(__VA_ARGS__));                                                                  \
        RUN(1, y[0] = ml_kernel_##name##_scalar(__VA_ARGS__));                                                         \
        RUN(1, y[0] = ml_kernel_##name##_simd128(__VA_ARGS__));                                                        \
        printf("\n");                                                                                                  \
    } while (0)

static void fill_with_normal_numbers(void) {
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < FLOATS; i++) {
        a[i] = (float)ml_rng_normal(&rng);
        b[i] = (float)ml_rng_normal(&rng);
        positive[i] = (float)ml_rng_uniform(&rng);
    }
}

/* --- Elementwise and reductions ----------------------------------------------------------------------------------- */

static void report_elementwise(size_t n) {
    of_shape("%u", (unsigned)n);
    REPORT(n, add, n, a, b, y);
    REPORT(n, subtract, n, a, b, y);
    REPORT(n, multiply, n, a, b, y);
    REPORT(n, divide, n, a, b, y);
    REPORT(n, maximum, n, a, b, y);
    REPORT(n, scale, n, -1.75f, a, y);
    REPORT(n, axpy, n, 0.3f, a, y);
    REPORT(n, negate, n, a, y);
    REPORT(n, absolute, n, a, y);
    REPORT(n, sqrt, n, a, y);
    REPORT(n, relu, n, a, y);
    REPORT(n, exp, n, a, y);
    REPORT(n, log, n, a, y);
    REPORT(n, tanh, n, a, y);
    REPORT(n, sigmoid, n, a, y);
    REPORT(n, erf, n, a, y);
    REPORT(n, gelu, n, a, y);
    REPORT(n, relu_backward, n, a, b, y);
    REPORT(n, tanh_backward, n, a, b, y);
    REPORT(n, sigmoid_backward, n, a, b, y);
    REPORT(n, gelu_backward, n, a, b, y);
}

static void report_reductions(size_t n) {
    of_shape("%u", (unsigned)n);
    REPORT_NUMBER(dot, n, a, b);
    REPORT_NUMBER(sum, n, a);
    REPORT_NUMBER(sum_squares, n, a);
    REPORT_NUMBER(max, n, a);
    printf("binary_cross_entropy %s", shape);
    RUN(n + 1, y[n] = (float)ml_kernel_binary_cross_entropy(n, a, positive, y));
    RUN(n + 1, y[n] = (float)ml_kernel_binary_cross_entropy_scalar(n, a, positive, y));
    RUN(n + 1, y[n] = (float)ml_kernel_binary_cross_entropy_simd128(n, a, positive, y));
    printf("\n");
}

/* Each special number with each other one. */
static size_t fill_with_special_numbers(void) {
    static const float special[] = {0.0f,      -0.0f,     1.0f,   -1.0f,  INFINITY, -INFINITY, NAN,     1e-45f,
                                    -1e-45f,   1.17e-38f, 3e38f,  -3e38f, 88.7f,    88.8f,     -87.4f,  -103.9f,
                                    -104.1f,   0.5f,      1e-10f, 1e20f,  9.1f,     -20.0f,    0.6625f, 1.9999999f,
                                    16777216.0f};
    enum { KINDS = sizeof special / sizeof *special };
    for (size_t i = 0; i < (size_t)KINDS * KINDS; i++) {
        a[i] = special[i % KINDS];
        b[i] = special[i / KINDS];
    }
    return (size_t)KINDS * KINDS;
}

/* Floats of every exponent: a walk over all bit patterns. */
static size_t fill_with_all_magnitudes(void) {
    for (uint32_t i = 0; i < FLOATS - GUARD; i++) {
        const uint32_t bits = i * 65537u + i % 7919u, other = bits * 2654435761u;
        memcpy(a + i, &bits, sizeof bits);
        memcpy(b + i, &other, sizeof other);
    }
    return FLOATS - GUARD;
}

/* Many floats near 0, where functions bend: a last digit that rounds another way now and then is met. */
static size_t fill_with_common_numbers(void) {
    ml_rng rng = ml_rng_seed(9, 0);
    for (size_t i = 0; i < FLOATS - GUARD; i++) {
        a[i] = (float)(6 * ml_rng_uniform(&rng) * ml_rng_normal(&rng));
        b[i] = (float)ml_rng_normal(&rng);
    }
    return FLOATS - GUARD;
}

/* --- Matrices ----------------------------------------------------------------------------------------------------- */

static void report_products(size_t m, size_t n, size_t k, size_t gap) {
    const size_t ldc = n + gap, written = m * ldc;
    for (int beta = 0; beta < 2; beta++) {
        of_shape("%ux%ux%u gap %u beta %d", (unsigned)m, (unsigned)n, (unsigned)k, (unsigned)gap, beta);
        REPORT(written, gemm_nn, m, n, k, a, k + gap, b, n + gap, (float)beta, y, ldc);
        REPORT(written, gemm_nt, m, n, k, a, k + gap, b, k + gap, (float)beta, y, ldc);
        REPORT(written, gemm_tn, m, n, k, a, m + gap, b, n + gap, (float)beta, y, ldc);
        REPORT(written, gemm_tt, m, n, k, a, m + gap, b, k + gap, (float)beta, y, ldc);
        REPORT(m, gemv, m, k, a, k + gap, b, (float)beta, y);
    }
    REPORT(written, gemm_tn_update, m, n, k, a, m + gap, b, n + gap, -0.05f, y, ldc);
}

static void report_dense(size_t n, size_t out, size_t in, size_t gap) {
    for (ml_kernel_activation f = ML_KERNEL_IDENTITY; f <= ML_KERNEL_SIGMOID; f++) {
        of_shape("%ux%ux%u gap %u activation %d", (unsigned)n, (unsigned)out, (unsigned)in, (unsigned)gap, (int)f);
        REPORT(n * (out + gap), dense, n, out, in, a, in + gap, b, out + gap, f % 2 == 0 ? positive : NULL, f, y,
               out + gap);
        REPORT(n * (in + gap), dense_backward_input, n, out, in, a, out + gap, b, out + gap, f, positive, in + gap, y,
               in + gap);
    }
}

static void report_rows(size_t m, size_t n, size_t gap) {
    const size_t ld = n + gap, written = m * ld;
    of_shape("%ux%u gap %u", (unsigned)m, (unsigned)n, (unsigned)gap);
    REPORT(n, column_sums, m, n, a, ld, y);
    REPORT(written, add_row, m, n, a, y, ld);
    REPORT(written, softmax_rows, m, n, a, ld, y, ld);
    REPORT(m, log_sum_exp_rows, m, n, a, ld, y);
    REPORT(written, log_softmax_rows, m, n, a, ld, y, ld);
    for (size_t i = 0; i < m; i++)
        row[i] = (uint32_t)((i * i + 2) % 5);
    REPORT(written, gather_rows, m, n, a, ld, row, y, ld);
    REPORT(5 * ld, scatter_add_rows, m, n, a, ld, row, y, ld);
}

/* --- Images ------------------------------------------------------------------------------------------------------- */

static size_t between(ml_rng *rng, size_t least, size_t most) {
    return least + (size_t)ml_rng_below(rng, most - least + 1);
}

static ml_conv random_conv(ml_rng *rng) {
    ml_conv s = {.n = between(rng, 1, 3)};
    s.kernel_height = between(rng, 1, 5);
    s.kernel_width = between(rng, 1, 5);
    s.height = s.kernel_height + between(rng, 0, 9);
    s.width = s.kernel_width + between(rng, 0, 9);
    s.channels = between(rng, 1, 9);
    s.filters = between(rng, 1, 17);
    s.stride = between(rng, 1, 8) / 6 + 1;
    s.padding = between(rng, 0, 2);
    return s;
}

static void report_convolution(ml_rng *rng) {
    const ml_conv s = random_conv(rng);
    const size_t out = s.n * ml_conv_rows(&s) * ml_conv_columns(&s) * s.filters;
    const size_t in = s.n * s.height * s.width * s.channels;
    const size_t weights = s.kernel_height * s.kernel_width * s.channels * s.filters;
    const float *bias = between(rng, 0, 3) > 0 ? a + 9 : NULL;
    const ml_kernel_activation f = (ml_kernel_activation)between(rng, 0, 3);
    of_shape("%ux%ux%ux%u, %u of %ux%u stride %u padding %u activation %d%s", (unsigned)s.n, (unsigned)s.height,
             (unsigned)s.width, (unsigned)s.channels, (unsigned)s.filters, (unsigned)s.kernel_height,
             (unsigned)s.kernel_width, (unsigned)s.stride, (unsigned)s.padding, (int)f, bias == NULL ? "" : " bias");
    REPORT(out, conv2d, &s, a, b, bias, f, y);
    REPORT(in, conv2d_backward_input, &s, a, b, y);
    REPORT(weights, conv2d_backward_weight, &s, a, b, y, bias == NULL ? NULL : z);
    REPORT(out, conv2d_relu_pool, &s, a, b, bias, y, at);
    /* Of what this has left in y and at: all gradients. */
    static float pooled[FLOATS];
    static uint8_t index[FLOATS];
    ml_kernel_conv2d_relu_pool(&s, a, b, bias, pooled, index);
    REPORT(in > weights ? in : weights, conv2d_relu_pool_backward, &s, a, b, pooled, index, b, y,
           bias == NULL ? NULL : z, s.n == 1 ? NULL : w);
}

static void report_pools(ml_rng *rng) {
    const size_t n = between(rng, 1, 2), size = between(rng, 1, 4), stride = between(rng, 1, 4);
    const size_t height = size + between(rng, 0, 9), width = size + between(rng, 0, 9), channels = between(rng, 1, 9);
    const size_t in = n * height * width * channels;
    static float pooled[FLOATS];
    static uint8_t index[FLOATS];
    of_shape("%ux%ux%ux%u size %u stride %u", (unsigned)n, (unsigned)height, (unsigned)width, (unsigned)channels,
             (unsigned)size, (unsigned)stride);
    REPORT(in, max_pool, n, height, width, channels, size, stride, a, y, at);
    REPORT(in, average_pool, n, height, width, channels, size, stride, a, y);
    ml_kernel_max_pool(n, height, width, channels, size, stride, a, pooled, index);
    REPORT(in, max_pool_backward, n, height, width, channels, size, stride, b, index, y);
    REPORT(in, average_pool_backward, n, height, width, channels, size, stride, b, y);
}

/* --- Optimisers --------------------------------------------------------------------------------------------------- */

static void report_optimisers(size_t n, float decay) {
    of_shape("%u decay %g", (unsigned)n, (double)decay);
    REPORT(n, opt_sgd, n, 0.1f, decay, a, y);
    REPORT(n, opt_momentum, n, 0.1f, 0.9f, decay, a, w, y);
    REPORT(n, opt_nesterov, n, 0.1f, 0.9f, decay, a, w, y);
    REPORT(n, opt_adagrad, n, 0.1f, 1e-10f, decay, a, z, y);
    REPORT(n, opt_rmsprop, n, 0.1f, 0.99f, 1e-8f, decay, a, z, y);
    REPORT(n, opt_adam, n, 0.1f, 0.9f, 0.999f, 1e-8f, decay, 0.729, 0.997002999, a, w, z, y);
    REPORT(n, opt_adamw, n, 0.1f, 0.9f, 0.999f, 1e-8f, decay, 0.729, 0.997002999, a, w, z, y);
}

void report_kernels(void) {
    static const size_t sizes[] = {1, 2, 3, 5, 8, 13, 17};
    enum { SIZES = sizeof sizes / sizeof *sizes, SHAPES = 150 };
    fill_with_normal_numbers();
    for (size_t n = 0; n < 20; n++) {
        report_elementwise(n);
        report_reductions(n);
        report_optimisers(n, n % 2 == 0 ? 0.0f : 0.01f);
    }
    report_reductions(1003);
    report_optimisers(1003, 0.01f);
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++) {
            report_rows(sizes[i], sizes[j], (i + j) % 3);
            for (size_t k = 0; k < SIZES; k++) {
                report_products(sizes[i], sizes[j], sizes[k], (i + j + k) % 3);
                report_dense(sizes[i], sizes[j], sizes[k], (i + j + k) % 3);
            }
        }
    report_products(0, 3, 2, 1);
    report_products(3, 4, 0, 1);
    report_products(131, 67, 259, 3);
    report_products(65, 258, 129, 0);
    report_dense(67, 131, 259, 1);
    ml_rng rng = ml_rng_seed(2, 0);
    for (int i = 0; i < SHAPES; i++) {
        report_convolution(&rng);
        report_pools(&rng);
    }
    const size_t n_special = fill_with_special_numbers();
    report_elementwise(n_special);
    report_reductions(n_special);
    report_rows(25, 25, 0);
    report_optimisers(n_special, 0.01f);
    report_elementwise(fill_with_all_magnitudes());
    report_elementwise(fill_with_common_numbers());
}
