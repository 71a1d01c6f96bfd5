/* What the steps of a plan do: each calls one kernel or two. */
#include "autograd/plan_steps.h"

#include <string.h>

/* --- Forwards ----------------------------------------------------------------------------------------------------- */

ml_status plan_dense(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_dense(step->dense.n, step->dense.out, step->dense.in, step->dense.x, step->dense.in, step->dense.w,
                    step->dense.out, step->dense.bias, step->dense.f, step->dense.y, step->dense.out);
    return ML_OK;
}

ml_status plan_conv(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_conv2d(&step->conv.shape, step->conv.x, step->conv.weight, step->conv.bias, step->conv.f, step->conv.y);
    return ML_OK;
}

ml_status plan_conv_relu_pool(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_conv2d_relu_pool(&step->conv.shape, step->conv.x, step->conv.weight, step->conv.bias, step->conv.y,
                               step->conv.index);
    return ML_OK;
}

ml_status plan_operation(const ml_plan *plan, const plan_step *step, ml_error *error) {
    return step->op.of->forward(&plan->tape, step->op.node, error);
}

/* --- Losses: as output, so that d output / d loss is 1. Their forward functions leave in the scratch what the
 * gradient is made of. --------------------------------------------------------------------------------------------- */

ml_status plan_mse(const ml_plan *plan, const plan_step *step, ml_error *error) {
    ML_TRY(step->op.of->forward(&plan->tape, step->op.node, error));
    ml_kernel_scale(step->op.n, step->op.share, step->op.node->scratch, step->op.gradient);
    return ML_OK;
}

ml_status plan_cross_entropy(const ml_plan *plan, const plan_step *step, ml_error *error) {
    ML_TRY(step->op.of->forward(&plan->tape, step->op.node, error));
    const uint8_t *label = step->op.node->label;
    const size_t rows = step->op.rows, classes = step->op.n / rows;
    ml_kernel_scale(step->op.n, step->op.share, step->op.node->scratch, step->op.gradient);
    for (size_t i = 0; i < rows; i++)
        step->op.gradient[i * classes + label[i]] -= step->op.share;
    return ML_OK;
}

ml_status plan_binary_cross_entropy(const ml_plan *plan, const plan_step *step, ml_error *error) {
    ML_TRY(step->op.of->forward(&plan->tape, step->op.node, error));
    ml_kernel_subtract(step->op.n, step->op.node->scratch, step->op.y, step->op.gradient);
    ml_kernel_scale(step->op.n, step->op.share, step->op.gradient, step->op.gradient);
    return ML_OK;
}

/* --- Backwards ---------------------------------------------------------------------------------------------------- */

ml_status plan_seed(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    *step->floats.y = 1.0f; /* d output / d output */
    return ML_OK;
}

ml_status plan_zero(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    memset(step->floats.y, 0, step->floats.n * sizeof *step->floats.y);
    return ML_OK;
}

ml_status plan_copy(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    memcpy(step->floats.y, step->floats.x, step->floats.n * sizeof *step->floats.y);
    return ML_OK;
}

ml_status plan_add(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_add(step->floats.n, step->floats.y, step->floats.x, step->floats.y);
    return ML_OK;
}

ml_status plan_slope(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    step->slope.kernel(step->slope.n, step->slope.y, step->slope.dy, step->slope.dx);
    return ML_OK;
}

ml_status plan_dense_input(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_dense_backward_input(step->dense_input.n, step->dense_input.out, step->dense_input.in,
                                   step->dense_input.dy, step->dense_input.out, step->dense_input.w,
                                   step->dense_input.out, step->dense_input.f, step->dense_input.x,
                                   step->dense_input.in, step->dense_input.dx, step->dense_input.in);
    return ML_OK;
}

ml_status plan_add_dense_input(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_gemm_nt(step->dense_input.n, step->dense_input.in, step->dense_input.out, step->dense_input.dy,
                      step->dense_input.out, step->dense_input.w, step->dense_input.out, 1.0f, step->dense_input.dx,
                      step->dense_input.in);
    return ML_OK;
}

static void weight_gradient(const plan_step *step, float beta) {
    ml_kernel_gemm_tn(step->weight.in, step->weight.out, step->weight.n, step->weight.x, step->weight.in,
                      step->weight.dy, step->weight.out, beta, step->weight.dw, step->weight.out);
}

ml_status plan_weight(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    weight_gradient(step, 0.0f);
    return ML_OK;
}

ml_status plan_add_weight(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    weight_gradient(step, 1.0f);
    return ML_OK;
}

ml_status plan_bias(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_column_sums(step->bias.n, step->bias.out, step->bias.dy, step->bias.out, step->bias.dbias);
    return ML_OK;
}

ml_status plan_add_bias(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    float *const dbias = step->bias.dbias;
    for (size_t i = 0; i < step->bias.n; i++)
        ml_kernel_add(step->bias.out, dbias, step->bias.dy + i * step->bias.out, dbias);
    return ML_OK;
}

ml_status plan_conv_gradients(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    if (step->conv_gradients.dweight != NULL)
        ml_kernel_conv2d_backward_weight(&step->conv_gradients.shape, step->conv_gradients.x, step->conv_gradients.dy,
                                         step->conv_gradients.dweight, step->conv_gradients.dbias);
    if (step->conv_gradients.dx != NULL)
        ml_kernel_conv2d_backward_input(&step->conv_gradients.shape, step->conv_gradients.dy,
                                        step->conv_gradients.weight, step->conv_gradients.dx);
    return ML_OK;
}

ml_status plan_conv_relu_pool_gradients(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)plan, (void)error;
    ml_kernel_conv2d_relu_pool_backward(&step->conv_gradients.shape, step->conv_gradients.x,
                                        step->conv_gradients.weight, step->conv_gradients.y, step->conv_gradients.index,
                                        step->conv_gradients.dy, step->conv_gradients.dweight,
                                        step->conv_gradients.dbias, step->conv_gradients.dx);
    return ML_OK;
}

ml_status plan_add_operation(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)error;
    step->op.of->backward(&plan->tape, step->op.node);
    return ML_OK;
}

/* --- Descent ------------------------------------------------------------------------------------------------------ */

ml_status plan_update_weight(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)error;
    ml_kernel_gemm_tn_update(step->weight.in, step->weight.out, step->weight.n, step->weight.x, step->weight.in,
                             step->weight.dy, step->weight.out, plan->factor, step->weight.dw, step->weight.out);
    return ML_OK;
}

ml_status plan_update_bias(const ml_plan *plan, const plan_step *step, ml_error *error) {
    plan_bias(plan, step, error);
    ml_kernel_axpy(step->bias.out, plan->factor, step->bias.dbias, step->bias.bias);
    return ML_OK;
}

ml_status plan_update(const ml_plan *plan, const plan_step *step, ml_error *error) {
    (void)error;
    ml_kernel_axpy(step->floats.n, plan->factor, step->floats.x, step->floats.y);
    return ML_OK;
}
