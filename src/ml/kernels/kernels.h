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

/* --- Products of int8, for quantised layers ----------------------------------------------------------------------- */

/* C = A B', A m x k and B n x k of int8, C m x n of int32; y = A x. Integers add exactly, so the order of a sum does
 * not matter. Every sum fits while k <= 131,071; beyond that it is taken modulo 2^32. */
ML_KERNEL_VERSIONS(void, gemm_i8, size_t m, size_t n, size_t k, const int8_t *a, size_t lda, const int8_t *b,
                   size_t ldb, int32_t *c, size_t ldc)
ML_KERNEL_VERSIONS(void, gemv_i8, size_t m, size_t n, const int8_t *a, size_t lda, const int8_t *x, int32_t *y)

/* --- Distances, in double ----------------------------------------------------------------------------------------- */

/* Which of eight rows is nearest to a row [d], of equals the first. The eight lie feature by feature, group [d x 8];
 * distances are squared Euclidean ones, sum over j of (row[j] - group[8 j + c])^2, added in order of j. No NaN; infinity
 * in a group keeps its place free.
 *   least  [2]  out: the least and the second least distance */
ML_KERNEL_VERSIONS(size_t, nearest_of_eight, size_t d, const double *row, const double *group, double *least)

/* --- Dense layers ------------------------------------------------------------------------------------------------ */

typedef enum ml_kernel_activation {
    ML_KERNEL_IDENTITY,
    ML_KERNEL_RELU,
    ML_KERNEL_TANH,
    ML_KERNEL_SIGMOID
} ml_kernel_activation;

/* y = f(x W + b): x is n x in, W in x out, y n x out; b [out], NULL for none. y[i][j] starts from 0, adds the products
 * in order of p, then b[j], and goes through f: the same bits as gemm_nn, add_row and the activation in turn. */
ML_KERNEL_VERSIONS(void, dense, size_t n, size_t out, size_t in, const float *x, size_t ldx, const float *w, size_t ldw,
                   const float *bias, ml_kernel_activation f, float *y, size_t ldy)
/* The gradient of a dense layer's input, taken through the activation f of the layer below: dx = (dy W') f'(x). x is
 * what that layer put out (n x in), for slopes are written in terms of outputs; with the identity it may be NULL. The
 * same bits as gemm_nt with beta 0 and the activation's _backward in turn. */
ML_KERNEL_VERSIONS(void, dense_backward_input, size_t n, size_t out, size_t in, const float *dy, size_t lddy,
                   const float *w, size_t ldw, ml_kernel_activation f, const float *x, size_t ldx, float *dx,
                   size_t lddx)
/* C += factor A' B; A is k x m, B k x n, C m x n. The sum over k is taken whole, from 0 in order, then scaled, then
 * added: a step of gradient descent on a weight, without storing its gradient. The same bits as gemm_tn with beta 0
 * into that gradient, then axpy. */
ML_KERNEL_VERSIONS(void, gemm_tn_update, size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                   size_t ldb, float factor, float *c, size_t ldc)

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
ML_KERNEL_VERSIONS(void, divide, size_t n, const float *a, const float *b, float *out)
ML_KERNEL_VERSIONS(void, maximum, size_t n, const float *a, const float *b, float *out) /* equal: a; NaN in, NaN out */
ML_KERNEL_VERSIONS(void, scale, size_t n, float factor, const float *a, float *out)
ML_KERNEL_VERSIONS(void, axpy, size_t n, float factor, const float *x, float *y) /* y += factor x */
ML_KERNEL_VERSIONS(void, add_row, size_t m, size_t n, const float *row, float *a, size_t lda) /* each row of a += row */
ML_KERNEL_VERSIONS(void, negate, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, absolute, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, sqrt, size_t n, const float *x, float *out) /* of a negative number: NaN */
ML_KERNEL_VERSIONS(void, relu, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, exp, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, log, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, tanh, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, sigmoid, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, erf, size_t n, const float *x, float *out)
ML_KERNEL_VERSIONS(void, gelu, size_t n, const float *x, float *out) /* ml_geluf */
/* Gradients through an activation, written in terms of its output y: out = dy * f'(x). */
ML_KERNEL_VERSIONS(void, relu_backward, size_t n, const float *y, const float *dy, float *out)
ML_KERNEL_VERSIONS(void, tanh_backward, size_t n, const float *y, const float *dy, float *out)
ML_KERNEL_VERSIONS(void, sigmoid_backward, size_t n, const float *y, const float *dy, float *out)
/* The same for gelu, in terms of its input x: two inputs have the same output. */
ML_KERNEL_VERSIONS(void, gelu_backward, size_t n, const float *x, const float *dy, float *out)

/* --- Losses ------------------------------------------------------------------------------------------------------- */

/* The sum of the binary cross-entropies log(1 + exp(z)) - y z of logits z and targets y, in double and in order of i;
 * NaN if a target is not in [0, 1]. sigmoid[i] = sigmoid(z[i]), of which the gradient is made; it may be z. */
ML_KERNEL_VERSIONS(double, binary_cross_entropy, size_t n, const float *z, const float *y, float *sigmoid)

/* --- Rows --------------------------------------------------------------------------------------------------------- */

/* Softmax of each row, the row's maximum taken out first (exp overflows float above 88.7). out may be a. */
ML_KERNEL_VERSIONS(void, softmax_rows, size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo)

/* out[i] = log of the sum of exp over row i, without overflow; -infinity where the row is empty or all -infinity. */
ML_KERNEL_VERSIONS(void, log_sum_exp_rows, size_t m, size_t n, const float *a, size_t lda, float *out)

/* The logarithm of the softmax of each row, a minus the row's log_sum_exp: exact where the softmax is 0. out may be a.
 */
ML_KERNEL_VERSIONS(void, log_softmax_rows, size_t m, size_t n, const float *a, size_t lda, float *out, size_t ldo)

/* out[i] = table[index[i]], n rows of d floats; each index must be a row of the table. */
ML_KERNEL_VERSIONS(void, gather_rows, size_t n, size_t d, const float *table, size_t ldt, const uint32_t *index,
                   float *out, size_t ldo)

/* table[index[i]] += x[i], for i = 0 to n - 1 in this order: rows that come twice are added twice. */
ML_KERNEL_VERSIONS(void, scatter_add_rows, size_t n, size_t d, const float *x, size_t ldx, const uint32_t *index,
                   float *table, size_t ldt)

/* --- Convolution, or rather cross-correlation, as everywhere in machine learning ----------------------------------
 * Images are [n][height][width][channels] ("NHWC"), weights [kernel_height][kernel_width][channels][filters], without
 * gaps. `padding` rows and columns of zeros lie around each image; they are never read: products with them are left
 * out. The kernel must fit into the padded image, the stride be at least 1.
 * Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning". */
typedef struct ml_conv {
    size_t n, height, width, channels, filters, kernel_height, kernel_width, stride, padding;
} ml_conv;

/* Rows and columns of the output, y [n][rows][columns][filters]. */
static inline size_t ml_conv_rows(const ml_conv *s) {
    return (s->height + 2 * s->padding - s->kernel_height) / s->stride + 1;
}

static inline size_t ml_conv_columns(const ml_conv *s) {
    return (s->width + 2 * s->padding - s->kernel_width) / s->stride + 1;
}

/* y = f(x * weight + bias). Each sum starts from 0 and adds its products in order of kernel row, column and channel;
 * then the bias (NULL: none) is added, then f applied. */
ML_KERNEL_VERSIONS(void, conv2d, const ml_conv *s, const float *x, const float *weight, const float *bias,
                   ml_kernel_activation f, float *y)

/* dx, overwritten: the gradient with respect to x. Each sum starts from 0 and adds in order of filter, output row,
 * output column. Four lanes at a time while kernel_height kernel_width <= 512. */
ML_KERNEL_VERSIONS(void, conv2d_backward_input, const ml_conv *s, const float *dy, const float *weight, float *dx)

/* dweight and dbias (NULL: not wanted), overwritten: sums from 0 in order of image, output row, output column. */
ML_KERNEL_VERSIONS(void, conv2d_backward_weight, const ml_conv *s, const float *x, const float *dy, float *dweight,
                   float *dbias)

/* y [n][rows / 2][columns / 2][filters]: the largest of each 2 x 2 outputs of conv2d with relu; an odd last row or
 * column is dropped. index, of the same shape: which of the four, 0 1 in the upper row, 2 3 in the lower, the first of
 * equals. Same bits as conv2d, relu and max_pool in turn, but what lies between is never stored. */
ML_KERNEL_VERSIONS(void, conv2d_relu_pool, const ml_conv *s, const float *x, const float *weight, const float *bias,
                   float *y, uint8_t *index)

/* All gradients of conv2d_relu_pool, from its y and index and the gradient dy of y (y's shape): dweight, dbias and dx
 * are overwritten, each may be NULL if unwanted. Same bits as max_pool_backward, relu_backward, conv2d_backward_weight
 * and conv2d_backward_input in turn as long as x, weight and dy are finite: the zeros of which the pool's gradient
 * consists for the most part are left out, and where there is padding, it takes part as zeros; 0 times infinity would
 * be NaN. Takes up to 170 KiB of stack. Fast while kernel_height kernel_width channels <= 4096, columns < 512, and,
 * with padding, one padded image has at most 16384 floats. */
ML_KERNEL_VERSIONS(void, conv2d_relu_pool_backward, const ml_conv *s, const float *x, const float *weight,
                   const float *y, const uint8_t *index, const float *dy, float *dweight, float *dbias, float *dx)

/* --- Pooling, of x [n][height][width][channels], windows of size x size, 1 <= size <= 16, without padding; rows and
 * columns that fill no window are dropped. ------------------------------------------------------------------------- */
static inline size_t ml_pool_out(size_t height, size_t size, size_t stride) { /* or of the width */
    return (height - size) / stride + 1;
}

/* index, of y's shape: where in its window the largest was, row * size + column, the first of equals. A NaN counts as
 * larger than any number, so that it shows. */
ML_KERNEL_VERSIONS(void, max_pool, size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                   const float *x, float *y, uint8_t *index)
ML_KERNEL_VERSIONS(void, average_pool, size_t n, size_t height, size_t width, size_t channels, size_t size,
                   size_t stride, const float *x, float *y) /* the sum in order of row and column, then divided */

/* dx, overwritten; where windows overlap, sums from 0 in order of output row and column. */
ML_KERNEL_VERSIONS(void, max_pool_backward, size_t n, size_t height, size_t width, size_t channels, size_t size,
                   size_t stride, const float *dy, const uint8_t *index, float *dx)
ML_KERNEL_VERSIONS(void, average_pool_backward, size_t n, size_t height, size_t width, size_t channels, size_t size,
                   size_t stride, const float *dy, float *dx)

/* --- Optimisers: one step over n weights w with gradients g, as PyTorch defines them. `decay` is the weight decay,
 * decay * w added to the gradient. What decays (v, s, m) starts from 0, and is set to 0 where it is below 1e-30, before
 * it becomes subnormal, where processors are slow. ----------------------------------------------------------------- */
ML_KERNEL_VERSIONS(void, opt_sgd, size_t n, float rate, float decay, const float *g, float *w)
/* v = mu v + g, then w -= rate v; Nesterov: w -= rate (g + mu v). Sutskever et al. 2013 (ICML). */
ML_KERNEL_VERSIONS(void, opt_momentum, size_t n, float rate, float mu, float decay, const float *g, float *v, float *w)
ML_KERNEL_VERSIONS(void, opt_nesterov, size_t n, float rate, float mu, float decay, const float *g, float *v, float *w)
/* s += g^2, then w -= rate g / (sqrt(s) + epsilon). Duchi, Hazan and Singer 2011, JMLR 12. */
ML_KERNEL_VERSIONS(void, opt_adagrad, size_t n, float rate, float epsilon, float decay, const float *g, float *s,
                   float *w)
/* s = alpha s + (1 - alpha) g^2, then as AdaGrad. Tieleman and Hinton 2012, Coursera lecture 6.5. */
ML_KERNEL_VERSIONS(void, opt_rmsprop, size_t n, float rate, float alpha, float epsilon, float decay, const float *g,
                   float *s, float *w)
/* power1 and power2 are beta1 and beta2 to the power of the step's number, counted from 1. Kingma and Ba 2015 (ICLR);
 * AdamW shrinks w by rate * decay beforehand instead: Loshchilov and Hutter 2019 (ICLR). */
ML_KERNEL_VERSIONS(void, opt_adam, size_t n, float rate, float beta1, float beta2, float epsilon, float decay,
                   double power1, double power2, const float *g, float *m, float *v, float *w)
ML_KERNEL_VERSIONS(void, opt_adamw, size_t n, float rate, float beta1, float beta2, float epsilon, float decay,
                   double power1, double power2, const float *g, float *m, float *v, float *w)

#endif
