#include "base/math.h"
#include "features/scaling.h"

void ml_scaler_invert(size_t d, const ml_scaler *scaler, size_t n, const double *x, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            const double value = x[i * d + j] * scaler[j].scale + scaler[j].centre;
            out[i * d + j] = scaler[j].log ? ml_expm1(value) : value;
        }
}
