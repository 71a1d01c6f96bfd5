#include "base/math.h"

#include <stdint.h>
#include <string.h>

/* Everywhere below the plan is the same: reduce the argument to a small interval around 0, sum a short series there,
 * and undo the reduction. Where a constant has a high and a low part, the high one has so few bits that its product
 * with a small whole number is exact; the low one is what is missing. Series and error analysis: Muller, "Elementary
 * Functions" (3rd edition, 2016). */

static uint32_t float_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float bits_float(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t double_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double bits_double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* --- float. Only float arithmetic, and no branch: kernels/elementwise_simd128.c does the same, four at a time. -----
 */

#define LN2_HIGH_F 0x1.62e8p-1f /* 14 bits */
#define LN2_LOW_F  -0x1.e8082ep-16f
#define LOG2_E_F   0x1.715476p+0f
#define HALF_LN2_F 0x1.62e43p-2f
#define ROUNDER_F  0x1.8p+23f /* adding it leaves no room for a fraction, so it rounds to a whole number */

/* exp(x) = 2^k exp(r) with r = x - k ln 2, |r| <= ln 2 / 2; then the Taylor series of exp(r) up to r^7 / 7!. */
float ml_expf(float x) {
    x = x > 89.0f ? 89.0f : x; /* beyond these the result is infinity or 0 in any case; NaN passes both */
    x = x < -104.0f ? -104.0f : x;
    const float shifted = x * LOG2_E_F + ROUNDER_F, whole = shifted - ROUNDER_F;
    const uint32_t k = float_bits(shifted) - (float_bits(ROUNDER_F) - 254); /* `whole` + 254, from 104 to 382 */
    const float r = (x - whole * LN2_HIGH_F) - whole * LN2_LOW_F;
    const float series =
        1 / 2.0f + r * (1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f)))));
    const float e = 1.0f + (r + r * r * series);
    /* In two factors, because 2^128 and 2^-150 are no floats. The first product is exact. */
    const uint32_t half = k >> 1;
    return e * bits_float(half << 23) * bits_float((k - half) << 23);
}

/* x = 2^k m with m from sqrt(1/2) to sqrt(2), and f = m - 1. With s = f / (2 + f):
 *     log(1 + f) = log((1 + s) / (1 - s)) = 2 (s + s^3/3 + s^5/5 + ...) = f - (f^2/2 - s (f^2/2 + R)),
 *     R = 2 (s^2/3 + s^4/5 + ...). The last form keeps f, the largest term, free of rounding. */
float ml_logf(float x) {
    const int subnormal = x < 0x1p-126f;
    const uint32_t sqrt_half = 0x3f3504f3, one = 0x3f800000;
    const uint32_t bits = float_bits(subnormal ? x * 0x1p23f : x) + (one - sqrt_half);
    const float k = (float)((int32_t)(bits >> 23) - (subnormal ? 127 + 23 : 127));
    const float f = bits_float((bits & 0x7fffff) + sqrt_half) - 1.0f;
    const float s = f / (2.0f + f), z = s * s, half_square = 0.5f * f * f;
    const float R = z * (2 / 3.0f + z * (2 / 5.0f + z * (2 / 7.0f + z * (2 / 9.0f))));
    const float result = k * LN2_HIGH_F - ((half_square - (s * (half_square + R) + k * LN2_LOW_F)) - f);
    const float special = x < 0.0f ? NAN : x == 0.0f ? -INFINITY : x;
    return x > 0.0f && x < INFINITY ? result : special;
}

/* x = k ln 2 / 2 + r with |r| <= ln 2 / 4. With t = tanh(r) and e^(k ln 2) = 2^k,
 *     tanh(x) = (e^2x - 1) / (e^2x + 1) = ((2^k - 1) + (2^k + 1) t) / ((2^k + 1) + (2^k - 1) t),
 * because e^2r = (1 + t) / (1 - t). Nothing cancels badly, and with k = 0 the quotient is t itself. ln 2 / 2 needs no
 * low part: as a float it ends in three zeros and happens to be exact to 28 bits, and the more k there is, the flatter
 * is tanh. t is an odd polynomial whose error is spread evenly over |r| <= ln 2 / 4 (Remez): below 2^-32 of t. */
float ml_tanhf(float x) {
    float size = fabsf(x);
    size = size > 10.0f ? 10.0f : size; /* tanh is 1 to all digits from 9.1 on; NaN passes */
    const float shifted = size * (2.0f * LOG2_E_F) + ROUNDER_F, whole = shifted - ROUNDER_F;
    const float r = size - whole * HALF_LN2_F, z = r * r;
    const float t = r + r * z * (-0x1.55554ep-2f + z * (0x1.1105bap-3f + z * -0x1.afe886p-5f));
    const float power = bits_float((float_bits(shifted) << 23) + 0x3f800000); /* 2^k: the rounder's own bits fall out */
    return copysignf(((power - 1.0f) + (power + 1.0f) * t) / ((power + 1.0f) + (power - 1.0f) * t), x);
}

float ml_sigmoidf(float x) {
    const float e = ml_expf(-fabsf(x)); /* never above 1 */
    return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

/* log(u) is exact for the u that 1 + e is rounded to; e / (u - 1) makes up for what the rounding took. Source: Goldberg
 * 1991, "What every computer scientist should know about floating-point arithmetic", ACM Computing Surveys 23(1),
 * theorem 4. */
float ml_softplus_tailf(float x) {
    const float e = ml_expf(-fabsf(x)), u = 1.0f + e;
    return u == 1.0f ? e : ml_logf(u) * (e / (u - 1.0f));
}

/* Up to 1, x + x P(x^2); from there on, 1 - erfc(x) with erfc(x) = exp(Q(x)); from 4 on it is 1 in float. P and Q are
 * minimax fits in the sense of the result's relative error, below 1e-9 (tests/golden/erf.py --fit). */
float ml_erff(float x) {
    const float size = fabsf(x), z = x * x, far = size > 4.0f ? 4.0f : size;
    const float near_0 =
        x +
        x * (0x1.06eba8p-3f +
             z * (-0x1.81273ep-2f +
                  z * (0x1.ce2cf8p-4f +
                       z * (-0x1.b7f90cp-6f + z * (0x1.5405b0p-8f + z * (-0x1.a3f6f8p-11f + z * 0x1.496a1ep-14f))))));
    const float log_erfc =
        -0x1.661a16p-12f +
        far * (-0x1.2088ecp+0f +
               far * (-0x1.46bae8p-1f +
                      far * (-0x1.a65356p-4f +
                             far * (0x1.65cb9ep-6f + far * (-0x1.825b48p-9f + far * 0x1.86de0cp-13f)))));
    return size < 1.0f ? near_0 : copysignf(1.0f - ml_expf(log_erfc), x);
}

/* The normal distribution's tail, the chance that a standard normal number is above size >= 0, is exp(-size^2 / 2) R,
 * with R a quotient of polynomials, all of whose terms are positive, so that nothing cancels: a minimax fit, within
 * 6e-9 (tests/golden/erf.py --fit). From 14.5 on it is 0 in float. */
static float normal_tail_ratio(float size) {
    return (0.5f +
            size * (0x1.c0d02ep-2f + size * (0x1.7743a8p-3f + size * (0x1.4cdd9ap-5f + size * 0x1.0dc3a4p-8f)))) /
           (1.0f + size * (0x1.acaa48p+0f +
                           size * (0x1.33d714p+0f +
                                   size * (0x1.e0bc7ap-2f + size * (0x1.a1362cp-4f + size * 0x1.52186ap-7f)))));
}

/* exp(-size^2 / 2). size^2 would lose digits, so size = h + l, where h has 12 bits and its square is exact:
 * exp(-h^2 / 2) exp(-d), with d = (h + size) l / 2 <= 0.06 and the Taylor series of exp(-d). */
static float exp_of_square(float size) {
    const float h = bits_float(float_bits(size) & 0xfffff000u), d = 0.5f * (h + size) * (size - h);
    const float series = 1.0f - d * (1.0f - d * (1 / 2.0f - d * (1 / 6.0f - d * (1 / 24.0f))));
    return ml_expf(-0.5f * h * h) * series;
}

float ml_geluf(float x) {
    float size = fabsf(x);
    size = size > 14.5f ? 14.5f : size;
    const float tail = exp_of_square(size) * normal_tail_ratio(size);
    return x < 0.0f ? -size * tail : x * (1.0f - tail);
}

/* The chance itself, and x times the density. */
float ml_gelu_slopef(float x) {
    float size = fabsf(x);
    size = size > 14.5f ? 14.5f : size;
    const float bell = exp_of_square(size);
    const float tail = bell * (normal_tail_ratio(size) - size * 0x1.988454p-2f); /* 1 / sqrt(2 pi) */
    return x < 0.0f ? tail : 1.0f - tail;
}

/* --- double --------------------------------------------------------------------------------------------------------
 */

#define LN2_HIGH        0x1.62e42fefa4p-1 /* 40 bits */
#define LN2_LOW         -0x1.8432a1b0e2634p-43
#define LOG2_E          0x1.71547652b82fep+0
#define ROUNDER         0x1.8p+52
#define DOUBLE_INFINITY ((double)INFINITY)
#define DOUBLE_NAN      ((double)NAN)

/* (exp(r) - 1 - r) / r^2 for |r| <= 0.5: its Taylor series, up to r^13 / 15!. */
static double exp_tail(double r) {
    double sum = 1 / 1307674368000.0;
    const double coefficient[] = {1 / 87178291200.0, 1 / 6227020800.0, 1 / 479001600.0, 1 / 39916800.0, 1 / 3628800.0,
                                  1 / 362880.0,      1 / 40320.0,      1 / 5040.0,      1 / 720.0,      1 / 120.0,
                                  1 / 24.0,          1 / 6.0,          1 / 2.0};
    for (size_t i = 0; i < sizeof coefficient / sizeof *coefficient; i++)
        sum = coefficient[i] + r * sum;
    return sum;
}

/* x = k ln 2 + r, |r| <= ln 2 / 2; for |x| < 1000. k counts modulo 2^64. */
static uint64_t reduce_by_ln2(double x, double *r) {
    const double shifted = x * LOG2_E + ROUNDER, whole = shifted - ROUNDER;
    *r = (x - whole * LN2_HIGH) - whole * LN2_LOW;
    return double_bits(shifted) - double_bits(ROUNDER);
}

/* 2^k, k from -1022 to 1023. */
static double power_of_2(uint64_t k) {
    return bits_double((k + 1023) << 52);
}

double ml_exp(double x) {
    double r;
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    const uint64_t k = reduce_by_ln2(x, &r), half = ((k + 2048) >> 1) - 1024;
    return (1.0 + (r + r * r * exp_tail(r))) * power_of_2(half) * power_of_2(k - half);
}

double ml_expm1(double x) {
    if (fabs(x) < 0.5)
        return x + x * x * exp_tail(x);
    if (x < -38.0)
        return -1.0;
    if (!(x < 39.0)) /* the 1 is far below the last place; NaN comes here too */
        return ml_exp(x);
    double r;
    const double scale = power_of_2(reduce_by_ln2(x, &r));
    return scale * (r + r * r * exp_tail(r)) + (scale - 1.0);
}

/* R of ml_logf's comment, to the last bit of a double: 2 (z/3 + z^2/5 + ... + z^10/21) with z = s^2. */
static double log_series(double z) {
    double sum = 2 / 21.0;
    for (int odd = 19; odd >= 3; odd -= 2)
        sum = 2.0 / odd + z * sum;
    return z * sum;
}

/* x = 2^k (1 + f), x positive and finite, subnormals included; returns k, a whole number. */
static double split_for_log(double x, double *f) {
    const int subnormal = x < 0x1p-1022;
    const uint64_t sqrt_half = UINT64_C(0x3fe6a09e667f3bcd), one = UINT64_C(0x3ff0000000000000);
    const uint64_t bits = double_bits(subnormal ? x * 0x1p52 : x) + (one - sqrt_half);
    *f = bits_double((bits & UINT64_C(0xfffffffffffff)) + sqrt_half) - 1.0;
    return (double)((int32_t)(bits >> 52) - (subnormal ? 1023 + 52 : 1023));
}

/* k ln 2 + log(1 + f) + correction. */
static double log_sum(double k, double f, double correction) {
    const double s = f / (2.0 + f), half_square = 0.5 * f * f;
    const double R = log_series(s * s);
    return k * LN2_HIGH - ((half_square - (s * (half_square + R) + (k * LN2_LOW + correction))) - f);
}

double ml_log(double x) {
    if (!(x > 0.0))
        return x == 0.0 ? -DOUBLE_INFINITY : DOUBLE_NAN;
    if (!(x < DOUBLE_INFINITY))
        return x;
    double f;
    const double k = split_for_log(x, &f);
    return log_sum(k, f, 0.0);
}

double ml_log1p(double x) {
    if (!(x > -1.0))
        return x == -1.0 ? -DOUBLE_INFINITY : DOUBLE_NAN;
    if (!(x < DOUBLE_INFINITY) || x == 0.0)
        return x;
    if (x > -0.29 && x < 0.41)
        return log_sum(0.0, x, 0.0);
    const double sum = 1.0 + x, lost = x < 1.0 ? x - (sum - 1.0) : 1.0 - (sum - x);
    double f;
    const double k = split_for_log(sum, &f);
    return log_sum(k, f, lost / sum);
}

double ml_tanh(double x) {
    const double size = fabs(x), z = size * size;
    double fraction = 0.0; /* Lambert's: tanh(x) = x / (1 + fraction) */
    if (!(size < 0.55))
        return copysign(1.0 - 2.0 / (ml_exp(2.0 * size) + 1.0), x);
    for (int odd = 17; odd >= 3; odd -= 2)
        fraction = z / (odd + fraction);
    return copysign(size - size * (fraction / (1.0 + fraction)), x);
}

double ml_sigmoid(double x) {
    const double e = ml_exp(-fabs(x));
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

/* --- Sine and cosine ------------------------------------------------------------------------------------------------
 */

/* pi / 2 in four parts; the first three have 33 bits each, so that their products with whole numbers below 2^20 are
 * exact. Source of the idea: Cody and Waite, "Software Manual for the Elementary Functions" (1980), chapter 8. */
static const double half_pi[4] = {0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69, 0x1.b839a252049c1p-104};

/* a + b as their rounded sum and what the rounding took (Knuth, volume 2, section 4.2.2, theorem B). */
static double two_sum(double a, double b, double *lost) {
    const double sum = a + b, b_part = sum - a;
    *lost = (a - (sum - b_part)) + (b - b_part);
    return sum;
}

/* x = quarter_turns pi/2 + r + tail, |r| <= pi/4, tail below the last place of r. Returns quarter_turns mod 4. */
static int reduce_by_half_pi(double x, double *r, double *tail) {
    if (fabs(x) > 1e5)
        x = fmod(x, 4.0 * half_pi[0] + 4.0 * half_pi[1]); /* where digits get lost: this is 2 pi to 53 bits only */
    const double turns = floor(x * 0x1.45f306dc9c883p-1 + 0.5);
    double lost_2, lost_3;
    const double high = two_sum(x - turns * half_pi[0], -turns * half_pi[1], &lost_2);
    const double middle = two_sum(high, -turns * half_pi[2], &lost_3);
    const double low = lost_2 + lost_3 - turns * half_pi[3];
    *r = two_sum(middle, low, tail);
    return (int)(turns - 4.0 * floor(turns * 0.25));
}

/* The sine and cosine series for |r| <= pi/4, with `tail` as a correction of first order. */
static double sine_series(double r, double tail) {
    const double z = r * r;
    double sum = 1 / 355687428096000.0; /* 17! */
    const double coefficient[] = {-1 / 1307674368000.0, 1 / 6227020800.0, -1 / 39916800.0, 1 / 362880.0,
                                  -1 / 5040.0,          1 / 120.0,        -1 / 6.0};
    for (size_t i = 0; i < sizeof coefficient / sizeof *coefficient; i++)
        sum = coefficient[i] + z * sum;
    return r + (r * z * sum + tail * (1.0 - 0.5 * z));
}

static double cosine_series(double r, double tail) {
    const double z = r * r, half_square = 0.5 * z, start = 1.0 - half_square;
    double sum = -1 / 6402373705728000.0; /* 18! */
    const double coefficient[] = {1 / 20922789888000.0, -1 / 87178291200.0, 1 / 479001600.0, -1 / 3628800.0,
                                  1 / 40320.0,          -1 / 720.0,         1 / 24.0};
    for (size_t i = 0; i < sizeof coefficient / sizeof *coefficient; i++)
        sum = coefficient[i] + z * sum;
    return start +
           (((1.0 - start) - half_square) + (z * z * sum - r * tail)); /* what rounding `start` took comes back */
}

/* The sine of x + shift quarter turns. */
static double sine_shifted(double x, int shift) {
    if (!isfinite(x))
        return DOUBLE_NAN;
    double r, tail;
    const int quarter = (reduce_by_half_pi(x, &r, &tail) + shift) % 4;
    const double size = quarter % 2 == 0 ? sine_series(r, tail) : cosine_series(r, tail);
    return quarter < 2 ? size : -size;
}

double ml_sin(double x) {
    return x == 0.0 ? x : sine_shifted(x, 0); /* keeps the sign of zero */
}

double ml_cos(double x) {
    return sine_shifted(x, 1);
}

/* --- Arc tangent -----------------------------------------------------------------------------------------------------
 */

#define HALF_PI_HIGH 0x1.921fb54442d18p+0
#define HALF_PI_LOW  0x1.1a62633145c07p-54

/* atan(k / 16), and what its rounding took. */
static const double atan_sixteenths[17][2] = {
    {0.0, 0.0},
    {0x1.ff55bb72cfdeap-5, -0x1.c934d86d23f1dp-60},
    {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
    {0x1.7b97b4bce5b02p-3, 0x1.347b0b4f881cap-58},
    {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
    {0x1.362773707ebccp-2, -0x1.963a544b672d8p-57},
    {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
    {0x1.a64eec3cc23fdp-2, -0x1.24dec1b50b7ffp-56},
    {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
    {0x1.0657e94db30d0p-1, -0x1.d5b495f6349e6p-56},
    {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
    {0x1.345f01cce37bbp-1, 0x1.1021137c71102p-55},
    {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
    {0x1.5d58987169b18p-1, 0x1.0028e4bc5e7cap-57},
    {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
    {0x1.819d0b7158a4dp-1, -0x1.bf76229d3b917p-56},
    {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55},
};

/* The arc tangent of a / b, 0 <= a <= b, as a sum of two doubles. With c = k/16 next to a / b,
 *     atan(a / b) = atan(c) + atan(t),   t = (a - c b) / (b + c a),   |t| <= 1/32;
 * then the Taylor series of atan(t) up to t^13 / 13. */
static double atan_ratio(double a, double b, double *low) {
    const int k = (int)(16.0 * (a / b) + 0.5);
    const double c = k / 16.0, t = (a - c * b) / (b + c * a), z = t * t;
    double sum = 1 / 13.0;
    for (int odd = 11; odd >= 3; odd -= 2)
        sum = 1.0 / odd - z * sum;
    *low = atan_sixteenths[k][1] - t * z * sum;
    if (k == 0)
        return t;
    double lost;
    const double high = two_sum(atan_sixteenths[k][0], t, &lost);
    *low += lost;
    return high;
}

double ml_atan2(double y, double x) {
    if (isnan(x) || isnan(y))
        return DOUBLE_NAN;
    double a = fabs(y), b = fabs(x), low = 0.0, high = 0.0;
    const int steep = a > b;
    if (steep) {
        const double keep = a;
        a = b;
        b = keep;
    }
    if (a == DOUBLE_INFINITY) /* so is b */
        a = b = 1.0;
    if (b > 0x1p1000 || b < 0x1p-900) { /* into the range where nothing overflows, and no digits are lost */
        const double scale = b > 1.0 ? 0x1p-200 : 0x1p200;
        a *= scale;
        b *= scale;
    }
    if (b > 0.0 && b < DOUBLE_INFINITY)
        high = atan_ratio(a, b, &low);
    if (steep) { /* pi/2 - angle; half_pi[] above has too few bits in its first part */
        double lost;
        high = two_sum(HALF_PI_HIGH, -high, &lost);
        low = HALF_PI_LOW - low + lost;
    }
    if (signbit(x)) { /* pi - angle */
        double lost;
        high = two_sum(2.0 * HALF_PI_HIGH, -high, &lost);
        low = 2.0 * HALF_PI_LOW - low + lost;
    }
    return copysign(high + low, y);
}

/* --- Power -----------------------------------------------------------------------------------------------------------
 */

/* a * b as their rounded product and what the rounding took (Dekker 1971, "A floating-point technique for extending the
 * available precision", Numerische Mathematik 18): each factor is split into halves whose products are exact. */
static double two_product(double a, double b, double *lost) {
    const double a_shifted = 134217729.0 * a, b_shifted = 134217729.0 * b; /* 2^27 + 1 */
    const double a_high = a_shifted - (a_shifted - a), a_low = a - a_high;
    const double b_high = b_shifted - (b_shifted - b), b_low = b - b_high;
    const double product = a * b;
    *lost = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return product;
}

/* log(x) as a sum of two doubles, good to about 60 bits: y log(x) can be 700, and exp turns an absolute error of its
 * argument into a relative one of its result. The leading term 2s of the series is carried in two parts. */
static double log_in_two(double x, double *low) {
    double f, lost_1, lost_2, lost_3;
    const double k = split_for_log(x, &f);
    const double below = 2.0 + f, below_lost = f - (below - 2.0), s = f / below;
    const double back = two_product(s, below, &lost_1);
    const double s_low = (((f - back) - lost_1) - s * below_lost) / below; /* the remainder of the division */
    const double R = log_series(s * s);
    const double high = two_sum(k * LN2_HIGH, 2.0 * s, &lost_2);
    const double rest = lost_2 + (2.0 * s_low + (s * R + k * LN2_LOW));
    const double sum = two_sum(high, rest, &lost_3);
    *low = lost_3;
    return sum;
}

double ml_pow(double x, double y) {
    if (y == 0.0 || x == 1.0)
        return 1.0;
    if (!(x >= 0.0) || y != y)
        return DOUBLE_NAN;
    if (x == 0.0 || x == DOUBLE_INFINITY)
        return (x == 0.0) == (y > 0.0) ? 0.0 : DOUBLE_INFINITY;
    double log_low, lost;
    const double log_high = log_in_two(x, &log_low), rough = y * log_high;
    if (!(fabs(rough) < 800.0)) /* far out of range: exp makes it infinity or 0 */
        return ml_exp(rough);
    const double product = two_product(y, log_high, &lost), correction = lost + y * log_low;
    const double e = ml_exp(product);
    return e < DOUBLE_INFINITY ? e + e * correction : e; /* exp(a + b) = exp(a) (1 + b) for a tiny b */
}
