/* AUC and the costs of thresholds: against scikit-learn, against counting every pair, and what they refuse. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden/cost_golden.h"
#include "ml.h"

static ml_error error;

static void assert_close(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-14 * fmax(1.0, fabs(expected))))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

static void assert_fails(ml_status got, const char *sentence) {
    assert_int_equal(got, ML_EINVAL);
    assert_string_equal(error.message, sentence);
}

static void test_figures_agree_with_scikit_learn(void **state) {
    (void)state;
    const double *const score[2] = {fine_score, coarse_score};
    uint32_t order[2 * COST_N];
    for (size_t s = 0; s < 2; s++) {
        double figure, threshold, total;
        assert_int_equal(ml_metric_auc(COST_N, score[s], cost_label, order, &figure, &error), ML_OK);
        assert_close(figure, golden_auc[s]);
        for (size_t c = 0; c < COST_CASES; c++) {
            const double fp = cost_pair[2 * c], fn = cost_pair[2 * c + 1];
            const double expected = golden_threshold[s * COST_CASES + c];
            assert_int_equal(ml_metric_expected_cost(COST_N, score[s], cost_label, 1.0, fp, fn, &figure, &error),
                             ML_OK);
            assert_close(figure, golden_cost[s * COST_CASES + c]);
            assert_int_equal(ml_metric_best_threshold(COST_N, score[s], cost_label, fp, fn, order, &threshold, &total,
                                                      &error), ML_OK);
            assert_true(threshold == (expected == 1e300 ? (double)INFINITY : expected));
            assert_close(total, golden_total[s * COST_CASES + c]);
        }
    }
}

/* Scores on a few levels, so that ties abound; both classes are there. */
enum { MOST = 40 };
static size_t draw(ml_rng *rng, double *score, uint8_t *label) {
    const size_t n = 2 + (size_t)ml_rng_below(rng, MOST - 1);
    for (size_t i = 0; i < n; i++) {
        score[i] = (double)ml_rng_below(rng, 5);
        label[i] = i < 2 ? (uint8_t)i : (uint8_t)ml_rng_bernoulli(rng, 0.4);
    }
    return n;
}

static void test_auc_is_the_share_of_pairs_in_order(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    for (int round = 0; round < 500; round++) {
        double score[MOST], auc, wins = 0.0, pairs = 0.0;
        uint8_t label[MOST];
        uint32_t order[2 * MOST];
        const size_t n = draw(&rng, score, label);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                if (!label[i] || label[j])
                    continue;
                pairs += 1.0;
                wins += score[i] > score[j] ? 1.0 : score[i] == score[j] ? 0.5 : 0.0;
            }
        }
        assert_int_equal(ml_metric_auc(n, score, label, order, &auc, &error), ML_OK);
        assert_true(auc == wins / pairs);
        for (size_t i = 0; i < n; i++)
            score[i] = 3.0 * ml_exp(score[i]) - 7.0;
        double mapped;
        assert_int_equal(ml_metric_auc(n, score, label, order, &mapped, &error), ML_OK);
        assert_true(mapped == auc);
    }
}

static void test_best_threshold_is_the_cheapest_of_all(void **state) {
    (void)state;
    static const double costs[][2] = {{1, 1}, {1, 5}, {5, 1}, {2, 3}, {0, 1}, {1, 0}};
    ml_rng rng = ml_rng_seed(2, 0);
    for (int round = 0; round < 600; round++) {
        double score[MOST], threshold, total, least, best = (double)INFINITY;
        uint8_t label[MOST];
        uint32_t order[2 * MOST];
        const double fp = costs[round % 6][0], fn = costs[round % 6][1];
        const size_t n = draw(&rng, score, label);
        assert_int_equal(ml_metric_expected_cost(n, score, label, best, fp, fn, &least, &error), ML_OK);
        for (double t = 4.0; t >= 0.0; t -= 1.0) {
            double cost;
            int is_score = 0;
            for (size_t i = 0; i < n; i++)
                is_score |= score[i] == t;
            assert_int_equal(ml_metric_expected_cost(n, score, label, t, fp, fn, &cost, &error), ML_OK);
            if (is_score && cost < least) {
                least = cost;
                best = t;
            }
        }
        assert_int_equal(ml_metric_best_threshold(n, score, label, fp, fn, order, &threshold, &total, &error), ML_OK);
        assert_true(threshold == best);
        assert_close(total / (double)n, least);
    }
}

static void test_never_to_act_may_be_cheapest(void **state) {
    (void)state;
    const double score[3] = {0.9, 0.8, 0.3};
    const uint8_t label[3] = {0, 1, 0};
    uint32_t order[6];
    double threshold, total;
    assert_int_equal(ml_metric_best_threshold(3, score, label, 100, 1, order, &threshold, &total, &error), ML_OK);
    assert_true(isinf(threshold) && threshold > 0.0 && total == 1.0);
    assert_int_equal(ml_metric_best_threshold(0, NULL, NULL, 1, 1, order, &threshold, &total, &error), ML_OK);
    assert_true(isinf(threshold) && threshold > 0.0 && total == 0.0);
}

static void test_formula_is_where_both_errors_cost_the_same(void **state) {
    (void)state;
    static const double costs[][2] = {{1, 50}, {1, 1}, {1000, 0.1}, {1e308, 1e308}};
    assert_close(ml_cost_threshold(1, 50), 1.0 / 51.0);
    for (size_t i = 0; i < 4; i++) {
        const double t = ml_cost_threshold(costs[i][0], costs[i][1]);
        assert_true(t > 0.0 && t < 1.0);
        assert_true(fabs((1.0 - t) * costs[i][0] - t * costs[i][1]) <= 1e-9 * costs[i][0]);
    }
}

/* At every probability, what the band says is the cheapest of the three. */
static void test_review_band_takes_the_cheapest_of_three(void **state) {
    (void)state;
    static const double costs[][3] = {{1, 50, 0.2}, {1, 50, 1}, {1, 1, 0.49}, {1, 1, 0.5}, {10, 3, 1}, {2, 2, 0.01}};
    for (size_t i = 0; i < 6; i++) {
        const double fp = costs[i][0], fn = costs[i][1], review = costs[i][2];
        double low, high;
        ml_review_band(fp, fn, review, &low, &high);
        assert_true(low <= high);
        for (double p = 0.0005; p < 1.0; p += 0.001) {
            const double no = p * fn, yes = (1.0 - p) * fp, cheapest = fmin(review, fmin(no, yes));
            assert_close(p < low ? no : p < high ? review : yes, cheapest);
        }
        assert_int_equal(low < high, review < fp * fn / (fp + fn));
    }
}

static void test_errors(void **state) {
    (void)state;
    const double score[2] = {0.5, 0.7}, hole[2] = {0.5, (double)NAN}, endless[2] = {0.5, (double)INFINITY};
    const uint8_t label[2] = {0, 1}, same[2] = {1, 1}, bad[2] = {0, 2};
    uint32_t order[4];
    double figure = 7.0, threshold = 7.0;
    assert_fails(ml_metric_auc(2, endless, label, order, &figure, &error),
                 "score[1] is inf; a score is a finite number");
    assert_fails(ml_metric_auc(2, score, bad, order, &figure, &error), "label[1] is 2; AUC is for labels 0 and 1");
    assert_fails(ml_metric_auc(2, score, same, order, &figure, &error),
                 "AUC compares positives with negatives, and there are 2 and 0; it wants at least one of each");
    assert_int_equal(ml_metric_auc(0, NULL, NULL, order, &figure, &error), ML_EINVAL);
    assert_fails(ml_metric_expected_cost(0, score, label, 0.5, 1, 1, &figure, &error),
                 "the mean cost of 0 rows has no value; give at least one row");
    assert_fails(ml_metric_expected_cost(2, score, label, (double)NAN, 1, 1, &figure, &error),
                 "the threshold is not a number; infinity is the one that never acts");
    assert_fails(ml_metric_expected_cost(2, score, label, 0.5, -1, 1, &figure, &error),
                 "costs of -1 and 1; a cost is a finite number, 0 or more");
    assert_fails(ml_metric_best_threshold(2, score, label, 1, (double)INFINITY, order, &threshold, &figure, &error),
                 "costs of 1 and inf; a cost is a finite number, 0 or more");
    assert_fails(ml_metric_best_threshold(2, hole, label, 1, 1, order, &threshold, &figure, &error),
                 "score[1] is not a number; leave rows without a score out");
    assert_fails(ml_metric_best_threshold(2, score, bad, 1, 1, order, &threshold, &figure, &error),
                 "label[1] is 2; costs are for labels 0 and 1");
    assert_true(figure == 7.0 && threshold == 7.0);
    assert_int_equal(ml_metric_expected_cost(2, endless, label, 0.6, 1, 1, &figure, &error), ML_OK);
    assert_true(figure == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_agree_with_scikit_learn),
        cmocka_unit_test(test_auc_is_the_share_of_pairs_in_order),
        cmocka_unit_test(test_best_threshold_is_the_cheapest_of_all),
        cmocka_unit_test(test_never_to_act_may_be_cheapest),
        cmocka_unit_test(test_formula_is_where_both_errors_cost_the_same),
        cmocka_unit_test(test_review_band_takes_the_cheapest_of_three),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
