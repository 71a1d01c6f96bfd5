/* says: stack */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    volatile char room[64 << 20];
    room[n] = 1;
    out[0] = (float)room[n];
}
