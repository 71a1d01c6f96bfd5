/* The fuzzers' arena. The functions are those of base/arena.h, which the linker takes from here, but behind each array
 * lie bytes that AddressSanitizer guards: a step out of one array is then seen, though the next one is the arena's too.
 * What was given back may be written again by those who fill the arena by hand, as the CSV reader does. */
#include "fuzz.h"

#include <sanitizer/asan_interface.h>

enum { ALIGNMENT = 64 };

size_t fuzz_guard = 64;

ml_arena ml_arena_over(void *memory, size_t capacity) {
    return (ml_arena){.memory = memory, .capacity = capacity};
}

ml_arena fuzz_arena(void *block, size_t bytes) {
    ASAN_UNPOISON_MEMORY_REGION(block, bytes);
    return ml_arena_over(block, bytes);
}

void *ml_arena_alloc(ml_arena *arena, size_t count, size_t size) {
    if (count == 0 || size == 0)
        return arena->memory + arena->used;
    const size_t room = arena->capacity - arena->used;
    const size_t padding = -(uintptr_t)(arena->memory + arena->used) % ALIGNMENT;
    if (count > SIZE_MAX / size || padding + fuzz_guard > room || count * size > room - padding - fuzz_guard)
        return NULL;
    unsigned char *const item = arena->memory + arena->used + padding;
    arena->used += padding + count * size + fuzz_guard;
    ASAN_UNPOISON_MEMORY_REGION(item, count * size);
    ASAN_POISON_MEMORY_REGION(item + count * size, fuzz_guard);
    return memset(item, 0, count * size);
}

ml_arena_mark ml_arena_save(const ml_arena *arena) {
    return (ml_arena_mark){arena->used};
}

void ml_arena_release(ml_arena *arena, ml_arena_mark mark) {
    if (mark.used >= arena->used)
        return;
    ASAN_UNPOISON_MEMORY_REGION(arena->memory + mark.used, arena->used - mark.used);
    arena->used = mark.used;
}
