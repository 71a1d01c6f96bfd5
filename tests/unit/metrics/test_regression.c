/* Errors of predicted numbers: against scikit-learn, SciPy and NumPy, what must hold of them, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/regression_golden.h"
#include "ml.h"

enum { FIGURES = 11, N = REGRESSION_N };
static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

/* All of them, in the order of the golden figures. */
static ml_status figure(int which, size_t n, const double *truth, const double *predicted, double *out) {
    static double scratch[3 * N];
    switch (which) {
    case 0: return ml_rmse(n, truth, predicted, out, &error);
    case 1: return ml_mae(n, truth, predicted, out, &error);
    case 2: return ml_max_error(n, truth, predicted, out, &error);
    case 3: return ml_median_absolute_error(n, truth, predicted, scratch, out, &error);
    case 4: return ml_r2(n, truth, predicted, out, &error);
    case 5: return ml_explained_variance(n, truth, predicted, out, &error);
    case 6: return ml_mape(n, truth, predicted, out, &error);
    case 7: return ml_smape(n, truth, predicted, out, &error);
    case 8: return ml_pinball(n, truth, predicted, 0.9, out, &error);
    case 9: return ml_pinball(n, truth, predicted, 0.2, out, &error);
    default: return ml_huber(n, truth, predicted, 1.35, out, &error);
    }
}

static void test_errors_are_those_of_scikit_learn(void **state) {
    (void)state;
    for (int f = 0; f < FIGURES; f++) {
        double got;
        assert_int_equal(figure(f, N, regression_truth, regression_predicted, &got), ML_OK);
        assert_near(got, golden_regression[f], 1e-13 * fabs(golden_regression[f]));
    }
}

/* A perfect prediction has no error, the mean has R2 = 0, and the mean absolute error lies between median and rmse's
 * upper bound. */
static void test_what_holds_of_any_errors(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(62, 0);
    for (int round = 0; round < 500; round++) {
        double truth[40], predicted[40], got[FIGURES], half, mean = 0.0;
        const size_t n = 2 + (size_t)ml_rng_below(&rng, 39);
        for (size_t i = 0; i < n; i++) {
            truth[i] = 5.0 * ml_rng_normal(&rng);
            predicted[i] = truth[i] + ml_rng_normal(&rng);
            mean += truth[i] / (double)n;
        }
        for (int f = 0; f < FIGURES; f++) {
            assert_int_equal(figure(f, n, truth, truth, &got[f]), ML_OK);
            assert_true(got[f] == (f == 4 || f == 5 ? 1.0 : 0.0));
            assert_int_equal(figure(f, n, truth, predicted, &got[f]), ML_OK);
        }
        assert_true(got[1] <= got[0] + 1e-12 && got[0] <= got[2] + 1e-12 && got[4] <= got[5] + 1e-12);
        assert_true(got[7] >= 0.0 && got[7] <= 2.0);
        assert_int_equal(ml_pinball(n, truth, predicted, 0.5, &half, &error), ML_OK);
        assert_near(half, 0.5 * got[1], 1e-13); /* the quantile 0.5 is the median */
        for (size_t i = 0; i < n; i++)
            predicted[i] = mean;
        assert_int_equal(ml_r2(n, truth, predicted, &half, &error), ML_OK);
        assert_near(half, 0.0, 1e-12);
    }
}

static void test_correlations_are_those_of_scipy(void **state) {
    (void)state;
    double r, rho, scratch[2 * N];
    uint32_t order[2 * N];
    assert_int_equal(ml_correlation(N, correlated_truth, correlated_predicted, &r, &error), ML_OK);
    assert_int_equal(ml_rank_correlation(N, correlated_truth, correlated_predicted, scratch, order, &rho, &error),
                     ML_OK);
    assert_near(r, golden_correlation[0], 1e-13);
    assert_near(rho, golden_correlation[1], 1e-13);
}

/* Exchanged they are the same; a falling line changes the sign, a rising map does not change Spearman's; the square of
 * Pearson's is R2 of the best line. The order of rows does not matter. */
static void test_what_holds_of_any_correlation(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(62, 1);
    for (int round = 0; round < 1000; round++) {
        enum { M = 30 };
        double x[M], y[M], z[M], x2[M], r[4], rho[3], r2, scratch[2 * M];
        double mean_x = 0.0, mean_y = 0.0, xx = 0.0, xy = 0.0;
        uint32_t order[2 * M];
        const size_t n = 3 + (size_t)ml_rng_below(&rng, M - 2);
        for (size_t i = 0; i < n; i++) {
            x[i] = i == 0 ? -1.0 : floor(4.0 * ml_rng_normal(&rng));
            y[i] = i == 0 ? 7.5 : floor(0.5 * x[i] + 2.0 * ml_rng_normal(&rng));
            mean_x += x[i] / (double)n;
            mean_y += y[i] / (double)n;
        }
        for (size_t i = 0; i < n; i++) {
            xx += (x[i] - mean_x) * (x[i] - mean_x);
            xy += (x[i] - mean_x) * (y[i] - mean_y);
        }
        if (ml_correlation(n, x, y, &r[0], &error) != ML_OK)
            continue; /* all x are -1: once in a great while */
        assert_int_equal(ml_correlation(n, y, x, &r[1], &error), ML_OK);
        for (size_t i = 0; i < n; i++)
            z[i] = mean_y + xy / xx * (x[i] - mean_x);
        assert_int_equal(ml_r2(n, y, z, &r2, &error), ML_OK);
        assert_near(r[0] * r[0], r2, 1e-12);
        for (size_t i = 0; i < n; i++)
            z[i] = 3.0 - 2.0 * x[i];
        assert_int_equal(ml_correlation(n, z, y, &r[2], &error), ML_OK);
        assert_near(r[1], r[0], 1e-14);
        assert_near(r[2], -r[0], 1e-14);
        assert_int_equal(ml_rank_correlation(n, x, y, scratch, order, &rho[0], &error), ML_OK);
        for (size_t i = 0; i < n; i++)
            z[i] = ml_exp(x[i]);
        assert_int_equal(ml_rank_correlation(n, y, z, scratch, order, &rho[1], &error), ML_OK);
        assert_near(rho[1], rho[0], 1e-14);
        ml_rng_permutation(&rng, n, order);
        for (size_t i = 0; i < n; i++) {
            x2[i] = x[order[i]];
            z[i] = y[order[i]];
        }
        assert_int_equal(ml_correlation(n, x2, z, &r[3], &error), ML_OK);
        assert_int_equal(ml_rank_correlation(n, x2, z, scratch, order, &rho[2], &error), ML_OK);
        assert_near(r[3], r[0], 1e-13);
        assert_near(rho[2], rho[0], 1e-13);
    }
}

static void test_constant_truth_has_the_score_of_scikit_learn(void **state) {
    (void)state;
    const double same[2] = {3, 3}, off[2] = {3, 4}, zero[2] = {0, 0};
    double got;
    assert_int_equal(ml_r2(2, same, same, &got, &error), ML_OK);
    assert_true(got == 1.0);
    assert_int_equal(ml_r2(2, same, off, &got, &error), ML_OK);
    assert_true(got == 0.0);
    assert_int_equal(ml_smape(2, zero, zero, &got, &error), ML_OK);
    assert_true(got == 0.0);
}

static void assert_refused(ml_status got, const char *word) {
    assert_int_equal(got, ML_EINVAL);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void test_errors(void **state) {
    (void)state;
    const double fine[2] = {1, 0}, bad[2] = {1, (double)INFINITY};
    double got = 7.0;
    for (int f = 0; f < FIGURES; f++) {
        assert_refused(figure(f, 0, fine, fine, &got), "0 rows");
        assert_refused(figure(f, 2, bad, fine, &got), "truth[1] is inf");
        assert_refused(figure(f, 2, fine, bad, &got), "predicted[1] is inf");
    }
    assert_refused(ml_mape(2, fine, fine, &got, &error), "truth[1] is 0");
    assert_refused(ml_pinball(2, fine, fine, 1.1, &got, &error), "q is 1.1");
    assert_refused(ml_huber(2, fine, fine, (double)NAN, &got, &error), "delta");
    double scratch[6];
    uint32_t order[6];
    const double same[3] = {0.1, 0.1, 0.1}, vary[3] = {1, 2, 3}, huge[3] = {1e200, 0, 0};
    assert_refused(ml_correlation(0, vary, same, &got, &error), "0 rows");
    assert_refused(ml_correlation(3, vary, same, &got, &error), "vary");
    assert_refused(ml_correlation(3, huge, vary, &got, &error), "vary");
    assert_refused(ml_correlation(2, bad, fine, &got, &error), "truth[1] is inf");
    assert_refused(ml_rank_correlation(2, fine, bad, scratch, order, &got, &error), "predicted[1] is inf");
    assert_refused(ml_rank_correlation(3, same, vary, scratch, order, &got, &error), "vary");
    assert_true(got == 7.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_are_those_of_scikit_learn),
        cmocka_unit_test(test_what_holds_of_any_errors),
        cmocka_unit_test(test_correlations_are_those_of_scipy),
        cmocka_unit_test(test_what_holds_of_any_correlation),
        cmocka_unit_test(test_constant_truth_has_the_score_of_scikit_learn),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
