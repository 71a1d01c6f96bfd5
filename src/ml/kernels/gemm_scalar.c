/* Matrix products as on paper: each element of C is a row of op(A) times a column of op(B). */
#include "kernels/kernels.h"

/* x[i][j] of a row-major matrix. */
#define AT(x, ld, i, j) (x)[(i) * (ld) + (j)]

void ml_kernel_gemm_nn_scalar(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                              float beta, float *c, size_t ldc) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float sum = beta == 0.0f ? 0.0f : AT(c, ldc, i, j);
            for (size_t p = 0; p < k; p++)
                sum += AT(a, lda, i, p) * AT(b, ldb, p, j);
            AT(c, ldc, i, j) = sum;
        }
}

void ml_kernel_gemm_nt_scalar(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                              float beta, float *c, size_t ldc) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float sum = beta == 0.0f ? 0.0f : AT(c, ldc, i, j);
            for (size_t p = 0; p < k; p++)
                sum += AT(a, lda, i, p) * AT(b, ldb, j, p);
            AT(c, ldc, i, j) = sum;
        }
}

void ml_kernel_gemm_tn_scalar(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                              float beta, float *c, size_t ldc) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float sum = beta == 0.0f ? 0.0f : AT(c, ldc, i, j);
            for (size_t p = 0; p < k; p++)
                sum += AT(a, lda, p, i) * AT(b, ldb, p, j);
            AT(c, ldc, i, j) = sum;
        }
}

void ml_kernel_gemm_tt_scalar(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                              float beta, float *c, size_t ldc) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float sum = beta == 0.0f ? 0.0f : AT(c, ldc, i, j);
            for (size_t p = 0; p < k; p++)
                sum += AT(a, lda, p, i) * AT(b, ldb, j, p);
            AT(c, ldc, i, j) = sum;
        }
}
