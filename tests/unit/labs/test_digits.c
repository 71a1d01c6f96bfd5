/* The digits lab: it learns what it promises, reads what is drawn, meets its goals, and stands any file it is given. */
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
enum { SEEDS = 3 };
#endif

enum { INK = 32, EXAMPLES = 48 };

static const lab *digits;
static void *memory, *other_memory;
static float *data, *other_data;
static char text[1 << 16], other_text[1 << 16];

static double clock_that_ticks(void) {
    static double seconds;
    return seconds += 0.001;
}

static int set_up(void **state) {
    (void)state;
    digits = lab_find("digits");
    assert_non_null(digits);
    memory = malloc(lab_run_bytes(digits));
    other_memory = malloc(lab_run_bytes(digits));
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
    assert_int_equal(lab_run_open(run, digits, where, lab_run_bytes(digits), clock_that_ticks), ML_OK);
    assert_int_equal(lab_run_apply(run, settings, NULL), ML_OK);
    assert_int_equal(lab_run_start(run, seed), ML_OK);
}

static void start(lab_run *run, const char *settings, uint64_t seed) {
    start_in(memory, run, settings, seed);
}

static double figure(lab_run *run, const char *name) {
    for (int32_t i = 0; i < digits->n_readouts; i++) {
        if (strcmp(digits->readouts[i].name, name) == 0) {
            lab_run_figures(run);
            return run->readout[i];
        }
    }
    fail_msg("there is no readout %s", name);
    return 0;
}

static bool goal_is_met(lab_run *run, const char *name) {
    for (int32_t i = 0; i < digits->n_goals; i++) {
        if (strcmp(digits->goals[i].name, name) == 0) {
            lab_run_figures(run);
            return run->goal_met[i];
        }
    }
    fail_msg("there is no goal %s", name);
    return false;
}

static int32_t view_named(const char *name) {
    for (int32_t i = 0; i < digits->n_views; i++)
        if (strcmp(digits->views[i].name, name) == 0)
            return i;
    fail_msg("there is no view %s", name);
    return -1;
}

static size_t read_view(lab_run *run, int32_t view, float *out, char *labels) {
    lab_frame frame = {.data = out, .capacity = 1 << 20, .text = labels, .text_capacity = sizeof text};
    memset(labels, 0, sizeof text);
    lab_run_read(run, view, &frame);
    assert_false(frame.full);
    return frame.length;
}

static size_t blocks_in(const char *view, lab_run *run) {
    const size_t n = read_view(run, view_named(view), data, text);
    size_t blocks = 0;
    for (size_t at = 0; at < n; blocks++)
        at += LAB_BLOCK_HEADER + 6 + (size_t)data[at + LAB_BLOCK_ROWS] * (size_t)data[at + LAB_BLOCK_COLUMNS];
    return blocks;
}

/* --- Drawing as a hand does: lines of a round pen ----------------------------------------------------------------- */

typedef struct point {
    float x, y; /* 0 to 1 from the upper left corner; x below 0 lifts the pen */
} point;

#define LIFT {-1, 0}
static const point zero[] = {{.5f, .14f}, {.34f, .2f}, {.26f, .4f}, {.27f, .64f}, {.36f, .82f}, {.52f, .86f},
                             {.67f, .78f}, {.74f, .58f}, {.73f, .36f}, {.64f, .19f}, {.5f, .14f}};
static const point one[] = {{.5f, .14f}, {.5f, .86f}};
static const point two[] = {{.3f, .28f}, {.38f, .17f}, {.52f, .14f}, {.66f, .2f}, {.7f, .33f}, {.62f, .48f},
                            {.3f, .85f}, {.74f, .85f}};
static const point three[] = {{.3f, .2f}, {.48f, .14f}, {.66f, .22f}, {.66f, .38f}, {.48f, .48f}, {.68f, .58f},
                              {.7f, .74f}, {.52f, .86f}, {.3f, .8f}};
static const point four[] = {{.56f, .14f}, {.27f, .6f}, {.75f, .6f}, LIFT, {.6f, .38f}, {.6f, .87f}};
static const point five[] = {{.7f, .15f}, {.36f, .15f}, {.34f, .46f}, {.52f, .42f}, {.68f, .52f}, {.69f, .7f},
                             {.56f, .84f}, {.34f, .82f}};
static const point six[] = {{.62f, .14f}, {.44f, .3f}, {.33f, .55f}, {.35f, .76f}, {.5f, .86f}, {.66f, .77f},
                            {.67f, .6f}, {.54f, .52f}, {.36f, .62f}};
static const point seven[] = {{.28f, .17f}, {.72f, .17f}, {.45f, .86f}, LIFT, {.36f, .5f}, {.66f, .5f}};
static const point eight[] = {{.5f, .49f}, {.35f, .36f}, {.38f, .2f}, {.52f, .14f}, {.65f, .22f}, {.64f, .36f},
                              {.5f, .49f}, {.34f, .62f}, {.33f, .78f}, {.5f, .86f}, {.67f, .78f}, {.66f, .62f},
                              {.5f, .49f}};
static const point nine[] = {{.68f, .36f}, {.6f, .5f}, {.42f, .52f}, {.32f, .4f}, {.34f, .24f}, {.5f, .15f},
                             {.64f, .2f}, {.68f, .36f}, {.62f, .86f}};
static const struct {
    const point *at;
    size_t n;
} hand[10] = {
    {zero, sizeof zero / sizeof *zero},   {one, sizeof one / sizeof *one},       {two, sizeof two / sizeof *two},
    {three, sizeof three / sizeof *three}, {four, sizeof four / sizeof *four},   {five, sizeof five / sizeof *five},
    {six, sizeof six / sizeof *six},      {seven, sizeof seven / sizeof *seven}, {eight, sizeof eight / sizeof *eight},
    {nine, sizeof nine / sizeof *nine},
};

static float distance_to_line(float x, float y, point a, point b) {
    const float dx = b.x - a.x, dy = b.y - a.y;
    float t = ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy);
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypotf(x - a.x - t * dx, y - a.y - t * dy);
}

static void draw_digit(lab_run *run, int digit) {
    static float ink[INK * INK];
    const float pen = 1.3f / INK;
    for (int i = 0; i < INK * INK; i++) {
        float nearest = 1;
        for (size_t k = 0; k + 1 < hand[digit].n; k++) {
            const point a = hand[digit].at[k], b = hand[digit].at[k + 1];
            const float x = ((float)(i % INK) + 0.5f) / INK, y = ((float)(i / INK) + 0.5f) / INK;
            if (a.x >= 0 && b.x >= 0)
                nearest = fminf(nearest, distance_to_line(x, y, a, b));
        }
        const float cover = 0.5f + (pen - nearest) * INK;
        ink[i] = cover < 0 ? 0 : cover > 1 ? 1 : cover;
    }
    lab_run_draw(run, view_named("pad"), ink);
}

/* --- What it promises --------------------------------------------------------------------------------------------- */

static void test_the_default_reads_95_percent_within_ten_epochs_and_97_in_the_end(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        lab_run run;
        start(&run, "", seed);
        assert_true(figure(&run, "test_accuracy") < 0.3);
        assert_int_equal(lab_run_advance(&run, 10, INT64_MAX), ML_OK);
        assert_true(figure(&run, "test_accuracy") >= 0.95);
        lab_run_advance(&run, 20, INT64_MAX);
        assert_true(figure(&run, "test_accuracy") >= 0.97);
        assert_true(figure(&run, "moved_accuracy") < 0.7); /* what the goal is about */
    }
}

static void test_it_reads_what_is_drawn(void **state) {
    (void)state;
    lab_run run;
    int right = 0;
    start(&run, "", 1);
    lab_run_advance(&run, 20, INT64_MAX);
    for (int digit = 0; digit < 10; digit++) {
        draw_digit(&run, digit);
        right += figure(&run, "pad_digit") == digit;
    }
    assert_in_range(right, 9, 10);
    draw_digit(&run, 3);
    assert_true(figure(&run, "pad_digit") == 3 && figure(&run, "pad_probability") > 0.9);
    assert_true(goal_is_met(&run, "your_hand"));
    read_view(&run, view_named("pad"), data, text);
    assert_non_null(strstr(text, "Your drawing"));
    assert_non_null(strstr(text + strlen(text) + 1, "Reads 3, "));
}

static void test_no_goal_is_met_by_the_default(void **state) {
    (void)state;
    lab_run run;
    start(&run, "", 1);
    for (int i = 0; i < 30; i++) {
        lab_run_advance(&run, 1, INT64_MAX);
        lab_run_figures(&run);
    }
    for (int32_t g = 0; g < digits->n_goals; g++)
        if (run.goal_met[g])
            fail_msg("the default meets %s", digits->goals[g].name);
}

/* Each preset meets its own goal and no other. */
static void test_each_goal_is_met_by_its_preset(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        for (int32_t g = 0; g < digits->n_goals; g++) {
            lab_run run;
            if (digits->goals[g].preset == NULL)
                continue;
            start(&run, digits->goals[g].preset, seed);
            for (int i = 0; i < 40 && !run.goal_met[g]; i++) {
                lab_run_advance(&run, 1, INT64_MAX);
                lab_run_figures(&run);
            }
            for (int32_t other = 0; other < digits->n_goals; other++)
                if (run.goal_met[other] != (other == g))
                    fail_msg("preset of %s, seed %d: goal %s", digits->goals[g].name, (int)seed,
                             digits->goals[other].name);
        }
    }
}

/* The sentence of the goal "moved": convolutions alone are not enough, and shifts alone are not either. */
static void test_a_dense_network_does_not_get_there_with_shifts(void **state) {
    (void)state;
    lab_run run;
    start(&run, "network=dense shifts=1", 1);
    lab_run_advance(&run, 30, INT64_MAX);
    assert_true(figure(&run, "moved_accuracy") < 0.92);
    assert_true(figure(&run, "parameters") < 1898 && figure(&run, "parameters") > 1700);
}

static void test_dropout_still_learns(void **state) {
    (void)state;
    lab_run run;
    start(&run, "dropout=0.3", 1);
    lab_run_advance(&run, 15, INT64_MAX);
    assert_true(figure(&run, "test_accuracy") >= 0.94);
}

/* --- The data ----------------------------------------------------------------------------------------------------- */

static void test_two_thirds_are_learned_from_and_a_third_is_the_test(void **state) {
    (void)state;
    lab_run run;
    start(&run, "", 4);
    read_view(&run, view_named("confusion"), data, text);
    float all = 0;
    for (int row = 0; row < 10; row++) {
        float written = 0;
        for (int column = 0; column < 10; column++)
            written += data[LAB_BLOCK_HEADER + 6 + row * 10 + column];
        assert_in_range((int)written, 56, 62); /* each class in its share */
        all += written;
    }
    assert_float_equal(all, 597, 0);
    assert_true(figure(&run, "test_loss") > 2); /* it knows nothing yet */
}

static void refused(const char *file, const char *sentence) {
    lab_run run;
    assert_int_equal(lab_run_open(&run, digits, memory, lab_run_bytes(digits), clock_that_ticks), ML_OK);
    lab_run_data(&run, file, file != NULL ? strlen(file) : 0);
    assert_int_not_equal(lab_run_start(&run, 1), ML_OK);
    if (strstr(run.error.message, sentence) == NULL)
        fail_msg("said: %s", run.error.message);
    lab_run_figures(&run); /* there is nothing to see, and no harm in looking */
    for (int32_t v = 0; v < digits->n_views; v++)
        assert_int_equal(read_view(&run, v, data, text), 0);
}

/* `rows` digits of one column with `cell` in its first row. */
static char *file_of(size_t rows, const char *cell) {
    char *file = malloc((rows + 1) * 65 * 8), *at = file;
    assert_non_null(file);
    for (int j = 0; j < 65; j++)
        at += sprintf(at, j ? ",p%d" : "p%d", j);
    for (size_t i = 0; i < rows; i++)
        for (int j = 0; j < 65; j++)
            at += j < 64 ? sprintf(at, "%s%s", j ? "," : "\n", i == 0 && j == 5 ? cell : "7")
                         : sprintf(at, ",%zu", i % 10);
    return file;
}

static void test_a_file_that_holds_no_digits_is_refused_with_a_sentence(void **state) {
    (void)state;
    static const struct {
        const char *cell, *sentence;
    } cells[] = {{"17", "is not a whole number from 0 to 16"}, {"-1", "is not a whole number from 0 to 16"},
                 {"2.5", "is not a whole number from 0 to 16"}, {"", "is not a whole number from 0 to 16"},
                 {"many", "holds no numbers"}};
    refused(NULL, "needs its data, digits.csv");
    refused("", "the file is empty");
    refused("a,b\n1,2\n", "65 in all");
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char *file = file_of(40, cells[i].cell);
        refused(file, cells[i].sentence);
        free(file);
    }
    char *few = file_of(12, "7"), *many = file_of(6001, "7");
    refused(few, "class"); /* one row of a class cannot be split */
    refused(many, "at most 6000");
    free(few);
    free(many);
}

static void test_a_file_of_ones_own_is_learned_from_at_the_largest_settings(void **state) {
    (void)state;
    lab_run run;
    char *file = file_of(6000, "7");
    assert_int_equal(lab_run_open(&run, digits, memory, lab_run_bytes(digits), clock_that_ticks), ML_OK);
    assert_int_equal(lab_run_apply(&run, "filters=16 batch_size=128 dropout=0.5", NULL), ML_OK);
    lab_run_data(&run, file, strlen(file));
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    assert_int_equal(lab_run_advance(&run, 1, INT64_MAX), ML_OK);
    assert_true(figure(&run, "training_accuracy") < 0.2); /* all digits look the same there */
    free(file);
}

/* --- The pad ------------------------------------------------------------------------------------------------------ */

static void test_an_empty_pad_says_so(void **state) {
    (void)state;
    static const float nothing[INK * INK];
    lab_run run;
    start(&run, "", 1);
    assert_true(figure(&run, "pad_digit") >= 0); /* a test digit lies there at first */
    lab_run_draw(&run, view_named("pad"), nothing);
    assert_true(figure(&run, "pad_digit") == -1 && figure(&run, "pad_probability") == -1);
    read_view(&run, view_named("pad"), data, text);
    assert_string_equal(text, "Empty.");
}

static void test_what_is_no_ink_is_not_drawn(void **state) {
    (void)state;
    static const float wrong[] = {NAN, -0.1f, 1.1f, INFINITY};
    lab_run run;
    start(&run, "", 1);
    draw_digit(&run, 7);
    const size_t n = read_view(&run, view_named("pad"), data, text);
    for (size_t i = 0; i < 4; i++) {
        float ink[INK * INK] = {0};
        ink[100] = wrong[i];
        lab_run_draw(&run, view_named("pad"), ink);
        assert_int_equal(read_view(&run, view_named("pad"), other_data, other_text), n);
        assert_memory_equal(data, other_data, n * sizeof *data);
    }
    lab_run_draw(&run, view_named("confusion"), wrong); /* which is no pad */
}

static void test_a_drawing_survives_a_new_start(void **state) {
    (void)state;
    lab_run run;
    start(&run, "", 1);
    draw_digit(&run, 4);
    const size_t n = read_view(&run, view_named("pad"), data, text);
    const size_t picture = LAB_BLOCK_HEADER + 6 + INK * INK;
    assert_int_equal(lab_run_set(&run, lab_param_index(digits, "filters"), 4), ML_OK);
    assert_int_equal(read_view(&run, view_named("pad"), other_data, text), n);
    assert_memory_equal(data, other_data, picture * sizeof *data);
}

/* The first row of the frame is the lowest: a stroke along the top comes last. */
static void test_the_pad_shows_what_is_drawn_the_right_way_up(void **state) {
    (void)state;
    float ink[INK * INK] = {0};
    lab_run run;
    start(&run, "", 1);
    ink[2 * INK + 5] = 0.75f;
    lab_run_draw(&run, view_named("pad"), ink);
    read_view(&run, view_named("pad"), data, text);
    assert_true(data[LAB_BLOCK_HEADER + 6 + (INK - 1 - 2) * INK + 5] == 0.75f);
}

static void test_mistakes_are_found_listed_and_put_on_the_pad(void **state) {
    (void)state;
    lab_run run;
    start(&run, "", 1);
    lab_run_advance(&run, 5, INT64_MAX);
    const size_t wrong = blocks_in("examples", &run);
    assert_in_range(wrong, 1, EXAMPLES);
    const int written = text[0] - '0', said = text[strlen("5 read as ")] - '0';
    assert_int_not_equal(written, said);
    lab_run_pick(&run, view_named("examples"), 0);
    assert_true(figure(&run, "pad_digit") == said);
    lab_run_act(&run, lab_action_index(digits, "next_mistake"));
    read_view(&run, view_named("pad"), data, text);
    assert_true(figure(&run, "pad_digit") != text[2] - '0'); /* "A 5 from the test set" */
    lab_run_act(&run, lab_action_index(digits, "next_digit"));
    lab_run_pick(&run, view_named("confusion"), 7 * 10 + 7); /* sevens that were read as such */
    const size_t sevens = blocks_in("examples", &run);
    assert_in_range(sevens, 40, EXAMPLES);
    assert_memory_equal(text, "7 read as 7, no. ", 17);
    lab_run_pick(&run, view_named("confusion"), -1);
    assert_int_equal(blocks_in("examples", &run), wrong);
    lab_run_pick(&run, view_named("examples"), 4000);
    lab_run_pick(&run, view_named("confusion"), 4000);
    assert_int_equal(blocks_in("examples", &run), wrong);
}

static void test_without_a_mistake_the_pad_stays_as_it_is(void **state) {
    (void)state;
    lab_run run;
    char *file = file_of(40, "7"); /* all digits are alike, so the network says one class for all */
    assert_int_equal(lab_run_open(&run, digits, memory, lab_run_bytes(digits), clock_that_ticks), ML_OK);
    for (char *at = strchr(file, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        at[strcspn(at + 1, "\n")] = '0'; /* and one class is what they are */
    lab_run_data(&run, file, strlen(file));
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    lab_run_advance(&run, 60, INT64_MAX);
    assert_true(figure(&run, "test_accuracy") == 1);
    assert_int_equal(blocks_in("examples", &run), 0);
    const size_t n = read_view(&run, view_named("pad"), data, text);
    assert_int_equal(lab_run_act(&run, lab_action_index(digits, "next_mistake")), ML_OK);
    assert_int_equal(read_view(&run, view_named("pad"), other_data, other_text), n);
    assert_memory_equal(data, other_data, n * sizeof *data);
    free(file);
}

/* --- The same bytes, and faults ----------------------------------------------------------------------------------- */

static void assert_same_pictures(lab_run *a, lab_run *b) {
    for (int32_t v = 0; v < digits->n_views; v++) {
        const size_t n = read_view(a, v, data, text);
        assert_int_equal(n, read_view(b, v, other_data, other_text));
        assert_memory_equal(data, other_data, n * sizeof *data);
    }
    lab_run_figures(a);
    lab_run_figures(b);
    for (int32_t i = 0; i < digits->n_readouts; i++)
        if (!digits->readouts[i].measured)
            assert_memory_equal(&a->readout[i], &b->readout[i], sizeof(double));
}

static void test_budgets_and_looking_change_no_byte(void **state) {
    (void)state;
    static const char *const settings[] = {"", "network=dense shifts=2 batch_size=7 optimiser=momentum dropout=0.2",
                                           "filters=3 shifts=1 rows=100 batch_size=128 dropout=0.5"};
    for (int i = 0; i < 3; i++) {
        lab_run whole, pieces;
        start_in(memory, &whole, settings[i], 2);
        start_in(other_memory, &pieces, settings[i], 2);
        lab_run_advance(&whole, 3, INT64_MAX);
        for (int calls = 0; pieces.progress.step < 3; calls++) {
            lab_run_advance(&pieces, 1, 1);
            lab_run_figures(&pieces);
            draw_digit(&pieces, calls % 10);
            read_view(&pieces, calls % digits->n_views, data, text);
        }
        draw_digit(&pieces, 6);
        draw_digit(&whole, 6);
        assert_same_pictures(&whole, &pieces);
    }
}

static void assert_everything_is_a_number(lab_run *run) {
    for (int32_t v = 0; v < digits->n_views; v++) {
        const size_t n = read_view(run, v, data, text);
        for (size_t i = 0; i < n; i++)
            if (!isfinite(data[i]))
                fail_msg("%s[%zu] is %g", digits->views[v].name, i, (double)data[i]);
    }
    lab_run_figures(run);
    for (int32_t i = 0; i < digits->n_readouts; i++)
        assert_true(isfinite(run->readout[i]));
}

/* Beyond the slider's end, where a step leaves the floats altogether. */
static void test_a_run_that_leaves_the_numbers_stops_with_a_sentence_and_its_last_picture(void **state) {
    (void)state;
    lab_run run;
    start(&run, "optimiser=sgd", 1);
    lab_run_advance(&run, 2, INT64_MAX);
    const double accuracy = figure(&run, "test_accuracy");
    run.param[lab_param_index(digits, "learning_rate")] = 1e38;
    assert_int_equal(lab_run_advance(&run, 3, INT64_MAX), ML_EDIVERGED);
    assert_string_equal(run.error.message, "diverged after epoch 2: the loss is no longer a number; try a smaller "
                                           "learning rate");
    assert_everything_is_a_number(&run);
    assert_true(figure(&run, "test_accuracy") == accuracy);
    assert_true(goal_is_met(&run, "too_fast"));
    assert_int_equal(run.progress.step, 2);
    lab_run_set(&run, lab_param_index(digits, "learning_rate"), 0.01);
    assert_int_equal(lab_run_start(&run, 1), ML_OK); /* Reset */
}

static void test_the_optimiser_can_be_changed_on_the_way(void **state) {
    (void)state;
    lab_run run;
    start(&run, "optimiser=momentum learning_rate=0.05", 1);
    lab_run_advance(&run, 4, INT64_MAX);
    lab_run_set(&run, lab_param_index(digits, "optimiser"), ML_OPT_ADAM);
    lab_run_set(&run, lab_param_index(digits, "learning_rate"), 0.003);
    assert_int_equal(run.progress.step, 4);
    lab_run_advance(&run, 8, INT64_MAX);
    assert_true(figure(&run, "test_accuracy") >= 0.95);
}

static void test_a_long_run_keeps_a_curve_of_bounded_size(void **state) {
    (void)state;
    lab_run run;
    start(&run, "rows=10 filters=1 network=dense", 1);
    lab_run_advance(&run, 2200, INT64_MAX);
    read_view(&run, view_named("loss_by_epoch"), data, text);
    const size_t n = (size_t)data[LAB_BLOCK_ROWS];
    assert_in_range(n, 500, 1024);
    for (size_t i = 1; i < n; i++)
        assert_float_equal(data[LAB_BLOCK_HEADER + i] - data[LAB_BLOCK_HEADER + i - 1], 4, 0);
}

/* --- The contract with page, links and command line --------------------------------------------------------------- */

#define ASSERT_NAMES(array, count, expected)                                                                           \
    do {                                                                                                               \
        char all[1024] = "";                                                                                           \
        for (int32_t n = 0; n < (count); n++)                                                                          \
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", n ? " " : "", (array)[n].name);              \
        assert_string_equal(all, expected);                                                                            \
    } while (0)

static void test_names_are_those_that_links_and_lessons_use(void **state) {
    (void)state;
    ASSERT_NAMES(digits->params, digits->n_params,
                 "network filters rows shifts optimiser learning_rate batch_size dropout");
    ASSERT_NAMES(digits->actions, digits->n_actions, "next_digit next_mistake");
    ASSERT_NAMES(digits->views, digits->n_views,
                 "pad probabilities accuracy_by_epoch activations confusion loss_by_epoch examples filters_1 "
                 "filters_2");
    ASSERT_NAMES(digits->readouts, digits->n_readouts,
                 "test_accuracy pad_digit pad_probability moved_accuracy training_accuracy epoch training_loss "
                 "test_loss parameters steps_per_second");
    ASSERT_NAMES(digits->goals, digits->n_goals, "your_hand moved without_convolution small by_heart too_fast");
    assert_string_equal(digits->data, "digits.csv");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_default_reads_95_percent_within_ten_epochs_and_97_in_the_end),
        cmocka_unit_test(test_it_reads_what_is_drawn),
        cmocka_unit_test(test_no_goal_is_met_by_the_default),
        cmocka_unit_test(test_each_goal_is_met_by_its_preset),
        cmocka_unit_test(test_a_dense_network_does_not_get_there_with_shifts),
        cmocka_unit_test(test_dropout_still_learns),
        cmocka_unit_test(test_two_thirds_are_learned_from_and_a_third_is_the_test),
        cmocka_unit_test(test_a_file_that_holds_no_digits_is_refused_with_a_sentence),
        cmocka_unit_test(test_a_file_of_ones_own_is_learned_from_at_the_largest_settings),
        cmocka_unit_test(test_an_empty_pad_says_so),
        cmocka_unit_test(test_what_is_no_ink_is_not_drawn),
        cmocka_unit_test(test_a_drawing_survives_a_new_start),
        cmocka_unit_test(test_the_pad_shows_what_is_drawn_the_right_way_up),
        cmocka_unit_test(test_mistakes_are_found_listed_and_put_on_the_pad),
        cmocka_unit_test(test_without_a_mistake_the_pad_stays_as_it_is),
        cmocka_unit_test(test_budgets_and_looking_change_no_byte),
        cmocka_unit_test(test_a_run_that_leaves_the_numbers_stops_with_a_sentence_and_its_last_picture),
        cmocka_unit_test(test_the_optimiser_can_be_changed_on_the_way),
        cmocka_unit_test(test_a_long_run_keeps_a_curve_of_bounded_size),
        cmocka_unit_test(test_names_are_those_that_links_and_lessons_use),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
