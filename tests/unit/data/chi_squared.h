/* Are counts what they should be? A test that is wrong once in a thousand million times. */
#ifndef TESTS_CHI_SQUARED_H
#define TESTS_CHI_SQUARED_H

#include <math.h>
#include <stddef.h>

/* Whether counts [n] agree with what is expected of them, at a false-alarm rate of 1e-9: Pearson's chi-squared, whose
 * cube root is nearly normal (Wilson and Hilferty 1931, PNAS 17(12)); 6 standard deviations. Expected 0 must be 0.
 * degrees_lost: 1 if the counts' sum is fixed. */
static inline int agrees(size_t n, const double *count, const double *expected, double degrees_lost) {
    double sum = 0.0, degrees = -degrees_lost;
    for (size_t i = 0; i < n; i++) {
        if (expected[i] == 0.0 && count[i] != 0.0)
            return 0;
        if (expected[i] == 0.0)
            continue;
        sum += (count[i] - expected[i]) * (count[i] - expected[i]) / expected[i];
        degrees += 1.0;
    }
    const double spread = 2.0 / (9.0 * degrees);
    return (cbrt(sum / degrees) - (1.0 - spread)) / sqrt(spread) < 6.0;
}

#endif
