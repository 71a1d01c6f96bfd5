/* Sorting: order, stability, NaN last, at all small lengths and some large ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "base/sort.h"

static const size_t lengths[] = {0,  1,  2,  3,  15, 16, 17, 31,  32,  33,   47,   48,
                                 49, 63, 64, 65, 95, 96, 97, 127, 128, 1000, 4096, 10007};
enum { N_LENGTHS = sizeof lengths / sizeof *lengths, MOST = 10007 };

static double key[MOST], sorted[MOST], scratch[MOST];
static float float_key[MOST], float_sorted[MOST], float_scratch[MOST];
static uint32_t order[MOST], order_scratch[MOST], float_order[MOST];

/* Few different values, so that there are many ties; some NaN, infinities and both zeros. */
static void fill(size_t n, uint64_t values) {
    ml_rng rng = ml_rng_seed(n, values);
    const double specials[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0.0, -0.0};
    for (size_t i = 0; i < n; i++) {
        key[i] = (double)ml_rng_below(&rng, values) - 3;
        if (ml_rng_bernoulli(&rng, 0.1))
            key[i] = specials[ml_rng_below(&rng, 5)];
        float_key[i] = (float)key[i];
    }
}

/* a must not stand behind b: it is smaller, or b is NaN. */
static int in_order(double a, double b) {
    return a <= b || isnan(b);
}

static int tied(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static void test_argsort_orders_keys_and_keeps_ties_in_order(void **state) {
    (void)state;
    for (size_t l = 0; l < N_LENGTHS; l++)
        for (uint64_t values = 1; values <= 1000000; values *= 100) {
            const size_t n = lengths[l];
            fill(n, values);
            ml_argsort_double(n, key, order, order_scratch);
            memset(scratch, 0, sizeof scratch); /* which items were seen */
            for (size_t i = 0; i < n; i++) {
                assert_true(order[i] < n && scratch[order[i]] == 0);
                scratch[order[i]] = 1;
                if (i == 0)
                    continue;
                assert_true(in_order(key[order[i - 1]], key[order[i]]));
                assert_true(!tied(key[order[i - 1]], key[order[i]]) || order[i - 1] < order[i]);
            }
            ml_argsort_float(n, float_key, float_order, order_scratch);
            assert_memory_equal(order, float_order, n * sizeof *order);
        }
}

static void test_sort_gives_the_values_in_the_order_of_argsort(void **state) {
    (void)state;
    for (size_t l = 0; l < N_LENGTHS; l++) {
        const size_t n = lengths[l];
        fill(n, 50);
        ml_argsort_double(n, key, order, order_scratch);
        memcpy(sorted, key, n * sizeof *key);
        memcpy(float_sorted, float_key, n * sizeof *float_key);
        ml_sort_double(n, sorted, scratch);
        ml_sort_float(n, float_sorted, float_scratch);
        for (size_t i = 0; i < n; i++) {
            assert_memory_equal(&sorted[i], &key[order[i]], sizeof *key); /* bits: -0 and 0 keep their order too */
            assert_memory_equal(&float_sorted[i], &float_key[order[i]], sizeof *float_key);
        }
    }
}

static void test_sorted_and_reversed_input_come_out_sorted(void **state) {
    (void)state;
    for (int reversed = 0; reversed <= 1; reversed++) {
        for (size_t i = 0; i < MOST; i++)
            sorted[i] = (double)(reversed ? MOST - 1 - i : i);
        ml_sort_double(MOST, sorted, scratch);
        for (size_t i = 0; i < MOST; i++)
            assert_true(sorted[i] == (double)i);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_argsort_orders_keys_and_keeps_ties_in_order),
        cmocka_unit_test(test_sort_gives_the_values_in_the_order_of_argsort),
        cmocka_unit_test(test_sorted_and_reversed_input_come_out_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
