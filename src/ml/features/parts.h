/* What the functions of this module share. Not public. */
#ifndef ML_FEATURES_PARTS_H
#define ML_FEATURES_PARTS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

/* n and d above 0 and n below 2^32; each of x [n x d] finite or NaN. */
ml_status ml_features_check(size_t n, size_t d, const double *x, ml_error *error);

/* Each of x [n x d] finite or NaN, n may be 0. */
ml_status ml_features_check_values(size_t n, size_t d, const double *x, ml_error *error);

/* Copies what is there of column j of x [n x d] to value [n]; returns how many. */
size_t ml_features_present(size_t n, size_t d, size_t j, const double *x, double *value);

/* The quantile of n sorted values at a share in [0, 1], by linear interpolation between the ranks share (n - 1), as
 * NumPy's and Hyndman and Fan's seventh. n above 0. */
double ml_features_quantile(size_t n, const double *sorted, double share);

/* The mean of n values, n above 0; where they are all alike that very value, which a rounded sum need not give. */
double ml_features_mean(size_t n, const double *value);

ml_status ml_features_no_memory(const char *what, size_t n, size_t d, ml_error *error);

#endif
