/* The whole library, the kernels and networks over odd sizes and strides: prints a line for each case. Runs natively and
 * as WebAssembly; engine.mjs compares the lines. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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

static uint32_t so_far = HASH_START;

void take_bytes(size_t n, const void *bytes) {
    so_far = hash_bytes(so_far, n, bytes);
}

void take_words(size_t n, const uint32_t *x) {
    take_bytes(n * sizeof *x, x);
}

void take_floats(size_t n, const float *x) {
    so_far = hash_floats(so_far, n, x);
}

void take_doubles(size_t n, const double *x) {
    so_far = hash_doubles(so_far, n, x);
}

void take_number(double x) {
    take_doubles(1, &x);
}

uint32_t taken(void) {
    const uint32_t hash = so_far;
    so_far = HASH_START;
    return hash;
}

void report_taken(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    printf(": %08x\n", (unsigned)taken());
}

ml_arena *empty_arena(void) {
    enum { BYTES = 1 << 25 };
    static ml_arena arena;
    if (arena.memory == NULL)
        arena = ml_arena_over(malloc(BYTES), BYTES);
    if (arena.memory == NULL)
        exit(1);
    arena.used = 0;
    return &arena;
}

void fill_normal(ml_rng *rng, size_t n, double deviation, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = deviation * ml_rng_normal(rng);
}

void fill_uniform(ml_rng *rng, size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = ml_rng_uniform(rng);
}

void fill_below(ml_rng *rng, size_t n, uint32_t below, uint32_t *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (uint32_t)ml_rng_below(rng, below);
}

int main(void) {
    report_base();
    report_kernels();
    report_tensors();
    report_operations();
    report_networks();
    report_training();
    report_mlps();
    report_special();
    report_kinds();
    report_models();
    report_solvers();
    report_data();
    report_features();
    report_metrics();
    report_serving();
    report_monitor();
    return 0;
}
