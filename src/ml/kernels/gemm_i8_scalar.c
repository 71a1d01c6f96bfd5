/* Products of int8 with sums in int32, one at a time. */
#include "kernels/kernels.h"

/* Unsigned, where a sum that does not fit is defined to wrap around. */
static int32_t dot(size_t k, const int8_t *a, const int8_t *b) {
    uint32_t sum = 0;
    for (size_t p = 0; p < k; p++)
        sum += (uint32_t)((int32_t)a[p] * (int32_t)b[p]);
    return (int32_t)sum;
}

void ml_kernel_gemm_i8_scalar(size_t m, size_t n, size_t k, const int8_t *a, size_t lda, const int8_t *b, size_t ldb,
                              int32_t *c, size_t ldc) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            c[i * ldc + j] = dot(k, a + i * lda, b + j * ldb);
}

void ml_kernel_gemv_i8_scalar(size_t m, size_t n, const int8_t *a, size_t lda, const int8_t *x, int32_t *y) {
    for (size_t i = 0; i < m; i++)
        y[i] = dot(n, a + i * lda, x);
}
