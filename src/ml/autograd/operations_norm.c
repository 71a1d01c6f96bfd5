/* What looks at whole rows or columns: softmax, and normalisation of batches and of rows. */
#include "autograd/operations.h"

#include "kernels/kernels.h"
#include "kernels/normalise.h"

/* --- Softmax ------------------------------------------------------------------------------------------------------ */

ml_status ml_op_softmax_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *a = value_of(tape, node, 0);
    const size_t n = row_length(a);
    ml_kernel_softmax_rows(row_count(a), n, a->data, n, node->value.data, n);
    return ML_OK;
}

/* For each row y: da = y (dy - sum of y dy). */
void ml_op_softmax_backward(const ml_tape *tape, ml_node *node) {
    float *const gradient = gradient_of(tape, node, 0)->data;
    const size_t m = row_count(&node->value), n = row_length(&node->value);
    for (size_t i = 0; i < m; i++) {
        const float *y = node->value.data + i * n, *dy = node->gradient.data + i * n;
        const float total = ml_kernel_dot(n, y, dy);
        for (size_t j = 0; j < n; j++)
            gradient[i * n + j] += y[j] * (dy[j] - total);
    }
}

ml_status ml_op_log_softmax_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *a = value_of(tape, node, 0);
    const size_t n = row_length(a);
    ml_kernel_log_softmax_rows(row_count(a), n, a->data, n, node->value.data, n);
    return ML_OK;
}

/* For each row y: da = dy - exp(y) sum of dy. */
void ml_op_log_softmax_backward(const ml_tape *tape, ml_node *node) {
    float *const gradient = gradient_of(tape, node, 0)->data;
    const size_t m = row_count(&node->value), n = row_length(&node->value);
    ml_kernel_exp(m * n, node->value.data, node->scratch);
    for (size_t i = 0; i < m; i++) {
        const float *softmax = node->scratch + i * n, *dy = node->gradient.data + i * n;
        const float total = ml_kernel_sum(n, dy);
        for (size_t j = 0; j < n; j++)
            gradient[i * n + j] += dy[j] - softmax[j] * total;
    }
}

/* --- Normalisation ------------------------------------------------------------------------------------------------ */

ml_status ml_op_norm_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *x = value_of(tape, node, 0);
    ml_tensor_shape_text text, of_x;
    ML_TRY(ml_op_check_not_empty(tape, node, 0, error));
    for (int32_t i = 1; i < 3; i++) {
        const ml_tensor *t = value_of(tape, node, i);
        if (x->dimensions == 0 || t->dimensions != 1 || t->size[0] != row_length(x))
            return ml_fail(error, ML_ESHAPE, "%s: the input is %s, its %s is %s; it must be one number a feature",
                           node->name, ml_tensor_describe(x, &of_x), i == 1 ? "scale" : "shift",
                           ml_tensor_describe(t, &text));
    }
    if ((node->running_mean == NULL) != (node->running_variance == NULL))
        return ml_fail(error, ML_EINVAL, "%s: a running mean and a running variance go together; one of them is NULL",
                       node->name);
    return ml_op_shape_same(tape, node, error);
}

/* How the scratch is shared out. There is one inverse (of a standard deviation) a column or a row. */
typedef struct norm_scratch {
    float *normalised, *inverse, *dscale, *dshift, *dx;
} norm_scratch;

static norm_scratch share_out(const ml_node *node, size_t inverses) {
    const size_t count = ml_tensor_count(&node->value), d = row_length(&node->value);
    norm_scratch s = {.normalised = node->scratch};
    s.inverse = s.normalised + count;
    s.dscale = s.inverse + inverses;
    s.dshift = s.dscale + d;
    s.dx = s.dshift + d;
    return s;
}

static size_t floats_to_share(const ml_node *node, size_t inverses) {
    const size_t count = ml_tensor_count(&node->value), d = row_length(&node->value);
    return count + inverses + (node->needs_gradient ? 2 * d + count : 0);
}

/* Adds dx, dscale and dshift to the gradients of those parents that have one. */
static void add_all(const ml_tape *tape, const ml_node *node, const norm_scratch *s) {
    const float *const parts[3] = {s->dx, s->dscale, s->dshift};
    for (int32_t i = 0; i < 3; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        if (gradient != NULL)
            ml_kernel_add(ml_tensor_count(gradient), gradient->data, parts[i], gradient->data);
    }
}

size_t ml_op_batch_norm_scratch(const ml_tape *tape, const ml_node *node) {
    (void)tape;
    return floats_to_share(node, row_length(&node->value));
}

ml_status ml_op_batch_norm_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const size_t n = row_count(&node->value), d = row_length(&node->value);
    const norm_scratch s = share_out(node, d);
    const float *x = value_of(tape, node, 0)->data, *scale = value_of(tape, node, 1)->data,
                *shift = value_of(tape, node, 2)->data;
    if (!tape->repeating)
        node->evaluating = !tape->training && node->running_mean != NULL;
    if (node->evaluating)
        ml_kernel_batch_norm_evaluate(n, d, x, scale, shift, node->running_mean, node->running_variance, s.normalised,
                                      s.inverse, node->value.data);
    else {
        const bool moves = tape->training && !tape->repeating;
        ml_kernel_batch_norm(n, d, x, scale, shift, moves ? node->running_mean : NULL,
                             moves ? node->running_variance : NULL, s.normalised, s.inverse, node->value.data);
    }
    return ML_OK;
}

void ml_op_batch_norm_backward(const ml_tape *tape, ml_node *node) {
    const size_t n = row_count(&node->value), d = row_length(&node->value);
    const norm_scratch s = share_out(node, d);
    const float *scale = value_of(tape, node, 1)->data;
    if (node->evaluating)
        ml_kernel_batch_norm_evaluate_backward(n, d, node->gradient.data, scale, s.normalised, s.inverse, s.dscale,
                                               s.dshift, s.dx);
    else
        ml_kernel_batch_norm_backward(n, d, node->gradient.data, scale, s.normalised, s.inverse, s.dscale, s.dshift,
                                      s.dx);
    add_all(tape, node, &s);
}

size_t ml_op_layer_norm_scratch(const ml_tape *tape, const ml_node *node) {
    (void)tape;
    return floats_to_share(node, row_count(&node->value));
}

ml_status ml_op_layer_norm_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const size_t n = row_count(&node->value), d = row_length(&node->value);
    const norm_scratch s = share_out(node, n);
    ml_kernel_layer_norm(n, d, value_of(tape, node, 0)->data, value_of(tape, node, 1)->data,
                         value_of(tape, node, 2)->data, s.normalised, s.inverse, node->value.data);
    return ML_OK;
}

void ml_op_layer_norm_backward(const ml_tape *tape, ml_node *node) {
    const size_t n = row_count(&node->value), d = row_length(&node->value);
    const norm_scratch s = share_out(node, n);
    ml_kernel_layer_norm_backward(n, d, node->gradient.data, value_of(tape, node, 1)->data, s.normalised, s.inverse,
                                  s.dscale, s.dshift, s.dx);
    add_all(tape, node, &s);
}
