#include "monitor/bandits.h"

#include "base/math.h"

static size_t never_played(size_t arms, const double *plays) {
    size_t arm = 0;
    while (arm < arms && plays[arm] > 0.0)
        arm++;
    return arm;
}

/* The best by mean plus width / sqrt(plays). */
static size_t best(size_t arms, const double *plays, const double *reward, double width) {
    const size_t unseen = never_played(arms, plays);
    size_t winner = 0;
    double highest = -(double)INFINITY;
    if (unseen < arms || arms == 0)
        return unseen;
    for (size_t i = 0; i < arms; i++) {
        const double index = reward[i] / plays[i] + width / sqrt(plays[i]);
        if (index > highest) {
            highest = index;
            winner = i;
        }
    }
    return winner;
}

size_t ml_bandit_greedy(size_t arms, const double *plays, const double *reward) {
    return best(arms, plays, reward, 0.0);
}

size_t ml_bandit_epsilon_greedy(size_t arms, const double *plays, const double *reward, double epsilon, ml_rng *rng) {
    if (never_played(arms, plays) == arms && arms > 0 && ml_rng_bernoulli(rng, epsilon))
        return (size_t)ml_rng_below(rng, arms);
    return best(arms, plays, reward, 0.0);
}

size_t ml_bandit_ucb1(size_t arms, const double *plays, const double *reward) {
    double t = 0.0;
    for (size_t i = 0; i < arms; i++)
        t += plays[i];
    return best(arms, plays, reward, sqrt(2.0 * ml_log(fmax(t, 1.0))));
}

size_t ml_bandit_thompson(size_t arms, const double *success, const double *failure, ml_rng *rng) {
    size_t winner = 0;
    double highest = -1.0;
    for (size_t i = 0; i < arms; i++) {
        const double draw = ml_rng_beta(rng, 1.0 + success[i], 1.0 + failure[i]);
        if (draw > highest) {
            highest = draw;
            winner = i;
        }
    }
    return winner;
}
