/* Reverse-mode differentiation on a tape.
 *
 * Each operation appends a node to the tape: what was done, to which earlier nodes, and what came out. Parents always
 * stand before their children, so one walk from the end to the start meets every node after all that depend on it, and
 * can hand its gradient on to its parents: adding, because a value that is used twice matters in two ways.
 *
 *     ml_tape tape;
 *     ML_TRY(ml_tape_init(&tape, 32, arena, error));
 *     const int32_t x = ml_tape_constant(&tape, "x", inputs);
 *     const int32_t w = ml_tape_leaf(&tape, "w", weights), b = ml_tape_leaf(&tape, "b", bias);
 *     const int32_t loss = ml_tape_mse(&tape, ml_tape_add(&tape, ml_tape_matmul(&tape, x, w), b), target);
 *     ML_TRY(ml_tape_backward(&tape, loss, error));
 *     ... tape.node[w].gradient is d loss / d w
 *
 * An operation that cannot be done returns ML_NO_NODE and leaves its sentence in the tape, and all that follow do
 * nothing. So a whole expression is written without checks, and ml_tape_backward tells the first thing that was wrong.
 *
 * Values are float, all of them contiguous. Recording allocates from the arena; forward and backward do not.
 * Source: Griewank and Walther, "Evaluating Derivatives" (2nd edition, 2008), chapter 3; Baydin et al. 2018, "Automatic
 * differentiation in machine learning: a survey", JMLR 18. */
#ifndef ML_AUTOGRAD_H
#define ML_AUTOGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "tensor/tensor.h"

typedef enum ml_operation {
    ML_OP_CONSTANT, /* data: nobody asks for its gradient */
    ML_OP_LEAF,     /* a parameter: its gradient is what all this is for */
    ML_OP_ADD,
    ML_OP_SUBTRACT,
    ML_OP_MULTIPLY,
    ML_OP_MATMUL,
    ML_OP_RELU,
    ML_OP_TANH,
    ML_OP_SIGMOID,
    ML_OP_EXP,
    ML_OP_LOG,
    ML_OP_SUM,
    ML_OP_MEAN,
    ML_OP_CROSS_ENTROPY,
    ML_OP_BINARY_CROSS_ENTROPY,
    ML_OP_MSE,
} ml_operation;

enum { ML_NO_NODE = -1 };

typedef struct ml_node {
    ml_operation operation;
    const char *name;      /* of a leaf or constant, the caller's; else the operation's: ml_operation_name */
    int32_t parent[2];     /* indices on the tape, ML_NO_NODE where there is none */
    bool needs_gradient;   /* it is a leaf, or depends on one */
    ml_tensor value;
    ml_tensor gradient;    /* d output / d value, of the same shape; data is NULL unless needs_gradient */
    ml_tensor scratch;     /* the operation's own: what backward wants to remember or to write on */
    const uint8_t *label;  /* of cross-entropy: the caller's */
} ml_node;

typedef struct ml_tape {
    ml_node *node;         /* in order of creation */
    int32_t n_nodes, capacity;
    ml_arena *arena;
    ml_status status;      /* of the first operation that failed, and its sentence */
    ml_error error;
} ml_tape;

/* An empty tape for up to `capacity` nodes. They, and the tensors of the operations, live in the arena.
 * Errors: ML_ENOMEM. */
ml_status ml_tape_init(ml_tape *tape, int32_t capacity, ml_arena *arena, ml_error *error);

/* "add", "matmul", ... */
const char *ml_operation_name(ml_operation operation);

/* --- Recording. Each returns the new node's index, or ML_NO_NODE. -------------------------------------------------- *
 * Errors, kept in the tape: ML_ESHAPE for sizes that do not fit; ML_EINVAL for a node that is not on the tape, a value
 * that is not contiguous, a label out of range; ML_ENOMEM when the tape or the arena is full. */

/* A value of the caller's, who may change its floats later and call ml_tape_forward. */
int32_t ml_tape_leaf(ml_tape *tape, const char *name, ml_tensor value);
int32_t ml_tape_constant(ml_tape *tape, const char *name, ml_tensor value);

/* Elementwise; shapes broadcast as in ml/tensor, and the gradient is summed back to each parent's shape. */
int32_t ml_tape_add(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_subtract(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_multiply(ml_tape *tape, int32_t a, int32_t b);

/* a is m x k, b is k x n, the result m x n. */
int32_t ml_tape_matmul(ml_tape *tape, int32_t a, int32_t b);

/* Elementwise. The slope of relu at 0 is 0. */
int32_t ml_tape_relu(ml_tape *tape, int32_t a);
int32_t ml_tape_tanh(ml_tape *tape, int32_t a);
int32_t ml_tape_sigmoid(ml_tape *tape, int32_t a);
int32_t ml_tape_exp(ml_tape *tape, int32_t a);
int32_t ml_tape_log(ml_tape *tape, int32_t a);

/* Of all elements; the result has no dimensions. The mean of nothing is an error. */
int32_t ml_tape_sum(ml_tape *tape, int32_t a);
int32_t ml_tape_mean(ml_tape *tape, int32_t a);

/* Mean over m rows of -log(softmax(row)[label]), computed from the logits [m, n] without overflow; label [m] is below n
 * and stays the caller's. One node for both, because together their gradient is simply softmax minus one-hot.
 * Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.3. */
int32_t ml_tape_cross_entropy(ml_tape *tape, int32_t logits, const uint8_t *label);

/* Mean of -y log(s) - (1 - y) log(1 - s) with s = sigmoid(logit), computed from the logits without overflow. y has the
 * logits' shape, values in [0, 1] (it may be soft), and gets no gradient. */
int32_t ml_tape_binary_cross_entropy(ml_tape *tape, int32_t logits, int32_t y);

/* Mean of (a - b)^2; a and b have the same shape. */
int32_t ml_tape_mse(ml_tape *tape, int32_t a, int32_t b);

/* --- Differentiating ---------------------------------------------------------------------------------------------- */

/* Computes all values again, in order: after the floats of leaves or constants were changed. The errors of recording
 * are returned here too. */
ml_status ml_tape_forward(ml_tape *tape, ml_error *error);

/* Adds d output / d leaf to the gradient of every leaf that output depends on. The gradients of the nodes between are
 * those of this call. Output must have exactly one element. Cost: two to three times the forward computation.
 * Errors: what went wrong while recording; ML_EINVAL if output is not on the tape; ML_ESHAPE if not one number. */
ml_status ml_tape_backward(ml_tape *tape, int32_t output, ml_error *error);

/* Sets all gradients to zero, those of leaves too. */
void ml_tape_zero_gradients(ml_tape *tape);

/* The same walk, step by step, to watch it: begin sets the gradients between to 0 and the output's to 1; then one
 * ml_tape_backward_node for each node from output down to 0 hands that node's gradient on to its parents. */
ml_status ml_tape_backward_begin(ml_tape *tape, int32_t output, ml_error *error);
void ml_tape_backward_node(ml_tape *tape, int32_t index);

/* Compares the gradient of one leaf with central differences (f(x + h) - f(x - h)) / 2h, element by element.
 *   worst   out, the largest |tape - difference| / max(1, |tape|, |difference|)
 * The values are float, so h must be large: with 1e-2 and f of order 1 expect about 1e-4. Afterwards the values are as
 * before, and the gradients those of this output alone. Cost: two forward computations for each element of the leaf.
 * Errors: as ml_tape_backward; ML_EINVAL if leaf is not a leaf of the tape or h is not positive. */
ml_status ml_tape_check_gradient(ml_tape *tape, int32_t output, int32_t leaf, float h, double *worst, ml_error *error);

#endif
