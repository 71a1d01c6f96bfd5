/* Missing values: what to put in their place, and to say that it was put there.
 *
 * For prediction, fill with what training rows say and keep an indicator: that a value is missing often knows more than
 * the fill. For estimates of means, spreads and correlations, filling with one number shrinks the spread; see
 * van Buuren 2018, "Flexible Imputation of Missing Data". */
#ifndef ML_FEATURES_IMPUTING_H
#define ML_FEATURES_IMPUTING_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

typedef enum ml_fill {
    ML_FILL_CONSTANT,      /* a number of the caller's choice */
    ML_FILL_MEAN,
    ML_FILL_MEDIAN,        /* of an even number of values the middle of the two in the middle */
    ML_FILL_MOST_FREQUENT, /* of equally frequent ones the least */
} ml_fill;

/* Learns one number a column from training rows, over the values that are there. A column without any gets `constant`.
 *   x         [n x d]  finite or NaN
 *   constant  finite
 *   fill      [d]      out; untouched on error
 * Cost:   O(n d); by median or frequency O(d n log n). Scratch of 2n + d doubles.
 * Errors: ML_EINVAL if n or d is 0, the kind is unknown, a value or the constant is not finite (NaN of x is missing),
 *         or a sum overflows. ML_ENOMEM.
 * Golden: tests/golden/features.py, scikit-learn SimpleImputer. */
ml_status ml_fill_fit(ml_fill kind, double constant, size_t n, size_t d, const double *x, double *fill, ml_arena *arena,
                      ml_error *error);

/* out = x, with fill[j] where x is missing.   x, out [n x d], out may be x.   Cost: O(n d). n may be 0. */
void ml_fill_apply(size_t d, const double *fill, size_t n, const double *x, double *out);

/* out [n x d]: 1 where x is missing, else 0; may be x. */
void ml_missing_indicator(size_t d, size_t n, const double *x, double *out);

/* The mean of the k nearest training rows that have the value (fewer, if fewer have it). Distances are over the columns
 * that both rows have, scaled up for those that they do not: sqrt(d/shared sum of squares); at equal distance the lower
 * row comes first. Where no row that has the value shares a column, the column's mean over the training rows stands in;
 * 0 for a column without any value. Scale first: distances know no units.
 *   train  [n_train x d]  finite or NaN; what it "learns" is these rows
 *   k      at least 1
 *   x      [n x d]        finite or NaN;  out [n x d], may be x; untouched on error
 * Cost:   O(n_train d) a row with holes, and O(n_train log k) a hole; scratch of 2 (n_train + d) doubles and k indices.
 * Errors: ML_EINVAL if n_train, d or k is 0 or a value is infinite. ML_ENOMEM.
 * Source: Troyanskaya et al. 2001, "Missing value estimation methods for DNA microarrays", Bioinformatics 17(6).
 * Golden: tests/golden/features.py, scikit-learn KNNImputer (n_neighbors = k). */
ml_status ml_knn_impute(size_t n_train, size_t d, const double *train, size_t k, size_t n, const double *x, double *out,
                        ml_arena *arena, ml_error *error);

#endif
