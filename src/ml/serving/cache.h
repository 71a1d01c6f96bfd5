/* Caches of answers, for keys 0 to n_keys - 1: an array is the hash table. What to forget when it is full: the least
 * recently used, the least frequently used; and what is too old to be true. */
#ifndef ML_SERVING_CACHE_H
#define ML_SERVING_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* --- Least recently used ------------------------------------------------------------------------------------------ */

/* A doubly linked list through the slots, the newest at its head; -1 is "none". */
typedef struct ml_lru {
    int capacity, n_keys;   /* the most it holds; set by the caller, like the arrays */
    int size, head, tail;   /* entries; the slots of the newest and the oldest */
    int *where;             /* [n_keys] the slot of a key, or -1 */
    int *key, *prev, *next; /* [capacity] of each slot */
    float *value;           /* [capacity] */
} ml_lru;

/* Empties the cache; capacity, n_keys and the arrays are set, whatever the arrays hold. Cost: O(n_keys). */
void ml_lru_init(ml_lru *lru);

/* Whether the key is there; then *value is its value, and it becomes the newest. Otherwise, also for a key outside,
 * *value is untouched. Cost: O(1). */
bool ml_lru_get(ml_lru *lru, int key, float *value);

/* Stores, as the newest; if the cache is full and the key new, the oldest goes. Cost: O(1).
 * Returns false, nothing stored, if the key is outside or the capacity below 1. */
bool ml_lru_put(ml_lru *lru, int key, float value);

/* An empty cache with arrays from the arena, with which they die.
 * Memory: 4 bytes a key and 16 a slot.
 * Errors: ML_EINVAL if capacity or n_keys is below 1; ML_ENOMEM; *lru untouched. */
ml_status ml_lru_make(int capacity, int n_keys, ml_lru *lru, ml_arena *arena, ml_error *error);

/* --- Least frequently used ---------------------------------------------------------------------------------------- */

/* A heap by uses, of equal ones by time of use: at its root is who goes next. The fields are readable. */
typedef struct ml_lfu {
    size_t capacity, n_keys, size;
    uint64_t now;    /* gets and puts so far */
    uint32_t *heap;  /* [capacity] keys */
    uint32_t *where; /* [n_keys] place in the heap + 1; 0: not there */
    uint64_t *uses;  /* [n_keys] gets and puts since the key came in */
    uint64_t *used;  /* [n_keys] when it was last used */
    float *value;    /* [n_keys] */
} ml_lfu;

/* An empty cache; arrays from the arena, with which they die.
 * Memory: 24 bytes a key and 4 a slot.
 * Errors: ML_EINVAL if capacity is 0, or n_keys is 0 or 2^32 - 1 or more; ML_ENOMEM; *lfu untouched. */
ml_status ml_lfu_init(size_t capacity, size_t n_keys, ml_lfu *lfu, ml_arena *arena, ml_error *error);

/* As ml_lru_get; a hit counts as a use. Cost: O(log capacity). */
bool ml_lfu_get(ml_lfu *lfu, uint32_t key, float *value);

/* Stores and counts a use; if the cache is full and the key new, the key of fewest uses goes, of equal ones the least
 * recently used. What went and comes back starts anew. Cost: O(log capacity).
 * Returns false, nothing stored, if the key is outside. */
bool ml_lfu_put(ml_lfu *lfu, uint32_t key, float value);

/* --- Time to live ------------------------------------------------------------------------------------------------- */

/* An ml_lru whose entries expire: a cached prediction is as stale as its entry. What has expired is no hit, but keeps
 * its slot until it is pushed out or put again. */
typedef struct ml_ttl {
    ml_lru lru;
    double time_to_live; /* in the unit of `now` */
    double *expires;     /* [n_keys] */
} ml_ttl;

/* Errors: ML_EINVAL if capacity or n_keys is below 1, or time_to_live is not above 0 (INFINITY is allowed); ML_ENOMEM;
 * *ttl untouched. Memory: as ml_lru_make, and 8 bytes a key. */
ml_status ml_ttl_init(int capacity, int n_keys, double time_to_live, ml_ttl *ttl, ml_arena *arena, ml_error *error);

/* A hit only if the entry was put less than time_to_live before `now`; a hit does not make it live longer. */
bool ml_ttl_get(ml_ttl *ttl, double now, int key, float *value);

/* As ml_lru_put; the entry lives from now on. */
bool ml_ttl_put(ml_ttl *ttl, double now, int key, float value);

#endif
