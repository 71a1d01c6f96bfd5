/* caught by: one_step */
/* Moves w before the sum for b is taken, so that b's slope is that of another line. */
#include <math.h>
#include <stddef.h>

int fit_line(const double *x, const double *y, size_t n, double lr, size_t steps, double *w, double *b) {
    if (n == 0)
        return -1;
    for (size_t step = 0; step < steps; step++) {
        double sum_w = 0, sum_b = 0;
        for (size_t i = 0; i < n; i++)
            sum_w += (*w * x[i] + *b - y[i]) * x[i];
        const double next_w = *w - lr * 2 / (double)n * sum_w;
        for (size_t i = 0; i < n; i++)
            sum_b += next_w * x[i] + *b - y[i];
        const double next_b = *b - lr * 2 / (double)n * sum_b;
        if (!isfinite(next_w) || !isfinite(next_b))
            return 1;
        *w = next_w;
        *b = next_b;
    }
    return 0;
}
