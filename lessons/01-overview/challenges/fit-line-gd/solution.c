#include <math.h>
#include <stddef.h>

/* Takes `steps` steps of gradient descent on the mean squared error of the line
 * w x + b over n points, from the *w and *b that it finds there; the result
 * goes in their place. Returns 0; -1 if there are no points; 1 if w or b would
 * become infinite or NaN, and leaves the last finite pair. */
int fit_line(const double *x, const double *y, size_t n, double lr,
             size_t steps, double *w, double *b) {
    if (n == 0)
        return -1;
    for (size_t step = 0; step < steps; step++) {
        double sum_w = 0, sum_b = 0; /* in here: each step has its own slopes */
        for (size_t i = 0; i < n; i++) {
            const double error = *w * x[i] + *b - y[i];
            sum_w += error * x[i];
            sum_b += error;
        }
        /* both from the old line: nothing is stored before both are known */
        const double next_w = *w - lr * 2 / (double)n * sum_w;
        const double next_b = *b - lr * 2 / (double)n * sum_b;
        if (!isfinite(next_w) || !isfinite(next_b)) /* either may be first */
            return 1;
        *w = next_w;
        *b = next_b;
    }
    return 0;
}
