/* Convolution and pooling of images [n, height, width, channels]. The kernels overwrite their results, so they write
 * into scratch, and from there it is added to the gradients. */
#include "autograd/operations.h"

#include "kernels/kernels.h"

/* The sentences speak of one direction at a time. */
static ml_status check_window(const char *name, const char *direction, size_t window, size_t size, size_t padding,
                              ml_error *error) {
    if (padding > (SIZE_MAX - size) / 2)
        return ml_fail(error, ML_ESHAPE, "%s: a padding of %zu is beyond any memory", name, padding);
    if (window > size + 2 * padding)
        return ml_fail(error, ML_ESHAPE, "%s: a window of %s %zu does not fit into an image of %s %zu with padding %zu",
                       name, direction, window, direction, size, padding);
    return ML_OK;
}

static ml_status check_images(const ml_node *node, const ml_tensor *x, ml_error *error) {
    ml_tensor_shape_text text;
    if (x->dimensions != 4 || ml_tensor_count(x) == 0)
        return ml_fail(error, ML_ESHAPE, "%s: the images are %s; number x height x width x channels is needed, none 0",
                       node->name, ml_tensor_describe(x, &text));
    if (node->stride == 0)
        return ml_fail(error, ML_EINVAL, "%s: the stride is 0; windows must move on by 1 at least", node->name);
    return ML_OK;
}

/* --- Convolution -------------------------------------------------------------------------------------------------- */

static ml_conv conv_of(const ml_tape *tape, const ml_node *node) {
    const size_t *x = value_of(tape, node, 0)->size, *weight = value_of(tape, node, 1)->size;
    return (ml_conv){.n = x[0],
                     .height = x[1],
                     .width = x[2],
                     .channels = x[3],
                     .filters = weight[3],
                     .kernel_height = weight[0],
                     .kernel_width = weight[1],
                     .stride = node->stride,
                     .padding = node->padding};
}

static ml_status check_filters(const ml_tape *tape, const ml_node *node, ml_error *error) {
    const ml_tensor *x = value_of(tape, node, 0), *weight = value_of(tape, node, 1);
    ml_tensor_shape_text text;
    if (weight->dimensions != 4 || ml_tensor_count(weight) == 0)
        return ml_fail(error, ML_ESHAPE,
                       "conv2d: the weights are %s; height x width x channels x filters is needed, none 0",
                       ml_tensor_describe(weight, &text));
    if (weight->size[2] != x->size[3])
        return ml_fail(error, ML_ESHAPE, "conv2d: the images have %zu channels, the weights %zu", x->size[3],
                       weight->size[2]);
    if (node->parent[2] == ML_NO_NODE)
        return ML_OK;
    const ml_tensor *bias = value_of(tape, node, 2);
    if (bias->dimensions != 1 || bias->size[0] != weight->size[3])
        return ml_fail(error, ML_ESHAPE, "conv2d: the bias is %s, but there are %zu filters",
                       ml_tensor_describe(bias, &text), weight->size[3]);
    return ML_OK;
}

ml_status ml_op_conv2d_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    ML_TRY(check_images(node, value_of(tape, node, 0), error));
    ML_TRY(check_filters(tape, node, error));
    const ml_conv conv = conv_of(tape, node);
    ML_TRY(check_window("conv2d", "height", conv.kernel_height, conv.height, conv.padding, error));
    ML_TRY(check_window("conv2d", "width", conv.kernel_width, conv.width, conv.padding, error));
    node->value.dimensions = 4;
    node->value.size[0] = conv.n;
    node->value.size[1] = ml_conv_rows(&conv);
    node->value.size[2] = ml_conv_columns(&conv);
    node->value.size[3] = conv.filters;
    return ML_OK;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* First the gradient of the weights and bias, then, over it, that of the images. */
size_t ml_op_conv2d_scratch(const ml_tape *tape, const ml_node *node) {
    if (!node->needs_gradient)
        return 0;
    const size_t of_weight = ml_tensor_count(value_of(tape, node, 1)) + node->value.size[3];
    return larger(gradient_of(tape, node, 0) == NULL ? 0 : ml_tensor_count(value_of(tape, node, 0)), of_weight);
}

ml_status ml_op_conv2d_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_conv conv = conv_of(tape, node);
    const float *bias = node->parent[2] == ML_NO_NODE ? NULL : value_of(tape, node, 2)->data;
    ml_kernel_conv2d(&conv, value_of(tape, node, 0)->data, value_of(tape, node, 1)->data, bias, ML_KERNEL_IDENTITY,
                     node->value.data);
    return ML_OK;
}

static void add_to(const ml_tensor *gradient, const float *dx) {
    ml_kernel_add(ml_tensor_count(gradient), gradient->data, dx, gradient->data);
}

void ml_op_conv2d_backward(const ml_tape *tape, ml_node *node) {
    const ml_conv conv = conv_of(tape, node);
    const ml_tensor *x = value_of(tape, node, 0), *weight = value_of(tape, node, 1);
    const ml_tensor *of_x = gradient_of(tape, node, 0), *of_weight = gradient_of(tape, node, 1),
                    *of_bias = gradient_of(tape, node, 2);
    float *const dbias = node->scratch + ml_tensor_count(weight);
    if (of_weight != NULL || of_bias != NULL)
        ml_kernel_conv2d_backward_weight(&conv, x->data, node->gradient.data, node->scratch,
                                         of_bias == NULL ? NULL : dbias);
    if (of_weight != NULL)
        add_to(of_weight, node->scratch);
    if (of_bias != NULL)
        add_to(of_bias, dbias);
    if (of_x == NULL)
        return;
    ml_kernel_conv2d_backward_input(&conv, node->gradient.data, weight->data, node->scratch);
    add_to(of_x, node->scratch);
}

/* --- Pools -------------------------------------------------------------------------------------------------------- */

enum { LARGEST_WINDOW = 16 }; /* its elements are counted in a byte */

ml_status ml_op_pool_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *x = value_of(tape, node, 0);
    ML_TRY(check_images(node, x, error));
    if (node->window < 1 || node->window > LARGEST_WINDOW)
        return ml_fail(error, ML_EINVAL, "%s: the size of the window is %zu, not from 1 to %d", node->name,
                       node->window, LARGEST_WINDOW);
    ML_TRY(check_window(node->name, "height", node->window, x->size[1], 0, error));
    ML_TRY(check_window(node->name, "width", node->window, x->size[2], 0, error));
    node->value.dimensions = 4;
    node->value.size[0] = x->size[0];
    node->value.size[1] = ml_pool_out(x->size[1], node->window, node->stride);
    node->value.size[2] = ml_pool_out(x->size[2], node->window, node->stride);
    node->value.size[3] = x->size[3];
    return ML_OK;
}

/* The gradient of the images, and behind it which element of each window was the largest: a byte each. */
size_t ml_op_max_pool_scratch(const ml_tape *tape, const ml_node *node) {
    const size_t bytes = ml_tensor_count(&node->value);
    return ml_tensor_count(value_of(tape, node, 0)) + (bytes + sizeof(float) - 1) / sizeof(float);
}

static uint8_t *largest_of(const ml_tape *tape, const ml_node *node) {
    return (uint8_t *)(node->scratch + ml_tensor_count(value_of(tape, node, 0)));
}

ml_status ml_op_max_pool_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *x = value_of(tape, node, 0);
    ml_kernel_max_pool(x->size[0], x->size[1], x->size[2], x->size[3], node->window, node->stride, x->data,
                       node->value.data, largest_of(tape, node));
    return ML_OK;
}

void ml_op_max_pool_backward(const ml_tape *tape, ml_node *node) {
    const size_t *x = value_of(tape, node, 0)->size;
    ml_kernel_max_pool_backward(x[0], x[1], x[2], x[3], node->window, node->stride, node->gradient.data,
                                largest_of(tape, node), node->scratch);
    add_to(gradient_of(tape, node, 0), node->scratch);
}

ml_status ml_op_average_pool_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *x = value_of(tape, node, 0);
    ml_kernel_average_pool(x->size[0], x->size[1], x->size[2], x->size[3], node->window, node->stride, x->data,
                           node->value.data);
    return ML_OK;
}

void ml_op_average_pool_backward(const ml_tape *tape, ml_node *node) {
    const size_t *x = value_of(tape, node, 0)->size;
    ml_kernel_average_pool_backward(x[0], x[1], x[2], x[3], node->window, node->stride, node->gradient.data,
                                    node->scratch);
    add_to(gradient_of(tape, node, 0), node->scratch);
}
