/* caught by: empty_label */
/* Gives an F1 of 1 to a label that had nothing to find: the rarer the labels, the better the model looks. */
#include <stddef.h>

typedef struct {
    size_t tp, fp, fn;
} counts;

static double f1(counts c) {
    const size_t below = 2 * c.tp + c.fp + c.fn;
    return below == 0 ? 0 : 2.0 * (double)c.tp / (double)below;
}

static counts count(const float *p, const unsigned char *y, size_t n,
                    size_t step, float threshold) {
    counts c = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        const int yes = p[i * step] >= threshold;
        if (yes && y[i * step])
            c.tp++;
        else if (yes)
            c.fp++;
        else if (y[i * step])
            c.fn++;
    }
    return c;
}

int multilabel_f1(const float *p, const unsigned char *y, size_t n,
                  size_t labels, const float *threshold, double *micro,
                  double *macro) {
    if (n == 0 || labels == 0)
        return -1;
    counts all = {0, 0, 0};
    double sum = 0;
    for (size_t l = 0; l < labels; l++) {
        const counts c = count(p + l, y + l, n, labels, threshold[l]);
        sum += c.tp + c.fp + c.fn == 0 ? 1 : f1(c);
        all.tp += c.tp;
        all.fp += c.fp;
        all.fn += c.fn;
    }
    *micro = f1(all);
    *macro = sum / (double)labels;
    return 0;
}
