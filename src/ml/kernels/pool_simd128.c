/* Pooling, four channels at a time. */
#include "kernels/kernels.h"
#include "kernels/simd128.h"

/* One window's largest, channels first to first + 3. */
static void max_of_window(size_t size, const float *window, size_t right, size_t down, float *y, uint8_t *index) {
    f32x4 best = load(window);
    i32x4 which = {0};
    for (size_t r = 0; r < size; r++)
        for (size_t c = 0; c < size; c++) {
            const f32x4 one = load(window + r * down + c * right);
            const i32x4 larger = (one > best) | (one != one);
            best = select(larger, one, best);
            which = (larger & (int32_t)(r * size + c)) | (~larger & which);
        }
    store(y, best);
    store_low_bytes(index, which);
}

void ml_kernel_max_pool_simd128(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                                const float *x, float *y, uint8_t *index) {
    const size_t rows = ml_pool_out(height, size, stride), columns = ml_pool_out(width, size, stride);
    if (channels < 4) {
        ml_kernel_max_pool_scalar(n, height, width, channels, size, stride, x, y, index);
        return;
    }
    for (size_t image = 0; image < n; image++)
        for (size_t row = 0; row < rows; row++)
            for (size_t column = 0; column < columns; column++, y += channels, index += channels) {
                const float *window = x + ((image * height + row * stride) * width + column * stride) * channels;
                for (size_t channel = 0; channel < channels; channel += 4) {
                    const size_t c = channel + 4 <= channels ? channel : channels - 4; /* some again: the same bits */
                    max_of_window(size, window + c, channels, width * channels, y + c, index + c);
                }
            }
}

static void mean_of_window(size_t size, const float *window, size_t right, size_t down, float *y) {
    f32x4 sum = splat(0.0f);
    for (size_t r = 0; r < size; r++)
        for (size_t c = 0; c < size; c++)
            sum += load(window + r * down + c * right);
    store(y, sum / splat((float)(size * size)));
}

void ml_kernel_average_pool_simd128(size_t n, size_t height, size_t width, size_t channels, size_t size, size_t stride,
                                    const float *x, float *y) {
    const size_t rows = ml_pool_out(height, size, stride), columns = ml_pool_out(width, size, stride);
    if (channels < 4) {
        ml_kernel_average_pool_scalar(n, height, width, channels, size, stride, x, y);
        return;
    }
    for (size_t image = 0; image < n; image++)
        for (size_t row = 0; row < rows; row++)
            for (size_t column = 0; column < columns; column++, y += channels) {
                const float *window = x + ((image * height + row * stride) * width + column * stride) * channels;
                for (size_t channel = 0; channel < channels; channel += 4) {
                    const size_t c = channel + 4 <= channels ? channel : channels - 4;
                    mean_of_window(size, window + c, channels, width * channels, y + c);
                }
            }
}

/* Each output's gradient goes to one element: there is nothing to do four at a time, only fewer divisions than in the
 * scalar version. */
void ml_kernel_max_pool_backward_simd128(size_t n, size_t height, size_t width, size_t channels, size_t size,
                                         size_t stride, const float *dy, const uint8_t *index, float *dx) {
    const size_t rows = ml_pool_out(height, size, stride), columns = ml_pool_out(width, size, stride);
    size_t offset[256];
    for (size_t k = 0; k < size * size; k++)
        offset[k] = (k / size * width + k % size) * channels;
    memset(dx, 0, n * height * width * channels * sizeof *dx);
    for (size_t image = 0; image < n; image++)
        for (size_t row = 0; row < rows; row++)
            for (size_t column = 0; column < columns; column++, dy += channels, index += channels) {
                float *window = dx + ((image * height + row * stride) * width + column * stride) * channels;
                for (size_t channel = 0; channel < channels; channel++)
                    window[offset[index[channel]] + channel] += dy[channel];
            }
}

void ml_kernel_average_pool_backward_simd128(size_t n, size_t height, size_t width, size_t channels, size_t size,
                                             size_t stride, const float *dy, float *dx) {
    const size_t rows = ml_pool_out(height, size, stride), columns = ml_pool_out(width, size, stride);
    const float area = (float)(size * size);
    memset(dx, 0, n * height * width * channels * sizeof *dx);
    for (size_t image = 0; image < n; image++)
        for (size_t row = 0; row < rows; row++)
            for (size_t column = 0; column < columns; column++, dy += channels) {
                float *window = dx + ((image * height + row * stride) * width + column * stride) * channels;
                for (size_t k = 0; k < size * size; k++) {
                    float *to = window + (k / size * width + k % size) * channels;
                    size_t c = 0;
                    for (; c + 4 <= channels; c += 4)
                        store(to + c, load(to + c) + load(dy + c) / splat(area));
                    for (; c < channels; c++)
                        to[c] += dy[c] / area;
                }
            }
}
