/* The lines that engine.mjs compares: what was computed, then a hash of each way to compute it, all of which must be
 * equal: of the scalar and the SIMD kernel, of tape and plan. */
#ifndef TESTS_PARITY_REPORT_H
#define TESTS_PARITY_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

/* FNV-1a (Fowler, Noll and Vo), 32 bits. */
#define HASH_START 2166136261u
uint32_t hash_bytes(uint32_t hash, size_t n, const void *bytes);

/* NaNs count as equal: which one comes out is the processor's choice. */
uint32_t hash_floats(uint32_t hash, size_t n, const float *x);

/* The same of doubles. */
uint32_t hash_doubles(uint32_t hash, size_t n, const double *x);

/* For results of many parts, as the library of classical models has them: all that was taken in since the last line
 * becomes one hash, of a line that `report_taken` prints. Counts and flags are taken as numbers: size_t has not the same
 * size everywhere. */
void take_bytes(size_t n, const void *bytes);
void take_words(size_t n, const uint32_t *x);
void take_floats(size_t n, const float *x);
void take_doubles(size_t n, const double *x);
void take_number(double x);
uint32_t taken(void); /* the hash so far; the next one starts anew */
void report_taken(const char *format, ...) ML_PRINTF(1, 2);

/* An arena of 32 MB in which nothing is left. */
ml_arena *empty_arena(void);

/* n numbers to work on: normal ones of the given standard deviation; uniform ones in [0, 1). */
void fill_normal(ml_rng *rng, size_t n, double deviation, double *x);
void fill_uniform(ml_rng *rng, size_t n, double *x);
void fill_below(ml_rng *rng, size_t n, uint32_t below, uint32_t *x);

void report_base(void);
void report_special(void);
void report_kernels(void);
void report_tensors(void);
void report_operations(void);
void report_networks(void);
void report_training(void);
void report_mlps(void);
void report_kinds(void);
void report_models(void);
void report_solvers(void);
void report_data(void);
void report_features(void);
void report_metrics(void);
void report_serving(void);
void report_monitor(void);

#endif
