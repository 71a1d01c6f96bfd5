#include "base/math.h"
#include "metrics/check.h"
#include "metrics/clustering.h"

static double distance(size_t d, const double *a, const double *b) {
    double square = 0.0;
    for (size_t j = 0; j < d; j++)
        square += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(square);
}

/* sum [n x k]: each row's distances to the rows of each cluster, added up. */
static void add_distances(size_t n, size_t d, const double *x, const uint32_t *cluster, size_t k, double *sum) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            const double apart = distance(d, x + i * d, x + j * d);
            sum[i * k + cluster[j]] += apart;
            sum[j * k + cluster[i]] += apart;
        }
}

static double silhouette(size_t k, const double *sum, const double *rows, uint32_t own) {
    if (rows[own] == 1.0)
        return 0.0;
    const double a = sum[own] / (rows[own] - 1.0);
    double b = (double)INFINITY;
    for (size_t c = 0; c < k; c++)
        if (c != own && rows[c] > 0.0)
            b = fmin(b, sum[c] / rows[c]);
    const double larger = fmax(a, b);
    return larger > 0.0 ? (b - a) / larger : 0.0;
}

static ml_status check(size_t n, size_t d, const double *x, const uint32_t *cluster, size_t k, ml_error *error) {
    if (d == 0 || k < 2)
        return ml_fail(error, ML_EINVAL, "%zu features, %zu clusters; a silhouette takes 1 and 2 or more", d, k);
    ML_TRY(ml_metrics_check_finite(n * d, x, "x", error));
    return ml_metrics_check_classes(n, k, cluster, "cluster", error);
}

static ml_status count_rows(size_t n, const uint32_t *cluster, size_t k, double *rows, ml_error *error) {
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        used += rows[cluster[i]]++ == 0.0;
    if (used < 2 || used == n)
        return ml_fail(error, ML_EINVAL, "%zu of %zu clusters have rows, of %zu rows; a silhouette takes 2 or more, and "
                       "one with two rows", used, k, n);
    return ML_OK;
}

ml_status ml_silhouette(size_t n, size_t d, const double *x, const uint32_t *cluster, size_t k, double *each,
                        double *mean, ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, d, x, cluster, k, error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *const rows = ML_ALLOC(arena, k, double);
    double *const sum = n <= SIZE_MAX / k ? ML_ALLOC(arena, n * k, double) : NULL;
    ml_status status = rows != NULL && sum != NULL ? count_rows(n, cluster, k, rows, error)
                                                   : ml_fail(error, ML_ENOMEM, "distances of %zu rows to %zu clusters do "
                                                             "not fit in memory; take a sample", n, k);
    if (status == ML_OK) {
        double total = 0.0;
        add_distances(n, d, x, cluster, k, sum);
        for (size_t i = 0; i < n; i++) {
            const double s = silhouette(k, sum + i * k, rows, cluster[i]);
            total += s;
            if (each != NULL)
                each[i] = s;
        }
        *mean = total / (double)n;
    }
    ml_arena_release(arena, before);
    return status;
}
