/* Matrix products, and rows of a table. */
#include "autograd/operations.h"

#include "kernels/kernels.h"

ml_status ml_op_matmul_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_product_shape(value_of(tape, node, 0), value_of(tape, node, 1), &node->value.dimensions,
                                   node->value.size, error);
}

ml_status ml_op_matmul_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_matmul(value_of(tape, node, 0), value_of(tape, node, 1), &node->value, error);
}

/* With C = A B and G the gradient of C: that of A is G B^T, that of B is A^T G. */
void ml_op_matmul_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *of_a = gradient_of(tape, node, 0), *of_b = gradient_of(tape, node, 1);
    ml_tensor transposed;
    if (of_a != NULL) {
        ml_tensor_transpose(value_of(tape, node, 1), &transposed, NULL);
        ml_tensor_add_matmul(&node->gradient, &transposed, of_a, NULL);
    }
    if (of_b != NULL) {
        ml_tensor_transpose(value_of(tape, node, 0), &transposed, NULL);
        ml_tensor_add_matmul(&transposed, &node->gradient, of_b, NULL);
    }
}

/* size[0] of the node, how many rows are taken, was written there while recording. */
ml_status ml_op_gather_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *table = value_of(tape, node, 0);
    ml_tensor_shape_text text;
    if (table->dimensions != 2)
        return ml_fail(error, ML_ESHAPE, "gather: the table is %s; a matrix with a row for each index is needed",
                       ml_tensor_describe(table, &text));
    node->value.dimensions = 2;
    node->value.size[1] = table->size[1];
    return ML_OK;
}

ml_status ml_op_gather_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *table = value_of(tape, node, 0);
    const size_t n = node->value.size[0], d = node->value.size[1];
    for (size_t i = 0; i < n; i++)
        if (node->index[i] >= table->size[0])
            return ml_fail(error, ML_EINVAL, "gather: index[%zu] is %lu, but the table has only %zu rows, from 0 on", i,
                           (unsigned long)node->index[i], table->size[0]);
    ml_kernel_gather_rows(n, d, table->data, d, node->index, node->value.data, d);
    return ML_OK;
}

void ml_op_gather_backward(const ml_tape *tape, ml_node *node) {
    const size_t n = node->value.size[0], d = node->value.size[1];
    ml_kernel_scatter_add_rows(n, d, node->gradient.data, d, node->index, gradient_of(tape, node, 0)->data, d);
}
