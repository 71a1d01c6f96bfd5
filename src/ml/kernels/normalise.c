/* Batch and layer normalisation, and dropout. Both normalisations undo mean and variance, then let the network choose
 * them anew. There is one version of each: its sums are those of the kernels, or run down columns side by side. */
#include "kernels/normalise.h"

#include "base/math.h"
#include "kernels/kernels.h"

/* out = scale * normalised + shift, row by row. */
static void rescale(size_t n, size_t d, const float *normalised, const float *scale, const float *shift, float *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            out[i * d + j] = scale[j] * normalised[i * d + j] + shift[j];
}

/* dscale = sum over rows of dy * normalised, dshift = sum over rows of dy. */
static void rescale_backward(size_t n, size_t d, const float *dy, const float *normalised, float *dscale,
                             float *dshift) {
    for (size_t j = 0; j < d; j++)
        dscale[j] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            dscale[j] += dy[i * d + j] * normalised[i * d + j];
    ml_kernel_column_sums(n, d, dy, d, dshift);
}

/* `inverse` holds the mean first, then the variance, at last what its name says. */
void ml_kernel_batch_norm(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                          float *running_mean, float *running_variance, float *normalised, float *inverse, float *out) {
    if (n == 0)
        return;
    ml_kernel_column_sums(n, d, z, d, inverse);
    for (size_t j = 0; j < d; j++)
        inverse[j] /= (float)n;
    for (size_t j = 0; running_mean != NULL && j < d; j++)
        running_mean[j] += ML_BATCHNORM_MOMENTUM * (inverse[j] - running_mean[j]);
    for (size_t i = 0; i < n; i++)
        ml_kernel_subtract(d, z + i * d, inverse, normalised + i * d);

    for (size_t j = 0; j < d; j++)
        inverse[j] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            inverse[j] += normalised[i * d + j] * normalised[i * d + j];
    if (running_variance != NULL && n > 1)
        for (size_t j = 0; j < d; j++) /* unbiased: n - 1 */
            running_variance[j] += ML_BATCHNORM_MOMENTUM * (inverse[j] / (float)(n - 1) - running_variance[j]);
    for (size_t j = 0; j < d; j++)
        inverse[j] = 1.0f / sqrtf(inverse[j] / (float)n + ML_NORM_EPSILON);
    for (size_t i = 0; i < n; i++)
        ml_kernel_multiply(d, normalised + i * d, inverse, normalised + i * d);
    rescale(n, d, normalised, scale, shift, out);
}

void ml_kernel_batch_norm_evaluate(size_t n, size_t d, const float *z, const float *scale, const float *shift,
                                   const float *running_mean, const float *running_variance, float *normalised,
                                   float *inverse, float *out) {
    for (size_t j = 0; j < d; j++) {
        const float by = 1.0f / sqrtf(running_variance[j] + ML_NORM_EPSILON);
        if (inverse != NULL)
            inverse[j] = by;
        for (size_t i = 0; i < n; i++) {
            const float x = (z[i * d + j] - running_mean[j]) * by;
            if (normalised != NULL)
                normalised[i * d + j] = x;
            out[i * d + j] = scale[j] * x + shift[j];
        }
    }
}

/* With g = dy * scale:  dz = inverse / n * (n g - sum g - normalised * sum(g * normalised)), sums over the batch. */
void ml_kernel_batch_norm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                                   const float *inverse, float *dscale, float *dshift, float *dz) {
    rescale_backward(n, d, dy, normalised, dscale, dshift);
    const float rows = (float)n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            dz[i * d + j] =
                scale[j] * inverse[j] / rows * (rows * dy[i * d + j] - dshift[j] - normalised[i * d + j] * dscale[j]);
}

/* The averages are constants here: dz = dy * scale * inverse. */
void ml_kernel_batch_norm_evaluate_backward(size_t n, size_t d, const float *dy, const float *scale,
                                            const float *normalised, const float *inverse, float *dscale, float *dshift,
                                            float *dz) {
    rescale_backward(n, d, dy, normalised, dscale, dshift);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            dz[i * d + j] = dy[i * d + j] * (scale[j] * inverse[j]);
}

void ml_kernel_layer_norm(size_t n, size_t d, const float *z, const float *scale, const float *shift, float *normalised,
                          float *inverse, float *out) {
    for (size_t i = 0; i < n; i++) {
        float *row = normalised + i * d;
        const float mean = ml_kernel_sum(d, z + i * d) / (float)d;
        for (size_t j = 0; j < d; j++)
            row[j] = z[i * d + j] - mean;
        inverse[i] = 1.0f / sqrtf(ml_kernel_sum_squares(d, row) / (float)d + ML_NORM_EPSILON);
        ml_kernel_scale(d, inverse[i], row, row);
    }
    rescale(n, d, normalised, scale, shift, out);
}

/* As of batch normalisation, with sums over the features of a row. */
void ml_kernel_layer_norm_backward(size_t n, size_t d, const float *dy, const float *scale, const float *normalised,
                                   const float *inverse, float *dscale, float *dshift, float *dz) {
    rescale_backward(n, d, dy, normalised, dscale, dshift);
    for (size_t i = 0; i < n; i++) {
        const float *row = normalised + i * d;
        float *g = dz + i * d;
        ml_kernel_multiply(d, dy + i * d, scale, g);
        const float mean = ml_kernel_sum(d, g) / (float)d, along = ml_kernel_dot(d, g, row) / (float)d;
        for (size_t j = 0; j < d; j++)
            g[j] = inverse[i] * (g[j] - mean - row[j] * along);
    }
}

void ml_kernel_dropout(size_t n, double rate, ml_rng *rng, const float *x, float *mask, float *out) {
    const float kept = (float)(1.0 / (1.0 - rate));
    for (size_t i = 0; i < n; i++)
        mask[i] = ml_rng_bernoulli(rng, rate) ? 0.0f : kept;
    ml_kernel_multiply(n, x, mask, out);
}
