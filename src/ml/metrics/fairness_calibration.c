#include "base/math.h"
#include "metrics/calibration.h"
#include "metrics/check.h"
#include "metrics/share.h"

/* Sums by group and bin, which become means at the end. */
static void add_up(size_t n, const double *probability, const uint8_t *truth, const uint32_t *group, size_t bins,
                   ml_reliability_bin *bin) {
    for (size_t i = 0; i < n; i++) {
        const size_t at = (size_t)(probability[i] * (double)bins);
        ml_reliability_bin *const b = &bin[group[i] * bins + (at < bins ? at : bins - 1)];
        b->n++;
        b->mean_probability += probability[i];
        b->share_positive += truth[i];
    }
}

static ml_group_calibration finish(size_t bins, ml_reliability_bin *bin, double level) {
    size_t n = 0, positives = 0;
    double said = 0.0;
    for (size_t b = 0; b < bins; b++) {
        n += bin[b].n;
        said += bin[b].mean_probability;
        positives += (size_t)bin[b].share_positive;
        if (bin[b].n > 0) {
            bin[b].mean_probability /= (double)bin[b].n;
            bin[b].share_positive /= (double)bin[b].n;
        }
    }
    return (ml_group_calibration){n > 0 ? said / (double)n : (double)NAN, ml_share_of(positives, n, level),
                                  ml_ece(bins, bin)};
}

ml_status ml_calibration_of_groups(size_t n, const double *probability, const uint8_t *truth, const uint32_t *group,
                                   size_t groups, size_t bins, double level, ml_group_calibration *each,
                                   ml_arena *arena, ml_error *error) {
    ML_TRY(ml_metrics_check_groups(n, truth, group, groups, level, error));
    ML_TRY(ml_metrics_check_shares(n, probability, "probability", error));
    if (bins == 0)
        return ml_fail(error, ML_EINVAL, "0 bins hold no rows; 10 are usual");
    const ml_arena_mark before = ml_arena_save(arena);
    ml_reliability_bin *bin = NULL;
    if (bins <= SIZE_MAX / sizeof *bin)
        bin = ml_arena_alloc(arena, groups, bins * sizeof *bin);
    if (bin == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu groups of %zu bins do not fit in memory; use fewer", groups, bins);
    add_up(n, probability, truth, group, bins, bin);
    for (size_t g = 0; g < groups; g++)
        each[g] = finish(bins, bin + g * bins, level);
    ml_arena_release(arena, before);
    return ML_OK;
}
