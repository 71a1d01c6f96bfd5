/* The multi-layer perceptron: layout, initial weights, forward. The way back is in backward.c. */
#include "nn/nn.h"

#include <assert.h>
#include <string.h>

#include "base/math.h"
#include "kernels/kernels.h"

/* --- Layout ------------------------------------------------------------------------------------------------------- */

static ml_status check_shape(const ml_mlp_shape *shape, ml_error *error) {
    if (shape->inputs == 0 || shape->outputs == 0 || (shape->hidden > 0 && shape->width == 0))
        return ml_fail(error, ML_EINVAL, "a network needs at least one input, one output and one unit a layer");
    if (shape->hidden > ML_MLP_MAX_HIDDEN)
        return ml_fail(error, ML_EINVAL, "%zu hidden layers are too many; the most is %d", shape->hidden,
                       ML_MLP_MAX_HIDDEN);
    if (shape->inputs > ML_MLP_MAX_WIDTH || shape->outputs > ML_MLP_MAX_WIDTH || shape->width > ML_MLP_MAX_WIDTH)
        return ml_fail(error, ML_EINVAL, "a layer can have at most %d units", ML_MLP_MAX_WIDTH);
    return ML_OK;
}

static size_t take(size_t *next, size_t count) {
    const size_t at = *next;
    *next += count;
    return at;
}

static void lay_out(ml_mlp *net) {
    const ml_mlp_shape *shape = &net->shape;
    net->n_layers = shape->hidden + 1;
    for (size_t l = 0; l < net->n_layers; l++) {
        const bool hidden = l < shape->hidden;
        ml_mlp_layer *layer = &net->layer[l];
        layer->inputs = l == 0 ? shape->inputs : shape->width;
        layer->outputs = hidden ? shape->width : shape->outputs;
        layer->weight = take(&net->n_params, layer->inputs * layer->outputs);
        layer->bias = take(&net->n_params, layer->outputs);
        if (hidden && shape->normalisation != ML_NORM_NONE) {
            layer->scale = take(&net->n_params, layer->outputs);
            layer->shift = take(&net->n_params, layer->outputs);
        }
    }
    net->n_running = shape->normalisation == ML_NORM_BATCH ? 2 * shape->hidden * shape->width : 0;
}

static void fill(size_t n, float value, float *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = value;
}

static float *running_mean(const ml_mlp *net, size_t l) {
    return net->running + 2 * l * net->shape.width;
}

static float *running_variance(const ml_mlp *net, size_t l) {
    return running_mean(net, l) + net->shape.width;
}

/* Scales and running variances to one, all else to zero. */
static void clear(ml_mlp *net) {
    fill(net->n_params, 0, net->param);
    fill(net->n_running, 0, net->running);
    for (size_t l = 0; l < net->shape.hidden; l++) {
        if (net->shape.normalisation != ML_NORM_NONE)
            fill(net->shape.width, 1, net->param + net->layer[l].scale);
        if (net->shape.normalisation == ML_NORM_BATCH)
            fill(net->shape.width, 1, running_variance(net, l));
    }
}

ml_status ml_mlp_create(ml_mlp *net, const ml_mlp_shape *shape, ml_arena *arena, ml_error *error) {
    ML_TRY(check_shape(shape, error));
    ml_mlp made = {.shape = *shape};
    lay_out(&made);
    made.param = ML_ALLOC(arena, made.n_params, float);
    made.running = ML_ALLOC(arena, made.n_running, float);
    if (made.param == NULL || made.running == NULL)
        return ml_fail(error, ML_ENOMEM,
                       "a network of %zu parameters does not fit in memory; use fewer or narrower "
                       "layers",
                       made.n_params);
    clear(&made);
    *net = made;
    return ML_OK;
}

/* --- Initial weights ---------------------------------------------------------------------------------------------- */

static double initial_deviation(ml_init init, const ml_mlp_layer *layer) {
    const double in = (double)layer->inputs, out = (double)layer->outputs;
    if (init == ML_INIT_SMALL)
        return 0.01;
    return init == ML_INIT_HE ? sqrt(2 / in) : sqrt(2 / (in + out));
}

void ml_mlp_init(ml_mlp *net, ml_init init, ml_rng *rng) {
    if (init == ML_INIT_AUTO)
        init = net->shape.activation == ML_ACT_RELU ? ML_INIT_HE : ML_INIT_XAVIER;
    clear(net);
    for (size_t l = 0; l < net->n_layers; l++) {
        const ml_mlp_layer *layer = &net->layer[l];
        float *weight = net->param + layer->weight;
        const size_t n = layer->inputs * layer->outputs;
        if (init == ML_INIT_EQUAL)
            fill(n, 0.1f, weight);
        else if (init != ML_INIT_ZEROS)
            for (size_t i = 0; i < n; i++)
                weight[i] = (float)(initial_deviation(init, layer) * ml_rng_normal(rng));
    }
}

int64_t ml_mlp_cost(const ml_mlp *net) {
    int64_t cost = 0;
    for (size_t l = 0; l < net->n_layers; l++)
        cost += (int64_t)(net->layer[l].inputs * net->layer[l].outputs);
    return cost;
}

/* --- Room for a batch --------------------------------------------------------------------------------------------- */

static bool allocate_trace(ml_mlp_trace *trace, const ml_mlp *net, size_t capacity, ml_arena *arena) {
    const size_t width = net->shape.width, n = capacity * width;
    const bool normalised = net->shape.normalisation != ML_NORM_NONE;
    trace->active = ML_ALLOC(arena, n, float);
    trace->dropped = ML_ALLOC(arena, n, float);
    trace->mask = ML_ALLOC(arena, n, float);
    trace->normalised = ML_ALLOC(arena, normalised ? n : 0, float);
    trace->inverse = ML_ALLOC(arena, normalised ? (capacity > width ? capacity : width) : 0, float);
    return trace->active && trace->dropped && trace->mask && trace->normalised && trace->inverse;
}

ml_status ml_mlp_pass_create(ml_mlp_pass *pass, const ml_mlp *net, size_t capacity, ml_arena *arena, ml_error *error) {
    if (capacity == 0)
        return ml_fail(error, ML_EINVAL, "a batch needs at least one row");
    ml_mlp_pass made = {.capacity = capacity};
    made.output = ML_ALLOC(arena, capacity * net->shape.outputs, float);
    made.d_output = ML_ALLOC(arena, capacity * net->shape.outputs, float);
    made.d_near = ML_ALLOC(arena, capacity * net->shape.width, float);
    made.d_far = ML_ALLOC(arena, capacity * net->shape.width, float);
    bool fits = made.output && made.d_output && made.d_near && made.d_far;
    for (size_t l = 0; l < net->shape.hidden; l++)
        fits = fits && allocate_trace(&made.trace[l], net, capacity, arena);
    if (!fits)
        return ml_fail(error, ML_ENOMEM, "a batch of %zu rows does not fit in memory; use a smaller one", capacity);
    *pass = made;
    return ML_OK;
}

/* --- Forward ------------------------------------------------------------------------------------------------------ */

/* y = f(x W + b). */
static void dense_forward(const ml_mlp_layer *layer, const float *param, size_t n, const float *x,
                          ml_kernel_activation f, float *y) {
    const size_t in = layer->inputs, out = layer->outputs;
    ml_kernel_dense(n, out, in, x, in, param + layer->weight, out, param + layer->bias, f, y, out);
}

static void normalise(const ml_mlp *net, size_t l, ml_mlp_mode mode, size_t n, ml_mlp_trace *trace) {
    const size_t width = net->shape.width;
    const float *scale = net->param + net->layer[l].scale, *shift = net->param + net->layer[l].shift;
    float *z = trace->active;
    const bool moves = mode == ML_MLP_TRAIN;
    if (net->shape.normalisation == ML_NORM_LAYER)
        ml_layernorm_forward(n, width, z, scale, shift, trace->normalised, trace->inverse, z);
    else if (net->shape.normalisation == ML_NORM_BATCH && mode == ML_MLP_EVALUATE)
        ml_batchnorm_evaluate(n, width, z, scale, shift, running_mean(net, l), running_variance(net, l), z);
    else if (net->shape.normalisation == ML_NORM_BATCH)
        ml_batchnorm_forward(n, width, z, scale, shift, moves ? running_mean(net, l) : NULL,
                             moves ? running_variance(net, l) : NULL, trace->normalised, trace->inverse, z);
}

void ml_mlp_forward(ml_mlp *net, ml_mlp_pass *pass, ml_mlp_mode mode, size_t n, const float *x, ml_rng *rng) {
    assert(n <= pass->capacity);
    const bool drops = mode == ML_MLP_TRAIN && pass->dropout > 0;
    const bool normalises = net->shape.normalisation != ML_NORM_NONE; /* it stands between product and activation */
    const ml_kernel_activation f = ml_activation_kernel(net->shape.activation);
    pass->n = n;
    pass->x = x;
    pass->mode = mode;
    for (size_t l = 0; l < net->shape.hidden; l++) {
        ml_mlp_trace *trace = &pass->trace[l];
        const size_t count = n * net->shape.width;
        dense_forward(&net->layer[l], net->param, n, x, normalises ? ML_KERNEL_IDENTITY : f, trace->active);
        if (normalises) {
            normalise(net, l, mode, n, trace);
            ml_activation_forward(net->shape.activation, count, trace->active, trace->active);
        }
        if (drops)
            ml_dropout(count, pass->dropout, rng, trace->active, trace->mask, trace->dropped);
        x = trace->out = drops ? trace->dropped : trace->active;
    }
    dense_forward(&net->layer[net->shape.hidden], net->param, n, x, ML_KERNEL_IDENTITY, pass->output);
}

void ml_mlp_predict(ml_mlp *net, ml_mlp_pass *pass, size_t n, const float *x, float *output) {
    enum { PIECE = 64 }; /* 64 rows of 32 units are 8 KB */
    const size_t piece = pass->capacity < PIECE ? pass->capacity : PIECE, k = net->shape.outputs;
    for (size_t done = 0; done < n; done += piece) {
        const size_t rows = n - done < piece ? n - done : piece;
        ml_mlp_forward(net, pass, ML_MLP_EVALUATE, rows, x + done * net->shape.inputs, NULL);
        memcpy(output + done * k, pass->output, rows * k * sizeof *output);
    }
}

/* --- Penalties ---------------------------------------------------------------------------------------------------- */

void ml_mlp_regularise(const ml_mlp *net, float l1, float l2, float *gradient) {
    for (size_t l = 0; l < net->n_layers; l++) {
        const ml_mlp_layer *layer = &net->layer[l];
        const float *w = net->param + layer->weight;
        float *g = gradient + layer->weight;
        for (size_t i = 0; i < layer->inputs * layer->outputs; i++)
            g[i] += l2 * w[i] + l1 * (float)((w[i] > 0) - (w[i] < 0));
    }
}
