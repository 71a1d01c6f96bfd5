#include <stddef.h>

/* out[i] = b + X[i][0] w[0] + ... + X[i][d-1] w[d-1], for each of the n rows of X. */
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    (void)X, (void)d, (void)w; /* keeps the compiler quiet about what is not used yet: delete this line */
    for (size_t i = 0; i < n; i++) {
        /* TODO: add the products of row i and w */
        out[i] = b;
    }
}
