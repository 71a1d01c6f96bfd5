/* Recording nodes, and walking over them forwards and backwards. */
#include "autograd/autograd.h"
#include "autograd/operations.h"

#include <math.h>

ml_status ml_tape_init(ml_tape *tape, int32_t capacity, ml_arena *arena, ml_error *error) {
    if (capacity < 1)
        return ml_fail(error, ML_EINVAL, "tape: it needs room for one node at least, not %d", (int)capacity);
    ml_node *node = ML_ALLOC(arena, (size_t)capacity, ml_node);
    if (node == NULL)
        return ml_fail(error, ML_ENOMEM, "tape: %d nodes do not fit in the memory that is left", (int)capacity);
    *tape = (ml_tape){.node = node, .capacity = capacity, .arena = arena};
    return ML_OK;
}

const char *ml_operation_name(ml_operation of) {
    return ml_operations[of].name;
}

/* --- Recording ---------------------------------------------------------------------------------------------------- */

static ml_status check_room(const ml_tape *tape, ml_error *error) {
    if (tape->n_nodes == tape->capacity)
        return ml_fail(error, ML_ENOMEM, "tape: it is full with %d nodes; make a longer one", (int)tape->capacity);
    return ML_OK;
}

/* Makes value, gradient and scratch of a node whose operation and parents are set, and computes the value. */
static ml_status complete(ml_tape *tape, ml_node *node, ml_error *error) {
    const operation *of = &ml_operations[node->operation];
    ML_TRY(check_room(tape, error));
    for (int32_t i = 0; i < of->n_parents; i++) {
        if (node->parent[i] < 0 || node->parent[i] >= tape->n_nodes)
            return ml_fail(error, ML_EINVAL, "%s: there is no node %d on the tape; it has %d", of->name,
                           (int)node->parent[i], (int)tape->n_nodes);
        node->needs_gradient = node->needs_gradient || tape->node[node->parent[i]].needs_gradient;
    }
    ML_TRY(of->shape(tape, node, error));
    const ml_tensor shape = node->value,
                    *like = of->scratch == SCRATCH_LIKE_PARENT ? &tape->node[node->parent[0]].value : &shape;
    ML_TRY(ml_tensor_create(tape->arena, shape.dimensions, shape.size, &node->value, error));
    if (node->needs_gradient)
        ML_TRY(ml_tensor_create(tape->arena, shape.dimensions, shape.size, &node->gradient, error));
    if (of->scratch != NO_SCRATCH)
        ML_TRY(ml_tensor_create(tape->arena, like->dimensions, like->size, &node->scratch, error));
    return of->forward(tape, node, error);
}

/* Appends the node if `status` is ML_OK; else keeps the status and gives back what was allocated since the mark. */
static int32_t append(ml_tape *tape, const ml_node *node, ml_status status, ml_arena_mark mark) {
    if (status != ML_OK) {
        tape->status = status;
        ml_arena_release(tape->arena, mark);
        return ML_NO_NODE;
    }
    tape->node[tape->n_nodes] = *node;
    return tape->n_nodes++;
}

static int32_t record(ml_tape *tape, ml_operation of, int32_t a, int32_t b, const uint8_t *label) {
    if (tape->status != ML_OK)
        return ML_NO_NODE;
    const ml_arena_mark mark = ml_arena_save(tape->arena);
    ml_node node = {.operation = of, .name = ml_operation_name(of), .parent = {a, b}, .label = label};
    return append(tape, &node, complete(tape, &node, &tape->error), mark);
}

static ml_status complete_given(ml_tape *tape, ml_node *node, ml_error *error) {
    ML_TRY(check_room(tape, error));
    if (!ml_tensor_is_contiguous(&node->value))
        return ml_fail(error, ML_EINVAL, "%s: its value is a view with gaps; copy it first", node->name);
    if (node->needs_gradient)
        ML_TRY(ml_tensor_create(tape->arena, node->value.dimensions, node->value.size, &node->gradient, error));
    return ML_OK;
}

static int32_t record_given(ml_tape *tape, ml_operation of, const char *name, ml_tensor value) {
    if (tape->status != ML_OK)
        return ML_NO_NODE;
    const ml_arena_mark mark = ml_arena_save(tape->arena);
    ml_node node = {.operation = of,
                    .name = name != NULL ? name : ml_operation_name(of),
                    .parent = {ML_NO_NODE, ML_NO_NODE},
                    .needs_gradient = of == ML_OP_LEAF,
                    .value = value};
    return append(tape, &node, complete_given(tape, &node, &tape->error), mark);
}

int32_t ml_tape_leaf(ml_tape *tape, const char *name, ml_tensor value) {
    return record_given(tape, ML_OP_LEAF, name, value);
}

int32_t ml_tape_constant(ml_tape *tape, const char *name, ml_tensor value) {
    return record_given(tape, ML_OP_CONSTANT, name, value);
}

int32_t ml_tape_add(ml_tape *tape, int32_t a, int32_t b) {
    return record(tape, ML_OP_ADD, a, b, NULL);
}

int32_t ml_tape_subtract(ml_tape *tape, int32_t a, int32_t b) {
    return record(tape, ML_OP_SUBTRACT, a, b, NULL);
}

int32_t ml_tape_multiply(ml_tape *tape, int32_t a, int32_t b) {
    return record(tape, ML_OP_MULTIPLY, a, b, NULL);
}

int32_t ml_tape_matmul(ml_tape *tape, int32_t a, int32_t b) {
    return record(tape, ML_OP_MATMUL, a, b, NULL);
}

int32_t ml_tape_relu(ml_tape *tape, int32_t a) {
    return record(tape, ML_OP_RELU, a, ML_NO_NODE, NULL);
}

int32_t ml_tape_tanh(ml_tape *tape, int32_t a) {
    return record(tape, ML_OP_TANH, a, ML_NO_NODE, NULL);
}

int32_t ml_tape_sigmoid(ml_tape *tape, int32_t a) {
    return record(tape, ML_OP_SIGMOID, a, ML_NO_NODE, NULL);
}

int32_t ml_tape_exp(ml_tape *tape, int32_t a) {
    return record(tape, ML_OP_EXP, a, ML_NO_NODE, NULL);
}

int32_t ml_tape_log(ml_tape *tape, int32_t a) {
    return record(tape, ML_OP_LOG, a, ML_NO_NODE, NULL);
}

int32_t ml_tape_sum(ml_tape *tape, int32_t a) {
    return record(tape, ML_OP_SUM, a, ML_NO_NODE, NULL);
}

int32_t ml_tape_mean(ml_tape *tape, int32_t a) {
    return record(tape, ML_OP_MEAN, a, ML_NO_NODE, NULL);
}

int32_t ml_tape_cross_entropy(ml_tape *tape, int32_t logits, const uint8_t *label) {
    return record(tape, ML_OP_CROSS_ENTROPY, logits, ML_NO_NODE, label);
}

int32_t ml_tape_binary_cross_entropy(ml_tape *tape, int32_t logits, int32_t y) {
    return record(tape, ML_OP_BINARY_CROSS_ENTROPY, logits, y, NULL);
}

int32_t ml_tape_mse(ml_tape *tape, int32_t a, int32_t b) {
    return record(tape, ML_OP_MSE, a, b, NULL);
}

/* --- Walking ------------------------------------------------------------------------------------------------------ */

static ml_status check_recorded(const ml_tape *tape, ml_error *error) {
    if (tape->status != ML_OK)
        return ml_fail(error, tape->status, "%s", tape->error.message);
    return ML_OK;
}

ml_status ml_tape_forward(ml_tape *tape, ml_error *error) {
    ML_TRY(check_recorded(tape, error));
    for (int32_t i = 0; i < tape->n_nodes; i++) {
        const operation *of = &ml_operations[tape->node[i].operation];
        if (of->forward != NULL)
            ML_TRY(of->forward(tape, &tape->node[i], error));
    }
    return ML_OK;
}

ml_status ml_tape_backward_begin(ml_tape *tape, int32_t output, ml_error *error) {
    ml_tensor_shape_text text;
    ML_TRY(check_recorded(tape, error));
    if (output < 0 || output >= tape->n_nodes)
        return ml_fail(error, ML_EINVAL, "backward: there is no node %d on the tape; it has %d", (int)output,
                       (int)tape->n_nodes);
    ml_node *last = &tape->node[output];
    if (ml_tensor_count(&last->value) != 1)
        return ml_fail(error, ML_ESHAPE, "backward: the output is %s, not a single number; take its sum or mean first",
                       ml_tensor_describe(&last->value, &text));
    for (int32_t i = 0; i < tape->n_nodes; i++)
        if (tape->node[i].needs_gradient && tape->node[i].operation != ML_OP_LEAF)
            ml_tensor_fill(&tape->node[i].gradient, 0.0f);
    if (last->needs_gradient)
        last->gradient.data[0] += 1.0f; /* d output / d output */
    return ML_OK;
}

void ml_tape_backward_node(ml_tape *tape, int32_t index) {
    ml_node *node = &tape->node[index];
    const operation *of = &ml_operations[node->operation];
    if (node->needs_gradient && of->backward != NULL)
        of->backward(tape, node);
}

ml_status ml_tape_backward(ml_tape *tape, int32_t output, ml_error *error) {
    ML_TRY(ml_tape_backward_begin(tape, output, error));
    for (int32_t i = output; i >= 0; i--)
        ml_tape_backward_node(tape, i);
    return ML_OK;
}

void ml_tape_zero_gradients(ml_tape *tape) {
    for (int32_t i = 0; i < tape->n_nodes; i++)
        if (tape->node[i].needs_gradient)
            ml_tensor_fill(&tape->node[i].gradient, 0.0f);
}

/* --- Checking ----------------------------------------------------------------------------------------------------- */

/* The output with one float moved to `at`. */
static ml_status output_at(ml_tape *tape, int32_t output, float *x, float at, double *value, ml_error *error) {
    const float keep = *x;
    *x = at;
    const ml_status status = ml_tape_forward(tape, error);
    *x = keep;
    *value = (double)tape->node[output].value.data[0];
    return status;
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

ml_status ml_tape_check_gradient(ml_tape *tape, int32_t output, int32_t leaf, float h, double *worst, ml_error *error) {
    ML_TRY(check_recorded(tape, error));
    if (leaf < 0 || leaf >= tape->n_nodes || tape->node[leaf].operation != ML_OP_LEAF || !(h > 0.0f))
        return ml_fail(error, ML_EINVAL, "check_gradient: node %d is no leaf of the tape, or h = %g is not positive",
                       (int)leaf, (double)h);
    ml_tape_zero_gradients(tape);
    ML_TRY(ml_tape_backward(tape, output, error));
    const ml_node *node = &tape->node[leaf];
    double largest = 0.0, above, below;
    for (size_t i = 0; i < ml_tensor_count(&node->value); i++) {
        float *x = &node->value.data[i];
        const float up = *x + h, down = *x - h; /* rounded: their distance is only about 2 h */
        ML_TRY(output_at(tape, output, x, up, &above, error));
        ML_TRY(output_at(tape, output, x, down, &below, error));
        const double by_tape = (double)node->gradient.data[i];
        const double by_difference = (above - below) / ((double)up - (double)down);
        const double scale = larger(1.0, larger(fabs(by_tape), fabs(by_difference)));
        const double error_here = fabs(by_tape - by_difference) / scale;
        largest = isnan(error_here) ? (double)INFINITY : larger(largest, error_here);
    }
    ML_TRY(ml_tape_forward(tape, error));
    *worst = largest;
    return ML_OK;
}
