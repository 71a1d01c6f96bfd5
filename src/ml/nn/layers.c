#include "nn/layers.h"

#include <stdio.h>

#include "base/math.h"

/* The value of a node, or NULL if there is none: what is recorded with it then tells what is wrong. */
static const ml_tensor *value_of(const ml_tape *tape, int32_t node) {
    return tape->status == ML_OK && node >= 0 && node < tape->n_nodes ? &tape->node[node].value : NULL;
}

static int32_t refuse(ml_tape *tape, const char *sentence) {
    if (tape->status == ML_OK)
        tape->status = ml_fail(&tape->error, ML_ESHAPE, "%s", sentence);
    return ML_NO_NODE;
}

/* --- Dense -------------------------------------------------------------------------------------------------------- */

ml_dense ml_dense_add(ml_params *params, const char *name, size_t inputs, size_t outputs, bool with_bias) {
    ml_dense layer = {.inputs = inputs, .outputs = outputs, .bias = ML_NO_PARAM};
    layer.weight = ml_params_add_to(params, name, "weight", ML_PARAM_WEIGHT, ML_HE, ML_SHAPE(inputs, outputs));
    if (with_bias)
        layer.bias = ml_params_add_to(params, name, "bias", ML_PARAM_BIAS, ML_ZEROS, ML_SHAPE(outputs));
    return layer;
}

static int32_t dense_of_rows(const ml_dense *layer, const ml_params *params, ml_tape *tape, int32_t x) {
    const int32_t product = ml_tape_matmul(tape, x, ml_params_leaf(params, tape, layer->weight));
    if (layer->bias == ML_NO_PARAM)
        return product;
    return ml_tape_add(tape, product, ml_params_leaf(params, tape, layer->bias));
}

int32_t ml_dense_record(const ml_dense *layer, const ml_params *params, ml_tape *tape, int32_t x) {
    const ml_tensor *given = value_of(tape, x);
    if (given == NULL || given->dimensions < 3)
        return dense_of_rows(layer, params, tape, x);
    const ml_tensor shape = *given;
    const int32_t last = shape.dimensions - 1;
    const size_t rows = shape.size[last] == 0 ? 0 : ml_tensor_count(&shape) / shape.size[last];
    const int32_t flat = ml_tape_reshape(tape, x, ML_SHAPE(rows, shape.size[last]));
    size_t size[ML_TENSOR_DIMENSIONS];
    for (int32_t i = 0; i < last; i++)
        size[i] = shape.size[i];
    size[last] = layer->outputs;
    return ml_tape_reshape(tape, dense_of_rows(layer, params, tape, flat), shape.dimensions, size);
}

/* --- Convolution -------------------------------------------------------------------------------------------------- */

ml_conv2d ml_conv2d_add(ml_params *params, const char *name, size_t channels, size_t filters, size_t size,
                        size_t stride, size_t padding, bool with_bias) {
    ml_conv2d layer = {.size = size, .stride = stride, .padding = padding, .bias = ML_NO_PARAM};
    layer.weight =
        ml_params_add_to(params, name, "weight", ML_PARAM_WEIGHT, ML_HE, ML_SHAPE(size, size, channels, filters));
    if (with_bias)
        layer.bias = ml_params_add_to(params, name, "bias", ML_PARAM_BIAS, ML_ZEROS, ML_SHAPE(filters));
    return layer;
}

int32_t ml_conv2d_record(const ml_conv2d *layer, const ml_params *params, ml_tape *tape, int32_t x) {
    const int32_t weight = ml_params_leaf(params, tape, layer->weight);
    const int32_t bias = layer->bias == ML_NO_PARAM ? ML_NO_NODE : ml_params_leaf(params, tape, layer->bias);
    return ml_tape_conv2d(tape, x, weight, bias, layer->stride, layer->padding);
}

int32_t ml_flatten_record(ml_tape *tape, int32_t x) {
    const ml_tensor *given = value_of(tape, x);
    if (given == NULL || given->dimensions == 0 || given->size[0] == 0)
        return refuse(tape, "flatten: there is no row to make flat");
    const size_t rows = given->size[0];
    return ml_tape_reshape(tape, x, ML_SHAPE(rows, ml_tensor_count(given) / rows));
}

/* --- Embedding ---------------------------------------------------------------------------------------------------- */

ml_embedding ml_embedding_add(ml_params *params, const char *name, size_t rows, size_t width) {
    const ml_initialiser start = {ML_INITIALISE_NORMAL, width > 0 ? 1.0f / sqrtf((float)width) : 1.0f};
    return (ml_embedding){ml_params_add_to(params, name, "table", ML_PARAM_WEIGHT, start, ML_SHAPE(rows, width))};
}

int32_t ml_embedding_record(const ml_embedding *layer, const ml_params *params, ml_tape *tape, const uint32_t *index,
                            size_t n) {
    return ml_tape_gather(tape, ml_params_leaf(params, tape, layer->table), index, n);
}

/* --- Normalisation ------------------------------------------------------------------------------------------------ */

ml_batch_norm ml_batch_norm_add(ml_params *params, const char *name, size_t width) {
    ml_batch_norm layer;
    layer.scale = ml_params_add_to(params, name, "scale", ML_PARAM_BIAS, ML_ONES, ML_SHAPE(width));
    layer.shift = ml_params_add_to(params, name, "shift", ML_PARAM_BIAS, ML_ZEROS, ML_SHAPE(width));
    layer.mean = ml_params_add_to(params, name, "running_mean", ML_PARAM_BUFFER, ML_ZEROS, ML_SHAPE(width));
    layer.variance = ml_params_add_to(params, name, "running_variance", ML_PARAM_BUFFER, ML_ONES, ML_SHAPE(width));
    return layer;
}

int32_t ml_batch_norm_record(const ml_batch_norm *layer, const ml_params *params, ml_tape *tape, int32_t x) {
    const int32_t scale = ml_params_leaf(params, tape, layer->scale);
    const int32_t shift = ml_params_leaf(params, tape, layer->shift);
    if (shift == ML_NO_NODE)
        return ML_NO_NODE;
    return ml_tape_batch_norm(tape, x, scale, shift, ml_params_value(params, layer->mean).data,
                              ml_params_value(params, layer->variance).data);
}

ml_layer_norm ml_layer_norm_add(ml_params *params, const char *name, size_t width) {
    ml_layer_norm layer;
    layer.scale = ml_params_add_to(params, name, "scale", ML_PARAM_BIAS, ML_ONES, ML_SHAPE(width));
    layer.shift = ml_params_add_to(params, name, "shift", ML_PARAM_BIAS, ML_ZEROS, ML_SHAPE(width));
    return layer;
}

int32_t ml_layer_norm_record(const ml_layer_norm *layer, const ml_params *params, ml_tape *tape, int32_t x) {
    const int32_t scale = ml_params_leaf(params, tape, layer->scale);
    const int32_t shift = ml_params_leaf(params, tape, layer->shift);
    return ml_tape_layer_norm(tape, x, scale, shift);
}

/* --- Attention ---------------------------------------------------------------------------------------------------- */

int32_t ml_attention_of(ml_tape *tape, int32_t query, int32_t key, int32_t value, int32_t mask) {
    const ml_tensor *q = value_of(tape, query);
    if (q == NULL || q->dimensions < 2)
        return refuse(tape, "attention: query, key and value need two dimensions at least, [positions, width]");
    const float scale = 1.0f / sqrtf((float)q->size[q->dimensions - 1]);
    int32_t score = ml_tape_scale(tape, ml_tape_matmul(tape, query, ml_tape_transpose(tape, key)), scale);
    if (mask != ML_NO_NODE)
        score = ml_tape_add(tape, score, mask);
    return ml_tape_matmul(tape, ml_tape_softmax(tape, score), value);
}

int32_t ml_causal_mask(ml_tape *tape, size_t t) {
    const float unseen = -1e9f;
    ml_tensor mask;
    if (tape->status != ML_OK)
        return ML_NO_NODE;
    tape->status = ml_tensor_create(tape->arena, ML_SHAPE(t, t), &mask, &tape->error);
    for (size_t i = 0; tape->status == ML_OK && i < t; i++)
        for (size_t j = i + 1; j < t; j++)
            mask.data[i * t + j] = unseen;
    return ml_tape_constant(tape, "causal_mask", mask);
}

static ml_dense add_projection(ml_params *params, const char *name, const char *part, size_t width) {
    char whole[2 * ML_PARAM_NAME]; /* a longer one is cut, and refused like any other that is too long */
    snprintf(whole, sizeof whole, "%s.%s", name, part);
    const ml_dense layer = ml_dense_add(params, whole, width, width, true);
    if (layer.weight != ML_NO_PARAM)
        params->param[layer.weight].initialiser = ML_XAVIER;
    return layer;
}

ml_attention ml_attention_add(ml_params *params, const char *name, size_t width, size_t heads, bool causal) {
    ml_attention layer = {.width = width, .heads = heads, .causal = causal};
    if (params->status == ML_OK && (heads == 0 || width % heads != 0))
        params->status =
            ml_fail(&params->error, ML_ESHAPE,
                    "attention: %zu heads do not share a width of %zu evenly; let heads divide width", heads, width);
    layer.query = add_projection(params, name, "query", width);
    layer.key = add_projection(params, name, "key", width);
    layer.value = add_projection(params, name, "value", width);
    layer.out = add_projection(params, name, "out", width);
    return layer;
}

/* [n, t, width] as [n, heads, t, width / heads], and back. */
static int32_t split_heads(ml_tape *tape, int32_t x, size_t n, size_t t, size_t heads, size_t width) {
    static const int32_t order[ML_TENSOR_DIMENSIONS] = {0, 2, 1, 3};
    return ml_tape_permute(tape, ml_tape_reshape(tape, x, ML_SHAPE(n, t, heads, width / heads)), order);
}

static int32_t join_heads(ml_tape *tape, int32_t x, size_t n, size_t t, size_t width) {
    static const int32_t order[ML_TENSOR_DIMENSIONS] = {0, 2, 1, 3};
    return ml_tape_reshape(tape, ml_tape_permute(tape, x, order), ML_SHAPE(n, t, width));
}

int32_t ml_attention_record(const ml_attention *layer, const ml_params *params, ml_tape *tape, int32_t x) {
    const ml_tensor *given = value_of(tape, x);
    if (given == NULL || given->dimensions < 2 || given->dimensions > 3)
        return refuse(tape, "attention: the input must be [n, positions, width] or [positions, width]");
    const bool single = given->dimensions == 2;
    const size_t n = single ? 1 : given->size[0], t = given->size[single ? 0 : 1], width = layer->width;
    const int32_t mask = layer->causal ? ml_causal_mask(tape, t) : ML_NO_NODE;
    int32_t
        head[3]; /* one statement each: C does not say which argument of a call comes first, and nodes have an order */
    const ml_dense *const projection[3] = {&layer->query, &layer->key, &layer->value};
    for (int32_t i = 0; i < 3; i++)
        head[i] = split_heads(tape, ml_dense_record(projection[i], params, tape, x), n, t, layer->heads, width);
    const int32_t attended = ml_attention_of(tape, head[0], head[1], head[2], mask);
    const int32_t y = ml_dense_record(&layer->out, params, tape, join_heads(tape, attended, n, t, width));
    return single ? ml_tape_reshape(tape, y, ML_SHAPE(t, width)) : y;
}
