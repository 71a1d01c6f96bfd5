#include "base/bytes.h"
#include "base/hash.h"
#include "features/categories.h"

ml_status ml_cross(size_t n, size_t n_b, const uint32_t *a, const uint32_t *b, uint32_t *crossed, ml_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (b[i] >= n_b)
            return ml_fail(error, ML_EINVAL, "row %zu: category %u is not below %zu", i, b[i], n_b);
        if (a[i] > (UINT32_MAX - b[i]) / n_b)
            return ml_fail(error, ML_EINVAL, "row %zu: %u crossed with %zu categories exceeds 2^32; hash the cross", i,
                           a[i], n_b);
    }
    for (size_t i = 0; i < n; i++)
        crossed[i] = (uint32_t)(a[i] * n_b) + b[i];
    return ML_OK;
}

uint32_t ml_cross_hash(size_t n_codes, const uint32_t *code) {
    uint32_t h = 0;
    for (size_t i = 0; i < n_codes; i++) {
        uint8_t bytes[4];
        put_u32(bytes, code[i]);
        h = ml_murmur3(sizeof bytes, bytes, h);
    }
    return h;
}
