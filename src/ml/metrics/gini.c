#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "metrics/ranking.h"

ml_status ml_gini(size_t n, const double *value, double *scratch, double *gini, ml_error *error) {
    double sum = 0.0, weighted = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!(value[i] >= 0.0 && value[i] < (double)INFINITY))
            return ml_fail(error, ML_EINVAL, "value[%zu] is %g; it is finite and 0 or more", i, value[i]);
        sum += value[i];
    }
    if (!(sum > 0.0 && sum < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "the values add up to %g; there is nothing to share out", sum);
    memcpy(scratch, value, n * sizeof *value);
    ml_sort_double(n, scratch, scratch + n);
    for (size_t i = 0; i < n; i++) /* of all pairs, value i is the larger one in i and the smaller one in the others */
        weighted += (2.0 * (double)i + 1.0 - (double)n) * (scratch[i] / sum);
    *gini = fmax(weighted / (double)n, 0.0);
    return ML_OK;
}
