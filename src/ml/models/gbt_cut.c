/* The best split of a node along one column, from its histogram.
 * Source: Chen and Guestrin 2016, equation 7 and algorithm 3. */
#include "base/math.h"
#include "models/gbt_parts.h"

static double score_of(double g, double h, double l2) {
    return h + l2 > 0.0 ? g * g / (h + l2) : 0.0;
}

static void sweep(const ml_gbt_settings *s, const ml_gbt_cell *cell, uint32_t n_edges, uint32_t feature,
                  ml_gbt_cell total, uint8_t missing_left, ml_gbt_cut *cut) {
    const ml_gbt_cell missing = cell[ML_GBT_MISSING];
    const uint32_t last = !missing_left && missing.n > 0 ? n_edges : n_edges - 1; /* may be all known against missing */
    const double unsplit = score_of(total.g, total.h, s->l2);
    ml_gbt_cell left = missing_left ? missing : (ml_gbt_cell){0};
    for (uint32_t bin = 0; bin <= last && last != UINT32_MAX; bin++) {
        left.g += cell[bin].g;
        left.h += cell[bin].h;
        left.n += cell[bin].n;
        const double right_g = total.g - left.g, right_h = total.h - left.h;
        if (left.n == 0 || left.n == total.n || left.h < s->min_child_weight || right_h < s->min_child_weight)
            continue;
        const double gain =
            0.5 * (score_of(left.g, left.h, s->l2) + score_of(right_g, right_h, s->l2) - unsplit) - s->min_gain;
        if (gain > cut->gain)
            *cut = (ml_gbt_cut){gain, feature, bin, missing_left, missing.n > 0, 1};
    }
}

void ml_gbt_try(const ml_gbt_settings *settings, const ml_gbt_cell *cell, uint32_t n_edges, uint32_t feature,
                ml_gbt_cell total, ml_gbt_cut *cut) {
    if (cell[ML_GBT_MISSING].n > 0)
        sweep(settings, cell, n_edges, feature, total, 1, cut);
    sweep(settings, cell, n_edges, feature, total, 0, cut);
}
