#include <stddef.h>

/* out[i] = b + X[i][0] w[0] + ... + X[i][d-1] w[d-1], for each row i of n. */
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b,
                    float *out) {
    (void)X, (void)d, (void)w; /* not used yet: delete this line once they are */
    for (size_t i = 0; i < n; i++) {
        /* TODO: add the products of row i and w */
        out[i] = b;
    }
}
