#include "base/math.h"
#include "data/sampling.h"

int ml_importance_estimate(const double *f, const double *log_w, size_t n, double *mean, double *ess) {
    double largest = -(double)INFINITY, sum = 0.0, weighted = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!(log_w[i] < (double)INFINITY)) /* NaN too */
            return 0;
        largest = fmax(largest, log_w[i]);
    }
    if (!(largest > -(double)INFINITY))
        return 0;
    for (size_t i = 0; i < n; i++) {
        const double w = ml_exp(log_w[i] - largest); /* the largest is 1: no overflow, and the constant cancels */
        if (w == 0.0)
            continue; /* its f may be infinite */
        sum += w;
        weighted += w * f[i];
        squares += w * w;
    }
    *mean = weighted / sum;
    *ess = sum * sum / squares;
    return 1;
}
