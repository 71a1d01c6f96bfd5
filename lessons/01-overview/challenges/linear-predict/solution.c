#include <stddef.h>

/* out[i] = b + X[i][0] w[0] + ... + X[i][d-1] w[d-1], for each row i of n. */
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b,
                    float *out) {
    for (size_t i = 0; i < n; i++) {
        const float *row = X + i * d; /* d floats in each row before this one */
        double sum = b;               /* in here, so that every row starts afresh */
        for (size_t j = 0; j < d; j++)
            /* the cast comes before the product: float times float would round */
            sum += (double)row[j] * w[j];
        out[i] = (float)sum; /* the only rounding to float */
    }
}
