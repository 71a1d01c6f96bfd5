/* The lab worth-building: the figures that the chapter promises, its goals, its views, and that budgets change
 * nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SEEDS = 1 }; /* slow there, and what a sanitizer looks for does not depend on the seed */
#else
enum { SEEDS = 4 };
#endif
enum { PATTERN, RULE_IS_RIGHT, COST_FALSE_NEGATIVE, DECISIONS, BUILD_COST, TRAINING_ROWS, TEST_ROWS, PILOTS };
enum { COSTS_VIEW, VOLUME_VIEW, VERDICTS_VIEW };
enum { PILOTS_DONE, COST_NEVER, COST_ALWAYS, COST_RULE, COST_MODEL, SAVING, SAVING_ERROR, NET, SHARE_BUILT,
       SHARE_AHEAD, ENOUGH_DECISIONS, READOUTS };
enum { WORTH_IT, TOO_FEW_DECISIONS, LUCK, RULE_IS_ENOUGH, THIN_EVIDENCE, GOALS };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 14];
static char text[1 << 10];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *worth = lab_find("worth-building");
    assert_non_null(worth);
    assert_int_equal(worth->n_readouts, READOUTS);
    assert_int_equal(worth->n_goals, GOALS);
    memory = malloc(lab_run_bytes(worth));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, worth, memory, lab_run_bytes(worth), no_clock), ML_OK);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

static void start(const char *settings, uint64_t seed) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
    lab_run_figures(&run);
}

static void play(int32_t pilots) {
    assert_int_equal(lab_run_advance(&run, pilots, INT64_MAX), ML_OK);
    lab_run_figures(&run);
}

static const float *read_view(int32_t view) {
    lab_frame frame = {
        .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    return data;
}

static const float *next_block(const float *block) {
    return block + LAB_BLOCK_HEADER + (size_t)(block[LAB_BLOCK_ROWS] * block[LAB_BLOCK_COLUMNS]);
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* --- Things to try: each goal with every seed, and the figures as means over seeds -------------------------------- */

static void mean_readouts(const char *settings, int32_t goal, double *mean) {
    memset(mean, 0, READOUTS * sizeof *mean);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        start(settings, seed);
        play(1000);
        assert_true(run.progress.finished && run.goal_met[goal]);
        for (int i = 0; i < READOUTS; i++)
            mean[i] += run.readout[i] / SEEDS;
    }
}

static void test_at_a_million_decisions_every_pilot_says_yes(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("", WORTH_IT, r);
    assert_near(r[COST_NEVER], 1.41, 0.03);
    assert_near(r[COST_ALWAYS], 0.718, 0.01);
    assert_near(r[COST_RULE], 1.07, 0.03);
    assert_near(r[COST_MODEL], 0.32, 0.01);
    assert_true(r[SHARE_BUILT] == 1.0 && r[SHARE_AHEAD] == 1.0);
    assert_near(r[ENOUGH_DECISIONS], 150e3, 40e3);
}

static void test_at_ten_thousand_none_does_and_the_model_is_the_same(void **state) {
    (void)state;
    double million[READOUTS], r[READOUTS];
    mean_readouts("", WORTH_IT, million);
    mean_readouts("decisions=10000", TOO_FEW_DECISIONS, r);
    assert_true(r[SHARE_BUILT] == 0.0 && r[SAVING] == million[SAVING] && r[COST_MODEL] == million[COST_MODEL]);
}

static void test_without_a_pattern_half_are_ahead_by_luck_and_few_are_built(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("pattern=0 build_cost=0 cost_false_negative=3", LUCK, r);
    assert_near(r[SHARE_AHEAD], 0.475, 0.1);
    assert_near(r[SHARE_BUILT], 0.035, 0.035);
    assert_near(r[SAVING], 0.0, 0.01);
}

static void test_a_rule_that_is_right_needs_no_model(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("rule_is_right=on", RULE_IS_ENOUGH, r);
    assert_true(r[COST_RULE] == 0.0 && r[SHARE_BUILT] == 0.0);
    assert_near(r[SAVING], -r[COST_MODEL], 1e-12);
}

static void test_fifty_test_rows_leave_half_of_the_teams_unsure(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("test_rows=50 pattern=2", THIN_EVIDENCE, r);
    assert_near(r[SHARE_BUILT], 0.5, 0.08);
    assert_near(r[SHARE_AHEAD], 0.93, 0.07);
}

static void test_presets_lead_to_their_goals_and_no_goal_is_met_before(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < GOALS; goal++) {
        start(run.lab->goals[goal].preset, 1);
        play(39);
        for (int32_t i = 0; i < GOALS; i++)
            assert_false(run.goal_met[i]); /* too few pilots to speak of a share */
        play(1000);
        for (int32_t i = 0; i < GOALS; i++)
            assert_int_equal(run.goal_met[i], i == goal);
    }
}

/* --- What is drawn ------------------------------------------------------------------------------------------------ */

static void test_points_stand_on_their_side_of_the_line(void **state) {
    (void)state;
    start("pattern=0.75 build_cost=20500 pilots=100", 1);
    play(1000);
    const float *block = read_view(VERDICTS_VIEW);
    const float needed = (float)(run.param[BUILD_COST] / run.param[DECISIONS]);
    int count[3] = {0};
    for (int series = 0; series < 3; series++, block = next_block(block)) {
        const int n = count[series] = (int)block[LAB_BLOCK_ROWS];
        const float *x = block + LAB_BLOCK_HEADER, *y = x + n;
        for (int i = 0; i < n; i++) {
            assert_true(y[i] <= x[i]);
            assert_int_equal(y[i] > needed, series == 0);
            assert_int_equal(x[i] > needed, series < 2);
        }
    }
    assert_true(count[0] > 0 && count[1] > 0 && count[2] > 0);
    assert_int_equal(count[0] + count[1] + count[2], 100);
    assert_true(block[LAB_BLOCK_HEADER + 1] == needed);
    assert_near(run.readout[SHARE_BUILT], count[0] / 100.0, 1e-12);
    assert_near(run.readout[SHARE_AHEAD], (count[0] + count[1]) / 100.0, 1e-12);
}

static void test_the_lower_curve_crosses_zero_at_enough_decisions(void **state) {
    (void)state;
    start("", 1);
    play(1);
    const float *block = next_block(read_view(VOLUME_VIEW));
    const int n = (int)block[LAB_BLOCK_ROWS];
    const float *x = block + LAB_BLOCK_HEADER, *y = x + n;
    int at = 0;
    while (at < n && y[at] <= 0.0f)
        at++;
    assert_true(at > 0 && at < n);
    assert_true((double)x[at - 1] <= run.readout[ENOUGH_DECISIONS] && (double)x[at] >= run.readout[ENOUGH_DECISIONS]);
}

static void test_bars_are_the_readouts(void **state) {
    (void)state;
    start("", 3);
    play(5);
    const float *y = read_view(COSTS_VIEW) + LAB_BLOCK_HEADER + 4;
    for (int i = 0; i < 4; i++)
        assert_true(y[i] == (float)run.readout[COST_NEVER + i]);
    assert_string_equal(text, "never");
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_the_largest_and_the_smallest_pilot_fit(void **state) {
    (void)state;
    start("training_rows=2000 test_rows=4000 pilots=1", 1);
    play(10);
    assert_true(run.progress.finished && run.readout[SHARE_BUILT] == 1.0);
    start("training_rows=50 test_rows=50 pilots=200 pattern=4", 1);
    play(1000);
    assert_true(run.progress.finished && run.readout[PILOTS_DONE] == 200.0);
    for (int32_t view = 0; view < run.lab->n_views; view++)
        (void)read_view(view);
}

static uint32_t hash_of_views(void) {
    uint32_t hash = 2166136261u;
    for (int32_t view = 0; view < run.lab->n_views; view++) {
        lab_frame frame = {
            .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
        lab_run_read(&run, view, &frame);
        const unsigned char *byte = (const unsigned char *)data;
        for (size_t i = 0; i < frame.length * sizeof *data; i++)
            hash = (hash ^ byte[i]) * 16777619u;
    }
    return hash;
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    start("pilots=10", 5);
    play(100);
    const uint32_t whole = hash_of_views();
    double readout[READOUTS];
    memcpy(readout, run.readout, sizeof readout);
    start("pilots=10", 5);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)hash_of_views(); /* looking changes nothing */
        lab_run_figures(&run);
    }
    assert_int_equal(hash_of_views(), whole);
    assert_memory_equal(readout, run.readout, sizeof readout);
    start("pilots=10", 6);
    play(100);
    assert_int_not_equal(hash_of_views(), whole);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_at_a_million_decisions_every_pilot_says_yes),
        TEST(test_at_ten_thousand_none_does_and_the_model_is_the_same),
        TEST(test_without_a_pattern_half_are_ahead_by_luck_and_few_are_built),
        TEST(test_a_rule_that_is_right_needs_no_model),
        TEST(test_fifty_test_rows_leave_half_of_the_teams_unsure),
        TEST(test_presets_lead_to_their_goals_and_no_goal_is_met_before),
        TEST(test_points_stand_on_their_side_of_the_line),
        TEST(test_the_lower_curve_crosses_zero_at_enough_decisions),
        TEST(test_bars_are_the_readouts),
        TEST(test_the_largest_and_the_smallest_pilot_fit),
        TEST(test_budgets_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
