/* caught by: equal_costs */
/* Carries the cost along by adding and subtracting: it drifts, and equal costs no longer compare equal. */
#include <math.h>
#include <stdlib.h>

typedef struct {
    float score;
    int y;
} scored;

static int highest_first(const void *left, const void *right) {
    const float a = ((const scored *)left)->score, b = ((const scored *)right)->score;
    return (a < b) - (a > b);
}

double best_threshold(const float *score, const int *y, size_t n, double c_fp, double c_fn, double *cost) {
    *cost = 0;
    if (n == 0)
        return INFINITY;
    scored *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL)
        return NAN;
    int fn = 0;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (scored){score[i], y[i]};
        fn += y[i];
    }
    qsort(sorted, n, sizeof *sorted, highest_first);
    double best = INFINITY;
    double now = c_fn * fn;
    *cost = now;
    for (size_t i = 0; i < n; i++) {
        if (sorted[i].y == 1)
            now -= c_fn;
        else
            now += c_fp;
        if (i + 1 < n && sorted[i + 1].score == sorted[i].score)
            continue;
        if (now < *cost) {
            *cost = now;
            best = sorted[i].score;
        }
    }
    free(sorted);
    return best;
}
