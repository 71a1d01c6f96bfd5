#include "models/bayes_posterior.h"

#include "base/math.h"

void ml_bayes_posterior(size_t classes, const double *prior, double *p) {
    double largest = (double)-INFINITY, sum = 0.0;
    for (size_t c = 0; c < classes; c++)
        largest = fmax(largest, p[c]);
    for (size_t c = 0; c < classes; c++)
        sum += p[c] = isfinite(largest) ? ml_exp(p[c] - largest) : prior[c];
    for (size_t c = 0; c < classes; c++)
        p[c] /= sum;
}
