#include <float.h>

#include "base/math.h"
#include "base/special.h"
#include "base/special_parts.h"

#define TWO_PI          0x1.921fb54442d18p+2
#define HALF_LOG_TWO_PI 0x1.d67f1c864beb5p-1
#define SQRT_PI         0x1.c5bf891b4ef6bp+0

double ml_stirling_rest(double x) { /* DLMF 5.11.1 */
    const double r = 1.0 / (x * x);
    return (1.0 / 12.0 -
            r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r * (1.0 / 1680.0 - r * (1.0 / 1188.0 - r * (691.0 / 360360.0)))))) /
           x;
}

/* With s = f/(2 + f), ln(1 + f) = 2 (s + s^3/3 + s^5/5 + ...) and 2s - f = -s f. */
double ml_log_less_linear(double f, double ratio) {
    if (!(fabs(f) < 0.5))
        return ml_log(ratio) - f;
    const double s = f / (2.0 + f), z = s * s;
    double series = 0.0; /* s^2 is at most 1/9: 17 terms are enough */
    for (int odd = 35; odd >= 3; odd -= 2)
        series = z * (2.0 / odd + series);
    return s * (series - f);
}

/* ln Gamma(2 + z) for |z| <= 1/2 (DLMF 5.7.3): z (1 - Euler's constant), and (zeta(k) - 1)/k (-z)^k from k = 2 on. */
static double lgamma_near_2(double z) {
    static const double share[] = {
        0x1.4a34cc4a60fa6p-2,  0x1.13e001a557607p-4,  0x1.51322ac7d8483p-6,  0x1.e404fc218f5f2p-8,
        0x1.7add6eadb6c30p-9,  0x1.38ac5c2bf8e08p-10, 0x1.0b36af86396e9p-11, 0x1.d3fd4c76d2fc7p-13,
        0x1.a127b0f17d65ap-14, 0x1.78de5bd7c81efp-15, 0x1.580dcee66eb03p-16, 0x1.3cbc963ce2242p-17,
        0x1.2597a39f34aabp-18, 0x1.11b2eb7679541p-19, 0x1.0064cdeb22f0fp-20, 0x1.e2600d93cfd2fp-22,
        0x1.c76bbb3f07a4ep-23, 0x1.af5a6cbbf8a98p-24, 0x1.99b93c2070b10p-25, 0x1.862c734df3eacp-26,
        0x1.7469daccfadcdp-27, 0x1.6434a8447aeadp-28, 0x1.555a877ffd2c3p-29, 0x1.47b1679258d0ep-30,
        0x1.3b15d2b2fc10cp-31, 0x1.2f69a9fabe3e0p-32};
    double sum = 0.0;
    for (size_t i = sizeof share / sizeof *share; i-- > 0;)
        sum = share[i] - z * sum;
    return z * (0x1.b0ee6072093cep-2 + z * sum);
}

double ml_lgamma(double x) {
    if (!(x > 0.0))
        return x == 0.0 ? (double)INFINITY : (double)NAN;
    if (x >= 10.0)
        return x > 1e306 ? (double)INFINITY
                         : (x - 0.5) * (ml_log(x) - 1.0) + (HALF_LOG_TWO_PI - 0.5) + ml_stirling_rest(x);
    if (x < 0.5)
        return lgamma_near_2(x) - ml_log1p(x) - ml_log(x); /* Gamma(2 + x) = (1 + x) x Gamma(x) */
    if (x < 1.5)
        return lgamma_near_2(x - 1.0) - ml_log1p(x - 1.0);
    double product = 1.0;
    for (; x >= 2.5; x -= 1.0)
        product *= x - 1.0;
    return ml_log(product) + lgamma_near_2(x - 2.0);
}

/* --- Incomplete gamma --------------------------------------------------------------------------------------------- */

/* x^a exp(-x) / Gamma(a): from a = 10 on as a bell around a, so that large logarithms need not cancel. */
static double weight(double a, double x) {
    if (a < 10.0)
        return ml_exp(a * ml_log(x) - x - ml_lgamma(a));
    return sqrt(a / TWO_PI) * ml_exp(a * ml_log_less_linear((x - a) / a, x / a) - ml_stirling_rest(a));
}

static double p_by_series(double a, double x) {
    double term = 1.0, sum = 1.0;
    for (int i = 1; i < ML_SPECIAL_TERMS && term > sum * (DBL_EPSILON / 8.0); i++) {
        term *= x / (a + i);
        sum += term;
    }
    return weight(a, x) / a * sum;
}

static double q_by_fraction(double a, double x) {
    double below = x + 1.0 - a, c = DBL_MAX, d = 1.0 / below, value = d, change = 0.0;
    for (int i = 1; i < ML_SPECIAL_TERMS && fabs(change - 1.0) > DBL_EPSILON / 2.0; i++) {
        const double above = -i * (i - a);
        below += 2.0;
        d = 1.0 / (below + above * d); /* for x > a + 1 and x > 1 neither of these is ever 0 */
        c = below + above / c;
        change = c * d;
        value *= change;
    }
    return weight(a, x) * value;
}

/* For large a both tails are normal ones, in eta with eta^2/2 = x/a - 1 - ln(x/a), but for a correction, of whose
 * expansion in 1/a two terms are enough. Returns the lower tail for sign = -1, the upper one for +1. */
static double tail_of_large(double a, double x, double sign) {
    const double f = (x - a) / a, half_square = -ml_log_less_linear(f, x / a);
    if (a * half_square > 750.0)
        return (f > 0.0) == (sign > 0.0) ? 0.0 : 1.0;
    const double eta = copysign(sqrt(2.0 * half_square), f);
    const double first = -1.0 / 3.0 + eta * (1.0 / 12.0 + eta * (-2.0 / 135.0 + eta * (1.0 / 864.0 + eta / 2835.0)));
    const double second = -1.0 / 540.0 - eta / 288.0;
    const double correction = ml_exp(-a * half_square) / sqrt(TWO_PI * a) * (first + second / a);
    return 0.5 * ml_erfc(sign * eta * sqrt(0.5 * a)) + sign * correction;
}

static double incomplete_gamma(double a, double x, int upper) {
    if (!(a > 0.0 && a < (double)INFINITY) || x != x)
        return (double)NAN;
    if (x <= 0.0 || x == (double)INFINITY)
        return (x > 0.0) != upper;
    if (a > 1e6)
        return tail_of_large(a, x, upper ? 1.0 : -1.0);
    if (x < a + 1.0) {
        const double p = p_by_series(a, x);
        return upper ? 1.0 - p : p;
    }
    const double q = q_by_fraction(a, x);
    return upper ? q : 1.0 - q;
}

double ml_gamma_p(double a, double x) {
    return incomplete_gamma(a, x, 0);
}

double ml_gamma_q(double a, double x) {
    return incomplete_gamma(a, x, 1);
}

/* --- Error function ----------------------------------------------------------------------------------------------- */

/* exp(-x^2) for x >= 0. x^2 would lose digits, so x = h + l, where h has 26 bits and its square is exact. */
static double exp_of_minus_square(double x) {
    const double h = floor(x * 0x1p20) * 0x1p-20;
    return ml_exp(-h * h) * ml_exp(-(x - h) * (x + h));
}

static double erf_by_series(double x) { /* for |x| < 1.5; every term has the sign of x */
    double term = 1.0, sum = 1.0;
    for (int i = 1; term > sum * (DBL_EPSILON / 8.0); i++) {
        term *= 2.0 * x * x / (2 * i + 1);
        sum += term;
    }
    return 2.0 / SQRT_PI * x * exp_of_minus_square(fabs(x)) * sum;
}

/* x erfc(x) exp(x^2) sqrt(pi) is 1/(1 + v/(1 + 2v/(1 + 3v/...))) with v = 1/(2x^2); from 1.5 on 120 levels do. */
static double erfc_by_fraction(double x) {
    const double v = 0.5 / (x * x);
    double tail = 1.0;
    for (int i = x < 3.0 ? 120 : 40; i > 0; i--)
        tail = 1.0 + i * v / tail;
    return exp_of_minus_square(x) / (x * SQRT_PI * tail);
}

double ml_erf(double x) {
    if (fabs(x) < 1.5)
        return erf_by_series(x);
    if (x != x)
        return x;
    return fabs(x) > 6.0 ? copysign(1.0, x) : copysign(1.0 - erfc_by_fraction(fabs(x)), x);
}

double ml_erfc(double x) {
    if (x < 0.5)
        return 1.0 - ml_erf(x);
    if (x < 1.5)
        return 1.0 - erf_by_series(x);
    if (x != x)
        return x;
    return x > 28.0 ? 0.0 : erfc_by_fraction(x);
}
