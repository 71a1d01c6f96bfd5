#include "base/math.h"
#include "features/imputing.h"

void ml_missing_indicator(size_t d, size_t n, const double *x, double *out) {
    for (size_t i = 0; i < n * d; i++)
        out[i] = isnan(x[i]) ? 1.0 : 0.0;
}
