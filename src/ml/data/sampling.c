/* Samples without replacement, of rows, within strata and of clusters: one pass over the rows, in their order. */
#include "data/sampling.h"

#include "base/math.h"

static ml_status check_rows(size_t n, ml_error *error) {
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are too many; a sample takes fewer than 2^32", n);
    return ML_OK;
}

ml_status ml_sample_srs(size_t n, size_t k, ml_rng *rng, uint32_t *row, ml_error *error) {
    ML_TRY(check_rows(n, error));
    if (k > n)
        return ml_fail(error, ML_EINVAL, "a sample of %zu of %zu rows; without replacement there are not so many", k,
                       n);
    for (size_t i = 0, taken = 0; taken < k; i++) /* row i is one of n - i left, of which k - taken are wanted */
        if (ml_rng_below(rng, n - i) < k - taken)
            row[taken++] = (uint32_t)i;
    return ML_OK;
}

/* --- Strata ------------------------------------------------------------------------------------------------------- */

static ml_status count_strata(size_t n, const uint32_t *stratum, size_t n_strata, const size_t *quota, size_t *left,
                              size_t *wanted, ml_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (stratum[i] >= n_strata)
            return ml_fail(error, ML_EINVAL, "row %zu is of stratum %u; there are %zu, counted from 0", i, stratum[i],
                           n_strata);
        left[stratum[i]]++;
    }
    for (size_t h = 0; h < n_strata; h++) {
        wanted[h] = quota[h];
        if (quota[h] > left[h])
            return ml_fail(error, ML_EINVAL, "stratum %zu has %zu rows and is asked for %zu; ask for fewer", h, left[h],
                           quota[h]);
    }
    return ML_OK;
}

ml_status ml_sample_stratified(size_t n, const uint32_t *stratum, size_t n_strata, const size_t *quota, ml_rng *rng,
                               uint32_t *row, ml_arena *arena, ml_error *error) {
    ML_TRY(check_rows(n, error));
    const ml_arena_mark before = ml_arena_save(arena);
    size_t *left = ML_ALLOC(arena, n_strata, size_t), *wanted = ML_ALLOC(arena, n_strata, size_t);
    ml_status status = left != NULL && wanted != NULL
                           ? count_strata(n, stratum, n_strata, quota, left, wanted, error)
                           : ml_fail(error, ML_ENOMEM, "%zu strata do not fit in memory; use fewer", n_strata);
    if (status == ML_OK)
        for (size_t i = 0, taken = 0; i < n; i++) { /* algorithm S in each stratum at once */
            const uint32_t h = stratum[i];
            if (wanted[h] > 0 && ml_rng_below(rng, left[h]) < wanted[h]) {
                wanted[h]--;
                row[taken++] = (uint32_t)i;
            }
            left[h]--;
        }
    ml_arena_release(arena, before);
    return status;
}

ml_status ml_stratified_mean(size_t n_strata, const size_t *size, const size_t *sampled, const double *mean,
                             const double *variance, double *estimate, double *standard_error, ml_error *error) {
    double rows = 0.0, sum = 0.0, squares = 0.0;
    for (size_t h = 0; h < n_strata; h++) {
        if (sampled[h] > size[h] || (sampled[h] == 0 && size[h] > 0))
            return ml_fail(error, ML_EINVAL, "stratum %zu has %zu rows, of which %zu were sampled; 1 to all can be", h,
                           size[h], sampled[h]);
        rows += (double)size[h];
    }
    if (rows == 0.0)
        return ml_fail(error, ML_EINVAL, "no stratum has a row; there is no mean");
    for (size_t h = 0; h < n_strata; h++) {
        if (size[h] == 0)
            continue;
        const double share = (double)size[h] / rows, n = (double)sampled[h];
        sum += share * mean[h];
        squares += share * share * variance[h] / n * (1.0 - n / (double)size[h]);
    }
    *estimate = sum;
    *standard_error = sqrt(squares);
    return ML_OK;
}

/* --- Clusters ----------------------------------------------------------------------------------------------------- */

ml_status ml_sample_clusters(size_t n, const uint32_t *cluster, size_t n_clusters, size_t k, ml_rng *rng, uint32_t *row,
                             size_t *n_rows, ml_arena *arena, ml_error *error) {
    ML_TRY(check_rows(n, error));
    if (k > n_clusters)
        return ml_fail(error, ML_EINVAL, "a sample of %zu of %zu clusters; without replacement there are not so many",
                       k, n_clusters);
    for (size_t i = 0; i < n; i++)
        if (cluster[i] >= n_clusters)
            return ml_fail(error, ML_EINVAL, "row %zu is of cluster %u; there are %zu, counted from 0", i, cluster[i],
                           n_clusters);
    const ml_arena_mark before = ml_arena_save(arena);
    uint8_t *in = ML_ALLOC(arena, n_clusters, uint8_t);
    if (in == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu clusters do not fit in memory; use fewer", n_clusters);
    for (size_t c = 0, taken = 0; taken < k; c++)
        if (ml_rng_below(rng, n_clusters - c) < k - taken) {
            in[c] = 1;
            taken++;
        }
    *n_rows = 0;
    for (size_t i = 0; i < n; i++)
        if (in[cluster[i]])
            row[(*n_rows)++] = (uint32_t)i;
    ml_arena_release(arena, before);
    return ML_OK;
}

ml_status ml_cluster_mean(size_t k, const double *size, const double *total, size_t n_clusters, double *mean,
                          double *standard_error, ml_error *error) {
    double rows = 0.0, sum = 0.0, squares = 0.0;
    if (k < 2 || k > n_clusters)
        return ml_fail(error, ML_EINVAL, "%zu of %zu clusters; an error needs at least 2", k, n_clusters);
    for (size_t c = 0; c < k; c++) {
        rows += size[c];
        sum += total[c];
    }
    if (!(rows > 0.0))
        return ml_fail(error, ML_EINVAL, "the clusters have %g rows; there is no mean", rows);
    const double ratio = sum / rows, n = (double)k;
    for (size_t c = 0; c < k; c++)
        squares += (total[c] - ratio * size[c]) * (total[c] - ratio * size[c]);
    *mean = ratio;
    *standard_error = sqrt((1.0 - n / (double)n_clusters) * squares / (n - 1.0) / n) / (rows / n);
    return ML_OK;
}
