/* Dense layers as on paper, one element of the result at a time. */
#include "kernels/kernels.h"

#include "base/math.h"

/* x[i][j] of a row-major matrix. */
#define AT(x, ld, i, j) (x)[(i) * (ld) + (j)]

static float activate(ml_kernel_activation f, float z) {
    switch (f) {
    case ML_KERNEL_RELU:
        return z <= 0.0f ? 0.0f : z;
    case ML_KERNEL_TANH:
        return ml_tanhf(z);
    case ML_KERNEL_SIGMOID:
        return ml_sigmoidf(z);
    case ML_KERNEL_IDENTITY:
        break;
    }
    return z;
}

/* dy f'(z), where y = f(z). */
static float through_slope(ml_kernel_activation f, float y, float dy) {
    switch (f) {
    case ML_KERNEL_RELU:
        return y <= 0.0f ? 0.0f : dy;
    case ML_KERNEL_TANH:
        return dy * (1.0f - y * y);
    case ML_KERNEL_SIGMOID:
        return dy * (y * (1.0f - y));
    case ML_KERNEL_IDENTITY:
        break;
    }
    return dy;
}

void ml_kernel_dense_scalar(size_t n, size_t out, size_t in, const float *x, size_t ldx, const float *w, size_t ldw,
                            const float *bias, ml_kernel_activation f, float *y, size_t ldy) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < out; j++) {
            float sum = 0.0f;
            for (size_t p = 0; p < in; p++)
                sum += AT(x, ldx, i, p) * AT(w, ldw, p, j);
            AT(y, ldy, i, j) = activate(f, bias == NULL ? sum : sum + bias[j]);
        }
}

void ml_kernel_dense_backward_input_scalar(size_t n, size_t out, size_t in, const float *dy, size_t lddy,
                                           const float *w, size_t ldw, ml_kernel_activation f, const float *x,
                                           size_t ldx, float *dx, size_t lddx) {
    for (size_t i = 0; i < n; i++)
        for (size_t p = 0; p < in; p++) {
            float sum = 0.0f;
            for (size_t j = 0; j < out; j++)
                sum += AT(dy, lddy, i, j) * AT(w, ldw, p, j);
            AT(dx, lddx, i, p) = f == ML_KERNEL_IDENTITY ? sum : through_slope(f, AT(x, ldx, i, p), sum);
        }
}

void ml_kernel_gemm_tn_update_scalar(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                                     size_t ldb, float factor, float *c, size_t ldc) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            float sum = 0.0f;
            for (size_t p = 0; p < k; p++)
                sum += AT(a, lda, p, i) * AT(b, ldb, p, j);
            AT(c, ldc, i, j) += factor * sum;
        }
}
