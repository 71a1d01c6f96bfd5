/* Sampling: which rows to look at, and what an estimate from them is worth.
 *
 * A sample is a list of row numbers. All functions draw with known probabilities, so that an estimate can have an
 * error bar; `convenient` is the one method that is not here. */
#ifndef ML_DATA_SAMPLING_H
#define ML_DATA_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* --- Simple and stratified, without replacement ------------------------------------------------------------------- */

/* A simple random sample: every set of k of the n rows is as likely.
 *   row  [k]  out, ascending
 * Cost:   O(n), n draws at most; no memory.
 * Errors: ML_EINVAL if k is above n or n is 2^32 or more; output untouched, no draw made.
 * Source: selection sampling: Knuth, volume 2, section 3.4.2, algorithm S. */
ml_status ml_sample_srs(size_t n, size_t k, ml_rng *rng, uint32_t *row, ml_error *error);

/* How many of a sample of k each stratum gives, in proportion to its size: its share rounded down, then one more for
 * the largest remainders (the lower stratum first). A stratum whose share is 0 gives one row all the same; what is then
 * too much is taken from the largest quota (the lower first). An empty stratum gives none.
 *   size   [n_strata]  rows of each
 *   quota  [n_strata]  out; their sum is k
 * Cost:   O(n_strata^2) at worst.
 * Errors: ML_EINVAL if k is above the number of rows or below the number of strata that have any; output untouched.
 * Source: Cochran 1977, "Sampling Techniques", section 5.5. */
ml_status ml_allocate_proportional(size_t n_strata, const size_t *size, size_t k, size_t *quota, ml_error *error);

/* The same for a given spread within each stratum: of all ways to take k rows, at least one of each stratum and no more
 * than it has, the one that gives the mean the least variance: about in proportion to size times deviation.
 *   deviation  [n_strata]  standard deviation of what is measured; finite, 0 or more
 * Cost:   O(k n_strata).
 * Errors: as above, and ML_EINVAL for a deviation that is negative or not finite, or if all that have rows are 0.
 * Source: Neyman 1934, Journal of the Royal Statistical Society 97(4); exact in whole numbers: Wright 2012, The
 * American Statistician 66(4). */
ml_status ml_allocate_neyman(size_t n_strata, const size_t *size, const double *deviation, size_t k, size_t *quota,
                             ml_error *error);

/* A simple random sample within each stratum.
 *   stratum  [n]         of each row, below n_strata
 *   quota    [n_strata]  rows wanted of each
 *   row      [sum of the quotas]  out, ascending
 * Cost:   O(n + n_strata); scratch for 2 n_strata counts, given back.
 * Errors: ML_EINVAL if a stratum is out of range or has fewer rows than its quota; ML_ENOMEM; output untouched, no draw
 *         made. */
ml_status ml_sample_stratified(size_t n, const uint32_t *stratum, size_t n_strata, const size_t *quota, ml_rng *rng,
                               uint32_t *row, ml_arena *arena, ml_error *error);

/* The mean of all rows, estimated from a stratified sample: sum of W_h mean_h with W_h the stratum's share of the rows,
 * whatever share of the sample it had. Its standard error is sqrt(sum of W_h^2 S_h^2/n_h (1 - n_h/N_h)).
 *   size      [n_strata]  N_h, rows of each stratum
 *   sampled   [n_strata]  n_h, rows of the sample; 0 only where N_h is 0
 *   mean      [n_strata]  of the sampled rows
 *   variance  [n_strata]  S_h^2, of the sampled rows (sum of squares over n_h - 1); 0 where n_h is 1
 *   estimate, standard_error  out
 * Errors: ML_EINVAL if there are no rows, or sampled exceeds size or is 0 where size is not; outputs untouched.
 * Source: Cochran 1977, theorems 5.1 and 5.3.   Golden: tests/golden/sampling.py, NumPy. */
ml_status ml_stratified_mean(size_t n_strata, const size_t *size, const size_t *sampled, const double *mean,
                             const double *variance, double *estimate, double *standard_error, ml_error *error);

/* --- By weight ---------------------------------------------------------------------------------------------------- */

/* A table from which row i is drawn with probability weight[i] / sum of weights, in constant time: n columns of equal
 * height, each shared by two rows at most. */
typedef struct ml_alias {
    size_t n;
    double *keep;    /* [n] how much of column i is row i's own, in [0, 1] */
    uint32_t *other; /* [n] whose the rest is */
} ml_alias;

/* Builds the table in the arena.
 *   weight  [n]  finite, 0 or more, not all 0; need not sum to one. A row of weight 0 is never drawn
 *   alias        out; untouched on error
 * Cost:   O(n); 12 bytes a row, and 12 of scratch, given back.
 * Errors: ML_EINVAL for n of 0 or 2^32 and more, a weight that is negative or not finite, a sum that is 0 or overflows;
 *         ML_ENOMEM.
 * Source: Walker 1977, ACM TOMS 3(3); the order of building is that of Vose 1991, IEEE TSE 17(9). */
ml_status ml_alias_build(size_t n, const double *weight, ml_arena *arena, ml_alias *alias, ml_error *error);

/* One row, with replacement. Cost: two draws. */
size_t ml_alias_draw(const ml_alias *alias, ml_rng *rng);

/* k different rows by weight: as if drawn one after the other, each by its weight among those that are left. Row i's
 * chance to be in the sample is not proportional to its weight (it cannot exceed 1): an estimate needs another method.
 *   weight  [n]  finite, 0 or more; at least k of them above 0
 *   row     [k]  out, in the order in which they were drawn
 * Cost:   O(n log k); scratch for n doubles and k indices, given back.
 * Errors: ML_EINVAL for bad weights, or fewer than k above 0; ML_ENOMEM; output untouched, no draw made.
 * Source: Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir", Information Processing Letters
 *         97(5), with the logarithm of their keys. */
ml_status ml_sample_weighted(size_t n, const double *weight, size_t k, ml_rng *rng, uint32_t *row, ml_arena *arena,
                             ml_error *error);

/* --- From a stream whose end nobody knows ---------------------------------------------------------------------------
 */

/* A fair sample of k of all items that were offered so far. */
typedef struct ml_reservoir {
    int32_t *item; /* [k] the caller's; the first min(k, seen) are the sample */
    size_t k;      /* 0 keeps nothing */
    uint64_t seen; /* how many items were offered; 0 at first */
} ml_reservoir;

/* Takes in the next item: it comes in with chance k/seen, in place of any of the k alike.
 * Cost:   one draw.
 * Source: algorithm R, of Waterman, in Vitter 1985, "Random sampling with a reservoir", ACM TOMS 11(1). */
void ml_reservoir_offer(ml_reservoir *reservoir, int32_t x, ml_rng *rng);

/* The same sample with a draw only for what comes in, k ln(n/k) times instead of n: it is known in advance how many
 * items to pass over. */
typedef struct ml_skip_reservoir {
    int32_t *item; /* [k] the caller's */
    size_t k;      /* at least 1 */
    uint64_t seen;
    uint64_t skip; /* the next so many items stay out: a reader that can may step over them */
    double
        weight; /* the largest of k uniform numbers below the last such largest: how small a key must be to come in */
} ml_skip_reservoir;

/* An empty reservoir over item [k], which stays the caller's; k at least 1. */
ml_skip_reservoir ml_skip_reservoir_over(int32_t *item, size_t k);

/* Takes in the next item.
 * Source: algorithm L: Li 1994, "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))", ACM TOMS 20(4).
 */
void ml_skip_reservoir_offer(ml_skip_reservoir *reservoir, int32_t x, ml_rng *rng);

/* Passes over n items at once, as if they were offered; n at most reservoir->skip. */
void ml_skip_reservoir_pass(ml_skip_reservoir *reservoir, uint64_t n);

/* --- What weighted draws estimate -----------------------------------------------------------------------------------
 */

/* The mean of f under p, from draws under q: sum of w f / sum of w with w = p/q, given as logarithms so that neither
 * overflow nor an unknown constant matters. A draw of weight 0 (log_w = -infinity) does not touch it, whatever its f.
 *   f, log_w  [n]
 *   mean           out
 *   ess            out: effective sample size, (sum of w)^2 / sum of w^2, from 1 to n. It judges the weights, and not
 *                  the answer: a proposal that misses a region looks healthy
 * Returns 1; 0, with nothing written, if n is 0, all weights are 0, or a log_w is NaN or +infinity.
 * Cost:   two passes.
 * Source: Owen 2013, "Monte Carlo Theory, Methods and Examples", section 9.2; Kong 1992, University of Chicago TR 348.
 *         Golden: tests/golden/sampling.py, NumPy. */
int ml_importance_estimate(const double *f, const double *log_w, size_t n, double *mean, double *ess);

/* The mean of y over N rows, from n rows drawn with replacement, row i with probability q_i: sum of y/q, over n N.
 *   y, q  [n]  of the drawn rows; q above 0
 *   mean, standard_error  out; the error is 0 for n of 1
 * Errors: ML_EINVAL if n or population is 0, or a q is not above 0 or not finite; outputs untouched.
 * Source: Hansen and Hurwitz 1943, Annals of Mathematical Statistics 14(4); Cochran 1977, theorem 9A.1.
 *         Golden: tests/golden/sampling.py, NumPy. */
ml_status ml_hansen_hurwitz(size_t n, const double *y, const double *q, size_t population, double *mean,
                            double *standard_error, ml_error *error);

/* --- Whole clusters ----------------------------------------------------------------------------------------------- */

/* All rows of k clusters (shops, days, users) that are a simple random sample of the clusters: what is cheap to reach,
 * not what tells most, as the rows of a cluster resemble each other.
 *   cluster  [n]  of each row, below n_clusters
 *   row      [n]  out: the first *n_rows, ascending
 * Cost:   O(n + n_clusters); scratch for a byte a cluster, given back.
 * Errors: ML_EINVAL if a cluster is out of range or k above n_clusters; ML_ENOMEM; outputs untouched, no draw made. */
ml_status ml_sample_clusters(size_t n, const uint32_t *cluster, size_t n_clusters, size_t k, ml_rng *rng, uint32_t *row,
                             size_t *n_rows, ml_arena *arena, ml_error *error);

/* The mean of all rows from a sample of whole clusters: the sum of their totals over the sum of their sizes.
 *   size, total  [k]   rows of each sampled cluster, and the sum of y over them
 *   n_clusters         of the population
 *   mean, standard_error  out; the error counts clusters, not rows, and is 0 if all clusters were taken
 * Errors: ML_EINVAL if k is below 2 or above n_clusters, or the sizes are all 0; outputs untouched.
 * Source: the ratio estimator: Cochran 1977, section 9A.1 and equation 6.13.   Golden: tests/golden/sampling.py, NumPy.
 */
ml_status ml_cluster_mean(size_t k, const double *size, const double *total, size_t n_clusters, double *mean,
                          double *standard_error, ml_error *error);

#endif
