/* Calibration: of the rows that were given 0.7, do seven in ten happen? How far from it, and three repairs, which are
 * fitted on rows that the model has not seen. */
#ifndef ML_METRICS_CALIBRATION_H
#define ML_METRICS_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* --- How far off -------------------------------------------------------------------------------------------------- */

/* The Brier score: the mean squared error of the probabilities, in [0, 1]. As log loss it is least, on average, for the
 * true probabilities.
 *   probability  [n]  in [0, 1]      label  [n]  0 or 1
 * Errors: ML_EINVAL if n is 0, a probability is outside [0, 1] or NaN, or a label is above 1; untouched.
 * Source: Brier 1950, Monthly Weather Review 78(1).   Golden: tests/golden/calibration.py, scikit-learn. */
ml_status ml_brier(size_t n, const double *probability, const uint8_t *label, double *brier, ml_error *error);

typedef enum ml_binning {
    ML_BINS_EQUAL_WIDTH, /* bin min(floor(p bins), bins - 1) */
    ML_BINS_EQUAL_MASS,  /* bin b holds the sorted rows floor(b n / bins) up to floor((b + 1) n / bins) */
} ml_binning;

/* One bin of a reliability diagram; without rows all is 0. */
typedef struct ml_reliability_bin {
    size_t n;
    double mean_probability; /* what was said */
    double share_positive;   /* what happened */
} ml_reliability_bin;

/* The reliability diagram.
 *   probability  [n]     in [0, 1]      label  [n]  0 or 1
 *   order        [2n]    scratch for equal mass, the caller's; may be NULL for equal width
 *   bin          [bins]  out
 * Cost:   O(n + bins), for equal mass O(n log n + bins).
 * Errors: ML_EINVAL if n or bins is 0, a probability is outside [0, 1] or NaN, a label is above 1, or the binning is
 *         unknown; untouched.
 * Source: Niculescu-Mizil and Caruana 2005, ICML.   Golden: tests/golden/calibration.py, scikit-learn
 *         calibration_curve (equal width). */
ml_status ml_reliability(size_t n, const double *probability, const uint8_t *label, size_t bins, ml_binning binning,
                         uint32_t *order, ml_reliability_bin *bin, ml_error *error);

/* Expected calibration error, sum of (n_b / n) |mean p - share positive|, and the largest of these gaps (MCE). Of a
 * perfect model the first is about 1/sqrt(n) and not 0: compare at equal n and bins. NaN if all bins are empty.
 * Source: Naeini, Cooper and Hauskrecht 2015, AAAI.   Golden: tests/golden/calibration.py, NumPy. */
double ml_ece(size_t bins, const ml_reliability_bin *bin);
double ml_mce(size_t bins, const ml_reliability_bin *bin);

/* ECE as a challenge writes it, alone in its file: equal width; -1 if n or bins is below 1, or a p is outside [0, 1] or
 * NaN. y is 0 or 1.   Cost: O(n (1 + bins / 64)), without memory. */
double ml_expected_calibration_error(const double *p, const uint8_t *y, int n, int bins);

/* --- Repairs ------------------------------------------------------------------------------------------------------ */

/* Temperature: the T for which sigmoid(z / T) has the least log loss. One number; ranks and answers at 0.5 stay.
 *   logit  [n]  finite      label  [n]  0 or 1
 *   temperature  out, from e^-4 to e^4: at an end if the best is beyond, as where logits tell the classes apart
 * Cost:   60 n exponentials.
 * Errors: ML_EINVAL if n is 0, a logit is not finite, or a label is above 1; untouched.
 * Source: Guo et al. 2017, ICML. The loss is convex in 1/T: the root of its slope is found by halving.
 * Golden: tests/golden/calibration.py, SciPy brentq. */
ml_status ml_temperature_fit(size_t n, const double *logit, const uint8_t *label, double *temperature, ml_error *error);

/* The same for softmax(z / T).   logit  [n x k]  finite;  truth  [n]  below k.   Cost: 60 n k exponentials.
 * Errors: as above, or a class is out of range. */
ml_status ml_temperature_fit_classes(size_t n, size_t k, const double *logit, const uint32_t *truth,
                                     double *temperature, ml_error *error);

/* Platt's scaling: sigmoid(slope z + intercept) with the least log loss, for targets moved in from 0 and 1:
 * (N+ + 1)/(N+ + 2) and 1/(N- + 2). With constant scores the slope is 0.
 *   score  [n]  finite, any scale
 * Cost:   up to ML_PLATT_MAX_ITERATIONS Newton steps of n exponentials; about 6 are usual.
 * Errors: ML_EINVAL if n is 0, a score is not finite, or a label is above 1; ML_EDIVERGED if the limit is reached
 *         (scores of wild range); untouched.
 * Source: Platt 1999; Lin, Lin and Weng 2007, Machine Learning 68(3).
 * Golden: tests/golden/calibration.py, SciPy root; scikit-learn's _SigmoidCalibration within its own tolerance. */
enum { ML_PLATT_MAX_ITERATIONS = 100 };
ml_status ml_platt_fit(size_t n, const double *score, const uint8_t *label, double *slope, double *intercept,
                       ml_error *error);

/* A rising staircase: within block i, from first[i] to last[i], the value is value[i]; linear between blocks, constant
 * beyond the ends. */
typedef struct ml_isotonic {
    size_t blocks;
    double *first, *last, *value; /* [blocks], rising */
} ml_isotonic;

/* Isotonic regression: the rising function with the least squared error, by pooling adjacent violators.
 *   x       [n]  finite; equal ones are pooled first      y  [n]  finite, such as labels 0 and 1
 *   weight  [n]  above 0, finite; NULL: all 1
 *   fit          out; its arrays are the arena's
 * Cost:   O(n log n); 24 bytes a row, and scratch for 16 more, given back.
 * Errors: ML_EINVAL if n is 0 or 2^32 or more, a value is not finite, or a weight is not above 0; ML_ENOMEM; untouched.
 * Source: Ayer et al. 1955, Annals of Mathematical Statistics 26(4); Zadrozny and Elkan 2002, KDD (for calibration).
 * Golden: tests/golden/calibration.py, scikit-learn IsotonicRegression (out_of_bounds="clip"). */
ml_status ml_isotonic_fit(size_t n, const double *x, const double *y, const double *weight, ml_isotonic *fit,
                          ml_arena *arena, ml_error *error);

/* Its value at x; NaN at NaN.   Cost: O(log blocks). */
double ml_isotonic_apply(const ml_isotonic *fit, double x);

#endif
