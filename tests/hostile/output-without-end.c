/* says-native: printed more than 65536 bytes */
/* says-page: did not end */
/* And without a line's end. */
#include <stddef.h>
#include <stdio.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    for (;;)
        putchar('a');
}
