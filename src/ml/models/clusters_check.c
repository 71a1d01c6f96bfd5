#include "models/clusters_check.h"

#include "models/magnitude.h"

ml_status ml_clusters_check(size_t n, size_t d, const double *x, size_t k, ml_error *error) {
    ML_TRY(ml_models_check_magnitude(n, d, x, error));
    if (k == 0 || k > n)
        return ml_fail(error, ML_EINVAL, "k is %zu; there is at least 1 cluster, and at most one a row, %zu", k, n);
    if (n > UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are more than 32 bits can number; take a sample", n);
    return ML_OK;
}

ml_status ml_clusters_out_of_memory(const char *method, size_t n, size_t d, size_t k, ml_error *error) {
    return ml_fail(error, ML_ENOMEM,
                   "%s: %zu rows of %zu features in %zu clusters do not fit into the memory; use fewer", method, n, d,
                   k);
}
