#include "nn/nn.h"

#include <string.h>

#include "kernels/kernels.h"
#include "kernels/normalise.h"

ml_kernel_activation ml_activation_kernel(ml_activation f) {
    static const ml_kernel_activation of[] = {
        [ML_ACT_RELU] = ML_KERNEL_RELU,
        [ML_ACT_TANH] = ML_KERNEL_TANH,
        [ML_ACT_SIGMOID] = ML_KERNEL_SIGMOID,
        [ML_ACT_IDENTITY] = ML_KERNEL_IDENTITY,
    };
    return of[f];
}

void ml_activation_forward(ml_activation f, size_t n, const float *x, float *y) {
    switch (f) {
    case ML_ACT_RELU:
        ml_kernel_relu(n, x, y);
        break;
    case ML_ACT_TANH:
        ml_kernel_tanh(n, x, y);
        break;
    case ML_ACT_SIGMOID:
        ml_kernel_sigmoid(n, x, y);
        break;
    case ML_ACT_IDENTITY:
        if (y != x)
            memcpy(y, x, n * sizeof *y);
        break;
    }
}

void ml_activation_backward(ml_activation f, size_t n, const float *y, const float *dy, float *dx) {
    switch (f) {
    case ML_ACT_RELU:
        ml_kernel_relu_backward(n, y, dy, dx);
        break;
    case ML_ACT_TANH:
        ml_kernel_tanh_backward(n, y, dy, dx);
        break;
    case ML_ACT_SIGMOID:
        ml_kernel_sigmoid_backward(n, y, dy, dx);
        break;
    case ML_ACT_IDENTITY:
        if (dx != dy)
            memcpy(dx, dy, n * sizeof *dx);
        break;
    }
}

void ml_dropout(size_t n, double rate, ml_rng *rng, const float *x, float *mask, float *out) {
    ml_kernel_dropout(n, rate, rng, x, mask, out);
}
