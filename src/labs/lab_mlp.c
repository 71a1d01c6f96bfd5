/* A trained ml_mlp as a model to take away: its tensors, and the tape of one row. Knows no lab by name. */
#include "lab.h"

#include <stdio.h>
#include <string.h>

enum { TENSORS_A_LAYER = 6, NODES_A_LAYER = 12, NODES_AROUND = 8 };

/* A tensor of the model; returns its index. */
static int32_t keep_tensor(ml_params *saved, const char *layer, const char *name, ml_param_role role,
                           int32_t dimensions, const size_t *size) {
    return ml_params_add_to(saved, layer, name, role, ML_ZEROS, dimensions, size);
}

/* The tensor, filled, as a constant of the tape. */
static int32_t constant_of(const ml_params *saved, ml_tape *tape, int32_t index, const float *value) {
    const ml_tensor tensor = ml_params_value(saved, index);
    memcpy(tensor.data, value, saved->param[index].count * sizeof *value);
    return ml_tape_constant(tape, saved->param[index].name, tensor);
}

/* The tensors, layer by layer; `first` is where each layer's begin. */
static void list_tensors(const ml_mlp *net, bool scaled, ml_params *saved, int32_t *first) {
    const size_t width = net->shape.width;
    if (scaled) {
        keep_tensor(saved, "inputs", "mean", ML_PARAM_BUFFER, ML_SHAPE(net->shape.inputs));
        keep_tensor(saved, "inputs", "deviation", ML_PARAM_BUFFER, ML_SHAPE(net->shape.inputs));
    }
    for (size_t l = 0; l < net->n_layers; l++) {
        const ml_mlp_layer *layer = &net->layer[l];
        char name[ML_PARAM_NAME];
        snprintf(name, sizeof name, "layer%zu", l + 1);
        first[l] = keep_tensor(saved, name, "weight", ML_PARAM_WEIGHT, ML_SHAPE(layer->inputs, layer->outputs));
        keep_tensor(saved, name, "bias", ML_PARAM_BIAS, ML_SHAPE(layer->outputs));
        if (l == net->shape.hidden || net->shape.normalisation == ML_NORM_NONE)
            continue;
        keep_tensor(saved, name, "scale", ML_PARAM_BIAS, ML_SHAPE(width));
        keep_tensor(saved, name, "shift", ML_PARAM_BIAS, ML_SHAPE(width));
        if (net->shape.normalisation == ML_NORM_LAYER)
            continue;
        keep_tensor(saved, name, "running_mean", ML_PARAM_BUFFER, ML_SHAPE(width));
        keep_tensor(saved, name, "running_variance", ML_PARAM_BUFFER, ML_SHAPE(width));
    }
}

static int32_t record_normalised(const ml_mlp *net, const ml_params *saved, ml_tape *tape, size_t l, int32_t at,
                                 int32_t x) {
    const ml_mlp_layer *layer = &net->layer[l];
    const size_t width = net->shape.width;
    const int32_t scale = constant_of(saved, tape, at + 2, net->param + layer->scale);
    const int32_t shift = constant_of(saved, tape, at + 3, net->param + layer->shift);
    if (net->shape.normalisation == ML_NORM_LAYER)
        return ml_tape_layer_norm(tape, x, scale, shift);
    const ml_tensor mean = ml_params_value(saved, at + 4), variance = ml_params_value(saved, at + 5);
    memcpy(mean.data, net->running + 2 * l * width, width * sizeof(float));
    memcpy(variance.data, net->running + (2 * l + 1) * width, width * sizeof(float));
    return ml_tape_batch_norm(tape, x, scale, shift, mean.data, variance.data);
}

static int32_t record_activation(ml_activation activation, ml_tape *tape, int32_t x) {
    switch (activation) {
    case ML_ACT_RELU:
        return ml_tape_relu(tape, x);
    case ML_ACT_TANH:
        return ml_tape_tanh(tape, x);
    case ML_ACT_SIGMOID:
        return ml_tape_sigmoid(tape, x);
    case ML_ACT_IDENTITY:
        break;
    }
    return x;
}

static int32_t record_network(const ml_mlp *net, const ml_params *saved, ml_tape *tape, const int32_t *first,
                              int32_t x) {
    for (size_t l = 0; l < net->n_layers; l++) {
        const ml_mlp_layer *layer = &net->layer[l];
        const int32_t weight = constant_of(saved, tape, first[l], net->param + layer->weight);
        const int32_t bias = constant_of(saved, tape, first[l] + 1, net->param + layer->bias);
        x = ml_tape_add(tape, ml_tape_matmul(tape, x, weight), bias);
        if (l == net->shape.hidden)
            break;
        if (net->shape.normalisation != ML_NORM_NONE)
            x = record_normalised(net, saved, tape, l, first[l], x);
        x = record_activation(net->shape.activation, tape, x);
    }
    return ml_tape_sigmoid(tape, x);
}

/* What happens to the inputs before the first layer; their two tensors are the first. */
static int32_t record_inputs(const lab_mlp_inputs *inputs, const ml_params *saved, ml_tape *tape, int32_t x) {
    if (inputs == NULL)
        return x;
    x = ml_tape_scale(tape, x, inputs->scale);
    x = ml_tape_subtract(tape, x, constant_of(saved, tape, 0, inputs->mean));
    return ml_tape_divide(tape, x, constant_of(saved, tape, 1, inputs->deviation));
}

ml_status lab_model_of_mlp(const ml_mlp *net, const lab_mlp_inputs *inputs, ml_arena *arena, lab_model *out,
                           ml_error *error) {
    const int32_t layers = (int32_t)net->n_layers;
    ml_params *saved = ML_ALLOC(arena, 1, ml_params);
    ml_tape *tape = ML_ALLOC(arena, 1, ml_tape);
    float *zero = ML_ALLOC(arena, net->shape.inputs, float);
    int32_t first[ML_MLP_MAX_HIDDEN + 1];
    if (saved == NULL || tape == NULL || zero == NULL)
        return ml_fail(error, ML_ENOMEM, "there is no memory to write the network down");
    ML_TRY(ml_params_init(saved, 2 + TENSORS_A_LAYER * layers, arena, error));
    list_tensors(net, inputs != NULL, saved, first);
    ML_TRY(ml_params_allocate(saved, arena, error));
    ML_TRY(ml_tape_init(tape, NODES_AROUND + NODES_A_LAYER * layers, arena, error));
    tape->training = false;
    out->input = ml_tape_constant(tape, "x", ml_tensor_over(zero, ML_SHAPE(1, net->shape.inputs)));
    out->output = record_network(net, saved, tape, first, record_inputs(inputs, saved, tape, out->input));
    out->params = saved;
    out->tape = tape;
    return ML_OK;
}
