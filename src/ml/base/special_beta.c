#include <float.h>

#include "base/math.h"
#include "base/special.h"
#include "base/special_parts.h"

#define TWO_PI          0x1.921fb54442d18p+2
#define HALF_LOG_TWO_PI 0x1.d67f1c864beb5p-1

double ml_log_beta(double a, double b) {
    const double p = fmin(a, b), q = fmax(a, b);
    if (!(p > 0.0) || a != a || b != b)
        return (double)NAN;
    if (q < 10.0)
        return ml_lgamma(p) + ml_lgamma(q) - ml_lgamma(p + q);
    /* Stirling's formula for those that are large; what is common to numerator and denominator never appears. */
    const double log_rest = ml_log1p(-p / (p + q)); /* ln(q/(p + q)) */
    if (p < 10.0)
        return ml_lgamma(p) + (ml_stirling_rest(q) - ml_stirling_rest(p + q)) + p - p * ml_log(p + q) +
               (q - 0.5) * log_rest;
    return HALF_LOG_TWO_PI - 0.5 * ml_log(q) + (p - 0.5) * ml_log(p / (p + q)) + q * log_rest +
           (ml_stirling_rest(p) + ml_stirling_rest(q) - ml_stirling_rest(p + q));
}

double ml_log_choose(double n, double k) {
    if (n != n || k != k || n < 0.0)
        return (double)NAN;
    if (!(k >= 0.0 && k <= n))
        return -(double)INFINITY;
    return k == 0.0 || k == n ? 0.0 : -ml_log1p(n) - ml_log_beta(k + 1.0, n - k + 1.0);
}

double ml_beta_weight(double a, double b, double x, double y) {
    if (a < 10.0 || b < 10.0) {
        const double log_x = x < 0.5 ? ml_log(x) : ml_log1p(-y), log_y = y < 0.5 ? ml_log(y) : ml_log1p(-x);
        return ml_exp(a * log_x + b * log_y - ml_log_beta(a, b));
    }
    /* A bell around x = a/(a + b): the linear terms of the two logarithms cancel exactly, so they are left out. */
    const double sum = a + b, off = x * b - y * a;
    const double exponent =
        a * ml_log_less_linear(off / a, x * (sum / a)) + b * ml_log_less_linear(-off / b, y * (sum / b));
    return sqrt(a / TWO_PI * (b / sum)) *
           ml_exp(exponent + (ml_stirling_rest(sum) - ml_stirling_rest(a) - ml_stirling_rest(b)));
}

/* One step of Lentz's: the fraction's next two convergents as quotients c and d, never 0. */
static double lentz(double above, double *c, double *d) {
    const double tiny = 1e-300, next_d = 1.0 + above * *d, next_c = 1.0 + above / *c;
    *d = 1.0 / (fabs(next_d) < tiny ? tiny : next_d);
    *c = fabs(next_c) < tiny ? tiny : next_c;
    return *c * *d;
}

/* Converges fast for x < (a + 1)/(a + b + 2). */
static double fraction(double a, double b, double x) {
    double c = 1.0, d = 1.0 / (1.0 - (a + b) * x / (a + 1.0)), value = d, change = 0.0;
    for (int i = 1; i < ML_SPECIAL_TERMS && fabs(change - 1.0) > DBL_EPSILON; i++) {
        value *= lentz(i * (b - i) * x / ((a + 2 * i - 1.0) * (a + 2 * i)), &c, &d);
        change = lentz(-(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1.0)), &c, &d);
        value *= change;
    }
    return value;
}

double ml_beta_parts(double a, double b, double x, double y) {
    const double w = ml_beta_weight(a, b, x, y);
    if (x * (a + b + 2.0) < a + 1.0)
        return fmin(w * fraction(a, b, x) / a, 1.0);
    return fmax(1.0 - w * fraction(b, a, y) / b, 0.0);
}

double ml_beta_i(double a, double b, double x) {
    if (!(a > 0.0 && b > 0.0 && a < (double)INFINITY && b < (double)INFINITY) || x != x)
        return (double)NAN;
    if (x <= 0.0 || x >= 1.0)
        return x > 0.0;
    return ml_beta_parts(a, b, x, 1.0 - x);
}
