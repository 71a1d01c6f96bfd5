/* says-native: signed integer overflow */
/* says-page: does not fit into its integer type */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    volatile int large = 2147483647;
    out[0] = (float)(large + (int)n);
}
