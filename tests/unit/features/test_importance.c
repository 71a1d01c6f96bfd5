/* Permutation importance against its expectation, Shapley values against all orders and their axioms. */
#include "golden/features_golden.h"
#include "unit/features/features_test.h"

enum { N = 1000, D = 3 };

static void linear(const void *model, size_t n, size_t d, const double *x, double *predicted) {
    const double *const weight = model;
    for (size_t i = 0; i < n; i++) {
        predicted[i] = 0;
        for (size_t j = 0; j < d; j++)
            predicted[i] += weight[j] * x[i * d + j];
    }
}

/* The golden script has the same. */
static void crossed(const void *model, size_t n, size_t d, const double *x, double *predicted) {
    (void)model;
    for (size_t i = 0; i < n; i++) {
        const double *const row = x + i * d;
        predicted[i] = row[0] * row[1] + 2 * row[2] + row[0] * row[2] * row[3];
    }
}

static void nowhere(const void *model, size_t n, size_t d, const double *x, double *predicted) {
    (void)model, (void)d, (void)x;
    for (size_t i = 0; i < n; i++)
        predicted[i] = (double)NAN;
}

static double absolute(size_t n, const double *y, const double *predicted) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(y[i] - predicted[i]);
    return sum / (double)n;
}

static void standardised(double *x) {
    ml_arena arena = fresh_arena();
    ml_rng rng = ml_rng_seed(2, 0);
    ml_scaler scaler[D];
    fill_normal(&rng, N * D, 0, x);
    assert_int_equal(ml_scaler_fit(ML_SCALE_STANDARD, N, D, x, scaler, &arena, &error), ML_OK);
    ml_scaler_apply(D, scaler, N, x, x);
}

static void test_permutation_of_a_linear_model_gives_twice_its_variance(void **state) {
    (void)state;
    static double x[N * D], kept[N * D], y[N];
    const double weight[D] = {2, 0, 0.5};
    double importance[D], group;
    ml_arena arena = fresh_arena();
    ml_rng rng = ml_rng_seed(1, 0);
    standardised(x);
    memcpy(kept, x, sizeof x);
    linear(weight, N, D, x, y);
    assert_int_equal(ml_permutation_importance(linear, weight, N, D, x, y, NULL, 10, &rng, importance, &arena, &error),
                     ML_OK);
    assert_near(importance[0], 8.0, 0.8);
    assert_true(importance[1] == 0.0); /* exactly: and so every column was put back */
    assert_near(importance[2], 0.5, 0.06);
    assert_memory_equal(x, kept, sizeof x);
    const uint32_t both[] = {0, 2};
    assert_int_equal(
        ml_permutation_importance_group(linear, weight, N, D, x, y, NULL, 10, 2, both, &rng, &group, &arena, &error),
        ML_OK);
    assert_near(group, 8.5, 0.9);
    assert_int_equal(
        ml_permutation_importance(linear, weight, N, D, x, y, absolute, 5, &rng, importance, &arena, &error), ML_OK);
    assert_near(importance[0], 2.257, 0.15); /* E|2(x - x')| = 2 sqrt(2) sqrt(2/pi) */
    assert_int_equal(arena.used, 0);
}

/* A model that looks at what it is given: each value once, in every call. */
static void spy(const void *model, size_t n, size_t d, const double *x, double *predicted) {
    size_t *const calls = *(size_t *const *)model;
    ++*calls;
    for (size_t j = 0; j < d; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++) {
            sum += x[i * d + j];
            squares += x[i * d + j] * x[i * d + j];
            predicted[i] = 0;
        }
        assert_true(sum == 10 && squares == 30); /* 0 to 4 */
    }
}

static void test_values_are_permuted_and_not_redrawn(void **state) {
    (void)state;
    const double x[] = {0, 1, 1, 0, 2, 4, 3, 3, 4, 2}, y[5] = {0};
    size_t calls = 0, *const counter = &calls;
    double importance[2];
    ml_arena arena = fresh_arena();
    ml_rng rng = ml_rng_seed(1, 0);
    assert_int_equal(ml_permutation_importance(spy, &counter, 5, 2, x, y, NULL, 7, &rng, importance, &arena, &error),
                     ML_OK);
    assert_int_equal(calls, 1 + 2 * 7);
}

static void test_shapley_values_are_those_of_all_orders(void **state) {
    (void)state;
    const size_t d = 4, n = COUNT(features_background) / d;
    double phi[4], sampled[4], standard_error[4];
    ml_arena arena = fresh_arena();
    ml_rng rng = ml_rng_seed(1, 0);
    assert_int_equal(
        ml_shapley_exact(crossed, NULL, d, features_explained, n, features_background, phi, &arena, &error), ML_OK);
    assert_all_near("Shapley, exact", d, phi, golden_shapley, 1e-14);
    assert_int_equal(ml_shapley_sample(crossed, NULL, d, features_explained, n, features_background, 2000, &rng,
                                       sampled, standard_error, &arena, &error),
                     ML_OK);
    for (size_t j = 0; j < d; j++) {
        assert_near(sampled[j], phi[j], 4 * standard_error[j] + 1e-12);
        assert_true(standard_error[j] < 0.05);
    }
    assert_int_equal(arena.used, 0);
}

/* 300 random linear models: phi = w (x - mean), and the shares add up, exact or sampled. */
static void test_shares_of_linear_models_and_their_sum(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(6, 0);
    for (int round = 0; round < 300; round++) {
        ml_arena arena = fresh_arena();
        enum { ROWS = 5 };
        const size_t d = 1 + (size_t)ml_rng_below(&rng, 6);
        double weight[6], x[6], background[ROWS * 6], phi[6], sampled[6], spread[6], sum = 0, expected = 0;
        fill_normal(&rng, d, 0, weight);
        fill_normal(&rng, d, 0, x);
        fill_normal(&rng, ROWS * d, 0, background);
        assert_int_equal(ml_shapley_exact(linear, weight, d, x, ROWS, background, phi, &arena, &error), ML_OK);
        assert_int_equal(ml_shapley_sample(linear, weight, d, x, ROWS, background, 1 + round % 3, &rng, sampled, spread,
                                           &arena, &error),
                         ML_OK);
        for (size_t j = 0; j < d; j++) {
            double mean = 0;
            for (size_t i = 0; i < ROWS; i++)
                mean += background[i * d + j] / ROWS;
            assert_near(phi[j], weight[j] * (x[j] - mean), 1e-12);
            assert_near(sampled[j], phi[j], 1e-12); /* of a linear model each order says the same */
            sum += sampled[j];
            expected += weight[j] * (x[j] - mean);
        }
        assert_near(sum, expected, 1e-12);
    }
}

static void test_bad_input_is_refused_and_outputs_stay(void **state) {
    (void)state;
    ml_arena arena = fresh_arena(), tiny = ml_arena_over(memory, 64);
    ml_rng rng = ml_rng_seed(1, 0);
    const double x[20] = {0}, weight[2] = {1, 1};
    const uint32_t two = 2;
    double out[2] = {7, 7}, spread[2];
    assert_fails(ml_permutation_importance(linear, weight, 0, 2, x, x, NULL, 1, &rng, out, &arena, &error), ML_EINVAL,
                 "at least 1");
    assert_fails(ml_permutation_importance(linear, weight, 2, 2, x, x, NULL, 0, &rng, out, &arena, &error), ML_EINVAL,
                 "at least 1");
    assert_fails(ml_permutation_importance(linear, weight, 2, 2, x, x, NULL, 1, &rng, out, &tiny, &error), ML_ENOMEM,
                 "memory");
    assert_fails(
        ml_permutation_importance_group(linear, weight, 2, 2, x, x, NULL, 1, 1, &two, &rng, out, &arena, &error),
        ML_EINVAL, "exist");
    assert_fails(ml_shapley_exact(linear, weight, 17, x, 1, x, out, &arena, &error), ML_EINVAL, "sampled");
    assert_fails(ml_shapley_exact(linear, weight, 2, x, 0, x, out, &arena, &error), ML_EINVAL, "row");
    assert_fails(ml_shapley_exact(nowhere, NULL, 2, x, 1, x, out, &arena, &error), ML_EDIVERGED, "prediction");
    assert_fails(ml_shapley_exact(linear, weight, 2, x, 1, x, out, &tiny, &error), ML_ENOMEM, "memory");
    assert_fails(ml_shapley_sample(linear, weight, 2, x, 1, x, 0, &rng, out, spread, &arena, &error), ML_EINVAL,
                 "rounds");
    assert_fails(ml_shapley_sample(nowhere, NULL, 2, x, 1, x, 1, &rng, out, spread, &arena, &error), ML_EDIVERGED,
                 "prediction");
    assert_fails(ml_shapley_sample(linear, weight, 2, x, 1, x, 1, &rng, out, spread, &tiny, &error), ML_ENOMEM,
                 "memory");
    assert_true(out[0] == 7 && out[1] == 7 && arena.used == 0 && tiny.used == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_permutation_of_a_linear_model_gives_twice_its_variance),
        cmocka_unit_test(test_values_are_permuted_and_not_redrawn),
        cmocka_unit_test(test_shapley_values_are_those_of_all_orders),
        cmocka_unit_test(test_shares_of_linear_models_and_their_sum),
        cmocka_unit_test(test_bad_input_is_refused_and_outputs_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
