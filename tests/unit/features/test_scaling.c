/* Scalers and quantile maps against scikit-learn, and what they do with holes, constants and outliers. */
#include "golden/features_golden.h"
#include "unit/features/features_test.h"

static void check_scaler(ml_scaling kind, size_t n, size_t d, const double *x, size_t n_serve, const double *serve,
                         const char *name, const double *expected) {
    ml_arena arena = fresh_arena();
    ml_scaler scaler[3];
    double out[64], back[64];
    assert_int_equal(ml_scaler_fit(kind, n, d, x, scaler, &arena, &error), ML_OK);
    assert_int_equal(arena.used, 0);
    ml_scaler_apply(d, scaler, n_serve, serve, out);
    assert_all_near(name, n_serve * d, out, expected, 1e-13);
    ml_scaler_invert(d, scaler, n_serve, out, back);
    for (size_t i = 0; i < n_serve * d; i++)
        assert_near(back[i], serve[i], 1e-12 * (1.0 + fabs(serve[i])));
}

static void test_scalers_are_those_of_scikit_learn(void **state) {
    (void)state;
    const size_t n = COUNT(features_x) / 3, m = COUNT(features_serve) / 3;
    check_scaler(ML_SCALE_STANDARD, n, 3, features_x, m, features_serve, "standard", golden_standard);
    check_scaler(ML_SCALE_MIN_MAX, n, 3, features_x, m, features_serve, "min-max", golden_min_max);
    check_scaler(ML_SCALE_ROBUST, n, 3, features_x, m, features_serve, "robust", golden_robust);
    check_scaler(ML_SCALE_DEVIATION, n, 3, features_x, m, features_serve, "deviation", golden_deviation);
    check_scaler(ML_SCALE_NONE, n, 3, features_x, m, features_serve, "none", features_serve);
    const size_t s = COUNT(features_skewed) / 2, f = COUNT(features_fresh) / 2;
    check_scaler(ML_SCALE_LOG, s, 2, features_skewed, f, features_fresh, "log", golden_log);
    check_scaler(ML_SCALE_LOG_STANDARD, s, 2, features_skewed, f, features_fresh, "log, standard", golden_log_standard);
}

static void test_constants_scale_by_one_and_small_spreads_do_not(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    ml_scaler s[4];
    double x[4 * 10];
    for (size_t i = 0; i < 10; i++) {
        x[i * 4] = 0.1;                             /* ten times 0.1 do not add up to 1 */
        x[i * 4 + 1] = i % 2 == 0 ? 1e-12 : 3e-12;
        x[i * 4 + 2] = i % 2 == 0 ? 16e6 : 16e6 + 1;
        x[i * 4 + 3] = (double)NAN;
    }
    for (ml_scaling kind = ML_SCALE_NONE; kind <= ML_SCALE_LOG_STANDARD; kind++) {
        assert_int_equal(ml_scaler_fit(kind, 10, 4, x, s, &arena, &error), ML_OK);
        assert_true(s[0].scale == 1.0 && s[3].centre == 0.0 && s[3].scale == 1.0);
    }
    assert_int_equal(ml_scaler_fit(ML_SCALE_STANDARD, 10, 4, x, s, &arena, &error), ML_OK);
    assert_true(s[0].centre == 0.1);
    assert_near(s[1].scale, 1e-12, 1e-26);
    assert_near(s[2].scale, 0.5, 1e-9);
}

static void test_one_outlier_squeezes_the_rest_but_not_under_robust(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    ml_rng rng = ml_rng_seed(1, 0);
    ml_scaler s[3];
    double x[200];
    fill_normal(&rng, 200, 0, x);
    x[0] = 50;
    const ml_scaling kind[] = {ML_SCALE_MIN_MAX, ML_SCALE_STANDARD, ML_SCALE_ROBUST};
    for (int i = 0; i < 3; i++)
        assert_int_equal(ml_scaler_fit(kind[i], 200, 1, x, &s[i], &arena, &error), ML_OK);
    assert_true(s[0].scale > 50 && s[1].scale > 3 && s[2].scale < 1.8);
}

static void test_what_has_no_logarithm_becomes_missing_when_applied(void **state) {
    (void)state;
    const ml_scaler s = {0, 1, true};
    const double x[] = {-1, -2, (double)NAN, 0};
    double out[4];
    ml_scaler_apply(1, &s, 4, x, out);
    assert_true(isnan(out[0]) && isnan(out[1]) && isnan(out[2]) && out[3] == 0.0);
}

static void test_quantile_maps_are_those_of_scikit_learn(void **state) {
    (void)state;
    const size_t n = COUNT(features_tied) / 2, m = COUNT(features_probe) / 2;
    for (int normal = 0; normal < 2; normal++) {
        ml_arena arena = fresh_arena();
        ml_quantile_map map;
        double out[COUNT(features_probe)];
        assert_int_equal(ml_quantile_map_fit(n, 2, features_tied, 11, normal, &map, &arena, &error), ML_OK);
        ml_quantile_map_apply(&map, m, features_probe, out);
        assert_all_near(normal ? "quantile, normal" : "quantile, uniform", m * 2, out,
                        normal ? golden_quantile_normal : golden_quantile_uniform, normal ? 1e-9 : 1e-13);
    }
}

/* 1,000 random columns: ranks in [0, 1], in the order of the values; a column without a value maps to the middle. */
static void test_quantile_maps_keep_order(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(8, 0);
    for (int round = 0; round < 1000; round++) {
        ml_arena arena = fresh_arena();
        ml_quantile_map map;
        double x[30], out[30];
        fill_normal(&rng, 30, round % 2 ? 0.2 : 0, x);
        assert_int_equal(ml_quantile_map_fit(30, 1, x, 2 + ml_rng_below(&rng, 40), false, &map, &arena, &error), ML_OK);
        ml_quantile_map_apply(&map, 30, x, out);
        for (int i = 0; i < 30; i++)
            for (int j = 0; j < 30; j++)
                assert_false(x[i] < x[j] && !(out[i] >= 0.0 && out[i] <= out[j] && out[j] <= 1.0));
    }
    ml_arena arena = fresh_arena();
    ml_quantile_map map;
    const double none[] = {(double)NAN}, x[] = {7, (double)NAN};
    double out[2];
    assert_int_equal(ml_quantile_map_fit(1, 1, none, 3, false, &map, &arena, &error), ML_OK);
    ml_quantile_map_apply(&map, 2, x, out);
    assert_true(out[0] == 0.5 && isnan(out[1]));
}

static void test_bad_input_is_refused_and_outputs_stay(void **state) {
    (void)state;
    ml_arena arena = fresh_arena(), tiny = ml_arena_over(memory, 64);
    ml_scaler s = {7, 8, false}, two[2];
    ml_quantile_map map = {.d = 9};
    const double x[] = {1, -2}, infinite[] = {1, INFINITY}, huge[] = {1e308, -1e308};
    assert_fails(ml_scaler_fit(7, 2, 1, x, &s, &arena, &error), ML_EINVAL, "unknown");
    assert_fails(ml_scaler_fit(ML_SCALE_STANDARD, 0, 1, x, &s, &arena, &error), ML_EINVAL, "one of each");
    assert_fails(ml_scaler_fit(ML_SCALE_STANDARD, 2, 1, infinite, &s, &arena, &error), ML_EINVAL, "infinite");
    assert_fails(ml_scaler_fit(ML_SCALE_LOG, 2, 1, x, &s, &arena, &error), ML_EINVAL, "ln(1 + x)");
    assert_fails(ml_scaler_fit(ML_SCALE_MIN_MAX, 2, 1, huge, &s, &arena, &error), ML_EINVAL, "overflows");
    assert_fails(ml_scaler_fit(ML_SCALE_STANDARD, 1, 2, x, two, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(s.centre == 7 && s.scale == 8);
    assert_fails(ml_quantile_map_fit(2, 1, x, 1, false, &map, &arena, &error), ML_EINVAL, "quantiles");
    assert_fails(ml_quantile_map_fit(2, 1, infinite, 2, false, &map, &arena, &error), ML_EINVAL, "infinite");
    assert_fails(ml_quantile_map_fit(2, 1, x, 60000, false, &map, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(map.d == 9 && arena.used == 0 && tiny.used == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalers_are_those_of_scikit_learn),
        cmocka_unit_test(test_constants_scale_by_one_and_small_spreads_do_not),
        cmocka_unit_test(test_one_outlier_squeezes_the_rest_but_not_under_robust),
        cmocka_unit_test(test_what_has_no_logarithm_becomes_missing_when_applied),
        cmocka_unit_test(test_quantile_maps_are_those_of_scikit_learn),
        cmocka_unit_test(test_quantile_maps_keep_order),
        cmocka_unit_test(test_bad_input_is_refused_and_outputs_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
