/* Bandits: which arm to play next. State is plain arrays, the caller's, so that a lab may discount, share or draw them;
 * the mean reward of an arm is reward / plays. Ties: the lowest index. Every choice returns an index below `arms`,
 * or `arms` itself if there is none. Cost: O(arms). */
#ifndef ML_MONITOR_BANDITS_H
#define ML_MONITOR_BANDITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* The first arm that was never played, otherwise the one with the best mean so far.
 *   plays, reward  [arms]  how often, and the sum of what came of it */
size_t ml_bandit_greedy(size_t arms, const double *plays, const double *reward);

/* Arms never played first, in turn; then with probability epsilon any arm, otherwise the best mean.
 * Source: Sutton and Barto, "Reinforcement Learning" (2nd edition, 2018), section 2.2. */
size_t ml_bandit_epsilon_greedy(size_t arms, const double *plays, const double *reward, double epsilon, ml_rng *rng);

/* UCB1: arms never played first; then the largest mean + sqrt(2 ln t / plays), t the plays of all arms. For rewards in
 * [0, 1]. Source: Auer, Cesa-Bianchi and Fischer 2002, Machine Learning 47. */
size_t ml_bandit_ucb1(size_t arms, const double *plays, const double *reward);

/* Thompson sampling: one draw from each arm's posterior Beta(1 + success, 1 + failure); the largest plays.
 *   success, failure  [arms]  0 or more, not necessarily whole
 * Source: Thompson 1933, Biometrika 25; Chapelle and Li 2011, NIPS. */
size_t ml_bandit_thompson(size_t arms, const double *success, const double *failure, ml_rng *rng);

/* LinUCB with separate arms: a ridge regression of reward on context per arm, and the width of its confidence.
 * Source: Li, Chu, Langford and Schapire 2010, "A contextual-bandit approach", WWW, algorithm 1. */
typedef struct ml_linucb {
    size_t arms, d;
    double *inverse; /* [arms x d x d], of ridge I + sum of x x^T */
    double *reward;  /* [arms x d], sum of reward x */
    double *scratch; /* [d] */
} ml_linucb;

/* Arrays from the arena; they die with it.
 * Errors: ML_EINVAL if arms or d is 0 or the ridge is not positive and finite; ML_ENOMEM; *bandit untouched. */
ml_status ml_linucb_init(ml_linucb *bandit, size_t arms, size_t d, double ridge, ml_arena *arena, ml_error *error);

/* The arm with the largest x theta + alpha sqrt(x A^-1 x). `context` [arms x d] has a row per arm. O(arms d^2). */
size_t ml_linucb_choose(const ml_linucb *bandit, const double *context, double alpha);

/* Learns what came of an arm, by the Sherman-Morrison formula. Cost: O(d^2).
 * Errors: ML_EINVAL if there is no such arm, or reward or x [d] is not finite; the bandit stays. */
ml_status ml_linucb_update(ml_linucb *bandit, size_t arm, const double *x, double reward, ml_error *error);

#endif
