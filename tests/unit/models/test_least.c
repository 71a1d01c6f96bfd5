/* Least squares of the shortest coefficients: against NumPy and scikit-learn, and what makes it what it is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/decomposition_least_golden.h"
#include "ml.h"

static _Alignas(64) unsigned char block[1 << 17];
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

static void assert_close(size_t n, const double *got, const double *expected) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= 1e-10 * fmax(1e-2, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

static void agree(size_t n, size_t d, const double *x, const double *y, const double *w, size_t rank,
                  const double *free, const double *free_intercept) {
    double got[LEAST_D], intercept;
    size_t found = 0;
    assert_int_equal(ml_linear_fit_min_norm(n, d, x, y, got, NULL, &found, &arena, &error), ML_OK);
    assert_close(d, got, w);
    assert_int_equal(found, rank);
    assert_int_equal(ml_linear_fit_min_norm(n, d, x, y, got, &intercept, NULL, &arena, &error), ML_OK);
    assert_close(d, got, free);
    assert_close(1, &intercept, free_intercept);
}

static void test_wide_and_dependent_columns_agree_with_numpy(void **state) {
    (void)state;
    agree(LEAST_N, LEAST_D, least_wide_x, least_wide_y, least_wide_w, LEAST_WIDE_RANK, least_wide_free,
          least_wide_intercept);
    agree(LEAST_D, LEAST_N, least_tall_x, least_tall_y, least_tall_w, LEAST_TALL_RANK, least_tall_free,
          least_tall_intercept);
}

enum { MOST = 12 };

/* With as many rows as there need be it is ml_linear_fit; with fewer it goes through every point, and a twin of a
 * column shares its coefficient equally. */
static void test_what_makes_it_the_shortest(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        ml_rng rng = ml_rng_seed(seed, 0);
        const size_t n = 1 + (size_t)ml_rng_below(&rng, MOST), d = 1 + (size_t)ml_rng_below(&rng, MOST - 1);
        double x[MOST * MOST], twin[MOST * MOST], y[MOST], w[MOST], other[MOST], said[MOST], c = 0, c_other = 0;
        size_t rank = 0;
        for (size_t i = 0; i < n * d; i++)
            x[i] = ml_rng_normal(&rng);
        for (size_t i = 0; i < n; i++) {
            y[i] = ml_rng_normal(&rng);
            memcpy(twin + i * (d + 1), x + i * d, d * sizeof *x);
            twin[i * (d + 1) + d] = x[i * d];
        }
        assert_int_equal(ml_linear_fit_min_norm(n, d, x, y, w, &c, &rank, &arena, &error), ML_OK);
        assert_int_equal(rank, d < n - 1 ? d : n - 1);
        ml_linear_predict(n, d, x, w, c, said);
        for (size_t i = 0; i < n && d >= n; i++)
            assert_true(fabs(said[i] - y[i]) < 1e-7);
        if (n > d + 1) {
            assert_int_equal(ml_linear_fit(n, d, x, y, other, &c_other, &arena, &error), ML_OK);
            for (size_t j = 0; j < d; j++)
                assert_true(fabs(w[j] - other[j]) < 1e-7);
        }
        assert_int_equal(ml_linear_fit_min_norm(n, d + 1, twin, y, other, &c_other, NULL, &arena, &error), ML_OK);
        assert_true(fabs(other[0] - other[d]) < 1e-7);
    }
}

static void test_nothing_to_learn_gives_zeros(void **state) {
    (void)state;
    const double x[] = {0.1, 0.1, 0.1}, y[] = {1, 2, 6};
    double w = 7, c = 7;
    size_t rank = 7;
    assert_int_equal(ml_linear_fit_min_norm(3, 1, x, y, &w, &c, &rank, &arena, &error), ML_OK);
    assert_true(w == 0 && fabs(c - 3) < 1e-12 && rank == 0);
}

static void test_errors(void **state) {
    (void)state;
    const double x[] = {1, 2}, huge[] = {1, 1e141}, nan[] = {1, (double)NAN};
    double w = 7;
    assert_says(ml_linear_fit_min_norm(0, 1, x, x, &w, NULL, NULL, &arena, &error), ML_EINVAL, "at least one");
    assert_says(ml_linear_fit_min_norm(2, 1, huge, x, &w, NULL, NULL, &arena, &error), ML_EINVAL, "overflows");
    assert_says(ml_linear_fit_min_norm(2, 1, x, huge, &w, NULL, NULL, &arena, &error), ML_EINVAL, "scale it");
    assert_says(ml_linear_fit_min_norm(2, 1, x, nan, &w, NULL, NULL, &arena, &error), ML_EINVAL, "target");
    for (size_t room = 0; room < 1200; room += 60) { /* wherever memory ends */
        ml_arena small = ml_arena_over(block, room);
        double made;
        const ml_status status = ml_linear_fit_min_norm(2, 1, x, x, &made, NULL, NULL, &small, &error);
        assert_true(status == ML_OK || status == ML_ENOMEM);
        assert_int_equal(small.used, 0);
    }
    assert_true(w == 7);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, given_back)
    const struct CMUnitTest tests[] = {
        TEST(test_wide_and_dependent_columns_agree_with_numpy),
        TEST(test_what_makes_it_the_shortest),
        TEST(test_nothing_to_learn_gives_zeros),
        TEST(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
