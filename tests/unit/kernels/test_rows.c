/* Kernels that work row by row: gather and scatter, log-sum-exp and log-softmax. */
#include "unit/kernels/floats.h"

#include "kernels/kernels.h"

static void test_gather_and_scatter_give_equal_bits_and_touch_their_rows_only(void **state) {
    (void)state;
    enum { ROWS = 7 };
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t d = 0; d <= 19; d++)
        for (size_t n = 0; n <= 12; n += 3) {
            const size_t ldt = d + 2, ldo = d + 1;
            uint32_t index[12];
            for (size_t i = 0; i < n; i++)
                index[i] = (uint32_t)ml_rng_below(&rng, ROWS);
            float *table = random_floats(ROWS * ldt, d), *start = random_floats(ROWS * ldt, d + 1);
            float *one = filled_with_dirt(n * ldo), *other = filled_with_dirt(n * ldo);
            ml_kernel_gather_rows_scalar(n, d, table, ldt, index, one, ldo);
            ml_kernel_gather_rows_simd128(n, d, table, ldt, index, other, ldo);
            assert_same_and_guarded(one, other, n * ldo, "gather_rows");
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < ldo; j++)
                    assert_true(one[i * ldo + j] == (j < d ? table[index[i] * ldt + j] : DIRT));
            float *sums = filled_with_dirt(ROWS * ldt), *sums_2 = filled_with_dirt(ROWS * ldt);
            memcpy(sums, start, ROWS * ldt * sizeof *sums);
            memcpy(sums_2, start, ROWS * ldt * sizeof *sums);
            ml_kernel_scatter_add_rows_scalar(n, d, one, ldo, index, sums, ldt);
            ml_kernel_scatter_add_rows_simd128(n, d, one, ldo, index, sums_2, ldt);
            assert_same_and_guarded(sums, sums_2, ROWS * ldt, "scatter_add_rows");
            for (size_t row = 0; row < ROWS; row++)
                for (size_t j = 0; j < ldt; j++) {
                    float sum = start[row * ldt + j];
                    for (size_t i = 0; i < n && j < d; i++)
                        sum = index[i] == row ? sum + one[i * ldo + j] : sum;
                    assert_true(sums[row * ldt + j] == sum);
                }
            free(table), free(start), free(one), free(other), free(sums), free(sums_2);
        }
}

static void test_scatter_adds_repeated_rows_in_order(void **state) {
    (void)state;
    const float x[4] = {1e8f, 1, -1e8f, 1}; /* 1e8 + 1 is 1e8 in float: the first 1 is lost, the second is not */
    const uint32_t index[4] = {1, 1, 1, 1};
    float table[2] = {0, 0};
    ml_kernel_scatter_add_rows(4, 1, x, 1, index, table, 1);
    assert_true(table[0] == 0 && table[1] == 1);
}

static void test_log_softmax_gives_equal_bits_and_is_the_logarithm_of_softmax(void **state) {
    (void)state;
    for (size_t n = 0; n <= 140; n = n < 20 ? n + 1 : n + 17) {
        const size_t m = 3, lda = n + 1, ldo = n + 2;
        float *a = random_floats(m * lda, n), *one = filled_with_dirt(m * ldo), *other = filled_with_dirt(m * ldo);
        float sum[3], sum_2[3];
        ml_kernel_scale(m * lda, 20.0f, a, a);
        ml_kernel_log_sum_exp_rows_scalar(m, n, a, lda, sum);
        ml_kernel_log_sum_exp_rows_simd128(m, n, a, lda, sum_2);
        assert_same_floats(sum, sum_2, m, "log_sum_exp_rows");
        ml_kernel_log_sum_exp_rows(m, n, a, lda, sum_2);
        assert_same_floats(sum, sum_2, m, "log_sum_exp_rows, plain");
        ml_kernel_log_softmax_rows_scalar(m, n, a, lda, one, ldo);
        ml_kernel_log_softmax_rows_simd128(m, n, a, lda, other, ldo);
        assert_same_and_guarded(one, other, m * ldo, "log_softmax_rows");
        for (size_t i = 0; i < m; i++) {
            double total = 0;
            for (size_t j = 0; j < n; j++)
                total += ml_exp((double)a[i * lda + j]);
            const double exact = ml_log(total);
            assert_true(n == 0 ? sum[i] == -INFINITY : fabs((double)sum[i] - exact) <= 1e-6 * (1 + fabs(exact)));
            for (size_t j = 0; j < n; j++)
                assert_true(fabs((double)one[i * ldo + j] - ((double)a[i * lda + j] - exact)) <= 1e-5);
        }
        ml_kernel_log_softmax_rows(m, n, a, lda, a, lda);
        for (size_t i = 0; i < m; i++)
            assert_same_floats(a + i * lda, one + i * ldo, n, "log_softmax_rows in place");
        free(a), free(one), free(other);
    }
}

static void test_log_sum_exp_at_infinities(void **state) {
    (void)state;
    const float rows[6][2] = {{-INFINITY, -INFINITY}, {-INFINITY, 3},       {INFINITY, 3}, {NAN, 3},
                              {1e30f, 1e30f},         {INFINITY, -INFINITY}};
    float scalar[6], simd[6];
    ml_kernel_log_sum_exp_rows_scalar(6, 2, rows[0], 2, scalar);
    ml_kernel_log_sum_exp_rows_simd128(6, 2, rows[0], 2, simd);
    assert_same_floats(scalar, simd, 6, "log_sum_exp_rows");
    assert_true(scalar[0] == -INFINITY && scalar[1] == 3 && scalar[2] == INFINITY && isnan(scalar[3]));
    assert_true(scalar[4] == 1e30f && scalar[5] == INFINITY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gather_and_scatter_give_equal_bits_and_touch_their_rows_only),
        cmocka_unit_test(test_scatter_adds_repeated_rows_in_order),
        cmocka_unit_test(test_log_softmax_gives_equal_bits_and_is_the_logarithm_of_softmax),
        cmocka_unit_test(test_log_sum_exp_at_infinities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
