#include "base/rng.h"

#include "base/math.h"

/* One step of splitmix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", OOPSLA): a
 * counter, then a mixing of its bits. Vigna recommends it to fill the state of xoshiro. */
static uint64_t splitmix64(uint64_t *counter) {
    uint64_t z = *counter += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* The seed is mixed before the stream joins it, so that (1, 2) and (2, 1) are unrelated, and mixed again after, so that
 * neighbouring streams are. Four outputs in a row of splitmix64 differ, so the state is never all zero. */
ml_rng ml_rng_seed(uint64_t seed, uint64_t stream) {
    uint64_t counter = splitmix64(&seed) ^ stream;
    counter = splitmix64(&counter);
    ml_rng rng = {{0}, 0, 0};
    for (size_t i = 0; i < 4; i++)
        rng.word[i] = splitmix64(&counter);
    return rng;
}

static uint64_t rotate_left(uint64_t x, int by) {
    return x << by | x >> (64 - by);
}

uint64_t ml_rng_next(ml_rng *rng) {
    uint64_t *s = rng->word;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9, shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double ml_rng_uniform(ml_rng *rng) {
    return (double)(ml_rng_next(rng) >> 11) * 0x1p-53;
}

/* The full product of two 64-bit numbers, from four of 32 bits: C11 has no 128-bit integer. */
static uint64_t multiply_wide(uint64_t a, uint64_t b, uint64_t *low) {
    const uint64_t a0 = a & UINT32_MAX, a1 = a >> 32, b0 = b & UINT32_MAX, b1 = b >> 32;
    const uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (middle & UINT32_MAX);
    *low = a * b;
    return a1 * b1 + (middle >> 32) + (other >> 32);
}

uint64_t ml_rng_below(ml_rng *rng, uint64_t n) {
    if (n == 0)
        return 0;
    uint64_t low, high = multiply_wide(ml_rng_next(rng), n, &low);
    if (low < n) { /* only then can this draw be one of the 2^64 mod n that would tip the scales */
        const uint64_t surplus = (0 - n) % n;
        while (low < surplus)
            high = multiply_wide(ml_rng_next(rng), n, &low);
    }
    return high;
}

int ml_rng_bernoulli(ml_rng *rng, double probability) {
    return ml_rng_uniform(rng) < probability;
}

double ml_rng_normal(ml_rng *rng) {
    if (rng->has_spare) {
        rng->has_spare = 0;
        return rng->spare;
    }
    double x, y, s;
    do { /* a point in the unit disc, without its centre */
        x = 2.0 * ml_rng_uniform(rng) - 1.0;
        y = 2.0 * ml_rng_uniform(rng) - 1.0;
        s = x * x + y * y;
    } while (s >= 1.0 || s == 0.0);
    const double scale = sqrt(-2.0 * ml_log(s) / s);
    rng->spare = y * scale;
    rng->has_spare = 1;
    return x * scale;
}

double ml_rng_exponential(ml_rng *rng, double mean) {
    return -mean * ml_log1p(-ml_rng_uniform(rng));
}

/* Events until their exponential gaps have used up the time: uniforms are multiplied until they are below exp(-mean).
 */
static uint64_t poisson_by_product(ml_rng *rng, double mean) {
    const double end = ml_exp(-mean);
    uint64_t events = 0;
    for (double product = ml_rng_uniform(rng); product > end; product *= ml_rng_uniform(rng))
        events++;
    return events;
}

/* ln k!, by Stirling's series from 10 on, where it is within 1e-12. */
static double log_factorial(double k) {
    if (k < 10.0) {
        double product = 1.0;
        for (double i = 2.0; i <= k; i++)
            product *= i;
        return ml_log(product);
    }
    const double half_log_of_two_pi = 0.91893853320467274178, r = 1.0 / (k * k);
    const double series = (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r / 1680.0))) / k;
    return (k + 0.5) * ml_log(k) - k + half_log_of_two_pi + series;
}

/* A pair of uniforms goes through a map that makes its hat fit the Poisson law; then it is kept or rejected. The names
 * and constants are those of the paper. */
static uint64_t poisson_by_rejection(ml_rng *rng, double mean) {
    const double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2.0);
    const double log_mean = ml_log(mean);
    for (;;) {
        const double u = ml_rng_uniform(rng) - 0.5, v = ml_rng_uniform(rng), u_s = 0.5 - fabs(u);
        const double k = floor((2.0 * a / u_s + b) * u + mean + 0.43);
        if (u_s >= 0.07 && v <= v_r)
            return (uint64_t)k;
        if (!(k >= 0.0) || (u_s < 0.013 && v > u_s))
            continue;
        if (ml_log(v * inverse_alpha / (a / (u_s * u_s) + b)) <= k * log_mean - mean - log_factorial(k))
            return (uint64_t)k;
    }
}

uint64_t ml_rng_poisson(ml_rng *rng, double mean) {
    if (!(mean > 0.0))
        return 0;
    return mean < 10.0 ? poisson_by_product(rng, mean) : poisson_by_rejection(rng, fmin(mean, 1e9));
}

void ml_rng_permutation(ml_rng *rng, size_t n, uint32_t *order) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        const size_t j = (size_t)ml_rng_below(rng, i);
        const uint32_t keep = order[i - 1];
        order[i - 1] = order[j];
        order[j] = keep;
    }
}
