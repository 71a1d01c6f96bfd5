#include <string.h>

#include "features/categories.h"

void ml_onehot_apply(size_t k, const int32_t *level, size_t n, const int32_t *x, double *out) {
    for (size_t i = 0; i < n; i++) {
        double *const row = out + i * (k + 1);
        uint32_t code;
        ml_ordinal_apply(k, level, 1, x + i, &code);
        memset(row, 0, (k + 1) * sizeof *row);
        row[code] = 1.0;
    }
}
