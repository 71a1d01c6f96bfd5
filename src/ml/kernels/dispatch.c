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

void ml_kernel_gemm_i8(size_t m, size_t n, size_t k, const int8_t *a, size_t lda, const int8_t *b, size_t ldb,
                       int32_t *c, size_t ldc) {
    ml_kernel_gemm_i8_simd128(m, n, k, a, lda, b, ldb, c, ldc);
}

void ml_kernel_gemv_i8(size_t m, size_t n, const int8_t *a, size_t lda, const int8_t *x, int32_t *y) {
    ml_kernel_gemv_i8_simd128(m, n, a, lda, x, y);
}

size_t ml_kernel_nearest_of_eight(size_t d, const double *row, const double *group, double *least) {
    return ml_kernel_nearest_of_eight_simd128(d, row, group, least);
}

void ml_kernel_dense(size_t n, size_t out, size_t in, const float *x, size_t ldx, const float *w, size_t ldw,
                     const float *bias, ml_kernel_activation f, float *y, size_t ldy) {
    ml_kernel_dense_simd128(n, out, in, x, ldx, w, ldw, bias, f, y, ldy);
}

void ml_kernel_dense_backward_input(size_t n, size_t out, size_t in, const float *dy, size_t lddy, const float *w,
                                    size_t ldw, ml_kernel_activation f, const float *x, size_t ldx, float *dx,
                                    size_t lddx) {
    ml_kernel_dense_backward_input_simd128(n, out, in, dy, lddy, w, ldw, f, x, ldx, dx, lddx);
}

void ml_kernel_gemm_tn_update(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                              float factor, float *c, size_t ldc) {
    ml_kernel_gemm_tn_update_simd128(m, n, k, a, lda, b, ldb, factor, c, ldc);
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
OF_ONE(negate)
OF_ONE(absolute)
OF_ONE(sqrt)
OF_ONE(relu)
OF_ONE(exp)
OF_ONE(log)
OF_ONE(tanh)
OF_ONE(sigmoid)
OF_ONE(erf)
OF_ONE(gelu)

#define OF_TWO(name)                                                                                                   \
    void ml_kernel_##name(size_t n, const float *a, const float *b, float *out) {                                      \
        ml_kernel_##name##_simd128(n, a, b, out);                                                                      \
    }
OF_TWO(add)
OF_TWO(subtract)
OF_TWO(multiply)
OF_TWO(divide)
OF_TWO(maximum)
OF_TWO(relu_backward)
OF_TWO(tanh_backward)
OF_TWO(sigmoid_backward)
OF_TWO(gelu_backward)

double ml_kernel_binary_cross_entropy(size_t n, const float *z, const float *y, float *sigmoid) {
    return ml_kernel_binary_cross_entropy_simd128(n, z, y, sigmoid);
}

void ml_kernel_softmax_rows(size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo) {
    ml_kernel_softmax_rows_simd128(m, n, a, lda, out, ldo);
}

void ml_kernel_log_sum_exp_rows(size_t m, size_t n, const float *a, size_t lda, float *out) {
    ml_kernel_log_sum_exp_rows_simd128(m, n, a, lda, out);
}

void ml_kernel_log_softmax_rows(size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo) {
    ml_kernel_log_softmax_rows_simd128(m, n, a, lda, out, ldo);
}

void ml_kernel_gather_rows(size_t n, size_t d, const float *table, size_t ldt, const uint32_t *index, float *out,
                           size_t ldo) {
    ml_kernel_gather_rows_simd128(n, d, table, ldt, index, out, ldo);
}

void ml_kernel_scatter_add_rows(size_t n, size_t d, const float *x, size_t ldx, const uint32_t *index, float *table,
                                size_t ldt) {
    ml_kernel_scatter_add_rows_simd128(n, d, x, ldx, index, table, ldt);
}

void ml_kernel_conv2d(const ml_conv *s, const float *x, const float *weight, const float *bias, ml_kernel_activation f,
                      float *y) {
    ml_kernel_conv2d_simd128(s, x, weight, bias, f, y);
}

void ml_kernel_conv2d_backward_input(const ml_conv *s, const float *dy, const float *weight, float *dx) {
    ml_kernel_conv2d_backward_input_simd128(s, dy, weight, dx);
}

void ml_kernel_conv2d_backward_weight(const ml_conv *s, const float *x, const float *dy, float *dweight, float *dbias) {
    ml_kernel_conv2d_backward_weight_simd128(s, x, dy, dweight, dbias);
}

void ml_kernel_conv2d_relu_pool(const ml_conv *s, const float *x, const float *weight, const float *bias, float *y,
                                uint8_t *index) {
    ml_kernel_conv2d_relu_pool_simd128(s, x, weight, bias, y, index);
}

void ml_kernel_conv2d_relu_pool_backward(const ml_conv *s, const float *x, const float *weight, const float *y,
                                         const uint8_t *index, const float *dy, float *dweight, float *dbias,
                                         float *dx) {
    ml_kernel_conv2d_relu_pool_backward_simd128(s, x, weight, y, index, dy, dweight, dbias, dx);
}

void ml_kernel_max_pool(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                        const float *x, float *y, uint8_t *index) {
    ml_kernel_max_pool_simd128(n, height, width, channels, size, stride, x, y, index);
}

void ml_kernel_average_pool(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                            const float *x, float *y) {
    ml_kernel_average_pool_simd128(n, height, width, channels, size, stride, x, y);
}

void ml_kernel_max_pool_backward(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                                 const float *dy, const uint8_t *index, float *dx) {
    ml_kernel_max_pool_backward_simd128(n, height, width, channels, size, stride, dy, index, dx);
}

void ml_kernel_average_pool_backward(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                                     const float *dy, float *dx) {
    ml_kernel_average_pool_backward_simd128(n, height, width, channels, size, stride, dy, dx);
}

void ml_kernel_opt_sgd(size_t n, float rate, float decay, const float *g, float *w) {
    ml_kernel_opt_sgd_simd128(n, rate, decay, g, w);
}

void ml_kernel_opt_momentum(size_t n, float rate, float mu, float decay, const float *g, float *v, float *w) {
    ml_kernel_opt_momentum_simd128(n, rate, mu, decay, g, v, w);
}

void ml_kernel_opt_nesterov(size_t n, float rate, float mu, float decay, const float *g, float *v, float *w) {
    ml_kernel_opt_nesterov_simd128(n, rate, mu, decay, g, v, w);
}

void ml_kernel_opt_adagrad(size_t n, float rate, float epsilon, float decay, const float *g, float *s, float *w) {
    ml_kernel_opt_adagrad_simd128(n, rate, epsilon, decay, g, s, w);
}

void ml_kernel_opt_rmsprop(size_t n, float rate, float alpha, float epsilon, float decay, const float *g, float *s,
                           float *w) {
    ml_kernel_opt_rmsprop_simd128(n, rate, alpha, epsilon, decay, g, s, w);
}

void ml_kernel_opt_adam(size_t n, float rate, float beta1, float beta2, float epsilon, float decay, double power1,
                        double power2, const float *g, float *m, float *v, float *w) {
    ml_kernel_opt_adam_simd128(n, rate, beta1, beta2, epsilon, decay, power1, power2, g, m, v, w);
}

void ml_kernel_opt_adamw(size_t n, float rate, float beta1, float beta2, float epsilon, float decay, double power1,
                         double power2, const float *g, float *m, float *v, float *w) {
    ml_kernel_opt_adamw_simd128(n, rate, beta1, beta2, epsilon, decay, power1, power2, g, m, v, w);
}
