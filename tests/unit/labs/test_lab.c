/* The contract of lab.h: params as people write them, runs cut up by budgets, frames that never overflow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

/* A lab that counts: each step costs 10; `pace` is live, `start` is not. */
enum { START, PACE, KIND, SIGN };
static const char *const kinds[] = {"slow", "fast", NULL};
static const lab_param params[] = {
    [START] = {"start", "Start", "", LAB_INTEGER, 0, 10, 3},
    [PACE] = {"pace", "Pace", "", .min = 0.5, .max = 4, .initial = 1, .live = true},
    [KIND] = {"kind", "Kind", "", LAB_CHOICE, .initial = 1, .choices = kinds, .live = true},
    [SIGN] = {"sign", "Sign", "", LAB_TOGGLE, .initial = 0, .live = true},
};
static const lab_series series[] = {{"sum", "sum", LAB_ACCENT, LAB_MARK_LINE}};
static const lab_view views[] = {
    {"sum_by_step", "Sum", LAB_LINE, {.title = "step"}, {.title = "sum"}, LAB_SERIES(series), .code = "step"},
};
static const lab_readout readouts[] = {{"sum", "sum", "", .code = "figures"}};
static const lab_action actions[] = {{"add_ten", "Add ten", NULL}};

typedef struct state {
    double sum;
    int64_t spent; /* of the step that is under way */
    int32_t adjusted;
    float *history;
} state;

static bool at_start(const void *s, const double *param, const double *readout) {
    (void)s, (void)param, (void)readout;
    return true;
}
static bool above_twenty(const void *s, const double *param, const double *readout) {
    (void)s, (void)param;
    return readout[0] > 20;
}
static const lab_goal goals[] = {{"any", "Run it", at_start, NULL}, {"twenty", "Get above 20", above_twenty, NULL}};

static ml_status init(void *s, const double *param, const lab_setup *setup, ml_error *error) {
    state *now = s;
    now->history = ML_ALLOC(setup->arena, 16, float);
    if (now->history == NULL)
        return ml_fail(error, ML_ENOMEM, "no room");
    now->sum = param[START] + (double)setup->seed;
    return ML_OK;
}
static ml_status step(void *s, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    state *now = s;
    if (progress->step == 5 && param[KIND] == 0)
        return ml_fail(error, ML_EDIVERGED, "diverged at step 5");
    const int64_t part = *budget < 10 - now->spent ? *budget : 10 - now->spent;
    *budget -= part;
    now->spent += part;
    if (now->spent == 10) {
        now->spent = 0;
        now->sum += param[PACE];
        progress->step++;
        progress->finished = progress->step == 12;
    }
    return ML_OK;
}
static ml_status adjust(void *s, const double *param, int32_t changed, ml_error *error) {
    (void)param, (void)error;
    ((state *)s)->adjusted = changed;
    return ML_OK;
}
static ml_status act(void *s, const double *param, int32_t action, ml_error *error) {
    (void)param, (void)action, (void)error;
    ((state *)s)->sum += 10;
    return ML_OK;
}
static void read_view(void *s, const double *param, int32_t view, lab_frame *frame) {
    (void)param, (void)view;
    lab_put_point(frame, 0, 1, (float)((state *)s)->sum);
}
static void figures(void *s, const double *param, double *readout) {
    (void)param;
    readout[0] = ((state *)s)->sum;
}
static const lab counter = {
    .name = "counter", .title = "Counter", .question = "How far?",
    .params = params, .n_params = LAB_COUNT(params), .views = views, .n_views = LAB_COUNT(views),
    .readouts = readouts, .n_readouts = LAB_COUNT(readouts), .actions = actions, .n_actions = LAB_COUNT(actions),
    .goals = goals, .n_goals = LAB_COUNT(goals), .state_bytes = sizeof(state), .arena_bytes = 4096, .steps = 12,
    .step_label = "one", .init = init, .step = step, .adjust = adjust, .act = act, .read = read_view,
    .figures = figures,
};

static double no_clock(void) {
    return 0;
}

static _Alignas(64) unsigned char memory[16384];
static lab_run open_run(void) {
    lab_run run;
    assert_true(lab_run_bytes(&counter) <= sizeof memory);
    assert_int_equal(lab_run_open(&run, &counter, memory, sizeof memory, no_clock), ML_OK);
    return run;
}

static void test_params_are_read_as_people_write_them(void **unused) {
    (void)unused;
    double value = -1;
    ml_error note;
    assert_int_equal(lab_param_parse(&params[PACE], "2.5", &value, &note), ML_OK);
    assert_true(value == 2.5 && note.message[0] == '\0');
    assert_int_equal(lab_param_parse(&params[PACE], "1e9", &value, &note), ML_OK);
    assert_true(value == 4);
    assert_string_equal(note.message, "pace is 4 here, not 1e9; it is a number from 0.5 to 4");
    assert_int_equal(lab_param_parse(&params[START], "2.6", &value, &note), ML_OK);
    assert_true(value == 3 && strstr(note.message, "whole number") != NULL);
    assert_int_equal(lab_param_parse(&params[KIND], "slow", &value, &note), ML_OK);
    assert_true(value == 0);
    assert_int_equal(lab_param_parse(&params[SIGN], "on", &value, &note), ML_OK);
    assert_true(value == 1);
}

static void test_a_value_that_cannot_be_read_is_refused_with_what_is_allowed(void **unused) {
    (void)unused;
    double value = 7;
    ml_error note;
    static const char *const bad[] = {"", "abc", "1x", "nan", "--3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(lab_param_parse(&params[PACE], bad[i], &value, &note), ML_EINVAL);
    assert_int_equal(lab_param_parse(&params[KIND], "medium", &value, &note), ML_EINVAL);
    assert_string_equal(note.message, "kind cannot be 'medium'; it is one of slow, fast");
    assert_int_equal(lab_param_parse(&params[SIGN], "maybe", &value, &note), ML_EINVAL);
    assert_string_equal(note.message, "sign cannot be 'maybe'; it is on or off");
    assert_true(value == 7);
}

static void test_settings_are_applied_together_or_refused_by_name(void **unused) {
    (void)unused;
    ml_error error;
    lab_run run = open_run();
    assert_int_equal(lab_run_apply(&run, "  pace=2 kind=slow  sign=on", &error), ML_OK);
    assert_true(run.param[PACE] == 2 && run.param[KIND] == 0 && run.param[SIGN] == 1 && run.param[START] == 3);
    assert_int_equal(lab_run_apply(&run, "", &error), ML_OK);
    assert_int_equal(lab_run_apply(&run, "speed=2", &error), ML_EINVAL);
    assert_string_equal(error.message, "the lab counter has no setting 'speed'");
    assert_int_equal(lab_run_apply(&run, "pace", &error), ML_EINVAL);
    assert_string_equal(error.message, "'pace' is not of the form name=value");
    assert_int_equal(lab_run_apply(&run, "pace=9", &error), ML_EINVAL);
    assert_string_equal(error.message, "pace is 4 here, not 9; it is a number from 0.5 to 4");
    assert_true(run.param[PACE] == 2);
}

static void test_clamping_keeps_to_the_range(void **unused) {
    (void)unused;
    assert_true(lab_param_clamp(&params[PACE], -1) == 0.5 && lab_param_clamp(&params[PACE], INFINITY) == 4);
    assert_true(lab_param_clamp(&params[PACE], NAN) == 1 && lab_param_clamp(&params[START], 4.5) == 5);
    assert_true(lab_param_clamp(&params[KIND], 9) == 1 && lab_param_clamp(&params[SIGN], -3) == 0);
}

static void test_budgets_cut_the_work_without_changing_it(void **unused) {
    (void)unused;
    lab_run run = open_run();
    lab_run_start(&run, 0);
    while (run.progress.step < 7)
        lab_run_advance(&run, 7 - run.progress.step, 1);
    lab_run_figures(&run);
    assert_true(run.readout[0] == 10);
    lab_run_start(&run, 0);
    lab_run_advance(&run, 7, 1000000);
    lab_run_figures(&run);
    assert_true(run.readout[0] == 10 && run.progress.step == 7);
    lab_run_advance(&run, 1000000, 1000000);
    assert_true(run.progress.finished && run.progress.step == 12);
}

static void test_a_live_param_goes_on_and_another_starts_anew(void **unused) {
    (void)unused;
    lab_run run = open_run();
    lab_run_start(&run, 5);
    lab_run_advance(&run, 4, 1000);
    lab_run_set(&run, PACE, 99);
    assert_int_equal(run.progress.step, 4);
    assert_int_equal(((state *)run.state)->adjusted, PACE);
    lab_run_set(&run, START, 1);
    assert_int_equal(run.progress.step, 0);
    lab_run_figures(&run);
    assert_true(run.readout[0] == 6 && run.param[PACE] == 4);
}

static void test_goals_wait_for_the_first_step_and_stay_met(void **unused) {
    (void)unused;
    lab_run run = open_run();
    lab_run_start(&run, 0);
    lab_run_figures(&run);
    assert_false(run.goal_met[0]);
    lab_run_advance(&run, 1, 1000);
    lab_run_figures(&run);
    assert_true(run.goal_met[0] && !run.goal_met[1]);
    lab_run_act(&run, 0);
    lab_run_act(&run, 0);
    lab_run_figures(&run);
    assert_true(run.goal_met[1]);
}

static void test_a_failure_stands_still_until_the_next_start(void **unused) {
    (void)unused;
    lab_run run = open_run();
    run.param[KIND] = 0;
    lab_run_start(&run, 0);
    assert_int_equal(lab_run_advance(&run, 100, 1000), ML_EDIVERGED);
    assert_string_equal(run.error.message, "diverged at step 5");
    assert_int_equal(lab_run_advance(&run, 100, 1000), ML_EDIVERGED);
    assert_int_equal(run.progress.step, 5);
    run.param[KIND] = 1;
    assert_int_equal(lab_run_start(&run, 0), ML_OK);
    assert_int_equal(run.error.message[0], '\0');
}

static void test_too_little_memory_is_a_sentence(void **unused) {
    (void)unused;
    lab_run run;
    assert_int_equal(lab_run_open(&run, &counter, memory, 100, no_clock), ML_ENOMEM);
    assert_non_null(strstr(run.error.message, "bytes"));
}

static void test_a_frame_takes_what_fits_and_says_when_it_is_full(void **unused) {
    (void)unused;
    float data[32];
    char text[16];
    lab_frame frame = {.data = data, .capacity = 32, .text = text, .text_capacity = sizeof text, .empty = true};
    lab_put_label(&frame, "too early");
    assert_int_equal(frame.text_length, 0);
    const float x[4] = {1, 2, 3, 4}, class_of[4] = {0, 1, 0, 1};
    lab_put_points(&frame, 0, 4, NULL, x);
    assert_int_equal(frame.length, LAB_BLOCK_HEADER + 8);
    assert_true(data[LAB_BLOCK_HEADER] == 0 && data[LAB_BLOCK_HEADER + 3] == 3 && data[LAB_BLOCK_HEADER + 4] == 1);
    lab_put_classes(&frame, class_of, NULL, class_of);
    assert_true(data[LAB_BLOCK_COLUMNS] == 4 && data[LAB_BLOCK_HAS] == 5);
    lab_put_label(&frame, "%d %s", 7, "up");
    assert_string_equal(text, "7 up");
    assert_true(data[LAB_BLOCK_LABELS] == 1 && !frame.full);
    const size_t before = frame.length;
    lab_put_points(&frame, 0, 4, x, x);
    assert_true(frame.full && frame.length == before);
    lab_put_points(&frame, 0, SIZE_MAX / 2, x, x);
    assert_int_equal(frame.length, before);
}

static void test_every_lab_declares_itself_completely(void **unused) {
    (void)unused;
    for (int32_t i = 0; i < lab_list_length; i++) {
        const lab *one = lab_list[i];
        assert_ptr_equal(lab_find(one->name), one);
        assert_true(one->n_params <= LAB_MAX_PARAMS && one->n_readouts <= LAB_MAX_READOUTS && one->n_goals <= 32);
        assert_true(one->steps >= 0 && one->n_views > 0 && one->title && one->question && one->step_label);
        for (int32_t p = 0; p < one->n_params; p++) {
            assert_int_equal(lab_param_index(one, one->params[p].name), p);
            assert_true(lab_param_clamp(&one->params[p], one->params[p].initial) == one->params[p].initial);
        }
        for (int32_t v = 0; v < one->n_views; v++) {
            assert_non_null(one->views[v].code);
            assert_non_null(one->views[v].title);
        }
        for (int32_t r = 0; r < one->n_readouts; r++)
            assert_non_null(one->readouts[r].code);
    }
    assert_null(lab_find("no-such-lab"));
}

/* The extremes of every param, one at a time: a status or a run, never a crash. */
static void test_every_lab_stands_the_ends_of_its_sliders(void **unused) {
    (void)unused;
    for (int32_t i = 0; i < lab_list_length; i++) {
        const lab *one = lab_list[i];
        void *room = malloc(lab_run_bytes(one));
        lab_frame frame = {.data = malloc(sizeof(float) << 20), .capacity = 1 << 20, .text = malloc(1 << 16),
                           .text_capacity = 1 << 16};
        assert_true(room != NULL && frame.data != NULL && frame.text != NULL);
        for (int32_t p = 0; p < one->n_params; p++) {
            const double ends[] = {-INFINITY, INFINITY};
            for (int end = 0; end < 2; end++) {
                lab_run run;
                assert_int_equal(lab_run_open(&run, one, room, lab_run_bytes(one), no_clock), ML_OK);
                run.param[p] = lab_param_clamp(&one->params[p], ends[end]);
                const ml_status started = lab_run_start(&run, 1);
                const bool lacks_file = one->csv && p == one->csv->param && run.param[p] == one->csv->choice;
                assert_int_equal(started, lacks_file ? ML_EINVAL : ML_OK); /* the reader's own file is not there */
                const ml_status status = lab_run_advance(&run, 2, 20000000);
                assert_true(status == ML_OK || run.error.message[0] != '\0');
                lab_run_figures(&run);
                for (int32_t v = 0; v < one->n_views; v++) {
                    lab_run_read(&run, v, &frame);
                    assert_false(frame.full);
                }
            }
        }
        free(room);
        free(frame.data);
        free(frame.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_params_are_read_as_people_write_them),
        cmocka_unit_test(test_a_value_that_cannot_be_read_is_refused_with_what_is_allowed),
        cmocka_unit_test(test_settings_are_applied_together_or_refused_by_name),
        cmocka_unit_test(test_clamping_keeps_to_the_range),
        cmocka_unit_test(test_budgets_cut_the_work_without_changing_it),
        cmocka_unit_test(test_a_live_param_goes_on_and_another_starts_anew),
        cmocka_unit_test(test_goals_wait_for_the_first_step_and_stay_met),
        cmocka_unit_test(test_a_failure_stands_still_until_the_next_start),
        cmocka_unit_test(test_too_little_memory_is_a_sentence),
        cmocka_unit_test(test_a_frame_takes_what_fits_and_says_when_it_is_full),
        cmocka_unit_test(test_every_lab_declares_itself_completely),
        cmocka_unit_test(test_every_lab_stands_the_ends_of_its_sliders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
