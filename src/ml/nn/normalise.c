/* Batch and layer normalisation. The arithmetic is in ml/kernels/normalise.c, where the tape finds it too. */
#include "nn/nn.h"

#include "kernels/normalise.h"

void ml_batchnorm_forward(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                          float *running_mean, float *running_variance, float *normalised, float *inverse, float *out) {
    ml_kernel_batch_norm(n, d, z, scale, shift, running_mean, running_variance, normalised, inverse, out);
}

void ml_batchnorm_evaluate(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                           const float *running_mean, const float *running_variance, float *out) {
    ml_kernel_batch_norm_evaluate(n, d, z, scale, shift, running_mean, running_variance, NULL, NULL, out);
}

void ml_batchnorm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                           const float *inverse, float *dscale, float *dshift, float *dz) {
    ml_kernel_batch_norm_backward(n, d, dy, scale, normalised, inverse, dscale, dshift, dz);
}

void ml_layernorm_forward(size_t n, size_t d, const float *z, const float *scale, const float *shift, float *normalised,
                          float *inverse, float *out) {
    ml_kernel_layer_norm(n, d, z, scale, shift, normalised, inverse, out);
}

void ml_layernorm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                           const float *inverse, float *dscale, float *dshift, float *dz) {
    ml_kernel_layer_norm_backward(n, d, dy, scale, normalised, inverse, dscale, dshift, dz);
}
