/* Figures by group: against scikit-learn, statsmodels and Fairlearn's definitions, what must hold of any of them, and
 * what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/fairness_golden.h"
#include "ml.h"

static unsigned char memory[1 << 14];
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

static void test_figures_by_group_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_group_figures each[FAIR_GROUPS];
    assert_int_equal(ml_figures_of_groups(FAIR_N, fair_truth, fair_said, fair_group, FAIR_GROUPS, 0.9, each, &error),
                     ML_OK);
    for (size_t g = 0; g < FAIR_GROUPS; g++) {
        const ml_share rate[5] = {each[g].selection, each[g].true_positive_rate, each[g].false_positive_rate,
                                  each[g].precision, each[g].accuracy};
        for (size_t r = 0; r < 5; r++) {
            assert_near(rate[r].value, golden_rates[5 * g + r], 1e-15);
            assert_near(rate[r].low, golden_rate_ends[10 * g + 2 * r], 1e-13);
            assert_near(rate[r].high, golden_rate_ends[10 * g + 2 * r + 1], 1e-13);
        }
    }
    const ml_fairness f = ml_fairness_of(FAIR_GROUPS, each);
    const ml_gap gap[5] = {f.selection, f.true_positive_rate, f.false_positive_rate, f.precision, f.accuracy};
    for (size_t r = 0; r < 5; r++) {
        assert_near(gap[r].difference, golden_gaps[r], 1e-15);
        assert_near(gap[r].ratio, golden_gaps[5 + r], 1e-15);
        assert_true(golden_rates[5 * gap[r].highest + r] - golden_rates[5 * gap[r].lowest + r] == golden_gaps[r]);
    }
    assert_near(f.odds_difference, golden_gaps[10], 1e-15);
    assert_near(f.odds_ratio, golden_gaps[11], 1e-15);
}

static void test_calibration_by_group_is_that_of_numpy(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_group_calibration each[FAIR_GROUPS];
    assert_int_equal(ml_calibration_of_groups(FAIR_N, fair_probability, fair_truth, fair_group, FAIR_GROUPS, FAIR_BINS,
                                              0.9, each, &arena, &error), ML_OK);
    for (size_t g = 0; g < FAIR_GROUPS; g++) {
        const double got[5] = {each[g].mean_probability, each[g].positive.value, each[g].positive.low,
                               each[g].positive.high, each[g].ece};
        for (size_t i = 0; i < 5; i++)
            assert_near(got[i], golden_group_calibration[5 * g + i], 1e-13);
    }
    assert_int_equal(arena.used, 0);
}

/* A group without rows, one without positives, and one of which nobody is flagged. */
static void test_what_has_no_value_is_left_out(void **state) {
    (void)state;
    const uint8_t truth[6] = {0, 0, 1, 0, 1, 1}, said[6] = {1, 0, 1, 0, 0, 0};
    const uint32_t group[6] = {1, 1, 2, 2, 3, 3};
    ml_group_figures each[4];
    assert_int_equal(ml_figures_of_groups(6, truth, said, group, 4, 0.95, each, &error), ML_OK);
    assert_true(each[0].n == 0 && isnan(each[0].selection.value) && isnan(each[0].accuracy.value));
    assert_true(each[0].selection.low == 0.0 && each[0].selection.high == 1.0 && each[0].selection.n == 0);
    assert_true(isnan(each[1].true_positive_rate.value) && each[1].false_positive_rate.value == 0.5);
    assert_true(isnan(each[3].precision.value) && isnan(each[3].false_positive_rate.value));
    const ml_fairness all = ml_fairness_of(4, each), none = ml_fairness_of(1, each), one = ml_fairness_of(2, each),
                      never = ml_fairness_of(1, each + 3);
    assert_true(all.selection.difference == 0.5 && all.selection.lowest == 3 && all.selection.highest == 1);
    assert_true(all.selection.ratio == 0.0 && all.true_positive_rate.difference == 1.0);
    assert_true(all.false_positive_rate.difference == 0.5 && all.odds_difference == 1.0 && all.odds_ratio == 0.0);
    assert_true(isnan(none.selection.difference) && isnan(none.selection.ratio) && isnan(none.odds_difference));
    assert_true(one.selection.difference == 0.0 && one.selection.ratio == 1.0 && isnan(one.odds_ratio));
    assert_true(never.selection.difference == 0.0 && never.selection.ratio == 1.0);
}

/* Groups add up to the whole; neither the order of rows nor the names of groups matter; called the other way round,
 * true and false positive rates change places; a perfect answer has no gap but of selection; of one group, ECE is
 * ml_ece's. */
static void test_what_holds_of_any_groups(void **state) {
    (void)state;
    enum { N = 60, GROUPS = 5, BINS = 7 };
    ml_rng rng = ml_rng_seed(71, 0);
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    for (int round = 0; round < 1500; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, N), groups = 1 + (size_t)ml_rng_below(&rng, GROUPS);
        uint8_t truth[N], said[N], turned[2][N], shuffled[2][N];
        uint32_t group[N], order[N], name[GROUPS], renamed[N];
        double p[N];
        for (size_t i = 0; i < n; i++) {
            truth[i] = (uint8_t)ml_rng_bernoulli(&rng, 0.5);
            p[i] = (double)ml_rng_below(&rng, 11) / 10.0;
            said[i] = p[i] > 0.5;
            group[i] = (uint32_t)ml_rng_below(&rng, groups);
            turned[0][i] = !truth[i];
            turned[1][i] = !said[i];
        }
        ml_group_figures each[GROUPS], other[GROUPS];
        assert_int_equal(ml_figures_of_groups(n, truth, said, group, groups, 0.9, each, &error), ML_OK);
        ml_counts all, sum = {0};
        for (size_t g = 0; g < groups; g++) {
            sum.true_positive += each[g].counts.true_positive;
            sum.false_positive += each[g].counts.false_positive;
            sum.false_negative += each[g].counts.false_negative;
            sum.true_negative += each[g].counts.true_negative;
        }
        assert_int_equal(ml_counts_at(n, p, truth, 0.55, &all, &error), ML_OK);
        assert_memory_equal(&sum, &all, sizeof sum);
        const ml_fairness f = ml_fairness_of(groups, each);
        ml_rng_permutation(&rng, n, order);
        ml_rng_permutation(&rng, groups, name);
        for (size_t i = 0; i < n; i++) {
            shuffled[0][i] = truth[order[i]];
            shuffled[1][i] = said[order[i]];
            renamed[i] = name[group[order[i]]];
        }
        assert_int_equal(ml_figures_of_groups(n, shuffled[0], shuffled[1], renamed, groups, 0.9, other, &error), ML_OK);
        for (size_t g = 0; g < groups; g++)
            assert_memory_equal(&each[g].counts, &other[name[g]].counts, sizeof all);
        const ml_fairness again = ml_fairness_of(groups, other);
        assert_true(f.selection.difference == again.selection.difference && f.accuracy.ratio == again.accuracy.ratio);
        assert_int_equal(ml_figures_of_groups(n, turned[0], turned[1], group, groups, 0.9, other, &error), ML_OK);
        for (size_t g = 0; g < groups; g++)
            if (each[g].true_positive_rate.n > 0) {
                assert_near(other[g].false_positive_rate.value, 1.0 - each[g].true_positive_rate.value, 1e-15);
                assert_near(other[g].false_positive_rate.low, 1.0 - each[g].true_positive_rate.high, 1e-12);
            }
        assert_int_equal(ml_figures_of_groups(n, truth, truth, group, groups, 0.9, other, &error), ML_OK);
        const ml_fairness perfect = ml_fairness_of(groups, other);
        assert_true(perfect.accuracy.difference == 0.0 && !(perfect.odds_difference > 0.0));
        ml_group_calibration calibration[GROUPS];
        ml_reliability_bin bin[BINS];
        memset(group, 0, sizeof group);
        assert_int_equal(ml_calibration_of_groups(n, p, truth, group, groups, BINS, 0.9, calibration, &arena, &error),
                         ML_OK);
        assert_int_equal(ml_reliability(n, p, truth, BINS, ML_BINS_EQUAL_WIDTH, NULL, bin, &error), ML_OK);
        assert_near(calibration[0].ece, ml_ece(BINS, bin), 1e-15);
        assert_true(groups == 1 || (isnan(calibration[1].mean_probability) && isnan(calibration[1].ece)));
    }
    assert_int_equal(arena.used, 0);
}

static void test_errors(void **state) {
    (void)state;
    const uint8_t flag[2] = {0, 1}, bad[2] = {0, 2};
    const uint32_t group[2] = {0, 1};
    const double p[2] = {0.5, 0.7}, off[2] = {0.5, 1.7};
    ml_arena arena = ml_arena_over(memory, sizeof memory), tiny = ml_arena_over(memory, 64);
    ml_group_figures each[2] = {{.n = 7}};
    ml_group_calibration calibration[2] = {{.ece = 7.0}};
    assert_fails(ml_figures_of_groups(0, flag, flag, group, 2, 0.9, each, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_figures_of_groups(2, bad, flag, group, 2, 0.9, each, &error), ML_EINVAL, "truth[1] is 2");
    assert_fails(ml_figures_of_groups(2, flag, bad, group, 2, 0.9, each, &error), ML_EINVAL, "predicted[1] is 2");
    assert_fails(ml_figures_of_groups(2, flag, flag, group, 1, 0.9, each, &error), ML_EINVAL, "group[1] is 1");
    assert_fails(ml_figures_of_groups(2, flag, flag, group, 2, 1.0, each, &error), ML_EINVAL, "level");
    assert_fails(ml_calibration_of_groups(2, off, flag, group, 2, 10, 0.9, calibration, &arena, &error), ML_EINVAL,
                 "probability[1]");
    assert_fails(ml_calibration_of_groups(2, p, flag, group, 0, 10, 0.9, calibration, &arena, &error), ML_EINVAL,
                 "group[0]");
    assert_fails(ml_calibration_of_groups(2, p, flag, group, 2, 0, 0.9, calibration, &arena, &error), ML_EINVAL,
                 "0 bins");
    assert_fails(ml_calibration_of_groups(2, p, flag, group, 2, 10, 0.9, calibration, &tiny, &error), ML_ENOMEM,
                 "memory");
    const size_t wraps = SIZE_MAX / sizeof(ml_reliability_bin) + 2; /* times that size it is small again */
    assert_fails(ml_calibration_of_groups(2, p, flag, group, 2, wraps, 0.9, calibration, &arena, &error), ML_ENOMEM,
                 "memory");
    assert_fails(ml_calibration_of_groups(2, p, flag, group, 2, SIZE_MAX, 0.9, calibration, &arena, &error), ML_ENOMEM,
                 "memory");
    assert_true(each[0].n == 7 && calibration[0].ece == 7.0 && arena.used == 0 && tiny.used == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_by_group_are_those_of_scikit_learn),
        cmocka_unit_test(test_calibration_by_group_is_that_of_numpy),
        cmocka_unit_test(test_what_has_no_value_is_left_out),
        cmocka_unit_test(test_what_holds_of_any_groups),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
