/* The lab cost-threshold: the figures that the chapter promises, its goals, and that its shortcuts (sorted cases,
 * prefix sums) give what counting one by one gives. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8, CASES = 20000 };
enum { PREVALENCE, SEPARATION, COST_FALSE_POSITIVE, COST_FALSE_NEGATIVE, THRESHOLD, TEMPERATURE, REVIEW, REVIEW_COST };
enum { COST_BY_THRESHOLD, SCORE_HISTOGRAMS, CONFUSION_MATRIX, COST_BARS };
enum {
    ACCURACY, PRECISION, RECALL, AUC, SHARE_REVIEWED, COST_NEVER, COST_ALWAYS, COST_HALF, COST_CHOSEN, COST_FORMULA,
    COST_BEST, COST_REVIEW, THRESHOLD_FORMULA, THRESHOLD_BEST, READOUTS
};
enum { TEN_ALARMS_ONE_HIT, UNCALIBRATED, ASK_A_PERSON, WEAK_SCORE };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 16], other[1 << 16];
static char text[1 << 12];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *costs = lab_find("cost-threshold");
    assert_non_null(costs);
    assert_int_equal(costs->n_readouts, READOUTS);
    memory = malloc(lab_run_bytes(costs));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, costs, memory, lab_run_bytes(costs), no_clock), ML_OK);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

static void set(const char *settings) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
}

static void run_to_end(const char *settings, uint64_t seed) {
    set(settings);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
    assert_int_equal(lab_run_advance(&run, INT32_MAX, INT64_MAX), ML_OK);
    assert_true(run.progress.finished);
    lab_run_figures(&run);
}

static void means(const char *settings, double *mean) {
    memset(mean, 0, READOUTS * sizeof *mean);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end(settings, seed);
        for (int i = 0; i < READOUTS; i++)
            mean[i] += run.readout[i] / SEEDS;
    }
}

static lab_frame read_view(int32_t view, float *into, size_t capacity) {
    lab_frame frame = {.data = into, .capacity = capacity, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    return frame;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.10g, expected %g ± %g", got, expected, tolerance);
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

static void test_formula_beats_a_half_and_is_less_accurate(void **state) {
    (void)state;
    double half[READOUTS], formula[READOUTS];
    means("", half);
    means("threshold=0.0196", formula);
    assert_near(formula[COST_CHOSEN], 313, 30);
    assert_near(formula[ACCURACY], 0.838, 0.006);
    assert_near(formula[PRECISION], 0.095, 0.01);
    assert_near(half[COST_CHOSEN], 828, 75);
    assert_near(half[ACCURACY], 0.982, 0.002);
    assert_near(half[COST_NEVER], 1000, 85);
    assert_near(half[COST_ALWAYS], 980, 2);
    assert_near(half[THRESHOLD_FORMULA], 1.0 / 51.0, 1e-12);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("", seed);
        assert_true(run.readout[COST_FORMULA] < run.readout[COST_HALF]);
        assert_true(run.readout[COST_FORMULA] < run.readout[COST_NEVER]);
        assert_true(run.readout[COST_FORMULA] < run.readout[COST_ALWAYS]);
        assert_true(run.readout[COST_HALF] == run.readout[COST_CHOSEN]);
        const double at_half = run.readout[ACCURACY], never = 1.0 - run.readout[COST_NEVER] / (50.0 * 1000.0);
        run_to_end("threshold=0.0196", seed);
        assert_true(run.readout[ACCURACY] < at_half && run.readout[ACCURACY] < never);
        assert_true(run.goal_met[TEN_ALARMS_ONE_HIT]);
    }
}

static void test_temperature_keeps_the_order_and_breaks_the_formula(void **state) {
    (void)state;
    double hot[READOUTS];
    means("temperature=3", hot);
    assert_near(hot[AUC], 0.92, 0.01);
    assert_near(hot[COST_FORMULA], 979, 3);
    assert_near(hot[THRESHOLD_BEST], 0.21, 0.04);
    assert_near(hot[COST_BEST], 310, 45);
    means("temperature=3 threshold=0.0196", hot);
    assert_true(hot[RECALL] > 0.9995);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("", seed);
        const double auc = run.readout[AUC], best = run.readout[COST_BEST];
        assert_int_equal(lab_run_set(&run, TEMPERATURE, 3.0), ML_OK); /* live */
        lab_run_figures(&run);
        assert_true(run.readout[AUC] == auc && run.readout[COST_BEST] == best);
        assert_true(run.readout[COST_FORMULA] > 2.5 * best);
    }
}

static void test_a_person_is_asked_where_that_is_cheapest(void **state) {
    (void)state;
    double review[READOUTS], dear[READOUTS];
    means("review=on", review);
    assert_near(review[SHARE_REVIEWED], 0.435, 0.015);
    assert_near(review[COST_REVIEW], 124, 15);
    means("review=on review_cost=1", dear);
    assert_true(dear[SHARE_REVIEWED] == 0.0);
    assert_near(dear[COST_REVIEW], dear[COST_FORMULA], 1e-9);
    /* the toggle decides only who is counted as right */
    run_to_end("", 1);
    const double without = run.readout[COST_REVIEW], share = run.readout[SHARE_REVIEWED], acc = run.readout[ACCURACY];
    assert_int_equal(lab_run_set(&run, REVIEW, 1.0), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[COST_REVIEW] == without && run.readout[SHARE_REVIEWED] == share);
    assert_true(run.readout[ACCURACY] > acc && run.readout[RECALL] > 0.9);
}

static void test_weak_score_never_acts_at_a_half(void **state) {
    (void)state;
    double weak[READOUTS];
    means("separation=1", weak);
    assert_near(weak[COST_HALF] / weak[COST_NEVER], 1.0, 0.01);
    assert_near(weak[COST_FORMULA], 610, 70);
}

static void test_presets_meet_their_goals_on_every_seed(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            run_to_end(run.lab->goals[goal].preset, seed);
            assert_true(run.goal_met[goal]);
        }
        run_to_end("", seed);
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
            assert_false(run.goal_met[goal]);
    }
}

/* --- The shortcuts against counting ------------------------------------------------------------------------------- */

/* The same cases again, drawn as the specification says. */
static double score[CASES];
static uint8_t label[CASES];
static uint32_t order[2 * CASES];
static void draw_cases(uint64_t seed) {
    const double prior = run.param[PREVALENCE], d = run.param[SEPARATION];
    ml_rng labels = ml_rng_seed(seed, 1), scores = ml_rng_seed(seed, 2);
    for (size_t i = 0; i < CASES; i++) {
        label[i] = (uint8_t)ml_rng_bernoulli(&labels, prior);
        const double s = d * label[i] + ml_rng_normal(&scores);
        score[i] = ml_sigmoid((d * s - 0.5 * d * d + ml_log(prior / (1.0 - prior))) / run.param[TEMPERATURE]);
    }
}

static double cost_by_counting(double threshold) {
    double cost = 0.0;
    assert_int_equal(ml_metric_expected_cost(CASES, score, label, threshold, run.param[COST_FALSE_POSITIVE],
                                             run.param[COST_FALSE_NEGATIVE], &cost, NULL), ML_OK);
    return 1000.0 * cost;
}

static void test_costs_are_what_counting_gives(void **state) {
    (void)state;
    static const char *const settings[] = {
        "threshold=0.1", "threshold=1", "threshold=0.0001 prevalence=0.5",
        "temperature=0.5 separation=4 threshold=0.3",
        "cost_false_positive=1000 cost_false_negative=0.1",
        "cost_false_positive=3 cost_false_negative=2 threshold=0.4"};
    for (size_t k = 0; k < sizeof settings / sizeof *settings; k++) {
        run_to_end(settings[k], 3);
        draw_cases(3);
        double auc, threshold, total;
        assert_near(run.readout[COST_CHOSEN], cost_by_counting(run.param[THRESHOLD]), 1e-6);
        assert_near(run.readout[COST_HALF], cost_by_counting(0.5), 1e-6);
        assert_near(run.readout[COST_FORMULA], cost_by_counting(run.readout[THRESHOLD_FORMULA]), 1e-6);
        assert_near(run.readout[COST_ALWAYS], cost_by_counting(0.0), 1e-6);
        assert_near(run.readout[COST_NEVER], cost_by_counting((double)INFINITY), 1e-6);
        assert_int_equal(ml_metric_auc(CASES, score, label, order, &auc, NULL), ML_OK);
        assert_near(run.readout[AUC], auc, 1e-12);
        assert_int_equal(ml_metric_best_threshold(CASES, score, label, run.param[COST_FALSE_POSITIVE],
                                                  run.param[COST_FALSE_NEGATIVE], order, &threshold, &total, NULL),
                         ML_OK);
        assert_near(run.readout[COST_BEST], total / CASES * 1000.0, 1e-9);
        assert_true(run.readout[THRESHOLD_BEST] == (isfinite(threshold) ? threshold : -1.0));
    }
}

static void test_review_is_what_counting_gives(void **state) {
    (void)state;
    run_to_end("review=on review_cost=0.3 cost_false_positive=2", 2);
    draw_cases(2);
    double cost = 0.0, asked = 0.0, right = 0.0;
    for (size_t i = 0; i < CASES; i++) {
        const double p = score[i], no = 50.0 * p, yes = 2.0 * (1.0 - p);
        const bool ask = 0.3 < no && 0.3 < yes, act = !ask && yes <= no;
        asked += ask;
        right += ask || act == label[i];
        cost += ask ? 0.3 : act == label[i] ? 0.0 : label[i] ? 50.0 : 2.0;
    }
    assert_near(run.readout[SHARE_REVIEWED], asked / CASES, 1e-12);
    assert_near(run.readout[ACCURACY], right / CASES, 1e-12);
    assert_near(run.readout[COST_REVIEW], cost / CASES * 1000.0, 1e-6);
}

/* --- Views -------------------------------------------------------------------------------------------------------- */

static void test_matrix_agrees_with_readouts(void **state) {
    (void)state;
    run_to_end("threshold=0.05", 1);
    (void)read_view(CONFUSION_MATRIX, data, sizeof data / sizeof *data);
    const float *cell = data + LAB_BLOCK_HEADER + 6;
    assert_near((double)(cell[0] + cell[3]) / CASES, run.readout[ACCURACY], 1e-12);
    assert_near(cell[3] / (cell[1] + cell[3]), run.readout[PRECISION], 1e-6);
    assert_near(cell[3] / (cell[2] + cell[3]), run.readout[RECALL], 1e-6);
    assert_true(cell[0] + cell[1] + cell[2] + cell[3] == CASES);
}

static void test_histograms_hold_everybody(void **state) {
    (void)state;
    run_to_end("", 1);
    (void)read_view(SCORE_HISTOGRAMS, data, sizeof data / sizeof *data);
    const float *block = data;
    for (int series = 0; series < 2; series++) {
        const size_t n = (size_t)block[LAB_BLOCK_ROWS];
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += block[LAB_BLOCK_HEADER + n + i];
        assert_near(sum, 100.0, 1e-3);
        block += LAB_BLOCK_HEADER + 2 * n;
    }
}

static void test_curve_runs_from_everybody_to_nobody(void **state) {
    (void)state;
    run_to_end("separation=0.5", 1); /* hardly a score is outside the axis */
    (void)read_view(COST_BY_THRESHOLD, data, sizeof data / sizeof *data);
    const size_t n = (size_t)data[LAB_BLOCK_ROWS];
    const float *threshold = data + LAB_BLOCK_HEADER, *cost = threshold + n;
    assert_true(threshold[n - 1] == 1.0f);
    assert_near(cost[0], run.readout[COST_ALWAYS], 1e-3);
    assert_near(cost[n - 1], run.readout[COST_NEVER], 1e-3);
    for (size_t i = 0; i < n; i++)
        assert_true(cost[i] >= (float)run.readout[COST_BEST]);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_nothing_is_known_before_the_first_step(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        set(run.lab->goals[goal].preset);
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        lab_run_figures(&run);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
        for (int32_t i = 0; i < READOUTS; i++)
            assert_true(i == THRESHOLD_FORMULA || run.readout[i] == -1.0);
        for (int32_t view = 0; view < run.lab->n_views; view++)
            (void)read_view(view, data, sizeof data / sizeof *data);
        assert_int_equal(lab_run_set(&run, TEMPERATURE, 2.0), ML_OK); /* live, with nothing to score yet */
    }
}

static void test_budgets_and_live_changes_do_not_change_bytes(void **state) {
    (void)state;
    run_to_end("temperature=2 cost_false_negative=20", 5);
    double readout[READOUTS];
    memcpy(readout, run.readout, sizeof readout);
    const lab_frame whole = read_view(COST_BY_THRESHOLD, data, sizeof data / sizeof *data);

    set("cost_false_negative=7");
    assert_int_equal(lab_run_start(&run, 5), ML_OK);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        lab_run_figures(&run); /* looking changes nothing */
    }
    assert_int_equal(run.progress.step, 20);
    assert_int_equal(lab_run_set(&run, TEMPERATURE, 2.0), ML_OK);
    assert_int_equal(lab_run_set(&run, COST_FALSE_NEGATIVE, 20.0), ML_OK);
    lab_run_figures(&run);
    const lab_frame pieces = read_view(COST_BY_THRESHOLD, other, sizeof other / sizeof *other);
    assert_memory_equal(readout, run.readout, sizeof readout);
    assert_int_equal(whole.length, pieces.length);
    assert_memory_equal(data, other, whole.length * sizeof *data);
}

static void test_extreme_settings_stay_finite(void **state) {
    (void)state;
    for (int corner = 0; corner < 1 << 8; corner += 5) {
        set("");
        for (int32_t i = 0; i < run.lab->n_params; i++) {
            const lab_param *p = &run.lab->params[i];
            const bool high = (corner >> i) & 1;
            run.param[i] = p->kind == LAB_TOGGLE ? high : high ? p->max : p->min;
        }
        assert_int_equal(lab_run_start(&run, 9), ML_OK);
        assert_int_equal(lab_run_advance(&run, 2, INT64_MAX), ML_OK);
        lab_run_figures(&run);
        for (int32_t i = 0; i < READOUTS; i++)
            assert_true(isfinite(run.readout[i]));
        assert_true(run.readout[COST_BEST] <= run.readout[COST_CHOSEN] + 1e-6);
        for (int32_t view = 0; view < run.lab->n_views; view++) {
            const lab_frame frame = read_view(view, data, sizeof data / sizeof *data);
            for (size_t i = 0; i < frame.length; i++)
                assert_true(isfinite(data[i]));
        }
    }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_formula_beats_a_half_and_is_less_accurate),
        TEST(test_temperature_keeps_the_order_and_breaks_the_formula),
        TEST(test_a_person_is_asked_where_that_is_cheapest),
        TEST(test_weak_score_never_acts_at_a_half),
        TEST(test_presets_meet_their_goals_on_every_seed),
        TEST(test_costs_are_what_counting_gives),
        TEST(test_review_is_what_counting_gives),
        TEST(test_matrix_agrees_with_readouts),
        TEST(test_histograms_hold_everybody),
        TEST(test_curve_runs_from_everybody_to_nobody),
        TEST(test_nothing_is_known_before_the_first_step),
        TEST(test_budgets_and_live_changes_do_not_change_bytes),
        TEST(test_extreme_settings_stay_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
