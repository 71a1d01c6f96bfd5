/* The nearest of eight: both versions against each other, and against what is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/math.h"
#include "base/rng.h"
#include "kernels/kernels.h"

enum { MOST = 40 };

static void test_both_versions_give_the_same_bits_at_every_small_size(void **state) {
    (void)state;
    static double block[MOST + 1], others[8 * MOST + 1];
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t d = 0; d <= MOST; d++)
        for (int repeat = 0; repeat < 20; repeat++) {
            /* They end where the arrays do: the sanitizers see a read beyond. */
            double *const row = block + MOST + 1 - d, *const group = others + 8 * MOST + 1 - 8 * d;
            double scalar[2], simd[2], plain[2];
            for (size_t j = 0; j < d; j++)
                row[j] = floor(3 * ml_rng_normal(&rng)); /* whole numbers: some are at the same distance */
            for (size_t j = 0; j < 8 * d; j++)
                group[j] = j % 8 > 7 - (size_t)repeat / 3 ? (double)INFINITY : floor(3 * ml_rng_normal(&rng));
            const size_t nearest = ml_kernel_nearest_of_eight_scalar(d, row, group, scalar);
            assert_int_equal(nearest, ml_kernel_nearest_of_eight_simd128(d, row, group, simd));
            assert_int_equal(nearest, ml_kernel_nearest_of_eight(d, row, group, plain));
            assert_memory_equal(scalar, simd, sizeof simd);
            assert_memory_equal(scalar, plain, sizeof plain);
        }
}

/* Each of the eight in turn is the nearest, and another the next. */
static void test_the_nearest_and_the_next_are_found_wherever_they_lie(void **state) {
    (void)state;
    const double row[] = {1, 2, 3};
    for (size_t first = 0; first < 8; first++)
        for (size_t next = 0; next < 8; next++) {
            double group[24], least[2];
            for (size_t j = 0; j < 3; j++)
                for (size_t c = 0; c < 8; c++)
                    group[8 * j + c] = row[j] + (c == first ? 1 : c == next ? 2 : 5);
            assert_int_equal(ml_kernel_nearest_of_eight(3, row, group, least), first);
            assert_true(least[0] == 3 && least[1] == (first == next ? 75 : 12));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_versions_give_the_same_bits_at_every_small_size),
        cmocka_unit_test(test_the_nearest_and_the_next_are_found_wherever_they_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
