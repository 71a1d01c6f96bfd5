/* The lab feedback-loop: the figures that the chapter promises, its bookkeeping, its goals, and what is live. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8, MANY_SEEDS = 32, MEASURED = 100, ITEMS = 50, MAX_ITEMS = 200, SLOTS = 5 };
enum { EXPLORATION };
enum { IMPRESSIONS_BY_ITEM, SHARE_BY_ROUND, TRUE_AND_ESTIMATED, VIEWS };
enum { ROUNDS, FOUND, STARVED_SHARE, TOP_SHARE, EFFICIENCY, CLICK_THROUGH_RATE, FIGURES };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 14];
static char text[1 << 12];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *loop = lab_find("feedback-loop");
    assert_non_null(loop);
    memory = malloc(lab_run_bytes(loop));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, loop, memory, lab_run_bytes(loop), no_clock), ML_OK);
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
}

static void run_steps(const char *settings, uint64_t seed, int32_t steps) {
    start(settings, seed);
    assert_int_equal(lab_run_advance(&run, steps, INT64_MAX), ML_OK);
    lab_run_figures(&run);
}

static const float *read_view(int32_t view) {
    lab_frame frame = {
        .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
    memset(data, 0, sizeof data);
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    return data;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* Readouts after 20,000 rounds of each seed from 1 on, and their means in [0]. */
typedef struct outcome {
    double figure[MANY_SEEDS + 1][FIGURES];
} outcome;

static outcome measure(const char *settings, int seeds) {
    outcome o = {0};
    for (int seed = 1; seed <= seeds; seed++) {
        run_steps(settings, (uint64_t)seed, MEASURED);
        assert_true(run.readout[ROUNDS] == 20000.0);
        for (int i = 0; i < FIGURES; i++) {
            o.figure[seed][i] = run.readout[i];
            o.figure[0][i] += run.readout[i] / seeds;
        }
    }
    return o;
}

static void assert_each_in(const outcome *o, int seeds, int figure, double low, double high) {
    for (int seed = 1; seed <= seeds; seed++)
        assert_near(o->figure[seed][figure], 0.5 * (low + high), 0.5 * (high - low));
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

/* Efficiency differs much from seed to seed, so that eight of them may mislead: here it is the mean of 32. */
static void test_a_little_luck_finds_more(void **state) {
    (void)state;
    const outcome greedy = measure("", MANY_SEEDS), lucky = measure("exploration=0.1", MANY_SEEDS);
    assert_near(greedy.figure[0][FOUND], 2.4, 0.9);
    assert_near(greedy.figure[0][STARVED_SHARE], 0.76, 0.06);
    assert_near(greedy.figure[0][EFFICIENCY], 0.85, 0.1);
    assert_each_in(&greedy, SEEDS, FOUND, 0.0, 4.0);
    assert_each_in(&greedy, SEEDS, EFFICIENCY, 0.57, 0.99);
    assert_near(lucky.figure[0][FOUND], 4.3, 0.6);
    assert_near(lucky.figure[0][EFFICIENCY], 0.89, 0.035);
    assert_each_in(&lucky, SEEDS, FOUND, 2.0, 5.0);
    assert_each_in(&lucky, MANY_SEEDS, STARVED_SHARE, 0.0, 0.0);
    assert_true(lucky.figure[0][FOUND] > greedy.figure[0][FOUND] + 1.0);
    assert_true(lucky.figure[0][EFFICIENCY] > greedy.figure[0][EFFICIENCY]);
}

static void test_the_rich_need_no_merit(void **state) {
    (void)state;
    const outcome greedy = measure("appeal_spread=0", SEEDS), lucky = measure("appeal_spread=0 exploration=0.1", SEEDS);
    assert_near(greedy.figure[0][TOP_SHARE], 0.90, 0.05);
    assert_near(greedy.figure[0][STARVED_SHARE], 0.71, 0.1);
    assert_near(lucky.figure[0][TOP_SHARE], 0.58, 0.1);
    for (int seed = 1; seed <= SEEDS; seed++) {
        assert_near(greedy.figure[seed][EFFICIENCY], 1.0, 1e-12); /* any list is a best list */
        assert_near(greedy.figure[seed][CLICK_THROUGH_RATE], 0.1 * (137.0 / 60.0) / 5.0, 0.0035);
    }
}

static void test_correction_needs_data(void **state) {
    (void)state;
    const outcome plain = measure("", SEEDS), corrected = measure("position_correction=on", SEEDS),
                  both = measure("position_correction=on exploration=0.1", SEEDS),
                  lucky = measure("exploration=0.1", SEEDS);
    assert_near(corrected.figure[0][EFFICIENCY], 0.70, 0.13);
    assert_true(corrected.figure[0][EFFICIENCY] < plain.figure[0][EFFICIENCY]);
    assert_near(both.figure[0][EFFICIENCY], 0.93, 0.012);
    assert_each_in(&both, SEEDS, EFFICIENCY, 0.88, 1.0);
    assert_true(both.figure[0][EFFICIENCY] > plain.figure[0][EFFICIENCY]);
    assert_true(both.figure[0][EFFICIENCY] > lucky.figure[0][EFFICIENCY]);
}

static void test_only_luck_knows_and_does_not_use_it(void **state) {
    (void)state;
    const outcome o = measure("position_correction=on exploration=1", SEEDS);
    assert_each_in(&o, SEEDS, STARVED_SHARE, 0.0, 0.0);
    assert_near(o.figure[0][FOUND], 4.5, 0.5);
    assert_near(o.figure[0][EFFICIENCY], 0.40, 0.1);
}

static void test_optimism_is_exploration(void **state) {
    (void)state;
    const outcome sober = measure("appeal_spread=0 position_correction=on", SEEDS),
                  optimist = measure("appeal_spread=0 position_correction=on prior_belief=0.3", SEEDS);
    assert_near(sober.figure[0][TOP_SHARE], 0.997, 0.003);
    assert_near(optimist.figure[0][TOP_SHARE], 0.67, 0.1);
}

static void test_presets_of_all_goals_lead_there(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            run_steps(run.lab->goals[goal].preset, seed, MEASURED);
            for (int32_t other = 0; other < run.lab->n_goals; other++)
                assert_int_equal(run.goal_met[other], other == goal);
        }
}

static void test_goals_are_not_given_away(void **state) {
    (void)state;
    const char *const settings[] = {"", "position_correction=on", "exploration=1", "exploration=0.5",
                                    "appeal_spread=0 position_correction=on", "appeal_spread=0 exploration=0.5"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        run_steps(settings[i], 1, MEASURED);
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
            assert_false(run.goal_met[goal]);
    }
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        run_steps(run.lab->goals[goal].preset, 1, MEASURED - 1);
        for (int32_t other = 0; other < run.lab->n_goals; other++)
            assert_false(run.goal_met[other]);
    }
}

/* --- The bookkeeping ---------------------------------------------------------------------------------------------- */

static void test_nothing_is_known_before_the_first_step(void **state) {
    (void)state;
    start("prior_belief=0.25", 1);
    lab_run_figures(&run);
    for (int i = 0; i < FIGURES; i++)
        assert_true(run.readout[i] == (i == ROUNDS ? 0.0 : -1.0));
    const float *block = read_view(TRUE_AND_ESTIMATED) + LAB_BLOCK_HEADER;
    for (int i = 0; i < ITEMS; i++)
        assert_true(block[ITEMS + i] == 0.25f);
}

/* Every round gives five impressions, which the bars share out, the most appealing item first; what the figures say is
 * in them. */
static void test_bars_hold_all_impressions(void **state) {
    (void)state;
    const char *const settings[] = {"", "exploration=0.3", "items=20 position_correction=on exploration=1",
                                    "items=200 prior_belief=0.5"};
    const size_t items[] = {50, 50, 20, 200};
    for (size_t c = 0; c < 4; c++) {
        run_steps(settings[c], 2, 30);
        const float *bars = read_view(IMPRESSIONS_BY_ITEM);
        const size_t n = items[c];
        assert_true(bars[LAB_BLOCK_ROWS] == (float)n && bars[LAB_BLOCK_LABELS] == (float)n);
        const float *impressions = bars + LAB_BLOCK_HEADER + n;
        double sum = 0.0, top = 0.0;
        size_t starved = 0;
        bool taken[MAX_ITEMS] = {false};
        for (size_t i = 0; i < n; i++) {
            sum += (double)impressions[i];
            starved += impressions[i] < 50.0f;
        }
        for (int k = 0; k < SLOTS; k++) {
            size_t most = n;
            for (size_t i = 0; i < n; i++)
                if (!taken[i] && (most == n || impressions[i] > impressions[most]))
                    most = i;
            taken[most] = true;
            top += (double)impressions[most];
        }
        assert_true(sum == 5.0 * 6000.0);
        assert_near(run.readout[TOP_SHARE], top / sum, 1e-12);
        assert_near(run.readout[STARVED_SHARE], (double)starved / (double)n, 1e-12);
    }
}

/* With a lottery and correction the estimates of all items are close to the truth: within five standard errors, for
 * about 114 looks per item and thousand rounds. Without correction they are what the position leaves of it. */
static void test_estimates_settle_where_they_should(void **state) {
    (void)state;
    const char *const settings[] = {"exploration=1 position_correction=on items=20 appeal_spread=0.3",
                                    "exploration=1 items=20 appeal_spread=0.3"};
    for (int c = 0; c < 2; c++) {
        run_steps(settings[c], 1, 500);
        assert_true(run.progress.finished);
        const float *appeal = read_view(TRUE_AND_ESTIMATED) + LAB_BLOCK_HEADER, *estimate = appeal + 20;
        double sum[2] = {0};
        for (int i = 0; i < 20; i++) {
            const double looks = 100000.0 * (137.0 / 60.0) / 20.0, p = (double)appeal[i];
            sum[0] += p, sum[1] += (double)estimate[i];
            if (c == 0)
                assert_near((double)estimate[i], p, 5.0 * sqrt(p / (0.8 * looks)) + 0.001);
        }
        assert_near(sum[1] / sum[0], c == 0 ? 1.0 : (137.0 / 60.0) / 5.0, 0.03);
    }
}

static void test_the_lines_end_at_the_readouts(void **state) {
    (void)state;
    run_steps("exploration=0.05", 3, 40);
    const float *share = read_view(SHARE_BY_ROUND), *efficiency = share + LAB_BLOCK_HEADER + 80;
    assert_true(share[LAB_BLOCK_ROWS] == 40.0f && efficiency[LAB_BLOCK_ROWS] == 40.0f);
    assert_near((double)share[LAB_BLOCK_HEADER + 39], 8.0, 1e-6); /* thousand rounds */
    assert_near((double)share[LAB_BLOCK_HEADER + 79], run.readout[TOP_SHARE], 1e-6);
    assert_near((double)efficiency[LAB_BLOCK_HEADER + 79], run.readout[EFFICIENCY], 1e-6);
    for (int i = 0; i < 40; i++)
        assert_true(efficiency[LAB_BLOCK_HEADER + 40 + i] > 0.0f && efficiency[LAB_BLOCK_HEADER + 40 + i] <= 1.000001f);
}

/* --- What is live, and what a run depends on ---------------------------------------------------------------------- */

static float kept[VIEWS][1 << 14];
static double kept_figures[FIGURES];

static void keep_picture(void) {
    lab_run_figures(&run);
    memcpy(kept_figures, run.readout, sizeof kept_figures);
    for (int32_t view = 0; view < VIEWS; view++)
        memcpy(kept[view], read_view(view), sizeof data);
}

static bool is_same_picture(void) {
    lab_run_figures(&run);
    bool same = memcmp(kept_figures, run.readout, sizeof kept_figures) == 0;
    for (int32_t view = 0; view < VIEWS; view++)
        same = same && memcmp(kept[view], read_view(view), sizeof data) == 0;
    return same;
}

static void test_exploration_goes_on_from_where_it_stands(void **state) {
    (void)state;
    run_steps("", 1, MEASURED);
    const double starved = run.readout[STARVED_SHARE];
    keep_picture();
    lab_run_set(&run, EXPLORATION, 0.2);
    assert_true(is_same_picture());
    assert_int_equal(lab_run_advance(&run, MEASURED, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    assert_true(starved > 0.5 && run.readout[STARVED_SHARE] == 0.0 && run.readout[ROUNDS] == 40000.0);
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    run_steps("exploration=0.1 position_correction=on", 4, 20);
    keep_picture();
    start("exploration=0.1 position_correction=on", 4);
    while (run.progress.step < 20)
        assert_int_equal(lab_run_advance(&run, 20, 777), ML_OK);
    assert_true(is_same_picture());
}

static void test_seeds_differ_and_repeat(void **state) {
    (void)state;
    run_steps("", 1, 20);
    keep_picture();
    run_steps("", 2, 20);
    assert_false(is_same_picture());
    run_steps("", 1, 20);
    assert_true(is_same_picture());
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_a_little_luck_finds_more),
        TEST(test_the_rich_need_no_merit),
        TEST(test_correction_needs_data),
        TEST(test_only_luck_knows_and_does_not_use_it),
        TEST(test_optimism_is_exploration),
        TEST(test_presets_of_all_goals_lead_there),
        TEST(test_goals_are_not_given_away),
        TEST(test_nothing_is_known_before_the_first_step),
        TEST(test_bars_hold_all_impressions),
        TEST(test_estimates_settle_where_they_should),
        TEST(test_the_lines_end_at_the_readouts),
        TEST(test_exploration_goes_on_from_where_it_stands),
        TEST(test_budgets_do_not_change_bytes),
        TEST(test_seeds_differ_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
