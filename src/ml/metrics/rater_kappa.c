#include "base/math.h"
#include "metrics/classification.h"

double ml_rater_kappa(const int *a, const int *b, size_t n, int k) {
    enum { MOST = 64 };
    double of_a[MOST] = {0}, of_b[MOST] = {0}, pairs = 0.0, agree = 0.0, chance = 0.0;
    if (k < 1 || k > MOST)
        return (double)NAN;
    for (size_t i = 0; i < n; i++) {
        if (a[i] < 0 || a[i] >= k || b[i] < 0 || b[i] >= k)
            continue;
        of_a[a[i]]++;
        of_b[b[i]]++;
        agree += a[i] == b[i];
        pairs++;
    }
    for (int c = 0; c < k; c++)
        chance += of_a[c] * of_b[c];
    const double beyond = pairs * pairs - chance; /* whole numbers: 0 exactly where chance agreement is perfect */
    return beyond > 0.0 ? (agree * pairs - chance) / beyond : (double)NAN;
}
