/* says: never frees */
/* The answers are right, but each call leaves a block behind. */
#include <stddef.h>
#include <stdlib.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    double *volatile copy = malloc(d * sizeof *copy + 8);
    if (copy == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        double sum = b;
        for (size_t j = 0; j < d; j++)
            sum += (double)X[i * d + j] * w[j];
        out[i] = (float)sum;
    }
}
