#include "base/math.h"
#include "monitor/bandits.h"

ml_status ml_linucb_init(ml_linucb *bandit, size_t arms, size_t d, double ridge, ml_arena *arena, ml_error *error) {
    if (arms == 0 || d == 0 || !(ridge > 0.0 && ridge < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "%zu arms, %zu features, ridge %g; all three are positive", arms, d, ridge);
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const scratch = ML_ALLOC(arena, d, double); /* fails first where d itself is too large */
    double *const inverse = scratch != NULL && d <= SIZE_MAX / sizeof(double) / d
                                ? ml_arena_alloc(arena, arms, d * d * sizeof(double))
                                : NULL;
    double *const reward = inverse != NULL ? ml_arena_alloc(arena, arms, d * sizeof(double)) : NULL;
    if (reward == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "%zu arms of %zu features do not fit; use fewer", arms, d);
    }
    for (size_t i = 0; i < arms * d; i++)
        inverse[i * d + i % d] = 1.0 / ridge;
    *bandit = (ml_linucb){arms, d, inverse, reward, scratch};
    return ML_OK;
}

/* out = A^-1 x; returns x A^-1 x. */
static double times_inverse(const ml_linucb *bandit, size_t arm, const double *x, double *out) {
    const size_t d = bandit->d;
    const double *const inverse = bandit->inverse + arm * d * d;
    double square = 0.0;
    for (size_t i = 0; i < d; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < d; j++)
            sum += inverse[i * d + j] * x[j];
        out[i] = sum;
        square += x[i] * sum;
    }
    return square;
}

size_t ml_linucb_choose(const ml_linucb *bandit, const double *context, double alpha) {
    size_t winner = 0;
    double highest = -(double)INFINITY;
    for (size_t arm = 0; arm < bandit->arms; arm++) {
        const double width = sqrt(fmax(times_inverse(bandit, arm, context + arm * bandit->d, bandit->scratch), 0.0));
        double index = alpha * width;
        for (size_t i = 0; i < bandit->d; i++) /* x theta = (A^-1 x) b, because A is symmetric */
            index += bandit->scratch[i] * bandit->reward[arm * bandit->d + i];
        if (index > highest) {
            highest = index;
            winner = arm;
        }
    }
    return winner;
}

ml_status ml_linucb_update(ml_linucb *bandit, size_t arm, const double *x, double reward, ml_error *error) {
    const size_t d = bandit->d;
    if (arm >= bandit->arms)
        return ml_fail(error, ML_EINVAL, "arm %zu of %zu; they count from 0", arm, bandit->arms);
    for (size_t i = 0; i < d; i++)
        if (!isfinite(x[i]) || !isfinite(reward))
            return ml_fail(error, ML_EINVAL, "reward %g or x[%zu] = %g is not finite; leave this event out", reward, i,
                           x[i]);
    const double square = times_inverse(bandit, arm, x, bandit->scratch);
    double *const inverse = bandit->inverse + arm * d * d;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            inverse[i * d + j] -= bandit->scratch[i] * (bandit->scratch[j] / (1.0 + square));
    for (size_t i = 0; i < d; i++)
        bandit->reward[arm * d + i] += reward * x[i];
    return ML_OK;
}
