/* Backpropagation through a multi-layer perceptron: the chain rule, layer by layer from the loss to the first weights.
 * It stands alone in its file so that a reader's own ml_mlp_backward can be linked in its place. */
#include "nn/nn.h"

#include <assert.h>

#include "kernels/kernels.h"

/* dW = x' dz, db = column sums of dz; and dx = dz W', unless dx is NULL. With one output, dz is a vector and the
 * products are written as those of a row: the same sums, along contiguous memory. */
static void dense_backward(const ml_mlp_layer *layer, const float *param, size_t n, const float *x, const float *dz,
                           float *gradient, float *dx) {
    const size_t in = layer->inputs, out = layer->outputs;
    const float *weight = param + layer->weight;
    ml_kernel_column_sums(n, out, dz, out, gradient + layer->bias);
    if (out == 1) {
        ml_kernel_gemm_nn(1, in, n, dz, n, x, in, 0.0f, gradient + layer->weight, in);
        if (dx != NULL)
            ml_kernel_gemm_nn(n, in, 1, dz, 1, weight, in, 0.0f, dx, in);
        return;
    }
    ml_kernel_gemm_tn(in, out, n, x, in, dz, out, 0.0f, gradient + layer->weight, out);
    if (dx != NULL)
        ml_kernel_gemm_nt(n, in, out, dz, out, weight, out, 0.0f, dx, in);
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
        dense_backward(&net->layer[l], net->param, pass->n, x, dz, gradient, l == 0 ? NULL : near);
        if (l == 0)
            break;
        const ml_mlp_trace *below = &pass->trace[l - 1];
        const size_t count = pass->n * net->shape.width;
        if (below->out == below->dropped)
            ml_kernel_multiply(count, near, below->mask, near);
        if (!pass->skip_slope)
            ml_activation_backward(net->shape.activation, count, below->active, near, near);
        normalise_backward(net, l - 1, pass, near, gradient);
        float *const spent = far;
        dz = far = near;
        near = spent;
    }
}
