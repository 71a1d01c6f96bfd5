/* What the tape knows of each operation. Private to ml/autograd. */
#ifndef ML_AUTOGRAD_OPERATIONS_H
#define ML_AUTOGRAD_OPERATIONS_H

#include "autograd/autograd.h"

typedef struct operation {
    const char *name;
    int32_t n_parents;
    int32_t n_optional; /* so many of the last ones may be ML_NO_NODE */

    /* Checks the parents' shapes and what the operation was told, and fills in the dimensions and sizes of node->value.
     */
    ml_status (*shape)(const ml_tape *tape, ml_node *node, ml_error *error);

    /* How many floats of scratch it wants; NULL: none. The node's shape is known. */
    size_t (*scratch)(const ml_tape *tape, const ml_node *node);

    /* Fills node->value from the parents' values. */
    ml_status (*forward)(const ml_tape *tape, ml_node *node, ml_error *error);

    /* Adds node->gradient times the local derivative to the gradient of each parent that needs one. */
    void (*backward)(const ml_tape *tape, ml_node *node);
} operation;

/* By ml_operation. Leaves and constants have a name and nothing else. */
extern const operation ml_operations[ML_OPERATIONS];

/* --- What the files of operations share --------------------------------------------------------------------------- */

static inline const ml_tensor *value_of(const ml_tape *tape, const ml_node *node, int32_t which) {
    return &tape->node[node->parent[which]].value;
}

/* The gradient of a parent, or NULL if it is not there or does not need one. */
static inline const ml_tensor *gradient_of(const ml_tape *tape, const ml_node *node, int32_t which) {
    const int32_t parent = node->parent[which];
    return parent != ML_NO_NODE && tape->node[parent].needs_gradient ? &tape->node[parent].gradient : NULL;
}

/* The last dimension is a row; all others together count the rows. A single number is one row of one. */
static inline size_t row_length(const ml_tensor *t) {
    return t->dimensions == 0 ? 1 : t->size[t->dimensions - 1];
}

static inline size_t row_count(const ml_tensor *t) {
    size_t rows = 1;
    for (int32_t d = 0; d + 1 < t->dimensions; d++)
        rows *= t->size[d];
    return rows;
}

/* The node's value gets a's shape. */
void ml_op_take_shape(ml_node *node, const ml_tensor *a);

/* Refuses a parent with no elements. */
ml_status ml_op_check_not_empty(const ml_tape *tape, const ml_node *node, int32_t which, ml_error *error);

/* The shape of the first parent. */
ml_status ml_op_shape_same(const ml_tape *tape, ml_node *node, ml_error *error);

/* As many floats as the value has, if there will be a gradient; as many as the first parent has. */
size_t ml_op_for_gradient(const ml_tape *tape, const ml_node *node);
size_t ml_op_like_parent(const ml_tape *tape, const ml_node *node);

/* gradient += dx, dx being computed piece by piece as kernel(y, dy): a gradient function of one value that needs no
 * room for the whole of dx. */
typedef void ml_op_gradient_kernel(size_t n, const float *y, const float *dy, float *dx);
void ml_op_add_gradient(size_t n, ml_op_gradient_kernel *kernel, const float *y, const float *dy, float *gradient);

/* The rest is written by the files: operations_<subject>.c and losses.c. */
#define ML_OP_FUNCTIONS(name)                                                                                          \
    ml_status ml_op_##name##_forward(const ml_tape *tape, ml_node *node, ml_error *error);                             \
    void ml_op_##name##_backward(const ml_tape *tape, ml_node *node);
#define ML_OP_SHAPE(name)   ml_status ml_op_##name##_shape(const ml_tape *tape, ml_node *node, ml_error *error);
#define ML_OP_SCRATCH(name) size_t ml_op_##name##_scratch(const ml_tape *tape, const ml_node *node);

/* operations_elementwise.c */
ML_OP_SHAPE(broadcast)
ML_OP_SHAPE(dropout)
ML_OP_FUNCTIONS(add)
ML_OP_FUNCTIONS(subtract)
ML_OP_FUNCTIONS(multiply)
ML_OP_FUNCTIONS(divide)
ML_OP_FUNCTIONS(maximum)
ML_OP_FUNCTIONS(scale)
ML_OP_FUNCTIONS(absolute)
ML_OP_FUNCTIONS(sqrt)
ML_OP_FUNCTIONS(relu)
ML_OP_FUNCTIONS(tanh)
ML_OP_FUNCTIONS(sigmoid)
ML_OP_FUNCTIONS(gelu)
ML_OP_FUNCTIONS(exp)
ML_OP_FUNCTIONS(log)
ML_OP_FUNCTIONS(dropout)

/* operations_shape.c: transpose, permute, reshape and slice are views of their parent and share two functions. */
ML_OP_SHAPE(view)
ML_OP_SHAPE(reshape)
ML_OP_SHAPE(concatenate)
ML_OP_SHAPE(sum)
ML_OP_SHAPE(mean)
ML_OP_SHAPE(sum_to)
ML_OP_FUNCTIONS(view)
ML_OP_FUNCTIONS(reshape)
ML_OP_FUNCTIONS(concatenate)
ML_OP_FUNCTIONS(sum)
ML_OP_FUNCTIONS(mean)
ML_OP_FUNCTIONS(sum_to)

/* operations_matrix.c */
ML_OP_SHAPE(matmul)
ML_OP_SHAPE(gather)
ML_OP_SCRATCH(gather)
ML_OP_FUNCTIONS(matmul)
ML_OP_FUNCTIONS(gather)

/* operations_conv.c */
ML_OP_SHAPE(conv2d)
ML_OP_SHAPE(pool)
ML_OP_SCRATCH(conv2d)
ML_OP_SCRATCH(max_pool)
ML_OP_FUNCTIONS(conv2d)
ML_OP_FUNCTIONS(max_pool)
ML_OP_FUNCTIONS(average_pool)

/* operations_norm.c */
ML_OP_SHAPE(norm)
ML_OP_SCRATCH(batch_norm)
ML_OP_SCRATCH(layer_norm)
ML_OP_FUNCTIONS(softmax)
ML_OP_FUNCTIONS(log_softmax)
ML_OP_FUNCTIONS(batch_norm)
ML_OP_FUNCTIONS(layer_norm)

/* losses.c: mae, huber and pinball share two functions. */
ML_OP_SHAPE(loss_of_pair)
ML_OP_SHAPE(cross_entropy)
ML_OP_SHAPE(sampled_softmax)
ML_OP_SHAPE(triplet)
ML_OP_SCRATCH(sampled_softmax)
ML_OP_SCRATCH(triplet)
ML_OP_FUNCTIONS(cross_entropy)
ML_OP_FUNCTIONS(cross_entropy_smooth)
ML_OP_FUNCTIONS(sampled_softmax)
ML_OP_FUNCTIONS(binary_cross_entropy)
ML_OP_FUNCTIONS(focal)
ML_OP_FUNCTIONS(hinge)
ML_OP_FUNCTIONS(kl)
ML_OP_FUNCTIONS(mse)
ML_OP_FUNCTIONS(difference_loss)
ML_OP_FUNCTIONS(triplet)

#endif
