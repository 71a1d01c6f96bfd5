/* What the file formats share: little-endian numbers, whatever the machine's own order. Private to the library. */
#ifndef ML_BASE_BYTES_H
#define ML_BASE_BYTES_H

#include <stdint.h>
#include <string.h>

static inline void put_u32(uint8_t *bytes, uint32_t x) {
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(x >> (8 * i));
}

static inline uint32_t get_u32(const uint8_t *bytes) {
    uint32_t x = 0;
    for (int i = 0; i < 4; i++)
        x |= (uint32_t)bytes[i] << (8 * i);
    return x;
}

static inline void put_u64(uint8_t *bytes, uint64_t x) {
    put_u32(bytes, (uint32_t)x);
    put_u32(bytes + 4, (uint32_t)(x >> 32));
}

static inline uint64_t get_u64(const uint8_t *bytes) {
    return get_u32(bytes) | (uint64_t)get_u32(bytes + 4) << 32;
}

static inline void put_float(uint8_t *bytes, float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_u32(bytes, bits);
}

static inline float get_float(const uint8_t *bytes) {
    const uint32_t bits = get_u32(bytes);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline void put_double(uint8_t *bytes, double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_u64(bytes, bits);
}

static inline double get_double(const uint8_t *bytes) {
    const uint64_t bits = get_u64(bytes);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

#endif
