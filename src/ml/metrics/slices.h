/* Slices: for whom is the model worse than on average? A slice is the rows with one level of a feature (a city, a bin
 * of ages), or with one level of each of two. Looking at many, some look bad by chance: that is what the corrected p is
 * for. Numbers become levels by features/binning.h. */
#ifndef ML_METRICS_SLICES_H
#define ML_METRICS_SLICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/significance.h"
#include "base/status.h"
#include "data/resample.h"

#define ML_NO_FEATURE UINT32_MAX

/* The rows in which `feature` has `level` and, if it is a cross, `feature_2` has `level_2`. */
typedef struct ml_slice {
    uint32_t feature, level;
    uint32_t feature_2, level_2; /* ML_NO_FEATURE and 0: a slice by one feature */
    size_t n;
    double value;      /* the figure of these rows */
    double low, high;  /* its interval */
    double difference; /* less the figure of all rows */
    double p;          /* two-sided, of a slice that is like the other rows */
    double adjusted_p; /* corrected for the number of slices */
} ml_slice;

/* How to slice. */
typedef struct ml_slicing {
    size_t features;
    const uint32_t *const *level; /* [features] of [n]: level[f][i] of row i, below levels[f] */
    const size_t *levels;         /* [features] */
    bool crossed;                 /* also the slices of every two features */
    size_t minimum;               /* rows; smaller slices are only counted. At least 2; 30 is sensible */
    bool higher_is_better;        /* of the figure: which end is the worst */
    double confidence;            /* of the intervals, such as 0.95 */
    ml_correction correction;
} ml_slicing;

typedef struct ml_slices {
    double whole; /* the figure of all rows */
    size_t count;
    ml_slice *slice;      /* [count] the worst first; of equal ones by feature, cross and level */
    size_t too_small;     /* slices with rows, but below the minimum: not looked at */
    size_t without_value; /* large enough, but the figure has no value, as AUC of one class; always 0 for means */
} ml_slices;

/* Slices by the mean of a value of each row: 1 where the model is right and 0 where not (accuracy; of the positives
 * alone: recall), a squared error, a log loss.
 * If all values are 0 or 1, the interval is Wilson's and p of Fisher's exact test of the slice against all other rows;
 * otherwise they are Student's and Welch's, where p is 1 if fewer than two other rows are left to compare with.
 *   value   [n]  finite
 *   slices  out; its slices are the arena's
 * Cost:   O(n + levels) for each feature and cross, and for values of 0 and 1 Fisher's test of each slice; a sort of
 *         them; 72 bytes a slice, and scratch for 12 bytes a row, 4 for each level or cross of levels and 88 a slice,
 *         given back.
 * Errors: ML_EINVAL if n or features is 0, n is 2^32 or more, a level is out of range, the minimum is below 2, the
 *         confidence is not within (0, 1), the correction is unknown, a value is not finite or too large to square;
 *         ML_ENOMEM; untouched.
 * Source: Chung et al. 2019, "Slice Finder", ICDE (slices by Welch's test); Fisher 1935.
 * Golden: tests/golden/slices.py, SciPy ttest_ind and fisher_exact, statsmodels proportion_confint, multipletests. */
ml_status ml_slices_of_values(size_t n, const double *value, const ml_slicing *how, ml_slices *slices, ml_arena *arena,
                              ml_error *error);

/* Slices by any figure of rows, as AUC by ml_scored_statistic: its interval is the bootstrap's percentiles within the
 * slice, and p the share of random sets of as many rows, without replacement from all, whose figure is as far from that
 * of all rows. The slice itself counts as one more, so that p is at least 1/(rounds + 1): to find one of k slices at a
 * level alpha takes more than k/alpha rounds.
 *   figure, data  as in data/resample.h; NaN where it has no value: such slices are left out, and counted
 *   rounds        for each slice, at least 1
 * Cost:   for each slice, twice `rounds` times the figure of its rows; scratch for 12 bytes a row and 16 a round more.
 * Errors: as above but for the value, and ML_EINVAL if rounds is 0 or the figure of all rows is not finite; ML_ENOMEM;
 *         untouched.
 * Source: Good 2005, "Permutation, Parametric and Bootstrap Tests of Hypotheses", chapter 3. */
ml_status ml_slices_of_figure(size_t n, ml_statistic figure, const void *data, const ml_slicing *how, size_t rounds,
                              ml_rng *rng, ml_slices *slices, ml_arena *arena, ml_error *error);

#endif
