/* says: pointer | outside | no memory of yours */
/* An address that somebody made up. */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    *(volatile int *)((size_t)0x7ffff000u + n) = 1;
}
