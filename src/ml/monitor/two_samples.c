#include "monitor/two_samples.h"

#include <string.h>

#include "base/math.h"
#include "base/sort.h"

void ml_sorted_copies(size_t n, const double *a, size_t m, const double *b, double *scratch) {
    memcpy(scratch, a, n * sizeof *scratch);
    memcpy(scratch + n, b, m * sizeof *scratch);
    ml_sort_double(n, scratch, scratch + n + m);
    ml_sort_double(m, scratch + n, scratch + n + m);
}

ml_status ml_check_sample(size_t n, const double *value, int finite, const char *name, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "sample %s is empty; a comparison needs at least one value of each", name);
    for (size_t i = 0; i < n; i++)
        if (finite ? !isfinite(value[i]) : value[i] != value[i])
            return ml_fail(error, ML_EINVAL, "%s[%zu] is %s; leave missing values out, or count them apart", name, i,
                           value[i] != value[i] ? "not a number" : "infinite");
    return ML_OK;
}
