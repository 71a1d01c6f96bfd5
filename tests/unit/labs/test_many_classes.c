/* The lab many-classes: the figures that the chapter promises, new classes, its goals, and that budgets change nothing.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8, CHOSEN_STEPS = 16, SIZES = 9, ALL_STEPS = SIZES * CHOSEN_STEPS };
enum { CLASSES, ROWS, CLASS_DISTANCE, ZIPF_EXPONENT, FRAMING, ENROLLED };
enum { ACCURACY_BY_CLASSES, RECALL_BY_CLASS, POINTS };
enum { ROWS_PER_CLASS, ACCURACY, TOP5_ACCURACY, REFERENCE_ACCURACY, MACRO_RECALL, NEVER_PREDICTED, NEW_CLASS_RECALL,
       READOUTS };
enum { MISSING_DATA, DATA_CLOSES_THE_GAP, IMBALANCE_FLATTERS, ENROLLED_IN_A_MOMENT };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 16];
static char text[1 << 14];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *many = lab_find("many-classes");
    assert_non_null(many);
    assert_int_equal(many->n_readouts, READOUTS);
    memory = malloc(lab_run_bytes(many));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, many, memory, lab_run_bytes(many), no_clock), ML_OK);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

/* Starts with params as a link sets them, "classes=64 rows=500", and all others at their initial value. */
static void start(const char *settings, uint64_t seed) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
}

static void run_steps(const char *settings, uint64_t seed, int32_t steps) {
    start(settings, seed);
    assert_int_equal(lab_run_advance(&run, steps, INT64_MAX), ML_OK);
    assert_int_equal(run.progress.step, steps);
    lab_run_figures(&run);
}

static void add_new_classes(void) {
    assert_int_equal(lab_run_act(&run, 0), ML_OK);
    lab_run_figures(&run);
}

/* Sets a live param. */
static void turn(int32_t param, double value) {
    assert_int_equal(lab_run_set(&run, param, value), ML_OK);
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

static void add_readouts(double *mean) {
    for (int i = 0; i < READOUTS; i++)
        mean[i] += run.readout[i] / SEEDS;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* --- Things to try (the lab's specification): means over seeds ---------------------------------------------------- */

/* Means of the readouts at the chosen number of classes; the goal, if any, is met with every seed. */
static void mean_readouts(const char *settings, int goal, double *mean) {
    memset(mean, 0, READOUTS * sizeof *mean);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_steps(settings, seed, CHOSEN_STEPS);
        add_readouts(mean);
        for (int g = 0; g < run.lab->n_goals; g++)
            assert_int_equal(run.goal_met[g], g == goal);
    }
}

static void test_default_is_short_of_data(void **state) {
    (void)state;
    double mean[READOUTS];
    mean_readouts("", MISSING_DATA, mean);
    assert_near(mean[ROWS_PER_CLASS], 7.8125, 1e-12);
    assert_near(mean[ACCURACY], 0.647, 0.02);
    assert_near(mean[REFERENCE_ACCURACY], 0.769, 0.02);
    assert_near(mean[TOP5_ACCURACY], 0.894, 0.015);
    assert_true(mean[NEW_CLASS_RECALL] == -1.0);
}

static void test_each_further_class_costs(void **state) {
    (void)state;
    const double expected[SIZES] = {0.99, 0, 0.96, 0, 0.87, 0, 0.64, 0, 0.24}; /* where the specification names one */
    double accuracy[SIZES] = {0.0}, at512 = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_steps("", seed, ALL_STEPS);
        assert_true(run.progress.finished);
        const float *top1 = read_view(ACCURACY_BY_CLASSES), *top5 = next_block(top1), *reference = next_block(top5);
        assert_int_equal((int)top1[LAB_BLOCK_ROWS], SIZES);
        for (int i = 0; i < SIZES; i++) {
            assert_int_equal((int)top1[LAB_BLOCK_HEADER + i], 2 << i);
            assert_true(top5[LAB_BLOCK_HEADER + SIZES + i] >= top1[LAB_BLOCK_HEADER + SIZES + i]);
            accuracy[i] += (double)top1[LAB_BLOCK_HEADER + SIZES + i] / SEEDS;
        }
        assert_true(top1[LAB_BLOCK_HEADER + SIZES + 6] == (float)run.readout[ACCURACY]); /* C = 128 is not done twice */
        assert_true(top5[LAB_BLOCK_HEADER + SIZES] == 1.0f && top5[LAB_BLOCK_HEADER + SIZES + 1] == 1.0f);
        at512 += (double)reference[LAB_BLOCK_HEADER + SIZES + 8] / SEEDS;
    }
    for (int i = 0; i < SIZES; i += 2)
        assert_near(accuracy[i], expected[i], 0.025);
    assert_near(at512, 0.60, 0.025);
}

static void test_data_close_the_gap_and_go_no_further(void **state) {
    (void)state;
    double few[READOUTS], more[READOUTS], most[READOUTS];
    mean_readouts("classes=256 rows=1000", -1, few);
    mean_readouts("classes=256 rows=4000", -1, more);
    mean_readouts("classes=256 rows=16000", DATA_CLOSES_THE_GAP, most);
    assert_near(few[ACCURACY], 0.445, 0.03);
    assert_near(more[ACCURACY], 0.62, 0.03);
    assert_near(most[ACCURACY], 0.67, 0.02);
    assert_near(most[REFERENCE_ACCURACY], 0.69, 0.02);
    assert_true(few[REFERENCE_ACCURACY] == most[REFERENCE_ACCURACY]); /* the same test points, whatever was learned */
}

static void test_imbalance_flatters_accuracy(void **state) {
    (void)state;
    double even[READOUTS], skewed[READOUTS];
    mean_readouts("classes=128 rows=2000", -1, even);
    mean_readouts("classes=128 rows=2000 zipf_exponent=1.5", IMBALANCE_FLATTERS, skewed);
    assert_near(even[ACCURACY], 0.713, 0.03);
    assert_near(skewed[ACCURACY], 0.883, 0.03);
    assert_near(even[MACRO_RECALL], 0.712, 0.03);
    assert_near(skewed[MACRO_RECALL], 0.395, 0.06);
    assert_near(skewed[NEVER_PREDICTED], 0.45, 0.07);
}

static void test_new_classes_need_examples_and_no_training(void **state) {
    (void)state;
    double before[READOUTS] = {0}, fixed[READOUTS] = {0}, five[READOUTS] = {0}, one[READOUTS] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_steps("classes=64", seed, CHOSEN_STEPS);
        add_readouts(before);
        add_new_classes();
        assert_true(run.readout[NEW_CLASS_RECALL] == 0.0);
        assert_false(run.goal_met[ENROLLED_IN_A_MOMENT]);
        add_readouts(fixed);
        turn(FRAMING, 1);
        assert_true(run.goal_met[ENROLLED_IN_A_MOMENT]);
        add_readouts(five);
        turn(ENROLLED, 1);
        add_readouts(one);
    }
    assert_near(before[ACCURACY], 0.79, 0.025);
    assert_near(fixed[ACCURACY], 0.634, 0.025);
    assert_near(five[NEW_CLASS_RECALL], 0.665, 0.06);
    assert_near(five[ACCURACY], 0.752, 0.03);
    assert_near(one[NEW_CLASS_RECALL], 0.25, 0.06);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_presets_lead_to_their_goals_and_no_goal_is_met_before(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        start(run.lab->goals[goal].preset, 1);
        lab_run_figures(&run);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
        assert_int_equal(lab_run_advance(&run, CHOSEN_STEPS, INT64_MAX), ML_OK);
        if (goal == ENROLLED_IN_A_MOMENT)
            add_new_classes();
        lab_run_figures(&run);
        assert_true(run.goal_met[goal]);
    }
}

static void test_a_live_framing_says_what_a_restart_says(void **state) {
    (void)state;
    double restarted[READOUTS];
    run_steps("classes=32 rows=300 zipf_exponent=1 framing=compare_with_examples enrolled_examples=9", 3, CHOSEN_STEPS);
    add_new_classes();
    memcpy(restarted, run.readout, sizeof restarted);
    run_steps("classes=32 rows=300 zipf_exponent=1", 3, CHOSEN_STEPS);
    add_new_classes();
    assert_true(run.readout[ACCURACY] != restarted[ACCURACY]);
    turn(ENROLLED, 9);
    turn(FRAMING, 1);
    assert_memory_equal(restarted, run.readout, sizeof restarted);
}

static void test_new_classes_may_come_at_any_time_and_again(void **state) {
    (void)state;
    run_steps("classes=64 framing=compare_with_examples", 2, ALL_STEPS);
    assert_true(run.progress.finished);
    add_new_classes();
    const double after_the_end = run.readout[NEW_CLASS_RECALL];
    start("classes=64 framing=compare_with_examples", 2);
    add_new_classes();
    assert_true(run.readout[NEW_CLASS_RECALL] == after_the_end);
    assert_false(run.goal_met[ENROLLED_IN_A_MOMENT]); /* not before the first step */
    add_new_classes();
    assert_true(run.readout[NEW_CLASS_RECALL] != after_the_end); /* 16 others */
    assert_int_equal(lab_run_advance(&run, ALL_STEPS, INT64_MAX), ML_OK);
    assert_true(run.progress.finished);
}

static void test_bars_are_the_recalls_behind_the_macro_recall(void **state) {
    (void)state;
    run_steps("classes=64 zipf_exponent=1", 4, CHOSEN_STEPS);
    const float *old = read_view(RECALL_BY_CLASS);
    const int n = (int)old[LAB_BLOCK_ROWS];
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += (double)old[LAB_BLOCK_HEADER + n + i];
    assert_near(sum / n, run.readout[MACRO_RECALL], 1e-6);
    assert_string_equal(text, "1"); /* the most common class stands first */

    turn(FRAMING, 1);
    add_new_classes();
    old = read_view(RECALL_BY_CLASS);
    const int n_old = (int)old[LAB_BLOCK_ROWS];
    const float *all = next_block(old);
    assert_true(n_old <= 64 && (int)all[LAB_BLOCK_ROWS] == n_old + 16);
    sum = 0.0;
    for (int i = 0; i < n_old + 16; i++) {
        const double bar = (double)all[LAB_BLOCK_HEADER + n_old + 16 + i];
        sum += i < n_old ? (double)old[LAB_BLOCK_HEADER + n_old + i] : bar;
        assert_true(i >= n_old || bar == 0.0);
    }
    assert_near(sum / (n_old + 16), run.readout[MACRO_RECALL], 1e-6);
}

static void test_all_views_fit_at_the_largest_setting(void **state) {
    (void)state;
    run_steps("classes=512 rows=16000 framing=compare_with_examples", 1, ALL_STEPS);
    add_new_classes();
    for (int32_t view = 0; view < run.lab->n_views; view++)
        (void)read_view(view);
    const float *means = read_view(POINTS), *right = next_block(means), *wrong = next_block(right);
    assert_int_equal((int)(right[LAB_BLOCK_ROWS] + wrong[LAB_BLOCK_ROWS]), 500);
    assert_int_equal((int)means[LAB_BLOCK_ROWS], 512 + 16);
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
    run_steps("classes=16 rows=200", 5, ALL_STEPS);
    const uint32_t whole = hash_of_views();
    double readout[READOUTS];
    memcpy(readout, run.readout, sizeof readout);
    start("classes=16 rows=200", 5);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)hash_of_views(); /* looking changes nothing */
        lab_run_figures(&run);
    }
    assert_int_equal(hash_of_views(), whole);
    assert_memory_equal(readout, run.readout, sizeof readout);
    run_steps("classes=16 rows=200", 6, ALL_STEPS);
    assert_int_not_equal(hash_of_views(), whole);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_default_is_short_of_data),
        TEST(test_each_further_class_costs),
        TEST(test_data_close_the_gap_and_go_no_further),
        TEST(test_imbalance_flatters_accuracy),
        TEST(test_new_classes_need_examples_and_no_training),
        TEST(test_presets_lead_to_their_goals_and_no_goal_is_met_before),
        TEST(test_a_live_framing_says_what_a_restart_says),
        TEST(test_new_classes_may_come_at_any_time_and_again),
        TEST(test_bars_are_the_recalls_behind_the_macro_recall),
        TEST(test_all_views_fit_at_the_largest_setting),
        TEST(test_budgets_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
