/* The sentences that a failed check tells. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run.h"

static void passes(check *c) {
    memset(CHECK_BUFFER(c, 3, float), 0, 3 * sizeof(float));
}

static void fails(check *c) {
    check_input(c, "n = %d", 3);
    check_int(c, "the answer", 41, 42);
}

const check_case check_cases[] = {
    {"passes", "Passes", CHECK_SHOWN, passes},
    {"fails", "Fails", CHECK_HIDDEN, fails},
    {0},
};

static void test_the_first_failure_is_the_one_told(void **state) {
    (void)state;
    check c = {0};
    assert_true(check_true(&c, true, "never told"));
    assert_false(c.failed);
    assert_string_equal(c.message, "");
    assert_false(check_true(&c, 1 > 2, "%d is not above %d", 1, 2));
    check_fail(&c, "a later failure");
    assert_true(c.failed);
    assert_string_equal(c.message, "1 is not above 2");
}

static void test_values_are_printed_so_that_they_read_back(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.1, "x is 0.1, expected 7"},        {20, "x is 20, expected 7"},
        {1.0 / 3, "x is 0.3333333333333333, expected 7"}, {1e300, "x is 1e+300, expected 7"},
        {-0.5, "x is -0.5, expected 7"},      {NAN, "x is NaN, expected 7"},
        {INFINITY, "x is infinity, expected 7"}, {-INFINITY, "x is -infinity, expected 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check c = {0};
        assert_false(check_double(&c, "x", cases[i].value, 7, 0));
        assert_string_equal(c.message, cases[i].text);
    }
}

static void test_a_float_is_printed_with_a_float_s_digits(void **state) {
    (void)state;
    check c = {0};
    const float got[] = {0.1f}, expected[] = {0.3f};
    check_floats(&c, "out", got, expected, 1, 1, 0);
    assert_string_equal(c.message, "out[0] is 0.1, expected 0.3");
}

static void test_special_values_equal_themselves(void **state) {
    (void)state;
    check c = {0};
    assert_true(check_double(&c, "x", NAN, NAN, 0));
    assert_true(check_double(&c, "x", INFINITY, INFINITY, 0));
    assert_true(check_relative(&c, "x", -INFINITY, -INFINITY, 1e-9));
    assert_false(c.failed);
    assert_false(check_double(&c, "x", INFINITY, -INFINITY, 1));
    assert_false(check_double(&c, "x", NAN, 1, INFINITY));
    assert_false(check_between(&c, "x", NAN, 0, 1));
}

static void test_a_tolerance_is_kept_and_told(void **state) {
    (void)state;
    check c = {0};
    assert_true(check_double(&c, "x", 1.25, 1, 0.25));
    assert_true(check_relative(&c, "x", 1010, 1000, 0.01));
    assert_false(c.failed);
    assert_false(check_double(&c, "x", 1.5, 1, 0.25));
    assert_string_equal(c.message, "x is 1.5, expected 1 (may differ by 0.25)");
    c = (check){0};
    assert_false(check_relative(&c, "x", 1011, 1000, 0.01));
    assert_string_equal(c.message, "x is 1011, expected 1000 (may differ by a share of 0.01)");
    c = (check){0};
    assert_true(check_between(&c, "x", 2, 2, 3));
    assert_false(check_between(&c, "x", 3.5, 2, 3));
    assert_string_equal(c.message, "x is 3.5, expected from 2 to 3");
}

static void test_an_array_tells_its_first_difference_and_its_shape(void **state) {
    (void)state;
    check c = {0};
    const double got[] = {1, 2, 3, 9, 5, 9}, expected[] = {1, 2, 3, 4, 5, 6};
    assert_false(check_doubles(&c, "C", got, expected, 2, 3, 0));
    assert_string_equal(c.message, "C[1][0] is 9, expected 4; 2 of 6 values (2 x 3) differ");
    c = (check){0};
    assert_false(check_doubles(&c, "y", got, expected, 5, 1, 0));
    assert_string_equal(c.message, "y[3] is 9, expected 4; 1 of 5 values differs");
    c = (check){0};
    const int labels[] = {0, 1}, right[] = {0, 2};
    assert_false(check_ints(&c, "label", labels, right, 2, 1));
    assert_string_equal(c.message, "label[1] is 1, expected 2; 1 of 2 values differs");
    c = (check){0};
    assert_true(check_doubles(&c, "C", got, got, 2, 3, 0));
    assert_true(check_doubles(&c, "none", NULL, NULL, 0, 1, 0));
    assert_false(c.failed);
}

static void test_what_was_never_written_is_said_to_be(void **state) {
    (void)state;
    check c = {0};
    float *out = CHECK_BUFFER(&c, 2, float);
    assert_true(out[0] == CHECK_DIRT && out[1] == CHECK_DIRT);
    check_floats(&c, "out", out, (const float[]){1, 2}, 2, 1, 0);
    assert_string_equal(c.message, "out[0] is -12345.678, expected 1 (it was never written); 2 of 2 values differ");
    check_release();
}

static void test_a_changed_input_is_found(void **state) {
    (void)state;
    check c = {0};
    const int before[] = {1, 2, 3};
    int *now = check_copy(&c, before, sizeof before);
    assert_true(check_unchanged(&c, "x", now, before, sizeof before));
    now[1] = 7;
    assert_false(check_unchanged(&c, "x", now, before, sizeof before));
    assert_string_equal(c.message, "x was changed (first at byte 4 of it); it is const: leave it as it is");
    check_release();
}

static void test_a_long_input_is_cut(void **state) {
    (void)state;
    check c = {0};
    check_input(&c, "%0600d", 1);
    assert_int_equal(strlen(c.input), 500);
    assert_string_equal(c.input + 496, " ...");
    check_input(&c, "%0500d", 1);
    assert_int_equal(strlen(c.input), 500);
    assert_string_equal(c.input + 496, "0001");
}

static void test_a_buffer_of_nothing_is_a_buffer(void **state) {
    (void)state;
    check c = {0};
    assert_non_null(check_buffer(&c, 0));
    assert_non_null(check_copy(&c, NULL, 0));
    check_release();
}

static void test_cases_are_counted_run_and_told(void **state) {
    (void)state;
    check c;
    char text[64];
    assert_int_equal(check_count(), 2);
    assert_true(check_run(&check_cases[0], &c));
    assert_false(check_run(&check_cases[1], &c));
    check_told(&c, text, sizeof text);
    assert_string_equal(text, "Given n = 3: the answer is 41, expected 42.");
    check_told(&c, text, 12);
    assert_string_equal(text, "Given n = 3");
    c = (check){0};
    check_fail(&c, "Why?");
    check_told(&c, text, sizeof text);
    assert_string_equal(text, "Why?");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_failure_is_the_one_told),
        cmocka_unit_test(test_values_are_printed_so_that_they_read_back),
        cmocka_unit_test(test_a_float_is_printed_with_a_float_s_digits),
        cmocka_unit_test(test_special_values_equal_themselves),
        cmocka_unit_test(test_a_tolerance_is_kept_and_told),
        cmocka_unit_test(test_an_array_tells_its_first_difference_and_its_shape),
        cmocka_unit_test(test_what_was_never_written_is_said_to_be),
        cmocka_unit_test(test_a_changed_input_is_found),
        cmocka_unit_test(test_a_long_input_is_cut),
        cmocka_unit_test(test_a_buffer_of_nothing_is_a_buffer),
        cmocka_unit_test(test_cases_are_counted_run_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
