/* says-native: did not end */
/* says-page: implicit declaration | did not end | sleep */
/* Takes no processor time, and no end either. */
#include <stddef.h>
#include <unistd.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)n, (void)d, (void)w, (void)b, (void)out;
    for (;;)
        sleep(60);
}
