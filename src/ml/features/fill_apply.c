#include "base/math.h"
#include "features/imputing.h"

void ml_fill_apply(size_t d, const double *fill, size_t n, const double *x, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            out[i * d + j] = isnan(x[i * d + j]) ? fill[j] : x[i * d + j];
}
