#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "metrics/metrics.h"

ml_status ml_median(size_t n, const double *value, double *scratch, double *median, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "the median of 0 values has no value; give at least one");
    for (size_t i = 0; i < n; i++)
        if (isnan(value[i]))
            return ml_fail(error, ML_EINVAL, "value[%zu] is not a number; leave missing values out of a median", i);
    double *const sorted = scratch;
    memcpy(sorted, value, n * sizeof *sorted);
    ml_sort_double(n, sorted, scratch + n);
    const double low = sorted[(n - 1) / 2], high = sorted[n / 2];
    *median = low == high ? low : 0.5 * low + 0.5 * high; /* halves first: the sum of two large ones overflows */
    return ML_OK;
}
