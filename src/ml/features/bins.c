#include "base/math.h"
#include "base/sort.h"
#include "features/binning.h"
#include "features/parts.h"

static ml_status check_bins(size_t n, const double *x, size_t k, ml_error *error) {
    if (k == 0)
        return ml_fail(error, ML_EINVAL, "0 bins hold nothing; use at least one");
    ML_TRY(ml_features_check(n, 1, x, error));
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            return ML_OK;
    return ml_fail(error, ML_EINVAL, "all %zu values are missing; bins need at least one", n);
}

/* Keeps a cut if it separates something: above the one before, and not beyond the largest value. */
static size_t keep_cut(double candidate, double least, double most, size_t n_cuts, double *cut) {
    const double before = n_cuts > 0 ? cut[n_cuts - 1] : least;
    if (candidate > before && candidate < most)
        cut[n_cuts++] = candidate;
    return n_cuts;
}

ml_status ml_bins_equal_width(size_t n, const double *x, size_t k, double *cut, size_t *n_cuts, ml_error *error) {
    ML_TRY(check_bins(n, x, k, error));
    double least = (double)INFINITY, most = -(double)INFINITY;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, x[i]); /* fmin and fmax pass over NaN */
        most = fmax(most, x[i]);
    }
    const double width = (most - least) / (double)k;
    if (!isfinite(width))
        return ml_fail(error, ML_EINVAL, "values from %g to %g: their range overflows; choose a larger unit", least,
                       most);
    size_t kept = 0;
    for (size_t i = 1; i < k; i++)
        kept = keep_cut(least + (double)i * width, least, most, kept, cut);
    *n_cuts = kept;
    return ML_OK;
}

ml_status ml_bins_equal_frequency(size_t n, const double *x, size_t k, double *cut, size_t *n_cuts, ml_arena *arena,
                                  ml_error *error) {
    ML_TRY(check_bins(n, x, k, error));
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const value = ml_arena_alloc(arena, n, 2 * sizeof(double));
    if (value == NULL)
        return ml_features_no_memory("bins of equal frequency", n, 1, error);
    const size_t present = ml_features_present(n, 1, 0, x, value);
    ml_sort_double(present, value, value + n);
    size_t kept = 0;
    for (size_t i = 1; i < k; i++)
        kept = keep_cut(ml_features_quantile(present, value, (double)i / (double)k), value[0], value[present - 1], kept,
                        cut);
    ml_arena_release(arena, mark);
    *n_cuts = kept;
    return ML_OK;
}

void ml_bin_apply(size_t n_cuts, const double *cut, size_t n, const double *x, uint32_t *bin) {
    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = n_cuts;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (cut[middle] <= x[i])
                low = middle + 1;
            else
                high = middle;
        }
        bin[i] = (uint32_t)(isnan(x[i]) ? n_cuts + 1 : low);
    }
}

void ml_onehot_bins(size_t n_bins, size_t n, const uint32_t *bin, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < n_bins; b++)
            out[i * n_bins + b] = bin[i] == b ? 1.0 : 0.0;
}
