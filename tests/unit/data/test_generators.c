/* Made-up data are made as they say (chi-squared, false alarm 1e-9), and refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"
#include "unit/data/chi_squared.h"

static _Alignas(64) unsigned char block[1 << 20];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    return 0;
}

static void test_ranks_follow_zipfs_law(void **state) {
    (void)state;
    enum { N = 30, DRAWS = 100000 };
    ml_rng rng = ml_rng_seed(151, 0);
    const double exponents[] = {0.0, 0.5, 1.0, 1.1, 2.0};
    for (size_t e = 0; e < 5; e++) {
        double count[N] = {0}, expected[N], sum = 0.0;
        ml_zipf zipf;
        assert_int_equal(ml_zipf_init(N, exponents[e], &arena, &zipf, &error), ML_OK);
        for (size_t k = 0; k < N; k++)
            sum += expected[k] = pow((double)k + 1.0, -exponents[e]);
        for (size_t k = 0; k < N; k++)
            expected[k] *= DRAWS / sum;
        for (int i = 0; i < DRAWS; i++)
            count[ml_zipf_draw(&zipf, &rng)]++;
        assert_true(agrees(N, count, expected, 1.0));
    }
}

static void test_regression_is_a_plane_and_outliers_are_as_many_as_asked_for(void **state) {
    (void)state;
    enum { N = 5000, D = 3 };
    static double x[N * D], y[N], other_x[N * D], other_y[N];
    double w[D], other_w[D];
    ml_rng rng = ml_rng_seed(152, 0), same = rng;
    assert_int_equal(ml_data_make_regression(N, D, 0.0, 0.0, 0.0, &rng, w, x, y, &error), ML_OK);
    assert_int_equal(ml_data_make_regression(N, D, 0.5, 0.1, 50.0, &same, other_w, other_x, other_y, &error), ML_OK);
    assert_memory_equal(w, other_w, sizeof w);
    assert_memory_equal(x, other_x, sizeof x);
    double squares = 0.0;
    size_t up = 0, down = 0;
    for (size_t i = 0; i < N; i++) {
        const double plane = w[0] * x[3 * i] + w[1] * x[3 * i + 1] + w[2] * x[3 * i + 2], off = other_y[i] - plane;
        assert_true(fabs(y[i] - plane) < 1e-12);
        up += off > 25.0;
        down += off < -25.0;
        squares += fabs(off) < 25.0 ? off * off : 0.0;
    }
    assert_in_range(up + down, 500 - 106, 500 + 106); /* five standard deviations */
    assert_in_range(up, 250 - 77, 250 + 77);
    assert_true(fabs(sqrt(squares / (double)(N - up - down)) - 0.5) < 0.027);
}

static void test_labels_of_categories_depend_on_their_effect(void **state) {
    (void)state;
    enum { N = 60000, K = 20 };
    static uint32_t code[N];
    static uint8_t label[N];
    double effect[K], count[K] = {0}, seen[K] = {0}, expected[2], got[2];
    ml_zipf zipf;
    ml_rng rng = ml_rng_seed(153, 0);
    assert_int_equal(ml_zipf_init(K, 1.0, &arena, &zipf, &error), ML_OK);
    assert_int_equal(ml_data_make_categories(N, &zipf, 1.5, &rng, effect, code, label, &error), ML_OK);
    for (size_t i = 0; i < N; i++) {
        seen[code[i]]++;
        count[code[i]] += label[i];
    }
    for (size_t k = 0; k < K; k++) {
        const double p = 1.0 / (1.0 + exp(-effect[k]));
        expected[0] = seen[k] * p;
        expected[1] = seen[k] * (1.0 - p);
        got[0] = count[k];
        got[1] = seen[k] - count[k];
        assert_true(agrees(2, got, expected, 1.0));
    }
}

static void test_the_rare_class_is_exactly_as_rare_as_asked_for(void **state) {
    (void)state;
    static double x[3 * 2000];
    static uint8_t label[2000];
    double first[10] = {0}, expected[10];
    ml_rng rng = ml_rng_seed(154, 0);
    for (int round = 0; round < 200; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, 200);
        const double share = ml_rng_uniform(&rng);
        size_t positives = 0;
        assert_int_equal(ml_data_make_imbalanced(n, 1, share, 2.0, &rng, x, label, &error), ML_OK);
        for (size_t i = 0; i < n; i++)
            positives += label[i];
        assert_int_equal(positives, (size_t)floor(share * (double)n + 0.5));
    }
    for (int round = 0; round < 5000; round++) {
        assert_int_equal(ml_data_make_imbalanced(10, 1, 0.2, 2.0, &rng, x, label, &error), ML_OK);
        for (size_t i = 0; i < 10; i++)
            first[i] += label[i];
    }
    for (size_t i = 0; i < 10; i++)
        expected[i] = 1000.0;
    assert_true(agrees(10, first, expected, 1.0));
    assert_int_equal(ml_data_make_imbalanced(2000, 3, 0.5, 2.0, &rng, x, label, &error), ML_OK);
    double mean[2][3] = {{0}};
    for (size_t i = 0; i < 2000; i++)
        for (size_t j = 0; j < 3; j++)
            mean[label[i]][j] += x[3 * i + j] / 1000.0;
    for (size_t j = 0; j < 3; j++)
        assert_true(fabs(mean[0][j]) < 0.16 && fabs(mean[1][j] - (j == 0 ? 2.0 : j == 1 ? 1.0 : 0.0)) < 0.13);
}

/* The share of labels that the old line gets right, over rows from..to-1. */
static double old_line_is_right(ml_drift_stream s, uint64_t from, uint64_t to, double *mean_new, double *mean_x) {
    ml_rng rng = ml_rng_seed(155, 0);
    double right = 0.0;
    *mean_new = *mean_x = 0.0;
    for (uint64_t i = 0; i < to; i++) {
        double x[2];
        uint8_t label;
        const double part = ml_drift_next(&s, &rng, x, &label);
        if (i < from)
            continue;
        *mean_new += part / (double)(to - from);
        *mean_x += x[0] / (double)(to - from);
        right += (double)((x[1] > 0.0) == label) / (double)(to - from);
    }
    assert_int_equal(s.row, to);
    return right;
}

static void test_streams_drift_when_and_as_they_say(void **state) {
    (void)state;
    const double quarter = 1.57079632679489661923;
    double part, mean;
    for (int kind = 0; kind < 4; kind++) {
        const ml_drift_stream s = {(ml_drift_kind)kind, 4000, 4000, quarter, 3.0, 0.0, 0};
        assert_true(old_line_is_right(s, 0, 4000, &part, &mean) > 0.999999 && part == 0.0 && fabs(mean) < 0.08);
        const double during = old_line_is_right(s, 4000, 8000, &part, &mean);
        const bool at_once = kind == ML_DRIFT_SUDDEN || kind == ML_DRIFT_RECURRING;
        assert_true(fabs(part - (at_once ? 1.0 : 0.5)) < 0.001);
        assert_true(fabs(mean - 3.0 * (at_once ? 1.0 : 0.5)) < 0.15);
        assert_true(at_once ? fabs(during - 0.5) < 0.04 : during > 0.6 && during < 0.85);
        const double after = old_line_is_right(s, 8000, 12000, &part, &mean);
        assert_true(kind == ML_DRIFT_RECURRING ? after > 0.999999 && part == 0.0
                                               : fabs(after - 0.5) < 0.04 && part > 0.999999);
    }
    const ml_drift_stream noisy = {ML_DRIFT_SUDDEN, 100000, 1, 0.0, 0.0, 0.2, 0};
    assert_true(fabs(old_line_is_right(noisy, 0, 10000, &part, &mean) - 0.8) < 0.02);
}

static ml_arrivals start(ml_arrivals_settings settings, ml_rng *rng) {
    ml_arrivals a;
    if (ml_arrivals_init(&settings, rng, &a, &error) != ML_OK)
        fail_msg("%s", error.message);
    return a;
}

/* Arrivals in each of `bins` stretches of unit length. */
static void count_arrivals(ml_arrivals a, ml_rng *rng, size_t bins, double *count) {
    double before = 0.0;
    memset(count, 0, bins * sizeof *count);
    for (double t; (t = ml_arrivals_next(&a, rng)) < (double)bins; before = t) {
        assert_true(t >= before);
        count[(size_t)t]++;
    }
}

static void mean_and_variance(size_t n, const double *x, double *mean, double *variance) {
    *mean = *variance = 0.0;
    for (size_t i = 0; i < n; i++)
        *mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        *variance += (x[i] - *mean) * (x[i] - *mean) / (double)(n - 1);
}

static void test_arrivals_come_at_their_rates(void **state) {
    (void)state;
    enum { BINS = 20000 };
    static double count[BINS];
    double mean, variance;
    ml_rng rng = ml_rng_seed(156, 0);
    count_arrivals(start((ml_arrivals_settings){.kind = ML_ARRIVALS_REGULAR, .rate = 8.0}, &rng), &rng, BINS, count);
    mean_and_variance(BINS, count, &mean, &variance);
    assert_true(fabs(mean - 8.0) < 1e-3 && variance < 1e-3);
    count_arrivals(start((ml_arrivals_settings){.kind = ML_ARRIVALS_POISSON, .rate = 6.0}, &rng), &rng, BINS, count);
    mean_and_variance(BINS, count, &mean, &variance);
    assert_true(fabs(mean - 6.0) < 0.11 && fabs(variance / mean - 1.0) < 0.07); /* six standard deviations */
    /* mean rate (3 x 2 + 1 x 18) / 4 = 6; its variance is p (1-p) (18-2)^2 = 48, and states last 3 and 1 units */
    const ml_arrivals_settings bursty = {ML_ARRIVALS_BURSTY, 0.0, 2.0, 18.0, 3.0, 1.0, 0.0, 0.0};
    count_arrivals(start(bursty, &rng), &rng, BINS, count);
    mean_and_variance(BINS, count, &mean, &variance);
    assert_true(fabs(mean - 6.0) < 0.45);
    const double r = 4.0 / 3.0; /* covariance in time 48 exp(-r t), r = 1/3 + 1/1; over one unit: */
    assert_true(fabs(variance / (6.0 + 48.0 * 2.0 * (r - 1.0 + exp(-r)) / (r * r)) - 1.0) < 0.12);
}

static void test_a_day_has_its_busy_hours(void **state) {
    (void)state;
    enum { HOURS = 24, DAYS = 400 };
    static double count[HOURS * DAYS];
    double by_hour[HOURS] = {0}, expected[HOURS];
    ml_rng rng = ml_rng_seed(157, 0);
    const ml_arrivals_settings day = {.kind = ML_ARRIVALS_DIURNAL, .rate = 10.0, .swing = 0.9, .period = HOURS};
    count_arrivals(start(day, &rng), &rng, HOURS * DAYS, count);
    const double turn = 6.28318530717958647693 / HOURS;
    for (size_t i = 0; i < HOURS * DAYS; i++)
        by_hour[i % HOURS] += count[i];
    for (size_t h = 0; h < HOURS; h++)
        expected[h] = 10.0 * DAYS * (1.0 - 0.9 * (sin(turn * (double)(h + 1)) - sin(turn * (double)h)) / turn);
    assert_true(agrees(HOURS, by_hour, expected, 0.0));
}

static void assert_refused(ml_status status, ml_status expected, const char *word) {
    assert_int_equal(status, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' lacks '%s'", error.message, word);
}

static void test_bad_arguments_are_refused(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(158, 0), before = rng;
    double x[2] = {9.0}, y[2] = {9.0}, w[2] = {9.0};
    uint32_t code[2] = {9};
    uint8_t label[2] = {9};
    ml_zipf zipf = {1, w};
    ml_arena tiny = ml_arena_over(block, 4);
    ml_arrivals a = {.now = 9.0};
    const double nan = (double)NAN;
    assert_refused(ml_data_make_regression(0, 1, 0, 0, 0, &rng, w, x, y, &error), ML_EINVAL, "0 rows");
    assert_refused(ml_data_make_regression(1, 1, -1, 0, 0, &rng, w, x, y, &error), ML_EINVAL, "noise");
    assert_refused(ml_data_make_regression(1, 1, 0, 2, 0, &rng, w, x, y, &error), ML_EINVAL, "share of outliers");
    assert_refused(ml_data_make_regression(1, 1, 0, 0, nan, &rng, w, x, y, &error), ML_EINVAL, "size of an outlier");
    assert_refused(ml_data_make_categories(0, &zipf, 1, &rng, w, code, label, &error), ML_EINVAL, "0 rows");
    assert_refused(ml_data_make_categories(1, &zipf, nan, &rng, w, code, label, &error), ML_EINVAL, "spread");
    assert_refused(ml_data_make_imbalanced(1, 0, 0.5, 1, &rng, x, label, &error), ML_EINVAL, "0 features");
    assert_refused(ml_data_make_imbalanced(1, 1, nan, 1, &rng, x, label, &error), ML_EINVAL, "share of positives");
    assert_refused(ml_data_make_imbalanced(1, 1, 0.5, nan, &rng, x, label, &error), ML_EINVAL, "distance");
    assert_refused(ml_zipf_init(0, 1.0, &arena, &zipf, &error), ML_EINVAL, "0 ranks");
    assert_refused(ml_zipf_init(5, 11.0, &arena, &zipf, &error), ML_EINVAL, "exponent of 11");
    assert_refused(ml_zipf_init(5, 1.0, &tiny, &zipf, &error), ML_ENOMEM, "memory");
    const ml_arrivals_settings bad[] = {{.kind = ML_ARRIVALS_POISSON},
                                        {.kind = ML_ARRIVALS_REGULAR, .rate = nan},
                                        {.kind = ML_ARRIVALS_DIURNAL, .rate = 1.0, .swing = 2.0, .period = 1.0},
                                        {.kind = ML_ARRIVALS_DIURNAL, .rate = 1.0, .swing = 1.0, .period = 1e10},
                                        {ML_ARRIVALS_BURSTY, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0},
                                        {ML_ARRIVALS_BURSTY, 0.0, 0.0, 1e-9, 1.0, 1.0, 0.0, 0.0},
                                        {.kind = (ml_arrivals_kind)9, .rate = 1.0}};
    static const char *const words[] = {"rate is 0", "rate is", "swing of 2", "1e9 is the most",
                                        "bursts",    "1e-6",    "kind 9"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_refused(ml_arrivals_init(&bad[i], &rng, &a, &error), ML_EINVAL, words[i]);
    assert_true(x[0] == 9.0 && y[0] == 9.0 && w[0] == 9.0 && code[0] == 9 && label[0] == 9 && zipf.n == 1);
    assert_true(a.now == 9.0);
    assert_memory_equal(&rng, &before, sizeof rng);
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_ranks_follow_zipfs_law),
        TEST(test_regression_is_a_plane_and_outliers_are_as_many_as_asked_for),
        TEST(test_labels_of_categories_depend_on_their_effect),
        TEST(test_the_rare_class_is_exactly_as_rare_as_asked_for),
        TEST(test_streams_drift_when_and_as_they_say),
        TEST(test_arrivals_come_at_their_rates),
        TEST(test_a_day_has_its_busy_hours),
        TEST(test_bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
