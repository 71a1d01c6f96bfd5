/* Losses: means over rows or elements. The sums run in double, so that the loss of a large batch keeps its digits. */
#include "autograd/operations.h"

#include "base/math.h"
#include "kernels/kernels.h"

static ml_status shape_single(const ml_tape *tape, ml_node *node, ml_error *error) {
    return ml_op_mean_shape(tape, node, error);
}

/* --- Cross-entropy with labels ------------------------------------------------------------------------------------ */

ml_status ml_op_cross_entropy_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = value_of(tape, node, 0);
    ml_tensor_shape_text text;
    if (logits->dimensions != 2)
        return ml_fail(error, ML_ESHAPE, "%s: the logits are %s; a matrix with a row for each example is needed",
                       node->name, ml_tensor_describe(logits, &text));
    if (!(node->number >= 0.0f && node->number <= 1.0f))
        return ml_fail(error, ML_EINVAL, "%s: the smoothing is %g, not in [0, 1]", node->name, (double)node->number);
    return shape_single(tape, node, error);
}

static ml_status check_labels(const ml_node *node, size_t m, size_t n, ml_error *error) {
    for (size_t i = 0; i < m; i++)
        if (node->label[i] >= n)
            return ml_fail(error, ML_EINVAL, "%s: label[%zu] is %u, but there are only %zu classes, from 0 on",
                           node->name, i, (unsigned)node->label[i], n);
    return ML_OK;
}

/* -log of the softmax of one row at `label`; share [n], which may be the row, becomes the softmax. With the maximum
 * taken out, no exp is above 1 and their sum is at least 1. */
static double cross_entropy_of_row(size_t n, const float *logit, size_t label, float *share) {
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

ml_status ml_op_cross_entropy_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = value_of(tape, node, 0);
    const size_t m = logits->size[0], n = logits->size[1];
    ML_TRY(check_labels(node, m, n, error));
    double total = 0.0;
    for (size_t i = 0; i < m; i++)
        total += cross_entropy_of_row(n, logits->data + i * n, node->label[i], node->scratch + i * n);
    node->value.data[0] = (float)(total / (double)m);
    return ML_OK;
}

/* For each row (softmax - one-hot) / m. */
void ml_op_cross_entropy_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = gradient_of(tape, node, 0);
    const size_t m = gradient->size[0], n = gradient->size[1];
    const float share = node->gradient.data[0] / (float)m;
    ml_kernel_axpy(m * n, share, node->scratch, gradient->data);
    for (size_t i = 0; i < m; i++)
        gradient->data[i * n + node->label[i]] -= share;
}

/* What the smoothing adds: it moves its part of the weight from the label's logit to the mean of all. */
static double cost_of_smoothing(size_t n, const float *logit, size_t label) {
    double total = 0.0;
    for (size_t j = 0; j < n; j++)
        total += (double)logit[label] - (double)logit[j];
    return total / (double)n;
}

ml_status ml_op_cross_entropy_smooth_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = value_of(tape, node, 0);
    const size_t m = logits->size[0], n = logits->size[1];
    ML_TRY(check_labels(node, m, n, error));
    double total = 0.0;
    for (size_t i = 0; i < m; i++) {
        const float *row = logits->data + i * n;
        total += cross_entropy_of_row(n, row, node->label[i], node->scratch + i * n) +
                 (double)node->number * cost_of_smoothing(n, row, node->label[i]);
    }
    node->value.data[0] = (float)(total / (double)m);
    return ML_OK;
}

/* For each row (softmax - softened one-hot) / m. */
void ml_op_cross_entropy_smooth_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = gradient_of(tape, node, 0);
    const size_t m = gradient->size[0], n = gradient->size[1];
    const float share = node->gradient.data[0] / (float)m;
    const float of_each = node->number / (float)n, of_label = 1.0f - node->number;
    for (size_t i = 0; i < m * n; i++)
        gradient->data[i] += share * (node->scratch[i] - of_each);
    for (size_t i = 0; i < m; i++)
        gradient->data[i * n + node->label[i]] -= share * of_label;
}

/* --- Retrieval: cross-entropy of all pairs with the diagonal ------------------------------------------------------ */

ml_status ml_op_sampled_softmax_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *user = value_of(tape, node, 0), *item = value_of(tape, node, 1);
    ml_tensor_shape_text left, right;
    if (user->dimensions != 2 || !ml_tensor_same_shape(user, item))
        return ml_fail(error, ML_ESHAPE,
                       "sampled_softmax: the users are %s, the items %s; two matrices of the same shape are needed",
                       ml_tensor_describe(user, &left), ml_tensor_describe(item, &right));
    ML_TRY(shape_single(tape, node, error));
    if (user->size[0] > SIZE_MAX / 2 / user->size[0]) /* there are two numbers for each pair */
        return ml_fail(error, ML_ENOMEM, "sampled_softmax: all pairs of that many rows are beyond any memory");
    return ML_OK;
}

/* Softmax of all pairs, and behind it the gradient of their logits. */
size_t ml_op_sampled_softmax_scratch(const ml_tape *tape, const ml_node *node) {
    const size_t n = value_of(tape, node, 0)->size[0];
    return (node->needs_gradient ? 2 : 1) * n * n;
}

ml_status ml_op_sampled_softmax_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *user = value_of(tape, node, 0), *item = value_of(tape, node, 1);
    const size_t n = user->size[0], d = user->size[1];
    for (size_t j = 0; node->log_q != NULL && j < n; j++)
        if (!isfinite(node->log_q[j]))
            return ml_fail(error, ML_EINVAL,
                           "sampled_softmax: log_q[%zu] is %g; an item in the batch was drawn, so its "
                           "probability is above 0",
                           j, (double)node->log_q[j]);
    ml_kernel_gemm_nt(n, n, d, user->data, d, item->data, d, 0.0f, node->scratch, n);
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        float *row = node->scratch + i * n;
        if (node->log_q != NULL)
            ml_kernel_subtract(n, row, node->log_q, row);
        total += cross_entropy_of_row(n, row, i, row);
    }
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

/* D = (softmax - identity) / n is the gradient of the logits; then that of user is D item, of item D^T user. */
void ml_op_sampled_softmax_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *user = value_of(tape, node, 0), *item = value_of(tape, node, 1);
    const ml_tensor *of_user = gradient_of(tape, node, 0), *of_item = gradient_of(tape, node, 1);
    const size_t n = user->size[0], d = user->size[1];
    const float share = node->gradient.data[0] / (float)n;
    float *const dlogits = node->scratch + n * n;
    ml_kernel_scale(n * n, share, node->scratch, dlogits);
    for (size_t i = 0; i < n; i++)
        dlogits[i * n + i] -= share;
    if (of_user != NULL)
        ml_kernel_gemm_nn(n, d, n, dlogits, n, item->data, d, 1.0f, of_user->data, d);
    if (of_item != NULL)
        ml_kernel_gemm_tn(n, d, n, dlogits, n, user->data, d, 1.0f, of_item->data, d);
}

/* --- Two of the same shape ---------------------------------------------------------------------------------------- */

ml_status ml_op_loss_of_pair_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *a = value_of(tape, node, 0), *b = value_of(tape, node, 1);
    ml_tensor_shape_text left, right;
    if (!ml_tensor_same_shape(a, b))
        return ml_fail(error, ML_ESHAPE, "%s: left is %s, right is %s; the shapes must be equal", node->name,
                       ml_tensor_describe(a, &left), ml_tensor_describe(b, &right));
    if (node->operation == ML_OP_HUBER && !(node->number > 0.0f && isfinite(node->number)))
        return ml_fail(error, ML_EINVAL, "huber: delta is %g, not above 0", (double)node->number);
    if (node->operation == ML_OP_PINBALL && !(node->number > 0.0f && node->number < 1.0f))
        return ml_fail(error, ML_EINVAL, "pinball: the quantile is %g, not between 0 and 1", (double)node->number);
    if (node->operation == ML_OP_FOCAL && !(node->number >= 0.0f && isfinite(node->number)))
        return ml_fail(error, ML_EINVAL, "focal: gamma is %g, not 0 or more", (double)node->number);
    return shape_single(tape, node, error);
}

ml_status ml_op_binary_cross_entropy_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = value_of(tape, node, 0);
    const float *y = value_of(tape, node, 1)->data;
    const size_t n = ml_tensor_count(logits);
    const double total = ml_kernel_binary_cross_entropy(n, logits->data, y, node->scratch);
    for (size_t i = 0; isnan(total) && i < n; i++)
        if (!(y[i] >= 0.0f && y[i] <= 1.0f))
            return ml_fail(error, ML_EINVAL, "binary_cross_entropy: y[%zu] is %g, not in [0, 1]", i, (double)y[i]);
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

/* (sigmoid(z) - y) / n. */
void ml_op_binary_cross_entropy_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = gradient_of(tape, node, 0);
    if (gradient == NULL)
        return;
    const float *y = value_of(tape, node, 1)->data;
    const size_t n = ml_tensor_count(gradient);
    const float share = node->gradient.data[0] / (float)n;
    for (size_t i = 0; i < n; i++)
        gradient->data[i] += share * (node->scratch[i] - y[i]);
}

/* The slope of each element's loss stands in the scratch since the forward computation. */
static void add_slopes(const ml_tape *tape, const ml_node *node, int32_t which, float sign) {
    const ml_tensor *gradient = gradient_of(tape, node, which);
    if (gradient == NULL)
        return;
    const size_t n = ml_tensor_count(gradient);
    ml_kernel_axpy(n, sign * (node->gradient.data[0] / (float)n), node->scratch, gradient->data);
}

/* With z turned so that above 0 is right, s = log(1 + exp(-z)) is the cross-entropy and q = 1 - p = exp(-z - s) the
 * probability of being wrong: the loss is q^gamma s, its slope -q^gamma (gamma p s + q). */
static double focal_of(double z, double gamma, double *slope) {
    const double s = (z < 0.0 ? -z : 0.0) + ml_log1p(ml_exp(-fabs(z)));
    const double q = ml_sigmoid(-z), weight = ml_exp(-gamma * (z + s));
    *slope = -weight * (gamma * ml_sigmoid(z) * s + q);
    return weight * s;
}

ml_status ml_op_focal_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *logits = value_of(tape, node, 0);
    const float *y = value_of(tape, node, 1)->data;
    const size_t n = ml_tensor_count(logits);
    double total = 0.0, slope;
    for (size_t i = 0; i < n; i++) {
        if (!(y[i] == 0.0f || y[i] == 1.0f))
            return ml_fail(error, ML_EINVAL, "focal: y[%zu] is %g, not 0 or 1", i, (double)y[i]);
        const double sign = y[i] == 1.0f ? 1.0 : -1.0;
        total += focal_of(sign * (double)logits->data[i], (double)node->number, &slope);
        node->scratch[i] = (float)(sign * slope);
    }
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

void ml_op_focal_backward(const ml_tape *tape, ml_node *node) {
    add_slopes(tape, node, 0, 1.0f);
}

ml_status ml_op_hinge_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *scores = value_of(tape, node, 0);
    const float *y = value_of(tape, node, 1)->data;
    const size_t n = ml_tensor_count(scores);
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!(y[i] == -1.0f || y[i] == 1.0f))
            return ml_fail(error, ML_EINVAL, "hinge: y[%zu] is %g, not -1 or 1", i, (double)y[i]);
        const double missing = 1.0 - (double)y[i] * (double)scores->data[i];
        total += missing <= 0.0 ? 0.0 : missing; /* NaN stays NaN */
        node->scratch[i] = missing > 0.0 ? -y[i] : 0.0f;
    }
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

void ml_op_hinge_backward(const ml_tape *tape, ml_node *node) {
    add_slopes(tape, node, 0, 1.0f);
}

ml_status ml_op_kl_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *l = value_of(tape, node, 0), *t = value_of(tape, node, 1);
    double total = 0.0;
    for (size_t i = 0; i < ml_tensor_count(l); i++) {
        const double target = (double)t->data[i];
        if (!(target >= 0.0 && isfinite(target)))
            return ml_fail(error, ML_EINVAL, "kl: target[%zu] is %g, not a probability", i, target);
        if (target > 0.0)
            total += target * (ml_log(target) - (double)l->data[i]);
    }
    node->value.data[0] = (float)(total / (double)row_count(l));
    return ML_OK;
}

/* -t / rows. */
void ml_op_kl_backward(const ml_tape *tape, ml_node *node) {
    const ml_tensor *gradient = gradient_of(tape, node, 0);
    if (gradient == NULL)
        return;
    const float share = node->gradient.data[0] / (float)row_count(gradient);
    ml_kernel_axpy(ml_tensor_count(gradient), -share, value_of(tape, node, 1)->data, gradient->data);
}

/* --- Of differences ----------------------------------------------------------------------------------------------- */

/* The scratch is a - b. */
ml_status ml_op_mse_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *a = value_of(tape, node, 0), *b = value_of(tape, node, 1);
    const size_t n = ml_tensor_count(a);
    double total = 0.0;
    ml_kernel_subtract(n, a->data, b->data, node->scratch);
    for (size_t i = 0; i < n; i++)
        total += (double)node->scratch[i] * (double)node->scratch[i];
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

/* 2 (a - b) / n for a, the opposite for b. */
void ml_op_mse_backward(const ml_tape *tape, ml_node *node) {
    const size_t n = ml_tensor_count(value_of(tape, node, 0));
    const float share = 2.0f * node->gradient.data[0] / (float)n;
    for (int32_t i = 0; i < 2; i++) {
        const ml_tensor *gradient = gradient_of(tape, node, i);
        if (gradient != NULL)
            ml_kernel_axpy(n, i == 0 ? share : -share, node->scratch, gradient->data);
    }
}

static double sign_of(double d) {
    return d > 0.0 ? 1.0 : d < 0.0 ? -1.0 : 0.0;
}

/* The loss of one difference d = a - b, and its slope. */
static double difference_loss(const ml_node *node, double d, double *slope) {
    const double number = (double)node->number;
    switch (node->operation) {
    case ML_OP_HUBER:
        *slope = fabs(d) <= number ? d : number * sign_of(d);
        return fabs(d) <= number ? d * d / 2.0 : number * (fabs(d) - number / 2.0);
    case ML_OP_PINBALL:
        *slope = d > 0.0 ? 1.0 - number : d < 0.0 ? -number : 0.0;
        return *slope * d;
    default: /* the absolute difference */
        *slope = sign_of(d);
        return fabs(d);
    }
}

ml_status ml_op_difference_loss_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *a = value_of(tape, node, 0), *b = value_of(tape, node, 1);
    const size_t n = ml_tensor_count(a);
    double total = 0.0, slope;
    for (size_t i = 0; i < n; i++) {
        total += difference_loss(node, (double)a->data[i] - (double)b->data[i], &slope);
        node->scratch[i] = (float)slope;
    }
    node->value.data[0] = (float)(total / (double)n);
    return ML_OK;
}

void ml_op_difference_loss_backward(const ml_tape *tape, ml_node *node) {
    add_slopes(tape, node, 0, 1.0f);
    add_slopes(tape, node, 1, -1.0f);
}

/* --- Triplets ----------------------------------------------------------------------------------------------------- */

ml_status ml_op_triplet_shape(const ml_tape *tape, ml_node *node, ml_error *error) {
    const ml_tensor *a = value_of(tape, node, 0), *p = value_of(tape, node, 1), *n = value_of(tape, node, 2);
    ml_tensor_shape_text of_a, of_p, of_n;
    if (a->dimensions != 2 || !ml_tensor_same_shape(a, p) || !ml_tensor_same_shape(a, n))
        return ml_fail(error, ML_ESHAPE,
                       "triplet: anchor is %s, positive is %s, negative is %s; three matrices of the same shape are "
                       "needed",
                       ml_tensor_describe(a, &of_a), ml_tensor_describe(p, &of_p), ml_tensor_describe(n, &of_n));
    if (!(node->number >= 0.0f && isfinite(node->number)))
        return ml_fail(error, ML_EINVAL, "triplet: the margin is %g, not 0 or more", (double)node->number);
    return shape_single(tape, node, error);
}

/* For each row whether it costs anything: 1 or 0. */
size_t ml_op_triplet_scratch(const ml_tape *tape, const ml_node *node) {
    return value_of(tape, node, 0)->size[0];
}

static double squared_distance(size_t d, const float *x, const float *y) {
    double total = 0.0;
    for (size_t j = 0; j < d; j++) {
        const double difference = (double)x[j] - (double)y[j];
        total += difference * difference;
    }
    return total;
}

ml_status ml_op_triplet_forward(const ml_tape *tape, ml_node *node, ml_error *error) {
    (void)error;
    const ml_tensor *anchor = value_of(tape, node, 0);
    const float *a = anchor->data, *p = value_of(tape, node, 1)->data, *n = value_of(tape, node, 2)->data;
    const size_t m = anchor->size[0], d = anchor->size[1];
    double total = 0.0;
    for (size_t i = 0; i < m; i++) {
        const size_t at = i * d;
        const double cost =
            (double)node->number + squared_distance(d, a + at, p + at) - squared_distance(d, a + at, n + at);
        total += cost <= 0.0 ? 0.0 : cost; /* NaN stays NaN */
        node->scratch[i] = cost > 0.0 ? 1.0f : 0.0f;
    }
    node->value.data[0] = (float)(total / (double)m);
    return ML_OK;
}

/* gradient += factor (x - y). */
static void add_difference(size_t d, float factor, const float *x, const float *y, float *gradient) {
    for (size_t j = 0; j < d; j++)
        gradient[j] += factor * (x[j] - y[j]);
}

/* |a - p|^2 - |a - n|^2 has the slopes 2 (n - p) for a, 2 (p - a) for p and 2 (a - n) for n. */
void ml_op_triplet_backward(const ml_tape *tape, ml_node *node) {
    static const int32_t slope[ML_PARENTS][2] = {{2, 1}, {1, 0}, {0, 2}};
    const ml_tensor *anchor = value_of(tape, node, 0);
    const size_t m = anchor->size[0], d = anchor->size[1];
    for (int32_t which = 0; which < ML_PARENTS; which++) {
        const ml_tensor *gradient = gradient_of(tape, node, which);
        const float *x = value_of(tape, node, slope[which][0])->data, *y = value_of(tape, node, slope[which][1])->data;
        for (size_t i = 0; gradient != NULL && i < m; i++)
            if (node->scratch[i] > 0.0f)
                add_difference(d, 2.0f * node->gradient.data[0] / (float)m, x + i * d, y + i * d,
                               gradient->data + i * d);
    }
}
