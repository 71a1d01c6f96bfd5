/* The lab stale-data: the figures that the chapter promises, its world and models, its goals, and what is live. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8, FIRST_DAY = 30, PREDICTED = 210, WINDOWS = 7, BREAK_DAY = 90 };
enum { DRIFT, DEGREES_PER_DAY, WINDOW_DAYS, ROWS_PER_DAY, LABEL_NOISE };
enum { FROZEN, ALL_HISTORY, WINDOW, MODELS };
enum { ACCURACY_BY_DAY, ROWS_OF_THE_DAY, ACCURACY_BY_WINDOW };
enum { MEAN_FROZEN, MEAN_ALL_HISTORY, MEAN_WINDOW, ACCURACY_FROZEN, ACCURACY_ALL_HISTORY, ACCURACY_WINDOW,
       ANGLE_FROZEN, ANGLE_ALL_HISTORY, ANGLE_WINDOW, BEST_WINDOW, FIGURES };
enum { UPSIDE_DOWN, NOTHING_CHANGES, FASTER_WORLD, SUDDEN_BREAK };

static const int window_days[WINDOWS] = {3, 7, 15, 30, 60, 120, 240};

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 14];
static char text[1 << 10];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *stale = lab_find("stale-data");
    assert_non_null(stale);
    memory = malloc(lab_run_bytes(stale));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, stale, memory, lab_run_bytes(stale), no_clock), ML_OK);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

/* Sets params as a link does, "drift=sudden window_days=7", and all others to their initial value. */
static void start(const char *settings, uint64_t seed) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
}

/* To the end of the given day. */
static void run_to(const char *settings, uint64_t seed, int32_t day) {
    start(settings, seed);
    assert_int_equal(lab_run_advance(&run, day - FIRST_DAY + 1, INT64_MAX), ML_OK);
    lab_run_figures(&run);
}

static void run_to_end(const char *settings, uint64_t seed) {
    run_to(settings, seed, 1000);
    assert_true(run.progress.finished);
    assert_int_equal(run.progress.step, PREDICTED);
}

static const float *read_view(int32_t view) {
    lab_frame frame = {
        .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    return data;
}

/* The accuracies by day that the curve shows. */
typedef struct days {
    size_t n;
    float accuracy[MODELS][PREDICTED];
} days;

static days read_days(void) {
    days d = {0};
    const float *block = read_view(ACCURACY_BY_DAY);
    d.n = (size_t)block[LAB_BLOCK_ROWS];
    assert_true(d.n <= PREDICTED);
    for (int model = 0; model < MODELS; model++, block += LAB_BLOCK_HEADER + 2 * d.n) {
        assert_int_equal((int)block[LAB_BLOCK_SERIES], model);
        for (size_t i = 0; i < d.n; i++)
            assert_int_equal((int)block[LAB_BLOCK_HEADER + i], FIRST_DAY + (int)i);
        memcpy(d.accuracy[model], block + LAB_BLOCK_HEADER + d.n, d.n * sizeof(float));
    }
    return d;
}

static void read_windows(float *mean) {
    const float *block = read_view(ACCURACY_BY_WINDOW);
    assert_int_equal((int)block[LAB_BLOCK_ROWS], WINDOWS);
    memcpy(mean, block + LAB_BLOCK_HEADER + WINDOWS, WINDOWS * sizeof *mean);
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* Means over seeds of all readouts at the end. */
static void mean_figures(const char *settings, double *mean) {
    memset(mean, 0, FIGURES * sizeof *mean);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end(settings, seed);
        for (int i = 0; i < FIGURES; i++)
            mean[i] += run.readout[i] / SEEDS;
    }
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

static void test_default_the_frozen_model_turns_upside_down(void **state) {
    (void)state;
    double mean[FIGURES], at180 = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("", seed);
        const days d = read_days();
        size_t below = 0, lowest = 0;
        while (d.accuracy[FROZEN][below] >= 0.5f)
            below++;
        for (size_t i = 0; i < d.n; i++)
            lowest = d.accuracy[FROZEN][i] < d.accuracy[FROZEN][lowest] ? i : lowest;
        assert_true(FIRST_DAY + below >= 94 && FIRST_DAY + below <= 118);
        assert_true(d.accuracy[FROZEN][lowest] < 0.18f);
        at180 += (double)d.accuracy[FROZEN][180 - FIRST_DAY] / SEEDS;
        assert_true(run.goal_met[UPSIDE_DOWN]);
        for (int goal = NOTHING_CHANGES; goal <= SUDDEN_BREAK; goal++)
            assert_false(run.goal_met[goal]);
    }
    mean_figures("", mean);
    assert_near(at180, 0.17, 0.03);
    assert_near(mean[MEAN_FROZEN], 0.41, 0.02);
    assert_near(mean[MEAN_ALL_HISTORY], 0.60, 0.02);
    assert_near(mean[MEAN_WINDOW], 0.837, 0.015);
}

static void test_without_drift_forgetting_costs(void **state) {
    (void)state;
    double mean[FIGURES];
    mean_figures("degrees_per_day=0", mean);
    assert_near(mean[MEAN_ALL_HISTORY], 0.881, 0.01);
    assert_near(mean[MEAN_FROZEN], 0.86, 0.02);
    assert_near(mean[MEAN_WINDOW], 0.847, 0.01);
    assert_true(mean[MEAN_ALL_HISTORY] > mean[MEAN_FROZEN] && mean[MEAN_FROZEN] > mean[MEAN_WINDOW]);
}

static void test_the_faster_the_world_the_shorter_the_useful_memory(void **state) {
    (void)state;
    const struct {
        const char *settings;
        int best;
        double accuracy;
    } cases[] = {{"degrees_per_day=0", 240, 0.881},
                 {"degrees_per_day=0.3", 30, 0.858},
                 {"degrees_per_day=1", 15, 0.838},
                 {"degrees_per_day=3", 7, 0.808}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double mean[WINDOWS] = {0};
        size_t best = 0;
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            float one[WINDOWS];
            run_to_end(cases[c].settings, seed);
            read_windows(one);
            for (size_t i = 0; i < WINDOWS; i++)
                mean[i] += (double)one[i] / SEEDS;
        }
        for (size_t i = 0; i < WINDOWS; i++)
            best = mean[i] > mean[best] ? i : best;
        assert_int_equal(window_days[best], cases[c].best);
        assert_near(mean[best], cases[c].accuracy, 0.01);
    }
}

static void test_after_a_sudden_break_the_window_recovers_and_history_does_not(void **state) {
    (void)state;
    double mean[FIGURES];
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("drift=sudden", seed);
        const days d = read_days();
        size_t day = BREAK_DAY - FIRST_DAY;
        assert_true(d.accuracy[WINDOW][day - 1] > 0.75f && d.accuracy[WINDOW][day] < 0.65f); /* nobody saw it come */
        while (day < d.n && d.accuracy[WINDOW][day] <= 0.8f)
            day++;
        assert_true(FIRST_DAY + day <= BREAK_DAY + 16);
    }
    mean_figures("drift=sudden", mean);
    assert_near(mean[ACCURACY_WINDOW], 0.85, 0.03);
    assert_near(mean[ACCURACY_ALL_HISTORY], 0.76, 0.02);
    assert_near(mean[ACCURACY_FROZEN], 0.505, 0.03);
}

static void test_presets_of_all_goals_lead_there(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            run_to_end(run.lab->goals[goal].preset, seed);
            assert_true(run.goal_met[goal]);
        }
}

static void test_nothing_is_known_before_the_first_step(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        start(run.lab->goals[goal].preset, 1);
        lab_run_figures(&run);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
        for (int i = 0; i < FIGURES; i++)
            assert_true(run.readout[i] == -1.0);
        assert_int_equal((int)read_days().n, 0);
    }
}

static void test_goals_are_not_given_away(void **state) {
    (void)state;
    run_to_end("degrees_per_day=0.3", 1);
    assert_false(run.goal_met[UPSIDE_DOWN] || run.goal_met[NOTHING_CHANGES]);
    run_to_end("degrees_per_day=3", 1); /* still with a window of 15 days */
    assert_false(run.goal_met[FASTER_WORLD]);
    run_to_end("drift=sudden window_days=240", 1);
    assert_false(run.goal_met[SUDDEN_BREAK]);
    run_to("drift=sudden", 1, 200);
    assert_false(run.goal_met[SUDDEN_BREAK]);
}

/* --- The world and the models ------------------------------------------------------------------------------------- */

/* The direction of the truth on the day shown, in degrees from -180 to 180: where the tick of its line points. */
static double shown_direction(void) {
    const float *block = read_view(ROWS_OF_THE_DAY); /* the truth comes first */
    const float *x = block + LAB_BLOCK_HEADER, *y = x + 5;
    assert_true(block[LAB_BLOCK_SERIES] == MODELS && block[LAB_BLOCK_ROWS] == 5.0f);
    for (int i = 0; i < 5; i += 4) /* the ends of the line are at right angles to the tick */
        assert_near((double)(x[i] * x[2] + y[i] * y[2]), 0.0, 1e-6);
    return atan2((double)y[2], (double)x[2]) * 180.0 / 3.14159265358979;
}

static void test_the_truth_turns_as_the_drift_says(void **state) {
    (void)state;
    const struct {
        const char *settings;
        int day;
        double degrees;
    } cases[] = {{"", 30, 30.0},
                 {"", 150, 150.0},
                 {"", 239, -121.0},
                 {"degrees_per_day=0.5", 100, 50.0},
                 {"degrees_per_day=0", 200, 0.0},
                 {"drift=sudden", 89, 0.0},
                 {"drift=sudden", 90, 90.0},
                 {"drift=sudden degrees_per_day=5", 239, 90.0},
                 {"drift=seasonal", 30, 60.0},
                 {"drift=seasonal", 60, 0.0},
                 {"drift=seasonal", 70, -30.0},
                 {"drift=seasonal", 210, -60.0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        run_to(cases[c].settings, 1, cases[c].day);
        assert_near(shown_direction(), cases[c].degrees, 1e-4);
    }
}

static void test_labels_follow_the_truth_but_for_the_noise(void **state) {
    (void)state;
    const double noises[] = {0.0, 0.1, 0.4};
    const char *const settings[] = {"rows_per_day=200 label_noise=0", "rows_per_day=200",
                                    "rows_per_day=200 label_noise=0.4"};
    for (size_t c = 0; c < 3; c++) {
        int wrong = 0, rows = 0;
        for (int day = 30; day < 50; day++) {
            run_to(settings[c], 1, day);
            const float *block = read_view(ROWS_OF_THE_DAY);
            const double u0 = (double)block[LAB_BLOCK_HEADER + 2], u1 = (double)block[LAB_BLOCK_HEADER + 7];
            block += 4 * (LAB_BLOCK_HEADER + 10); /* the truth's line and three more */
            const int n = (int)block[LAB_BLOCK_ROWS];
            const float *x = block + LAB_BLOCK_HEADER, *y = x + n, *label = y + n;
            for (int i = 0; i < n; i++)
                wrong += (u0 * (double)x[i] + u1 * (double)y[i] > 0.0) != (label[i] > 0.5f);
            rows += n;
        }
        assert_int_equal(rows, 4000);
        assert_near((double)wrong / rows, noises[c], c == 0 ? 0.001 : 0.045); /* six standard deviations */
    }
}

static void test_accuracy_is_that_of_the_angle(void **state) {
    (void)state;
    const char *const settings[] = {"", "label_noise=0", "label_noise=0.4 drift=seasonal", "degrees_per_day=5"};
    const double noise[] = {0.1, 0.0, 0.4, 0.1};
    for (size_t c = 0; c < 4; c++)
        for (int day = 31; day < 240; day += 13) {
            run_to(settings[c], 2, day);
            const days d = read_days();
            for (int model = 0; model < MODELS; model++) {
                const double off = run.readout[ANGLE_FROZEN + model] / 180.0;
                assert_true(off >= 0.0 && off <= 1.0);
                assert_near(run.readout[ACCURACY_FROZEN + model], (1.0 - noise[c]) * (1.0 - off) + noise[c] * off,
                            1e-12);
                assert_near((double)d.accuracy[model][d.n - 1], run.readout[ACCURACY_FROZEN + model], 1e-6);
            }
        }
}

/* The share of a day's rows that the shown line gets right, against the accuracy by the formula: a line in two features
 * is nearly all of a model that has seen thousands of rows. */
static void test_accuracy_is_the_share_of_rows_that_come_out_right(void **state) {
    (void)state;
    double right[MODELS] = {0}, promised[MODELS] = {0};
    int rows = 0;
    for (int day = 60; day < 240; day += 3) {
        run_to("rows_per_day=200 window_days=40 label_noise=0.1", 1, day);
        const float *block = read_view(ROWS_OF_THE_DAY) + LAB_BLOCK_HEADER + 10;
        const float *shown = block + 3 * (LAB_BLOCK_HEADER + 10);
        const int n = (int)shown[LAB_BLOCK_ROWS];
        const float *x = shown + LAB_BLOCK_HEADER, *y = x + n, *label = y + n;
        rows += n;
        for (int model = 0; model < MODELS; model++, block += LAB_BLOCK_HEADER + 10) {
            assert_int_equal((int)block[LAB_BLOCK_SERIES], model);
            const float w0 = block[LAB_BLOCK_HEADER + 2], w1 = block[LAB_BLOCK_HEADER + 7];
            for (int i = 0; i < n; i++)
                right[model] += (w0 * x[i] + w1 * y[i] > 0.0f) == (label[i] > 0.5f);
            promised[model] += run.readout[ACCURACY_FROZEN + model] * n;
        }
    }
    for (int model = 0; model < MODELS; model++)
        assert_near(right[model] / rows, promised[model] / rows, 0.03);
}

static void test_the_frozen_model_does_not_move_and_history_starts_from_it(void **state) {
    (void)state;
    run_to_end("degrees_per_day=0 window_days=30", 3);
    const days d = read_days();
    for (size_t i = 1; i < d.n; i++)
        assert_true(d.accuracy[FROZEN][i] == d.accuracy[FROZEN][0]);
    assert_true(d.accuracy[ALL_HISTORY][0] == d.accuracy[FROZEN][0]); /* on day 30 they have seen the same */
    assert_true(d.accuracy[WINDOW][0] == d.accuracy[FROZEN][0] && d.accuracy[WINDOW][1] != d.accuracy[FROZEN][1]);
}

static void test_a_window_longer_than_history_is_all_of_it(void **state) {
    (void)state;
    float mean[WINDOWS];
    run_to_end("window_days=240", 1);
    assert_true(run.readout[MEAN_WINDOW] == run.readout[MEAN_ALL_HISTORY]);
    read_windows(mean);
    assert_true(mean[WINDOWS - 1] == (float)run.readout[MEAN_ALL_HISTORY]);
}

static void test_bars_are_the_means_of_their_windows(void **state) {
    (void)state;
    run_to_end("degrees_per_day=0.7", 2);
    for (int i = 0; i < WINDOWS; i++) {
        float mean[WINDOWS];
        lab_run_set(&run, WINDOW_DAYS, window_days[i]);
        lab_run_figures(&run);
        read_windows(mean);
        const days d = read_days();
        double sum = 0.0;
        for (size_t k = 0; k < d.n; k++)
            sum += (double)d.accuracy[WINDOW][k];
        assert_true(mean[i] == (float)run.readout[MEAN_WINDOW]);
        assert_near(run.readout[MEAN_WINDOW], sum / PREDICTED, 1e-6);
        for (int k = 0; k < WINDOWS; k++)
            assert_true(window_days[k] != (int)run.readout[BEST_WINDOW] || mean[i] <= mean[k]);
    }
}

static void test_the_hardest_settings_run_to_the_end(void **state) {
    (void)state;
    const char *const settings[] = {"rows_per_day=5 window_days=1 label_noise=0.4 degrees_per_day=5",
                                    "rows_per_day=200 window_days=240 drift=seasonal", "rows_per_day=5 label_noise=0"};
    for (size_t c = 0; c < sizeof settings / sizeof *settings; c++) {
        run_to_end(settings[c], 1);
        for (int i = 0; i < FIGURES; i++)
            assert_true(isfinite(run.readout[i]) && run.readout[i] >= 0.0);
    }
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

/* Another window looks back: the figures are those of a run that had it from the start, and so is all that follows. */
static void test_a_live_window_looks_back(void **state) {
    (void)state;
    run_to_end("window_days=5", 4);
    const days from_start = read_days();
    double readout[FIGURES];
    memcpy(readout, run.readout, sizeof readout);
    run_to("", 4, 120);
    lab_run_set(&run, WINDOW_DAYS, 5);
    assert_int_equal(run.progress.step, 91);
    assert_int_equal(lab_run_advance(&run, PREDICTED, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    const days changed = read_days();
    assert_memory_equal(&from_start, &changed, sizeof changed);
    assert_memory_equal(readout, run.readout, sizeof readout);
}

static void test_a_window_set_before_the_first_step_is_the_same_too(void **state) {
    (void)state;
    run_to("window_days=5", 4, 60);
    const days from_start = read_days();
    start("", 4);
    lab_run_set(&run, WINDOW_DAYS, 5);
    assert_int_equal(lab_run_advance(&run, 31, INT64_MAX), ML_OK);
    const days changed = read_days();
    assert_memory_equal(&from_start, &changed, sizeof changed);
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    run_to_end("", 5);
    const days whole = read_days();
    start("", 5);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)read_view(ROWS_OF_THE_DAY); /* looking changes nothing */
        lab_run_figures(&run);
    }
    const days pieces = read_days();
    assert_memory_equal(&whole, &pieces, sizeof whole);
}

static void test_seeds_differ_and_repeat(void **state) {
    (void)state;
    run_to_end("", 1);
    const days first = read_days();
    run_to_end("", 2);
    const days other = read_days();
    run_to_end("", 1);
    const days again = read_days();
    assert_memory_equal(&first, &again, sizeof first);
    assert_memory_not_equal(&first, &other, sizeof first);
}

/* The noise has a stream of its own: turning it up moves labels, not rows. */
static void test_noise_moves_no_row(void **state) {
    (void)state;
    static float quiet[1 << 12];
    run_to("label_noise=0", 1, 50);
    const float *block = read_view(ROWS_OF_THE_DAY) + 4 * (LAB_BLOCK_HEADER + 10) + LAB_BLOCK_HEADER;
    memcpy(quiet, block, 60 * sizeof *quiet);
    run_to("label_noise=0.4", 1, 50);
    block = read_view(ROWS_OF_THE_DAY) + 4 * (LAB_BLOCK_HEADER + 10) + LAB_BLOCK_HEADER;
    assert_memory_equal(quiet, block, 40 * sizeof *quiet); /* x1 and x2 of 20 rows */
    assert_memory_not_equal(quiet + 40, block + 40, 20 * sizeof *quiet);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_default_the_frozen_model_turns_upside_down),
        TEST(test_without_drift_forgetting_costs),
        TEST(test_the_faster_the_world_the_shorter_the_useful_memory),
        TEST(test_after_a_sudden_break_the_window_recovers_and_history_does_not),
        TEST(test_presets_of_all_goals_lead_there),
        TEST(test_nothing_is_known_before_the_first_step),
        TEST(test_goals_are_not_given_away),
        TEST(test_the_truth_turns_as_the_drift_says),
        TEST(test_labels_follow_the_truth_but_for_the_noise),
        TEST(test_accuracy_is_that_of_the_angle),
        TEST(test_accuracy_is_the_share_of_rows_that_come_out_right),
        TEST(test_the_frozen_model_does_not_move_and_history_starts_from_it),
        TEST(test_a_window_longer_than_history_is_all_of_it),
        TEST(test_bars_are_the_means_of_their_windows),
        TEST(test_the_hardest_settings_run_to_the_end),
        TEST(test_a_live_window_looks_back),
        TEST(test_a_window_set_before_the_first_step_is_the_same_too),
        TEST(test_budgets_do_not_change_bytes),
        TEST(test_seeds_differ_and_repeat),
        TEST(test_noise_moves_no_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
