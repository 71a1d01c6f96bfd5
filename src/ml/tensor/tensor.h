/* Arrays of float with up to four dimensions.
 *
 * A tensor is a view: where its first element is, how many there are along each dimension, and how many floats lie from
 * one to the next (the stride). Transposing, slicing and repeating change these numbers and never move data. The floats
 * belong to whoever made them, an arena or the caller; a view must not outlive them.
 * Source of the idea: Harris et al. 2020, "Array programming with NumPy", Nature 585.
 *
 * Functions that compute write into `out`, which exists already and must have the right shape; it must not overlap the
 * inputs, except that elementwise functions may write over an input of the very same shape and strides.
 * Errors everywhere: ML_ESHAPE, with a sentence that names the shapes, when sizes do not fit; out is then untouched. */
#ifndef ML_TENSOR_H
#define ML_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

enum { ML_TENSOR_DIMENSIONS = 4 };

typedef struct ml_tensor {
    float *data;
    int32_t dimensions;                  /* 0 (a single number) to 4 */
    size_t size[ML_TENSOR_DIMENSIONS];   /* of the first `dimensions` ones */
    size_t stride[ML_TENSOR_DIMENSIONS]; /* in floats; 0 where one element is repeated */
} ml_tensor;

/* Sizes written where a list of them is asked for: ML_SHAPE(3, 4) stands for "2 dimensions, of 3 and 4". */
#define ML_SHAPE(...)                                                                                                  \
    (int32_t)(sizeof((size_t[]){__VA_ARGS__}) / sizeof(size_t)), (const size_t[]) {                                    \
        __VA_ARGS__                                                                                                    \
    }

/* --- Making them -------------------------------------------------------------------------------------------------- */

/* A tensor of zeros in the arena, row by row (the last dimension contiguous). A size of 0 is allowed: the tensor has no
 * elements then.
 * Errors: ML_ESHAPE for more than four dimensions, ML_ENOMEM when the arena is full or the sizes' product overflows. */
ml_status ml_tensor_create(ml_arena *arena, int32_t dimensions, const size_t *size, ml_tensor *out, ml_error *error);

/* The caller's floats, row by row, seen as a tensor. dimensions from 0 to 4. */
ml_tensor ml_tensor_over(float *data, int32_t dimensions, const size_t *size);

/* How many elements there are: the product of the sizes; 1 without dimensions. */
size_t ml_tensor_count(const ml_tensor *t);

/* Whether the elements lie row by row without gaps, as `ml_tensor_create` lays them. */
bool ml_tensor_is_contiguous(const ml_tensor *t);

bool ml_tensor_same_shape(const ml_tensor *a, const ml_tensor *b);

/* The shape as text: "3×4", "5", "a single number". Returns the text. */
typedef struct ml_tensor_shape_text {
    char text[96];
} ml_tensor_shape_text;
const char *ml_tensor_describe(const ml_tensor *t, ml_tensor_shape_text *buffer);

/* Where an element is; one index for each dimension, each within its size. */
float *ml_tensor_at(const ml_tensor *t, const size_t *index);

/* --- Views. They cost nothing and share the data. ----------------------------------------------------------------- */

/* The part at `index` along the first dimension, which falls away: of a matrix, one row. */
ml_status ml_tensor_row(const ml_tensor *t, size_t index, ml_tensor *out, ml_error *error);

/* The part from `from` up to but without `to` along one dimension (0 is the first). */
ml_status ml_tensor_slice(const ml_tensor *t, int32_t dimension, size_t from, size_t to, ml_tensor *out,
                          ml_error *error);

/* The last two dimensions swapped. Needs two at least. */
ml_status ml_tensor_transpose(const ml_tensor *t, ml_tensor *out, ml_error *error);

/* The dimensions in another order: dimension d of the result is dimension order[d] of t, and order [t->dimensions]
 * names each one once. Errors besides shapes: ML_EINVAL for another order. */
ml_status ml_tensor_permute(const ml_tensor *t, const int32_t *order, ml_tensor *out, ml_error *error);

/* The same elements in the same order, in other dimensions. Needs a contiguous tensor and an equal count. */
ml_status ml_tensor_reshape(const ml_tensor *t, int32_t dimensions, const size_t *size, ml_tensor *out,
                            ml_error *error);

/* Broadcasting: shapes are laid over each other from the last dimension on; where t has size 1, or no dimension, its
 * elements are repeated. A row [4] broadcasts to [3, 4], and so does a column [3, 1]. */
ml_status ml_tensor_broadcast(const ml_tensor *t, int32_t dimensions, const size_t *size, ml_tensor *out,
                              ml_error *error);

/* --- Shapes of results, into size[4]; *dimensions is how many are used. ------------------------------------------- */

/* The smallest shape that both broadcast to. `what` is what the sentence begins with: "add". */
ml_status ml_tensor_common_shape(const char *what, const ml_tensor *a, const ml_tensor *b, int32_t *dimensions,
                                 size_t *size, ml_error *error);

/* That of b put behind a along one dimension; all others must be equal. */
ml_status ml_tensor_concatenated_shape(const ml_tensor *a, const ml_tensor *b, int32_t dimension, int32_t *dimensions,
                                       size_t *size, ml_error *error);

/* That of the matrix product a b. */
ml_status ml_tensor_product_shape(const ml_tensor *a, const ml_tensor *b, int32_t *dimensions, size_t *size,
                                  ml_error *error);

/* --- Elementwise: out has the common shape of the inputs ---------------------------------------------------------- */

void ml_tensor_fill(const ml_tensor *out, float value);
ml_status ml_tensor_copy(const ml_tensor *a, const ml_tensor *out, ml_error *error); /* a broadcasts to out */
ml_status ml_tensor_add(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_subtract(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_multiply(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_divide(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_maximum(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_scale(float factor, const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_absolute(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_sqrt(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_relu(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_tanh(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_sigmoid(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_gelu(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_exp(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_log(const ml_tensor *a, const ml_tensor *out, ml_error *error);

/* --- Concatenation: b behind a along one dimension ---------------------------------------------------------------- */
ml_status ml_tensor_concatenate(const ml_tensor *a, const ml_tensor *b, int32_t dimension, const ml_tensor *out,
                                ml_error *error);

/* --- Reductions: the reverse of broadcasting ----------------------------------------------------------------------- *
 * The shape of `out` says what is reduced: it must broadcast to a's shape, and each element of out takes in all the
 * elements of a that it would be copied to. Of a [3, 4], out [4] gets the column sums, [3, 1] the row sums, [] the
 * total. Runs along a contiguous last dimension are added in the lane order of ml/kernels, everything else one by one
 * in order. The mean and maximum of nothing are NaN and -infinity. */
ml_status ml_tensor_sum(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_mean(const ml_tensor *a, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_max(const ml_tensor *a, const ml_tensor *out, ml_error *error);

/* out += the sums: what a gradient needs where its value was broadcast. */
ml_status ml_tensor_add_sum(const ml_tensor *a, const ml_tensor *out, ml_error *error);

/* --- Matrix product ----------------------------------------------------------------------------------------------- */

/* out = a b, or out += a b: a is [..., m, k], b is [..., k, n], out is [..., m, n], one product for each index of the
 * leading dimensions, which are equal. Transposed views and slices of rows are read as they are.
 * Cost: m n k multiply-adds a product.
 * Errors besides shapes: ML_EINVAL for a view none of whose last two strides is 1; copy it first. */
ml_status ml_tensor_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error);
ml_status ml_tensor_add_matmul(const ml_tensor *a, const ml_tensor *b, const ml_tensor *out, ml_error *error);

#endif
