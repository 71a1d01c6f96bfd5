#include <string.h>

#include "base/math.h"
#include "features/binning.h"
#include "features/categories.h"
#include "features/parts.h"
#include "features/pipeline_parts.h"

typedef struct fitting {
    size_t n, n_columns, n_fold;
    const double *x, *y;
    const uint32_t *fold; /* [n] */
    double *column;       /* [n] the raw column at hand */
    double *encoded;      /* [n] */
    int32_t *category;    /* [n] */
    uint32_t *code;       /* [n] */
    ml_arena *arena, *scratch;
} fitting;

static ml_status learn_number(const fitting *t, const ml_feature *f, ml_feature_state *state, ml_error *error) {
    ML_TRY(ml_scaler_fit(f->scaling, t->n, 1, t->column, &state->scaler, t->scratch, error));
    ml_scaler_apply(1, &state->scaler, t->n, t->column, t->encoded);
    return ml_fill_fit(f->fill, f->constant, t->n, 1, t->encoded, &state->fill, t->scratch, error);
}

static ml_status learn_bins(const fitting *t, const ml_feature *f, ml_feature_state *state, ml_error *error) {
    size_t n_cuts = 0, present = 0;
    state->number = ML_ALLOC(t->arena, f->size, double);
    if (state->number == NULL)
        return ml_features_no_memory("a pipeline's bins", f->size, 1, error);
    for (size_t i = 0; i < t->n; i++)
        present += isnan(t->column[i]) ? 0 : 1;
    if (present > 0)
        ML_TRY(ml_bins_equal_frequency(t->n, t->column, f->size, state->number, &n_cuts, t->scratch, error));
    state->n = (uint32_t)n_cuts;
    return ML_OK;
}

static ml_status learn_categories(const fitting *t, const ml_feature *f, ml_feature_state *state, ml_error *error) {
    size_t some = 0, n_levels;
    for (size_t i = 0; i < t->n; i++)
        some += ml_pipeline_category(t->column[i], &t->category[some]) ? 1 : 0;
    int32_t *const level = (int32_t *)t->code; /* as long, and not used yet */
    ML_TRY(ml_onehot_fit(some, t->category, f->min_count > 0 ? f->min_count : 1, t->n, level, &n_levels, t->scratch,
                         error));
    state->level = ML_ALLOC(t->arena, n_levels, int32_t);
    if (state->level == NULL)
        return ml_features_no_memory("a pipeline's categories", n_levels, 1, error);
    memcpy(state->level, level, n_levels * sizeof *level);
    state->n = (uint32_t)n_levels;
    return ML_OK;
}

/* Fills `encoded` with what the other folds say, and `table` with what all do. */
static ml_status encode(const fitting *t, const ml_feature *f, const ml_feature_state *state, double *table,
                        ml_error *error) {
    double prior;
    for (size_t i = 0; i < t->n; i++)
        t->code[i] = ml_pipeline_code(state, t->column[i]);
    return ml_target_encode_oof(t->n, (size_t)state->n + 1, t->n_fold, t->code, t->y, t->fold, f->smoothing, t->encoded,
                                table, &prior, t->scratch, error);
}

static void take_column(const fitting *t, const ml_feature *f) {
    for (size_t i = 0; i < t->n; i++)
        t->column[i] = t->x[i * t->n_columns + f->column];
}

static ml_status learn(const fitting *t, const ml_feature *f, ml_feature_state *state, ml_error *error) {
    *state = (ml_feature_state){.scaler = {0.0, 1.0, false}};
    take_column(t, f);
    if (f->kind == ML_FEATURE_NUMBER)
        return learn_number(t, f, state, error);
    if (f->kind == ML_FEATURE_BINS)
        return learn_bins(t, f, state, error);
    if (f->kind == ML_FEATURE_HASHED)
        return ML_OK;
    ML_TRY(learn_categories(t, f, state, error));
    if (f->kind != ML_FEATURE_TARGET)
        return ML_OK;
    state->number = ML_ALLOC(t->arena, (size_t)state->n + 1, double);
    if (state->number == NULL)
        return ml_features_no_memory("a pipeline's encodings", state->n, 1, error);
    return encode(t, f, state, state->number, error);
}

/* Training rows as served ones, but what reads the target out of fold. */
static ml_status training_rows(const fitting *t, const ml_pipeline *p, double **train, ml_error *error) {
    double *const rows = ml_arena_alloc(t->arena, t->n, p->width * sizeof(double));
    if (rows == NULL)
        return ml_features_no_memory("training features", t->n, p->width, error);
    ml_pipeline_apply(p, t->n, t->x, rows);
    for (size_t f = 0; f < p->n_features; f++) {
        if (p->feature[f].kind != ML_FEATURE_TARGET)
            continue;
        const ml_arena_mark mark = ml_arena_save(t->scratch);
        double *const table = ML_ALLOC(t->scratch, (size_t)p->state[f].n + 1, double);
        if (table == NULL)
            return ml_features_no_memory("a pipeline's encodings", p->state[f].n, 1, error);
        take_column(t, &p->feature[f]);
        ML_TRY(encode(t, &p->feature[f], &p->state[f], table, error));
        for (size_t i = 0; i < t->n; i++)
            rows[i * p->width + p->state[f].at] = ml_pipeline_link(&p->feature[f], t->encoded[i]);
        ml_arena_release(t->scratch, mark);
    }
    *train = rows;
    return ML_OK;
}

static ml_status check(const fitting *t, size_t n_features, const ml_feature *feature, ml_error *error) {
    ML_TRY(ml_features_check(t->n, t->n_columns, t->x, error));
    if (n_features == 0 || n_features > PIPELINE_MOST_SIZE || t->arena == t->scratch)
        return ml_fail(error, ML_EINVAL, "%zu features; a pipeline has 1 to %d, and its scratch is another arena",
                       n_features, PIPELINE_MOST_SIZE);
    for (size_t f = 0; f < n_features; f++) {
        ML_TRY(ml_pipeline_check(&feature[f], t->n_columns, error));
        if (feature[f].kind == ML_FEATURE_TARGET && (t->y == NULL || t->n_fold < 2))
            return ml_fail(error, ML_EINVAL,
                           "a feature reads the target, out of %zu folds; give targets, and at least 2 "
                           "folds",
                           t->n_fold);
    }
    return ML_OK;
}

static ml_status fit(fitting *t, ml_pipeline *p, const ml_feature *feature, double **train, ml_error *error) {
    uint32_t *const own = ML_ALLOC(t->scratch, t->n, uint32_t);
    t->column = ML_ALLOC(t->scratch, t->n, double);
    t->encoded = ML_ALLOC(t->scratch, t->n, double);
    t->category = ML_ALLOC(t->scratch, t->n + 1, int32_t);
    t->code = ML_ALLOC(t->scratch, t->n, uint32_t);
    p->feature = ML_ALLOC(t->arena, p->n_features, ml_feature);
    p->state = ML_ALLOC(t->arena, p->n_features, ml_feature_state);
    if (own == NULL || t->column == NULL || t->encoded == NULL || t->category == NULL || t->code == NULL ||
        p->feature == NULL || p->state == NULL)
        return ml_features_no_memory("a pipeline", t->n, p->n_features, error);
    for (size_t i = 0; i < t->n && t->n_fold > 0; i++)
        own[i] = (uint32_t)(i % t->n_fold);
    if (t->fold == NULL)
        t->fold = own;
    memcpy(p->feature, feature, p->n_features * sizeof *feature);
    for (size_t f = 0; f < p->n_features; f++)
        ML_TRY(learn(t, &feature[f], &p->state[f], error));
    ML_TRY(ml_pipeline_lay_out(p, error));
    return train != NULL ? training_rows(t, p, train, error) : ML_OK;
}

ml_status ml_pipeline_fit(size_t n_features, const ml_feature *feature, size_t n, size_t n_columns, const double *x,
                          const double *y, const uint32_t *fold, size_t n_fold, ml_pipeline *pipeline, double **train,
                          ml_arena *arena, ml_arena *scratch, ml_error *error) {
    fitting t = {.n = n,
                 .n_columns = n_columns,
                 .n_fold = n_fold,
                 .x = x,
                 .y = y,
                 .fold = fold,
                 .arena = arena,
                 .scratch = scratch};
    ml_pipeline fitted = {.n_columns = n_columns, .n_features = n_features};
    double *rows = NULL;
    ML_TRY(check(&t, n_features, feature, error));
    const ml_arena_mark before = ml_arena_save(arena), mark = ml_arena_save(scratch);
    const ml_status status = fit(&t, &fitted, feature, train != NULL ? &rows : NULL, error);
    ml_arena_release(scratch, mark);
    if (status != ML_OK) {
        ml_arena_release(arena, before);
        return status;
    }
    *pipeline = fitted;
    if (train != NULL)
        *train = rows;
    return ML_OK;
}
