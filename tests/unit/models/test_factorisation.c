/* Factors of ratings and events, and the factorisation machine: against NumPy, and what must hold of any data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/factorisation_golden.h"
#include "ml.h"

static unsigned char block[1 << 16];
static ml_arena arena;
static ml_error error;

static double user_bias[USERS], item_bias[ITEMS], user[USERS * FACTORS], item[ITEMS * FACTORS];
static ml_factors factors;
static ml_ratings ratings;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    error.message[0] = '\0';
    factors = (ml_factors){USERS, ITEMS, FACTORS, 0.0, user_bias, item_bias, user, item};
    ratings = (ml_ratings){RATINGS, USERS, ITEMS, rating_user, rating_item, rating_value};
    memset(user_bias, 0, sizeof user_bias);
    memset(item_bias, 0, sizeof item_bias);
    memcpy(user, start_user, sizeof user);
    memcpy(item, start_item, sizeof item);
    return 0;
}

/* Whatever a test fits, its scratch must have been given back. */
static int given_back(void **state) {
    (void)state;
    assert_int_equal(arena.used, 0);
    return 0;
}

static void assert_close(size_t n, const double *got, const double *expected, double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= tolerance * fmax(1e-3, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, word);
}

static void test_als_is_that_of_numpy(void **state) {
    (void)state;
    double objective;
    assert_int_equal(ml_factors_als(&ratings, 0.3, 3, &factors, &objective, &arena, &error), ML_OK);
    assert_close(USERS * FACTORS, user, als_user, 1e-10);
    assert_close(ITEMS * FACTORS, item, als_item, 1e-10);
    assert_close(USERS, user_bias, als_user_bias, 1e-10);
    assert_close(ITEMS, item_bias, als_item_bias, 1e-10);
    assert_close(1, &objective, als_objective, 1e-10);
}

static void test_implicit_als_is_that_of_numpy(void **state) {
    (void)state;
    ratings.value = event_weight;
    assert_int_equal(ml_als_implicit(&ratings, 0.5, 4.0, 3, &factors, &arena, &error), ML_OK);
    assert_close(USERS * FACTORS, user, implicit_user, 1e-10);
    assert_close(ITEMS * FACTORS, item, implicit_item, 1e-10);
}

/* The ratings are put where the shuffle will find them in NumPy's order. */
static void test_sgd_is_that_of_numpy(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0), same = rng;
    uint32_t order[RATINGS], of_user[RATINGS], of_item[RATINGS];
    double value[RATINGS], rmse, sum = 0.0;
    ml_rng_permutation(&same, RATINGS, order);
    for (size_t r = 0; r < RATINGS; r++) {
        of_user[order[r]] = rating_user[r];
        of_item[order[r]] = rating_item[r];
        value[order[r]] = rating_value[r];
    }
    ratings = (ml_ratings){RATINGS, USERS, ITEMS, of_user, of_item, value};
    assert_int_equal(ml_factors_sgd(&ratings, 0.02, 0.05, 1, &rng, &factors, &rmse, &arena, &error), ML_OK);
    assert_close(USERS * FACTORS, user, sgd_user, 1e-11);
    assert_close(ITEMS * FACTORS, item, sgd_item, 1e-11);
    assert_close(USERS, user_bias, sgd_user_bias, 1e-11);
    assert_close(ITEMS, item_bias, sgd_item_bias, 1e-11);
    for (size_t r = 0; r < RATINGS; r++) {
        const double miss = value[r] - ml_factors_predict(&factors, of_user[r], of_item[r]);
        sum += miss * miss;
    }
    assert_close(1, &rmse, (const double[]){sqrt(sum / RATINGS)}, 1e-12);
}

static void test_als_objective_never_rises_and_users_without_ratings_get_nothing(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(2, 0);
    for (int round = 0; round < 300; round++) {
        uint32_t of_user[RATINGS], of_item[RATINGS];
        double value[RATINGS], objective, last = (double)INFINITY;
        const size_t n = 1 + ml_rng_below(&rng, RATINGS);
        const double l2 = 0.01 + ml_rng_uniform(&rng);
        for (size_t r = 0; r < n; r++) {
            of_user[r] = (uint32_t)ml_rng_below(&rng, USERS - 1); /* the last user rates nothing */
            of_item[r] = (uint32_t)ml_rng_below(&rng, ITEMS);
            value[r] = ml_rng_normal(&rng);
        }
        ratings = (ml_ratings){n, USERS, ITEMS, of_user, of_item, value};
        ml_factors_start(&factors, 0.1, &rng);
        for (int sweep = 0; sweep < 10; sweep++) {
            assert_int_equal(ml_factors_als(&ratings, l2, 1, &factors, &objective, &arena, &error), ML_OK);
            assert_true(objective <= last * (1.0 + 1e-12));
            last = objective;
        }
        assert_true(user_bias[USERS - 1] == 0.0 && user[USERS * FACTORS - 1] == 0.0);
    }
}

/* Worked by hand: items (1,0), (0,1), (1,1); the user has the first with weight 1 and the third with 2. */
static void test_one_user_by_hand(void **state) {
    (void)state;
    const double gram[] = {2, 1, 1, 2}, v[] = {1, 0, 1, 1}, w[] = {1, 2};
    double scratch[4], x[2];
    assert_int_equal(ml_als_user(2, gram, 0.5, 4.0, 2, v, w, scratch, x, &error), ML_OK);
    assert_true(fabs(x[0] - 0.926316) < 1e-6 && fabs(x[1] - 0.063158) < 1e-6);
    assert_int_equal(ml_als_user(2, gram, 0.5, 4.0, 0, v, w, scratch, x, &error), ML_OK);
    assert_true(x[0] == 0.0 && x[1] == 0.0);
}

/* At the solution the gradient of the user's objective, over all items, is 0. */
static void test_a_user_s_vector_is_the_optimum(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    for (int round = 0; round < 500; round++) {
        enum { MOST = 12 };
        const size_t k = 1 + ml_rng_below(&rng, 5), all = 1 + ml_rng_below(&rng, MOST), n = ml_rng_below(&rng, all + 1);
        double y[MOST * 5], w[MOST], gram[25] = {0}, scratch[25], x[5];
        const double l2 = 0.1 + ml_rng_uniform(&rng), alpha = 5.0 * ml_rng_uniform(&rng);
        for (size_t i = 0; i < all * k; i++)
            y[i] = ml_rng_normal(&rng);
        for (size_t i = 0; i < n; i++)
            w[i] = ml_rng_uniform(&rng);
        ml_syrk_acc(all, k, y, gram);
        assert_int_equal(ml_als_user(k, gram, l2, alpha, n, y, w, scratch, x, &error), ML_OK);
        for (size_t a = 0; a < k; a++) {
            double slope = l2 * x[a];
            for (size_t i = 0; i < all; i++) {
                double score = 0.0;
                for (size_t b = 0; b < k; b++)
                    score += x[b] * y[i * k + b];
                slope += (i < n ? (1.0 + alpha * w[i]) * (score - 1.0) : score) * y[i * k + a];
            }
            assert_true(fabs(slope) < 1e-10);
        }
    }
}

static void test_sgd_learns_what_is_there(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    double value[USERS * ITEMS], rmse;
    uint32_t of_user[USERS * ITEMS], of_item[USERS * ITEMS];
    ml_factors_start(&factors, 1.0, &rng);
    for (uint32_t r = 0; r < USERS * ITEMS; r++) {
        of_user[r] = r / ITEMS;
        of_item[r] = r % ITEMS;
        value[r] = 3.0 + ml_factors_predict(&factors, of_user[r], of_item[r]);
    }
    ratings = (ml_ratings){USERS * ITEMS, USERS, ITEMS, of_user, of_item, value};
    ml_factors_start(&factors, 0.1, &rng);
    assert_int_equal(ml_factors_sgd(&ratings, 1e-4, 0.05, 2000, &rng, &factors, &rmse, &arena, &error), ML_OK);
    assert_true(rmse < 0.05);
}

/* --- Factorisation machine ---------------------------------------------------------------------------------------- */

static ml_sparse_row row_of(const double *x, uint32_t *index, double *value) {
    size_t n = 0;
    for (uint32_t j = 0; j < MACHINE_D; j++)
        if (x[j] != 0.0) {
            index[n] = j;
            value[n++] = x[j];
        }
    return (ml_sparse_row){n, index, value};
}

static void test_machine_is_that_of_numpy(void **state) {
    (void)state;
    double weight[MACHINE_D] = {0}, square_weight[MACHINE_D] = {0}, factor[MACHINE_D * MACHINE_K];
    double square_factor[MACHINE_D * MACHINE_K] = {0}, scratch[MACHINE_K], value[MACHINE_D];
    uint32_t index[MACHINE_D];
    memcpy(factor, machine_start, sizeof factor);
    ml_machine machine = {MACHINE_D, MACHINE_K, 0.0, 0.0, weight, square_weight, factor, square_factor};
    for (size_t i = 0; i < MACHINE_N; i++) {
        const ml_sparse_row row = row_of(machine_x + i * MACHINE_D, index, value);
        const double score = ml_machine_score(&machine, row);
        assert_close(1, &score, machine_score + i, 1e-10);
        ml_machine_learn(&machine, row, ml_sigmoid(score) - machine_y[i], 0.1, 0.0005, scratch);
    }
    assert_close(1, &machine.bias, machine_bias, 1e-11);
    assert_close(MACHINE_D, weight, machine_weight, 1e-11);
    assert_close(MACHINE_D * MACHINE_K, factor, machine_factor, 1e-11);
}

/* Exclusive or: no sum of weights can say it, a pair can. Values that are all 1 may be left out. */
static void test_machine_finds_a_pair(void **state) {
    (void)state;
    double weight[4] = {0}, square_weight[4] = {0}, factor[8], square_factor[8] = {0}, scratch[2];
    ml_rng rng = ml_rng_seed(5, 0);
    for (size_t i = 0; i < 8; i++)
        factor[i] = 0.05 * ml_rng_normal(&rng);
    ml_machine machine = {4, 2, 0.0, 0.0, weight, square_weight, factor, square_factor};
    for (int step = 0; step < 4000; step++) {
        const uint32_t a = (uint32_t)ml_rng_below(&rng, 2), b = (uint32_t)ml_rng_below(&rng, 2), index[] = {a, 2 + b};
        const ml_sparse_row row = {2, index, NULL};
        const double p = ml_sigmoid(ml_machine_score(&machine, row));
        ml_machine_learn(&machine, row, p - (a != b), 0.1, 1e-4, scratch);
        if (step > 3900)
            assert_int_equal(p > 0.5, a != b);
    }
}

static void test_factors_refuse(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(6, 0);
    ml_arena *const a = &arena;
    const uint32_t outside[] = {USERS};
    const double missing[] = {NAN}, negative[] = {-1}, one[] = {1};
    double scratch[1], x[1];
    const ml_ratings good = ratings;
#define ALS()                 ml_factors_als(&ratings, 1, 1, &factors, NULL, a, &error)
#define SGD(l2, rate, epochs) ml_factors_sgd(&ratings, l2, rate, epochs, &rng, &factors, NULL, a, &error)
    ratings.n = 0;
    assert_fails(ALS(), ML_EINVAL, "at least one");
    ratings.n = 1;
    ratings.user = outside;
    assert_fails(ALS(), ML_EINVAL, "number them from 0");
    ratings = good;
    ratings.n = 1;
    ratings.value = missing;
    assert_fails(ALS(), ML_EINVAL, "missing");
    ratings.value = negative;
    assert_fails(ml_als_implicit(&ratings, 1, 1, 1, &factors, a, &error), ML_EINVAL, "weight");
    ratings = good;
    ratings.users++;
    assert_fails(ALS(), ML_EINVAL, "do not fit");
    ratings = good;
    assert_fails(ml_als_implicit(&ratings, 1, -1, 1, &factors, a, &error), ML_EINVAL, "alpha");
    assert_fails(SGD(0, 1, 1), ML_EINVAL, "l2");
    assert_fails(SGD(1, 0, 1), ML_EINVAL, "rate");
    assert_fails(SGD(1, 1, 0), ML_EINVAL, "round");
    item[0] = NAN;
    assert_fails(ALS(), ML_EINVAL, "nan");
    item[0] = start_item[0];
    assert_memory_equal(user, start_user, sizeof user);
    arena.capacity = 64;
    assert_fails(ALS(), ML_ENOMEM, "memory");
    assert_fails(SGD(1, 1, 1), ML_ENOMEM, "memory");
    assert_fails(ml_als_implicit(&ratings, 1, 1, 1, &factors, a, &error), ML_ENOMEM, "memory");
    arena.capacity = 3 * 192;
    assert_fails(ml_als_implicit(&ratings, 1, 1, 1, &factors, a, &error), ML_ENOMEM, "memory");
    assert_memory_equal(user, start_user, sizeof user);
    assert_fails(ml_als_user(0, one, 1, 1, 1, one, one, scratch, x, &error), ML_EINVAL, "k is 0");
    assert_fails(ml_als_user(1, one, 0, 1, 1, one, one, scratch, x, &error), ML_EINVAL, "l2");
    assert_fails(ml_als_user(1, one, 1, NAN, 1, one, one, scratch, x, &error), ML_EINVAL, "alpha");
    assert_fails(ml_als_user(1, one, 1, 1, 1, one, negative, scratch, x, &error), ML_EINVAL, "weight");
    assert_fails(ml_als_user(1, missing, 1, 1, 1, one, one, scratch, x, &error), ML_ESINGULAR, "positive definite");
}

static void test_a_rate_that_is_too_large_diverges(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(7, 0);
    assert_fails(ml_factors_sgd(&ratings, 0.1, 100.0, 200, &rng, &factors, NULL, &arena, &error), ML_EDIVERGED,
                 "smaller rate");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, given_back)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_als_is_that_of_numpy),
        TEST(test_implicit_als_is_that_of_numpy),
        TEST(test_sgd_is_that_of_numpy),
        TEST(test_als_objective_never_rises_and_users_without_ratings_get_nothing),
        TEST(test_one_user_by_hand),
        TEST(test_a_user_s_vector_is_the_optimum),
        TEST(test_sgd_learns_what_is_there),
        TEST(test_machine_is_that_of_numpy),
        TEST(test_machine_finds_a_pair),
        TEST(test_factors_refuse),
        TEST(test_a_rate_that_is_too_large_diverges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
