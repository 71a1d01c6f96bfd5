/* Bins against scikit-learn, and that no row falls out of them. */
#include "golden/features_golden.h"
#include "unit/features/features_test.h"

enum { N = COUNT(features_binned), M = COUNT(features_binned_probe), T = COUNT(features_column) };

static void check_bins(const char *name, size_t n_cuts, const double *cut, size_t n_expected,
                       const double *expected_cut, const uint32_t *expected) {
    uint32_t bin[M];
    assert_int_equal(n_cuts, n_expected);
    assert_all_near(name, n_cuts, cut, expected_cut, 1e-14);
    ml_bin_apply(n_cuts, cut, M, features_binned_probe, bin);
    assert_memory_equal(bin, expected, sizeof bin);
}

static void test_bins_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    double cut[6];
    size_t n_cuts;
    assert_int_equal(ml_bins_equal_width(N, features_binned, 7, cut, &n_cuts, &error), ML_OK);
    check_bins("equal width", n_cuts, cut, COUNT(golden_equal_width_cuts), golden_equal_width_cuts, golden_equal_width);
    assert_int_equal(ml_bins_equal_frequency(N, features_binned, 7, cut, &n_cuts, &arena, &error), ML_OK);
    check_bins("equal frequency", n_cuts, cut, COUNT(golden_equal_frequency_cuts), golden_equal_frequency_cuts,
               golden_equal_frequency);
    assert_int_equal(ml_bins_by_target(T, features_column, features_target, 6, 4, cut, &n_cuts, &arena, &error), ML_OK);
    assert_int_equal(n_cuts, COUNT(golden_target_cuts));
    assert_all_near("by target", n_cuts, cut, golden_target_cuts, 1e-14);
    assert_int_equal(arena.used, 0);
}

/* 2,000 random columns: cuts ascend, every bin by frequency or target holds a row, and every row is in one bin. */
static void test_cuts_ascend_and_every_row_has_its_bin(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(9, 0);
    for (int round = 0; round < 2000; round++) {
        ml_arena arena = fresh_arena();
        double x[40], y[40], cut[12];
        uint32_t bin[40];
        size_t n_cuts = 99;
        const size_t n = 1 + (size_t)ml_rng_below(&rng, 40), k = 1 + (size_t)ml_rng_below(&rng, 12);
        fill_normal(&rng, n, 0.1, x);
        fill_normal(&rng, n, 0, y);
        for (size_t i = 0; i < n && round % 2; i++)
            x[i] = floor(x[i]);
        x[0] = 0;
        if (round % 3 == 0)
            assert_int_equal(ml_bins_equal_width(n, x, k, cut, &n_cuts, &error), ML_OK);
        else if (round % 3 == 1)
            assert_int_equal(ml_bins_equal_frequency(n, x, k, cut, &n_cuts, &arena, &error), ML_OK);
        else
            assert_int_equal(ml_bins_by_target(n, x, y, k, 2, cut, &n_cuts, &arena, &error), ML_OK);
        assert_true(n_cuts < k);
        ml_bin_apply(n_cuts, cut, n, x, bin);
        size_t count[14] = {0};
        for (size_t i = 0; i < n; i++) {
            count[bin[i]]++;
            assert_true(isnan(x[i]) ? bin[i] == n_cuts + 1 : bin[i] <= n_cuts);
            assert_true(isnan(x[i]) ||
                        ((bin[i] == 0 || cut[bin[i] - 1] <= x[i]) && (bin[i] == n_cuts || x[i] < cut[bin[i]])));
        }
        for (size_t i = 0; i <= n_cuts; i++) {
            assert_true(i == 0 || i == n_cuts || cut[i - 1] < cut[i]);
            assert_true(round % 3 != 2 || count[i] >= (n_cuts > 0 ? 2 : 1));
        }
    }
}

static void test_constants_and_neighbouring_numbers(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    const double same[] = {0.1, 0.1, 0.1}, next[] = {1.0, 0x1.0000000000001p+0}, y[] = {0, 1, 1};
    double cut[4], columns[8];
    uint32_t bin[2];
    size_t n_cuts;
    assert_int_equal(ml_bins_equal_width(3, same, 4, cut, &n_cuts, &error), ML_OK);
    assert_int_equal(n_cuts, 0);
    assert_int_equal(ml_bins_equal_frequency(3, same, 4, cut, &n_cuts, &arena, &error), ML_OK);
    assert_int_equal(n_cuts, 0);
    assert_int_equal(ml_bins_by_target(3, same, y, 4, 1, cut, &n_cuts, &arena, &error), ML_OK);
    assert_int_equal(n_cuts, 0);
    assert_int_equal(ml_bins_by_target(2, next, y, 4, 1, cut, &n_cuts, &arena, &error), ML_OK);
    assert_true(n_cuts == 1 && cut[0] == next[1]); /* nothing lies between: the upper one */
    ml_bin_apply(1, cut, 2, next, bin);
    ml_onehot_bins(2, 2, bin, columns);
    assert_true(columns[0] == 1 && columns[1] == 0 && columns[2] == 0 && columns[3] == 1);
    ml_onehot_bins(1, 2, bin, columns); /* the second row's bin has no column */
    assert_true(columns[0] == 1 && columns[1] == 0);
}

static void test_bad_input_is_refused_and_outputs_stay(void **state) {
    (void)state;
    ml_arena arena = fresh_arena(), tiny = ml_arena_over(memory, 64);
    const double x[] = {1, 2}, none[] = {(double)NAN}, infinite[] = {1, INFINITY}, huge[] = {-1.7e308, 1.7e308};
    double cut[2] = {7, 7};
    size_t n_cuts = 9;
    assert_fails(ml_bins_equal_width(2, x, 0, cut, &n_cuts, &error), ML_EINVAL, "0 bins");
    assert_fails(ml_bins_equal_width(1, none, 2, cut, &n_cuts, &error), ML_EINVAL, "missing");
    assert_fails(ml_bins_equal_width(2, infinite, 2, cut, &n_cuts, &error), ML_EINVAL, "infinite");
    assert_fails(ml_bins_equal_width(2, huge, 2, cut, &n_cuts, &error), ML_EINVAL, "overflows");
    assert_fails(ml_bins_equal_frequency(0, x, 2, cut, &n_cuts, &arena, &error), ML_EINVAL, "one of each");

    assert_fails(ml_bins_equal_frequency(N, features_binned, 2, cut, &n_cuts, &tiny, &error), ML_ENOMEM, "memory");
    assert_fails(ml_bins_by_target(2, x, x, 2, 0, cut, &n_cuts, &arena, &error), ML_EINVAL, "at least 1");
    assert_fails(ml_bins_by_target(2, x, infinite, 2, 1, cut, &n_cuts, &arena, &error), ML_EINVAL, "target");
    assert_fails(ml_bins_by_target(1, none, x, 2, 1, cut, &n_cuts, &arena, &error), ML_EINVAL, "missing");
    assert_fails(ml_bins_by_target(2, infinite, x, 2, 1, cut, &n_cuts, &arena, &error), ML_EINVAL, "infinite");
    assert_fails(ml_bins_by_target(2, x, x, 2, 1, cut, &n_cuts, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(n_cuts == 9 && cut[0] == 7 && tiny.used == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bins_are_those_of_scikit_learn),
        cmocka_unit_test(test_cuts_ascend_and_every_row_has_its_bin),
        cmocka_unit_test(test_constants_and_neighbouring_numbers),
        cmocka_unit_test(test_bad_input_is_refused_and_outputs_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
