#include <string.h>

#include "base/math.h"
#include "features/categories.h"
#include "features/parts.h"

typedef struct means {
    size_t n_cat;
    double *sum, *count; /* [n_cat] */
    double prior;        /* the mean over all categories */
} means;

static void add_up(means *s, size_t n, const uint32_t *cat, const double *y, const uint32_t *fold, uint32_t left_out) {
    double sum = 0.0, count = 0.0;
    memset(s->sum, 0, s->n_cat * sizeof *s->sum);
    memset(s->count, 0, s->n_cat * sizeof *s->count);
    for (size_t i = 0; i < n; i++) {
        if (fold[i] == left_out)
            continue;
        s->sum[cat[i]] += y[i];
        s->count[cat[i]] += 1.0;
        sum += y[i];
        count += 1.0;
    }
    s->prior = count > 0.0 ? sum / count : 0.0;
}

static double encode(const means *s, uint32_t cat, double m) {
    const double weight = s->count[cat] + m;
    return weight > 0.0 ? (s->sum[cat] + m * s->prior) / weight : s->prior;
}

static ml_status check(size_t n, size_t n_cat, size_t n_fold, const uint32_t *cat, const double *y,
                       const uint32_t *fold, double m, ml_error *error) {
    if (!(m >= 0.0 && isfinite(m)) || n_fold > UINT32_MAX - 1)
        return ml_fail(error, ML_EINVAL,
                       "m is %g, of %zu folds; the weight of the prior is a finite number of rows, 0 or "
                       "more",
                       m, n_fold);
    for (size_t i = 0; i < n; i++)
        if (cat[i] >= n_cat || fold[i] >= n_fold || !isfinite(y[i]))
            return ml_fail(error, ML_EINVAL,
                           "row %zu: category %u of %zu, fold %u of %zu, target %g; one is out of range", i, cat[i],
                           n_cat, fold[i], n_fold, y[i]);
    return ML_OK;
}

ml_status ml_target_encode_oof(size_t n, size_t n_cat, size_t n_fold, const uint32_t *cat, const double *y,
                               const uint32_t *fold, double m, double *train, double *table, double *prior,
                               ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, n_cat, n_fold, cat, y, fold, m, error));
    const ml_arena_mark mark = ml_arena_save(arena);
    means s = {n_cat, ML_ALLOC(arena, n_cat, double), ML_ALLOC(arena, n_cat, double), 0.0};
    if (s.sum == NULL || s.count == NULL) {
        ml_arena_release(arena, mark);
        return ml_features_no_memory("target encoding", n_cat, 1, error);
    }
    for (uint32_t f = 0; f < n_fold; f++) {
        add_up(&s, n, cat, y, fold, f);
        for (size_t i = 0; i < n; i++)
            if (fold[i] == f)
                train[i] = encode(&s, cat[i], m);
    }
    add_up(&s, n, cat, y, fold, UINT32_MAX); /* no fold: all rows */
    for (size_t c = 0; c < n_cat; c++)
        table[c] = encode(&s, (uint32_t)c, m);
    *prior = s.prior;
    ml_arena_release(arena, mark);
    return ML_OK;
}
