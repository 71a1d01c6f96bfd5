/* Intervals and tests: against SciPy, statsmodels and all pairs in NumPy, what must hold of any of them, what they
 * promise to cover, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/intervals_golden.h"
#include "ml.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static unsigned char memory[1 << 16];
static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

static void assert_close(double got, double expected, double relative) {
    assert_near(got, expected, relative * fabs(expected));
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

/* --- Shares, means, tables ---------------------------------------------------------------------------------------- */

static void test_shares_and_means_are_those_of_statsmodels_and_scipy(void **state) {
    (void)state;
    double low, high;
    ml_estimate mean;
    for (size_t i = 0; i < COUNT(interval_shares) / 3; i++)
        for (size_t method = 0; method < 3; method++) {
            const double *const share = interval_shares + 3 * i, *const ends = golden_shares + 6 * i + 2 * method;
            assert_int_equal(ml_share_interval((size_t)share[0], (size_t)share[1], share[2], (ml_share_method)method,
                                               &low, &high, &error), ML_OK);
            assert_near(low, ends[0], 1e-10 * ends[0] + 1e-16); /* statsmodels cancels near 0 */
            assert_near(high, ends[1], 1e-10 * ends[1]);
        }
    assert_int_equal(ml_mean_interval(COUNT(interval_values), interval_values, 0.9, &mean, &error), ML_OK);
    assert_close(mean.value, golden_mean[0], 1e-14);
    assert_close(mean.standard_error, golden_mean[1], 1e-13);
    assert_close(mean.low, golden_mean[2], 1e-12);
    assert_close(mean.high, golden_mean[3], 1e-12);
}

/* The chance, over all outcomes, that the interval holds the true share. */
static double coverage(size_t n, double p, ml_share_method method) {
    double held = 0.0, low, high;
    for (size_t k = 0; k <= n; k++) {
        assert_int_equal(ml_share_interval(k, n, 0.95, method, &low, &high, &error), ML_OK);
        if (low <= p && p <= high)
            held += ml_binomial_pmf((double)k, (double)n, p);
    }
    return held;
}

static void test_share_intervals_cover_what_they_say(void **state) {
    (void)state;
    double mean[3] = {0.0};
    enum { STEPS = 40, N = 30 };
    for (int step = 0; step < STEPS; step++)
        for (int method = 0; method < 3; method++) {
            const double held = coverage(N, (step + 0.5) / STEPS, (ml_share_method)method);
            mean[method] += held / STEPS;
            assert_true(method != ML_SHARE_EXACT || held >= 0.95);
        }
    assert_near(mean[ML_SHARE_WILSON], 0.95, 0.01);
    assert_true(mean[ML_SHARE_WALD] < 0.92 && mean[ML_SHARE_EXACT] > 0.96);
}

static void test_what_holds_of_any_share(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(67, 0);
    for (int round = 0; round < 2000; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, round % 2 ? 30 : 100000), k = (size_t)ml_rng_below(&rng, n + 1);
        const double p = (double)k / (double)n, level = 0.05 + 0.9 * ml_rng_uniform(&rng);
        for (int method = 0; method < 3; method++) {
            double low, high, other_low, other_high, wide_low, wide_high;
            assert_int_equal(ml_share_interval(k, n, level, method, &low, &high, &error), ML_OK);
            assert_int_equal(ml_share_interval(n - k, n, level, method, &other_low, &other_high, &error), ML_OK);
            assert_int_equal(ml_share_interval(k, n, 0.5 + 0.5 * level, method, &wide_low, &wide_high, &error), ML_OK);
            assert_true(0.0 <= low && low <= p && p <= high && high <= 1.0);
            assert_near(low, 1.0 - other_high, 1e-12);
            assert_near(high, 1.0 - other_low, 1e-12);
            assert_true(wide_low <= low && high <= wide_high);
            assert_true((k > 0 || low == 0.0) && (k < n || high == 1.0));
        }
    }
}

static void test_fisher_and_mcnemar_are_those_of_scipy_and_statsmodels(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_fisher); i++) {
        const size_t *const t = interval_tables + 4 * i;
        double p;
        assert_int_equal(ml_fisher_exact(t[0], t[1], t[2], t[3], &p, &error), ML_OK);
        assert_close(p, golden_fisher[i], 1e-9);
    }
    for (size_t i = 0; i < COUNT(interval_discordant) / 2; i++) {
        const ml_mcnemar test = ml_mcnemar_of(interval_discordant[2 * i], interval_discordant[2 * i + 1]);
        assert_close(test.p_exact, golden_mcnemar[3 * i], 1e-12);
        assert_close(test.chi_squared, golden_mcnemar[3 * i + 1], 1e-14);
        assert_close(test.p_chi_squared, golden_mcnemar[3 * i + 2], 1e-11);
    }
    const ml_mcnemar even = ml_mcnemar_of(5, 5), none = ml_mcnemar_of(0, 0);
    assert_true(even.p_exact == 1.0 && even.chi_squared == 0.0 && even.p_chi_squared == 1.0);
    assert_true(none.p_exact == 1.0 && none.p_chi_squared == 1.0);
}

/* Fisher's p is the sum over all tables that are no likelier; it does not care which sample comes first, nor what is
 * called a hit. Of McNemar's test, exchanging the models exchanges the counts alone. */
static void test_what_holds_of_any_table(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(67, 1);
    for (int round = 0; round < 2000; round++) {
        enum { N = 40 };
        const size_t n = 1 + (size_t)ml_rng_below(&rng, N), m = (size_t)ml_rng_below(&rng, N);
        const size_t a = (size_t)ml_rng_below(&rng, n + 1), b = (size_t)ml_rng_below(&rng, m + 1);
        double p, swapped, misses, sum = 0.0;
        assert_int_equal(ml_fisher_exact(a, n, b, m, &p, &error), ML_OK);
        assert_int_equal(ml_fisher_exact(b, m, a, n, &swapped, &error), ML_OK);
        assert_int_equal(ml_fisher_exact(n - a, n, m - b, m, &misses, &error), ML_OK);
        const double all = ml_log_choose((double)(n + m), (double)(a + b));
        double chance[N + 1];
        for (size_t x = 0; x <= n; x++)
            chance[x] = x > a + b ? 0.0 : ml_exp(ml_log_choose((double)n, (double)x) +
                                                 ml_log_choose((double)m, (double)(a + b - x)) - all);
        for (size_t x = 0; x <= n; x++)
            sum += chance[x] <= chance[a] * (1.0 + 1e-7) ? chance[x] : 0.0;
        assert_near(p, sum, 1e-10);
        assert_near(swapped, p, 1e-12);
        assert_near(misses, p, 1e-12);
        const ml_mcnemar test = ml_mcnemar_of(a, b), other = ml_mcnemar_of(b, a);
        assert_true(test.p_exact == other.p_exact && test.chi_squared == other.chi_squared && test.p_exact <= 1.0);
        uint8_t right[2][N * 2] = {{0}};
        memset(right[0], 1, a);
        memset(right[1] + a, 1, b);
        ml_mcnemar counted;
        assert_int_equal(ml_mcnemar_of_rows(2 * N, right[0], right[1], &counted, &error), ML_OK);
        assert_true(counted.only_a == a && counted.only_b == b && counted.p_exact == test.p_exact);
    }
}

/* --- AUC ---------------------------------------------------------------------------------------------------------- */

static void test_delong_is_that_of_all_pairs(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_estimate auc, difference;
    double z, p;
    assert_int_equal(ml_delong(INTERVAL_N, interval_a, interval_label, 0.95, &auc, &arena, &error), ML_OK);
    assert_int_equal(ml_delong_difference(INTERVAL_N, interval_a, interval_b, interval_label, 0.95, &difference, &z, &p,
                                          &arena, &error), ML_OK);
    const double got[10] = {auc.value, auc.standard_error, auc.low, auc.high, difference.value,
                            difference.standard_error, difference.low, difference.high, z, p};
    for (size_t i = 0; i < COUNT(got); i++)
        assert_near(got[i], golden_delong[i], 1e-13);
    assert_int_equal(arena.used, 0);
}

/* The AUC is ml_metric_auc's to the bit; neither the order of rows nor an increasing map changes anything; a score
 * turned round has 1 - AUC, with its labels too the same AUC, both as surely; a and b exchanged change the sign. */
static void test_what_holds_of_any_auc(void **state) {
    (void)state;
    enum { N = 40 };
    ml_rng rng = ml_rng_seed(67, 2);
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    for (int round = 0; round < 1500; round++) {
        const size_t n = 4 + (size_t)ml_rng_below(&rng, N - 3);
        double a[N], b[N], turned[N], shuffled[N], auc, z[3], p[3];
        uint8_t label[N], other[N], shuffled_label[N];
        uint32_t order[2 * N];
        for (size_t i = 0; i < n; i++) {
            a[i] = (double)ml_rng_below(&rng, 8) - 3.0;
            b[i] = round % 3 ? (double)ml_rng_below(&rng, 8) : ml_exp(a[i]);
            turned[i] = -a[i];
            label[i] = i < 4 ? (uint8_t)(i % 2) : (uint8_t)ml_rng_bernoulli(&rng, 0.4);
            other[i] = !label[i];
        }
        ml_estimate first, second, difference, back, none;
        assert_int_equal(ml_delong(n, a, label, 0.9, &first, &arena, &error), ML_OK);
        assert_int_equal(ml_metric_auc(n, a, label, order, &auc, &error), ML_OK);
        assert_true(first.value == auc && first.low <= auc && auc <= first.high);
        assert_int_equal(ml_delong(n, turned, label, 0.9, &second, &arena, &error), ML_OK);
        assert_near(second.value, 1.0 - auc, 1e-14);
        assert_near(second.standard_error, first.standard_error, 1e-14);
        assert_int_equal(ml_delong(n, turned, other, 0.9, &second, &arena, &error), ML_OK);
        assert_near(second.value, auc, 1e-14);
        assert_near(second.standard_error, first.standard_error, 1e-14);
        ml_rng_permutation(&rng, n, order);
        for (size_t i = 0; i < n; i++) {
            shuffled[i] = ml_exp(a[order[i]]);
            shuffled_label[i] = label[order[i]];
        }
        assert_int_equal(ml_delong(n, shuffled, shuffled_label, 0.9, &second, &arena, &error), ML_OK);
        assert_true(second.value == auc);
        assert_near(second.standard_error, first.standard_error, 1e-14);
        assert_int_equal(ml_delong_difference(n, a, b, label, 0.9, &difference, &z[0], &p[0], &arena, &error), ML_OK);
        assert_int_equal(ml_delong_difference(n, b, a, label, 0.9, &back, &z[1], &p[1], &arena, &error), ML_OK);
        assert_int_equal(ml_delong_difference(n, a, a, label, 0.9, &none, &z[2], &p[2], &arena, &error), ML_OK);
        assert_true(difference.value == -back.value && z[0] == -z[1] && p[0] == p[1]);
        assert_true(none.value == 0.0 && none.standard_error == 0.0 && z[2] == 0.0 && p[2] == 1.0);
        assert_true(round % 3 || difference.value == 0.0); /* b is an increasing map of a */
        assert_int_equal(arena.used, 0);
    }
}

/* Two scores of the same worth, and rows without any: p below 0.05 about one time in twenty. */
static void test_delong_keeps_its_level(void **state) {
    (void)state;
    enum { N = 60, ROUNDS = 1000 };
    ml_rng rng = ml_rng_seed(67, 3);
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    int alarms = 0, held = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double a[N], b[N], z, p;
        uint8_t label[N];
        for (size_t i = 0; i < N; i++) {
            label[i] = i % 3 == 0;
            const double shared = ml_rng_normal(&rng) + label[i];
            a[i] = shared + ml_rng_normal(&rng);
            b[i] = shared + ml_rng_normal(&rng);
        }
        ml_estimate auc, difference;
        assert_int_equal(ml_delong(N, a, label, 0.95, &auc, &arena, &error), ML_OK);
        assert_int_equal(ml_delong_difference(N, a, b, label, 0.95, &difference, &z, &p, &arena, &error), ML_OK);
        alarms += p < 0.05;
        held += auc.low <= 0.69146 && 0.69146 <= auc.high; /* the normal cdf at 1/2: apart by 1, each of variance 2 */
    }
    assert_in_range(alarms, 25, 85); /* 50 ± 7 for a fair test */
    assert_in_range(held, 920, 975);
}

/* --- The bootstrap ------------------------------------------------------------------------------------------------ */

static void assert_bootstrap(ml_statistic figure, const void *a, const void *b, const uint32_t *group,
                             const double golden[8]) {
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    for (int method = 0; method < 3; method++) {
        const ml_bootstrap how = {INTERVAL_ROUNDS, 0.9, method, group, INTERVAL_GROUPS};
        ml_rng rng = ml_rng_seed(5, 0);
        ml_estimate e;
        const ml_status status =
            b == NULL ? ml_bootstrap_figure(INTERVAL_N, figure, a, &how, &rng, &e, &arena, &error)
                      : ml_bootstrap_difference(INTERVAL_N, figure, a, b, &how, &rng, &e, &arena, &error);
        assert_int_equal(status, ML_OK);
        assert_near(e.value, golden[0], 1e-13);
        assert_near(e.standard_error, golden[1], 1e-13);
        assert_near(e.low, golden[2 + 2 * method], 1e-12);
        assert_near(e.high, golden[3 + 2 * method], 1e-12);
        assert_int_equal(e.rounds, INTERVAL_ROUNDS);
        assert_int_equal(arena.used, 0);
    }
}

static void test_bootstraps_are_those_of_scipy(void **state) {
    (void)state;
    static unsigned char room[1 << 14];
    ml_arena arena = ml_arena_over(room, sizeof room);
    ml_scored loss, a, b;
    assert_int_equal(ml_scored_init(&loss, INTERVAL_N, interval_probability, interval_label, ML_SCORED_LOG_LOSS, 0.0,
                                    &arena, &error), ML_OK);
    assert_int_equal(ml_scored_init(&a, INTERVAL_N, interval_a, interval_label, ML_SCORED_AUC, 0.0, &arena, &error),
                     ML_OK);
    assert_int_equal(ml_scored_init(&b, INTERVAL_N, interval_b, interval_label, ML_SCORED_AUC, 0.0, &arena, &error),
                     ML_OK);
    assert_bootstrap(ml_scored_statistic, &loss, NULL, NULL, golden_loss);
    assert_bootstrap(ml_scored_statistic, &loss, NULL, interval_group, golden_grouped);
    assert_bootstrap(ml_scored_statistic, &a, &b, NULL, golden_gain);
}

/* The figure of drawn rows is that of the same rows written out. */
static double of_rows(ml_scored_figure figure, size_t n, const double *score, const uint8_t *label, ml_arena *arena) {
    ml_counts c;
    ml_curve curve;
    double got = 0.0;
    if (figure >= ML_SCORED_AUC) {
        const ml_arena_mark before = ml_arena_save(arena);
        if (ml_curve_init(&curve, n, score, label, arena, &error) != ML_OK)
            return (double)NAN;
        got = figure == ML_SCORED_AUC ? ml_roc_area(&curve) : ml_average_precision(&curve);
        ml_arena_release(arena, before);
        return got;
    }
    assert_int_equal(ml_counts_at(n, score, label, 0.5, &c, &error), ML_OK);
    const ml_figures f = ml_figures_of(c, 1.0);
    switch (figure) {
    case ML_SCORED_ACCURACY: return (double)(c.true_positive + c.true_negative) / (double)n;
    case ML_SCORED_PRECISION: return c.true_positive + c.false_positive ? f.precision : (double)NAN;
    case ML_SCORED_RECALL: return c.true_positive + c.false_negative ? f.recall : (double)NAN;
    case ML_SCORED_F1: return c.true_negative < n ? f.f : (double)NAN;
    case ML_SCORED_LOG_LOSS: assert_int_equal(ml_metric_log_loss(n, score, label, &got, &error), ML_OK); return got;
    default: assert_int_equal(ml_brier(n, score, label, &got, &error), ML_OK); return got;
    }
}

static void test_what_holds_of_any_figure_of_rows(void **state) {
    (void)state;
    enum { N = 20, M = 30 };
    ml_rng rng = ml_rng_seed(67, 4);
    for (int round = 0; round < 1500; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, N), m = 1 + (size_t)ml_rng_below(&rng, M);
        double score[N], drawn[M], truth[N], drawn_truth[M], expected[3];
        uint8_t label[N], drawn_label[M];
        uint32_t row[M];
        for (size_t i = 0; i < n; i++) {
            score[i] = (double)ml_rng_below(&rng, 9) / 8.0;
            truth[i] = ml_rng_normal(&rng);
            label[i] = (uint8_t)ml_rng_bernoulli(&rng, 0.4);
        }
        for (size_t i = 0; i < m; i++) {
            row[i] = (uint32_t)ml_rng_below(&rng, n);
            drawn[i] = score[row[i]];
            drawn_truth[i] = truth[row[i]];
            drawn_label[i] = label[row[i]];
        }
        for (int f = 0; f <= ML_SCORED_AVERAGE_PRECISION; f++) {
            ml_arena arena = ml_arena_over(memory, sizeof memory);
            ml_scored rows;
            assert_int_equal(ml_scored_init(&rows, n, score, label, f, 0.5, &arena, &error), ML_OK);
            const double got = ml_scored_statistic(&rows, m, row), wanted = of_rows(f, m, drawn, drawn_label, &arena);
            assert_true(isnan(got) == isnan(wanted));
            assert_true(isnan(got) || fabs(got - wanted) <= 1e-14 * (1.0 + fabs(wanted)));
            assert_true(isnan(ml_scored_statistic(&rows, 0, row)));
        }
        assert_int_equal(ml_rmse(m, drawn_truth, drawn, &expected[0], &error), ML_OK);
        assert_int_equal(ml_mae(m, drawn_truth, drawn, &expected[1], &error), ML_OK);
        assert_int_equal(ml_r2(m, drawn_truth, drawn, &expected[2], &error), ML_OK);
        for (int f = 0; f < 3; f++) {
            const ml_numbers numbers = {truth, score, f};
            const double got = ml_numbers_statistic(&numbers, m, row);
            if (isnan(got)) { /* the truth is constant */
                for (size_t i = 0; i < m; i++)
                    assert_true(f == ML_NUMBERS_R2 && row[i] == row[0]);
                continue;
            }
            assert_near(got, expected[f], 1e-12 * (1.0 + fabs(expected[f])));
        }
        assert_true(isnan(ml_numbers_statistic(&(const ml_numbers){truth, score, ML_NUMBERS_MAE}, 0, row)));
    }
}

static double mean_of(const void *data, size_t n, const uint32_t *row) {
    const double *const value = data;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += value[row[i]];
    return sum / (double)n;
}

static double first_or_none(const void *data, size_t n, const uint32_t *row) {
    const double *const value = data;
    return n > 0 ? value[row[0]] : 0.0;
}

static double in_order(const void *data, size_t n, const uint32_t *row) {
    (void)data;
    for (size_t i = 0; i < n; i++)
        if (row[i] != i)
            return 0.0;
    return 1.0;
}

/* The challenge's bootstrap is the library's, sample by sample; percentiles are ml_bootstrap_interval's; groups of one
 * row each change nothing; basic mirrors percentile. */
static void test_bootstraps_agree(void **state) {
    (void)state;
    enum { N = 60 };
    ml_rng rng = ml_rng_seed(67, 5);
    for (int round = 0; round < 1000; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        const size_t n = 1 + (size_t)ml_rng_below(&rng, N), rounds = 1 + (size_t)ml_rng_below(&rng, 50);
        const double level = 0.02 + 0.96 * ml_rng_uniform(&rng);
        uint8_t ok[2][N];
        double a[N], b[N], gain[N], low[3], high[3];
        uint32_t single[N];
        for (size_t i = 0; i < n; i++) {
            ok[0][i] = (uint8_t)ml_rng_bernoulli(&rng, 0.6);
            ok[1][i] = (uint8_t)ml_rng_bernoulli(&rng, 0.7);
            a[i] = ok[0][i];
            b[i] = ok[1][i];
            gain[i] = b[i] - a[i];
            single[i] = (uint32_t)i;
        }
        ml_rng draws = ml_rng_seed((uint64_t)round, 0), again = draws, third = draws;
        assert_int_equal(ml_bootstrap_diff(ok[0], ok[1], (int)n, (int)rounds, level, (uint64_t)round, &low[0],
                                           &high[0]), 0);
        assert_int_equal(ml_bootstrap_paired(n, a, b, rounds, level, &draws, &low[1], &high[1], &arena, &error), ML_OK);
        assert_near(low[0], low[1], 1e-14);
        assert_near(high[0], high[1], 1e-14);
        ml_bootstrap how = {rounds, level, ML_BOOTSTRAP_PERCENTILE, NULL, 0};
        ml_estimate e, grouped, basic;
        assert_int_equal(ml_bootstrap_difference(n, mean_of, a, b, &how, &again, &e, &arena, &error), ML_OK);
        assert_near(e.low, low[1], 1e-14);
        assert_near(e.high, high[1], 1e-14);
        how.group = single;
        how.groups = N;
        assert_int_equal(ml_bootstrap_figure(n, mean_of, gain, &how, &third, &grouped, &arena, &error), ML_OK);
        assert_near(grouped.low, e.low, 1e-14);
        assert_near(grouped.standard_error, e.standard_error, 1e-14);
        third = ml_rng_seed((uint64_t)round, 0);
        how.method = ML_BOOTSTRAP_BASIC;
        assert_int_equal(ml_bootstrap_figure(n, mean_of, gain, &how, &third, &basic, &arena, &error), ML_OK);
        assert_true(basic.low == 2.0 * basic.value - grouped.high && basic.high == 2.0 * basic.value - grouped.low);
        assert_int_equal(arena.used, 0);
    }
}

static void test_the_challenges_bootstrap_is_that_of_numpy(void **state) {
    (void)state;
    double low = 7.0, high = 7.0;
    assert_int_equal(ml_bootstrap_diff(interval_ok_a, interval_ok_b, INTERVAL_SMALL, 41, 0.8, 9, &low, &high), 0);
    assert_near(low, golden_diff[0], 1e-15);
    assert_near(high, golden_diff[1], 1e-15);
    assert_int_equal(ml_bootstrap_diff(interval_long_a, interval_long_b, 700, 40, 0.8, 9, &low, &high), 0);
    assert_near(low, golden_diff[2], 1e-15); /* 2 n is above 1023: two digits */
    assert_near(high, golden_diff[3], 1e-15);
    const uint8_t none[2] = {0, 0}, second[2] = {0, 1};
    assert_int_equal(ml_bootstrap_diff(none, second, 2, 1000, 0.9, 3, &low, &high), 0);
    assert_true(low == 0.0 && high == 1.0);
    low = high = 7.0;
    assert_int_equal(ml_bootstrap_diff(none, second, 0, 10, 0.9, 3, &low, &high), -1);
    assert_int_equal(ml_bootstrap_diff(none, second, 2, 0, 0.9, 3, &low, &high), -1);
    assert_int_equal(ml_bootstrap_diff(none, second, 2, 10, 1.0, 3, &low, &high), -1);
    assert_int_equal(ml_bootstrap_diff(none, second, 2, 10, (double)NAN, 3, &low, &high), -1);
    assert_true(low == 7.0 && high == 7.0);
}

/* More rows than one digit counts, and a gain of all rows, whose digits are 1 and 0. */
static void test_the_challenges_bootstrap_of_many_rows(void **state) {
    (void)state;
    enum { N = 3000 };
    static uint8_t ok[2][N];
    static double a[N], b[N];
    ml_rng rng = ml_rng_seed(67, 7);
    double low[2], high[2];
    for (int round = 0; round < 20; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        const size_t n = 500 + (size_t)ml_rng_below(&rng, N - 500);
        for (size_t i = 0; i < n; i++) {
            a[i] = ok[0][i] = (uint8_t)ml_rng_bernoulli(&rng, 0.3);
            b[i] = ok[1][i] = (uint8_t)ml_rng_bernoulli(&rng, round % 2 ? 0.2 : 0.9);
        }
        ml_rng draws = ml_rng_seed((uint64_t)round, 0);
        assert_int_equal(ml_bootstrap_diff(ok[0], ok[1], (int)n, 25, 0.7, (uint64_t)round, &low[0], &high[0]), 0);
        assert_int_equal(ml_bootstrap_paired(n, a, b, 25, 0.7, &draws, &low[1], &high[1], &arena, &error), ML_OK);
        assert_near(low[0], low[1], 1e-14);
        assert_near(high[0], high[1], 1e-14);
    }
    memset(ok[0], 0, 512);
    memset(ok[1], 1, 512);
    assert_int_equal(ml_bootstrap_diff(ok[0], ok[1], 512, 10, 0.9, 1, &low[0], &high[0]), 0);
    assert_true(low[0] == 1.0 && high[0] == 1.0);
}

/* Rows that come ten at a time: drawn one by one the mean looks surer than it is. */
static void test_groups_are_drawn_together(void **state) {
    (void)state;
    enum { N = 200 };
    double value[N];
    uint32_t group[N];
    ml_rng rng = ml_rng_seed(67, 6);
    for (size_t i = 0; i < N; i++) {
        value[i] = i % 10 == 0 ? ml_rng_normal(&rng) : value[i - 1];
        group[i] = (uint32_t)(i / 10);
    }
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_bootstrap how = {1000, 0.95, ML_BOOTSTRAP_PERCENTILE, NULL, N / 10};
    ml_estimate rows, groups;
    assert_int_equal(ml_bootstrap_figure(N, mean_of, value, &how, &rng, &rows, &arena, &error), ML_OK);
    how.group = group;
    assert_int_equal(ml_bootstrap_figure(N, mean_of, value, &how, &rng, &groups, &arena, &error), ML_OK);
    assert_near(groups.standard_error / rows.standard_error, sqrt(10.0), 0.4);
}

/* --- Refusals ----------------------------------------------------------------------------------------------------- */

static void test_share_and_auc_errors(void **state) {
    (void)state;
    const double score[4] = {1, 2, 3, 4}, bad[4] = {1, (double)NAN, 3, 4};
    const uint8_t label[4] = {0, 1, 0, 1}, lone[4] = {0, 1, 0, 0}, odd[4] = {0, 1, 2, 1};
    ml_arena arena = ml_arena_over(memory, sizeof memory), tiny = ml_arena_over(memory, 64),
             small = ml_arena_over(memory, 128);
    double low = 7.0, high = 7.0, z = 7.0, p = 7.0;
    ml_estimate e = {.value = 7.0};
    ml_mcnemar test = {.only_a = 7};
    assert_fails(ml_share_interval(0, 0, 0.9, ML_SHARE_WILSON, &low, &high, &error), ML_EINVAL, "0 of 0");
    assert_fails(ml_share_interval(3, 2, 0.9, ML_SHARE_WILSON, &low, &high, &error), ML_EINVAL, "3 of 2");
    assert_fails(ml_share_interval(1, 2, 1.0, ML_SHARE_WILSON, &low, &high, &error), ML_EINVAL, "level is 1");
    assert_fails(ml_share_interval(1, 2, (double)NAN, ML_SHARE_WILSON, &low, &high, &error), ML_EINVAL, "level");
    assert_fails(ml_share_interval(1, 2, 0.9, (ml_share_method)5, &low, &high, &error), ML_EINVAL, "method 5");
    assert_fails(ml_mean_interval(1, score, 0.9, &e, &error), ML_EINVAL, "1 values");
    assert_fails(ml_mean_interval(4, bad, 0.9, &e, &error), ML_EINVAL, "value[1]");
    assert_fails(ml_mean_interval(4, score, 0.0, &e, &error), ML_EINVAL, "level");
    assert_fails(ml_fisher_exact(3, 2, 0, 1, &p, &error), ML_EINVAL, "3 of 2");
    assert_fails(ml_fisher_exact(0, 2, 2, 1, &p, &error), ML_EINVAL, "2 of 1");
    if (sizeof(size_t) > 4)
        assert_fails(ml_fisher_exact(0, SIZE_MAX, 0, 1, &p, &error), ML_EINVAL, "53 bits");
    assert_fails(ml_mcnemar_of_rows(0, label, label, &test, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_mcnemar_of_rows(4, odd, label, &test, &error), ML_EINVAL, "right_a[2] is 2");
    assert_fails(ml_mcnemar_of_rows(4, label, odd, &test, &error), ML_EINVAL, "right_b[2] is 2");
    assert_fails(ml_delong(4, bad, label, 0.9, &e, &arena, &error), ML_EINVAL, "score[1]");
    assert_fails(ml_delong(4, score, odd, 0.9, &e, &arena, &error), ML_EINVAL, "label[2]");
    assert_fails(ml_delong(4, score, lone, 0.9, &e, &arena, &error), ML_EINVAL, "two of each");
    assert_fails(ml_delong(4, score, label, 2.0, &e, &arena, &error), ML_EINVAL, "level");
    assert_fails(ml_delong(UINT32_MAX, score, label, 0.9, &e, &arena, &error), ML_EINVAL, "32 bits");
    assert_fails(ml_delong(4, score, label, 0.9, &e, &tiny, &error), ML_ENOMEM, "memory");
    assert_fails(ml_delong_difference(4, score, bad, label, 0.9, &e, &z, &p, &arena, &error), ML_EINVAL, "score_b[1]");
    assert_fails(ml_delong_difference(4, score, score, lone, 0.9, &e, &z, &p, &arena, &error), ML_EINVAL, "two");
    assert_fails(ml_delong_difference(4, score, score, label, 0.9, &e, &z, &p, &small, &error), ML_ENOMEM, "twice");
    assert_true(low == 7.0 && high == 7.0 && z == 7.0 && p == 7.0 && e.value == 7.0 && test.only_a == 7);
    assert_true(arena.used == 0 && tiny.used == 0 && small.used == 0);
}

static void test_bootstrap_errors(void **state) {
    (void)state;
    const double value[4] = {1, 2, 3, 4}, hole[4] = {1, (double)NAN, (double)NAN, (double)NAN};
    const uint8_t label[4] = {0, 1, 0, 1}, odd[4] = {0, 1, 2, 1};
    const uint32_t group[4] = {0, 1, 2, 1};
    ml_arena arena = ml_arena_over(memory, sizeof memory), tiny = ml_arena_over(memory, 128);
    ml_rng rng = ml_rng_seed(1, 0);
    ml_estimate e = {.value = 7.0};
    ml_scored rows = {.n = 7};
    const ml_bootstrap fine = {20, 0.9, ML_BOOTSTRAP_PERCENTILE, NULL, 0};
    ml_bootstrap how = fine;
#define REFUSED(status, word) \
    assert_fails(ml_bootstrap_figure(4, mean_of, value, &how, &rng, &e, &arena, &error), status, word), how = fine
    how.rounds = 0, REFUSED(ML_EINVAL, "0 rounds");
    how.level = 0.0, REFUSED(ML_EINVAL, "level");
    how.method = (ml_bootstrap_method)9, REFUSED(ML_EINVAL, "method 9");
    how.group = group, how.groups = 2, REFUSED(ML_EINVAL, "group[2] is 2");
    how.rounds = 100000, REFUSED(ML_ENOMEM, "100000 rounds");
    how.group = group, how.groups = 1 << 20, REFUSED(ML_ENOMEM, "memory");
    how.method = ML_BOOTSTRAP_BCA;
    assert_fails(ml_bootstrap_figure(1, mean_of, value, &how, &rng, &e, &arena, &error), ML_EINVAL, "without unit 0");
    assert_fails(ml_bootstrap_figure(4, in_order, value, &how, &rng, &e, &arena, &error), ML_EINVAL, "one side");
    how = fine;
    assert_fails(ml_bootstrap_figure(0, mean_of, value, &how, &rng, &e, &arena, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_bootstrap_figure(4, mean_of, hole, &how, &rng, &e, &arena, &error), ML_EINVAL, "nan");
    assert_fails(ml_bootstrap_figure(4, first_or_none, hole, &how, &rng, &e, &arena, &error), ML_EINVAL,
                 "samples only");
    assert_fails(ml_bootstrap_difference(4, mean_of, value, value, &how, &rng, &e, &tiny, &error), ML_ENOMEM, "memory");
    assert_fails(ml_scored_init(&rows, 0, value, label, ML_SCORED_AUC, 0, &arena, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_scored_init(&rows, 4, value, label, (ml_scored_figure)12, 0, &arena, &error), ML_EINVAL,
                 "figure 12");
    assert_fails(ml_scored_init(&rows, 4, value, label, ML_SCORED_F1, (double)NAN, &arena, &error), ML_EINVAL,
                 "threshold");
    assert_fails(ml_scored_init(&rows, 4, hole, label, ML_SCORED_F1, 0, &arena, &error), ML_EINVAL, "score[1]");
    assert_fails(ml_scored_init(&rows, 4, value, odd, ML_SCORED_F1, 0, &arena, &error), ML_EINVAL, "label[2]");
    assert_fails(ml_scored_init(&rows, 4, value, label, ML_SCORED_BRIER, 0, &arena, &error), ML_EINVAL,
                 "score[1] is 2");
    assert_fails(ml_scored_init(&rows, 4, value, label, ML_SCORED_AUC, 0, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(e.value == 7.0 && rows.n == 7 && arena.used == 0 && tiny.used == 0);
    how.method = ML_BOOTSTRAP_BCA;
    how.group = group, how.groups = 3;
    for (size_t room = 0;; room += 64) { /* wherever memory ends */
        ml_arena tight = ml_arena_over(memory, room);
        const ml_status status = ml_bootstrap_figure(4, mean_of, value, &how, &rng, &e, &tight, &error);
        if (status == ML_OK)
            break;
        assert_fails(status, ML_ENOMEM, "memory");
        assert_true(e.value == 7.0 && tight.used == 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_and_means_are_those_of_statsmodels_and_scipy),
        cmocka_unit_test(test_share_intervals_cover_what_they_say),
        cmocka_unit_test(test_what_holds_of_any_share),
        cmocka_unit_test(test_fisher_and_mcnemar_are_those_of_scipy_and_statsmodels),
        cmocka_unit_test(test_what_holds_of_any_table),
        cmocka_unit_test(test_delong_is_that_of_all_pairs),
        cmocka_unit_test(test_what_holds_of_any_auc),
        cmocka_unit_test(test_delong_keeps_its_level),
        cmocka_unit_test(test_bootstraps_are_those_of_scipy),
        cmocka_unit_test(test_what_holds_of_any_figure_of_rows),
        cmocka_unit_test(test_bootstraps_agree),
        cmocka_unit_test(test_the_challenges_bootstrap_is_that_of_numpy),
        cmocka_unit_test(test_the_challenges_bootstrap_of_many_rows),
        cmocka_unit_test(test_groups_are_drawn_together),
        cmocka_unit_test(test_share_and_auc_errors),
        cmocka_unit_test(test_bootstrap_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
