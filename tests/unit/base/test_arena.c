/* The arena: alignment, zeroes, marks, and what happens when it is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/arena.h"

static _Alignas(64) unsigned char memory[1024];

static void test_items_are_aligned_and_zero_wherever_the_memory_starts(void **state) {
    (void)state;
    for (size_t offset = 0; offset < 64; offset += 7) {
        memset(memory, 0xff, sizeof memory);
        ml_arena arena = ml_arena_over(memory + offset, sizeof memory - offset);
        unsigned char *end = memory + offset;
        for (size_t i = 1; i <= 5; i++) {
            unsigned char *item = ml_arena_alloc(&arena, i, 9);
            assert_non_null(item);
            assert_true((uintptr_t)item % 64 == 0 && item >= end);
            for (size_t j = 0; j < i * 9; j++)
                assert_int_equal(item[j], 0);
            end = item + i * 9;
        }
        assert_true(end == memory + offset + arena.used);
    }
}

static void test_a_full_arena_refuses_and_stays_as_it_was(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, 200);
    assert_non_null(ml_arena_alloc(&arena, 1, 100));
    assert_int_equal(arena.used, 100);
    assert_null(ml_arena_alloc(&arena, 1, 73)); /* 128 + 73 is one too many */
    assert_null(ml_arena_alloc(&arena, SIZE_MAX, 1));
    assert_int_equal(arena.used, 100);
    assert_non_null(ml_arena_alloc(&arena, 1, 72));
    assert_int_equal(arena.used, 200);
    assert_null(ml_arena_alloc(&arena, 1, 1));
}

static void test_a_size_that_overflows_is_refused(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    assert_null(ml_arena_alloc(&arena, SIZE_MAX / 2 + 2, 2)); /* 2 bytes, if the product wrapped */
    assert_null(ML_ALLOC(&arena, SIZE_MAX / 4 + 2, int32_t));
    assert_int_equal(arena.used, 0);
}

static void test_nothing_is_a_valid_pointer_even_in_a_full_arena(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, 64);
    assert_non_null(ml_arena_alloc(&arena, 64, 1));
    assert_non_null(ml_arena_alloc(&arena, 0, 8));
    assert_non_null(ml_arena_alloc(&arena, 8, 0));
    assert_int_equal(arena.used, 64);
}

static void test_release_gives_back_what_came_after_the_mark(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    float *kept = ML_ALLOC(&arena, 3, float);
    const ml_arena_mark outer = ml_arena_save(&arena);
    float *scratch = ML_ALLOC(&arena, 5, float);
    const ml_arena_mark inner = ml_arena_save(&arena);
    scratch[0] = 1;
    assert_non_null(ML_ALLOC(&arena, 7, float));
    ml_arena_release(&arena, outer);
    assert_int_equal(arena.used, 3 * sizeof *kept);
    ml_arena_release(&arena, inner); /* newer than what is in use: ignored */
    assert_int_equal(arena.used, 3 * sizeof *kept);
    float *again = ML_ALLOC(&arena, 5, float);
    assert_ptr_equal(again, scratch);
    assert_true(again[0] == 0.0f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items_are_aligned_and_zero_wherever_the_memory_starts),
        cmocka_unit_test(test_a_full_arena_refuses_and_stays_as_it_was),
        cmocka_unit_test(test_a_size_that_overflows_is_refused),
        cmocka_unit_test(test_nothing_is_a_valid_pointer_even_in_a_full_arena),
        cmocka_unit_test(test_release_gives_back_what_came_after_the_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
