#include "features/categories.h"

void ml_target_apply(size_t n_cat, const double *table, double prior, size_t n, const uint32_t *cat, double *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = cat[i] < n_cat ? table[cat[i]] : prior;
}
