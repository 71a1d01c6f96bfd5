/* The lab relabel-loop: the figures that the chapter promises, its end, its goals, and that budgets change nothing. */
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
enum { SEEDS = 4 }; /* of 20 worlds each; with 8 the figures are the same, and it takes twice as long */
#endif
enum { WORLDS_INITIALLY = 20, SIX_ROUNDS = 6 };
enum { LABEL_NOISE, NOISE_KIND, STRATEGY, ROWS_PER_ROUND, WORLDS };
enum { LEAST_BELIEVED, RANDOM, MOST_UNCERTAIN, NONE };
enum { ACCURACY_BY_ROUND, WRONG_LABELS_BY_ROUND, ROWS_VIEW };
enum { ROUND, TRUE_ACCURACY, MEASURED_ACCURACY, WRONG_LABELS, HIT_RATE, ROWS_CHECKED, DEGREES_OFF, PERSON_MINUTES,
       READOUTS };
enum { HIDDEN_PROGRESS, WHERE_TO_LOOK, WORSE_BEFORE_BETTER, NOTHING_TO_FIX };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 16];
static char text[1 << 12];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *loop = lab_find("relabel-loop");
    assert_non_null(loop);
    assert_int_equal(loop->n_readouts, READOUTS);
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

/* Starts with params as a link sets them, "strategy=random worlds=3", and all others at their initial value. */
static void start(const char *settings, uint64_t seed) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
    lab_run_figures(&run);
}

/* So many rounds of all worlds, or to the end. */
static void play(int32_t rounds) {
    assert_int_equal(lab_run_advance(&run, rounds * (int32_t)run.param[WORLDS], INT64_MAX), ML_OK);
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

/* --- Things to try (the lab's specification): means over seeds, 20 worlds each ------------------------------------ */

/* Readouts by round, 0 to 6, as means over the seeds; `hits` is the share of hits among all that was checked. */
typedef struct course {
    double readout[SIX_ROUNDS + 1][READOUTS];
    double hits;
    int met; /* seeds with which the goal was met */
} course;

static course mean_course(const char *settings, int32_t goal) {
    course c = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        start(settings, seed);
        for (int round = 0; round <= SIX_ROUNDS; round++) {
            if (round > 0)
                play(1);
            assert_true(run.readout[ROUND] == round);
            for (int i = 0; i < READOUTS; i++)
                c.readout[round][i] += run.readout[i] / SEEDS;
        }
        c.met += run.goal_met[goal];
    }
    const double *first = c.readout[0], *last = c.readout[SIX_ROUNDS];
    c.hits = 300.0 * (first[WRONG_LABELS] - last[WRONG_LABELS]) / last[ROWS_CHECKED];
    return c;
}

static void test_default_progress_is_hidden(void **state) {
    (void)state;
    const course c = mean_course("", HIDDEN_PROGRESS);
    const double *first = c.readout[0], *last = c.readout[SIX_ROUNDS];
    assert_near(first[TRUE_ACCURACY], 0.785, 0.025);
    assert_near(last[TRUE_ACCURACY], 0.972, 0.01);
    assert_near(first[MEASURED_ACCURACY], 0.76, 0.01);
    assert_near(last[MEASURED_ACCURACY], 0.783, 0.01);
    assert_near(c.readout[1][HIT_RATE], 0.58, 0.08);
    assert_near(c.hits, 0.655, 0.04);
    assert_true(last[ROWS_CHECKED] == 90.0 && last[PERSON_MINUTES] == 45.0);
    assert_true(first[HIT_RATE] == -1.0);
    assert_int_equal(c.met, SEEDS);
}

static void test_random_and_uncertain_rows_find_less(void **state) {
    (void)state;
    const course random = mean_course("strategy=random", WHERE_TO_LOOK);
    const course uncertain = mean_course("strategy=most_uncertain", WHERE_TO_LOOK);
    assert_near(random.readout[SIX_ROUNDS][TRUE_ACCURACY], 0.88, 0.02);
    for (int round = 1; round <= SIX_ROUNDS; round++)
        assert_near(random.readout[round][HIT_RATE], 0.2, 0.03);
    assert_near(uncertain.readout[SIX_ROUNDS][TRUE_ACCURACY], 0.93, 0.015);
    assert_int_equal(random.met, SEEDS);
    assert_int_equal(uncertain.met, 0);
}

static void test_symmetric_mistakes_make_it_worse_before_better(void **state) {
    (void)state;
    const course c = mean_course("noise_kind=symmetric", WORSE_BEFORE_BETTER);
    assert_near(c.readout[1][HIT_RATE], 0.99, 0.02);
    assert_near(c.readout[0][TRUE_ACCURACY], 0.946, 0.015);
    assert_near(c.readout[2][TRUE_ACCURACY], 0.937, 0.015);
    assert_near(c.readout[SIX_ROUNDS][TRUE_ACCURACY], 0.9725, 0.015);
    assert_true(c.readout[2][TRUE_ACCURACY] < c.readout[0][TRUE_ACCURACY]);
    assert_true(c.readout[2][DEGREES_OFF] > c.readout[0][DEGREES_OFF] + 1.0);
    assert_near(c.readout[0][DEGREES_OFF], 34.7, 2.0);
    assert_near(c.readout[2][DEGREES_OFF], 37.7, 2.0);
}

static void test_more_symmetric_mistakes_make_it_worse_still(void **state) {
    (void)state;
    const course c = mean_course("noise_kind=symmetric label_noise=0.3", WORSE_BEFORE_BETTER);
    assert_near(c.readout[0][TRUE_ACCURACY], 0.907, 0.015);
    assert_near(c.readout[2][TRUE_ACCURACY], 0.886, 0.015);
    assert_near(c.readout[SIX_ROUNDS][TRUE_ACCURACY], 0.956, 0.015);
    assert_int_equal(c.met, SEEDS);
}

static void test_where_nothing_is_wrong_nothing_moves(void **state) {
    (void)state;
    const course c = mean_course("label_noise=0", NOTHING_TO_FIX);
    assert_near(c.readout[0][TRUE_ACCURACY], 0.973, 0.007);
    for (int round = 1; round <= SIX_ROUNDS; round++) {
        assert_true(c.readout[round][HIT_RATE] == 0.0);
        assert_true(c.readout[round][TRUE_ACCURACY] == c.readout[0][TRUE_ACCURACY]);
        assert_true(c.readout[round][MEASURED_ACCURACY] == c.readout[0][TRUE_ACCURACY]);
    }
    assert_int_equal(c.met, SEEDS);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_it_ends_when_every_row_is_checked(void **state) {
    (void)state;
    for (int32_t strategy = LEAST_BELIEVED; strategy <= MOST_UNCERTAIN; strategy++) {
        start("worlds=2 rows_per_round=40", 1);
        assert_int_equal(lab_run_set(&run, STRATEGY, strategy), ML_OK);
        play(100);
        assert_true(run.progress.finished);
        assert_true(run.readout[ROUND] == 8.0); /* 7 of 40 rows, and one of 20 */
        assert_true(run.readout[ROWS_CHECKED] == 300.0 && run.readout[WRONG_LABELS] == 0.0);
    }
}

static void test_without_a_person_nothing_changes_for_20_rounds(void **state) {
    (void)state;
    start("worlds=2 strategy=none", 1);
    const double first = run.readout[TRUE_ACCURACY], wrong = run.readout[WRONG_LABELS];
    play(100);
    assert_true(run.progress.finished && run.readout[ROUND] == 20.0);
    assert_true(run.readout[TRUE_ACCURACY] == first && run.readout[WRONG_LABELS] == wrong);
    assert_true(run.readout[HIT_RATE] == -1.0 && run.readout[ROWS_CHECKED] == 0.0);
}

/* Two worlds, and every switch between them: neither the history nor the run may overflow. */
static void test_a_reader_who_keeps_switching_reaches_the_end(void **state) {
    (void)state;
    start("worlds=2 rows_per_round=5", 1);
    for (int i = 0; i < 1000 && !run.progress.finished; i++) {
        assert_int_equal(lab_run_set(&run, STRATEGY, i % 2 == 0 ? LEAST_BELIEVED : NONE), ML_OK);
        assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
    }
    lab_run_figures(&run);
    assert_true(run.progress.finished && run.readout[ROUND] <= 100.0);
    for (int32_t view = 0; view < run.lab->n_views; view++)
        (void)read_view(view);
}

static void test_rounds_count_once_all_worlds_have_finished_them(void **state) {
    (void)state;
    start("worlds=3", 1);
    assert_int_equal(lab_run_advance(&run, 2, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[ROUND] == 0.0 && run.readout[ROWS_CHECKED] == 0.0);
    assert_int_equal((int)read_view(ACCURACY_BY_ROUND)[LAB_BLOCK_ROWS], 1);
    assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[ROUND] == 1.0 && run.readout[ROWS_CHECKED] == 15.0);
    assert_int_equal((int)read_view(ACCURACY_BY_ROUND)[LAB_BLOCK_ROWS], 2);
}

/* The rings of one round are the checked rows of the next: the plot shows what the loop will do. */
static void test_rings_are_the_rows_that_are_checked_next(void **state) {
    (void)state;
    for (int32_t strategy = LEAST_BELIEVED; strategy <= NONE; strategy++) {
        float ringed[60] = {0};
        int n_ringed = 0, found = 0;
        start("worlds=1", 2);
        assert_int_equal(lab_run_set(&run, STRATEGY, strategy), ML_OK);
        play(strategy == NONE ? 0 : 2);
        const float *block = read_view(ROWS_VIEW);
        const int before = strategy == NONE ? 0 : 30;
        for (int series = 0; series < 3; series++, block = next_block(block)) {
            const int n = (int)block[LAB_BLOCK_ROWS];
            const float *x = block + LAB_BLOCK_HEADER, *ring = x + 2 * n;
            if (series == 2)
                assert_int_equal(n, before);
            for (int i = 0; i < n; i++)
                if (ring[i] == 1.0f)
                    ringed[n_ringed++] = x[i];
        }
        assert_int_equal(n_ringed, strategy == NONE ? 0 : 15);
        play(1);
        const float *checked = next_block(next_block(read_view(ROWS_VIEW)));
        for (int k = 0; k < n_ringed; k++)
            for (int i = 0; i < (int)checked[LAB_BLOCK_ROWS]; i++)
                found += checked[LAB_BLOCK_HEADER + i] == ringed[k];
        assert_int_equal(found, n_ringed);
    }
}

static void test_presets_lead_to_their_goals_and_no_goal_is_met_before(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        start(run.lab->goals[goal].preset, 1);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
        play(SIX_ROUNDS);
        assert_true(run.goal_met[goal]);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_true(goal != HIDDEN_PROGRESS || i == goal || !run.goal_met[i]);
    }
}

static void test_the_hardest_settings_have_both_classes_in_every_fold(void **state) {
    (void)state;
    start("label_noise=0.4 worlds=40", 3);
    play(1);
    assert_true(run.readout[ROUND] == 1.0 && run.readout[WRONG_LABELS] > 0.3);
    start("label_noise=0.4 noise_kind=symmetric worlds=40 rows_per_round=60", 3);
    play(1);
    assert_true(run.readout[ROUND] == 1.0 && run.readout[TRUE_ACCURACY] > 0.6);
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
    start("worlds=2 rows_per_round=30", 5);
    play(100);
    const uint32_t whole = hash_of_views();
    double readout[READOUTS];
    memcpy(readout, run.readout, sizeof readout);
    start("worlds=2 rows_per_round=30", 5);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)hash_of_views(); /* looking changes nothing */
        lab_run_figures(&run);
    }
    assert_int_equal(hash_of_views(), whole);
    assert_memory_equal(readout, run.readout, sizeof readout);
    start("worlds=2 rows_per_round=30", 6);
    play(100);
    assert_int_not_equal(hash_of_views(), whole);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_default_progress_is_hidden),
        TEST(test_random_and_uncertain_rows_find_less),
        TEST(test_symmetric_mistakes_make_it_worse_before_better),
        TEST(test_more_symmetric_mistakes_make_it_worse_still),
        TEST(test_where_nothing_is_wrong_nothing_moves),
        TEST(test_it_ends_when_every_row_is_checked),
        TEST(test_without_a_person_nothing_changes_for_20_rounds),
        TEST(test_a_reader_who_keeps_switching_reaches_the_end),
        TEST(test_rounds_count_once_all_worlds_have_finished_them),
        TEST(test_rings_are_the_rows_that_are_checked_next),
        TEST(test_presets_lead_to_their_goals_and_no_goal_is_met_before),
        TEST(test_the_hardest_settings_have_both_classes_in_every_fold),
        TEST(test_budgets_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
