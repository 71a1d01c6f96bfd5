/* The lab batching-queue: the figures that the chapter promises, its goals, live changes, and that budgets change
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

enum { SEEDS = 5, STEPS = 84, MOST_READOUTS = 16 };
enum { TIMELINE, HISTOGRAM, BY_THROUGHPUT }; /* views */
enum {
    MEAN,
    P50,
    P95,
    P99,
    THROUGHPUT,
    UTILISATION,
    MEAN_BATCH,
    CAPACITY,
    SERVER_SECONDS,
    OVER_DEADLINE,
    REFUSED,
    IN_SYSTEM,
    BY_LAW
}; /* readouts */

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 17];
static char text[1 << 12];
static lab_frame frame = {
    .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *queue = lab_find("batching-queue");
    assert_non_null(queue);
    memory = malloc(lab_run_bytes(queue));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, queue, memory, lab_run_bytes(queue), no_clock), ML_OK);
    assert_true(queue->n_readouts <= MOST_READOUTS);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

/* Sets params as a link does, "max_batch=8 max_wait=50", and all others to their initial value. */
static void set(const char *settings) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
}

static void run_steps(const char *settings, uint64_t seed) {
    set(settings);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
    assert_int_equal(lab_run_advance(&run, STEPS, INT64_MAX), ML_OK);
    assert_int_equal(run.progress.step, STEPS);
    lab_run_figures(&run);
}

/* The readouts, as means over seeds 1 to 5. */
typedef struct means {
    double of[MOST_READOUTS];
} means;

static means run_seeds(const char *settings) {
    means mean = {{0}};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_steps(settings, seed);
        for (int32_t i = 0; i < run.lab->n_readouts; i++)
            mean.of[i] += run.readout[i] / SEEDS;
    }
    return mean;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* --- Things to try (the lab's specification): means over seeds 1 to 5, 84 steps ----------------------------------- */

static void test_batching_without_waiting_is_faster(void **state) {
    (void)state;
    const means alone = run_seeds("");
    assert_near(alone.of[MEAN], 30.0, 2.0);
    assert_near(alone.of[P50], 23.0, 1.5);
    assert_near(alone.of[P99], 113.0, 14.0);
    assert_near(alone.of[UTILISATION], 0.8, 0.01);
    const means together = run_seeds("max_batch=8");
    assert_near(together.of[MEAN], 14.7, 0.3);
    assert_near(together.of[P50], 14.0, 0.5);
    assert_near(together.of[P99], 25.6, 0.5);
}

static void test_waiting_is_pure_loss_at_light_load(void **state) {
    (void)state;
    const means alone = run_seeds("arrivals_per_second=20");
    const means waiting = run_seeds("arrivals_per_second=20 max_batch=8 max_wait=50");
    assert_near(alone.of[P50], 10.0, 0.05);
    assert_near(waiting.of[P50], 60.0, 0.05);
    assert_near(alone.of[THROUGHPUT], 20.0, 0.3);
    assert_near(waiting.of[THROUGHPUT], alone.of[THROUGHPUT], 0.01);
}

static void test_overload_fills_the_queue(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_steps("arrivals_per_second=200", seed);
        assert_near(run.readout[THROUGHPUT], 98.5, 1.51);
        assert_true(run.readout[UTILISATION] > 0.99);
        assert_true(run.readout[REFUSED] > 0.0);
        assert_near(run.readout[P99], 100000.0, 500.0); /* 10,000 wait, 10 ms each */
    }
    const means together = run_seeds("arrivals_per_second=200 max_batch=8");
    assert_near(together.of[THROUGHPUT], 200.0, 2.0);
    assert_near(together.of[P99], 41.0, 2.0);
    assert_true(run_seeds("arrivals_per_second=400 max_batch=8").of[P99] > 1000.0); /* fails too: capacity 333 */
    assert_near(run_seeds("arrivals_per_second=400 max_batch=32").of[P99], 136.0, 20.0);
}

static void test_exponential_service_has_a_tail(void **state) {
    (void)state;
    const means at80 = run_seeds("service=exponential"), at95 = run_seeds("service=exponential arrivals_per_second=95");
    assert_near(at80.of[MEAN], 50.5, 4.0);
    assert_near(at80.of[P99], 231.0, 35.0);
    assert_near(at95.of[MEAN], 195.0, 65.0);
}

static void test_batches_make_answers_cheaper(void **state) {
    (void)state;
    assert_near(run_seeds("").of[SERVER_SECONDS], 10.0, 1e-6);
    assert_near(run_seeds("max_batch=8 max_wait=50").of[SERVER_SECONDS], 3.6, 0.1);
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

static void test_littles_law_holds_where_the_system_is_stable(void **state) {
    (void)state;
    const char *const settings[] = {"", "max_batch=8", "service=exponential", "arrivals_per_second=200 max_batch=16",
                                    "arrivals_per_second=20 max_batch=8 max_wait=50"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        run_steps(settings[i], 1);
        assert_near(run.readout[IN_SYSTEM] / run.readout[BY_LAW], 1.0, 0.002);
    }
}

static void test_capacity_is_that_of_full_batches(void **state) {
    (void)state;
    run_steps("max_batch=8", 1);
    assert_near(run.readout[CAPACITY], 1000.0 * 8 / (8 + 2 * 8), 1e-9);
}

static void test_everything_is_over_a_deadline_below_the_service_time(void **state) {
    (void)state;
    run_steps("arrivals_per_second=20 fixed_time=20 deadline=10", 1);
    assert_true(run.readout[OVER_DEADLINE] == 1.0);
    const double p99 = run.readout[P99], mean = run.readout[MEAN];
    assert_int_equal(lab_run_set(&run, lab_param_index(run.lab, "deadline"), 1000.0), ML_OK);
    lab_run_figures(&run);
    assert_true(run.readout[OVER_DEADLINE] == 0.0);
    assert_true(run.readout[P99] == p99 && run.readout[MEAN] == mean); /* the window stays */
}

/* --- Goals -------------------------------------------------------------------------------------------------------- */

static void test_goals_are_met_by_their_presets_at_every_seed(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
        for (uint64_t seed = 1; seed <= 8; seed++) {
            run_steps(run.lab->goals[goal].preset, seed);
            if (!run.goal_met[goal])
                fail_msg("%s is not met with seed %d", run.lab->goals[goal].name, (int)seed);
        }
}

static void test_goals_are_not_met_at_the_default(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        set("");
        assert_int_equal(lab_run_start(&run, seed), ML_OK);
        for (int step = 0; step < STEPS; step++) {
            assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
            lab_run_figures(&run);
            for (int32_t goal = 0; goal < run.lab->n_goals; goal++)
                assert_false(run.goal_met[goal]);
        }
    }
}

static void test_goals_are_not_met_before_the_first_step(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        set(run.lab->goals[goal].preset);
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        lab_run_figures(&run);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.lab->goals[i].met(run.state, run.param, run.readout));
        for (int32_t i = 0; i < run.lab->n_readouts; i++)
            assert_true(run.readout[i] == -1.0 || i == CAPACITY || i == REFUSED);
    }
}

/* --- Live changes ------------------------------------------------------------------------------------------------- */

static void test_a_live_change_empties_the_window_and_leaves_a_point(void **state) {
    (void)state;
    run_steps("", 1);
    const float throughput = (float)run.readout[THROUGHPUT], p50 = (float)run.readout[P50];
    assert_int_equal(lab_run_set(&run, lab_param_index(run.lab, "max_batch"), 8.0), ML_OK);
    assert_int_equal(run.progress.step, STEPS); /* no restart */
    lab_run_figures(&run);
    assert_true(run.readout[P50] == -1.0);
    lab_run_read(&run, BY_THROUGHPUT, &frame);
    assert_int_equal((int)data[LAB_BLOCK_ROWS], 1);
    assert_true(data[LAB_BLOCK_HEADER] == throughput && data[LAB_BLOCK_HEADER + 1] == p50);

    assert_int_equal(lab_run_advance(&run, 80, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    assert_near(run.readout[P99], 25.6, 1.5);
    assert_true(run.goal_met[0]);
    lab_run_read(&run, BY_THROUGHPUT, &frame);
    assert_int_equal((int)data[LAB_BLOCK_ROWS], 2); /* the old setting and the one that runs */
}

static void test_a_setting_tried_twice_has_one_point(void **state) {
    (void)state;
    const int32_t max_batch = lab_param_index(run.lab, "max_batch");
    run_steps("", 1);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(lab_run_set(&run, max_batch, i % 2 == 0 ? 8.0 : 1.0), ML_OK);
        assert_int_equal(lab_run_advance(&run, 4, INT64_MAX), ML_OK);
    }
    lab_run_read(&run, BY_THROUGHPUT, &frame);
    assert_int_equal((int)data[LAB_BLOCK_ROWS], 2);
}

static void test_a_slider_that_passes_by_leaves_no_point(void **state) {
    (void)state;
    const int32_t max_batch = lab_param_index(run.lab, "max_batch");
    run_steps("", 1);
    for (int i = 2; i <= 64; i++)
        assert_int_equal(lab_run_set(&run, max_batch, i), ML_OK);
    lab_run_read(&run, BY_THROUGHPUT, &frame);
    assert_int_equal((int)data[LAB_BLOCK_ROWS], 1);
}

static void test_more_settings_than_are_kept_drop_the_oldest(void **state) {
    (void)state;
    const int32_t arrivals = lab_param_index(run.lab, "arrivals_per_second");
    run_steps("", 1);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(lab_run_set(&run, arrivals, 20.0 + 0.5 * i), ML_OK);
        assert_int_equal(lab_run_advance(&run, 2, INT64_MAX), ML_OK);
    }
    lab_run_read(&run, BY_THROUGHPUT, &frame);
    assert_int_equal((int)data[LAB_BLOCK_ROWS], 65);
    assert_true(data[LAB_BLOCK_HEADER] > 30.0f); /* the first ones were at 80 and then from 20 up */
}

/* --- Views -------------------------------------------------------------------------------------------------------- */

static void test_histogram_counts_every_answer_once(void **state) {
    (void)state;
    run_steps("service=exponential", 2);
    lab_run_read(&run, HISTOGRAM, &frame);
    const size_t n = (size_t)data[LAB_BLOCK_ROWS];
    const float *edge = data + LAB_BLOCK_HEADER, *count = edge + n;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)count[i];
        assert_true(i == 0 || edge[i] > edge[i - 1]);
    }
    assert_true(sum == 40000.0);
    assert_true(count[0] > 0.0f && count[n - 2] > 0.0f && count[n - 1] == 0.0f);
    assert_true((double)edge[0] <= run.readout[P50] && (double)edge[n - 1] >= run.readout[P99]);
    const float *p50 = count + n;
    assert_true(p50[LAB_BLOCK_SERIES] == 1.0f && p50[LAB_BLOCK_HEADER] == (float)run.readout[P50]);
}

static void test_timeline_shows_the_last_second(void **state) {
    (void)state;
    run_steps("max_batch=8 max_wait=20", 1);
    lab_run_read(&run, TIMELINE, &frame);
    assert_false(frame.full);
    const size_t n = (size_t)data[LAB_BLOCK_ROWS];
    const float *time = data + LAB_BLOCK_HEADER, *waiting = time + n;
    for (size_t i = 0; i < n; i++) {
        assert_true(time[i] >= -1000.0f && time[i] <= 0.0f && (i == 0 || time[i] >= time[i - 1]));
        assert_true(waiting[i] >= 0.0f && waiting[i] == floorf(waiting[i]));
    }
    const float *spans = waiting + n;
    const size_t batches = (size_t)spans[LAB_BLOCK_ROWS];
    const float *start = spans + LAB_BLOCK_HEADER, *end = start + batches, *size = end + 2 * batches;
    assert_int_equal((int)spans[LAB_BLOCK_KIND], LAB_BLOCK_SPANS);
    assert_true(batches > 5);
    for (size_t i = 1; i < batches; i++) {
        assert_true(start[i] >= end[i - 1]); /* one server */
        assert_true(size[i] >= 1.0f && size[i] <= 8.0f);
        if (i + 1 < batches) /* the last may still be running */
            assert_true(fabsf(end[i] - start[i] - (8.0f + 2.0f * size[i])) < 1e-3f);
    }
}

static void test_timeline_shows_the_batch_that_is_on_the_server(void **state) {
    (void)state;
    set("max_batch=4 fixed_time=50");
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    bool seen = false;
    for (int i = 0; i < 200 && !seen; i++) { /* a few events at a time, so that one ends in the middle of a batch */
        assert_int_equal(lab_run_advance(&run, 1, 100), ML_OK);
        lab_run_read(&run, TIMELINE, &frame);
        const size_t n = (size_t)data[LAB_BLOCK_ROWS];
        const float *spans = data + LAB_BLOCK_HEADER + 2 * n;
        const size_t batches = (size_t)spans[LAB_BLOCK_ROWS];
        const float *start = spans + LAB_BLOCK_HEADER, *end = start + batches;
        seen = batches > 1 && end[batches - 1] == 0.0f && start[batches - 1] < 0.0f &&
               end[batches - 1] - start[batches - 1] < 52.0f; /* the shortest whole batch */
    }
    assert_true(seen);
}

static void test_every_view_can_be_drawn_at_any_setting(void **state) {
    (void)state;
    const char *const settings[] = {"arrivals_per_second=500 max_batch=64 fixed_time=50 time_per_item=20 max_wait=100",
                                    "arrivals_per_second=500 fixed_time=0 time_per_item=0.1",
                                    "arrivals_per_second=5 service=exponential max_wait=100 max_batch=64"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        set(settings[i]);
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        for (int step = 0; step < 10; step++) {
            for (int32_t view = 0; view < run.lab->n_views; view++) {
                lab_run_read(&run, view, &frame);
                assert_false(frame.full);
                if (view == TIMELINE) /* there was room for its whole period */
                    assert_true(data[LAB_BLOCK_ROWS] < 4096.0f);
                for (size_t k = 0; k < frame.length; k++)
                    assert_true(isfinite(data[k]));
            }
            assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
        }
    }
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    static float whole[1 << 17];
    double readout[MOST_READOUTS];
    set("service=exponential max_batch=4");
    assert_int_equal(lab_run_start(&run, 3), ML_OK);
    assert_int_equal(lab_run_advance(&run, 10, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    memcpy(readout, run.readout, sizeof readout);
    lab_run_read(&run, TIMELINE, &frame);
    const size_t length = frame.length;
    memcpy(whole, data, length * sizeof *data);

    assert_int_equal(lab_run_start(&run, 3), ML_OK);
    for (int64_t budget = 1; run.progress.step < 10; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        if (budget % 16 == 1) { /* looking changes nothing */
            lab_run_figures(&run);
            lab_run_read(&run, HISTOGRAM, &frame);
        }
    }
    lab_run_figures(&run);
    lab_run_read(&run, TIMELINE, &frame);
    assert_int_equal(frame.length, length);
    assert_memory_equal(whole, data, length * sizeof *data);
    assert_memory_equal(readout, run.readout, (size_t)run.lab->n_readouts * sizeof *readout);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_batching_without_waiting_is_faster),
        TEST(test_waiting_is_pure_loss_at_light_load),
        TEST(test_overload_fills_the_queue),
        TEST(test_exponential_service_has_a_tail),
        TEST(test_batches_make_answers_cheaper),
        TEST(test_littles_law_holds_where_the_system_is_stable),
        TEST(test_capacity_is_that_of_full_batches),
        TEST(test_everything_is_over_a_deadline_below_the_service_time),
        TEST(test_goals_are_met_by_their_presets_at_every_seed),
        TEST(test_goals_are_not_met_at_the_default),
        TEST(test_goals_are_not_met_before_the_first_step),
        TEST(test_a_live_change_empties_the_window_and_leaves_a_point),
        TEST(test_a_setting_tried_twice_has_one_point),
        TEST(test_a_slider_that_passes_by_leaves_no_point),
        TEST(test_more_settings_than_are_kept_drop_the_oldest),
        TEST(test_histogram_counts_every_answer_once),
        TEST(test_timeline_shows_the_last_second),
        TEST(test_timeline_shows_the_batch_that_is_on_the_server),
        TEST(test_every_view_can_be_drawn_at_any_setting),
        TEST(test_budgets_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
