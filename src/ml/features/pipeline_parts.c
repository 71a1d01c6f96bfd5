#include "features/pipeline_parts.h"

#include "base/math.h"
#include "features/categories.h"

bool ml_pipeline_category(double x, int32_t *category) {
    if (!(x >= (double)INT32_MIN && x <= (double)INT32_MAX) || floor(x) != x)
        return false;
    *category = (int32_t)x;
    return true;
}

uint32_t ml_pipeline_code(const ml_feature_state *state, double x) {
    int32_t category;
    uint32_t code = state->n;
    if (ml_pipeline_category(x, &category))
        ml_ordinal_apply(state->n, state->level, 1, &category, &code);
    return code;
}

double ml_pipeline_link(const ml_feature *feature, double p) {
    if (!feature->log_odds)
        return p;
    const double clipped = fmin(fmax(p, 0.005), 0.995);
    return ml_log(clipped / (1.0 - clipped));
}

ml_status ml_pipeline_check(const ml_feature *f, size_t n_columns, ml_error *error) {
    if (f->column >= n_columns)
        return ml_fail(error, ML_EINVAL, "a feature reads column %u of %zu, which does not exist", f->column,
                       n_columns);
    if ((int)f->kind < ML_FEATURE_NUMBER || f->kind > ML_FEATURE_HASHED || (int)f->scaling < ML_SCALE_NONE ||
        f->scaling > ML_SCALE_LOG_STANDARD || (int)f->fill < ML_FILL_CONSTANT || f->fill > ML_FILL_MOST_FREQUENT)
        return ml_fail(error, ML_EINVAL, "feature kind %d, scaling %d or fill %d is unknown", (int)f->kind,
                       (int)f->scaling, (int)f->fill);
    if ((f->kind == ML_FEATURE_BINS || f->kind == ML_FEATURE_HASHED) && (f->size == 0 || f->size > PIPELINE_MOST_SIZE))
        return ml_fail(error, ML_EINVAL, "a feature of column %u has size %u; it is 1 to %d", f->column, f->size,
                       PIPELINE_MOST_SIZE);
    if (!isfinite(f->constant) || !(f->smoothing >= 0.0 && isfinite(f->smoothing)))
        return ml_fail(error, ML_EINVAL,
                       "constant %g or smoothing %g of column %u; both are finite, smoothing 0 or more", f->constant,
                       f->smoothing, f->column);
    return ML_OK;
}

static size_t width_of(const ml_feature *f, const ml_feature_state *state) {
    switch (f->kind) {
    case ML_FEATURE_NUMBER:
        return f->flag ? 2 : 1;
    case ML_FEATURE_BINS:
        return (size_t)state->n + 2;
    case ML_FEATURE_ONE_HOT:
        return (size_t)state->n + 1;
    case ML_FEATURE_HASHED:
        return f->size;
    case ML_FEATURE_ORDINAL:
    case ML_FEATURE_TARGET:
    default:
        return 1;
    }
}

ml_status ml_pipeline_lay_out(ml_pipeline *p, ml_error *error) {
    p->width = 0;
    for (size_t f = 0; f < p->n_features; f++) {
        p->state[f].at = p->width;
        p->width += width_of(&p->feature[f], &p->state[f]);
        if (p->width > PIPELINE_MOST_COLUMNS)
            return ml_fail(error, ML_EINVAL,
                           "the features have more than %d columns; hash categories, or keep only "
                           "frequent ones",
                           PIPELINE_MOST_COLUMNS);
    }
    return ML_OK;
}
