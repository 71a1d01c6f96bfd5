/* The file: "lmzpipe" and a zero, u32 version, features and raw columns; for each feature 8 u32 (kind, column, scaling,
 * fill, flags, size, min_count, n) and 5 f64 (constant, smoothing, centre, scale, fill), then its numbers as f64 and
 * its levels as u32; at last the CRC-32 of all that. */
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/math.h"
#include "features/parts.h"
#include "features/pipeline_parts.h"

enum { VERSION = 1, HEAD = 20, RECORD = 8 * 4 + 5 * 8, CRC = 4, FLAG = 1, LOG_ODDS = 2, LOG = 4 };
static const uint8_t magic[8] = "lmzpipe";

static size_t numbers(const ml_feature *f, size_t n) {
    return f->kind == ML_FEATURE_BINS ? n : f->kind == ML_FEATURE_TARGET ? n + 1 : 0;
}

static size_t levels(const ml_feature *f, size_t n) {
    return f->kind == ML_FEATURE_ONE_HOT || f->kind == ML_FEATURE_ORDINAL || f->kind == ML_FEATURE_TARGET ? n : 0;
}

static uint8_t *put_feature(const ml_feature *f, const ml_feature_state *s, uint8_t *at) {
    const uint32_t flags = (f->flag ? FLAG : 0U) | (f->log_odds ? LOG_ODDS : 0U) | (s->scaler.log ? LOG : 0U);
    const uint32_t word[] = {f->kind, f->column, f->scaling, f->fill, flags, f->size, f->min_count, s->n};
    const double real[] = {f->constant, f->smoothing, s->scaler.centre, s->scaler.scale, s->fill};
    for (size_t i = 0; i < 8; i++, at += 4)
        put_u32(at, word[i]);
    for (size_t i = 0; i < 5; i++, at += 8)
        put_double(at, real[i]);
    for (size_t i = 0; i < numbers(f, s->n); i++, at += 8)
        put_double(at, s->number[i]);
    for (size_t i = 0; i < levels(f, s->n); i++, at += 4)
        put_u32(at, (uint32_t)s->level[i]);
    return at;
}

ml_status ml_pipeline_save(const ml_pipeline *p, size_t capacity, uint8_t *bytes, size_t *length, ml_error *error) {
    size_t needed = HEAD + CRC;
    for (size_t f = 0; f < p->n_features; f++)
        needed += RECORD + 8 * numbers(&p->feature[f], p->state[f].n) + 4 * levels(&p->feature[f], p->state[f].n);
    *length = needed;
    if (bytes == NULL)
        return ML_OK;
    if (capacity < needed)
        return ml_fail(error, ML_EINVAL, "the pipeline takes %zu bytes, and there is room for %zu", needed, capacity);
    memcpy(bytes, magic, sizeof magic);
    put_u32(bytes + 8, VERSION);
    put_u32(bytes + 12, (uint32_t)p->n_features);
    put_u32(bytes + 16, (uint32_t)p->n_columns);
    uint8_t *at = bytes + HEAD;
    for (size_t f = 0; f < p->n_features; f++)
        at = put_feature(&p->feature[f], &p->state[f], at);
    put_u32(at, ml_crc32((size_t)(at - bytes), bytes));
    return ML_OK;
}

/* --- And back ----------------------------------------------------------------------------------------------------- */

typedef struct span {
    const uint8_t *at;
    size_t left;
} span;

static ml_status impossible(size_t f, const char *what, ml_error *error) {
    return ml_fail(error, ML_EPARSE, "feature %zu: %s; the file was written wrongly", f, what);
}

static bool ascend(const ml_feature *f, const ml_feature_state *s) {
    for (size_t i = 1; i < s->n; i++)
        if ((levels(f, s->n) > 0 && s->level[i - 1] >= s->level[i]) ||
            (f->kind == ML_FEATURE_BINS && !(s->number[i - 1] < s->number[i])))
            return false;
    return true;
}

static ml_status read_arrays(span *file, size_t f, const ml_feature *feature, ml_feature_state *s, ml_arena *arena,
                             ml_error *error) {
    if (s->n > file->left / 4)
        return impossible(f, "it ends early", error);
    const size_t n_numbers = numbers(feature, s->n), n_levels = levels(feature, s->n);
    if ((uint64_t)n_numbers * 8 + (uint64_t)n_levels * 4 > file->left)
        return impossible(f, "it ends early", error);
    if (feature->kind == ML_FEATURE_BINS ? s->n >= feature->size : n_levels != s->n)
        return impossible(f, "it has more cuts or categories than it can", error);
    s->number = ML_ALLOC(arena, n_numbers, double);
    s->level = ML_ALLOC(arena, n_levels, int32_t);
    if (s->number == NULL || s->level == NULL)
        return ml_features_no_memory("a pipeline", s->n, 1, error);
    for (size_t i = 0; i < n_numbers; i++, file->at += 8) {
        s->number[i] = get_double(file->at);
        if (!isfinite(s->number[i]))
            return impossible(f, "a number is not finite", error);
    }
    for (size_t i = 0; i < n_levels; i++, file->at += 4)
        s->level[i] = (int32_t)get_u32(file->at);
    file->left -= 8 * n_numbers + 4 * n_levels;
    return ascend(feature, s) ? ML_OK : impossible(f, "cuts or categories are not ascending", error);
}

static ml_status read_feature(span *file, size_t f, ml_pipeline *p, ml_arena *arena, ml_error *error) {
    uint32_t word[8];
    double real[5];
    if (file->left < RECORD)
        return impossible(f, "it ends early", error);
    for (size_t i = 0; i < 8; i++, file->at += 4)
        word[i] = get_u32(file->at);
    for (size_t i = 0; i < 5; i++, file->at += 8)
        real[i] = get_double(file->at);
    file->left -= RECORD;
    if (word[0] > ML_FEATURE_HASHED || word[2] > ML_SCALE_LOG_STANDARD || word[3] > ML_FILL_MOST_FREQUENT ||
        word[4] > (FLAG | LOG_ODDS | LOG))
        return impossible(f, "its kind is unknown", error);
    p->feature[f] = (ml_feature){.kind = (ml_feature_kind)word[0], .column = word[1], .scaling = (ml_scaling)word[2],
                                 .fill = (ml_fill)word[3], .constant = real[0], .flag = (word[4] & FLAG) != 0,
                                 .size = word[5], .min_count = word[6], .smoothing = real[1],
                                 .log_odds = (word[4] & LOG_ODDS) != 0};
    p->state[f] = (ml_feature_state){.scaler = {real[2], real[3], (word[4] & LOG) != 0}, .fill = real[4], .n = word[7]};
    if (ml_pipeline_check(&p->feature[f], p->n_columns, NULL) != ML_OK)
        return impossible(f, "a setting or its column is out of range", error);
    if (!isfinite(real[2]) || !(real[3] > 0.0 && isfinite(real[3])) || !isfinite(real[4]))
        return impossible(f, "its scale is not positive, or a number not finite", error);
    return read_arrays(file, f, &p->feature[f], &p->state[f], arena, error);
}

static ml_status read_features(span file, ml_pipeline *p, ml_arena *arena, ml_error *error) {
    p->feature = ML_ALLOC(arena, p->n_features, ml_feature);
    p->state = ML_ALLOC(arena, p->n_features, ml_feature_state);
    if (p->feature == NULL || p->state == NULL)
        return ml_features_no_memory("a pipeline", p->n_features, 1, error);
    for (size_t f = 0; f < p->n_features; f++)
        ML_TRY(read_feature(&file, f, p, arena, error));
    if (file.left != 0)
        return ml_fail(error, ML_EPARSE, "%zu bytes of the file belong to no feature", file.left);
    return ml_pipeline_lay_out(p, NULL) == ML_OK ? ML_OK : impossible(0, "all have too many columns", error);
}

ml_status ml_pipeline_load(size_t length, const uint8_t *bytes, ml_pipeline *pipeline, ml_arena *arena,
                           ml_error *error) {
    if (length < HEAD + CRC || memcmp(bytes, magic, sizeof magic) != 0)
        return ml_fail(error, ML_EPARSE, "this is no pipeline of ours; it does not begin like one");
    if (get_u32(bytes + 8) != VERSION)
        return ml_fail(error, ML_EPARSE, "the pipeline is of version %u; this reads version %d", get_u32(bytes + 8),
                       VERSION);
    if (get_u32(bytes + length - CRC) != ml_crc32(length - CRC, bytes))
        return ml_fail(error, ML_EPARSE, "the pipeline's checksum is wrong; the file is damaged or cut off");
    ml_pipeline loaded = {.n_features = get_u32(bytes + 12), .n_columns = get_u32(bytes + 16)};
    if (loaded.n_features == 0 || loaded.n_features > (length - HEAD - CRC) / RECORD)
        return ml_fail(error, ML_EPARSE, "the file says that it has %zu features, which cannot be", loaded.n_features);
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = read_features((span){bytes + HEAD, length - HEAD - CRC}, &loaded, arena, error);
    if (status == ML_OK)
        *pipeline = loaded;
    else
        ml_arena_release(arena, before);
    return status;
}
