#include "base/hash.h"

#include "base/bytes.h"

static uint32_t rotate(uint32_t x, int bits) {
    return x << bits | x >> (32 - bits);
}

static uint32_t scramble(uint32_t block) {
    return rotate(block * 0xcc9e2d51U, 15) * 0x1b873593U;
}

uint32_t ml_fmix32(uint32_t x) {
    x = (x ^ x >> 16) * 0x85ebca6bU;
    x = (x ^ x >> 13) * 0xc2b2ae35U;
    return x ^ x >> 16;
}

uint64_t ml_hash64(uint64_t x) {
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdU;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53U;
    return x ^ x >> 33;
}

uint32_t ml_murmur3(size_t length, const void *bytes, uint32_t seed) {
    const uint8_t *at = bytes;
    uint32_t h = seed;
    size_t left = length;
    for (; left >= 4; left -= 4, at += 4)
        h = rotate(h ^ scramble(get_u32(at)), 13) * 5 + 0xe6546b64U;
    uint32_t tail = 0;
    for (size_t i = left; i-- > 0;)
        tail = tail << 8 | at[i];
    if (left > 0)
        h ^= scramble(tail);
    return ml_fmix32(h ^ (uint32_t)length);
}
