/* The window: the last figures and their mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/math.h"
#include "base/window.h"

static void test_the_mean_is_that_of_the_last_figures(void **state) {
    (void)state;
    double room[3];
    ml_window window = ml_window_over(room, 3);
    const double value[] = {1, 2, 6, 10, -4, 0}, expected[] = {1, 1.5, 3, 6, 4, 2};
    assert_true(isnan(ml_window_mean(&window)));
    for (size_t i = 0; i < 6; i++) {
        ml_window_push(&window, value[i]);
        assert_int_equal(window.n, i < 3 ? i + 1 : 3);
        assert_true(ml_window_mean(&window) == expected[i]);
    }
}

/* A running sum would never get rid of the 1e20. */
static void test_a_figure_that_has_left_leaves_nothing_behind(void **state) {
    (void)state;
    double room[2];
    ml_window window = ml_window_over(room, 2);
    ml_window_push(&window, 1e20);
    for (int i = 0; i < 5; i++)
        ml_window_push(&window, 0.1);
    assert_true(ml_window_mean(&window) == 0.1);
}

/* The order of additions is that of the figures, wherever the ring begins. */
static void test_the_same_figures_give_the_same_bits(void **state) {
    (void)state;
    double room[7], other[7];
    ml_window window = ml_window_over(room, 7), shifted = ml_window_over(other, 7);
    for (int i = 0; i < 3; i++)
        ml_window_push(&shifted, 1.0 / 3.0);
    for (int i = 0; i < 40; i++) {
        ml_window_push(&window, 1.0 / (i + 3));
        ml_window_push(&shifted, 1.0 / (i + 3));
        if (i >= 6)
            assert_true(ml_window_mean(&window) == ml_window_mean(&shifted));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_mean_is_that_of_the_last_figures),
        cmocka_unit_test(test_a_figure_that_has_left_leaves_nothing_behind),
        cmocka_unit_test(test_the_same_figures_give_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
