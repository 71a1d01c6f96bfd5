#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "monitor/monitor.h"

static ml_status check_values(size_t n, const double *value, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (isnan(value[i]))
            return ml_fail(error, ML_EINVAL, "value[%zu] is not a number; leave missing values out, or count them "
                           "apart", i);
    return ML_OK;
}

ml_status ml_quantiles(size_t n, const double *value, size_t k, double *quantile, double *scratch, ml_error *error) {
    if (k == 0 || n < k)
        return ml_fail(error, ML_EINVAL, "%zu values for %zu bins; each bin needs at least one, and there is at least "
                       "one bin", n, k);
    ML_TRY(check_values(n, value, error));
    memcpy(scratch, value, n * sizeof *scratch);
    ml_sort_double(n, scratch, scratch + n);
    for (size_t i = 1; i < k; i++) {
        const uint64_t rank = ((uint64_t)i * n + k - 1) / k; /* the next whole number: no rounding of i/k */
        quantile[i - 1] = scratch[rank - 1];
    }
    return ML_OK;
}

/* How many of the edges lie below the value: binary search. */
static size_t bin_of(double value, size_t n_edges, const double *edge) {
    size_t low = 0, high = n_edges;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (edge[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

ml_status ml_bin_count(size_t n, const double *value, size_t k, const double *edge, uint32_t *count, ml_error *error) {
    if (k == 0)
        return ml_fail(error, ML_EINVAL, "a histogram of 0 bins; use at least one");
    ML_TRY(check_values(n, value, error));
    memset(count, 0, k * sizeof *count);
    for (size_t i = 0; i < n; i++)
        count[bin_of(value[i], k - 1, edge)]++;
    return ML_OK;
}

static double total(size_t k, const uint32_t *count) {
    double sum = 0.0;
    for (size_t i = 0; i < k; i++)
        sum += count[i];
    return sum;
}

static double share(uint32_t count, double n, size_t k, ml_psi_empty empty) {
    if (empty == ML_PSI_HALF_COUNT)
        return (count + 0.5) / (n + 0.5 * (double)k);
    return fmax(count / n, 1e-4);
}

ml_status ml_psi(size_t k, const uint32_t *reference, const uint32_t *live, ml_psi_empty empty, double *psi,
                 ml_error *error) {
    const double n = total(k, reference), m = total(k, live);
    if (empty != ML_PSI_FLOOR && empty != ML_PSI_HALF_COUNT)
        return ml_fail(error, ML_EINVAL, "treatment %d of empty bins is unknown; it is floor (0) or half a count (1)",
                       (int)empty);
    if (n == 0.0 || m == 0.0)
        return ml_fail(error, ML_EINVAL, "histograms of %.0f and %.0f values; a stability index compares two that hold "
                       "something", n, m);
    double sum = 0.0;
    for (size_t i = 0; i < k; i++) {
        const double p = share(reference[i], n, k, empty), q = share(live[i], m, k, empty);
        sum += (q - p) * ml_log(q / p);
    }
    *psi = sum;
    return ML_OK;
}
