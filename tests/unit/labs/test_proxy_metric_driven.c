/* The lab proxy-metric on somebody else's ranking: the definition below is linked in place of the library's. What the
 * lab asks of it, and what it says when the answer is no list of 20 items. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"

enum { ITEMS = 1000, SHOWN = 20, CALLS = 6 };
static enum { FIRST_ITEMS, TOO_FEW, TWICE, BEYOND } answer;
static double asked[CALLS]; /* for which α, of stars */
static int n_calls;

size_t ml_blend_rank(size_t n, const double *quality, const double *engagement, double weight_quality,
                     double weight_engagement, size_t k, size_t *top, double *score) {
    assert_true(n == ITEMS && k == SHOWN && weight_quality + weight_engagement == 1.0);
    assert_non_null(quality);
    assert_non_null(engagement);
    memset(score, 0, n * sizeof *score);
    asked[n_calls++ % CALLS] = weight_quality;
    for (size_t i = 0; i < k; i++)
        top[i] = i;
    if (answer == TWICE)
        top[7] = 3;
    if (answer == BEYOND)
        top[19] = ITEMS;
    return answer == TOO_FEW ? k - 1 : k;
}

static double no_clock(void) {
    return 0.0;
}

static lab_run run;
static void *memory;

static int open_lab(void **state) {
    (void)state;
    const lab *proxy = lab_find("proxy-metric");
    assert_non_null(proxy);
    memory = malloc(lab_run_bytes(proxy));
    assert_non_null(memory);
    n_calls = 0;
    return lab_run_open(&run, proxy, memory, lab_run_bytes(proxy), no_clock) != ML_OK;
}

static int close_lab(void **state) {
    (void)state;
    free(memory);
    return 0;
}

static void test_it_ranks_the_five_references_and_yours(void **state) {
    (void)state;
    const double expected[CALLS] = {0.0, 0.25, 0.5, 0.75, 1.0, 0.3};
    answer = FIRST_ITEMS;
    assert_int_equal(lab_run_apply(&run, "alpha=0.3", NULL), ML_OK);
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    assert_int_equal(n_calls, CALLS);
    assert_memory_equal(asked, expected, sizeof expected);
    assert_int_equal(lab_run_advance(&run, 200, INT64_MAX), ML_OK);
    static float data[1 << 14];
    static char text[64];
    lab_frame frame = {.data = data, .capacity = 1 << 14, .text = text, .text_capacity = sizeof text};
    lab_run_read(&run, 3, &frame);
    assert_memory_equal(data + LAB_BLOCK_HEADER, data + 2 * LAB_BLOCK_HEADER + 2 * ITEMS, SHOWN * sizeof *data);
}

static void test_what_is_no_list_is_refused_with_a_sentence(void **state) {
    (void)state;
    const char *const sentence[] = {[TOO_FEW] = "20 items and gave 19", [TWICE] = "place 7 is 3 again",
                                    [BEYOND] = "place 19 is 1000"};
    for (answer = TOO_FEW; answer <= BEYOND; answer++) {
        assert_int_equal(lab_run_start(&run, 1), ML_EINVAL);
        assert_non_null(strstr(run.error.message, sentence[answer]));
    }
    answer = FIRST_ITEMS;
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    answer = BEYOND;
    assert_int_equal(lab_run_set(&run, 0, 0.5), ML_EINVAL);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_lab, close_lab)
    const struct CMUnitTest tests[] = {
        TEST(test_it_ranks_the_five_references_and_yours),
        TEST(test_what_is_no_list_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
