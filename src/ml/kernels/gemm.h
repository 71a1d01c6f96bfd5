/* The matrix product that gemm, dense and their gradients share. Private to ml/kernels. */
#ifndef ML_KERNELS_GEMM_H
#define ML_KERNELS_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* op(X): element (i, j) is at x[i * down + j * right]. A transpose swaps the steps; one of the two is 1. */
typedef struct ml_kernel_matrix {
    const float *x;
    size_t down, right;
} ml_kernel_matrix;

/* What becomes of a sum of products. */
typedef struct ml_kernel_finish {
    bool onto;         /* it starts from the old value of C instead of 0 */
    bool update;       /* at last, it is multiplied by factor and added to the old value of C */
    float factor;
    const float *bias; /* at last, bias[j] is added; NULL: nothing */
} ml_kernel_finish;

/* The longest k that is summed in one piece; `update` asks for that. */
#define ML_KERNEL_MOST_K 512

/* C = finish(A B): A is m x k, B k x n, C m x n with ldc floats from row to row. */
void ml_kernel_product(size_t m, size_t n, size_t k, ml_kernel_matrix a, ml_kernel_matrix b, ml_kernel_finish finish,
                       float *c, size_t ldc);

#endif
