/* The playground: every figure that the chapter states, its goals, and that no setting can break it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif
#ifdef SANITIZED
enum { SEEDS = 1 }; /* a sanitizer looks for wrong code, not for wrong figures, and takes ten times as long */
#else
enum { SEEDS = 5 };
#endif

#define MOONS "data=moons noise=0.07 "

static const lab *playground;
static void *memory, *other_memory;
static float *data, *other_data;
static char text[1 << 16];

static double clock_that_ticks(void) {
    static double seconds;
    return seconds += 0.001;
}

static int set_up(void **state) {
    (void)state;
    playground = lab_find("mlp-playground");
    assert_non_null(playground);
    memory = malloc(lab_run_bytes(playground));
    other_memory = malloc(lab_run_bytes(playground));
    data = malloc((sizeof(float)) << 20);
    other_data = malloc((sizeof(float)) << 20);
    return memory == NULL || other_memory == NULL || data == NULL || other_data == NULL;
}

static int tear_down(void **state) {
    (void)state;
    free(memory);
    free(other_memory);
    free(data);
    free(other_data);
    return 0;
}

static void start_in(void *where, lab_run *run, const char *settings, uint64_t seed) {
    assert_int_equal(lab_run_open(run, playground, where, lab_run_bytes(playground), clock_that_ticks), ML_OK);
    assert_int_equal(lab_run_apply(run, settings, NULL), ML_OK);
    assert_int_equal(lab_run_start(run, seed), ML_OK);
}

static void start(lab_run *run, const char *settings, uint64_t seed) {
    start_in(memory, run, settings, seed);
}

static int32_t index_of(const char *readout) {
    for (int32_t i = 0; i < playground->n_readouts; i++)
        if (strcmp(playground->readouts[i].name, readout) == 0)
            return i;
    fail_msg("there is no readout %s", readout);
    return -1;
}

static double figure(lab_run *run, const char *name) {
    lab_run_figures(run);
    return run->readout[index_of(name)];
}

static double after(lab_run *run, const char *settings, uint64_t seed, int32_t epochs, const char *name) {
    start(run, settings, seed);
    lab_run_advance(run, epochs, INT64_MAX);
    return figure(run, name);
}

static double mean_after(const char *settings, int32_t epochs, const char *name) {
    double sum = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        sum += after(&run, settings, seed, epochs, name) / SEEDS;
    }
    return sum;
}

/* The least and the most of a figure at any of the next epochs. */
static void range_over(lab_run *run, int32_t epochs, const char *name, double *least, double *most) {
    *least = INFINITY;
    *most = -INFINITY;
    for (int32_t e = 0; e < epochs; e++) {
        lab_run_advance(run, 1, INT64_MAX);
        const double now = figure(run, name);
        *least = fmin(*least, now);
        *most = fmax(*most, now);
    }
}

static void assert_between(double value, double low, double high) {
    if (!(value >= low && value <= high))
        fail_msg("%g does not lie in [%g, %g]", value, low, high);
}

/* --- The figures of the chapter ----------------------------------------------------------------------------------- */

static void test_the_default_solves_the_spiral(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        double least, most;
        start(&run, "", seed);
        assert_between(figure(&run, "parameters"), 697, 697);
        range_over(&run, 60, "test_accuracy", &least, &most);
        assert_between(most, 0.95, 1);
        lab_run_advance(&run, 60, INT64_MAX);
        assert_between(figure(&run, "test_accuracy"), 0.97, 1);
    }
}

static void test_units(void **state) {
    (void)state;
    lab_run run;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        assert_between(after(&run, "feature_scale=100 standardise=off", seed, 120, "test_accuracy"), 0, 0.8999);
#ifndef SANITIZED
    assert_between(mean_after("feature_scale=100 standardise=off", 120, "test_accuracy"), 0.59, 0.82);
#endif
    assert_between(after(&run, "feature_scale=100", 1, 120, "test_accuracy"), 0.97, 1);
}

static void test_depth_without_bends(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        double least, most;
        start(&run, "data=circles noise=0.05 activation=identity layers=4", seed);
        range_over(&run, 100, "test_accuracy", &least, &most);
        assert_between(most, 0, 0.7499);
        assert_between(after(&run, "data=circles noise=0.05 layers=1 width=6", seed, 100, "test_accuracy"), 0.97, 1);
    }
}

static void test_symmetry(void **state) {
    (void)state;
    static const char *const settings[] = {"data=circles init=equal", "data=circles init=equal activation=tanh"};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        double least, most;
        start(&run, "init=zeros", seed);
        range_over(&run, 60, "training_loss", &least, &most);
        assert_between(least, 0.692, 0.694);
        assert_between(most, 0.692, 0.694);
        range_over(&run, 60, "test_accuracy", &least, &most);
        assert_true(least == 0.5 && most == 0.5);
        for (int i = 0; i < 2; i++) {
            start(&run, settings[i], seed);
            range_over(&run, 60, "distinct_units", &least, &most);
            assert_true(least == 1 && most == 1);
            start(&run, settings[i], seed);
            range_over(&run, 60, "test_accuracy", &least, &most);
            assert_between(most, 0, 0.7499);
        }
    }
}

static void test_vanishing(void **state) {
    (void)state;
    const char *six = MOONS "layers=6 optimiser=sgd learning_rate=0.1";
    const char *sigmoid = MOONS "layers=6 activation=sigmoid optimiser=sgd learning_rate=0.1";
    const char *batch = MOONS "layers=6 activation=sigmoid normalisation=batch optimiser=sgd learning_rate=0.1";
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        start(&run, sigmoid, seed);
        assert_between(figure(&run, "gradient_ratio"), 1e-6, 0.1999);
        lab_run_advance(&run, 60, INT64_MAX);
        assert_true(figure(&run, "test_accuracy") == 0.5);
        assert_between(after(&run, six, seed, 60, "test_accuracy"), 0.96, 1);
        assert_between(after(&run, batch, seed, 100, "test_accuracy"), 0.95, 1);
    }
#ifndef SANITIZED
    const char *layer = MOONS "layers=6 activation=sigmoid normalisation=layer optimiser=sgd learning_rate=0.1";
    assert_between(mean_after(layer, 100, "test_accuracy"), 0.73, 1);
#endif
}

static void test_rate_and_clipping(void **state) {
    (void)state;
    lab_run run;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        assert_between(after(&run, MOONS "optimiser=sgd learning_rate=1", seed, 60, "test_accuracy"), 0.99, 1);
        assert_between(after(&run, MOONS "optimiser=sgd learning_rate=3 clip_norm=0.5", seed, 60, "test_accuracy"),
                       0.97, 1);
    }
#ifndef SANITIZED
    assert_between(mean_after(MOONS "optimiser=sgd learning_rate=0.01", 60, "test_accuracy"), 0.87, 0.94);
    assert_between(mean_after(MOONS "optimiser=sgd learning_rate=3", 60, "test_accuracy"), 0.5, 0.9);
    assert_between(mean_after(MOONS "optimiser=sgd learning_rate=10", 60, "test_accuracy"), 0.4, 0.75);
#endif
}

static void test_memory(void **state) {
    (void)state;
    const char *settings = MOONS "rows=30 shuffle_labels=on width=32";
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        assert_between(after(&run, settings, seed, 800, "training_accuracy"), 0.9, 1);
    }
#ifndef SANITIZED
    assert_between(mean_after(settings, 800, "test_accuracy"), 0.28, 0.62);
#endif
}

#define OVERFITS "data=moons noise=0.105 rows=100 flipped_labels=0.2 width=32 "

static double final_over_best(const char *settings, uint64_t seed) {
    lab_run run;
    const double final = after(&run, settings, seed, 400, "test_loss");
    return final / figure(&run, "best_test_loss");
}

static void test_regularise(void **state) {
    (void)state;
    double plain = 0, l2 = 0, dropout = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const double ratio = final_over_best(OVERFITS, seed);
        assert_between(ratio, 1.2, INFINITY);
        plain += ratio / SEEDS;
        l2 += final_over_best(OVERFITS "l2=0.01", seed) / SEEDS;
        dropout += final_over_best(OVERFITS "dropout=0.3", seed) / SEEDS;
    }
    assert_between(plain, 1.6, 5);
    assert_between(l2, 1, 1.35);
    assert_between(dropout, 1, 2.6);
}

/* The mean over seeds of the highest test accuracy within 60 epochs. */
static double mean_of_best(const char *settings) {
    double sum = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        double least, most;
        start(&run, settings, seed);
        range_over(&run, 60, "test_accuracy", &least, &most);
        sum += most / SEEDS;
    }
    return sum;
}

static void test_bugs_hide_in_an_easy_problem(void **state) {
    (void)state;
    assert_between(mean_of_best(MOONS "bug=sign"), 0.94, 1);
    assert_between(mean_of_best(MOONS "bug=never_zeroed"), 0.91, 1);
    assert_between(mean_of_best(MOONS "bug=no_slope"), 0.90, 1);
    assert_between(mean_of_best(MOONS "bug=stale_labels"), 0.67, 0.90);
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_one_batch_finds_each_bug(void **state) {
    (void)state;
    double right[SEEDS];
    lab_run run;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        right[seed - 1] = after(&run, "one_batch=on", seed, 200, "training_loss");
    qsort(right, SEEDS, sizeof *right, ascending);
    assert_between(right[SEEDS / 2], 0, 0.01);
    assert_between(mean_after("one_batch=on bug=sign", 200, "training_loss"), 0.02, INFINITY);
    assert_between(mean_after("one_batch=on bug=no_slope", 200, "training_loss"), 0.02, INFINITY);
    assert_between(mean_after("one_batch=on bug=stale_labels", 200, "training_loss"), 0.02, INFINITY);
    assert_between(mean_after("one_batch=on bug=never_zeroed", 200, "training_loss"), 0.02, INFINITY);
}

static double checked(const char *settings, uint64_t seed, int32_t epochs) {
    lab_run run;
    start(&run, settings, seed);
    assert_true(figure(&run, "gradient_error") == -1 && figure(&run, "kinks_left_out") == -1);
    lab_run_advance(&run, epochs, INT64_MAX);
    assert_int_equal(lab_run_act(&run, lab_action_index(playground, "check_gradient")), ML_OK);
    assert_true(figure(&run, "kinks_left_out") >= 0);
    return figure(&run, "gradient_error");
}

static void test_the_gradient_check_finds_two_bugs_and_passes_the_others(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        assert_between(checked("", seed, 0), 0, 1e-4);
        assert_between(checked("", seed, 30), 0, 1e-4);
        assert_between(checked("normalisation=batch activation=tanh", seed, 1), 0, 1e-4);
        assert_between(checked("bug=stale_labels", seed, 1), 0, 1e-4);
        assert_between(checked("bug=never_zeroed", seed, 1), 0, 1e-4);
        assert_between(checked("bug=sign", seed, 1), 0.03, 1);
        assert_between(checked("bug=no_slope activation=tanh", seed, 1), 0.03, 1);
    }
    assert_true(checked("init=zeros layers=0", 1, 0) < 1e-6);
}

static void test_sparsity(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        assert_between(after(&run, MOONS "l1=0.01", seed, 100, "small_weights"), 0.40, 0.65);
        assert_between(after(&run, MOONS, seed, 100, "small_weights"), 0, 0.03);
    }
}

/* --- Goals -------------------------------------------------------------------------------------------------------- */

static void test_each_goal_is_met_by_its_preset_and_by_no_other_default(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int32_t epochs;
    } goals[] = {
        {"units", 120},  {"depth_without_bends", 100}, {"symmetry", 60},  {"vanishing", 60}, {"rate_and_clipping", 60},
        {"memory", 800}, {"regularise", 400},          {"bug_hunt", 200}, {"sparsity", 100}};
    assert_int_equal(playground->n_goals, LAB_COUNT(goals));
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        start(&run, "", seed);
        for (int32_t e = 0; e < playground->steps; e++) {
            lab_run_advance(&run, 1, INT64_MAX);
            lab_run_figures(&run);
        }
        for (int32_t i = 0; i < playground->n_goals; i++)
            assert_false(run.goal_met[i]);
        for (int32_t i = 0; i < playground->n_goals; i++) {
            assert_string_equal(playground->goals[i].name, goals[i].name);
            start(&run, playground->goals[i].preset, seed);
            lab_run_figures(&run);
            assert_false(run.goal_met[i]);
            lab_run_advance(&run, goals[i].epochs, INT64_MAX);
            lab_run_figures(&run);
            if (!run.goal_met[i])
                fail_msg("seed %d: %s is not met", (int)seed, goals[i].name);
        }
    }
}

static void test_the_gradient_check_meets_the_bug_hunt_as_well(void **state) {
    (void)state;
    lab_run run;
    start(&run, "bug=sign", 1);
    lab_run_advance(&run, 1, INT64_MAX);
    lab_run_act(&run, lab_action_index(playground, "check_gradient"));
    lab_run_figures(&run);
    assert_true(run.goal_met[7]);
}

/* --- The same bytes, whatever happens around them ----------------------------------------------------------------- */

static size_t read_view(lab_run *run, int32_t view, float *out) {
    lab_frame frame = {.data = out, .capacity = 1 << 20, .text = text, .text_capacity = sizeof text};
    lab_run_read(run, view, &frame);
    assert_false(frame.full);
    return frame.length;
}

static int32_t view_named(const char *name) {
    for (int32_t i = 0; i < playground->n_views; i++)
        if (strcmp(playground->views[i].name, name) == 0)
            return i;
    fail_msg("there is no view %s", name);
    return -1;
}

static void assert_same_pictures(lab_run *a, lab_run *b) {
    for (int32_t v = 0; v < playground->n_views; v++) {
        const size_t n = read_view(a, v, data);
        assert_int_equal(n, read_view(b, v, other_data));
        assert_memory_equal(data, other_data, n * sizeof *data);
    }
    lab_run_figures(a);
    lab_run_figures(b);
    for (int32_t i = 0; i < playground->n_readouts; i++)
        if (!playground->readouts[i].measured)
            assert_memory_equal(&a->readout[i], &b->readout[i], sizeof(double));
}

static void test_budgets_and_looking_change_no_byte(void **state) {
    (void)state;
    static const char *const settings[] = {"", "normalisation=batch dropout=0.2 data=moons batch_size=7",
                                           "normalisation=layer optimiser=rmsprop schedule=cosine l1=0.001 layers=3"};
    for (int i = 0; i < 3; i++) {
        lab_run whole, pieces;
        start_in(memory, &whole, settings[i], 2);
        start_in(other_memory, &pieces, settings[i], 2);
        lab_run_advance(&whole, 12, INT64_MAX);
        for (int calls = 0; pieces.progress.step < 12; calls++) {
            lab_run_advance(&pieces, 1, 1);
            lab_run_figures(&pieces);
            read_view(&pieces, calls % playground->n_views, data);
            if (calls == 5)
                lab_run_act(&pieces, lab_action_index(playground, "check_gradient"));
        }
        lab_run_act(&whole, lab_action_index(playground, "check_gradient"));
        lab_run_act(&pieces, lab_action_index(playground, "check_gradient"));
        assert_same_pictures(&whole, &pieces);
    }
}

static void test_the_scale_cancels_when_it_is_standardised(void **state) {
    (void)state;
    lab_run run;
    const double once = after(&run, "", 1, 10, "test_loss");
    assert_float_equal((float)once, (float)after(&run, "feature_scale=0.01", 1, 10, "test_loss"), 0.02f);
}

/* The picture shows what the network says: the cell under a training point has the point's class. */
static void test_the_surface_lies_under_its_points(void **state) {
    (void)state;
    lab_run run;
    start(&run, "", 1);
    lab_run_advance(&run, 120, INT64_MAX);
    const size_t n = read_view(&run, view_named("decision_surface"), data);
    const float *box = data + LAB_BLOCK_HEADER, *cell = box + 6;
    const size_t side = (size_t)data[LAB_BLOCK_ROWS];
    size_t at = LAB_BLOCK_HEADER + 6 + side * side, right = 0, rows = 0;
    while (at < n && data[at + LAB_BLOCK_SERIES] != 1) /* to the training points */
        at += LAB_BLOCK_HEADER + (size_t)data[at + LAB_BLOCK_ROWS] * (size_t)data[at + LAB_BLOCK_COLUMNS];
    rows = (size_t)data[at + LAB_BLOCK_ROWS];
    const float *x = data + at + LAB_BLOCK_HEADER, *y = x + rows, *class_of = y + rows;
    for (size_t i = 0; i < rows; i++) {
        const size_t column = (size_t)((x[i] - box[0]) / (box[1] - box[0]) * (float)side);
        const size_t row = (size_t)((y[i] - box[2]) / (box[3] - box[2]) * (float)side);
        right += (cell[row * side + column] > 0.5f) == (class_of[i] > 0.5f);
    }
    assert_int_equal(rows, 300);
    assert_in_range(right, 285, 300);
}

/* --- Actions and picks -------------------------------------------------------------------------------------------- */

static size_t blocks_of(lab_run *run, const char *view, int32_t series) {
    const size_t n = read_view(run, view_named(view), data);
    size_t blocks = 0;
    for (size_t at = 0; at < n;) {
        const float *block = data + at;
        const size_t extra = block[LAB_BLOCK_KIND] == (float)LAB_BLOCK_GRID ? 6 : 0;
        blocks += block[LAB_BLOCK_SERIES] == (float)series;
        at += LAB_BLOCK_HEADER + extra + (size_t)block[LAB_BLOCK_ROWS] * (size_t)block[LAB_BLOCK_COLUMNS];
    }
    return blocks;
}

static void test_a_kept_curve_stays_behind_the_next_runs(void **state) {
    (void)state;
    enum { TEST_KEPT = 4 };
    lab_run run;
    start(&run, "", 1);
    lab_run_advance(&run, 5, INT64_MAX);
    assert_int_equal(blocks_of(&run, "loss_by_epoch", TEST_KEPT), 0);
    for (size_t kept = 1; kept <= 6; kept++) {
        lab_run_act(&run, lab_action_index(playground, "keep_curve"));
        assert_int_equal(lab_run_set(&run, lab_param_index(playground, "width"), (double)kept), ML_OK);
        lab_run_advance(&run, 3, INT64_MAX);
        assert_int_equal(blocks_of(&run, "loss_by_epoch", TEST_KEPT), kept < 4 ? kept : 4); /* the oldest goes */
        assert_int_equal(blocks_of(&run, "accuracy_by_epoch", TEST_KEPT), kept < 4 ? kept : 4);
    }
}

static void test_forgetting_the_best_starts_its_search_anew(void **state) {
    (void)state;
    lab_run run;
    start(&run, OVERFITS, 1);
    lab_run_advance(&run, 400, INT64_MAX);
    const double best = figure(&run, "best_test_loss");
    lab_run_act(&run, lab_action_index(playground, "forget_best"));
    assert_true(figure(&run, "best_test_loss") == -1 && figure(&run, "best_test_loss_epoch") == -1);
    lab_run_advance(&run, 1, INT64_MAX);
    assert_true(figure(&run, "best_test_loss_epoch") == 401 && figure(&run, "best_test_loss") > best);
}

static void test_picking_a_unit_shows_its_weights_and_its_layer(void **state) {
    (void)state;
    lab_run run;
    start(&run, "layers=2 width=5", 1);
    const int32_t units = view_named("hidden_units"), weights = view_named("weights");
    const int32_t histogram = view_named("weight_histogram");
    read_view(&run, weights, data);
    assert_float_equal(data[LAB_BLOCK_ROWS], 5 * 3 + 5 * 6 + 6, 0);
    lab_run_pick(&run, units, 7);
    read_view(&run, weights, data);
    assert_float_equal(data[LAB_BLOCK_ROWS], 6, 0);   /* five inputs and a bias */
    assert_float_equal(data[LAB_BLOCK_HEADER], 2, 0); /* layer 2 */
    double count = 0;
    read_view(&run, histogram, data);
    for (size_t i = 0; i < (size_t)data[LAB_BLOCK_ROWS]; i++)
        count += (double)data[LAB_BLOCK_HEADER + (size_t)data[LAB_BLOCK_ROWS] + i];
    assert_true(count == 25);
    lab_run_pick(&run, units, 7); /* twice is no more than once */
    read_view(&run, weights, data);
    assert_float_equal(data[LAB_BLOCK_ROWS], 6, 0);
    lab_run_pick(&run, units, -1);
    read_view(&run, weights, data);
    assert_float_equal(data[LAB_BLOCK_ROWS], 51, 0);
    lab_run_pick(&run, units, 10);
    read_view(&run, weights, data);
    assert_float_equal(data[LAB_BLOCK_ROWS], 51, 0);
}

/* --- No setting breaks it ----------------------------------------------------------------------------------------- */

static void assert_everything_is_a_number(lab_run *run) {
    for (int32_t v = 0; v < playground->n_views; v++) {
        const size_t n = read_view(run, v, data);
        for (size_t i = 0; i < n; i++)
            if (!isfinite(data[i]))
                fail_msg("%s[%zu] is %g", playground->views[v].name, i, (double)data[i]);
    }
    lab_run_figures(run);
    for (int32_t i = 0; i < playground->n_readouts; i++)
        if (!isfinite(run->readout[i]))
            fail_msg("%s is %g", playground->readouts[i].name, run->readout[i]);
}

static void test_a_diverging_run_stops_with_a_sentence_and_keeps_its_last_picture(void **state) {
    (void)state;
    lab_run run;
    bool diverged = false;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        start(&run, MOONS "layers=6 normalisation=none optimiser=sgd learning_rate=10", seed);
        if (lab_run_advance(&run, 60, INT64_MAX) == ML_OK)
            continue;
        diverged = true;
        assert_int_equal(run.status, ML_EDIVERGED);
        assert_non_null(strstr(run.error.message, "diverged at step "));
        assert_non_null(strstr(run.error.message, ": the loss is no longer a number"));
        assert_everything_is_a_number(&run);
        const int32_t stood = run.progress.step;
        assert_float_equal((float)figure(&run, "epoch"), (float)stood, 0);
        lab_run_advance(&run, 5, INT64_MAX);
        assert_int_equal(run.progress.step, stood);
    }
    assert_true(diverged);
}

static double last_value(const lab_param *param) {
    if (param->kind == LAB_TOGGLE)
        return 1;
    double n = 0;
    if (param->kind == LAB_CHOICE)
        while (param->choices[(int)n] != NULL)
            n++;
    return param->kind == LAB_CHOICE ? n - 1 : param->max;
}

static void test_each_param_at_each_end_gives_numbers_or_a_sentence(void **state) {
    (void)state;
    for (int32_t p = 0; p < playground->n_params; p++) {
        const lab_param *param = &playground->params[p];
        const double low = param->kind == LAB_CHOICE || param->kind == LAB_TOGGLE ? 0 : param->min;
        const double high = last_value(param), step = param->kind == LAB_CHOICE ? 1 : high > low ? high - low : 1;
        for (double value = low; value <= high; value += step) {
            lab_run run;
            start(&run, "rows=40", 1);
            lab_run_set(&run, p, value);
            lab_run_advance(&run, 3, INT64_MAX);
            const bool lacks_file = p == playground->csv->param && (int32_t)value == playground->csv->choice;
            assert_true(run.status == (lacks_file ? ML_EINVAL : ML_OK) || run.status == ML_EDIVERGED);
            assert_true((run.status == ML_OK) == (run.error.message[0] == '\0'));
            assert_everything_is_a_number(&run);
        }
    }
}

static void test_the_largest_network_fits(void **state) {
    (void)state;
    static const char *const settings[] = {
        "rows=1000 layers=6 width=32 normalisation=batch batch_size=256 dropout=0.5",
        "rows=1000 layers=6 width=32 normalisation=layer batch_size=1",
    };
    for (int i = 0; i < 2; i++) {
        lab_run run;
        start(&run, settings[i], 1);
        assert_int_equal(lab_run_advance(&run, 2, INT64_MAX), ML_OK);
        assert_true(run.arena.used <= run.arena.capacity);
        assert_everything_is_a_number(&run);
        assert_int_equal(blocks_of(&run, "hidden_units", 0), 192);
    }
    assert_true(lab_run_bytes(playground) < 48u << 20);
}

static void test_a_long_run_keeps_a_curve_of_bounded_size(void **state) {
    (void)state;
    lab_run run;
    start(&run, "rows=20 layers=0 batch_size=256 optimiser=sgd", 1);
    lab_run_advance(&run, 9000, INT64_MAX);
    read_view(&run, view_named("loss_by_epoch"), data);
    const size_t n = (size_t)data[LAB_BLOCK_ROWS];
    assert_in_range(n, 1000, 2048);
    for (size_t i = 1; i < n; i++)
        assert_float_equal(data[LAB_BLOCK_HEADER + i] - data[LAB_BLOCK_HEADER + i - 1], 8, 0);
}

/* --- The contract with page, links and command line --------------------------------------------------------------- */

#define ASSERT_NAMES(array, count, expected)                                                                           \
    do {                                                                                                               \
        char all[1024] = "";                                                                                           \
        for (int32_t n = 0; n < (count); n++)                                                                          \
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", n ? " " : "", (array)[n].name);              \
        assert_string_equal(all, expected);                                                                            \
    } while (0)

static void test_names_are_those_of_the_chapter(void **state) {
    (void)state;
    ASSERT_NAMES(playground->params, playground->n_params,
                 "data rows noise flipped_labels shuffle_labels feature_scale standardise layers width activation init "
                 "normalisation optimiser learning_rate schedule batch_size l2 l1 dropout clip_norm one_batch bug");
    ASSERT_NAMES(playground->actions, playground->n_actions, "check_gradient keep_curve forget_best");
    ASSERT_NAMES(playground->views, playground->n_views,
                 "decision_surface hidden_units loss_by_epoch accuracy_by_epoch gradient_by_layer update_by_layer "
                 "weight_histogram gradient_histogram activation_histogram weights");
    ASSERT_NAMES(playground->readouts, playground->n_readouts,
                 "epoch training_loss test_loss training_accuracy test_accuracy best_test_loss best_test_loss_epoch "
                 "gradient_norm gradient_ratio gradient_error kinks_left_out dead_units distinct_units small_weights "
                 "parameters steps_per_second");
    ASSERT_NAMES(playground->goals, playground->n_goals,
                 "units depth_without_bends symmetry vanishing rate_and_clipping memory regularise bug_hunt sparsity");
    for (int32_t i = 0; i < playground->n_views; i++)
        assert_non_null(playground->views[i].code);
    for (int32_t i = 0; i < playground->n_readouts; i++)
        assert_non_null(playground->readouts[i].code);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_default_solves_the_spiral),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_depth_without_bends),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_vanishing),
        cmocka_unit_test(test_rate_and_clipping),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_regularise),
        cmocka_unit_test(test_bugs_hide_in_an_easy_problem),
        cmocka_unit_test(test_one_batch_finds_each_bug),
        cmocka_unit_test(test_the_gradient_check_finds_two_bugs_and_passes_the_others),
        cmocka_unit_test(test_sparsity),
        cmocka_unit_test(test_each_goal_is_met_by_its_preset_and_by_no_other_default),
        cmocka_unit_test(test_the_gradient_check_meets_the_bug_hunt_as_well),
        cmocka_unit_test(test_budgets_and_looking_change_no_byte),
        cmocka_unit_test(test_the_scale_cancels_when_it_is_standardised),
        cmocka_unit_test(test_the_surface_lies_under_its_points),
        cmocka_unit_test(test_a_kept_curve_stays_behind_the_next_runs),
        cmocka_unit_test(test_forgetting_the_best_starts_its_search_anew),
        cmocka_unit_test(test_picking_a_unit_shows_its_weights_and_its_layer),
        cmocka_unit_test(test_a_diverging_run_stops_with_a_sentence_and_keeps_its_last_picture),
        cmocka_unit_test(test_each_param_at_each_end_gives_numbers_or_a_sentence),
        cmocka_unit_test(test_the_largest_network_fits),
        cmocka_unit_test(test_a_long_run_keeps_a_curve_of_bounded_size),
        cmocka_unit_test(test_names_are_those_of_the_chapter),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
