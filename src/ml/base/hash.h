/* Hashes: the same bytes give the same number on every machine, for ever, so that a hash may be part of a model. None
 * withstands whoever wants two inputs to collide.
 *
 * Not Python's hash() of strings: it is salted and differs in every process, a classical skew between training and
 * serving. */
#ifndef ML_BASE_HASH_H
#define ML_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* MurmurHash3, the variant x86_32.
 *   bytes  [length]  any; NULL only if length is 0;  length below 2^32
 *   seed   another seed, another function
 * Cost:   about a multiplication a byte.
 * Source: Appleby, "MurmurHash3" (public domain).   Golden: tests/golden/features.py, scikit-learn murmurhash3_32. */
uint32_t ml_murmur3(size_t length, const void *bytes, uint32_t seed);

/* The ends of MurmurHash3: maps one to one of 32 and of 64 bits, in which each bit of the input turns over each bit of
 * the result with a chance of nearly one half. 0 stays 0.
 * Source: Appleby, fmix32 and fmix64. */
uint32_t ml_fmix32(uint32_t x);
uint64_t ml_hash64(uint64_t x);

/* FNV-1a, 32 bits, of n bytes (a zero byte counts): for each byte xor, then multiply by 16777619, from 2166136261 on.
 * Its low bits alone are poor: finish it with ml_fmix32.
 * Source: Fowler, Noll, Vo et al., "The FNV Non-Cryptographic Hash Algorithm", RFC 9923. */
uint32_t ml_fnv1a32(const char *bytes, size_t n);

#endif
