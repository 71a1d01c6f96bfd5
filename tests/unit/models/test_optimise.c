/* L-BFGS, and the regressions that it solves: against known optima, scikit-learn and Newton's method. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/optimise_golden.h"
#include "golden/optimise_weighted_golden.h"
#include "ml.h"
#include "models/softmax_lbfgs.h"

static _Alignas(64) unsigned char block[1 << 20];
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

static void assert_says(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    assert_non_null(strstr(error.message, word));
}

static void assert_close(size_t n, const double *got, const double *expected, double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= tolerance * fmax(1e-2, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

/* --- Functions with a known minimum ------------------------------------------------------------------------------- */

static const ml_lbfgs_settings usual = {10, 2000, 1e-9};

/* Rosenbrock 1960, The Computer Journal 3(3): a curved valley; the minimum 0 is at (1, ..., 1). */
static double valley(void *n, const double *w, double *gradient) {
    double sum = 0;
    memset(gradient, 0, *(size_t *)n * sizeof *gradient);
    for (size_t i = 0; i + 1 < *(size_t *)n; i++) {
        const double a = w[i + 1] - w[i] * w[i], b = 1 - w[i];
        sum += 100 * a * a + b * b;
        gradient[i] += -400 * a * w[i] - 2 * b;
        gradient[i + 1] += 200 * a;
    }
    return sum;
}

static void test_the_end_of_rosenbrocks_valley_is_found(void **state) {
    (void)state;
    for (size_t n = 2; n <= 30; n += 4)
        for (size_t memory = 1; memory <= 20; memory += 6) {
            const ml_lbfgs_settings settings = {memory, 20000, 1e-9};
            double w[30];
            ml_lbfgs_report report;
            for (size_t i = 0; i < n; i++)
                w[i] = 0.5 + 0.1 * (double)(i % 3);
            assert_int_equal(ml_lbfgs_minimise(n, valley, &n, &settings, w, &report, &arena, &error), ML_OK);
            assert_true(report.converged && report.gradient <= 1e-9 && report.value < 1e-17);
            assert_true(report.evaluations > report.iterations);
            for (size_t i = 0; i < n; i++)
                assert_true(fabs(w[i] - 1) < 1e-7);
        }
}

/* w A w / 2 - b w with A = B^T B + I / 100, whose minimum a Cholesky factor gives. */
enum { MOST = 10 };
typedef struct bowl {
    size_t n;
    double a[MOST * MOST], b[MOST];
} bowl;

static double bowl_at(void *context, const double *w, double *gradient) {
    const bowl *const f = context;
    double value = 0;
    for (size_t i = 0; i < f->n; i++) {
        gradient[i] = -f->b[i];
        for (size_t j = 0; j < f->n; j++)
            gradient[i] += f->a[i * f->n + j] * w[j];
        value += 0.5 * (gradient[i] - f->b[i]) * w[i];
    }
    return value;
}

static bowl draw_bowl(uint64_t seed, size_t n, double least) {
    ml_rng rng = ml_rng_seed(seed, 0);
    bowl f = {.n = n};
    double root[MOST * MOST];
    for (size_t i = 0; i < n * n; i++)
        root[i] = ml_rng_normal(&rng);
    for (size_t i = 0; i < n; i++) {
        f.b[i] = ml_rng_normal(&rng);
        f.a[i * n + i] = least;
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++)
                f.a[i * n + j] += root[k * n + i] * root[k * n + j];
    }
    return f;
}

static void test_the_bottom_of_any_bowl_is_found(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        bowl f = draw_bowl(seed, 1 + seed % MOST, 0.01);
        double w[MOST] = {0}, a[MOST * MOST], expected[MOST];
        ml_lbfgs_report report;
        assert_int_equal(ml_lbfgs_minimise(f.n, bowl_at, &f, &usual, w, &report, &arena, &error), ML_OK);
        assert_true(report.converged);
        memcpy(a, f.a, sizeof a);
        memcpy(expected, f.b, sizeof expected);
        assert_int_equal(ml_cholesky_solve(f.n, a, expected, &error), ML_OK);
        for (size_t i = 0; i < f.n; i++)
            assert_true(fabs(w[i] - expected[i]) < 1e-5);
    }
}

/* x - ln x, which exists for x > 0 only, and far away has no finite value. */
static double half_line(void *unused, const double *w, double *gradient) {
    (void)unused;
    *gradient = 1 - 1 / *w;
    return *w > 0 ? *w - ml_log(*w) : (double)NAN;
}

/* |x|: its slope never flattens, so no step can end in the kink. */
static double kink(void *unused, const double *w, double *gradient) {
    (void)unused;
    *gradient = *w < 0 ? -1 : 1;
    return fabs(*w);
}

/* -x has no minimum. */
static double slide(void *unused, const double *w, double *gradient) {
    (void)unused;
    *gradient = -1;
    return -*w;
}

static void test_functions_that_are_not_smooth_everywhere(void **state) {
    (void)state;
    double w = 30;
    ml_lbfgs_report report;
    assert_int_equal(ml_lbfgs_minimise(1, half_line, NULL, &usual, &w, &report, &arena, &error), ML_OK);
    assert_true(report.converged && fabs(w - 1) < 1e-8);
    w = 3;
    assert_int_equal(ml_lbfgs_minimise(1, kink, NULL, &usual, &w, &report, &arena, &error), ML_OK);
    assert_true(!report.converged && fabs(w) <= 3);
    w = 0;
    const ml_lbfgs_settings few = {5, 7, 0};
    assert_int_equal(ml_lbfgs_minimise(1, slide, NULL, &few, &w, NULL, &arena, &error), ML_OK);
    assert_true(isfinite(w) && w > 1e6); /* as far down as the steps went */
    w = 1;
    assert_int_equal(ml_lbfgs_minimise(1, half_line, NULL, &usual, &w, &report, &arena, &error), ML_OK);
    assert_true(report.converged && report.iterations == 0 && report.evaluations == 1);
}

/* --- Regressions -------------------------------------------------------------------------------------------------- */

static double x[OPTIMISE_N * OPTIMISE_D];

/* As the golden script makes them from the rows on file; shift 3 in the feature's own unit, or 0. */
static void scale_rows(bool is_bad) {
    for (size_t i = 0; i < OPTIMISE_N; i++)
        for (size_t j = 0; j < OPTIMISE_D; j++) {
            const double unit = is_bad ? ldexp(1, (int)(j % 21) - 10) : 1;
            x[i * OPTIMISE_D + j] = optimise_x[i * OPTIMISE_D + j] * unit + (is_bad ? 3 * unit : 0);
        }
}

static void test_softmax_of_many_features_reaches_a_millionth(void **state) {
    (void)state;
    double coefficient[OPTIMISE_CLASSES * OPTIMISE_D], intercept[OPTIMISE_CLASSES], sum = 0;
    for (int is_bad = 0; is_bad < 2; is_bad++) {
        scale_rows(is_bad);
        assert_int_equal(ml_softmax_fit(OPTIMISE_N, OPTIMISE_D, OPTIMISE_CLASSES, x, optimise_many, 0.5, coefficient,
                                        intercept, &arena, &error),
                         ML_OK);
        assert_close(OPTIMISE_CLASSES * OPTIMISE_D, coefficient,
                     is_bad ? bad_many_coefficients : flat_many_coefficients, 1e-6);
        assert_close(OPTIMISE_CLASSES, intercept, is_bad ? bad_many_intercept : flat_many_intercept, 1e-6);
        for (size_t c = 0; c < OPTIMISE_CLASSES; c++)
            sum += intercept[c];
        assert_true(fabs(sum) < 1e-9);
    }
}

/* Four features in units from a thousandth to thousands, far from 0: what Newton's method solves. */
static void test_badly_scaled_features_reach_a_millionth(void **state) {
    (void)state;
    static const double unit[] = {1.0 / 1024, 1024, 1, 8}, shift[] = {0, 2000, -1, 50};
    static double few[OPTIMISE_N * 4];
    uint8_t label[OPTIMISE_N];
    double coefficient[OPTIMISE_CLASSES * 4], intercept[OPTIMISE_CLASSES];
    for (size_t i = 0; i < OPTIMISE_N; i++) {
        label[i] = (uint8_t)optimise_two[i];
        for (size_t j = 0; j < 4; j++)
            few[i * 4 + j] = optimise_x[i * OPTIMISE_D + j] * unit[j] + shift[j];
    }
    assert_int_equal(ml_logistic_fit(OPTIMISE_N, 4, few, label, 0.5, coefficient, intercept, NULL, &arena, &error),
                     ML_OK);
    assert_close(4, coefficient, few_two_coefficients, 1e-6);
    assert_close(1, intercept, few_two_intercept, 1e-6);
    assert_int_equal(ml_softmax_fit(OPTIMISE_N, 4, OPTIMISE_CLASSES, few, optimise_many, 0.5, coefficient, intercept,
                                    &arena, &error),
                     ML_OK);
    assert_close(OPTIMISE_CLASSES * 4, coefficient, few_many_coefficients, 1e-6);
    assert_close(OPTIMISE_CLASSES, intercept, few_many_intercept, 1e-6);
}

static void test_two_classes_of_more_features_than_rows(void **state) {
    (void)state;
    static double coefficient[WIDE_D], without[WIDE_D];
    uint8_t label[WIDE_N];
    double intercept = 0, slope = 0;
    int32_t iterations = 0;
    for (size_t i = 0; i < WIDE_N; i++)
        label[i] = (uint8_t)wide_two[i];
    assert_int_equal(
        ml_logistic_fit(WIDE_N, WIDE_D, wide_x, label, 0.5, coefficient, &intercept, &iterations, &arena, &error),
        ML_OK);
    assert_close(WIDE_D, coefficient, wide_coefficients, 1e-6);
    assert_close(1, &intercept, wide_intercept, 1e-6);
    assert_true(iterations >= 5 && iterations <= 500);
    /* Without an intercept the gradient must vanish without one too. */
    assert_int_equal(ml_logistic_fit(WIDE_N, WIDE_D, wide_x, label, 0.5, without, NULL, NULL, &arena, &error), ML_OK);
    for (size_t j = 0; j < WIDE_D; j++) {
        double gradient = 0.5 * without[j];
        for (size_t i = 0; i < WIDE_N; i++) {
            double p = 0;
            ml_logistic_predict(1, WIDE_D, wide_x + i * WIDE_D, without, 0, &p);
            gradient += (p - label[i]) * wide_x[i * WIDE_D + j];
        }
        slope = fmax(slope, fabs(gradient));
    }
    assert_true(slope < 1e-6);
}

/* Small problems of all sorts of units, by both methods. */
static void test_lbfgs_and_newton_agree(void **state) {
    (void)state;
    enum { N = 40, D = 4, C = 3 };
    for (uint64_t seed = 1; seed <= 400; seed++) {
        ml_rng rng = ml_rng_seed(seed, 0);
        double rows[N * D], one[C * D], other[C * D], c_one[C], c_other[C];
        uint32_t label[N];
        const size_t d = 1 + (size_t)ml_rng_below(&rng, D), classes = 2 + (size_t)ml_rng_below(&rng, C - 1);
        const double l2 = ml_exp(3 * ml_rng_normal(&rng));
        for (size_t j = 0; j < d; j++) {
            const double unit = ml_exp(3 * ml_rng_normal(&rng)), shift = 10 * ml_rng_normal(&rng);
            for (size_t i = 0; i < N; i++)
                rows[i * d + j] = unit * (ml_rng_normal(&rng) + shift);
        }
        for (size_t i = 0; i < N; i++)
            label[i] = i < classes ? (uint32_t)i : (uint32_t)ml_rng_below(&rng, classes);
        assert_int_equal(ml_softmax_lbfgs(N, d, classes, rows, label, NULL, l2, true, one, c_one, NULL, &arena, &error),
                         ML_OK);
        assert_int_equal(ml_softmax_fit(N, d, classes, rows, label, l2, other, c_other, &arena, &error), ML_OK);
        for (size_t i = 0; i < N; i++) { /* what is said of the rows: coefficients of tiny units are free to differ */
            double p[C], q[C];
            ml_softmax_predict(1, d, classes, rows + i * d, one, c_one, p);
            ml_softmax_predict(1, d, classes, rows + i * d, other, c_other, q);
            for (size_t c = 0; c < classes; c++)
                assert_true(fabs(p[c] - q[c]) < 1e-6);
        }
    }
}

/* Seconds since 1970 over two minutes: beside the intercept, no digit of the Hessian tells them apart. Centred, they
 * are an easy problem, and the coefficients are the same. */
static void test_dates_are_no_harder_than_what_they_differ_by(void **state) {
    (void)state;
    enum { N = 60 };
    double dates[N], centred[N], w[3], expected[3], c[3], c_expected[3];
    uint32_t label[N];
    uint8_t two[N];
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < N; i++) {
        centred[i] = floor(120 * ml_rng_uniform(&rng)) - 60;
        dates[i] = 1.7e9 + centred[i];
        label[i] = (uint32_t)((centred[i] + 60) / 41 + 0.4 * ml_rng_normal(&rng) + 0.5) % 3;
        two[i] = label[i] > 0;
    }
    assert_int_equal(ml_logistic_fit(N, 1, dates, two, 0.1, w, c, NULL, &arena, &error), ML_OK);
    assert_int_equal(ml_logistic_fit(N, 1, centred, two, 0.1, expected, c_expected, NULL, &arena, &error), ML_OK);
    assert_close(1, w, expected, 1e-6);
    assert_int_equal(ml_softmax_fit(N, 1, 3, dates, label, 0.1, w, c, &arena, &error), ML_OK);
    assert_int_equal(ml_softmax_fit(N, 1, 3, centred, label, 0.1, expected, c_expected, &arena, &error), ML_OK);
    assert_close(3, w, expected, 1e-6);
}

/* --- Rows with weights -------------------------------------------------------------------------------------------- */

static void test_weighted_rows_agree_with_scikit_learn(void **state) {
    (void)state;
    double coefficient[WEIGHTED_D], intercept;
    assert_int_equal(ml_logistic_fit_weighted(WEIGHTED_N, WEIGHTED_D, weighted_x, weighted_label, weighted_weight, 0.3,
                                              coefficient, &intercept, NULL, &arena, &error),
                     ML_OK);
    assert_close(WEIGHTED_D, coefficient, weighted_coefficients, 1e-7);
    assert_close(1, &intercept, weighted_intercept, 1e-7);
}

/* A whole weight is as many rows, by Newton's method and (wide) by L-BFGS; weights of 1 change no bit. */
static void weigh(uint64_t seed, size_t n, size_t d) {
    enum { ROOM = 12000 };
    static double rows[ROOM], repeated[ROOM], one[300], other[300];
    double weight[20], c_one = 0, c_other = 0;
    uint8_t label[20], labels[60];
    size_t many = 0;
    ml_rng rng = ml_rng_seed(seed, 5);
    for (size_t i = 0; i < n * d; i++)
        rows[i] = ml_rng_normal(&rng);
    for (size_t i = 0; i < n; i++) {
        label[i] = i < 2 ? (uint8_t)i : (uint8_t)ml_rng_below(&rng, 2);
        weight[i] = (double)ml_rng_below(&rng, 4) + (i < 2);
        for (size_t k = 0; k < (size_t)weight[i] && many < 60 && (many + 1) * d <= ROOM; k++) {
            memcpy(repeated + many * d, rows + i * d, d * sizeof *rows);
            labels[many++] = label[i];
        }
    }
    assert_int_equal(ml_logistic_fit_weighted(n, d, rows, label, weight, 0.5, one, &c_one, NULL, &arena, &error),
                     ML_OK);
    assert_int_equal(ml_logistic_fit(many, d, repeated, labels, 0.5, other, &c_other, NULL, &arena, &error), ML_OK);
    for (size_t j = 0; j < d; j++)
        assert_true(fabs(one[j] - other[j]) < 1e-7);
    assert_true(fabs(c_one - c_other) < 1e-7);
    for (size_t i = 0; i < n; i++)
        weight[i] = 1;
    assert_int_equal(ml_logistic_fit_weighted(n, d, rows, label, weight, 0.5, one, &c_one, NULL, &arena, &error),
                     ML_OK);
    assert_int_equal(ml_logistic_fit(n, d, rows, label, 0.5, other, &c_other, NULL, &arena, &error), ML_OK);
    assert_memory_equal(one, other, d * sizeof *one);
    assert_true(c_one == c_other);
}

static void test_a_weight_is_so_many_rows(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 500; seed++)
        weigh(seed, 4 + seed % 17, 1 + seed % 5);
    for (uint64_t seed = 1; seed <= 20; seed++)
        weigh(seed, 12, 270);
}

static void test_errors_of_weights(void **state) {
    (void)state;
    const double rows[] = {1, 2, 3}, none[] = {0, 0, 0}, negative[] = {1, -1, 1}, nan[] = {1, 1, (double)NAN};
    const double second[] = {0, 1, 1};
    const uint8_t label[] = {0, 1, 1};
    double w = 7, c = 7;
    assert_says(ml_logistic_fit_weighted(3, 1, rows, label, none, 1, &w, &c, NULL, &arena, &error), ML_EINVAL,
                "above 0");
    assert_says(ml_logistic_fit_weighted(3, 1, rows, label, negative, 1, &w, &c, NULL, &arena, &error), ML_EINVAL,
                "weight of row 1");
    assert_says(ml_logistic_fit_weighted(3, 1, rows, label, nan, 1, &w, &c, NULL, &arena, &error), ML_EINVAL,
                "weight of row 2");
    assert_says(ml_logistic_fit_weighted(3, 1, rows, label, second, 1, &w, &c, NULL, &arena, &error), ML_EINVAL,
                "all 2 rows are of class 1");
    assert_true(w == 7 && c == 7);
}

/* --- Errors ------------------------------------------------------------------------------------------------------- */

static void test_errors_of_the_optimiser(void **state) {
    (void)state;
    double w[2] = {3, 4};
    size_t n = 2;
    const ml_lbfgs_settings no_memory = {0, 1, 0}, no_steps = {1, 0, 0}, no_number = {1, 1, (double)NAN};
    assert_says(ml_lbfgs_minimise(0, valley, &n, &usual, w, NULL, &arena, &error), ML_EINVAL, "no variables");
    assert_says(ml_lbfgs_minimise(2, valley, &n, &no_memory, w, NULL, &arena, &error), ML_EINVAL, "memory 0");
    assert_says(ml_lbfgs_minimise(2, valley, &n, &no_steps, w, NULL, &arena, &error), ML_EINVAL, "max_iterations 0");
    assert_says(ml_lbfgs_minimise(2, valley, &n, &no_number, w, NULL, &arena, &error), ML_EINVAL, "tolerance nan");
    ml_arena small = ml_arena_over(block, 500);
    assert_says(ml_lbfgs_minimise(2, valley, &n, &usual, w, NULL, &small, &error), ML_ENOMEM, "do not fit");
    assert_int_equal(small.used, 0);
    w[0] = -1;
    assert_says(ml_lbfgs_minimise(1, half_line, NULL, &usual, w, NULL, &arena, &error), ML_EDIVERGED, "at the start");
    assert_true(w[0] == -1 && w[1] == 4);
}

static void test_errors_of_the_regressions(void **state) {
    (void)state;
    enum { N = 4, D = 300 };
    static double rows[N * D], coefficient[2 * D];
    const uint32_t label[N] = {0, 1, 0, 1}, one[N] = {0, 0, 0, 0};
    const uint8_t two[N] = {0, 1, 0, 1};
    double intercept[2] = {7, 7};
    for (size_t i = 0; i < N * D; i++)
        rows[i] = (double)(i % 7);
    assert_says(ml_softmax_fit(N, D, 2, rows, one, 1, coefficient, intercept, &arena, &error), ML_EDIVERGED, "no rows");
    for (size_t room = 64; room < 100000; room = room * 5 / 4) { /* wherever memory ends */
        ml_arena small = ml_arena_over(block, room);
        const ml_status first = ml_softmax_fit(N, D, 2, rows, label, 1, coefficient, intercept, &small, &error);
        const ml_status second = ml_logistic_fit(N, D, rows, two, 1, coefficient, intercept, NULL, &small, &error);
        assert_true((first == ML_OK || first == ML_ENOMEM) && (second == ML_OK || second == ML_ENOMEM));
        assert_int_equal(small.used, 0);
    }
    rows[5] = 1e200;
    intercept[0] = 7;
    assert_says(ml_softmax_fit(N, D, 2, rows, label, 1, coefficient, intercept, &arena, &error), ML_EINVAL,
                "overflows");
    assert_true(intercept[0] == 7);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, given_back)
    const struct CMUnitTest tests[] = {
        TEST(test_the_end_of_rosenbrocks_valley_is_found),
        TEST(test_the_bottom_of_any_bowl_is_found),
        TEST(test_functions_that_are_not_smooth_everywhere),
        TEST(test_softmax_of_many_features_reaches_a_millionth),
        TEST(test_badly_scaled_features_reach_a_millionth),
        TEST(test_two_classes_of_more_features_than_rows),
        TEST(test_lbfgs_and_newton_agree),
        TEST(test_dates_are_no_harder_than_what_they_differ_by),
        TEST(test_weighted_rows_agree_with_scikit_learn),
        TEST(test_a_weight_is_so_many_rows),
        TEST(test_errors_of_weights),
        TEST(test_errors_of_the_optimiser),
        TEST(test_errors_of_the_regressions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
