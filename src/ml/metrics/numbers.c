#include "base/math.h"
#include "metrics/intervals.h"

double ml_numbers_statistic(const void *numbers, size_t n, const uint32_t *row) {
    const ml_numbers *const r = numbers;
    double sum = 0.0, off = 0.0, squared = 0.0, around = 0.0;
    if (n == 0)
        return (double)NAN;
    for (size_t i = 0; i < n; i++) {
        const double e = r->truth[row[i]] - r->predicted[row[i]];
        sum += r->truth[row[i]] - r->truth[row[0]]; /* so that the mean of equal values is that value, to the bit */
        off += fabs(e);
        squared += e * e;
    }
    if (r->figure != ML_NUMBERS_R2)
        return r->figure == ML_NUMBERS_MAE ? off / (double)n : sqrt(squared / (double)n);
    const double mean = r->truth[row[0]] + sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double d = r->truth[row[i]] - mean;
        around += d * d;
    }
    return around > 0.0 ? 1.0 - squared / around : (double)NAN;
}
