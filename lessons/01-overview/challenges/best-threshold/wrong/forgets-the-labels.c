/* caught by: unsorted */
/* Sorts the scores and leaves the labels where they were. */
#include <math.h>
#include <stdlib.h>

static int highest_first(const void *left, const void *right) {
    const float a = *(const float *)left, b = *(const float *)right;
    return (a < b) - (a > b);
}

double best_threshold(const float *score, const int *y, size_t n, double c_fp, double c_fn, double *cost) {
    *cost = 0;
    if (n == 0)
        return INFINITY;
    float *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL)
        return NAN;
    int fp = 0, fn = 0;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = score[i];
        fn += y[i];
    }
    qsort(sorted, n, sizeof *sorted, highest_first);
    double best = INFINITY;
    *cost = c_fn * fn;
    for (size_t i = 0; i < n; i++) {
        if (y[i] == 1)
            fn--;
        else
            fp++;
        if (i + 1 < n && sorted[i + 1] == sorted[i])
            continue;
        const double now = c_fp * fp + c_fn * fn;
        if (now < *cost) {
            *cost = now;
            best = sorted[i];
        }
    }
    free(sorted);
    return best;
}
