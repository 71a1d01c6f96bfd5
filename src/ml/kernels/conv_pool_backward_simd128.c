/* The gradients of convolution, relu and pool in one.
 *
 * Three quarters and more of the gradient that the pool passes on are zeros. So nothing is stored and nothing
 * multiplied of it but what is left: for each image and filter a list of the outputs that the pool chose, in order of
 * row and column, with their gradients. Under one row of the kernel, the floats of the image lie side by side, and with
 * the weights turned round so that filters come first, theirs do too: lanes run along them. */
#include "kernels/conv_parts.h"

#include <stdbool.h>

enum {
    PACKED = 4096, /* floats of weights, and of their gradients, turned round at a time: 2 x 16 KiB of stack */
    LISTED = 512,  /* outputs in a list */
    MOST_VECTORS = 6,
};

/* One output that the pool chose: where its window begins in the image, and its gradient. */
typedef struct chosen {
    uint32_t first;
    float dy;
} chosen;

/* sum[0..4 vectors - 1] += dy x for each of the list, with the sums in registers. */
static inline __attribute__((always_inline)) void gather_run(size_t vectors, size_t n, const chosen *list,
                                                             const float *x, float *sums) {
    f32x4 sum[MOST_VECTORS];
    for (size_t v = 0; v < vectors; v++)
        sum[v] = load(sums + 4 * v);
    for (size_t i = 0; i < n; i++) {
        const float *at = x + list[i].first;
        const f32x4 dy = splat(list[i].dy);
        for (size_t v = 0; v < vectors; v++)
            sum[v] = here(sum[v] + load(at + 4 * v) * dy);
    }
    for (size_t v = 0; v < vectors; v++)
        store(sums + 4 * v, sum[v]);
}

/* dx[0..4 vectors - 1] += dy weight for each of the list, with the weights in registers. */
static inline __attribute__((always_inline)) void scatter_run(size_t vectors, size_t n, const chosen *list,
                                                              const float *weights, float *dx) {
    f32x4 weight[MOST_VECTORS];
    for (size_t v = 0; v < vectors; v++)
        weight[v] = load(weights + 4 * v);
    for (size_t i = 0; i < n; i++) {
        float *at = dx + list[i].first;
        const f32x4 dy = splat(list[i].dy);
        for (size_t v = 0; v < vectors; v++)
            store(at + 4 * v, here(load(at + 4 * v) + dy * weight[v]));
    }
}

/* Up to 3 floats at the end of a run: four are loaded, from `back` before them, and what does not belong to them is not
 * stored. */
static void gather_left(size_t left, size_t back, size_t n, const chosen *list, const float *x, float *sums) {
    float lane[4] = {0};
    memcpy(lane + back, sums, left * sizeof *lane);
    gather_run(1, n, list, x - back, lane);
    memcpy(sums, lane + back, left * sizeof *lane);
}

/* Where a load of four floats for the first `left` < 4 ones of a kernel's row may begin: before them, unless it is the
 * first row, before which there may be nothing. Behind the first row there is another one (see `is_small`). */
static size_t back_from(size_t left, size_t kernel_row) {
    return kernel_row == 0 ? 0 : 4 - left;
}

/* The same for a run of any length. */
static void gather(size_t run, size_t kernel_row, size_t n, const chosen *list, const float *x, float *sums) {
    size_t k = 0;
    for (; k + 4 * MOST_VECTORS <= run; k += 4 * MOST_VECTORS)
        gather_run(MOST_VECTORS, n, list, x + k, sums + k);
    for (; k + 8 <= run; k += 8)
        gather_run(2, n, list, x + k, sums + k);
    for (; k + 4 <= run; k += 4)
        gather_run(1, n, list, x + k, sums + k);
    if (k < run)
        gather_left(run - k, k == 0 ? back_from(run, kernel_row) : 4 - (run - k), n, list, x + k, sums + k);
}

/* All rows of a small kernel at once, so that their sums need not wait for each other: runs of up to 4 or 8 floats. Of
 * 8 vectors the second of a run ends where the run does, and both carry the same sums where they overlap. */
static inline __attribute__((always_inline)) void gather_rows(size_t rows, size_t vectors, size_t run, size_t down,
                                                              size_t n, const chosen *list, const float *x,
                                                              float *sums) {
    enum { MOST_ROWS = 5 };
    f32x4 sum[MOST_ROWS][2];
    const float *from[MOST_ROWS][2];
    float lane[MOST_ROWS][2][4] = {0};
    const size_t left = smaller(run, 4);
    for (size_t i = 0; i < rows; i++) {
        const size_t back = back_from(left, i);
        from[i][0] = x + i * down - back;
        memcpy(lane[i][0] + back, sums + i * run, left * sizeof *sums);
        if (vectors == 2) {
            from[i][1] = x + i * down + run - 4;
            memcpy(lane[i][1], sums + (i + 1) * run - 4, sizeof lane[i][1]);
        }
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = load(lane[i][v]);
    }
    for (size_t k = 0; k < n; k++) {
        const size_t first = list[k].first;
        const f32x4 dy = splat(list[k].dy);
        for (size_t i = 0; i < rows; i++)
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] = here(sum[i][v] + load(from[i][v] + first) * dy);
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t v = 0; v < vectors; v++)
            store(lane[i][v], sum[i][v]);
        memcpy(sums + i * run, lane[i][0] + back_from(left, i), left * sizeof *sums);
        if (vectors == 2)
            memcpy(sums + (i + 1) * run - 4, lane[i][1], sizeof lane[i][1]);
    }
}

/* The gradients of one filter's weights. */
static void gather_all(const ml_conv *s, size_t n, const chosen *list, const float *x, float *sums) {
    const size_t run = s->kernel_width * s->channels, down = s->width * s->channels;
    if (s->kernel_height == 3 && run <= 4)
        gather_rows(3, 1, run, down, n, list, x, sums);
    else if (s->kernel_height == 3 && run <= 8)
        gather_rows(3, 2, run, down, n, list, x, sums);
    else if (s->kernel_height == 5 && run > 4 && run <= 8)
        gather_rows(5, 2, run, down, n, list, x, sums);
    else
        for (size_t i = 0; i < s->kernel_height; i++)
            gather(run, i, n, list, x + i * down, sums + i * run);
}

/* From the end of the run to its start: an element of dx that several columns of the kernel meet gets its sum in order
 * of output columns so. */
static void scatter(size_t run, size_t n, const chosen *list, const float *weights, float *dx) {
    size_t k = run;
    for (; k % 4 != 0; k--)
        for (size_t i = 0; i < n; i++)
            dx[list[i].first + k - 1] += list[i].dy * weights[k - 1];
    for (; k >= 4 * MOST_VECTORS; k -= 4 * MOST_VECTORS)
        scatter_run(MOST_VECTORS, n, list, weights + k - 4 * MOST_VECTORS, dx + k - 4 * MOST_VECTORS);
    for (; k >= 8; k -= 8)
        scatter_run(2, n, list, weights + k - 8, dx + k - 8);
    if (k == 4)
        scatter_run(1, n, list, weights, dx);
}

/* Everything that one call works on, for some of the filters; NULL where a gradient is not wanted. Weights and their
 * gradients are turned round: [filter][kernel_height][kernel_width][channels]. */
typedef struct pass {
    const ml_conv *s;
    size_t rows, columns; /* of the pooled output */
    const float *x, *weight;
    float *dweight, *dbias, *dx;
} pass;

/* What a list of one image's and one filter's outputs says. Kernel rows from the last to the first, so that an element
 * of dx gets its sum in order of output rows. */
static void use_list(const pass *p, size_t n, const chosen *list, size_t image, size_t filter) {
    const ml_conv *s = p->s;
    const size_t run = s->kernel_width * s->channels, down = s->width * s->channels;
    const size_t first = image * s->height * down, weights = filter * s->kernel_height * run;
    if (p->dweight != NULL)
        gather_all(s, n, list, p->x + first, p->dweight + weights);
    if (p->dx != NULL)
        for (size_t i = s->kernel_height; i-- > 0;)
            scatter(run, n, list, p->weight + weights + i * run, p->dx + first + i * down);
    if (p->dbias != NULL)
        for (size_t i = 0; i < n; i++)
            p->dbias[filter] += list[i].dy;
}

/* Appends to list the outputs of one row of the pool, of which y, index and dy begin at the given places: those that it
 * chose from its upper row, then those from its lower. Returns the new length. Without branches: nobody could predict
 * which of the four it was. */
static size_t list_row(const ml_conv *s, size_t row, size_t columns, const float *y, const uint8_t *index,
                       const float *dy, size_t n, chosen *list) {
    const size_t step = s->stride * s->channels, down = s->width * step;
    const uint32_t offset[4] = {0, (uint32_t)step, (uint32_t)down, (uint32_t)(down + step)};
    chosen lower[LISTED / 2];
    size_t n_lower = 0;
    for (size_t column = 0; column < columns; column++) {
        const size_t at = column * s->filters, q = index[at];
        const chosen one = {(uint32_t)(2 * (row * down + column * step)) + offset[q], dy[at]};
        const size_t alive = !(y[at] <= 0.0f); /* the gradient of relu is 0 elsewhere */
        list[n] = one;
        lower[n_lower] = one;
        n += alive & (q < 2);
        n_lower += alive & (q >= 2);
    }
    for (size_t i = 0; i < n_lower; i++)
        list[n + i] = lower[i];
    return n + n_lower;
}

/* Everything about one image and filter, of which y, index and dy begin at the given places. */
static void use_filter(const pass *p, const float *y, const uint8_t *index, const float *dy, size_t image,
                       size_t filter) {
    chosen list[LISTED];
    size_t n = 0;
    for (size_t row = 0; row < p->rows; row++) {
        const size_t at = row * p->columns * p->s->filters;
        if (n + p->columns >= LISTED) {
            use_list(p, n, list, image, filter);
            n = 0;
        }
        n = list_row(p->s, row, p->columns, y + at, index + at, dy + at, n, list);
    }
    use_list(p, n, list, image, filter);
}

/* Weights [taps][filters], of which `some` filters, to [some][taps]; or back. */
static void turn(size_t taps, size_t filters, size_t some, const float *weight, float *turned) {
    for (size_t t = 0; t < taps; t++)
        for (size_t f = 0; f < some; f++)
            turned[f * taps + t] = weight[t * filters + f];
}

static void turn_back(size_t taps, size_t filters, size_t some, const float *turned, float *weight) {
    for (size_t t = 0; t < taps; t++)
        for (size_t f = 0; f < some; f++)
            weight[t * filters + f] = turned[f * taps + t];
}

/* Whether four floats are more than a kernel's window spans. */
static bool is_small(const ml_conv *s) {
    const size_t run = s->kernel_width * s->channels;
    return run < 4 && (s->kernel_height < 2 || run + s->width * s->channels < 4);
}

void ml_kernel_conv2d_relu_pool_backward_simd128(const ml_conv *s, const float *x, const float *weight, const float *y,
                                                 const uint8_t *index, const float *dy, float *dweight, float *dbias,
                                                 float *dx) {
    const size_t rows = ml_conv_rows(s) / 2, columns = ml_conv_columns(s) / 2, outputs = rows * columns * s->filters;
    const size_t taps = s->kernel_height * s->kernel_width * s->channels;
    if (s->padding > 0 || taps == 0 || taps > PACKED || columns >= LISTED / 2 || is_small(s)) {
        ml_kernel_conv2d_relu_pool_backward_scalar(s, x, weight, y, index, dy, dweight, dbias, dx);
        return;
    }
    if (dbias != NULL)
        memset(dbias, 0, s->filters * sizeof *dbias);
    if (dx != NULL)
        memset(dx, 0, s->n * s->height * s->width * s->channels * sizeof *dx);
    float turned[PACKED], dturned[PACKED];
    for (size_t filter = 0; filter < s->filters; filter += PACKED / taps) {
        const size_t some = smaller(PACKED / taps, s->filters - filter);
        const pass p = {
            s, rows, columns, x, turned, dweight == NULL ? NULL : dturned, dbias == NULL ? NULL : dbias + filter, dx};
        turn(taps, s->filters, some, weight + filter, turned);
        memset(dturned, 0, taps * some * sizeof *dturned);
        for (size_t image = 0; image < s->n; image++)
            for (size_t f = 0; f < some; f++) {
                const size_t first = image * outputs + filter + f;
                use_filter(&p, y + first, index + first, dy + first, image, f);
            }
        if (dweight != NULL)
            turn_back(taps, s->filters, some, dturned, dweight + filter);
    }
}
