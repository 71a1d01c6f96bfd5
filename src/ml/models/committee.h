/* Committees of simple models: AdaBoost, and what a vote is worth. */
#ifndef ML_MODELS_COMMITTEE_H
#define ML_MODELS_COMMITTEE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* A tree with one question: a row is of class `below` if its feature is at most the threshold, else of class `above`.
 */
typedef struct ml_stump {
    uint32_t feature;
    double threshold;
    uint8_t below, above; /* 0 or 1; equal where no question helps */
    double error;         /* share of the rows' weight that it got wrong when it was fitted */
    double vote;          /* how much it counts, above 0 */
} ml_stump;

/* Discrete AdaBoost: stumps by weighted Gini, one after the other, each on rows that weigh the more the more often
 * earlier stumps were wrong about them. With its weighted error e a stump votes with ln((1 - e)/e) / 2, and the weights
 * of the rows it got wrong grow by the factor exp(2 vote). A stump without error votes with 1 and is the last; one that
 * is no better than a coin (e at least 1/2) is left out, and ends it too.
 *   x       [n x d]  finite
 *   label   [n]      0 or 1
 *   stages           1 or more: the most stumps
 *   stump   [stages] out;  count  out: how many there are, at least 1
 *   weight  [n]      out, or NULL: the rows' weights after the last stump, which sum to 1
 * Cost:   a stage about n d log n; scratch of 4 n d + 61 n bytes, about.
 * Errors: ML_EINVAL if n, d or stages is 0, a label is above 1, only one class is present, a value is not finite, or no
 *         single question is better than a coin. ML_ENOMEM.
 * Source: Freund and Schapire 1997, "A decision-theoretic generalization of on-line learning and an application to
 *         boosting", Journal of Computer and System Sciences 55(1).   Golden: tests/golden/committee.py, scikit-learn
 *         AdaBoostClassifier (algorithm="SAMME"), whose weights are twice these votes. */
ml_status ml_adaboost_fit(size_t n, size_t d, const double *x, const uint8_t *label, size_t stages, ml_stump *stump,
                          size_t *count, double *weight, ml_arena *arena, ml_error *error);

/* score[i] = sum of the stumps' votes, those for class 0 negative: its sign is the answer, 0 and below say 0. The first
 * `count` stumps alone give what the committee said at that stage.
 *   x  [n x d], score  [n] out.  n or count may be 0. */
void ml_adaboost_score(size_t count, const ml_stump *stump, size_t n, size_t d, const double *x, double *score);

/* The chance that most of n independent voters, each right with probability p, are right; a tie counts one half.
 * Returns -1 if n is below 1, or p is outside [0, 1] or NaN.
 * Source: Condorcet 1785; the sum of binomial probabilities is an incomplete beta function, DLMF 8.17.5.
 * Golden: tests/golden/committee.py, SciPy binom. */
double ml_majority_accuracy(int n, double p);

#endif
