#include "base/arena.h"

#include <stdint.h>
#include <string.h>

enum { ALIGNMENT = 64 };

ml_arena ml_arena_over(void *memory, size_t capacity) {
    return (ml_arena){.memory = memory, .capacity = capacity};
}

void *ml_arena_alloc(ml_arena *arena, size_t count, size_t size) {
    if (count == 0 || size == 0)
        return arena->memory + arena->used;
    if (count > SIZE_MAX / size)
        return NULL;
    const size_t bytes = count * size, room = arena->capacity - arena->used;
    const size_t past = (uintptr_t)(arena->memory + arena->used) % ALIGNMENT; /* of the address, not of the offset */
    const size_t padding = past == 0 ? 0 : ALIGNMENT - past;
    if (padding > room || bytes > room - padding)
        return NULL;
    unsigned char *item = arena->memory + arena->used + padding;
    arena->used += padding + bytes;
    return memset(item, 0, bytes);
}

ml_arena_mark ml_arena_save(const ml_arena *arena) {
    return (ml_arena_mark){arena->used};
}

void ml_arena_release(ml_arena *arena, ml_arena_mark mark) {
    if (mark.used < arena->used)
        arena->used = mark.used;
}
