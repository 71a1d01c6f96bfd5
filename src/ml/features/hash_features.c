#include <string.h>

#include "base/hash.h"
#include "features/categories.h"

void ml_hash_features(size_t n, const char *const *token, const double *value, size_t width, bool alternate_sign,
                      double *out) {
    memset(out, 0, width * sizeof *out);
    for (size_t i = 0; i < n && width > 0; i++) {
        const uint32_t h = ml_murmur3(strlen(token[i]), token[i], 0);
        const bool negative = h >> 31 != 0;
        const double amount = value != NULL ? value[i] : 1.0;
        out[(negative ? 0U - h : h) % width] += negative && alternate_sign ? -amount : amount;
    }
}
