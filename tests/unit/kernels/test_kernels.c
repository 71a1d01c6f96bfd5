/* Each kernel's two versions against each other, bit for bit, and the scalar one against the definition. */
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

static float *random_floats(size_t n, uint64_t stream) {
    float *x = filled_with_dirt(n);
    ml_rng rng = ml_rng_seed(7, stream);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)ml_rng_normal(&rng);
    return x;
}

/* Equal bits; any two NaNs count as equal, because which NaN comes out is the processor's choice. */
static void assert_same_floats(const float *a, const float *b, size_t n, const char *what) {
    for (size_t i = 0; i < n; i++)
        if (memcmp(a + i, b + i, sizeof *a) != 0 && !(isnan(a[i]) && isnan(b[i])))
            fail_msg("%s: element %zu of %zu is %a (scalar) and %a (simd128)", what, i, n, (double)a[i], (double)b[i]);
}

/* --- Matrix products ------------------------------------------------------------------------------------------------
 */

typedef void gemm(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb, float beta,
                  float *c, size_t ldc);

static const struct {
    const char *name;
    int transpose_a, transpose_b;
    gemm *scalar, *simd128, *plain;
} products[] = {
    {"nn", 0, 0, ml_kernel_gemm_nn_scalar, ml_kernel_gemm_nn_simd128, ml_kernel_gemm_nn},
    {"nt", 0, 1, ml_kernel_gemm_nt_scalar, ml_kernel_gemm_nt_simd128, ml_kernel_gemm_nt},
    {"tn", 1, 0, ml_kernel_gemm_tn_scalar, ml_kernel_gemm_tn_simd128, ml_kernel_gemm_tn},
    {"tt", 1, 1, ml_kernel_gemm_tt_scalar, ml_kernel_gemm_tt_simd128, ml_kernel_gemm_tt},
};
enum { N_PRODUCTS = sizeof products / sizeof *products };

/* All four products at one size, with rows that are `gap` floats apart. */
static void compare_gemm(size_t m, size_t n, size_t k, size_t gap, float beta) {
    const size_t a_floats = (m + gap) * (k + gap), b_floats = (k + gap) * (n + gap), ldc = n + gap;
    float *a = random_floats(a_floats, 1), *b = random_floats(b_floats, 2);
    float *start = random_floats(m * ldc, 3);
    float *one = filled_with_dirt(m * ldc), *other = filled_with_dirt(m * ldc);
    if (beta == 0.0f)
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                start[i * ldc + j] = NAN;
    for (size_t q = 0; q < N_PRODUCTS; q++) {
        const size_t lda = (products[q].transpose_a ? m : k) + gap, ldb = (products[q].transpose_b ? k : n) + gap;
        memcpy(one, start, m * ldc * sizeof *one);
        memcpy(other, start, m * ldc * sizeof *other);
        products[q].scalar(m, n, k, a, lda, b, ldb, beta, one, ldc);
        products[q].simd128(m, n, k, a, lda, b, ldb, beta, other, ldc);
        char what[64];
        snprintf(what, sizeof what, "gemm_%s %zu x %zu x %zu, beta %g", products[q].name, m, n, k, (double)beta);
        assert_same_floats(one, other, m * ldc, what);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                assert_false(isnan(other[i * ldc + j]));
        for (size_t i = 0; i < m; i++)
            assert_memory_equal(other + i * ldc + n, start + i * ldc + n, gap * sizeof *other);
    }
    free(a), free(b), free(start), free(one), free(other);
}

static void test_gemm_gives_equal_bits_at_every_small_size(void **state) {
    (void)state;
    for (size_t m = 0; m <= 17; m++)
        for (size_t n = 0; n <= 17; n++)
            for (size_t k = 0; k <= 17; k++)
                compare_gemm(m, n, k, (m + n + k) % 3, (float)((m + k) % 2));
}

static void test_gemm_gives_equal_bits_across_the_edges_of_its_blocks(void **state) {
    (void)state;
    static const size_t sizes[][3] = {{33, 129, 65}, {65, 33, 129}, {6, 65, 257},   {1, 200, 300}, {200, 1, 300},
                                      {7, 64, 128},  {5, 128, 128}, {11, 127, 129}, {64, 4, 256},  {3, 130, 1},
                                      {6, 130, 512}, {7, 70, 513},   {9, 11, 1100},   {1, 600, 70},  {600, 1, 700},
                                      {130, 24, 64}, {129, 24, 64}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t gap = 0; gap <= 5; gap += 5)
            for (int beta = 0; beta <= 1; beta++)
                compare_gemm(sizes[i][0], sizes[i][1], sizes[i][2], gap, (float)beta);
}

static void test_gemm_is_the_sum_of_products(void **state) {
    (void)state;
    const float a[6] = {1, 2, 3, 4, 5, 6}; /* 2 x 3 */
    const float a_transposed[6] = {1, 4, 2, 5, 3, 6};
    const float b[6] = {7, 8, 9, 10, 11, 12}; /* 3 x 2 */
    const float b_transposed[6] = {7, 9, 11, 8, 10, 12};
    const float product[4] = {58, 64, 139, 154}, twice[4] = {116, 128, 278, 308};
    for (size_t q = 0; q < N_PRODUCTS; q++) {
        const int ta = products[q].transpose_a, tb = products[q].transpose_b;
        float c[4];
        products[q].plain(2, 2, 3, ta ? a_transposed : a, ta ? 2 : 3, tb ? b_transposed : b, tb ? 3 : 2, 0, c, 2);
        assert_memory_equal(c, product, sizeof c);
        products[q].plain(2, 2, 3, ta ? a_transposed : a, ta ? 2 : 3, tb ? b_transposed : b, tb ? 3 : 2, 1, c, 2);
        assert_memory_equal(c, twice, sizeof c);
    }
}

static void test_gemm_adds_products_in_order_of_k(void **state) {
    (void)state;
    /* 1e8 + 1 is 1e8 in float, so only the order old + 1e8 + 1 - 1e8 gives 0, and old 1 is lost too. */
    const float a[3] = {1e8f, 1, -1e8f}, b[3] = {1, 1, 1};
    float c = 1;
    ml_kernel_gemm_nn(1, 1, 3, a, 3, b, 1, 1, &c, 1);
    assert_true(c == 0.0f);
    const float other_order[3] = {1e8f, -1e8f, 1};
    c = 0;
    ml_kernel_gemm_nn(1, 1, 3, other_order, 3, b, 1, 1, &c, 1);
    assert_true(c == 1.0f);
}

static void test_gemv_gives_equal_bits_and_is_a_dot_product_per_row(void **state) {
    (void)state;
    for (size_t m = 0; m <= 9; m++)
        for (size_t n = 0; n <= 19; n++)
            for (int beta = 0; beta <= 1; beta++) {
                const size_t lda = n + m % 3;
                float *a = random_floats(m * lda, 1), *x = random_floats(n, 2);
                float *start = random_floats(m, 3), *one = filled_with_dirt(m), *other = filled_with_dirt(m);
                for (size_t i = 0; i < m; i++)
                    one[i] = other[i] = beta == 0 ? NAN : start[i];
                ml_kernel_gemv_scalar(m, n, a, lda, x, (float)beta, one);
                ml_kernel_gemv_simd128(m, n, a, lda, x, (float)beta, other);
                assert_same_floats(one, other, m, "gemv");
                for (size_t i = 0; i < m; i++)
                    one[i] = beta == 0 ? NAN : start[i];
                ml_kernel_gemv(m, n, a, lda, x, (float)beta, one);
                assert_same_floats(one, other, m, "gemv, plain");
                for (size_t i = 0; i < m; i++) {
                    const float dot = ml_kernel_dot(n, a + i * lda, x);
                    assert_true(other[i] == (beta == 0 ? dot : start[i] + dot));
                }
                free(a), free(x), free(start), free(one), free(other);
            }
}

/* --- Reductions -----------------------------------------------------------------------------------------------------
 */

static void test_reductions_give_equal_bits_at_every_length(void **state) {
    (void)state;
    for (size_t n = 0; n <= 40; n++) {
        float *a = random_floats(n, 4), *b = random_floats(n, 5);
        const float scalar[] = {ml_kernel_dot_scalar(n, a, b), ml_kernel_sum_scalar(n, a),
                                ml_kernel_sum_squares_scalar(n, a), ml_kernel_max_scalar(n, a)};
        const float simd128[] = {ml_kernel_dot_simd128(n, a, b), ml_kernel_sum_simd128(n, a),
                                 ml_kernel_sum_squares_simd128(n, a), ml_kernel_max_simd128(n, a)};
        const float plain[] = {ml_kernel_dot(n, a, b), ml_kernel_sum(n, a), ml_kernel_sum_squares(n, a),
                               ml_kernel_max(n, a)};
        assert_same_floats(scalar, simd128, 4, "dot, sum, sum_squares, max");
        assert_same_floats(simd128, plain, 4, "dot, sum, sum_squares, max");
        double exact = 0;
        for (size_t i = 0; i < n; i++)
            exact += (double)a[i] * (double)b[i];
        assert_true(fabs((double)scalar[0] - exact) < 1e-5);
        free(a), free(b);
    }
}

static void test_sum_adds_in_lane_order(void **state) {
    (void)state;
    /* Lanes 0 and 2 meet first, so both ones survive; the last element is added at the end. */
    const float a[5] = {1e8f, 1, -1e8f, 1, 5};
    assert_true(ml_kernel_sum_scalar(5, a) == 7.0f);
    assert_true(ml_kernel_sum_simd128(5, a) == 7.0f);
}

static void test_max_passes_over_nan_and_keeps_the_first_zero(void **state) {
    (void)state;
    assert_true(ml_kernel_max(0, NULL) == -INFINITY);
    for (size_t n = 1; n <= 13; n++)
        for (size_t at = 0; at < n; at++) {
            float a[13];
            for (size_t i = 0; i < n; i++)
                a[i] = i % 2 == 0 ? NAN : -3.0f;
            a[at] = 2.5f;
            assert_true(ml_kernel_max_scalar(n, a) == 2.5f);
            assert_true(ml_kernel_max_simd128(n, a) == 2.5f);
            for (size_t i = 0; i < n; i++)
                a[i] = i < at ? -0.0f : 0.0f;
            assert_int_equal(signbit(ml_kernel_max_scalar(n, a)) != 0, signbit(ml_kernel_max_simd128(n, a)) != 0);
        }
}

static void test_column_sums_give_equal_bits_and_go_down_the_rows(void **state) {
    (void)state;
    for (size_t m = 0; m <= 7; m++)
        for (size_t n = 0; n <= 19; n++) {
            const size_t lda = n + 2;
            float *a = random_floats(m * lda, 6), *one = filled_with_dirt(n), *other = filled_with_dirt(n);
            ml_kernel_column_sums_scalar(m, n, a, lda, one);
            ml_kernel_column_sums_simd128(m, n, a, lda, other);
            assert_same_floats(one, other, n, "column_sums");
            for (size_t j = 0; j < n; j++) {
                float total = 0;
                for (size_t i = 0; i < m; i++)
                    total += a[i * lda + j];
                assert_true(one[j] == total);
            }
            free(a), free(one), free(other);
        }
}

/* --- Elementwise -----------------------------------------------------------------------------------------------------
 */

typedef void of_one(size_t n, const float *x, float *out);
typedef void of_two(size_t n, const float *a, const float *b, float *out);

#define VERSIONS(name) #name, ml_kernel_##name##_scalar, ml_kernel_##name##_simd128, ml_kernel_##name

static const struct {
    const char *name;
    of_one *scalar, *simd128, *plain;
} ones[] = {{VERSIONS(negate)}, {VERSIONS(absolute)}, {VERSIONS(sqrt)},    {VERSIONS(relu)}, {VERSIONS(exp)},
            {VERSIONS(log)},    {VERSIONS(tanh)},     {VERSIONS(sigmoid)}, {VERSIONS(erf)},  {VERSIONS(gelu)}};

static const struct {
    const char *name;
    of_two *scalar, *simd128, *plain;
} twos[] = {{VERSIONS(add)},           {VERSIONS(subtract)},      {VERSIONS(multiply)},
            {VERSIONS(divide)},        {VERSIONS(maximum)},       {VERSIONS(gelu_backward)},
            {VERSIONS(relu_backward)}, {VERSIONS(tanh_backward)}, {VERSIONS(sigmoid_backward)}};

enum { N_ONES = sizeof ones / sizeof *ones, N_TWOS = sizeof twos / sizeof *twos };

static const float specials[] = {0.0f,     -0.0f,     1.0f,    -1.0f,       0.5f,    -0.55f,    0.55f,  88.7f, 88.8f,
                                 -87.4f,   -103.9f,   -104.1f, 1e-45f,      -1e-45f, 0x1p-126f, 1e-40f, 3e38f, -3e38f,
                                 INFINITY, -INFINITY, NAN,     0x1.fp-127f, 1e-30f,  -1e-30f,   -20.0f, 20.0f, 1e9f};
enum { N_SPECIALS = sizeof specials / sizeof *specials };

static void test_elementwise_gives_equal_bits_at_every_length(void **state) {
    (void)state;
    for (size_t n = 0; n <= 19; n++) {
        float *a = random_floats(n, 8), *b = random_floats(n, 9);
        float *one = filled_with_dirt(n), *other = filled_with_dirt(n), *plain = filled_with_dirt(n);
        for (size_t i = 0; i < N_ONES; i++) {
            ones[i].scalar(n, a, one);
            ones[i].simd128(n, a, other);
            ones[i].plain(n, a, plain);
            assert_same_floats(one, other, n, ones[i].name);
            assert_same_floats(one, plain, n, ones[i].name);
        }
        for (size_t i = 0; i < N_TWOS; i++) {
            twos[i].scalar(n, a, b, one);
            twos[i].simd128(n, a, b, other);
            twos[i].plain(n, a, b, plain);
            assert_same_floats(one, other, n, twos[i].name);
            assert_same_floats(one, plain, n, twos[i].name);
        }
        ml_kernel_scale_scalar(n, 1.7f, a, one);
        ml_kernel_scale_simd128(n, 1.7f, a, other);
        assert_same_floats(one, other, n, "scale");
        memcpy(one, b, n * sizeof *b);
        memcpy(other, b, n * sizeof *b);
        ml_kernel_axpy_scalar(n, 1.7f, a, one);
        ml_kernel_axpy_simd128(n, 1.7f, a, other);
        assert_same_floats(one, other, n, "axpy");
        free(a), free(b), free(one), free(other), free(plain);
    }
}

static void test_elementwise_gives_equal_bits_on_special_values(void **state) {
    (void)state;
    float one[N_SPECIALS], other[N_SPECIALS], b[N_SPECIALS];
    for (size_t i = 0; i < N_ONES; i++) {
        ones[i].scalar(N_SPECIALS, specials, one);
        ones[i].simd128(N_SPECIALS, specials, other);
        assert_same_floats(one, other, N_SPECIALS, ones[i].name);
    }
    for (size_t i = 0; i < N_TWOS; i++)
        for (size_t shift = 0; shift < N_SPECIALS; shift++) {
            for (size_t j = 0; j < N_SPECIALS; j++)
                b[j] = specials[(j + shift) % N_SPECIALS];
            twos[i].scalar(N_SPECIALS, specials, b, one);
            twos[i].simd128(N_SPECIALS, specials, b, other);
            assert_same_floats(one, other, N_SPECIALS, twos[i].name);
        }
}

/* Every 4099th float, by its bits: all exponents, both signs. */
static void test_functions_give_equal_bits_over_the_whole_range(void **state) {
    (void)state;
    enum { STRIDE = 4099, CHUNK = 64 };
    float x[CHUNK], one[CHUNK], other[CHUNK];
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += (uint64_t)STRIDE * CHUNK) {
        for (size_t i = 0; i < CHUNK; i++) {
            const uint32_t of_x = (uint32_t)(bits + i * STRIDE);
            memcpy(x + i, &of_x, sizeof of_x);
        }
        for (size_t f = 0; f < N_ONES; f++) {
            ones[f].scalar(CHUNK, x, one);
            ones[f].simd128(CHUNK, x, other);
            assert_same_floats(one, other, CHUNK, ones[f].name);
        }
    }
}

static void test_elementwise_may_write_over_its_input(void **state) {
    (void)state;
    enum { N = 11 };
    float *a = random_floats(N, 10), *b = random_floats(N, 11), apart[N], over[N];
    for (size_t i = 0; i < N_ONES; i++) {
        ones[i].plain(N, a, apart);
        memcpy(over, a, sizeof over);
        ones[i].plain(N, over, over);
        assert_same_floats(apart, over, N, ones[i].name);
    }
    for (size_t i = 0; i < N_TWOS; i++) {
        twos[i].plain(N, a, b, apart);
        memcpy(over, a, sizeof over);
        twos[i].plain(N, over, b, over);
        assert_same_floats(apart, over, N, twos[i].name);
        memcpy(over, b, sizeof over);
        twos[i].plain(N, a, over, over);
        assert_same_floats(apart, over, N, twos[i].name);
    }
    free(a), free(b);
}

/* One loss in double, and many floats beside it; NaN equals NaN. */
static void compare_cross_entropy(size_t n, const float *z, const float *y) {
    float *one = filled_with_dirt(n), *other = filled_with_dirt(n), *plain = filled_with_dirt(n);
    const double total = ml_kernel_binary_cross_entropy_scalar(n, z, y, one);
    const double simd128 = ml_kernel_binary_cross_entropy_simd128(n, z, y, other);
    memcpy(plain, z, n * sizeof *z);
    const double over = ml_kernel_binary_cross_entropy(n, plain, y, plain);
    assert_true(isnan(total) ? isnan(simd128) && isnan(over) : total == simd128 && total == over);
    assert_same_floats(one, other, n, "binary_cross_entropy");
    assert_same_floats(one, plain, n, "binary_cross_entropy over its logits");
    ml_kernel_sigmoid_scalar(n, z, other);
    assert_same_floats(one, other, n, "the sigmoid of binary_cross_entropy");
    free(one), free(other), free(plain);
}

static void test_binary_cross_entropy_gives_equal_bits(void **state) {
    (void)state;
    float y[N_SPECIALS];
    for (size_t i = 0; i < N_SPECIALS; i++)
        y[i] = (float)(i % 5) / 4.0f;
    for (size_t n = 0; n <= 19; n++) {
        float *z = random_floats(n, 12);
        compare_cross_entropy(n, z, y);
        free(z);
    }
    for (size_t i = 0; i < N_SPECIALS; i++)
        compare_cross_entropy(N_SPECIALS - i, specials + i, y + i);
}

static void test_binary_cross_entropy_is_what_it_says(void **state) {
    (void)state;
    const float z[6] = {-1.5f, 0, 2, 100, -100, 0.25f}, y[6] = {0, 1, 1, 0.5f, 0, 0.75f};
    float sigmoid[6];
    double expected = 0.0;
    for (size_t i = 0; i < 6; i++)
        expected += fmax((double)z[i], 0.0) + ml_log1p(ml_exp(-fabs((double)z[i]))) - (double)y[i] * (double)z[i];
    assert_true(fabs(ml_kernel_binary_cross_entropy(6, z, y, sigmoid) - expected) < 1e-5);
    for (size_t at = 0; at < 6; at++) { /* a target that is none, in a vector and behind the last one */
        float wrong[6];
        memcpy(wrong, y, sizeof y);
        for (size_t which = 0; which < 3; which++) {
            wrong[at] = which == 0 ? -0.1f : which == 1 ? 1.1f : NAN;
            assert_true(isnan(ml_kernel_binary_cross_entropy(6, z, wrong, sigmoid)));
            assert_true(isnan(ml_kernel_binary_cross_entropy_scalar(6, z, wrong, sigmoid)));
        }
    }
}

static void test_relu_and_gradients_are_what_they_say(void **state) {
    (void)state;
    const float x[5] = {-2, -0.0f, 0, 3, NAN}, dy[5] = {10, 10, 10, 10, 10};
    float y[5], dx[5];
    ml_kernel_relu(5, x, y);
    ml_kernel_relu_backward(5, y, dy, dx);
    const float expected[4] = {0, 0, 0, 3}, expected_dx[4] = {0, 0, 0, 10};
    assert_memory_equal(y, expected, sizeof expected);
    assert_memory_equal(dx, expected_dx, sizeof expected_dx);
    assert_true(isnan(y[4]));

    const float h = 1e-2f, at[3] = {-0.7f, 0.2f, 1.5f};
    float up[3], down[3];
    of_one *const forward[2] = {ml_kernel_tanh, ml_kernel_sigmoid};
    of_two *const backward[2] = {ml_kernel_tanh_backward, ml_kernel_sigmoid_backward};
    for (size_t f = 0; f < 2; f++) {
        const float above[3] = {at[0] + h, at[1] + h, at[2] + h}, below[3] = {at[0] - h, at[1] - h, at[2] - h};
        forward[f](3, at, y);
        forward[f](3, above, up);
        forward[f](3, below, down);
        backward[f](3, y, dy, dx);
        for (size_t i = 0; i < 3; i++)
            assert_float_equal(dx[i], 10 * (up[i] - down[i]) / (2 * h), 2e-3f);
    }
}

static void test_add_row_adds_to_each_row_only(void **state) {
    (void)state;
    for (size_t n = 0; n <= 11; n++) {
        const size_t m = 3, lda = n + 2;
        float *a = random_floats(m * lda, 12), *row = random_floats(n, 13), *one = filled_with_dirt(m * lda),
              *other = filled_with_dirt(m * lda);
        memcpy(one, a, m * lda * sizeof *a);
        memcpy(other, a, m * lda * sizeof *a);
        ml_kernel_add_row_scalar(m, n, row, one, lda);
        ml_kernel_add_row_simd128(m, n, row, other, lda);
        assert_same_floats(one, other, m * lda, "add_row");
        for (size_t i = 0; i < m * lda; i++)
            assert_true(one[i] == (i % lda < n ? a[i] + row[i % lda] : a[i]));
        free(a), free(row), free(one), free(other);
    }
}

/* --- Softmax ------------------------------------------------------------------------------------------------------ */

static void test_softmax_gives_equal_bits_and_rows_that_sum_to_one(void **state) {
    (void)state;
    for (size_t n = 0; n <= 19; n++) {
        const size_t m = 4, lda = n + 1, ldo = n + 2;
        float *a = random_floats(m * lda, 14), *one = filled_with_dirt(m * ldo), *other = filled_with_dirt(m * ldo);
        ml_kernel_scale(m * lda, 30.0f, a, a); /* some shares become subnormal or zero */
        ml_kernel_softmax_rows_scalar(m, n, a, lda, one, ldo);
        ml_kernel_softmax_rows_simd128(m, n, a, lda, other, ldo);
        assert_same_floats(one, other, m * ldo, "softmax_rows");
        for (size_t i = 0; i < m && n > 0; i++)
            assert_float_equal(ml_kernel_sum(n, one + i * ldo), 1.0f, 1e-6f);
        ml_kernel_softmax_rows(m, n, a, lda, a, lda);
        for (size_t i = 0; i < m; i++)
            assert_same_floats(one + i * ldo, a + i * lda, n, "softmax_rows in place");
        free(a), free(one), free(other);
    }
}

static void test_softmax_does_not_overflow_and_ignores_a_common_shift(void **state) {
    (void)state;
    const float a[6] = {1000, 1001, 1002, 0, 1, 2};
    float out[6];
    ml_kernel_softmax_rows(2, 3, a, 3, out, 3);
    assert_memory_equal(out, out + 3, 3 * sizeof *out);
    const double total = 1 + ml_exp(1) + ml_exp(2);
    for (size_t j = 0; j < 3; j++)
        assert_float_equal(out[j], (float)(ml_exp((double)j) / total), 1e-7f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gemm_gives_equal_bits_at_every_small_size),
        cmocka_unit_test(test_gemm_gives_equal_bits_across_the_edges_of_its_blocks),
        cmocka_unit_test(test_gemm_is_the_sum_of_products),
        cmocka_unit_test(test_gemm_adds_products_in_order_of_k),
        cmocka_unit_test(test_gemv_gives_equal_bits_and_is_a_dot_product_per_row),
        cmocka_unit_test(test_reductions_give_equal_bits_at_every_length),
        cmocka_unit_test(test_sum_adds_in_lane_order),
        cmocka_unit_test(test_max_passes_over_nan_and_keeps_the_first_zero),
        cmocka_unit_test(test_column_sums_give_equal_bits_and_go_down_the_rows),
        cmocka_unit_test(test_elementwise_gives_equal_bits_at_every_length),
        cmocka_unit_test(test_elementwise_gives_equal_bits_on_special_values),
        cmocka_unit_test(test_functions_give_equal_bits_over_the_whole_range),
        cmocka_unit_test(test_elementwise_may_write_over_its_input),
        cmocka_unit_test(test_binary_cross_entropy_gives_equal_bits),
        cmocka_unit_test(test_binary_cross_entropy_is_what_it_says),
        cmocka_unit_test(test_relu_and_gradients_are_what_they_say),
        cmocka_unit_test(test_add_row_adds_to_each_row_only),
        cmocka_unit_test(test_softmax_gives_equal_bits_and_rows_that_sum_to_one),
        cmocka_unit_test(test_softmax_does_not_overflow_and_ignores_a_common_shift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
