/* says-native: printed more than 65536 bytes */
/* says-page: never written | did not end */
#include <stddef.h>
#include <stdio.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    for (int i = 0; i < 1600000; i++)
        puts("the same sixty-three characters, over and over and over again");
}
