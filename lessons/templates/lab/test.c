/* The lab coin-average: its goal, what its plot shows, and that neither a budget nor a look changes a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { ERROR };
enum { CLOSE };
enum { FLOATS = 1 << 13 };

static double no_clock(void) {
    return 0.0;
}

static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *declared = lab_find("coin-average");
    assert_non_null(declared);
    memory = malloc(lab_run_bytes(declared));
    assert_non_null(memory);
    assert_int_equal(lab_run_open(&run, declared, memory, lab_run_bytes(declared), no_clock), ML_OK);
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

static void play(int32_t steps, int64_t budget) {
    assert_int_equal(lab_run_advance(&run, steps, budget), ML_OK);
    lab_run_figures(&run);
}

static size_t read_view(float *data) {
    char text[256];
    lab_frame frame = {.data = data, .capacity = FLOATS, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, 0, &frame);
    assert_false(frame.full);
    return frame.length;
}

static void test_many_throws_come_close(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        start("bias=0.3", seed);
        play(2000, INT64_MAX);
        assert_true(run.progress.finished);
        assert_true(run.readout[ERROR] < 0.035); /* more than three standard errors */
    }
}

static void test_the_goal_asks_for_a_hundred_throws(void **state) {
    (void)state;
    start("bias=1", 1);
    play(99, INT64_MAX);
    assert_false(run.goal_met[CLOSE]);
    play(1, INT64_MAX);
    assert_true(run.goal_met[CLOSE]);
}

static void test_a_coin_with_two_heads_is_always_right(void **state) {
    (void)state;
    static float data[FLOATS];
    start("bias=1", 1);
    play(10, INT64_MAX);
    assert_true(run.readout[ERROR] == 0.0);
    read_view(data);
    assert_int_equal((int)data[LAB_BLOCK_ROWS], 10);
    assert_true(data[LAB_BLOCK_HEADER + (size_t)(data[LAB_BLOCK_ROWS] * data[LAB_BLOCK_COLUMNS]) - 1] == 1.0f);
}

static void test_budgets_do_not_change_bytes(void **state) {
    (void)state;
    static float whole[FLOATS], pieces[FLOATS];
    start("", 7);
    play(500, INT64_MAX);
    const size_t length = read_view(whole);
    start("", 7);
    while (run.progress.step < 500) {
        play(1, 1);
        assert_true(read_view(pieces) <= length);
    }
    assert_int_equal(read_view(pieces), length);
    assert_memory_equal(pieces, whole, length * sizeof *whole);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_many_throws_come_close),
        TEST(test_the_goal_asks_for_a_hundred_throws),
        TEST(test_a_coin_with_two_heads_is_always_right),
        TEST(test_budgets_do_not_change_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
