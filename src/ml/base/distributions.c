#include <float.h>
#include <stdint.h>
#include <string.h>

#include "base/math.h"
#include "base/special.h"
#include "base/special_parts.h"

#define SQRT_HALF    0x1.6a09e667f3bcdp-1
#define SQRT_TWO_PI  0x1.40d931ff62706p+1
#define SMALLEST     DBL_MIN
#define POSITIVE(x)  ((x) > 0.0 && (x) < (double)INFINITY)
#define IS_CHANCE(p) ((p) >= 0.0 && (p) <= 1.0)

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The bits of doubles of 0 and more, read as whole numbers, are in the same order as the doubles. */
double ml_bisect_falling(double (*function)(const void *context, double x), const void *context, double level,
                         double low, double high) {
    uint64_t from = bits_of(low), to = bits_of(high);
    while (to - from > 1) {
        const uint64_t middle = from + (to - from) / 2;
        if (function(context, double_of(middle)) > level)
            from = middle;
        else
            to = middle;
    }
    return double_of(to);
}

/* --- Normal ------------------------------------------------------------------------------------------------------- */

double ml_norm_pdf(double z) {
    return ml_exp(-0.5 * z * z) / SQRT_TWO_PI;
}

double ml_norm_cdf(double z) {
    return 0.5 * ml_erfc(-z * SQRT_HALF);
}

double ml_norm_sf(double z) {
    return 0.5 * ml_erfc(z * SQRT_HALF);
}

/* A rational guess (Hastings 1955; Abramowitz and Stegun 26.2.23), within 4.5e-4, and Halley's method, which triples
 * the number of right digits. In the middle the erf is compared, because there the quantile is near 0 and needs its
 * digits. */
static double upper_normal_quantile(double tail) { /* 0 < tail <= 1/2 */
    const double t = sqrt(-2.0 * ml_log(tail));
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < 3; i++) {
        const double gap = tail > 0.25 ? (0.5 - tail) - 0.5 * ml_erf(z * SQRT_HALF) : ml_norm_sf(z) - tail;
        const double step = gap / ml_norm_pdf(z);
        z += step / (1.0 - 0.5 * z * step);
    }
    return z;
}

double ml_norm_quantile(double p) {
    if (!IS_CHANCE(p))
        return (double)NAN;
    if (p == 0.0 || p == 1.0)
        return p > 0.0 ? (double)INFINITY : -(double)INFINITY;
    if (p == 0.5)
        return 0.0;
    return p > 0.5 ? upper_normal_quantile(1.0 - p) : -upper_normal_quantile(p);
}

/* --- Student ------------------------------------------------------------------------------------------------------ */

/* The chance of more than t >= 0. */
static double student_tail(double t, double df) {
    if (df == (double)INFINITY)
        return ml_norm_sf(t);
    if (t == 0.0 || t == (double)INFINITY)
        return t > 0.0 ? 0.0 : 0.5;
    const double ratio = t / df * t; /* t^2/df */
    if (ratio > 1e300)
        return 0.5 * ml_exp(0.5 * df * (ml_log(df) - 2.0 * ml_log(t)) - ml_log(0.5 * df) - ml_log_beta(0.5 * df, 0.5));
    return 0.5 * ml_beta_parts(0.5 * df, 0.5, 1.0 / (1.0 + ratio), ratio / (1.0 + ratio));
}

double ml_student_sf(double t, double df) {
    if (!(df > 0.0) || t != t)
        return (double)NAN;
    return t < 0.0 ? 1.0 - student_tail(-t, df) : student_tail(t, df);
}

double ml_student_cdf(double t, double df) {
    return ml_student_sf(-t, df);
}

static double student_tail_at(const void *df, double t) {
    return student_tail(t, *(const double *)df);
}

double ml_student_quantile(double p, double df) {
    if (!(df > 0.0) || !IS_CHANCE(p))
        return (double)NAN;
    if (p == 0.0 || p == 1.0)
        return p > 0.0 ? (double)INFINITY : -(double)INFINITY;
    if (p == 0.5)
        return 0.0;
    const double t = ml_bisect_falling(student_tail_at, &df, fmin(p, 1.0 - p), 0.0, DBL_MAX);
    return p < 0.5 ? -t : t;
}

/* A Poisson mixture of incomplete betas, for t >= 0: the normal's square is a chi-squared with a random number of
 * degrees of freedom. Starts at the most frequent Poisson count and walks both ways until nothing is added. */
static double noncentral_above_0(double t, double df, double shift) {
    const double y = df / (df + t * t), x = t / (df + t * t) * t, half = 0.5 * shift * shift;
    double sum = 0.0;
    for (int way = -1; way <= 1; way += 2)
        for (double j = floor(half) + (way > 0); j >= 0.0; j += way) {
            const double log_p = half > 0.0 ? -half + j * ml_log(half) : j == 0.0 ? 0.0 : -800.0;
            const double even = ml_exp(log_p - ml_lgamma(j + 1.0));
            const double odd = shift * SQRT_HALF * ml_exp(log_p - ml_lgamma(j + 1.5));
            const double term =
                even * ml_beta_parts(j + 0.5, 0.5 * df, x, y) + odd * ml_beta_parts(j + 1.0, 0.5 * df, x, y);
            sum += term;
            if (even + fabs(odd) < 1e-17)
                break;
        }
    return ml_norm_cdf(-shift) + 0.5 * sum;
}

double ml_noncentral_student_cdf(double t, double df, double shift) {
    if (!(df > 0.0 && fabs(shift) <= 1000.0) || t != t)
        return (double)NAN;
    if (fabs(t) > 1e100 || df > 1e15) /* at the ends, or a normal number */
        return ml_norm_cdf(t - shift);
    if (t == 0.0)
        return ml_norm_cdf(-shift);
    const double chance = noncentral_above_0(fabs(t), df, t > 0.0 ? shift : -shift);
    return fmin(fmax(t > 0.0 ? chance : 1.0 - chance, 0.0), 1.0);
}

/* --- Chi-squared, F ----------------------------------------------------------------------------------------------- */

double ml_chi2_cdf(double x, double df) {
    return ml_gamma_p(0.5 * df, 0.5 * x);
}

double ml_chi2_sf(double x, double df) {
    return ml_gamma_q(0.5 * df, 0.5 * x);
}

static double chi2_sf_at(const void *df, double x) {
    return ml_chi2_sf(x, *(const double *)df);
}

static double minus_chi2_cdf_at(const void *df, double x) {
    return -ml_chi2_cdf(x, *(const double *)df);
}

double ml_chi2_quantile(double p, double df) {
    if (!POSITIVE(df) || !IS_CHANCE(p))
        return (double)NAN;
    if (p == 0.0 || p == 1.0)
        return p > 0.0 ? (double)INFINITY : 0.0;
    const double most = 4.0 * df + 4000.0; /* beyond it the tail is below the smallest double */
    return p > 0.5 ? ml_bisect_falling(chi2_sf_at, &df, 1.0 - p, 0.0, most)
                   : ml_bisect_falling(minus_chi2_cdf_at, &df, -p, 0.0, most);
}

double ml_f_sf(double x, double df1, double df2) {
    if (!POSITIVE(df1) || !POSITIVE(df2) || x != x)
        return (double)NAN;
    const double ratio = x * (df1 / df2);
    if (!(ratio > SMALLEST) || ratio > 1.0 / SMALLEST)
        return !(ratio > 1.0);
    return ml_beta_parts(0.5 * df2, 0.5 * df1, 1.0 / (1.0 + ratio), ratio / (1.0 + ratio));
}

/* --- Beta, binomial ----------------------------------------------------------------------------------------------- */

double ml_beta_pdf(double x, double a, double b) {
    if (!POSITIVE(a) || !POSITIVE(b) || x != x)
        return (double)NAN;
    if (x < 0.0 || x > 1.0)
        return 0.0;
    if (x == 0.0 || x == 1.0) {
        const double here = x > 0.0 ? b : a;
        return here < 1.0 ? (double)INFINITY : here > 1.0 ? 0.0 : x > 0.0 ? a : b;
    }
    return ml_beta_weight(a, b, x, 1.0 - x) / x / (1.0 - x);
}

typedef struct beta_search {
    double a, b;
    int from_top; /* whether what is searched for is 1 - x: small doubles lie closer */
    int upper;    /* whether the tail above x is compared: the smaller one has more digits */
} beta_search;

static double beta_tail_at(const void *context, double v) {
    const beta_search *const s = context;
    const double x = s->from_top ? 1.0 - v : v, y = s->from_top ? v : 1.0 - v;
    const double tail = s->upper ? ml_beta_parts(s->b, s->a, y, x) : ml_beta_parts(s->a, s->b, x, y);
    return s->from_top == s->upper ? -tail : tail; /* falling in any case */
}

double ml_beta_quantile(double p, double a, double b) {
    if (!POSITIVE(a) || !POSITIVE(b) || !IS_CHANCE(p))
        return (double)NAN;
    if (p == 0.0 || p == 1.0)
        return p;
    const beta_search search = {a, b, p > ml_beta_i(a, b, 0.5), p > 0.5};
    const double tail = search.upper ? 1.0 - p : p;
    const double level = search.from_top == search.upper ? -tail : tail;
    const double v = ml_bisect_falling(beta_tail_at, &search, level, 0.0, 0.5);
    return search.from_top ? 1.0 - v : v;
}

static int bad_binomial(double k, double n, double p) {
    return k != k || !(n >= 0.0 && n == floor(n) && n < (double)INFINITY) || !IS_CHANCE(p);
}

double ml_binomial_pmf(double k, double n, double p) {
    if (bad_binomial(k, n, p))
        return (double)NAN;
    if (k != floor(k) || k < 0.0 || k > n)
        return 0.0;
    if (p == 0.0 || p == 1.0)
        return k == (p > 0.0 ? n : 0.0);
    return ml_beta_weight(k + 1.0, n - k + 1.0, p, 1.0 - p) / p / (1.0 - p) / (n + 1.0);
}

double ml_binomial_cdf(double k, double n, double p) {
    if (bad_binomial(k, n, p))
        return (double)NAN;
    const double whole = floor(k);
    if (whole < 0.0 || whole >= n)
        return whole >= 0.0;
    if (p == 0.0 || p == 1.0)
        return p == 0.0;
    return ml_beta_parts(n - whole, whole + 1.0, 1.0 - p, p);
}

double ml_binomial_sf(double k, double n, double p) {
    if (bad_binomial(k, n, p))
        return (double)NAN;
    const double whole = floor(k);
    if (whole < 0.0 || whole >= n)
        return whole < 0.0;
    if (p == 0.0 || p == 1.0)
        return p > 0.0;
    return ml_beta_parts(whole + 1.0, n - whole, p, 1.0 - p);
}
