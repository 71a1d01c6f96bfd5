/* How far probabilities are from what happens. */
#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "metrics/calibration.h"
#include "metrics/check.h"

static ml_status check(size_t n, const double *probability, const uint8_t *label, const char *metric,
                       ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, metric, error));
    ML_TRY(ml_metrics_check_shares(n, probability, "probability", error));
    return ml_metrics_check_binary(n, label, "label", error);
}

ml_status ml_brier(size_t n, const double *probability, const uint8_t *label, double *brier, ml_error *error) {
    ML_TRY(check(n, probability, label, "the Brier score", error));
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (probability[i] - label[i]) * (probability[i] - label[i]);
    *brier = sum / (double)n;
    return ML_OK;
}

static void add(ml_reliability_bin *bin, double probability, uint8_t label) {
    bin->n++;
    bin->mean_probability += probability; /* sums, until they are divided */
    bin->share_positive += label;
}

static void fill_by_width(size_t n, const double *probability, const uint8_t *label, size_t bins,
                          ml_reliability_bin *bin) {
    for (size_t i = 0; i < n; i++) {
        const double place = floor(probability[i] * (double)bins);
        add(&bin[place < (double)bins ? (size_t)place : bins - 1], probability[i], label[i]);
    }
}

static void fill_by_mass(size_t n, const double *probability, const uint8_t *label, size_t bins,
                         const uint32_t *order, ml_reliability_bin *bin) {
    for (size_t b = 0; b < bins; b++) {
        const uint64_t end = (uint64_t)(b + 1) * n / bins;
        for (uint64_t i = (uint64_t)b * n / bins; i < end; i++)
            add(&bin[b], probability[order[i]], label[order[i]]);
    }
}

ml_status ml_reliability(size_t n, const double *probability, const uint8_t *label, size_t bins, ml_binning binning,
                         uint32_t *order, ml_reliability_bin *bin, ml_error *error) {
    if (bins == 0 || bins > UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu bins; there is at least one, and 10 to 20 are usual", bins);
    if (binning != ML_BINS_EQUAL_WIDTH && binning != ML_BINS_EQUAL_MASS)
        return ml_fail(error, ML_EINVAL, "binning %d is unknown; it is by width (0) or by mass (1)", (int)binning);
    ML_TRY(check(n, probability, label, "a reliability diagram", error));
    memset(bin, 0, bins * sizeof *bin);
    if (binning == ML_BINS_EQUAL_MASS) {
        ml_argsort_double(n, probability, order, order + n);
        fill_by_mass(n, probability, label, bins, order, bin);
    } else {
        fill_by_width(n, probability, label, bins, bin);
    }
    for (size_t b = 0; b < bins; b++)
        if (bin[b].n > 0) {
            bin[b].mean_probability /= (double)bin[b].n;
            bin[b].share_positive /= (double)bin[b].n;
        }
    return ML_OK;
}

double ml_ece(size_t bins, const ml_reliability_bin *bin) {
    double sum = 0.0, n = 0.0;
    for (size_t b = 0; b < bins; b++) {
        sum += (double)bin[b].n * fabs(bin[b].mean_probability - bin[b].share_positive);
        n += (double)bin[b].n;
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

double ml_mce(size_t bins, const ml_reliability_bin *bin) {
    double largest = (double)NAN;
    for (size_t b = 0; b < bins; b++)
        if (bin[b].n > 0)
            largest = fmax(largest, fabs(bin[b].mean_probability - bin[b].share_positive)); /* fmax drops the NaN */
    return largest;
}
