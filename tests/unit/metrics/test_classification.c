/* Figures of classes and labels: against scikit-learn, what must hold of any of them, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/classification_golden.h"
#include "ml.h"

static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

static void assert_refused(ml_status got, const char *word) {
    assert_int_equal(got, ML_EINVAL);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void assert_figures(ml_figures got, const double expected[4]) {
    assert_near(got.precision, expected[0], 1e-14);
    assert_near(got.recall, expected[1], 1e-14);
    assert_near(got.f, expected[2], 1e-14);
    assert_near(got.jaccard, expected[3], 1e-14);
}

static void test_figures_of_classes_are_those_of_scikit_learn(void **state) {
    (void)state;
    uint32_t confusion[CLASS_K * CLASS_K];
    ml_counts counts[CLASS_K];
    ml_figures figures;
    assert_int_equal(ml_confusion(CLASS_N, CLASS_K, class_truth, class_predicted, confusion, &error), ML_OK);
    assert_memory_equal(confusion, golden_class_confusion, sizeof confusion);
    ml_counts_of_classes(CLASS_K, confusion, counts);
    for (int i = 0; i < 9; i++) {
        assert_int_equal(ml_figures_average(CLASS_K, counts, class_beta[i / 3], i % 3, &figures, &error), ML_OK);
        assert_figures(figures, golden_class_figures + 4 * i);
    }
}

static void test_figures_of_labels_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_counts counts[CLASS_LABELS];
    ml_figures figures;
    assert_int_equal(ml_counts_of_labels(CLASS_N, CLASS_LABELS, labels_truth, labels_predicted, counts, &error), ML_OK);
    for (int i = 0; i < 12; i++) {
        const double beta = class_beta[i / 4];
        if (i % 4 < 3)
            assert_int_equal(ml_figures_average(CLASS_LABELS, counts, beta, i % 4, &figures, &error), ML_OK);
        else
            assert_int_equal(ml_figures_samples(CLASS_N, CLASS_LABELS, labels_truth, labels_predicted, beta, &figures,
                                                &error), ML_OK);
        assert_figures(figures, golden_labels_figures + 4 * i);
    }
    double got;
    assert_int_equal(ml_hamming_loss(CLASS_N, CLASS_LABELS, labels_truth, labels_predicted, &got, &error), ML_OK);
    assert_near(got, golden_labels[0], 1e-15);
    assert_int_equal(ml_subset_accuracy(CLASS_N, CLASS_LABELS, labels_truth, labels_predicted, &got, &error), ML_OK);
    assert_near(got, golden_labels[1], 1e-15);
    assert_int_equal(ml_log_loss_classes(CLASS_N, CLASS_K, class_probability, class_truth, &got, &error), ML_OK);
    assert_near(got, golden_labels[2], 1e-13);
}

static void test_figures_at_a_threshold_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_counts counts;
    assert_int_equal(ml_counts_at(CLASS_N, binary_score, binary_label, 0.5, &counts, &error), ML_OK);
    assert_int_equal(counts.true_positive + counts.true_negative + counts.false_positive + counts.false_negative,
                     CLASS_N);
    for (int i = 0; i < 3; i++) {
        const double *const expected = golden_binary_figures + 4 * i;
        double three[3];
        assert_figures(ml_figures_of(counts, class_beta[i]), expected);
        assert_int_equal(ml_precision_recall_f(binary_score, binary_label, CLASS_N, 0.5, class_beta[i], three), 0);
        for (int j = 0; j < 3; j++)
            assert_near(three[j], expected[j], 1e-14);
    }
}

static void test_agreement_is_that_of_scikit_learn(void **state) {
    (void)state;
    double got;
    assert_int_equal(ml_balanced_accuracy(CLASS_K, golden_class_confusion, &got, &error), ML_OK);
    assert_near(got, golden_agreement[0], 1e-15);
    assert_int_equal(ml_mcc(CLASS_K, golden_class_confusion, &got, &error), ML_OK);
    assert_near(got, golden_agreement[1], 1e-14);
    for (int w = 0; w < 3; w++) {
        assert_int_equal(ml_cohen_kappa(CLASS_K, golden_class_confusion, w, &got, &error), ML_OK);
        assert_near(got, golden_agreement[2 + w], 1e-14);
    }
}

/* 0/0 and the examples of the challenges multilabel-f1 and precision-recall-f. */
static void test_worked_examples(void **state) {
    (void)state;
    static const float p[] = {.9f, .2f, .1f, .8f, .7f, .1f, .3f, .6f, .2f, .2f, .1f, .4f};
    static const uint8_t y[] = {1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1};
    double micro = 7.0, macro = 7.0, out[3] = {7, 7, 7};
    assert_int_equal(ml_multilabel_f1(p, y, 4, 3, (const float[]){.5f, .5f, .5f}, &micro, &macro), 0);
    assert_near(micro, 2.0 / 3.0, 1e-15);
    assert_near(macro, 0.488888889, 1e-9);
    assert_int_equal(ml_multilabel_f1(p, y, 0, 3, NULL, &micro, &macro), -1);
    assert_int_equal(ml_multilabel_f1(p, y, 4, 0, NULL, &micro, &macro), -1);
    static const double score[] = {.9, .8, .7, .6, .55, .5, .3, .1};
    static const uint8_t flag[] = {1, 1, 0, 1, 0, 1, 0, 0};
    assert_int_equal(ml_precision_recall_f(score, flag, 8, 0.2, 2.0, out), 0);
    assert_near(out[2], 0.8695652174, 1e-10);
    assert_int_equal(ml_precision_recall_f(score, flag, 8, 2.0, 1.0, out), 0);
    assert_true(out[0] == 0.0 && out[1] == 0.0 && out[2] == 0.0);
    const double hole[] = {1.0, (double)NAN};
    out[0] = 7.0;
    assert_int_equal(ml_precision_recall_f(hole, flag, 2, 0.2, 1.0, out), -1);
    assert_int_equal(ml_precision_recall_f(score, flag, 0, 0.2, 1.0, out), -1);
    assert_int_equal(ml_precision_recall_f(score, flag, 8, 0.2, (double)NAN, out), -1);
    assert_true(out[0] == 7.0);
    const int a[9] = {0, 1, 1, 0, -1, 1, 1, 2, 0}, b[9] = {0, 1, 0, 0, 1, 2, 1, 1, -1}; /* four are skipped */
    assert_near(ml_rater_kappa(a, b, 9, 2), (4.0 / 5.0 - 0.48) / (1.0 - 0.48), 1e-15);
    assert_true(isnan(ml_rater_kappa(a, a, 0, 2)) && isnan(ml_rater_kappa(a, b, 7, 65)) &&
                isnan(ml_rater_kappa(a, a, 1, 2)) && isnan(ml_rater_kappa(a, b, 7, 0)));
    double recall[2], mcc;
    ml_recall_per_class(2, (const uint32_t[]){3, 1, 0, 0}, recall);
    assert_true(recall[0] == 0.75 && isnan(recall[1]));
    assert_int_equal(ml_mcc(2, (const uint32_t[]){3, 1, 0, 0}, &mcc, &error), ML_OK);
    assert_true(mcc == 0.0); /* the truth is constant */
}

/* Renaming the classes changes no average; micro F is accuracy; weighted recall is; two classes have the MCC of the
 * textbook. */
static void test_what_holds_of_any_confusion(void **state) {
    (void)state;
    enum { K = 5, N = 60 };
    ml_rng rng = ml_rng_seed(61, 0);
    for (int round = 0; round < 2000; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, N), k = 2 + (size_t)ml_rng_below(&rng, K - 1);
        uint32_t truth[N], predicted[N], name[K], confusion[K * K];
        size_t right = 0;
        ml_counts counts[K];
        ml_figures first[3], second;
        double mcc[2];
        for (size_t i = 0; i < n; i++) {
            truth[i] = (uint32_t)ml_rng_below(&rng, k);
            predicted[i] = ml_rng_bernoulli(&rng, 0.5) ? truth[i] : (uint32_t)ml_rng_below(&rng, k);
            right += truth[i] == predicted[i];
        }
        assert_int_equal(ml_confusion(n, k, truth, predicted, confusion, &error), ML_OK);
        ml_counts_of_classes(k, confusion, counts);
        for (int a = 0; a < 3; a++)
            assert_int_equal(ml_figures_average(k, counts, 1.0, a, &first[a], &error), ML_OK);
        assert_near(first[0].f, (double)right / (double)n, 1e-14);
        assert_near(first[2].recall, (double)right / (double)n, 1e-14);
        assert_near(first[0].jaccard, first[0].f / (2.0 - first[0].f), 1e-14);
        assert_near(ml_fbeta(first[0].precision, first[0].recall, 1.0), first[0].f, 1e-14);
        int raters[2][N];
        double kappa = (double)NAN;
        for (size_t i = 0; i < n; i++) {
            raters[0][i] = (int)truth[i];
            raters[1][i] = (int)predicted[i];
        }
        if (ml_cohen_kappa(k, confusion, ML_KAPPA_NONE, &kappa, &error) == ML_OK)
            assert_near(ml_rater_kappa(raters[0], raters[1], n, (int)k), kappa, 1e-13);
        else
            assert_true(isnan(ml_rater_kappa(raters[0], raters[1], n, (int)k)));
        assert_int_equal(ml_mcc(k, confusion, &mcc[0], &error), ML_OK);
        if (k == 2) {
            const double tp = confusion[3], tn = confusion[0], fp = confusion[1], fn = confusion[2];
            const double below = sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
            assert_near(mcc[0], below > 0.0 ? (tp * tn - fp * fn) / below : 0.0, 1e-12);
        }
        ml_rng_permutation(&rng, k, name);
        for (size_t i = 0; i < n; i++) {
            truth[i] = name[truth[i]];
            predicted[i] = name[predicted[i]];
        }
        assert_int_equal(ml_confusion(n, k, truth, predicted, confusion, &error), ML_OK);
        ml_counts_of_classes(k, confusion, counts);
        for (int a = 0; a < 3; a++) {
            assert_int_equal(ml_figures_average(k, counts, 1.0, a, &second, &error), ML_OK);
            assert_figures(second, (const double[]){first[a].precision, first[a].recall, first[a].f, first[a].jaccard});
        }
        assert_int_equal(ml_mcc(k, confusion, &mcc[1], &error), ML_OK);
        assert_near(mcc[1], mcc[0], 1e-12);
    }
}

static void test_errors(void **state) {
    (void)state;
    const uint32_t class[2] = {0, 3}, empty[4] = {0}, one[4] = {5, 0, 0, 0};
    const uint8_t flag[2] = {1, 0}, bad[2] = {1, 2};
    const double score[2] = {0.5, (double)NAN}, row[4] = {0.5, 0.4, 0.5, 0.5}, off[2] = {1.5, -0.5};
    uint32_t count[4] = {7};
    ml_counts counts[2] = {{7, 0, 0, 0}};
    ml_figures figures = {7, 7, 7, 7};
    double got = 7.0;
    assert_refused(ml_confusion(2, 2, class, class, count, &error), "truth[1] is 3");
    assert_refused(ml_confusion(2, 0, class, class, count, &error), "0 classes");
    assert_refused(ml_confusion(2, 65536, class, class, count, &error), "65535");
    if (sizeof(size_t) > 4)
        assert_refused(ml_confusion((size_t)UINT32_MAX + 1, 2, class, class, count, &error), "32 bits");
    assert_refused(ml_counts_of_labels(1, 2, flag, bad, counts, &error), "predicted[1] is 2");
    assert_refused(ml_counts_at(2, score, flag, 0.5, counts, &error), "score[1]");
    assert_refused(ml_counts_at(1, score, flag, (double)NAN, counts, &error), "threshold");
    assert_refused(ml_counts_at(1, score, bad + 1, 0.5, counts, &error), "label[0] is 2");
    assert_refused(ml_figures_average(0, counts, 1.0, ML_AVERAGE_MICRO, &figures, &error), "0 classes");
    assert_refused(ml_figures_average(1, counts, 0.0, ML_AVERAGE_MICRO, &figures, &error), "beta");
    assert_refused(ml_figures_average(1, counts, 1.0, (ml_average)9, &figures, &error), "average 9");
    assert_refused(ml_figures_samples(0, 1, flag, flag, 1.0, &figures, &error), "0 rows");
    assert_refused(ml_figures_samples(1, 2, bad, flag, 1.0, &figures, &error), "truth[1]");
    assert_refused(ml_figures_samples(1, 2, flag, flag, -1.0, &figures, &error), "beta");
    assert_refused(ml_balanced_accuracy(2, empty, &got, &error), "empty");
    assert_refused(ml_mcc(2, empty, &got, &error), "empty");
    assert_refused(ml_cohen_kappa(2, empty, ML_KAPPA_NONE, &got, &error), "empty");
    assert_refused(ml_cohen_kappa(2, one, ML_KAPPA_NONE, &got, &error), "two classes");
    assert_refused(ml_cohen_kappa(2, one, (ml_kappa_weight)5, &got, &error), "weight 5");
    assert_refused(ml_hamming_loss(1, 0, flag, flag, &got, &error), "0 labels");
    assert_refused(ml_subset_accuracy(1, 2, flag, bad, &got, &error), "predicted[1]");
    assert_refused(ml_log_loss_classes(0, 2, row, class, &got, &error), "0 rows");
    assert_refused(ml_log_loss_classes(1, 2, row, class, &got, &error), "add up to 0.9");
    assert_refused(ml_log_loss_classes(1, 2, off, class, &got, &error), "not in [0, 1]");
    assert_refused(ml_log_loss_classes(2, 2, row, class, &got, &error), "truth[1]");
    assert_true(got == 7.0 && count[0] == 7 && counts[0].true_positive == 7 && figures.f == 7.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_of_classes_are_those_of_scikit_learn),
        cmocka_unit_test(test_figures_of_labels_are_those_of_scikit_learn),
        cmocka_unit_test(test_figures_at_a_threshold_are_those_of_scikit_learn),
        cmocka_unit_test(test_agreement_is_that_of_scikit_learn),
        cmocka_unit_test(test_worked_examples),
        cmocka_unit_test(test_what_holds_of_any_confusion),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
