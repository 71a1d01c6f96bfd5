/* says-native: stack */
/* says-page: outside the program */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    for (;;) {
        volatile char *room = __builtin_alloca(4096);
        room[0] = 1;
    }
}
