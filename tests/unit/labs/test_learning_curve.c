/* The lab learning-curve: the figures that the chapter promises, its goals, and that budgets change nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SEEDS = 2 }; /* slow there, and what a sanitizer looks for does not depend on the seed */
#else
enum { SEEDS = 8 };
#endif
enum { MAX_POINTS = 200 };
enum { MAX_ROWS = 3 }; /* the index of that param */
enum { ROWS_TO_BEAT_MEAN, ROWS_BY_FORMULA, FINAL_TEST_ERROR, LARGEST_TEST_ERROR, ROWS_AT_LARGEST_ERROR };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 16];
static char text[1 << 12];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *curve = lab_find("learning-curve");
    assert_non_null(curve);
    memory = malloc(lab_run_bytes(curve));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, curve, memory, lab_run_bytes(curve), no_clock), ML_OK);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

/* Sets params as a link does, "ridge=10 features=5", and all others to their initial value. */
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

/* What the view shows. */
typedef struct curve {
    size_t n;
    float rows[MAX_POINTS], training[MAX_POINTS], test[MAX_POINTS];
} curve;

static curve read_curve(void) {
    curve c = {0};
    lab_frame frame = {
        .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, 0, &frame);
    assert_false(frame.full);
    c.n = (size_t)data[LAB_BLOCK_ROWS];
    assert_true(c.n <= MAX_POINTS);
    const float *training = data + LAB_BLOCK_HEADER, *test = training + 2 * c.n + LAB_BLOCK_HEADER;
    assert_int_equal((int)test[LAB_BLOCK_SERIES - LAB_BLOCK_HEADER], 1);
    memcpy(c.rows, training, c.n * sizeof(float));
    memcpy(c.training, training + c.n, c.n * sizeof(float));
    memcpy(c.test, test + c.n, c.n * sizeof(float));
    return c;
}

static double test_error(const curve *c, int n) {
    for (size_t i = 0; i < c->n; i++)
        if ((int)c->rows[i] == n)
            return (double)c->test[i];
    fail_msg("no point at %d rows", n);
    return 0.0;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

/* --- The sizes ---------------------------------------------------------------------------------------------------- */

static void test_sizes_go_up_by_one_and_then_by_8_percent(void **state) {
    (void)state;
    run_to_end("features=20 max_rows=400 repeats=5", 1);
    const curve c = read_curve();
    const int late[] = {40, 44, 48, 52, 57,  62,  67,
                        73, 79, 86, 93, 100, 101, 110}; /* 100 does not disturb 93, 101, 110 */
    for (int n = 2; n <= 40; n++)
        assert_int_equal((int)c.rows[n - 2], n);
    for (size_t i = 0; i < sizeof late / sizeof *late; i++)
        assert_int_equal((int)c.rows[38 + i], late[i]);
    assert_int_equal((int)c.rows[c.n - 1], 400);
}

static void test_sizes_rise_and_end_at_max_rows(void **state) {
    (void)state;
    const char *const settings[] = {"features=1 max_rows=50 repeats=5", "features=40 max_rows=50",
                                    "features=7 max_rows=101", "features=40 max_rows=1000", "features=1 max_rows=1000"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        run_to_end(settings[i], 3);
        const curve c = read_curve();
        assert_int_equal((int)c.rows[0], 2);
        for (size_t k = 1; k < c.n; k++)
            assert_true(c.rows[k] > c.rows[k - 1]);
        assert_int_equal((int)c.rows[c.n - 1], (int)run.param[MAX_ROWS]);
        assert_int_equal(run.lab->steps, 0); /* it finishes by itself, however many sizes there are */
        assert_int_equal(run.progress.step, (int)c.n);
    }
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

static void test_default_more_data_hurts(void **state) {
    (void)state;
    double at10 = 0.0, at40 = 0.0, at100 = 0.0, at400 = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("", seed);
        const curve c = read_curve();
        assert_true(test_error(&c, 20) > 12.0);
        assert_true(test_error(&c, 20) > test_error(&c, 5));
        at10 += test_error(&c, 10) / SEEDS;
        at40 += test_error(&c, 40) / SEEDS;
        at100 += test_error(&c, 100) / SEEDS;
        at400 += test_error(&c, 400) / SEEDS;
        assert_true(run.goal_met[0]);
        assert_int_equal((int)run.readout[ROWS_AT_LARGEST_ERROR], 20);
        for (int goal = 1; goal < run.lab->n_goals; goal++)
            assert_false(run.goal_met[goal]);
    }
    assert_near(at10, 1.63, 0.15);
    assert_near(at40, 1.56, 0.1);
    assert_near(at100, 0.99, 0.03);
    assert_near(at400, 0.84, 0.01);
    assert_near(run.readout[ROWS_BY_FORMULA], 101.0, 1e-9);
}

static void test_noise_is_learned_perfectly_and_is_useless(void **state) {
    (void)state;
    double at400 = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("r_squared=0", seed);
        const curve c = read_curve();
        at400 += test_error(&c, 400) / SEEDS;
        for (size_t i = 0; i < c.n; i++) {
            assert_true(c.test[i] > 1.0f);
            if (c.rows[i] <= 20.0f)
                assert_true(c.training[i] < 1e-6f);
        }
        assert_true(run.readout[ROWS_TO_BEAT_MEAN] == -1.0);
        assert_true(run.readout[ROWS_BY_FORMULA] == -1.0);
        assert_true(run.goal_met[1]);
    }
    assert_near(at400, 1.05, 0.02);
}

static void test_ridge_removes_the_spike(void **state) {
    (void)state;
    double at20 = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("ridge=10", seed);
        const curve c = read_curve();
        at20 += test_error(&c, 20) / SEEDS;
        assert_true(run.readout[LARGEST_TEST_ERROR] < 1.25);
        assert_true(run.goal_met[2]);
    }
    assert_near(at20, 1.12, 0.04);
}

static void test_strong_pattern_is_found_lost_and_found_again(void **state) {
    (void)state;
    double at3 = 0.0, at28 = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("r_squared=0.8", seed);
        const curve c = read_curve();
        at3 += test_error(&c, 3) / SEEDS;
        at28 += test_error(&c, 28) / SEEDS;
        assert_true(test_error(&c, 20) > 3.0);
        for (size_t i = 0; i < c.n; i++)
            assert_true(c.rows[i] < 28.0f || c.test[i] < 1.0f);
        assert_true(run.goal_met[3]);
    }
    assert_near(at3, 0.93, 0.05);
    assert_near(at28, 0.665, 0.06);
}

static void test_few_features_move_the_spike(void **state) {
    (void)state;
    double crossing = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_to_end("features=5", seed);
        assert_int_equal((int)run.readout[ROWS_AT_LARGEST_ERROR], 5);
        assert_true(run.goal_met[4]);
        crossing += run.readout[ROWS_TO_BEAT_MEAN] / SEEDS;
    }
    assert_near(crossing, 22.0, 3.0);
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void test_presets_of_all_goals_lead_there(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        run_to_end(run.lab->goals[goal].preset, 1);
        assert_true(run.goal_met[goal]);
    }
}

static void test_goals_are_not_met_before_the_first_step(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        set(run.lab->goals[goal].preset);
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        lab_run_figures(&run);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
        for (int32_t i = 0; i < run.lab->n_readouts; i++)
            assert_true(i == ROWS_BY_FORMULA || run.readout[i] == -1.0);
    }
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    run_to_end("repeats=7 max_rows=60", 5);
    const curve whole = read_curve();
    double readout[LAB_MAX_READOUTS];
    memcpy(readout, run.readout, sizeof readout);

    assert_int_equal(lab_run_start(&run, 5), ML_OK);
    for (int64_t budget = 1; !run.progress.finished; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)read_curve(); /* looking changes nothing */
        lab_run_figures(&run);
    }
    const curve pieces = read_curve();
    assert_memory_equal(&whole, &pieces, sizeof whole);
    assert_memory_equal(readout, run.readout, (size_t)run.lab->n_readouts * sizeof *readout);
}

static void test_point_in_progress_is_shown_as_it_grows(void **state) {
    (void)state;
    set("repeats=40");
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    assert_int_equal(read_curve().n, 0);
    assert_int_equal(lab_run_advance(&run, 1, 1), ML_OK); /* one repeat of the first size */
    assert_int_equal(run.progress.step, 0);
    assert_int_equal(read_curve().n, 1);
    assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
    assert_int_equal(run.progress.step, 1);
    assert_int_equal(read_curve().n, 1);
}

static void test_seeds_differ_and_repeat(void **state) {
    (void)state;
    run_to_end("max_rows=50 repeats=5", 1);
    const curve first = read_curve();
    run_to_end("max_rows=50 repeats=5", 2);
    const curve other = read_curve();
    run_to_end("max_rows=50 repeats=5", 1);
    const curve again = read_curve();
    assert_memory_equal(&first, &again, sizeof first);
    assert_memory_not_equal(&first, &other, sizeof first);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_sizes_go_up_by_one_and_then_by_8_percent),
        TEST(test_sizes_rise_and_end_at_max_rows),
        TEST(test_default_more_data_hurts),
        TEST(test_noise_is_learned_perfectly_and_is_useless),
        TEST(test_ridge_removes_the_spike),
        TEST(test_strong_pattern_is_found_lost_and_found_again),
        TEST(test_few_features_move_the_spike),
        TEST(test_presets_of_all_goals_lead_there),
        TEST(test_goals_are_not_met_before_the_first_step),
        TEST(test_budgets_do_not_change_bytes),
        TEST(test_point_in_progress_is_shown_as_it_grows),
        TEST(test_seeds_differ_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
