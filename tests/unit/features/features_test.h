/* What the tests of this module share. */
#ifndef FEATURES_TEST_H
#define FEATURES_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static ml_error error;
static _Alignas(64) unsigned char memory[1 << 22];

static inline ml_arena fresh_arena(void) {
    return ml_arena_over(memory, sizeof memory);
}

static inline void assert_near(double got, double expected, double tolerance) {
    if (isnan(expected) ? !isnan(got) : !(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

/* Relative to the larger of 1 and the value. Prints the largest difference: it is a figure of the module's table. */
static inline void assert_all_near(const char *name, size_t n, const double *got, const double *expected,
                                   double tolerance) {
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) {
        assert_near(got[i], expected[i], tolerance * fmax(1.0, fabs(expected[i])));
        if (!isnan(expected[i]))
            largest = fmax(largest, fabs(got[i] - expected[i]) / fmax(1.0, fabs(expected[i])));
    }
    print_message("%s: largest difference %.1e\n", name, largest);
}

static inline void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

/* n normal numbers, a share of them missing. */
static inline void fill_normal(ml_rng *rng, size_t n, double share, double *x) {
    for (size_t i = 0; i < n; i++) {
        x[i] = ml_rng_normal(rng);
        if (ml_rng_uniform(rng) < share)
            x[i] = (double)NAN;
    }
}

#endif
