/* Intervals and tests: how far may a figure be from what more rows would show, and is the better of two models better?
 *
 * Compare models on the same rows and by what the rows have in common (McNemar, DeLong, the paired bootstrap):
 * intervals of each model alone are far too wide for that. Where rows belong together (a user's, a patient's), draw
 * those together. */
#ifndef ML_METRICS_INTERVALS_H
#define ML_METRICS_INTERVALS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"
#include "data/resample.h"
#include "metrics/curves.h"

/* A figure and how sure it is. */
typedef struct ml_estimate {
    double value;          /* of the rows there are */
    double standard_error; /* the standard deviation that it would have over other rows of the same kind */
    double low, high;      /* the interval */
    size_t rounds;         /* of a bootstrap, the samples of which the figure has a value; else 0 */
} ml_estimate;

/* --- Shares and means --------------------------------------------------------------------------------------------- */

typedef enum ml_share_method {
    ML_SHARE_WILSON, /* holds the truth about as often as it says, also of few rows and near 0 and 1: the one to take */
    ML_SHARE_WALD,   /* p ± z sqrt(p(1 - p)/n), cut at 0 and 1: the textbook's; of width 0 for none and for all */
    ML_SHARE_EXACT,  /* Clopper and Pearson: never holds it less often than it says, at the price of width */
} ml_share_method;

/* An interval of a share, `hits` of n, such as accuracy, recall or a click rate; within [0, 1].
 *   level      of confidence, such as 0.95
 *   low, high  out
 * Errors: ML_EINVAL if n is 0, hits are above n, the level is not within (0, 1), or the method is unknown; untouched.
 * Source: Wilson 1927, JASA 22(158); Clopper and Pearson 1934, Biometrika 26(4); which to take: Brown, Cai and DasGupta
 *         2001, Statistical Science 16(2).   Golden: tests/golden/intervals.py, statsmodels proportion_confint. */
ml_status ml_share_interval(size_t hits, size_t n, double level, ml_share_method method, double *low, double *high,
                            ml_error *error);

/* The mean of n values and its interval by Student's t.
 *   value  [n]  finite
 * Errors: ML_EINVAL if n is below 2, a value is not finite, or the level is not within (0, 1); untouched.
 * Source: Student 1908, Biometrika 6(1).   Golden: tests/golden/intervals.py, SciPy t.interval. */
ml_status ml_mean_interval(size_t n, const double *value, double level, ml_estimate *mean, ml_error *error);

/* Fisher's exact test: the chance that two shares are as unlike as hits_a of n_a and hits_b of n_b or more so, if all
 * these hits fell on all these rows at random. Two-sided: all tables that are no likelier than this one. 1 without
 * rows; 0 where it is below about 1e-300.
 * Cost:   about 40 standard deviations of the table's first count, in multiplications; no memory.
 * Errors: ML_EINVAL if there are more hits than rows, or 2^53 rows and more; untouched.
 * Source: Fisher 1935, JRSS 98(1).   Golden: tests/golden/intervals.py, SciPy fisher_exact. */
ml_status ml_fisher_exact(size_t hits_a, size_t n_a, size_t hits_b, size_t n_b, double *p, ml_error *error);

/* --- Two models on the same rows: right or wrong ------------------------------------------------------------------ */

/* Only the rows on which one of them is right tell the two apart. */
typedef struct ml_mcnemar {
    size_t only_a, only_b; /* rows on which only that one is right */
    double p_exact;        /* two-sided, of a fair coin thrown only_a + only_b times; always valid */
    double chi_squared;    /* (|only_a - only_b| - 1)^2 / (only_a + only_b), with Edwards' correction; 0 if equal */
    double p_chi_squared;  /* with one degree of freedom; good from about 25 such rows on */
} ml_mcnemar;

/* McNemar's test of the two counts; both p are 1 where both are 0.
 * Source: McNemar 1947, Psychometrika 12(2); Edwards 1948, Psychometrika 13(3); for classifiers: Dietterich 1998,
 *         Neural Computation 10(7).   Golden: tests/golden/intervals.py, statsmodels mcnemar (which gives equal counts
 *         1/(only_a + only_b) as chi-squared). */
ml_mcnemar ml_mcnemar_of(size_t only_a, size_t only_b);

/* The same from rows.   right_a, right_b  [n]  1 where that model is right, else 0.
 * Errors: ML_EINVAL if n is 0 or a value is above 1; untouched. */
ml_status ml_mcnemar_of_rows(size_t n, const uint8_t *right_a, const uint8_t *right_b, ml_mcnemar *test,
                             ml_error *error);

/* --- AUC ---------------------------------------------------------------------------------------------------------- */

/* The AUC (as ml_metric_auc), its standard error and p ± z s interval, cut at 0 and 1. An AUC of exactly 0 or 1 has a
 * standard error of 0, which says that there are too few rows, not that it is certain.
 *   score  [n]  finite      label  [n]  0 or 1, at least two of each
 *   auc         out
 * Cost:   O(n log n); scratch for 16 bytes a row, given back.
 * Errors: ML_EINVAL if a score is not finite, a label is above 1, a class has fewer than two rows, the level is not
 *         within (0, 1), or n is 2^32 or more; ML_ENOMEM; untouched.
 * Source: DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44(3); from one sort: Sun and Xu 2014, IEEE Signal
 *         Processing Letters 21(11).   Golden: tests/golden/intervals.py, all pairs in NumPy. */
ml_status ml_delong(size_t n, const double *score, const uint8_t *label, double level, ml_estimate *auc,
                    ml_arena *arena, ml_error *error);

/* The AUC of b less that of a, two scores of the same rows, and the test of no difference.
 *   z, p  out: the difference in standard errors, and its two-sided p; 0 and 1 where the two never differ
 * Cost and errors: as above; scratch for 24 bytes a row. */
ml_status ml_delong_difference(size_t n, const double *score_a, const double *score_b, const uint8_t *label,
                               double level, ml_estimate *difference, double *z, double *p, ml_arena *arena,
                               ml_error *error);

/* --- Any figure: the bootstrap ------------------------------------------------------------------------------------ */

typedef enum ml_bootstrap_method {
    ML_BOOTSTRAP_PERCENTILE, /* the middle of the samples' figures */
    ML_BOOTSTRAP_BASIC,      /* the same, mirrored at the figure: their errors are taken off, not put on */
    ML_BOOTSTRAP_BCA,        /* the percentiles moved by the samples' bias and by the skew of leaving a row out */
} ml_bootstrap_method;

typedef struct ml_bootstrap {
    size_t rounds; /* samples; 1,000 at least for an interval of 95 % */
    double level;  /* such as 0.95 */
    ml_bootstrap_method method;
    const uint32_t *group; /* [n] below `groups`: rows of a group are drawn together; NULL: each row by itself */
    size_t groups;         /* some may be empty */
} ml_bootstrap;

/* The figure, its standard error and its interval.
 *   figure, data  as in data/resample.h; it receives all rows, in order, and then rows that were drawn. Where it has no
 *                 value, as AUC has none without a positive, it returns NaN: such samples are left out
 *   estimate      out
 * Cost:   rounds times the figure and n draws, for BCa n (or groups) times the figure more; scratch for 4 bytes a row
 *         and 16 a round, with groups also 16 a group, and for as many rows as if all groups were as large as the
 *         largest; given back.
 * Errors: ML_EINVAL if n or rounds is 0 or 2^32 and more, the level is not within (0, 1), the method is unknown, a
 *         group is out of range, or the figure is not finite of all rows or of more than half of the samples; for BCa
 *         also if it is not without one of the rows (or groups), or all samples lie on one side of it; ML_ENOMEM;
 *         untouched.
 * Source: Efron and Tibshirani 1993, chapters 13 and 14; Efron 1987, JASA 82(397) (BCa); by groups: Davison and Hinkley
 *         1997, "Bootstrap Methods and their Application", section 3.8.
 * Golden: tests/golden/intervals.py, SciPy bootstrap on the same samples. */
ml_status ml_bootstrap_figure(size_t n, ml_statistic figure, const void *data, const ml_bootstrap *how, ml_rng *rng,
                              ml_estimate *estimate, ml_arena *arena, ml_error *error);

/* The figure of b less that of a, each sample taking the same rows for both: is b really better?
 *   a, b  what `figure` takes as data, of two models on the same n rows
 * Otherwise as above. */
ml_status ml_bootstrap_difference(size_t n, ml_statistic figure, const void *a, const void *b, const ml_bootstrap *how,
                                  ml_rng *rng, ml_estimate *estimate, ml_arena *arena, ml_error *error);

/* Figures ready for the bootstrap and for slices: of labels 0 and 1 and scores. */
typedef enum ml_scored_figure {
    ML_SCORED_ACCURACY, /* these four: positive where score >= threshold; NaN where their denominator is 0 */
    ML_SCORED_PRECISION,
    ML_SCORED_RECALL,
    ML_SCORED_F1,
    ML_SCORED_LOG_LOSS, /* these two: the score is a probability; as ml_metric_log_loss and ml_brier */
    ML_SCORED_BRIER,
    ML_SCORED_AUC, /* these two: NaN where a class is missing */
    ML_SCORED_AVERAGE_PRECISION,
} ml_scored_figure;

typedef struct ml_scored {
    size_t n;
    const double *score;  /* [n] */
    const uint8_t *label; /* [n] */
    double threshold;
    ml_scored_figure figure;
    uint32_t *order, *times; /* [n] of the two by rank: rows by rising score; how often each is drawn */
    ml_curve curve;          /* and where their curves are made */
} ml_scored;

/* Makes it ready.
 *   score      [n]  finite, stays the caller's; in [0, 1] for log loss and Brier
 *   label      [n]  0 or 1, stays the caller's
 *   threshold       of the first four, otherwise not read
 *   rows            out; what it holds of the arena dies with that: 24 n bytes for AUC and average precision, else none
 * Cost:   O(n), for the last two O(n log n).
 * Errors: ML_EINVAL if n is 0 or 2^32 and more, a score or label is out of range, the threshold is NaN, or the figure
 *         is unknown; ML_ENOMEM; untouched. */
ml_status ml_scored_init(ml_scored *rows, size_t n, const double *score, const uint8_t *label, ml_scored_figure figure,
                         double threshold, ml_arena *arena, ml_error *error);

/* The figure of some of the rows, with data an ml_scored.   Cost: O(n), also of AUC and average precision. */
double ml_scored_statistic(const void *scored, size_t n, const uint32_t *row);

/* The same of numbers. */
typedef enum ml_numbers_figure { ML_NUMBERS_RMSE, ML_NUMBERS_MAE, ML_NUMBERS_R2 } ml_numbers_figure;

typedef struct ml_numbers {
    const double *truth, *predicted; /* finite */
    ml_numbers_figure figure;
} ml_numbers;

/* With data an ml_numbers; as metrics/regression.h, but R2 of a constant truth is NaN. */
double ml_numbers_statistic(const void *numbers, size_t n, const uint32_t *row);

/* The paired bootstrap of two accuracies as a challenge writes it, alone in its file: percentiles of mean(ok_b) -
 * mean(ok_a) over B samples of n rows by ml_rng_seed(seed, 0), interpolated linearly.
 *   ok_a, ok_b  [n]  1 where the model is right, else 0
 * Returns 0; or -1, outputs untouched, if n or B is below 1 or the level is not within (0, 1).
 * Cost:   n B draws for each 10 bits of 2n: the differences are whole numbers, found by counting, without memory. */
int ml_bootstrap_diff(const uint8_t *ok_a, const uint8_t *ok_b, int n, int B, double level, uint64_t seed, double *low,
                      double *high);

#endif
