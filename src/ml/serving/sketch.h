/* Quantiles of streams that are too long to keep, by summaries that can be merged over servers and minutes: percentiles
 * cannot be averaged, sketches add up.
 *
 *   ml_sketch  relative error of the value: latencies, whose tail is what matters
 *   ml_kll     error of the rank: any numbers, also negative ones */
#ifndef ML_SERVING_SKETCH_H
#define ML_SERVING_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- Buckets of equal ratio --------------------------------------------------------------------------------------- */

/* Counts by bucket: bucket i holds values above least gamma^i, up to least gamma^(i+1). The fields are readable. */
typedef struct ml_sketch {
    double alpha, gamma, log_gamma, least;
    uint64_t n, low; /* values; those of at most `least` */
    uint64_t *count; /* [n_buckets] the caller's */
    size_t n_buckets;
} ml_sketch;

/* An empty sketch with relative error alpha; count is zeroed. With alpha 0.01, 2,048 buckets span 17 powers of ten.
 * Errors: ML_EINVAL unless alpha is in [1e-6, 1), least is positive and finite, and there is a bucket; untouched.
 * Source: Masson, Rim and Lee 2019, "DDSketch", PVLDB 12(12). */
ml_status ml_sketch_init(ml_sketch *sketch, double alpha, double least, uint64_t *count, size_t n_buckets,
                         ml_error *error);

/* Counts a value; what is beyond the last bucket counts there. Cost: one logarithm.
 * Errors: ML_EINVAL if it is negative or not finite; untouched. */
ml_status ml_sketch_add(ml_sketch *sketch, double x, ml_error *error);

/* Adds all that `from` counted: the result is that of one sketch that saw both.
 * Errors: ML_EINVAL if alpha, least or the number of buckets differ; untouched. */
ml_status ml_sketch_merge(ml_sketch *into, const ml_sketch *from, ml_error *error);

/* The value of rank floor(q (n - 1)), from 0, within alpha of it, relative, if it lies above least and within the
 * buckets; `least` for what is at most that.
 * Cost:   O(n_buckets).
 * Errors: ML_EINVAL if the sketch is empty or q is not in [0, 1]; untouched.
 * Golden: tests/golden/queues.py, NumPy percentile with method "lower". */
ml_status ml_sketch_quantile(const ml_sketch *sketch, double q, double *value, ml_error *error);

/* --- Samples of samples ------------------------------------------------------------------------------------------- */

enum { ML_KLL_LEVELS = 32 };

/* Level h holds values that stand for 2^h each. A level that is full is sorted, and every other value, the odd or the
 * even ones by a fair coin, goes one level up. The fields are readable. */
typedef struct ml_kll {
    size_t k;
    uint64_t n;
    size_t levels, size[ML_KLL_LEVELS];
    double *value[ML_KLL_LEVELS]; /* [4k + 64] each */
    double *scratch;              /* [4k + 64] */
    double least, most;           /* exact; NaN while empty */
} ml_kll;

/* An empty sketch. Its rank error, as a share of n, stays below ml_kll_error(k) for 99 of 100 streams, whatever their
 * order; least and most are exact. It keeps about 3k values.
 * Memory: 33 (4k + 64) doubles from the arena (223 KiB at k = 200), so that no later call can run out.
 * Errors: ML_EINVAL if k is below 8 or above 2^20; ML_ENOMEM; *kll untouched.
 * Source: Karnin, Lang and Liberty 2016, "Optimal quantile approximation in streams", FOCS. */
ml_status ml_kll_init(size_t k, ml_kll *kll, ml_arena *arena, ml_error *error);

/* 2.296 / k^0.9723: the error at 99 %, for one quantile, of this way of shrinking levels by 2/3.
 * Source: Apache DataSketches documentation, "KLL sketch", fitted to simulations. */
double ml_kll_error(size_t k);

/* Takes in a value. NaN is passed over, like all that comes after 2^34 values; infinities are values. Cost: O(log k) on
 * average. */
void ml_kll_add(ml_kll *kll, double x, ml_rng *rng);

/* Takes in all that `from` saw; from stays as it is. The error is that of one sketch.
 * Errors: ML_EINVAL if their k differ, they are one and the same, or hold more than 2^34 values together; untouched. */
ml_status ml_kll_merge(ml_kll *into, const ml_kll *from, ml_rng *rng, ml_error *error);

/* The smallest kept value such that at least q n of the stream are estimated at most as large; q = 0 the least, 1 the
 * most of all.
 * Cost:   O(k log k); 24 bytes of scratch for each value kept, from the arena, given back.
 * Errors: ML_EINVAL if it is empty or q is not in [0, 1]; ML_ENOMEM; untouched. */
ml_status ml_kll_quantile(const ml_kll *kll, double q, double *value, ml_arena *arena, ml_error *error);

/* The estimated share of the stream that is at most x; NaN while empty. Cost: O(k). */
double ml_kll_cdf(const ml_kll *kll, double x);

#endif
