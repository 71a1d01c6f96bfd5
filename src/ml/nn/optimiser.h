/* Optimisers over a flat vector of parameters, and what stands around a step: clipping, the MLP's schedules. Those of
 * training on a tape are in nn/schedule.h. */
#ifndef ML_NN_OPTIMISER_H
#define ML_NN_OPTIMISER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "nn/params.h"

/* --- Optimisers: one fused loop over n parameters each ------------------------------------------------------------ */

/* w -= rate g */
void ml_opt_sgd(size_t n, float rate, const float *g, float *w);

/* v = mu v + g;  w -= rate v.  Source: Polyak 1964; the form of Sutskever et al. 2013 without the rate inside v. */
void ml_opt_momentum(size_t n, float rate, float mu, const float *g, float *v, float *w);

/* s = alpha s + (1 - alpha) g g;  w -= rate g / (sqrt(s) + epsilon).  Source: Tieleman and Hinton 2012, lecture 6e. */
void ml_opt_rmsprop(size_t n, float rate, float alpha, float epsilon, const float *g, float *s, float *w);

/* m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g g;
 * w -= rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon), where power1 = beta1^t and power2 = beta2^t for
 * the t-th step, counted from 1.  Source: Kingma and Ba 2015, "Adam", algorithm 1. */
void ml_opt_adam(size_t n, float rate, float beta1, float beta2, float epsilon, double power1, double power2,
                 const float *g, float *m, float *v, float *w);

typedef enum ml_optimiser_kind {
    ML_OPT_SGD,
    ML_OPT_MOMENTUM,
    ML_OPT_RMSPROP,
    ML_OPT_ADAM,
    ML_OPT_NESTEROV,
    ML_OPT_ADAGRAD,
    ML_OPT_ADAMW,
} ml_optimiser_kind;

/* An optimiser and what it remembers. */
typedef struct ml_optimiser {
    ml_optimiser_kind kind;
    size_t n;
    float *first, *second; /* [n] each, the arena's: v of the momenta, s, or Adam's m; Adam's v */
    double power1, power2; /* Adam: beta1^t, beta2^t */
} ml_optimiser;

/* For n parameters, with nothing remembered. Errors: ML_ENOMEM. */
ml_status ml_optimiser_init(ml_optimiser *optimiser, ml_optimiser_kind kind, size_t n, ml_arena *arena,
                            ml_error *error);

/* Forgets everything, and becomes `kind`. */
void ml_optimiser_reset(ml_optimiser *optimiser, ml_optimiser_kind kind);

/* One step with the constants of ml_optimiser_defaults, without weight decay. */
void ml_optimiser_step(ml_optimiser *optimiser, float rate, const float *gradient, float *param);

/* An optimiser's constants. Each kind reads its own and ignores the others. */
typedef struct ml_optimiser_settings {
    ml_optimiser_kind kind;
    double momentum;     /* mu of momentum and Nesterov, in [0, 1) */
    double beta1, beta2; /* Adam and AdamW, in [0, 1) */
    double alpha;        /* RMSProp, in [0, 1) */
    double epsilon;      /* the four that divide; positive */
    double weight_decay; /* lambda, 0: none. AdamW takes rate lambda w off the weight itself, before its step; the
                            others add lambda w to the gradient. Only tensors of role ML_PARAM_WEIGHT decay. */
} ml_optimiser_settings;

/* Momentum 0.9; betas 0.9 and 0.999; alpha 0.99; epsilon 1e-8, AdaGrad's 1e-10; no decay, AdamW's 0.01: the defaults of
 * PyTorch 1.13 (momentum there has none). */
ml_optimiser_settings ml_optimiser_defaults(ml_optimiser_kind kind);

/* Errors: ML_EINVAL for a kind that does not exist or a constant outside the range above. */
ml_status ml_optimiser_check(const ml_optimiser_settings *settings, ml_error *error);

/* One step of all parameters by params->gradient. A change of kind forgets what the old one remembered. The optimiser
 * was made for params->n_values parameters, the settings pass ml_optimiser_check, the rate is any number.
 * Cost: one pass over the parameters, by the fused loops of ml/kernels.
 * Sources: as above; Nesterov: Sutskever et al. 2013, "On the importance of initialization and momentum"; AdaGrad:
 * Duchi, Hazan and Singer 2011, JMLR 12; AdamW: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization".
 * The definitions, and with them the results, are PyTorch's. */
void ml_optimiser_update(ml_optimiser *optimiser, const ml_optimiser_settings *settings, double rate,
                         const ml_params *params);

/* --- Around the step ---------------------------------------------------------------------------------------------- */

/* The Euclidean length of a vector, and its root mean square (0 when n is 0). */
double ml_norm2(size_t n, const float *x);
double ml_rms(size_t n, const float *x);

/* Scales a gradient down to length `limit` if it is longer, which keeps its direction; limit 0 leaves it alone.
 * Returns the length it had.  Source: Pascanu, Mikolov and Bengio 2013, "On the difficulty of training RNNs". */
double ml_clip_norm(size_t n, double limit, float *gradient);

/* Each element into [-limit, limit]; limit 0 leaves them alone. The direction changes. NaN stays NaN. */
void ml_clip_value(size_t n, float limit, float *gradient);

typedef enum ml_schedule { ML_SCHEDULE_CONSTANT, ML_SCHEDULE_COSINE, ML_SCHEDULE_STEP } ml_schedule;

/* The learning rate in epoch 0, 1, ...: constant; cosine from `rate` to 0 over 200 epochs, rate (1 + cos(pi e / 200)) /
 * 2, and 0 from then on; or divided by 10 every 50 epochs.
 * Source: Loshchilov and Hutter 2017, "SGDR", equation 5 without restarts. */
double ml_lr_schedule(ml_schedule schedule, double rate, int64_t epoch);

#endif
