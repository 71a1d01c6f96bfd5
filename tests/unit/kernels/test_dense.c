/* Dense layers and the gradient step: each version against the other and against the kernels it stands for, bit for
 * bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "kernels/kernels.h"

/* What no kernel may touch: the floats between the end of a row and the next. */
#define DIRT (-12345.678f)

static float *filled_with_dirt(size_t n) {
    float *x = malloc((n + 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = DIRT;
    return x;
}

/* rows x columns random floats, dirt between the rows. */
static float *random_matrix(size_t rows, size_t columns, size_t stride, uint64_t stream) {
    float *x = filled_with_dirt(rows * stride);
    ml_rng rng = ml_rng_seed(19, stream);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            x[i * stride + j] = (float)ml_rng_normal(&rng);
    return x;
}

static float *copy_of(const float *x, size_t n) {
    float *copy = filled_with_dirt(n);
    memcpy(copy, x, n * sizeof *x);
    return copy;
}

/* Equal bits everywhere, dirt included. */
static void assert_same_floats(const float *expected, const float *got, size_t n, const char *what) {
    for (size_t i = 0; i < n; i++)
        if (memcmp(expected + i, got + i, sizeof *got) != 0)
            fail_msg("%s: element %zu of %zu is %a, not %a", what, i, n, (double)got[i], (double)expected[i]);
}

typedef void of_one(size_t n, const float *x, float *out);
typedef void of_two(size_t n, const float *y, const float *dy, float *out);

static const struct {
    const char *name;
    ml_kernel_activation f;
    of_one *forward;
    of_two *backward;
} activations[] = {
    {"identity", ML_KERNEL_IDENTITY, NULL, NULL},
    {"relu", ML_KERNEL_RELU, ml_kernel_relu_scalar, ml_kernel_relu_backward_scalar},
    {"tanh", ML_KERNEL_TANH, ml_kernel_tanh_scalar, ml_kernel_tanh_backward_scalar},
    {"sigmoid", ML_KERNEL_SIGMOID, ml_kernel_sigmoid_scalar, ml_kernel_sigmoid_backward_scalar},
};
enum { N_ACTIVATIONS = sizeof activations / sizeof *activations };

static void compare_dense(size_t n, size_t out, size_t in, size_t gap, size_t which, int with_bias) {
    const size_t ldx = in + gap, ldw = out + 2 * gap, ldy = out + gap;
    float *x = random_matrix(n, in, ldx, 1), *w = random_matrix(in, out, ldw, 2), *bias = random_matrix(1, out, out, 3);
    float *expected = filled_with_dirt(n * ldy), *got = filled_with_dirt(n * ldy);
    const float *b = with_bias ? bias : NULL;
    char what[96];
    snprintf(what, sizeof what, "dense %zu x %zu x %zu, gap %zu, %s, %s bias", n, out, in, gap, activations[which].name,
             with_bias ? "a" : "no");
    ml_kernel_gemm_nn_scalar(n, out, in, x, ldx, w, ldw, 0.0f, expected, ldy);
    if (with_bias)
        ml_kernel_add_row_scalar(n, out, bias, expected, ldy);
    for (size_t i = 0; i < n && activations[which].forward != NULL; i++)
        activations[which].forward(out, expected + i * ldy, expected + i * ldy);
    ml_kernel_dense_scalar(n, out, in, x, ldx, w, ldw, b, activations[which].f, got, ldy);
    assert_same_floats(expected, got, n * ldy, what);
    float *simd128 = filled_with_dirt(n * ldy);
    ml_kernel_dense_simd128(n, out, in, x, ldx, w, ldw, b, activations[which].f, simd128, ldy);
    assert_same_floats(expected, simd128, n * ldy, what);
    free(x), free(w), free(bias), free(expected), free(got), free(simd128);
}

static void compare_backward(size_t n, size_t out, size_t in, size_t gap, size_t which) {
    const size_t lddy = out + gap, ldw = out + 2 * gap, ldx = in + gap, lddx = in + 3 * gap;
    float *dy = random_matrix(n, out, lddy, 4), *w = random_matrix(in, out, ldw, 5), *x = random_matrix(n, in, ldx, 6);
    float *expected = filled_with_dirt(n * lddx), *got = filled_with_dirt(n * lddx);
    char what[96];
    snprintf(what, sizeof what, "dense_backward_input %zu x %zu x %zu, gap %zu, %s", n, out, in, gap,
             activations[which].name);
    ml_kernel_gemm_nt_scalar(n, in, out, dy, lddy, w, ldw, 0.0f, expected, lddx);
    for (size_t i = 0; i < n && activations[which].backward != NULL; i++)
        activations[which].backward(in, x + i * ldx, expected + i * lddx, expected + i * lddx);
    const float *of_x = activations[which].f == ML_KERNEL_IDENTITY ? NULL : x;
    ml_kernel_dense_backward_input_scalar(n, out, in, dy, lddy, w, ldw, activations[which].f, of_x, ldx, got, lddx);
    assert_same_floats(expected, got, n * lddx, what);
    float *simd128 = filled_with_dirt(n * lddx);
    ml_kernel_dense_backward_input_simd128(n, out, in, dy, lddy, w, ldw, activations[which].f, of_x, ldx, simd128,
                                           lddx);
    assert_same_floats(expected, simd128, n * lddx, what);
    free(dy), free(w), free(x), free(expected), free(got), free(simd128);
}

static void compare_update(size_t m, size_t n, size_t k, size_t gap) {
    const size_t lda = m + gap, ldb = n + 2 * gap, ldc = n + gap;
    float *a = random_matrix(k, m, lda, 7), *b = random_matrix(k, n, ldb, 8), *c = random_matrix(m, n, ldc, 9);
    float *gradient = filled_with_dirt(m * n), *expected = copy_of(c, m * ldc), *got = copy_of(c, m * ldc);
    char what[96];
    snprintf(what, sizeof what, "gemm_tn_update %zu x %zu x %zu, gap %zu", m, n, k, gap);
    ml_kernel_gemm_tn_scalar(m, n, k, a, lda, b, ldb, 0.0f, gradient, n);
    for (size_t i = 0; i < m; i++)
        ml_kernel_axpy_scalar(n, -0.3f, gradient + i * n, expected + i * ldc);
    ml_kernel_gemm_tn_update_scalar(m, n, k, a, lda, b, ldb, -0.3f, got, ldc);
    assert_same_floats(expected, got, m * ldc, what);
    ml_kernel_gemm_tn_update_simd128(m, n, k, a, lda, b, ldb, -0.3f, c, ldc);
    assert_same_floats(expected, c, m * ldc, what);
    free(a), free(b), free(c), free(gradient), free(expected), free(got);
}

static void test_equal_bits_at_every_small_size(void **state) {
    (void)state;
    for (size_t n = 0; n <= 20; n++)
        for (size_t out = 0; out <= 20; out++)
            for (size_t in = 0; in <= 20; in++) {
                const size_t gap = (n + out + in) % 3, which = (n + 2 * out + 3 * in) % N_ACTIVATIONS;
                compare_dense(n, out, in, gap, which, (n + in) % 3 != 0);
                compare_backward(n, out, in, gap, which);
                compare_update(n, out, in, gap);
            }
}

static void test_every_activation_at_the_widths_of_small_networks(void **state) {
    (void)state;
    static const size_t widths[] = {1, 2, 3, 4, 8, 16, 32};
    enum { N_WIDTHS = sizeof widths / sizeof *widths };
    for (size_t o = 0; o < N_WIDTHS; o++)
        for (size_t i = 0; i < N_WIDTHS; i++)
            for (size_t which = 0; which < N_ACTIVATIONS; which++)
                for (size_t gap = 0; gap <= 1; gap++) {
                    compare_dense(10, widths[o], widths[i], gap, which, 1);
                    compare_dense(33, widths[o], widths[i], gap, which, 0);
                    compare_backward(10, widths[o], widths[i], gap, which);
                    compare_backward(33, widths[o], widths[i], gap, which);
                    compare_update(widths[i], widths[o], 10, gap);
                    compare_update(widths[i], widths[o], 33, gap);
                }
}

static void test_equal_bits_at_random_larger_sizes(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    for (int i = 0; i < 60; i++) {
        size_t size[3];
        for (int s = 0; s < 3; s++)
            size[s] = 1 + (size_t)(ml_rng_uniform(&rng) * (s == i % 3 ? 700 : 90));
        const size_t gap = (size_t)i % 4, which = (size_t)i % N_ACTIVATIONS;
        compare_dense(size[0], size[1], size[2], gap, which, i % 2);
        compare_backward(size[0], size[1], size[2], gap, which);
        compare_update(size[0], size[1], size[2], gap);
    }
}

/* As logistic regression has it, and a network that looks at a single example; k beyond what is summed in one piece. */
static void test_equal_bits_with_single_rows_and_columns(void **state) {
    (void)state;
    for (size_t width = 1; width <= 70; width++)
        for (size_t gap = 0; gap <= 1; gap++) {
            compare_update(width, 1, 600, gap);
            compare_update(1, width, 600, gap);
            compare_dense(1, width, 90, gap, width % N_ACTIVATIONS, width % 2);
            compare_dense(width, 1, 90, gap, width % N_ACTIVATIONS, width % 2);
            compare_backward(1, width, 90, gap, width % N_ACTIVATIONS);
        }
}

static void test_dense_is_what_it_says(void **state) {
    (void)state;
    const float x[4] = {1, 2, -3, 4};  /* 2 x 2 */
    const float w[4] = {1, 10, 2, 20}; /* 2 x 2 */
    const float bias[2] = {-1, 0.5f};  /* x W is 5 50, 5 50 */
    float y[4];
    ml_kernel_dense(2, 2, 2, x, 2, w, 2, bias, ML_KERNEL_RELU, y, 2);
    const float expected[4] = {4, 50.5f, 4, 50.5f};
    assert_memory_equal(y, expected, sizeof y);
    ml_kernel_dense(2, 2, 2, x, 2, w, 2, bias, ML_KERNEL_SIGMOID, y, 2);
    assert_float_equal(y[0], 1 / (1 + ml_exp(-4)), 1e-6f);

    const float dy[4] = {1, 1, 0, 2};       /* dy W' is 11 22, 20 40 */
    const float below[4] = {0, 3, 5, 0.5f}; /* what relu put out: the first unit of the first row was off */
    float dx[4];
    ml_kernel_dense_backward_input(2, 2, 2, dy, 2, w, 2, ML_KERNEL_RELU, below, 2, dx, 2);
    const float expected_dx[4] = {0, 22, 20, 40};
    assert_memory_equal(dx, expected_dx, sizeof dx);

    float c[4] = {100, 100, 100, 100}; /* x' dy is 1 -5, 2 10 */
    ml_kernel_gemm_tn_update(2, 2, 2, x, 2, dy, 2, -2, c, 2);
    const float expected_c[4] = {98, 110, 96, 80};
    assert_memory_equal(c, expected_c, sizeof c);
}

static void test_the_update_adds_the_whole_sum_at_once(void **state) {
    (void)state;
    /* 1e8 - 1e8 + 2 is 2, and 1 + 2 is 3. Added one by one from 1 on, 1e8 would swallow the 1. */
    const float a[3] = {1e8f, -1e8f, 2}, b[3] = {1, 1, 1};
    float c = 1;
    ml_kernel_gemm_tn_update(1, 1, 3, a, 1, b, 1, 1, &c, 1);
    assert_true(c == 3.0f);
}

static void test_nan_goes_through_dense(void **state) {
    (void)state;
    const float x[2] = {NAN, 1}, w[4] = {1, 2, 3, 4};
    for (size_t which = 0; which < N_ACTIVATIONS; which++) {
        float y[2];
        ml_kernel_dense(1, 2, 2, x, 2, w, 2, NULL, activations[which].f, y, 2);
        assert_true(isnan(y[0]) && isnan(y[1]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_bits_at_every_small_size),
        cmocka_unit_test(test_every_activation_at_the_widths_of_small_networks),
        cmocka_unit_test(test_equal_bits_at_random_larger_sizes),
        cmocka_unit_test(test_equal_bits_with_single_rows_and_columns),
        cmocka_unit_test(test_dense_is_what_it_says),
        cmocka_unit_test(test_the_update_adds_the_whole_sum_at_once),
        cmocka_unit_test(test_nan_goes_through_dense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
