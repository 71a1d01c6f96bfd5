/* The bootstrap covers what it should, resampled classes are even, made-up rows lie between neighbours; refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/resample_golden.h"
#include "ml.h"
#include "unit/data/chi_squared.h"

static _Alignas(64) unsigned char block[1 << 18];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    return 0;
}

static void test_intervals_agree_with_numpy(void **state) {
    (void)state;
    for (size_t c = 0; c < 4; c++) {
        double value[37], low, high;
        memcpy(value, golden_value, sizeof value);
        assert_int_equal(ml_percentile_interval(37, value, golden_level[c], &low, &high, &arena, &error), ML_OK);
        assert_true(fabs(low - golden_ends[2 * c]) < 1e-14 && fabs(high - golden_ends[2 * c + 1]) < 1e-14);
    }
    double one = 3.0, low, high;
    assert_int_equal(ml_percentile_interval(1, &one, 0.9, &low, &high, &arena, &error), ML_OK);
    assert_true(low == 3.0 && high == 3.0);
}

static void test_every_row_is_drawn_alike(void **state) {
    (void)state;
    enum { N = 10, ROUNDS = 20000 };
    double count[N] = {0}, expected[N];
    size_t missing = 0;
    ml_rng rng = ml_rng_seed(141, 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t row[N];
        bool in[N] = {false};
        ml_bootstrap_rows(N, &rng, row);
        for (size_t i = 0; i < N; i++) {
            count[row[i]]++;
            in[row[i]] = true;
        }
        for (size_t i = 0; i < N; i++)
            missing += !in[i];
    }
    for (size_t i = 0; i < N; i++)
        expected[i] = ROUNDS;
    assert_true(agrees(N, count, expected, 1.0));
    assert_true(fabs((double)missing / (N * ROUNDS) - 0.34868) < 0.005); /* 0.9^10 */
}

/* 50 rows that B mends and 20 that it breaks, of 1,000: the width is 2 x 1.96 sqrt(0.0691 / 1000). */
static void test_a_paired_interval_is_as_wide_as_it_should_be(void **state) {
    (void)state;
    double a[1000], b[1000], low, high;
    for (size_t i = 0; i < 1000; i++) {
        a[i] = i >= 50;
        b[i] = i < 980;
    }
    for (uint64_t seed = 0; seed < 5; seed++) {
        ml_rng rng = ml_rng_seed(seed, 0);
        assert_int_equal(ml_bootstrap_paired(1000, a, b, 4000, 0.95, &rng, &low, &high, &arena, &error), ML_OK);
        assert_true(fabs((high - low) / 0.0326 - 1.0) < 0.12 && fabs((low + high) / 2.0 - 0.03) < 0.002);
        rng = ml_rng_seed(seed, 0);
        double again, end;
        assert_int_equal(ml_bootstrap_paired(1000, a, b, 4000, 0.95, &rng, &again, &end, &arena, &error), ML_OK);
        assert_true(again == low && end == high);
    }
    assert_int_equal(ml_bootstrap_paired(1000, a, a, 100, 0.9, &(ml_rng){{1}, 0, 0}, &low, &high, &arena, &error),
                     ML_OK);
    assert_true(low == 0.0 && high == 0.0);
}

/* 400 samples of 60 from a uniform law: the 90 % interval holds the mean in about 355 of them (5 deviations: 30). */
static double mean_of(const void *data, size_t n, const uint32_t *row) {
    const double *x = data;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[row[i]];
    return sum / (double)n;
}

static void test_intervals_cover_the_truth(void **state) {
    (void)state;
    int covered = 0;
    ml_rng rng = ml_rng_seed(142, 0);
    for (int round = 0; round < 400; round++) {
        double x[60], low, high;
        for (size_t i = 0; i < 60; i++)
            x[i] = ml_rng_uniform(&rng);
        assert_int_equal(ml_bootstrap_interval(60, mean_of, x, 200, 0.9, &rng, &low, &high, &arena, &error), ML_OK);
        covered += low <= 0.5 && 0.5 <= high;
    }
    assert_in_range(covered, 322, 388);
    assert_int_equal(arena.used, 0);
}

static void test_classes_are_made_even(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(143, 0);
    for (int round = 0; round < 2000; round++) {
        uint32_t label[40], row[200];
        size_t size[5] = {0}, now[5] = {0}, n_rows, most = 0, least = 40;
        const size_t n = 1 + (size_t)ml_rng_below(&rng, 40);
        for (size_t i = 0; i < n; i++)
            size[label[i] = (uint32_t)ml_rng_below(&rng, 1 + ml_rng_below(&rng, 5))]++;
        for (size_t c = 0; c < 5; c++) {
            most = size[c] > most ? size[c] : most;
            least = size[c] > 0 && size[c] < least ? size[c] : least;
        }
        assert_int_equal(ml_oversample(n, label, 5, &rng, 200, row, &n_rows, &arena, &error), ML_OK);
        for (size_t i = 0; i < n_rows; i++) {
            assert_true(i >= n || row[i] == i);
            now[label[row[i]]]++;
        }
        for (size_t c = 0; c < 5; c++)
            assert_int_equal(now[c], size[c] > 0 ? most : 0);
        memset(now, 0, sizeof now);
        assert_int_equal(ml_undersample(n, label, 5, &rng, row, &n_rows, &arena, &error), ML_OK);
        for (size_t i = 0; i < n_rows; i++) {
            assert_true(row[i] < n && (i == 0 || row[i] > row[i - 1]));
            now[label[row[i]]]++;
        }
        for (size_t c = 0; c < 5; c++)
            assert_int_equal(now[c], size[c] > 0 ? least : 0);
    }
    double count[3] = {0}, expected[3] = {10000.0, 10000.0, 10000.0};
    const uint32_t label[9] = {0, 1, 0, 0, 1, 0, 0, 1, 0};
    for (int round = 0; round < 10000; round++) {
        uint32_t row[12];
        size_t n_rows;
        assert_int_equal(ml_oversample(9, label, 2, &rng, 12, row, &n_rows, &arena, &error), ML_OK);
        for (size_t i = 9; i < 12; i++)
            count[row[i] / 3]++; /* rows 1, 4 and 7 */
    }
    assert_true(agrees(3, count, expected, 1.0));
}

static void test_made_up_rows_lie_between_a_row_and_a_near_one(void **state) {
    (void)state;
    enum { N = 12, M = 50 };
    ml_rng rng = ml_rng_seed(144, 0);
    for (int round = 0; round < 200; round++) {
        double x[2 * N], made[2 * M];
        const size_t k = 1 + (size_t)ml_rng_below(&rng, N - 1);
        for (size_t i = 0; i < 2 * N; i++)
            x[i] = ml_rng_normal(&rng);
        assert_int_equal(ml_smote(N, 2, x, k, M, &rng, made, &arena, &error), ML_OK);
        for (size_t r = 0; r < M; r++) {
            bool found = false;
            for (size_t i = 0; i < N && !found; i++)
                for (size_t j = 0; j < N && !found; j++) {
                    const double dx = x[2 * j] - x[2 * i], dy = x[2 * j + 1] - x[2 * i + 1];
                    const double u = (made[2 * r] - x[2 * i]) / dx, off = made[2 * r + 1] - x[2 * i + 1] - u * dy;
                    size_t nearer = 0; /* rows nearer to i than j is */
                    for (size_t l = 0; l < N; l++)
                        nearer += l != i && hypot(x[2 * l] - x[2 * i], x[2 * l + 1] - x[2 * i + 1]) < hypot(dx, dy);
                    found = i != j && nearer < k && u > -1e-9 && u < 1.0 && fabs(off) < 1e-9;
                }
            assert_true(found);
        }
    }
}

static void assert_refused(ml_status status, ml_status expected, const char *word) {
    assert_int_equal(status, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' lacks '%s'", error.message, word);
}

static void test_bad_arguments_are_refused(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(145, 0), before = rng;
    double value[3] = {1.0, (double)NAN, 2.0}, low = 9.0, high = 9.0;
    const double fine[3] = {1.0, 2.0, 3.0};
    const uint32_t label[3] = {0, 1, 0};
    uint32_t row[4] = {9};
    size_t n_rows = 9;
    ml_arena tiny = ml_arena_over(block, 8);
    assert_refused(ml_percentile_interval(3, value, 0.5, &low, &high, &arena, &error), ML_EINVAL, "value 1 is NaN");
    assert_refused(ml_percentile_interval(0, value, 0.5, &low, &high, &arena, &error), ML_EINVAL, "0 values");
    assert_refused(ml_percentile_interval(3, value, 1.0, &low, &high, &arena, &error), ML_EINVAL, "level is 1");
    assert_refused(ml_percentile_interval(1, (double[]){1.0}, 0.5, &low, &high, &(ml_arena){block, 0, 0}, &error),
                   ML_ENOMEM, "memory");
    assert_refused(ml_bootstrap_interval(0, mean_of, fine, 5, 0.5, &rng, &low, &high, &arena, &error), ML_EINVAL,
                   "0 rows");
    assert_refused(ml_bootstrap_interval(3, mean_of, fine, 0, 0.5, &rng, &low, &high, &arena, &error), ML_EINVAL,
                   "0 rounds");
    assert_refused(ml_bootstrap_interval(3, mean_of, fine, 5, (double)NAN, &rng, &low, &high, &arena, &error),
                   ML_EINVAL, "level");
    assert_refused(ml_bootstrap_interval(3, mean_of, fine, 5, 0.5, &rng, &low, &high, &tiny, &error), ML_ENOMEM,
                   "memory");
    assert_refused(ml_bootstrap_paired(3, fine, value, 5, 0.5, &rng, &low, &high, &arena, &error), ML_EINVAL, "row 1");
    assert_refused(ml_oversample(3, label, 1, &rng, 4, row, &n_rows, &arena, &error), ML_EINVAL, "label of row 1");
    assert_refused(ml_oversample(0, label, 2, &rng, 4, row, &n_rows, &arena, &error), ML_EINVAL, "0 rows");
    assert_refused(ml_oversample(3, label, 2, &rng, 4, row, &n_rows, &tiny, &error), ML_ENOMEM, "memory");
    assert_refused(ml_undersample(3, label, 1, &rng, row, &n_rows, &arena, &error), ML_EINVAL, "label of row 1");
    assert_refused(ml_undersample(3, label, 2, &rng, row, &n_rows, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(n_rows == 9 && low == 9.0 && high == 9.0);
    assert_refused(ml_oversample(3, label, 2, &rng, 3, row, &n_rows, &arena, &error), ML_EINVAL, "room for 3");
    assert_int_equal(n_rows, 4);
    double made[3] = {9.0};
    assert_refused(ml_smote(3, 1, fine, 3, 3, &rng, made, &arena, &error), ML_EINVAL, "neighbour");
    assert_refused(ml_smote(3, 1, value, 2, 3, &rng, made, &arena, &error), ML_EINVAL, "row 1 is not finite");
    assert_refused(ml_smote(3, 1, fine, 2, 3, &rng, made, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(row[0] == 9 && made[0] == 9.0);
    assert_memory_equal(&rng, &before, sizeof rng);
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_intervals_agree_with_numpy),
        TEST(test_every_row_is_drawn_alike),
        TEST(test_a_paired_interval_is_as_wide_as_it_should_be),
        TEST(test_intervals_cover_the_truth),
        TEST(test_classes_are_made_even),
        TEST(test_made_up_rows_lie_between_a_row_and_a_near_one),
        TEST(test_bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
