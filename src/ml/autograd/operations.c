/* The table of operations, and what several of them share. */
#include "autograd/operations.h"

#include <string.h>

#include "kernels/kernels.h"

#define FUNCTIONS(name) ml_op_##name##_forward, ml_op_##name##_backward

const operation ml_operations[ML_OPERATIONS] = {
    [ML_OP_CONSTANT] = {.name = "constant"},
    [ML_OP_LEAF] = {.name = "leaf"},

    [ML_OP_ADD] = {"add", 2, 0, ml_op_broadcast_shape, NULL, FUNCTIONS(add)},
    [ML_OP_SUBTRACT] = {"subtract", 2, 0, ml_op_broadcast_shape, ml_op_for_gradient, FUNCTIONS(subtract)},
    [ML_OP_MULTIPLY] = {"multiply", 2, 0, ml_op_broadcast_shape, ml_op_for_gradient, FUNCTIONS(multiply)},
    [ML_OP_DIVIDE] = {"divide", 2, 0, ml_op_broadcast_shape, ml_op_for_gradient, FUNCTIONS(divide)},
    [ML_OP_MAXIMUM] = {"maximum", 2, 0, ml_op_broadcast_shape, ml_op_for_gradient, FUNCTIONS(maximum)},
    [ML_OP_SCALE] = {"scale", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(scale)},
    [ML_OP_ABSOLUTE] = {"absolute", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(absolute)},
    [ML_OP_SQRT] = {"sqrt", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(sqrt)},
    [ML_OP_RELU] = {"relu", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(relu)},
    [ML_OP_TANH] = {"tanh", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(tanh)},
    [ML_OP_SIGMOID] = {"sigmoid", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(sigmoid)},
    [ML_OP_GELU] = {"gelu", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(gelu)},
    [ML_OP_EXP] = {"exp", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(exp)},
    [ML_OP_LOG] = {"log", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(log)},
    [ML_OP_DROPOUT] = {"dropout", 1, 0, ml_op_dropout_shape, ml_op_like_parent, FUNCTIONS(dropout)},

    [ML_OP_TRANSPOSE] = {"transpose", 1, 0, ml_op_view_shape, NULL, FUNCTIONS(view)},
    [ML_OP_PERMUTE] = {"permute", 1, 0, ml_op_view_shape, NULL, FUNCTIONS(view)},
    [ML_OP_SLICE] = {"slice", 1, 0, ml_op_view_shape, NULL, FUNCTIONS(view)},
    [ML_OP_RESHAPE] = {"reshape", 1, 0, ml_op_reshape_shape, NULL, FUNCTIONS(reshape)},
    [ML_OP_CONCATENATE] = {"concatenate", 2, 0, ml_op_concatenate_shape, NULL, FUNCTIONS(concatenate)},
    [ML_OP_SUM] = {"sum", 1, 0, ml_op_sum_shape, NULL, FUNCTIONS(sum)},
    [ML_OP_MEAN] = {"mean", 1, 0, ml_op_mean_shape, NULL, FUNCTIONS(mean)},
    [ML_OP_SUM_TO] = {"sum_to", 1, 0, ml_op_sum_to_shape, NULL, FUNCTIONS(sum_to)},

    [ML_OP_MATMUL] = {"matmul", 2, 0, ml_op_matmul_shape, NULL, FUNCTIONS(matmul)},
    [ML_OP_GATHER] = {"gather", 1, 0, ml_op_gather_shape, NULL, FUNCTIONS(gather)},
    [ML_OP_CONV2D] = {"conv2d", 3, 1, ml_op_conv2d_shape, ml_op_conv2d_scratch, FUNCTIONS(conv2d)},
    [ML_OP_MAX_POOL] = {"max_pool", 1, 0, ml_op_pool_shape, ml_op_max_pool_scratch, FUNCTIONS(max_pool)},
    [ML_OP_AVERAGE_POOL] = {"average_pool", 1, 0, ml_op_pool_shape, ml_op_like_parent, FUNCTIONS(average_pool)},

    [ML_OP_SOFTMAX] = {"softmax", 1, 0, ml_op_shape_same, NULL, FUNCTIONS(softmax)},
    [ML_OP_LOG_SOFTMAX] = {"log_softmax", 1, 0, ml_op_shape_same, ml_op_for_gradient, FUNCTIONS(log_softmax)},
    [ML_OP_BATCH_NORM] = {"batch_norm", 3, 0, ml_op_norm_shape, ml_op_batch_norm_scratch, FUNCTIONS(batch_norm)},
    [ML_OP_LAYER_NORM] = {"layer_norm", 3, 0, ml_op_norm_shape, ml_op_layer_norm_scratch, FUNCTIONS(layer_norm)},

    [ML_OP_CROSS_ENTROPY] = {"cross_entropy", 1, 0, ml_op_cross_entropy_shape, ml_op_like_parent,
                             FUNCTIONS(cross_entropy)},
    [ML_OP_CROSS_ENTROPY_SMOOTH] = {"cross_entropy_smooth", 1, 0, ml_op_cross_entropy_shape, ml_op_like_parent,
                                    FUNCTIONS(cross_entropy_smooth)},
    [ML_OP_SAMPLED_SOFTMAX] = {"sampled_softmax", 2, 0, ml_op_sampled_softmax_shape, ml_op_sampled_softmax_scratch,
                               FUNCTIONS(sampled_softmax)},
    [ML_OP_BINARY_CROSS_ENTROPY] = {"binary_cross_entropy", 2, 0, ml_op_loss_of_pair_shape, ml_op_like_parent,
                                    FUNCTIONS(binary_cross_entropy)},
    [ML_OP_FOCAL] = {"focal", 2, 0, ml_op_loss_of_pair_shape, ml_op_like_parent, FUNCTIONS(focal)},
    [ML_OP_HINGE] = {"hinge", 2, 0, ml_op_loss_of_pair_shape, ml_op_like_parent, FUNCTIONS(hinge)},
    [ML_OP_KL] = {"kl", 2, 0, ml_op_loss_of_pair_shape, NULL, FUNCTIONS(kl)},
    [ML_OP_MSE] = {"mse", 2, 0, ml_op_loss_of_pair_shape, ml_op_like_parent, FUNCTIONS(mse)},
    [ML_OP_MAE] = {"mae", 2, 0, ml_op_loss_of_pair_shape, ml_op_like_parent, FUNCTIONS(difference_loss)},
    [ML_OP_HUBER] = {"huber", 2, 0, ml_op_loss_of_pair_shape, ml_op_like_parent, FUNCTIONS(difference_loss)},
    [ML_OP_PINBALL] = {"pinball", 2, 0, ml_op_loss_of_pair_shape, ml_op_like_parent, FUNCTIONS(difference_loss)},
    [ML_OP_TRIPLET] = {"triplet", 3, 0, ml_op_triplet_shape, ml_op_triplet_scratch, FUNCTIONS(triplet)},
};

void ml_op_take_shape(ml_node *node, const ml_tensor *a) {
    node->value.dimensions = a->dimensions;
    memcpy(node->value.size, a->size, sizeof a->size);
}

ml_status ml_op_check_not_empty(const ml_tape *tape, const ml_node *node, int32_t which, ml_error *error) {
    const ml_tensor *a = value_of(tape, node, which);
    ml_tensor_shape_text text;
    if (ml_tensor_count(a) == 0)
        return ml_fail(error, ML_ESHAPE, "%s: there is nothing in a tensor of %s", node->name,
                       ml_tensor_describe(a, &text));
    return ML_OK;
}

ml_status ml_op_shape_same(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    ml_op_take_shape(node, value_of(tape, node, 0));
    return ML_OK;
}

size_t ml_op_for_gradient(const ml_tape *tape, const ml_node *node) {
    (void)tape;
    return node->needs_gradient ? ml_tensor_count(&node->value) : 0;
}

size_t ml_op_like_parent(const ml_tape *tape, const ml_node *node) {
    return ml_tensor_count(value_of(tape, node, 0));
}

void ml_op_add_gradient(size_t n, ml_op_gradient_kernel *kernel, const float *y, const float *dy, float *gradient) {
    float piece[256]; /* stays in the first cache */
    for (size_t i = 0; i < n; i += sizeof piece / sizeof *piece) {
        const size_t length = n - i < sizeof piece / sizeof *piece ? n - i : sizeof piece / sizeof *piece;
        kernel(length, y + i, dy + i, piece);
        ml_kernel_add(length, gradient + i, piece, gradient + i);
    }
}
