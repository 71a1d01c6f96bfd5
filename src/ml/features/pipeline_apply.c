#include <string.h>

#include "base/hash.h"
#include "base/math.h"
#include "features/binning.h"
#include "features/categories.h"
#include "features/pipeline_parts.h"

static void apply_number(const ml_feature *f, const ml_feature_state *state, double x, double *out) {
    ml_scaler_apply(1, &state->scaler, 1, &x, out);
    const bool missing = !isfinite(out[0]);
    if (missing)
        out[0] = state->fill;
    if (f->flag)
        out[1] = missing ? 1.0 : 0.0;
}

static void apply_hashed(const ml_feature *f, double x, double *out) {
    int32_t category;
    memset(out, 0, f->size * sizeof *out);
    if (!ml_pipeline_category(x, &category))
        return;
    const uint32_t code = (uint32_t)category, h = ml_cross_hash(1, &code);
    out[(h & 0x7fffffffU) % f->size] = h >> 31 != 0 ? -1.0 : 1.0;
}

static void apply_one(const ml_feature *f, const ml_feature_state *state, double x, double *out) {
    uint32_t bin;
    switch (f->kind) {
    case ML_FEATURE_BINS:
        ml_bin_apply(state->n, state->number, 1, &x, &bin);
        ml_onehot_bins((size_t)state->n + 2, 1, &bin, out);
        break;
    case ML_FEATURE_ONE_HOT:
        memset(out, 0, ((size_t)state->n + 1) * sizeof *out);
        out[ml_pipeline_code(state, x)] = 1.0;
        break;
    case ML_FEATURE_ORDINAL:
        out[0] = ml_pipeline_code(state, x);
        break;
    case ML_FEATURE_TARGET:
        out[0] = ml_pipeline_link(f, state->number[ml_pipeline_code(state, x)]);
        break;
    case ML_FEATURE_HASHED:
        apply_hashed(f, x, out);
        break;
    case ML_FEATURE_NUMBER:
    default:
        apply_number(f, state, x, out);
    }
}

void ml_pipeline_apply(const ml_pipeline *p, size_t n, const double *x, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < p->n_features; f++) {
            const double value = x[i * p->n_columns + p->feature[f].column];
            apply_one(&p->feature[f], &p->state[f], isfinite(value) ? value : (double)NAN,
                      out + i * p->width + p->state[f].at);
        }
}
