/* Scaling: columns of any unit become comparable.
 *
 * Who cares: descent by gradients, distances, whatever has a penalty. Who does not: trees, least squares without a
 * penalty. Shifting and scaling change nothing that a linear model can say; a logarithm does. */
#ifndef ML_FEATURES_SCALING_H
#define ML_FEATURES_SCALING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

typedef enum ml_scaling {
    ML_SCALE_NONE,         /* centre 0, scale 1 */
    ML_SCALE_STANDARD,     /* mean, population standard deviation */
    ML_SCALE_MIN_MAX,      /* least value, range: training values lie in [0, 1] */
    ML_SCALE_ROBUST,       /* median, distance of the quartiles (by linear interpolation) */
    ML_SCALE_DEVIATION,    /* 0, population standard deviation: not centred */
    ML_SCALE_LOG,          /* ln(1 + x), neither centred nor scaled */
    ML_SCALE_LOG_STANDARD, /* ln(1 + x), then standard */
} ml_scaling;

/* What was learned about a column: x becomes (x - centre)/scale, with ln(1 + x) for x if `log`. */
typedef struct ml_scaler {
    double centre, scale; /* the scale is above 0 */
    bool log;
} ml_scaler;

/* Learns from training rows, over the values that are there. A spread of 0, as of a constant column, gives scale 1; a
 * column without a value centre 0 and scale 1.
 *   x       [n x d]  finite or NaN; under the logarithm above -1
 *   scaler  [d]      out; untouched on error
 * Cost:   O(n d), two passes, so that a large mean does not eat the spread; robust O(d n log n). Scratch of 2n doubles.
 * Errors: ML_EINVAL if n or d is 0, the kind is unknown, a value is infinite, at most -1 under a logarithm, or so large
 *         that the spread overflows. ML_ENOMEM.
 * Source: Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", section 3.4; two passes: Chan, Golub
 *         and LeVeque 1983, The American Statistician 37(3).
 * Golden: tests/golden/features.py, scikit-learn StandardScaler, MinMaxScaler, RobustScaler; NumPy. */
ml_status ml_scaler_fit(ml_scaling kind, size_t n, size_t d, const double *x, ml_scaler *scaler, ml_arena *arena,
                        ml_error *error);

/* Scales rows, each by itself.
 *   x    [n x d]  NaN stays missing; so does, under a logarithm, what is -1 or less
 *   out  [n x d]  may be x
 * Cost:   O(n d). n may be 0. */
void ml_scaler_apply(size_t d, const ml_scaler *scaler, size_t n, const double *x, double *out);

/* The way back: out = x scale + centre, and exp(.) - 1 of it under a logarithm. out [n x d] may be x. */
void ml_scaler_invert(size_t d, const ml_scaler *scaler, size_t n, const double *x, double *out);

/* A map by ranks: each column becomes uniform on [0, 1], or normal, whatever its law was. */
typedef struct ml_quantile_map {
    size_t d, n_quantiles;
    bool normal;
    double *quantile; /* [d x n_quantiles] ascending; the arena's */
} ml_quantile_map;

/* Learns the quantiles at 0, 1/(n_quantiles - 1), ..., 1 of each column, over the values that are there; a column
 * without any maps everything to the middle.
 *   n_quantiles  2 to 65,536; more than there are rows is of no use
 *   map          out; its array is the arena's; untouched on error
 * Cost:   O(d n log n); scratch of 2n doubles, given back.
 * Errors: ML_EINVAL if n or d is 0, n_quantiles is out of range, or a value is infinite; ML_ENOMEM.
 * Golden: tests/golden/features.py, scikit-learn QuantileTransformer (its quantiles are those of all rows up to its
 *         `subsample`). */
ml_status ml_quantile_map_fit(size_t n, size_t d, const double *x, size_t n_quantiles, bool normal,
                              ml_quantile_map *map, ml_arena *arena, ml_error *error);

/* Between two quantiles linearly; a value that several quantiles share gets the middle of their shares, those at and
 * beyond the ends 0 or 1. A normal map clips shares to [1e-7, 1 - 1e-7], that is to 5.2 standard deviations.
 *   x  [n x d]  NaN stays missing; infinities go to the ends    out [n x d]  may be x
 * Cost:   O(n d log n_quantiles). */
void ml_quantile_map_apply(const ml_quantile_map *map, size_t n, const double *x, double *out);

#endif
