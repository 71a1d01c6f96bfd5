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
 * Record one operand at a time, though: in f(tape, g(tape, ...), h(tape, ...)) C leaves it open which of g and h comes
 * first, and with it the order of the nodes.
 *
 * To watch it work: tape.node[0 .. n_nodes-1] are the nodes in order of creation, each with its name, its parents, its
 * value and its gradient, all of which may be read at any time. ml_tape_forward_node computes one value from those of
 * its parents; after ml_tape_backward_begin, ml_tape_backward_node hands one gradient on to the parents. Whoever calls
 * them chooses the order, a wrong one too.
 *
 * Values are float, all of them contiguous. Recording allocates from the arena; forward and backward do not. What the
 * caller hands over (floats, labels, indices, names, the random numbers) stays the caller's and must outlive the tape.
 * Source: Griewank and Walther, "Evaluating Derivatives" (2nd edition, 2008), chapter 3; Baydin et al. 2018, "Automatic
 * differentiation in machine learning: a survey", JMLR 18. */
#ifndef ML_AUTOGRAD_H
#define ML_AUTOGRAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"
#include "tensor/tensor.h"

typedef enum ml_operation {
    ML_OP_CONSTANT, /* data: nobody asks for its gradient */
    ML_OP_LEAF,     /* a parameter: its gradient is what all this is for */
    ML_OP_ADD,
    ML_OP_SUBTRACT,
    ML_OP_MULTIPLY,
    ML_OP_DIVIDE,
    ML_OP_MAXIMUM,
    ML_OP_SCALE,
    ML_OP_ABSOLUTE,
    ML_OP_SQRT,
    ML_OP_RELU,
    ML_OP_TANH,
    ML_OP_SIGMOID,
    ML_OP_GELU,
    ML_OP_EXP,
    ML_OP_LOG,
    ML_OP_DROPOUT,
    ML_OP_TRANSPOSE,
    ML_OP_PERMUTE,
    ML_OP_RESHAPE,
    ML_OP_SLICE,
    ML_OP_CONCATENATE,
    ML_OP_SUM,
    ML_OP_MEAN,
    ML_OP_SUM_TO,
    ML_OP_MATMUL,
    ML_OP_GATHER,
    ML_OP_CONV2D,
    ML_OP_MAX_POOL,
    ML_OP_AVERAGE_POOL,
    ML_OP_SOFTMAX,
    ML_OP_LOG_SOFTMAX,
    ML_OP_BATCH_NORM,
    ML_OP_LAYER_NORM,
    ML_OP_CROSS_ENTROPY,
    ML_OP_CROSS_ENTROPY_SMOOTH,
    ML_OP_SAMPLED_SOFTMAX,
    ML_OP_BINARY_CROSS_ENTROPY,
    ML_OP_FOCAL,
    ML_OP_HINGE,
    ML_OP_KL,
    ML_OP_MSE,
    ML_OP_MAE,
    ML_OP_HUBER,
    ML_OP_PINBALL,
    ML_OP_TRIPLET,
    ML_OPERATIONS, /* how many there are */
} ml_operation;

enum { ML_NO_NODE = -1, ML_PARENTS = 3 };

typedef struct ml_node {
    ml_operation operation;
    const char *name;           /* of a leaf or constant, the caller's; else the operation's: ml_operation_name */
    int32_t parent[ML_PARENTS]; /* indices on the tape, ML_NO_NODE where there is none */
    bool needs_gradient;        /* it is a leaf, or depends on one */
    ml_tensor value;
    ml_tensor gradient; /* d output / d value, of the same shape; data is NULL unless needs_gradient */
    float *scratch;     /* the operation's own: what backward wants to remember or to write on */

    /* What an operation was told besides its parents; each field is used by those that are named. */
    float number;                        /* scale: the factor; dropout: the rate; huber: delta; pinball: the quantile;
                                          * cross_entropy_smooth: the smoothing; focal: gamma; triplet: the margin */
    int32_t dimension;                   /* slice, concatenate */
    size_t from, to;                     /* slice */
    int32_t order[ML_TENSOR_DIMENSIONS]; /* permute */
    size_t window, stride, padding;      /* conv2d: stride and padding; pools: window and stride */
    const uint8_t *label;                /* cross_entropy and cross_entropy_smooth: the caller's */
    const uint32_t *index;               /* gather: the caller's */
    const float *log_q;                  /* sampled_softmax: the caller's, or NULL */
    float *running_mean, *running_variance; /* batch_norm: the caller's, or both NULL */
    ml_rng drawn_from;                      /* dropout: the random numbers as they were before its mask was drawn */
    bool evaluating; /* dropout: its last value let all pass; batch_norm: it came from the averages */
    int32_t segment; /* the checkpointed segment that it lies in, from 1 on; 0: none */
} ml_node;

typedef struct ml_tape {
    ml_node *node; /* in order of creation */
    int32_t n_nodes, capacity;
    ml_arena *arena;
    ml_status status; /* of the first operation that failed, and its sentence */
    ml_error error;

    /* The caller's to change between calls. */
    bool training; /* from ml_tape_init on true; false: dropout does nothing, batch_norm uses its averages */
    ml_rng *rng;   /* where dropout draws from, the caller's; NULL at first: needed by dropout alone */

    /* Private. */
    bool repeating;     /* forward repeats the last one: same masks, running averages stay */
    ml_arena workspace; /* what checkpointed segments share */
    int32_t n_segments;
    int32_t resident; /* the segment whose values are in the workspace, 0: none */
    int32_t entered;  /* the segment that the backward walk is in, 0: none */
    bool in_segment;  /* between ml_tape_checkpoint_begin and _end */
} ml_tape;

/* An empty tape for up to `capacity` nodes. They, and the tensors of the operations, live in the arena.
 * Errors: ML_EINVAL for a capacity below 1, ML_ENOMEM. */
ml_status ml_tape_init(ml_tape *tape, int32_t capacity, ml_arena *arena, ml_error *error);

/* "add", "matmul", ... */
const char *ml_operation_name(ml_operation operation);

/* --- Recording. Each returns the new node's index, or ML_NO_NODE. -------------------------------------------------- *
 * Errors, kept in the tape: ML_ESHAPE for sizes that do not fit, or nothing where something is needed; ML_EINVAL for a
 * node that is not on the tape, a value that is not contiguous, a label or number out of range; ML_ENOMEM when the tape
 * or the arena is full, which then has as many bytes in use as before. Only what is said to have a domain is checked:
 * NaN and infinity pass through the rest, to be met in the loss. */

/* A value of the caller's, who may change its floats later and call ml_tape_forward. */
int32_t ml_tape_leaf(ml_tape *tape, const char *name, ml_tensor value);
int32_t ml_tape_constant(ml_tape *tape, const char *name, ml_tensor value);

/* A leaf whose gradient lies where the caller wants it, for instance in one long vector for all parameters: contiguous,
 * of the value's shape, and the caller's. */
int32_t ml_tape_leaf_over(ml_tape *tape, const char *name, ml_tensor value, ml_tensor gradient);

/* Of two, element by element; shapes broadcast as in ml/tensor, and the gradient is summed back to each parent's shape.
 * maximum: where they are equal, the first gets the gradient. */
int32_t ml_tape_add(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_subtract(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_multiply(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_divide(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_maximum(ml_tape *tape, int32_t a, int32_t b);

/* Of one, element by element. The slopes of relu and absolute at 0 are 0; that of sqrt is infinite there. gelu is
 * x Phi(x), Phi the normal distribution (Hendrycks and Gimpel 2016, "Gaussian Error Linear Units"). */
int32_t ml_tape_scale(ml_tape *tape, int32_t a, float factor);
int32_t ml_tape_absolute(ml_tape *tape, int32_t a);
int32_t ml_tape_sqrt(ml_tape *tape, int32_t a);
int32_t ml_tape_relu(ml_tape *tape, int32_t a);
int32_t ml_tape_tanh(ml_tape *tape, int32_t a);
int32_t ml_tape_sigmoid(ml_tape *tape, int32_t a);
int32_t ml_tape_gelu(ml_tape *tape, int32_t a);
int32_t ml_tape_exp(ml_tape *tape, int32_t a);
int32_t ml_tape_log(ml_tape *tape, int32_t a);

/* Inverted dropout: while tape->training, each element is zeroed with probability `rate` in [0, 1) and the others are
 * divided by 1 - rate; else nothing happens. Each forward computation draws anew, one number an element.
 * Errors: ML_EINVAL for another rate, or when training without tape->rng.
 * Source: Srivastava et al. 2014, "Dropout", JMLR 15. */
int32_t ml_tape_dropout(ml_tape *tape, int32_t a, float rate);

/* The same elements in other shapes. transpose swaps the last two dimensions. permute: dimension d of the result is
 * dimension order[d] of a. slice takes `from` up to but without `to` along one dimension. concatenate puts b behind a
 * along one dimension; all others are equal. */
int32_t ml_tape_transpose(ml_tape *tape, int32_t a);
int32_t ml_tape_permute(ml_tape *tape, int32_t a, const int32_t order[ML_TENSOR_DIMENSIONS]);
int32_t ml_tape_reshape(ml_tape *tape, int32_t a, int32_t dimensions, const size_t *size);
int32_t ml_tape_slice(ml_tape *tape, int32_t a, int32_t dimension, size_t from, size_t to);
int32_t ml_tape_concatenate(ml_tape *tape, int32_t a, int32_t b, int32_t dimension);

/* Of all elements; the result has no dimensions. The mean of nothing is an error. */
int32_t ml_tape_sum(ml_tape *tape, int32_t a);
int32_t ml_tape_mean(ml_tape *tape, int32_t a);

/* The reverse of broadcasting: a's elements are summed to a shape that would broadcast to a's. Of [3, 4], to [4] it
 * gives the column sums, to [3, 1] the row sums. */
int32_t ml_tape_sum_to(ml_tape *tape, int32_t a, int32_t dimensions, const size_t *size);

/* a is [..., m, k], b is [..., k, n], the result [..., m, n]: one product for each index of the leading dimensions,
 * which are equal. */
int32_t ml_tape_matmul(ml_tape *tape, int32_t a, int32_t b);

/* Rows index[0..n-1] of a table [v, d], as [n, d]: an embedding. index [n] is below v and stays the caller's; a row
 * that is taken twice gets both gradients. */
int32_t ml_tape_gather(ml_tape *tape, int32_t table, const uint32_t *index, size_t n);

/* Cross-correlation of images x [n, height, width, channels] with weight [kh, kw, channels, filters], then bias
 * [filters], or ML_NO_NODE for none. The images stand in `padding` zeros on all sides; the result is
 * [n, (height + 2 padding - kh) / stride + 1, (width + 2 padding - kw) / stride + 1, filters].
 * Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 9.1. */
int32_t ml_tape_conv2d(ml_tape *tape, int32_t x, int32_t weight, int32_t bias, size_t stride, size_t padding);

/* Maximum or mean of windows of size x size, `stride` apart, of images [n, height, width, channels], each channel on
 * its own; what is left at the right and bottom and fills no window is dropped. Of equal maxima the first one in the
 * window gets the gradient. Size is at most 16. */
int32_t ml_tape_max_pool(ml_tape *tape, int32_t x, size_t size, size_t stride);
int32_t ml_tape_average_pool(ml_tape *tape, int32_t x, size_t size, size_t stride);

/* Along the last dimension, without overflow. */
int32_t ml_tape_softmax(ml_tape *tape, int32_t a);
int32_t ml_tape_log_softmax(ml_tape *tape, int32_t a);

/* Each of the d features in the last dimension to mean 0 and variance 1 over all the rows before it, then times scale
 * [d] plus shift [d]. While tape->training, forward moves running_mean and running_variance [d] (the caller's; both
 * NULL: none are kept) a tenth of the way towards the batch's; else they stand in for the batch's, where they exist.
 * Source: Ioffe and Szegedy 2015, "Batch Normalization", algorithm 1. */
int32_t ml_tape_batch_norm(ml_tape *tape, int32_t x, int32_t scale, int32_t shift, float *running_mean,
                           float *running_variance);

/* Each row of the last dimension, of d features, to mean 0 and variance 1, then times scale [d] plus shift [d].
 * Source: Ba, Kiros and Hinton 2016, "Layer Normalization". */
int32_t ml_tape_layer_norm(ml_tape *tape, int32_t x, int32_t scale, int32_t shift);

/* --- Losses: one number, a mean over rows or elements; summed in double ----------------------------------------------
 * * Labels and targets with a domain are checked in every forward computation, since the caller may change them. */

/* Mean over m rows of -log(softmax(row)[label]), computed from the logits [m, n] without overflow; label [m] is below n
 * and stays the caller's. One node for both, because together their gradient is simply softmax minus one-hot.
 * Source: Goodfellow, Bengio and Courville, "Deep Learning" (2016), section 6.2.2.3. */
int32_t ml_tape_cross_entropy(ml_tape *tape, int32_t logits, const uint8_t *label);

/* The same against softened targets: 1 - smoothing of the label plus smoothing / n of every class; smoothing in [0, 1].
 * Source: Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7. */
int32_t ml_tape_cross_entropy_smooth(ml_tape *tape, int32_t logits, const uint8_t *label, float smoothing);

/* Retrieval with the other rows as negatives: row i of user [n, d] should find row i of item [n, d] among all n. The
 * logits user item' lose log_q[j] in column j: the log of how often item j is drawn as a negative (NULL: nothing); then
 * cross-entropy with the diagonal. log_q [n] stays the caller's. Cost: 2 n^2 d multiply-adds forward.
 * Source: Yi et al. 2019, "Sampling-bias-corrected neural modeling for large corpus item recommendations", RecSys. */
int32_t ml_tape_sampled_softmax(ml_tape *tape, int32_t user, int32_t item, const float *log_q);

/* Mean of -y log(s) - (1 - y) log(1 - s) with s = sigmoid(logit), computed from the logits without overflow. y has the
 * logits' shape, values in [0, 1] (it may be soft), and gets no gradient. */
int32_t ml_tape_binary_cross_entropy(ml_tape *tape, int32_t logits, int32_t y);

/* The same for y of 0 or 1, each element times (1 - p)^gamma with p the probability of the right answer: what is
 * already right counts less. gamma is 0 or more. Source: Lin et al. 2017, "Focal Loss for Dense Object Detection",
 * without its alpha. */
int32_t ml_tape_focal(ml_tape *tape, int32_t logits, int32_t y, float gamma);

/* Mean of max(0, 1 - y score); y has the scores' shape, is -1 or 1 and gets no gradient. Slope 0 at the corner.
 * Source: Cortes and Vapnik 1995, "Support-vector networks", Machine Learning 20. */
int32_t ml_tape_hinge(ml_tape *tape, int32_t scores, int32_t y);

/* Kullback-Leibler divergence: mean over rows of sum of t (log t - l), l the log-probabilities and t the target
 * probabilities along the last dimension; where t is 0 it counts 0. t has l's shape, is 0 or more and finite, and gets
 * no gradient. */
int32_t ml_tape_kl(ml_tape *tape, int32_t log_probabilities, int32_t target);

/* Of a - b, element by element, a and b of the same shape, both with gradients: the mean of the square; of the absolute
 * value (slope 0 at 0); of d^2 / 2 within delta and delta (|d| - delta / 2) beyond (Huber 1964, Annals of Mathematical
 * Statistics 35; delta above 0). */
int32_t ml_tape_mse(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_mae(ml_tape *tape, int32_t a, int32_t b);
int32_t ml_tape_huber(ml_tape *tape, int32_t a, int32_t b, float delta);

/* Prediction a, outcome b: each unit that a is too low costs `quantile`, too high 1 - quantile, so that the least mean
 * is at that quantile, in (0, 1). Slope 0 at a = b. Source: Koenker and Bassett 1978, Econometrica 46. */
int32_t ml_tape_pinball(ml_tape *tape, int32_t a, int32_t b, float quantile);

/* Mean over rows of max(0, margin + |a - p|^2 - |a - n|^2), for three matrices of the same shape [m, d]; margin is 0 or
 * more. Slope 0 at the corner. Source: Schroff, Kalenichenko and Philbin 2015, "FaceNet". */
int32_t ml_tape_triplet(ml_tape *tape, int32_t anchor, int32_t positive, int32_t negative, float margin);

/* --- Checkpointing: less memory for one more forward computation -----------------------------------------------------
 * * The values inside a segment of the tape, all but its last, live in a workspace that all segments share. The
 * backward walk computes them anew when it comes to the segment: the same bits, with the same masks of dropout. So a
 * chain of n layers, cut into sqrt(n) segments of sqrt(n) layers, needs the memory of about 2 sqrt(n) of them.
 *
 *     ML_TRY(ml_tape_checkpoint_workspace(&tape, bytes, error));
 *     ml_tape_checkpoint_begin(&tape);
 *     h = ... layers, from h on ...
 *     h = ml_tape_checkpoint_end(&tape);
 *
 * Of what a segment computes, later nodes may use its last node alone. Values and gradients inside it may be read only
 * while the walk is there. Leaves must keep their floats from forward to backward. Cost: each segment's forward
 * computation once more, but for the one that was computed last.
 * Source: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"; Griewank and Walther, chapter 12. */

/* Takes the workspace, so many bytes, from the tape's arena: enough for the largest segment's values, gradients and
 * scratch. Once a tape. Errors: ML_EINVAL if there is one already, ML_ENOMEM. */
ml_status ml_tape_checkpoint_workspace(ml_tape *tape, size_t bytes, ml_error *error);

/* What is recorded between the two is a segment; end returns its last node. As in recording, errors are kept in the
 * tape: ML_EINVAL for a segment in a segment, one that computes nothing at its end, or without a workspace; ML_ENOMEM
 * when the segment does not fit into it. */
void ml_tape_checkpoint_begin(ml_tape *tape);
int32_t ml_tape_checkpoint_end(ml_tape *tape);

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

/* The same walks, step by step, to watch them. Forward: one value from those of its parents. Backward: begin sets the
 * gradients between to 0 and the output's to 1; then one ml_tape_backward_node for each node from output down to 0
 * hands that node's gradient on to its parents. index is on the tape. */
ml_status ml_tape_forward_node(ml_tape *tape, int32_t index, ml_error *error);
ml_status ml_tape_backward_begin(ml_tape *tape, int32_t output, ml_error *error);
void ml_tape_backward_node(ml_tape *tape, int32_t index);

/* Compares the gradient of one leaf with central differences (f(x + h) - f(x - h)) / 2h, element by element. Masks of
 * dropout and running averages of batch_norm stay as they are meanwhile.
 *   worst   out, the largest |tape - difference| / max(1, |tape|, |difference|)
 * The values are float, so h must be large: with 1e-2 and f of order 1 expect about 1e-4. Afterwards the values are as
 * before, and the gradients those of this output alone. Cost: two forward computations for each element of the leaf.
 * Errors: as ml_tape_backward; ML_EINVAL if leaf is not a leaf of the tape or h is not positive. */
ml_status ml_tape_check_gradient(ml_tape *tape, int32_t output, int32_t leaf, float h, double *worst, ml_error *error);

#endif
