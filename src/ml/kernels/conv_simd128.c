/* Convolution, four filters at a time: the way forward.
 *
 * As in the matrix product, a tile of outputs stays in registers while the sum runs: 4 pixels x 8 filters, so that each
 * vector of weights that is loaded serves four pixels and each pixel's float eight filters. Nothing is copied: the
 * floats under one row of the kernel lie side by side in the image, and so do their weights. */
#include "kernels/conv_parts.h"

#include <stdbool.h>

enum {
    PIXELS = 4,
    SHORT_RUN = 8, /* below this many floats under a row of the kernel, loops over rows and runs cost too much */
    MOST_LISTED = 64,
};

/* Where the sums of a tile begin: each pixel's first float in the image and the first weight, and how far it is from
 * one row of the kernel to the next. `run` floats of each row take part. */
typedef struct window {
    const float *pixel[PIXELS], *weight;
    size_t rows, run, down, weight_down;
} window;

/* The offsets of all floats under a small kernel, from the first; none if it is not small. */
typedef struct offsets {
    size_t n, at[MOST_LISTED];
} offsets;

static offsets list_offsets(const ml_conv *s) {
    const size_t run = s->kernel_width * s->channels, down = s->width * s->channels;
    offsets list = {0};
    if (run >= SHORT_RUN || s->kernel_height * run > MOST_LISTED)
        return list;
    for (size_t i = 0; i < s->kernel_height; i++)
        for (size_t k = 0; k < run; k++)
            list.at[list.n++] = i * down + k;
    return list;
}

/* One step of a tile's sums: a float of each pixel, at `k` from where `at` points to, times a row of the weights.
 * `pixels` and `vectors` are constants wherever this is inlined, so the loops over them unroll and `sum` lives in
 * registers. */
static inline __attribute__((always_inline)) void add_product(size_t pixels, size_t vectors, const float *const *at,
                                                              size_t k, const float *weight, f32x4 sum[PIXELS][2]) {
    f32x4 of_weight[2];
    for (size_t v = 0; v < vectors; v++)
        of_weight[v] = load(weight + 4 * v);
    for (size_t p = 0; p < pixels; p++) {
        const f32x4 of_x = splat(at[p][k]);
        for (size_t v = 0; v < vectors; v++)
            sum[p][v] = here(multiply_add(sum[p][v], of_x, of_weight[v]));
    }
}

/* A tile's sums, from 0; `list` holds the kernel's offsets, NULL or empty if it has to be done row by row. Lengths are
 * kept in locals, because after `here` the compiler loads anew what it finds behind a pointer. */
static inline __attribute__((always_inline)) void tile(size_t pixels, size_t vectors, const window *w,
                                                       const offsets *list, size_t filters, f32x4 sum[PIXELS][2]) {
    const float *weight = w->weight, *at[PIXELS];
    const size_t rows = w->rows, run = w->run, listed = list == NULL ? 0 : list->n;
    for (size_t p = 0; p < pixels; p++) {
        at[p] = w->pixel[p];
        for (size_t v = 0; v < vectors; v++)
            sum[p][v] = splat(0.0f);
    }
    for (size_t k = 0; k < listed; k++, weight += filters)
        add_product(pixels, vectors, at, list->at[k], weight, sum);
    for (size_t row = 0; row < rows && listed == 0; row++) {
        weight = w->weight + row * w->weight_down;
        for (size_t k = 0; k < run; k++, weight += filters)
            add_product(pixels, vectors, at, k, weight, sum);
        for (size_t p = 0; p < pixels; p++)
            at[p] += w->down;
    }
}

/* The window of one output pixel, with what lies in the padding left out. */
static window window_at(const ml_conv *s, const float *image, const float *weight, size_t row, size_t column) {
    const span down = taps_inside(s, s->height, s->kernel_height, row);
    const span right = taps_inside(s, s->width, s->kernel_width, column);
    const size_t weight_down = s->kernel_width * s->channels * s->filters;
    if (down.to == down.from || right.to == right.from) /* all in the padding */
        return (window){.pixel = {image}, .weight = weight};
    const size_t r = row * s->stride + down.from - s->padding, c = column * s->stride + right.from - s->padding;
    return (window){
        .pixel = {image + (r * s->width + c) * s->channels},
        .weight = weight + down.from * weight_down + right.from * s->channels * s->filters,
        .rows = down.to - down.from,
        .run = (right.to - right.from) * s->channels,
        .down = s->width * s->channels,
        .weight_down = weight_down,
    };
}

/* --- Plain: tiles of pixels that are neighbours in a row --------------------------------------------------------- */

typedef struct layer {
    const ml_conv *s;
    const float *weight, *bias;
    bool relu;
    offsets list;
} layer;

/* Sums to outputs: bias and relu, for `pixels` neighbours in y. */
static inline __attribute__((always_inline)) void finish(size_t pixels, size_t vectors, const layer *l, size_t filter,
                                                         f32x4 sum[PIXELS][2], float *y) {
    for (size_t p = 0; p < pixels; p++)
        for (size_t v = 0; v < vectors; v++) {
            f32x4 one = sum[p][v];
            if (l->bias != NULL)
                one += load(l->bias + filter + 4 * v);
            store(y + p * l->s->filters + filter + 4 * v, l->relu ? rectified(one) : one);
        }
}

static void four_pixels(const layer *l, window w, size_t step, float *y) {
    const size_t filters = l->s->filters;
    const offsets *list = w.rows == l->s->kernel_height ? &l->list : NULL;
    const float *weight = w.weight;
    f32x4 sum[PIXELS][2];
    for (size_t p = 1; p < PIXELS; p++)
        w.pixel[p] = w.pixel[0] + p * step;
    for (lanes of = lanes_from(filters, 0);; of = lanes_from(filters, of.next)) {
        w.weight = weight + of.first;
        if (of.vectors == 2) {
            tile(PIXELS, 2, &w, list, filters, sum);
            finish(PIXELS, 2, l, of.first, sum, y);
        } else {
            tile(PIXELS, 1, &w, list, filters, sum);
            finish(PIXELS, 1, l, of.first, sum, y);
        }
        if (of.next == filters)
            return;
    }
}

static void one_pixel(const layer *l, window w, float *y) {
    const size_t filters = l->s->filters;
    const float *weight = w.weight;
    f32x4 sum[PIXELS][2];
    for (lanes of = lanes_from(filters, 0);; of = lanes_from(filters, of.next)) {
        w.weight = weight + of.first;
        if (of.vectors == 2) {
            tile(1, 2, &w, NULL, filters, sum);
            finish(1, 2, l, of.first, sum, y);
        } else {
            tile(1, 1, &w, NULL, filters, sum);
            finish(1, 1, l, of.first, sum, y);
        }
        if (of.next == filters)
            return;
    }
}

/* The rows (or columns) of the output where the whole kernel is inside the image. */
static span inner_outputs(const ml_conv *s, size_t size, size_t outs, size_t kernel) {
    const size_t from = outputs_inside(s, size, outs, 0).from, to = outputs_inside(s, size, outs, kernel - 1).to;
    return (span){smaller(from, to), to};
}

static void convolve_row(const layer *l, const float *image, size_t row, size_t columns, float *y) {
    const ml_conv *s = l->s;
    const span inner = inner_outputs(s, s->width, columns, s->kernel_width);
    size_t column = 0;
    while (column < columns) {
        const bool four = column >= inner.from && column < inner.to && inner.to - inner.from >= PIXELS;
        if (four && column + PIXELS > inner.to)
            column = inner.to - PIXELS; /* some once more: cheaper than one by one, and the same bits */
        const window w = window_at(s, image, l->weight, row, column);
        if (four)
            four_pixels(l, w, s->stride * s->channels, y + column * s->filters);
        else
            one_pixel(l, w, y + column * s->filters);
        column += four ? PIXELS : 1;
    }
}

void ml_kernel_conv2d_simd128(const ml_conv *s, const float *x, const float *weight, const float *bias,
                              ml_kernel_activation f, float *y) {
    const size_t rows = ml_conv_rows(s), columns = ml_conv_columns(s), floats = s->height * s->width * s->channels;
    const layer l = {s, weight, bias, f == ML_KERNEL_RELU, list_offsets(s)};
    if (s->filters < 4) {
        ml_kernel_conv2d_scalar(s, x, weight, bias, f, y);
        return;
    }
    for (size_t image = 0; image < s->n; image++)
        for (size_t row = 0; row < rows; row++)
            convolve_row(&l, x + image * floats, row, columns, y + (image * rows + row) * columns * s->filters);
    if (f == ML_KERNEL_TANH)
        ml_kernel_tanh_simd128(s->n * rows * columns * s->filters, y, y);
    if (f == ML_KERNEL_SIGMOID)
        ml_kernel_sigmoid_simd128(s->n * rows * columns * s->filters, y, y);
}

/* --- With relu and a pool of 2 x 2: tiles of the four pixels that become one ------------------------------------- */

/* Where b takes the place of a: it is larger, or not a number. */
static inline i32x4 beats(f32x4 b, f32x4 a) {
    return (b > a) | (b != b);
}

/* The largest of four, relu'd, and which it was: two pairs, then their winners. Bias comes before the comparisons, as
 * rounding may make equals of what was not; relu after them, when all that are not positive become 0 and the first of
 * them counts. A mask is -1, so what comes out of the masks is minus the index. */
static inline __attribute__((always_inline)) void pool_four(f32x4 bias, f32x4 a, f32x4 b, f32x4 c, f32x4 d, float *y,
                                                            uint8_t *index) {
    a += bias, b += bias, c += bias, d += bias;
    const i32x4 right_above = beats(b, a), right_below = beats(d, c);
    const f32x4 above = select(right_above, b, a), below = select(right_below, d, c);
    const i32x4 lower = beats(below, above);
    const f32x4 best = select(lower, below, above);
    const i32x4 zero = best <= splat(0.0f),
                minus_which = (i32x4)select(lower, (f32x4)(right_below - 2), (f32x4)right_above);
    store(y, select(zero, splat(0.0f), best));
    store_low_bytes(index, -(minus_which & ~zero));
}

static inline __attribute__((always_inline)) void finish_pool(size_t vectors, const float *bias, f32x4 sum[PIXELS][2],
                                                              float *y, uint8_t *index) {
    const f32x4 none = splat(-0.0f); /* changes nothing, not even a zero's sign */
    pool_four(bias == NULL ? none : load(bias), sum[0][0], sum[1][0], sum[2][0], sum[3][0], y, index);
    if (vectors == 2)
        pool_four(bias == NULL ? none : load(bias + 4), sum[0][1], sum[1][1], sum[2][1], sum[3][1], y + 4, index + 4);
}

/* The four pixels, each with its own window, for one or two vectors of filters. */
static inline __attribute__((always_inline)) void pool_apart(size_t vectors, const ml_conv *s, const window at[PIXELS],
                                                             f32x4 sum[PIXELS][2]) {
    f32x4 one[PIXELS][2];
    for (size_t q = 0; q < PIXELS; q++) {
        tile(1, vectors, at + q, NULL, s->filters, one);
        for (size_t v = 0; v < vectors; v++)
            sum[q][v] = one[0][v];
    }
}

typedef struct pooled_layer {
    const ml_conv *s;
    const float *weight, *bias;
    span inner_rows, inner_columns; /* outputs there need nothing of the padding */
    offsets list;
} pooled_layer;

/* A cell of the pool whose four pixels have the whole kernel inside the image. */
static void inner_cell(const pooled_layer *l, const float *image, size_t row, size_t column, float *y, uint8_t *index) {
    const ml_conv *s = l->s;
    const size_t down = s->width * s->channels, step = s->stride * s->channels;
    const float *first =
        image + ((row * s->stride - s->padding) * s->width + column * s->stride - s->padding) * s->channels;
    window w = {.pixel = {first, first + step, first + s->stride * down, first + s->stride * down + step},
                .rows = s->kernel_height,
                .run = s->kernel_width * s->channels,
                .down = down,
                .weight_down = s->kernel_width * s->channels * s->filters};
    f32x4 sum[PIXELS][2];
    for (lanes of = lanes_from(s->filters, 0);; of = lanes_from(s->filters, of.next)) {
        const float *bias = l->bias == NULL ? NULL : l->bias + of.first;
        w.weight = l->weight + of.first;
        if (of.vectors == 2) {
            tile(PIXELS, 2, &w, &l->list, s->filters, sum);
            finish_pool(2, bias, sum, y + of.first, index + of.first);
        } else {
            tile(PIXELS, 1, &w, &l->list, s->filters, sum);
            finish_pool(1, bias, sum, y + of.first, index + of.first);
        }
        if (of.next == s->filters)
            return;
    }
}

static void outer_cell(const pooled_layer *l, const float *image, size_t row, size_t column, float *y, uint8_t *index) {
    const ml_conv *s = l->s;
    for (lanes of = lanes_from(s->filters, 0);; of = lanes_from(s->filters, of.next)) {
        const float *bias = l->bias == NULL ? NULL : l->bias + of.first;
        window at[PIXELS];
        f32x4 sum[PIXELS][2];
        for (size_t q = 0; q < PIXELS; q++)
            at[q] = window_at(s, image, l->weight + of.first, row + q / 2, column + q % 2);
        if (of.vectors == 2) {
            pool_apart(2, s, at, sum);
            finish_pool(2, bias, sum, y + of.first, index + of.first);
        } else {
            pool_apart(1, s, at, sum);
            finish_pool(1, bias, sum, y + of.first, index + of.first);
        }
        if (of.next == s->filters)
            return;
    }
}

static bool pair_within(span inner, size_t first) {
    return first >= inner.from && first + 1 < inner.to;
}

void ml_kernel_conv2d_relu_pool_simd128(const ml_conv *s, const float *x, const float *weight, const float *bias,
                                        float *y, uint8_t *index) {
    const size_t rows = ml_conv_rows(s), columns = ml_conv_columns(s), floats = s->height * s->width * s->channels;
    const pooled_layer l = {s,
                            weight,
                            bias,
                            inner_outputs(s, s->height, rows, s->kernel_height),
                            inner_outputs(s, s->width, columns, s->kernel_width),
                            list_offsets(s)};
    if (s->filters < 4) {
        ml_kernel_conv2d_relu_pool_scalar(s, x, weight, bias, y, index);
        return;
    }
    for (size_t image = 0; image < s->n; image++, x += floats)
        for (size_t row = 0; row + 1 < rows; row += 2)
            for (size_t column = 0; column + 1 < columns; column += 2, y += s->filters, index += s->filters)
                if (pair_within(l.inner_rows, row) && pair_within(l.inner_columns, column))
                    inner_cell(&l, x, row, column, y, index);
                else
                    outer_cell(&l, x, row, column, y, index);
}
