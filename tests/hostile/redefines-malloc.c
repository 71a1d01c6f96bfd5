/* says-native: function of the C library, such as malloc */
/* says-page: The name malloc is already taken */
#include <stddef.h>

void *malloc(size_t bytes);

void *malloc(size_t bytes) {
    (void)bytes;
    return NULL;
}

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i++) {
        double sum = b;
        for (size_t j = 0; j < d; j++)
            sum += (double)X[i * d + j] * w[j];
        out[i] = (float)sum;
    }
}
