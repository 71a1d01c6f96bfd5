/* Stream detectors: by hand where that is short, and their false alarms and delays by simulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ml.h"

static void test_page_hinkley_alarms_once_and_starts_afresh(void **state) {
    (void)state;
    ml_page_hinkley detector = ml_page_hinkley_init(0, 3);
    int alarms = 0, first = -1;
    for (int i = 0; i < 40; i++) {
        const double junk[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
        assert_false(ml_page_hinkley_add(&detector, junk[i % 3]));
        if (ml_page_hinkley_add(&detector, i >= 20)) {
            first = alarms++ == 0 ? i : first;
            assert_true(detector.n == 0 && detector.mean == 0 && detector.u == 0 && detector.lowest == 0);
        }
    }
    assert_true(alarms == 1 && first == 23);
    detector = ml_page_hinkley_init(0, 0.5); /* strictly above lambda */
    assert_false(ml_page_hinkley_add(&detector, 0));
    assert_false(ml_page_hinkley_add(&detector, 1));
    assert_true(ml_page_hinkley_add(&detector, 1));
}

static void test_cusum_knows_the_side(void **state) {
    (void)state;
    ml_cusum detector = ml_cusum_init(10, 0.5, 4);
    const double up[] = {11, 12, 12, 11, 11.5}; /* sums 0.5, 2, 3.5, 4, 5 */
    for (int i = 0; i < 4; i++)
        assert_int_equal(ml_cusum_add(&detector, up[i]), 0);
    assert_int_equal(ml_cusum_add(&detector, (double)NAN), 0);
    assert_int_equal(ml_cusum_add(&detector, up[4]), 1);
    assert_true(detector.high == 0.0 && detector.low == 0.0);
    assert_int_equal(ml_cusum_add(&detector, 5), -1);
}

/* The mean run length of a two-sided CUSUM with slack 1/2 and limit 5 on standard normal numbers is 465 (Montgomery,
 * table 9.3: about 465 without a shift, 10.4 after a shift by one standard deviation). */
static void test_cusum_runs_as_long_as_the_table_says(void **state) {
    (void)state;
    const double shift[] = {0, 1}, expected[] = {465, 10.4}, tolerance[] = {80, 0.8};
    ml_rng rng = ml_rng_seed(2, 0);
    for (int s = 0; s < 2; s++) {
        double steps = 0.0;
        for (int run = 0; run < 1000; run++) {
            ml_cusum detector = ml_cusum_init(0, 0.5, 5);
            do
                steps++;
            while (ml_cusum_add(&detector, ml_rng_normal(&rng) + shift[s]) == 0);
        }
        if (!(fabs(steps / 1000.0 - expected[s]) < tolerance[s])) /* over five standard errors */
            fail_msg("mean run length %g, expected %g", steps / 1000.0, expected[s]);
    }
}

static void test_ewma_has_the_width_that_theory_says(void **state) {
    (void)state;
    ml_ewma chart = ml_ewma_init(5, 2, 0.3, 3);
    assert_false(ml_ewma_add(&chart, 5 + 3 * 2 - 1e-9)); /* the first value: 3 sigma of it */
    chart = ml_ewma_init(5, 2, 0.3, 3);
    assert_true(ml_ewma_add(&chart, 5 + 3 * 2 + 1e-9));
    assert_false(ml_ewma_add(&chart, (double)NAN));
    ml_rng rng = ml_rng_seed(3, 0);
    chart = ml_ewma_init(0, 1, 0.1, 2);
    double square = 0.0, outside = 0.0;
    enum { STEPS = 100000 };
    for (int i = 0; i < STEPS; i++) {
        outside += ml_ewma_add(&chart, ml_rng_normal(&rng));
        square += chart.average * chart.average;
    }
    assert_true(fabs(square / STEPS / (0.1 / 1.9) - 1.0) < 0.08); /* neighbours depend: about 1/10,000 of them count */
    assert_true(fabs(outside / STEPS - 2.0 * ml_norm_sf(2)) < 0.012);
}

static void test_ddm_by_hand(void **state) {
    (void)state;
    ml_ddm detector = ml_ddm_init();
    for (int i = 0; i < 100; i++)
        assert_int_equal(ml_ddm_add(&detector, i % 10 == 0), ML_DDM_STABLE);
    assert_int_equal(ml_ddm_add(&detector, (double)NAN), ML_DDM_STABLE);
    const double p = detector.lowest_p, s = detector.lowest_s;
    int warned = 0, level = 0;
    for (double n = 101, errors = 11; level != ML_DDM_DRIFT; n++, errors++) {
        level = ml_ddm_add(&detector, 1);
        const double now = errors / n, off = (now + sqrt(now * (1 - now) / n) - p) / s;
        assert_int_equal(level, off > 3 ? ML_DDM_DRIFT : off > 2 ? ML_DDM_WARNING : ML_DDM_STABLE);
        warned += level == ML_DDM_WARNING;
    }
    assert_true(warned > 0 && detector.n == 0);
}

static void test_adwin_keeps_count_of_its_window(void **state) {
    (void)state;
    ml_adwin detector;
    ml_adwin_init(&detector, 0.002);
    assert_true(isnan(ml_adwin_mean(&detector)));
    ml_rng rng = ml_rng_seed(4, 0);
    for (int i = 0; i < 5000; i++) {
        ml_adwin_add(&detector, ml_rng_bernoulli(&rng, i < 3000 ? 0.1 : 0.5));
        double n = 0.0, sum = 0.0;
        for (size_t row = 0; row < ML_ADWIN_ROWS; row++) {
            assert_in_range(detector.used[row], 0, ML_ADWIN_BUCKETS - 1);
            for (int b = 0; b < detector.used[row]; b++) {
                n += (double)(UINT64_C(1) << row);
                sum += detector.bucket[row][b][0];
            }
        }
        assert_true(n == (double)detector.n && sum == detector.sum && detector.square == sum);
    }
    assert_true(detector.n < 2300 && fabs(ml_adwin_mean(&detector) - 0.5) < 0.06);
    assert_false(ml_adwin_add(&detector, (double)NAN));
    assert_int_equal(detector.seen, 5000);
}

/* The tables of chapter 7: 200 streams of 4,000 clean values at 0.13, then 2,000 at 0.5. Bounds fail a right detector
 * with a chance far below 1e-6: false alarms were 15, 75 and 0 of 200. */
static void test_detectors_find_a_jump_and_seldom_cry_before(void **state) {
    (void)state;
    enum { STREAMS = 200 };
    int false_ph = 0, false_ddm = 0, false_adwin = 0, found_ph = 0, found_ddm = 0, found_adwin = 0;
    for (uint64_t stream = 0; stream < STREAMS; stream++) {
        ml_rng rng = ml_rng_seed(5, stream);
        ml_page_hinkley ph = ml_page_hinkley_init(0.01, 25);
        ml_ddm ddm = ml_ddm_init();
        ml_adwin adwin;
        ml_adwin_init(&adwin, 0.002);
        int early[3] = {0}, late[3] = {0};
        for (int i = 0; i < 6000; i++) {
            const int error = ml_rng_bernoulli(&rng, i < 4000 ? 0.13 : 0.5);
            int *const alarms = i < 4000 ? early : late;
            alarms[0] += ml_page_hinkley_add(&ph, error);
            alarms[1] += ml_ddm_add(&ddm, error) == ML_DDM_DRIFT;
            alarms[2] += ml_adwin_add(&adwin, error);
        }
        false_ph += early[0] > 0;
        false_ddm += early[1] > 0;
        false_adwin += early[2] > 0;
        found_ph += late[0] > 0;
        found_ddm += late[1] > 0;
        found_adwin += late[2] > 0;
    }
    assert_in_range(false_ph, 0, 45);
    assert_in_range(false_ddm, 20, 140);
    assert_in_range(false_adwin, 0, 5);
    assert_int_equal(found_ph, STREAMS);
    assert_true(found_ddm >= 0.95 * STREAMS);
    assert_int_equal(found_adwin, STREAMS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page_hinkley_alarms_once_and_starts_afresh),
        cmocka_unit_test(test_cusum_knows_the_side),
        cmocka_unit_test(test_cusum_runs_as_long_as_the_table_says),
        cmocka_unit_test(test_ewma_has_the_width_that_theory_says),
        cmocka_unit_test(test_ddm_by_hand),
        cmocka_unit_test(test_adwin_keeps_count_of_its_window),
        cmocka_unit_test(test_detectors_find_a_jump_and_seldom_cry_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
