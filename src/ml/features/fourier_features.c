#include "base/math.h"
#include "features/expansions.h"

#define TWO_PI 0x1.921fb54442d18p+2

void ml_fourier_features(size_t n, size_t d, const double *x, size_t m, const double *frequency, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t f = 0; f < m; f++) {
            double turns = 0.0;
            for (size_t j = 0; j < d; j++)
                turns += frequency[f * d + j] * x[i * d + j];
            const double angle = TWO_PI * (turns - floor(turns));
            *out++ = ml_sin(angle);
            *out++ = ml_cos(angle);
        }
}

void ml_position_encoding(size_t n, const double *position, size_t d, double *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < d; c++) {
            const double angle = position[i] / ml_pow(10000.0, (double)(c - c % 2) / (double)d);
            *out++ = c % 2 == 0 ? ml_sin(angle) : ml_cos(angle);
        }
}
