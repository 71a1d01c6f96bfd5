#include "base/math.h"
#include "base/special.h"

#define PI          0x1.921fb54442d18p+1
#define SQRT_TWO_PI 0x1.40d931ff62706p+1

/* Two series for the same function: this one converges fast for small x, the other one for large. */
static double cdf_near_0(double x) {
    const double q = -PI * PI / (8.0 * x * x);
    double sum = 0.0;
    for (int odd = 11; odd >= 1; odd -= 2)
        sum += ml_exp(q * odd * odd);
    return SQRT_TWO_PI / x * sum;
}

double ml_kolmogorov_sf(double x) {
    if (x != x)
        return x;
    if (x < 0.04) /* 1 to all digits */
        return 1.0;
    if (x < 0.8)
        return 1.0 - cdf_near_0(x);
    double sum = 0.0;
    for (int k = 6; k >= 1; k--)
        sum = ml_exp(-2.0 * k * k * x * x) - sum;
    return 2.0 * sum;
}

/* left[j]: the chance that a random path to (i, j) has been outside the band by then. The last step to (i, j) came from
 * the left with probability i/(i + j), because all orders are equally likely. */
double ml_ks_exact_sf(size_t n, size_t m, double d, double *left) {
    const size_t most = (size_t)1 << 26;
    if (n == 0 || m == 0 || n > most || m > most || d != d)
        return (double)NAN;
    const double product = (double)n * (double)m;
    if (d > 1.0 + 0.5 / product)
        return 0.0;
    const double limit = floor(fmax(d, 0.0) * product + 0.5); /* |i/n - j/m| >= d is |i m - j n| >= limit */
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            const double steps = (double)(i + j), from_left = i > 0 ? left[j] * ((double)i / steps) : 0.0;
            const double from_below = j > 0 ? left[j - 1] * ((double)j / steps) : 0.0;
            const int outside = fabs((double)i * (double)m - (double)j * (double)n) >= limit;
            left[j] = outside ? 1.0 : from_left + from_below;
        }
    return left[m];
}
