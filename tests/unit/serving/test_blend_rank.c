/* Ranking by a blend of two standardised scores. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

enum { MOST = 1000 };
static double quality[MOST], engagement[MOST], score[MOST];
static size_t top[MOST], other[MOST];

static void assert_ranks(size_t n, const double *q, const double *e, double a, double b, const size_t *expected) {
    assert_int_equal(ml_blend_rank(n, q, e, a, b, n, top, score), n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(top[i], expected[i]);
}

static void test_four_items(void **state) {
    (void)state;
    const double q[4] = {.9, .1, .5, .5}, e[4] = {10, 30, 20, 20};
    assert_ranks(4, q, e, 1.0, 0.5, (const size_t[]){0, 2, 3, 1});
    assert_ranks(4, q, e, 0.5, 1.0, (const size_t[]){1, 2, 3, 0});
    assert_ranks(4, q, e, -1.0, 0.0, (const size_t[]){1, 2, 3, 0});
    assert_ranks(4, q, e, 0.0, 0.0, (const size_t[]){0, 1, 2, 3});
}

/* By standard deviations; scaled to [0, 1] by its extremes, the second score would be flattened by the 50. */
static void test_an_outlier(void **state) {
    (void)state;
    const double q[5] = {.3, .3, .9, .8, .3}, e[5] = {6, 2, 6, 3, 50};
    assert_ranks(5, q, e, 1.0, 1.0, (const size_t[]){4, 2, 3, 0, 1});
}

/* The mean of ten times 0.1 is not 0.1 in binary: the first score must still say nothing at all. */
static void test_a_constant_score_says_nothing(void **state) {
    (void)state;
    const double values[] = {0.0, 0.1, 1.0 / 3.0, -1e15, 7e-300};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (size_t n = 1; n <= 50; n++) {
            for (size_t i = 0; i < n; i++) {
                quality[i] = values[v];
                engagement[i] = (double)(i / 2);
            }
            ml_blend_rank(n, quality, engagement, 1e9, 1e-9, n, top, score);
            ml_topk(n, engagement, n, other);
            assert_memory_equal(top, other, n * sizeof *top);
            ml_blend_rank(n, engagement, quality, 1e-9, -1e9, n, top, score);
            assert_memory_equal(top, other, n * sizeof *top);
        }
}

static void draw_scores(uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, 0);
    for (size_t i = 0; i < MOST; i++) {
        quality[i] = 3.0 + ml_rng_normal(&rng);
        engagement[i] = ml_rng_uniform(&rng);
    }
}

static void test_the_unit_of_a_score_does_not_matter(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        draw_scores(seed);
        ml_blend_rank(MOST, quality, engagement, 0.3, 0.7, MOST, top, score);
        for (size_t i = 0; i < MOST; i++)
            engagement[i] = 1024.0 * engagement[i] - 4096.0;
        ml_blend_rank(MOST, quality, engagement, 0.3, 0.7, MOST, other, score);
        assert_memory_equal(top, other, sizeof top);
    }
}

/* The blend of the k-th item, worked out the textbook's way, falls with k; the inputs are as they were. */
static void test_the_order_is_that_of_the_formula(void **state) {
    (void)state;
    double kept[2][MOST], mean[2] = {0}, variance[2] = {0}, last = (double)INFINITY;
    draw_scores(9);
    memcpy(kept[0], quality, sizeof quality);
    memcpy(kept[1], engagement, sizeof engagement);
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < MOST; i++)
            mean[s] += kept[s][i] / MOST;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < MOST; i++)
            variance[s] += (kept[s][i] - mean[s]) * (kept[s][i] - mean[s]) / MOST;
    assert_int_equal(ml_blend_rank(MOST, quality, engagement, 2.0, -1.0, 100, top, score), 100);
    for (size_t i = 0; i < 100; i++) {
        const double blend = 2.0 * (quality[top[i]] - mean[0]) / sqrt(variance[0]) -
                             (engagement[top[i]] - mean[1]) / sqrt(variance[1]);
        assert_true(fabs(blend - score[top[i]]) < 1e-11 && blend <= last + 1e-11);
        last = blend;
    }
    assert_memory_equal(kept[0], quality, sizeof quality);
    assert_memory_equal(kept[1], engagement, sizeof engagement);
}

static void test_no_items_and_more_than_there_are(void **state) {
    (void)state;
    const double q[2] = {1.0, 2.0}, e[2] = {0.0, 0.0};
    assert_int_equal(ml_blend_rank(0, NULL, NULL, 1.0, 1.0, 5, top, score), 0);
    top[2] = 99;
    assert_int_equal(ml_blend_rank(2, q, e, 1.0, 1.0, 5, top, score), 2);
    assert_true(top[0] == 1 && top[1] == 0 && top[2] == 99);
    assert_int_equal(ml_blend_rank(2, q, e, 1.0, 1.0, 0, NULL, score), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_four_items),
        cmocka_unit_test(test_an_outlier),
        cmocka_unit_test(test_a_constant_score_says_nothing),
        cmocka_unit_test(test_the_unit_of_a_score_does_not_matter),
        cmocka_unit_test(test_the_order_is_that_of_the_formula),
        cmocka_unit_test(test_no_items_and_more_than_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
