/* Cuts are features and, crossed, pairs of features; each cut parts the rows into cells, and a cell with enough rows is
 * a slice. Twice over all cuts: once to know how many slices there are, once to measure them. */
#include "metrics/slicing.h"

#include "base/math.h"
#include "base/sort.h"
#include "metrics/check.h"

typedef struct cut {
    size_t first, second; /* the features; equal: one feature alone */
} cut;

static int next_cut(const ml_slicing *how, cut *c) {
    if (c->first == c->second && c->first + 1 < how->features) {
        c->first = ++c->second; /* single features come first */
        return 1;
    }
    if (!how->crossed || how->features < 2)
        return 0;
    if (c->first == c->second)
        *c = (cut){0, 1};
    else if (c->second + 1 < how->features)
        c->second++;
    else
        *c = (cut){c->first + 1, c->first + 2};
    return c->second < how->features;
}

static size_t cells_of(const ml_slicing *how, cut c) {
    const size_t a = how->levels[c.first], b = c.first == c.second ? 1 : how->levels[c.second];
    return a > SIZE_MAX / b ? SIZE_MAX : a * b; /* SIZE_MAX fits in no arena */
}

static size_t cell_of(const ml_slicing *how, cut c, size_t row) {
    const size_t a = how->level[c.first][row];
    return c.first == c.second ? a : a * how->levels[c.second] + how->level[c.second][row];
}

static ml_status no_memory(size_t n, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "the slices of %zu rows do not fit in memory; use fewer levels, or do not cross",
                   n);
}

ml_status ml_slices_check(size_t n, const ml_slicing *how, ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "a figure by slice", error));
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; they are counted in 32 bits", n);
    if (how->features == 0 || how->features >= ML_NO_FEATURE)
        return ml_fail(error, ML_EINVAL, "%zu features; slices need one", how->features);
    if (how->minimum < 2)
        return ml_fail(error, ML_EINVAL, "slices of %zu rows say nothing; the minimum is at least 2", how->minimum);
    if (how->correction != ML_BONFERRONI && how->correction != ML_HOLM && how->correction != ML_BENJAMINI_HOCHBERG)
        return ml_fail(error, ML_EINVAL, "correction %d is unknown; it is 0, 1 or 2", (int)how->correction);
    ML_TRY(ml_metrics_check_level(how->confidence, error));
    for (size_t f = 0; f < how->features; f++)
        if (ml_metrics_check_classes(n, how->levels[f], how->level[f], "level", NULL) != ML_OK)
            return ml_fail(error, ML_EINVAL, "feature %zu has a level that is not below its %zu levels", f,
                           how->levels[f]);
    return ML_OK;
}

/* How many slices, large enough or not. */
static ml_status count(size_t n, const ml_slicing *how, ml_slices *s, ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    cut c = {0, 0};
    do {
        const size_t cells = cells_of(how, c);
        uint32_t *const rows = ML_ALLOC(arena, cells, uint32_t);
        if (rows == NULL)
            return no_memory(n, error);
        for (size_t i = 0; i < n; i++)
            rows[cell_of(how, c, i)]++;
        for (size_t cell = 0; cell < cells; cell++) {
            s->count += rows[cell] >= how->minimum;
            s->too_small += rows[cell] > 0 && rows[cell] < how->minimum;
        }
        ml_arena_release(arena, before);
    } while (next_cut(how, &c));
    return ML_OK;
}

/* The rows of each cell, one after the other: those of cell k are row[end[k - 1]] up to row[end[k] - 1]. */
static void deal(size_t n, const ml_slicing *how, cut c, size_t cells, uint32_t *end, uint32_t *row) {
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++)
        end[cell_of(how, c, i)]++;
    for (size_t cell = 0; cell < cells; cell++) {
        const uint32_t size = end[cell];
        end[cell] = sum;
        sum += size;
    }
    for (size_t i = 0; i < n; i++)
        row[end[cell_of(how, c, i)]++] = (uint32_t)i;
}

static ml_slice name(const ml_slicing *how, cut c, size_t cell, size_t n) {
    ml_slice s = {.feature = (uint32_t)c.first, .level = (uint32_t)cell, .feature_2 = ML_NO_FEATURE, .n = n};
    if (c.first != c.second) {
        s.level = (uint32_t)(cell / how->levels[c.second]);
        s.feature_2 = (uint32_t)c.second;
        s.level_2 = (uint32_t)(cell % how->levels[c.second]);
    }
    return s;
}

static ml_status measure_cut(size_t n, const ml_slicing *how, cut c, ml_slice_measure measure, void *context,
                             ml_slices *s, size_t *measured, ml_arena *arena, ml_error *error) {
    const size_t cells = cells_of(how, c);
    uint32_t *const end = ML_ALLOC(arena, cells, uint32_t), *const row = ML_ALLOC(arena, n, uint32_t);
    if (end == NULL || row == NULL)
        return no_memory(n, error);
    deal(n, how, c, cells, end, row);
    for (size_t cell = 0; cell < cells; cell++) {
        const uint32_t begin = cell > 0 ? end[cell - 1] : 0, size = end[cell] - begin;
        if (size < how->minimum)
            continue;
        ml_slice *const slice = &s->slice[*measured];
        *slice = name(how, c, cell, size);
        const ml_arena_mark before = ml_arena_save(arena);
        ML_TRY(measure(context, size, row + begin, slice, arena, error));
        ml_arena_release(arena, before);
        slice->difference = slice->value - s->whole;
        if (isfinite(slice->value))
            ++*measured;
        else
            s->without_value++;
    }
    return ML_OK;
}

/* Corrected p, and the worst first. */
static ml_status arrange(const ml_slicing *how, ml_slices *s, ml_arena *arena, ml_error *error) {
    double *const key = ML_ALLOC(arena, s->count, double);
    uint32_t *const order = ML_ALLOC(arena, 2 * s->count, uint32_t);
    ml_slice *const copy = ML_ALLOC(arena, s->count, ml_slice);
    if (key == NULL || order == NULL || copy == NULL)
        return no_memory(s->count, error);
    for (size_t i = 0; i < s->count; i++)
        key[i] = s->slice[i].p;
    ML_TRY(ml_adjust_p(s->count, key, how->correction, key, order, error));
    for (size_t i = 0; i < s->count; i++) {
        copy[i] = s->slice[i];
        copy[i].adjusted_p = key[i];
    }
    for (size_t i = 0; i < s->count; i++)
        key[i] = how->higher_is_better ? copy[i].value : -copy[i].value;
    ml_argsort_double(s->count, key, order, order + s->count);
    for (size_t i = 0; i < s->count; i++)
        s->slice[i] = copy[order[i]];
    return ML_OK;
}

static ml_status find(size_t n, const ml_slicing *how, ml_slice_measure measure, void *context, ml_slices *s,
                      ml_arena *arena, ml_error *error) {
    ML_TRY(count(n, how, s, arena, error));
    s->slice = ML_ALLOC(arena, s->count, ml_slice);
    if (s->slice == NULL)
        return no_memory(n, error);
    const ml_arena_mark scratch = ml_arena_save(arena);
    size_t measured = 0;
    cut c = {0, 0};
    do {
        ML_TRY(measure_cut(n, how, c, measure, context, s, &measured, arena, error));
        ml_arena_release(arena, scratch);
    } while (next_cut(how, &c));
    s->count = measured;
    ML_TRY(arrange(how, s, arena, error));
    ml_arena_release(arena, scratch);
    return ML_OK;
}

ml_status ml_slices_find(size_t n, const ml_slicing *how, double whole, ml_slice_measure measure, void *context,
                         ml_slices *slices, ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    ml_slices s = {.whole = whole};
    const ml_status status = find(n, how, measure, context, &s, arena, error);
    if (status == ML_OK)
        *slices = s;
    else
        ml_arena_release(arena, before);
    return status;
}
