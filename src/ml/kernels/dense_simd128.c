/* Dense layers: the matrix product, then what comes after it while its result is still in the cache. */
#include "kernels/gemm.h"
#include "kernels/kernels.h"

typedef ml_kernel_matrix matrix;
typedef ml_kernel_product product;

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static void activate(ml_kernel_activation f, size_t n, float *z) {
    switch (f) {
    case ML_KERNEL_RELU:
        ml_kernel_relu_simd128(n, z, z);
        break;
    case ML_KERNEL_TANH:
        ml_kernel_tanh_simd128(n, z, z);
        break;
    case ML_KERNEL_SIGMOID:
        ml_kernel_sigmoid_simd128(n, z, z);
        break;
    case ML_KERNEL_IDENTITY:
        break;
    }
}

/* dy f'(z), where y = f(z); dy is overwritten. */
static void through_slope(ml_kernel_activation f, size_t n, const float *y, float *dy) {
    switch (f) {
    case ML_KERNEL_RELU:
        ml_kernel_relu_backward_simd128(n, y, dy, dy);
        break;
    case ML_KERNEL_TANH:
        ml_kernel_tanh_backward_simd128(n, y, dy, dy);
        break;
    case ML_KERNEL_SIGMOID:
        ml_kernel_sigmoid_backward_simd128(n, y, dy, dy);
        break;
    case ML_KERNEL_IDENTITY:
        break;
    }
}

void ml_kernel_dense_simd128(size_t n, size_t out, size_t in, const float *x, size_t ldx, const float *w, size_t ldw,
                             const float *bias, ml_kernel_activation f, float *y, size_t ldy) {
    ml_kernel_take_product(&(product){n, out, in, {x, ldx, 1}, {w, ldw, 1}, y, ldy, .bias = bias});
    if (ldy == out)
        activate(f, n * out, y);
    else
        for (size_t i = 0; i < n; i++)
            activate(f, out, y + i * ldy);
}

void ml_kernel_dense_backward_input_simd128(size_t n, size_t out, size_t in, const float *dy, size_t lddy,
                                            const float *w, size_t ldw, ml_kernel_activation f, const float *x,
                                            size_t ldx, float *dx, size_t lddx) {
    ml_kernel_take_product(&(product){n, in, out, {dy, lddy, 1}, {w, 1, ldw}, dx, lddx, .onto = false});
    if (lddx == in && ldx == in)
        through_slope(f, n * in, x, dx);
    else if (f != ML_KERNEL_IDENTITY)
        for (size_t i = 0; i < n; i++)
            through_slope(f, in, x + i * ldx, dx + i * lddx);
}

/* With k too long for one piece: the sums of a block of C at a time, then the block. */
static void update_by_parts(const product *of) {
    enum { ROWS = 60, COLUMNS = 64 };
    float sum[ROWS * COLUMNS];
    for (size_t i = 0; i < of->m; i += ROWS)
        for (size_t j = 0; j < of->n; j += COLUMNS) {
            const size_t rows = smaller(ROWS, of->m - i), columns = smaller(COLUMNS, of->n - j);
            const matrix a = {of->a.x + i * of->a.down, of->a.down, of->a.right};
            const matrix b = {of->b.x + j * of->b.right, of->b.down, of->b.right};
            ml_kernel_take_product(&(product){rows, columns, of->k, a, b, sum, COLUMNS, .onto = false});
            for (size_t r = 0; r < rows; r++)
                ml_kernel_axpy_simd128(columns, of->factor, sum + r * COLUMNS, of->c + (i + r) * of->ldc + j);
        }
}

void ml_kernel_gemm_tn_update_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                                      size_t ldb, float factor, float *c, size_t ldc) {
    const product of = {m, n, k, {a, 1, lda}, {b, ldb, 1}, c, ldc, .update = true, .factor = factor};
    if (k <= ML_KERNEL_MOST_K || m == 1 || (n == 1 && ldc == 1))
        ml_kernel_take_product(&of);
    else
        update_by_parts(&of);
}
