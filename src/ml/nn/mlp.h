/* A dense multi-layer perceptron by hand: layers, trainer and gradient check written out, without a tape, for the labs
 * of which it is the subject. */
#ifndef ML_NN_MLP_H
#define ML_NN_MLP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"
#include "nn/layer_functions.h"
#include "nn/loss.h"
#include "nn/optimiser.h"

/* --- A multi-layer perceptron ------------------------------------------------------------------------------------- */

enum { ML_MLP_MAX_HIDDEN = 16, ML_MLP_MAX_WIDTH = 4096 };

typedef enum ml_init { ML_INIT_AUTO, ML_INIT_HE, ML_INIT_XAVIER, ML_INIT_SMALL, ML_INIT_EQUAL, ML_INIT_ZEROS } ml_init;
typedef enum ml_normalisation { ML_NORM_NONE, ML_NORM_BATCH, ML_NORM_LAYER } ml_normalisation;

/* What a network looks like: inputs -> width -> ... -> width -> outputs, with `hidden` layers of `width` units. */
typedef struct ml_mlp_shape {
    size_t inputs, outputs, hidden, width;
    ml_activation activation;       /* of hidden units; the output is linear */
    ml_normalisation normalisation; /* of hidden layers, before the activation */
} ml_mlp_shape;

/* Where a layer's parameters lie in the flat vector. */
typedef struct ml_mlp_layer {
    size_t inputs, outputs;
    size_t weight;       /* [inputs x outputs]: weight[i * outputs + j] leads from input i to unit j */
    size_t bias;         /* [outputs] */
    size_t scale, shift; /* [outputs] each, in normalised layers only */
} ml_mlp_layer;

typedef struct ml_mlp {
    ml_mlp_shape shape;
    size_t n_layers;                           /* hidden + 1 */
    ml_mlp_layer layer[ML_MLP_MAX_HIDDEN + 1]; /* the last is the output layer */
    size_t n_params;
    float *param;     /* [n_params], the arena's */
    size_t n_running; /* 2 * hidden * width with batch normalisation, else 0 */
    float *running;   /* hidden x (mean [width], variance [width]), the arena's */
} ml_mlp;

/* Lays out a network and allocates its parameters, all zero (scales and running variances one).
 * Errors: ML_EINVAL for a size of 0 or beyond the limits above, ML_ENOMEM. */
ml_status ml_mlp_create(ml_mlp *net, const ml_mlp_shape *shape, ml_arena *arena, ml_error *error);

/* Draws the initial weights; biases and shifts become 0, scales 1, running averages 0 and 1.
 *   he      N(0, 2 / inputs)              He et al. 2015, for relu
 *   xavier  N(0, 2 / (inputs + outputs))  Glorot and Bengio 2010
 *   auto    he for relu, xavier for the others
 *   small   N(0, 0.01^2);   equal  all 0.1;   zeros  all 0: the three that teach why the first two exist */
void ml_mlp_init(ml_mlp *net, ml_init init, ml_rng *rng);

/* Multiply-adds of one row through the network, forward; backward takes about twice as many. */
int64_t ml_mlp_cost(const ml_mlp *net);

/* How a batch is sent through. */
typedef enum ml_mlp_mode {
    ML_MLP_EVALUATE, /* running averages, no dropout */
    ML_MLP_TRAIN,    /* batch statistics, which move the running averages; dropout */
    ML_MLP_PROBE,    /* batch statistics, running averages untouched, no dropout: a gradient without side effects */
} ml_mlp_mode;

/* What a batch leaves behind in a layer, for its gradient and for whoever wants to look. */
typedef struct ml_mlp_trace {
    float *active;     /* [n x width] after the activation */
    float *dropped;    /* [n x width] after dropout */
    float *mask;       /* [n x width] of dropout */
    float *normalised; /* [n x width] */
    float *inverse;    /* [width] of batch, [n] of layer normalisation */
    const float *out;  /* what the next layer saw: active or dropped */
} ml_mlp_trace;

/* Room for one batch on its way through a network and back. */
typedef struct ml_mlp_pass {
    size_t capacity; /* rows */
    size_t n;        /* rows of the last forward pass */
    const float *x;  /* its input, the caller's: must live until the backward pass */
    ml_mlp_mode mode;
    double dropout;        /* the rate that ML_MLP_TRAIN uses; set it at any time */
    bool skip_slope;       /* a bug on purpose, for lessons: the backward pass leaves out the activation's slope */
    float *output;         /* [capacity x outputs] */
    float *d_output;       /* [capacity x outputs]: the caller's gradient of the loss goes here */
    float *d_near, *d_far; /* [capacity x width] on the way back */
    ml_mlp_trace trace[ML_MLP_MAX_HIDDEN];
} ml_mlp_pass;

/* Room for up to `capacity` rows, the arena's. Errors: ML_EINVAL if capacity is 0, ML_ENOMEM. */
ml_status ml_mlp_pass_create(ml_mlp_pass *pass, const ml_mlp *net, size_t capacity, ml_arena *arena, ml_error *error);

/* Sends n rows x [n x inputs] through: pass->output [n x outputs]; activations stay in pass->trace. n <= capacity.
 * rng is drawn from by dropout only, and may be NULL without. */
void ml_mlp_forward(ml_mlp *net, ml_mlp_pass *pass, ml_mlp_mode mode, size_t n, const float *x, ml_rng *rng);

/* The gradient of the loss with respect to every parameter, by backpropagation of pass->d_output through the batch that
 * was sent last (not in evaluation mode).  gradient [n_params], overwritten.
 * Source: Rumelhart, Hinton and Williams 1986, Nature 323; Goodfellow et al., "Deep Learning", 6.5. */
void ml_mlp_backward(const ml_mlp *net, ml_mlp_pass *pass, float *gradient);

/* Evaluation of any number of rows, in pieces that stay in the cache: output [n x outputs]. */
void ml_mlp_predict(ml_mlp *net, ml_mlp_pass *pass, size_t n, const float *x, float *output);

/* Adds l2 w + l1 sign(w) to the gradient of the weights; biases, scales and shifts are left alone. */
void ml_mlp_regularise(const ml_mlp *net, float l1, float l2, float *gradient);

/* --- Training, a budget of work at a time ------------------------------------------------------------------------- */

/* Bugs that people write, planted on purpose for lessons. */
typedef enum ml_bug {
    ML_BUG_NONE,
    ML_BUG_SIGN,         /* the first layer's gradient has the wrong sign */
    ML_BUG_NO_SLOPE,     /* the activation's slope is left out of the chain rule */
    ML_BUG_STALE_LABELS, /* a batch's labels are rolled by one row */
    ML_BUG_NEVER_ZEROED, /* each gradient is added to all earlier ones */
} ml_bug;

/* What may change between any two steps. */
typedef struct ml_training {
    ml_optimiser_kind optimiser;
    double learning_rate;
    ml_schedule schedule;
    size_t batch_size;                 /* 1 to the trainer's largest */
    double l1, l2, dropout, clip_norm; /* 0: off */
    ml_bug bug;
} ml_training;

/* Mini-batch training: a new permutation of the rows each epoch, the last batch may be short. A step: forward,
 * backward, clip the global norm, add l2 w + l1 sign(w), let the optimiser move the weights. */
typedef struct ml_trainer {
    ml_mlp *net;
    ml_mlp_pass *pass;
    ml_loss loss;
    size_t n, largest_batch;
    const float *x, *target; /* [n x inputs], [n x outputs] ([n] classes for softmax); the caller's */
    ml_rng order_rng, dropout_rng;
    ml_optimiser optimiser;
    int64_t epoch, step; /* complete ones */
    size_t position;     /* rows of this epoch that are done */
    uint32_t *order;     /* [n] */
    float *batch_x, *batch_target;
    float *gradient; /* [n_params] of the last step, as the optimiser got it */
    float *sum;      /* [n_params] of all gradients, for ML_BUG_NEVER_ZEROED */
    float *before;   /* [n_params] the parameters before the last step; at first, the initial ones */
} ml_trainer;

/* Data and network must outlive the trainer; pass must hold at least `largest_batch` rows and is used by each step, but
 * keeps nothing that matters between two. Errors: ML_EINVAL if there is no row or no room for a batch, ML_ENOMEM. */
ml_status ml_trainer_create(ml_trainer *trainer, ml_mlp *net, ml_mlp_pass *pass, ml_loss loss, size_t n, const float *x,
                            const float *target, size_t largest_batch, uint64_t seed, ml_arena *arena, ml_error *error);

/* Trains until *budget multiply-adds are spent, taking off what it spends, or an epoch is complete: then returns at
 * once with *epoch_done set. At least one step a call; how the work is cut up changes no bit of the result.
 * Errors: ML_EDIVERGED "diverged at step k: the loss is no longer a number; ..." */
ml_status ml_trainer_run(ml_trainer *trainer, const ml_training *how, int64_t *budget, bool *epoch_done,
                         ml_error *error);

/* The gradient of the loss on rows x, target (n up to the pass's capacity) in ML_MLP_PROBE mode, with those planted
 * bugs that live in the backward pass (sign, no slope). gradient [n_params]. Returns the loss. */
double ml_mlp_gradient(ml_mlp *net, ml_mlp_pass *pass, ml_loss loss, ml_bug bug, size_t n, const float *x,
                       const float *target, float *gradient);

/* --- Is the gradient right? --------------------------------------------------------------------------------------- */

typedef struct ml_grad_check_result {
    double error;    /* |a - n| / (|a| + |n|) over all parameters checked; 0 when both are 0 */
    int64_t checked; /* parameters */
    int64_t kinks;   /* parameters left out */
} ml_grad_check_result;

/* How many doubles of scratch ml_grad_check wants. */
size_t ml_grad_check_scratch(const ml_mlp *net, size_t n);

/* Compares `gradient` (as ml_mlp_gradient gives it for the same rows) with central differences of the loss, computed in
 * double, at plus and minus h = 1e-5 for every parameter. A parameter is left out, and counted, when that moves any
 * relu across its kink: there the two-sided difference is no derivative.
 * scratch [ml_grad_check_scratch(net, n)].  Cost: about n_params forward passes of n rows.
 * Source: Goodfellow et al., "Deep Learning", 11.5; Karpathy, CS231n notes, "Gradient checks". */
ml_grad_check_result ml_grad_check(const ml_mlp *net, ml_loss loss, size_t n, const float *x, const float *target,
                                   const float *gradient, double *scratch);

#endif
