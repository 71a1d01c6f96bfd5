/* Losses over the caller's arrays, and their gradients; the tape has these and more as operations. What is reported is
 * summed in double. */
#ifndef ML_NN_LOSS_H
#define ML_NN_LOSS_H

#include <stddef.h>

/* --- Losses: means over the batch, and their gradients with respect to the network's output ----------------------- */

/* Binary cross-entropy of one logit z and target y in [0, 1]: max(z, 0) - z y + log(1 + exp(-|z|)), which neither
 * overflows nor loses small losses.  In nats. */
double ml_bce_logit(double z, double y);

/* Its mean over n logits (0 when n is 0), and gradient = (sigmoid(z) - y) / n. */
double ml_bce_logits(size_t n, const float *logit, const float *target);
void ml_bce_logits_gradient(size_t n, const float *logit, const float *target, float *gradient);

/* Mean squared error over n values, and gradient = 2 (output - target) / n. */
double ml_mse(size_t n, const float *output, const float *target);
void ml_mse_gradient(size_t n, const float *output, const float *target, float *gradient);

/* Softmax cross-entropy: mean of log(sum exp(z)) - z[class] over n rows of k logits; the maximum is taken out first.
 * target [n]: the class of each row, 0 to k-1, as a float.  gradient [n x k] = (softmax(z) - onehot) / n. */
double ml_softmax_cross_entropy(size_t n, size_t k, const float *logit, const float *target);
void ml_softmax_cross_entropy_gradient(size_t n, size_t k, const float *logit, const float *target, float *gradient);

/* One of the three by name, for n rows of k outputs. target: [n x k], or [n] classes for softmax. */
typedef enum ml_loss { ML_LOSS_BCE, ML_LOSS_MSE, ML_LOSS_SOFTMAX } ml_loss;
double ml_loss_value(ml_loss loss, size_t n, size_t k, const float *output, const float *target);
void ml_loss_gradient(ml_loss loss, size_t n, size_t k, const float *output, const float *target, float *gradient);

#endif
