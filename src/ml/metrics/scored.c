/* Figures of some rows out of all, as bootstraps and slices ask for them again and again. */
#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "metrics/check.h"
#include "metrics/intervals.h"

static int by_threshold(ml_scored_figure figure) {
    return figure <= ML_SCORED_F1;
}

static int by_rank(ml_scored_figure figure) {
    return figure == ML_SCORED_AUC || figure == ML_SCORED_AVERAGE_PRECISION;
}

ml_status ml_scored_init(ml_scored *rows, size_t n, const double *score, const uint8_t *label, ml_scored_figure figure,
                         double threshold, ml_arena *arena, ml_error *error) {
    ml_scored r = {.n = n, .score = score, .label = label, .threshold = threshold, .figure = figure};
    if (n == 0 || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; a figure takes 1 at least and fewer than 2^32", n);
    if ((unsigned)figure > ML_SCORED_AVERAGE_PRECISION)
        return ml_fail(error, ML_EINVAL, "figure %d is unknown; the last is average precision (%d)", (int)figure,
                       (int)ML_SCORED_AVERAGE_PRECISION);
    if (by_threshold(figure) && isnan(threshold))
        return ml_fail(error, ML_EINVAL, "the threshold is not a number; infinity is the one that flags nobody");
    ML_TRY(ml_metrics_check_finite(n, score, "score", error));
    ML_TRY(ml_metrics_check_binary(n, label, "label", error));
    if (figure == ML_SCORED_LOG_LOSS || figure == ML_SCORED_BRIER)
        ML_TRY(ml_metrics_check_shares(n, score, "score", error));
    if (by_rank(figure)) {
        const ml_arena_mark before = ml_arena_save(arena);
        r.order = ML_ALLOC(arena, n, uint32_t);
        r.times = ML_ALLOC(arena, n, uint32_t);
        r.curve.threshold = ML_ALLOC(arena, n + 1, double);
        r.curve.true_positive = ML_ALLOC(arena, n + 1, uint32_t);
        r.curve.false_positive = ML_ALLOC(arena, n + 1, uint32_t);
        if (!r.order || !r.times || !r.curve.threshold || !r.curve.true_positive || !r.curve.false_positive) {
            ml_arena_release(arena, before);
            return ml_fail(error, ML_ENOMEM, "the curve of %zu rows does not fit in memory; use fewer", n);
        }
        ml_argsort_double(n, score, r.order, r.times);
    }
    *rows = r;
    return ML_OK;
}

/* The rows as a curve: no sort, because all rows are in order already and each knows how often it is there. */
static ml_curve curve_of(const ml_scored *r, size_t n, const uint32_t *row) {
    ml_curve c = r->curve;
    uint32_t positives = 0, negatives = 0;
    memset(r->times, 0, r->n * sizeof *r->times);
    for (size_t i = 0; i < n; i++)
        r->times[row[i]]++;
    c.threshold[0] = (double)INFINITY;
    c.true_positive[0] = c.false_positive[0] = 0;
    c.points = 1;
    for (size_t i = r->n; i > 0;) {
        const double here = r->score[r->order[i - 1]];
        const uint32_t before = positives + negatives;
        for (; i > 0 && r->score[r->order[i - 1]] == here; i--) {
            const uint32_t at = r->order[i - 1];
            positives += r->label[at] ? r->times[at] : 0;
            negatives += r->label[at] ? 0 : r->times[at];
        }
        if (positives + negatives == before)
            continue;
        c.threshold[c.points] = here;
        c.true_positive[c.points] = positives;
        c.false_positive[c.points++] = negatives;
    }
    c.n_positive = positives;
    c.n_negative = negatives;
    return c;
}

static double of_ranks(const ml_scored *r, size_t n, const uint32_t *row) {
    const ml_curve c = curve_of(r, n, row);
    if (c.n_positive == 0 || c.n_negative == 0)
        return (double)NAN;
    return r->figure == ML_SCORED_AUC ? ml_roc_area(&c) : ml_average_precision(&c);
}

static double share(size_t part, size_t of) {
    return of > 0 ? (double)part / (double)of : (double)NAN;
}

static double of_answers(const ml_scored *r, size_t n, const uint32_t *row) {
    size_t count[2][2] = {{0}}; /* by truth and by answer */
    for (size_t i = 0; i < n; i++)
        count[r->label[row[i]]][r->score[row[i]] >= r->threshold]++;
    const size_t tp = count[1][1], fp = count[0][1], fn = count[1][0];
    switch (r->figure) {
    case ML_SCORED_PRECISION: return share(tp, tp + fp);
    case ML_SCORED_RECALL: return share(tp, tp + fn);
    case ML_SCORED_F1: return share(2 * tp, 2 * tp + fp + fn);
    default: return share(tp + count[0][0], n);
    }
}

static double of_probabilities(const ml_scored *r, size_t n, const uint32_t *row) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double p = r->score[row[i]], y = r->label[row[i]], inside = fmin(fmax(p, 0x1p-52), 1.0 - 0x1p-52);
        sum += r->figure == ML_SCORED_BRIER ? (p - y) * (p - y) : -ml_log(y > 0.0 ? inside : 1.0 - inside);
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}

double ml_scored_statistic(const void *scored, size_t n, const uint32_t *row) {
    const ml_scored *const r = scored;
    if (by_threshold(r->figure))
        return of_answers(r, n, row);
    return by_rank(r->figure) ? of_ranks(r, n, row) : of_probabilities(r, n, row);
}
