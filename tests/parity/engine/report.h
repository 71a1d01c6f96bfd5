/* The lines that engine.mjs compares: what was computed, then a hash of each way to compute it, all of which must be
 * equal: of the scalar and the SIMD kernel, of tape and plan. */
#ifndef TESTS_PARITY_REPORT_H
#define TESTS_PARITY_REPORT_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a (Fowler, Noll and Vo), 32 bits. */
#define HASH_START 2166136261u
uint32_t hash_bytes(uint32_t hash, size_t n, const void *bytes);

/* NaNs count as equal: which one comes out is the processor's choice. */
uint32_t hash_floats(uint32_t hash, size_t n, const float *x);

/* The same of doubles. */
uint32_t hash_doubles(uint32_t hash, size_t n, const double *x);

void report_base(void);
void report_kernels(void);
void report_tensors(void);
void report_operations(void);
void report_networks(void);
void report_training(void);
void report_mlps(void);

#endif
