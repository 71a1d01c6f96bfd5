/* Detectors that see one figure at a time and keep a few numbers. Feed them errors (0 or 1) once labels arrive, or any
 * figure that should hold still. Values that are not finite are ignored: false, and the state stays. All are plain
 * structs; copying one copies the detector. The functions cannot fail: settings without a meaning never alarm. */
#ifndef ML_MONITOR_STREAMS_H
#define ML_MONITOR_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Page-Hinkley: has the mean gone up? U adds up what each value has above the mean so far plus delta; alarm when U is
 * more than lambda above its lowest point; then it starts afresh.
 * Source: Page 1954, Biometrika 41; Gama et al. 2014, ACM Computing Surveys 46(4), section 3.2. */
typedef struct ml_page_hinkley {
    double delta;  /* how much more than the mean is tolerated, in the values' unit */
    double lambda; /* patience: higher means later and fewer false alarms */
    double mean, u, lowest;
    uint64_t n;
} ml_page_hinkley;

ml_page_hinkley ml_page_hinkley_init(double delta, double lambda);
bool ml_page_hinkley_add(ml_page_hinkley *detector, double value);

/* Two-sided CUSUM around a target that is known: each sum grows by what a value is more than `slack` off on its side,
 * never below 0. Alarm when one exceeds `limit`; then both start from 0.
 * Source: Page 1954; Montgomery, "Introduction to Statistical Quality Control" (2013), section 9.1. */
typedef struct ml_cusum {
    double target, slack, limit; /* usual: slack half the shift to find, limit 5 standard deviations */
    double high, low;            /* the two sums */
} ml_cusum;

ml_cusum ml_cusum_init(double target, double slack, double limit);
int ml_cusum_add(ml_cusum *detector, double value); /* 1: too high, -1: too low, else 0 */

/* EWMA chart: a moving average, weight on the newest, against width standard deviations of itself, which grow with the
 * number of values to sigma sqrt(weight/(2 - weight)). Keeps alarming while it is outside.
 * Source: Roberts 1959, Technometrics 1(3); Montgomery, section 9.2. */
typedef struct ml_ewma {
    double target, sigma, weight, width;
    double average, left; /* left: (1 - weight)^(2n) */
} ml_ewma;

ml_ewma ml_ewma_init(double target, double sigma, double weight, double width);
bool ml_ewma_add(ml_ewma *detector, double value);

/* DDM, for errors 0 or 1 (any value but 0 counts as 1): the error rate p with s = sqrt(p(1-p)/n) against the lowest
 * p + s since the 30th value; a warning above p + 2s of that point, drift above p + 3s; after drift it starts afresh. A
 * lucky start makes that lowest point too low: one in three or so of clean streams of 4,000 ends in a false alarm.
 * Source: Gama et al. 2004, "Learning with drift detection", SBIA. */
typedef enum ml_ddm_level { ML_DDM_STABLE, ML_DDM_WARNING, ML_DDM_DRIFT } ml_ddm_level;
typedef struct ml_ddm {
    double errors, lowest_p, lowest_s;
    uint64_t n;
} ml_ddm;

ml_ddm ml_ddm_init(void);
ml_ddm_level ml_ddm_add(ml_ddm *detector, double error);

/* ADWIN: a window as long as its parts have the same mean. Kept as buckets of 1, 2, 4, ... values, at most 5 of a size.
 * Every 32 values all borders between buckets are tested, with m = 1/(1/n0 + 1/n1), the window's variance v and
 * e = ln(2 ln(n) / delta):  |mean0 - mean1| > sqrt(2 v e / m) + 2 e / (3 m).  While one is significant, the oldest
 * bucket goes, and that is an alarm. delta bounds false alarms in theory for values in [0, 1]; in practice far fewer.
 * Memory: this struct, for streams of up to 2^40 values. Cost: O(1) amortised, O(log n) at a test.
 * Source: Bifet and Gavaldà 2007, "Learning from time-changing data with adaptive windowing", SDM, section 3. */
enum { ML_ADWIN_ROWS = 40, ML_ADWIN_BUCKETS = 6 };
typedef struct ml_adwin {
    double delta;
    uint64_t n, seen;  /* values in the window, and ever */
    double sum, square; /* over the window */
    int32_t used[ML_ADWIN_ROWS];
    double bucket[ML_ADWIN_ROWS][ML_ADWIN_BUCKETS][2]; /* sums, sums of squares; row r: of 2^r values; oldest first */
} ml_adwin;

void ml_adwin_init(ml_adwin *detector, double delta);
bool ml_adwin_add(ml_adwin *detector, double value);
double ml_adwin_mean(const ml_adwin *detector); /* of the window; NaN while it is empty */

#endif
