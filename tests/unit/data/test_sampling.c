/* Samplers: every row as often as it should be (chi-squared, false alarm 1e-9), estimates as NumPy's, refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/sampling_golden.h"
#include "ml.h"
#include "unit/data/chi_squared.h"

static _Alignas(64) unsigned char block[1 << 20];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    error.message[0] = '\0';
    return 0;
}

static void assert_close(double value, double expected, double relative) {
    if (!(fabs(value - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void assert_ascending(size_t k, const uint32_t *row, size_t n) {
    for (size_t i = 0; i < k; i++)
        assert_true(row[i] < n && (i == 0 || row[i] > row[i - 1]));
}

/* --- Every row as often as it should be -----------------------------------------------------------------------------
 */

enum { N = 12, TRIALS = 60000 };

/* Of k out of N without replacement: each row, and each pair of rows. */
static void assert_fair(size_t k, const double *row_count, const double *pair_count) {
    double row_expected[N], pair_expected[N * N];
    for (size_t i = 0; i < N; i++)
        row_expected[i] = (double)TRIALS * (double)k / N;
    assert_true(agrees(N, row_count, row_expected, 1.0));
    size_t pairs = 0;
    double upper[N * N];
    for (size_t i = 0; i < N; i++)
        for (size_t j = i + 1; j < N; j++, pairs++) {
            upper[pairs] = pair_count[i * N + j];
            pair_expected[pairs] = (double)TRIALS * (double)(k * (k - 1)) / (N * (N - 1));
        }
    assert_true(agrees(pairs, upper, pair_expected, 1.0));
}

static void count_rows(size_t k, const uint32_t *row, double *row_count, double *pair_count) {
    for (size_t a = 0; a < k; a++) {
        row_count[row[a]]++;
        for (size_t b = 0; b < k; b++)
            pair_count[row[a] * N + row[b]]++;
    }
}

static void test_a_simple_sample_takes_every_row_and_every_pair_alike(void **state) {
    (void)state;
    double row_count[N] = {0}, pair_count[N * N] = {0};
    ml_rng rng = ml_rng_seed(81, 0);
    for (int t = 0; t < TRIALS; t++) {
        uint32_t row[5];
        assert_int_equal(ml_sample_srs(N, 5, &rng, row, &error), ML_OK);
        assert_ascending(5, row, N);
        count_rows(5, row, row_count, pair_count);
    }
    assert_fair(5, row_count, pair_count);
}

static void test_both_reservoirs_take_every_item_and_every_pair_alike(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(82, 0);
    for (int algorithm = 0; algorithm < 2; algorithm++) {
        double row_count[N] = {0}, pair_count[N * N] = {0};
        for (int t = 0; t < TRIALS; t++) {
            int32_t item[4];
            ml_reservoir r = {item, 4, 0};
            ml_skip_reservoir l = ml_skip_reservoir_over(item, 4);
            for (int32_t x = 0; x < N; x++)
                if (algorithm == 0)
                    ml_reservoir_offer(&r, x, &rng);
                else
                    ml_skip_reservoir_offer(&l, x, &rng);
            uint32_t row[4];
            for (size_t i = 0; i < 4; i++)
                row[i] = (uint32_t)item[i];
            count_rows(4, row, row_count, pair_count);
        }
        assert_fair(4, row_count, pair_count);
    }
}

static void test_the_first_k_are_kept_in_order_and_nothing_else_is_written(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(83, 0);
    int32_t item[4] = {-1, -1, -1, -1}, other[4] = {-1, -1, -1, -1};
    ml_reservoir r = {item, 3, 0}, nothing = {NULL, 0, 0};
    ml_skip_reservoir l = ml_skip_reservoir_over(other, 3);
    for (int32_t x = 0; x < 1000; x++) {
        ml_reservoir_offer(&r, x, &rng);
        ml_skip_reservoir_offer(&l, x, &rng);
        ml_reservoir_offer(&nothing, x, &rng);
        for (int32_t i = 0; x < 3 && i < 3; i++) {
            assert_int_equal(item[i], i <= x ? i : -1);
            assert_int_equal(other[i], i <= x ? i : -1);
        }
    }
    assert_true(item[3] == -1 && other[3] == -1 && r.seen == 1000 && l.seen == 1000 && nothing.seen == 1000);
}

/* Stepping over what stays out gives the very items that offering all gives. */
static void test_skipping_is_offering(void **state) {
    (void)state;
    enum { K = 10, ITEMS = 100000 };
    ml_rng rng = ml_rng_seed(84, 0), same = rng;
    int32_t item[K], other[K];
    ml_skip_reservoir offered = ml_skip_reservoir_over(item, K), skipped = ml_skip_reservoir_over(other, K);
    for (int32_t x = 0; x < ITEMS; x++)
        ml_skip_reservoir_offer(&offered, x, &rng);
    size_t draws = 0;
    while (skipped.seen < ITEMS) {
        const uint64_t left = ITEMS - skipped.seen;
        ml_skip_reservoir_pass(&skipped, skipped.skip < left ? skipped.skip : left);
        if (skipped.seen < ITEMS) {
            ml_skip_reservoir_offer(&skipped, (int32_t)skipped.seen, &same);
            draws++;
        }
    }
    assert_memory_equal(item, other, sizeof item);
    assert_memory_equal(&rng, &same, sizeof rng);
    assert_in_range(draws, 50, 160); /* k (1 + ln(n/k)) is 102 */
}

static void test_the_alias_table_draws_by_weight(void **state) {
    (void)state;
    enum { DRAWS = 20000, MOST = 40 };
    ml_rng rng = ml_rng_seed(85, 0);
    for (int round = 0; round < 200; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, MOST);
        double weight[MOST], count[MOST] = {0}, expected[MOST], sum = 0.0, exact[MOST];
        for (size_t i = 0; i < n; i++) {
            weight[i] = ml_rng_below(&rng, 4) == 0 ? 0.0 : ml_exp(3.0 * ml_rng_normal(&rng));
            weight[0] = fmax(weight[0], 0.01);
        }
        for (size_t i = 0; i < n; i++)
            sum += weight[i];
        ml_alias alias;
        fresh(NULL);
        assert_int_equal(ml_alias_build(n, weight, &arena, &alias, &error), ML_OK);
        assert_true(arena.used <= 12 * n + 128);
        memset(exact, 0, sizeof exact);
        for (size_t i = 0; i < n; i++) { /* what the table says, to rounding */
            assert_true(alias.keep[i] >= 0.0 && alias.keep[i] <= 1.0 && alias.other[i] < n);
            exact[i] += alias.keep[i] / (double)n;
            exact[alias.other[i]] += (1.0 - alias.keep[i]) / (double)n;
        }
        for (size_t i = 0; i < n; i++)
            assert_true(fabs(exact[i] - weight[i] / sum) < 1e-14);
        if (round >= 20)
            continue;
        for (int t = 0; t < DRAWS; t++)
            count[ml_alias_draw(&alias, &rng)]++;
        for (size_t i = 0; i < n; i++) { /* rare ones count as one, as chi-squared needs */
            expected[i] = weight[i] / sum * DRAWS;
            if (i > 0 && expected[i] < 8.0 && expected[i] > 0.0) {
                expected[0] += expected[i];
                count[0] += count[i];
                expected[i] = count[i] = 0.0;
            }
        }
        if (n > 1 && expected[0] < DRAWS - 8)
            assert_true(agrees(n, count, expected, 1.0));
    }
}

/* Three of four rows, in order: all 24 orders have a probability that is known. */
static void test_weighted_draws_without_replacement_come_as_if_one_by_one(void **state) {
    (void)state;
    const double weight[5] = {1.0, 2.0, 0.0, 3.0, 4.0};
    double count[125] = {0}, expected[125] = {0};
    for (size_t a = 0; a < 5; a++)
        for (size_t b = 0; b < 5; b++)
            for (size_t c = 0; c < 5; c++)
                if (a != b && b != c && a != c && weight[a] * weight[b] > 0.0)
                    expected[25 * a + 5 * b + c] = TRIALS * (weight[a] / 10.0) * (weight[b] / (10.0 - weight[a])) *
                                                   (weight[c] / (10.0 - weight[a] - weight[b]));
    ml_rng rng = ml_rng_seed(86, 0);
    for (int t = 0; t < TRIALS; t++) {
        uint32_t row[3];
        assert_int_equal(ml_sample_weighted(5, weight, 3, &rng, row, &arena, &error), ML_OK);
        count[25 * row[0] + 5 * row[1] + row[2]]++;
    }
    assert_int_equal(arena.used, 0);
    assert_true(agrees(125, count, expected, 1.0));
}

static void test_strata_give_their_quotas_and_clusters_come_whole(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(87, 0);
    double count[40] = {0}, expected[40];
    const size_t quota[4] = {3, 0, 2, 7};
    uint32_t stratum[40];
    size_t size[4] = {0};
    for (uint32_t i = 0; i < 40; i++)
        size[stratum[i] = i * 7 % 23 % 4]++;
    for (int t = 0; t < 20000; t++) {
        uint32_t row[40];
        size_t given[4] = {0}, n_rows, n_clusters = 0;
        assert_int_equal(ml_sample_stratified(40, stratum, 4, quota, &rng, row, &arena, &error), ML_OK);
        assert_ascending(12, row, 40);
        for (size_t i = 0; i < 12; i++) {
            given[stratum[row[i]]]++;
            count[row[i]]++;
        }
        assert_memory_equal(given, quota, sizeof given);
        assert_int_equal(ml_sample_clusters(40, stratum, 4, 2, &rng, row, &n_rows, &arena, &error), ML_OK);
        assert_ascending(n_rows, row, 40);
        memset(given, 0, sizeof given);
        for (size_t i = 0; i < n_rows; i++)
            given[stratum[row[i]]]++;
        for (size_t h = 0; h < 4; h++) {
            assert_true(given[h] == 0 || given[h] == size[h]);
            n_clusters += given[h] > 0;
        }
        assert_int_equal(n_clusters, 2);
    }
    for (size_t i = 0; i < 40; i++)
        expected[i] = 20000.0 * (double)quota[stratum[i]] / (double)size[stratum[i]];
    assert_true(agrees(40, count, expected, 1.0));
    assert_int_equal(arena.used, 0);
}

/* --- Quotas ------------------------------------------------------------------------------------------------------- */

static void test_proportional_quotas(void **state) {
    (void)state;
    const size_t size[5] = {1400, 400, 160, 40, 0};
    size_t quota[6];
    assert_int_equal(ml_allocate_proportional(5, size, 100, quota, &error), ML_OK);
    const size_t expected[5] = {70, 20, 8, 2, 0};
    assert_memory_equal(quota, expected, sizeof expected);
    assert_int_equal(ml_allocate_proportional(5, size, 20, quota, &error), ML_OK);
    const size_t small[5] = {13, 4, 2, 1, 0}; /* 14, 4, 1.6, 0.4: the last gets one, the first gives one */
    assert_memory_equal(quota, small, sizeof small);
    ml_rng rng = ml_rng_seed(88, 0);
    for (int round = 0; round < 2000; round++) {
        size_t random[6], n = 0, used = 0, sum = 0;
        for (size_t h = 0; h < 6; h++) {
            random[h] = (size_t)ml_rng_below(&rng, 30);
            n += random[h];
            used += random[h] > 0;
        }
        const size_t k = used + (n > used ? (size_t)ml_rng_below(&rng, n - used) : 0);
        assert_int_equal(ml_allocate_proportional(6, random, k, quota, &error), ML_OK);
        for (size_t h = 0; h < 6; h++) {
            sum += quota[h];
            assert_true(quota[h] <= random[h] && (quota[h] > 0) == (random[h] > 0));
            assert_true((double)quota[h] < (double)random[h] * (double)k / (double)n + 1.0);
        }
        assert_int_equal(sum, k);
    }
}

/* No move of one row from one stratum to another makes the variance less. */
static void test_neyman_quotas_are_the_best_there_are(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(89, 0);
    for (int round = 0; round < 1000; round++) {
        size_t size[4], quota[4], n = 0, sum = 0;
        double deviation[4];
        for (size_t h = 0; h < 4; h++) {
            n += size[h] = 1 + (size_t)ml_rng_below(&rng, 50);
            deviation[h] = ml_rng_exponential(&rng, 2.0);
        }
        const size_t k = 4 + (size_t)ml_rng_below(&rng, n - 3);
        assert_int_equal(ml_allocate_neyman(4, size, deviation, k, quota, &error), ML_OK);
        for (size_t a = 0; a < 4; a++) {
            assert_true(quota[a] >= 1 && quota[a] <= size[a]);
            sum += quota[a];
            for (size_t b = 0; b < 4; b++) {
                if (a == b || quota[a] < 2 || quota[b] == size[b])
                    continue;
                const double va = (double)size[a] * deviation[a], vb = (double)size[b] * deviation[b];
                const double na = (double)quota[a], nb = (double)quota[b];
                const double loss = va * va * (1.0 / (na - 1.0) - 1.0 / na),
                             gain = vb * vb * (1.0 / nb - 1.0 / (nb + 1.0));
                assert_true(loss >= gain * (1.0 - 1e-9));
            }
        }
        assert_int_equal(sum, k);
    }
}

/* --- Estimates ---------------------------------------------------------------------------------------------------- */

static void test_estimates_agree_with_numpy(void **state) {
    (void)state;
    double mean, second;
    assert_int_equal(ml_importance_estimate(golden_f, golden_log_w, 40, &mean, &second), 1);
    assert_close(mean, golden_importance[0], 1e-13);
    assert_close(second, golden_importance[1], 1e-13);
    assert_int_equal(ml_hansen_hurwitz(30, golden_y, golden_q, 500, &mean, &second, &error), ML_OK);
    assert_close(mean, golden_hansen_hurwitz[0], 1e-13);
    assert_close(second, golden_hansen_hurwitz[1], 1e-13);
    assert_int_equal(
        ml_stratified_mean(5, golden_size, golden_sampled, golden_mean, golden_variance, &mean, &second, &error),
        ML_OK);
    assert_close(mean, golden_stratified[0], 1e-13);
    assert_close(second, golden_stratified[1], 1e-13);
    assert_int_equal(ml_cluster_mean(12, golden_cluster_size, golden_cluster_total, 50, &mean, &second, &error), ML_OK);
    assert_close(mean, golden_cluster[0], 1e-13);
    assert_close(second, golden_cluster[1], 1e-12);
}

static void test_importance_weights_may_be_huge_zero_or_missing(void **state) {
    (void)state;
    const double f[4] = {1.0, 2.0, 3.0, (double)NAN};
    double log_w[4] = {1000.0 + log(0.5), 1000.0, 1000.0 + log(0.5), -(double)INFINITY}, mean = 7.0, ess = 7.0;
    assert_int_equal(ml_importance_estimate(f, log_w, 4, &mean, &ess), 1);
    assert_close(mean, 2.0, 1e-13);
    assert_close(ess, 4.0 / 1.5, 1e-13);
    mean = ess = 7.0;
    assert_int_equal(ml_importance_estimate(f, log_w, 0, &mean, &ess), 0);
    assert_int_equal(ml_importance_estimate(f + 3, log_w + 3, 1, &mean, &ess), 0);
    log_w[1] = (double)NAN;
    assert_int_equal(ml_importance_estimate(f, log_w, 4, &mean, &ess), 0);
    log_w[1] = (double)INFINITY;
    assert_int_equal(ml_importance_estimate(f, log_w, 4, &mean, &ess), 0);
    assert_true(mean == 7.0 && ess == 7.0);
}

/* --- Refusals ----------------------------------------------------------------------------------------------------- */

static void assert_refused(ml_status status, ml_status expected, const char *word) {
    assert_int_equal(status, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' lacks '%s'", error.message, word);
}

static void test_bad_arguments_are_refused_and_nothing_is_drawn(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(90, 0), before = rng;
    uint32_t row[4] = {9, 9, 9, 9};
    const uint32_t stratum[3] = {0, 1, 5};
    const size_t quota[2] = {2, 0}, size[2] = {3, 3}, none[2] = {0, 0};
    const double bad[3] = {1.0, -1.0, 2.0}, zero[3] = {0.0, 0.0, 0.0}, huge[2] = {1e308, 1e308}, fine[2] = {1.0, 2.0};
    size_t got[2] = {9, 9}, n_rows = 9;
    double mean = 9.0, se = 9.0;
    ml_alias alias = {.n = 9};
    ml_arena tiny = ml_arena_over(block, 8);
    assert_refused(ml_sample_srs(3, 4, &rng, row, &error), ML_EINVAL, "without replacement");
    assert_refused(ml_sample_srs(UINT32_MAX, 4, &rng, row, &error), ML_EINVAL, "too many");
    assert_refused(ml_sample_stratified(3, stratum, 2, quota, &rng, row, &arena, &error), ML_EINVAL, "stratum 5");
    assert_refused(ml_sample_stratified(2, stratum, 2, quota, &rng, row, &arena, &error), ML_EINVAL, "asked for 2");
    assert_refused(ml_sample_stratified(2, stratum, 2, quota, &rng, row, &tiny, &error), ML_ENOMEM, "memory");
    assert_refused(ml_allocate_proportional(2, size, 7, got, &error), ML_EINVAL, "a sample of 7");
    assert_refused(ml_allocate_proportional(2, size, 1, got, &error), ML_EINVAL, "one of each");
    assert_refused(ml_allocate_neyman(2, size, bad, 3, got, &error), ML_EINVAL, "deviation of stratum 1");
    assert_refused(ml_allocate_neyman(2, size, zero, 3, got, &error), ML_EINVAL, "varies");
    assert_refused(ml_alias_build(0, bad, &arena, &alias, &error), ML_EINVAL, "at least 1");
    assert_refused(ml_alias_build(3, bad, &arena, &alias, &error), ML_EINVAL, "weight 1 is -1");
    assert_refused(ml_alias_build(3, zero, &arena, &alias, &error), ML_EINVAL, "above 0");
    assert_refused(ml_alias_build(2, huge, &arena, &alias, &error), ML_EINVAL, "overflow");
    assert_refused(ml_alias_build(2, fine, &tiny, &alias, &error), ML_ENOMEM, "memory");
    assert_refused(ml_sample_weighted(3, bad, 1, &rng, row, &arena, &error), ML_EINVAL, "weight 1 is -1");
    assert_refused(ml_sample_weighted(3, zero, 1, &rng, row, &arena, &error), ML_EINVAL, "weight above 0");
    assert_refused(ml_sample_weighted(2, fine, 1, &rng, row, &tiny, &error), ML_ENOMEM, "memory");
    assert_refused(ml_sample_weighted(UINT32_MAX, fine, 1, &rng, row, &tiny, &error), ML_EINVAL, "too many");
    assert_refused(ml_sample_clusters(3, stratum, 3, 4, &rng, row, &n_rows, &arena, &error), ML_EINVAL, "clusters");
    assert_refused(ml_sample_clusters(3, stratum, 3, 2, &rng, row, &n_rows, &arena, &error), ML_EINVAL, "cluster 5");
    tiny.used = 8;
    assert_refused(ml_sample_clusters(2, stratum, 3, 2, &rng, row, &n_rows, &tiny, &error), ML_ENOMEM, "memory");
    assert_refused(ml_hansen_hurwitz(2, fine, bad, 0, &mean, &se, &error), ML_EINVAL, "at least one");
    assert_refused(ml_hansen_hurwitz(2, fine, bad, 5, &mean, &se, &error), ML_EINVAL, "q[1] is -1");
    assert_refused(ml_stratified_mean(2, size, none, fine, fine, &mean, &se, &error), ML_EINVAL, "0 were sampled");
    assert_refused(ml_stratified_mean(2, none, none, fine, fine, &mean, &se, &error), ML_EINVAL, "no stratum");
    assert_refused(ml_cluster_mean(1, fine, fine, 5, &mean, &se, &error), ML_EINVAL, "at least 2");
    assert_refused(ml_cluster_mean(2, zero, fine, 5, &mean, &se, &error), ML_EINVAL, "no mean");
    assert_true(row[0] == 9 && got[0] == 9 && n_rows == 9 && alias.n == 9 && mean == 9.0 && se == 9.0);
    assert_memory_equal(&rng, &before, sizeof rng);
    assert_int_equal(arena.used, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_simple_sample_takes_every_row_and_every_pair_alike),
        TEST(test_both_reservoirs_take_every_item_and_every_pair_alike),
        TEST(test_the_first_k_are_kept_in_order_and_nothing_else_is_written),
        TEST(test_skipping_is_offering),
        TEST(test_the_alias_table_draws_by_weight),
        TEST(test_weighted_draws_without_replacement_come_as_if_one_by_one),
        TEST(test_strata_give_their_quotas_and_clusters_come_whole),
        TEST(test_proportional_quotas),
        TEST(test_neyman_quotas_are_the_best_there_are),
        TEST(test_estimates_agree_with_numpy),
        TEST(test_importance_weights_may_be_huge_zero_or_missing),
        TEST(test_bad_arguments_are_refused_and_nothing_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
