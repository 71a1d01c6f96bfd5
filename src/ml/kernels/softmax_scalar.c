/* Softmax, row by row. */
#include "kernels/kernels.h"

#include "base/math.h"

/* exp(a) / sum of exp(a), which is the same for a - maximum, and there no exp is above 1. */
void ml_kernel_softmax_rows_scalar(size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo) {
    for (size_t i = 0; i < m; i++) {
        const float *row = a + i * lda;
        float *share = out + i * ldo;
        const float most = ml_kernel_max_scalar(n, row);
        for (size_t j = 0; j < n; j++)
            share[j] = ml_expf(row[j] - most);
        const float total = ml_kernel_sum_scalar(n, share);
        for (size_t j = 0; j < n; j++)
            share[j] /= total;
    }
}
