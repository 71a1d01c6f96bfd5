/* What is read off a curve. */
#include "metrics/curves.h"
#include "base/math.h"

static double true_positive_rate(const ml_curve *c, size_t i) {
    return c->true_positive[i] / (double)c->n_positive;
}

static double false_positive_rate(const ml_curve *c, size_t i) {
    return c->false_positive[i] / (double)c->n_negative;
}

static double precision_at(const ml_curve *c, size_t i) {
    const double flagged = (double)c->true_positive[i] + c->false_positive[i];
    return flagged > 0.0 ? c->true_positive[i] / flagged : 1.0;
}

void ml_roc_curve(const ml_curve *c, double *fpr, double *tpr) {
    for (size_t i = 0; i < c->points; i++) {
        fpr[i] = false_positive_rate(c, i);
        tpr[i] = true_positive_rate(c, i);
    }
}

double ml_roc_area(const ml_curve *c) {
    uint64_t twice = 0; /* whole numbers: exact */
    for (size_t i = 1; i < c->points; i++)
        twice += (uint64_t)(c->false_positive[i] - c->false_positive[i - 1]) *
                 ((uint64_t)c->true_positive[i] + c->true_positive[i - 1]);
    return 0.5 * (double)twice / ((double)c->n_positive * (double)c->n_negative);
}

void ml_pr_curve(const ml_curve *c, double *recall, double *precision) {
    for (size_t i = 0; i < c->points; i++) {
        recall[i] = true_positive_rate(c, i);
        precision[i] = precision_at(c, i);
    }
}

double ml_average_precision(const ml_curve *c) {
    double sum = 0.0;
    for (size_t i = 1; i < c->points; i++)
        sum += (c->true_positive[i] - c->true_positive[i - 1]) * precision_at(c, i);
    return sum / (double)c->n_positive;
}

double ml_best_fbeta(const ml_curve *c, double beta, double *threshold) {
    const double weight = beta * beta;
    double best = 0.0;
    *threshold = c->threshold[0];
    for (size_t i = 1; i < c->points; i++) {
        const double tp = c->true_positive[i], missed = (double)c->n_positive - tp;
        const double f = (1.0 + weight) * tp / ((1.0 + weight) * tp + weight * missed + c->false_positive[i]);
        if (f > best) {
            best = f;
            *threshold = c->threshold[i];
        }
    }
    return best;
}

void ml_cost_by_threshold(const ml_curve *c, double false_positive, double false_negative, double *cost) {
    for (size_t i = 0; i < c->points; i++)
        cost[i] = c->false_positive[i] * false_positive +
                  ((double)c->n_positive - c->true_positive[i]) * false_negative;
}

void ml_cost_curve(const ml_curve *c, size_t m, const double *x, double *y) {
    for (size_t j = 0; j < m; j++) {
        double least = (double)INFINITY;
        for (size_t i = 0; i < c->points; i++)
            least = fmin(least, (1.0 - true_positive_rate(c, i)) * x[j] + false_positive_rate(c, i) * (1.0 - x[j]));
        y[j] = least;
    }
}
