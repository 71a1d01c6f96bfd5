/* The index of the largest value: ties, NaN, infinities, nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ml.h"

static void test_the_first_of_the_largest_wins(void **state) {
    (void)state;
    assert_int_equal(ml_argmax(4, (const float[]){1.0f, 7.0f, 7.0f, 2.0f}), 1);
    assert_int_equal(ml_argmax(3, (const float[]){-3.0f, -1.0f, -2.0f}), 1);
    assert_int_equal(ml_argmax(3, (const float[]){0.0f, -0.0f, 0.0f}), 0);
    assert_int_equal(ml_argmax(3, (const float[]){-INFINITY, -INFINITY, -1e30f}), 2);
    assert_int_equal(ml_argmax(2, (const float[]){1e30f, INFINITY}), 1);
}

static void test_nan_never_wins(void **state) {
    (void)state;
    assert_int_equal(ml_argmax(3, (const float[]){NAN, -5.0f, -6.0f}), 1);
    assert_int_equal(ml_argmax(3, (const float[]){NAN, NAN, -INFINITY}), 2);
    assert_int_equal(ml_argmax(3, (const float[]){2.0f, NAN, 1.0f}), 0);
    assert_int_equal(ml_argmax(3, (const float[]){NAN, NAN, NAN}), 0);
}

static void test_of_nothing_it_is_0(void **state) {
    (void)state;
    assert_int_equal(ml_argmax(0, NULL), 0);
    assert_int_equal(ml_argmax(1, (const float[]){-2.0f}), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_of_the_largest_wins),
        cmocka_unit_test(test_nan_never_wins),
        cmocka_unit_test(test_of_nothing_it_is_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
