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

/* A row of nothing but -infinity has no largest number to take out: -infinity minus itself is NaN. */
static float to_take_out(float most) {
    return isfinite(most) ? most : 0.0f;
}

/* In chunks, so that no scratch is needed; a chunk's sum is added to those before it. */
void ml_kernel_log_sum_exp_rows_scalar(size_t m, size_t n, const float *a, size_t lda, float *out) {
    enum { CHUNK = 64 };
    for (size_t i = 0; i < m; i++) {
        const float *row = a + i * lda;
        const float most = to_take_out(ml_kernel_max_scalar(n, row));
        float total = 0.0f;
        for (size_t start = 0; start < n; start += CHUNK) {
            const size_t length = n - start < CHUNK ? n - start : CHUNK;
            float share[CHUNK];
            for (size_t j = 0; j < length; j++)
                share[j] = ml_expf(row[start + j] - most);
            total += ml_kernel_sum_scalar(length, share);
        }
        out[i] = most + ml_logf(total);
    }
}

void ml_kernel_log_softmax_rows_scalar(size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo) {
    for (size_t i = 0; i < m; i++) {
        float log_sum;
        ml_kernel_log_sum_exp_rows_scalar(1, n, a + i * lda, lda, &log_sum);
        for (size_t j = 0; j < n; j++)
            out[i * ldo + j] = a[i * lda + j] - log_sum;
    }
}
