/* caught by: no_weight */
/* Divides by the sum of the weights even where it is 0, and returns NaN. */
#include <stddef.h>

double weighted_mean(const double *x, const double *w, size_t n) {
    double sum = 0, weights = 0;
    for (size_t i = 0; i < n; i++) {
        sum += w[i] * x[i];
        weights += w[i];
    }
    return sum / weights;
}
