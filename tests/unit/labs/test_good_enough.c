/* The lab good-enough: the figures that the chapter promises, its goals, its views, and that budgets change
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
enum { LABEL_NOISE, NOISE_KIND, BUDGET, BATCH, TARGET, VALIDATION_ROWS, WORLDS };
enum { GAIN_VIEW, JUDGE_VIEW, HITS_VIEW, STOPS_VIEW };
enum { WORLDS_DONE, TRUE_BEFORE, TRUE_AFTER, VALIDATION_AFTER, FLATTERY, ASKED, ROUNDS, HIT_RATE, WRONG_LABELS,
       PERSON_MINUTES, READOUTS };
enum { MONEY_WELL_SPENT, ALL_AT_ONCE, ENOUGH_IS_ENOUGH, FLATTERED, NOTHING_TO_FIND, GOALS };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 14];
static char text[1 << 10];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *loop = lab_find("good-enough");
    assert_non_null(loop);
    assert_int_equal(loop->n_readouts, READOUTS);
    assert_int_equal(loop->n_goals, GOALS);
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
    lab_run_figures(&run);
}

static void play(int32_t worlds) {
    assert_int_equal(lab_run_advance(&run, worlds, INT64_MAX), ML_OK);
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

static void test_ninety_questions_buy_eighteen_points(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("", MONEY_WELL_SPENT, r);
    assert_near(r[TRUE_BEFORE], 0.79, 0.02);
    assert_near(r[TRUE_AFTER], 0.9725, 0.003);
    assert_near(r[HIT_RATE], 0.66, 0.03);
    assert_near(r[ASKED], 90.0, 1.5);
    assert_near(r[PERSON_MINUTES], 45.0, 0.75);
    assert_near(r[FLATTERY], 0.003, 0.005);
}

static void test_all_at_once_buys_less(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("batch=90", ALL_AT_ONCE, r);
    assert_near(r[TRUE_AFTER], 0.938, 0.01);
    assert_true(r[ROUNDS] == 1.0 && r[ASKED] == 90.0);
}

static void test_a_target_saves_questions(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("target=0.95", ENOUGH_IS_ENOUGH, r);
    assert_near(r[ASKED], 65.0, 5.0);
    assert_near(r[TRUE_AFTER], 0.958, 0.005);
}

static void test_few_validation_rows_flatter(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("validation_rows=10", FLATTERED, r);
    assert_near(r[VALIDATION_AFTER], 0.98, 0.02);
    assert_near(r[TRUE_AFTER], 0.926, 0.02);
    assert_near(r[FLATTERY], r[VALIDATION_AFTER] - r[TRUE_AFTER], 1e-12);
}

static void test_nothing_wrong_ends_after_a_round(void **state) {
    (void)state;
    double r[READOUTS];
    mean_readouts("label_noise=0", NOTHING_TO_FIND, r);
    assert_true(r[HIT_RATE] == 0.0 && r[WRONG_LABELS] == 0.0 && r[TRUE_AFTER] == r[TRUE_BEFORE]);
    assert_near(r[ASKED], 15.0, 1.0); /* less where validation was perfect at once */
}

static void test_presets_lead_to_their_goals_and_no_goal_is_met_before(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < GOALS; goal++) {
        start(run.lab->goals[goal].preset, 1);
        play(19);
        for (int32_t i = 0; i < GOALS; i++)
            assert_false(run.goal_met[i]); /* too few worlds for a mean */
        play(1000);
        assert_true(run.goal_met[goal]);
        for (int32_t i = 0; i < GOALS; i++)
            assert_true(goal != MONEY_WELL_SPENT || i == goal || !run.goal_met[i]);
    }
}

/* --- What is drawn ------------------------------------------------------------------------------------------------ */

static void test_reasons_to_stop_add_up(void **state) {
    (void)state;
    static const char *const settings[] = {"target=0.8", "target=1 validation_rows=1000", "label_noise=0 target=1"};
    for (int most = 0; most < 3; most++) {
        start(settings[most], 2);
        play(1000);
        const float *y = read_view(STOPS_VIEW) + LAB_BLOCK_HEADER + 3;
        assert_true(y[0] + y[1] + y[2] == 30.0f);
        assert_true(y[most] >= 25.0f);
    }
}

/* Round by round what the loop reports over all: the shares, weighted by the questions. */
static void test_hits_by_round_are_the_hit_rate(void **state) {
    (void)state;
    start("batch=20 worlds=1", 3); /* four rounds of 20, one of 10 */
    play(1);
    const float *block = read_view(HITS_VIEW);
    const int n = (int)block[LAB_BLOCK_ROWS];
    const float *x = block + LAB_BLOCK_HEADER, *y = x + n;
    double hits = 0.0;
    assert_int_equal(n, 5);
    for (int i = 0; i < n; i++)
        hits += (double)(y[i] * (x[i] - (i > 0 ? x[i - 1] : 0.0f)));
    assert_true(x[n - 1] == 90.0f);
    assert_near(hits / 90.0, run.readout[HIT_RATE], 1e-6);
}

static void test_every_world_has_its_line_and_its_point(void **state) {
    (void)state;
    start("worlds=3", 4);
    play(3);
    const float *block = read_view(GAIN_VIEW);
    double after = 0.0;
    for (int i = 0; i < 3; i++, block = next_block(block)) {
        assert_int_equal((int)block[LAB_BLOCK_ROWS], 2);
        after += (double)block[LAB_BLOCK_HEADER + 3] / 3.0;
    }
    assert_near(after, run.readout[TRUE_AFTER], 1e-6);
    assert_true(block[LAB_BLOCK_HEADER + 3] == (float)run.readout[TRUE_AFTER]);
    assert_int_equal((int)read_view(JUDGE_VIEW)[LAB_BLOCK_ROWS], 3);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_the_widest_settings_fit(void **state) {
    (void)state;
    start("budget=300 batch=5 worlds=1 validation_rows=1000 label_noise=0.4 noise_kind=symmetric", 1);
    play(1);
    assert_true(run.progress.finished && run.readout[ASKED] <= 300.0);
    start("budget=0 worlds=60", 1);
    play(100);
    assert_true(run.progress.finished && run.readout[HIT_RATE] == -1.0 && run.readout[ASKED] == 0.0);
    assert_true(run.readout[TRUE_AFTER] == run.readout[TRUE_BEFORE]);
    for (int32_t view = 0; view < run.lab->n_views; view++)
        (void)read_view(view);
    start("label_noise=0.4 batch=300 budget=300 worlds=1", 1);
    play(1);
    assert_true(run.readout[ROUNDS] == 1.0 && run.readout[WRONG_LABELS] == 0.0 && run.readout[ASKED] == 300.0);
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
    start("worlds=4", 5);
    play(100);
    const uint32_t whole = hash_of_views();
    double readout[READOUTS];
    memcpy(readout, run.readout, sizeof readout);
    start("worlds=4", 5);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)hash_of_views(); /* looking changes nothing */
        lab_run_figures(&run);
    }
    assert_int_equal(hash_of_views(), whole);
    assert_memory_equal(readout, run.readout, sizeof readout);
    start("worlds=4", 6);
    play(100);
    assert_int_not_equal(hash_of_views(), whole);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_ninety_questions_buy_eighteen_points),
        TEST(test_all_at_once_buys_less),
        TEST(test_a_target_saves_questions),
        TEST(test_few_validation_rows_flatter),
        TEST(test_nothing_wrong_ends_after_a_round),
        TEST(test_presets_lead_to_their_goals_and_no_goal_is_met_before),
        TEST(test_reasons_to_stop_add_up),
        TEST(test_hits_by_round_are_the_hit_rate),
        TEST(test_every_world_has_its_line_and_its_point),
        TEST(test_the_widest_settings_fit),
        TEST(test_budgets_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
