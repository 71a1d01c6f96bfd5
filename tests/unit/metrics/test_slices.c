/* Slices: against SciPy and statsmodels, what must hold of any of them, the slice that is planted found, and what they
 * refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/slices_golden.h"
#include "ml.h"

static unsigned char memory[1 << 17];
static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static const uint32_t *const golden_level[3] = {slice_level_0, slice_level_1, slice_level_2};
static const size_t golden_levels[3] = {3, 2, 5};

static void assert_slices(const double *value, bool higher_is_better, ml_correction correction, const uint32_t *name,
                          const double *figures) {
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_slicing how = {3, golden_level, golden_levels, true, SLICE_MINIMUM, higher_is_better, 0.9, correction};
    ml_slices s;
    assert_int_equal(ml_slices_of_values(SLICE_N, value, &how, &s, &arena, &error), ML_OK);
    assert_int_equal(s.count, SLICE_COUNT);
    assert_int_equal(s.too_small, SLICE_SMALL);
    assert_int_equal(s.without_value, 0);
    for (size_t i = 0; i < s.count; i++) {
        const ml_slice *const got = &s.slice[i];
        const uint32_t names[5] = {got->feature, got->level, got->feature_2, got->level_2, (uint32_t)got->n};
        const double figure[6] = {got->value, got->low, got->high, got->difference, got->p, got->adjusted_p};
        assert_memory_equal(names, name + 5 * i, sizeof names);
        for (size_t j = 0; j < 6; j++)
            assert_near(figure[j], figures[6 * i + j], 1e-11);
    }
    assert_int_equal(arena.used, (SLICE_COUNT * sizeof(ml_slice) + 63) / 64 * 64); /* scratch is given back */
}

static void test_slices_are_those_of_scipy_and_statsmodels(void **state) {
    (void)state;
    assert_slices(slice_right, true, ML_HOLM, golden_right_slices, golden_right_figures);
    assert_slices(slice_loss, false, ML_BENJAMINI_HOCHBERG, golden_loss_slices, golden_loss_figures);
}

/* The slices of a feature part the rows: sizes add up. The order of rows does not matter; other names of levels change
 * names alone; the values upside down are sorted alike and tested alike. */
static void test_what_holds_of_any_slices(void **state) {
    (void)state;
    enum { N = 50, A = 4, B = 3 };
    ml_rng rng = ml_rng_seed(73, 0);
    for (int round = 0; round < 1000; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        const size_t n = 4 + (size_t)ml_rng_below(&rng, N - 3), levels[2] = {A, B};
        uint32_t a[N], b[N], order[N], name[A], a2[N], b2[N];
        double value[N], turned[N], mean = 0.0;
        for (size_t i = 0; i < n; i++) {
            a[i] = (uint32_t)ml_rng_below(&rng, A);
            b[i] = (uint32_t)ml_rng_below(&rng, B);
            value[i] = round % 2 ? (double)ml_rng_bernoulli(&rng, 0.7) : ml_rng_normal(&rng);
            mean += value[i] / (double)n;
        }
        ml_rng_permutation(&rng, n, order);
        ml_rng_permutation(&rng, A, name);
        for (size_t i = 0; i < n; i++) {
            a2[i] = name[a[order[i]]];
            b2[i] = b[order[i]];
            turned[i] = 1.0 - value[order[i]];
        }
        ml_slicing how = {2, (const uint32_t *const[]){a, b}, levels, true, 2, true, 0.9, ML_BONFERRONI};
        ml_slices s, other;
        assert_int_equal(ml_slices_of_values(n, value, &how, &s, &arena, &error), ML_OK);
        how.level = (const uint32_t *const[]){a2, b2};
        how.higher_is_better = false;
        assert_int_equal(ml_slices_of_values(n, turned, &how, &other, &arena, &error), ML_OK);
        assert_near(s.whole, mean, 1e-12);
        assert_int_equal(s.count, other.count);
        assert_int_equal(s.too_small, other.too_small);
        size_t rows[3] = {0}, cells = s.count + s.too_small;
        assert_in_range(cells, 2, A + B + A * B);
        for (size_t i = 0; i < s.count; i++) {
            const ml_slice x = s.slice[i];
            size_t twins = 0;
            rows[x.feature_2 == ML_NO_FEATURE ? x.feature : 2] += x.n;
            assert_true(i == 0 || s.slice[i - 1].value <= x.value);
            assert_true(x.low <= x.value && x.value <= x.high && x.p <= 1.0 && x.adjusted_p >= x.p);
            assert_near(x.difference, x.value - s.whole, 1e-15);
            assert_near(other.slice[i].value, 1.0 - x.value, 1e-12);
            for (size_t j = 0; j < other.count; j++) {
                const ml_slice y = other.slice[j];
                if (y.feature != x.feature || y.feature_2 != x.feature_2 || y.level_2 != x.level_2 ||
                    y.level != (x.feature == 0 ? name[x.level] : x.level))
                    continue;
                twins++;
                assert_int_equal(x.n, y.n);
                assert_near(y.low, 1.0 - x.high, 1e-11);
                assert_near(y.p, x.p, 1e-9);
                assert_near(y.adjusted_p, x.adjusted_p, 1e-8);
            }
            assert_int_equal(twins, 1);
        }
        for (size_t part = 0; part < 3; part++)
            assert_true(rows[part] <= n && (s.too_small > 0 || rows[part] == n));
    }
}

/* The chance that m of n rows, k of which count, have a share as far from k/n as `distance`. */
static double exact_p(size_t m, size_t n, size_t k, double distance) {
    double p = 0.0;
    const double all = ml_log_choose((double)n, (double)m), whole = (double)k / (double)n;
    for (size_t x = m + k > n ? m + k - n : 0; x <= m && x <= k; x++)
        if (fabs((double)x / (double)m - whole) >= distance - 1e-12)
            p += ml_exp(ml_log_choose((double)k, (double)x) + ml_log_choose((double)(n - k), (double)(m - x)) - all);
    return p;
}

/* Any figure, here a share: its value in each slice is the mean's, p what counting all sets of rows gives. */
static void test_slices_of_a_figure_agree_with_counting(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(73, 1);
    const ml_slicing how = {3, golden_level, golden_levels, true, 30, true, 0.9, ML_HOLM};
    static const double zero[SLICE_N];
    const ml_numbers numbers = {slice_right, zero, ML_NUMBERS_MAE};
    ml_slices exact, drawn;
    size_t right = 0;
    for (size_t i = 0; i < SLICE_N; i++)
        right += slice_right[i] > 0.0;
    assert_int_equal(ml_slices_of_values(SLICE_N, slice_right, &how, &exact, &arena, &error), ML_OK);
    assert_int_equal(ml_slices_of_figure(SLICE_N, ml_numbers_statistic, &numbers, &how, 2000, &rng, &drawn, &arena,
                                         &error), ML_OK);
    assert_int_equal(exact.count, drawn.count);
    assert_int_equal(exact.too_small, drawn.too_small);
    for (size_t i = 0; i < exact.count; i++) {
        const ml_slice x = exact.slice[i], y = drawn.slice[i];
        assert_true(x.feature == y.feature && x.level == y.level && x.level_2 == y.level_2 && x.n == y.n);
        assert_near(y.value, x.value, 1e-13);
        assert_near(y.p, exact_p(y.n, SLICE_N, right, fabs(y.difference)), 0.045); /* four standard errors */
        assert_true(y.p >= 1.0 / 2001.0);
        assert_near(y.low, x.low, 0.05);
        assert_near(y.high, x.high, 0.05);
    }
}

/* AUC by slice: worse where the score says nothing, unknown where there is one class. */
static void test_the_planted_slice_is_found(void **state) {
    (void)state;
    enum { N = 600 };
    static unsigned char room[1 << 16];
    ml_arena arena = ml_arena_over(memory, sizeof memory), other = ml_arena_over(room, sizeof room);
    ml_rng rng = ml_rng_seed(73, 2);
    double score[N];
    uint8_t label[N];
    uint32_t city[N], device[N];
    for (size_t i = 0; i < N; i++) {
        city[i] = (uint32_t)(i % 4);
        device[i] = (uint32_t)(i / 4 % 3);
        label[i] = city[i] == 3 ? 1 : (uint8_t)ml_rng_bernoulli(&rng, 0.4);
        score[i] = ml_rng_normal(&rng) + (city[i] == 2 ? 0.0 : 1.5 * label[i]);
    }
    const ml_slicing how = {2, (const uint32_t *const[]){city, device}, (const size_t[]){4, 3}, true, 30, true, 0.95,
                            ML_HOLM};
    ml_scored rows;
    ml_slices s;
    assert_int_equal(ml_scored_init(&rows, N, score, label, ML_SCORED_AUC, 0.0, &other, &error), ML_OK);
    assert_int_equal(ml_slices_of_figure(N, ml_scored_statistic, &rows, &how, 1000, &rng, &s, &arena, &error), ML_OK);
    assert_int_equal(s.without_value, 4); /* city 3, alone and with each device */
    assert_int_equal(s.count, 4 + 3 + 12 - 4);
    size_t found = 0;
    for (size_t i = 0; i < s.count; i++) {
        const int planted = s.slice[i].feature == 0 && s.slice[i].level == 2;
        found += planted && s.slice[i].adjusted_p < 0.05;
        assert_true(i >= 4 || planted);
        assert_true(planted || s.slice[i].difference > 0.0 || s.slice[i].adjusted_p > 0.05);
    }
    assert_true(found >= 1);
}

/* Rows without any bad slice: Holm calls one in no more than about one run in twenty. */
static void test_slices_keep_their_level(void **state) {
    (void)state;
    enum { N = 200, ROUNDS = 500 };
    ml_rng rng = ml_rng_seed(73, 3);
    int alarms[2] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        uint32_t a[N], b[N];
        double value[2][N];
        for (size_t i = 0; i < N; i++) {
            a[i] = (uint32_t)ml_rng_below(&rng, 5);
            b[i] = (uint32_t)ml_rng_below(&rng, 3);
            value[0][i] = ml_rng_normal(&rng);
            value[1][i] = (double)ml_rng_bernoulli(&rng, 0.8);
        }
        const ml_slicing how = {2, (const uint32_t *const[]){a, b}, (const size_t[]){5, 3}, true, 10, true, 0.95,
                                ML_HOLM};
        for (int kind = 0; kind < 2; kind++) {
            ml_slices s;
            assert_int_equal(ml_slices_of_values(N, value[kind], &how, &s, &arena, &error), ML_OK);
            int alarm = 0;
            for (size_t i = 0; i < s.count; i++)
                alarm |= s.slice[i].adjusted_p < 0.05;
            alarms[kind] += alarm;
        }
    }
    assert_in_range(alarms[0], 8, 42); /* at most 25 ± 5 are promised */
    assert_in_range(alarms[1], 0, 42);
}

static double most_often_nan(const void *data, size_t n, const uint32_t *row) {
    (void)data;
    for (size_t i = 0; i < n; i++)
        if (row[i] != row[0] + i)
            return (double)NAN;
    return 1.0;
}

static void test_edges(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(73, 4);
    const uint32_t all[6] = {0}, halves[6] = {0, 0, 0, 1, 1, 1}, odd[6] = {0, 0, 0, 0, 0, 1};
    const double half[6] = {1, 1, 1, 3, 3, 3}, same[6] = {2, 2, 2, 2, 2, 2}, ramp[6] = {1, 2, 3, 4, 5, 6};
    const size_t levels[2] = {2, 2};
    ml_slicing how = {1, (const uint32_t *const[]){all}, levels, true, 2, true, 0.95, ML_HOLM};
    ml_slices s;
    assert_int_equal(ml_slices_of_values(6, ramp, &how, &s, &arena, &error), ML_OK);
    assert_true(s.count == 1 && s.slice[0].p == 1.0 && s.slice[0].difference == 0.0); /* all rows: none to compare */
    how.level = (const uint32_t *const[]){odd};
    assert_int_equal(ml_slices_of_values(6, ramp, &how, &s, &arena, &error), ML_OK);
    assert_true(s.count == 1 && s.too_small == 1 && s.slice[0].p == 1.0 && s.slice[0].value == 3.0);
    how.level = (const uint32_t *const[]){halves};
    assert_int_equal(ml_slices_of_values(6, half, &how, &s, &arena, &error), ML_OK);
    assert_true(s.count == 2 && s.slice[0].p == 0.0 && s.slice[0].value == 1.0 && s.slice[1].low == 3.0);
    assert_int_equal(ml_slices_of_values(6, same, &how, &s, &arena, &error), ML_OK);
    assert_true(s.count == 2 && s.slice[0].p == 1.0 && s.slice[0].level == 0);
    how.minimum = 4;
    assert_int_equal(ml_slices_of_values(6, ramp, &how, &s, &arena, &error), ML_OK);
    assert_true(s.count == 0 && s.too_small == 2);
    how.minimum = 2;
    assert_int_equal(ml_slices_of_figure(6, most_often_nan, NULL, &how, 100, &rng, &s, &arena, &error), ML_OK);
    assert_true(s.count == 0 && s.without_value == 2); /* the slice has a value, hardly a sample of it */
}

static void test_errors(void **state) {
    (void)state;
    const uint32_t level[4] = {0, 1, 0, 1};
    const double value[4] = {1, 2, 3, 4}, bad[4] = {1, (double)INFINITY, 3, 4}, huge[4] = {1e200, 0, 0, 0};
    const uint8_t same[4] = {1, 1, 1, 1};
    const size_t levels[2] = {2, 2}, few[2] = {2, 1}, many[2] = {1u << 30, SIZE_MAX / 2};
    const ml_slicing fine = {2, (const uint32_t *const[]){level, level}, levels, true, 2, true, 0.9, ML_HOLM};
    ml_slicing how = fine;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(1, 0);
    ml_slices s = {.count = 7};
    ml_scored rows;
    const ml_numbers numbers = {value, value, ML_NUMBERS_MAE};
    assert_int_equal(ml_scored_init(&rows, 4, value, same, ML_SCORED_AUC, 0.0, &arena, &error), ML_OK);
    const size_t used = arena.used;
#define REFUSED(status, word) \
    assert_fails(ml_slices_of_values(4, value, &how, &s, &arena, &error), status, word), how = fine
    how.features = 0, REFUSED(ML_EINVAL, "0 features");
    how.minimum = 1, REFUSED(ML_EINVAL, "minimum");
    how.correction = (ml_correction)8, REFUSED(ML_EINVAL, "correction 8");
    how.confidence = 1.5, REFUSED(ML_EINVAL, "level is 1.5");
    how.levels = few, REFUSED(ML_EINVAL, "feature 1");
    how.levels = many, REFUSED(ML_ENOMEM, "levels");
    assert_fails(ml_slices_of_values(0, value, &how, &s, &arena, &error), ML_EINVAL, "0 rows");
    assert_fails(ml_slices_of_values(UINT32_MAX, value, &how, &s, &arena, &error), ML_EINVAL, "32 bits");
    assert_fails(ml_slices_of_values(4, bad, &how, &s, &arena, &error), ML_EINVAL, "value[1]");
    assert_fails(ml_slices_of_values(4, huge, &how, &s, &arena, &error), ML_EINVAL, "squares");
    assert_fails(ml_slices_of_figure(0, ml_numbers_statistic, &numbers, &how, 9, &rng, &s, &arena, &error), ML_EINVAL,
                 "0 rows");
    assert_fails(ml_slices_of_figure(4, ml_numbers_statistic, &numbers, &how, 0, &rng, &s, &arena, &error), ML_EINVAL,
                 "0 rounds");
    assert_fails(ml_slices_of_figure(4, ml_scored_statistic, &rows, &how, 9, &rng, &s, &arena, &error), ML_EINVAL,
                 "of all rows");
    how.confidence = 0.0;
    assert_fails(ml_slices_of_figure(4, ml_numbers_statistic, &numbers, &how, 9, &rng, &s, &arena, &error), ML_EINVAL,
                 "level is 0");
    how = fine;
    assert_int_equal(arena.used, used);
    for (size_t room = 0;; room += 64) { /* wherever memory ends */
        ml_arena tight = ml_arena_over(memory, room);
        const ml_status status = ml_slices_of_values(4, value, &how, &s, &tight, &error);
        if (status == ML_OK)
            break;
        assert_fails(status, ML_ENOMEM, "memory");
        assert_true(tight.used == 0 && s.count == 7);
    }
    s.count = 7;
    for (size_t room = 0;; room += 64) {
        ml_arena tight = ml_arena_over(memory, room);
        const ml_status status = ml_slices_of_figure(4, ml_numbers_statistic, &numbers, &how, 9, &rng, &s, &tight,
                                                     &error);
        if (status == ML_OK)
            break;
        assert_fails(status, ML_ENOMEM, "memory");
        assert_true(tight.used == 0 && s.count == 7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slices_are_those_of_scipy_and_statsmodels),
        cmocka_unit_test(test_what_holds_of_any_slices),
        cmocka_unit_test(test_slices_of_a_figure_agree_with_counting),
        cmocka_unit_test(test_the_planted_slice_is_found),
        cmocka_unit_test(test_slices_keep_their_level),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
