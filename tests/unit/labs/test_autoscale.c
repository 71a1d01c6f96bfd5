/* The lab autoscale: the figures that the chapter promises, its books, its goals, and what is live. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8, STEPS = 120, POINTS = 480 };
enum { POLICY, FIXED_REPLICAS, TARGET_UTILISATION, STARTUP_TIME, COOLDOWN_TIME, TRAFFIC_SWING, TRAFFIC_SPIKE,
       REPLICA_PRICE };
enum { TRAFFIC_AND_CAPACITY, REPLICAS, COST_AND_LOSS };
enum { LOST_SHARE, REPLICA_HOURS, COST_PER_MILLION, PEAK_REPLICAS, MEAN_UTILISATION, CHANGES, FIGURES };

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
    const lab *autoscale = lab_find("autoscale");
    assert_non_null(autoscale);
    memory = malloc(lab_run_bytes(autoscale));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, autoscale, memory, lab_run_bytes(autoscale), no_clock), ML_OK);
    assert_int_equal(autoscale->n_readouts, FIGURES);
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

static void advance(int32_t steps) {
    assert_int_equal(lab_run_advance(&run, steps, INT64_MAX), ML_OK);
    lab_run_figures(&run);
}

static void run_day(const char *settings, uint64_t seed) {
    start(settings, seed);
    advance(STEPS);
    assert_true(run.progress.finished);
    assert_int_equal(run.progress.step, STEPS);
}

static const float *read_view(int32_t view) {
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    for (size_t i = 0; i < frame.length; i++)
        assert_true(isfinite(data[i]));
    return data;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* Means over seeds of all readouts at the end of the day. */
static void mean_figures(const char *settings, double *mean) {
    memset(mean, 0, FIGURES * sizeof *mean);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_day(settings, seed);
        for (int i = 0; i < FIGURES; i++)
            mean[i] += run.readout[i] / SEEDS;
    }
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

static void test_the_autoscaler_is_between_two_fixed_fleets(void **state) {
    (void)state;
    double mean[FIGURES];
    mean_figures("", mean);
    assert_near(mean[LOST_SHARE], 0.0065, 0.001);
    assert_near(mean[REPLICA_HOURS], 44.3, 0.6);
    assert_near(mean[PEAK_REPLICAS], 64, 3);
    mean_figures("policy=fixed", mean);
    assert_true(mean[LOST_SHARE] == 0.0 && mean[CHANGES] == 0.0);
    assert_near(mean[REPLICA_HOURS], 80.0, 1e-9);
    mean_figures("policy=fixed fixed_replicas=18", mean);
    assert_near(mean[LOST_SHARE], 0.119, 0.001);
    assert_near(mean[REPLICA_HOURS], 36.0, 1e-9);
}

static void test_the_target_is_a_price_list_of_reliability(void **state) {
    (void)state;
    double mean[FIGURES];
    mean_figures("target_utilisation=0.5", mean);
    assert_true(mean[LOST_SHARE] < 0.0005);
    assert_near(mean[REPLICA_HOURS], 63.7, 1.0);
    mean_figures("target_utilisation=0.9", mean);
    assert_near(mean[LOST_SHARE], 0.0275, 0.006);
    assert_near(mean[REPLICA_HOURS], 33.4, 1.0);
}

static void test_a_slow_start_costs_answers_and_not_money(void **state) {
    (void)state;
    double mean[FIGURES];
    mean_figures("startup_time=0", mean);
    assert_near(mean[LOST_SHARE], 0.0009, 0.0003);
    assert_near(mean[REPLICA_HOURS], 43.5, 0.8);
    mean_figures("startup_time=300", mean);
    assert_near(mean[LOST_SHARE], 0.025, 0.007);
    assert_near(mean[REPLICA_HOURS], 43.5, 0.8);
}

static void test_a_greedy_target_never_scales_up(void **state) {
    (void)state;
    double mean = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_day("traffic_spike=0 target_utilisation=0.95", seed);
        assert_true(run.readout[LOST_SHARE] > 0.51 && run.readout[LOST_SHARE] < 0.59);
        assert_true(run.readout[PEAK_REPLICAS] == 6.0);
        mean += run.readout[LOST_SHARE] / SEEDS;
        const float *ready = read_view(REPLICAS) + LAB_BLOCK_HEADER + POINTS;
        for (size_t i = 1; i < POINTS; i++)
            assert_true(ready[i] <= ready[i - 1]);
    }
    assert_near(mean, 0.53, 0.02);
    double at90[FIGURES];
    mean_figures("traffic_spike=0 target_utilisation=0.9", at90);
    assert_true(at90[LOST_SHARE] < 0.0005);
}

static void test_a_cooldown_costs_a_tenth(void **state) {
    (void)state;
    double usual[FIGURES], none[FIGURES];
    mean_figures("", usual);
    mean_figures("cooldown_time=0", none);
    assert_near(1.0 - none[REPLICA_HOURS] / usual[REPLICA_HOURS], 0.11, 0.03);
    assert_near(none[REPLICA_HOURS], 39.5, 0.5);
    assert_near(none[LOST_SHARE], 0.0072, 0.001);
}

/* --- Goals -------------------------------------------------------------------------------------------------------- */

static void test_presets_of_all_goals_lead_there(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            run_day(run.lab->goals[goal].preset, seed);
            if (!run.goal_met[goal])
                fail_msg("%s is not met with seed %d", run.lab->goals[goal].name, (int)seed);
        }
}

static void test_the_default_meets_the_first_goal_alone_and_only_at_the_end(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        start("", seed);
        for (int step = 1; step <= STEPS; step++) {
            advance(1);
            for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
                assert_int_equal(run.goal_met[goal], goal == 0 && step == STEPS);
        }
    }
}

static void test_nothing_is_known_before_the_first_step(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        start(run.lab->goals[goal].preset, 1);
        lab_run_figures(&run);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.lab->goals[i].met(run.state, run.param, run.readout));
        for (int i = 0; i < FIGURES; i++)
            assert_true(run.readout[i] == (i == REPLICA_HOURS || i == CHANGES ? 0.0 : -1.0));
        for (int32_t view = 0; view < run.lab->n_views; view++)
            read_view(view);
    }
}

static void test_goals_are_for_whole_days(void **state) {
    (void)state;
    start("target_utilisation=0.5", 1);
    advance(119);
    assert_int_equal(lab_run_set(&run, COOLDOWN_TIME, 0), ML_OK); /* in the middle of the day */
    advance(1);
    assert_true(run.progress.finished);
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
        assert_false(run.goal_met[goal]);
}

/* --- The books ---------------------------------------------------------------------------------------------------- */

/* From the curves alone: what arrived, the capacity and what was lost, in means of 15 seconds. */
static void test_the_curves_add_up_to_the_figures(void **state) {
    (void)state;
    run_day("", 3);
    double arrived = 0.0, capacity = 0.0, lost = 0.0;
    const float *block = read_view(TRAFFIC_AND_CAPACITY);
    assert_int_equal((int)block[LAB_BLOCK_ROWS], POINTS);
    for (size_t i = 0; i < POINTS; i++) {
        arrived += 15.0 * (double)block[LAB_BLOCK_HEADER + POINTS + i];
        capacity += 15.0 * (double)block[2 * LAB_BLOCK_HEADER + 3 * POINTS + i];
    }
    const float *starting = block + 2 * (LAB_BLOCK_HEADER + 2 * POINTS);
    const float *losses = starting + LAB_BLOCK_HEADER + 4 * (size_t)starting[LAB_BLOCK_ROWS];
    const size_t n = (size_t)losses[LAB_BLOCK_ROWS];
    double in_spike = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double value = 15.0 * (double)losses[LAB_BLOCK_HEADER + 3 * n + i];
        lost += value;
        if (losses[LAB_BLOCK_HEADER + i] >= 3990.0f && losses[LAB_BLOCK_HEADER + i] < 4120.0f)
            in_spike += value;
    }
    assert_near(lost / arrived, run.readout[LOST_SHARE], 1e-6);
    assert_true(in_spike > 0.9 * lost); /* the gap of about one start-up time */
    const double ready_hours = capacity / 50.0 / 3600.0;
    assert_true(ready_hours < run.readout[REPLICA_HOURS] && ready_hours > 0.95 * run.readout[REPLICA_HOURS]);
    assert_near(arrived, 7200.0 * 600.0 + 600.0 * 700.0, 0.03 * 7200.0 * 600.0); /* by day, and on top in the spike */
    assert_near(run.readout[COST_PER_MILLION], run.readout[REPLICA_HOURS] / ((arrived - lost) / 1e6), 0.01);
}

/* Every fixed number of replicas, beside the day: the same as that many by policy. */
static void test_the_line_of_fixed_fleets_is_what_the_policy_gives(void **state) {
    (void)state;
    run_day("policy=fixed fixed_replicas=24", 2);
    const float *block = read_view(COST_AND_LOSS);
    const size_t n = (size_t)block[LAB_BLOCK_ROWS];
    const float *cost = block + LAB_BLOCK_HEADER, *lost = cost + n;
    const float *point = lost + n;
    size_t at = 0;
    while (at < n && cost[at] != 48.0f)
        at++;
    assert_true(at < n && point[LAB_BLOCK_SERIES] == 2.0f);
    assert_true(point[LAB_BLOCK_HEADER] == 48.0f && point[LAB_BLOCK_HEADER + 1] == lost[at] && lost[at] > 0.0f);
    for (size_t i = 1; i < n; i++)
        assert_true(cost[i] > cost[i - 1] && lost[i] <= lost[i - 1]);
}

static void test_replicas_serve_one_startup_time_after_their_order(void **state) {
    (void)state;
    start("startup_time=90 policy=fixed fixed_replicas=10 traffic_spike=0", 1);
    advance(1);
    assert_int_equal(lab_run_set(&run, FIXED_REPLICAS, 30), ML_OK);
    advance(3); /* ordered in second 60, ready from second 150 on */
    const float *ready = read_view(REPLICAS) + LAB_BLOCK_HEADER + 16;
    const float *starting = ready + 16 + LAB_BLOCK_HEADER + 16;
    for (int i = 0; i < 16; i++) {
        assert_true(ready[i] == (i < 10 ? 10.0f : 30.0f));
        assert_true(starting[i] == (i >= 4 && i < 10 ? 20.0f : 0.0f));
    }
    assert_near(run.readout[REPLICA_HOURS] * 3600.0, 10 * 61 + 30 * 179, 1e-6); /* paid for from the second after */
    assert_int_equal(lab_run_set(&run, FIXED_REPLICAS, 5), ML_OK);
    advance(1);
    assert_near(run.readout[REPLICA_HOURS] * 3600.0, 10 * 61 + 30 * 180 + 5 * 59, 1e-6); /* gone at once */
    assert_true(run.readout[CHANGES] == 2.0);
}

/* --- What is live ------------------------------------------------------------------------------------------------- */

static void test_a_setting_before_the_first_step_is_the_same_as_from_the_start(void **state) {
    (void)state;
    double readout[FIGURES];
    run_day("traffic_swing=0.2 target_utilisation=0.4 cooldown_time=60", 4);
    memcpy(readout, run.readout, sizeof readout);
    start("", 4);
    assert_int_equal(lab_run_set(&run, TRAFFIC_SWING, 0.2), ML_OK);
    assert_int_equal(lab_run_set(&run, TARGET_UTILISATION, 0.4), ML_OK);
    assert_int_equal(lab_run_set(&run, COOLDOWN_TIME, 60), ML_OK);
    advance(STEPS);
    assert_memory_equal(readout, run.readout, sizeof readout);
}

static int count_tried(void) {
    const float *block = read_view(COST_AND_LOSS);
    int n = 0;
    for (; block < data + frame.length; block += LAB_BLOCK_HEADER + 2 * (size_t)block[LAB_BLOCK_ROWS])
        n += block[LAB_BLOCK_SERIES] == 1.0f ? (int)block[LAB_BLOCK_ROWS] : 0;
    return n;
}

static void test_whole_days_leave_a_point_each(void **state) {
    (void)state;
    run_day("", 1);
    assert_int_equal(count_tried(), 0); /* it is still this day */
    run_day("cooldown_time=0", 1);
    assert_int_equal(count_tried(), 1);
    run_day("", 2); /* the same setting again */
    assert_int_equal(count_tried(), 1);
    start("", 1);
    assert_int_equal(count_tried(), 2);
    advance(60);
    assert_int_equal(lab_run_set(&run, TARGET_UTILISATION, 0.5), ML_OK);
    advance(60);
    assert_true(run.progress.finished);
    start("", 1);
    assert_int_equal(count_tried(), 2); /* a day of two halves is no day of either */
    for (int i = 0; i < 40; i++) {
        start("startup_time=600", 1);
        run.param[COOLDOWN_TIME] = i;
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        advance(STEPS);
    }
    start("", 1);
    assert_int_equal(count_tried(), 32); /* the oldest are gone */
}

static void test_the_price_is_only_a_price(void **state) {
    (void)state;
    run_day("", 1);
    const double cost = run.readout[COST_PER_MILLION], hours = run.readout[REPLICA_HOURS];
    assert_int_equal(lab_run_set(&run, REPLICA_PRICE, 3), ML_OK);
    lab_run_figures(&run);
    assert_near(run.readout[COST_PER_MILLION], 3.0 * cost, 1e-9);
    assert_true(run.readout[REPLICA_HOURS] == hours);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_the_hardest_settings_run_to_the_end(void **state) {
    (void)state;
    const char *const settings[] = {"policy=fixed fixed_replicas=1 traffic_spike=3 traffic_swing=0.9",
                                    "target_utilisation=0.3 traffic_spike=3 traffic_swing=0.9 startup_time=600",
                                    "policy=fixed fixed_replicas=150", "cooldown_time=900 startup_time=0"};
    for (size_t c = 0; c < sizeof settings / sizeof *settings; c++) {
        run_day(settings[c], 1);
        for (int32_t view = 0; view < run.lab->n_views; view++)
            read_view(view);
        assert_true(run.readout[LOST_SHARE] >= 0.0 && run.readout[LOST_SHARE] < 1.0);
        assert_true(run.readout[PEAK_REPLICAS] <= 200.0);
    }
}

static void test_budgets_and_looking_do_not_change_bytes(void **state) {
    (void)state;
    double readout[FIGURES];
    run_day("", 5);
    memcpy(readout, run.readout, sizeof readout);
    start("", 5);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        read_view(run.progress.step % 3);
        lab_run_figures(&run);
    }
    assert_memory_equal(readout, run.readout, sizeof readout);
    run_day("", 6);
    assert_memory_not_equal(readout, run.readout, sizeof readout);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_the_autoscaler_is_between_two_fixed_fleets),
        TEST(test_the_target_is_a_price_list_of_reliability),
        TEST(test_a_slow_start_costs_answers_and_not_money),
        TEST(test_a_greedy_target_never_scales_up),
        TEST(test_a_cooldown_costs_a_tenth),
        TEST(test_presets_of_all_goals_lead_there),
        TEST(test_the_default_meets_the_first_goal_alone_and_only_at_the_end),
        TEST(test_nothing_is_known_before_the_first_step),
        TEST(test_goals_are_for_whole_days),
        TEST(test_the_curves_add_up_to_the_figures),
        TEST(test_the_line_of_fixed_fleets_is_what_the_policy_gives),
        TEST(test_replicas_serve_one_startup_time_after_their_order),
        TEST(test_a_setting_before_the_first_step_is_the_same_as_from_the_start),
        TEST(test_whole_days_leave_a_point_each),
        TEST(test_the_price_is_only_a_price),
        TEST(test_the_hardest_settings_run_to_the_end),
        TEST(test_budgets_and_looking_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
