/* Splits that do not leak: by group, by time, and folds of each kind. The simple and the stratified hold-out are in
 * data.h. */
#ifndef ML_DATA_SPLITS_H
#define ML_DATA_SPLITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* Divides rows into training and test rows so that no group (patient, user, shop) is on both sides: groups go to the
 * test in random order, as long as the test part stays nearer to its share of the rows than without the next one.
 *   group  [n]  any numbers
 *   test_share  share of the rows, above 0 and below 1
 *   order  [n]  out: the training rows, then the test rows, each ascending
 *   n_train     out
 * At least one group is on either side.
 * Cost:   O(n log n); scratch for 24 bytes a row, given back.
 * Errors: ML_EINVAL if the share is out of range, n is 2^32 or more or there is only one group (or no row); ML_ENOMEM;
 *         outputs untouched, no draw made. */
ml_status ml_split_grouped(size_t n, const int32_t *group, double test_share, ml_rng *rng, uint32_t *order,
                           size_t *n_train, ml_arena *arena, ml_error *error);

/* Trains on the past and tests on what came after: the latest rows are the test.
 *   time   [n]  finite, in any order; equal times stay together, in the test part if they have to be divided
 *   test_share  share of the rows, above 0 and below 1; the test part has at least the next whole number of rows
 *   gap         training rows end at least so much before the first test row (labels take time to arrive, features look
 *               back); 0 or more, in the unit of `time`
 *   order  [n]  out: training rows, then rows left out because of the gap, then test rows, each by time, equal times by
 *               row
 *   n_train     out
 *   n_test      out
 * Cost:   O(n log n); scratch for 4 bytes a row, given back.
 * Errors: ML_EINVAL if the share or the gap is out of range, a time is not finite, n is 2^32 or more, or no row is left
 *         for training; ML_ENOMEM. Outputs untouched, but for `order`, whose content is then without meaning. */
ml_status ml_split_time(size_t n, const double *time, double test_share, double gap, uint32_t *order, size_t *n_train,
                        size_t *n_test, ml_arena *arena, ml_error *error);

/* Folds in which each class has the share that it has in all rows: each class's rows are dealt out over the folds, in
 * order, so that both the folds' sizes and the class's rows in them differ by one at most.
 *   label  [n]  below n_classes
 *   rng         rows of a class at random; NULL: in order, and the folds are those of scikit-learn
 *   fold   [n]  out: 0 to k-1
 * Cost:   O(k (n + n_classes)); scratch for 12 + 4 k bytes a class, given back.
 * Errors: ML_EINVAL if k is below 2 or above n, n is 2^32 or more, a label is out of range, or the largest class has
 *         fewer than k rows; ML_ENOMEM; output untouched, no draw made.
 * Source: Kohavi 1995, "A study of cross-validation and bootstrap", IJCAI.
 * Golden: tests/golden/splits.py, scikit-learn StratifiedKFold. */
ml_status ml_kfold_stratified(size_t n, const uint32_t *label, size_t n_classes, size_t k, ml_rng *rng, uint32_t *fold,
                              ml_arena *arena, ml_error *error);

/* Folds that keep groups whole: from the largest group down (of equal ones the smaller number first), each goes into
 * the fold that has the fewest rows (the lowest of equals).
 *   group  [n]  any numbers
 *   fold   [n]  out: 0 to k-1
 * Cost:   O(n log n + groups k); scratch for 36 bytes a row and 8 a fold, given back.
 * Errors: ML_EINVAL if k is below 2, n is 2^32 or more, or there are fewer than k groups; ML_ENOMEM; output untouched.
 * Source: Graham 1969, "Bounds on multiprocessing timing anomalies", SIAM Journal on Applied Mathematics 17(2): the
 *         largest first.   Golden: tests/golden/splits.py, scikit-learn GroupKFold, where sizes differ. */
ml_status ml_kfold_grouped(size_t n, const int32_t *group, size_t k, uint32_t *fold, ml_arena *arena, ml_error *error);

/* One split of rows in order of time: train on [train_begin, train_end), test on [test_begin, test_end). */
typedef struct ml_time_fold {
    size_t train_begin, train_end, test_begin, test_end;
} ml_time_fold;

/* k splits, each of which trains on the past of its test rows: test parts of equal size, one after the other, up to the
 * last row.
 *   n          rows, in order of time
 *   test_size  rows of each test part; 0: n / (k + 1)
 *   gap        rows left out between training and test
 *   max_train  at most so many training rows, the latest; 0: all
 *   fold  [k]  out
 * Errors: ML_EINVAL if k is 0 or no training row is left for the first fold; output untouched.
 * Golden: tests/golden/splits.py, scikit-learn TimeSeriesSplit. */
ml_status ml_kfold_time(size_t n, size_t k, size_t test_size, size_t gap, size_t max_train, ml_time_fold *fold,
                        ml_error *error);

#endif
