#include "data/encoding.h"

size_t ml_varint_put(uint64_t x, uint8_t *out) {
    size_t n = 0;
    for (; x >= 0x80; x >>= 7)
        out[n++] = (uint8_t)(x | 0x80);
    out[n++] = (uint8_t)x;
    return n;
}

size_t ml_varint_get(size_t length, const uint8_t *bytes, uint64_t *x) {
    uint64_t read = 0;
    for (size_t i = 0; i < length && i < ML_VARINT_LONGEST; i++) {
        if (i == ML_VARINT_LONGEST - 1 && bytes[i] > 1)
            return 0; /* the 65th bit */
        read |= (uint64_t)(bytes[i] & 0x7F) << (7 * i);
        if (bytes[i] < 0x80) {
            *x = read;
            return i + 1;
        }
    }
    return 0;
}

/* Shifting a negative number left is undefined in C, and right up to the compiler. */
uint64_t ml_zigzag(int64_t x) {
    return (uint64_t)x << 1 ^ (x < 0 ? UINT64_MAX : 0);
}

int64_t ml_unzigzag(uint64_t x) {
    const uint64_t half = x >> 1;
    return x & 1 ? -(int64_t)half - 1 : (int64_t)half;
}
