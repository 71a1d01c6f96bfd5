#include <stdbool.h>

#include "models/check.h"

static double squared_distance(size_t d, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t j = 0; j < d; j++)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

/* The k nearest so far stay sorted, and a row moves up past those that are farther away than it: not past its equals,
 * so that the lower row stays ahead. */
static void find_nearest(size_t n, size_t d, const double *x, size_t k, const double *query, uint32_t *nearest,
                         double *distance) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const double here = squared_distance(d, x + i * d, query);
        if (found == k && here >= distance[k - 1])
            continue; /* almost every row ends here */
        size_t place = found < k ? found++ : k - 1;
        for (; place > 0 && here < distance[place - 1]; place--) {
            distance[place] = distance[place - 1];
            nearest[place] = nearest[place - 1];
        }
        distance[place] = here;
        nearest[place] = (uint32_t)i;
    }
}

static ml_status check(size_t n, size_t d, const double *x, size_t k, size_t n_queries, const double *query,
                       ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    if (k == 0 || k > n)
        return ml_fail(error, ML_EINVAL, "k is %zu; it is at least 1, and at most the number of rows, %zu", k, n);
    return n_queries == 0 ? ML_OK : ml_models_check_rows(n_queries, d, query, error);
}

ml_status ml_knn_nearest(size_t n, size_t d, const double *x, size_t k, size_t n_queries, const double *query,
                         uint32_t *nearest, double *distance, ml_error *error) {
    ML_TRY(check(n, d, x, k, n_queries, query, error));
    for (size_t q = 0; q < n_queries; q++)
        find_nearest(n, d, x, k, query + q * d, nearest + q * k, distance + q * k);
    return ML_OK;
}

/* The label that most of the rows have; of several the lowest. */
static uint8_t majority(size_t k, const uint32_t *nearest, const uint8_t *label) {
    size_t votes[UINT8_MAX + 1] = {0}, best = 0;
    for (size_t i = 0; i < k; i++)
        votes[label[nearest[i]]]++;
    for (size_t c = 1; c <= UINT8_MAX; c++)
        if (votes[c] > votes[best])
            best = c;
    return (uint8_t)best;
}

ml_status ml_knn_classify(size_t n, size_t d, const double *x, const uint8_t *label, size_t k, size_t n_queries,
                          const double *query, uint8_t *predicted, ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, d, x, k, n_queries, query, error));
    const ml_arena_mark before = ml_arena_save(arena);
    uint32_t *const nearest = ML_ALLOC(arena, k, uint32_t);
    double *const distance = ML_ALLOC(arena, k, double);
    const bool fits = nearest != NULL && distance != NULL;
    for (size_t q = 0; fits && q < n_queries; q++) {
        find_nearest(n, d, x, k, query + q * d, nearest, distance);
        predicted[q] = majority(k, nearest, label);
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_models_out_of_memory("nearest neighbours", n, d, error);
}
