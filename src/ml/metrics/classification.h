/* Classification from counts: precision, recall and what is made of them, for two classes, for many, and for several
 * labels at once. Everywhere here 0/0 is 0, as scikit-learn's zero_division=0. */
#ifndef ML_METRICS_CLASSIFICATION_H
#define ML_METRICS_CLASSIFICATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* --- Counts ------------------------------------------------------------------------------------------------------- */

/* How the rows of one class, against all others, came out. */
typedef struct ml_counts {
    size_t true_positive, false_positive, false_negative, true_negative;
} ml_counts;

/* The confusion matrix as ml_metric_confusion's, of any number of classes.
 *   truth, predicted  [n]      below k
 *   count             [k x k]  out, row-major: row = the true class, column = the predicted one
 * Cost:   O(n + k^2).
 * Errors: ML_EINVAL if k is 0 or above 65535, n is 2^32 or more, or a class is not below k; untouched.
 * Golden: tests/golden/classification.py, scikit-learn confusion_matrix. */
ml_status ml_confusion(size_t n, size_t k, const uint32_t *truth, const uint32_t *predicted, uint32_t *count,
                       ml_error *error);

/* Each class against the rest, from a confusion matrix.   counts  [k]  out.   Cost: O(k^2). */
void ml_counts_of_classes(size_t k, const uint32_t *confusion, ml_counts *counts);

/* Each label for itself, of rows with several.
 *   truth, predicted  [n x labels]  0 or 1, row-major
 *   counts            [labels]      out
 * Errors: ML_EINVAL if a value is above 1; untouched. */
ml_status ml_counts_of_labels(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted,
                              ml_counts *counts, ml_error *error);

/* Rows called positive where score >= threshold.
 *   score  [n]  no NaN; infinities are allowed     label  [n]  0 or 1     counts  out
 * Errors: ML_EINVAL if a score or the threshold is NaN, or a label is above 1; untouched. */
ml_status ml_counts_at(size_t n, const double *score, const uint8_t *label, double threshold, ml_counts *counts,
                       ml_error *error);

/* --- Figures from counts ------------------------------------------------------------------------------------------ */

/* precision = TP/(TP + FP), recall = TP/(TP + FN), jaccard = TP/(TP + FP + FN), and
 * f = (1 + beta^2) TP / ((1 + beta^2) TP + beta^2 FN + FP): beta above 1 weighs recall. */
typedef struct ml_figures {
    double precision, recall, f, jaccard;
} ml_figures;

/* Of one class. beta is positive and finite; 1 is usual.
 * Source: van Rijsbergen 1979, "Information Retrieval", chapter 7.
 * Golden: tests/golden/classification.py, scikit-learn precision_recall_fscore_support, jaccard_score. */
ml_figures ml_figures_of(ml_counts counts, double beta);

/* F-beta of a precision and a recall, (1 + beta^2) P R / (beta^2 P + R); 0 if both are 0. */
double ml_fbeta(double precision, double recall, double beta);

/* How the figures of classes become one. */
typedef enum ml_average {
    ML_AVERAGE_MICRO,    /* counts are added: every decision counts once; of one label a row, all are accuracy */
    ML_AVERAGE_MACRO,    /* figures are averaged: every class counts once */
    ML_AVERAGE_WEIGHTED, /* the same, by the classes' numbers of true rows */
} ml_average;

/* The figures of k classes as one.
 *   counts   [k]
 *   figures  out
 * Errors: ML_EINVAL if k is 0, beta is not positive and finite, or the average is unknown; untouched.
 * Source: Manning, Raghavan and Schütze 2008, "Introduction to Information Retrieval", section 13.6.
 * Golden: tests/golden/classification.py, scikit-learn (average="micro", "macro", "weighted"). */
ml_status ml_figures_average(size_t k, const ml_counts *counts, double beta, ml_average average, ml_figures *figures,
                             ml_error *error);

/* The fourth average, of rows with several labels: each row's figures over its labels, averaged over the rows.
 *   truth, predicted  [n x labels]  0 or 1, row-major
 * Cost:   O(n labels).
 * Errors: ML_EINVAL if n or labels is 0, a value is above 1, or beta is not positive and finite; untouched.
 * Golden: tests/golden/classification.py, scikit-learn (average="samples"). */
ml_status ml_figures_samples(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted, double beta,
                             ml_figures *figures, ml_error *error);

/* --- Figures from a confusion matrix [k x k] ---------------------------------------------------------------------- */

/* The share of each true class that was found; NaN for a class without rows.   recall  [k]  out. */
void ml_recall_per_class(size_t k, const uint32_t *confusion, double *recall);

/* The mean recall of the classes that have rows: accuracy as if all classes were equally common.
 * Errors: ML_EINVAL if there is no row; untouched.
 * Source: Brodersen et al. 2010, ICPR.   Golden: tests/golden/classification.py, scikit-learn. */
ml_status ml_balanced_accuracy(size_t k, const uint32_t *confusion, double *accuracy, ml_error *error);

/* Matthews' correlation of truth and prediction, in [-1, 1]; 0 if one of them is constant.
 * Errors: ML_EINVAL if there is no row; untouched.
 * Source: Matthews 1975, BBA 405(2); Gorodkin 2004, Computational Biology and Chemistry 28 (more classes).
 * Golden: tests/golden/classification.py, scikit-learn matthews_corrcoef. */
ml_status ml_mcc(size_t k, const uint32_t *confusion, double *mcc, ml_error *error);

/* What a wrong class costs in Cohen's kappa: 1, or |i - j|, or (i - j)^2, for classes that are steps of a scale. */
typedef enum ml_kappa_weight { ML_KAPPA_NONE, ML_KAPPA_LINEAR, ML_KAPPA_QUADRATIC } ml_kappa_weight;

/* Cohen's kappa: agreement beyond chance, at most 1; 0 is what two raters with these shares reach without looking.
 * Errors: ML_EINVAL if there is no row, both have only one and the same class (chance is then perfect), or the weight
 *         is unknown; untouched.
 * Source: Cohen 1960, Educational and Psychological Measurement 20(1); Cohen 1968 (weights).
 * Golden: tests/golden/classification.py, scikit-learn cohen_kappa_score. */
ml_status ml_cohen_kappa(size_t k, const uint32_t *confusion, ml_kappa_weight weight, double *kappa, ml_error *error);

/* --- Several labels, and probabilities of many classes ------------------------------------------------------------ */

/* The share of single labels that are wrong, and that of rows in which all are right.
 *   truth, predicted  [n x labels]  0 or 1
 * Errors: ML_EINVAL if n or labels is 0, or a value is above 1; untouched.
 * Golden: tests/golden/classification.py, scikit-learn hamming_loss, accuracy_score. */
ml_status ml_hamming_loss(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted, double *loss,
                          ml_error *error);
ml_status ml_subset_accuracy(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted, double *accuracy,
                             ml_error *error);

/* Mean log loss -1/n sum of ln p[i][class i], in nats, each probability at least 2^-52 (as ml_metric_log_loss).
 *   probability  [n x k]  in [0, 1]; each row adds up to 1, within 1e-6
 *   truth        [n]      below k
 * Errors: ML_EINVAL if n is 0, a class is not below k, or a row is no distribution; untouched.
 * Golden: tests/golden/classification.py, scikit-learn log_loss. */
ml_status ml_log_loss_classes(size_t n, size_t k, const double *probability, const uint32_t *truth, double *loss,
                              ml_error *error);

/* --- As challenges write them; each alone in its file ------------------------------------------------------------- */

/* Precision, recall and F-beta into out[0..2]; positive where score >= threshold. Returns 0; or -1, out untouched, if n
 * is below 1, beta is not positive, or a score is NaN. */
int ml_precision_recall_f(const double *score, const uint8_t *y, int n, double threshold, double beta, double out[3]);

/* F1 of n rows of yes/no labels, micro and macro; yes where p >= threshold[l].   p, y  [n x labels].
 * Returns 0; or -1, outputs untouched, if n or labels is 0. */
int ml_multilabel_f1(const float *p, const uint8_t *y, size_t n, size_t labels, const float *threshold, double *micro,
                     double *macro);

/* Cohen's kappa of two raters, without weights, from their labels 0 to k - 1; a pair with any other label, which is
 * "not labelled", is skipped before anything is counted. NaN if no pair is left, if chance agreement is perfect, or if
 * k is not 1 to 64. It is ml_cohen_kappa of the pairs that are left.   a, b  [n]. */
double ml_rater_kappa(const int *a, const int *b, size_t n, int k);

#endif
