/* says-native: out of bounds */
/* says-page: index lies outside */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    volatile float sums[3] = {0};
    for (size_t i = 0; i <= n + 3; i++)
        sums[i] = b;
}
