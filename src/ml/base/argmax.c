#include "base/sort.h"

size_t ml_argmax(size_t n, const float *value) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (value[i] > value[best] || (value[best] != value[best] && value[i] == value[i]))
            best = i;
    return best;
}
