#include "base/math.h"
#include "metrics/calibration.h"

enum { TOGETHER = 64 }; /* bins in one look at the rows */

static int bin_of(double p, int bins) {
    const double place = floor(p * bins);
    return place < bins ? (int)place : bins - 1;
}

/* The sum of |sum p - sum y| over the bins from `first` on. */
static double gaps(const double *p, const uint8_t *y, int n, int bins, int first) {
    double gap[TOGETHER] = {0}, sum = 0.0;
    for (int i = 0; i < n; i++) {
        const int b = bin_of(p[i], bins) - first;
        if (b >= 0 && b < TOGETHER)
            gap[b] += p[i] - y[i];
    }
    for (int b = 0; b < TOGETHER; b++)
        sum += fabs(gap[b]);
    return sum;
}

double ml_expected_calibration_error(const double *p, const uint8_t *y, int n, int bins) {
    if (n < 1 || bins < 1)
        return -1.0;
    for (int i = 0; i < n; i++)
        if (!(p[i] >= 0.0 && p[i] <= 1.0))
            return -1.0;
    double sum = 0.0;
    for (int first = 0; first < bins; first += bins - first > TOGETHER ? TOGETHER : bins - first)
        sum += gaps(p, y, n, bins, first);
    return sum / n; /* n_b / n times |mean p - mean y| is |sum p - sum y| / n */
}
