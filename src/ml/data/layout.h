/* The order of a table in memory, and what it costs: row by row or column by column, and a model of a cache that counts
 * what a clock would show. */
#ifndef ML_DATA_LAYOUT_H
#define ML_DATA_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* Turns a table of n rows and d columns: rows[i d + j] is columns[j n + i]. In tiles of 16 by 16, so that neither side
 * is read or written a line of the cache for every value.
 *   rows, columns  [n x d]  no overlap; one of them out
 * Cost:   O(n d).
 * Source: Frigo and others 1999, "Cache-oblivious algorithms", FOCS, for why tiles. */
void ml_layout_to_columns(size_t n, size_t d, const double *rows, double *columns);
void ml_layout_to_rows(size_t n, size_t d, const double *columns, double *rows);

/* The sum of n floats, each `stride` floats behind the one before: a column of a row-major table is a stride as wide as
 * its rows. Value i goes to accumulator i mod 8; the eight are added in order. The same bits for any stride.
 * Cost:   n additions, and a line of the cache for each value from a stride of 16 on. */
float ml_sum_strided(size_t n, const float *x, size_t stride);

/* --- A cache, modelled ----------------------------------------------------------------------------------------------
 */

/* Set-associative, the least recently used line goes. */
typedef struct ml_cache {
    size_t sets, ways;
    uint32_t line_bytes;
    uint64_t *line;   /* [sets x ways] of each set the lines it holds, the last used first; 0 is none, else 1 + line */
    uint64_t touches; /* bytes asked for, one at a time */
    uint64_t misses;  /* of them, those whose line was not there */
} ml_cache;

/* An empty cache in the arena. 32 KB of a common processor: 64 sets, 8 ways, lines of 64 bytes.
 * Errors: ML_EINVAL if sets or line_bytes is no power of two, or ways is 0; ML_ENOMEM; cache untouched.
 * Source: Hennessy and Patterson 2017, "Computer Architecture", 6th edition, appendix B. */
ml_status ml_cache_init(size_t sets, size_t ways, uint32_t line_bytes, ml_arena *arena, ml_cache *cache,
                        ml_error *error);

/* Asks for the byte at an address. Returns whether its line was there. Cost: O(ways). */
bool ml_cache_touch(ml_cache *cache, uint64_t address);

#endif
