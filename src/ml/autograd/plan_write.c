/* The steps, in order. */
#include "autograd/plan_compiler.h"

static void write_step(plan_list *list, plan_step step) {
    if (list->step != NULL)
        list->step[list->n] = step;
    list->n++;
}

static float *value_at(const plan_compiler *c, int32_t i) {
    return c->node[i].value.data;
}

static size_t count_of(const plan_compiler *c, int32_t i) {
    return ml_tensor_count(&c->node[i].value);
}

static ml_conv shape_of_conv(const plan_compiler *c, int32_t conv) {
    const size_t *x = c->node[plan_parent(c, conv, 0)].value.size,
                 *weight = c->node[plan_parent(c, conv, 1)].value.size;
    return (ml_conv){.n = x[0],
                     .height = x[1],
                     .width = x[2],
                     .channels = x[3],
                     .filters = weight[3],
                     .kernel_height = weight[0],
                     .kernel_width = weight[1],
                     .stride = c->node[conv].stride,
                     .padding = c->node[conv].padding};
}

/* --- Forwards ----------------------------------------------------------------------------------------------------- */

static plan_step dense_step(const plan_compiler *c, int32_t top) {
    const plan_node *group = &c->of[top];
    const int32_t x = plan_parent(c, group->core, 0), w = plan_parent(c, group->core, 1);
    const size_t *shape = c->node[w].value.size;
    return (plan_step){.run = plan_dense,
                       .dense = {.n = c->node[x].value.size[0],
                                 .out = shape[1],
                                 .in = shape[0],
                                 .x = value_at(c, x),
                                 .w = value_at(c, w),
                                 .bias = group->bias == ML_NO_NODE ? NULL : value_at(c, group->bias),
                                 .f = group->f,
                                 .y = value_at(c, top)}};
}

static plan_step conv_step(const plan_compiler *c, int32_t top) {
    const plan_node *group = &c->of[top];
    return (plan_step){.run = group->pooled ? plan_conv_relu_pool : plan_conv,
                       .conv = {.shape = shape_of_conv(c, group->core),
                                .x = value_at(c, plan_parent(c, group->core, 0)),
                                .weight = value_at(c, plan_parent(c, group->core, 1)),
                                .bias = group->bias == ML_NO_NODE ? NULL : value_at(c, group->bias),
                                .f = group->f,
                                .y = value_at(c, top),
                                .index = group->index}};
}

static plan_step operation_step(const plan_compiler *c, int32_t i, plan_run *run) {
    return (plan_step){.run = run, .op = {.of = &ml_operations[c->node[i].operation], .node = &c->node[i]}};
}

static plan_step loss_step(const plan_compiler *c) {
    const int32_t loss = c->output, a = plan_parent(c, loss, 0);
    plan_step step = operation_step(c, loss, plan_mse);
    step.op.n = count_of(c, a);
    step.op.gradient = c->node[a].gradient.data;
    switch (c->node[loss].operation) {
    case ML_OP_CROSS_ENTROPY:
        step.run = plan_cross_entropy;
        step.op.rows = c->node[a].value.size[0];
        step.op.share = 1.0f / (float)step.op.rows;
        break;
    case ML_OP_BINARY_CROSS_ENTROPY:
        step.run = plan_binary_cross_entropy;
        step.op.y = value_at(c, plan_parent(c, loss, 1));
        step.op.share = 1.0f / (float)step.op.n;
        break;
    default:
        step.op.share = 2.0f / (float)step.op.n;
    }
    return step;
}

/* A reshape that nobody wants stored is its parent's value; plan_compile has arranged that. */
static bool has_step(const plan_compiler *c, int32_t i) {
    return c->of[i].computed && !c->of[i].inside && !plan_is_given(c, i) &&
           (c->node[i].operation != ML_OP_RESHAPE || c->of[i].kept);
}

static void write_forward(plan_compiler *c) {
    for (int32_t i = 0; i < c->n; i++) {
        const int32_t core = c->of[i].core;
        if (!has_step(c, i))
            continue;
        if (c->loss_fused && i == c->output)
            write_step(&c->plan->forward, loss_step(c));
        else if (core == ML_NO_NODE)
            write_step(&c->plan->forward, operation_step(c, i, plan_operation));
        else
            write_step(&c->plan->forward, c->node[core].operation == ML_OP_CONV2D ? conv_step(c, i) : dense_step(c, i));
    }
}

/* --- Backwards ----------------------------------------------------------------------------------------------------- *
 * On the tape all gradients start from 0. Here the first that comes to a place overwrites it, where its step can.
 * (Then it may be -0 where the tape has 0 + -0 = 0; but only between: what reaches the leaves is a sum that starts
 * from 0.) */

/* Both for ml_plan_backward and for ml_plan_step. */
static void write_both(plan_compiler *c, plan_step step) {
    write_step(&c->plan->backward, step);
    write_step(&c->plan->descent, step);
}

static float *gradient_at(const plan_compiler *c, int32_t i) {
    return c->node[i].gradient.data;
}

static bool is_written(const plan_compiler *c, int32_t i) {
    return c->of[c->of[i].place].written;
}

/* Whether this is the first to come to the place. */
static bool comes_first(plan_compiler *c, int32_t i) {
    const bool first = !is_written(c, i);
    c->of[c->of[i].place].written = true;
    return first;
}

/* For what only adds. */
static void zero_if_first(plan_compiler *c, int32_t i) {
    if (comes_first(c, i))
        write_both(c, (plan_step){.run = plan_zero, .floats = {.n = count_of(c, i), .y = gradient_at(c, i)}});
}

static void write_operation(plan_compiler *c, int32_t i) {
    for (int32_t which = 0; which < ML_PARENTS; which++) {
        const int32_t p = plan_parent(c, i, which);
        if (p != ML_NO_NODE && c->of[p].differentiated)
            zero_if_first(c, p);
    }
    write_both(c, operation_step(c, i, plan_add_operation));
}

/* A leaf whose only gradient is the step's: it can be moved there and then. */
static bool can_update(const plan_compiler *c, int32_t i) {
    return c->node[i].operation == ML_OP_LEAF && c->of[i].gradient_uses == 1;
}

static void write_input_of_product(plan_compiler *c, int32_t product, const plan_step *dense) {
    const int32_t x = plan_parent(c, product, 0), below = c->of[product].below;
    if (!c->of[x].differentiated)
        return;
    write_both(c, (plan_step){.run = comes_first(c, x) ? plan_dense_input : plan_add_dense_input,
                              .dense_input = {.n = dense->dense.n,
                                              .out = dense->dense.out,
                                              .in = dense->dense.in,
                                              .dy = gradient_at(c, product),
                                              .w = dense->dense.w,
                                              .f = below == ML_NO_NODE ? ML_KERNEL_IDENTITY : plan_activation(c, below),
                                              .x = dense->dense.x,
                                              .dx = gradient_at(c, x)}});
}

static void write_weight_of_product(plan_compiler *c, int32_t product, const plan_step *dense) {
    const int32_t w = plan_parent(c, product, 1);
    if (!c->of[w].differentiated)
        return;
    plan_step step = {.run = comes_first(c, w) ? plan_weight : plan_add_weight,
                      .weight = {.n = dense->dense.n,
                                 .out = dense->dense.out,
                                 .in = dense->dense.in,
                                 .x = dense->dense.x,
                                 .dy = gradient_at(c, product),
                                 .dw = gradient_at(c, w)}};
    write_step(&c->plan->backward, step);
    if (can_update(c, w)) {
        step.run = plan_update_weight;
        step.weight.dw = value_at(c, w);
        c->of[w].updated = true;
    }
    write_step(&c->plan->descent, step);
}

static void write_product(plan_compiler *c, int32_t i) {
    if (c->of[i].top == ML_NO_NODE) { /* of stacks of matrices */
        write_operation(c, i);
        return;
    }
    const plan_step dense = dense_step(c, c->of[i].top);
    write_input_of_product(c, i, &dense);
    write_weight_of_product(c, i, &dense);
}

static void write_bias(plan_compiler *c, int32_t add, int32_t bias) {
    plan_step step = {.run = comes_first(c, bias) ? plan_bias : plan_add_bias,
                      .bias = {.n = c->node[add].value.size[0],
                               .out = c->node[add].value.size[1],
                               .dy = gradient_at(c, add),
                               .dbias = gradient_at(c, bias),
                               .bias = value_at(c, bias)}};
    write_step(&c->plan->backward, step);
    if (can_update(c, bias)) {
        step.run = plan_update_bias;
        c->of[bias].updated = true;
    }
    write_step(&c->plan->descent, step);
}

static void write_add(plan_compiler *c, int32_t i) {
    if (plan_part_of(c, i, 0) == PART_OTHER) {
        write_operation(c, i);
        return;
    }
    for (int32_t which = 0; which < 2; which++) {
        const int32_t p = plan_parent(c, i, which);
        const plan_part part = plan_part_of(c, i, which);
        if (part == PART_ROW)
            write_bias(c, i, p);
        if (part != PART_ADDED)
            continue;
        const bool to_copy = c->node[p].operation != ML_OP_LEAF && comes_first(c, p);
        if (!to_copy)
            zero_if_first(c, p);
        write_both(c, (plan_step){.run = to_copy ? plan_copy : plan_add,
                                  .floats = {.n = count_of(c, i), .x = gradient_at(c, i), .y = gradient_at(c, p)}});
    }
}

/* The gradient of a function of one value, as a kernel of what it put out (gelu: of what it took in); NULL for those
 * that have none. */
static plan_slope_kernel *slope_kernel(ml_operation of) {
    switch (of) {
    case ML_OP_RELU:
        return ml_kernel_relu_backward;
    case ML_OP_TANH:
        return ml_kernel_tanh_backward;
    case ML_OP_SIGMOID:
        return ml_kernel_sigmoid_backward;
    case ML_OP_GELU:
        return ml_kernel_gelu_backward;
    case ML_OP_EXP: /* it is its own slope */
        return ml_kernel_multiply;
    default:
        return NULL;
    }
}

static void write_function(plan_compiler *c, int32_t i) {
    const int32_t p = plan_parent(c, i, 0);
    const ml_operation is = c->node[i].operation;
    if (c->of[i].passed_through)
        return;
    if (c->node[p].operation == ML_OP_LEAF || is_written(c, p)) {
        write_operation(c, i);
        return;
    }
    comes_first(c, p);
    write_both(c, (plan_step){.run = plan_slope,
                              .slope = {.kernel = slope_kernel(is),
                                        .n = count_of(c, i),
                                        .y = value_at(c, is == ML_OP_GELU ? p : i),
                                        .dy = gradient_at(c, i),
                                        .dx = gradient_at(c, p)}});
}

/* Where a gradient is to be written: it is the first there. NULL if nobody wants it. */
static float *overwrite(plan_compiler *c, int32_t i) {
    if (i == ML_NO_NODE || !c->of[i].differentiated)
        return NULL;
    comes_first(c, i);
    return gradient_at(c, i);
}

/* The kernels overwrite all gradients, and compute that of the bias along with that of the weights. */
static bool can_overwrite(const plan_compiler *c, int32_t conv) {
    const int32_t x = plan_parent(c, conv, 0), weight = plan_parent(c, conv, 1);
    for (int32_t which = 0; which < ML_PARENTS; which++) {
        const int32_t p = plan_parent(c, conv, which);
        if (p != ML_NO_NODE && c->of[p].differentiated && is_written(c, p))
            return false;
    }
    return x != weight && c->of[weight].differentiated;
}

static void write_conv(plan_compiler *c, int32_t i) {
    const int32_t top = c->of[i].top;
    const bool pooled = c->of[i].pooled;
    if (!pooled && !can_overwrite(c, i)) {
        write_operation(c, i);
        return;
    }
    const plan_step conv = conv_step(c, top);
    write_both(c, (plan_step){.run = pooled ? plan_conv_relu_pool_gradients : plan_conv_gradients,
                              .conv_gradients = {.shape = conv.conv.shape,
                                                 .x = conv.conv.x,
                                                 .weight = conv.conv.weight,
                                                 .y = conv.conv.y,
                                                 .dy = gradient_at(c, i),
                                                 .index = conv.conv.index,
                                                 .dweight = overwrite(c, plan_parent(c, i, 1)),
                                                 .dbias = overwrite(c, plan_parent(c, i, 2)),
                                                 .dx = overwrite(c, plan_parent(c, i, 0))}});
}

static void write_backward_of(plan_compiler *c, int32_t i) {
    switch (c->node[i].operation) {
    case ML_OP_LEAF:
    case ML_OP_CONSTANT:
        break;
    case ML_OP_MATMUL:
        write_product(c, i);
        break;
    case ML_OP_ADD:
        write_add(c, i);
        break;
    case ML_OP_RELU:
    case ML_OP_TANH:
    case ML_OP_SIGMOID:
    case ML_OP_GELU:
    case ML_OP_EXP:
        write_function(c, i);
        break;
    case ML_OP_CONV2D:
        write_conv(c, i);
        break;
    case ML_OP_RESHAPE:
        if (!plan_can_share(c, plan_parent(c, i, 0)))
            write_operation(c, i);
        break;
    default:
        if (!c->of[i].pooled) /* its convolution will do it */
            write_operation(c, i);
    }
}

static void write_updates(plan_compiler *c) {
    for (int32_t i = 0; i <= c->output; i++)
        if (c->node[i].operation == ML_OP_LEAF && c->of[i].differentiated && !c->of[i].updated)
            write_step(&c->plan->descent,
                       (plan_step){.run = plan_update,
                                   .floats = {.n = count_of(c, i), .x = gradient_at(c, i), .y = value_at(c, i)}});
}

static void write_backward(plan_compiler *c) {
    for (int32_t i = 0; i < c->n; i++)
        c->of[i].written = c->of[i].updated = false;
    if (c->loss_fused)
        comes_first(c, plan_parent(c, c->output, 0));
    else
        write_both(c, (plan_step){.run = plan_seed, .floats = {.y = gradient_at(c, c->output)}});
    for (int32_t i = c->loss_fused ? c->output - 1 : c->output; i >= 0; i--)
        if (c->of[i].differentiated)
            write_backward_of(c, i);
    write_updates(c);
}

void plan_write_steps(plan_compiler *c) {
    c->plan->forward.n = c->plan->backward.n = c->plan->descent.n = 0;
    write_forward(c);
    if (c->backwards)
        write_backward(c);
}
