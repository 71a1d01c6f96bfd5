/* caught by: brute_force */
/* Trusts the formula for calibrated scores instead of searching; these scores are not calibrated. */
#include <math.h>
#include <stddef.h>

double best_threshold(const float *score, const int *y, size_t n, double c_fp, double c_fn, double *cost) {
    const double wanted = c_fp / (c_fp + c_fn);
    double threshold = INFINITY;
    for (size_t i = 0; i < n; i++)
        if (score[i] >= wanted && score[i] < threshold)
            threshold = score[i];
    int fp = 0, fn = 0;
    for (size_t i = 0; i < n; i++) {
        fp += score[i] >= threshold && y[i] == 0;
        fn += score[i] < threshold && y[i] == 1;
    }
    *cost = c_fp * fp + c_fn * fn;
    return threshold;
}
