/* caught by: shown_bias */
/* Adds the bias with every product: d times instead of once, and not at all when there are no features. */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < d; j++)
            sum += (double)X[i * d + j] * w[j] + b;
        out[i] = (float)sum;
    }
}
