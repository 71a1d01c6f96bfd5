/* The whole engine over odd sizes and strides: prints a line for each case. Runs natively and as WebAssembly; engine.mjs
 * compares the lines. */
#include <string.h>

#include "report.h"

static const uint32_t fnv_prime = 16777619u;

uint32_t hash_bytes(uint32_t hash, size_t n, const void *bytes) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ byte[i]) * fnv_prime;
    return hash;
}

uint32_t hash_floats(uint32_t hash, size_t n, const float *x) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = 0x7fc00000u;
        if (x[i] == x[i])
            memcpy(&bits, x + i, sizeof bits);
        for (int byte = 0; byte < 4; byte++)
            hash = (hash ^ ((bits >> (8 * byte)) & 0xffu)) * fnv_prime;
    }
    return hash;
}

int main(void) {
    report_kernels();
    report_operations();
    report_networks();
    report_training();
    return 0;
}
