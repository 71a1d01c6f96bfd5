/* How many rows each stratum gives. */
#include "base/math.h"
#include "data/sampling.h"

static ml_status check_sizes(size_t n_strata, const size_t *size, size_t k, size_t *n, ml_error *error) {
    size_t used = 0;
    *n = 0;
    for (size_t h = 0; h < n_strata; h++) {
        *n += size[h];
        used += size[h] > 0;
    }
    if (k > *n || k < used)
        return ml_fail(error, ML_EINVAL, "a sample of %zu from %zu rows in %zu strata; it takes one of each at least",
                       k, *n, used);
    if (*n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are too many; a sample takes fewer than 2^32", *n);
    return ML_OK;
}

static void take_from_largest(size_t n_strata, size_t too_many, size_t *quota) {
    for (; too_many > 0; too_many--) {
        size_t most = 0;
        for (size_t h = 1; h < n_strata; h++)
            if (quota[h] > quota[most])
                most = h;
        quota[most]--;
    }
}

ml_status ml_allocate_proportional(size_t n_strata, const size_t *size, size_t k, size_t *quota, ml_error *error) {
    size_t n, left = k, given = 0;
    ML_TRY(check_sizes(n_strata, size, k, &n, error));
    for (size_t h = 0; h < n_strata; h++) {
        quota[h] = n > 0 ? (size_t)((uint64_t)size[h] * k / n) : 0;
        left -= quota[h];
    }
    for (uint64_t last = UINT64_MAX; left > 0;) { /* one more for each remainder, from the largest down */
        uint64_t largest = 0;
        for (size_t h = 0; h < n_strata; h++) {
            const uint64_t remainder = (uint64_t)size[h] * k % n;
            largest = remainder < last && remainder > largest ? remainder : largest;
        }
        for (size_t h = 0; h < n_strata && left > 0; h++)
            if ((uint64_t)size[h] * k % n == largest) {
                quota[h]++;
                left--;
            }
        last = largest;
    }
    for (size_t h = 0; h < n_strata; h++) {
        quota[h] += quota[h] == 0 && size[h] > 0;
        given += quota[h];
    }
    take_from_largest(n_strata, given - k, quota);
    return ML_OK;
}

/* The stratum that is farthest below its due share and has rows left. */
static size_t most_wanting(size_t n_strata, const size_t *size, const double *deviation, const size_t *quota) {
    size_t best = n_strata;
    double most = -1.0;
    for (size_t h = 0; h < n_strata; h++) {
        const double due = (double)size[h] * deviation[h] / sqrt((double)quota[h] * ((double)quota[h] + 1.0));
        if (quota[h] < size[h] && due > most) {
            best = h;
            most = due;
        }
    }
    return best;
}

ml_status ml_allocate_neyman(size_t n_strata, const size_t *size, const double *deviation, size_t k, size_t *quota,
                             ml_error *error) {
    size_t n, given = 0;
    double spread = 0.0;
    ML_TRY(check_sizes(n_strata, size, k, &n, error));
    for (size_t h = 0; h < n_strata; h++) {
        if (!(deviation[h] >= 0.0 && isfinite(deviation[h])))
            return ml_fail(error, ML_EINVAL, "the deviation of stratum %zu is %g; it is a finite number, 0 or more", h,
                           deviation[h]);
        spread += (double)size[h] * deviation[h];
    }
    if (!(spread > 0.0))
        return ml_fail(error, ML_EINVAL, "no stratum varies; any row tells its mean");
    for (size_t h = 0; h < n_strata; h++)
        given += quota[h] = size[h] > 0;
    while (given++ < k)
        quota[most_wanting(n_strata, size, deviation, quota)]++;
    return ML_OK;
}
