/* Nearest neighbours: against scikit-learn, ties, and what must hold of any rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/knn_golden.h"
#include "ml.h"

static unsigned char block[1 << 12];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    error.message[0] = '\0';
    return 0;
}

/* Scratch must have been given back. */
static int given_back(void **state) {
    (void)state;
    assert_int_equal(arena.used, 0);
    return 0;
}

static void test_neighbours_agree_with_scikit_learn(void **state) {
    (void)state;
    uint32_t nearest[KNN_QUERIES * KNN_K];
    double distance[KNN_QUERIES * KNN_K];
    assert_int_equal(
        ml_knn_nearest(KNN_N, KNN_D, knn_x, KNN_K, KNN_QUERIES, knn_query, nearest, distance, &error), ML_OK);
    assert_memory_equal(nearest, knn_nearest, sizeof nearest);
    for (size_t i = 0; i < KNN_QUERIES * KNN_K; i++)
        assert_true(fabs(sqrt(distance[i]) - knn_distance[i]) <= 1e-9 * knn_distance[i]);
}

static void test_classes_agree_with_scikit_learn(void **state) {
    (void)state;
    uint8_t predicted[KNN_QUERIES];
    for (size_t k = 1; k <= KNN_K; k++) {
        assert_int_equal(ml_knn_classify(KNN_N, KNN_D, knn_x, knn_label, k, KNN_QUERIES, knn_query, predicted, &arena,
                                         &error),
                         ML_OK);
        assert_memory_equal(predicted, knn_predicted + (k - 1) * KNN_QUERIES, sizeof predicted);
    }
}

static void test_of_rows_at_one_distance_the_lower_comes_first(void **state) {
    (void)state;
    const double x[] = {2, -1, 1, 0, 1, -1, 2, 0}, query = 0; /* one feature */
    const uint32_t expected[] = {3, 7, 1, 2, 4, 5, 0, 6};
    for (size_t k = 1; k <= 8; k++) {
        uint32_t nearest[8];
        double distance[8];
        assert_int_equal(ml_knn_nearest(8, 1, x, k, 1, &query, nearest, distance, &error), ML_OK);
        assert_memory_equal(nearest, expected, k * sizeof *expected);
        for (size_t i = 0; i < k; i++)
            assert_true(distance[i] == x[expected[i]] * x[expected[i]]);
    }
}

static void test_a_tied_vote_goes_to_the_lowest_label(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, 4, 5}, query = 0;
    const uint8_t label[] = {200, 7, 9, 7, 9}, expected[] = {200, 7, 7, 7, 7};
    for (size_t k = 1; k <= 5; k++) {
        uint8_t predicted = 0;
        assert_int_equal(ml_knn_classify(5, 1, x, label, k, 1, &query, &predicted, &arena, &error), ML_OK);
        assert_int_equal(predicted, expected[k - 1]);
    }
}

/* Against a sort of all distances, over seeded random rows on a coarse grid, so that there are many ties. */
static void test_nearest_is_a_stable_sort_cut_short(void **state) {
    (void)state;
    enum { MOST = 40, D = 2 };
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        ml_rng rng = ml_rng_seed(seed, 0);
        const size_t n = 1 + (size_t)ml_rng_below(&rng, MOST), k = 1 + (size_t)ml_rng_below(&rng, n);
        double x[MOST * D], query[D], all[MOST], distance[MOST];
        uint32_t order[MOST], scratch[MOST], nearest[MOST];
        for (size_t i = 0; i < n * D; i++)
            x[i] = (double)ml_rng_below(&rng, 6);
        for (size_t j = 0; j < D; j++)
            query[j] = (double)ml_rng_below(&rng, 6);
        for (size_t i = 0; i < n; i++)
            all[i] = (x[i * D] - query[0]) * (x[i * D] - query[0]) +
                     (x[i * D + 1] - query[1]) * (x[i * D + 1] - query[1]);
        ml_argsort_double(n, all, order, scratch);
        assert_int_equal(ml_knn_nearest(n, D, x, k, 1, query, nearest, distance, &error), ML_OK);
        assert_memory_equal(nearest, order, k * sizeof *order);
        for (size_t i = 0; i < k; i++)
            assert_true(distance[i] == all[order[i]]);
    }
}

static void test_distances_that_overflow_are_infinite_and_last(void **state) {
    (void)state;
    const double x[] = {1e300, 3, -1e300}, query = 1;
    uint32_t nearest[3];
    double distance[3];
    assert_int_equal(ml_knn_nearest(3, 1, x, 3, 1, &query, nearest, distance, &error), ML_OK);
    assert_true(nearest[0] == 1 && nearest[1] == 0 && nearest[2] == 2);
    assert_true(distance[0] == 4 && isinf(distance[1]) && isinf(distance[2]));
}

static void assert_fails(ml_status got, ml_status expected, const char *sentence) {
    assert_int_equal(got, expected);
    assert_string_equal(error.message, sentence);
}

static void test_errors(void **state) {
    (void)state;
    const double x[] = {1, 2}, missing[] = {1, (double)NAN};
    const uint8_t label[] = {0, 1};
    uint32_t nearest[2] = {7, 7};
    double distance[2] = {7, 7};
    uint8_t predicted[2] = {7, 7};
    assert_fails(ml_knn_nearest(0, 1, x, 1, 1, x, nearest, distance, &error), ML_EINVAL,
                 "0 rows of 1 features; a model needs at least one of each");
    assert_fails(ml_knn_nearest(2, 1, x, 0, 1, x, nearest, distance, &error), ML_EINVAL,
                 "k is 0; it is at least 1, and at most the number of rows, 2");
    assert_fails(ml_knn_classify(2, 1, x, label, 3, 1, x, predicted, &arena, &error), ML_EINVAL,
                 "k is 3; it is at least 1, and at most the number of rows, 2");
    assert_fails(ml_knn_nearest(2, 1, missing, 1, 1, x, nearest, distance, &error), ML_EINVAL,
                 "row 1, feature 0 is nan; fill in missing values first");
    assert_fails(ml_knn_classify(2, 1, x, label, 1, 2, missing, predicted, &arena, &error), ML_EINVAL,
                 "row 1, feature 0 is nan; fill in missing values first");
    ml_arena small = ml_arena_over(block, 64);
    assert_fails(ml_knn_classify(2, 1, x, label, 1, 1, x, predicted, &small, &error), ML_ENOMEM,
                 "nearest neighbours: 2 rows of 1 features do not fit into the memory; use fewer");
    assert_int_equal(small.used, 0);
    assert_true(nearest[0] == 7 && distance[0] == 7 && predicted[0] == 7);
    assert_int_equal(ml_knn_nearest(2, 1, x, 1, 0, NULL, NULL, NULL, NULL), ML_OK);
    assert_int_equal(ml_knn_classify(2, 1, x, label, 1, 0, NULL, NULL, &arena, NULL), ML_OK);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, given_back)
    const struct CMUnitTest tests[] = {
        TEST(test_neighbours_agree_with_scikit_learn),
        TEST(test_classes_agree_with_scikit_learn),
        TEST(test_of_rows_at_one_distance_the_lower_comes_first),
        TEST(test_a_tied_vote_goes_to_the_lowest_label),
        TEST(test_nearest_is_a_stable_sort_cut_short),
        TEST(test_distances_that_overflow_are_infinite_and_last),
        TEST(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
