/* Convolution, four lanes at a time: the gradients.
 *
 * Of the input: a tile of 4 pixels x 8 channels of dx stays in registers while filters and taps run, with the weights
 * turned round once so that channels lie side by side.
 * Of the weights: a tile of 4 rows of the weights x 8 filters stays in registers while all images and pixels run. */
#include "kernels/conv_parts.h"

#include <stdbool.h>

enum {
    PIXELS = 4,
    ENTRIES = 4,   /* rows of the weights in a tile */
    PACKED = 4096, /* floats of weights turned round at a time: 16 KiB of stack */
    MOST_TAPS = PACKED / 8,
};

/* --- With respect to the input ----------------------------------------------------------------------------------- */

/* A tap of the kernel that some output used on a given pixel: where that output's gradient lies, from the gradient of
 * the image's first output, and where the weights lie among the packed. */
typedef struct tap {
    size_t dy, weight;
} tap;

typedef struct input_pass {
    const ml_conv *s;
    const float *packed; /* [filters][kernel_height][kernel_width][4 vectors] */
    size_t vectors, filters, rows, columns;
    bool from_zero, narrow; /* narrow: fewer than four channels there are; the lanes behind them hold nothing of use */
} input_pass;

static f32x4 load_first(size_t n, const float *from) {
    float lane[4] = {0};
    for (size_t i = 0; i < n; i++)
        lane[i] = from[i];
    return load(lane);
}

static void store_first(size_t n, float *to, f32x4 v) {
    for (size_t i = 0; i < n; i++)
        to[i] = v[i];
}

/* dx of `pixels` pixels, `step` floats apart, whose outputs are neighbours. */
static inline __attribute__((always_inline)) void input_tile(size_t pixels, size_t vectors, const input_pass *pass,
                                                             const tap *taps, size_t n, const float *dy, size_t step,
                                                             float *dx) {
    /* In locals, because after `here` the compiler loads anew what it finds behind a pointer. */
    const size_t next_filter = pass->s->kernel_height * pass->s->kernel_width * 4 * vectors;
    const size_t filters = pass->filters,
                 next_pixel[PIXELS] = {0, pass->s->filters, 2 * pass->s->filters, 3 * pass->s->filters};
    const float *packed = pass->packed;
    f32x4 sum[PIXELS][2];
    for (size_t p = 0; p < pixels; p++)
        for (size_t v = 0; v < vectors; v++)
            sum[p][v] = pass->from_zero ? splat(0.0f)
                        : pass->narrow  ? load_first(pass->s->channels, dx + p * step)
                                        : load(dx + p * step + 4 * v);
    for (size_t filter = 0; filter < filters; filter++, dy++, packed += next_filter)
        for (size_t t = 0; t < n; t++) {
            const float *of_dy = dy + taps[t].dy;
            f32x4 of_weight[2];
            for (size_t v = 0; v < vectors; v++)
                of_weight[v] = load(packed + taps[t].weight + 4 * v);
            for (size_t p = 0; p < pixels; p++) {
                const f32x4 one = splat(of_dy[next_pixel[p]]);
                for (size_t v = 0; v < vectors; v++)
                    sum[p][v] = here(multiply_add(sum[p][v], one, of_weight[v]));
            }
        }
    for (size_t p = 0; p < pixels; p++)
        for (size_t v = 0; v < vectors; v++)
            if (pass->narrow)
                store_first(pass->s->channels, dx + p * step, sum[p][v]);
            else
                store(dx + p * step + 4 * v, sum[p][v]);
}

/* The outputs (rows or columns) that used the pixel at `in`, `outs` there are: those of `from`, `from` + 1, ... `to`
 * - 1.
 */
static span outputs_of(const ml_conv *s, size_t kernel, size_t outs, size_t in) {
    const size_t padded = in + s->padding;
    const size_t to = smaller(outs, padded / s->stride + 1);
    const size_t from = padded + 1 > kernel ? smaller(to, (padded - kernel) / s->stride + 1) : 0;
    return (span){from, to};
}

/* The taps on pixel (row, column), in order of output row and column. Returns how many. */
static size_t taps_on(const input_pass *pass, size_t row, size_t column, span rows, span columns, tap *taps) {
    const ml_conv *s = pass->s;
    size_t n = 0;
    for (size_t r = rows.from; r < rows.to; r++)
        for (size_t c = columns.from; c < columns.to; c++) {
            const size_t i = row + s->padding - r * s->stride, j = column + s->padding - c * s->stride;
            taps[n++] = (tap){(r * pass->columns + c) * s->filters, (i * s->kernel_width + j) * 4 * pass->vectors};
        }
    return n;
}

/* One row of dx, the channels of one pass. Pixels `stride` apart have the same taps, one output further on each time.
 */
static void input_row(const input_pass *pass, const float *dy, size_t row, float *dx) {
    const ml_conv *s = pass->s;
    const size_t step = s->stride * s->channels;
    const span rows = outputs_of(s, s->kernel_height, pass->rows, row);
    tap taps[MOST_TAPS];
    for (size_t start = 0; start < smaller(s->stride, s->width); start++)
        for (size_t column = start; column < s->width;) {
            const span outputs = outputs_of(s, s->kernel_width, pass->columns, column);
            const size_t n = taps_on(pass, row, column, rows, outputs, taps), last = column + 3 * s->stride;
            const span of_last = outputs_of(s, s->kernel_width, pass->columns, last);
            const bool four = last < s->width && of_last.from == outputs.from + 3 && of_last.to == outputs.to + 3;
            float *to = dx + column * s->channels;
            if (four && pass->vectors == 2)
                input_tile(PIXELS, 2, pass, taps, n, dy, step, to);
            else if (four)
                input_tile(PIXELS, 1, pass, taps, n, dy, step, to);
            else if (pass->vectors == 2)
                input_tile(1, 2, pass, taps, n, dy, step, to);
            else
                input_tile(1, 1, pass, taps, n, dy, step, to);
            column += (four ? PIXELS : 1) * s->stride;
        }
}

/* Weights [kernel_height][kernel_width][channels][filters] to [filters][kernel_height][kernel_width][lanes]. */
static void pack_weights(const ml_conv *s, const float *weight, lanes channels, size_t filter, size_t filters,
                         float *packed) {
    const size_t taps = s->kernel_height * s->kernel_width, width = 4 * channels.vectors;
    for (size_t f = 0; f < filters; f++)
        for (size_t t = 0; t < taps; t++)
            for (size_t c = 0; c < width; c++)
                *packed++ = channels.first + c < s->channels
                                ? weight[(t * s->channels + channels.first + c) * s->filters + filter + f]
                                : 0.0f;
}

void ml_kernel_conv2d_backward_input_simd128(const ml_conv *s, const float *dy, const float *weight, float *dx) {
    const size_t taps = s->kernel_height * s->kernel_width, rows = ml_conv_rows(s), columns = ml_conv_columns(s);
    const size_t floats = s->height * s->width * s->channels;
    if (s->filters == 0 || taps > MOST_TAPS) {
        ml_kernel_conv2d_backward_input_scalar(s, dy, weight, dx);
        return;
    }
    float packed[PACKED];
    for (lanes of = {0}; of.next < s->channels;) {
        of = s->channels < 4 ? (lanes){0, 1, s->channels} : lanes_from(s->channels, of.next);
        const size_t chunk = PACKED / (taps * 4 * of.vectors);
        for (size_t filter = 0; filter < s->filters; filter += chunk) {
            const input_pass pass = {s,    packed,  of.vectors,  smaller(chunk, s->filters - filter),
                                     rows, columns, filter == 0, s->channels < 4};
            pack_weights(s, weight, of, filter, pass.filters, packed);
            for (size_t image = 0; image < s->n; image++)
                for (size_t row = 0; row < s->height; row++)
                    input_row(&pass, dy + image * rows * columns * s->filters + filter, row,
                              dx + image * floats + row * s->width * s->channels + of.first);
        }
    }
}

/* --- With respect to the weights --------------------------------------------------------------------------------- */

/* A run of rows of the weights that always meet the image together: neighbours in the image and among the weights. */
typedef struct weight_run {
    size_t x;           /* where the first lies in the image for the output at rows.from and columns.from */
    span rows, columns; /* the outputs that meet the image there; both or none are empty */
} weight_run;

/* dweight of `entries` rows from the run's first + `entry`. */
static inline __attribute__((always_inline)) void weight_tile(size_t entries, size_t vectors, const ml_conv *s,
                                                              const weight_run *run, const float *x, const float *dy,
                                                              float *dweight) {
    const size_t outs = ml_conv_rows(s), across = ml_conv_columns(s), step = s->stride * s->channels;
    const size_t floats = s->height * s->width * s->channels, filters = s->filters;
    const size_t columns = run->columns.to - run->columns.from;
    f32x4 sum[ENTRIES][2];
    for (size_t e = 0; e < entries; e++)
        for (size_t v = 0; v < vectors; v++)
            sum[e][v] = splat(0.0f);
    for (size_t image = 0; image < s->n; image++)
        for (size_t row = run->rows.from; row < run->rows.to; row++) {
            const float *at_x = x + image * floats + run->x + (row - run->rows.from) * s->width * step;
            const float *at_dy = dy + ((image * outs + row) * across + run->columns.from) * s->filters;
            for (size_t column = 0; column < columns; column++) {
                f32x4 of_dy[2];
                for (size_t v = 0; v < vectors; v++)
                    of_dy[v] = load(at_dy + 4 * v);
                for (size_t e = 0; e < entries; e++) {
                    const f32x4 of_x = splat(at_x[e]);
                    for (size_t v = 0; v < vectors; v++)
                        sum[e][v] = here(multiply_add(sum[e][v], of_x, of_dy[v]));
                }
                at_x += step;
                at_dy += filters;
            }
        }
    for (size_t e = 0; e < entries; e++)
        for (size_t v = 0; v < vectors; v++)
            store(dweight + e * s->filters + 4 * v, sum[e][v]);
}

static void weight_tile_of(size_t entries, size_t vectors, const ml_conv *s, const weight_run *run, const float *x,
                           const float *dy, float *dweight) {
#define TILE(e, v)                                                                                                     \
    case 10 * (e) + (v):                                                                                               \
        weight_tile(e, v, s, run, x, dy, dweight);                                                                     \
        break

    switch (10 * entries + vectors) {
        TILE(1, 1);
        TILE(2, 1);
        TILE(3, 1);
        TILE(4, 1);
        TILE(1, 2);
        TILE(2, 2);
        TILE(3, 2);
        TILE(4, 2);
    }
#undef TILE
}

/* `length` rows of dweight. */
static void weights_of_run(const ml_conv *s, const weight_run *run, size_t length, const float *x, const float *dy,
                           float *dweight) {
    const size_t entries = smaller(ENTRIES, length);
    for (size_t entry = 0; entry < length; entry += entries) {
        const size_t e = smaller(entry, length - entries); /* the last reach back: the same bits once more */
        for (lanes of = {0}; of.next < s->filters;) {
            of = lanes_from(s->filters, of.next);
            weight_tile_of(entries, of.vectors, s, run, x + e, dy + of.first, dweight + e * s->filters + of.first);
        }
    }
}

void ml_kernel_conv2d_backward_weight_simd128(const ml_conv *s, const float *x, const float *dy, float *dweight,
                                              float *dbias) {
    const size_t rows = ml_conv_rows(s), columns = ml_conv_columns(s);
    const bool together = s->padding == 0; /* all columns of the kernel meet the image for the same outputs */
    const size_t runs = together ? 1 : s->kernel_width;
    const size_t length = together ? s->kernel_width * s->channels : s->channels;
    if (s->filters < 4) {
        ml_kernel_conv2d_backward_weight_scalar(s, x, dy, dweight, dbias);
        return;
    }
    for (size_t i = 0; i < s->kernel_height; i++)
        for (size_t j = 0; j < runs; j++, dweight += length * s->filters) {
            const span down = outputs_inside(s, s->height, rows, i), right = outputs_inside(s, s->width, columns, j);
            weight_run run = {0};
            if (down.to > down.from && right.to > right.from) {
                const size_t r = down.from * s->stride + i - s->padding, c = right.from * s->stride + j - s->padding;
                run = (weight_run){(r * s->width + c) * s->channels, down, right};
            }
            weights_of_run(s, &run, length, x, dy, dweight);
        }
    if (dbias != NULL)
        ml_kernel_column_sums_simd128(s->n * rows * columns, s->filters, dy, s->filters, dbias);
}
