#include <string.h>

#include "base/math.h"
#include "metrics/check.h"
#include "metrics/intervals.h"
#include "metrics/share.h"

ml_share ml_share_of(size_t hits, size_t n, double level) {
    ml_share rate = {hits, n, (double)NAN, 0.0, 1.0};
    if (n > 0) {
        rate.value = (double)hits / (double)n;
        ml_share_interval(hits, n, level, ML_SHARE_WILSON, &rate.low, &rate.high, NULL);
    }
    return rate;
}

ml_status ml_metrics_check_groups(size_t n, const uint8_t *truth, const uint32_t *group, size_t groups, double level,
                                  ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "a figure by group", error));
    ML_TRY(ml_metrics_check_level(level, error));
    ML_TRY(ml_metrics_check_binary(n, truth, "truth", error));
    return ml_metrics_check_classes(n, groups, group, "group", error);
}

static void finish(ml_group_figures *g, double level) {
    const ml_counts c = g->counts;
    g->n = c.true_positive + c.false_positive + c.false_negative + c.true_negative;
    g->selection = ml_share_of(c.true_positive + c.false_positive, g->n, level);
    g->true_positive_rate = ml_share_of(c.true_positive, c.true_positive + c.false_negative, level);
    g->false_positive_rate = ml_share_of(c.false_positive, c.false_positive + c.true_negative, level);
    g->precision = ml_share_of(c.true_positive, c.true_positive + c.false_positive, level);
    g->accuracy = ml_share_of(c.true_positive + c.true_negative, g->n, level);
}

ml_status ml_figures_of_groups(size_t n, const uint8_t *truth, const uint8_t *predicted, const uint32_t *group,
                               size_t groups, double level, ml_group_figures *each, ml_error *error) {
    ML_TRY(ml_metrics_check_groups(n, truth, group, groups, level, error));
    ML_TRY(ml_metrics_check_binary(n, predicted, "predicted", error));
    memset(each, 0, groups * sizeof *each);
    for (size_t i = 0; i < n; i++) {
        ml_counts *const c = &each[group[i]].counts;
        if (truth[i])
            *(predicted[i] ? &c->true_positive : &c->false_negative) += 1;
        else
            *(predicted[i] ? &c->false_positive : &c->true_negative) += 1;
    }
    for (size_t g = 0; g < groups; g++)
        finish(&each[g], level);
    return ML_OK;
}

/* --- Gaps --------------------------------------------------------------------------------------------------------- */

static ml_share selection(const ml_group_figures *group) {
    return group->selection;
}

static ml_share true_positive_rate(const ml_group_figures *group) {
    return group->true_positive_rate;
}

static ml_share false_positive_rate(const ml_group_figures *group) {
    return group->false_positive_rate;
}

static ml_share precision(const ml_group_figures *group) {
    return group->precision;
}

static ml_share accuracy(const ml_group_figures *group) {
    return group->accuracy;
}

static ml_gap gap_of(size_t groups, const ml_group_figures *each, ml_share (*rate_of)(const ml_group_figures *group)) {
    ml_gap gap = {0.0, 0.0, 0, 0};
    double low = (double)NAN, high = (double)NAN;
    for (size_t g = 0; g < groups; g++) {
        const double rate = rate_of(&each[g]).value;
        if (isnan(rate))
            continue;
        if (!(rate >= low)) {
            low = rate;
            gap.lowest = (uint32_t)g;
        }
        if (!(rate <= high)) {
            high = rate;
            gap.highest = (uint32_t)g;
        }
    }
    gap.difference = high - low;
    gap.ratio = high == 0.0 ? 1.0 : low / high;
    return gap;
}

ml_fairness ml_fairness_of(size_t groups, const ml_group_figures *each) {
    ml_fairness f = {.selection = gap_of(groups, each, selection),
                     .true_positive_rate = gap_of(groups, each, true_positive_rate),
                     .false_positive_rate = gap_of(groups, each, false_positive_rate),
                     .precision = gap_of(groups, each, precision),
                     .accuracy = gap_of(groups, each, accuracy),
                     .odds_difference = (double)NAN,
                     .odds_ratio = (double)NAN};
    if (!isnan(f.true_positive_rate.difference) && !isnan(f.false_positive_rate.difference)) {
        f.odds_difference = fmax(f.true_positive_rate.difference, f.false_positive_rate.difference);
        f.odds_ratio = fmin(f.true_positive_rate.ratio, f.false_positive_rate.ratio);
    }
    return f;
}
