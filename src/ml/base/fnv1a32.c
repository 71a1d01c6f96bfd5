#include "base/hash.h"

uint32_t ml_fnv1a32(const char *bytes, size_t n) {
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)bytes[i]) * 16777619U; /* a char may be signed: byte 0xC3 is 195, not -61 */
    return h;
}
