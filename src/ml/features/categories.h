/* Categories: what has a name and no size. New ones at serve time are the rule: each encoding has a place for them. */
#ifndef ML_FEATURES_CATEGORIES_H
#define ML_FEATURES_CATEGORIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* --- One column a category, or one number in order ---------------------------------------------------------------- */

/* Learns which categories there are.
 *   x          [n]         any numbers
 *   min_count              rows that a category needs to get a column; rarer ones share "unknown", which thus learns
 *                          something; 1 keeps all
 *   level      [capacity]  out: the categories, ascending; the first *n_levels; untouched on error
 * Cost:   O(n log n); scratch of 2n doubles, given back.
 * Errors: ML_EINVAL if there are more than `capacity`, min_count is 0, or n is 2^32 or more; ML_ENOMEM. n may be 0.
 * Golden: tests/golden/features.py, scikit-learn OneHotEncoder (min_frequency, handle_unknown=infrequent_if_exist). */
ml_status ml_onehot_fit(size_t n, const int32_t *x, size_t min_count, size_t capacity, int32_t *level, size_t *n_levels,
                        ml_arena *arena, ml_error *error);

/* One column for each of k categories and a last one for whatever is none of them: each row holds exactly one 1. (Drop
 * a column only for models without a penalty that have an intercept.)
 *   level  [k]            ascending
 *   out    [n x (k + 1)]  out
 * Cost:   O(n (k + log k)). n and k may be 0. */
void ml_onehot_apply(size_t k, const int32_t *level, size_t n, const int32_t *x, double *out);

/* The place of each category in `level` [k], ascending; k if it is not there. For what has an order: a linear model
 * takes place 7 for seven times place 1.
 *   code  [n]  out
 * Cost:   O(n log k).   Golden: tests/golden/features.py, scikit-learn OrdinalEncoder (unknown_value = k). */
void ml_ordinal_apply(size_t k, const int32_t *level, size_t n, const int32_t *x, uint32_t *code);

/* --- By the target ------------------------------------------------------------------------------------------------ */

/* Encodes a category by the mean target of its rows, shrunk towards the mean of all: (sum + m mean)/(count + m). It
 * reads the target, so a training row is encoded from the rows of the other folds only, their overall mean included:
 * nothing that its own target, or one of its fold, has touched. Rows to serve get `table`, made of all training rows.
 * Therefore fitting and then looking up training rows is not the same, and wrong.
 *   cat    [n]      0 to n_cat - 1;  fold [n]  0 to n_fold - 1
 *   y      [n]      finite
 *   m               weight of the prior, in rows; finite, 0 or more
 *   train  [n]      out: the mean of the other folds where the category is not among them and m is 0; 0 if there are no
 *                   other rows
 *   table  [n_cat]  out: the prior for a category never seen when m is 0
 *   prior           out: the mean of all targets, 0 if n is 0: what an unknown category gets
 * Cost:   O(n_fold (n + n_cat)): sums are built anew for each fold and not subtracted, because a rounded difference
 *         would remember the target that was taken out. Scratch of 2 n_cat doubles, given back.
 * Errors: ML_EINVAL if a category or fold is out of range, m or a target is not as said; ML_ENOMEM; outputs untouched.
 * Source: after Micci-Barreca 2001, SIGKDD Explorations 3(1).   Golden: tests/golden/features.py, NumPy. */
ml_status ml_target_encode_oof(size_t n, size_t n_cat, size_t n_fold, const uint32_t *cat, const double *y,
                               const uint32_t *fold, double m, double *train, double *table, double *prior,
                               ml_arena *arena, ml_error *error);

/* out[i] = table[cat[i]], or the prior for what is not below n_cat. Cost: O(n). */
void ml_target_apply(size_t n_cat, const double *table, double prior, size_t n, const uint32_t *cat, double *out);

/* --- Hashing: no vocabulary, bounded memory, and the unknown never fails ----------------------------------------- */

/* The hashing trick with a sign, of one row of tokens: h = ml_fmix32(ml_fnv1a32(token)), bucket = the low bits of h,
 * and bit 31 decides between +1 and -1, so that what collides cancels on average.
 *   token  [n]       each ends in a zero byte, which is not hashed
 *   bits             0 to 24; more count as 24
 *   out    [2^bits]  out: cleared, then the signs are added
 * Source: Weinberger, Dasgupta, Langford, Smola and Attenberg 2009, "Feature hashing for large scale multitask
 *         learning", ICML. */
void ml_hash_row(const char *const *token, size_t n, unsigned bits, float *out);

/* The same by MurmurHash3 with seed 0, any number of buckets, and values: bucket = |h| mod width of the signed h, and
 * the sign of h, if wanted.
 *   value  [n]      what to add for each token; NULL: 1 each
 *   out    [width]  out: cleared first
 * Golden: tests/golden/features.py, scikit-learn FeatureHasher (n_features = width, alternate_sign). */
void ml_hash_features(size_t n, const char *const *token, const double *value, size_t width, bool alternate_sign,
                      double *out);

/* --- Crosses ------------------------------------------------------------------------------------------------------ */

/* Two categories as one: a n_b + b. A linear model needs it for "new user and evening"; trees cross by depth.
 *   a, b     [n]  b below n_b
 *   crossed  [n]  out
 * Errors: ML_EINVAL if b is out of range or a crossed code reaches 2^32; untouched. */
ml_status ml_cross(size_t n, size_t n_b, const uint32_t *a, const uint32_t *b, uint32_t *crossed, ml_error *error);

/* One hash of several codes, in their order, for crosses too many to count: its low bits give a bucket, bit 31 a sign.
 */
uint32_t ml_cross_hash(size_t n_codes, const uint32_t *code);

#endif
