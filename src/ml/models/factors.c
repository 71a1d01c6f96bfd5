/* Matrix factorisation of ratings, by alternating least squares and by stochastic gradient descent. */
#include <string.h>

#include "base/math.h"
#include "models/basis.h"
#include "models/magnitude.h"
#include "models/ratings.h"

void ml_factors_start(ml_factors *factors, double scale, ml_rng *rng) {
    factors->mean = 0.0;
    for (size_t u = 0; u < factors->users && factors->user_bias != NULL; u++)
        factors->user_bias[u] = 0.0;
    for (size_t i = 0; i < factors->items && factors->item_bias != NULL; i++)
        factors->item_bias[i] = 0.0;
    for (size_t i = 0; i < factors->users * factors->k; i++)
        factors->user[i] = scale * ml_rng_normal(rng);
    for (size_t i = 0; i < factors->items * factors->k; i++)
        factors->item[i] = scale * ml_rng_normal(rng);
}

double ml_factors_predict(const ml_factors *factors, size_t user, size_t item) {
    return factors->mean + factors->user_bias[user] + factors->item_bias[item] +
           ml_models_dot(factors->k, factors->user + user * factors->k, factors->item + item * factors->k);
}

static double mean_of(const ml_ratings *ratings) {
    double sum = 0.0;
    for (size_t r = 0; r < ratings->n; r++)
        sum += ratings->value[r] / (double)ratings->n;
    return sum;
}

static double squared_error(const ml_ratings *ratings, const ml_factors *factors) {
    double sum = 0.0;
    for (size_t r = 0; r < ratings->n; r++) {
        const double error = ratings->value[r] - ml_factors_predict(factors, ratings->user[r], ratings->item[r]);
        sum += error * error;
    }
    return sum;
}

static double objective_of(const ml_ratings *ratings, double l2, const ml_factors *f) {
    const double squares =
        ml_models_dot(f->users * f->k, f->user, f->user) + ml_models_dot(f->items * f->k, f->item, f->item) +
        ml_models_dot(f->users, f->user_bias, f->user_bias) + ml_models_dot(f->items, f->item_bias, f->item_bias);
    return squared_error(ratings, f) + l2 * squares;
}

/* One side of the matrix: whose vectors are sought, and those of the others, which stand still. */
typedef struct side {
    ml_ratings_of of;
    const uint32_t *other; /* [n] */
    double *own, *own_bias;
    const double *theirs, *their_bias;
} side;

/* Ridge regression of each owner's ratings on (their vector, 1): a is [k + 1 x k + 1], b and z are [k + 1]. */
static ml_status solve(const side *s, const ml_ratings *ratings, double mean, double l2, size_t k, double *a, double *b,
                       double *z, ml_error *error) {
    const size_t p = k + 1;
    for (size_t o = 0; o < s->of.owners; o++) {
        memset(a, 0, p * p * sizeof *a);
        memset(b, 0, p * sizeof *b);
        for (size_t j = 0; j < p; j++)
            a[j * p + j] = l2;
        for (size_t at = s->of.start[o]; at < s->of.start[o + 1]; at++) {
            const size_t r = s->of.row[at], other = s->other[r];
            memcpy(z, s->theirs + other * k, k * sizeof *z);
            z[k] = 1.0;
            ml_syrk_acc(1, p, z, a);
            ml_models_add(p, ratings->value[r] - mean - s->their_bias[other], z, b);
        }
        ML_TRY(ml_cholesky_solve(p, a, b, error));
        memcpy(s->own + o * k, b, k * sizeof *b);
        s->own_bias[o] = b[k];
    }
    return ML_OK;
}

static ml_status als(const ml_ratings *ratings, double l2, size_t sweeps, ml_factors *f, ml_arena *arena,
                     ml_error *error) {
    const size_t p = f->k < SIZE_MAX ? f->k + 1 : 0;
    side users = {.other = ratings->item,
                  .own = f->user,
                  .own_bias = f->user_bias,
                  .theirs = f->item,
                  .their_bias = f->item_bias};
    side items = {.other = ratings->user,
                  .own = f->item,
                  .own_bias = f->item_bias,
                  .theirs = f->user,
                  .their_bias = f->user_bias};
    double *const a = ml_models_matrix(arena, p, p), *const b = ML_ALLOC(arena, p, double),
                  *const z = ML_ALLOC(arena, p, double);
    if (a == NULL || b == NULL || z == NULL ||
        !ml_ratings_group(ratings->n, ratings->users, ratings->user, &users.of, arena) ||
        !ml_ratings_group(ratings->n, ratings->items, ratings->item, &items.of, arena))
        return ml_ratings_out_of_memory(ratings, f->k, error);
    f->mean = mean_of(ratings);
    for (size_t s = 0; s < sweeps; s++) {
        ML_TRY(solve(&users, ratings, f->mean, l2, f->k, a, b, z, error));
        ML_TRY(solve(&items, ratings, f->mean, l2, f->k, a, b, z, error));
    }
    return ML_OK;
}

ml_status ml_factors_als(const ml_ratings *ratings, double l2, size_t sweeps, ml_factors *factors, double *objective,
                         ml_arena *arena, ml_error *error) {
    ML_TRY(ml_ratings_check(ratings, factors, error));
    ML_TRY(ml_ratings_check_l2(l2, sweeps, error));
    ML_TRY(ml_models_check_magnitude(ratings->items, factors->k, factors->item, error));
    ML_TRY(ml_models_check_magnitude(ratings->items, 1, factors->item_bias, error));
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = als(ratings, l2, sweeps, factors, arena, error);
    ml_arena_release(arena, before);
    ML_TRY(status);
    const double reached = objective_of(ratings, l2, factors);
    if (!isfinite(reached))
        return ml_fail(error, ML_EDIVERGED, "the objective is %g; scale the ratings, or use a larger l2", reached);
    if (objective != NULL)
        *objective = reached;
    return ML_OK;
}

static void step(const ml_ratings *ratings, size_t r, double l2, double rate, ml_factors *f) {
    const size_t u = ratings->user[r], i = ratings->item[r];
    const double error = ratings->value[r] - ml_factors_predict(f, u, i);
    double *const user = f->user + u * f->k, *const item = f->item + i * f->k;
    f->user_bias[u] += rate * (error - l2 * f->user_bias[u]);
    f->item_bias[i] += rate * (error - l2 * f->item_bias[i]);
    for (size_t c = 0; c < f->k; c++) {
        const double p = user[c], q = item[c];
        user[c] += rate * (error * q - l2 * p);
        item[c] += rate * (error * p - l2 * q);
    }
}

ml_status ml_factors_sgd(const ml_ratings *ratings, double l2, double rate, size_t epochs, ml_rng *rng,
                         ml_factors *factors, double *error_of, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_ratings_check(ratings, factors, error));
    ML_TRY(ml_ratings_check_l2(l2, epochs, error));
    if (!(rate > 0.0 && isfinite(rate)))
        return ml_fail(error, ML_EINVAL, "rate is %g; it is a finite number above 0", rate);
    const ml_arena_mark before = ml_arena_save(arena);
    uint32_t *const order = ML_ALLOC(arena, ratings->n, uint32_t);
    if (order != NULL) {
        factors->mean = mean_of(ratings);
        for (size_t e = 0; e < epochs; e++) {
            ml_rng_permutation(rng, ratings->n, order);
            for (size_t r = 0; r < ratings->n; r++)
                step(ratings, order[r], l2, rate, factors);
        }
    }
    ml_arena_release(arena, before);
    if (order == NULL)
        return ml_ratings_out_of_memory(ratings, factors->k, error);
    const double reached = sqrt(squared_error(ratings, factors) / (double)ratings->n);
    if (!isfinite(reached))
        return ml_fail(error, ML_EDIVERGED, "the error is %g; use a smaller rate", reached);
    if (error_of != NULL)
        *error_of = reached;
    return ML_OK;
}
