#include <string.h>

#include "base/math.h"
#include "data/data.h"

enum { CLASSES = 256 };

/* How many of the n_test rows each class gives: its share rounded down, then one more for the largest remainders. */
static void share_out(size_t n, size_t n_test, const size_t *count, size_t *quota) {
    size_t left = n_test;
    uint64_t remainder[CLASSES];
    for (size_t k = 0; k < CLASSES; k++) {
        const uint64_t exact = (uint64_t)count[k] * n_test; /* in n-ths; both are below 2^32 */
        quota[k] = (size_t)(exact / n);
        remainder[k] = exact % n;
        left -= quota[k];
    }
    for (; left > 0; left--) {
        size_t most = 0;
        for (size_t k = 1; k < CLASSES; k++)
            if (remainder[k] > remainder[most])
                most = k;
        quota[most]++;
        remainder[most] = 0;
    }
}

static ml_status stratify(size_t n, size_t n_test, const uint8_t *label, size_t *quota, ml_error *error) {
    size_t count[CLASSES] = {0}, n_classes = 0;
    for (size_t i = 0; i < n; i++)
        count[label[i]]++;
    for (size_t k = 0; k < CLASSES; k++) {
        n_classes += count[k] > 0;
        if (count[k] == 1)
            return ml_fail(error, ML_EINVAL,
                           "class %zu has only one row, which cannot be in both parts; leave it out or "
                           "split without strata",
                           k);
    }
    if (n_test < n_classes || n - n_test < n_classes)
        return ml_fail(error, ML_EINVAL,
                       "%zu training and %zu test rows cannot both hold all %zu classes; change the test "
                       "share",
                       n - n_test, n_test, n_classes);
    share_out(n, n_test, count, quota);
    return ML_OK;
}

static void shuffle(size_t n, ml_rng *rng, uint32_t *order) {
    for (size_t left = n; left > 1; left--) {
        const size_t chosen = (size_t)ml_rng_below(rng, left);
        const uint32_t row = order[left - 1];
        order[left - 1] = order[chosen];
        order[chosen] = row;
    }
}

ml_status ml_data_split(size_t n, double test_share, const uint8_t *label, ml_rng *rng, uint32_t *order,
                        size_t *n_train, ml_error *error) {
    if (!(test_share > 0.0 && test_share < 1.0))
        return ml_fail(error, ML_EINVAL, "the test share is %g; it lies between 0 and 1", test_share);
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are too many; a split takes fewer than 2^32", n);
    const size_t n_test = (size_t)ceil(test_share * (double)n);
    if (n_test == 0 || n_test >= n)
        return ml_fail(error, ML_EINVAL, "a test share of %g leaves %zu of %zu rows for training; both parts need rows",
                       test_share, n - n_test, n);
    size_t quota[CLASSES] = {n_test}; /* without labels all rows are of one class */
    if (label != NULL)
        ML_TRY(stratify(n, n_test, label, quota, error));

    ml_rng_permutation(rng, n, order);
    size_t train = 0;
    for (size_t i = 0; i < n; i++) { /* each class's first rows are for the test; training rows move to the front */
        size_t *const wanted = &quota[label != NULL ? label[order[i]] : 0];
        if (*wanted > 0) {
            --*wanted;
            continue;
        }
        const uint32_t row = order[i];
        order[i] = order[train];
        order[train++] = row;
    }
    if (label != NULL) { /* the classes whose share of the test was full first stand first */
        shuffle(train, rng, order);
        shuffle(n - train, rng, order + train);
    }
    *n_train = train;
    return ML_OK;
}
