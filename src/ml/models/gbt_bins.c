#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "models/check.h"
#include "models/gbt_parts.h"

static size_t count_known(size_t n, const double *sorted) {
    size_t known = n; /* NaN comes last */
    while (known > 0 && isnan(sorted[known - 1]))
        known--;
    return known;
}

static size_t count_different(size_t n, const double *sorted) {
    size_t different = n > 0;
    for (size_t i = 1; i < n; i++)
        different += sorted[i] != sorted[i - 1];
    return different;
}

/* Edges halfway between different neighbours: between all of them where there are few, else wherever a bin has its
 * share of the rows that are left. Equal values are never parted. */
static uint32_t find_edges(size_t known, const double *sorted, size_t max_bins, double *edge) {
    const bool is_few = count_different(known, sorted) <= max_bins;
    uint32_t edges = 0;
    for (size_t i = 1, begin = 0; i < known && edges + 1 < max_bins; i++) {
        const size_t bins_left = max_bins - edges, share = (known - begin + bins_left - 1) / bins_left;
        if (sorted[i] == sorted[i - 1] || (!is_few && i - begin < share))
            continue;
        edge[edges++] = ml_tree_threshold(sorted[i - 1], sorted[i]);
        begin = i;
    }
    return edges;
}

/* How many edges are below the value: binary search. */
static uint8_t bin_of(double value, uint32_t n_edges, const double *edge) {
    uint32_t low = 0, high = n_edges;
    if (isnan(value))
        return ML_GBT_MISSING;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (edge[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint8_t)low;
}

ml_status ml_gbt_bin(size_t n, size_t d, const double *x, size_t max_bins, ml_gbt_bins *bins, ml_arena *arena,
                     ml_error *error) {
    bins->bin = d > SIZE_MAX / n ? NULL : ML_ALLOC(arena, n * d, uint8_t);
    bins->edge = ml_arena_alloc(arena, d, ML_GBT_MAX_BINS * sizeof(double));
    bins->n_edges = ML_ALLOC(arena, d, uint32_t);
    const ml_arena_mark before = ml_arena_save(arena);
    double *const sorted = ML_ALLOC(arena, n, double), *const scratch = ML_ALLOC(arena, n, double);
    const bool fits = bins->bin && bins->edge && bins->n_edges && sorted && scratch;
    for (size_t j = 0; fits && j < d; j++) {
        double *const edge = bins->edge + j * ML_GBT_MAX_BINS;
        for (size_t i = 0; i < n; i++)
            sorted[i] = x[i * d + j];
        ml_sort_double(n, sorted, scratch);
        bins->n_edges[j] = find_edges(count_known(n, sorted), sorted, max_bins, edge);
        for (size_t i = 0; i < n; i++)
            bins->bin[j * n + i] = bin_of(x[i * d + j], bins->n_edges[j], edge);
    }
    ml_arena_release(arena, before);
    return fits ? ML_OK : ml_models_out_of_memory("boosting", n, d, error);
}
