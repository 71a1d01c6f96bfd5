/* Made-up data with a known truth, beyond the two-dimensional shapes of data.h: numbers to predict, categories, rare
 * classes, streams that drift, and arrivals. */
#ifndef ML_DATA_GENERATORS_H
#define ML_DATA_GENERATORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- Regression --------------------------------------------------------------------------------------------------- */

/* y = x . coefficient + noise N(0, 1): features and coefficients are standard normal, and a share of the rows is moved
 * by `outlier_size` up or down, as a slip of the pen would.
 *   coefficient  [d]      out
 *   x            [n x d]  out, row-major
 *   y            [n]      out
 * A row's features and the coefficients do not depend on the noise or the outliers: turning these up moves y alone.
 * Cost:   O(n d).
 * Errors: ML_EINVAL if n or d is 0, noise or outlier_size is negative or not finite, or the share is not in [0, 1];
 *         outputs untouched, no draw made. */
ml_status ml_data_make_regression(size_t n, size_t d, double noise, double outlier_share, double outlier_size,
                                  ml_rng *rng, double *coefficient, double *x, double *y, ml_error *error);

/* --- Many categories ---------------------------------------------------------------------------------------------- */

/* Zipf's law: rank k, from 0, is drawn with probability in proportion to 1 / (k + 1)^exponent. */
typedef struct ml_zipf {
    size_t n;
    double *cumulative; /* [n] the probability of this rank or a lower one; the last is 1 */
} ml_zipf;

/* Builds the table in the arena. An exponent of 0 makes all ranks alike.
 * Cost:   O(n); 8 bytes a rank.
 * Errors: ML_EINVAL if n is 0 or 2^32 and more, or the exponent is not in [0, 10]; ML_ENOMEM; zipf untouched.
 * Source: Zipf 1949, "Human Behavior and the Principle of Least Effort". */
ml_status ml_zipf_init(size_t n, double exponent, ml_arena *arena, ml_zipf *zipf, ml_error *error);

/* A rank. Cost: one draw and a binary search. */
size_t ml_zipf_draw(const ml_zipf *zipf, ml_rng *rng);

/* A category each row, of Zipf's law, and a label that depends on nothing else: each category has an effect
 * N(0, spread^2), and the label is 1 with chance sigmoid(effect).
 *   effect  [zipf->n]  out
 *   code    [n]        out: ranks
 *   label   [n]        out
 * Errors: ML_EINVAL if n is 0 or the spread is negative or not finite; outputs untouched, no draw made. */
ml_status ml_data_make_categories(size_t n, const ml_zipf *zipf, double spread, ml_rng *rng, double *effect,
                                  uint32_t *code, uint8_t *label, ml_error *error);

/* --- A rare class ------------------------------------------------------------------------------------------------- */

/* Exactly floor(share n + 1/2) positives 0.8 N(0, I) + (distance, distance / 2, 0 ...) among negatives N(0, I), in
 * random order.
 *   x      [n x d]  out, row-major
 *   label  [n]      out
 * Errors: ML_EINVAL if n or d is 0, the share is not in [0, 1] or the distance is not finite; outputs untouched, no
 *         draw made. */
ml_status ml_data_make_imbalanced(size_t n, size_t d, double share, double distance, ml_rng *rng, double *x,
                                  uint8_t *label, ml_error *error);

/* --- Streams that drift ---------------------------------------------------------------------------------------------
 */

typedef enum ml_drift_kind {
    ML_DRIFT_SUDDEN,      /* from row `start` on everything is new */
    ML_DRIFT_GRADUAL,     /* over `length` rows the new comes ever more often */
    ML_DRIFT_INCREMENTAL, /* over `length` rows the old turns into the new by small steps */
    ML_DRIFT_RECURRING,   /* from `start` on new and old take turns, `length` rows each, the new first */
} ml_drift_kind;

/* Points N(0, I) in the plane; the label is 1 on one side of a line through the origin. What drifts is the line (the
 * concept: angle) or where points lie (the covariates: shift), or both. */
typedef struct ml_drift_stream {
    ml_drift_kind kind;
    uint64_t start, length; /* rows; the length is at least 1 */
    double angle;           /* by how much the line turns, in radians */
    double shift;           /* by how much all points move along the first axis */
    double flipped;         /* chance that a label is wrong, all the time */
    uint64_t row;           /* rows so far; 0 at first */
} ml_drift_stream;

/* The next row. Returns how much of the new was in force, 0 to 1: the chance of it where the drift is gradual.
 *   x  [2]  out
 * Source: Gama and others 2014, "A survey on concept drift adaptation", ACM Computing Surveys 46(4), figure 2. */
double ml_drift_next(ml_drift_stream *stream, ml_rng *rng, double *x, uint8_t *label);

/* --- Arrivals -------------------------------------------------------------------------------------------------------
 */

typedef enum ml_arrivals_kind {
    ML_ARRIVALS_REGULAR, /* one every 1 / rate */
    ML_ARRIVALS_POISSON, /* independent of one another */
    ML_ARRIVALS_BURSTY,  /* Poisson at two rates that take turns for exponential times (MMPP); the quiet one first */
    ML_ARRIVALS_DIURNAL, /* Poisson at rate (1 - swing cos(2 pi t / period)): least at time 0 */
} ml_arrivals_kind;

typedef struct ml_arrivals_settings {
    ml_arrivals_kind kind;
    double rate;                  /* per unit of time; above 0. Of bursty ones ignored */
    double quiet_rate, busy_rate; /* bursty: 0 or more, one of them above 0 */
    double quiet_mean, busy_mean; /* bursty: mean lengths of the two states, above 0 */
    double swing;                 /* diurnal: 0 to 1 */
    double period;                /* diurnal: above 0 */
} ml_arrivals_settings;

typedef struct ml_arrivals {
    ml_arrivals_settings settings;
    double now;      /* the time of the last arrival */
    double switches; /* bursty: when the state ends */
    int32_t is_busy;
} ml_arrivals;

/* Arrivals from time 0 on. A bursty process draws the length of its first state here.
 * Errors: ML_EINVAL if a setting that applies is out of range or not finite, a quiet and a busy time bring fewer than
 *         1e-6 arrivals on average, or a period more than 1e9 (the next one would be sought for ever); arrivals
 *         untouched, no draw made. */
ml_status ml_arrivals_init(const ml_arrivals_settings *settings, ml_rng *rng, ml_arrivals *arrivals, ml_error *error);

/* The time of the next arrival, later than or at the one before.
 * Source: Lewis and Shedler 1979, "Simulation of nonhomogeneous Poisson processes by thinning", Naval Research
 *         Logistics 26(3); Fischer and Meier-Hellstern 1993, "The Markov-modulated Poisson process cookbook",
 *         Performance Evaluation 18(2). */
double ml_arrivals_next(ml_arrivals *arrivals, ml_rng *rng);

#endif
