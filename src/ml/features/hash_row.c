#include <string.h>

#include "base/hash.h"
#include "features/categories.h"

void ml_hash_row(const char *const *token, size_t n, unsigned bits, float *out) {
    const uint32_t buckets = (uint32_t)1 << (bits < 24 ? bits : 24);
    memset(out, 0, buckets * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const uint32_t h = ml_fmix32(ml_fnv1a32(token[i], strlen(token[i])));
        out[h & (buckets - 1)] += h >> 31 != 0 ? -1.0f : 1.0f; /* the bucket and the sign come from different bits */
    }
}
