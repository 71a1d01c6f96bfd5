/* Nearest class mean: against scikit-learn, a class that joins later, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/multiclass_golden.h"
#include "ml.h"

static ml_error error;
static double mean[MULTI_CLASSES * MULTI_D], log_prior[MULTI_CLASSES];
static float score[MULTI_QUERIES * MULTI_CLASSES];

static void fit(void) {
    assert_int_equal(ml_nearest_mean_fit(MULTI_N, MULTI_D, MULTI_CLASSES, multi_x, multi_label, mean, log_prior,
                                         &error), ML_OK);
}

static void test_means_and_priors_agree_with_scikit_learn(void **state) {
    (void)state;
    fit();
    for (size_t i = 0; i < MULTI_CLASSES * MULTI_D; i++)
        assert_true(fabs(mean[i] - golden_centroid[i]) < 1e-14);
    for (size_t c = 0; c < MULTI_CLASSES; c++)
        assert_true(fabs(log_prior[c] - golden_log_prior[c]) < 1e-14);
}

static void test_without_priors_the_nearest_centroid_wins(void **state) {
    (void)state;
    const double none[MULTI_CLASSES] = {0.0};
    fit();
    ml_nearest_mean_scores(MULTI_QUERIES, MULTI_D, MULTI_CLASSES, multi_query, mean, none, score);
    for (size_t i = 0; i < MULTI_QUERIES; i++)
        assert_int_equal(ml_argmax(MULTI_CLASSES, score + i * MULTI_CLASSES), golden_nearest[i]);
}

/* Scores lack a constant of the row; differences between classes do not. */
static void test_scores_are_log_probabilities_up_to_a_constant(void **state) {
    (void)state;
    fit();
    ml_nearest_mean_scores(MULTI_QUERIES, MULTI_D, MULTI_CLASSES, multi_query, mean, log_prior, score);
    for (size_t i = 0; i < MULTI_QUERIES; i++) {
        const float *const got = score + i * MULTI_CLASSES;
        const double *const expected = golden_log_probability + i * MULTI_CLASSES;
        for (size_t c = 1; c < MULTI_CLASSES; c++)
            assert_true(fabs((double)(got[c] - got[0]) - (expected[c] - expected[0])) < 1e-5);
    }
}

static void test_a_class_without_rows_is_never_the_answer(void **state) {
    (void)state;
    const double x[6] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, nothing[2] = {0.0, 0.0};
    double means[6], priors[3];
    float scores[3];
    assert_int_equal(ml_nearest_mean_fit(3, 2, 3, x, (const int32_t[]){2, 0, 2}, means, priors, &error), ML_OK);
    assert_memory_equal(means, ((const double[]){3.0, 4.0, 0.0, 0.0, 3.0, 4.0}), sizeof means);
    assert_true(priors[1] == -(double)INFINITY && fabs(priors[2] - ml_log(2.0 / 3.0)) < 1e-15);
    ml_nearest_mean_scores(1, 2, 3, nothing, means, priors, scores);
    assert_true(scores[1] == -INFINITY && ml_argmax(3, scores) == 2); /* although 0 is where its mean would be */
}

static void test_a_class_can_join_later(void **state) {
    (void)state;
    const double x[4] = {0.0, 2.0, 10.0, 12.0}, query[3] = {1.1, 10.9, 21.0};
    const double even[3] = {0.0, 0.0, 0.0};
    double means[3], priors[2];
    float scores[9];
    assert_int_equal(ml_nearest_mean_fit(4, 1, 2, x, (const int32_t[]){0, 0, 1, 1}, means, priors, &error), ML_OK);
    means[2] = 20.0;
    ml_nearest_mean_scores(3, 1, 3, query, means, even, scores);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(ml_argmax(3, scores + 3 * i), i);
}

static void test_bad_input_is_refused(void **state) {
    (void)state;
    const double x[2] = {1.0, 2.0}, bad[2] = {1.0, (double)NAN};
    double means[2] = {7.0, 7.0}, priors[2] = {7.0, 7.0};
    const int32_t label[2] = {0, 1};
    assert_int_equal(ml_nearest_mean_fit(0, 1, 2, x, label, means, priors, &error), ML_EINVAL);
    assert_int_equal(ml_nearest_mean_fit(2, 0, 2, x, label, means, priors, &error), ML_EINVAL);
    assert_int_equal(ml_nearest_mean_fit(2, 1, 0, x, label, means, priors, &error), ML_EINVAL);
    assert_string_equal(error.message, "there are no classes to tell apart; it takes at least 1");
    assert_int_equal(ml_nearest_mean_fit(2, 1, 2, bad, label, means, priors, &error), ML_EINVAL);
    assert_int_equal(ml_nearest_mean_fit(2, 1, 2, x, (const int32_t[]){0, 2}, means, priors, &error), ML_EINVAL);
    assert_string_equal(error.message, "the label of row 1 is 2; with 2 classes it lies from 0 to 1");
    assert_int_equal(ml_nearest_mean_fit(2, 1, 2, x, (const int32_t[]){-1, 1}, means, priors, &error), ML_EINVAL);
    assert_true(means[0] == 7.0 && means[1] == 7.0 && priors[0] == 7.0 && priors[1] == 7.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_means_and_priors_agree_with_scikit_learn),
        cmocka_unit_test(test_without_priors_the_nearest_centroid_wins),
        cmocka_unit_test(test_scores_are_log_probabilities_up_to_a_constant),
        cmocka_unit_test(test_a_class_without_rows_is_never_the_answer),
        cmocka_unit_test(test_a_class_can_join_later),
        cmocka_unit_test(test_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
