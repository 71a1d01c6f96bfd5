/* Backpropagation through a multi-layer perceptron: the chain rule, layer by layer from the loss to the first weights.
 * It stands alone in its file so that a reader's own ml_mlp_backward can be linked in its place. */
#include "nn/nn.h"

#include <assert.h>

#include "kernels/kernels.h"

/* dW = x' dz, db = column sums of dz. */
static void dense_backward(const ml_mlp_layer *layer, size_t n, const float *x, const float *dz, float *gradient) {
    const size_t in = layer->inputs, out = layer->outputs;
    ml_kernel_column_sums(n, out, dz, out, gradient + layer->bias);
    ml_kernel_gemm_tn(in, out, n, x, in, dz, out, 0.0f, gradient + layer->weight, out);
}

/* From dz of a layer to the gradient of what the layer below put out, through that layer's dropout and activation: dx =
 * dz W' with the mask and the slope. Without a mask that is one kernel. */
static void through_below(const ml_mlp *net, const ml_mlp_pass *pass, const ml_mlp_layer *layer,
                          const ml_mlp_trace *below, const float *dz, float *dx) {
    const size_t in = layer->inputs, out = layer->outputs, count = pass->n * in;
    const bool dropped = below->out == below->dropped;
    const ml_kernel_activation slope =
        pass->skip_slope ? ML_KERNEL_IDENTITY : ml_activation_kernel(net->shape.activation);
    ml_kernel_dense_backward_input(pass->n, out, in, dz, out, net->param + layer->weight, out,
                                   dropped ? ML_KERNEL_IDENTITY : slope, below->active, in, dx, in);
    if (dropped) {
        ml_kernel_multiply(count, dx, below->mask, dx);
        if (!pass->skip_slope)
            ml_activation_backward(net->shape.activation, count, below->active, dx, dx);
    }
}

static void normalise_backward(const ml_mlp *net, size_t l, const ml_mlp_pass *pass, float *d, float *gradient) {
    const ml_mlp_layer *layer = &net->layer[l];
    const ml_mlp_trace *trace = &pass->trace[l];
    const float *scale = net->param + layer->scale;
    if (net->shape.normalisation == ML_NORM_LAYER)
        ml_layernorm_backward(pass->n, layer->outputs, d, scale, trace->normalised, trace->inverse,
                              gradient + layer->scale, gradient + layer->shift, d);
    else if (net->shape.normalisation == ML_NORM_BATCH)
        ml_batchnorm_backward(pass->n, layer->outputs, d, scale, trace->normalised, trace->inverse,
                              gradient + layer->scale, gradient + layer->shift, d);
}

void ml_mlp_backward(const ml_mlp *net, ml_mlp_pass *pass, float *gradient) {
    assert(pass->mode != ML_MLP_EVALUATE);
    const float *dz = pass->d_output;
    float *near = pass->d_near, *far = pass->d_far;
    for (size_t l = net->n_layers; l-- > 0;) {
        const float *x = l == 0 ? pass->x : pass->trace[l - 1].out;
        dense_backward(&net->layer[l], pass->n, x, dz, gradient);
        if (l == 0)
            break;
        through_below(net, pass, &net->layer[l], &pass->trace[l - 1], dz, near);
        normalise_backward(net, l - 1, pass, near, gradient);
        float *const spent = far;
        dz = far = near;
        near = spent;
    }
}
