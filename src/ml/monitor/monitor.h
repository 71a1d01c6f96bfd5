/* Monitoring: does what the model meets today look like what it learned from, and who should be told?
 *
 * A histogram over the quantiles of the training data, the stability index that compares two of them, and alarms. */
#ifndef ML_MONITOR_H
#define ML_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* --- Histograms over quantiles ------------------------------------------------------------------------------------ */

/* The k - 1 quantiles that cut values into k bins with equal shares (k = 10: the deciles), by nearest rank: quantile[i]
 * is the smallest value that at least (i + 1)/k of the values do not exceed.
 *   value     [n]      no NaN; stays as it is
 *   quantile  [k - 1]  out, ascending; equal ones where values repeat
 *   scratch   [2n]     the caller's; overwritten
 * Cost:   O(n log n).
 * Errors: ML_EINVAL if k is 0, n is below k, or a value is NaN; quantiles untouched.
 * Source: Hyndman and Fan 1996, The American Statistician 50(4), definition 1.   Golden: tests/golden/monitor.py, NumPy
 *         quantile (method="inverted_cdf"). */
ml_status ml_quantiles(size_t n, const double *value, size_t k, double *quantile, double *scratch, ml_error *error);

/* How many values fall into each of the k bins that k - 1 edges cut the line into. A value on an edge belongs below it:
 * bin i is (edge[i-1], edge[i]], the first bin begins at -infinity, and the last ends at infinity.
 *   value  [n]      no NaN; n may be 0
 *   edge   [k - 1]  ascending
 *   count  [k]      out
 * Cost:   O(n log k).
 * Errors: ML_EINVAL if k is 0 or a value is NaN; counts untouched. */
ml_status ml_bin_count(size_t n, const double *value, size_t k, const double *edge, uint32_t *count, ml_error *error);

/* --- Population stability index ----------------------------------------------------------------------------------- */

/* An empty bin would make the index infinite. */
typedef enum ml_psi_empty {
    ML_PSI_FLOOR,      /* shares below 1e-4 are taken as 1e-4 */
    ML_PSI_HALF_COUNT, /* half a count is added to every bin of both */
} ml_psi_empty;

/* The population stability index of two histograms over the same bins, with shares p and q:
 *     PSI = sum over bins of (q - p) ln(q / p)
 * which is the two Kullback-Leibler divergences added up, in nats; the order of the two does not matter. The usual rule
 * says look at 0.1 and act at 0.2, whatever the size of the sample; but without any shift its mean is about
 * (k - 1)(1/n + 1/m), for n values in one and m in the other.
 *   reference, live  [k]  counts
 *   psi                   out, 0 or more
 * Cost:   O(k).
 * Errors: ML_EINVAL if k is 0, one of the histograms holds nothing, or `empty` is unknown; psi untouched.
 * Source: Siddiqi 2006, "Credit Risk Scorecards", Wiley; Yurdakul 2018, "Statistical properties of population stability
 *         index", Western Michigan University (its mean).   Golden: tests/golden/monitor.py, NumPy. */
ml_status ml_psi(size_t k, const uint32_t *reference, const uint32_t *live, ml_psi_empty empty, double *psi,
                 ml_error *error);

/* --- Alarms ------------------------------------------------------------------------------------------------------- */

/* A figure that should stay within limits. */
typedef struct ml_alarm {
    double low, high; /* it is on while the figure is strictly below low or strictly above high */
    bool is_on;       /* after the last observation */
    int32_t observed; /* observations so far */
    int32_t first;    /* the first of them that was beyond a limit, counted from 0; -1: none was */
} ml_alarm;

/* An alarm that has seen nothing yet. -INFINITY or INFINITY is no limit. */
ml_alarm ml_alarm_between(double low, double high);

/* Takes in the next figure and returns whether the alarm is on. NaN is "nothing was measured": off, but time passes. */
bool ml_alarm_observe(ml_alarm *alarm, double value);

/* --- By topic --------------------------------------------------------------------------------------------------- */

#include "monitor/drift.h"   /* two samples: KS, chi-squared, divergences, Wasserstein, MMD */
#include "monitor/streams.h" /* one figure at a time: Page-Hinkley, CUSUM, EWMA, DDM, ADWIN */
#include "monitor/experiments.h" /* tests and their size, many at once, peeking, interleaving */
#include "monitor/bandits.h"     /* which arm to play next */
#include "monitor/shift.h"       /* weights under shift, replay, elastic weights */

#endif
