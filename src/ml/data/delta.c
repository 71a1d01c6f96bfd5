/* Differences. They are taken modulo 2^64, as unsigned numbers, where nothing overflows. */
#include "data/encoding.h"

static int64_t as_signed(uint64_t x) {
    return x <= INT64_MAX ? (int64_t)x : -(int64_t)(UINT64_MAX - x) - 1;
}

size_t ml_delta_encode(size_t n, const int64_t *x, size_t capacity, uint8_t *out) {
    size_t used = 0;
    for (uint64_t i = 0, before = 0; i < n; before = (uint64_t)x[i++]) {
        uint8_t number[ML_VARINT_LONGEST];
        const size_t bytes = ml_varint_put(ml_zigzag(as_signed((uint64_t)x[i] - before)), number);
        if (bytes > capacity - used)
            return 0;
        for (size_t k = 0; k < bytes; k++)
            out[used++] = number[k];
    }
    return used;
}

ml_status ml_delta_decode(size_t length, const uint8_t *bytes, size_t n, int64_t *x, ml_error *error) {
    uint64_t before = 0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t difference;
        const size_t used = ml_varint_get(length - at, bytes + at, &difference);
        if (used == 0)
            return ml_fail(error, ML_EPARSE, "difference %zu of %zu is cut off or too long; the bytes are damaged", i,
                           n);
        before += (uint64_t)ml_unzigzag(difference);
        x[i] = as_signed(before);
        at += used;
    }
    if (at != length)
        return ml_fail(error, ML_EPARSE, "%zu bytes after the last of %zu differences; the bytes are damaged",
                       length - at, n);
    return ML_OK;
}
