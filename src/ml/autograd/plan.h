/* A tape, compiled: the fixed network turned once into short lists of fused steps, for speed.
 *
 * The tape looks at every node on every walk: which operation, which shapes, which kernel; it stores what lies between
 * a product, its bias and its activation, and sets every gradient to zero before it adds to it. A plan decides all that
 * beforehand. A step is one function with its operands; running is a loop of calls; nothing is allocated.
 *
 *     ... record a network and its loss on the tape ...
 *     ml_plan plan;
 *     ML_TRY(ml_plan_compile(&plan, &tape, loss, arena, error));
 *     for (each batch) {
 *         ... write it into the floats of the tape's constants ...
 *         ML_TRY(ml_plan_step(&plan, learning_rate, error));
 *         ML_TRY(ml_plan_forward(&plan, error));
 *         ML_TRY(ml_plan_backward(&plan, error));
 *         ... which reads tape.node[w].gradient ...
 *     }
 *
 * The bits of the output and of the leaves' gradients are those of ml_tape_zero_gradients, ml_tape_forward and
 * ml_tape_backward. (Two exceptions: where images or weights of a pooled convolution are infinite, see
 * ml_kernel_conv2d_relu_pool_backward; and dropout that the output does not depend on draws no random numbers here.)
 *
 * What is fused, where nothing else uses what lies between:
 *   - matmul, add of a row, relu or tanh or sigmoid: one call forwards; backwards the product with the weights and the
 *     slope of the layer below are one call
 *   - conv2d, relu, max_pool of size and stride 2: one call each way; conv2d and an activation: one call forwards
 *   - mse, cross_entropy, binary_cross_entropy as the output: the gradient is computed along with the loss
 *   - gradient and update of a weight, in ml_plan_step: one call, and the gradient is never stored
 *   - reshape costs nothing
 * All else goes through the functions of the operation itself.
 *
 * Where things live:
 *   - floats of leaves and constants: with the caller, as on the tape. They may change between calls, and so may labels
 *     and indices; tape->training and tape->rng are looked at in each call.
 *   - values between: in the tape's nodes, except those that were fused away (and reshapes), for which the tape keeps
 *     what it had before; ml_plan_compile_keep asks for them.
 *   - gradients of leaves: in the tape's nodes, overwritten by each call. Those of leaves that the output does not
 *     depend on are left alone.
 *   - gradients between: in a buffer of the plan's own, where places are used again as soon as their content has been
 *     handed on. Not to be read; the tape's stay as they are.
 * The tape must outlive the plan, and its nodes stay as they are. Further nodes and further plans may be made of it,
 * and ml_tape_forward and ml_tape_backward still work. Source: fusing is what compilers of networks do: Chen et al.
 * 2018, "TVM", OSDI, section 3; sharing buffers: Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost",
 * section 3. */
#ifndef ML_AUTOGRAD_PLAN_H
#define ML_AUTOGRAD_PLAN_H

#include "autograd/autograd.h"

struct plan_step;

typedef struct plan_list {
    struct plan_step *step;
    int32_t n;
} plan_list;

typedef struct ml_plan {
    /* To read. */
    const float *output;    /* the output's floats, in the tape's node */
    size_t n_output;        /* how many */
    size_t gradient_floats; /* how long the buffer of gradients between is */

    /* Private. */
    const ml_tape *source;
    ml_tape tape; /* the nodes once more, with gradients in the plan's own buffer */
    plan_list forward, backward, descent;
    float factor; /* minus the learning rate of this step */
} ml_plan;

/* Compiles the part of the tape that leads to `output`. If that is a single number, the plan can go backwards too.
 * Memory: a copy of the nodes, the steps and the gradients between, in the arena, for as long as the plan is used.
 * Cost: about n^2 for n nodes, none of their arithmetic.
 * Errors: what went wrong while recording; ML_EINVAL if output is not on the tape, or depends on a checkpointed segment
 * (values come and go there); ML_ENOMEM. The arena is then as before. */
ml_status ml_plan_compile(ml_plan *plan, const ml_tape *tape, int32_t output, ml_arena *arena, ml_error *error);

/* The same, but the values of the nodes keep[0..n_keep-1] are computed and stored in the tape's nodes by each forward
 * computation, even if the output does not depend on them.
 * Errors besides: ML_EINVAL for one that is not on the tape. */
ml_status ml_plan_compile_keep(ml_plan *plan, const ml_tape *tape, int32_t output, size_t n_keep, const int32_t *keep,
                               ml_arena *arena, ml_error *error);

/* Computes the output.
 * Errors: those of the operations that look at their data (a label out of range); ML_EDIVERGED if the output is not
 * finite. */
ml_status ml_plan_forward(ml_plan *plan, ml_error *error);

/* Computes d output / d leaf for every leaf that the output depends on, at the point of the last ml_plan_forward.
 * Errors: ML_ESHAPE if the output is not a single number. */
ml_status ml_plan_backward(ml_plan *plan, ml_error *error);

/* One step of gradient descent: forward, backward, and leaf -= rate * gradient for every leaf that the output depends
 * on. Same bits as ml_plan_forward, ml_plan_backward and then ml_kernel_axpy(-rate) on each, provided that leaves do
 * not share floats. Gradients of leaves mean nothing afterwards: most were never stored.
 * Errors: as both; the leaves have then not moved. */
ml_status ml_plan_step(ml_plan *plan, float rate, ml_error *error);

#endif
