/* Clustering: are clusters tight and apart, and do they agree with classes that are known? */
#ifndef ML_METRICS_CLUSTERING_H
#define ML_METRICS_CLUSTERING_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* The silhouette of each row, (b - a) / max(a, b) in [-1, 1], where a is its mean Euclidean distance to the others of
 * its cluster and b that to the nearest other cluster; 0 for a row that is alone.
 *   x        [n x d]  finite
 *   cluster  [n]      below k; some of the k may be empty, at least two are not
 *   each     [n]      out; may be NULL
 *   mean              out
 * Cost:   n^2 d / 2 multiply-adds; n k doubles of scratch, given back.
 * Errors: ML_EINVAL if d is 0, a value is not finite, a cluster is not below k, fewer than 2 clusters have rows, or all
 *         rows are alone; ML_ENOMEM; untouched.
 * Source: Rousseeuw 1987, Journal of Computational and Applied Mathematics 20.
 * Golden: tests/golden/clustering.py, scikit-learn silhouette_samples, silhouette_score. */
ml_status ml_silhouette(size_t n, size_t d, const double *x, const uint32_t *cluster, size_t k, double *each,
                        double *mean, ml_arena *arena, ml_error *error);

/* How two partitions of the same rows agree; names of classes and clusters do not matter. */
typedef struct ml_agreement {
    double rand;          /* share of pairs that both keep together, or both apart */
    double adjusted_rand; /* the same beyond chance: 0 by chance, 1 if equal. Hubert and Arabie 1985, J. Class. 2(1) */
    double mutual_information;            /* in nats */
    double normalised_mutual_information; /* by the mean of the two entropies: the V-measure. 1 if both are constant */
    double homogeneity;                   /* 1: each cluster holds one class */
    double completeness;                  /* 1: each class is in one cluster */
} ml_agreement;

/* Compares a partition with the truth.
 *   truth    [n]  below k_truth      cluster  [n]  below k_cluster
 * Cost:   O(n + k_truth k_cluster); a table of their counts as scratch, given back.
 * Errors: ML_EINVAL if n is below 2, or a value is out of range; ML_ENOMEM; untouched.
 * Source: Hubert and Arabie 1985; Rosenberg and Hirschberg 2007, EMNLP (homogeneity, completeness).
 * Golden: tests/golden/clustering.py, scikit-learn adjusted_rand_score, normalized_mutual_info_score and others. */
ml_status ml_agreement_of(size_t n, size_t k_truth, const uint32_t *truth, size_t k_cluster, const uint32_t *cluster,
                          ml_agreement *agreement, ml_arena *arena, ml_error *error);

#endif
