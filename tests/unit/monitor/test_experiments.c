/* Tests, power, corrections and boundaries against SciPy, statsmodels and published tables, and by simulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/experiments_golden.h"
#include "ml.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

static void assert_fails(ml_status got, const char *word) {
    assert_int_equal(got, ML_EINVAL);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void test_two_proportions_are_those_of_statsmodels(void **state) {
    (void)state;
    double z, p, back;
    for (size_t i = 0; i < COUNT(experiment_arms) / 4; i++) {
        const uint64_t *const x = experiment_arms + 4 * i;
        assert_int_equal(ml_two_prop_z(x[0], x[1], x[2], x[3], &z, &p, &error), ML_OK);
        assert_near(z, golden_two_prop[2 * i], 1e-12 * fabs(z));
        assert_near(p, golden_two_prop[2 * i + 1], 1e-11 * p);
        assert_int_equal(ml_two_prop_z(x[2], x[3], x[0], x[1], &back, &p, &error), ML_OK);
        assert_near(back, -z, 1e-12);
    }
    assert_int_equal(ml_two_prop_z(5, 5, 9, 9, &z, &p, &error), ML_OK);
    assert_true(z == 0.0 && p == 1.0);
}

static void test_the_size_gives_the_power(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_size); i++) {
        const double *const d = experiment_designs + 4 * i;
        uint64_t n, swapped;
        double power, less;
        assert_int_equal(ml_two_prop_size(d[0], d[1], d[2], d[3], &n, &error), ML_OK);
        assert_true((double)n == golden_size[i]);
        assert_int_equal(ml_two_prop_size(d[1], d[0], d[2], d[3], &swapped, &error), ML_OK);
        assert_true(n == swapped);
        assert_int_equal(ml_two_prop_power(d[0], d[1], d[2], n, &power, &error), ML_OK);
        assert_int_equal(ml_two_prop_power(d[0], d[1], d[2], n - 1, &less, &error), ML_OK);
        assert_true(power >= d[3] && less < d[3]);
    }
}

static void test_power_and_level_hold_in_simulation(void **state) {
    (void)state;
    enum { ROUNDS = 4000, USERS = 31234 };
    ml_rng rng = ml_rng_seed(1, 0);
    double found = 0.0, cried = 0.0, z, p;
    for (int i = 0; i < ROUNDS; i++) {
        const uint32_t a = ml_rng_binomial(&rng, USERS, 0.05), b = ml_rng_binomial(&rng, USERS, 0.055);
        assert_int_equal(ml_two_prop_z(a, USERS, b, USERS, &z, &p, &error), ML_OK);
        found += p < 0.05;
        assert_int_equal(ml_two_prop_z(a, USERS, ml_rng_binomial(&rng, USERS, 0.05), USERS, &z, &p, &error), ML_OK);
        cried += p < 0.05;
    }
    assert_near(found / ROUNDS, 0.8, 0.0380); /* six standard errors */
    assert_near(cried / ROUNDS, 0.05, 0.0207);
}

static void test_welch_is_that_of_scipy(void **state) {
    (void)state;
    double t, df, p, power;
    assert_int_equal(ml_welch_t(23, experiment_a, 9, experiment_b, &t, &df, &p, &error), ML_OK);
    assert_near(t, golden_welch[0], 1e-12 * fabs(t));
    assert_near(df, golden_welch[1], 1e-12 * df);
    assert_near(p, golden_welch[2], 1e-11 * p);
    for (size_t i = 0; i < COUNT(golden_t_power); i++) {
        const double *const x = experiment_powers + 3 * i;
        assert_int_equal(ml_t_power((size_t)x[0], x[1], x[2], &power, &error), ML_OK);
        assert_near(power, golden_t_power[i], 1e-9);
    }
    assert_int_equal(ml_t_power(10, 0, 0.05, &power, &error), ML_OK);
    assert_near(power, 0.05, 1e-12);
}

static void test_corrections_are_those_of_statsmodels(void **state) {
    (void)state;
    enum { K = COUNT(experiment_p) };
    double adjusted[K];
    uint32_t scratch[2 * K];
    for (int c = ML_BONFERRONI; c <= ML_BENJAMINI_HOCHBERG; c++) {
        memcpy(adjusted, experiment_p, sizeof adjusted);
        assert_int_equal(ml_adjust_p(K, adjusted, (ml_correction)c, adjusted, scratch, &error), ML_OK); /* in place */
        for (size_t i = 0; i < K; i++)
            assert_near(adjusted[i], golden_adjusted[(size_t)c * K + i], 1e-14);
    }
}

static void test_corrections_keep_their_order(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    for (int round = 0; round < 2000; round++) {
        double p[12], all[3][12];
        uint32_t scratch[24];
        const size_t k = 1 + (size_t)ml_rng_below(&rng, 12);
        for (size_t i = 0; i < k; i++)
            p[i] = ml_rng_uniform(&rng) * ml_rng_uniform(&rng);
        for (int c = 0; c < 3; c++)
            assert_int_equal(ml_adjust_p(k, p, (ml_correction)c, all[c], scratch, &error), ML_OK);
        for (size_t i = 0; i < k; i++)
            assert_true(all[0][i] + 1e-15 >= all[1][i] && all[1][i] + 1e-15 >= all[2][i] && all[2][i] + 1e-15 >= p[i] &&
                        all[0][i] <= 1.0);
    }
}

static void test_boundaries_are_those_of_the_tables(void **state) {
    (void)state;
    const struct {
        size_t looks;
        double pocock, obrien;
    } table[] = {{1, 1.960, 1.960}, {2, 2.178, 1.977}, {5, 2.413, 2.040}, {10, 2.555, 2.087}};
    double bound[30];
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(ml_seq_boundary(ML_POCOCK, table[i].looks, 0.05, bound, &error), ML_OK);
        for (size_t k = 0; k < table[i].looks; k++)
            assert_near(bound[k], table[i].pocock, 6e-4);
        assert_int_equal(ml_seq_boundary(ML_OBRIEN_FLEMING, table[i].looks, 0.05, bound, &error), ML_OK);
        for (size_t k = 0; k < table[i].looks; k++)
            assert_near(bound[k], table[i].obrien * sqrt((double)table[i].looks / (double)(k + 1)),
                        6e-4 * sqrt((double)table[i].looks));
    }
}

/* 20,000 walks without an effect: 5 % ± six standard errors; the mSPRT stays below its promise. */
static void test_peeking_is_paid_for(void **state) {
    (void)state;
    enum { WALKS = 20000, LOOKS = 5 };
    ml_rng rng = ml_rng_seed(6, 0);
    double pocock[LOOKS], obrien[LOOKS], crossed[4] = {0};
    assert_int_equal(ml_seq_boundary(ML_POCOCK, LOOKS, 0.05, pocock, &error), ML_OK);
    assert_int_equal(ml_seq_boundary(ML_OBRIEN_FLEMING, LOOKS, 0.05, obrien, &error), ML_OK);
    for (int walk = 0; walk < WALKS; walk++) {
        double sum = 0.0;
        int over[4] = {0};
        for (int k = 0; k < LOOKS; k++) {
            sum += ml_rng_normal(&rng);
            const double n = k + 1, z = fabs(sum) / sqrt(n);
            over[0] |= z > pocock[k];
            over[1] |= z > obrien[k];
            over[2] |= z > 1.96;
            over[3] |= ml_msprt_ratio(sum / n, 1.0 / n, 1.0) > 20.0;
        }
        for (int i = 0; i < 4; i++)
            crossed[i] += over[i] / (double)WALKS;
    }
    assert_near(crossed[0], 0.05, 0.0093);
    assert_near(crossed[1], 0.05, 0.0093);
    assert_near(crossed[2], 0.142, 0.0148);
    assert_true(crossed[3] > 0.0 && crossed[3] < 0.05);
    assert_true(ml_msprt_ratio(1, 0, 1) == 1.0 && isnan(ml_msprt_ratio(1, -1, 1)) && isnan(ml_msprt_ratio(1, 1, 0)));
}

static void test_interleaving_is_fair_and_shows_each_item_once(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(7, 0);
    int first_from_a = 0;
    for (int round = 0; round < 2000; round++) {
        uint32_t a[8], b[8], shown[20];
        uint8_t team[20];
        ml_rng_permutation(&rng, 8, a);
        ml_rng_permutation(&rng, 8, b);
        for (int i = 0; i < 4; i++)
            b[i] += round % 2 ? 100u : 0u;
        const size_t length = 1 + (size_t)ml_rng_below(&rng, 16);
        for (int balanced = 0; balanced < 2; balanced++) {
            const size_t n = balanced ? ml_interleave_balanced(8, a, b, length, &rng, shown)
                                      : ml_interleave_team_draft(8, a, b, length, &rng, shown, team);
            assert_true(n <= length && n >= (length < 8 ? length : 8));
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < i; j++)
                    assert_true(shown[i] != shown[j]);
            int from_a = 0;
            for (size_t i = 0; !balanced && i < n; i++)
                from_a += team[i] == 0;
            if (!balanced && n <= 8)
                assert_in_range(2 * from_a, (long)n - 1, (long)n + 1);
        }
        first_from_a += team[0] == 0;
    }
    assert_in_range(first_from_a, 1000 - 134, 1000 + 134); /* six standard errors */
    const uint32_t a[3] = {1, 2, 3}, b[3] = {2, 4, 1};
    uint32_t shown[6];
    for (int i = 0; i < 20; i++) { /* balanced: both beginnings, by hand */
        assert_int_equal(ml_interleave_balanced(3, a, b, 6, &rng, shown), 4);
        const uint32_t by_a[4] = {1, 2, 4, 3}, by_b[4] = {2, 1, 4, 3};
        assert_true(!memcmp(shown, by_a, sizeof by_a) || !memcmp(shown, by_b, sizeof by_b));
    }
}

static void test_bad_input_is_refused(void **state) {
    (void)state;
    const double bad[2] = {1, (double)NAN}, same[2] = {3, 3};
    double x = 7, y = 7, w = 7;
    uint64_t n = 7;
    uint32_t scratch[4];
    assert_fails(ml_two_prop_z(3, 2, 1, 2, &x, &y, &error), "no more successes");
    assert_fails(ml_two_prop_z(0, 0, 1, 2, &x, &y, &error), "needs users");
    assert_fails(ml_two_prop_size(0, 0.5, 0.05, 0.8, &n, &error), "strictly");
    assert_fails(ml_two_prop_size(0.1, 0.5, 0.05, (double)NAN, &n, &error), "strictly");
    assert_fails(ml_two_prop_size(0.5, 0.5, 0.05, 0.8, &n, &error), "difference of 0");
    assert_fails(ml_two_prop_size(0.5, nextafter(0.5, 1), 0.05, 0.8, &n, &error), "larger effect");
    assert_fails(ml_two_prop_power(0.5, 0.6, 1, 9, &x, &error), "strictly");
    assert_fails(ml_welch_t(1, same, 2, same, &x, &y, &w, &error), "needs two");
    assert_fails(ml_welch_t(2, same, 2, bad, &x, &y, &w, &error), "b[1]");
    assert_fails(ml_welch_t(2, same, 2, same, &x, &y, &w, &error), "variances");
    assert_fails(ml_t_power(1, 0.5, 0.05, &x, &error), "2 rows");
    assert_fails(ml_t_power(9, (double)NAN, 0.05, &x, &error), "effect");
    assert_fails(ml_adjust_p(2, bad, ML_HOLM, &x, scratch, &error), "p[1]");
    assert_fails(ml_adjust_p(1, bad, (ml_correction)3, &x, scratch, &error), "correction 3");
    assert_fails(ml_seq_boundary((ml_boundary)2, 3, 0.05, &x, &error), "boundary 2");
    assert_fails(ml_seq_boundary(ML_POCOCK, 0, 0.05, &x, &error), "0 looks");
    assert_fails(ml_seq_boundary(ML_POCOCK, 3, 0.9, &x, &error), "level");
    assert_true(x == 7 && y == 7 && w == 7 && n == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_proportions_are_those_of_statsmodels),
        cmocka_unit_test(test_the_size_gives_the_power),
        cmocka_unit_test(test_power_and_level_hold_in_simulation),
        cmocka_unit_test(test_welch_is_that_of_scipy),
        cmocka_unit_test(test_corrections_are_those_of_statsmodels),
        cmocka_unit_test(test_corrections_keep_their_order),
        cmocka_unit_test(test_boundaries_are_those_of_the_tables),
        cmocka_unit_test(test_peeking_is_paid_for),
        cmocka_unit_test(test_interleaving_is_fair_and_shows_each_item_once),
        cmocka_unit_test(test_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
