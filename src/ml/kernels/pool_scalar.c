/* Pooling, one element after another. */
#include "kernels/kernels.h"

#include <string.h>

#include "base/math.h"

typedef struct pool {
    size_t n, height, width, channels, size, stride;
} pool;

static size_t outputs_of(const pool *s) {
    return s->n * ml_pool_out(s->height, s->size, s->stride) * ml_pool_out(s->width, s->size, s->stride) * s->channels;
}

/* The first element of the window of output i. */
static size_t window_of(const pool *s, size_t i) {
    const size_t rows = ml_pool_out(s->height, s->size, s->stride), columns = ml_pool_out(s->width, s->size, s->stride);
    const size_t channel = i % s->channels, column = i / s->channels % columns, row = i / s->channels / columns % rows;
    const size_t image = i / s->channels / columns / rows;
    return ((image * s->height + row * s->stride) * s->width + column * s->stride) * s->channels + channel;
}

/* Element k of a window, from its first. */
static size_t element(const pool *s, size_t k) {
    return (k / s->size * s->width + k % s->size) * s->channels;
}

void ml_kernel_max_pool_scalar(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                               const float *x, float *y, uint8_t *index) {
    const pool s = {n, height, width, channels, size, stride};
    for (size_t i = 0; i < outputs_of(&s); i++) {
        const float *window = x + window_of(&s, i);
        float best = window[0];
        size_t which = 0;
        for (size_t k = 1; k < size * size; k++) {
            const float one = window[element(&s, k)];
            if (!(one > best || isnan(one)))
                continue;
            best = one;
            which = k;
        }
        y[i] = best;
        index[i] = (uint8_t)which;
    }
}

void ml_kernel_average_pool_scalar(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                                   const float *x, float *y) {
    const pool s = {n, height, width, channels, size, stride};
    for (size_t i = 0; i < outputs_of(&s); i++) {
        float sum = 0.0f;
        for (size_t k = 0; k < size * size; k++)
            sum += x[window_of(&s, i) + element(&s, k)];
        y[i] = sum / (float)(size * size);
    }
}

void ml_kernel_max_pool_backward_scalar(size_t n, size_t height, size_t width, size_t channels, size_t size,
                                        size_t stride, const float *dy, const uint8_t *index, float *dx) {
    const pool s = {n, height, width, channels, size, stride};
    memset(dx, 0, n * height * width * channels * sizeof *dx);
    for (size_t i = 0; i < outputs_of(&s); i++)
        dx[window_of(&s, i) + element(&s, index[i])] += dy[i];
}

void ml_kernel_average_pool_backward_scalar(size_t n, size_t height, size_t width, size_t channels, size_t size,
                                            size_t stride, const float *dy, float *dx) {
    const pool s = {n, height, width, channels, size, stride};
    memset(dx, 0, n * height * width * channels * sizeof *dx);
    for (size_t i = 0; i < outputs_of(&s); i++)
        for (size_t k = 0; k < size * size; k++)
            dx[window_of(&s, i) + element(&s, k)] += dy[i] / (float)(size * size);
}
