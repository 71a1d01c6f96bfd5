/* Where k-means begins: k-means++. */
#include <string.h>

#include "base/math.h"
#include "models/clusters_check.h"
#include "models/magnitude.h"
#include "models/nearest_centre.h"

/* The squared distances to the nearest centre if row `candidate` became one too; returns their sum. */
static double distances_with(size_t n, size_t d, const double *x, const double *distance, size_t candidate,
                             double *with) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double here = ml_squared_distance(d, x + i * d, x + candidate * d);
        with[i] = here < distance[i] ? here : distance[i];
        sum += with[i];
    }
    return sum;
}

/* A row with a chance in proportion to its distance; where all are 0, the last. */
static size_t draw(size_t n, const double *distance, double total, ml_rng *rng) {
    double left = ml_rng_uniform(rng) * total;
    size_t last = n - 1;
    for (size_t i = 0; i < n; i++) {
        if (distance[i] > 0.0)
            last = i;
        if (left < distance[i])
            return i;
        left -= distance[i];
    }
    return last; /* rounding: the sum was not quite reached */
}

static size_t floor_of_log(size_t k) {
    return (size_t)ml_log((double)k);
}

void ml_kmeans_start_into(size_t n, size_t d, const double *x, size_t k, ml_rng *rng, double *centre, double *distance,
                          double *with) {
    const size_t trials = 2 + floor_of_log(k), first = (size_t)ml_rng_below(rng, n);
    memcpy(centre, x + first * d, d * sizeof *centre);
    for (size_t i = 0; i < n; i++)
        distance[i] = (double)INFINITY;
    double total = distances_with(n, d, x, distance, first, with);
    memcpy(distance, with, n * sizeof *distance);
    for (size_t c = 1; c < k; c++) {
        size_t best = 0;
        double least = (double)INFINITY;
        for (size_t t = 0; t < trials; t++) {
            const size_t candidate = draw(n, distance, total, rng);
            const double sum = distances_with(n, d, x, distance, candidate, with);
            if (sum < least) {
                least = sum;
                best = candidate;
            }
        }
        total = distances_with(n, d, x, distance, best, with);
        memcpy(distance, with, n * sizeof *distance);
        memcpy(centre + c * d, x + best * d, d * sizeof *centre);
    }
}

ml_status ml_kmeans_start(size_t n, size_t d, const double *x, size_t k, ml_rng *rng, double *centre, ml_arena *arena,
                          ml_error *error) {
    ML_TRY(ml_clusters_check(n, d, x, k, error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *const distance = ML_ALLOC(arena, n, double), *const with = ML_ALLOC(arena, n, double);
    const bool fits = distance != NULL && with != NULL;
    if (fits)
        ml_kmeans_start_into(n, d, x, k, rng, centre, distance, with);
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_clusters_out_of_memory("k-means", n, d, k, error);
}
