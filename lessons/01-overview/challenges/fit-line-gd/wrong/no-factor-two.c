/* caught by: one_step */
/* Leaves out the 2 of the derivative of a square. It arrives all the same, at half the learning rate. */
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
        const double next_w = *w - lr / (double)n * sum_w, next_b = *b - lr / (double)n * sum_b;
        if (!isfinite(next_w) || !isfinite(next_b))
            return 1;
        *w = next_w;
        *b = next_b;
    }
    return 0;
}
