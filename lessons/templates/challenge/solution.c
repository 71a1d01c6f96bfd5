#include <stddef.h>

/* The mean of the n values x, weighted by w; 0 where the weights add up to 0. */
double weighted_mean(const double *x, const double *w, size_t n) {
    double sum = 0, weights = 0;
    for (size_t i = 0; i < n; i++) {
        sum += w[i] * x[i];
        weights += w[i];
    }
    return weights > 0 ? sum / weights : 0; /* 0 / 0 would be NaN, and spread to all that is computed from it */
}
