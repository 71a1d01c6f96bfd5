/* says: did not end */
/* An unsigned number is never below 0. */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    volatile unsigned left = (unsigned)n;
    while (left >= 0u)
        left--;
}
