#include "base/math.h"
#include "base/rng.h"
#include "base/special.h"

/* The logarithm of a gamma number: for tiny shapes the number itself is often below the smallest double. The cube of a
 * slightly squeezed normal number is nearly gamma; what differs is rejected. */
static double log_gamma_variate(ml_rng *rng, double shape) {
    if (shape < 1.0) { /* Gamma(shape) is Gamma(shape + 1) times a uniform to the power 1/shape */
        const double log_above = log_gamma_variate(rng, shape + 1.0);
        return log_above + ml_log1p(-ml_rng_uniform(rng)) / shape;
    }
    const double d = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        const double z = ml_rng_normal(rng), root = 1.0 + c * z;
        if (root <= 0.0)
            continue;
        const double v = root * root * root, u = 1.0 - ml_rng_uniform(rng);
        if (u < 1.0 - 0.0331 * (z * z) * (z * z) || ml_log(u) < 0.5 * z * z + d * (1.0 - v + ml_log(v)))
            return ml_log(d) + ml_log(v);
    }
}

static int is_shape(double shape) {
    return shape > 0.0 && shape < (double)INFINITY;
}

double ml_rng_gamma(ml_rng *rng, double shape) {
    return is_shape(shape) ? ml_exp(log_gamma_variate(rng, shape)) : (double)NAN;
}

double ml_rng_beta(ml_rng *rng, double a, double b) {
    if (!is_shape(a) || !is_shape(b))
        return (double)NAN;
    const double log_x = log_gamma_variate(rng, a), log_y = log_gamma_variate(rng, b);
    return ml_sigmoid(log_x == log_y ? 0.0 : log_x - log_y); /* equal: both may be -infinity */
}

/* Walks up from 0 successes until the chances have used up a uniform number. p <= 1/2 and n p < 10, so the first chance
 * is above 1e-7. */
static uint32_t binomial_by_search(ml_rng *rng, uint32_t n, double p) {
    const double odds = p / (1.0 - p);
    double chance = ml_exp(n * ml_log1p(-p)), left = ml_rng_uniform(rng);
    uint32_t k = 0;
    while (left >= chance && k < n) {
        left -= chance;
        k++;
        chance *= odds * ((double)(n - k + 1) / k);
    }
    return k;
}

static double log_factorial(double k) {
    return ml_lgamma(k + 1.0);
}

/* As for Poisson numbers (rng.c): a map that makes its hat fit, then kept or rejected; names as in the paper. */
static uint32_t binomial_by_rejection(ml_rng *rng, uint32_t trials, double p) {
    const double n = trials, log_odds = ml_log(p / (1.0 - p)), spread = sqrt(n * p * (1.0 - p));
    const double b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p, v_r = 0.92 - 4.2 / b;
    const double alpha = (2.83 + 5.1 / b) * spread, mode = floor((n + 1.0) * p);
    const double log_mode = log_factorial(mode) + log_factorial(n - mode);
    for (;;) {
        const double u = ml_rng_uniform(rng) - 0.5, v = ml_rng_uniform(rng), u_s = 0.5 - fabs(u);
        const double k = floor((2.0 * a / u_s + b) * u + n * p + 0.5);
        if (!(k >= 0.0 && k <= n))
            continue;
        if (u_s >= 0.07 && v <= v_r)
            return (uint32_t)k;
        if (ml_log(v * alpha / (a / (u_s * u_s) + b)) <=
            log_mode - log_factorial(k) - log_factorial(n - k) + (k - mode) * log_odds)
            return (uint32_t)k;
    }
}

uint32_t ml_rng_binomial(ml_rng *rng, uint32_t n, double probability) {
    if (!(probability > 0.0) || n == 0)
        return 0;
    if (probability >= 1.0)
        return n;
    const double p = fmin(probability, 1.0 - probability);
    const uint32_t rare = n * p < 10.0 ? binomial_by_search(rng, n, p) : binomial_by_rejection(rng, n, p);
    return p < probability ? n - rare : rare;
}
