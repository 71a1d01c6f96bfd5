/* What the kernels' tests share: arrays of random floats with a guard behind them, and comparison by bits. */
#ifndef TESTS_KERNELS_FLOATS_H
#define TESTS_KERNELS_FLOATS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"

/* What no kernel may touch. */
#define DIRT (-12345.678f)

/* n floats and one more behind them, all of them dirt. */
static inline float *filled_with_dirt(size_t n) {
    float *x = malloc((n + 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i <= n; i++)
        x[i] = DIRT;
    return x;
}

static inline float *random_floats(size_t n, uint64_t stream) {
    float *x = filled_with_dirt(n);
    ml_rng rng = ml_rng_seed(7, stream);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)ml_rng_normal(&rng);
    return x;
}

/* Equal bits; any two NaNs count as equal, because which NaN comes out is the processor's choice. */
static inline void assert_same_floats(const float *a, const float *b, size_t n, const char *what) {
    for (size_t i = 0; i < n; i++)
        if (memcmp(a + i, b + i, sizeof *a) != 0 && !(isnan(a[i]) && isnan(b[i])))
            fail_msg("%s: element %zu of %zu is %a and %a", what, i, n, (double)a[i], (double)b[i]);
}

/* The same for two arrays that filled_with_dirt has made: the guards must be whole, too. */
static inline void assert_same_and_guarded(const float *a, const float *b, size_t n, const char *what) {
    assert_same_floats(a, b, n, what);
    assert_true(a[n] == DIRT && b[n] == DIRT);
}

#endif
