/* says: by zero */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    volatile int zero = 0;
    out[0] = (float)(1 / zero);
}
