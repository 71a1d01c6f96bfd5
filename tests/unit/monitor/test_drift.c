/* Two-sample tests and distances against SciPy, their properties, and how often they cry without a cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/drift_golden.h"
#include "ml.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { N = COUNT(drift_a), M = COUNT(drift_b) };

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

static void test_ks_is_that_of_scipy(void **state) {
    (void)state;
    double d, p, scratch[2 * (N + M)];
    assert_int_equal(ml_ks_2samp(N, drift_a, M, drift_b, ML_KS_EXACT, scratch, &d, &p, &error), ML_OK);
    assert_near(d, golden_ks[0], 1e-15);
    assert_near(p, golden_ks[1], 1e-12 * p);
    assert_int_equal(ml_ks_2samp(M, drift_b, N, drift_a, ML_KS_ASYMPTOTIC, scratch, &d, &p, &error), ML_OK);
    assert_near(d, golden_ks[0], 1e-15);
    assert_near(p, golden_ks[2], 1e-12 * p);
    assert_int_equal(ml_ks_2samp(N, drift_tied_a, M, drift_tied_b, ML_KS_ASYMPTOTIC, scratch, &d, &p, &error), ML_OK);
    assert_near(d, golden_ks[3], 1e-15);
    assert_near(p, golden_ks[4], 1e-12 * p);
}

static void test_ks_of_the_same_values_is_zero_and_of_disjoint_ones_one(void **state) {
    (void)state;
    double same[100], scratch[400], d, p;
    for (int i = 0; i < 100; i++)
        same[i] = i % 3;
    assert_int_equal(ml_ks_2samp(100, same, 100, same, ML_KS_ASYMPTOTIC, scratch, &d, &p, &error), ML_OK);
    assert_true(d == 0.0 && p == 1.0);
    const double low[] = {-INFINITY, 1}, high[] = {2, INFINITY};
    assert_int_equal(ml_ks_2samp(2, low, 2, high, ML_KS_EXACT, scratch, &d, &p, &error), ML_OK);
    assert_true(d == 1.0);
    assert_near(p, 1.0 / 3.0, 1e-15); /* two of six orders */
}

/* 1,000 pairs at 5 %: beyond 100 with a chance below 1e-9, were they exact; the limit law is on the safe side. */
static void test_tests_cry_as_often_as_they_say(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    int ks = 0, chi2 = 0;
    for (int round = 0; round < 1000; round++) {
        double a[100], b[50], scratch[300], d, p;
        uint32_t x[4] = {0}, y[4] = {0};
        for (int i = 0; i < 100; i++) {
            a[i] = ml_rng_normal(&rng);
            x[ml_rng_below(&rng, 4)]++;
        }
        for (int i = 0; i < 50; i++) {
            b[i] = ml_rng_normal(&rng);
            y[ml_rng_below(&rng, 4)]++;
        }
        assert_int_equal(ml_ks_2samp(100, a, 50, b, ML_KS_ASYMPTOTIC, scratch, &d, &p, &error), ML_OK);
        ks += p < 0.05;
        assert_int_equal(ml_chi2_2samp(4, x, y, &d, &p, &error), ML_OK);
        chi2 += p < 0.05;
    }
    assert_in_range(ks, 15, 100);
    assert_in_range(chi2, 15, 100);
}

static void test_chi_squared_is_that_of_scipy(void **state) {
    (void)state;
    double chi2, p;
    assert_int_equal(ml_chi2_2samp(5, drift_count_a, drift_count_b, &chi2, &p, &error), ML_OK);
    assert_near(chi2, golden_chi2[0], 1e-12 * chi2);
    assert_near(p, golden_chi2[1], 1e-12 * p);
    const uint32_t one[3] = {0, 7, 0};
    assert_int_equal(ml_chi2_2samp(3, one, one, &chi2, &p, &error), ML_OK);
    assert_true(chi2 == 0.0 && p == 1.0);
}

static void test_divergences_are_those_of_scipy(void **state) {
    (void)state;
    double kl, js, swapped;
    assert_int_equal(ml_kl_divergence(6, drift_p, drift_q, &kl, &error), ML_OK);
    assert_near(kl, golden_divergence[0], 1e-13);
    assert_int_equal(ml_js_divergence(6, drift_p, drift_q, &js, &error), ML_OK);
    assert_near(js, golden_divergence[1], 1e-13);
    assert_int_equal(ml_js_divergence(6, drift_q, drift_p, &swapped, &error), ML_OK);
    assert_near(js, swapped, 1e-15);
    assert_int_equal(ml_kl_divergence(6, drift_q, drift_p, &kl, &error), ML_OK);
    assert_true(kl == (double)INFINITY);
    const double left[] = {1, 0}, right[] = {0, 3};
    assert_int_equal(ml_js_divergence(2, left, right, &js, &error), ML_OK);
    assert_near(js, 0x1.62e42fefa39efp-1, 1e-15); /* ln 2, its greatest value */
}

static void test_wasserstein_is_that_of_scipy_and_a_metric(void **state) {
    (void)state;
    double scratch[2 * (N + M)], w, shifted[N], ab, bc, ac;
    assert_int_equal(ml_wasserstein(N, drift_a, M, drift_b, scratch, &w, &error), ML_OK);
    assert_near(w, golden_wasserstein[0], 1e-13);
    assert_int_equal(ml_wasserstein(N, drift_tied_a, M, drift_tied_b, scratch, &w, &error), ML_OK);
    assert_near(w, golden_wasserstein[1], 1e-13);
    for (size_t i = 0; i < N; i++)
        shifted[i] = drift_a[i] + 2.5;
    assert_int_equal(ml_wasserstein(N, drift_a, N, shifted, (double[4 * N]){0}, &w, &error), ML_OK);
    assert_near(w, 2.5, 1e-12);
    ml_rng rng = ml_rng_seed(8, 0);
    for (int round = 0; round < 1000; round++) {
        double a[8], b[5], c[6];
        for (int i = 0; i < 8; i++)
            a[i] = ml_rng_normal(&rng);
        for (int i = 0; i < 5; i++)
            b[i] = floor(4.0 * ml_rng_uniform(&rng));
        for (int i = 0; i < 6; i++)
            c[i] = floor(4.0 * ml_rng_uniform(&rng)) - 1.0;
        assert_int_equal(ml_wasserstein(8, a, 5, b, scratch, &ab, &error), ML_OK);
        assert_int_equal(ml_wasserstein(5, b, 6, c, scratch, &bc, &error), ML_OK);
        assert_int_equal(ml_wasserstein(6, c, 8, a, scratch, &ac, &error), ML_OK);
        assert_true(ab >= 0.0 && ac <= ab + bc + 1e-12 && ab <= ac + bc + 1e-12);
    }
}

static unsigned char memory[1 << 20];

static void test_mmd_is_that_of_numpy_and_finds_a_shift(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(9, 0);
    double mmd2, p, shifted[60];
    assert_int_equal(ml_mmd_test(30, drift_a, 20, drift_b, 3, 0.3, 1, &rng, &arena, &mmd2, &p, &error), ML_OK);
    assert_near(mmd2, golden_mmd2[0], 1e-13);
    for (size_t i = 0; i < 60; i++)
        shifted[i] = drift_b[i] + 1.5;
    assert_int_equal(ml_mmd_test(30, drift_a, 20, shifted, 3, 0.3, 99, &rng, &arena, &mmd2, &p, &error), ML_OK);
    assert_true(p == 0.01 && mmd2 > 0.05);
    assert_int_equal(ml_mmd_test(30, drift_a, 30, drift_a, 3, 0.3, 9, &rng, &arena, &mmd2, &p, &error), ML_OK);
    assert_true(p == 1.0);
    assert_int_equal(arena.used, 0);
    int alarms = 0;
    for (int round = 0; round < 400; round++) { /* p <= 0.1 in one of ten: beyond 80 of 400 with a chance below 1e-9 */
        double a[20], b[20];
        for (int i = 0; i < 20; i++) {
            a[i] = ml_rng_normal(&rng);
            b[i] = ml_rng_normal(&rng);
        }
        assert_int_equal(ml_mmd_test(10, a, 10, b, 2, 0.5, 19, &rng, &arena, &mmd2, &p, &error), ML_OK);
        alarms += p <= 0.1;
    }
    assert_in_range(alarms, 10, 80);
}

static void test_fourier_features_are_nearly_the_kernel(void **state) {
    (void)state;
    enum { D = 4000 };
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(10, 0);
    ml_rff rff;
    assert_int_equal(ml_rff_init(&rff, 2, D, 0.5, &rng, &arena, &error), ML_OK);
    const double x[2] = {0.3, -1.0}, y[2] = {1.1, 0.5};
    static double at_x[D], at_y[D];
    assert_int_equal(ml_rff_mean(&rff, 1, x, at_x, &error), ML_OK);
    assert_int_equal(ml_rff_mean(&rff, 1, y, at_y, &error), ML_OK);
    double product = 0.0;
    for (size_t i = 0; i < D; i++)
        product += at_x[i] * at_y[i];
    const double kernel = ml_exp(-0.5 * 0.5 * (0.8 * 0.8 + 1.5 * 1.5));
    assert_near(product, kernel, 6.0 / sqrt(D)); /* a product varies by less than 1/sqrt(D): six of those */
    assert_near(ml_mmd_rff(D, at_x, at_y), 2.0 - 2.0 * kernel, 20.0 / sqrt(D));
    assert_true(ml_mmd_rff(D, at_x, at_x) == 0.0);
}

static void test_bad_input_is_refused(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, 256);
    ml_rng rng = ml_rng_seed(1, 0);
    ml_rff rff;
    const double good[4] = {1, 2, 3, 4}, bad[2] = {1, (double)NAN}, wide[2] = {1, (double)INFINITY};
    const uint32_t some[2] = {1, 2}, none[2] = {0, 0};
    double scratch[16], x = 7.0, p = 7.0;
    assert_fails(ml_ks_2samp(0, good, 2, good, ML_KS_EXACT, scratch, &x, &p, &error), ML_EINVAL, "sample a is empty");
    assert_fails(ml_ks_2samp(2, good, 2, bad, ML_KS_EXACT, scratch, &x, &p, &error), ML_EINVAL, "b[1] is not a number");
    assert_fails(ml_ks_2samp(2, good, 2, good, (ml_ks_method)2, scratch, &x, &p, &error), ML_EINVAL, "method 2");
    assert_fails(ml_chi2_2samp(2, some, none, &x, &p, &error), ML_EINVAL, "3 and 0 values");
    assert_fails(ml_kl_divergence(2, bad, good, &x, &error), ML_EINVAL, "p[1]");
    assert_fails(ml_kl_divergence(2, good, wide, &x, &error), ML_EINVAL, "q[1]");
    assert_fails(ml_js_divergence(2, (double[2]){0, 0}, good, &x, &error), ML_EINVAL, "adds up to 0");
    assert_fails(ml_js_divergence(2, good, (double[2]){0, -1}, &x, &error), ML_EINVAL, "q[1] is -1");
    assert_fails(ml_wasserstein(2, wide, 2, good, scratch, &x, &error), ML_EINVAL, "infinite");
    assert_fails(ml_wasserstein(2, good, 0, good, scratch, &x, &error), ML_EINVAL, "sample b is empty");
    assert_fails(ml_mmd_test(1, good, 2, good, 1, 1, 9, &rng, &arena, &x, &p, &error), ML_EINVAL, "two rows");
    assert_fails(ml_mmd_test(2, good, 2, good, 1, 0, 9, &rng, &arena, &x, &p, &error), ML_EINVAL, "gamma");
    assert_fails(ml_mmd_test(2, good, 2, wide, 1, 1, 9, &rng, &arena, &x, &p, &error), ML_EINVAL, "b[1]");
    assert_fails(ml_mmd_test(2, good, 2, bad, 1, 1, 9, &rng, &arena, &x, &p, &error), ML_EINVAL, "b[1]");
    assert_fails(ml_mmd_test(4, drift_a, 4, drift_b, 1, 1, 9, &rng, &arena, &x, &p, &error), ML_ENOMEM, "fewer rows");
    assert_fails(ml_rff_init(&rff, 0, 3, 1, &rng, &arena, &error), ML_EINVAL, "positive");
    assert_fails(ml_rff_init(&rff, 3, 100, 1, &rng, &arena, &error), ML_ENOMEM, "fewer");
    assert_int_equal(ml_rff_init(&rff, 1, 2, 1, &rng, &arena, &error), ML_OK);
    assert_fails(ml_rff_mean(&rff, 2, bad, &x, &error), ML_EINVAL, "x[1]");
    assert_true(x == 7.0 && p == 7.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ks_is_that_of_scipy),
        cmocka_unit_test(test_ks_of_the_same_values_is_zero_and_of_disjoint_ones_one),
        cmocka_unit_test(test_tests_cry_as_often_as_they_say),
        cmocka_unit_test(test_chi_squared_is_that_of_scipy),
        cmocka_unit_test(test_divergences_are_those_of_scipy),
        cmocka_unit_test(test_wasserstein_is_that_of_scipy_and_a_metric),
        cmocka_unit_test(test_mmd_is_that_of_numpy_and_finds_a_shift),
        cmocka_unit_test(test_fourier_features_are_nearly_the_kernel),
        cmocka_unit_test(test_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
