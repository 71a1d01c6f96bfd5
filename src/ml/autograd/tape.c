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
    *tape = (ml_tape){.node = node, .capacity = capacity, .arena = arena, .training = true};
    return ML_OK;
}

const char *ml_operation_name(ml_operation of) {
    return ml_operations[of].name;
}

/* --- Segments of which only the last value is kept ---------------------------------------------------------------- */

static int32_t open_segment(const ml_tape *tape) {
    return tape->in_segment ? tape->n_segments : 0;
}

static bool is_computed(const ml_node *node) {
    return node->operation != ML_OP_LEAF && node->operation != ML_OP_CONSTANT;
}

/* Whether a node's value and gradient are in the workspace of a finished segment: all that it computes but the last. */
static bool is_inside(const ml_tape *tape, int32_t index) {
    const ml_node *node = &tape->node[index];
    return node->segment != 0 && is_computed(node) && index + 1 < tape->n_nodes &&
           tape->node[index + 1].segment == node->segment;
}

/* Where the next node's tensors go. */
static ml_arena *room(ml_tape *tape) {
    return tape->in_segment ? &tape->workspace : tape->arena;
}

/* --- Recording ---------------------------------------------------------------------------------------------------- */

static ml_status check_room(const ml_tape *tape, ml_error *error) {
    if (tape->n_nodes == tape->capacity)
        return ml_fail(error, ML_ENOMEM, "tape: it is full with %d nodes; make a longer one", (int)tape->capacity);
    return ML_OK;
}

static ml_status check_parent(const ml_tape *tape, const ml_node *node, int32_t parent, ml_error *error) {
    if (parent < 0 || parent >= tape->n_nodes)
        return ml_fail(error, ML_EINVAL, "%s: there is no node %d on the tape; it has %d", node->name, (int)parent,
                       (int)tape->n_nodes);
    if (tape->node[parent].segment != node->segment && is_inside(tape, parent))
        return ml_fail(error, ML_EINVAL,
                       "%s: node %d is inside a checkpointed segment, of which only the last node can be used",
                       node->name, (int)parent);
    return ML_OK;
}

/* Makes value, gradient and scratch of a node whose operation and parents are set, and computes the value. */
static ml_status complete(ml_tape *tape, ml_node *node, ml_error *error) {
    const operation *of = &ml_operations[node->operation];
    ML_TRY(check_room(tape, error));
    for (int32_t i = 0; i < of->n_parents; i++) {
        if (node->parent[i] == ML_NO_NODE && i >= of->n_parents - of->n_optional)
            continue;
        ML_TRY(check_parent(tape, node, node->parent[i], error));
        node->needs_gradient = node->needs_gradient || tape->node[node->parent[i]].needs_gradient;
    }
    ML_TRY(of->shape(tape, node, error));
    const ml_tensor shape = node->value;
    ML_TRY(ml_tensor_create(room(tape), shape.dimensions, shape.size, &node->value, error));
    if (node->needs_gradient)
        ML_TRY(ml_tensor_create(room(tape), shape.dimensions, shape.size, &node->gradient, error));
    const size_t floats = of->scratch == NULL ? 0 : of->scratch(tape, node);
    node->scratch = ML_ALLOC(room(tape), floats, float);
    if (node->scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "%s: its %zu floats of scratch do not fit in the memory that is left",
                       node->name, floats);
    return of->forward(tape, node, error);
}

static int32_t fail(ml_tape *tape, ml_status status) {
    tape->status = status;
    return ML_NO_NODE;
}

/* Appends the node if `status` is ML_OK; else keeps the status and gives back what was allocated since the mark. */
static int32_t append(ml_tape *tape, const ml_node *node, ml_status status, ml_arena *arena, ml_arena_mark mark) {
    if (status != ML_OK) {
        ml_arena_release(arena, mark);
        return fail(tape, status);
    }
    tape->node[tape->n_nodes] = *node;
    return tape->n_nodes++;
}

/* `node` says what is to be done: the operation, its parents, what it was told. */
static int32_t record(ml_tape *tape, ml_node node) {
    if (tape->status != ML_OK)
        return ML_NO_NODE;
    ml_arena *arena = room(tape);
    const ml_arena_mark mark = ml_arena_save(arena);
    node.name = ml_operation_name(node.operation);
    node.segment = open_segment(tape);
    const ml_status status = complete(tape, &node, &tape->error);
    if (status == ML_OK)
        tape->resident = node.segment != 0 ? node.segment : tape->resident;
    return append(tape, &node, status, arena, mark);
}

static ml_status complete_given(ml_tape *tape, ml_node *node, ml_error *error) {
    ml_tensor_shape_text of_value, of_gradient;
    ML_TRY(check_room(tape, error));
    if (!ml_tensor_is_contiguous(&node->value))
        return ml_fail(error, ML_EINVAL, "%s: its value is a view with gaps; copy it first", node->name);
    if (!node->needs_gradient)
        return ML_OK;
    if (node->gradient.data == NULL)
        return ml_tensor_create(tape->arena, node->value.dimensions, node->value.size, &node->gradient, error);
    if (!ml_tensor_same_shape(&node->value, &node->gradient))
        return ml_fail(error, ML_ESHAPE, "%s: its value is %s, its gradient is %s; the shapes must be equal",
                       node->name, ml_tensor_describe(&node->value, &of_value),
                       ml_tensor_describe(&node->gradient, &of_gradient));
    if (!ml_tensor_is_contiguous(&node->gradient))
        return ml_fail(error, ML_EINVAL, "%s: its gradient is a view with gaps", node->name);
    return ML_OK;
}

static int32_t record_given(ml_tape *tape, ml_operation of, const char *name, ml_tensor value, ml_tensor gradient) {
    if (tape->status != ML_OK)
        return ML_NO_NODE;
    const ml_arena_mark mark = ml_arena_save(tape->arena);
    ml_node node = {.operation = of,
                    .name = name != NULL ? name : ml_operation_name(of),
                    .parent = {ML_NO_NODE, ML_NO_NODE, ML_NO_NODE},
                    .needs_gradient = of == ML_OP_LEAF,
                    .value = value,
                    .gradient = gradient,
                    .segment = open_segment(tape)};
    return append(tape, &node, complete_given(tape, &node, &tape->error), tape->arena, mark);
}

int32_t ml_tape_leaf(ml_tape *tape, const char *name, ml_tensor value) {
    return record_given(tape, ML_OP_LEAF, name, value, (ml_tensor){0});
}

int32_t ml_tape_leaf_over(ml_tape *tape, const char *name, ml_tensor value, ml_tensor gradient) {
    return record_given(tape, ML_OP_LEAF, name, value, gradient);
}

int32_t ml_tape_constant(ml_tape *tape, const char *name, ml_tensor value) {
    return record_given(tape, ML_OP_CONSTANT, name, value, (ml_tensor){0});
}

/* An operation on one, two or three nodes, with what else it was told. */
#define ONE(a)                                                                                                         \
    { (a), ML_NO_NODE, ML_NO_NODE }
#define TWO(a, b)                                                                                                      \
    { (a), (b), ML_NO_NODE }
#define THREE(a, b, c)                                                                                                 \
    { (a), (b), (c) }
#define RECORD(of, ...) record(tape, (ml_node){.operation = of, .parent = __VA_ARGS__})

int32_t ml_tape_add(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_ADD, TWO(a, b));
}

int32_t ml_tape_subtract(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_SUBTRACT, TWO(a, b));
}

int32_t ml_tape_multiply(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_MULTIPLY, TWO(a, b));
}

int32_t ml_tape_divide(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_DIVIDE, TWO(a, b));
}

int32_t ml_tape_maximum(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_MAXIMUM, TWO(a, b));
}

int32_t ml_tape_scale(ml_tape *tape, int32_t a, float factor) {
    return RECORD(ML_OP_SCALE, ONE(a), .number = factor);
}

int32_t ml_tape_absolute(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_ABSOLUTE, ONE(a));
}

int32_t ml_tape_sqrt(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_SQRT, ONE(a));
}

int32_t ml_tape_relu(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_RELU, ONE(a));
}

int32_t ml_tape_tanh(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_TANH, ONE(a));
}

int32_t ml_tape_sigmoid(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_SIGMOID, ONE(a));
}

int32_t ml_tape_gelu(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_GELU, ONE(a));
}

int32_t ml_tape_exp(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_EXP, ONE(a));
}

int32_t ml_tape_log(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_LOG, ONE(a));
}

int32_t ml_tape_dropout(ml_tape *tape, int32_t a, float rate) {
    return RECORD(ML_OP_DROPOUT, ONE(a), .number = rate);
}

int32_t ml_tape_transpose(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_TRANSPOSE, ONE(a));
}

int32_t ml_tape_permute(ml_tape *tape, int32_t a, const int32_t order[ML_TENSOR_DIMENSIONS]) {
    ml_node node = {.operation = ML_OP_PERMUTE, .parent = ONE(a)};
    const bool exists = a >= 0 && a < tape->n_nodes; /* else record will tell */
    for (int32_t d = 0; exists && d < tape->node[a].value.dimensions; d++)
        node.order[d] = order[d];
    return record(tape, node);
}

/* A node that begins with the shape it shall have. */
static int32_t record_shaped(ml_tape *tape, ml_operation of, int32_t a, int32_t dimensions, const size_t *size) {
    if (tape->status == ML_OK && (dimensions < 0 || dimensions > ML_TENSOR_DIMENSIONS))
        return fail(tape, ml_fail(&tape->error, ML_ESHAPE, "%s: a tensor has 0 to %d dimensions, not %d",
                                  ml_operation_name(of), ML_TENSOR_DIMENSIONS, (int)dimensions));
    ml_node node = {.operation = of, .parent = ONE(a)};
    if (tape->status == ML_OK)
        node.value = ml_tensor_over(NULL, dimensions, size);
    return record(tape, node);
}

int32_t ml_tape_reshape(ml_tape *tape, int32_t a, int32_t dimensions, const size_t *size) {
    return record_shaped(tape, ML_OP_RESHAPE, a, dimensions, size);
}

int32_t ml_tape_slice(ml_tape *tape, int32_t a, int32_t dimension, size_t from, size_t to) {
    return RECORD(ML_OP_SLICE, ONE(a), .dimension = dimension, .from = from, .to = to);
}

int32_t ml_tape_concatenate(ml_tape *tape, int32_t a, int32_t b, int32_t dimension) {
    return RECORD(ML_OP_CONCATENATE, TWO(a, b), .dimension = dimension);
}

int32_t ml_tape_sum(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_SUM, ONE(a));
}

int32_t ml_tape_mean(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_MEAN, ONE(a));
}

int32_t ml_tape_sum_to(ml_tape *tape, int32_t a, int32_t dimensions, const size_t *size) {
    return record_shaped(tape, ML_OP_SUM_TO, a, dimensions, size);
}

int32_t ml_tape_matmul(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_MATMUL, TWO(a, b));
}

int32_t ml_tape_gather(ml_tape *tape, int32_t table, const uint32_t *index, size_t n) {
    return RECORD(ML_OP_GATHER, ONE(table), .index = index, .value = {.size = {n}});
}

int32_t ml_tape_conv2d(ml_tape *tape, int32_t x, int32_t weight, int32_t bias, size_t stride, size_t padding) {
    return RECORD(ML_OP_CONV2D, THREE(x, weight, bias), .stride = stride, .padding = padding);
}

int32_t ml_tape_max_pool(ml_tape *tape, int32_t x, size_t size, size_t stride) {
    return RECORD(ML_OP_MAX_POOL, ONE(x), .window = size, .stride = stride);
}

int32_t ml_tape_average_pool(ml_tape *tape, int32_t x, size_t size, size_t stride) {
    return RECORD(ML_OP_AVERAGE_POOL, ONE(x), .window = size, .stride = stride);
}

int32_t ml_tape_softmax(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_SOFTMAX, ONE(a));
}

int32_t ml_tape_log_softmax(ml_tape *tape, int32_t a) {
    return RECORD(ML_OP_LOG_SOFTMAX, ONE(a));
}

int32_t ml_tape_batch_norm(ml_tape *tape, int32_t x, int32_t scale, int32_t shift, float *running_mean,
                           float *running_variance) {
    return RECORD(ML_OP_BATCH_NORM, THREE(x, scale, shift), .running_mean = running_mean,
                  .running_variance = running_variance);
}

int32_t ml_tape_layer_norm(ml_tape *tape, int32_t x, int32_t scale, int32_t shift) {
    return RECORD(ML_OP_LAYER_NORM, THREE(x, scale, shift));
}

int32_t ml_tape_cross_entropy(ml_tape *tape, int32_t logits, const uint8_t *label) {
    return RECORD(ML_OP_CROSS_ENTROPY, ONE(logits), .label = label);
}

int32_t ml_tape_cross_entropy_smooth(ml_tape *tape, int32_t logits, const uint8_t *label, float smoothing) {
    return RECORD(ML_OP_CROSS_ENTROPY_SMOOTH, ONE(logits), .label = label, .number = smoothing);
}

int32_t ml_tape_sampled_softmax(ml_tape *tape, int32_t user, int32_t item, const float *log_q) {
    return RECORD(ML_OP_SAMPLED_SOFTMAX, TWO(user, item), .log_q = log_q);
}

int32_t ml_tape_binary_cross_entropy(ml_tape *tape, int32_t logits, int32_t y) {
    return RECORD(ML_OP_BINARY_CROSS_ENTROPY, TWO(logits, y));
}

int32_t ml_tape_focal(ml_tape *tape, int32_t logits, int32_t y, float gamma) {
    return RECORD(ML_OP_FOCAL, TWO(logits, y), .number = gamma);
}

int32_t ml_tape_hinge(ml_tape *tape, int32_t scores, int32_t y) {
    return RECORD(ML_OP_HINGE, TWO(scores, y));
}

int32_t ml_tape_kl(ml_tape *tape, int32_t log_probabilities, int32_t target) {
    return RECORD(ML_OP_KL, TWO(log_probabilities, target));
}

int32_t ml_tape_mse(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_MSE, TWO(a, b));
}

int32_t ml_tape_mae(ml_tape *tape, int32_t a, int32_t b) {
    return RECORD(ML_OP_MAE, TWO(a, b));
}

int32_t ml_tape_huber(ml_tape *tape, int32_t a, int32_t b, float delta) {
    return RECORD(ML_OP_HUBER, TWO(a, b), .number = delta);
}

int32_t ml_tape_pinball(ml_tape *tape, int32_t a, int32_t b, float quantile) {
    return RECORD(ML_OP_PINBALL, TWO(a, b), .number = quantile);
}

int32_t ml_tape_triplet(ml_tape *tape, int32_t anchor, int32_t positive, int32_t negative, float margin) {
    return RECORD(ML_OP_TRIPLET, THREE(anchor, positive, negative), .number = margin);
}

/* --- Checkpointing ------------------------------------------------------------------------------------------------ */

ml_status ml_tape_checkpoint_workspace(ml_tape *tape, size_t bytes, ml_error *error) {
    if (tape->workspace.memory != NULL)
        return ml_fail(error, ML_EINVAL, "checkpoint: the tape has a workspace already, of %zu bytes",
                       tape->workspace.capacity);
    void *memory = ml_arena_alloc(tape->arena, bytes, 1);
    if (memory == NULL)
        return ml_fail(error, ML_ENOMEM, "checkpoint: a workspace of %zu bytes does not fit in the memory that is left",
                       bytes);
    tape->workspace = ml_arena_over(memory, bytes);
    return ML_OK;
}

void ml_tape_checkpoint_begin(ml_tape *tape) {
    if (tape->status != ML_OK)
        return;
    if (tape->workspace.memory == NULL)
        fail(tape, ml_fail(&tape->error, ML_EINVAL,
                           "checkpoint: there is no workspace; take one with ml_tape_checkpoint_workspace"));
    else if (tape->in_segment)
        fail(tape, ml_fail(&tape->error, ML_EINVAL, "checkpoint: a segment is open; end it before the next begins"));
    else {
        tape->workspace.used = 0;
        tape->in_segment = true;
        tape->n_segments++;
    }
}

/* Moves value and gradient from the workspace to where they last. */
static ml_status keep(ml_tape *tape, ml_node *node, ml_error *error) {
    ml_tensor value, gradient = {0};
    ML_TRY(ml_tensor_create(tape->arena, node->value.dimensions, node->value.size, &value, error));
    if (node->needs_gradient)
        ML_TRY(ml_tensor_create(tape->arena, node->value.dimensions, node->value.size, &gradient, error));
    ML_TRY(ml_tensor_copy(&node->value, &value, error));
    node->value = value;
    node->gradient = gradient;
    return ML_OK;
}

int32_t ml_tape_checkpoint_end(ml_tape *tape) {
    if (tape->status != ML_OK)
        return ML_NO_NODE;
    const int32_t last = tape->n_nodes - 1;
    if (!tape->in_segment || last < 0 || tape->node[last].segment != tape->n_segments ||
        !is_computed(&tape->node[last]))
        return fail(tape, ml_fail(&tape->error, ML_EINVAL,
                                  "checkpoint: no segment is open, or it does not end with something computed"));
    const ml_arena_mark mark = ml_arena_save(tape->arena);
    const ml_status status = keep(tape, &tape->node[last], &tape->error);
    if (status != ML_OK) {
        ml_arena_release(tape->arena, mark);
        return fail(tape, status);
    }
    tape->in_segment = false;
    return last;
}

/* --- Walking ------------------------------------------------------------------------------------------------------ */

static ml_status check_recorded(const ml_tape *tape, ml_error *error) {
    if (tape->status != ML_OK)
        return ml_fail(error, tape->status, "%s", tape->error.message);
    if (tape->in_segment)
        return ml_fail(error, ML_EINVAL, "checkpoint: a segment is open; end it with ml_tape_checkpoint_end");
    return ML_OK;
}

ml_status ml_tape_forward_node(ml_tape *tape, int32_t index, ml_error *error) {
    ml_node *node = &tape->node[index];
    if (!is_computed(node))
        return ML_OK;
    if (node->segment != 0)
        tape->resident = node->segment;
    return ml_operations[node->operation].forward(tape, node, error);
}

ml_status ml_tape_forward(ml_tape *tape, ml_error *error) {
    ML_TRY(check_recorded(tape, error));
    for (int32_t i = 0; i < tape->n_nodes; i++)
        ML_TRY(ml_tape_forward_node(tape, i, error));
    return ML_OK;
}

/* Makes the segment around a node what the workspace holds: values as forward left them, gradients 0. */
static ml_status enter_segment(ml_tape *tape, int32_t index, ml_error *error) {
    const int32_t segment = tape->node[index].segment;
    const bool repeating = tape->repeating;
    int32_t first = index, end = index;
    ml_status status = ML_OK;
    while (first > 0 && tape->node[first - 1].segment == segment)
        first--;
    while (end < tape->n_nodes && tape->node[end].segment == segment)
        end++;
    tape->repeating = true;
    for (int32_t i = first; i < end && tape->resident != segment && status == ML_OK; i++)
        status = ml_operations[tape->node[i].operation].forward == NULL
                     ? ML_OK
                     : ml_operations[tape->node[i].operation].forward(tape, &tape->node[i], error);
    tape->repeating = repeating;
    tape->resident = tape->entered = segment;
    for (int32_t i = first; i < end; i++)
        if (tape->node[i].needs_gradient && is_inside(tape, i))
            ml_tensor_fill(&tape->node[i].gradient, 0.0f);
    return status;
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
        if (tape->node[i].needs_gradient && tape->node[i].operation != ML_OP_LEAF && !is_inside(tape, i))
            ml_tensor_fill(&tape->node[i].gradient, 0.0f);
    tape->entered = 0;
    if (last->segment != 0)
        ML_TRY(enter_segment(tape, output, error));
    if (last->needs_gradient)
        last->gradient.data[0] += 1.0f; /* d output / d output */
    return ML_OK;
}

static ml_status backward_node(ml_tape *tape, int32_t index, ml_error *error) {
    ml_node *node = &tape->node[index];
    if (!node->needs_gradient || !is_computed(node))
        return ML_OK;
    if (node->segment != 0 && node->segment != tape->entered)
        ML_TRY(enter_segment(tape, index, error));
    ml_operations[node->operation].backward(tape, node);
    return ML_OK;
}

void ml_tape_backward_node(ml_tape *tape, int32_t index) {
    backward_node(tape, index, NULL);
}

ml_status ml_tape_backward(ml_tape *tape, int32_t output, ml_error *error) {
    ML_TRY(ml_tape_backward_begin(tape, output, error));
    for (int32_t i = output; i >= 0; i--)
        ML_TRY(backward_node(tape, i, error));
    return ML_OK;
}

void ml_tape_zero_gradients(ml_tape *tape) {
    for (int32_t i = 0; i < tape->n_nodes; i++)
        if (tape->node[i].needs_gradient && !is_inside(tape, i))
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

static ml_status largest_difference(ml_tape *tape, int32_t output, const ml_node *leaf, float h, double *largest,
                                    ml_error *error) {
    double above, below;
    *largest = 0.0;
    for (size_t i = 0; i < ml_tensor_count(&leaf->value); i++) {
        float *x = &leaf->value.data[i];
        const float up = *x + h, down = *x - h; /* rounded: their distance is only about 2 h */
        ML_TRY(output_at(tape, output, x, up, &above, error));
        ML_TRY(output_at(tape, output, x, down, &below, error));
        const double by_tape = (double)leaf->gradient.data[i];
        const double by_difference = (above - below) / ((double)up - (double)down);
        const double scale = larger(1.0, larger(fabs(by_tape), fabs(by_difference)));
        const double error_here = fabs(by_tape - by_difference) / scale;
        *largest = isnan(error_here) ? (double)INFINITY : larger(*largest, error_here);
    }
    return ml_tape_forward(tape, error);
}

ml_status ml_tape_check_gradient(ml_tape *tape, int32_t output, int32_t leaf, float h, double *worst, ml_error *error) {
    double largest;
    ML_TRY(check_recorded(tape, error));
    if (leaf < 0 || leaf >= tape->n_nodes || tape->node[leaf].operation != ML_OP_LEAF || !(h > 0.0f))
        return ml_fail(error, ML_EINVAL, "check_gradient: node %d is no leaf of the tape, or h = %g is not positive",
                       (int)leaf, (double)h);
    ml_tape_zero_gradients(tape);
    ML_TRY(ml_tape_backward(tape, output, error));
    tape->repeating = true;
    const ml_status status = largest_difference(tape, output, &tape->node[leaf], h, &largest, error);
    tape->repeating = false;
    if (status == ML_OK)
        *worst = largest;
    return status;
}
