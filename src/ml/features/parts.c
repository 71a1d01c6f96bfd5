#include "features/parts.h"

#include <stdint.h>

#include "base/math.h"

ml_status ml_features_check_values(size_t n, size_t d, const double *x, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            if (isinf(x[i * d + j]))
                return ml_fail(error, ML_EINVAL, "row %zu, column %zu is infinite; make it missing (NaN) or a number",
                               i, j);
    return ML_OK;
}

ml_status ml_features_check(size_t n, size_t d, const double *x, ml_error *error) {
    if (n == 0 || d == 0 || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu columns; fitting needs one of each, and fewer than 2^32 rows",
                       n, d);
    return ml_features_check_values(n, d, x, error);
}

size_t ml_features_present(size_t n, size_t d, size_t j, const double *x, double *value) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i * d + j]))
            value[count++] = x[i * d + j];
    return count;
}

double ml_features_quantile(size_t n, const double *sorted, double share) {
    const double rank = share * (double)(n - 1), below = floor(rank), part = rank - below;
    const size_t at = (size_t)below;
    if (at + 1 >= n)
        return sorted[n - 1];
    const double low = sorted[at], high = sorted[at + 1];
    return low == high ? low : low * (1.0 - part) + high * part; /* high - low of large ones overflows */
}

double ml_features_mean(size_t n, const double *value) {
    double sum = 0.0;
    size_t alike = 1;
    for (size_t i = 0; i < n; i++) {
        sum += value[i];
        alike += i > 0 && value[i] == value[0] ? 1 : 0;
    }
    return alike == n ? value[0] : sum / (double)n;
}

ml_status ml_features_no_memory(const char *what, size_t n, size_t d, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "%s: %zu by %zu do not fit into the memory; use fewer", what, n, d);
}
