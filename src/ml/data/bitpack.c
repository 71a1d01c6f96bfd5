#include "data/encoding.h"

uint32_t ml_bit_width(size_t n, const uint32_t *x) {
    uint32_t all = 0, width = 0;
    for (size_t i = 0; i < n; i++)
        all |= x[i];
    for (; all != 0; all >>= 1)
        width++;
    return width;
}

size_t ml_bitpacked_bytes(size_t n, uint32_t width) {
    return n / 8 * width + (n % 8 * width + 7) / 8; /* n * width may overflow */
}

void ml_bitpack(size_t n, const uint32_t *x, uint32_t width, uint8_t *out) {
    const uint64_t mask = (UINT64_C(1) << width) - 1;
    uint64_t waiting = 0; /* fewer than 8 bits between numbers */
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        waiting |= (x[i] & mask) << bits;
        for (bits += width; bits >= 8; bits -= 8, waiting >>= 8)
            *out++ = (uint8_t)waiting;
    }
    if (bits > 0)
        *out = (uint8_t)waiting;
}

void ml_bitunpack(size_t n, const uint8_t *bytes, uint32_t width, uint32_t *x) {
    const uint64_t mask = (UINT64_C(1) << width) - 1;
    uint64_t waiting = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        for (; bits < width; bits += 8)
            waiting |= (uint64_t)*bytes++ << bits;
        x[i] = (uint32_t)(waiting & mask);
        waiting >>= width;
        bits -= width;
    }
}
