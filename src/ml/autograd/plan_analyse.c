/* What is needed, what can be fused, and where gradients go. */
#include "autograd/plan_compiler.h"

/* --- What is needed ----------------------------------------------------------------------------------------------- */

static void need_parents(plan_compiler *c, int32_t i) {
    for (int32_t which = 0; which < ML_PARENTS; which++) {
        const int32_t p = plan_parent(c, i, which);
        if (p == ML_NO_NODE)
            continue;
        c->of[p].computed = true;
        c->of[p].uses++;
        if (c->of[i].differentiated && c->node[p].needs_gradient) {
            c->of[p].differentiated = true;
            c->of[p].gradient_uses++;
        }
    }
}

/* The output and the kept nodes are marked by the caller. */
void plan_find_needed(plan_compiler *c) {
    c->of[c->output].differentiated = c->backwards;
    for (int32_t i = c->n - 1; i >= 0; i--)
        if (c->of[i].computed)
            need_parents(c, i);
}

/* --- Groups ------------------------------------------------------------------------------------------------------- */

/* The parent, if it is such an operation and nothing else wants its value. */
static int32_t only_parent(const plan_compiler *c, int32_t i, int32_t which, ml_operation is) {
    const int32_t p = plan_parent(c, i, which);
    return c->node[p].operation == is && c->of[p].uses == 1 && !c->of[p].kept ? p : ML_NO_NODE;
}

static bool is_matrix_product(const plan_compiler *c, int32_t i) {
    return c->node[i].operation == ML_OP_MATMUL && c->node[i].value.dimensions == 2;
}

/* Whether `row` is one row that is added to each row of a matrix. */
static bool is_row_of(const ml_tensor *row, const ml_tensor *matrix) {
    return matrix->dimensions == 2 && ml_tensor_count(row) == matrix->size[1] && row_length(row) == matrix->size[1];
}

/* The product that this add gives a bias to; *bias is the other parent. */
static int32_t product_with_bias(const plan_compiler *c, int32_t add, int32_t *bias) {
    for (int32_t which = 0; which < 2; which++) {
        const int32_t product = only_parent(c, add, which, ML_OP_MATMUL), other = plan_parent(c, add, 1 - which);
        if (product == ML_NO_NODE || !ml_tensor_same_shape(&c->node[product].value, &c->node[add].value) ||
            !is_row_of(&c->node[other].value, &c->node[product].value))
            continue;
        *bias = other;
        return product;
    }
    return ML_NO_NODE;
}

static void make_group(plan_compiler *c, int32_t top, int32_t core, int32_t bias, ml_kernel_activation f) {
    c->of[top].core = core;
    c->of[top].bias = bias;
    c->of[top].f = f;
    c->of[core].top = top;
    c->of[core].inside = core != top;
}

/* The group that begins with a product or convolution and ends with node `last`, to which the top applies f; `last` is
 * the top itself if f is the identity. */
static void find_layer(plan_compiler *c, int32_t top, int32_t last, ml_kernel_activation f) {
    int32_t core = last, bias = ML_NO_NODE;
    if (c->node[last].operation == ML_OP_ADD)
        core = product_with_bias(c, last, &bias);
    else if (c->node[last].operation == ML_OP_CONV2D)
        bias = plan_parent(c, last, 2);
    else if (!is_matrix_product(c, last))
        return;
    if (core == ML_NO_NODE)
        return;
    c->of[last].inside = last != top;
    make_group(c, top, core, bias, f);
}

static void find_layer_with_activation(plan_compiler *c, int32_t top) {
    static const ml_operation before[] = {ML_OP_ADD, ML_OP_MATMUL, ML_OP_CONV2D};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        const int32_t last = only_parent(c, top, 0, before[i]);
        if (last != ML_NO_NODE)
            find_layer(c, top, last, plan_activation(c, top));
    }
}

/* The fused gradients overwrite, so they must be the only ones. */
static bool gradients_are_the_only_ones(const plan_compiler *c, int32_t conv) {
    for (int32_t which = 0; which < ML_PARENTS; which++) {
        const int32_t p = plan_parent(c, conv, which);
        if (p != ML_NO_NODE && c->of[p].gradient_uses > 1)
            return false;
    }
    return true;
}

static void find_pooled(plan_compiler *c, int32_t pool) {
    if (c->node[pool].window != 2 || c->node[pool].stride != 2)
        return;
    const int32_t relu = only_parent(c, pool, 0, ML_OP_RELU);
    const int32_t conv = relu == ML_NO_NODE ? ML_NO_NODE : only_parent(c, relu, 0, ML_OP_CONV2D);
    if (conv == ML_NO_NODE || !gradients_are_the_only_ones(c, conv))
        return;
    make_group(c, pool, conv, plan_parent(c, conv, 2), ML_KERNEL_RELU);
    c->of[relu].inside = c->of[relu].passed_through = true;
    c->of[pool].pooled = c->of[conv].pooled = true;
}

/* From the end, so that the longest groups are found first. */
void plan_find_groups(plan_compiler *c) {
    for (int32_t i = c->n - 1; i >= 0; i--) {
        if (!c->of[i].computed || c->of[i].inside)
            continue;
        if (plan_is_activation(c, i))
            find_layer_with_activation(c, i);
        else if (c->node[i].operation == ML_OP_MAX_POOL)
            find_pooled(c, i);
        else if (c->node[i].operation == ML_OP_ADD || c->node[i].operation == ML_OP_CONV2D ||
                 c->node[i].operation == ML_OP_MATMUL)
            find_layer(c, i, i, ML_KERNEL_IDENTITY);
    }
}

/* --- Places ------------------------------------------------------------------------------------------------------- */

static plan_part part_alone(const plan_compiler *c, int32_t add, int32_t which) {
    const int32_t p = plan_parent(c, add, which);
    const ml_tensor *value = &c->node[p].value, *sum = &c->node[add].value;
    if (!c->of[p].differentiated)
        return PART_NONE;
    if (ml_tensor_same_shape(value, sum))
        return plan_can_share(c, p) ? PART_SAME : PART_ADDED;
    return is_row_of(value, sum) ? PART_ROW : PART_OTHER;
}

plan_part plan_part_of(const plan_compiler *c, int32_t add, int32_t which) {
    return part_alone(c, add, 1 - which) == PART_OTHER ? PART_OTHER : part_alone(c, add, which);
}

/* The activation below a product, if the gradient of the product's input may go through its slope at once: reshapes may
 * lie between, but nothing else uses any of them. */
static int32_t activation_below(const plan_compiler *c, int32_t product) {
    int32_t i = plan_parent(c, product, 0);
    while (plan_can_share(c, i) && c->node[i].operation == ML_OP_RESHAPE)
        i = plan_parent(c, i, 0);
    const bool fits = plan_can_share(c, i) && plan_is_activation(c, i) && plan_can_share(c, plan_parent(c, i, 0));
    return fits ? i : ML_NO_NODE;
}

static void share_place(plan_compiler *c, int32_t i, int32_t which) {
    c->of[plan_parent(c, i, which)].place = c->of[i].place;
}

/* Shares node i's place with its parents where that will do. The node's own place is settled: its children came
 * first. */
static void share_places(plan_compiler *c, int32_t i) {
    switch (c->node[i].operation) {
    case ML_OP_ADD:
        for (int32_t which = 0; which < 2; which++)
            if (plan_part_of(c, i, which) == PART_SAME)
                share_place(c, i, which);
        break;
    case ML_OP_RESHAPE:
        if (plan_can_share(c, plan_parent(c, i, 0)))
            share_place(c, i, 0);
        break;
    case ML_OP_MATMUL:
        if (!is_matrix_product(c, i))
            break;
        c->of[i].below = activation_below(c, i);
        if (c->of[i].below != ML_NO_NODE)
            c->of[c->of[i].below].passed_through = true;
        break;
    case ML_OP_MAX_POOL:
        if (c->of[i].pooled)
            share_place(c, i, 0);
        break;
    default:
        if (c->of[i].passed_through)
            share_place(c, i, 0);
    }
}

static int32_t smaller(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b) {
    return a > b ? a : b;
}

/* The walk back goes from high indices to low: a place is in use from the first child that writes to it until the last
 * of the nodes that share it has handed the gradient on. */
static void find_lifetimes(plan_compiler *c) {
    for (int32_t i = 0; i < c->n; i++) {
        c->of[i].from = -1;
        c->of[i].to = c->n;
    }
    c->of[c->output].from = c->output;
    for (int32_t i = c->output; i >= 0; i--) {
        if (!c->of[i].differentiated)
            continue;
        plan_node *own = &c->of[c->of[i].place];
        own->to = smaller(own->to, i);
        for (int32_t which = 0; which < ML_PARENTS; which++) {
            const int32_t p = plan_parent(c, i, which);
            if (p != ML_NO_NODE && c->of[p].differentiated && c->of[p].place != c->of[i].place)
                c->of[c->of[p].place].from = larger(c->of[c->of[p].place].from, i);
        }
    }
    if (c->loss_fused) { /* written by forward, and read however often backward is called */
        plan_node *pinned = &c->of[c->of[plan_parent(c, c->output, 0)].place];
        pinned->from = c->n;
        pinned->to = -1;
    }
}

/* In floats; places begin at multiples of 64 bytes. */
static size_t size_of_place(const plan_compiler *c, int32_t i) {
    return (ml_tensor_count(&c->node[i].value) + 15) / 16 * 16;
}

static bool has_place(const plan_compiler *c, int32_t i) {
    return c->of[i].differentiated && c->of[i].place == i && c->node[i].operation != ML_OP_LEAF;
}

/* A place before i's in the list that is in use at the same time and overlaps with [offset, offset + size). */
static int32_t in_the_way(const plan_compiler *c, int32_t i, size_t offset, size_t size) {
    for (int32_t j = c->n - 1; j > i; j--)
        if (has_place(c, j) && c->of[j].from >= c->of[i].to && c->of[i].from >= c->of[j].to &&
            c->of[j].offset < offset + size && offset < c->of[j].offset + size_of_place(c, j))
            return j;
    return ML_NO_NODE;
}

/* First fit: each place goes to the lowest offset that is free as long as it is needed. */
static size_t place_memory(plan_compiler *c) {
    size_t total = 0;
    for (int32_t i = c->n - 1; i >= 0; i--) {
        if (!has_place(c, i))
            continue;
        const size_t size = size_of_place(c, i);
        size_t offset = 0;
        for (int32_t j; (j = in_the_way(c, i, offset, size)) != ML_NO_NODE;)
            offset = c->of[j].offset + size_of_place(c, j);
        c->of[i].offset = offset;
        total = offset + size > total ? offset + size : total;
    }
    return total;
}

/* The losses whose steps compute the gradient too: of one value that is not a leaf (those are written by backward only)
 * and that nothing else has a gradient for. */
static bool can_fuse_loss(const plan_compiler *c) {
    const ml_operation is = c->node[c->output].operation;
    if (is != ML_OP_MSE && is != ML_OP_CROSS_ENTROPY && is != ML_OP_BINARY_CROSS_ENTROPY)
        return false;
    const int32_t target = plan_parent(c, c->output, 1);
    return plan_can_share(c, plan_parent(c, c->output, 0)) && (target == ML_NO_NODE || !c->of[target].differentiated);
}

size_t plan_find_places(plan_compiler *c) {
    if (!c->backwards)
        return 0;
    c->loss_fused = can_fuse_loss(c);
    for (int32_t i = c->output; i >= 0; i--)
        if (c->of[i].differentiated)
            share_places(c, i);
    find_lifetimes(c);
    return place_memory(c);
}
