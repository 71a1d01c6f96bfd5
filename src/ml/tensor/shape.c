/* Shapes, strides and views: no float is touched here. */
#include "tensor/tensor.h"

#include <stdio.h>
#include <string.h>

ml_tensor ml_tensor_over(float *data, int32_t dimensions, const size_t *size) {
    ml_tensor t = {.data = data, .dimensions = dimensions};
    size_t stride = 1;
    for (int32_t d = dimensions - 1; d >= 0; d--) {
        t.size[d] = size[d];
        t.stride[d] = stride;
        stride *= size[d];
    }
    return t;
}

static ml_status check_dimensions(const char *what, int32_t dimensions, ml_error *error) {
    if (dimensions < 0 || dimensions > ML_TENSOR_DIMENSIONS)
        return ml_fail(error, ML_ESHAPE, "%s: a tensor has 0 to %d dimensions, not %d", what, ML_TENSOR_DIMENSIONS,
                       (int)dimensions);
    return ML_OK;
}

/* Refuses sizes whose product, or the products that are strides, do not fit into size_t. */
static ml_status check_sizes(const char *what, int32_t dimensions, const size_t *size, ml_status status,
                             ml_error *error) {
    ML_TRY(check_dimensions(what, dimensions, error));
    size_t count = 1;
    for (int32_t d = dimensions - 1; d >= 0; d--) {
        if (size[d] != 0 && count > SIZE_MAX / size[d])
            return ml_fail(error, status, "%s: a tensor of so many elements is beyond any memory", what);
        count *= size[d] != 0 ? size[d] : 1;
    }
    return ML_OK;
}

ml_status ml_tensor_create(ml_arena *arena, int32_t dimensions, const size_t *size, ml_tensor *out, ml_error *error) {
    ML_TRY(check_sizes("create", dimensions, size, ML_ENOMEM, error));
    ml_tensor_shape_text text;
    const ml_tensor made = ml_tensor_over(NULL, dimensions, size);
    float *data = ML_ALLOC(arena, ml_tensor_count(&made), float);
    if (data == NULL)
        return ml_fail(error, ML_ENOMEM, "create: a tensor of %s floats does not fit in the memory that is left",
                       ml_tensor_describe(&made, &text));
    *out = made;
    out->data = data;
    return ML_OK;
}

size_t ml_tensor_count(const ml_tensor *t) {
    size_t count = 1;
    for (int32_t d = 0; d < t->dimensions; d++)
        count *= t->size[d];
    return count;
}

bool ml_tensor_is_contiguous(const ml_tensor *t) {
    size_t stride = 1;
    for (int32_t d = t->dimensions - 1; d >= 0; d--) {
        if (t->size[d] != 1 && t->stride[d] != stride) /* the stride of a single element is never used */
            return false;
        stride *= t->size[d];
    }
    return true;
}

bool ml_tensor_same_shape(const ml_tensor *a, const ml_tensor *b) {
    return a->dimensions == b->dimensions && memcmp(a->size, b->size, (size_t)a->dimensions * sizeof *a->size) == 0;
}

const char *ml_tensor_describe(const ml_tensor *t, ml_tensor_shape_text *buffer) {
    size_t length = 0;
    if (t->dimensions == 0)
        snprintf(buffer->text, sizeof buffer->text, "a single number");
    for (int32_t d = 0; d < t->dimensions; d++)
        length +=
            (size_t)snprintf(buffer->text + length, sizeof buffer->text - length, d == 0 ? "%zu" : "×%zu", t->size[d]);
    return buffer->text;
}

float *ml_tensor_at(const ml_tensor *t, const size_t *index) {
    size_t offset = 0;
    for (int32_t d = 0; d < t->dimensions; d++)
        offset += index[d] * t->stride[d];
    return t->data + offset;
}

ml_status ml_tensor_slice(const ml_tensor *t, int32_t dimension, size_t from, size_t to, ml_tensor *out,
                          ml_error *error) {
    ml_tensor_shape_text text;
    if (dimension < 0 || dimension >= t->dimensions)
        return ml_fail(error, ML_ESHAPE, "slice: dimension %d does not exist; the tensor has %d", (int)dimension,
                       (int)t->dimensions);
    if (from > to || to > t->size[dimension])
        return ml_fail(error, ML_ESHAPE, "slice: %zu to %zu is no part of dimension %d of a tensor of %s", from, to,
                       (int)dimension, ml_tensor_describe(t, &text));
    *out = *t;
    out->data += from * t->stride[dimension];
    out->size[dimension] = to - from;
    return ML_OK;
}

ml_status ml_tensor_row(const ml_tensor *t, size_t index, ml_tensor *out, ml_error *error) {
    if (t->dimensions == 0 || index >= t->size[0])
        return ml_fail(error, ML_ESHAPE, "row: there is no row %zu; the tensor has %zu", index,
                       t->dimensions == 0 ? 0 : t->size[0]);
    ml_tensor row = {.data = t->data + index * t->stride[0], .dimensions = t->dimensions - 1};
    for (int32_t d = 0; d < row.dimensions; d++) {
        row.size[d] = t->size[d + 1];
        row.stride[d] = t->stride[d + 1];
    }
    *out = row;
    return ML_OK;
}

ml_status ml_tensor_transpose(const ml_tensor *t, ml_tensor *out, ml_error *error) {
    if (t->dimensions < 2)
        return ml_fail(error, ML_ESHAPE, "transpose: needs two dimensions at least, and the tensor has %d",
                       (int)t->dimensions);
    const int32_t last = t->dimensions - 1;
    ml_tensor swapped = *t;
    swapped.size[last] = t->size[last - 1];
    swapped.size[last - 1] = t->size[last];
    swapped.stride[last] = t->stride[last - 1];
    swapped.stride[last - 1] = t->stride[last];
    *out = swapped;
    return ML_OK;
}

ml_status ml_tensor_permute(const ml_tensor *t, const int32_t *order, ml_tensor *out, ml_error *error) {
    ml_tensor permuted = {.data = t->data, .dimensions = t->dimensions};
    bool taken[ML_TENSOR_DIMENSIONS] = {false};
    for (int32_t d = 0; d < t->dimensions; d++) {
        const int32_t from = order[d];
        if (from < 0 || from >= t->dimensions || taken[from])
            return ml_fail(error, ML_EINVAL, "permute: order[%d] is %d; each dimension from 0 to %d must come once",
                           (int)d, (int)from, (int)t->dimensions - 1);
        taken[from] = true;
        permuted.size[d] = t->size[from];
        permuted.stride[d] = t->stride[from];
    }
    *out = permuted;
    return ML_OK;
}

ml_status ml_tensor_reshape(const ml_tensor *t, int32_t dimensions, const size_t *size, ml_tensor *out,
                            ml_error *error) {
    ml_tensor_shape_text from, to;
    ML_TRY(check_sizes("reshape", dimensions, size, ML_ESHAPE, error));
    const ml_tensor shaped = ml_tensor_over(t->data, dimensions, size);
    if (!ml_tensor_is_contiguous(t))
        return ml_fail(error, ML_EINVAL, "reshape: the tensor is a view with gaps; copy it first");
    if (ml_tensor_count(&shaped) != ml_tensor_count(t))
        return ml_fail(error, ML_ESHAPE, "reshape: %s has %zu elements, %s has %zu", ml_tensor_describe(t, &from),
                       ml_tensor_count(t), ml_tensor_describe(&shaped, &to), ml_tensor_count(&shaped));
    *out = shaped;
    return ML_OK;
}

ml_status ml_tensor_broadcast(const ml_tensor *t, int32_t dimensions, const size_t *size, ml_tensor *out,
                              ml_error *error) {
    ml_tensor_shape_text from, to;
    ML_TRY(check_sizes("broadcast", dimensions, size, ML_ESHAPE, error));
    ml_tensor repeated = ml_tensor_over(t->data, dimensions, size);
    const int32_t added = dimensions - t->dimensions;
    for (int32_t d = 0; d < dimensions; d++) {
        const bool exists = d >= added;
        if (exists && t->size[d - added] == size[d])
            repeated.stride[d] = t->stride[d - added];
        else if (!exists || t->size[d - added] == 1)
            repeated.stride[d] = 0;
        else
            return ml_fail(error, ML_ESHAPE, "broadcast: %s does not repeat to %s; sizes must be equal or 1",
                           ml_tensor_describe(t, &from), ml_tensor_describe(&repeated, &to));
    }
    if (added < 0)
        return ml_fail(error, ML_ESHAPE, "broadcast: %s has more dimensions than %s", ml_tensor_describe(t, &from),
                       ml_tensor_describe(&repeated, &to));
    *out = repeated;
    return ML_OK;
}

/* --- Shapes of results -------------------------------------------------------------------------------------------- */

ml_status ml_tensor_common_shape(const char *what, const ml_tensor *a, const ml_tensor *b, int32_t *dimensions,
                                 size_t *size, ml_error *error) {
    ml_tensor_shape_text left, right;
    const int32_t most = a->dimensions > b->dimensions ? a->dimensions : b->dimensions;
    size_t common[ML_TENSOR_DIMENSIONS] = {0};
    for (int32_t d = 0; d < most; d++) {
        const int32_t of_a = d - (most - a->dimensions), of_b = d - (most - b->dimensions);
        const size_t size_a = of_a < 0 ? 1 : a->size[of_a], size_b = of_b < 0 ? 1 : b->size[of_b];
        if (size_a != size_b && size_a != 1 && size_b != 1)
            return ml_fail(error, ML_ESHAPE, "%s: left is %s, right is %s; sizes %zu and %zu must be equal or 1", what,
                           ml_tensor_describe(a, &left), ml_tensor_describe(b, &right), size_a, size_b);
        common[d] = size_a == 1 ? size_b : size_a;
    }
    ML_TRY(check_sizes(what, most, common, ML_ESHAPE, error));
    memcpy(size, common, sizeof common);
    *dimensions = most;
    return ML_OK;
}

ml_status ml_tensor_concatenated_shape(const ml_tensor *a, const ml_tensor *b, int32_t dimension, int32_t *dimensions,
                                       size_t *size, ml_error *error) {
    ml_tensor_shape_text left, right;
    size_t sum[ML_TENSOR_DIMENSIONS] = {0};
    if (dimension < 0 || dimension >= a->dimensions)
        return ml_fail(error, ML_ESHAPE, "concatenate: dimension %d does not exist; the tensor has %d", (int)dimension,
                       (int)a->dimensions);
    bool fits = a->dimensions == b->dimensions;
    for (int32_t d = 0; fits && d < a->dimensions; d++) {
        fits = d == dimension ? a->size[d] <= SIZE_MAX - b->size[d] : a->size[d] == b->size[d];
        sum[d] = d == dimension ? a->size[d] + b->size[d] : a->size[d];
    }
    if (!fits)
        return ml_fail(error, ML_ESHAPE,
                       "concatenate: left is %s, right is %s; all sizes but that of dimension %d must "
                       "be equal",
                       ml_tensor_describe(a, &left), ml_tensor_describe(b, &right), (int)dimension);
    ML_TRY(check_sizes("concatenate", a->dimensions, sum, ML_ESHAPE, error));
    memcpy(size, sum, sizeof sum);
    *dimensions = a->dimensions;
    return ML_OK;
}

ml_status ml_tensor_product_shape(const ml_tensor *a, const ml_tensor *b, int32_t *dimensions, size_t *size,
                                  ml_error *error) {
    ml_tensor_shape_text left, right;
    const char *of_a = ml_tensor_describe(a, &left), *of_b = ml_tensor_describe(b, &right);
    const int32_t last = a->dimensions - 1;
    if (a->dimensions < 2 || a->dimensions != b->dimensions)
        return ml_fail(error, ML_ESHAPE,
                       "matmul: left is %s, right is %s; both must have the same number of dimensions, two at least",
                       of_a, of_b);
    for (int32_t d = 0; d < last - 1; d++)
        if (a->size[d] != b->size[d])
            return ml_fail(error, ML_ESHAPE, "matmul: left is %s, right is %s; leading sizes %zu and %zu differ", of_a,
                           of_b, a->size[d], b->size[d]);
    if (a->size[last] != b->size[last - 1])
        return ml_fail(error, ML_ESHAPE, "matmul: left is %s, right is %s; inner sizes %zu and %zu differ", of_a, of_b,
                       a->size[last], b->size[last - 1]);
    size_t product[ML_TENSOR_DIMENSIONS];
    memcpy(product, a->size, sizeof product);
    product[last] = b->size[last];
    ML_TRY(check_sizes("matmul", a->dimensions, product, ML_ESHAPE, error));
    memcpy(size, product, sizeof product);
    *dimensions = a->dimensions;
    return ML_OK;
}
