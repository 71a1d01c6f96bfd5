#include <stdint.h>

#include "base/math.h"
#include "base/sort.h"
#include "base/special.h"
#include "features/parts.h"
#include "features/scaling.h"

enum { MOST_QUANTILES = 65536 };

ml_status ml_quantile_map_fit(size_t n, size_t d, const double *x, size_t n_quantiles, bool normal,
                              ml_quantile_map *map, ml_arena *arena, ml_error *error) {
    if (n_quantiles < 2 || n_quantiles > MOST_QUANTILES)
        return ml_fail(error, ML_EINVAL, "%zu quantiles; a map takes 2 to %d", n_quantiles, MOST_QUANTILES);
    ML_TRY(ml_features_check(n, d, x, error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *const quantile = ml_arena_alloc(arena, d, n_quantiles * sizeof(double));
    const ml_arena_mark kept = ml_arena_save(arena);
    double *const value = ml_arena_alloc(arena, n, 2 * sizeof(double));
    if (quantile == NULL || value == NULL) {
        ml_arena_release(arena, before);
        return ml_features_no_memory("quantiles", d, n_quantiles, error);
    }
    for (size_t j = 0; j < d; j++) {
        const size_t present = ml_features_present(n, d, j, x, value);
        ml_sort_double(present, value, value + n);
        for (size_t q = 0; q < n_quantiles; q++)
            quantile[j * n_quantiles + q] =
                present > 0 ? ml_features_quantile(present, value, (double)q / (double)(n_quantiles - 1)) : (double)NAN;
    }
    ml_arena_release(arena, kept);
    *map = (ml_quantile_map){d, n_quantiles, normal, quantile};
    return ML_OK;
}

/* How many of n ascending numbers are below x, or at most x. */
static size_t count_below(size_t n, const double *sorted, double x, bool or_equal) {
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (sorted[middle] < x || (or_equal && sorted[middle] == x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double share_of(size_t n, const double *quantile, double x) {
    if (isnan(quantile[0]))
        return 0.5;
    if (x <= quantile[0])
        return 0.0;
    if (x >= quantile[n - 1])
        return 1.0;
    const double steps = (double)(n - 1);
    const size_t below = count_below(n, quantile, x, false), up_to = count_below(n, quantile, x, true);
    if (below < up_to)
        return 0.5 * (double)(below + up_to - 1) / steps;
    const double low = quantile[below - 1], high = quantile[below];
    return ((double)(below - 1) + (x - low) / (high - low)) / steps;
}

void ml_quantile_map_apply(const ml_quantile_map *map, size_t n, const double *x, double *out) {
    const size_t d = map->d;
    for (size_t i = 0; i < n * d; i++) {
        if (isnan(x[i])) {
            out[i] = (double)NAN;
            continue;
        }
        const double share = share_of(map->n_quantiles, map->quantile + i % d * map->n_quantiles, x[i]);
        out[i] = map->normal ? ml_norm_quantile(fmin(fmax(share, 1e-7), 1.0 - 1e-7)) : share;
    }
}
