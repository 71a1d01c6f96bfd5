/* One figure from a whole confusion matrix. */
#include "base/math.h"
#include "metrics/classification.h"

static double row_sum(size_t k, const uint32_t *confusion, size_t row) {
    double sum = 0.0;
    for (size_t j = 0; j < k; j++)
        sum += confusion[row * k + j];
    return sum;
}

static double column_sum(size_t k, const uint32_t *confusion, size_t column) {
    double sum = 0.0;
    for (size_t i = 0; i < k; i++)
        sum += confusion[i * k + column];
    return sum;
}

static ml_status count_rows(size_t k, const uint32_t *confusion, double *n, ml_error *error) {
    *n = 0.0;
    for (size_t i = 0; i < k; i++)
        *n += row_sum(k, confusion, i);
    if (*n == 0.0)
        return ml_fail(error, ML_EINVAL, "the confusion matrix is empty; give at least one row");
    return ML_OK;
}

void ml_recall_per_class(size_t k, const uint32_t *confusion, double *recall) {
    for (size_t i = 0; i < k; i++) {
        const double rows = row_sum(k, confusion, i);
        recall[i] = rows > 0.0 ? confusion[i * k + i] / rows : (double)NAN;
    }
}

ml_status ml_balanced_accuracy(size_t k, const uint32_t *confusion, double *accuracy, ml_error *error) {
    double n, sum = 0.0, classes = 0.0;
    ML_TRY(count_rows(k, confusion, &n, error));
    for (size_t i = 0; i < k; i++) {
        const double rows = row_sum(k, confusion, i);
        if (rows == 0.0)
            continue;
        sum += confusion[i * k + i] / rows;
        classes++;
    }
    *accuracy = sum / classes;
    return ML_OK;
}

ml_status ml_mcc(size_t k, const uint32_t *confusion, double *mcc, ml_error *error) {
    double n, right = 0.0, both = 0.0, truth = 0.0, predicted = 0.0;
    ML_TRY(count_rows(k, confusion, &n, error));
    for (size_t i = 0; i < k; i++) { /* shares, not counts: squares of large counts would lose digits */
        const double t = row_sum(k, confusion, i) / n, p = column_sum(k, confusion, i) / n;
        right += confusion[i * k + i] / n;
        both += t * p;
        truth += t * (1.0 - t);
        predicted += p * (1.0 - p);
    }
    *mcc = truth > 0.0 && predicted > 0.0 ? (right - both) / sqrt(truth * predicted) : 0.0;
    return ML_OK;
}

static double price(ml_kappa_weight weight, size_t i, size_t j) {
    const double off = fabs((double)i - (double)j);
    return weight == ML_KAPPA_NONE ? (double)(i != j) : weight == ML_KAPPA_LINEAR ? off : off * off;
}

ml_status ml_cohen_kappa(size_t k, const uint32_t *confusion, ml_kappa_weight weight, double *kappa, ml_error *error) {
    double n, observed = 0.0, by_chance = 0.0;
    if (weight != ML_KAPPA_NONE && weight != ML_KAPPA_LINEAR && weight != ML_KAPPA_QUADRATIC)
        return ml_fail(error, ML_EINVAL, "weight %d is unknown; it is none, linear or quadratic (0 to 2)", (int)weight);
    ML_TRY(count_rows(k, confusion, &n, error));
    for (size_t j = 0; j < k; j++) {
        const double predicted = column_sum(k, confusion, j) / n;
        for (size_t i = 0; i < k && predicted > 0.0; i++) {
            observed += price(weight, i, j) * confusion[i * k + j] / n;
            by_chance += price(weight, i, j) * predicted * row_sum(k, confusion, i) / n;
        }
    }
    if (by_chance == 0.0)
        return ml_fail(error, ML_EINVAL, "all rows are of one class, and called so; kappa wants at least two classes");
    *kappa = 1.0 - observed / by_chance;
    return ML_OK;
}
