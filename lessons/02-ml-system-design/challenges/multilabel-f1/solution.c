#include <stddef.h>

typedef struct {
    size_t tp, fp, fn; /* true positives, false positives, false negatives */
} counts;

/* F1 without precision and recall: one quotient instead of three, and it is 0/0
 * only where there was nothing to find and nothing was found. */
static double f1(counts c) {
    const size_t below = 2 * c.tp + c.fp + c.fn;
    return below == 0 ? 0 : 2.0 * (double)c.tp / (double)below;
}

/* Of one label: p and y are its column, `step` from one row to the next. */
static counts count(const float *p, const unsigned char *y, size_t n,
                    size_t step, float threshold) {
    counts c = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        const int yes = p[i * step] >= threshold; /* >=: equal counts as yes */
        if (yes && y[i * step])
            c.tp++;
        else if (yes)
            c.fp++;
        else if (y[i * step])
            c.fn++;
    }
    return c;
}

/* F1 of n rows of yes/no labels, in two averages. The answer is yes where
 * p >= threshold[l]; y (n x labels, like p) is 0 or 1. *micro receives the F1
 * of the counts of all labels together, *macro the mean of each label's F1; 0/0
 * is 0. Returns 0; or -1, touching neither, if n or labels is 0. */
int multilabel_f1(const float *p, const unsigned char *y, size_t n,
                  size_t labels, const float *threshold, double *micro,
                  double *macro) {
    if (n == 0 || labels == 0)
        return -1;
    counts all = {0, 0, 0};
    double sum = 0;
    for (size_t l = 0; l < labels; l++) {
        const counts c = count(p + l, y + l, n, labels, threshold[l]);
        sum += f1(c); /* macro: ratios are added */
        all.tp += c.tp; /* micro: counts are added */
        all.fp += c.fp;
        all.fn += c.fn;
    }
    *micro = f1(all);
    *macro = sum / (double)labels; /* all of them: an empty label adds its 0 */
    return 0;
}
