/* The k highest scores: against a full sort, with ties and NaN, at all small sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/math.h"
#include "base/rng.h"
#include "base/sort.h"

enum { MOST = 2000 };
static double score[MOST], negated[MOST];
static uint32_t order[MOST], scratch[MOST];
static size_t top[MOST + 1];

static void test_five_scores(void **state) {
    (void)state;
    const double five[5] = {2.0, 7.0, -1.0, 7.0, 3.0};
    const size_t expected[5] = {1, 3, 4, 0, 2};
    for (size_t k = 0; k <= 5; k++) {
        for (size_t i = 0; i < 6; i++)
            top[i] = 99;
        assert_int_equal(ml_topk(5, five, k, top), k);
        for (size_t i = 0; i < 6; i++)
            assert_int_equal(top[i], i < k ? expected[i] : 99);
    }
}

/* Few values are many ties; NaN comes last in both; the ranking is a stable ascending sort of the negated scores. */
static void test_it_is_the_beginning_of_a_stable_sort(void **state) {
    (void)state;
    const size_t lengths[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 200, MOST};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (uint64_t values = 1; values <= 1000000; values *= 10) {
            const size_t n = lengths[l];
            ml_rng rng = ml_rng_seed(n, values);
            for (size_t i = 0; i < n; i++) {
                score[i] = (double)ml_rng_below(&rng, values) - 3.0;
                if (ml_rng_bernoulli(&rng, 0.1))
                    score[i] = (const double[]){(double)NAN, (double)INFINITY, -(double)INFINITY, -0.0}
                        [ml_rng_below(&rng, 4)];
                negated[i] = -score[i];
            }
            ml_argsort_double(n, negated, order, scratch);
            for (size_t k = 1; k <= n; k = k < 10 ? k + 1 : 2 * k) {
                assert_int_equal(ml_topk(n, score, k, top), k);
                for (size_t i = 0; i < k; i++)
                    assert_int_equal(top[i], order[i]);
            }
        }
}

static void test_rising_falling_and_equal_scores(void **state) {
    (void)state;
    for (int slope = -1; slope <= 1; slope++) {
        for (size_t i = 0; i < MOST; i++)
            score[i] = slope * (double)i;
        assert_int_equal(ml_topk(MOST, score, 20, top), 20);
        for (size_t i = 0; i < 20; i++)
            assert_int_equal(top[i], slope > 0 ? MOST - 1 - i : i);
    }
}

static void test_more_than_there_are_and_none(void **state) {
    (void)state;
    const double three[3] = {1.0, 2.0, 3.0};
    top[3] = 99;
    assert_int_equal(ml_topk(3, three, 10, top), 3);
    assert_true(top[0] == 2 && top[1] == 1 && top[2] == 0 && top[3] == 99);
    assert_int_equal(ml_topk(0, NULL, 5, NULL), 0);
    assert_int_equal(ml_topk(3, three, 0, NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_five_scores),
        cmocka_unit_test(test_it_is_the_beginning_of_a_stable_sort),
        cmocka_unit_test(test_rising_falling_and_equal_scores),
        cmocka_unit_test(test_more_than_there_are_and_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
