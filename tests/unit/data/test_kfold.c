/* Folds: sizes as scikit-learn's, every row in every fold as often, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/multiclass_golden.h"
#include "ml.h"

static ml_error error;

static void test_folds_in_order_agree_with_scikit_learn(void **state) {
    (void)state;
    const uint32_t *expected = golden_fold;
    for (size_t c = 0; c < FOLD_CASES; c++) {
        const size_t n = fold_case[2 * c];
        uint32_t fold[64];
        assert_int_equal(ml_kfold(n, fold_case[2 * c + 1], NULL, fold, &error), ML_OK);
        assert_memory_equal(fold, expected, n * sizeof *fold);
        expected += n;
    }
}

static void test_random_folds_have_the_same_sizes(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    for (int round = 0; round < 200; round++) {
        const size_t n = 2 + (size_t)ml_rng_below(&rng, 60), k = 2 + (size_t)ml_rng_below(&rng, n - 1);
        uint32_t fold[64], size[64] = {0};
        assert_int_equal(ml_kfold(n, k, &rng, fold, &error), ML_OK);
        for (size_t i = 0; i < n; i++) {
            assert_true(fold[i] < k);
            size[fold[i]]++;
        }
        for (size_t f = 0; f < k; f++)
            assert_int_equal(size[f], n / k + (f < n % k));
    }
}

/* 9 rows in 3 folds: a row is in each fold with chance 1/3, and so is each pair of rows in the same fold with chance
 * 2/8. The bounds are five standard deviations. */
static void test_every_row_is_as_likely_in_every_fold(void **state) {
    (void)state;
    enum { N = 9, K = 3, ROUNDS = 20000 };
    int in_fold[N][K] = {{0}}, together = 0;
    ml_rng rng = ml_rng_seed(5, 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t fold[N];
        assert_int_equal(ml_kfold(N, K, &rng, fold, &error), ML_OK);
        for (size_t i = 0; i < N; i++)
            in_fold[i][fold[i]]++;
        together += fold[0] == fold[1];
    }
    for (size_t i = 0; i < N; i++)
        for (size_t f = 0; f < K; f++)
            assert_in_range(in_fold[i][f], ROUNDS / 3 - 334, ROUNDS / 3 + 334);
    assert_in_range(together, ROUNDS / 4 - 307, ROUNDS / 4 + 307);
}

static void test_bad_arguments_are_refused(void **state) {
    (void)state;
    const size_t bad[][2] = {{5, 0}, {5, 1}, {5, 6}, {0, 2}, {1, 2}};
    ml_rng rng = ml_rng_seed(6, 0), before = rng;
    uint32_t fold[5] = {9};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(ml_kfold(bad[i][0], bad[i][1], &rng, fold, &error), ML_EINVAL);
    assert_string_equal(error.message, "2 folds of 1 rows; it takes at least 2 folds, and a row for each");
    if (sizeof(size_t) > 4)
        assert_int_equal(ml_kfold(UINT32_MAX, 2, &rng, fold, &error), ML_EINVAL);
    assert_int_equal(fold[0], 9);
    assert_memory_equal(&rng, &before, sizeof rng);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folds_in_order_agree_with_scikit_learn),
        cmocka_unit_test(test_random_folds_have_the_same_sizes),
        cmocka_unit_test(test_every_row_is_as_likely_in_every_fold),
        cmocka_unit_test(test_bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
