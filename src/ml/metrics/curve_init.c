/* One sort, then counts from the highest score down. */
#include "base/math.h"
#include "base/sort.h"
#include "metrics/check.h"
#include "metrics/curves.h"

static void count(ml_curve *c, size_t n, const double *score, const uint8_t *label, const uint32_t *order) {
    uint32_t positives = 0, negatives = 0;
    c->threshold[0] = (double)INFINITY;
    c->points = 1;
    for (size_t i = n; i > 0;) {
        const double here = score[order[i - 1]];
        for (; i > 0 && score[order[i - 1]] == here; i--) {
            positives += label[order[i - 1]];
            negatives += !label[order[i - 1]];
        }
        c->threshold[c->points] = here;
        c->true_positive[c->points] = positives;
        c->false_positive[c->points++] = negatives;
    }
}

ml_status ml_curve_init(ml_curve *curve, size_t n, const double *score, const uint8_t *label, ml_arena *arena,
                        ml_error *error) {
    ml_curve c = {0};
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows; a curve counts them in 32 bits", n);
    ML_TRY(ml_metrics_check_ranked(n, score, label, &c.n_positive, error));
    c.n_negative = n - c.n_positive;
    const ml_arena_mark before = ml_arena_save(arena);
    c.threshold = ML_ALLOC(arena, n + 1, double);
    c.true_positive = ML_ALLOC(arena, n + 1, uint32_t);
    c.false_positive = ML_ALLOC(arena, n + 1, uint32_t);
    const ml_arena_mark after = ml_arena_save(arena);
    uint32_t *const order = ML_ALLOC(arena, n, uint32_t), *const scratch = ML_ALLOC(arena, n, uint32_t);
    if (!c.threshold || !c.true_positive || !c.false_positive || !order || !scratch) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "the curve of %zu rows does not fit in memory; use fewer", n);
    }
    ml_argsort_double(n, score, order, scratch);
    count(&c, n, score, label, order);
    ml_arena_release(arena, after);
    *curve = c;
    return ML_OK;
}

/* The last point whose threshold is not below the asked one. */
ml_counts ml_curve_at(const ml_curve *curve, double threshold) {
    size_t low = 0, high = curve->points; /* point `low` flags no more than is asked; `high` flags more */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (curve->threshold[middle] >= threshold)
            low = middle;
        else
            high = middle;
    }
    const size_t tp = curve->true_positive[low], fp = curve->false_positive[low];
    return (ml_counts){tp, fp, curve->n_positive - tp, curve->n_negative - fp};
}
