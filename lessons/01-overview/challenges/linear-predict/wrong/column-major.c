/* caught by: rows_kept_apart */
/* Reads the matrix column by column, as Fortran, MATLAB and R lay it out; here it is stored row by row. */
#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i++) {
        double sum = b;
        for (size_t j = 0; j < d; j++)
            sum += (double)X[j * n + i] * w[j];
        out[i] = (float)sum;
    }
}
