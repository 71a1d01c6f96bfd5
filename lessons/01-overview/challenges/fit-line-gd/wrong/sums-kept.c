/* caught by: two_steps */
/* Sets the sums to 0 once, before the first step: each step drags along the slopes of those before. */
#include <math.h>
#include <stddef.h>

int fit_line(const double *x, const double *y, size_t n, double lr, size_t steps, double *w, double *b) {
    if (n == 0)
        return -1;
    double sum_w = 0, sum_b = 0;
    for (size_t step = 0; step < steps; step++) {
        for (size_t i = 0; i < n; i++) {
            const double error = *w * x[i] + *b - y[i];
            sum_w += error * x[i];
            sum_b += error;
        }
        const double next_w = *w - lr * 2 / (double)n * sum_w, next_b = *b - lr * 2 / (double)n * sum_b;
        if (!isfinite(next_w) || !isfinite(next_b))
            return 1;
        *w = next_w;
        *b = next_b;
    }
    return 0;
}
