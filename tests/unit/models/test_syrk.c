/* Adding rows to a Gram matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static void test_a_known_product_is_added_to_the_lower_triangle(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, -1, 0, 5}; /* two rows */
    double a[] = {10, 7, 7, 20, 30, 7, 40, 50, 60};
    const double expected[] = {12, 7, 7, 22, 34, 7, 38, 56, 94};
    ml_syrk_acc(2, 3, x, a);
    assert_memory_equal(a, expected, sizeof a);
    ml_syrk_acc(0, 3, NULL, a);
    ml_syrk_acc(2, 0, NULL, a);
    assert_memory_equal(a, expected, sizeof a);
}

static void test_sharing_rows_out_among_calls_changes_no_bit(void **state) {
    (void)state;
    enum { N = 50, D = 6 };
    for (uint64_t seed = 1; seed <= 200; seed++) {
        ml_rng rng = ml_rng_seed(seed, 0);
        double x[N * D], whole[D * D] = {0}, parts[D * D] = {0};
        for (size_t i = 0; i < N * D; i++)
            x[i] = ml_rng_normal(&rng);
        ml_syrk_acc(N, D, x, whole);
        for (size_t i = 0, n; i < N; i += n) {
            n = 1 + (size_t)ml_rng_below(&rng, N - i);
            ml_syrk_acc(n, D, x + i * D, parts);
        }
        assert_memory_equal(whole, parts, sizeof whole);
    }
}

static void test_normal_equations_are_those_of_ridge(void **state) {
    (void)state;
    enum { N = 30, D = 5 };
    static unsigned char block[1 << 12];
    for (uint64_t seed = 1; seed <= 200; seed++) {
        ml_rng rng = ml_rng_seed(seed, 0);
        ml_arena arena = ml_arena_over(block, sizeof block);
        double x[N * D], y[N], a[D * D] = {0}, b[D] = {0}, w[D];
        for (size_t i = 0; i < N; i++) {
            y[i] = ml_rng_normal(&rng);
            for (size_t j = 0; j < D; j++) {
                x[i * D + j] = ml_rng_normal(&rng);
                b[j] += x[i * D + j] * y[i];
            }
        }
        ml_syrk_acc(N, D, x, a);
        for (size_t j = 0; j < D; j++)
            a[j * D + j] += 0.5;
        assert_int_equal(ml_cholesky_solve(D, a, b, NULL), ML_OK);
        assert_int_equal(ml_ridge_fit(N, D, x, y, 0.5, w, NULL, &arena, NULL), ML_OK);
        assert_memory_equal(w, b, sizeof w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_known_product_is_added_to_the_lower_triangle),
        cmocka_unit_test(test_sharing_rows_out_among_calls_changes_no_bit),
        cmocka_unit_test(test_normal_equations_are_those_of_ridge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
