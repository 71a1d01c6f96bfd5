/* caught by: one_threshold */
/* Goes on counting from label to label: the second F1 is that of two labels. */
#include <stddef.h>

typedef struct {
    size_t tp, fp, fn;
} counts;

static double f1(counts c) {
    const size_t below = 2 * c.tp + c.fp + c.fn;
    return below == 0 ? 0 : 2.0 * (double)c.tp / (double)below;
}

static counts count(const float *p, const unsigned char *y, size_t n,
                    size_t step, float threshold, counts c) {
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
        all = count(p + l, y + l, n, labels, threshold[l], all);
        sum += f1(all);
    }
    *micro = f1(all);
    *macro = sum / (double)labels;
    return 0;
}
