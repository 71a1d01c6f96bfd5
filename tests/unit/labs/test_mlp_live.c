/* The lab mlp-live: the figures that the chapter promises, its goals, and that no setting can break it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { SEEDS = 8 };
enum { DATA, ROWS, NOISE, HIDDEN_UNITS, LEARNING_RATE, BATCH_SIZE, INIT_SCALE, L2 };
enum { DECISION_SURFACE, LOSS_BY_EPOCH, ACCURACY_BY_EPOCH, WEIGHT_SIZES };
enum { EPOCH, TRAINING_LOSS, TEST_LOSS, TRAINING_ACCURACY, TEST_ACCURACY, PARAMETERS, READOUTS };
enum { THREE_LINES_CLOSE_A_RING, SYMMETRY, FASTER_AND_TOO_FAST, MEMORY_IS_NOT_LEARNING };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 16], other[1 << 16];
static char text[1 << 12];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *live = lab_find("mlp-live");
    assert_non_null(live);
    assert_int_equal(live->n_readouts, READOUTS);
    memory = malloc(lab_run_bytes(live));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, live, memory, lab_run_bytes(live), no_clock), ML_OK);
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

static void train(const char *settings, uint64_t seed, int32_t epochs) {
    start(settings, seed);
    assert_int_equal(lab_run_advance(&run, epochs, INT64_MAX), ML_OK);
    lab_run_figures(&run);
}

/* Of a readout over the seeds. */
typedef struct spread {
    double least, mean, median, most;
} spread;

static spread over_seeds(const char *settings, int32_t epochs, int32_t readout) {
    double value[SEEDS], scratch[2 * SEEDS];
    spread s = {(double)INFINITY, 0.0, 0.0, -(double)INFINITY};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        train(settings, seed, epochs);
        const double v = value[seed - 1] = run.readout[readout];
        s.least = fmin(s.least, v);
        s.mean += v / SEEDS;
        s.most = fmax(s.most, v);
    }
    assert_int_equal(ml_median(SEEDS, value, scratch, &s.median, NULL), ML_OK);
    return s;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.10g, expected %g ± %g", got, expected, tolerance);
}

static void assert_between(double got, double low, double high) {
    if (!(got >= low && got <= high))
        fail_msg("%.10g does not lie in [%g, %g]", got, low, high);
}

static lab_frame read_view(int32_t view, float *into, size_t capacity) {
    lab_frame frame = {.data = into, .capacity = capacity, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    return frame;
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

static void test_eight_units_bend_a_line_into_a_ring(void **state) {
    (void)state;
    const spread training = over_seeds("", 50, TRAINING_ACCURACY);
    assert_near(training.mean, 0.995, 0.006);
    assert_between(training.least, 0.975, 1.0);
    assert_between(over_seeds("", 50, TEST_ACCURACY).least, 0.96, 1.0);
}

static void test_a_straight_line_cannot(void **state) {
    (void)state;
    assert_between(over_seeds("hidden_units=0", 100, TRAINING_ACCURACY).most, 0.0, 0.75);
    assert_near(over_seeds("hidden_units=0", 100, TEST_ACCURACY).mean, 0.50, 0.07);
}

static void test_one_two_three_units(void **state) {
    (void)state;
    const spread two = over_seeds("hidden_units=2", 100, TRAINING_ACCURACY);
    assert_near(over_seeds("hidden_units=1", 100, TRAINING_ACCURACY).mean, 0.67, 0.04);
    assert_near(two.mean, 0.84, 0.03);
    assert_between(two.most, 0.0, 0.90);
    assert_between(over_seeds("hidden_units=3", 100, TRAINING_ACCURACY).most, 0.98, 1.0);
}

static void test_zero_weights_stay_the_same_for_ever(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        start("init_scale=0", seed);
        for (int epoch = 0; epoch < 100; epoch++) {
            assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
            lab_run_figures(&run);
            assert_true(run.readout[TRAINING_ACCURACY] == 0.5 && run.readout[TEST_ACCURACY] == 0.5);
        }
        assert_true(run.goal_met[SYMMETRY]);
        (void)read_view(WEIGHT_SIZES, data, sizeof data / sizeof *data);
        for (size_t i = 0; i < 8; i++) /* into the first layer: no gradient ever arrived */
            assert_true(data[LAB_BLOCK_HEADER + 8 + i] == 0.0f);
    }
    assert_near(over_seeds("init_scale=0", 100, TRAINING_LOSS).mean, 0.693, 0.005);
}

static void test_learning_rates(void **state) {
    (void)state;
    assert_near(over_seeds("learning_rate=5", 100, TRAINING_ACCURACY).mean, 0.997, 0.015);
    assert_between(over_seeds("learning_rate=5", 100, TRAINING_LOSS).median, 0.0005, 0.006);
    assert_between(over_seeds("", 100, TRAINING_LOSS).median, 0.02, 0.05);
    assert_near(over_seeds("learning_rate=20", 100, TRAINING_ACCURACY).mean, 0.53, 0.1);
    assert_between(over_seeds("learning_rate=20", 100, TRAINING_LOSS).mean, 5.0, 1e4);
    assert_near(over_seeds("learning_rate=0.01", 100, TRAINING_ACCURACY).mean, 0.65, 0.08);
}

static void test_random_labels_are_memorised_and_not_learned(void **state) {
    (void)state;
    static const char *const settings = "data=random_labels rows=40 hidden_units=32";
    const spread training = over_seeds(settings, 1000, TRAINING_ACCURACY);
    assert_near(training.mean, 0.85, 0.08);
    assert_between(training.least, 0.6, 1.0);
    assert_near(over_seeds(settings, 1000, TEST_ACCURACY).mean, 0.50, 0.03);
}

static void test_parameters(void **state) {
    (void)state;
    static const struct { const char *settings; double parameters; } cases[] = {
        {"hidden_units=0", 3}, {"hidden_units=1", 5}, {"", 33}, {"hidden_units=64", 257}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(cases[i].settings, 1);
        assert_true(run.readout[PARAMETERS] == cases[i].parameters);
    }
}

/* --- Goals -------------------------------------------------------------------------------------------------------- */

static void test_presets_meet_their_goals(void **state) {
    (void)state;
    static const int32_t epochs[] = {100, 50, 50, 1000};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            train(run.lab->goals[goal].preset, seed, epochs[goal]);
            assert_true(run.goal_met[goal]);
        }
    }
}

static void test_no_goal_is_met_at_the_default_or_before_the_first_step(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        start(run.lab->goals[goal].preset, 1);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
    }
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        start("", seed);
        for (int epoch = 0; epoch < run.lab->steps; epoch++) {
            assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
            lab_run_figures(&run);
        }
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i]);
    }
}

/* Better at the rate that is ten times as high does not count as broken, nor does a line that never could. */
static void test_too_fast_wants_a_broken_network(void **state) {
    (void)state;
    static const char *const settings[] = {"learning_rate=5", "hidden_units=0 learning_rate=20", "learning_rate=0.01"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        train(settings[i], 1, 100);
        assert_false(run.goal_met[FASTER_AND_TOO_FAST]);
    }
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

/* The surface says what the accuracy counts: above a half round the inner ring, below it round the outer one. */
static void test_surface_shows_the_ring(void **state) {
    (void)state;
    train("", 1, 50);
    (void)read_view(DECISION_SURFACE, data, sizeof data / sizeof *data);
    const int side = (int)data[LAB_BLOCK_ROWS];
    const float reach = data[LAB_BLOCK_HEADER + 1], *value = data + LAB_BLOCK_HEADER + 6;
    assert_int_equal(side, 48);
    assert_int_equal((int)data[LAB_BLOCK_COLUMNS], 48);
    int right = 0, all = 0;
    for (int i = 0; i < side * side; i++) {
        const double x = reach * ((2 * (i % side) + 1.0) / side - 1), y = reach * ((2 * (i / side) + 1.0) / side - 1);
        const double radius = sqrt(x * x + y * y);
        if (fabs(radius - 0.4) > 0.1 && fabs(radius - 0.9) > 0.1)
            continue;
        all++;
        right += (value[i] > 0.5f) == (radius < 0.65);
    }
    assert_true(all > 200 && right > 0.95 * all);
}

static void test_curves_end_at_the_readouts(void **state) {
    (void)state;
    train("data=moons", 2, 30);
    for (int32_t view = LOSS_BY_EPOCH; view <= ACCURACY_BY_EPOCH; view++) {
        (void)read_view(view, data, sizeof data / sizeof *data);
        const size_t n = (size_t)data[LAB_BLOCK_ROWS];
        assert_int_equal(n, 31);
        const float *test = data + LAB_BLOCK_HEADER + 2 * n;
        const bool loss = view == LOSS_BY_EPOCH;
        assert_true(data[LAB_BLOCK_HEADER + n - 1] == 30.0f);
        assert_true(data[LAB_BLOCK_HEADER + 2 * n - 1] ==
                    (float)run.readout[loss ? TRAINING_LOSS : TRAINING_ACCURACY]);
        assert_true(test[LAB_BLOCK_HEADER + 2 * n - 1] == (float)run.readout[loss ? TEST_LOSS : TEST_ACCURACY]);
    }
}

static void test_long_runs_thin_their_curve(void **state) {
    (void)state;
    train("rows=40 hidden_units=1 batch_size=200", 1, 5000);
    (void)read_view(LOSS_BY_EPOCH, data, sizeof data / sizeof *data);
    const size_t n = (size_t)data[LAB_BLOCK_ROWS];
    assert_between((double)n, 1024, 2048);
    for (size_t i = 0; i < n; i++)
        assert_true(data[LAB_BLOCK_HEADER + i] == (float)(4 * i));
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    train("data=spiral l2=0.001", 5, 12);
    double readout[READOUTS];
    memcpy(readout, run.readout, sizeof readout);
    const lab_frame whole = read_view(DECISION_SURFACE, data, sizeof data / sizeof *data);

    start("data=spiral l2=0.001", 5);
    for (int64_t budget = 1; run.progress.step < 12; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)read_view(DECISION_SURFACE, other, sizeof other / sizeof *other); /* looking changes nothing */
        lab_run_figures(&run);
    }
    const lab_frame pieces = read_view(DECISION_SURFACE, other, sizeof other / sizeof *other);
    assert_memory_equal(readout, run.readout, sizeof readout);
    assert_int_equal(whole.length, pieces.length);
    assert_memory_equal(data, other, whole.length * sizeof *data);
}

static void test_divergence_is_told_and_leaves_numbers(void **state) {
    (void)state;
    start("learning_rate=100 l2=0.1 batch_size=1", 1);
    assert_int_equal(lab_run_advance(&run, 1000, INT64_MAX), ML_EDIVERGED);
    assert_non_null(strstr(run.error.message, "try a smaller learning rate"));
    lab_run_figures(&run);
    for (int32_t i = 0; i < READOUTS; i++)
        assert_true(isfinite(run.readout[i]));
    const lab_frame frame = read_view(DECISION_SURFACE, data, sizeof data / sizeof *data);
    for (size_t i = 0; i < frame.length; i++)
        assert_true(isfinite(data[i]));
}

static void test_every_corner_runs(void **state) {
    (void)state;
    for (int corner = 0; corner < 1 << 8; corner += 3) {
        for (int32_t i = 0; i < run.lab->n_params; i++) {
            const lab_param *p = &run.lab->params[i];
            const bool high = (corner >> i) & 1;
            run.param[i] = p->kind == LAB_CHOICE ? corner % 5 : high ? p->max : p->min;
        }
        assert_int_equal(lab_run_start(&run, 9), ML_OK); /* it fits */
        const ml_status status = lab_run_advance(&run, 2, INT64_MAX);
        assert_true(status == ML_OK || status == ML_EDIVERGED);
        lab_run_figures(&run);
        for (int32_t view = 0; view < run.lab->n_views; view++) {
            const lab_frame frame = read_view(view, data, sizeof data / sizeof *data);
            for (size_t i = 0; i < frame.length; i++)
                assert_true(isfinite(data[i]));
        }
    }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_eight_units_bend_a_line_into_a_ring),
        TEST(test_a_straight_line_cannot),
        TEST(test_one_two_three_units),
        TEST(test_zero_weights_stay_the_same_for_ever),
        TEST(test_learning_rates),
        TEST(test_random_labels_are_memorised_and_not_learned),
        TEST(test_parameters),
        TEST(test_presets_meet_their_goals),
        TEST(test_no_goal_is_met_at_the_default_or_before_the_first_step),
        TEST(test_too_fast_wants_a_broken_network),
        TEST(test_surface_shows_the_ring),
        TEST(test_curves_end_at_the_readouts),
        TEST(test_long_runs_thin_their_curve),
        TEST(test_budgets_do_not_change_bytes),
        TEST(test_divergence_is_told_and_leaves_numbers),
        TEST(test_every_corner_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
