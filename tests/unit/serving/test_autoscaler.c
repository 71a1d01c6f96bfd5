/* The autoscaler's rule: ratio, tolerance, ceiling, limits, cooldown, and what is on its way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static const ml_autoscaler_settings usual = {.target = 0.7, .tolerance = 0.1, .cooldown = 0, .least = 2, .most = 200};
static unsigned char block[1 << 14];
static ml_arena arena;
static ml_autoscaler scaler;
static ml_error error;

static void start(ml_autoscaler_settings settings, size_t window) {
    arena = ml_arena_over(block, sizeof block);
    assert_int_equal(ml_autoscaler_init(&scaler, &settings, window, 64, &arena, &error), ML_OK);
}

static void observe(size_t n, double utilisation) {
    for (size_t i = 0; i < n; i++)
        ml_autoscaler_observe(&scaler, utilisation);
}

/* A first decision after one tick. */
static int32_t decide(ml_autoscaler_settings settings, double utilisation, int32_t ready, int32_t starting) {
    start(settings, 1);
    observe(1, utilisation);
    return ml_autoscaler_desired(&scaler, ready, starting);
}

static void test_it_aims_at_the_target(void **state) {
    (void)state;
    assert_int_equal(decide(usual, 1.0, 10, 0), 15); /* 10 / 0.7 = 14.3 */
    assert_int_equal(decide(usual, 0.35, 10, 0), 5);
    assert_int_equal(decide(usual, 0.2, 10, 0), 3);  /* 2.86 */
    ml_autoscaler_settings half = usual;
    half.target = 0.5;
    assert_int_equal(decide(half, 1.0, 8, 0), 16); /* exactly: the ceiling adds none */
    half.target = 0.1;
    assert_int_equal(decide(half, 0.3, 10, 0), 30); /* 0.3 / 0.1 is a little above 3 in binary */
    assert_int_equal(decide(half, 2.5, 2, 0), 50);  /* a metric may exceed 1 */
}

static void test_within_the_tolerance_nothing_changes(void **state) {
    (void)state;
    assert_int_equal(decide(usual, 0.769, 100, 0), 100);
    assert_int_equal(decide(usual, 0.631, 100, 0), 100);
    assert_int_equal(decide(usual, 0.771, 100, 0), 111);
    assert_int_equal(decide(usual, 0.629, 100, 0), 90);
    ml_autoscaler_settings greedy = usual;
    greedy.target = 0.95; /* a metric that cannot exceed 1 never gets out of the tolerance */
    assert_int_equal(decide(greedy, 1.0, 6, 0), 6);
    greedy.tolerance = 0.0;
    assert_int_equal(decide(greedy, 1.0, 6, 0), 7);
}

static void test_it_stays_between_its_limits(void **state) {
    (void)state;
    assert_int_equal(decide(usual, 0.0, 10, 0), 2);
    assert_int_equal(decide(usual, 1.0, 190, 0), 200);
    assert_int_equal(decide(usual, 0.7, 1, 0), 2);
}

static void test_what_is_on_its_way_is_neither_doubled_nor_sent_back(void **state) {
    (void)state;
    assert_int_equal(decide(usual, 1.0, 10, 5), 15);
    assert_int_equal(decide(usual, 1.0, 10, 4), 15);
    assert_int_equal(decide(usual, 0.8, 10, 8), 18); /* 12 would do */
    assert_int_equal(decide(usual, 0.1, 10, 1), 11); /* nothing stops while one is starting */
    assert_int_equal(decide(usual, 0.1, 10, 0), 2);
}

static void test_it_looks_at_the_mean_of_its_window(void **state) {
    (void)state;
    start(usual, 15);
    observe(40, 0.0);
    observe(5, 0.6);
    observe(10, 0.9); /* mean 0.8 */
    assert_int_equal(ml_autoscaler_desired(&scaler, 7, 0), 8);
}

/* Decisions at ticks 15, 30, ...: a wish for 20 at 15 holds a cooldown of 60 at 30, 45 and 60, and no longer at 75. */
static void test_a_wish_holds_the_fleet_for_the_cooldown(void **state) {
    (void)state;
    ml_autoscaler_settings settings = usual;
    settings.cooldown = 60;
    start(settings, 1);
    observe(15, 1.0);
    assert_int_equal(ml_autoscaler_desired(&scaler, 14, 0), 20);
    for (int i = 0; i < 3; i++) {
        observe(15, 0.07);
        assert_int_equal(ml_autoscaler_desired(&scaler, 30, 0), 20);
    }
    observe(15, 0.07);
    assert_int_equal(ml_autoscaler_desired(&scaler, 30, 0), 3);
    observe(15, 0.35); /* the most of the wishes within the cooldown is now its own */
    assert_int_equal(ml_autoscaler_desired(&scaler, 30, 0), 15);
    observe(15, 0.07);
    assert_int_equal(ml_autoscaler_desired(&scaler, 30, 0), 15);
    assert_int_equal(ml_autoscaler_desired(&scaler, 12, 0), 12); /* to hold back is not to start more */
}

static void test_a_change_keeps_what_was_observed(void **state) {
    (void)state;
    start(usual, 15);
    observe(15, 0.8);
    ml_autoscaler_settings other = usual;
    other.target = 0.4;
    assert_int_equal(ml_autoscaler_change(&scaler, &other, &error), ML_OK);
    assert_int_equal(ml_autoscaler_desired(&scaler, 5, 0), 10);
    other.target = 0.0;
    assert_int_equal(ml_autoscaler_change(&scaler, &other, &error), ML_EINVAL);
    assert_true(scaler.settings.target == 0.4);
}

static void refuse(ml_autoscaler_settings settings, const char *message) {
    arena = ml_arena_over(block, sizeof block);
    assert_int_equal(ml_autoscaler_init(&scaler, &settings, 15, 21, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, message);
}

static void test_bad_settings_are_refused(void **state) {
    (void)state;
    ml_autoscaler_settings s = usual;
    s.target = 0;
    refuse(s, "a target of 0; aim at a utilisation above 0, such as 0.7");
    s = usual, s.tolerance = -0.1;
    refuse(s, "a tolerance of -0.1; it is a share, 0 or more");
    s = usual, s.cooldown = -1;
    refuse(s, "a cooldown of -1 ticks; it is 0 or more");
    s = usual, s.most = 1;
    refuse(s, "from 2 to 1 replicas; the least is 1 or more, and the most no fewer");
    s = usual, s.least = 0;
    refuse(s, "from 0 to 200 replicas; the least is 1 or more, and the most no fewer");
    arena = ml_arena_over(block, sizeof block);
    assert_int_equal(ml_autoscaler_init(&scaler, &usual, 0, 1, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, "a window of 0 ticks and 1 remembered decisions; both are at least 1");
    arena = ml_arena_over(block, 200);
    assert_int_equal(ml_autoscaler_init(&scaler, &usual, 15, 21, &arena, &error), ML_ENOMEM);
    assert_int_equal(arena.used, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_aims_at_the_target),
        cmocka_unit_test(test_within_the_tolerance_nothing_changes),
        cmocka_unit_test(test_it_stays_between_its_limits),
        cmocka_unit_test(test_what_is_on_its_way_is_neither_doubled_nor_sent_back),
        cmocka_unit_test(test_it_looks_at_the_mean_of_its_window),
        cmocka_unit_test(test_a_wish_holds_the_fleet_for_the_cooldown),
        cmocka_unit_test(test_a_change_keeps_what_was_observed),
        cmocka_unit_test(test_bad_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
