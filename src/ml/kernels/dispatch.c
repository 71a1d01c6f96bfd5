/* The plain names: the version that is fastest where this is compiled for. The four-lane versions need nothing that
 * SSE2, NEON or WebAssembly SIMD lack, so they are the ones. */
#include "kernels/kernels.h"

#define GEMM(name)                                                                                                     \
    void ml_kernel_##name(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,        \
                          float beta, float *c, size_t ldc) {                                                          \
        ml_kernel_##name##_simd128(m, n, k, a, lda, b, ldb, beta, c, ldc);                                             \
    }
GEMM(gemm_nn)
GEMM(gemm_nt)
GEMM(gemm_tn)
GEMM(gemm_tt)

void ml_kernel_gemv(size_t m, size_t n, const float *a, size_t lda, const float *x, float beta, float *y) {
    ml_kernel_gemv_simd128(m, n, a, lda, x, beta, y);
}

float ml_kernel_dot(size_t n, const float *a, const float *b) {
    return ml_kernel_dot_simd128(n, a, b);
}

float ml_kernel_sum(size_t n, const float *a) {
    return ml_kernel_sum_simd128(n, a);
}

float ml_kernel_sum_squares(size_t n, const float *a) {
    return ml_kernel_sum_squares_simd128(n, a);
}

float ml_kernel_max(size_t n, const float *a) {
    return ml_kernel_max_simd128(n, a);
}

void ml_kernel_column_sums(size_t m, size_t n, const float *a, size_t lda, float *sums) {
    ml_kernel_column_sums_simd128(m, n, a, lda, sums);
}

void ml_kernel_scale(size_t n, float factor, const float *a, float *out) {
    ml_kernel_scale_simd128(n, factor, a, out);
}

void ml_kernel_axpy(size_t n, float factor, const float *x, float *y) {
    ml_kernel_axpy_simd128(n, factor, x, y);
}

void ml_kernel_add_row(size_t m, size_t n, const float *row, float *a, size_t lda) {
    ml_kernel_add_row_simd128(m, n, row, a, lda);
}

#define OF_ONE(name)                                                                                                   \
    void ml_kernel_##name(size_t n, const float *x, float *out) {                                                      \
        ml_kernel_##name##_simd128(n, x, out);                                                                         \
    }
OF_ONE(relu)
OF_ONE(exp)
OF_ONE(log)
OF_ONE(tanh)
OF_ONE(sigmoid)

#define OF_TWO(name)                                                                                                   \
    void ml_kernel_##name(size_t n, const float *a, const float *b, float *out) {                                      \
        ml_kernel_##name##_simd128(n, a, b, out);                                                                      \
    }
OF_TWO(add)
OF_TWO(subtract)
OF_TWO(multiply)
OF_TWO(relu_backward)
OF_TWO(tanh_backward)
OF_TWO(sigmoid_backward)

void ml_kernel_softmax_rows(size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo) {
    ml_kernel_softmax_rows_simd128(m, n, a, lda, out, ldo);
}
