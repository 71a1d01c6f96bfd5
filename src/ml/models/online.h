/* Linear models that learn a row at a time: stochastic gradient descent, and FTRL-proximal for streams of sparse rows.
 *
 * Outputs stay untouched on error; scratch comes from the arena and is given back. What is random draws from the
 * caller's generator. */
#ifndef ML_MODELS_ONLINE_H
#define ML_MODELS_ONLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- Stochastic gradient descent ---------------------------------------------------------------------------------- */

/* What a row costs: p is what the model says of it, x w + c. */
typedef enum ml_sgd_loss {
    ML_SGD_SQUARED, /* (p - y)^2 / 2 */
    ML_SGD_LOG,     /* ln(1 + exp(-p)) for label 1, ln(1 + exp(p)) for label 0: logistic regression */
    ML_SGD_HINGE,   /* max(0, 1 - p) for label 1, max(0, 1 + p) for label 0: the linear support vector machine */
} ml_sgd_loss;

/* The learning rate at row t, counted from 1 over all epochs. */
typedef enum ml_sgd_schedule {
    ML_SGD_CONSTANT,        /* rate */
    ML_SGD_INVERSE_SCALING, /* rate / t^power */
    ML_SGD_OPTIMAL,         /* 1 / (alpha (t0 + t - 1)), with t0 such that the first steps are of the size that weights
                               will have */
} ml_sgd_schedule;

typedef struct ml_sgd_settings {
    ml_sgd_loss loss;
    ml_sgd_schedule schedule;
    double rate;     /* above 0; scikit-learn's eta0 */
    double power;    /* 0 or more, of ML_SGD_INVERSE_SCALING; there power_t: 0.25 for numbers, 0.5 for classes */
    double alpha;    /* 0 or more: the weight of the penalty; above 0 for ML_SGD_OPTIMAL */
    double l1_ratio; /* 0 to 1: 0 an l2 penalty, 1 an l1 penalty, between them both */
    size_t epochs;   /* 1 or more: how often each row is seen */
    bool averages;   /* return the mean of the coefficients after every row, and not the last ones */
} ml_sgd_settings;

/* Fits a linear model one row at a time, on the way to the minimum of
 *     mean loss + alpha (l1_ratio |w|_1 + (1 - l1_ratio)/2 |w|^2)
 * For a row the coefficients shrink by rate alpha (1 - l1_ratio), move against the gradient of its loss, and then
 * towards 0 by as much of the l1 penalty as they owe in total and have not paid, but not across it. The intercept is
 * not penalised. Features should be on one scale.
 *   x  [n x d]
 *   y  [n]            for ML_SGD_SQUARED any number, else the label, 0 or 1
 *   rng               shuffles the rows before each epoch; NULL: they come in the order they are in
 *   coefficient  [d], intercept  out: for ml_linear_predict, or with ML_SGD_LOG for ml_logistic_predict
 * Cost:   an epoch 2 n d multiply-adds, 4 n d with averages or an l1 penalty; scratch of 3 d doubles and 4 n bytes.
 * Errors: ML_EINVAL if n or d is 0, a setting is out of range, a label is neither 0 nor 1, or a value of x or y is not
 *         finite or above 1e140. ML_EDIVERGED if a coefficient overflows: the rate is too large, or features are not
 *         scaled. ML_ENOMEM.
 * Source: Bottou 2012, "Stochastic gradient descent tricks", in Neural Networks: Tricks of the Trade; averages: Polyak
 *         and Juditsky 1992, SIAM Journal on Control and Optimization 30(4); the l1 penalty: Tsuruoka, Tsujii and
 *         Ananiadou 2009, "Stochastic gradient descent training for L1-regularized log-linear models", ACL.
 * Golden: tests/golden/online.py, scikit-learn SGDRegressor and SGDClassifier (shuffle=False, tol=None). */
ml_status ml_sgd_fit(size_t n, size_t d, const double *x, const double *y, const ml_sgd_settings *settings, ml_rng *rng,
                     double *coefficient, double *intercept, ml_arena *arena, ml_error *error);

/* --- FTRL-proximal ------------------------------------------------------------------------------------------------ */

/* Logistic regression on a stream of sparse rows, each feature with a learning rate of its own, most weights exactly 0.
 * All there is to keep are two numbers a feature; a weight is computed from them when it is asked for. A feature that
 * is always there serves as the intercept. */
typedef struct ml_ftrl {
    size_t d;
    double alpha, beta, l1, l2;
    double *z; /* [d] the sum of gradients, less what weights have already made of it */
    double *n; /* [d] the sum of their squares */
} ml_ftrl;

/* A model that has seen nothing: all probabilities are 1/2.
 *   d      features
 *   alpha  above 0: the learning rate; beta  0 or more: what softens it for features that are new (1 is usual)
 *   l1     0 or more: a weight is 0 until |z| is above this
 *   l2     0 or more
 *   model  out; its arrays are the arena's
 * Errors: ML_EINVAL if d is 0 or above 2^32, a setting is out of range, above 1e50 or (alpha) below 1e-50, or beta and
 *         l2 are both below that. ML_ENOMEM.
 * Source: McMahan and others 2013, "Ad click prediction: a view from the trenches", KDD, algorithm 1. */
ml_status ml_ftrl_create(size_t d, double alpha, double beta, double l1, double l2, ml_ftrl *model, ml_arena *arena,
                         ml_error *error);

/* A feature's weight: 0 where |z| is at most l1, else -(z - sign(z) l1) / ((beta + sqrt(n)) / alpha + l2). */
double ml_ftrl_weight(const ml_ftrl *model, size_t feature);

/* The probability that a row's label is 1.
 *   feature      [count]  which features the row has, 0 to d - 1; the others are 0. count may be 0
 *   value        [count]  and how much of them, or NULL: 1 of each
 *   probability           out
 * Cost:   a square root for each feature that the row has.
 * Errors: ML_EINVAL if a feature is d or more, or a value not finite or above 1e50. */
ml_status ml_ftrl_predict(const ml_ftrl *model, size_t count, const uint32_t *feature, const double *value,
                          double *probability, ml_error *error);

/* Predicts, and then learns from the answer: what it said of rows that it had not seen is an honest test of it
 * (progressive validation). A feature that a row names twice is updated twice, in order.
 *   label        0 or 1
 *   weight       above 0 and at most 1e50: how many rows this one stands for, 1 / r where a share r of such rows was
 *                kept
 *   probability  out, or NULL: as ml_ftrl_predict, before learning
 * Cost:   three square roots for each feature that the row has.
 * Errors: as ml_ftrl_predict; ML_EINVAL if the label is above 1 or weight out of range. Nothing is learnt then.
 * Golden: tests/golden/online.py, the algorithm in NumPy. */
ml_status ml_ftrl_learn(ml_ftrl *model, size_t count, const uint32_t *feature, const double *value, unsigned label,
                        double weight, double *probability, ml_error *error);

/* All weights: w [d] out, or NULL. Returns how many are not 0. */
size_t ml_ftrl_weights(const ml_ftrl *model, double *w);

#endif
