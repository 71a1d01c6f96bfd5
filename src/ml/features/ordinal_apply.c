#include "features/categories.h"

void ml_ordinal_apply(size_t k, const int32_t *level, size_t n, const int32_t *x, uint32_t *code) {
    for (size_t i = 0; i < n; i++) {
        size_t low = 0, high = k;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (level[middle] < x[i])
                low = middle + 1;
            else
                high = middle;
        }
        code[i] = (uint32_t)(low < k && level[low] == x[i] ? low : k);
    }
}
