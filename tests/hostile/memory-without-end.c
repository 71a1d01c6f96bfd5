/* says-native: more memory than a check may */
/* says-page: null pointer */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    for (;;) {
        char *volatile room = malloc(1 << 20);
        memset(room, 1, 1 << 20);
    }
}
