/* caught by: any_scale */
/* Divides by nothing: right only where the weights add up to one. */
#include <stddef.h>

double weighted_mean(const double *x, const double *w, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += w[i] * x[i];
    return sum;
}
