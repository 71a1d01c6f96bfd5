/* Linear algebra, and linear, ridge and logistic regression: against scikit-learn, and what must hold of any fit. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/models_golden.h"
#include "ml.h"

static unsigned char block[1 << 20];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    error.message[0] = '\0';
    return 0;
}

/* Whatever a test fits, its scratch must have been given back. */
static int given_back(void **state) {
    (void)state;
    assert_int_equal(arena.used, 0);
    return 0;
}

static void assert_close(size_t n, const double *got, const double *expected, double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= tolerance * fmax(1e-6, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

static void assert_fails(ml_status got, ml_status expected, const char *sentence) {
    assert_int_equal(got, expected);
    assert_string_equal(error.message, sentence);
}

/* --- Cholesky ----------------------------------------------------------------------------------------------------- */

static void test_cholesky_of_a_known_matrix(void **state) {
    (void)state;
    double a[9] = {4, -1, -1, 12, 37, -1, -16, -43, 98}; /* the upper triangle is not read */
    const double l[9] = {2, -1, -1, 6, 1, -1, -8, 5, 3};
    assert_int_equal(ml_cholesky_factor(3, a, &error), ML_OK);
    assert_memory_equal(a, l, sizeof a);
}

static void test_cholesky_solves_random_systems(void **state) {
    (void)state;
    enum { MOST = 20 };
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t n = 0; n <= MOST; n++) {
        double root[MOST * MOST], a[MOST * MOST] = {0}, x[MOST], b[MOST] = {0};
        for (size_t i = 0; i < n * n; i++)
            root[i] = ml_rng_normal(&rng);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                for (size_t k = 0; k < n; k++)
                    a[i * n + j] += root[i * n + k] * root[j * n + k] + (k == 0 && i == j ? 1.0 : 0.0);
        for (size_t i = 0; i < n; i++)
            x[i] = ml_rng_normal(&rng);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                b[i] += a[i * n + j] * x[j];
        assert_int_equal(ml_cholesky_solve(n, a, b, &error), ML_OK);
        assert_close(n, b, x, 1e-9);
    }
}

static void test_cholesky_refuses_what_is_not_positive_definite(void **state) {
    (void)state;
    double singular[4] = {1, 0, 1, 1}, infinite[1] = {(double)INFINITY}, missing[1] = {(double)NAN}, b[2] = {1, 2};
    assert_fails(
        ml_cholesky_solve(2, singular, b, &error), ML_ESINGULAR,
        "the matrix is not positive definite (column 2 of 2); remove columns that depend on each other, or add a "
        "ridge");
    assert_true(b[0] == 1.0 && b[1] == 2.0);
    assert_int_equal(ml_cholesky_factor(1, infinite, NULL), ML_ESINGULAR);
    assert_int_equal(ml_cholesky_factor(1, missing, NULL), ML_ESINGULAR);
}

static void test_dependent_columns_are_found_through_rounding(void **state) {
    (void)state;
    enum { N = 25, D = 4 };
    for (uint64_t seed = 1; seed <= 100; seed++) {
        double x[N * D], y[N], w[D], c;
        uint8_t label[N];
        ml_rng rng = ml_rng_seed(seed, 0);
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j + 1 < D; j++)
                x[i * D + j] = ml_rng_normal(&rng);
            x[i * D + D - 1] = 0.3 * x[i * D] - 1.7 * x[i * D + 1] + 0.1 * x[i * D + 2];
            y[i] = ml_rng_normal(&rng);
            label[i] = (uint8_t)(i % 2);
        }
        assert_int_equal(ml_linear_fit(N, D, x, y, w, &c, &arena, NULL), ML_ESINGULAR);
        assert_int_equal(ml_ridge_fit(N, D, x, y, 0.0, w, &c, &arena, NULL), ML_ESINGULAR);
        assert_int_equal(ml_logistic_fit(N, D, x, label, 0.0, w, &c, NULL, &arena, NULL), ML_ESINGULAR);
        assert_int_equal(ml_ridge_fit(N, D, x, y, 1e-6, w, &c, &arena, NULL), ML_OK);
        assert_int_equal(ml_logistic_fit(N, D, x, label, 1e-6, w, &c, NULL, &arena, NULL), ML_OK);
    }
}

/* --- Linear ------------------------------------------------------------------------------------------------------- */

static void test_linear_agrees_with_scikit_learn(void **state) {
    (void)state;
    double w[TALL_D], c;
    assert_int_equal(ml_linear_fit(TALL_N, TALL_D, tall_x, tall_y, w, &c, &arena, &error), ML_OK);
    assert_close(TALL_D, w, linear_coefficient, 1e-9);
    assert_close(1, &c, linear_intercept, 1e-9);
    assert_int_equal(ml_linear_fit(TALL_N, TALL_D, tall_x, tall_y, w, NULL, &arena, &error), ML_OK);
    assert_close(TALL_D, w, linear_bare_coefficient, 1e-9);
}

static void test_linear_finds_an_exact_pattern_at_any_scale(void **state) {
    (void)state;
    enum { N = 12, D = 3 };
    const double scales[] = {1e-200, 1e-3, 1.0, 1e6, 1e200};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        ml_rng rng = ml_rng_seed(s, 0);
        double x[N * D], y[N], w[D], c;
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < D; j++)
                x[i * D + j] = ml_rng_normal(&rng) * scales[s];
            y[i] = 2.0 * x[i * D] - x[i * D + 1] + 0.5 * x[i * D + 2] + 3.0 * scales[s];
        }
        assert_int_equal(ml_linear_fit(N, D, x, y, w, &c, &arena, &error), ML_OK);
        c /= scales[s];
        assert_close(D, w, (const double[]){2.0, -1.0, 0.5}, 1e-12);
        assert_close(1, &c, (const double[]){3.0}, 1e-12);
    }
}

static void test_linear_residuals_are_orthogonal_to_the_features(void **state) {
    (void)state;
    double w[TALL_D], c, fitted[TALL_N];
    assert_int_equal(ml_linear_fit(TALL_N, TALL_D, tall_x, tall_y, w, &c, &arena, &error), ML_OK);
    ml_linear_predict(TALL_N, TALL_D, tall_x, w, c, fitted);
    for (size_t j = 0; j < TALL_D; j++) {
        double product = 0.0, size = 0.0;
        for (size_t i = 0; i < TALL_N; i++) {
            product += (tall_y[i] - fitted[i]) * tall_x[i * TALL_D + j];
            size += fabs(tall_y[i] * tall_x[i * TALL_D + j]);
        }
        assert_true(fabs(product) < 1e-10 * size);
    }
}

static void test_linear_errors(void **state) {
    (void)state;
    const double x[6] = {1, 2, 2, 4, 3, 6}, y[3] = {1, 2, 4}, constant[3] = {5, 5, 5}, zero[3] = {0};
    const double hole[3] = {1, (double)NAN, 3}, endless[3] = {1, 2, (double)INFINITY};
    double w[2] = {7, 7}, c = 7;
    ml_arena small = ml_arena_over(block, 100);
    assert_fails(ml_linear_fit(0, 1, x, y, w, &c, &arena, &error), ML_EINVAL,
                 "0 rows of 1 features; a model needs at least one of each");
    assert_fails(ml_linear_fit(3, 1, hole, y, w, &c, &arena, &error), ML_EINVAL,
                 "row 1, feature 0 is nan; fill in missing values first");
    assert_fails(ml_linear_fit(3, 1, y, endless, w, &c, &arena, &error), ML_EINVAL,
                 "the target of row 2 is inf; leave out rows without a target");
    assert_fails(ml_linear_fit(2, 2, x, y, w, &c, &arena, &error), ML_ESHAPE,
                 "2 rows for 3 unknowns; add rows, leave out features, or use ridge");
    assert_fails(ml_linear_fit(3, 2, x, y, w, NULL, &arena, &error), ML_ESINGULAR,
                 "feature 1 is constant or a combination of those before it; remove it, or use ridge");
    assert_fails(ml_linear_fit(3, 1, constant, y, w, &c, &arena, &error), ML_ESINGULAR,
                 "feature 0 is constant or a combination of those before it; remove it, or use ridge");
    assert_int_equal(ml_linear_fit(3, 1, zero, y, w, NULL, &arena, &error), ML_ESINGULAR);
    assert_fails(ml_linear_fit(3, 1, y, y, w, &c, &small, &error), ML_ENOMEM,
                 "linear regression: 3 rows of 1 features do not fit into the memory; use fewer");
    assert_true(w[0] == 7.0 && w[1] == 7.0 && c == 7.0);
    assert_int_equal(small.used, 0);
}

/* --- Ridge -------------------------------------------------------------------------------------------------------- */

static void test_ridge_agrees_with_scikit_learn(void **state) {
    (void)state;
    double w[WIDE_D], c;
    assert_int_equal(ml_ridge_fit(TALL_N, TALL_D, tall_x, tall_y, 2.5, w, &c, &arena, &error), ML_OK);
    assert_close(TALL_D, w, ridge_coefficient, 1e-8);
    assert_close(1, &c, ridge_intercept, 1e-8);
    assert_int_equal(ml_ridge_fit(TALL_N, TALL_D, tall_x, tall_y, 0.7, w, NULL, &arena, &error), ML_OK);
    assert_close(TALL_D, w, ridge_bare_coefficient, 1e-8);
    assert_int_equal(ml_ridge_fit(WIDE_N, WIDE_D, wide_x, wide_y, 0.3, w, &c, &arena, &error), ML_OK);
    assert_close(WIDE_D, w, wide_ridge_coefficient, 1e-10);
    assert_close(1, &c, wide_ridge_intercept, 1e-10);
    assert_int_equal(ml_ridge_fit(WIDE_N, WIDE_D, wide_x, wide_y, 0.3, w, NULL, &arena, &error), ML_OK);
    assert_close(WIDE_D, w, wide_ridge_bare_coefficient, 1e-10);
}

static void test_ridge_is_the_same_by_primal_and_dual(void **state) {
    (void)state;
    enum { MOST = 9 };
    ml_rng rng = ml_rng_seed(4, 0);
    for (size_t n = 1; n <= MOST; n++)
        for (size_t d = 1; d <= MOST; d++) {
            double x[MOST * MOST], y[MOST], w[MOST], gradient[MOST], fitted[MOST];
            for (size_t i = 0; i < n * d; i++)
                x[i] = ml_rng_normal(&rng);
            for (size_t i = 0; i < n; i++)
                y[i] = ml_rng_normal(&rng);
            assert_int_equal(ml_ridge_fit(n, d, x, y, 0.5, w, NULL, &arena, &error), ML_OK);
            ml_linear_predict(n, d, x, w, 0.0, fitted);
            for (size_t j = 0; j < d; j++) { /* the gradient is zero, whichever equations gave w */
                gradient[j] = 0.5 * w[j];
                for (size_t i = 0; i < n; i++)
                    gradient[j] += (fitted[i] - y[i]) * x[i * d + j];
                assert_true(fabs(gradient[j]) < 1e-12);
            }
        }
}

static void test_ridge_shrinks_as_the_penalty_grows(void **state) {
    (void)state;
    double last = (double)INFINITY;
    for (double l2 = 1e-3; l2 < 1e6; l2 *= 10.0) {
        double w[WIDE_D], c, squares = 0.0;
        assert_int_equal(ml_ridge_fit(WIDE_N, WIDE_D, wide_x, wide_y, l2, w, &c, &arena, &error), ML_OK);
        for (size_t j = 0; j < WIDE_D; j++)
            squares += w[j] * w[j];
        assert_true(squares < last);
        last = squares;
    }
}

static void test_ridge_errors(void **state) {
    (void)state;
    const double x[6] = {1, 2, 2, 4, 3, 6}, y[3] = {1, 2, 4}, hole[2] = {(double)NAN, 1};
    double w[2] = {7, 7}, c = 7;
    ml_arena small = ml_arena_over(block, 60);
    assert_fails(ml_ridge_fit(3, 0, x, y, 1.0, w, &c, &arena, &error), ML_EINVAL,
                 "3 rows of 0 features; a model needs at least one of each");
    assert_fails(ml_ridge_fit(3, 2, x, y, -1.0, w, &c, &arena, &error), ML_EINVAL,
                 "l2 is -1; the weight of a penalty is a finite number, 0 or more");
    assert_int_equal(ml_ridge_fit(3, 2, x, y, (double)NAN, w, &c, &arena, &error), ML_EINVAL);
    assert_int_equal(ml_ridge_fit(2, 1, x, hole, 1.0, w, &c, &arena, &error), ML_EINVAL);
    assert_fails(ml_ridge_fit(3, 2, x, y, 0.0, w, NULL, &arena, &error), ML_ESINGULAR,
                 "l2 = 0 is too small: features depend on each other; use a larger one");
    assert_fails(ml_ridge_fit(3, 2, x, y, 1.0, w, &c, &small, &error), ML_ENOMEM,
                 "ridge: 3 rows of 2 features do not fit into the memory; use fewer");
    assert_int_equal(ml_ridge_fit(3, 2, x, y, 1.0, w, NULL, &small, &error), ML_ENOMEM);
    assert_true(w[0] == 7.0 && w[1] == 7.0 && c == 7.0);
}

/* --- Logistic ----------------------------------------------------------------------------------------------------- */

static void test_logistic_agrees_with_scikit_learn(void **state) {
    (void)state;
    double w[LOGISTIC_D], c, probability[LOGISTIC_N];
    int32_t iterations;
    const uint8_t *y = logistic_label;
    assert_int_equal(ml_logistic_fit(LOGISTIC_N, LOGISTIC_D, logistic_x, y, 1.0, w, &c, &iterations, &arena, &error),
                     ML_OK);
    assert_close(LOGISTIC_D, w, logistic_coefficient, 1e-8);
    assert_close(1, &c, logistic_intercept, 1e-8);
    assert_in_range(iterations, 3, 12);
    assert_int_equal(ml_logistic_fit(LOGISTIC_N, LOGISTIC_D, logistic_x, y, 100.0, w, &c, NULL, &arena, &error), ML_OK);
    assert_close(LOGISTIC_D, w, logistic_strict_coefficient, 1e-8);
    assert_close(1, &c, logistic_strict_intercept, 1e-8);
    assert_int_equal(ml_logistic_fit(LOGISTIC_N, LOGISTIC_D, logistic_x, y, 0.5, w, NULL, NULL, &arena, &error), ML_OK);
    assert_close(LOGISTIC_D, w, logistic_bare_coefficient, 1e-8);
    assert_int_equal(ml_logistic_fit(LOGISTIC_N, LOGISTIC_D, logistic_x, y, 0.0, w, &c, NULL, &arena, &error), ML_OK);
    assert_close(LOGISTIC_D, w, logistic_free_coefficient, 1e-8);
    assert_close(1, &c, logistic_free_intercept, 1e-8);
    ml_logistic_predict(LOGISTIC_N, LOGISTIC_D, logistic_x, w, c, probability);
    assert_close(LOGISTIC_N, probability, logistic_free_probability, 1e-8);
}

static void test_logistic_is_mirrored_by_swapping_the_classes(void **state) {
    (void)state;
    uint8_t swapped[LOGISTIC_N];
    double w[LOGISTIC_D], c, w_swapped[LOGISTIC_D], c_swapped;
    for (size_t i = 0; i < LOGISTIC_N; i++)
        swapped[i] = !logistic_label[i];
    assert_int_equal(
        ml_logistic_fit(LOGISTIC_N, LOGISTIC_D, logistic_x, logistic_label, 1.0, w, &c, NULL, &arena, &error), ML_OK);
    assert_int_equal(
        ml_logistic_fit(LOGISTIC_N, LOGISTIC_D, logistic_x, swapped, 1.0, w_swapped, &c_swapped, NULL, &arena, &error),
        ML_OK);
    for (size_t j = 0; j < LOGISTIC_D; j++)
        assert_true(fabs(w[j] + w_swapped[j]) < 1e-10);
    assert_true(fabs(c + c_swapped) < 1e-10);
}

static void test_logistic_converges_from_far_away(void **state) {
    (void)state;
    enum {
        N = 200
    }; /* a plain Newton step overshoots here: one feature in millionths, one in millions, few positives */
    double x[N * 2], w[2], c, gradient[3] = {0}, probability[N];
    uint8_t label[N];
    ml_rng rng = ml_rng_seed(9, 0);
    for (size_t i = 0; i < N; i++) {
        x[2 * i] = 1e-6 * ml_rng_normal(&rng);
        x[2 * i + 1] = 1e6 * ml_rng_normal(&rng);
        label[i] = (uint8_t)ml_rng_bernoulli(&rng, ml_sigmoid(4e6 * x[2 * i] - 3e-6 * x[2 * i + 1] - 4.0));
    }
    assert_int_equal(ml_logistic_fit(N, 2, x, label, 1e-20, w, &c, NULL, &arena, &error), ML_OK);
    ml_logistic_predict(N, 2, x, w, c, probability);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < 3; j++)
            gradient[j] += (probability[i] - label[i]) * (j == 0 ? x[2 * i] * 1e6 : j == 1 ? x[2 * i + 1] * 1e-6 : 1.0);
    gradient[0] += 1e-20 * w[0] * 1e6;
    for (size_t j = 0; j < 3; j++)
        assert_true(fabs(gradient[j]) < 1e-9 * N);
    assert_true(w[0] > 1e6 && w[1] < -1e-6);
}

/* Heavy tails and a weak penalty. With some of these seeds (118518 is one) undamped Newton steps run away to 1e7 and
 * beyond; with the others they do not, and the halving must not get in the way. */
static void test_logistic_converges_where_plain_newton_runs_away(void **state) {
    (void)state;
    enum { MOST = 40 };
    const uint64_t seeds[] = {21659, 35953, 51419, 118518, 130649, 140431, 147491, 160089, 3, 7, 12, 33};
    for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++) {
        ml_rng rng = ml_rng_seed(seeds[s], 0);
        const size_t n = 4 + (size_t)ml_rng_below(&rng, 20);
        const double tail = 1.0 + 4.0 * ml_rng_uniform(&rng), share = ml_rng_uniform(&rng);
        double x[MOST], w, c;
        uint8_t label[MOST];
        for (size_t i = 0; i < n; i++) {
            x[i] = ml_exp(tail * ml_rng_normal(&rng));
            if (seeds[s] % 2 == 1 && ml_rng_bernoulli(&rng, 0.5))
                x[i] = -x[i];
            label[i] = (uint8_t)ml_rng_bernoulli(&rng, share);
        }
        const double l2 = ml_exp(-12.0 * ml_rng_uniform(&rng));
        assert_int_equal(ml_logistic_fit(n, 1, x, label, l2, &w, &c, NULL, &arena, &error), ML_OK);
        double gradient[2] = {l2 * w, 0.0}, size[2] = {fabs(l2 * w), 0.0};
        for (size_t i = 0; i < n; i++) {
            const double residual = ml_sigmoid(w * x[i] + c) - label[i];
            gradient[0] += residual * x[i];
            gradient[1] += residual;
            size[0] += fabs(residual * x[i]);
            size[1] += fabs(residual);
        }
        assert_true(fabs(gradient[0]) <= 1e-7 * size[0] && fabs(gradient[1]) <= 1e-7 * size[1]);
    }
}

static void test_logistic_errors(void **state) {
    (void)state;
    const double x[4] = {1, 2, 3, 4}, twice[8] = {1, 2, 2, 4, 3, 6, 4, 8};
    const uint8_t ones[4] = {1, 1, 1, 1}, apart[4] = {0, 0, 1, 1}, mixed[4] = {0, 1, 0, 1}, three[4] = {0, 1, 2, 0};
    double w[2] = {7, 7}, c = 7;
    int32_t iterations = 7;
    ml_arena small = ml_arena_over(block, 200);
    assert_fails(ml_logistic_fit(4, 1, x, ones, 1.0, w, &c, &iterations, &arena, &error), ML_EINVAL,
                 "all 4 rows are of class 1; there is nothing to tell apart");
    assert_fails(ml_logistic_fit(4, 1, x, three, 1.0, w, &c, &iterations, &arena, &error), ML_EINVAL,
                 "the label of row 2 is 2; logistic regression takes 0 and 1");
    assert_fails(ml_logistic_fit(4, 1, x, mixed, (double)INFINITY, w, &c, &iterations, &arena, &error), ML_EINVAL,
                 "l2 is inf; the weight of a penalty is a finite number, 0 or more");
    assert_int_equal(ml_logistic_fit(0, 1, x, mixed, 1.0, w, &c, &iterations, &arena, &error), ML_EINVAL);
    assert_fails(ml_logistic_fit(4, 1, x, apart, 0.0, w, &c, &iterations, &arena, &error), ML_EDIVERGED,
                 "the classes can be told apart without error, so the best coefficients are infinite; use l2 > 0");
    assert_fails(ml_logistic_fit(4, 2, twice, mixed, 0.0, w, &c, &iterations, &arena, &error), ML_ESINGULAR,
                 "features are constant or depend on each other; remove some, or use l2 > 0");
    assert_fails(ml_logistic_fit(4, 1, x, mixed, 1.0, w, &c, &iterations, &small, &error), ML_ENOMEM,
                 "logistic regression: 4 rows of 1 features do not fit into the memory; use fewer");
    assert_true(w[0] == 7.0 && w[1] == 7.0 && c == 7.0 && iterations == 7);
    assert_int_equal(ml_logistic_fit(4, 1, x, apart, 1e-3, w, &c, &iterations, &arena, &error), ML_OK);
}

static void test_separable_classes_diverge_for_many_data_sets(void **state) {
    (void)state;
    enum { N = 30, D = 3 };
    for (uint64_t seed = 1; seed <= 50; seed++) {
        double x[N * D], w[D], c;
        uint8_t label[N];
        ml_rng rng = ml_rng_seed(seed, 0);
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < D; j++)
                x[i * D + j] = ml_rng_normal(&rng);
            label[i] = x[i * D] + 0.5 * x[i * D + 1] > 0.1 * (double)seed / 50.0;
        }
        assert_int_equal(ml_logistic_fit(N, D, x, label, 0.0, w, &c, NULL, &arena, NULL), ML_EDIVERGED);
        assert_int_equal(ml_logistic_fit(N, D, x, label, 1e-6, w, &c, NULL, &arena, NULL), ML_OK);
    }
}

static void test_predictions_of_no_rows_or_no_features(void **state) {
    (void)state;
    double out[2] = {7, 7};
    ml_linear_predict(0, 3, NULL, NULL, 1.0, out);
    assert_true(out[0] == 7.0);
    ml_linear_predict(2, 0, NULL, NULL, 1.5, out);
    assert_true(out[0] == 1.5 && out[1] == 1.5);
    ml_logistic_predict(2, 0, NULL, NULL, 0.0, out);
    assert_true(out[0] == 0.5 && out[1] == 0.5);
}

/* --- Elastic net -------------------------------------------------------------------------------------------------- */

/* At the optimum a column's product with the residual is n l1 in size where its coefficient is not 0, and at most that
 * where it is; with an l2, n l2 w is taken off. So with more rows than features and with fewer, which are computed
 * differently. */
static void test_elastic_net_is_at_its_optimum(void **state) {
    (void)state;
    enum { MOST = 24 };
    ml_rng rng = ml_rng_seed(31, 0);
    for (int round = 0; round < 400; round++) {
        const size_t n = 3 + ml_rng_below(&rng, MOST - 3), d = 1 + ml_rng_below(&rng, MOST);
        double x[MOST * MOST], y[MOST], w[MOST], residual[MOST], intercept = 0.0;
        const double l1 = 0.02 + 0.3 * ml_rng_uniform(&rng), l2 = round % 3 > 0 ? ml_rng_uniform(&rng) : 0.0;
        for (size_t i = 0; i < n * d; i++)
            x[i] = 1.0 + ml_rng_normal(&rng);
        for (size_t i = 0; i < n; i++)
            y[i] = x[i * d] - 2.0 * x[i * d + d - 1] + ml_rng_normal(&rng);
        assert_int_equal(ml_elastic_net_fit(n, d, x, y, l1, l2, w, round % 2 > 0 ? &intercept : NULL, &arena, &error),
                         ML_OK);
        ml_linear_predict(n, d, x, w, intercept, residual);
        for (size_t i = 0; i < n; i++)
            residual[i] = y[i] - residual[i];
        for (size_t j = 0; j < d; j++) {
            double product = -(double)n * l2 * w[j];
            for (size_t i = 0; i < n; i++)
                product += x[i * d + j] * residual[i];
            product /= (double)n;
            if (w[j] == 0.0)
                assert_true(fabs(product) <= l1 + 1e-4);
            else
                assert_true(fabs(product - (w[j] > 0.0 ? l1 : -l1)) <= 1e-4);
        }
    }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, given_back)
    const struct CMUnitTest tests[] = {
        TEST(test_cholesky_of_a_known_matrix),
        TEST(test_cholesky_solves_random_systems),
        TEST(test_cholesky_refuses_what_is_not_positive_definite),
        TEST(test_dependent_columns_are_found_through_rounding),
        TEST(test_linear_agrees_with_scikit_learn),
        TEST(test_linear_finds_an_exact_pattern_at_any_scale),
        TEST(test_linear_residuals_are_orthogonal_to_the_features),
        TEST(test_linear_errors),
        TEST(test_ridge_agrees_with_scikit_learn),
        TEST(test_ridge_is_the_same_by_primal_and_dual),
        TEST(test_ridge_shrinks_as_the_penalty_grows),
        TEST(test_ridge_errors),
        TEST(test_logistic_agrees_with_scikit_learn),
        TEST(test_logistic_is_mirrored_by_swapping_the_classes),
        TEST(test_logistic_converges_from_far_away),
        TEST(test_logistic_converges_where_plain_newton_runs_away),
        TEST(test_logistic_errors),
        TEST(test_separable_classes_diverge_for_many_data_sets),
        TEST(test_predictions_of_no_rows_or_no_features),
        TEST(test_elastic_net_is_at_its_optimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
