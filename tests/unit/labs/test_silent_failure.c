/* The lab silent-failure: the figures that the chapter promises, its monitors, its goals, and what is live. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8, HOURS = 96, INJECTION = 24, LANES = 7 };
enum { FAILURE, REQUESTS_PER_HOUR, LABEL_DELAY, PSI_LIMIT, ERROR_RATE_LIMIT, P99_LIMIT, ACCURACY_DROP_LIMIT,
       SLICE_DROP_LIMIT };
enum { NONE, CRASH, SLOW, UNITS, MISSING, POPULATION, CONCEPT, SLICE, FAILURES };
enum { ERROR_RATE, P99, INPUT_PSI, OUTPUT_PSI, LABELS, SLICE_LABELS, MONITORS };
enum { MONITOR_LANES, ACCURACY_BY_HOUR, WORST_FEATURE, HOURS_UNTIL_ALARM };
enum { HOUR, TRAINING_ACCURACY, TRUE_ACCURACY, MEAN_ACCURACY_AFTER, SLICE_ACCURACY, HARM, HOURS_TO, FIGURES = 12 };
enum { SILENT_CONCEPT, VISIBLE_CRASH, WRONG_UNITS, DRIFT_WITHOUT_HARM, HIDDEN_SLICE };
enum { GREEN = 1, ALARM, WAITING }; /* series of the lanes */

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 14];
static char text[1 << 10];
static lab_frame frame = {
    .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *silent = lab_find("silent-failure");
    assert_non_null(silent);
    memory = malloc(lab_run_bytes(silent));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, silent, memory, lab_run_bytes(silent), no_clock), ML_OK);
    assert_int_equal(silent->n_readouts, FIGURES);
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

static void run_hours(const char *settings, uint64_t seed, int32_t hours) {
    start(settings, seed);
    assert_int_equal(lab_run_advance(&run, hours, INT64_MAX), ML_OK);
    assert_int_equal(run.progress.step, hours);
    assert_int_equal(run.progress.finished, hours == HOURS);
    lab_run_figures(&run);
}

static const float *read_view(int32_t view) {
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    for (size_t i = 0; i < frame.length; i++)
        assert_true(isfinite(data[i]));
    return data;
}

static void show(int failure) {
    assert_int_equal(lab_run_set(&run, FAILURE, failure), ML_OK);
    lab_run_figures(&run);
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* The readouts of every failure and seed at the end of a run with the usual settings; computed once. */
static double ends[SEEDS + 1][FAILURES][FIGURES];

static void run_all(void) {
    static bool is_done;
    for (uint64_t seed = 1; seed <= SEEDS && !is_done; seed++) {
        run_hours("", seed, HOURS);
        for (int failure = 0; failure < FAILURES; failure++) {
            show(failure);
            memcpy(ends[seed][failure], run.readout, sizeof ends[seed][failure]);
        }
    }
    is_done = true;
}

static double mean_of(int failure, int figure) {
    double sum = 0.0;
    for (int seed = 1; seed <= SEEDS; seed++)
        sum += ends[seed][failure][figure];
    return sum / SEEDS;
}

static double hours_to(int seed, int failure, int monitor) {
    return ends[seed][failure][HOURS_TO + monitor];
}

static void assert_silent(int seed, int failure, int monitor) {
    if (hours_to(seed, failure, monitor) != -1.0)
        fail_msg("seed %d, failure %d: monitor %d rings after %g h", seed, failure, monitor,
                 hours_to(seed, failure, monitor));
}

/* --- Things to try (the lab's specification), every seed unless it says otherwise --------------------------------- */

static void test_concept_drift_shows_in_the_labels_alone(void **state) {
    (void)state;
    run_all();
    for (int seed = 1; seed <= SEEDS; seed++) {
        for (int monitor = ERROR_RATE; monitor <= OUTPUT_PSI; monitor++)
            assert_silent(seed, CONCEPT, monitor);
        assert_near(hours_to(seed, CONCEPT, LABELS), 25, 1);
    }
    assert_near(mean_of(NONE, MEAN_ACCURACY_AFTER), 0.823, 0.01);
    assert_near(mean_of(CONCEPT, MEAN_ACCURACY_AFTER), 0.61, 0.01);
}

static void test_crashes_and_slowness_show_in_their_own_lane(void **state) {
    (void)state;
    int quiet = 0;
    run_all();
    for (int seed = 1; seed <= SEEDS; seed++) {
        assert_true(hours_to(seed, CRASH, ERROR_RATE) == 0.0);
        for (int monitor = P99; monitor < MONITORS; monitor++)
            assert_silent(seed, CRASH, monitor);
        assert_true(hours_to(seed, SLOW, P99) == 0.0);
        for (int monitor = INPUT_PSI; monitor < MONITORS; monitor++)
            assert_silent(seed, SLOW, monitor);
        quiet += hours_to(seed, SLOW, ERROR_RATE) == -1.0;
    }
    assert_true(quiet >= 7);
}

static void test_wrong_units_are_a_coin_that_the_inputs_give_away(void **state) {
    (void)state;
    run_all();
    for (int seed = 1; seed <= SEEDS; seed++) {
        assert_near(ends[seed][UNITS][MEAN_ACCURACY_AFTER], 0.5, 0.015);
        assert_true(hours_to(seed, UNITS, INPUT_PSI) == 0.0 && hours_to(seed, UNITS, OUTPUT_PSI) == 0.0);
        assert_near(hours_to(seed, UNITS, LABELS), 25, 1);
        assert_silent(seed, UNITS, ERROR_RATE);
        assert_silent(seed, UNITS, P99);
    }
}

/* The harm is near the limit of the label monitor: it rings in about half of the seeds. */
static void test_a_missing_feature_shows_in_the_inputs_and_not_in_the_scores(void **state) {
    (void)state;
    int rings = 0;
    run_all();
    for (int seed = 1; seed <= SEEDS; seed++) {
        assert_near(ends[seed][MISSING][MEAN_ACCURACY_AFTER], 0.789, 0.01);
        assert_true(hours_to(seed, MISSING, INPUT_PSI) == 0.0);
        assert_silent(seed, MISSING, OUTPUT_PSI);
        rings += hours_to(seed, MISSING, LABELS) != -1.0;
        assert_true(hours_to(seed, MISSING, LABELS) == -1.0 || hours_to(seed, MISSING, LABELS) >= 24.0);
    }
    assert_true(rings >= 2 && rings <= 6);
}

static void test_drift_is_not_harm(void **state) {
    (void)state;
    run_all();
    for (int seed = 1; seed <= SEEDS; seed++) {
        assert_true(hours_to(seed, POPULATION, INPUT_PSI) == 0.0);
        assert_near(ends[seed][POPULATION][MEAN_ACCURACY_AFTER], 0.828, 0.01);
        assert_silent(seed, POPULATION, LABELS);
    }
    assert_true(mean_of(POPULATION, MEAN_ACCURACY_AFTER) > mean_of(NONE, MEAN_ACCURACY_AFTER) - 0.005);
    assert_true(mean_of(POPULATION, HARM) < 0.02 * 72 * 500);
}

static void test_a_broken_slice_shows_in_the_slice_alone(void **state) {
    (void)state;
    int rings = 0;
    run_all();
    for (int seed = 1; seed <= SEEDS; seed++) {
        for (int monitor = ERROR_RATE; monitor <= OUTPUT_PSI; monitor++)
            assert_silent(seed, SLICE, monitor);
        assert_near(hours_to(seed, SLICE, SLICE_LABELS), 26, 2);
        assert_near(ends[seed][SLICE][MEAN_ACCURACY_AFTER], 0.797, 0.01);
        assert_near(ends[seed][SLICE][SLICE_ACCURACY], 0.177, 0.045);
        rings += hours_to(seed, SLICE, LABELS) != -1.0;
    }
    assert_true(rings < SEEDS / 2);
}

/* The cells of one series in the lanes of monitors; lane < 0: of all. */
static int count_cells(int series, int lane) {
    int n = 0;
    read_view(MONITOR_LANES);
    for (const float *block = data; block < data + frame.length;) {
        const size_t rows = (size_t)block[LAB_BLOCK_ROWS], columns = (size_t)block[LAB_BLOCK_COLUMNS];
        const float *lanes = block + LAB_BLOCK_HEADER + 2 * rows;
        for (size_t i = 0; i < rows && (int)block[LAB_BLOCK_SERIES] == series; i++)
            n += lane < 0 || (int)lanes[i] == lane;
        block += LAB_BLOCK_HEADER + rows * columns;
    }
    return n;
}

static void test_without_a_failure_no_alarm_rings(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_hours("failure=none", seed, HOURS);
        assert_int_equal(count_cells(ALARM, -1), 0);
        assert_int_equal(count_cells(0, -1), 0);
        for (int monitor = 0; monitor < MONITORS; monitor++)
            assert_true(run.readout[HOURS_TO + monitor] == -1.0);
        assert_true(fabs(run.readout[HARM]) < 0.02 * 72 * 500);
    }
}

/* --- Goals -------------------------------------------------------------------------------------------------------- */

static void test_presets_of_all_goals_lead_there(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            run_hours(run.lab->goals[goal].preset, seed, HOURS);
            for (int32_t i = 0; i < run.lab->n_goals; i++)
                assert_int_equal(run.goal_met[i], i == goal);
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
            assert_true(i == TRAINING_ACCURACY || run.readout[i] == (i == HARM ? 0.0 : -1.0));
        assert_near(run.readout[TRAINING_ACCURACY], 0.823, 0.02);
        for (int32_t view = 0; view < run.lab->n_views; view++)
            read_view(view);
    }
}

static void test_goals_are_not_given_away(void **state) {
    (void)state;
    run_hours("psi_limit=1", 1, HOURS); /* silence by a deaf monitor */
    assert_false(run.goal_met[SILENT_CONCEPT]);
    run_hours("label_delay=1", 1, HOURS);
    assert_false(run.goal_met[SILENT_CONCEPT]);
    run_hours("", 1, INJECTION + 20);
    assert_false(run.goal_met[SILENT_CONCEPT]);
    run_hours("failure=crash", 1, INJECTION + 40);
    assert_false(run.goal_met[VISIBLE_CRASH]);
    run_hours("failure=population accuracy_drop_limit=0.01 label_delay=1", 3, INJECTION + 40);
    assert_false(run.goal_met[DRIFT_WITHOUT_HARM]);
    run_hours("failure=slice slice_drop_limit=0.6", 1, INJECTION + 10);
    assert_false(run.goal_met[HIDDEN_SLICE]);
}

/* --- Monitors ----------------------------------------------------------------------------------------------------- */

/* Accuracy by hour, as the curve shows it: what labels tell in an hour is what was true in six earlier ones. */
static void test_labels_tell_the_truth_with_their_delay(void **state) {
    (void)state;
    run_hours("label_delay=10", 2, HOURS);
    const float *block = read_view(ACCURACY_BY_HOUR);
    assert_int_equal((int)block[LAB_BLOCK_ROWS], HOURS);
    const float *truth = block + LAB_BLOCK_HEADER + HOURS;
    block = truth + HOURS;
    const int n = (int)block[LAB_BLOCK_ROWS];
    assert_int_equal(n, HOURS - 15); /* the first of them in hour 10 + 5 */
    const float *hour = block + LAB_BLOCK_HEADER, *told = hour + n;
    for (int i = 0; i < n; i++) {
        double sum = 0.0;
        assert_int_equal((int)hour[i], i + 15);
        for (int h = i; h < i + 6; h++)
            sum += (double)truth[h];
        assert_near((double)told[i], sum / 6.0, 1e-6);
    }
}

static void test_every_lane_has_a_cell_an_hour(void **state) {
    (void)state;
    run_hours("", 1, 60);
    for (int lane = 1; lane < LANES; lane++) {
        const int waiting = lane > LABELS ? 29 : 0; /* hours 0 to 28 have fewer than six hours of labels */
        assert_int_equal(count_cells(WAITING, lane), waiting);
        assert_int_equal(count_cells(GREEN, lane) + count_cells(ALARM, lane), 60 - waiting);
    }
    assert_int_equal(count_cells(0, 0), 1);
    assert_int_equal(count_cells(ALARM, LABELS + 1), 60 - INJECTION - (int)run.readout[HOURS_TO + LABELS]);
    read_view(MONITOR_LANES); /* names, one a lane, in the order of the lanes */
    const char *const names[LANES] = {"broken", "errors", "p99", "inputs", "scores", "labels", "new app"};
    const char *name = text;
    for (int lane = 0; lane < LANES; lane++, name += strlen(name) + 1)
        assert_string_equal(name, names[lane]);
    assert_int_equal(name - text, (int)frame.text_length);
}

static void test_the_table_says_what_every_failure_says_for_itself(void **state) {
    (void)state;
    float table[MONITORS + 1][FAILURES];
    run_hours("", 4, HOURS);
    const float *block = read_view(HOURS_UNTIL_ALARM);
    for (int column = 0; column <= MONITORS; column++, block += LAB_BLOCK_HEADER + FAILURES) {
        assert_int_equal((int)block[LAB_BLOCK_ROWS], FAILURES);
        memcpy(table[column], block + LAB_BLOCK_HEADER, sizeof table[column]);
    }
    for (int failure = 0; failure < FAILURES; failure++) {
        char setting[40];
        snprintf(setting, sizeof setting, "failure=%s", run.lab->params[FAILURE].choices[failure]);
        run_hours(setting, 4, HOURS);
        for (int monitor = 0; monitor < MONITORS; monitor++)
            assert_true(table[monitor][failure] == (float)run.readout[HOURS_TO + monitor]);
        assert_true(table[MONITORS][failure] == (float)run.readout[MEAN_ACCURACY_AFTER]);
    }
}

static void test_the_worst_feature_is_the_one_that_broke(void **state) {
    (void)state;
    const struct {
        const char *settings;
        double low, high; /* where the most requests of the hour are */
    } cases[] = {{"failure=units", 8, 12}, {"failure=missing", -0.3, 0.3}, {"failure=population", 0.5, 2.5}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        run_hours(cases[c].settings, 1, 40);
        const float *then = read_view(WORST_FEATURE);
        const size_t n = (size_t)then[LAB_BLOCK_ROWS];
        const float *now = then + LAB_BLOCK_HEADER + 2 * n, *edge = now + LAB_BLOCK_HEADER, *share = edge + n;
        double sum_then = 0.0, sum = 0.0;
        size_t most = 0;
        for (size_t i = 0; i < n; i++) {
            sum_then += (double)then[LAB_BLOCK_HEADER + n + i];
            sum += (double)share[i];
            most = share[i] > share[most] ? i : most;
        }
        assert_near(sum_then, 100.0, 1e-3);
        assert_near(sum, 100.0, 1e-3);
        const double middle = (double)(edge[most] + edge[most + 1]) / 2.0;
        assert_true(middle > cases[c].low && middle < cases[c].high);
    }
}

/* Ten deciles and n requests: without a shift the index of one feature is about 9 (1/n + 1/5000), the largest of four
 * a little more. */
static void test_small_samples_alone_set_the_input_alarm_off(void **state) {
    (void)state;
    run_hours("failure=none requests_per_hour=100", 1, HOURS);
    assert_true(count_cells(ALARM, INPUT_PSI + 1) > 5);
    run_hours("failure=none requests_per_hour=2000 psi_limit=0.05", 1, HOURS);
    assert_int_equal(count_cells(ALARM, INPUT_PSI + 1), 0);
}

/* --- What is live ------------------------------------------------------------------------------------------------- */

static void test_limits_look_back(void **state) {
    (void)state;
    run_hours("", 1, HOURS);
    assert_int_equal(lab_run_set(&run, ACCURACY_DROP_LIMIT, 0.3), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[HOURS_TO + LABELS] == -1.0);
    assert_int_equal(lab_run_set(&run, P99_LIMIT, 50), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[HOURS_TO + P99] >= 0.0);
    assert_int_equal(run.progress.step, HOURS);
}

static void test_another_failure_shows_the_same_hours(void **state) {
    (void)state;
    double readout[FIGURES];
    run_hours("failure=units", 3, 70);
    memcpy(readout, run.readout, sizeof readout);
    run_hours("", 3, 50);
    show(UNITS);
    assert_int_equal(lab_run_advance(&run, 20, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    assert_memory_equal(readout, run.readout, sizeof readout);
}

static void test_inject_now_breaks_it_with_the_next_hour(void **state) {
    (void)state;
    run_hours("failure=crash", 1, 10);
    assert_int_equal(lab_run_act(&run, lab_action_index(run.lab, "inject_now")), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[HOURS_TO + ERROR_RATE] == -1.0 && run.readout[MEAN_ACCURACY_AFTER] == -1.0);
    assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[HOURS_TO + ERROR_RATE] == 0.0);
    assert_int_equal(count_cells(ALARM, ERROR_RATE + 1), 1);

    run_hours("failure=crash", 1, 60); /* later: until then all was well */
    assert_int_equal(count_cells(ALARM, ERROR_RATE + 1), 36);
    assert_int_equal(lab_run_act(&run, 0), ML_OK);
    assert_int_equal(count_cells(ALARM, ERROR_RATE + 1), 0);
    assert_int_equal(lab_run_advance(&run, 5, INT64_MAX), ML_OK);
    assert_int_equal(count_cells(ALARM, ERROR_RATE + 1), 5);

    run_hours("failure=crash", 1, HOURS); /* when all is over it does nothing */
    assert_int_equal(lab_run_act(&run, 0), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[HOURS_TO + ERROR_RATE] == 0.0);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_the_hardest_settings_run_to_the_end(void **state) {
    (void)state;
    const char *const settings[] = {"requests_per_hour=100 label_delay=72", "requests_per_hour=2000 label_delay=1"};
    for (size_t c = 0; c < sizeof settings / sizeof *settings; c++) {
        run_hours(settings[c], 1, HOURS);
        for (int failure = 0; failure < FAILURES; failure++) {
            show(failure);
            for (int32_t view = 0; view < run.lab->n_views; view++)
                read_view(view);
            for (int i = 0; i < FIGURES; i++)
                assert_true(isfinite(run.readout[i]));
        }
    }
}

static void test_budgets_and_looking_do_not_change_bytes(void **state) {
    (void)state;
    double readout[FIGURES];
    run_hours("failure=units", 5, 40);
    memcpy(readout, run.readout, sizeof readout);
    start("failure=units", 5);
    for (int64_t budget = 1; run.progress.step < 40; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        read_view(WORST_FEATURE);
        lab_run_figures(&run);
    }
    assert_memory_equal(readout, run.readout, sizeof readout);
    run_hours("failure=units", 6, 40);
    assert_memory_not_equal(readout, run.readout, sizeof readout);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_concept_drift_shows_in_the_labels_alone),
        TEST(test_crashes_and_slowness_show_in_their_own_lane),
        TEST(test_wrong_units_are_a_coin_that_the_inputs_give_away),
        TEST(test_a_missing_feature_shows_in_the_inputs_and_not_in_the_scores),
        TEST(test_drift_is_not_harm),
        TEST(test_a_broken_slice_shows_in_the_slice_alone),
        TEST(test_without_a_failure_no_alarm_rings),
        TEST(test_presets_of_all_goals_lead_there),
        TEST(test_nothing_is_known_before_the_first_step),
        TEST(test_goals_are_not_given_away),
        TEST(test_labels_tell_the_truth_with_their_delay),
        TEST(test_every_lane_has_a_cell_an_hour),
        TEST(test_the_table_says_what_every_failure_says_for_itself),
        TEST(test_the_worst_feature_is_the_one_that_broke),
        TEST(test_small_samples_alone_set_the_input_alarm_off),
        TEST(test_limits_look_back),
        TEST(test_another_failure_shows_the_same_hours),
        TEST(test_inject_now_breaks_it_with_the_next_hour),
        TEST(test_the_hardest_settings_run_to_the_end),
        TEST(test_budgets_and_looking_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
