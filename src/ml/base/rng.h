/* The library's only source of randomness: xoshiro256**, seeded through splitmix64.
 *
 * The same seed and stream give the same numbers on every machine. One stream per purpose: an extra draw for noise must
 * not move the data split.
 * Source: Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4). */
#ifndef ML_BASE_RNG_H
#define ML_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct ml_rng {
    uint64_t word[4];
    double spare;      /* the second normal of the last pair */
    int32_t has_spare;
} ml_rng;

/* A generator for one purpose. Different (seed, stream) pairs give unrelated sequences. */
ml_rng ml_rng_seed(uint64_t seed, uint64_t stream);

/* 64 fair bits. */
uint64_t ml_rng_next(ml_rng *rng);

/* Uniform in [0, 1): a multiple of 2^-53, each equally likely. */
double ml_rng_uniform(ml_rng *rng);

/* A fair integer from 0 to n-1; 0 when n is 0. Unbiased: Lemire 2019, "Fast random integer generation in an interval",
 * ACM TOMACS 29(1). */
uint64_t ml_rng_below(ml_rng *rng, uint64_t n);

/* 1 with the given probability, else 0. Draws once whatever the probability; NaN counts as 0. */
int ml_rng_bernoulli(ml_rng *rng, double probability);

/* Standard normal. Marsaglia's polar method: Marsaglia and Bray 1964, SIAM Review 6(3). Draws come in pairs. */
double ml_rng_normal(ml_rng *rng);

/* Exponential with the given mean (same unit as the result), by inversion. */
double ml_rng_exponential(ml_rng *rng, double mean);

/* How many events fall into a stretch of time that sees `mean` of them on average (Poisson). 0 for a mean of 0 or less
 * or NaN; a mean above 1e9 counts as 1e9, beyond which rounding would show.
 * Below 10 Knuth's product of uniforms (volume 2, 3.4.1, algorithm Q), mean + 1 draws; from 10 on two to three
 * draws on average whatever the mean: algorithm PTRS of Hörmann 1993, "The transformed rejection method for generating
 * Poisson random variables", Insurance: Mathematics and Economics 12(1). */
uint64_t ml_rng_poisson(ml_rng *rng, double mean);

/* Gamma with the given shape and a mean of `shape` (its scale is 1); NaN unless the shape is positive and finite. A
 * little over one normal and one uniform draw on average, one more uniform for a shape below 1.
 * Source: Marsaglia and Tsang 2000, "A simple method for generating gamma variables", ACM TOMS 26(3). */
double ml_rng_gamma(ml_rng *rng, double shape);

/* Beta(a, b), in [0, 1]; NaN unless both are positive and finite. From two gammas x and y as x/(x + y), by their
 * logarithms, so that tiny shapes, where both x and y underflow, stay right. */
double ml_rng_beta(ml_rng *rng, double a, double b);

/* Successes in n trials that succeed with the given probability each; below 0 or NaN it counts as 0, above 1 as 1.
 * Where the rarer outcome is expected fewer than 10 times, one uniform and a search; otherwise about three uniforms
 * whatever n: algorithm BTRS of Hörmann 1993, "The generation of binomial random variates", Journal of Statistical
 * Computation and Simulation 46. */
uint32_t ml_rng_binomial(ml_rng *rng, uint32_t n, double probability);

/* order[0..n-1] becomes a uniformly random permutation of 0..n-1 (Fisher and Yates; Knuth 3.4.2, algorithm P). */
void ml_rng_permutation(ml_rng *rng, size_t n, uint32_t *order);

#endif
