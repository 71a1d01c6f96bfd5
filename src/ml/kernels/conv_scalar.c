/* Convolution as its definition has it, one product after another. */
#include "kernels/kernels.h"

#include <string.h>

#include "base/math.h"

static float activate(float sum, ml_kernel_activation f) {
    switch (f) {
    case ML_KERNEL_RELU:
        return sum <= 0.0f ? 0.0f : sum;
    case ML_KERNEL_TANH:
        return ml_tanhf(sum);
    case ML_KERNEL_SIGMOID:
        return ml_sigmoidf(sum);
    case ML_KERNEL_IDENTITY:
        break;
    }
    return sum;
}

/* Whether the kernel's tap at `kernel` meets the image, not the padding, when the output is at `out`; then *in is
 * where. For rows and for columns alike. */
static int meets_image(const ml_conv *s, size_t size, size_t out, size_t kernel, size_t *in) {
    const size_t padded = out * s->stride + kernel;
    *in = padded - s->padding;
    return padded >= s->padding && *in < size;
}

/* The sum behind one output, without bias. */
static float sum_of_products(const ml_conv *s, const float *image, const float *weight, size_t row, size_t column,
                             size_t filter) {
    float sum = 0.0f;
    size_t r, c;
    for (size_t i = 0; i < s->kernel_height; i++)
        for (size_t j = 0; j < s->kernel_width; j++)
            if (meets_image(s, s->height, row, i, &r) && meets_image(s, s->width, column, j, &c))
                for (size_t channel = 0; channel < s->channels; channel++)
                    sum += image[(r * s->width + c) * s->channels + channel] *
                           weight[((i * s->kernel_width + j) * s->channels + channel) * s->filters + filter];
    return sum;
}

void ml_kernel_conv2d_scalar(const ml_conv *s, const float *x, const float *weight, const float *bias,
                             ml_kernel_activation f, float *y) {
    const size_t rows = ml_conv_rows(s), columns = ml_conv_columns(s), floats = s->height * s->width * s->channels;
    for (size_t image = 0; image < s->n; image++)
        for (size_t row = 0; row < rows; row++)
            for (size_t column = 0; column < columns; column++)
                for (size_t filter = 0; filter < s->filters; filter++) {
                    const float sum = sum_of_products(s, x + image * floats, weight, row, column, filter);
                    *y++ = activate(bias == NULL ? sum : sum + bias[filter], f);
                }
}

/* Spreads one output's gradient over what it came from: each input gets it times the weight that led from there. */
static void spread(const ml_conv *s, float dy, const float *weight, size_t row, size_t column, size_t filter,
                   float *dimage) {
    size_t r, c;
    for (size_t i = 0; i < s->kernel_height; i++)
        for (size_t j = 0; j < s->kernel_width; j++)
            if (meets_image(s, s->height, row, i, &r) && meets_image(s, s->width, column, j, &c))
                for (size_t channel = 0; channel < s->channels; channel++)
                    dimage[(r * s->width + c) * s->channels + channel] +=
                        dy * weight[((i * s->kernel_width + j) * s->channels + channel) * s->filters + filter];
}

void ml_kernel_conv2d_backward_input_scalar(const ml_conv *s, const float *dy, const float *weight, float *dx) {
    const size_t rows = ml_conv_rows(s), columns = ml_conv_columns(s), floats = s->height * s->width * s->channels;
    for (size_t i = 0; i < s->n * floats; i++)
        dx[i] = 0.0f;
    for (size_t image = 0; image < s->n; image++)
        for (size_t filter = 0; filter < s->filters; filter++)
            for (size_t row = 0; row < rows; row++)
                for (size_t column = 0; column < columns; column++)
                    spread(s, dy[((image * rows + row) * columns + column) * s->filters + filter], weight, row, column,
                           filter, dx + image * floats);
}

/* Adds what one output's gradient says about the weights that led to it. */
static void accumulate(const ml_conv *s, float dy, const float *image, size_t row, size_t column, size_t filter,
                       float *dweight) {
    size_t r, c;
    for (size_t i = 0; i < s->kernel_height; i++)
        for (size_t j = 0; j < s->kernel_width; j++)
            if (meets_image(s, s->height, row, i, &r) && meets_image(s, s->width, column, j, &c))
                for (size_t channel = 0; channel < s->channels; channel++)
                    dweight[((i * s->kernel_width + j) * s->channels + channel) * s->filters + filter] +=
                        image[(r * s->width + c) * s->channels + channel] * dy;
}

void ml_kernel_conv2d_backward_weight_scalar(const ml_conv *s, const float *x, const float *dy, float *dweight,
                                             float *dbias) {
    const size_t rows = ml_conv_rows(s), columns = ml_conv_columns(s), floats = s->height * s->width * s->channels;
    for (size_t i = 0; i < s->kernel_height * s->kernel_width * s->channels * s->filters; i++)
        dweight[i] = 0.0f;
    for (size_t image = 0; image < s->n; image++)
        for (size_t row = 0; row < rows; row++)
            for (size_t column = 0; column < columns; column++)
                for (size_t filter = 0; filter < s->filters; filter++)
                    accumulate(s, dy[((image * rows + row) * columns + column) * s->filters + filter],
                               x + image * floats, row, column, filter, dweight);
    if (dbias != NULL)
        ml_kernel_column_sums_scalar(s->n * rows * columns, s->filters, dy, s->filters, dbias);
}

/* --- With relu and a pool of 2 x 2 ------------------------------------------------------------------------------- */

void ml_kernel_conv2d_relu_pool_scalar(const ml_conv *s, const float *x, const float *weight, const float *bias,
                                       float *y, uint8_t *index) {
    const size_t rows = ml_conv_rows(s) / 2, columns = ml_conv_columns(s) / 2;
    const size_t floats = s->height * s->width * s->channels, outputs = rows * columns * s->filters;
    for (size_t image = 0; image < s->n; image++)
        for (size_t i = 0; i < outputs; i++) {
            const size_t filter = i % s->filters, column = i / s->filters % columns, row = i / s->filters / columns;
            float best = -INFINITY;
            uint8_t which = 0;
            for (uint8_t q = 0; q < 4; q++) {
                const float sum =
                    sum_of_products(s, x + image * floats, weight, 2 * row + q / 2, 2 * column + q % 2, filter);
                const float one = activate(bias == NULL ? sum : sum + bias[filter], ML_KERNEL_RELU);
                if (!(one > best || isnan(one)))
                    continue;
                best = one;
                which = q;
            }
            y[image * outputs + i] = best;
            index[image * outputs + i] = which;
        }
}

/* Calls for each output that the pool passed on, in the order of conv2d_backward_*, with its gradient. */
typedef struct gradients {
    const float *x, *weight;
    float *dweight, *dbias, *dx;
} gradients;

static void pass_back(const ml_conv *s, const gradients *g, float dy, size_t image, size_t row, size_t column,
                      size_t filter) {
    const size_t floats = s->height * s->width * s->channels;
    if (g->dweight != NULL)
        accumulate(s, dy, g->x + image * floats, row, column, filter, g->dweight);
    if (g->dbias != NULL)
        g->dbias[filter] += dy;
    if (g->dx != NULL)
        spread(s, dy, g->weight, row, column, filter, g->dx + image * floats);
}

static void set_to_zero(float *x, size_t n) {
    for (size_t i = 0; x != NULL && i < n; i++)
        x[i] = 0.0f;
}

void ml_kernel_conv2d_relu_pool_backward_scalar(const ml_conv *s, const float *x, const float *weight, const float *y,
                                                const uint8_t *index, const float *dy, float *dweight, float *dbias,
                                                float *dx) {
    const gradients g = {x, weight, dweight, dbias, dx};
    const size_t rows = ml_conv_rows(s) / 2, columns = ml_conv_columns(s) / 2;
    set_to_zero(dweight, s->kernel_height * s->kernel_width * s->channels * s->filters);
    set_to_zero(dbias, s->filters);
    set_to_zero(dx, s->n * s->height * s->width * s->channels);
    for (size_t image = 0; image < s->n; image++)
        for (size_t filter = 0; filter < s->filters; filter++)
            for (size_t row = 0; row < 2 * rows; row++)
                for (size_t column = 0; column < columns; column++) {
                    const size_t at = ((image * rows + row / 2) * columns + column) * s->filters + filter;
                    if (index[at] / 2 == row % 2 && !(y[at] <= 0.0f)) /* the gradient of relu is 0 there */
                        pass_back(s, &g, dy[at], image, row, 2 * column + index[at] % 2, filter);
                }
}
