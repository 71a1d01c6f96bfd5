#include "base/math.h"
#include "base/special.h"
#include "monitor/drift.h"
#include "monitor/two_samples.h"

/* Both samples sorted. At each distinct value all its copies on both sides are passed before the shares are compared:
 * one at a time, ties would look like a distance. */
static double largest_distance(size_t n, const double *a, size_t m, const double *b) {
    double largest = 0.0;
    for (size_t i = 0, j = 0; i < n && j < m;) { /* once one side is used up, the distance only shrinks */
        const double at = fmin(a[i], b[j]);
        while (i < n && a[i] == at)
            i++;
        while (j < m && b[j] == at)
            j++;
        largest = fmax(largest, fabs((double)i / (double)n - (double)j / (double)m));
    }
    return largest;
}

ml_status ml_ks_2samp(size_t n, const double *a, size_t m, const double *b, ml_ks_method method, double *scratch,
                      double *d, double *p, ml_error *error) {
    ML_TRY(ml_check_sample(n, a, 0, "a", error));
    ML_TRY(ml_check_sample(m, b, 0, "b", error));
    if (method != ML_KS_ASYMPTOTIC && method != ML_KS_EXACT)
        return ml_fail(error, ML_EINVAL, "method %d is unknown; it is asymptotic (0) or exact (1)", (int)method);
    if (method == ML_KS_EXACT && (n > (size_t)1 << 26 || m > (size_t)1 << 26))
        return ml_fail(error, ML_EINVAL,
                       "%zu and %zu values are too many to count all orders; use the asymptotic method", n, m);
    ml_sorted_copies(n, a, m, b, scratch);
    *d = largest_distance(n, scratch, m, scratch + n);
    const double root = sqrt((double)n * ((double)m / ((double)n + (double)m)));
    *p = method == ML_KS_EXACT ? ml_ks_exact_sf(n, m, *d, scratch) /* the copies are no longer needed */
                               : ml_kolmogorov_sf((root + 0.12 + 0.11 / root) * *d);
    return ML_OK;
}
