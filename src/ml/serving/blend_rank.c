#include <math.h>

#include "base/sort.h"
#include "serving/serving.h"

/* Adds weight * z(value) to the scores. Deviations are taken from the first value: of equal values all are then exactly
 * 0, whatever the mean would round to. */
static void add_standardised(size_t n, const double *value, double weight, double *score) {
    double mean = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++)
        mean += value[i] - value[0];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        const double deviation = value[i] - value[0] - mean;
        squares += deviation * deviation;
    }
    const double sd = sqrt(squares / (double)n);
    for (size_t i = 0; i < n && sd > 0.0; i++)
        score[i] += weight * ((value[i] - value[0] - mean) / sd);
}

size_t ml_blend_rank(size_t n, const double *quality, const double *engagement, double weight_quality,
                     double weight_engagement, size_t k, size_t *top, double *score) {
    for (size_t i = 0; i < n; i++)
        score[i] = 0.0;
    if (n > 0) {
        add_standardised(n, quality, weight_quality, score);
        add_standardised(n, engagement, weight_engagement, score);
    }
    return ml_topk(n, score, k, top);
}
