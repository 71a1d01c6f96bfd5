/* One block of memory, handed out from the front. Nothing in it is freed alone: whoever made the arena frees it, and
 * scratch is given back by returning to a mark. The library itself never calls malloc.
 *
 *     ml_arena_mark mark = ml_arena_save(arena);
 *     float *scratch = ML_ALLOC(arena, n, float);     NULL when the arena is full
 *     ...
 *     ml_arena_release(arena, mark);
 */
#ifndef ML_BASE_ARENA_H
#define ML_BASE_ARENA_H

#include <stddef.h>

typedef struct ml_arena {
    unsigned char *memory; /* the caller's */
    size_t capacity;       /* bytes */
    size_t used;           /* bytes; never above capacity */
} ml_arena;

typedef struct ml_arena_mark {
    size_t used;
} ml_arena_mark;

/* An arena over `capacity` bytes at `memory`, which stay the caller's. */
ml_arena ml_arena_over(void *memory, size_t capacity);

/* Room for `count` items of `size` bytes, zeroed, aligned to 64 bytes (a cache line, and any SIMD vector).
 * Returns NULL when it does not fit, or when count * size overflows; the arena is then unchanged. A count or size of
 * zero gives a valid pointer to nothing. */
void *ml_arena_alloc(ml_arena *arena, size_t count, size_t size);
#define ML_ALLOC(arena, count, type) ((type *)ml_arena_alloc((arena), (count), sizeof(type)))

/* All that is allocated after `save` is given back by `release`. Marks nest; releasing an older mark gives back the
 * newer ones too. A mark that lies above what is in use is ignored. */
ml_arena_mark ml_arena_save(const ml_arena *arena);
void ml_arena_release(ml_arena *arena, ml_arena_mark mark);

#endif
