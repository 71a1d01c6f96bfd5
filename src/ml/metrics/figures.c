/* Precision, recall, F-beta and Jaccard, of one class and averaged over several. */
#include "base/math.h"
#include "metrics/check.h"
#include "metrics/classification.h"

static double share(double part, double whole) {
    return whole > 0.0 ? part / whole : 0.0;
}

ml_figures ml_figures_of(ml_counts counts, double beta) {
    const double tp = (double)counts.true_positive, fp = (double)counts.false_positive;
    const double fn = (double)counts.false_negative, weight = beta * beta;
    return (ml_figures){.precision = share(tp, tp + fp),
                        .recall = share(tp, tp + fn),
                        .f = share((1.0 + weight) * tp, (1.0 + weight) * tp + weight * fn + fp),
                        .jaccard = share(tp, tp + fp + fn)};
}

double ml_fbeta(double precision, double recall, double beta) {
    const double weight = beta * beta;
    return share((1.0 + weight) * precision * recall, weight * precision + recall);
}

static void add(ml_figures *sum, ml_figures figures, double weight) {
    sum->precision += weight * figures.precision;
    sum->recall += weight * figures.recall;
    sum->f += weight * figures.f;
    sum->jaccard += weight * figures.jaccard;
}

static void divide(ml_figures *sum, double by) {
    sum->precision = share(sum->precision, by);
    sum->recall = share(sum->recall, by);
    sum->f = share(sum->f, by);
    sum->jaccard = share(sum->jaccard, by);
}

static ml_status check_beta(double beta, ml_error *error) {
    if (!(beta > 0.0 && beta * beta < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "beta is %g; it is positive, 1 weighs precision and recall alike", beta);
    return ML_OK;
}

static ml_counts total(size_t k, const ml_counts *counts) {
    ml_counts all = {0};
    for (size_t c = 0; c < k; c++) {
        all.true_positive += counts[c].true_positive;
        all.false_positive += counts[c].false_positive;
        all.false_negative += counts[c].false_negative;
        all.true_negative += counts[c].true_negative;
    }
    return all;
}

ml_status ml_figures_average(size_t k, const ml_counts *counts, double beta, ml_average average, ml_figures *figures,
                             ml_error *error) {
    if (k == 0)
        return ml_fail(error, ML_EINVAL, "the average over 0 classes has no value; give at least one");
    ML_TRY(check_beta(beta, error));
    if (average == ML_AVERAGE_MICRO) {
        *figures = ml_figures_of(total(k, counts), beta);
        return ML_OK;
    }
    if (average != ML_AVERAGE_MACRO && average != ML_AVERAGE_WEIGHTED)
        return ml_fail(error, ML_EINVAL, "average %d is unknown; it is micro, macro or weighted (0 to 2)",
                       (int)average);
    ml_figures sum = {0};
    double weights = 0.0;
    for (size_t c = 0; c < k; c++) {
        const size_t rows = counts[c].true_positive + counts[c].false_negative;
        const double weight = average == ML_AVERAGE_MACRO ? 1.0 : (double)rows;
        add(&sum, ml_figures_of(counts[c], beta), weight);
        weights += weight;
    }
    divide(&sum, weights);
    *figures = sum;
    return ML_OK;
}

ml_status ml_figures_samples(size_t n, size_t labels, const uint8_t *truth, const uint8_t *predicted, double beta,
                             ml_figures *figures, ml_error *error) {
    if (n == 0 || labels == 0)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu labels; give at least one of each", n, labels);
    ML_TRY(check_beta(beta, error));
    ML_TRY(ml_metrics_check_binary(n * labels, truth, "truth", error));
    ML_TRY(ml_metrics_check_binary(n * labels, predicted, "predicted", error));
    ml_figures sum = {0};
    for (size_t i = 0; i < n; i++) {
        ml_counts row = {0};
        for (size_t l = i * labels; l < (i + 1) * labels; l++) {
            row.true_positive += truth[l] && predicted[l];
            row.false_positive += !truth[l] && predicted[l];
            row.false_negative += truth[l] && !predicted[l];
        }
        add(&sum, ml_figures_of(row, beta), 1.0);
    }
    divide(&sum, (double)n);
    *figures = sum;
    return ML_OK;
}
