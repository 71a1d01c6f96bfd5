/* Element by element: of two values, with broadcasting, and of one. */
#include "autograd/operations.h"

#include <string.h>

#include "base/math.h"
#include "kernels/kernels.h"
#include "kernels/normalise.h"

/* --- Of two ---------------------------------------------------------------------------------------------------------
 * * Where a parent was repeated by broadcasting, all its copies matter: their gradients are summed. */

ml_status ml_op_broadcast_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_common_shape(node->name, value_of(tape, node, 0), value_of(tape, node, 1), &node->value.dimensions,
                                  node->value.size, error);
}

/* The scratch as a tensor of the value's shape. */
static ml_tensor scratch_like_value(const ml_node *node) {
    return ml_tensor_over(node->scratch, node->value.dimensions, node->value.size);
}

ml_status ml_op_add_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_add(value_of(tape, node, 0), value_of(tape, node, 1), &node->value, error);
}

/* d(a + b) = da + db. */
void ml_op_add_backward(const ml_tape *tape, ml_node *node) {
    for (int32_t i = 0; i < 2; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        if (gradient != NULL)
            ml_tensor_add_sum(&node->gradient, gradient, NULL);
    }
}

ml_status ml_op_subtract_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_subtract(value_of(tape, node, 0), value_of(tape, node, 1), &node->value, error);
}

void ml_op_subtract_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *of_a = gradient_of(tape, node, 0), *of_b = gradient_of(tape, node, 1);
    const ml_tensor scratch = scratch_like_value(node);
    if (of_a != NULL)
        ml_tensor_add_sum(&node->gradient, of_a, NULL);
    if (of_b != NULL) {
        ml_tensor_scale(-1.0f, &node->gradient, &scratch, NULL);
        ml_tensor_add_sum(&scratch, of_b, NULL);
    }
}

ml_status ml_op_multiply_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_multiply(value_of(tape, node, 0), value_of(tape, node, 1), &node->value, error);
}

/* d(a b) = b da + a db. */
void ml_op_multiply_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor scratch = scratch_like_value(node);
    for (int32_t i = 0; i < 2; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        if (gradient == NULL)
            continue;
        ml_tensor_multiply(&node->gradient, value_of(tape, node, 1 - i), &scratch, NULL);
        ml_tensor_add_sum(&scratch, gradient, NULL);
    }
}

ml_status ml_op_divide_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_divide(value_of(tape, node, 0), value_of(tape, node, 1), &node->value, error);
}

/* y = a / b: dy = da / b - y db / b. */
void ml_op_divide_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *of_a = gradient_of(tape, node, 0), *of_b = gradient_of(tape, node, 1);
    const ml_tensor scratch = scratch_like_value(node);
    ml_tensor_divide(&node->gradient, value_of(tape, node, 1), &scratch, NULL);
    if (of_a != NULL)
        ml_tensor_add_sum(&scratch, of_a, NULL);
    if (of_b != NULL) {
        for (size_t i = 0; i < ml_tensor_count(&scratch); i++)
            scratch.data[i] *= -node->value.data[i];
        ml_tensor_add_sum(&scratch, of_b, NULL);
    }
}

ml_status ml_op_maximum_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_maximum(value_of(tape, node, 0), value_of(tape, node, 1), &node->value, error);
}

/* The gradient goes to the larger one; a - b below 0 says that this is b. */
void ml_op_maximum_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor scratch = scratch_like_value(node);
    for (int32_t which = 0; which < 2; which++) {
        const ml_tensor *gradient = gradient_of(tape, node, which);
        if (gradient == NULL)
            continue;
        ml_tensor_subtract(value_of(tape, node, 0), value_of(tape, node, 1), &scratch, NULL);
        for (size_t i = 0; i < ml_tensor_count(&scratch); i++)
            scratch.data[i] = (scratch.data[i] < 0.0f) == (which == 1) ? node->gradient.data[i] : 0.0f;
        ml_tensor_add_sum(&scratch, gradient, NULL);
    }
}

/* --- Of one ------------------------------------------------------------------------------------------------------- */

typedef void unary_kernel(size_t n, const float *x, float *y);

static ml_status apply(const ml_tape *tape, ml_node *node, unary_kernel *kernel) {
    kernel(ml_tensor_count(&node->value), value_of(tape, node, 0)->data, node->value.data);
    return ML_OK;
}

/* For slopes that are written in terms of `of`, the input's or the output's floats. */
static void add_gradient(const ml_tape *tape, const ml_node *node, ml_op_gradient_kernel *kernel, const float *of) {
    ml_op_add_gradient(ml_tensor_count(&node->value), kernel, of, node->gradient.data,
                       gradient_of(tape, node, 0)->data);
}

ml_status ml_op_scale_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    ml_kernel_scale(ml_tensor_count(&node->value), node->number, value_of(tape, node, 0)->data, node->value.data);
    return ML_OK;
}

void ml_op_scale_backward(const ml_tape *tape, ml_node *node) {
    ml_kernel_axpy(ml_tensor_count(&node->value), node->number, node->gradient.data, gradient_of(tape, node, 0)->data);
}

ml_status ml_op_absolute_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_absolute);
}

static void absolute_gradient(size_t n, const float *x, const float *dy, float *dx) {
    for (size_t i = 0; i < n; i++)
        dx[i] = x[i] > 0.0f ? dy[i] : x[i] < 0.0f ? -dy[i] : 0.0f;
}

void ml_op_absolute_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, absolute_gradient, value_of(tape, node, 0)->data);
}

ml_status ml_op_sqrt_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_sqrt);
}

/* y = sqrt(x): dy = dx / (2 y). */
static void sqrt_gradient(size_t n, const float *y, const float *dy, float *dx) {
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] / (2.0f * y[i]);
}

void ml_op_sqrt_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, sqrt_gradient, node->value.data);
}

ml_status ml_op_relu_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_relu);
}

void ml_op_relu_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, ml_kernel_relu_backward, node->value.data);
}

ml_status ml_op_tanh_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_tanh);
}

/* y = tanh(x): dy = (1 - y^2) dx. */
void ml_op_tanh_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, ml_kernel_tanh_backward, node->value.data);
}

ml_status ml_op_sigmoid_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_sigmoid);
}

/* y = sigmoid(x): dy = y (1 - y) dx. */
void ml_op_sigmoid_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, ml_kernel_sigmoid_backward, node->value.data);
}

ml_status ml_op_gelu_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_gelu);
}

/* y = x Phi(x): dy = (Phi(x) + x phi(x)) dx. */
void ml_op_gelu_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, ml_kernel_gelu_backward, value_of(tape, node, 0)->data);
}

ml_status ml_op_exp_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_exp);
}

/* y = exp(x): dy = y dx. */
void ml_op_exp_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, ml_kernel_multiply, node->value.data);
}

ml_status ml_op_log_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    return apply(tape, node, ml_kernel_log);
}

/* y = log(x): dy = dx / x. */
static void log_gradient(size_t n, const float *x, const float *dy, float *dx) {
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] / x[i];
}

void ml_op_log_backward(const ml_tape *tape, ml_node *node) {
    add_gradient(tape, node, log_gradient, value_of(tape, node, 0)->data);
}

/* --- Dropout: the scratch is the mask ----------------------------------------------------------------------------- */

ml_status ml_op_dropout_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    if (!(node->number >= 0.0f && node->number < 1.0f))
        return ml_fail(error, ML_EINVAL, "dropout: the rate is %g, not in [0, 1)", (double)node->number);
    return ml_op_shape_same(tape, node, error);
}

/* A tape that repeats draws the same mask again, without moving the caller's random numbers. */
ml_status ml_op_dropout_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const float *x = value_of(tape, node, 0)->data;
    const size_t n = ml_tensor_count(&node->value);
    if (!tape->repeating) {
        node->evaluating = !tape->training;
        if (tape->training && tape->rng == NULL)
            return ml_fail(error, ML_EINVAL, "dropout: the tape has no random numbers to train with; set its rng");
        if (tape->training)
            node->drawn_from = *tape->rng;
    }
    if (node->evaluating) {
        if (n > 0)
            memcpy(node->value.data, x, n * sizeof *x);
        return ML_OK;
    }
    ml_rng again = node->drawn_from;
    ml_kernel_dropout(n, (double)node->number, tape->repeating ? &again : tape->rng, x, node->scratch,
                      node->value.data);
    return ML_OK;
}

void ml_op_dropout_backward(const ml_tape *tape, ml_node *node) {
    const size_t n = ml_tensor_count(&node->value);
    float *gradient = gradient_of(tape, node, 0)->data;
    if (node->evaluating)
        ml_kernel_add(n, gradient, node->gradient.data, gradient);
    else
        ml_op_add_gradient(n, ml_kernel_multiply, node->scratch, node->gradient.data, gradient);
}
