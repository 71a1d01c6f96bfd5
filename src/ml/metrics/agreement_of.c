/* Two partitions of the same rows, from the table of how many rows each class has in each cluster. */
#include "base/math.h"
#include "metrics/check.h"
#include "metrics/clustering.h"

typedef struct table {
    double n, *count, *truth, *cluster; /* [k_truth x k_cluster], [k_truth], [k_cluster] */
    size_t k_truth, k_cluster;
} table;

/* How many of the pairs of rows lie in the same group. */
static double pairs(size_t k, const double *count) {
    double sum = 0.0;
    for (size_t i = 0; i < k; i++)
        sum += 0.5 * count[i] * (count[i] - 1.0);
    return sum;
}

static void compare_pairs(const table *t, ml_agreement *a) {
    const double all = 0.5 * t->n * (t->n - 1.0), both = pairs(t->k_truth * t->k_cluster, t->count);
    const double truth = pairs(t->k_truth, t->truth), cluster = pairs(t->k_cluster, t->cluster);
    const double expected = truth * (cluster / all), most = 0.5 * (truth + cluster);
    a->rand = (all + 2.0 * both - truth - cluster) / all;
    a->adjusted_rand = both == truth && both == cluster ? 1.0 : (both - expected) / (most - expected);
}

static double entropy(size_t k, const double *count, double n) {
    double sum = 0.0;
    for (size_t i = 0; i < k; i++)
        sum -= count[i] > 0.0 ? count[i] / n * ml_log(count[i] / n) : 0.0;
    return sum;
}

static double mutual_information(const table *t) {
    double sum = 0.0;
    for (size_t i = 0; i < t->k_truth; i++)
        for (size_t j = 0; j < t->k_cluster; j++) {
            const double rows = t->count[i * t->k_cluster + j];
            if (rows > 0.0)
                sum += rows / t->n * ml_log(rows / t->truth[i] * (t->n / t->cluster[j]));
        }
    return sum > 0x1p-52 ? sum : 0.0; /* what is left of independence is rounding */
}

static void compare_information(const table *t, ml_agreement *a) {
    const double truth = entropy(t->k_truth, t->truth, t->n), cluster = entropy(t->k_cluster, t->cluster, t->n);
    a->mutual_information = mutual_information(t);
    a->homogeneity = truth > 0.0 ? fmin(a->mutual_information / truth, 1.0) : 1.0;
    a->completeness = cluster > 0.0 ? fmin(a->mutual_information / cluster, 1.0) : 1.0;
    const double mean = 0.5 * (truth + cluster);
    a->normalised_mutual_information = mean > 0.0 ? fmin(a->mutual_information / mean, 1.0) : 1.0;
}

ml_status ml_agreement_of(size_t n, size_t k_truth, const uint32_t *truth, size_t k_cluster, const uint32_t *cluster,
                          ml_agreement *agreement, ml_arena *arena, ml_error *error) {
    if (n < 2)
        return ml_fail(error, ML_EINVAL, "%zu rows make no pair; give at least two", n);
    ML_TRY(ml_metrics_check_classes(n, k_truth, truth, "truth", error));
    ML_TRY(ml_metrics_check_classes(n, k_cluster, cluster, "cluster", error));
    const ml_arena_mark before = ml_arena_save(arena);
    table t = {.n = (double)n, .k_truth = k_truth, .k_cluster = k_cluster};
    t.count = k_truth <= SIZE_MAX / k_cluster ? ML_ALLOC(arena, k_truth * k_cluster, double) : NULL;
    t.truth = ML_ALLOC(arena, k_truth, double);
    t.cluster = ML_ALLOC(arena, k_cluster, double);
    const int fits = t.count != NULL && t.truth != NULL && t.cluster != NULL;
    for (size_t i = 0; i < n && fits; i++) {
        t.count[truth[i] * k_cluster + cluster[i]]++;
        t.truth[truth[i]]++;
        t.cluster[cluster[i]]++;
    }
    if (fits) {
        compare_pairs(&t, agreement);
        compare_information(&t, agreement);
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_fail(error, ML_ENOMEM, "a table of %zu classes and %zu clusters does not fit in memory",
                                  k_truth, k_cluster);
}
