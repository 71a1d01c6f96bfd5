#include "base/special.h"
#include "monitor/drift.h"

ml_status ml_chi2_2samp(size_t k, const uint32_t *a, const uint32_t *b, double *chi2, double *p, ml_error *error) {
    double n = 0.0, m = 0.0, sum = 0.0, classes = 0.0;
    for (size_t i = 0; i < k; i++) {
        n += a[i];
        m += b[i];
    }
    if (n == 0.0 || m == 0.0)
        return ml_fail(error, ML_EINVAL, "histograms of %.0f and %.0f values; a test compares two that hold something",
                       n, m);
    for (size_t i = 0; i < k; i++) {
        const double both = (double)a[i] + b[i], expected = n * both / (n + m), off = a[i] - expected;
        if (both == 0.0)
            continue;
        classes++;
        sum += off * off / expected + off * off / (m * both / (n + m)); /* what one has too much, the other lacks */
    }
    *chi2 = sum;
    *p = classes > 1.0 ? ml_chi2_sf(sum, classes - 1.0) : 1.0;
    return ML_OK;
}
