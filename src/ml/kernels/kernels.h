/* The hot loops. Each has two versions of the same signature: `_scalar`, the one to learn from, and `_simd128`, four
 * lanes at a time. They add in the same order, so they give the same bits, natively and in WebAssembly; a test asks for
 * that at every small size. The plain name is the faster one and is what the library calls.
 *
 * Matrices are row-major with a row stride (`lda` and so on: floats from one row to the next). Pointers need no
 * alignment. Outputs must not overlap inputs unless a comment allows it. Sizes of 0 are allowed. */
#ifndef ML_KERNELS_H
#define ML_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define ML_KERNEL_VERSIONS(result, name, ...)                                                                          \
    result ml_kernel_##name(__VA_ARGS__);                                                                              \
    result ml_kernel_##name##_scalar(__VA_ARGS__);                                                                     \
    result ml_kernel_##name##_simd128(__VA_ARGS__);

/* --- Matrix products -------------------------------------------------------------------------------------------- */

/* C = beta C + op(A) op(B), with op(X) = X or its transpose; C is m x n, op(A) m x k, op(B) k x n. beta is 0 or 1; with
 * 0, C may hold anything on entry, NaN included. Every c[i][j] starts from its old value (or 0) and adds the k products
 * in order of increasing k, each rounded on its own: blocking and packing change the speed, never the bits. */
ML_KERNEL_VERSIONS(void, gemm_nn, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                   float beta, float *c, size_t ldc)
ML_KERNEL_VERSIONS(void, gemm_nt, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                   float beta, float *c, size_t ldc)
ML_KERNEL_VERSIONS(void, gemm_tn, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                   float beta, float *c, size_t ldc)
ML_KERNEL_VERSIONS(void, gemm_tt, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb,
                   float beta, float *c, size_t ldc)

/* y = beta y + A x, A m x n; each y[i] is a dot product in the lane order of `dot`. */
ML_KERNEL_VERSIONS(void, gemv, size_t m, size_t n, const float *a, size_t lda, const float *x, float beta, float *y)

/* --- Reductions. Lane order: element i goes to lane i mod 4; the result is (lane0 + lane2) + (lane1 + lane3), then the
 * n mod 4 elements at the end one by one. ------------------------------------------------------------------------- */
ML_KERNEL_VERSIONS(float, dot, size_t n, const float *a, const float *b)
ML_KERNEL_VERSIONS(float, sum, size_t n, const float *a)
ML_KERNEL_VERSIONS(float, sum_squares, size_t n, const float *a)
ML_KERNEL_VERSIONS(float, max, size_t n, const float *a)              /* -infinity when n is 0; NaN is passed over */
ML_KERNEL_VERSIONS(void, column_sums, size_t m, size_t n, const float *a, size_t lda, float *sums) /* down the rows */

/* --- Elementwise. `out` may be the same array as an input. -------------------------------------------------------- */
ML_KERNEL_VERSIONS(void, add, size_t n, const float *a, const float *b, float *out)
ML_KERNEL_VERSIONS(void, subtract, size_t n, const float *a, const float *b, float *out)
ML_KERNEL_VERSIONS(void, multiply, size_t n, const float *a, const float *b, float *out)
ML_KERNEL_VERSIONS(void, scale, size_t n, float factor, const float *a, float *out)
ML_KERNEL_VERSIONS(void, axpy, size_t n, float factor, const float *x, float *y) /* y += factor x */
ML_KERNEL_VERSIONS(void, add_row, size_t m, size_t n, const float *row, float *a, size_t lda) /* each row of a += row */
ML_KERNEL_VERSIONS(void, relu, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, exp, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, log, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, tanh, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, sigmoid, size_t n, const float *x, float *out)
/* Gradients through an activation, written in terms of its output y: out = dy * f'(x). */
ML_KERNEL_VERSIONS(void, relu_backward, size_t n, const float *y, const float *dy, float *out)
ML_KERNEL_VERSIONS(void, tanh_backward, size_t n, const float *y, const float *dy, float *out)
ML_KERNEL_VERSIONS(void, sigmoid_backward, size_t n, const float *y, const float *dy, float *out)

/* --- Rows --------------------------------------------------------------------------------------------------------- */

/* Softmax of each row, the row's maximum taken out first (exp overflows float above 88.7). out may be a. */
ML_KERNEL_VERSIONS(void, softmax_rows, size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo)

#endif
