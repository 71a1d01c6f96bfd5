/* says: stack */
#include <stddef.h>

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static int deep(volatile int n) {
    return deep(n + 1) + n;
}

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    out[0] = (float)deep(1);
}
