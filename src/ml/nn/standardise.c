#include "nn/nn.h"

#include "base/math.h"

void ml_standardise_fit(size_t n, size_t d, const float *x, float *mean, float *deviation) {
    for (size_t j = 0; j < d; j++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++)
            sum += (double)x[i * d + j];
        const double centre = n > 0 ? sum / (double)n : 0;
        for (size_t i = 0; i < n; i++) {
            const double away = (double)x[i * d + j] - centre;
            squares += away * away;
        }
        mean[j] = (float)centre;
        deviation[j] = squares > 0 ? (float)sqrt(squares / (double)n) : 1.0f;
    }
}

void ml_standardise(size_t n, size_t d, const float *x, const float *mean, const float *deviation, float *out) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            out[i * d + j] = (x[i * d + j] - mean[j]) / deviation[j];
}
