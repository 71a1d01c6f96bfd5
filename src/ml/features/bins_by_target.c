/* A regression tree of one column, grown best first. */
#include "base/math.h"
#include "base/sort.h"
#include "features/binning.h"
#include "features/parts.h"

/* Rows from..to-1 in the order of x, and the best cut within: before row `at`, 0 if there is none. */
typedef struct segment {
    size_t from, to, at;
    double gain;
} segment;

typedef struct splitter {
    size_t n, min_rows;
    double *x, *before; /* [n] ascending; [n + 1] sum of the centred targets of the rows before */
} splitter;

static segment best_cut(const splitter *s, size_t from, size_t to) {
    segment best = {from, to, 0, 0.0};
    const double sum = s->before[to] - s->before[from], whole = sum * sum / (double)(to - from);
    for (size_t at = from + s->min_rows; at + s->min_rows <= to; at++) {
        if (s->x[at - 1] == s->x[at])
            continue;
        const double left = s->before[at] - s->before[from], right = s->before[to] - s->before[at];
        const double gain = left * left / (double)(at - from) + right * right / (double)(to - at) - whole;
        if (gain > best.gain) {
            best.gain = gain;
            best.at = at;
        }
    }
    return best;
}

/* Cuts the best segment until there are k or nothing is gained beyond rounding. Returns how many there are. */
static size_t grow(const splitter *s, size_t k, double least_gain, segment *part) {
    size_t parts = 1;
    for (part[0] = best_cut(s, 0, s->n); parts < k; parts++) {
        size_t best = 0;
        for (size_t i = 1; i < parts; i++)
            if (part[i].gain > part[best].gain)
                best = i;
        if (!(part[best].gain > least_gain))
            break;
        const segment cut = part[best];
        part[best] = best_cut(s, cut.from, cut.at);
        part[parts] = best_cut(s, cut.at, cut.to);
    }
    return parts;
}

static double between(double low, double high) {
    const double middle = 0.5 * low + 0.5 * high;
    return middle > low ? middle : high; /* neighbouring numbers have none between them */
}

/* Sorts the rows that have x, and adds up their centred targets. Returns the sum of these squared. */
static double prepare(splitter *s, size_t n, const double *x, const double *y, uint32_t *order) {
    size_t present = 0;
    ml_argsort_double(n, x, order, order + n);
    while (present < n && !isnan(x[order[present]]))
        present++;
    double mean = 0.0, squares = 0.0;
    for (size_t i = 0; i < present; i++)
        mean += y[order[i]] / (double)present;
    for (size_t i = 0; i < present; i++) {
        const double centred = y[order[i]] - mean;
        s->x[i] = x[order[i]];
        s->before[i + 1] = s->before[i] + centred;
        squares += centred * centred;
    }
    s->n = present;
    return squares;
}

static ml_status check(size_t n, const double *x, const double *y, size_t k, size_t min_rows, ml_error *error) {
    if (k == 0 || min_rows == 0)
        return ml_fail(error, ML_EINVAL, "%zu bins of %zu rows or more; both are at least 1", k, min_rows);
    ML_TRY(ml_features_check(n, 1, x, error));
    size_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        missing += isnan(x[i]) ? 1 : 0;
        if (!isfinite(y[i]))
            return ml_fail(error, ML_EINVAL, "the target of row %zu is %g; leave out rows without a target", i, y[i]);
    }
    if (missing == n)
        return ml_fail(error, ML_EINVAL, "all %zu values are missing; bins need at least one", n);
    return ML_OK;
}

ml_status ml_bins_by_target(size_t n, const double *x, const double *y, size_t k, size_t min_rows, double *cut,
                            size_t *n_cuts, ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, x, y, k, min_rows, error));
    const ml_arena_mark mark = ml_arena_save(arena);
    splitter s = {n, min_rows < n ? min_rows : n, ML_ALLOC(arena, n, double), ML_ALLOC(arena, n + 1, double)};
    k = k < n ? k : n;
    uint32_t *const order = ml_arena_alloc(arena, n, 2 * sizeof(uint32_t));
    segment *const part = ML_ALLOC(arena, k, segment);
    double *const found = ml_arena_alloc(arena, k, 2 * sizeof(double));
    if (s.x == NULL || s.before == NULL || order == NULL || part == NULL || found == NULL) {
        ml_arena_release(arena, mark);
        return ml_features_no_memory("bins by target", n, k, error);
    }
    const double squares = prepare(&s, n, x, y, order);
    const size_t cuts = grow(&s, k, 1e-12 * squares, part) - 1;
    size_t some = 0;
    for (size_t i = 0; i <= cuts; i++)
        if (part[i].from > 0)
            found[some++] = between(s.x[part[i].from - 1], s.x[part[i].from]);
    ml_sort_double(cuts, found, found + k);
    for (size_t i = 0; i < cuts; i++)
        cut[i] = found[i];
    *n_cuts = cuts;
    ml_arena_release(arena, mark);
    return ML_OK;
}
