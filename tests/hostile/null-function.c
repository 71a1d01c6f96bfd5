/* says: null */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    float (*volatile f)(float) = NULL;
    out[0] = f(b);
}
