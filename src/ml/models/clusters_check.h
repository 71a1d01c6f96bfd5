/* What the functions about clusters share. Not public. */
#ifndef ML_MODELS_CLUSTERS_CHECK_H
#define ML_MODELS_CLUSTERS_CHECK_H

#include "models/clusters.h"

/* Rows as ml_models_check_magnitude asks, n below 2^32, and k from 1 to n. */
ml_status ml_clusters_check(size_t n, size_t d, const double *x, size_t k, ml_error *error);

ml_status ml_clusters_out_of_memory(const char *method, size_t n, size_t d, size_t k, ml_error *error);

/* ml_kmeans_start after its checks: distance, with [n] are scratch. */
void ml_kmeans_start_into(size_t n, size_t d, const double *x, size_t k, ml_rng *rng, double *centre, double *distance,
                          double *with);

#endif
