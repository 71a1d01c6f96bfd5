/* The same elements in other shapes, and sums of them. */
#include "autograd/operations.h"

#include <string.h>

#include "kernels/kernels.h"

/* --- Views: transpose, permute, slice --------------------------------------------------------------------------------
 * The value is a copy of the parent seen through the view; the gradient goes back through the same view. */

static ml_status view_of(const ml_node *node, const ml_tensor *a, ml_tensor *view, ml_error *error) {
    if (node->operation == ML_OP_TRANSPOSE)
        return ml_tensor_transpose(a, view, error);
    if (node->operation == ML_OP_PERMUTE)
        return ml_tensor_permute(a, node->order, view, error);
    return ml_tensor_slice(a, node->dimension, node->from, node->to, view, error);
}

ml_status ml_op_view_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    ml_tensor view;
    ML_TRY(view_of(node, value_of(tape, node, 0), &view, error));
    ml_op_take_shape(node, &view);
    return ML_OK;
}

ml_status ml_op_view_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    ml_tensor view;
    ML_TRY(view_of(node, value_of(tape, node, 0), &view, error));
    return ml_tensor_copy(&view, &node->value, error);
}

void ml_op_view_backward(const ml_tape *tape, ml_node *node) {
    ml_tensor view;
    if (view_of(node, gradient_of(tape, node, 0), &view, NULL) == ML_OK)
        ml_tensor_add(&view, &node->gradient, &view, NULL);
}

/* --- The other shapes --------------------------------------------------------------------------------------------- */

/* The wanted shape stands in the node. */
ml_status ml_op_reshape_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    ml_tensor shaped;
    return ml_tensor_reshape(value_of(tape, node, 0), node->value.dimensions, node->value.size, &shaped, error);
}

ml_status ml_op_reshape_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const size_t n = ml_tensor_count(&node->value);
    if (n > 0)
        memcpy(node->value.data, value_of(tape, node, 0)->data, n * sizeof(float));
    return ML_OK;
}

void ml_op_reshape_backward(const ml_tape *tape, ml_node *node) {
    float *gradient = gradient_of(tape, node, 0)->data;
    ml_kernel_add(ml_tensor_count(&node->value), gradient, node->gradient.data, gradient);
}

ml_status ml_op_concatenate_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_concatenated_shape(value_of(tape, node, 0), value_of(tape, node, 1), node->dimension,
                                        &node->value.dimensions, node->value.size, error);
}

ml_status ml_op_concatenate_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_concatenate(value_of(tape, node, 0), value_of(tape, node, 1), node->dimension, &node->value,
                                 error);
}

/* Each parent gets its own part of the gradient. */
void ml_op_concatenate_backward(const ml_tape *tape, ml_node *node) {
    size_t from = 0;
    for (int32_t i = 0; i < 2; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        const size_t to = from + value_of(tape, node, i)->size[node->dimension];
        ml_tensor part;
        if (gradient != NULL && ml_tensor_slice(&node->gradient, node->dimension, from, to, &part, NULL) == ML_OK)
            ml_tensor_add(gradient, &part, gradient, NULL);
        from = to;
    }
}

/* --- Sums --------------------------------------------------------------------------------------------------------- */

ml_status ml_op_sum_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)tape;
    (void)error;
    node->value.dimensions = 0;
    return ML_OK;
}

ml_status ml_op_sum_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_sum(value_of(tape, node, 0), &node->value, error);
}

static void add_to_all(float share, const ml_tensor *gradient) {
    for (size_t i = 0; i < ml_tensor_count(gradient); i++)
        gradient->data[i] += share;
}

/* Each element counts once, so each gets the whole gradient. */
void ml_op_sum_backward(const ml_tape *tape, ml_node *node) {
    add_to_all(node->gradient.data[0], gradient_of(tape, node, 0));
}

ml_status ml_op_mean_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    if (ml_tensor_count(value_of(tape, node, 0)) == 0)
        return ml_fail(error, ML_ESHAPE, "%s: there is nothing to take the mean of", node->name);
    return ml_op_sum_shape(tape, node, error);
}

ml_status ml_op_mean_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_mean(value_of(tape, node, 0), &node->value, error);
}

void ml_op_mean_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = gradient_of(tape, node, 0);
    add_to_all(node->gradient.data[0] / (float)ml_tensor_count(gradient), gradient);
}

/* The wanted shape stands in the node. */
ml_status ml_op_sum_to_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *a = value_of(tape, node, 0), to = ml_tensor_over(NULL, node->value.dimensions, node->value.size);
    ml_tensor_shape_text from, wanted;
    ml_tensor repeated;
    if (ml_tensor_broadcast(&to, a->dimensions, a->size, &repeated, NULL) != ML_OK)
        return ml_fail(error, ML_ESHAPE, "sum_to: %s cannot be summed to %s; each size must be a's or 1",
                       ml_tensor_describe(a, &from), ml_tensor_describe(&to, &wanted));
    return ML_OK;
}

ml_status ml_op_sum_to_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_sum(value_of(tape, node, 0), &node->value, error);
}

void ml_op_sum_to_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = gradient_of(tape, node, 0);
    ml_tensor_add(gradient, &node->gradient, gradient, NULL);
}
