#include "metrics/classification.h"

static ml_counts count(const float *p, const uint8_t *y, size_t n, size_t step, float threshold) {
    ml_counts c = {0};
    for (size_t i = 0; i < n; i++) {
        const int yes = p[i * step] >= threshold;
        c.true_positive += yes && y[i * step];
        c.false_positive += yes && !y[i * step];
        c.false_negative += !yes && y[i * step];
    }
    return c;
}

int ml_multilabel_f1(const float *p, const uint8_t *y, size_t n, size_t labels, const float *threshold, double *micro,
                     double *macro) {
    if (n == 0 || labels == 0)
        return -1;
    ml_counts all = {0};
    double sum = 0.0;
    for (size_t l = 0; l < labels; l++) {
        const ml_counts c = count(p + l, y + l, n, labels, threshold[l]);
        sum += ml_figures_of(c, 1.0).f;
        all.true_positive += c.true_positive;
        all.false_positive += c.false_positive;
        all.false_negative += c.false_negative;
    }
    *micro = ml_figures_of(all, 1.0).f;
    *macro = sum / (double)labels;
    return 0;
}
