/* Bandits: exact choices, exact probabilities, regret by simulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static ml_error error;
static unsigned char memory[1 << 16];

static void test_every_arm_is_tried_first_and_ties_go_to_the_lowest(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    const double plays[3] = {4, 0, 0}, reward[3] = {4, 0, 0}, all[3] = {10, 20, 20}, sum[3] = {3, 8, 8};
    assert_int_equal(ml_bandit_greedy(3, plays, reward), 1);
    assert_int_equal(ml_bandit_ucb1(3, plays, reward), 1);
    assert_int_equal(ml_bandit_epsilon_greedy(3, plays, reward, 1, &rng), 1);
    assert_int_equal(ml_bandit_greedy(3, all, sum), 1);
    assert_int_equal(ml_bandit_epsilon_greedy(3, all, sum, 0, &rng), 1);
    assert_int_equal(ml_bandit_ucb1(3, all, sum), 0); /* 0.3 + sqrt(2 ln 50 / 10) = 1.18 beats 0.4 + 0.63 */
    assert_int_equal(ml_bandit_greedy(0, all, sum), 0);
    assert_int_equal(ml_bandit_thompson(0, all, sum, &rng), 0);
}

/* The exact chances that the first arm wins; five standard errors of 20,000 draws. */
static void test_thompson_chooses_with_the_exact_probability(void **state) {
    (void)state;
    const double success[3][2] = {{3, 30}, {0, 2}, {20, 0}}, failure[3][2] = {{1, 20}, {0, 38}, {0, 0}};
    const double chance[3] = {0.6601, 0.9286, 21.0 / 22.0};
    ml_rng rng = ml_rng_seed(2, 0);
    for (int i = 0; i < 3; i++) {
        double first = 0.0;
        for (int draw = 0; draw < 20000; draw++)
            first += ml_bandit_thompson(2, success[i], failure[i], &rng) == 0;
        if (!(fabs(first / 20000 - chance[i]) <= 5.0 * sqrt(chance[i] * (1 - chance[i]) / 20000)))
            fail_msg("case %d: %g, expected %g", i, first / 20000, chance[i]);
    }
}

/* Chapter 7: rates 5 6 4 8 5 %, 10,000 users. Reference 55, 78 and 196; always random loses 240. */
static void test_regret_is_that_of_the_reference(void **state) {
    (void)state;
    const double rate[5] = {0.05, 0.06, 0.04, 0.08, 0.05};
    double regret[3] = {0};
    enum { RUNS = 20 };
    for (uint64_t run = 0; run < RUNS; run++)
        for (int way = 0; way < 3; way++) {
            ml_rng rng = ml_rng_seed(run, (uint64_t)way);
            double plays[5] = {0}, reward[5] = {0}, failure[5] = {0};
            for (int user = 0; user < 10000; user++) {
                const size_t arm = way == 0   ? ml_bandit_thompson(5, reward, failure, &rng)
                                   : way == 1 ? ml_bandit_epsilon_greedy(5, plays, reward, 0.1, &rng)
                                              : ml_bandit_ucb1(5, plays, reward);
                const int won = ml_rng_bernoulli(&rng, rate[arm]);
                plays[arm]++;
                reward[arm] += won;
                failure[arm] += !won;
                regret[way] += (0.08 - rate[arm]) / RUNS;
            }
        }
    assert_true(regret[0] > 30 && regret[0] < 80);
    assert_true(regret[1] > 40 && regret[1] < 130);
    assert_true(regret[2] > 185 && regret[2] < 207);
}

static void test_linucb_is_ridge_regression_and_its_width(void **state) {
    (void)state;
    enum { D = 3, ROWS = 40 };
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(3, 0);
    ml_linucb bandit;
    assert_int_equal(ml_linucb_init(&bandit, 2, D, 0.5, &arena, &error), ML_OK);
    double a[D * D] = {0}, b[D] = {0};
    for (size_t i = 0; i < D; i++)
        a[i * D + i] = 0.5;
    for (int row = 0; row < ROWS; row++) {
        double x[D], y = ml_rng_normal(&rng);
        for (size_t i = 0; i < D; i++)
            x[i] = ml_rng_normal(&rng);
        for (size_t i = 0; i < D; i++) {
            b[i] += y * x[i];
            for (size_t j = 0; j < D; j++)
                a[i * D + j] += x[i] * x[j];
        }
        assert_int_equal(ml_linucb_update(&bandit, 1, x, y, &error), ML_OK);
    }
    for (size_t column = 0; column < D; column++) { /* A times our inverse is the identity */
        for (size_t i = 0; i < D; i++) {
            double sum = 0.0;
            for (size_t j = 0; j < D; j++)
                sum += a[i * D + j] * bandit.inverse[D * D + j * D + column];
            assert_true(fabs(sum - (i == column)) < 1e-10);
        }
        assert_true(fabs(bandit.reward[D + column] - b[column]) < 1e-12);
    }
    const double context[2 * D] = {1, 1, 1, 1, 1, 1};
    assert_int_equal(ml_linucb_choose(&bandit, context, 100.0), 0); /* the arm it knows nothing of */
}

/* Two groups with opposite tastes: one arm for each, found from the context. */
static void test_linucb_learns_who_likes_what(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_rng rng = ml_rng_seed(4, 0);
    ml_linucb bandit;
    assert_int_equal(ml_linucb_init(&bandit, 2, 2, 1, &arena, &error), ML_OK);
    int right = 0;
    for (int user = 0; user < 3000; user++) {
        const size_t group = (size_t)ml_rng_below(&rng, 2);
        const double context[4] = {group == 0, group == 1, group == 0, group == 1};
        const size_t arm = ml_linucb_choose(&bandit, context, 1.0);
        const double reward = ml_rng_bernoulli(&rng, arm == group ? 0.6 : 0.2);
        assert_int_equal(ml_linucb_update(&bandit, arm, context, reward, &error), ML_OK);
        right += arm == group;
    }
    assert_true(right > 2700);
}

static void test_bad_input_is_refused(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, 200);
    ml_linucb bandit;
    const double x[1] = {1}, bad[1] = {(double)NAN};
    assert_int_equal(ml_linucb_init(&bandit, 0, 2, 1, &arena, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "positive"));
    assert_int_equal(ml_linucb_init(&bandit, 2, 2, (double)NAN, &arena, &error), ML_EINVAL);
    assert_int_equal(ml_linucb_init(&bandit, 2, 20, 1, &arena, &error), ML_ENOMEM);
    assert_non_null(strstr(error.message, "use fewer"));
    assert_int_equal(ml_linucb_init(&bandit, 2, SIZE_MAX / 2, 1, &arena, &error), ML_ENOMEM);
    assert_int_equal(ml_linucb_init(&bandit, 1, 1, 1, &arena, &error), ML_OK);
    assert_int_equal(ml_linucb_update(&bandit, 1, x, 1, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "arm 1 of 1"));
    assert_int_equal(ml_linucb_update(&bandit, 0, bad, 1, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "finite"));
    assert_int_equal(ml_linucb_update(&bandit, 0, x, (double)INFINITY, &error), ML_EINVAL);
    assert_true(bandit.inverse[0] == 1.0 && bandit.reward[0] == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_arm_is_tried_first_and_ties_go_to_the_lowest),
        cmocka_unit_test(test_thompson_chooses_with_the_exact_probability),
        cmocka_unit_test(test_regret_is_that_of_the_reference),
        cmocka_unit_test(test_linucb_is_ridge_regression_and_its_width),
        cmocka_unit_test(test_linucb_learns_who_likes_what),
        cmocka_unit_test(test_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
