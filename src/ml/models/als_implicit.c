/* Alternating least squares on events. */
#include <string.h>

#include "base/math.h"
#include "models/magnitude.h"
#include "models/ratings.h"

typedef struct side {
    ml_ratings_of of;
    const uint32_t *other; /* [n] whom an event of an owner concerns */
    size_t others;
    double *own, *theirs; /* [owners x k], [others x k] */
} side;

typedef struct implicit {
    size_t k;
    double l2, alpha;
    const double *value;
    double *gram, *scratch, *v, *w; /* [k x k] twice; [most x k], [most] of one owner */
} implicit;

static size_t most_of(const ml_ratings_of *of) {
    size_t most = 1;
    for (size_t o = 0; o < of->owners; o++)
        if (of->start[o + 1] - of->start[o] > most)
            most = of->start[o + 1] - of->start[o];
    return most;
}

static ml_status solve(const implicit *f, const side *s, ml_error *error) {
    const size_t k = f->k;
    memset(f->gram, 0, k * k * sizeof *f->gram);
    ml_syrk_acc(s->others, k, s->theirs, f->gram);
    for (size_t o = 0; o < s->of.owners; o++) {
        const size_t from = s->of.start[o], n = s->of.start[o + 1] - from;
        for (size_t i = 0; i < n; i++) {
            const size_t r = s->of.row[from + i];
            memcpy(f->v + i * k, s->theirs + s->other[r] * k, k * sizeof *f->v);
            f->w[i] = f->value[r];
        }
        ML_TRY(ml_als_user(k, f->gram, f->l2, f->alpha, n, f->v, f->w, f->scratch, s->own + o * k, error));
    }
    return ML_OK;
}

static ml_status sweep_all(implicit *f, const ml_ratings *events, size_t sweeps, ml_factors *factors, ml_arena *arena,
                           ml_error *error) {
    side users = {.other = events->item, .others = events->items, .own = factors->user, .theirs = factors->item};
    side items = {.other = events->user, .others = events->users, .own = factors->item, .theirs = factors->user};
    if (!ml_ratings_group(events->n, events->users, events->user, &users.of, arena) ||
        !ml_ratings_group(events->n, events->items, events->item, &items.of, arena))
        return ml_ratings_out_of_memory(events, f->k, error);
    const size_t by_user = most_of(&users.of), by_item = most_of(&items.of),
                 most = by_user > by_item ? by_user : by_item;
    f->gram = ml_models_matrix(arena, f->k, f->k);
    f->scratch = ml_models_matrix(arena, f->k, f->k);
    f->v = ml_models_matrix(arena, most, f->k);
    f->w = ML_ALLOC(arena, most, double);
    if (!(f->gram && f->scratch && f->v && f->w))
        return ml_ratings_out_of_memory(events, f->k, error);
    for (size_t s = 0; s < sweeps; s++) {
        ML_TRY(solve(f, &users, error));
        ML_TRY(solve(f, &items, error));
    }
    return ML_OK;
}

ml_status ml_als_implicit(const ml_ratings *events, double l2, double alpha, size_t sweeps, ml_factors *factors,
                          ml_arena *arena, ml_error *error) {
    ML_TRY(ml_ratings_check(events, factors, error));
    ML_TRY(ml_ratings_check_l2(l2, sweeps, error));
    ML_TRY(ml_models_check_magnitude(events->items, factors->k, factors->item, error));
    if (!(alpha >= 0.0 && isfinite(alpha)))
        return ml_fail(error, ML_EINVAL, "alpha is %g; it is a finite number, 0 or more", alpha);
    for (size_t r = 0; r < events->n; r++)
        if (events->value[r] < 0.0)
            return ml_fail(error, ML_EINVAL, "event %zu has the weight %g; it is 0 or more", r, events->value[r]);
    const ml_arena_mark before = ml_arena_save(arena);
    implicit f = {.k = factors->k, .l2 = l2, .alpha = alpha, .value = events->value};
    const ml_status status = sweep_all(&f, events, sweeps, factors, arena, error);
    ml_arena_release(arena, before);
    return status;
}
