/* Calibration: against scikit-learn, SciPy and NumPy, what must hold of any repair, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/calibration_golden.h"
#include "ml.h"

static unsigned char memory[1 << 16];
static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void test_reliability_is_that_of_scikit_learn(void **state) {
    (void)state;
    ml_reliability_bin bin[CAL_BINS];
    uint32_t order[2 * CAL_N];
    double brier;
    assert_int_equal(ml_brier(CAL_N, cal_p, cal_label, &brier, &error), ML_OK);
    assert_near(brier, golden_brier[0], 1e-15);
    for (int b = 0; b < 2; b++) {
        assert_int_equal(ml_reliability(CAL_N, cal_p, cal_label, CAL_BINS, b, order, bin, &error), ML_OK);
        assert_near(ml_ece(CAL_BINS, bin), golden_ece[2 * b], 1e-14);
        assert_near(ml_mce(CAL_BINS, bin), golden_ece[2 * b + 1], 1e-14);
    }
    assert_int_equal(ml_reliability(CAL_N, cal_p, cal_label, CAL_BINS, ML_BINS_EQUAL_WIDTH, NULL, bin, &error), ML_OK);
    size_t filled = 0;
    for (size_t b = 0; b < CAL_BINS; b++) {
        if (bin[b].n == 0)
            continue;
        assert_true(filled < CAL_FILLED);
        assert_near(bin[b].share_positive, golden_was[filled], 1e-14);
        assert_near(bin[b].mean_probability, golden_said[filled++], 1e-14);
    }
    assert_int_equal(filled, CAL_FILLED);
    assert_near(ml_expected_calibration_error(cal_p, cal_label, CAL_N, CAL_BINS), golden_ece[0], 1e-14);
}

static void test_platt_and_temperature_are_those_of_scipy(void **state) {
    (void)state;
    double slope, intercept, t;
    assert_int_equal(ml_platt_fit(CAL_N, cal_logit, cal_label, &slope, &intercept, &error), ML_OK);
    assert_near(slope, golden_platt[0], 1e-11);
    assert_near(intercept, golden_platt[1], 1e-11);
    assert_int_equal(ml_temperature_fit(CAL_N, cal_logit, cal_label, &t, &error), ML_OK);
    assert_near(t, golden_temperature[0], 1e-12);
    assert_int_equal(ml_temperature_fit_classes(CAL_N, CAL_K, many_logit, many_truth, &t, &error), ML_OK);
    assert_near(t, golden_temperature[1], 1e-12);
}

static void test_isotonic_is_that_of_scikit_learn(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_isotonic fit;
    double label[CAL_N];
    for (int w = 0; w < 2; w++) {
        assert_int_equal(ml_isotonic_fit(CAL_N, iso_x, iso_y, w ? iso_weight : NULL, &fit, &arena, &error), ML_OK);
        for (size_t i = 0; i < CAL_ASKED; i++)
            assert_near(ml_isotonic_apply(&fit, iso_at[i]), golden_isotonic[w * CAL_ASKED + i], 1e-13);
    }
    for (size_t i = 0; i < CAL_N; i++)
        label[i] = cal_label[i];
    assert_int_equal(ml_isotonic_fit(CAL_N, cal_p, label, NULL, &fit, &arena, &error), ML_OK);
    for (size_t i = 0; i < CAL_ASKED; i++)
        assert_near(ml_isotonic_apply(&fit, (double)i / (CAL_ASKED - 1)), golden_isotonic_labels[i], 1e-13);
    assert_true(isnan(ml_isotonic_apply(&fit, (double)NAN)));
}

/* The examples of the challenge expected-calibration-error. */
static void test_worked_examples(void **state) {
    (void)state;
    assert_near(ml_expected_calibration_error((const double[]){.1, .1, .9, .9}, (const uint8_t[]){0, 0, 1, 0}, 4, 2),
                0.25, 1e-15);
    assert_near(ml_expected_calibration_error((const double[]){1, 1, 1, 0}, (const uint8_t[]){1, 1, 0, 0}, 4, 10), 0.25,
                1e-15);
    assert_near(ml_expected_calibration_error((const double[]){.1, .9}, (const uint8_t[]){1, 0}, 2, 2), 0.9, 1e-15);
    assert_near(ml_expected_calibration_error((const double[]){.5}, (const uint8_t[]){1}, 1, 100), 0.5, 1e-15);
    assert_near(ml_expected_calibration_error((const double[]){.5, .4}, (const uint8_t[]){1, 0}, 2, 2), 0.45, 1e-15);
    assert_near(ml_expected_calibration_error((const double[]){.5, .4}, (const uint8_t[]){1, 0}, 2, 2147483647 / 40000),
                0.45, 1e-15);
    assert_true(ml_expected_calibration_error((const double[]){1.5}, (const uint8_t[]){1}, 1, 10) == -1.0);
    assert_true(ml_expected_calibration_error((const double[]){(double)NAN}, (const uint8_t[]){1}, 1, 10) == -1.0);
    assert_true(ml_expected_calibration_error(NULL, NULL, 0, 10) == -1.0);
    assert_true(ml_expected_calibration_error((const double[]){.5}, (const uint8_t[]){1}, 1, 0) == -1.0);
}

static double loss_at(size_t n, const double *logit, const uint8_t *label, double slope, double intercept) {
    double moved[64], loss;
    for (size_t i = 0; i < n; i++)
        moved[i] = slope * logit[i] + intercept;
    assert_int_equal(ml_metric_log_loss_logits(n, moved, label, &loss, &error), ML_OK);
    return loss;
}

/* A repair is no worse than its neighbours; isotonic values rise, keep the mean, and a second fit changes nothing. */
static void test_what_holds_of_any_repair(void **state) {
    (void)state;
    enum { N = 60 };
    ml_rng rng = ml_rng_seed(64, 0);
    for (int round = 0; round < 500; round++) {
        const size_t n = 10 + (size_t)ml_rng_below(&rng, N - 9), bins = 1 + (size_t)ml_rng_below(&rng, 200);
        const double scale = ml_exp(2.0 * ml_rng_normal(&rng));
        double logit[N], p[N], y[N], t, slope, intercept, again, moved, mean_y = 0.0, mean_fit = 0.0;
        uint8_t label[N];
        ml_reliability_bin bin[200];
        for (size_t i = 0; i < n; i++) {
            const double truth = ml_rng_normal(&rng);
            logit[i] = scale * truth;
            label[i] = (uint8_t)ml_rng_bernoulli(&rng, ml_sigmoid(truth));
            p[i] = floor(20.0 * ml_sigmoid(logit[i])) / 20.0;
            y[i] = label[i];
            mean_y += y[i] / (double)n;
        }
        assert_int_equal(ml_temperature_fit(n, logit, label, &t, &error), ML_OK);
        const double loss = loss_at(n, logit, label, 1.0 / t, 0.0);
        assert_true(t >= ml_exp(-4.0) - 1e-15 && t <= ml_exp(4.0) + 1e-12);
        if (t < 54.0)
            assert_true(loss <= loss_at(n, logit, label, 1.0 / (1.01 * t), 0.0) + 1e-12);
        if (t > 0.019)
            assert_true(loss <= loss_at(n, logit, label, 1.01 / t, 0.0) + 1e-12);
        assert_int_equal(ml_platt_fit(n, logit, label, &slope, &intercept, &error), ML_OK);
        for (size_t i = 0; i < n; i++)
            logit[i] = 1e-6 * logit[i] + 3.0; /* any scale, any offset: the same probabilities */
        assert_int_equal(ml_platt_fit(n, logit, label, &again, &moved, &error), ML_OK);
        assert_near(1e-6 * again, slope, 1e-5 * fabs(slope) + 1e-5 / scale);
        assert_int_equal(ml_reliability(n, p, label, bins, ML_BINS_EQUAL_WIDTH, NULL, bin, &error), ML_OK);
        assert_near(ml_ece(bins, bin), ml_expected_calibration_error(p, label, (int)n, (int)bins), 1e-13);
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        ml_isotonic fit, second;
        assert_int_equal(ml_isotonic_fit(n, p, y, NULL, &fit, &arena, &error), ML_OK);
        for (size_t b = 1; b < fit.blocks; b++)
            assert_true(fit.value[b] > fit.value[b - 1] && fit.first[b] > fit.last[b - 1]);
        for (size_t i = 0; i < n; i++) {
            y[i] = ml_isotonic_apply(&fit, p[i]);
            mean_fit += y[i] / (double)n;
        }
        assert_near(mean_fit, mean_y, 1e-13);
        assert_int_equal(ml_isotonic_fit(n, p, y, NULL, &second, &arena, &error), ML_OK);
        for (size_t i = 0; i < n; i++)
            assert_near(ml_isotonic_apply(&second, p[i]), y[i], 1e-13);
    }
}

static void test_ends(void **state) {
    (void)state;
    const double apart[4] = {-2, -1, 1, 2}, same[4] = {3, 3, 3, 3};
    const uint8_t label[4] = {0, 0, 1, 1};
    double t, slope, intercept;
    assert_int_equal(ml_temperature_fit(4, apart, label, &t, &error), ML_OK);
    assert_near(t, ml_exp(-4.0), 1e-12); /* told apart: as sure as it is allowed to be */
    assert_int_equal(ml_platt_fit(4, apart, label, &slope, &intercept, &error), ML_OK);
    assert_true(slope > 0.0 && slope < 3.0 && fabs(intercept) < 1e-12); /* but Platt's targets keep it finite */
    assert_int_equal(ml_platt_fit(4, same, (const uint8_t[]){0, 1, 1, 1}, &slope, &intercept, &error), ML_OK);
    assert_true(slope == 0.0);
    assert_near(intercept, ml_log(41.0 / 19.0), 1e-12); /* the mean target is (3 * 4/5 + 1/3) / 4 = 41/60 */
}

static void test_errors(void **state) {
    (void)state;
    const double fine[2] = {0.5, 0.25}, hole[2] = {0.5, (double)NAN}, zero[2] = {1, 0};
    const uint8_t label[2] = {0, 1}, bad[2] = {0, 2};
    const uint32_t class[1] = {2};
    uint32_t order[4];
    ml_arena arena = ml_arena_over(memory, sizeof memory), tiny = ml_arena_over(memory, 64);
    ml_reliability_bin bin[2] = {{7, 7, 7}};
    ml_isotonic fit = {.blocks = 7};
    double a = 7.0, b = 7.0;
    assert_fails(ml_brier(0, fine, label, &a, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_brier(2, hole, label, &a, &error), ML_EINVAL, "probability[1]");
    assert_fails(ml_brier(2, fine, bad, &a, &error), ML_EINVAL, "label[1] is 2");
    assert_fails(ml_reliability(2, fine, label, 0, ML_BINS_EQUAL_WIDTH, order, bin, &error), ML_EINVAL, "0 bins");
    assert_fails(ml_reliability(2, fine, label, 2, (ml_binning)4, order, bin, &error), ML_EINVAL, "binning 4");
    assert_fails(ml_reliability(2, hole, label, 2, ML_BINS_EQUAL_MASS, order, bin, &error), ML_EINVAL, "sigmoid");
    assert_fails(ml_temperature_fit(0, fine, label, &a, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_temperature_fit(2, hole, label, &a, &error), ML_EINVAL, "logit[1]");
    assert_fails(ml_temperature_fit(2, fine, bad, &a, &error), ML_EINVAL, "label[1]");
    assert_fails(ml_temperature_fit_classes(1, 2, fine, class, &a, &error), ML_EINVAL, "truth[0] is 2");
    assert_fails(ml_temperature_fit_classes(1, 1, fine, class, &a, &error), ML_EINVAL, "softmax");
    assert_fails(ml_temperature_fit_classes(1, 2, hole, class, &a, &error), ML_EINVAL, "logit[1]");
    assert_fails(ml_temperature_fit_classes(0, 2, hole, class, &a, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_platt_fit(0, fine, label, &a, &b, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_platt_fit(2, hole, label, &a, &b, &error), ML_EINVAL, "score[1]");
    assert_fails(ml_platt_fit(2, fine, bad, &a, &b, &error), ML_EINVAL, "label[1]");
    assert_fails(ml_platt_fit(2, (const double[]){0, 1e-315}, label, &a, &b, &error), ML_EDIVERGED, "optimum");
    assert_fails(ml_isotonic_fit(0, fine, fine, NULL, &fit, &arena, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_isotonic_fit(UINT32_MAX, fine, fine, NULL, &fit, &arena, &error), ML_EINVAL, "2^32");
    assert_fails(ml_isotonic_fit(2, hole, fine, NULL, &fit, &arena, &error), ML_EINVAL, "x[1]");
    assert_fails(ml_isotonic_fit(2, fine, hole, NULL, &fit, &arena, &error), ML_EINVAL, "y[1]");
    assert_fails(ml_isotonic_fit(2, fine, fine, zero, &fit, &arena, &error), ML_EINVAL, "weight[1] is 0");
    assert_fails(ml_isotonic_fit(2, fine, fine, NULL, &fit, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(a == 7.0 && b == 7.0 && bin[0].n == 7 && fit.blocks == 7 && arena.used == 0 && tiny.used == 0);
    const ml_reliability_bin none = {0};
    assert_true(isnan(ml_ece(1, &none)) && isnan(ml_mce(1, &none)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reliability_is_that_of_scikit_learn),
        cmocka_unit_test(test_platt_and_temperature_are_those_of_scipy),
        cmocka_unit_test(test_isotonic_is_that_of_scikit_learn),
        cmocka_unit_test(test_worked_examples),
        cmocka_unit_test(test_what_holds_of_any_repair),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
