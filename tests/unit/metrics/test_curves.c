/* Curves: against scikit-learn, against counting at every threshold, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/curves_golden.h"
#include "ml.h"

static unsigned char memory[1 << 16];
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

static void test_curves_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_curve curve;
    assert_int_equal(ml_curve_init(&curve, CURVE_N, curve_score, curve_label, &arena, &error), ML_OK);
    assert_int_equal(curve.points, CURVE_POINTS);
    double x[CURVE_POINTS], y[CURVE_POINTS], envelope[CURVE_SITUATIONS], threshold;
    ml_roc_curve(&curve, x, y);
    assert_true(isinf(curve.threshold[0]));
    for (size_t i = 0; i < CURVE_POINTS; i++) {
        assert_near(x[i], golden_fpr[i], 1e-15);
        assert_near(y[i], golden_tpr[i], 1e-15);
        assert_true(i == 0 || curve.threshold[i] == golden_thresholds[i - 1]);
    }
    ml_pr_curve(&curve, x, y);
    for (size_t i = 0; i < CURVE_POINTS; i++) {
        assert_near(x[i], golden_recall[i], 1e-15);
        assert_near(y[i], golden_precision[i], 1e-15);
    }
    assert_near(ml_roc_area(&curve), golden_areas[0], 1e-14);
    assert_near(ml_average_precision(&curve), golden_areas[1], 1e-14);
    for (int b = 0; b < 3; b++) {
        assert_near(ml_best_fbeta(&curve, (const double[]){1, 2, 0.5}[b], &threshold), golden_best_f[2 * b + 1], 1e-14);
        assert_true(threshold == golden_best_f[2 * b]);
    }
    ml_cost_curve(&curve, CURVE_SITUATIONS, curve_situation, envelope);
    for (size_t i = 0; i < CURVE_SITUATIONS; i++)
        assert_near(envelope[i], golden_cost_curve[i], 1e-15);
}

static void test_auc_of_classes_is_that_of_scikit_learn(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    for (int a = 0; a < 2; a++) {
        double auc;
        assert_int_equal(ml_auc_classes(CURVE_N, CURVE_K, many_probability, many_truth, ML_AVERAGE_MACRO + a, &auc,
                                        &arena, &error), ML_OK);
        assert_near(auc, golden_auc_classes[a], 1e-14);
    }
    assert_int_equal(arena.used, 0);
}

/* Every figure of the curve is what counting at the threshold gives; costs agree with ml_metric_best_threshold; the
 * order of the rows does not matter; an increasing map changes thresholds alone. */
static void test_what_holds_of_any_curve(void **state) {
    (void)state;
    enum { N = 40 };
    ml_rng rng = ml_rng_seed(63, 0);
    for (int round = 0; round < 1500; round++) {
        const size_t n = 2 + (size_t)ml_rng_below(&rng, N - 1);
        double score[N], shuffled[N], cost[N + 1], best_threshold, best_cost, least = (double)INFINITY, auc;
        uint8_t label[N], shuffled_label[N];
        uint32_t order[2 * N];
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        ml_curve curve, second;
        for (size_t i = 0; i < n; i++) {
            score[i] = (double)ml_rng_below(&rng, 8);
            label[i] = i < 2 ? (uint8_t)i : (uint8_t)ml_rng_bernoulli(&rng, 0.4);
        }
        assert_int_equal(ml_curve_init(&curve, n, score, label, &arena, &error), ML_OK);
        ml_cost_by_threshold(&curve, 3.0, 2.0, cost);
        for (size_t i = 0; i < curve.points; i++) {
            ml_counts counted, read = ml_curve_at(&curve, curve.threshold[i]);
            assert_int_equal(ml_counts_at(n, score, label, curve.threshold[i], &counted, &error), ML_OK);
            assert_memory_equal(&counted, &read, sizeof read);
            least = fmin(least, cost[i]);
        }
        for (double t = -0.5; t < 9.0; t += 0.5) {
            ml_counts counted, read = ml_curve_at(&curve, t);
            assert_int_equal(ml_counts_at(n, score, label, t, &counted, &error), ML_OK);
            assert_memory_equal(&counted, &read, sizeof read);
            double unused;
            assert_true(ml_figures_of(counted, 1.0).f <= ml_best_fbeta(&curve, 1.0, &unused));
        }
        assert_int_equal(ml_metric_best_threshold(n, score, label, 3.0, 2.0, order, &best_threshold, &best_cost,
                                                  &error), ML_OK);
        assert_true(best_cost == least);
        assert_int_equal(ml_metric_auc(n, score, label, order, &auc, &error), ML_OK);
        assert_true(auc == ml_roc_area(&curve));
        assert_true(auc == ml_roc_auc(score, label, (int)n));
        ml_rng_permutation(&rng, n, order);
        for (size_t i = 0; i < n; i++) {
            shuffled[i] = ml_exp(score[order[i]]);
            shuffled_label[i] = label[order[i]];
        }
        assert_int_equal(ml_curve_init(&second, n, shuffled, shuffled_label, &arena, &error), ML_OK);
        assert_true(ml_average_precision(&second) == ml_average_precision(&curve));
        assert_true(ml_roc_area(&second) == ml_roc_area(&curve));
    }
}

/* More positives than are sorted at a time, and the challenge's examples. */
static void test_the_challenges_auc(void **state) {
    (void)state;
    enum { N = 12000 };
    static double score[N];
    static uint8_t label[N];
    static uint32_t order[2 * N];
    ml_rng rng = ml_rng_seed(63, 1);
    for (size_t i = 0; i < N; i++) {
        label[i] = (uint8_t)ml_rng_bernoulli(&rng, 0.5);
        score[i] = floor(100.0 * (ml_rng_normal(&rng) + label[i]));
    }
    double auc;
    assert_int_equal(ml_metric_auc(N, score, label, order, &auc, &error), ML_OK);
    assert_true(ml_roc_auc(score, label, N) == auc);
    const double four[4] = {.1, .4, .35, .8}, ties[6] = {1, 1, 2, 2, 3, 3};
    const uint8_t y[4] = {0, 0, 1, 1}, turns[6] = {0, 1, 0, 1, 0, 1}, ones[2] = {1, 1}, zeros[2] = {0, 0};
    assert_true(ml_roc_auc(four, y, 4) == 0.75 && ml_roc_auc(ties, turns, 6) == 0.5);
    assert_true(isnan(ml_roc_auc(four, ones, 2)) && isnan(ml_roc_auc(four, zeros, 2)) && isnan(ml_roc_auc(four, y, 0)));
}

static void test_errors(void **state) {
    (void)state;
    const double score[2] = {0.5, (double)INFINITY}, four[4] = {1, 2, 3, 4};
    const uint8_t label[2] = {0, 1}, same[2] = {1, 1}, bad[2] = {0, 3};
    const uint32_t class[2] = {0, 1}, absent[2] = {1, 1}, out[2] = {0, 2};
    ml_arena arena = ml_arena_over(memory, sizeof memory), tiny = ml_arena_over(memory, 128);
    ml_curve curve = {.points = 7};
    double auc = 7.0;
    assert_fails(ml_curve_init(&curve, 2, score, label, &arena, &error), ML_EINVAL, "score[1] is inf");
    assert_fails(ml_curve_init(&curve, 2, four, same, &arena, &error), ML_EINVAL, "2 positives and 0 negatives");
    assert_fails(ml_curve_init(&curve, 2, four, bad, &arena, &error), ML_EINVAL, "label[1] is 3");
    assert_fails(ml_curve_init(&curve, 0, four, label, &arena, &error), ML_EINVAL, "at least one of each");
    assert_fails(ml_curve_init(&curve, UINT32_MAX, NULL, NULL, &arena, &error), ML_EINVAL, "32 bits");
    assert_fails(ml_curve_init(&curve, 2, four, label, &tiny, &error), ML_ENOMEM, "memory");
    assert_fails(ml_auc_classes(2, 2, four, absent, ML_AVERAGE_MACRO, &auc, &arena, &error), ML_EINVAL, "class 0");
    assert_fails(ml_auc_classes(2, 2, four, out, ML_AVERAGE_MACRO, &auc, &arena, &error), ML_EINVAL, "truth[1] is 2");
    assert_fails(ml_auc_classes(2, 2, four, class, ML_AVERAGE_MICRO, &auc, &arena, &error), ML_EINVAL, "average 0");
    assert_fails(ml_auc_classes(2, 1, four, class, ML_AVERAGE_MACRO, &auc, &arena, &error), ML_EINVAL, "1 classes");
    assert_fails(ml_auc_classes(2, 2, four, class, ML_AVERAGE_MACRO, &auc, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(auc == 7.0 && curve.points == 7 && arena.used == 0 && tiny.used == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curves_are_those_of_scikit_learn),
        cmocka_unit_test(test_auc_of_classes_is_that_of_scikit_learn),
        cmocka_unit_test(test_what_holds_of_any_curve),
        cmocka_unit_test(test_the_challenges_auc),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
