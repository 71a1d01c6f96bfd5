/* Fills, indicators and neighbours against scikit-learn, and the holes that no one can fill. */
#include "golden/features_golden.h"
#include "unit/features/features_test.h"

enum { D = 3, N = COUNT(features_holes) / D, M = COUNT(features_holes_serve) / D };

static void test_fills_are_those_of_scikit_learn(void **state) {
    (void)state;
    const struct {
        ml_fill kind;
        const char *name;
        const double *expected;
    } cases[] = {{ML_FILL_MEAN, "fill, mean", golden_fill_mean},
                 {ML_FILL_MEDIAN, "fill, median", golden_fill_median},
                 {ML_FILL_MOST_FREQUENT, "fill, most frequent", golden_fill_most_frequent}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        ml_arena arena = fresh_arena();
        double fill[D], out[M * D];
        assert_int_equal(ml_fill_fit(cases[i].kind, 0, N, D, features_holes, fill, &arena, &error), ML_OK);
        assert_int_equal(arena.used, 0);
        ml_fill_apply(D, fill, M, features_holes_serve, out);
        assert_all_near(cases[i].name, M * D, out, cases[i].expected, 1e-14);
    }
    double out[M * D];
    ml_missing_indicator(D, M, features_holes_serve, out);
    assert_all_near("indicator", M * D, out, golden_indicator, 0);
}

static void test_neighbours_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    double out[N * D];
    assert_int_equal(ml_knn_impute(N, D, features_far, 1, M, features_far_serve, out, &arena, &error), ML_OK);
    assert_all_near("1 neighbour", M * D, out, golden_knn_impute_1, 1e-14);
    assert_int_equal(ml_knn_impute(N, D, features_far, 4, M, features_far_serve, out, &arena, &error), ML_OK);
    assert_all_near("4 neighbours", M * D, out, golden_knn_impute_4, 1e-14);
    memcpy(out, features_far, sizeof out); /* in place */
    assert_int_equal(ml_knn_impute(N, D, features_far, 3, N, out, out, &arena, &error), ML_OK);
    assert_all_near("3 neighbours, training rows", N * D, out, golden_knn_impute_itself, 1e-14);
    assert_int_equal(arena.used, 0);
}

static void test_where_no_row_is_near_the_mean_stands_in(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    const double nan = (double)NAN, train[] = {1, nan, nan, 3, nan, nan}, row[] = {nan, 5, nan};
    double out[3];
    assert_int_equal(ml_knn_impute(2, 3, train, 9, 1, row, out, &arena, &error), ML_OK);
    assert_true(out[0] == 2.0 && out[1] == 5.0 && out[2] == 0.0);
}

/* 2,000 random tables: the median has half on either side, zero is a value, and large ones do not overflow. */
static void test_medians_have_half_of_the_values_on_either_side(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(5, 0);
    for (int round = 0; round < 2000; round++) {
        ml_arena arena = fresh_arena();
        double x[20], median;
        const size_t n = 1 + (size_t)ml_rng_below(&rng, 20);
        fill_normal(&rng, n, 0.2, x);
        assert_int_equal(ml_fill_fit(ML_FILL_MEDIAN, -9, n, 1, x, &median, &arena, &error), ML_OK);
        size_t below = 0, above = 0, present = 0;
        for (size_t i = 0; i < n; i++) {
            below += x[i] <= median;
            above += x[i] >= median;
            present += !isnan(x[i]);
        }
        assert_true(present == 0 ? median == -9 : 2 * below >= present && 2 * above >= present);
    }
    ml_arena arena = fresh_arena();
    const double zeros[] = {0, (double)NAN, 0, 4}, large[] = {1.7e308, 1.7e308}, wide[] = {-1.7e308, 1.7e308};
    double median;
    assert_int_equal(ml_fill_fit(ML_FILL_MEDIAN, 1, 4, 1, zeros, &median, &arena, &error), ML_OK);
    assert_true(median == 0.0);
    assert_int_equal(ml_fill_fit(ML_FILL_MEDIAN, 1, 2, 1, large, &median, &arena, &error), ML_OK);
    assert_true(median == 1.7e308);
    assert_int_equal(ml_fill_fit(ML_FILL_MEDIAN, 1, 2, 1, wide, &median, &arena, &error), ML_OK);
    assert_true(median == 0.0);
    assert_int_equal(ml_fill_fit(ML_FILL_CONSTANT, 6, 2, 1, wide, &median, &arena, &error), ML_OK);
    assert_true(median == 6.0);
}

static void test_bad_input_is_refused_and_outputs_stay(void **state) {
    (void)state;
    ml_arena arena = fresh_arena(), tiny = ml_arena_over(memory, 64);
    const double infinite[] = {INFINITY, 1}, huge[] = {1.5e308, 1e308}, x[] = {1, 2};
    double fill = 7, out[2] = {8, 8};
    assert_fails(ml_fill_fit(9, 0, 2, 1, x, &fill, &arena, &error), ML_EINVAL, "unknown");
    assert_fails(ml_fill_fit(ML_FILL_MEAN, INFINITY, 2, 1, x, &fill, &arena, &error), ML_EINVAL, "constant");
    assert_fails(ml_fill_fit(ML_FILL_MEAN, 0, 0, 1, x, &fill, &arena, &error), ML_EINVAL, "one of each");
    assert_fails(ml_fill_fit(ML_FILL_MEAN, 0, 2, 1, infinite, &fill, &arena, &error), ML_EINVAL, "infinite");
    assert_fails(ml_fill_fit(ML_FILL_MEAN, 0, 2, 1, huge, &fill, &arena, &error), ML_EINVAL, "overflows");
    assert_fails(ml_fill_fit(ML_FILL_MEAN, 0, 2, 1, x, &fill, &tiny, &error), ML_ENOMEM, "memory");
    assert_fails(ml_knn_impute(2, 1, x, 0, 2, x, out, &arena, &error), ML_EINVAL, "neighbours");
    assert_fails(ml_knn_impute(2, 1, infinite, 1, 2, x, out, &arena, &error), ML_EINVAL, "infinite");
    assert_fails(ml_knn_impute(2, 1, x, 1, 2, infinite, out, &arena, &error), ML_EINVAL, "infinite");
    assert_fails(ml_knn_impute(2, 1, x, 1, 2, x, out, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(fill == 7 && out[0] == 8 && arena.used == 0 && tiny.used == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fills_are_those_of_scikit_learn),
        cmocka_unit_test(test_neighbours_are_those_of_scikit_learn),
        cmocka_unit_test(test_where_no_row_is_near_the_mean_stands_in),
        cmocka_unit_test(test_medians_have_half_of_the_values_on_either_side),
        cmocka_unit_test(test_bad_input_is_refused_and_outputs_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
