/* The lab rule-vs-model: the figures that the chapter promises, its worlds, its goals, and what is live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SEEDS = 2 }; /* slow there, and what a sanitizer looks for does not depend on the seed */
#else
enum { SEEDS = 8 };
#endif
enum { SWEEP = 128, WORLDS = 8, SIDE = 64, GRID = 32 };
enum { RULE_IFS, ROWS, NEIGHBOURS, LABEL_NOISE, REGIONS };
enum { ACCURACY_BY_REGIONS, TRUTH_MAP, RULE_MAP, MODEL_MAP };
enum { RULE_ACCURACY, MODEL_ACCURACY, EXAMPLES_PER_REGION, WINNER, IFS_NEEDED, SWEEPS };
enum { RULE_WINS, MODEL_WINS, TIE };
enum { RULE_CLIFF, TOO_FEW_ROWS, EXAMPLES_PER_REGION_DECIDE, COIN_LABELS };

static double no_clock(void) {
    return 0.0;
}

static float data[1 << 16];
static char text[1 << 12];
static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *duel = lab_find("rule-vs-model");
    assert_non_null(duel);
    memory = malloc(lab_run_bytes(duel));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, duel, memory, lab_run_bytes(duel), no_clock), ML_OK);
    return 0;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

/* Sets params as a link does, "rows=40 regions=64", and all others to their initial value. */
static void set(const char *settings) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = run.lab->params[i].initial;
    assert_int_equal(lab_run_apply(&run, settings, NULL), ML_OK);
}

static void run_sweeps(const char *settings, uint64_t seed, int32_t sweeps) {
    set(settings);
    assert_int_equal(lab_run_start(&run, seed), ML_OK);
    assert_int_equal(lab_run_advance(&run, sweeps * SWEEP, INT64_MAX), ML_OK);
    assert_int_equal(run.progress.step, sweeps * SWEEP);
    lab_run_figures(&run);
}

static const float *read_view(int32_t view) {
    lab_frame frame = {
        .data = data, .capacity = sizeof data / sizeof *data, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, view, &frame);
    assert_false(frame.full);
    return data;
}

/* What the curve shows: accuracies of rule and model by world, of 2, 4, ..., 256 regions. */
typedef struct curve {
    size_t n;
    double rule[WORLDS], model[WORLDS];
} curve;

static curve read_curve(void) {
    curve c = {0};
    const float *rule = read_view(ACCURACY_BY_REGIONS);
    c.n = (size_t)rule[LAB_BLOCK_ROWS];
    assert_true(c.n <= WORLDS);
    const float *model = rule + LAB_BLOCK_HEADER + 2 * c.n;
    assert_int_equal((int)model[LAB_BLOCK_SERIES], 1);
    for (size_t i = 0; i < c.n; i++) {
        assert_int_equal((int)rule[LAB_BLOCK_HEADER + i], 2 << i);
        c.rule[i] = (double)rule[LAB_BLOCK_HEADER + c.n + i];
        c.model[i] = (double)model[LAB_BLOCK_HEADER + c.n + i];
    }
    return c;
}

/* The mean over seeds of the first sweep. */
static curve mean_curve(const char *settings) {
    curve mean = {.n = WORLDS};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_sweeps(settings, seed, 1);
        const curve c = read_curve();
        assert_int_equal((int)c.n, WORLDS);
        for (size_t i = 0; i < WORLDS; i++) {
            mean.rule[i] += c.rule[i] / SEEDS;
            mean.model[i] += c.model[i] / SEEDS;
        }
    }
    return mean;
}

static void read_map(int32_t view, int side, float *map) {
    const float *block = read_view(view);
    assert_true(block[LAB_BLOCK_KIND] == LAB_BLOCK_GRID && block[LAB_BLOCK_ROWS] == (float)side &&
                block[LAB_BLOCK_COLUMNS] == (float)side);
    memcpy(map, block + LAB_BLOCK_HEADER + 6, (size_t)(side * side) * sizeof *map);
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("got %g, expected %g ± %g", got, expected, tolerance);
}

static size_t index_of(int regions) {
    size_t i = 0;
    while (2 << i < regions)
        i++;
    return i;
}

/* --- Things to try (the lab's specification): means over seeds, or every seed ------------------------------------- */

static void test_default_the_rule_falls_off_a_cliff(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        run_sweeps("", seed, 1);
        const curve c = read_curve();
        for (size_t i = 0; i <= index_of(8); i++)
            assert_true(c.rule[i] == 1.0 && c.model[i] < 1.0);
        assert_true(c.rule[index_of(16)] < 0.74 && c.model[index_of(16)] > 0.84);
        assert_true(run.goal_met[RULE_CLIFF]);
        for (int goal = TOO_FEW_ROWS; goal <= COIN_LABELS; goal++)
            assert_false(run.goal_met[goal]);
        assert_true(run.readout[WINNER] == MODEL_WINS && run.readout[IFS_NEEDED] == 15.0);
        assert_true(run.readout[EXAMPLES_PER_REGION] == 25.0 && run.readout[SWEEPS] == 1.0);
    }
    const curve mean = mean_curve("");
    assert_near(mean.model[index_of(2)], 0.975, 0.015);
    assert_near(mean.model[index_of(8)], 0.941, 0.015);
    assert_near(mean.rule[index_of(16)], 0.628, 0.025);
    assert_near(mean.model[index_of(16)], 0.921, 0.02);
    assert_near(mean.model[index_of(256)], 0.66, 0.03);
}

static void test_too_few_rows_are_a_coin(void **state) {
    (void)state;
    assert_near(mean_curve("rows=40").model[index_of(64)], 0.545, 0.05);
    assert_near(mean_curve("rows=4000").model[index_of(64)], 0.953, 0.02);
}

static void test_examples_per_region_decide(void **state) {
    (void)state;
    const double few = mean_curve("rows=40").model[index_of(4)], some = mean_curve("").model[index_of(32)],
                 many = mean_curve("rows=4000").model[index_of(256)];
    assert_near(few, 0.89, 0.05);
    assert_near(some, 0.88, 0.03);
    assert_near(many, 0.91, 0.03);
    assert_near(few, some, 0.06);
    assert_near(some, many, 0.06);
    assert_near(few, many, 0.06);
}

static void test_coin_labels_make_a_coin(void **state) {
    (void)state;
    const char *const rows[] = {"label_noise=0.5", "label_noise=0.5 rows=4000"};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const curve mean = mean_curve(rows[r]);
        for (size_t i = 0; i < WORLDS; i++)
            assert_near(mean.model[i], 0.50, SEEDS == 8 ? 0.03 : 0.1);
        for (size_t i = 0; i <= index_of(8); i++)
            assert_true(mean.rule[i] == 1.0);
    }
}

static void test_presets_of_all_goals_lead_there(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
            run_sweeps(run.lab->goals[goal].preset, seed, 1);
            assert_true(run.goal_met[goal]);
        }
}

static void test_nothing_is_known_before_the_first_step(void **state) {
    (void)state;
    for (int32_t goal = 0; goal < run.lab->n_goals; goal++) {
        set(run.lab->goals[goal].preset);
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        lab_run_figures(&run);
        for (int32_t i = 0; i < run.lab->n_goals; i++)
            assert_false(run.goal_met[i] || run.lab->goals[i].met(run.state, run.param, run.readout));
        assert_true(run.readout[RULE_ACCURACY] == -1.0 && run.readout[MODEL_ACCURACY] == -1.0);
        assert_true(run.readout[WINNER] == -1.0 && run.readout[SWEEPS] == 0.0);
        assert_int_equal((int)read_curve().n, 0);
    }
}

static void test_goals_are_not_given_away(void **state) {
    (void)state;
    run_sweeps("rows=20", 1, 1); /* the rule falls, and nobody is there to beat it */
    assert_false(run.goal_met[RULE_CLIFF]);
    run_sweeps("rows=40 regions=64 label_noise=0.5", 1, 1);
    assert_false(run.goal_met[TOO_FEW_ROWS]);
    run_sweeps("rows=4000 regions=128", 1, 1);
    assert_false(run.goal_met[EXAMPLES_PER_REGION_DECIDE]);
    run_sweeps("label_noise=0.45", 1, 1);
    assert_false(run.goal_met[COIN_LABELS]);
}

/* --- The worlds --------------------------------------------------------------------------------------------------- */

/* Where the label changes along a line of cells; 0 if it does not. */
static int border(const float *first, int stride) {
    int found = 0;
    for (int i = 1; i < SIDE; i++)
        if (first[i * stride] != first[(i - 1) * stride]) {
            assert_int_equal(found, 0);
            found = i;
        }
    return found;
}

static void test_the_first_cut_is_in_the_middle_fifth_either_way(void **state) {
    (void)state;
    static float truth[SIDE * SIDE];
    int across_x = 0, low_one = 0, first = SIDE, last = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        set("regions=2 rows=20");
        assert_int_equal(lab_run_start(&run, seed), ML_OK);
        read_map(TRUTH_MAP, SIDE, truth);
        const int at_x = border(truth, 1), at_y = border(truth, SIDE), at = at_x + at_y;
        assert_true((at_x == 0) != (at_y == 0));
        across_x += at_x > 0;
        low_one += truth[0] == 1.0f;
        first = at < first ? at : first;
        last = at > last ? at : last;
    }
    assert_true(first == 26 && last == 38); /* 2/5 and 3/5 of 64, inwards */
    assert_true(across_x > 60 && across_x < 140 && low_one > 60 && low_one < 140); /* off by chance: below 1e-7 */
}

static void test_enough_ifs_draw_the_truth_and_one_less_does_not(void **state) {
    (void)state;
    static float truth[SIDE * SIDE], rule[SIDE * SIDE];
    static const char *const names[] = {"2", "4", "8", "16", "32", "64", "128"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char settings[64];
        const int ifs = (2 << i) - 1;
        snprintf(settings, sizeof settings, "rows=20 regions=%s rule_ifs=%d", names[i], ifs);
        set(settings);
        assert_int_equal(lab_run_start(&run, 3), ML_OK);
        read_map(TRUTH_MAP, SIDE, truth);
        read_map(RULE_MAP, SIDE, rule);
        assert_memory_equal(truth, rule, sizeof truth);
        if (ifs == 1)
            continue; /* a rule has one if at least */
        lab_run_set(&run, RULE_IFS, ifs - 1);
        read_map(RULE_MAP, SIDE, rule);
        assert_memory_not_equal(truth, rule, sizeof truth);
    }
}

static void test_accuracies_are_what_the_maps_show(void **state) {
    (void)state;
    static float truth[SIDE * SIDE], rule[SIDE * SIDE], model[GRID * GRID];
    const char *const settings[] = {"", "regions=64 rule_ifs=31 neighbours=9", "regions=256 rule_ifs=128 rows=2000",
                                    "regions=4 rule_ifs=2 neighbours=15 rows=20", "regions=8 neighbours=4"};
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        run_sweeps(settings[s], 2, 1);
        set(settings[s]); /* the maps of the first sweep: the second has not replaced any but that of 2 regions */
        read_map(TRUTH_MAP, SIDE, truth);
        read_map(RULE_MAP, SIDE, rule);
        read_map(MODEL_MAP, GRID, model);
        int rule_right = 0, model_right = 0;
        for (int i = 0; i < SIDE * SIDE; i++)
            rule_right += rule[i] == truth[i];
        for (int i = 0; i < GRID * GRID; i++)
            model_right += model[i] == truth[i / GRID * 2 * SIDE + i % GRID * 2];
        assert_true(run.readout[RULE_ACCURACY] == rule_right / 4096.0);
        assert_true(run.readout[MODEL_ACCURACY] == model_right / 1024.0);
    }
}

static void test_a_tied_vote_goes_to_class_0(void **state) {
    (void)state;
    static float one[GRID * GRID], two[GRID * GRID];
    int fewer = 0;
    run_sweeps("neighbours=2 rows=100", 1, 1);
    read_map(MODEL_MAP, GRID, two);
    lab_run_set(&run, NEIGHBOURS, 1);
    read_map(MODEL_MAP, GRID, one);
    for (int i = 0; i < GRID * GRID; i++) {
        assert_true(two[i] <= one[i]);
        fewer += two[i] < one[i];
    }
    assert_true(fewer > 0);
}

static void test_as_many_labels_are_wrong_as_was_asked(void **state) {
    (void)state;
    static float truth[SIDE * SIDE];
    set("rows=4000 label_noise=0.2");
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    read_map(TRUTH_MAP, SIDE, truth);
    const float *points = read_view(MODEL_MAP) + LAB_BLOCK_HEADER + 6 + GRID * GRID;
    const size_t n = (size_t)points[LAB_BLOCK_ROWS];
    assert_int_equal((int)n, 4000);
    const float *x = points + LAB_BLOCK_HEADER, *y = x + n, *label = y + n;
    int wrong = 0;
    for (size_t i = 0; i < n; i++)
        wrong += label[i] != truth[(int)(y[i] * SIDE) * SIDE + (int)(x[i] * SIDE)];
    assert_near(wrong / 4000.0, 0.2, 0.04); /* six standard deviations */
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

/* A live param gives the figures of a run that had it from the start. */
static void test_live_params_look_back(void **state) {
    (void)state;
    run_sweeps("neighbours=7 rule_ifs=40 regions=64", 4, 2);
    const curve from_start = read_curve();
    double readout[LAB_MAX_READOUTS];
    memcpy(readout, run.readout, sizeof readout);
    run_sweeps("", 4, 2);
    const curve before = read_curve();
    lab_run_set(&run, NEIGHBOURS, 7);
    lab_run_set(&run, RULE_IFS, 40);
    lab_run_set(&run, REGIONS, 5);
    lab_run_figures(&run);
    const curve changed = read_curve();
    assert_int_equal(run.progress.step, 2 * SWEEP);
    assert_memory_equal(&from_start, &changed, sizeof changed);
    assert_memory_not_equal(&before, &changed, sizeof changed);
    assert_memory_equal(readout, run.readout, (size_t)run.lab->n_readouts * sizeof *readout);
}

static void test_sweeps_are_fresh_and_averaged(void **state) {
    (void)state;
    run_sweeps("", 1, 1);
    const curve first = read_curve();
    assert_int_equal(lab_run_advance(&run, SWEEP, INT64_MAX), ML_OK);
    const curve both = read_curve();
    double second = 0.0;
    for (size_t i = index_of(16); i < WORLDS; i++) {
        second += 2.0 * both.model[i] - first.model[i];
        assert_true(both.rule[i] != first.rule[i]);
    }
    assert_near(second / 5.0, 0.81, 0.04);
    lab_run_figures(&run);
    assert_true(run.readout[SWEEPS] == 2.0);
}

static void test_a_tie_is_a_tie(void **state) {
    (void)state;
    int ties = 0;
    for (uint64_t seed = 1; seed <= 40 && ties == 0; seed++) { /* both are exact on two regions now and then */
        run_sweeps("rows=4000 label_noise=0 regions=2 neighbours=1", seed, 1);
        ties += run.readout[WINNER] == TIE;
        assert_true((run.readout[WINNER] == TIE) == (run.readout[MODEL_ACCURACY] == run.readout[RULE_ACCURACY]));
        assert_true(run.readout[WINNER] != MODEL_WINS);
    }
    assert_true(ties > 0);
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    run_sweeps("rows=60", 5, 1);
    const curve whole = read_curve();
    double readout[LAB_MAX_READOUTS];
    memcpy(readout, run.readout, sizeof readout);

    assert_int_equal(lab_run_start(&run, 5), ML_OK);
    for (int64_t budget = 1; run.progress.step < SWEEP; budget = budget * 7 % 100003) {
        assert_int_equal(lab_run_advance(&run, 1, budget), ML_OK);
        (void)read_view(MODEL_MAP); /* looking changes nothing */
        lab_run_figures(&run);
    }
    const curve pieces = read_curve();
    assert_memory_equal(&whole, &pieces, sizeof whole);
    assert_memory_equal(readout, run.readout, (size_t)run.lab->n_readouts * sizeof *readout);
}

static void test_the_model_map_fills_as_it_is_asked(void **state) {
    (void)state;
    static float model[GRID * GRID];
    set("regions=2");
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    assert_int_equal(lab_run_advance(&run, 3, INT64_MAX), ML_OK);
    read_map(MODEL_MAP, GRID, model);
    for (int i = 0; i < GRID * GRID; i++)
        assert_true((model[i] == 0.5f) == (i >= 3 * 64));
}

static void test_seeds_differ_and_repeat(void **state) {
    (void)state;
    run_sweeps("rows=40", 1, 1);
    const curve first = read_curve();
    run_sweeps("rows=40", 2, 1);
    const curve other = read_curve();
    run_sweeps("rows=40", 1, 1);
    const curve again = read_curve();
    assert_memory_equal(&first, &again, sizeof first);
    assert_memory_not_equal(&first, &other, sizeof first);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_default_the_rule_falls_off_a_cliff),
        TEST(test_too_few_rows_are_a_coin),
        TEST(test_examples_per_region_decide),
        TEST(test_coin_labels_make_a_coin),
        TEST(test_presets_of_all_goals_lead_there),
        TEST(test_nothing_is_known_before_the_first_step),
        TEST(test_goals_are_not_given_away),
        TEST(test_the_first_cut_is_in_the_middle_fifth_either_way),
        TEST(test_enough_ifs_draw_the_truth_and_one_less_does_not),
        TEST(test_accuracies_are_what_the_maps_show),
        TEST(test_a_tied_vote_goes_to_class_0),
        TEST(test_as_many_labels_are_wrong_as_was_asked),
        TEST(test_live_params_look_back),
        TEST(test_sweeps_are_fresh_and_averaged),
        TEST(test_a_tie_is_a_tie),
        TEST(test_budgets_do_not_change_bytes),
        TEST(test_the_model_map_fills_as_it_is_asked),
        TEST(test_seeds_differ_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
