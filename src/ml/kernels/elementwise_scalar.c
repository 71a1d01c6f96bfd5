/* One element at a time. */
#include "kernels/kernels.h"

#include "base/math.h"

void ml_kernel_add_scalar(size_t n, const float *a, const float *b, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

void ml_kernel_subtract_scalar(size_t n, const float *a, const float *b, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] - b[i];
}

void ml_kernel_multiply_scalar(size_t n, const float *a, const float *b, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] * b[i];
}

void ml_kernel_divide_scalar(size_t n, const float *a, const float *b, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] / b[i];
}

void ml_kernel_maximum_scalar(size_t n, const float *a, const float *b, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = a[i] >= b[i] || isnan(a[i]) ? a[i] : b[i];
}

void ml_kernel_negate_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = -x[i];
}

void ml_kernel_absolute_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = fabsf(x[i]);
}

void ml_kernel_sqrt_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = sqrtf(x[i]);
}

void ml_kernel_scale_scalar(size_t n, float factor, const float *a, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = factor * a[i];
}

void ml_kernel_axpy_scalar(size_t n, float factor, const float *x, float *y) {
    for (size_t i = 0; i < n; i++)
        y[i] += factor * x[i];
}

void ml_kernel_add_row_scalar(size_t m, size_t n, const float *row, float *a, size_t lda) {
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            a[i * lda + j] += row[j];
}

/* NaN stays NaN, so that a network that went wrong shows it; -0 becomes +0. */
void ml_kernel_relu_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = x[i] <= 0.0f ? 0.0f : x[i];
}

void ml_kernel_exp_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = ml_expf(x[i]);
}

void ml_kernel_log_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = ml_logf(x[i]);
}

void ml_kernel_tanh_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = ml_tanhf(x[i]);
}

void ml_kernel_sigmoid_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = ml_sigmoidf(x[i]);
}

/* As max(z, 0) - y z + log(1 + exp(-|z|)), of which nothing overflows. */
double ml_kernel_binary_cross_entropy_scalar(size_t n, const float *z, const float *y, float *sigmoid) {
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double positive = z[i] > 0.0f ? (double)z[i] : 0.0, target = (double)y[i];
        if (target >= 0.0 && target <= 1.0)
            total += positive - target * (double)z[i] + (double)ml_softplus_tailf(z[i]);
        else
            total = (double)NAN;
        sigmoid[i] = ml_sigmoidf(z[i]);
    }
    return total;
}

void ml_kernel_erf_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = ml_erff(x[i]);
}

void ml_kernel_gelu_scalar(size_t n, const float *x, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = ml_geluf(x[i]);
}

void ml_kernel_gelu_backward_scalar(size_t n, const float *x, const float *dy, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = dy[i] * ml_gelu_slopef(x[i]);
}

void ml_kernel_relu_backward_scalar(size_t n, const float *y, const float *dy, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = y[i] <= 0.0f ? 0.0f : dy[i];
}

void ml_kernel_tanh_backward_scalar(size_t n, const float *y, const float *dy, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = dy[i] * (1.0f - y[i] * y[i]);
}

void ml_kernel_sigmoid_backward_scalar(size_t n, const float *y, const float *dy, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = dy[i] * (y[i] * (1.0f - y[i]));
}
