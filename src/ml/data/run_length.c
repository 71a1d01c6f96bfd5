#include <limits.h>

#include "data/encoding.h"

long ml_rle_encode(const uint32_t *v, size_t n, uint8_t *out, size_t capacity) {
    size_t used = 0;
    for (size_t i = 0, end; i < n; i = end) {
        uint8_t run[2 * ML_VARINT_LONGEST];
        for (end = i + 1; end < n && v[end] == v[i] && end - i < UINT32_MAX; end++)
            continue;
        size_t bytes = ml_varint_put(end - i, run);
        bytes += ml_varint_put(v[i], run + bytes);
        if (bytes > capacity - used || used + bytes > LONG_MAX)
            return -1;
        for (size_t k = 0; k < bytes; k++)
            out[used++] = run[k];
    }
    return (long)used;
}

/* A varint of at most 5 bytes and 32 bits; 0 if there is none. */
static size_t get_u32_varint(const uint8_t *bytes, size_t length, uint64_t *x) {
    const size_t used = ml_varint_get(length < 5 ? length : 5, bytes, x);
    return used > 0 && *x <= UINT32_MAX ? used : 0;
}

long ml_rle_decode(const uint8_t *bytes, size_t length, uint32_t *v, size_t capacity) {
    size_t n = 0;
    for (size_t at = 0; at < length;) {
        uint64_t run = 0, value = 0;
        const size_t first = get_u32_varint(bytes + at, length - at, &run);
        const size_t second = first > 0 ? get_u32_varint(bytes + at + first, length - at - first, &value) : 0;
        if (second == 0 || run == 0 || run > capacity - n || n + run > LONG_MAX)
            return -1;
        for (uint64_t k = 0; k < run; k++)
            v[n++] = (uint32_t)value;
        at += first + second;
    }
    return (long)n;
}
