/* The products of int8: both versions against each other and against sums in 64 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "kernels/kernels.h"

enum { MOST = 12, MOST_K = 80, GAP = 3, DIRT = -123456 };

static int8_t a[MOST * (MOST_K + GAP)], b[MOST * (MOST_K + GAP)];

static void fill(ml_rng *rng, size_t n, int8_t *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (int8_t)((int32_t)ml_rng_below(rng, 256) - 128);
}

static void compare(size_t m, size_t n, size_t k) {
    const size_t ld = k + GAP, ldc = n + 1;
    int32_t scalar[MOST * (MOST + 1)], simd[MOST * (MOST + 1)], plain[MOST * (MOST + 1)];
    for (size_t i = 0; i < MOST * (MOST + 1); i++)
        scalar[i] = simd[i] = plain[i] = DIRT;
    /* The matrices end where the arrays do: the sanitizers see a read beyond. */
    const int8_t *const tail_a = a + sizeof a - (m > 0 ? (m - 1) * ld + k : 0);
    const int8_t *const tail_b = b + sizeof b - (n > 0 ? (n - 1) * ld + k : 0);
    ml_kernel_gemm_i8_scalar(m, n, k, tail_a, ld, tail_b, ld, scalar, ldc);
    ml_kernel_gemm_i8_simd128(m, n, k, tail_a, ld, tail_b, ld, simd, ldc);
    ml_kernel_gemm_i8(m, n, k, tail_a, ld, tail_b, ld, plain, ldc);
    assert_memory_equal(scalar, simd, sizeof simd);
    assert_memory_equal(scalar, plain, sizeof plain);
    for (size_t i = 0; i < MOST * (MOST + 1); i++) {
        int64_t sum = DIRT;
        if (i / ldc < m && i % ldc < n) {
            sum = 0;
            for (size_t p = 0; p < k; p++)
                sum += (int64_t)tail_a[i / ldc * ld + p] * tail_b[i % ldc * ld + p];
        }
        assert_int_equal(scalar[i], sum);
    }
}

static void test_products_are_exact_at_every_small_size(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    fill(&rng, sizeof a, a);
    fill(&rng, sizeof b, b);
    for (size_t m = 0; m <= 5; m++)
        for (size_t n = 0; n <= 9; n++)
            for (size_t k = 0; k <= 35; k++)
                compare(m, n, k);
    compare(MOST, MOST, MOST_K);
}

static void test_matrix_times_vector_is_the_product(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(2, 0);
    fill(&rng, sizeof a, a);
    fill(&rng, sizeof b, b);
    for (size_t m = 0; m <= MOST; m++)
        for (size_t n = 0; n <= MOST_K; n++) {
            int32_t scalar[MOST + 1], simd[MOST + 1], plain[MOST + 1], product[MOST + 1];
            for (size_t i = 0; i <= MOST; i++)
                scalar[i] = simd[i] = plain[i] = product[i] = DIRT;
            ml_kernel_gemv_i8_scalar(m, n, a, n + GAP, b, scalar);
            ml_kernel_gemv_i8_simd128(m, n, a, n + GAP, b, simd);
            ml_kernel_gemv_i8(m, n, a, n + GAP, b, plain);
            ml_kernel_gemm_i8_scalar(m, 1, n, a, n + GAP, b, 0, product, 1);
            assert_memory_equal(scalar, product, sizeof product);
            assert_memory_equal(simd, product, sizeof product);
            assert_memory_equal(plain, product, sizeof product);
        }
}

/* -128 squared is the product that a pair of int16 holds only because both are widened. */
static void test_the_longest_sums_fit(void **state) {
    (void)state;
    static int8_t lowest[131071];
    int32_t sum = 0;
    memset(lowest, -128, sizeof lowest);
    ml_kernel_gemm_i8_simd128(1, 1, sizeof lowest, lowest, 0, lowest, 0, &sum, 1);
    assert_int_equal(sum, 131071 * 16384);
    ml_kernel_gemm_i8_scalar(1, 1, sizeof lowest, lowest, 0, lowest, 0, &sum, 1);
    assert_int_equal(sum, 131071 * 16384);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products_are_exact_at_every_small_size),
        cmocka_unit_test(test_matrix_times_vector_is_the_product),
        cmocka_unit_test(test_the_longest_sums_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
