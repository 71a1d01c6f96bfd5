/* The gradients of convolution, relu and pool in one.
 *
 * Three quarters and more of the gradient that the pool passes on are zeros. So nothing is stored and nothing
 * multiplied of it but what is left: for each image and filter a list of the outputs that the pool chose, in order of
 * row and column, with their gradients. Under one row of the kernel, the floats of the image lie side by side, and with
 * the weights turned round so that filters come first, theirs do too: lanes run along them. */
#include "kernels/conv_parts.h"

#include <stdbool.h>

enum {
    PACKED = 4096,  /* floats of weights, and of their gradients, turned round at a time: 2 x 16 KiB of stack */
    LISTED = 512,   /* outputs in a list */
    FRAMED = 16384, /* floats of one image with its padding, and of its gradient: 2 x 64 KiB */
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
            sum[v] = here(multiply_add(sum[v], load(at + 4 * v), dy));
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
            store(at + 4 * v, here(multiply_add(load(at + 4 * v), dy, weight[v])));
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
 * first row, before which there may be nothing. Behind the first row there is enough (see `fits`). */
static size_t back_from(size_t left, size_t kernel_row) {
    return kernel_row == 0 ? 0 : 4 - left;
}

/* gather_run for a run of any length. */
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

/* The first `left` lanes of a, the others of b. */
static inline f32x4 first_of(size_t left, f32x4 a, f32x4 b) {
    const int32_t n = (int32_t)left;
    return select((i32x4){0, 1, 2, 3} < (i32x4){n, n, n, n}, a, b);
}

/* All rows of a small kernel at once, so that their sums need not wait for each other, and the sum of the gradients,
 * for the bias, beside them. Runs of 2 to 4 floats are one vector, of which the lanes that are too many hold nothing of
 * use: the last row's lie over the row before and are stored first, so that that row's own come to lie over them. Runs
 * of 5 to 8 are two vectors, the second of which ends where the run does; both carry the same where they overlap. */
static inline __attribute__((always_inline)) void gather_rows(size_t rows, size_t vectors, size_t run, size_t down,
                                                              size_t n, const chosen *list, const float *x, float *sums,
                                                              float *dbias) {
    enum { MOST_ROWS = 5 };
    f32x4 sum[MOST_ROWS][2], total = splat(*dbias);
    const float *from[MOST_ROWS][2];
    float *to[MOST_ROWS][2];
    for (size_t i = 0; i < rows; i++)
        for (size_t v = 0; v < vectors; v++) {
            const size_t back = vectors == 1 ? back_from(run, i) : 0, skip = v == 1 ? run - 4 : 0;
            from[i][v] = x + i * down + skip - back;
            to[i][v] = sums + i * run + skip - back;
            sum[i][v] = load(to[i][v]);
        }
    for (size_t k = 0; k < n; k++) {
        const size_t first = list[k].first;
        const f32x4 dy = splat(list[k].dy);
        total = here(total + dy);
        for (size_t i = 0; i < rows; i++)
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] = here(multiply_add(sum[i][v], load(from[i][v] + first), dy));
    }
    for (size_t i = rows; i-- > 1;)
        for (size_t v = 0; v < vectors; v++)
            store(to[i][v], sum[i][v]);
    store(to[0][0], vectors == 1 ? first_of(run, sum[0][0], load(to[0][0])) : sum[0][0]);
    if (vectors == 2)
        store(to[0][1], sum[0][1]);
    *dbias = total[0];
}

/* The gradients of one filter's weights and bias. */
static void gather_all(const ml_conv *s, size_t n, const chosen *list, const float *x, float *sums, float *dbias) {
    const size_t run = s->kernel_width * s->channels, down = s->width * s->channels;
    if (s->kernel_height == 3 && run >= 2 && run <= 4)
        gather_rows(3, 1, run, down, n, list, x, sums, dbias);
    else if (s->kernel_height == 3 && run > 4 && run <= 8)
        gather_rows(3, 2, run, down, n, list, x, sums, dbias);
    else if (s->kernel_height == 5 && run > 4 && run <= 8)
        gather_rows(5, 2, run, down, n, list, x, sums, dbias);
    else {
        for (size_t i = 0; i < s->kernel_height; i++)
            gather(run, i, n, list, x + i * down, sums + i * run);
        for (size_t i = 0; i < n; i++)
            *dbias += list[i].dy;
    }
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

/* Everything that is needed for one image and some of the filters; NULL where a gradient is not wanted. The image and
 * its gradient have their padding around them, if there is any: s is the layer that sees this as a larger image without
 * padding. Weights and their gradients are turned round: [filter][kernel_height][kernel_width][channels]. */
typedef struct pass {
    const ml_conv *s;
    size_t rows, columns; /* of the pooled output */
    const float *image, *weight;
    float *dweight, *dbias, *dimage;
} pass;

/* What a list of one filter's outputs says. Kernel rows from the last to the first, so that an element of dimage gets
 * its sum in order of output rows. */
static void use_list(const pass *p, size_t n, const chosen *list, size_t filter) {
    const ml_conv *s = p->s;
    const size_t run = s->kernel_width * s->channels, down = s->width * s->channels;
    const size_t weights = filter * s->kernel_height * run;
    float unwanted = 0.0f;
    if (p->dweight != NULL)
        gather_all(s, n, list, p->image, p->dweight + weights, p->dbias == NULL ? &unwanted : p->dbias + filter);
    if (p->dimage != NULL)
        for (size_t i = s->kernel_height; i-- > 0;)
            scatter(run, n, list, p->weight + weights + i * run, p->dimage + i * down);
}

/* Appends to list the outputs of one row of the pool, of which y, index and dy begin at the given places: those that it
 * chose from its upper row, then those from its lower. Returns the new length. Without branches: nobody could predict
 * which of the four it was. */
static size_t list_row(const ml_conv *s, size_t row, size_t columns, const float *y, const uint8_t *index,
                       const float *dy, size_t n, chosen *list) {
    const size_t filters = s->filters;
    const uint32_t step = (uint32_t)(s->stride * s->channels), down = (uint32_t)s->width * step;
    const uint32_t offset[4] = {0, step, down, down + step};
    uint32_t first = 2 * (uint32_t)row * down;
    chosen lower[LISTED / 2];
    size_t n_lower = 0;
    for (size_t column = 0; column < columns; column++) {
        const size_t q = *index, is_lower = q >> 1, alive = !(*y <= 0.0f); /* elsewhere the gradient of relu is 0 */
        chosen *to = is_lower ? lower + n_lower : list + n;
        *to = (chosen){first + offset[q], *dy};
        n += alive & (is_lower ^ 1);
        n_lower += alive & is_lower;
        first += 2 * step;
        y += filters, index += filters, dy += filters;
    }
    for (size_t i = 0; i < n_lower; i += 2) { /* two at a time: both lists have room for one more */
        f32x4 two;
        memcpy(&two, lower + i, sizeof two);
        two = here(two);
        memcpy(list + n + i, &two, sizeof two);
    }
    return n + n_lower;
}

/* Everything about one filter, of which y, index and dy begin at the given places. */
static void use_filter(const pass *p, const float *y, const uint8_t *index, const float *dy, size_t filter) {
    chosen list[LISTED];
    size_t n = 0;
    for (size_t row = 0; row < p->rows; row++) {
        const size_t at = row * p->columns * p->s->filters;
        if (n + p->columns >= LISTED) {
            use_list(p, n, list, filter);
            n = 0;
        }
        n = list_row(p->s, row, p->columns, y + at, index + at, dy + at, n, list);
    }
    use_list(p, n, list, filter);
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

/* The layer that sees the padding as a part of the image. */
static ml_conv with_frame(const ml_conv *s) {
    ml_conv framed = *s;
    framed.height += 2 * s->padding;
    framed.width += 2 * s->padding;
    framed.padding = 0;
    return framed;
}

/* An image into its frame of zeros. With them, products that the definition leaves out become zeros that are added. */
static void frame(const ml_conv *s, const float *image, float *framed) {
    const size_t row = s->width * s->channels, framed_row = row + 2 * s->padding * s->channels;
    memset(framed, 0, (s->height + 2 * s->padding) * framed_row * sizeof *framed);
    for (size_t i = 0; i < s->height; i++)
        memcpy(framed + (i + s->padding) * framed_row + s->padding * s->channels, image + i * row, row * sizeof *image);
}

/* And out of it. */
static void unframe(const ml_conv *s, const float *framed, float *image) {
    const size_t row = s->width * s->channels, framed_row = row + 2 * s->padding * s->channels;
    for (size_t i = 0; i < s->height; i++)
        memcpy(image + i * row, framed + (i + s->padding) * framed_row + s->padding * s->channels, row * sizeof *image);
}

/* Whether the layer fits the buffers here, and its window is not smaller than the four floats that are loaded at once.
 */
static bool fits(const ml_conv *framed, size_t taps, bool has_frame) {
    const size_t run = framed->kernel_width * framed->channels, down = framed->width * framed->channels;
    const bool wide = run >= 4 || (framed->kernel_height >= 2 && run + down >= 4);
    return taps > 0 && taps <= PACKED && ml_conv_columns(framed) < LISTED && wide &&
           (!has_frame || framed->height * down <= FRAMED);
}

/* One image and `some` filters, of which y, index and dy begin at the given places. */
static void use_image(pass p, const ml_conv *s, size_t some, const float *x, const float *y, const uint8_t *index,
                      const float *dy, float *dx) {
    float framed[FRAMED], dframed[FRAMED];
    p.image = x;
    p.dimage = dx;
    if (s->padding > 0) {
        frame(s, x, framed);
        p.image = framed;
        if (dx != NULL) {
            frame(s, dx, dframed);
            p.dimage = dframed;
        }
    }
    for (size_t f = 0; f < some; f++)
        use_filter(&p, y + f, index + f, dy + f, f);
    if (s->padding > 0 && dx != NULL)
        unframe(s, dframed, dx);
}

void ml_kernel_conv2d_relu_pool_backward_simd128(const ml_conv *s, const float *x, const float *weight, const float *y,
                                                 const uint8_t *index, const float *dy, float *dweight, float *dbias,
                                                 float *dx) {
    const size_t rows = ml_conv_rows(s) / 2, columns = ml_conv_columns(s) / 2, outputs = rows * columns * s->filters;
    const size_t taps = s->kernel_height * s->kernel_width * s->channels, floats = s->height * s->width * s->channels;
    const ml_conv framed = with_frame(s);
    if (!fits(&framed, taps, s->padding > 0)) {
        ml_kernel_conv2d_relu_pool_backward_scalar(s, x, weight, y, index, dy, dweight, dbias, dx);
        return;
    }
    if (dbias != NULL)
        memset(dbias, 0, s->filters * sizeof *dbias);
    if (dx != NULL)
        memset(dx, 0, s->n * floats * sizeof *dx);
    float turned[PACKED], dturned[PACKED];
    for (size_t filter = 0; filter < s->filters; filter += PACKED / taps) {
        const size_t some = smaller(PACKED / taps, s->filters - filter);
        const pass p = {.s = &framed,
                        .rows = rows,
                        .columns = columns,
                        .weight = turned,
                        .dweight = dweight == NULL && dbias == NULL ? NULL : dturned,
                        .dbias = dbias == NULL ? NULL : dbias + filter};
        turn(taps, s->filters, some, weight + filter, turned);
        memset(dturned, 0, taps * some * sizeof *dturned);
        for (size_t image = 0; image < s->n; image++) {
            const size_t first = image * outputs + filter;
            use_image(p, s, some, x + image * floats, y + first, index + first, dy + first,
                      dx == NULL ? NULL : dx + image * floats);
        }
        if (dweight != NULL)
            turn_back(taps, s->filters, some, dturned, dweight + filter);
    }
}
