/* Splits: folds as scikit-learn's; every row on one side; no group and no time on both; and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/splits_golden.h"
#include "ml.h"
#include "unit/data/chi_squared.h"

static _Alignas(64) unsigned char block[1 << 18];
static ml_arena arena;
static ml_error error;

enum { MOST = 120 };

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    return 0;
}

static void test_folds_agree_with_scikit_learn(void **state) {
    (void)state;
    uint32_t fold[MOST];
    const int32_t *label = stratified_label, *group = grouped_group, *expected = stratified_fold;
    for (size_t c = 0; c < STRATIFIED_CASES; c++) {
        const size_t n = (size_t)stratified_case[3 * c];
        assert_int_equal(ml_kfold_stratified(n, (const uint32_t *)label, (size_t)stratified_case[3 * c + 1],
                                             (size_t)stratified_case[3 * c + 2], NULL, fold, &arena, &error),
                         ML_OK);
        assert_memory_equal(fold, expected, n * sizeof *fold);
        label += n;
        expected += n;
    }
    expected = grouped_fold;
    for (size_t c = 0; c < GROUPED_CASES; c++) {
        const size_t n = (size_t)grouped_case[2 * c];
        assert_int_equal(ml_kfold_grouped(n, group, (size_t)grouped_case[2 * c + 1], fold, &arena, &error), ML_OK);
        assert_memory_equal(fold, expected, n * sizeof *fold);
        group += n;
        expected += n;
    }
    expected = time_fold;
    for (size_t c = 0; c < TIME_CASES; c++) {
        const int32_t *t = time_case + 5 * c;
        ml_time_fold split[10];
        assert_int_equal(
            ml_kfold_time((size_t)t[0], (size_t)t[1], (size_t)t[2], (size_t)t[3], (size_t)t[4], split, &error), ML_OK);
        for (int32_t f = 0; f < t[1]; f++, expected += 4)
            assert_true((int32_t)split[f].train_begin == expected[0] && (int32_t)split[f].train_end == expected[1] &&
                        (int32_t)split[f].test_begin == expected[2] && (int32_t)split[f].test_end == expected[3]);
    }
    assert_int_equal(arena.used, 0);
}

/* The example of the challenge group-kfold. */
static void test_equal_groups_go_by_their_number(void **state) {
    (void)state;
    const int32_t group[8] = {5, 5, 9, 9, 5, 2, 2, 7}, odd[4] = {-1, -1, 2000000000, -2000000000};
    const uint32_t expected[8] = {0, 0, 1, 1, 0, 1, 1, 0}, odd_expected[4] = {0, 0, 2, 1};
    uint32_t fold[8];
    assert_int_equal(ml_kfold_grouped(8, group, 2, fold, &arena, &error), ML_OK);
    assert_memory_equal(fold, expected, sizeof expected);
    assert_int_equal(ml_kfold_grouped(4, odd, 3, fold, &arena, &error), ML_OK);
    assert_memory_equal(fold, odd_expected, sizeof odd_expected);
}

static void test_folds_of_classes_are_even_and_random_ones_too(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(121, 0);
    for (int round = 0; round < 1000; round++) {
        const size_t classes = 1 + (size_t)ml_rng_below(&rng, 5), k = 2 + (size_t)ml_rng_below(&rng, 6);
        const size_t n = k * classes + (size_t)ml_rng_below(&rng, MOST - k * classes + 1);
        uint32_t label[MOST], fold[MOST], count[5] = {0}, in_fold[5][8] = {{0}}, size[8] = {0};
        for (size_t i = 0; i < n; i++)
            count[label[i] = (uint32_t)ml_rng_below(&rng, classes)]++;
        uint32_t largest = 0;
        for (size_t c = 0; c < classes; c++)
            largest = count[c] > largest ? count[c] : largest;
        const ml_status status =
            ml_kfold_stratified(n, label, classes, k, round % 2 ? &rng : NULL, fold, &arena, &error);
        assert_int_equal(status, largest < k ? ML_EINVAL : ML_OK);
        if (status != ML_OK)
            continue;
        for (size_t i = 0; i < n; i++) {
            assert_true(fold[i] < k);
            in_fold[label[i]][fold[i]]++;
            size[fold[i]]++;
        }
        for (size_t f = 0; f < k; f++) {
            assert_in_range(size[f], n / k, (n + k - 1) / k);
            for (size_t c = 0; c < classes; c++)
                assert_in_range(in_fold[c][f], count[c] / k, (count[c] + k - 1) / k);
        }
    }
}

static void test_random_folds_put_every_row_everywhere_alike(void **state) {
    (void)state;
    enum { N = 10, K = 3, ROUNDS = 30000 };
    const uint32_t label[N] = {0, 1, 0, 0, 1, 1, 0, 1, 0, 0};
    double count[N * K] = {0}, expected[N * K];
    ml_rng rng = ml_rng_seed(122, 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t fold[N];
        assert_int_equal(ml_kfold_stratified(N, label, 2, K, &rng, fold, &arena, &error), ML_OK);
        for (size_t i = 0; i < N; i++)
            count[i * K + fold[i]]++;
    }
    /* six rows of class 0, two a fold; four of class 1, the deal going on with fold 0: 2, 1, 1 */
    for (size_t i = 0; i < N; i++)
        for (size_t f = 0; f < K; f++)
            expected[i * K + f] = label[i] == 0 ? ROUNDS / 3.0 : f == 0 ? ROUNDS / 2.0 : ROUNDS / 4.0;
    for (size_t i = 0; i < N; i++)
        assert_true(agrees(K, count + i * K, expected + i * K, 1.0));
}

static void test_no_group_is_on_both_sides_and_the_share_is_near(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(123, 0);
    double tested[6] = {0};
    for (int round = 0; round < 2000; round++) {
        const size_t n = 12 + (size_t)ml_rng_below(&rng, MOST - 11);
        int32_t group[MOST];
        uint32_t order[MOST], size[20] = {0}, largest = 0;
        bool in_test[20] = {false}, seen[MOST] = {false};
        size_t n_train;
        for (size_t i = 0; i < n; i++) {
            const uint32_t g = i < 12 ? (uint32_t)i : (uint32_t)ml_rng_below(&rng, 20);
            group[i] = (int32_t)g * 100 - 900;
            size[g]++;
        }
        for (size_t g = 0; g < 20; g++)
            largest = size[g] > largest ? size[g] : largest;
        const double share = 0.05 + 0.9 * ml_rng_uniform(&rng);
        assert_int_equal(ml_split_grouped(n, group, share, &rng, order, &n_train, &arena, &error), ML_OK);
        assert_true(n_train > 0 && n_train < n);
        for (size_t i = 0; i < n; i++) {
            assert_false(seen[order[i]]);
            seen[order[i]] = true;
            assert_true(i == 0 || i == n_train || order[i] > order[i - 1]);
            const size_t g = (size_t)(group[order[i]] + 900) / 100;
            in_test[g] |= i >= n_train;
            assert_true(i < n_train || in_test[g]);
        }
        for (size_t i = 0; i < n_train; i++)
            assert_false(in_test[(size_t)(group[order[i]] + 900) / 100]);
        assert_true(fabs((double)(n - n_train) - share * (double)n) <= largest);
    }
    const int32_t six[6] = {3, 1, 4, 1, 5, 9};
    double expected[6];
    for (int round = 0; round < 20000; round++) {
        uint32_t order[6];
        size_t n_train;
        assert_int_equal(ml_split_grouped(6, six, 0.1, &rng, order, &n_train, &arena, &error), ML_OK);
        for (size_t i = n_train; i < 6; i++)
            tested[order[i]]++;
    }
    for (size_t i = 0; i < 6; i++)
        expected[i] = 4000.0; /* one group of five: each row of group 1 counts with the other */
    assert_true(agrees(6, tested, expected, 1.0));
}

static void test_the_past_comes_before_the_gap_and_the_test_after_it(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(124, 0);
    for (int round = 0; round < 2000; round++) {
        const size_t n = 10 + (size_t)ml_rng_below(&rng, MOST - 9);
        double time[MOST];
        uint32_t order[MOST];
        size_t n_train, n_test;
        for (size_t i = 0; i < n; i++)
            time[i] = (double)ml_rng_below(&rng, 40) - 20.0;
        const double gap = round % 3 == 0 ? 0.0 : (double)ml_rng_below(&rng, 5);
        const double share = 0.05 + 0.6 * ml_rng_uniform(&rng);
        const ml_status status = ml_split_time(n, time, share, gap, order, &n_train, &n_test, &arena, &error);
        if (status != ML_OK)
            continue;
        assert_true(n_train > 0 && n_train + n_test <= n && (double)n_test >= share * (double)n);
        for (size_t i = 1; i < n; i++)
            assert_true(time[order[i - 1]] < time[order[i]] ||
                        (time[order[i - 1]] == time[order[i]] && order[i - 1] < order[i]));
        const double first = time[order[n - n_test]], last = time[order[n_train - 1]];
        assert_true(last < first && last <= first - gap);
        if (n_train + n_test < n)
            assert_true(gap > 0.0 && time[order[n_train]] > first - gap);
    }
}

static void assert_refused(ml_status status, ml_status expected, const char *word) {
    assert_int_equal(status, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' lacks '%s'", error.message, word);
}

static void test_bad_arguments_are_refused(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(125, 0), before = rng;
    const int32_t group[4] = {1, 1, 2, 2}, same[3] = {7, 7, 7};
    const double time[3] = {1.0, 2.0, 3.0}, equal[3] = {1.0, 1.0, 1.0}, odd[3] = {1.0, (double)NAN, 2.0};
    const uint32_t label[4] = {0, 1, 0, 2};
    uint32_t order[4] = {9}, fold[4] = {9};
    size_t n_train = 9, n_test = 9;
    ml_time_fold split[3] = {{.train_end = 9}};
    ml_arena tiny = ml_arena_over(block, 100);
    assert_refused(ml_split_grouped(3, same, 0.5, &rng, order, &n_train, &arena, &error), ML_EINVAL, "1 group");
    assert_refused(ml_split_grouped(0, same, 0.5, &rng, order, &n_train, &arena, &error), ML_EINVAL, "0 group");
    assert_refused(ml_split_grouped(4, group, 1.0, &rng, order, &n_train, &arena, &error), ML_EINVAL, "share is 1");
    assert_refused(ml_split_grouped(4, group, 0.5, &rng, order, &n_train, &tiny, &error), ML_ENOMEM, "memory");
    assert_refused(ml_split_grouped(UINT32_MAX, group, 0.5, &rng, order, &n_train, &tiny, &error), ML_EINVAL, "many");
    assert_refused(ml_split_time(3, time, (double)NAN, 0.0, order, &n_train, &n_test, &arena, &error), ML_EINVAL,
                   "share");
    assert_refused(ml_split_time(3, time, 0.5, -1.0, order, &n_train, &n_test, &arena, &error), ML_EINVAL, "gap");
    assert_refused(ml_split_time(1, time, 0.5, 0.0, order, &n_train, &n_test, &arena, &error), ML_EINVAL, "1 rows");
    assert_refused(ml_split_time(3, odd, 0.5, 0.0, order, &n_train, &n_test, &arena, &error), ML_EINVAL, "row 1");
    tiny.used = 100;
    assert_refused(ml_split_time(3, time, 0.5, 0.0, order, &n_train, &n_test, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(order[0] == 9);
    assert_refused(ml_split_time(3, equal, 0.5, 0.0, order, &n_train, &n_test, &arena, &error), ML_EINVAL, "training");
    assert_refused(ml_split_time(3, time, 0.5, 5.0, order, &n_train, &n_test, &arena, &error), ML_EINVAL, "gap of 5");
    assert_refused(ml_kfold_stratified(4, label, 3, 1, NULL, fold, &arena, &error), ML_EINVAL, "at least 2");
    assert_refused(ml_kfold_stratified(4, label, 2, 2, &rng, fold, &arena, &error), ML_EINVAL, "label of row 3");
    assert_refused(ml_kfold_stratified(4, label, 3, 3, &rng, fold, &arena, &error), ML_EINVAL, "more than 2 rows");
    assert_refused(ml_kfold_stratified(4, label, 3, 2, &rng, fold, &tiny, &error), ML_ENOMEM, "memory");
    assert_refused(ml_kfold_grouped(4, group, 1, fold, &arena, &error), ML_EINVAL, "at least 2");
    assert_refused(ml_kfold_grouped(4, group, 3, fold, &arena, &error), ML_EINVAL, "3 folds of 2 groups");
    tiny.used = 0;
    for (tiny.capacity = 0; tiny.capacity < 500; tiny.capacity += 64)
        if (ml_kfold_grouped(4, group, 2, fold, &tiny, &error) == ML_OK)
            break;
        else
            assert_non_null(strstr(error.message, "memory"));
    assert_in_range(tiny.capacity, 320, 499);
    assert_refused(ml_kfold_time(5, 0, 0, 0, 0, split, &error), ML_EINVAL, "0 folds");
    assert_refused(ml_kfold_time(5, 5, 0, 0, 0, split, &error), ML_EINVAL, "smaller");
    assert_refused(ml_kfold_time(10, 3, 3, 1, 0, split, &error), ML_EINVAL, "gap of 1");
    assert_refused(ml_kfold_time(0, 3, 3, 0, 0, split, &error), ML_EINVAL, "of 0 for training");
    assert_true(n_train == 9 && n_test == 9 && split[0].train_end == 9);
    assert_memory_equal(&rng, &before, sizeof rng);
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_folds_agree_with_scikit_learn),
        TEST(test_equal_groups_go_by_their_number),
        TEST(test_folds_of_classes_are_even_and_random_ones_too),
        TEST(test_random_folds_put_every_row_everywhere_alike),
        TEST(test_no_group_is_on_both_sides_and_the_share_is_near),
        TEST(test_the_past_comes_before_the_gap_and_the_test_after_it),
        TEST(test_bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
