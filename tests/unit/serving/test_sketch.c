/* Quantile sketches: NumPy's percentiles, the error bounds, merging. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/queues_golden.h"
#include "ml.h"

enum { BUCKETS = 2048, GOLDEN = sizeof sketched / sizeof *sketched, QUANTILES = sizeof sketched_q / sizeof *sketched_q };

static ml_error error;
static unsigned char memory[1 << 22];
static uint64_t count[11][BUCKETS];

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

/* --- Buckets ------------------------------------------------------------------------------------------------------ */

static void test_quantiles_are_within_one_per_cent_of_numpys(void **state) {
    (void)state;
    ml_sketch s;
    double got;
    assert_int_equal(ml_sketch_init(&s, 0.01, 0.001, count[0], BUCKETS, &error), ML_OK);
    for (size_t i = 0; i < GOLDEN; i++)
        assert_int_equal(ml_sketch_add(&s, sketched[i], &error), ML_OK);
    for (size_t i = 0; i < QUANTILES; i++) {
        assert_int_equal(ml_sketch_quantile(&s, sketched_q[i], &got, &error), ML_OK);
        assert_true(fabs(got - golden_lower[i]) <= 0.0100001 * golden_lower[i]);
    }
}

static void test_merged_servers_are_one_sketch(void **state) {
    (void)state;
    ml_sketch part[10], all;
    ml_rng rng = ml_rng_seed(1, 0);
    ml_sketch_init(&all, 0.01, 0.001, count[10], BUCKETS, &error);
    for (int server = 0; server < 10; server++) {
        ml_sketch_init(&part[server], 0.01, 0.001, count[server], BUCKETS, &error);
        for (int i = 0; i < 500; i++) {
            const double x = i % 10 == 0 ? 0.0 : ml_exp(ml_rng_normal(&rng)) * (server == 0 ? 10.0 : 1.0);
            ml_sketch_add(&part[server], x, &error);
            ml_sketch_add(&all, x, &error);
        }
    }
    for (int server = 1; server < 10; server++)
        assert_int_equal(ml_sketch_merge(&part[0], &part[server], &error), ML_OK);
    assert_memory_equal(count[0], count[10], sizeof count[0]);
    assert_true(part[0].n == all.n && part[0].low == all.low && all.low >= 500);
}

static void test_the_ends_of_the_buckets(void **state) {
    (void)state;
    ml_sketch s, other;
    double got = 7.0;
    assert_int_equal(ml_sketch_init(&s, 0.01, 1.0, count[0], 8, &error), ML_OK);
    assert_fails(ml_sketch_quantile(&s, 0.5, &got, &error), ML_EINVAL, "empty");
    ml_sketch_add(&s, 1.0, &error);
    assert_true(s.low == 1);
    ml_sketch_add(&s, 1e9, &error);
    ml_sketch_add(&s, 1.7e308, &error);
    assert_true(count[0][7] == 2);
    assert_fails(ml_sketch_add(&s, -1.0, &error), ML_EINVAL, "0 or more");
    assert_fails(ml_sketch_add(&s, (double)NAN, &error), ML_EINVAL, "finite");
    assert_fails(ml_sketch_quantile(&s, 1.1, &got, &error), ML_EINVAL, "[0, 1]");
    assert_true(s.n == 3 && got == 7.0);
    ml_sketch_quantile(&s, 0.0, &got, &error);
    assert_true(got == 1.0);
    assert_int_equal(ml_sketch_init(&other, 0.02, 1.0, count[1], 8, &error), ML_OK);
    assert_fails(ml_sketch_merge(&s, &other, &error), ML_EINVAL, "the same");
    assert_fails(ml_sketch_init(&other, 1.0, 1.0, count[1], 8, &error), ML_EINVAL, "alpha");
    assert_fails(ml_sketch_init(&other, 0.1, 0.0, count[1], 8, &error), ML_EINVAL, "positive");
    assert_fails(ml_sketch_init(&other, 0.1, 1.0, count[1], 0, &error), ML_EINVAL, "buckets");
}

/* --- KLL ---------------------------------------------------------------------------------------------------------- */

/* The value at place i of a stream of n different numbers 0 to n - 1. */
static double in_order(int kind, size_t i, size_t n) {
    if (kind == 0)
        return (double)i;
    if (kind == 1)
        return (double)(n - 1 - i);
    if (kind == 2) /* from both ends inwards */
        return (double)(i % 2 ? n - 1 - i / 2 : i / 2);
    return (double)(i * 7919 % n); /* 7919 is prime and does not divide n */
}

/* 240 sketches of 20,000 values, five quantiles each: 99 of 100 within the bound. Of 1,200, more than 40 beyond it have
 * a chance below 1e-9 were they independent; those of one sketch are not, but the bound is loose in the tails. */
static void test_ranks_are_within_the_bound(void **state) {
    (void)state;
    const size_t n = 20000;
    int beyond = 0;
    for (int round = 0; round < 240; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        ml_rng rng = ml_rng_seed(2, (uint64_t)round);
        ml_kll kll;
        const size_t k = round % 3 ? 50 : 200;
        assert_int_equal(ml_kll_init(k, &kll, &arena, &error), ML_OK);
        for (size_t i = 0; i < n; i++)
            ml_kll_add(&kll, in_order(round % 4, i, n), &rng);
        size_t kept = 0;
        double total = 0.0;
        for (size_t h = 0; h < kll.levels; h++) {
            kept += kll.size[h];
            total += (double)kll.size[h] * (double)(UINT64_C(1) << h);
        }
        assert_true(total == (double)n && kept <= 3 * k + 8 * kll.levels);
        for (int i = 1; i <= 5; i++) {
            const double q = i == 5 ? 0.99 : i / 5.0;
            double got;
            assert_int_equal(ml_kll_quantile(&kll, q, &got, &arena, &error), ML_OK);
            const double off = fabs((got + 1.0) / (double)n - q);
            assert_true(off <= 3.0 * ml_kll_error(k));
            assert_true(fabs(ml_kll_cdf(&kll, q * (double)n) - q) <= 3.0 * ml_kll_error(k));
            beyond += off > ml_kll_error(k);
        }
    }
    assert_in_range(beyond, 0, 40);
}

static void test_few_values_are_exact_as_numpys(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(3, 0);
    ml_kll kll;
    double got, scratch[2 * GOLDEN];
    assert_int_equal(ml_kll_init(2000, &kll, &arena, &error), ML_OK);
    for (size_t i = 0; i < GOLDEN; i++)
        ml_kll_add(&kll, sketched[i], &rng);
    for (size_t i = 0; i < QUANTILES; i++) {
        assert_int_equal(ml_kll_quantile(&kll, sketched_q[i], &got, &arena, &error), ML_OK);
        assert_true(got == golden_nearest_rank[i]);
        assert_true(ml_percentile(GOLDEN, sketched, 100.0 * sketched_q[i], scratch) == golden_nearest_rank[i]);
    }
}

static void test_merged_sketches_keep_the_bound(void **state) {
    (void)state;
    for (int round = 0; round < 60; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        ml_rng rng = ml_rng_seed(4, (uint64_t)round);
        ml_kll all, part;
        ml_kll_init(64, &all, &arena, &error);
        const ml_arena_mark mark = ml_arena_save(&arena);
        const size_t n = 16000;
        for (size_t from = 0; from < n;) { /* parts of 1 to 4,000, in order: the worst kind of split */
            const size_t left = n - from, size = 1 + (size_t)ml_rng_below(&rng, left < 4000 ? left : 4000);
            ml_kll_init(64, &part, &arena, &error);
            for (size_t i = 0; i < size; i++)
                ml_kll_add(&part, (double)(from + i), &rng);
            assert_int_equal(ml_kll_merge(&all, &part, &rng, &error), ML_OK);
            ml_arena_release(&arena, mark);
            from += size;
        }
        double got;
        assert_true(all.n == n && all.least == 0.0 && all.most == (double)(n - 1));
        ml_kll_quantile(&all, 0.5, &got, &arena, &error);
        assert_true(fabs(got / (double)n - 0.5) <= 2.0 * ml_kll_error(64));
        ml_kll_quantile(&all, 1.0, &got, &arena, &error);
        assert_true(got == all.most);
    }
}

static void test_what_kll_refuses(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory), small = ml_arena_over(memory, 1000);
    ml_rng rng = ml_rng_seed(5, 0);
    ml_kll a, b;
    double got = 7.0;
    assert_fails(ml_kll_init(7, &a, &arena, &error), ML_EINVAL, "[8, 2^20]");
    assert_fails(ml_kll_init(8, &a, &small, &error), ML_ENOMEM, "smaller");
    ml_kll_init(8, &a, &arena, &error);
    ml_kll_init(16, &b, &arena, &error);
    assert_fails(ml_kll_quantile(&a, 0.5, &got, &arena, &error), ML_EINVAL, "empty");
    ml_kll_add(&a, (double)NAN, &rng);
    assert_true(a.n == 0 && isnan(ml_kll_cdf(&a, 0.0)));
    ml_kll_add(&a, -(double)INFINITY, &rng);
    assert_fails(ml_kll_quantile(&a, -0.1, &got, &arena, &error), ML_EINVAL, "[0, 1]");
    small.used = 990;
    assert_fails(ml_kll_quantile(&a, 0.5, &got, &small, &error), ML_ENOMEM, "kept");
    assert_fails(ml_kll_merge(&a, &b, &rng, &error), ML_EINVAL, "k = 8 and 16");
    assert_fails(ml_kll_merge(&a, &a, &rng, &error), ML_EINVAL, "itself");
    b.k = 8;
    b.n = UINT64_C(1) << 34;
    assert_fails(ml_kll_merge(&a, &b, &rng, &error), ML_EINVAL, "2^34");
    assert_true(got == 7.0 && a.n == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles_are_within_one_per_cent_of_numpys),
        cmocka_unit_test(test_merged_servers_are_one_sketch),
        cmocka_unit_test(test_the_ends_of_the_buckets),
        cmocka_unit_test(test_ranks_are_within_the_bound),
        cmocka_unit_test(test_few_values_are_exact_as_numpys),
        cmocka_unit_test(test_merged_sketches_keep_the_bound),
        cmocka_unit_test(test_what_kll_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
