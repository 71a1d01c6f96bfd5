/* Dense layers: the matrix product, then what comes after it while its result is still in the cache. */
#include "kernels/gemm.h"
#include "kernels/kernels.h"

typedef ml_kernel_matrix matrix;
typedef ml_kernel_finish finish;

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
    const matrix of_x = {x, ldx, 1}, of_w = {w, ldw, 1};
    if (out == 1) { /* one bias for all that stands side by side */
        ml_kernel_product(n, out, in, of_x, of_w, (finish){0}, y, ldy);
        for (size_t i = 0; i < n && bias != NULL; i++)
            y[i * ldy] += *bias;
    } else
        ml_kernel_product(n, out, in, of_x, of_w, (finish){.bias = bias}, y, ldy);
    if (ldy == out)
        activate(f, n * out, y);
    else
        for (size_t i = 0; i < n; i++)
            activate(f, out, y + i * ldy);
}

void ml_kernel_dense_backward_input_simd128(size_t n, size_t out, size_t in, const float *dy, size_t lddy,
                                            const float *w, size_t ldw, ml_kernel_activation f, const float *x,
                                            size_t ldx, float *dx, size_t lddx) {
    ml_kernel_product(n, in, out, (matrix){dy, lddy, 1}, (matrix){w, 1, ldw}, (finish){0}, dx, lddx);
    if (lddx == in && ldx == in)
        through_slope(f, n * in, x, dx);
    else if (f != ML_KERNEL_IDENTITY)
        for (size_t i = 0; i < n; i++)
            through_slope(f, in, x + i * ldx, dx + i * lddx);
}

/* With k too long for one piece: the sums of a block of C at a time, then the block. */
static void update_by_parts(size_t m, size_t n, size_t k, matrix a, matrix b, float factor, float *c, size_t ldc) {
    enum { ROWS = 60, COLUMNS = 64 };
    float sum[ROWS * COLUMNS];
    for (size_t i = 0; i < m; i += ROWS)
        for (size_t j = 0; j < n; j += COLUMNS) {
            const size_t rows = m - i < ROWS ? m - i : ROWS, columns = n - j < COLUMNS ? n - j : COLUMNS;
            ml_kernel_product(rows, columns, k, (matrix){a.x + i * a.down, a.down, a.right},
                              (matrix){b.x + j * b.right, b.down, b.right}, (finish){0}, sum, COLUMNS);
            for (size_t r = 0; r < rows; r++)
                ml_kernel_axpy_simd128(columns, factor, sum + r * COLUMNS, c + (i + r) * ldc + j);
        }
}

void ml_kernel_gemm_tn_update_simd128(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                                      size_t ldb, float factor, float *c, size_t ldc) {
    const matrix of_a = {a, 1, lda}, of_b = {b, ldb, 1};
    if (k <= ML_KERNEL_MOST_K)
        ml_kernel_product(m, n, k, of_a, of_b, (finish){.update = true, .factor = factor}, c, ldc);
    else
        update_by_parts(m, n, k, of_a, of_b, factor, c, ldc);
}
