/* AdaBoost and majorities: against scikit-learn and SciPy, and what the theory says of any rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/committee_golden.h"
#include "ml.h"

static _Alignas(64) unsigned char block[1 << 17];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    error.message[0] = '\0';
    return 0;
}

/* Scratch must have been given back. */
static int given_back(void **state) {
    (void)state;
    assert_int_equal(arena.used, 0);
    return 0;
}

static void assert_says(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    assert_non_null(strstr(error.message, word));
}

static bool close_to(double got, double expected, double tolerance) {
    return fabs(got - expected) <= tolerance * fmax(1e-2, fabs(expected));
}

static void test_stumps_agree_with_scikit_learn(void **state) {
    (void)state;
    ml_stump stump[COMMITTEE_STAGES];
    double score[COMMITTEE_N];
    size_t count = 0;
    assert_int_equal(ml_adaboost_fit(COMMITTEE_N, COMMITTEE_D, committee_x, committee_label, COMMITTEE_STAGES, stump,
                                     &count, NULL, &arena, &error),
                     ML_OK);
    assert_int_equal(count, COMMITTEE_STAGES);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(stump[i].feature, committee_feature[i]);
        assert_true(close_to(stump[i].threshold, committee_threshold[i], 1e-6)); /* there the rows are floats */
        assert_true(close_to(stump[i].error, committee_error[i], 1e-10));
        assert_true(close_to(stump[i].vote, committee_vote[i], 1e-10));
    }
    ml_adaboost_score(count, stump, COMMITTEE_N, COMMITTEE_D, committee_x, score);
    for (size_t i = 0; i < COMMITTEE_N; i++)
        assert_true(close_to(score[i], committee_score[i], 1e-9));
}

static void test_majorities_agree_with_scipy(void **state) {
    (void)state;
    for (size_t i = 0; i < MAJORITIES; i++)
        assert_true(close_to(ml_majority_accuracy(majority_n[i], majority_p[i]), majority_right[i], 1e-10));
    assert_true(close_to(ml_majority_accuracy(3, 0.7), 0.784, 1e-12));
    assert_true(close_to(ml_majority_accuracy(5, 0.6), 0.68256, 1e-12));
    assert_true(ml_majority_accuracy(0, 0.5) == -1 && ml_majority_accuracy(3, -0.1) == -1);
    assert_true(ml_majority_accuracy(3, 1.1) == -1 && ml_majority_accuracy(3, (double)NAN) == -1);
}

enum { MOST = 60, MOST_D = 3, STAGES = 12 };

typedef struct world {
    size_t n, d;
    double x[MOST * MOST_D];
    uint8_t label[MOST];
} world;

static world draw(uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, 0);
    world w = {.n = 4 + (size_t)ml_rng_below(&rng, MOST - 3), .d = 1 + (size_t)ml_rng_below(&rng, MOST_D)};
    for (size_t i = 0; i < w.n; i++) {
        for (size_t j = 0; j < w.d; j++)
            w.x[i * w.d + j] = seed % 2 ? ml_rng_normal(&rng) : (double)ml_rng_below(&rng, 5);
        w.label[i] = i < 2 ? (uint8_t)i : w.x[i * w.d] + ml_rng_normal(&rng) > 0.5;
    }
    return w;
}

/* A stump's errors hold half of all weight once it has voted, so that the next must know something new; training errors
 * stay below the product of 2 sqrt(e (1 - e)) (Freund and Schapire, theorem 6); fewer stages are the same ones, cut
 * short. */
static void test_what_the_theory_says(void **state) {
    (void)state;
    size_t fitted = 0;
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        const world w = draw(seed);
        ml_stump stump[STAGES], fewer[STAGES];
        double weight[MOST], score[MOST], last[MOST], sum = 0, wrong = 0, errors = 0, bound = 1;
        size_t count = 0, few = 0;
        if (ml_adaboost_fit(w.n, w.d, w.x, w.label, STAGES, stump, &count, weight, &arena, &error) != ML_OK) {
            assert_non_null(strstr(error.message, "coin"));
            continue;
        }
        fitted++;
        ml_adaboost_score(count, stump, w.n, w.d, w.x, score);
        ml_adaboost_score(1, &stump[count - 1], w.n, w.d, w.x, last);
        for (size_t i = 0; i < w.n; i++) {
            sum += weight[i];
            wrong += (last[i] > 0) != w.label[i] ? weight[i] : 0;
            errors += (score[i] > 0) != w.label[i] ? 1.0 / (double)w.n : 0;
        }
        for (size_t s = 0; s < count; s++) {
            bound *= 2 * sqrt(stump[s].error * (1 - stump[s].error));
            assert_true(stump[s].error < 0.5 && stump[s].vote > 0 && stump[s].feature < w.d);
        }
        assert_true(fabs(sum - 1) < 1e-9);
        assert_true(stump[count - 1].error == 0 ? wrong == 0 : fabs(wrong - 0.5) < 1e-9);
        assert_true(errors <= bound + 1e-9);
        const size_t half = (count + 1) / 2;
        assert_int_equal(ml_adaboost_fit(w.n, w.d, w.x, w.label, half, fewer, &few, NULL, &arena, &error), ML_OK);
        assert_int_equal(few, half);
        for (size_t s = 0; s < few; s++)
            assert_true(fewer[s].feature == stump[s].feature && fewer[s].threshold == stump[s].threshold &&
                        fewer[s].vote == stump[s].vote);
    }
    assert_true(fitted > 1300);
}

/* Against the sum of binomial probabilities, and one voter more than an odd number changes nothing. */
static void test_majorities_are_binomial_sums(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        ml_rng rng = ml_rng_seed(seed, 1);
        const int n = 1 + (int)ml_rng_below(&rng, 40);
        const double p = ml_rng_uniform(&rng);
        double sum = 0, ways = 1;
        for (int k = 0; k <= n; k++) {
            const double chance = ways * pow(p, k) * pow(1 - p, n - k);
            sum += 2 * k > n ? chance : 2 * k == n ? chance / 2 : 0;
            ways = ways * (n - k) / (k + 1);
        }
        assert_true(close_to(ml_majority_accuracy(n, p), sum, 1e-9));
        assert_true(fabs(ml_majority_accuracy(n, p) + ml_majority_accuracy(n, 1 - p) - 1) < 1e-9);
    }
}

static void test_a_stump_without_error_is_the_last(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, 4}, query[] = {0, 2.4, 2.6, 9};
    const uint8_t label[] = {0, 0, 1, 1};
    ml_stump stump[5];
    double score[4];
    size_t count = 0;
    assert_int_equal(ml_adaboost_fit(4, 1, x, label, 5, stump, &count, NULL, &arena, &error), ML_OK);
    assert_true(count == 1 && stump[0].threshold == 2.5 && stump[0].vote == 1 && stump[0].error == 0);
    ml_adaboost_score(count, stump, 4, 1, query, score);
    assert_true(score[0] == -1 && score[1] == -1 && score[2] == 1 && score[3] == 1);
    ml_adaboost_score(0, stump, 1, 1, query, score);
    assert_true(score[0] == 0);
}

static void test_errors(void **state) {
    (void)state;
    const double x[] = {1, 2, 1, 2}, missing[] = {1, (double)NAN, 1, 2};
    const uint8_t label[] = {0, 0, 1, 1}, bad[] = {0, 1, 2, 0}, one[] = {1, 1, 1, 1};
    ml_stump stump[2] = {{.feature = 7}};
    size_t count = 7;
    assert_says(ml_adaboost_fit(0, 1, x, label, 2, stump, &count, NULL, &arena, &error), ML_EINVAL, "at least one");
    assert_says(ml_adaboost_fit(4, 1, missing, label, 2, stump, &count, NULL, &arena, &error), ML_EINVAL, "missing");
    assert_says(ml_adaboost_fit(4, 1, x, label, 0, stump, &count, NULL, &arena, &error), ML_EINVAL, "stages");
    assert_says(ml_adaboost_fit(4, 1, x, bad, 2, stump, &count, NULL, &arena, &error), ML_EINVAL, "label of row 2");
    assert_says(ml_adaboost_fit(4, 1, x, one, 2, stump, &count, NULL, &arena, &error), ML_EINVAL, "class 1");
    assert_says(ml_adaboost_fit(4, 1, x, label, 2, stump, &count, NULL, &arena, &error), ML_EINVAL, "coin");
    const double good[] = {1, 2, 3, 4};
    for (size_t room = 0; room < 3000; room += 50) { /* wherever memory ends */
        ml_arena small = ml_arena_over(block, room);
        ml_stump two[2];
        size_t made;
        const ml_status status = ml_adaboost_fit(4, 1, good, label, 2, two, &made, NULL, &small, &error);
        assert_true(status == ML_OK || status == ML_ENOMEM);
        assert_int_equal(small.used, 0);
    }
    assert_true(count == 7 && stump[0].feature == 7);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, given_back)
    const struct CMUnitTest tests[] = {
        TEST(test_stumps_agree_with_scikit_learn),
        TEST(test_majorities_agree_with_scipy),
        TEST(test_what_the_theory_says),
        TEST(test_majorities_are_binomial_sums),
        TEST(test_a_stump_without_error_is_the_last),
        TEST(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
