/* AdaBoost of stumps, each of them a tree of depth 1. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/committee.h"

typedef struct boost {
    size_t n, d;
    const double *x;
    const uint32_t *label;
    double *weight; /* [n] sum 1 */
} boost;

static uint8_t answer(const ml_stump *stump, const double *row) {
    return row[stump->feature] <= stump->threshold ? stump->below : stump->above;
}

/* The stump that is best for the weights as they are; class 1 where its share is above one half. */
static ml_status fit_stump(const boost *f, ml_stump *stump, ml_arena *arena, ml_error *error) {
    const ml_tree_rows rows = {.n = f->n, .d = f->d, .x = f->x, .classes = 2, .label = f->label, .weight = f->weight};
    ml_tree_settings settings = ml_tree_defaults(2);
    ml_trees tree;
    settings.max_depth = 1;
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = ml_tree_fit(&rows, &settings, 0, &tree, arena, error);
    if (status == ML_OK) {
        const bool splits = tree.feature[0] >= 0;
        const uint32_t left = splits ? tree.left[0] : 0, right = splits ? tree.right[0] : 0;
        *stump = (ml_stump){.feature = splits ? (uint32_t)tree.feature[0] : 0,
                            .threshold = splits ? tree.threshold[0] : 0.0,
                            .below = tree.value[left * tree.n_outputs + 1] > 0.5,
                            .above = tree.value[right * tree.n_outputs + 1] > 0.5};
        for (size_t i = 0; i < f->n; i++)
            if (answer(stump, f->x + i * f->d) != f->label[i])
                stump->error += f->weight[i];
    }
    ml_arena_release(arena, before);
    return status;
}

/* Rows that were wrong weigh more by exp(2 vote) = (1 - e)/e, and all of them sum to 1 again. */
static void reweigh(boost *f, const ml_stump *stump) {
    double sum = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        if (answer(stump, f->x + i * f->d) != f->label[i])
            f->weight[i] *= (1.0 - stump->error) / stump->error;
        sum += f->weight[i];
    }
    for (size_t i = 0; i < f->n; i++)
        f->weight[i] /= sum;
}

static ml_status fit(boost *f, size_t stages, ml_stump *stump, size_t *count, ml_arena *arena, ml_error *error) {
    *count = 0;
    for (size_t i = 0; i < f->n; i++)
        f->weight[i] = 1.0 / (double)f->n;
    while (*count < stages) {
        ml_stump next;
        ML_TRY(fit_stump(f, &next, arena, error));
        if (next.error >= 0.5)
            break;
        const bool is_perfect = next.error <= 0.0;
        next.vote = is_perfect ? 1.0 : 0.5 * ml_log((1.0 - next.error) / next.error);
        if (!(next.vote > 0.0)) /* a coin, but for rounding */
            break;
        stump[(*count)++] = next;
        if (is_perfect)
            break;
        reweigh(f, &next);
    }
    if (*count == 0)
        return ml_fail(error, ML_EINVAL, "no single question tells the classes apart better than a coin; use trees");
    return ML_OK;
}

static ml_status check(size_t n, size_t d, const double *x, const uint8_t *label, size_t stages, ml_error *error) {
    size_t ones = 0;
    ML_TRY(ml_models_check_rows(n, d, x, error));
    if (stages == 0)
        return ml_fail(error, ML_EINVAL, "0 stages; a committee has at least one member");
    for (size_t i = 0; i < n; i++) {
        if (label[i] > 1)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %d; AdaBoost takes 0 and 1", i, label[i]);
        ones += label[i];
    }
    if (ones == 0 || ones == n)
        return ml_fail(error, ML_EINVAL, "all %zu rows are of class %d; there is nothing to tell apart", n, ones > 0);
    return ML_OK;
}

ml_status ml_adaboost_fit(size_t n, size_t d, const double *x, const uint8_t *label, size_t stages, ml_stump *stump,
                          size_t *count, double *weight, ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, d, x, label, stages, error));
    const ml_arena_mark before = ml_arena_save(arena);
    uint32_t *const wide = ML_ALLOC(arena, n, uint32_t);
    ml_stump *const made = ML_ALLOC(arena, stages, ml_stump);
    boost f = {n, d, x, wide, ML_ALLOC(arena, n, double)};
    size_t members = 0;
    ml_status status;
    if (wide != NULL && made != NULL && f.weight != NULL) {
        for (size_t i = 0; i < n; i++)
            wide[i] = label[i];
        status = fit(&f, stages, made, &members, arena, error);
    } else {
        status = ml_models_out_of_memory("AdaBoost", n, d, error);
    }
    if (status == ML_OK) {
        memcpy(stump, made, members * sizeof *stump);
        *count = members;
        if (weight != NULL)
            memcpy(weight, f.weight, n * sizeof *weight);
    }
    ml_arena_release(arena, before);
    return status;
}

void ml_adaboost_score(size_t count, const ml_stump *stump, size_t n, size_t d, const double *x, double *score) {
    for (size_t i = 0; i < n; i++) {
        score[i] = 0.0;
        for (size_t s = 0; s < count; s++)
            score[i] += answer(&stump[s], x + i * d) ? stump[s].vote : -stump[s].vote;
    }
}
