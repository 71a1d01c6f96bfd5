/* How to store a column in few bytes: by what is known of it.
 *
 * Encoders write into the caller's bytes and report how many they took; decoders trust nothing: whatever the bytes are,
 * they read nothing outside and write no more than there is room for. */
#ifndef ML_DATA_ENCODING_H
#define ML_DATA_ENCODING_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* --- One number --------------------------------------------------------------------------------------------------- */

enum { ML_VARINT_LONGEST = 10 };

/* LEB128: seven bits a byte, the lowest first, the top bit says that more follow. 1 to 10 bytes.
 *   out  [10]  written as far as needed
 * Returns the number of bytes.
 * Source: Apache Parquet, "Encodings"; the same varint as in Protocol Buffers and Avro. */
size_t ml_varint_put(uint64_t x, uint8_t *out);

/* Reads one from the first of `length` bytes. Returns how many it took; 0, with *x untouched, if they end within it or
 * it exceeds 64 bits. */
size_t ml_varint_get(size_t length, const uint8_t *bytes, uint64_t *x);

/* 0, -1, 1, -2, 2 ... become 0, 1, 2, 3, 4 ...: small negative numbers become small. And back. */
uint64_t ml_zigzag(int64_t x);
int64_t ml_unzigzag(uint64_t x);

/* --- Columns of numbers ------------------------------------------------------------------------------------------- */

/* Each number's difference from the one before it (the first from 0) as zig-zag varint: good for what grows slowly.
 * Differences wrap round at 64 bits, so any numbers survive.
 *   x    [n]
 *   out  [capacity]  10 n is always enough
 * Returns the bytes written; 0 if they do not fit (or n is 0). Cost: O(n). */
size_t ml_delta_encode(size_t n, const int64_t *x, size_t capacity, uint8_t *out);

/* Exactly n numbers from exactly `length` bytes.
 * Errors: ML_EPARSE if the bytes end early, go on after the last number, or hold no varint; x is then overwritten. */
ml_status ml_delta_decode(size_t length, const uint8_t *bytes, size_t n, int64_t *x, ml_error *error);

/* How many bits the largest of n numbers needs, 0 to 32. */
uint32_t ml_bit_width(size_t n, const uint32_t *x);

/* Bytes of n numbers of `width` bits each: n width / 8, rounded up. */
size_t ml_bitpacked_bytes(size_t n, uint32_t width);

/* Packs the low `width` (0 to 32) bits of each number, the first into the lowest bits of the first byte.
 *   out  [ml_bitpacked_bytes(n, width)]
 * Cost: O(n). Source: Lemire and Boytsov 2015, "Decoding billions of integers per second through vectorization",
 * Software: Practice and Experience 45(1), section 3. */
void ml_bitpack(size_t n, const uint32_t *x, uint32_t width, uint8_t *out);
void ml_bitunpack(size_t n, const uint8_t *bytes, uint32_t width, uint32_t *x);

/* Run lengths: varint length, varint value for each run of equal numbers.
 *   v    [n]
 *   out  [capacity]
 * Returns the bytes written, -1 if they do not fit. Cost: O(n). */
long ml_rle_encode(const uint32_t *v, size_t n, uint8_t *out, size_t capacity);

/* Returns how many numbers the `length` bytes hold; -1 if that is more than `capacity`, or the bytes are malformed: cut
 * off, a run of 0, a length or value above 2^32 - 1, a varint of more than 5 bytes. What was written to v before is
 * then without meaning. */
long ml_rle_decode(const uint8_t *bytes, size_t length, uint32_t *v, size_t capacity);

/* --- Dictionaries ------------------------------------------------------------------------------------------------- */

/* Gives each different value a code: its place among the different values in ascending order, so that codes compare as
 * values do.
 *   x      [n]
 *   level  [n]  out: the different values, ascending; the first *n_levels
 *   code   [n]  out
 * Cost:   O(n log n); scratch for 8 bytes a value, given back.
 * Errors: ML_EINVAL if n is 2^32 or more; ML_ENOMEM; outputs untouched. */
ml_status ml_dict_encode(size_t n, const int64_t *x, int64_t *level, size_t *n_levels, uint32_t *code, ml_arena *arena,
                         ml_error *error);

/* x[i] = level[code[i]]. ML_EPARSE, with x untouched from there on, if a code is out of range. */
ml_status ml_dict_decode(size_t n, const uint32_t *code, size_t n_levels, const int64_t *level, int64_t *x,
                         ml_error *error);

#endif
