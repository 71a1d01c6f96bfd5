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

/* C = A B: A is m x k, B k x n, C m x n with ldc floats from row to row. What else becomes of the sums of products: */
typedef struct ml_kernel_product {
    size_t m, n, k;
    ml_kernel_matrix a, b;
    float *c;
    size_t ldc;
    bool onto;   /* they start from the old value of C instead of 0 */
    bool update; /* at last, they are multiplied by factor and added to the old value of C */
    float factor;
    const float *bias; /* at last, bias[j] is added; NULL: nothing */
} ml_kernel_product;

/* The longest k that is summed in one piece, which `update` asks for; one row of C, or a column without gaps, may have
 * any k, if the transposed A or B, whose elements are then read once, lies in rows too. */
#define ML_KERNEL_MOST_K 512

void ml_kernel_take_product(const ml_kernel_product *product);

#endif
