/* The generator: the published algorithm, fairness, and moments of the distributions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/math.h"
#include "base/rng.h"

static void test_next_is_xoshiro256_starstar(void **state) {
    (void)state;
    /* From state 1, 2, 3, 4; computed from the paper's definition with whole numbers of any size. */
    const uint64_t expected[] = {UINT64_C(11520), UINT64_C(0), UINT64_C(1509978240), UINT64_C(1215971899390074240),
                                 UINT64_C(1216172134540287360)};
    ml_rng rng = {.word = {1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(ml_rng_next(&rng) == expected[i]);
}

static void test_seeding_fills_the_state_by_splitmix64(void **state) {
    (void)state;
    /* Computed the same way. Every curve in a lesson depends on these, so they must never change. */
    const uint64_t expected[] = {UINT64_C(13690241449161951195), UINT64_C(487200144757864929),
                                 UINT64_C(899780041289062187)};
    ml_rng rng = ml_rng_seed(42, 1);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(ml_rng_next(&rng) == expected[i]);
}

static void test_seeds_and_streams_give_different_sequences(void **state) {
    (void)state;
    enum { SEEDS = 20, STREAMS = 20, N = SEEDS * STREAMS };
    uint64_t first[N];
    for (size_t i = 0; i < N; i++) {
        ml_rng rng = ml_rng_seed(i / STREAMS, i % STREAMS);
        first[i] = ml_rng_next(&rng);
        for (size_t j = 0; j < i; j++)
            assert_true(first[i] != first[j]);
    }
}

static void test_uniform_lies_in_its_interval_with_the_moments_of_its_law(void **state) {
    (void)state;
    enum { N = 200000 };
    ml_rng rng = ml_rng_seed(1, 0);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < N; i++) {
        const double u = ml_rng_uniform(&rng);
        assert_true(u >= 0 && u < 1);
        assert_true(u * 0x1p53 == floor(u * 0x1p53));
        sum += u;
        squares += u * u;
    }
    assert_true(fabs(sum / N - 0.5) < 0.003); /* 4.6 standard errors */
    assert_true(fabs(squares / N - 1.0 / 3) < 0.003);
}

static void test_normal_has_the_moments_of_its_law(void **state) {
    (void)state;
    enum { N = 200000 };
    ml_rng rng = ml_rng_seed(2, 0);
    double power[5] = {0};
    size_t within_one = 0;
    for (size_t i = 0; i < N; i++) {
        const double z = ml_rng_normal(&rng);
        double product = 1;
        for (size_t p = 0; p < 5; p++, product *= z)
            power[p] += product;
        within_one += fabs(z) < 1;
    }
    assert_true(fabs(power[1] / N) < 0.01);
    assert_true(fabs(power[2] / N - 1) < 0.015);
    assert_true(fabs(power[3] / N) < 0.04);
    assert_true(fabs(power[4] / N - 3) < 0.1);
    assert_true(fabs((double)within_one / N - 0.682689) < 0.005);
}

static void test_exponential_has_the_mean_and_the_tail_of_its_law(void **state) {
    (void)state;
    enum { N = 200000 };
    ml_rng rng = ml_rng_seed(3, 0);
    double sum = 0;
    size_t beyond = 0;
    for (size_t i = 0; i < N; i++) {
        const double x = ml_rng_exponential(&rng, 5);
        assert_true(x >= 0 && isfinite(x));
        sum += x;
        beyond += x > 10;
    }
    assert_true(fabs(sum / N - 5) < 0.06);
    assert_true(fabs((double)beyond / N - ml_exp(-2)) < 0.004);
}

/* Counts against the law's probabilities, by chi-squared over the values that are expected at least ten times. */
static double poisson_chi_square(uint64_t seed, double mean, size_t n, size_t *degrees) {
    enum { MOST = 2000 };
    static uint32_t count[MOST];
    memset(count, 0, sizeof count);
    ml_rng rng = ml_rng_seed(seed, 0);
    for (size_t i = 0; i < n; i++) {
        const uint64_t k = ml_rng_poisson(&rng, mean);
        assert_true(k < MOST);
        count[k]++;
    }
    double chi_square = 0, rest = (double)n, seen = (double)n, log_probability = -mean;
    *degrees = 0;
    for (size_t k = 0; k < MOST; k++) {
        const double expected = (double)n * ml_exp(log_probability);
        if (expected >= 10) {
            chi_square += (count[k] - expected) * (count[k] - expected) / expected;
            rest -= expected;
            seen -= count[k];
            ++*degrees;
        }
        log_probability += ml_log(mean / (double)(k + 1));
    }
    return chi_square + (seen - rest) * (seen - rest) / rest; /* all others together */
}

static void test_poisson_has_the_probabilities_of_its_law(void **state) {
    (void)state;
    const double means[] = {0.3, 2, 9.99, 10, 12.5, 31, 100, 600, 1500};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        size_t degrees;
        const double chi_square = poisson_chi_square(i + 1, means[i], 300000, &degrees);
        const double d = (double)degrees; /* 4 standard deviations: about one false alarm in 10,000 */
        assert_true(chi_square < d + 4 * sqrt(2 * d) + 10);
    }
}

static void test_poisson_of_huge_means_has_their_moments(void **state) {
    (void)state;
    enum { N = 20000 };
    const double means[] = {1e5, 1e9};
    for (size_t m = 0; m < 2; m++) {
        ml_rng rng = ml_rng_seed(11, m);
        double sum = 0, squares = 0;
        for (size_t i = 0; i < N; i++) {
            const double z = ((double)ml_rng_poisson(&rng, means[m]) - means[m]) / sqrt(means[m]);
            sum += z;
            squares += z * z;
        }
        assert_true(fabs(sum / N) < 0.03 && fabs(squares / N - 1) < 0.04);
    }
}

static void test_poisson_of_no_mean_is_zero_and_of_infinity_ends(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(12, 0), before = rng;
    assert_true(ml_rng_poisson(&rng, 0) == 0 && ml_rng_poisson(&rng, -1) == 0);
    assert_true(ml_rng_poisson(&rng, (double)NAN) == 0);
    assert_true(ml_rng_next(&rng) == ml_rng_next(&before)); /* no draw was made */
    const double k = (double)ml_rng_poisson(&rng, INFINITY);
    assert_true(fabs(k - 1e9) < 3e5);
}

static void test_below_is_fair_and_in_range(void **state) {
    (void)state;
    enum { N = 60000 };
    ml_rng rng = ml_rng_seed(4, 0);
    size_t count[6] = {0};
    assert_true(ml_rng_below(&rng, 0) == 0 && ml_rng_below(&rng, 1) == 0);
    for (size_t i = 0; i < N; i++) {
        const uint64_t x = ml_rng_below(&rng, 6);
        assert_true(x < 6);
        count[x]++;
    }
    double chi_square = 0;
    for (size_t i = 0; i < 6; i++)
        chi_square += ((double)count[i] - N / 6.0) * ((double)count[i] - N / 6.0) / (N / 6.0);
    assert_true(chi_square < 20.5); /* five degrees of freedom: exceeded once in a thousand */
}

/* For n = 3 * 2^62 a plain remainder, and a product without rejection, would give some thirds twice the share. */
static void test_below_is_fair_for_huge_ranges(void **state) {
    (void)state;
    enum { N = 30000 };
    const uint64_t n = UINT64_C(3) << 62;
    ml_rng rng = ml_rng_seed(5, 0);
    size_t odd = 0, low_third = 0;
    for (size_t i = 0; i < N; i++) {
        const uint64_t x = ml_rng_below(&rng, n);
        assert_true(x < n);
        odd += x % 3 == 1;
        low_third += x < n / 3;
    }
    assert_true(fabs((double)odd / N - 1.0 / 3) < 0.012);
    assert_true(fabs((double)low_third / N - 1.0 / 3) < 0.012);
}

static void test_bernoulli_draws_once_whatever_the_probability(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(6, 0), other = rng;
    size_t ones = 0;
    assert_int_equal(ml_rng_bernoulli(&rng, 0), 0);
    assert_int_equal(ml_rng_bernoulli(&rng, 1), 1);
    assert_int_equal(ml_rng_bernoulli(&rng, (double)NAN), 0);
    for (size_t i = 0; i < 3; i++)
        ml_rng_next(&other);
    assert_true(ml_rng_next(&rng) == ml_rng_next(&other));
    for (size_t i = 0; i < 50000; i++)
        ones += (size_t)ml_rng_bernoulli(&rng, 0.2);
    assert_true(fabs((double)ones / 50000 - 0.2) < 0.008);
}

static void test_permutations_are_complete_and_equally_likely(void **state) {
    (void)state;
    enum { N = 24000 };
    ml_rng rng = ml_rng_seed(7, 0);
    size_t count[24] = {0};
    for (size_t i = 0; i < N; i++) {
        uint32_t order[4], seen = 0, rank = 0;
        ml_rng_permutation(&rng, 4, order);
        for (size_t j = 0; j < 4; j++) {
            assert_true(order[j] < 4);
            seen |= 1u << order[j];
            uint32_t smaller_behind = 0;
            for (size_t k = j + 1; k < 4; k++)
                smaller_behind += order[k] < order[j];
            rank = rank * (uint32_t)(4 - j) + smaller_behind;
        }
        assert_int_equal(seen, 15);
        count[rank]++;
    }
    double chi_square = 0;
    for (size_t i = 0; i < 24; i++)
        chi_square += ((double)count[i] - N / 24.0) * ((double)count[i] - N / 24.0) / (N / 24.0);
    assert_true(chi_square < 49.7); /* 23 degrees of freedom: exceeded once in a thousand */
    ml_rng_permutation(&rng, 0, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next_is_xoshiro256_starstar),
        cmocka_unit_test(test_seeding_fills_the_state_by_splitmix64),
        cmocka_unit_test(test_seeds_and_streams_give_different_sequences),
        cmocka_unit_test(test_uniform_lies_in_its_interval_with_the_moments_of_its_law),
        cmocka_unit_test(test_normal_has_the_moments_of_its_law),
        cmocka_unit_test(test_exponential_has_the_mean_and_the_tail_of_its_law),
        cmocka_unit_test(test_poisson_has_the_probabilities_of_its_law),
        cmocka_unit_test(test_poisson_of_huge_means_has_their_moments),
        cmocka_unit_test(test_poisson_of_no_mean_is_zero_and_of_infinity_ends),
        cmocka_unit_test(test_below_is_fair_and_in_range),
        cmocka_unit_test(test_below_is_fair_for_huge_ranges),
        cmocka_unit_test(test_bernoulli_draws_once_whatever_the_probability),
        cmocka_unit_test(test_permutations_are_complete_and_equally_likely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
