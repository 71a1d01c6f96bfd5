#include "base/math.h"
#include "base/significance.h"
#include "base/special.h"

void ml_welch_of(double mean_a, double variance_a, size_t n, double mean_b, double variance_b, size_t m, double *t,
                 double *df, double *p) {
    const double v = variance_a / (double)n, w = variance_b / (double)m;
    const double share = v / (v + w), other = w / (v + w); /* shares, because squares of tiny variances vanish */
    *t = (mean_b - mean_a) / sqrt(v + w);
    *df = 1.0 / (share * share / (double)(n - 1) + other * other / (double)(m - 1));
    *p = 2.0 * ml_student_sf(fabs(*t), *df);
}
