/* What the four-lane convolutions share. Private to ml/kernels. */
#ifndef ML_KERNELS_CONV_PARTS_H
#define ML_KERNELS_CONV_PARTS_H

#include "kernels/kernels.h"
#include "kernels/simd128.h"

/* Indices from `from` up to, not including, `to`. */
typedef struct span {
    size_t from, to;
} span;

static inline size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Which of the kernel's rows meet the image when the output is in row `out`; the same for columns. The others lie in
 * the padding. */
static inline span taps_inside(const ml_conv *s, size_t size, size_t kernel, size_t out) {
    const size_t start = out * s->stride, end = size + s->padding;
    const size_t to = start < end ? smaller(kernel, end - start) : 0;
    const size_t from = start < s->padding ? smaller(to, s->padding - start) : 0;
    return (span){from, to};
}

/* Which of the outputs, of `outs` in a row or column, meet the image with the kernel's row or column `tap`. */
static inline span outputs_inside(const ml_conv *s, size_t size, size_t outs, size_t tap) {
    const size_t end = size + s->padding; /* the first place behind the image, in the padded image */
    const size_t to = tap < end ? smaller(outs, (end - tap - 1) / s->stride + 1) : 0;
    const size_t from = tap < s->padding ? smaller(to, (s->padding - tap - 1) / s->stride + 1) : 0;
    return (span){from, to};
}

/* One or two vectors of n neighbours, n >= 4. The last ones reach back over what was done before where n is no multiple
 * of four: doing an element twice gives the same bits again. */
typedef struct lanes {
    size_t first, vectors, next;
} lanes;

static inline lanes lanes_from(size_t n, size_t done) {
    const size_t left = n - done;
    if (left >= 8)
        return (lanes){done, 2, done + 8};
    if (left > 4)
        return n >= 8 ? (lanes){n - 8, 2, n} : (lanes){done, 1, done + 4};
    return (lanes){n - 4, 1, n};
}

#endif
