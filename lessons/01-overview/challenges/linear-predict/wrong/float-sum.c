/* caught by: cancels */
/* Adds up in float: 1e8 + 1 is 1e8 there, so what is small is lost before the large terms cancel. */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i++) {
        float sum = b;
        for (size_t j = 0; j < d; j++)
            sum += X[i * d + j] * w[j];
        out[i] = sum;
    }
}
