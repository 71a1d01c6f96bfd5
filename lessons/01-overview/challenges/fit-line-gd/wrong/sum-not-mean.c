/* caught by: mean_not_sum */
/* Forgets to divide by n: the more points there are, the longer the steps. */
#include <math.h>
#include <stddef.h>

int fit_line(const double *x, const double *y, size_t n, double lr, size_t steps, double *w, double *b) {
    if (n == 0)
        return -1;
    for (size_t step = 0; step < steps; step++) {
        double sum_w = 0, sum_b = 0;
        for (size_t i = 0; i < n; i++) {
            const double error = *w * x[i] + *b - y[i];
            sum_w += error * x[i];
            sum_b += error;
        }
        const double next_w = *w - lr * 2 * sum_w, next_b = *b - lr * 2 * sum_b;
        if (!isfinite(next_w) || !isfinite(next_b))
            return 1;
        *w = next_w;
        *b = next_b;
    }
    return 0;
}
