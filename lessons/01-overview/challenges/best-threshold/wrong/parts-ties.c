/* caught by: ties_move_together */
/* Lets tied cases in one by one and compares in between, at thresholds that do not exist. */
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
    int fp = 0, fn = 0;
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (scored){score[i], y[i]};
        fn += y[i];
    }
    qsort(sorted, n, sizeof *sorted, highest_first);
    double best = INFINITY;
    *cost = c_fn * fn;
    for (size_t i = 0; i < n; i++) {
        if (sorted[i].y == 1)
            fn--;
        else
            fp++;
        const double now = c_fp * fp + c_fn * fn;
        if (now < *cost) {
            *cost = now;
            best = sorted[i].score;
        }
    }
    free(sorted);
    return best;
}
