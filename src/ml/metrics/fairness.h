/* Fairness: the same figures for each group of people, with how sure they are, and how far apart the groups are.
 *
 * Where groups differ in how common positives are, an imperfect score cannot give them equal precision, equal true
 * positive rates and equal false positive rates at once (Chouldechova 2017, Big Data 5(2); Kleinberg, Mullainathan and
 * Raghavan 2017, ITCS): say which one is owed to whom. The largest gap of many small groups is large by chance alone:
 * read it with the intervals. */
#ifndef ML_METRICS_FAIRNESS_H
#define ML_METRICS_FAIRNESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "metrics/classification.h"

/* A share of rows, and Wilson's interval of it. Of no rows the value is NaN and the interval all of [0, 1]. */
typedef struct ml_share {
    size_t hits, n;
    double value, low, high;
} ml_share;

/* What one group meets. */
typedef struct ml_group_figures {
    size_t n;
    ml_counts counts;
    ml_share selection;           /* flagged, of all: what demographic parity compares */
    ml_share true_positive_rate;  /* flagged, of the positives: equal opportunity */
    ml_share false_positive_rate; /* flagged, of the negatives: with the last, equalised odds */
    ml_share precision;           /* positive, of the flagged: predictive parity */
    ml_share accuracy;            /* right, of all */
} ml_group_figures;

/* The figures of each group.
 *   truth, predicted  [n]       0 or 1; 1 is what is being given out, or held against someone
 *   group             [n]       below `groups`
 *   level                       of the intervals, such as 0.95
 *   each              [groups]  out; a group without rows has counts of 0 and rates of no rows
 * Cost:   O(n + groups).
 * Errors: ML_EINVAL if n is 0, a value is above 1, a group is out of range, or the level is not within (0, 1);
 *         untouched.
 * Golden: tests/golden/fairness.py, scikit-learn by group, statsmodels proportion_confint. */
ml_status ml_figures_of_groups(size_t n, const uint8_t *truth, const uint8_t *predicted, const uint32_t *group,
                               size_t groups, double level, ml_group_figures *each, ml_error *error);

/* How far a rate of the groups is apart. A group of which it has no value (no positives, for one) is left out, where
 * Fairlearn counts a rate of 0. With no group left both figures are NaN; with one, 0 and 1. */
typedef struct ml_gap {
    double difference;        /* the highest less the lowest: 0 is parity */
    double ratio;             /* the lowest by the highest: 1 is parity; 1 too if all are 0 */
    uint32_t lowest, highest; /* the groups, of equal ones the first */
} ml_gap;

typedef struct ml_fairness {
    ml_gap selection;           /* demographic parity */
    ml_gap true_positive_rate;  /* equal opportunity */
    ml_gap false_positive_rate;
    ml_gap precision;           /* predictive parity */
    ml_gap accuracy;
    double odds_difference; /* equalised odds: the larger difference of true and false positive rates, */
    double odds_ratio;      /* and the smaller of their ratios; NaN where one of the two has none */
} ml_fairness;

/* The gaps of these groups.   each  [groups]  as above.   Cost: O(groups).
 * Source: Hardt, Price and Srebro 2016, NeurIPS (opportunity, odds); Dwork et al. 2012, ITCS (demographic parity).
 * Golden: tests/golden/fairness.py, Fairlearn's demographic_parity_*, equal_opportunity_* and equalized_odds_*, written
 *         out in NumPy. */
ml_fairness ml_fairness_of(size_t groups, const ml_group_figures *each);

/* Calibration within a group: of those who were given 0.7, do seven in ten happen, whichever group they are of? */
typedef struct ml_group_calibration {
    double mean_probability; /* what was said, on average; NaN without rows */
    ml_share positive;        /* what happened */
    double ece;              /* as ml_ece, of `bins` bins of equal width; larger by chance in a small group */
} ml_group_calibration;

/* The calibration of each group.
 *   probability  [n]       in [0, 1]      truth, group  [n], level  as above
 *   each         [groups]  out
 * Cost:   O(n + groups bins); scratch for 24 bytes a group and bin, given back.
 * Errors: as above, and ML_EINVAL if a probability is outside [0, 1] or NaN, or bins is 0; ML_ENOMEM; untouched.
 * Golden: tests/golden/fairness.py, NumPy. */
ml_status ml_calibration_of_groups(size_t n, const double *probability, const uint8_t *truth, const uint32_t *group,
                                   size_t groups, size_t bins, double level, ml_group_calibration *each,
                                   ml_arena *arena, ml_error *error);

#endif
