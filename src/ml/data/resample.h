/* Drawing from the data that there are: the bootstrap, and classes made even. */
#ifndef ML_DATA_RESAMPLE_H
#define ML_DATA_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- The bootstrap --------------------------------------------------------------------------------------------------
 */

/* n rows drawn with replacement: a data set that could have been.
 *   row  [n]  out, in the order in which they were drawn; each row of the original is left out with chance (1 - 1/n)^n,
 *             about 37 %
 * Cost:   n draws. n is below 2^32. */
void ml_bootstrap_rows(size_t n, ml_rng *rng, uint32_t *row);

/* What is to be known of a sample: a figure of the rows row[0..n-1] (some twice, some never) of the caller's data. */
typedef double (*ml_statistic)(const void *data, size_t n, const uint32_t *row);

/* An interval for a statistic by the percentile method: it is computed of `rounds` bootstrap samples, and the interval
 * holds the middle `level` of the results. Its ends are interpolated linearly (position q (rounds - 1) of the sorted
 * results).
 *   low, high  out
 * Cost:   rounds times the statistic and n draws; scratch for 4 bytes a row and 16 a round, given back.
 * Errors: ML_EINVAL if n or rounds is 0 or 2^32 and more, the level is not within (0, 1), or a result is NaN;
 *         ML_ENOMEM; outputs untouched.
 * Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13; it is a little too narrow for
 *         small n.   Golden: tests/golden/resample.py, NumPy (percentile). */
ml_status ml_bootstrap_interval(size_t n, ml_statistic statistic, const void *data, size_t rounds, double level,
                                ml_rng *rng, double *low, double *high, ml_arena *arena, ml_error *error);

/* The same for the mean of b - a, where both were measured on the same rows: each sample takes a row's a and b
 * together. a, b  [n]  finite */
ml_status ml_bootstrap_paired(size_t n, const double *a, const double *b, size_t rounds, double level, ml_rng *rng,
                              double *low, double *high, ml_arena *arena, ml_error *error);

/* The middle `level` of m values, ends interpolated linearly.
 *   value  [m]  overwritten: sorted
 * Errors: ML_EINVAL if m is 0 or 2^32 and more, the level is not within (0, 1), or a value is NaN; ML_ENOMEM for
 * scratch of 8 bytes a value; outputs untouched. */
ml_status ml_percentile_interval(size_t m, double *value, double level, double *low, double *high, ml_arena *arena,
                                 ml_error *error);

/* The value at position q (m - 1) of m sorted values, interpolated linearly; m is at least 1, q in [0, 1]. */
double ml_sorted_quantile(size_t m, const double *sorted, double q);

/* --- Even classes ---------------------------------------------------------------------------------------------------
 * * All of these belong behind the split, on training rows only. They move a model's intercept and leave its ranking
 * about where it was, as a threshold does for free. */

/* All n rows, and rows of the smaller classes drawn with replacement until every class has as many as the largest.
 *   label  [n]         below n_classes; a class without rows stays empty
 *   row    [capacity]  out: the rows in order, then those that were drawn, class by class
 *   n_rows             out; set also if capacity is too small for it
 * Errors: ML_EINVAL if a label is out of range, n is 0 or 2^32 and more, or capacity is below *n_rows; ML_ENOMEM for
 *         scratch of 4 bytes a row and 16 a class; row untouched, no draw made. */
ml_status ml_oversample(size_t n, const uint32_t *label, size_t n_classes, ml_rng *rng, size_t capacity, uint32_t *row,
                        size_t *n_rows, ml_arena *arena, ml_error *error);

/* As many rows of each class as the smallest that has any: a simple random sample of each.
 *   row  [n]  out: the first *n_rows, ascending
 * Errors: as above. */
ml_status ml_undersample(size_t n, const uint32_t *label, size_t n_classes, ml_rng *rng, uint32_t *row, size_t *n_rows,
                         ml_arena *arena, ml_error *error);

/* Made-up rows between rows of a class: a row i at random, one of its k nearest neighbours j (Euclidean; of equal
 * distances the lower row), and x_i + u (x_j - x_i) with u uniform in [0, 1).
 *   x     [n x d]     the class's rows, row-major
 *   made  [m x d]     out
 * Cost:   O(n^2 (d + log k)), once; scratch for 4 k n bytes and 16 a row, given back. Three draws for each made row.
 * Errors: ML_EINVAL if n is below 2, k is not 1 to n - 1, d is 0, or a value is not finite; ML_ENOMEM; made untouched,
 *         no draw made.
 * Source: Chawla, Bowyer, Hall and Kegelmeyer 2002, "SMOTE", Journal of Artificial Intelligence Research 16. */
ml_status ml_smote(size_t n, size_t d, const double *x, size_t k, size_t m, ml_rng *rng, double *made, ml_arena *arena,
                   ml_error *error);

#endif
