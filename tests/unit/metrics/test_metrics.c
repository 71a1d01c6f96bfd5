/* Metrics: against scikit-learn and NumPy, what must hold of any of them, and what they refuse. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/metrics_golden.h"
#include "ml.h"

static ml_error error;

static void assert_close(double got, double expected) {
    if (!(fabs(got - expected) <= 1e-14 * fmax(1.0, fabs(expected))))
        fail_msg("got %.17g, expected %.17g", got, expected);
}

static void assert_fails(ml_status got, const char *sentence) {
    assert_int_equal(got, ML_EINVAL);
    assert_string_equal(error.message, sentence);
}

static void test_figures_agree_with_scikit_learn(void **state) {
    (void)state;
    uint32_t count[METRICS_K * METRICS_K];
    double figure;
    assert_int_equal(ml_metric_confusion(METRICS_N, METRICS_K, truth, predicted, count, &error), ML_OK);
    assert_memory_equal(count, confusion, sizeof count);
    assert_int_equal(ml_metric_accuracy(METRICS_N, truth, predicted, &figure, &error), ML_OK);
    assert_close(figure, accuracy[0]);
    assert_int_equal(ml_metric_log_loss(PROBABILITIES_N, probability, label, &figure, &error), ML_OK);
    assert_close(figure, log_loss[0]);
    assert_int_equal(ml_metric_log_loss_logits(METRICS_N, logit, label, &figure, &error), ML_OK);
    assert_close(figure, log_loss_of_logits[0]);
    assert_int_equal(ml_metric_mse(METRICS_N, real, guess, &figure, &error), ML_OK);
    assert_close(figure, mse[0]);
}

static void test_medians_agree_with_numpy(void **state) {
    (void)state;
    double scratch[2 * METRICS_N], figure;
    assert_int_equal(ml_median(METRICS_N, real, scratch, &figure, &error), ML_OK);
    assert_close(figure, median_of_even[0]);
    assert_int_equal(ml_median(METRICS_N - 1, real, scratch, &figure, &error), ML_OK);
    assert_close(figure, median_of_odd[0]);
}

static void test_median_of_extremes(void **state) {
    (void)state;
    const double large[2] = {1.7e308, 1.6e308}, endless[4] = {1, (double)INFINITY, (double)INFINITY, 0};
    double scratch[8], figure;
    assert_int_equal(ml_median(2, large, scratch, &figure, &error), ML_OK);
    assert_close(figure / 1e308, 1.65);
    assert_int_equal(ml_median(4, endless, scratch, &figure, &error), ML_OK);
    assert_true(isinf(figure) && figure > 0.0);
    assert_int_equal(ml_median(2, endless + 1, scratch, &figure, &error), ML_OK);
    assert_true(isinf(figure) && figure > 0.0);
    assert_int_equal(ml_median(1, large, scratch, &figure, &error), ML_OK);
    assert_true(figure == 1.7e308);
}

static void test_median_does_not_depend_on_order(void **state) {
    (void)state;
    enum { N = 9 };
    ml_rng rng = ml_rng_seed(3, 0);
    double value[N], scratch[2 * N], first, again;
    uint32_t order[N];
    for (size_t i = 0; i < N; i++)
        value[i] = floor(4.0 * ml_rng_uniform(&rng));
    assert_int_equal(ml_median(N, value, scratch, &first, &error), ML_OK);
    for (int round = 0; round < 100; round++) {
        double shuffled[N], kept[N];
        ml_rng_permutation(&rng, N, order);
        for (size_t i = 0; i < N; i++)
            kept[i] = shuffled[i] = value[order[i]];
        assert_int_equal(ml_median(N, shuffled, scratch, &again, &error), ML_OK);
        assert_true(first == again);
        assert_memory_equal(shuffled, kept, sizeof kept);
    }
}

static void test_accuracy_is_the_diagonal_of_the_confusion_matrix(void **state) {
    (void)state;
    enum { K = 4, MOST = 60 };
    ml_rng rng = ml_rng_seed(7, 0);
    for (size_t n = 1; n <= MOST; n++) {
        uint8_t t[MOST], p[MOST];
        uint32_t count[K * K], sum = 0, right = 0;
        double figure;
        for (size_t i = 0; i < n; i++) {
            t[i] = (uint8_t)ml_rng_below(&rng, K);
            p[i] = (uint8_t)ml_rng_below(&rng, K);
        }
        assert_int_equal(ml_metric_confusion(n, K, t, p, count, &error), ML_OK);
        assert_int_equal(ml_metric_accuracy(n, t, p, &figure, &error), ML_OK);
        for (size_t i = 0; i < K * K; i++)
            sum += count[i];
        for (size_t i = 0; i < K; i++)
            right += count[i * K + i];
        assert_int_equal(sum, n);
        assert_close(figure, (double)right / (double)n);
    }
}

static void test_log_loss_is_the_same_from_logits(void **state) {
    (void)state;
    enum { N = 100 };
    ml_rng rng = ml_rng_seed(5, 0);
    double z[N], p[N], from_p, from_z;
    uint8_t y[N];
    for (size_t i = 0; i < N; i++) {
        z[i] = 6.0 * ml_rng_normal(&rng);
        p[i] = ml_sigmoid(z[i]);
        y[i] = (uint8_t)ml_rng_bernoulli(&rng, 0.5);
    }
    assert_int_equal(ml_metric_log_loss(N, p, y, &from_p, &error), ML_OK);
    assert_int_equal(ml_metric_log_loss_logits(N, z, y, &from_z, &error), ML_OK);
    assert_true(fabs(from_p - from_z) < 1e-9 * from_z);
}

static void test_log_loss_of_a_coin_is_ln_2(void **state) {
    (void)state;
    const double half[2] = {0.5, 0.5}, zero[2] = {0, 0}, large[2] = {1e6, -1e6};
    const uint8_t y[2] = {0, 1};
    double figure;
    assert_int_equal(ml_metric_log_loss(2, half, y, &figure, &error), ML_OK);
    assert_close(figure, 0.6931471805599453);
    assert_int_equal(ml_metric_log_loss_logits(2, zero, y, &figure, &error), ML_OK);
    assert_close(figure, 0.6931471805599453);
    assert_int_equal(ml_metric_log_loss_logits(2, large, y, &figure, &error), ML_OK);
    assert_close(figure, 1e6); /* wrong by a million nats, and finite */
}

static void test_errors(void **state) {
    (void)state;
    const uint8_t classes[2] = {0, 3}, labels[2] = {0, 2};
    const double bad[2] = {0.5, 1.5}, hole[2] = {(double)NAN, 0.5}, endless[2] = {0, (double)INFINITY};
    uint32_t count[9] = {7};
    double figure = 7.0, scratch[4];
    assert_fails(ml_metric_confusion(2, 0, classes, classes, count, &error),
                 "a confusion matrix of 0 classes; it has 1 to 256");
    assert_fails(ml_metric_confusion(2, 257, classes, classes, count, &error),
                 "a confusion matrix of 257 classes; it has 1 to 256");
    assert_fails(ml_metric_confusion(2, 3, classes, classes, count, &error),
                 "row 1 has class 3, predicted 3; classes are numbered 0 to 2");
    assert_fails(ml_metric_accuracy(0, classes, classes, &figure, &error),
                 "accuracy of 0 rows has no value; give at least one row");
    assert_fails(ml_metric_log_loss(0, bad, classes, &figure, &error),
                 "log loss of 0 rows has no value; give at least one row");
    assert_fails(ml_metric_log_loss(2, bad, (const uint8_t[]){0, 1}, &figure, &error),
                 "probability[1] is 1.5, not in [0, 1]; apply a sigmoid to logits first");
    assert_int_equal(ml_metric_log_loss(2, hole, (const uint8_t[]){0, 1}, &figure, &error), ML_EINVAL);
    assert_fails(ml_metric_log_loss(2, bad, labels, &figure, &error), "label[1] is 2; log loss is for labels 0 and 1");
    assert_fails(ml_metric_log_loss_logits(2, endless, (const uint8_t[]){0, 1}, &figure, &error),
                 "logit[1] is inf; a logit is a finite number");
    assert_int_equal(ml_metric_log_loss_logits(2, bad, labels, &figure, &error), ML_EINVAL);
    assert_int_equal(ml_metric_log_loss_logits(0, bad, labels, &figure, &error), ML_EINVAL);
    assert_fails(ml_metric_mse(0, bad, bad, &figure, &error),
                 "mean squared error of 0 rows has no value; give at least one row");
    assert_fails(ml_median(0, bad, scratch, &figure, &error), "the median of 0 values has no value; give at least one");
    assert_fails(ml_median(2, hole, scratch, &figure, &error),
                 "value[0] is not a number; leave missing values out of a median");
    assert_true(figure == 7.0 && count[0] == 7);
    assert_int_equal(ml_metric_confusion(0, 3, NULL, NULL, count, &error), ML_OK);
    assert_int_equal(count[0], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_agree_with_scikit_learn),
        cmocka_unit_test(test_medians_agree_with_numpy),
        cmocka_unit_test(test_median_of_extremes),
        cmocka_unit_test(test_median_does_not_depend_on_order),
        cmocka_unit_test(test_accuracy_is_the_diagonal_of_the_confusion_matrix),
        cmocka_unit_test(test_log_loss_is_the_same_from_logits),
        cmocka_unit_test(test_log_loss_of_a_coin_is_ln_2),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
