/* The variance of an AUC from the places of its rows: of a positive, the share of negatives below it; of a negative,
 * the share of positives above it; ties count half. The means of both are the AUC, and their spread is its variance. */
#include "base/math.h"
#include "base/sort.h"
#include "base/special.h"
#include "metrics/check.h"
#include "metrics/intervals.h"

typedef struct places {
    size_t n, n_positive;
    const uint8_t *label;
    double *place;    /* [n] */
    uint32_t *order;  /* [2n] scratch */
} places;

/* One sort, then one run of equal scores at a time. Returns the AUC, of whole numbers as ml_metric_auc. */
static double fill(places p, const double *score) {
    const double positive = (double)p.n_positive, negative = (double)(p.n - p.n_positive);
    uint64_t twice_wins = 0, positives_below = 0, negatives_below = 0;
    ml_argsort_double(p.n, score, p.order, p.order + p.n);
    for (size_t i = 0, end = 0; i < p.n; i = end) {
        uint64_t positives = 0;
        for (; end < p.n && score[p.order[end]] == score[p.order[i]]; end++)
            positives += p.label[p.order[end]];
        const uint64_t negatives = end - i - positives;
        const double below = ((double)negatives_below + 0.5 * (double)negatives) / negative;
        const double above = (positive - (double)positives_below - 0.5 * (double)positives) / positive;
        for (size_t j = i; j < end; j++)
            p.place[p.order[j]] = p.label[p.order[j]] ? below : above;
        twice_wins += positives * (2 * negatives_below + negatives);
        positives_below += positives;
        negatives_below += negatives;
    }
    return 0.5 * (double)twice_wins / (positive * negative);
}

/* The sum over both classes of their places' variance by their rows; `mean` is that of the places of both. */
static double variance(places p, double mean) {
    double square[2] = {0.0, 0.0};
    for (size_t i = 0; i < p.n; i++)
        square[p.label[i]] += (p.place[i] - mean) * (p.place[i] - mean);
    const double m = (double)p.n_positive, n = (double)(p.n - p.n_positive);
    return square[1] / (m - 1.0) / m + square[0] / (n - 1.0) / n;
}

static ml_status prepare(size_t n, const double *score, const uint8_t *label, double level, places *p, ml_arena *arena,
                         ml_error *error) {
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; they are counted in 32 bits", n);
    ML_TRY(ml_metrics_check_level(level, error));
    ML_TRY(ml_metrics_check_ranked(n, score, label, &p->n_positive, error));
    if (p->n_positive < 2 || n - p->n_positive < 2)
        return ml_fail(error, ML_EINVAL, "%zu positives and %zu negatives; the variance of an AUC wants two of each",
                       p->n_positive, n - p->n_positive);
    const ml_arena_mark before = ml_arena_save(arena);
    p->n = n;
    p->label = label;
    p->place = ML_ALLOC(arena, n, double);
    p->order = ML_ALLOC(arena, 2 * n, uint32_t);
    if (p->place == NULL || p->order == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "the places of %zu rows do not fit in memory; use fewer", n);
    }
    return ML_OK;
}

static ml_estimate estimate(double value, double variance_of_it, double level, double least) {
    const double spread = sqrt(variance_of_it), half = -ml_norm_quantile(0.5 * (1.0 - level)) * spread;
    return (ml_estimate){value, spread, fmax(value - half, least), fmin(value + half, 1.0), 0};
}

ml_status ml_delong(size_t n, const double *score, const uint8_t *label, double level, ml_estimate *auc,
                    ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    places p;
    ML_TRY(prepare(n, score, label, level, &p, arena, error));
    const double value = fill(p, score);
    *auc = estimate(value, variance(p, value), level, 0.0);
    ml_arena_release(arena, before);
    return ML_OK;
}

/* The variance of a difference is that of the differences of the places: no covariance to take off, nothing below 0. */
ml_status ml_delong_difference(size_t n, const double *score_a, const double *score_b, const uint8_t *label,
                               double level, ml_estimate *difference, double *z, double *p, ml_arena *arena,
                               ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    places both;
    ML_TRY(ml_metrics_check_finite(n, score_b, "score_b", error));
    ML_TRY(prepare(n, score_a, label, level, &both, arena, error));
    double *const place_a = ML_ALLOC(arena, n, double);
    if (place_a == NULL) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "the places of %zu rows do not fit in memory twice; use fewer", n);
    }
    places of_a = both;
    of_a.place = place_a;
    const double auc_a = fill(of_a, score_a), value = fill(both, score_b) - auc_a;
    for (size_t i = 0; i < n; i++)
        both.place[i] -= place_a[i];
    *difference = estimate(value, variance(both, value), level, -1.0);
    *z = value == 0.0 ? 0.0 : value / difference->standard_error;
    *p = 2.0 * ml_norm_sf(fabs(*z));
    ml_arena_release(arena, before);
    return ML_OK;
}
