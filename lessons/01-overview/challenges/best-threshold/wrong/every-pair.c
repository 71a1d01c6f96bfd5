/* caught by: large */
/* Tries every score on all cases: right, and with 200,000 of them still at it tomorrow. */
#include <math.h>
#include <stddef.h>

double best_threshold(const float *score, const int *y, size_t n, double c_fp, double c_fn, double *cost) {
    double best = INFINITY;
    *cost = INFINITY;
    for (size_t k = 0; k <= n; k++) {
        const double threshold = k < n ? score[k] : INFINITY;
        int fp = 0, fn = 0;
        for (size_t i = 0; i < n; i++) {
            fp += score[i] >= threshold && y[i] == 0;
            fn += score[i] < threshold && y[i] == 1;
        }
        const double now = c_fp * fp + c_fn * fn;
        if (now < *cost || (now == *cost && threshold > best)) {
            *cost = now;
            best = threshold;
        }
    }
    return best;
}
