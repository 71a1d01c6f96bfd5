/* The whole engine over odd sizes and strides: prints a line for each case. Runs natively and as WebAssembly; engine.mjs
 * compares the lines. */
#include <math.h>

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
        const float number = x[i] == x[i] ? x[i] : NAN;
        hash = hash_bytes(hash, sizeof number, &number);
    }
    return hash;
}

uint32_t hash_doubles(uint32_t hash, size_t n, const double *x) {
    for (size_t i = 0; i < n; i++) {
        const double number = x[i] == x[i] ? x[i] : (double)NAN;
        hash = hash_bytes(hash, sizeof number, &number);
    }
    return hash;
}

int main(void) {
    report_base();
    report_kernels();
    report_tensors();
    report_operations();
    report_networks();
    report_training();
    report_mlps();
    return 0;
}
