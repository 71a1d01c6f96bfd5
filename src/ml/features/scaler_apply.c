#include "base/math.h"
#include "features/scaling.h"

void ml_scaler_apply(size_t d, const ml_scaler *scaler, size_t n, const double *x, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            double value = x[i * d + j];
            if (scaler[j].log)
                value = value > -1.0 ? ml_log1p(value) : (double)NAN;
            out[i * d + j] = (value - scaler[j].centre) / scaler[j].scale;
        }
}
