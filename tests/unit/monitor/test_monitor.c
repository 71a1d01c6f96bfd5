/* Quantiles, stability index, alarms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/monitor_golden.h"
#include "ml.h"

static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

/* --- Quantiles ---------------------------------------------------------------------------------------------------- */

static void test_quantiles_are_those_of_numpy(void **state) {
    (void)state;
    double quantile[MONITOR_BINS - 1], scratch[2 * MONITOR_N], kept[MONITOR_N];
    memcpy(kept, monitor_reference, sizeof kept);
    assert_int_equal(ml_quantiles(MONITOR_N, kept, MONITOR_BINS, quantile, scratch, &error), ML_OK);
    assert_memory_equal(quantile, golden_deciles, sizeof quantile);
    assert_memory_equal(kept, monitor_reference, sizeof kept);
    assert_int_equal(ml_quantiles(MONITOR_N, monitor_coarse, MONITOR_BINS, quantile, scratch, &error), ML_OK);
    for (size_t i = 0; i < MONITOR_BINS - 1; i++) /* not by bytes: -0 is 0 */
        assert_true(quantile[i] == golden_coarse_deciles[i]);
}

static void test_quantiles_cut_distinct_values_into_equal_bins(void **state) {
    (void)state;
    double value[60], quantile[59], scratch[120];
    uint32_t count[60];
    for (size_t i = 0; i < 60; i++)
        value[i] = (double)(i * 37 % 60);
    for (size_t k = 1; k <= 60; k++) {
        assert_int_equal(ml_quantiles(60, value, k, quantile, scratch, &error), ML_OK);
        assert_int_equal(ml_bin_count(60, value, k, quantile, count, &error), ML_OK);
        for (size_t i = 0; i < k; i++)
            assert_true(count[i] == 60 / k || count[i] == (60 + k - 1) / k);
    }
}

static void test_counts_are_those_of_numpy_and_edges_belong_below(void **state) {
    (void)state;
    uint32_t count[MONITOR_BINS];
    assert_int_equal(ml_bin_count(MONITOR_N, monitor_reference, MONITOR_BINS, golden_deciles, count, &error), ML_OK);
    assert_memory_equal(count, golden_reference_count, sizeof count);
    assert_int_equal(ml_bin_count(MONITOR_M, monitor_live, MONITOR_BINS, golden_deciles, count, &error), ML_OK);
    assert_memory_equal(count, golden_live_count, sizeof count);
    assert_int_equal(ml_bin_count(MONITOR_M, monitor_narrow, MONITOR_BINS, golden_deciles, count, &error), ML_OK);
    assert_memory_equal(count, golden_narrow_count, sizeof count);
    const double edge[] = {1, 2}, value[] = {-INFINITY, 1, 1.5, 2, 2.5, INFINITY};
    assert_int_equal(ml_bin_count(6, value, 3, edge, count, &error), ML_OK);
    assert_true(count[0] == 2 && count[1] == 2 && count[2] == 2);
    assert_int_equal(ml_bin_count(0, value, 3, edge, count, &error), ML_OK);
    assert_true(count[0] == 0 && count[1] == 0 && count[2] == 0);
}

static void test_bad_values_are_refused(void **state) {
    (void)state;
    const double value[3] = {1, (double)NAN, 2};
    double quantile[3] = {5, 5, 5}, scratch[6];
    uint32_t count[3] = {7, 7, 7};
    assert_int_equal(ml_quantiles(3, value, 2, quantile, scratch, &error), ML_EINVAL);
    assert_string_equal(error.message, "value[1] is not a number; leave missing values out, or count them apart");
    assert_int_equal(ml_quantiles(3, value, 4, quantile, scratch, &error), ML_EINVAL);
    assert_string_equal(error.message,
                        "3 values for 4 bins; each bin needs at least one, and there is at least one bin");
    assert_int_equal(ml_quantiles(3, value, 0, quantile, scratch, &error), ML_EINVAL);
    assert_int_equal(ml_bin_count(3, value, 3, quantile, count, &error), ML_EINVAL);
    assert_int_equal(ml_bin_count(3, value, 0, quantile, count, &error), ML_EINVAL);
    assert_string_equal(error.message, "a histogram of 0 bins; use at least one");
    assert_true(quantile[0] == 5 && count[0] == 7);
}

/* --- Stability index ---------------------------------------------------------------------------------------------- */

static void test_psi_is_that_of_numpy(void **state) {
    (void)state;
    const uint32_t *const live[] = {golden_live_count, golden_narrow_count};
    for (int empty = ML_PSI_FLOOR; empty <= ML_PSI_HALF_COUNT; empty++)
        for (size_t i = 0; i < 2; i++) {
            double psi, swapped;
            assert_int_equal(ml_psi(MONITOR_BINS, golden_reference_count, live[i], (ml_psi_empty)empty, &psi, &error),
                             ML_OK);
            assert_near(psi, golden_psi[2 * empty + (int)i], 1e-12);
            assert_int_equal(ml_psi(MONITOR_BINS, live[i], golden_reference_count, (ml_psi_empty)empty, &swapped,
                                    &error), ML_OK);
            assert_near(swapped, psi, 1e-12);
        }
}

static void test_psi_of_equal_shares_is_zero(void **state) {
    (void)state;
    const uint32_t a[3] = {10, 20, 0}, b[3] = {100, 200, 0};
    double psi;
    assert_int_equal(ml_psi(3, a, b, ML_PSI_FLOOR, &psi, &error), ML_OK);
    assert_near(psi, 0.0, 1e-15);
}

/* Without any shift its mean is about (k - 1)(1/n + 1/m); the edges here are quantiles of the law, not of a sample. */
static void test_psi_without_a_shift_has_the_mean_that_theory_says(void **state) {
    (void)state;
    enum { N = 2000, M = 500, K = 10, ROUNDS = 400 };
    ml_rng rng = ml_rng_seed(1, 0);
    double sum = 0.0;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t reference[K] = {0}, live[K] = {0};
        double psi;
        for (int i = 0; i < N; i++)
            reference[ml_rng_below(&rng, K)]++;
        for (int i = 0; i < M; i++)
            live[ml_rng_below(&rng, K)]++;
        assert_int_equal(ml_psi(K, reference, live, ML_PSI_FLOOR, &psi, &error), ML_OK);
        sum += psi;
    }
    assert_near(sum / ROUNDS, 9.0 / N + 9.0 / M, 0.0025); /* 4.7 standard errors, and 1 % for the next order */
}

static void test_psi_of_nothing_is_refused(void **state) {
    (void)state;
    const uint32_t some[2] = {1, 2}, none[2] = {0, 0};
    double psi = 3.0;
    assert_int_equal(ml_psi(2, some, none, ML_PSI_FLOOR, &psi, &error), ML_EINVAL);
    assert_string_equal(error.message,
                        "histograms of 3 and 0 values; a stability index compares two that hold something");
    assert_int_equal(ml_psi(2, none, some, ML_PSI_HALF_COUNT, &psi, &error), ML_EINVAL);
    assert_int_equal(ml_psi(0, some, some, ML_PSI_FLOOR, &psi, &error), ML_EINVAL);
    assert_int_equal(ml_psi(2, some, some, (ml_psi_empty)2, &psi, &error), ML_EINVAL);
    assert_string_equal(error.message, "treatment 2 of empty bins is unknown; it is floor (0) or half a count (1)");
    assert_true(psi == 3.0);
}

/* --- Alarms ------------------------------------------------------------------------------------------------------- */

static void test_an_alarm_is_on_strictly_beyond_its_limits(void **state) {
    (void)state;
    ml_alarm alarm = ml_alarm_between(1.0, 2.0);
    assert_true(alarm.first == -1 && alarm.observed == 0 && !alarm.is_on);
    assert_false(ml_alarm_observe(&alarm, 1.0));
    assert_false(ml_alarm_observe(&alarm, 2.0));
    assert_false(ml_alarm_observe(&alarm, (double)NAN));
    assert_int_equal(alarm.first, -1);
    assert_true(ml_alarm_observe(&alarm, 2.0000001));
    assert_true(alarm.is_on);
    assert_false(ml_alarm_observe(&alarm, 1.5));
    assert_true(ml_alarm_observe(&alarm, 0.9999));
    assert_true(alarm.first == 3 && alarm.observed == 6);
    alarm = ml_alarm_between(-INFINITY, 0.2);
    assert_false(ml_alarm_observe(&alarm, -1e300));
    assert_true(ml_alarm_observe(&alarm, INFINITY));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles_are_those_of_numpy),
        cmocka_unit_test(test_quantiles_cut_distinct_values_into_equal_bins),
        cmocka_unit_test(test_counts_are_those_of_numpy_and_edges_belong_below),
        cmocka_unit_test(test_bad_values_are_refused),
        cmocka_unit_test(test_psi_is_that_of_numpy),
        cmocka_unit_test(test_psi_of_equal_shares_is_zero),
        cmocka_unit_test(test_psi_without_a_shift_has_the_mean_that_theory_says),
        cmocka_unit_test(test_psi_of_nothing_is_refused),
        cmocka_unit_test(test_an_alarm_is_on_strictly_beyond_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
