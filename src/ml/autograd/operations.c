/* Each operation: its forward computation, and right below it its gradient. */
#include "autograd/operations.h"

#include <math.h>
#include <string.h>

#include "base/math.h"
#include "kernels/kernels.h"

static ml_node *parent(const ml_tape *tape, const ml_node *node, int32_t which) {
    return &tape->node[node->parent[which]];
}

/* The gradient of a parent, or NULL if it does not need one. */
static const ml_tensor *gradient_of(const ml_tape *tape, const ml_node *node, int32_t which) {
    const ml_node *p = parent(tape, node, which);
    return p->needs_gradient ? &p->gradient : NULL;
}

/* --- Shapes ------------------------------------------------------------------------------------------------------- */

static ml_status shape_common(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_common_shape(&parent(tape, node, 0)->value, &parent(tape, node, 1)->value, &node->value.dimensions,
                                  node->value.size, error);
}

static ml_status shape_same(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *a = &parent(tape, node, 0)->value;
    node->value.dimensions = a->dimensions;
    memcpy(node->value.size, a->size, sizeof a->size);
    return ML_OK;
}

static ml_status shape_matmul(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *a = &parent(tape, node, 0)->value, *b = &parent(tape, node, 1)->value;
    ml_tensor_shape_text left, right;
    if (a->dimensions != 2 || b->dimensions != 2)
        return ml_fail(error, ML_ESHAPE, "matmul: left is %s, right is %s; both must have two dimensions",
                       ml_tensor_describe(a, &left), ml_tensor_describe(b, &right));
    if (a->size[1] != b->size[0])
        return ml_fail(error, ML_ESHAPE, "matmul: left is %s, right is %s; inner sizes %zu and %zu differ",
                       ml_tensor_describe(a, &left), ml_tensor_describe(b, &right), a->size[1], b->size[0]);
    node->value.dimensions = 2;
    node->value.size[0] = a->size[0];
    node->value.size[1] = b->size[1];
    return ML_OK;
}

static ml_status shape_single(const ml_tape *tape, ml_node *node, ml_error *error) {
    if (node->operation != ML_OP_SUM && ml_tensor_count(&parent(tape, node, 0)->value) == 0)
        return ml_fail(error, ML_ESHAPE, "%s: there is nothing to take the mean of",
                       ml_operation_name(node->operation));
    node->value.dimensions = 0;
    return ML_OK;
}

static ml_status shape_single_of_pair(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *a = &parent(tape, node, 0)->value, *b = &parent(tape, node, 1)->value;
    ml_tensor_shape_text left, right;
    if (!ml_tensor_same_shape(a, b))
        return ml_fail(error, ML_ESHAPE, "%s: left is %s, right is %s; the shapes must be equal",
                       ml_operation_name(node->operation), ml_tensor_describe(a, &left), ml_tensor_describe(b, &right));
    return shape_single(tape, node, error);
}

static ml_status shape_cross_entropy(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = &parent(tape, node, 0)->value;
    ml_tensor_shape_text text;
    if (logits->dimensions != 2)
        return ml_fail(error, ML_ESHAPE,
                       "cross_entropy: the logits are %s; a matrix with a row for each example is needed",
                       ml_tensor_describe(logits, &text));
    return shape_single(tape, node, error);
}

/* --- Sums and products ----------------------------------------------------------------------------------------------
 */

static ml_status add_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_add(&parent(tape, node, 0)->value, &parent(tape, node, 1)->value, &node->value, error);
}

/* d(a + b) = da + db. Where a parent was repeated by broadcasting, all its copies matter: their gradients are summed.
 */
static void add_backward(const ml_tape *tape, ml_node *node) {
    for (int32_t i = 0; i < 2; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        if (gradient != NULL)
            ml_tensor_add_sum(&node->gradient, gradient, NULL);
    }
}

static ml_status subtract_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_subtract(&parent(tape, node, 0)->value, &parent(tape, node, 1)->value, &node->value, error);
}

static void subtract_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *of_a = gradient_of(tape, node, 0), *of_b = gradient_of(tape, node, 1);
    if (of_a != NULL)
        ml_tensor_add_sum(&node->gradient, of_a, NULL);
    if (of_b != NULL) {
        ml_tensor_scale(-1.0f, &node->gradient, &node->scratch, NULL);
        ml_tensor_add_sum(&node->scratch, of_b, NULL);
    }
}

static ml_status multiply_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_multiply(&parent(tape, node, 0)->value, &parent(tape, node, 1)->value, &node->value, error);
}

/* d(a b) = b da + a db. */
static void multiply_backward(const ml_tape *tape, ml_node *node) {
    for (int32_t i = 0; i < 2; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        if (gradient == NULL)
            continue;
        ml_tensor_multiply(&node->gradient, &parent(tape, node, 1 - i)->value, &node->scratch, NULL);
        ml_tensor_add_sum(&node->scratch, gradient, NULL);
    }
}

static ml_status matmul_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_matmul(&parent(tape, node, 0)->value, &parent(tape, node, 1)->value, &node->value, error);
}

/* With C = A B and G the gradient of C: that of A is G B^T, that of B is A^T G. */
static void matmul_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *of_a = gradient_of(tape, node, 0), *of_b = gradient_of(tape, node, 1);
    ml_tensor transposed;
    if (of_a != NULL) {
        ml_tensor_transpose(&parent(tape, node, 1)->value, &transposed, NULL);
        ml_tensor_add_matmul(&node->gradient, &transposed, of_a, NULL);
    }
    if (of_b != NULL) {
        ml_tensor_transpose(&parent(tape, node, 0)->value, &transposed, NULL);
        ml_tensor_add_matmul(&transposed, &node->gradient, of_b, NULL);
    }
}

/* --- Functions of one value ------------------------------------------------------------------------------------------
 */

/* Adds what a gradient function left in scratch. */
static void add_scratch(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = &parent(tape, node, 0)->gradient;
    ml_tensor_add(gradient, &node->scratch, gradient, NULL);
}

static ml_status relu_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_relu(&parent(tape, node, 0)->value, &node->value, error);
}

static void relu_backward(const ml_tape *tape, ml_node *node) {
    ml_kernel_relu_backward(ml_tensor_count(&node->value), node->value.data, node->gradient.data, node->scratch.data);
    add_scratch(tape, node);
}

static ml_status tanh_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_tanh(&parent(tape, node, 0)->value, &node->value, error);
}

/* y = tanh(x): dy = (1 - y^2) dx. */
static void tanh_backward(const ml_tape *tape, ml_node *node) {
    ml_kernel_tanh_backward(ml_tensor_count(&node->value), node->value.data, node->gradient.data, node->scratch.data);
    add_scratch(tape, node);
}

static ml_status sigmoid_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_sigmoid(&parent(tape, node, 0)->value, &node->value, error);
}

/* y = sigmoid(x): dy = y (1 - y) dx. */
static void sigmoid_backward(const ml_tape *tape, ml_node *node) {
    ml_kernel_sigmoid_backward(ml_tensor_count(&node->value), node->value.data, node->gradient.data,
                               node->scratch.data);
    add_scratch(tape, node);
}

static ml_status exp_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_exp(&parent(tape, node, 0)->value, &node->value, error);
}

/* y = exp(x): dy = y dx. */
static void exp_backward(const ml_tape *tape, ml_node *node) {
    ml_tensor_multiply(&node->gradient, &node->value, &node->scratch, NULL);
    add_scratch(tape, node);
}

static ml_status log_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_log(&parent(tape, node, 0)->value, &node->value, error);
}

/* y = log(x): dy = dx / x. */
static void log_backward(const ml_tape *tape, ml_node *node) {
    const float *x = parent(tape, node, 0)->value.data;
    for (size_t i = 0; i < ml_tensor_count(&node->value); i++)
        node->scratch.data[i] = node->gradient.data[i] / x[i];
    add_scratch(tape, node);
}

/* --- Totals ------------------------------------------------------------------------------------------------------- */

static ml_status sum_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_sum(&parent(tape, node, 0)->value, &node->value, error);
}

/* Each element counts once, so each gets the whole gradient. */
static void sum_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = &parent(tape, node, 0)->gradient;
    ml_tensor_add(gradient, &node->gradient, gradient, NULL);
}

static ml_status mean_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_tensor_mean(&parent(tape, node, 0)->value, &node->value, error);
}

static void mean_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = &parent(tape, node, 0)->gradient;
    float share = node->gradient.data[0] / (float)ml_tensor_count(gradient);
    const ml_tensor of_each = ml_tensor_over(&share, 0, NULL);
    ml_tensor_add(gradient, &of_each, gradient, NULL);
}

/* --- Losses: means over examples. The sums run in double, so that the loss of a large batch keeps its digits. ----- */

/* -log of the softmax of one row at `label`; share [n] becomes the softmax. With the maximum taken out, no exp is above
 * 1 and their sum is at least 1. */
static double cross_entropy_of_row(size_t n, const float *logit, uint8_t label, float *share) {
    const float most = ml_kernel_max(n, logit);
    for (size_t j = 0; j < n; j++)
        share[j] = logit[j] - most;
    const double of_label = (double)share[label];
    ml_kernel_exp(n, share, share);
    const float total = ml_kernel_sum(n, share);
    for (size_t j = 0; j < n; j++)
        share[j] /= total;
    return ml_log((double)total) - of_label;
}

static ml_status cross_entropy_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = &parent(tape, node, 0)->value;
    const size_t m = logits->size[0], n = logits->size[1];
    for (size_t i = 0; i < m; i++)
        if (node->label[i] >= n)
            return ml_fail(error, ML_EINVAL,
                           "cross_entropy: label[%zu] is %u, but there are only %zu classes, from 0 on", i,
                           (unsigned)node->label[i], n);
    double total = 0.0;
    for (size_t i = 0; i < m; i++)
        total += cross_entropy_of_row(n, logits->data + i * n, node->label[i], node->scratch.data + i * n);
    node->value.data[0] = (float)(total / (double)m);
    return ML_OK;
}

/* For each row (softmax - one-hot) / m. */
static void cross_entropy_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = &parent(tape, node, 0)->gradient;
    const size_t m = gradient->size[0], n = gradient->size[1];
    const float share = node->gradient.data[0] / (float)m;
    ml_kernel_axpy(m * n, share, node->scratch.data, gradient->data);
    for (size_t i = 0; i < m; i++)
        gradient->data[i * n + node->label[i]] -= share;
}

/* max(z, 0) - y z + log(1 + exp(-|z|)) is the loss of one logit, and nothing in it overflows. */
static ml_status binary_cross_entropy_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = &parent(tape, node, 0)->value;
    const float *y = parent(tape, node, 1)->value.data;
    const size_t n = ml_tensor_count(logits);
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double z = (double)logits->data[i], target = (double)y[i];
        if (!(target >= 0.0 && target <= 1.0))
            return ml_fail(error, ML_EINVAL, "binary_cross_entropy: y[%zu] is %g, not in [0, 1]", i, target);
        total += (z > 0.0 ? z : 0.0) - target * z + ml_log1p(ml_exp(-fabs(z)));
    }
    ml_kernel_sigmoid(n, logits->data, node->scratch.data);
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

/* (sigmoid(z) - y) / n. */
static void binary_cross_entropy_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = gradient_of(tape, node, 0);
    if (gradient == NULL)
        return;
    const float *y = parent(tape, node, 1)->value.data;
    const size_t n = ml_tensor_count(gradient);
    const float share = node->gradient.data[0] / (float)n;
    for (size_t i = 0; i < n; i++)
        gradient->data[i] += share * (node->scratch.data[i] - y[i]);
}

static ml_status mse_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *a = &parent(tape, node, 0)->value, *b = &parent(tape, node, 1)->value;
    const size_t n = ml_tensor_count(a);
    double total = 0.0;
    ML_TRY(ml_tensor_subtract(a, b, &node->scratch, error));
    for (size_t i = 0; i < n; i++)
        total += (double)node->scratch.data[i] * (double)node->scratch.data[i];
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

/* 2 (a - b) / n for a, the opposite for b. */
static void mse_backward(const ml_tape *tape, ml_node *node) {
    const size_t n = ml_tensor_count(&node->scratch);
    const float share = 2.0f * node->gradient.data[0] / (float)n;
    for (int32_t i = 0; i < 2; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        if (gradient != NULL)
            ml_kernel_axpy(n, i == 0 ? share : -share, node->scratch.data, gradient->data);
    }
}

const operation ml_operations[] = {
    [ML_OP_CONSTANT] = {.name = "constant"},
    [ML_OP_LEAF] = {.name = "leaf"},
    [ML_OP_ADD] = {"add", 2, NO_SCRATCH, shape_common, add_forward, add_backward},
    [ML_OP_SUBTRACT] = {"subtract", 2, SCRATCH_LIKE_VALUE, shape_common, subtract_forward, subtract_backward},
    [ML_OP_MULTIPLY] = {"multiply", 2, SCRATCH_LIKE_VALUE, shape_common, multiply_forward, multiply_backward},
    [ML_OP_MATMUL] = {"matmul", 2, NO_SCRATCH, shape_matmul, matmul_forward, matmul_backward},
    [ML_OP_RELU] = {"relu", 1, SCRATCH_LIKE_VALUE, shape_same, relu_forward, relu_backward},
    [ML_OP_TANH] = {"tanh", 1, SCRATCH_LIKE_VALUE, shape_same, tanh_forward, tanh_backward},
    [ML_OP_SIGMOID] = {"sigmoid", 1, SCRATCH_LIKE_VALUE, shape_same, sigmoid_forward, sigmoid_backward},
    [ML_OP_EXP] = {"exp", 1, SCRATCH_LIKE_VALUE, shape_same, exp_forward, exp_backward},
    [ML_OP_LOG] = {"log", 1, SCRATCH_LIKE_VALUE, shape_same, log_forward, log_backward},
    [ML_OP_SUM] = {"sum", 1, NO_SCRATCH, shape_single, sum_forward, sum_backward},
    [ML_OP_MEAN] = {"mean", 1, NO_SCRATCH, shape_single, mean_forward, mean_backward},
    [ML_OP_CROSS_ENTROPY] = {"cross_entropy", 1, SCRATCH_LIKE_PARENT, shape_cross_entropy, cross_entropy_forward,
                             cross_entropy_backward},
    [ML_OP_BINARY_CROSS_ENTROPY] = {"binary_cross_entropy", 2, SCRATCH_LIKE_PARENT, shape_single_of_pair,
                                    binary_cross_entropy_forward, binary_cross_entropy_backward},
    [ML_OP_MSE] = {"mse", 2, SCRATCH_LIKE_PARENT, shape_single_of_pair, mse_forward, mse_backward},
};
