/* What the fuzzers share. Each is one file: libFuzzer calls LLVMFuzzerTestOneInput with bytes of its own making, and
 * what must hold for any bytes is said with MUST. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/status.h"

#define MUST(fact) ((fact) ? (void)0 : fuzz_failed(#fact, __FILE__, __LINE__))

static inline void fuzz_failed(const char *fact, const char *file, int line) {
    fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, fact);
    abort();
}

/* An empty arena over the whole block, on which nothing of an earlier input is left (tests/fuzz/arena.c). */
ml_arena fuzz_arena(void *block, size_t bytes);

/* Guarded bytes behind each array of an arena; 0: arenas take what base/arena.c takes. */
extern size_t fuzz_guard;

/* Bytes in a block of exactly their size, so that AddressSanitizer sees a step beyond. The caller frees it. */
static inline uint8_t *fuzz_copy(size_t size, const void *bytes) {
    uint8_t *copy = malloc(size > 0 ? size : 1);
    MUST(copy != NULL);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

/* What else is drawn for an input depends on the input alone, so that a finding can be repeated. */
static inline ml_rng fuzz_rng(size_t size, const uint8_t *data) {
    uint64_t seed = 14695981039346656037ULL; /* FNV-1a */
    for (size_t i = 0; i < size; i++)
        seed = (seed ^ data[i]) * 1099511628211ULL;
    return ml_rng_seed(seed, 0);
}

/* Every failure has its sentence. */
static inline void fuzz_must_say(ml_status status, const ml_error *error) {
    MUST(status == ML_OK || strlen(error->message) > 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
