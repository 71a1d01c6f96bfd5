/* Layouts come back, sums are the same at any stride, and the cache model counts what chapter 3 says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static _Alignas(64) unsigned char block[1 << 16];
static ml_error error;

static void test_rows_become_columns_and_rows_again(void **state) {
    (void)state;
    static double rows[70 * 70], columns[70 * 70], back[70 * 70];
    ml_rng rng = ml_rng_seed(161, 0);
    for (int round = 0; round < 300; round++) {
        const size_t n = (size_t)ml_rng_below(&rng, 71), d = (size_t)ml_rng_below(&rng, 71);
        for (size_t i = 0; i < n * d; i++)
            rows[i] = ml_rng_normal(&rng);
        ml_layout_to_columns(n, d, rows, columns);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < d; j++)
                assert_true(columns[j * n + i] == rows[i * d + j]);
        ml_layout_to_rows(n, d, columns, back);
        assert_memory_equal(back, rows, n * d * sizeof *rows);
    }
}

static void test_a_sum_has_the_same_bits_at_any_stride(void **state) {
    (void)state;
    static float dense[100], wide[100 * 7];
    ml_rng rng = ml_rng_seed(162, 0);
    for (size_t n = 0; n <= 100; n++) {
        for (size_t i = 0; i < n; i++)
            dense[i] = wide[i * 7] = (float)ml_rng_normal(&rng);
        float lane[8] = {0}, expected = 0.0f;
        for (size_t i = 0; i < n; i++)
            lane[i % 8] += dense[i];
        for (size_t k = 0; k < 8; k++)
            expected += lane[k];
        assert_true(ml_sum_strided(n, dense, 1) == expected && ml_sum_strided(n, wide, 7) == expected);
    }
}

/* Misses of the second of two passes over one column of `columns` floats, `pad` floats behind each row. */
static uint64_t second_pass(size_t bytes, size_t columns, size_t pad, bool by_rows) {
    ml_arena arena = ml_arena_over(block, sizeof block);
    ml_cache cache;
    assert_int_equal(ml_cache_init(64, 8, 64, &arena, &cache, &error), ML_OK);
    const size_t rows = bytes / (4 * columns);
    uint64_t first = 0;
    for (int pass = 0; pass < 2; pass++) {
        first = cache.misses;
        for (size_t r = 0; r < rows; r++)
            ml_cache_touch(&cache, by_rows ? 4 * r * (columns + pad) : 4 * r);
    }
    assert_int_equal(cache.touches, 2 * rows);
    return cache.misses - first;
}

static void test_the_cache_misses_what_the_chapter_says(void **state) {
    (void)state;
    assert_int_equal(second_pass(16 << 10, 16, 0, true), 0);
    assert_int_equal(second_pass(64 << 10, 16, 0, true), 1024);
    assert_int_equal(second_pass(256 << 10, 16, 0, false), 0);
    assert_int_equal(second_pass(1 << 20, 16, 0, false), 1024); /* 1 of 16 values */
    assert_int_equal(second_pass(16 << 10, 1, 0, true), 0);
    assert_int_equal(second_pass(64 << 10, 1, 0, true), 1024);
    assert_int_equal(second_pass(64 << 10, 1024, 0, true), 16); /* 16 lines in a cache of 512: all in one set */
    assert_int_equal(second_pass(64 << 10, 1024, 16, true), 0);
    assert_int_equal(second_pass(1 << 20, 1024, 16, true), 0);
    assert_int_equal(second_pass(64 << 10, 16, 16, true), 1024);
}

static void test_the_line_used_longest_ago_goes(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(block, sizeof block);
    ml_cache cache;
    assert_int_equal(ml_cache_init(1, 2, 64, &arena, &cache, &error), ML_OK);
    assert_false(ml_cache_touch(&cache, 0));
    assert_false(ml_cache_touch(&cache, 64));
    assert_true(ml_cache_touch(&cache, 63));
    assert_false(ml_cache_touch(&cache, 128)); /* 64 goes */
    assert_true(ml_cache_touch(&cache, 0));
    assert_false(ml_cache_touch(&cache, 100));
    assert_true(cache.touches == 6 && cache.misses == 4);
}

static void test_bad_caches_are_refused(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(block, 64);
    ml_cache cache = {.sets = 9};
    assert_int_equal(ml_cache_init(3, 8, 64, &arena, &cache, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "powers of two"));
    assert_int_equal(ml_cache_init(4, 0, 64, &arena, &cache, &error), ML_EINVAL);
    assert_int_equal(ml_cache_init(4, 2, 0, &arena, &cache, &error), ML_EINVAL);
    assert_int_equal(ml_cache_init(64, 8, 64, &arena, &cache, &error), ML_ENOMEM);
    assert_non_null(strstr(error.message, "memory"));
    assert_int_equal(cache.sets, 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_become_columns_and_rows_again),
        cmocka_unit_test(test_a_sum_has_the_same_bits_at_any_stride),
        cmocka_unit_test(test_the_cache_misses_what_the_chapter_says),
        cmocka_unit_test(test_the_line_used_longest_ago_goes),
        cmocka_unit_test(test_bad_caches_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
