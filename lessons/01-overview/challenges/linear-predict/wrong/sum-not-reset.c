/* caught by: rows_kept_apart */
/* The sum is set once, before the loop over rows, so every row carries along what came before it. */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    double sum = b;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < d; j++)
            sum += (double)X[i * d + j] * w[j];
        out[i] = (float)sum;
    }
}
