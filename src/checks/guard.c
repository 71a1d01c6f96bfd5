/* Finds wrong addresses in a learner's code, in the page: what AddressSanitizer's runtime is natively.
 *
 * The learner's file, and no other, is compiled with clang's address instrumentation in its callback form: before each
 * load and store it calls a function of this file. A shadow map tells for each 8 bytes of memory how many of the first
 * may be used (0: all), or why none may. malloc and free are wrapped, so that each block lies between red zones and a
 * freed one stays unusable for a while. On a fault the program traps, and guard_report says what it was; when a check
 * has ended, guard_leaks says what nobody freed.
 *
 * Memory: stack from 0 to SHADOW, the map from SHADOW to DATA, then data and heap; the linker is told the same
 * (web/compiler/tools.js). The map covers the 16 MiB that a program may have.
 * Source: Serebryany and others 2012, "AddressSanitizer: a fast address sanity checker", USENIX ATC. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uintptr_t address;

#define SHADOW 0x100000u
#define DATA 0x300000u
#define MEMORY (16u << 20)

enum { GRAIN = 8, RED_ZONE = 32, ALLOCA_ALIGNMENT = 32, NULL_BYTES = 1024, QUARANTINE_BYTES = 2 << 20 };

/* Why memory may not be used; the numbers from F0 on are the compiler's. */
enum {
    BAD_FREE = 1, /* not in the map: a pointer that malloc never gave */
    FREED_TWICE = 2,
    NULL_PAGE = 0xe0,
    STACK_LEFT = 0xf1,
    STACK_RIGHT = 0xf3,
    GLOBAL = 0xf9,
    HEAP = 0xfa,
    FREED = 0xfd,
};

/* --- The report -------------------------------------------------------------------------------------------------- */

/* What JavaScript reads after a trap. */
static struct {
    uint32_t kind; /* 0: no fault was found here */
    uint32_t at, bytes, is_write;
    uint32_t block, block_bytes; /* the heap block that is meant, if there is one */
} report;

__attribute__((export_name("guard_report"), used)) const void *guard_report(void) {
    return &report;
}

/* --- The map ----------------------------------------------------------------------------------------------------- */

static uint8_t *shadow_of(address at) {
    return (uint8_t *)(SHADOW + at / GRAIN);
}

/* The grains of [at, at + bytes) become unusable; `at` lies at the start of a grain. */
static void poison(address at, size_t bytes, uint8_t why) {
    memset(shadow_of(at), why, (bytes + GRAIN - 1) / GRAIN);
}

static void unpoison(address at, size_t bytes) {
    memset(shadow_of(at), 0, bytes / GRAIN);
    if (bytes % GRAIN != 0)
        *shadow_of(at + bytes) = (uint8_t)(bytes % GRAIN);
}

/* `bytes` is at most 8 and the access lies within one grain, or starts in it and reaches into the next. */
static int usable(address at, size_t bytes) {
    if (at >= MEMORY)
        return 1; /* outside the map: the engine's own bound is met there */
    const uint8_t first = *shadow_of(at);
    if (first > GRAIN || (first != 0 && at % GRAIN + bytes > first))
        return 0;
    const address last = at + bytes - 1;
    if (last / GRAIN == at / GRAIN || last >= MEMORY)
        return 1;
    const uint8_t second = *shadow_of(last);
    return second == 0 || (second < GRAIN && last % GRAIN < second);
}

/* --- Blocks of the heap ------------------------------------------------------------------------------------------ */

void *__real_malloc(size_t bytes);
void __real_free(void *memory);

/* Stands in the red zone in front of a block. */
typedef struct block {
    uint32_t state, bytes;
    void *memory; /* what the real malloc gave */
    struct block *previous, *next;
    struct block *next_freed; /* of a reached one: the next whose content is still to be looked at */
    uint32_t number;          /* counts all blocks that were ever given, from 1 */
} block;

/* Values of `state` that no user's bytes are likely to have; REACHED: live, and something still points to it. */
enum { LIVE = 0x11feb10c, DEAD = 0x5deadb10, REACHED = 0x1ead5700 };

static uint32_t numbers_given, number_to_stop_at;
static block *blocks;                      /* all, freed ones in quarantine too; the newest first */
static block *oldest_freed, *newest_freed; /* the quarantine: freed blocks that nobody gets again yet */
static size_t quarantined;                 /* bytes in it */

static address start_of(const block *b) {
    return (address)b + RED_ZONE;
}

static size_t rounded(size_t bytes) {
    return (bytes + GRAIN - 1) / GRAIN * GRAIN;
}

static void drop_oldest(void) {
    block *b = oldest_freed;
    oldest_freed = b->next_freed;
    quarantined -= b->bytes;
    if (b->previous != NULL)
        b->previous->next = b->next;
    else
        blocks = b->next;
    if (b->next != NULL)
        b->next->previous = b->previous;
    unpoison((address)b, RED_ZONE + rounded(b->bytes) + RED_ZONE);
    __real_free(b->memory);
}

static void *allocate(size_t bytes, size_t alignment) {
    if (bytes > MEMORY)
        return NULL;
    const size_t whole = RED_ZONE + alignment + rounded(bytes) + RED_ZONE;
    void *memory = __real_malloc(whole);
    while (memory == NULL && oldest_freed != NULL) {
        drop_oldest();
        memory = __real_malloc(whole);
    }
    if (memory == NULL)
        return NULL;
    if (++numbers_given == number_to_stop_at)
        __builtin_trap();
    const address start = ((address)memory + RED_ZONE + alignment - 1) / alignment * alignment;
    block *b = (block *)(start - RED_ZONE);
    *b = (block){LIVE, (uint32_t)bytes, memory, NULL, blocks, NULL, numbers_given};
    if (blocks != NULL)
        blocks->previous = b;
    blocks = b;
    poison(start - RED_ZONE, RED_ZONE, HEAP);
    unpoison(start, bytes);
    poison(start + rounded(bytes), RED_ZONE, HEAP);
    return (void *)start;
}

/* The block that lies nearest to an address. */
static const block *nearest(address at) {
    const block *best = NULL;
    size_t distance = SIZE_MAX;
    for (const block *b = blocks; b != NULL; b = b->next) {
        const address start = start_of(b), end = start + b->bytes;
        const size_t d = at < start ? start - at : at >= end ? at - end : 0;
        if (d < distance) {
            distance = d;
            best = b;
        }
    }
    return best;
}

static _Noreturn void stop(uint32_t kind, address at, size_t bytes, int is_write) {
    const block *b = kind == HEAP || kind == FREED || kind == FREED_TWICE ? nearest(at) : NULL;
    report.kind = kind;
    report.at = (uint32_t)at;
    report.bytes = (uint32_t)bytes;
    report.is_write = (uint32_t)is_write;
    report.block = b == NULL ? 0 : (uint32_t)start_of(b);
    report.block_bytes = b == NULL ? 0 : b->bytes;
    __builtin_trap();
}

enum { MALLOC_ALIGNMENT = 16 };

void *__wrap_malloc(size_t bytes) {
    void *memory = allocate(bytes, MALLOC_ALIGNMENT);
    if (memory != NULL)
        memset(memory, 0xbe, bytes); /* what was never written looks like nothing that is right by chance */
    return memory;
}

void *__wrap_calloc(size_t count, size_t size) {
    size_t bytes;
    void *memory = __builtin_mul_overflow(count, size, &bytes) ? NULL : allocate(bytes, MALLOC_ALIGNMENT);
    if (memory != NULL)
        memset(memory, 0, bytes);
    return memory;
}

/* The standard asks for a power of two. */
void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
    return allocate(bytes, alignment < MALLOC_ALIGNMENT ? MALLOC_ALIGNMENT : alignment);
}

void __wrap_free(void *memory) {
    if (memory == NULL)
        return;
    block *b = (block *)((address)memory - RED_ZONE);
    if ((address)memory < DATA || (address)memory >= MEMORY || (address)memory % MALLOC_ALIGNMENT != 0)
        stop(BAD_FREE, (address)memory, 0, 0);
    if (b->state == DEAD)
        stop(FREED_TWICE, (address)memory, 0, 0);
    if (b->state != LIVE)
        stop(BAD_FREE, (address)memory, 0, 0);
    b->state = DEAD;
    poison((address)memory, b->bytes, FREED);
    if (oldest_freed == NULL)
        oldest_freed = b;
    else
        newest_freed->next_freed = b;
    newest_freed = b;
    quarantined += b->bytes;
    while (quarantined > QUARANTINE_BYTES)
        drop_oldest();
}

void *__wrap_realloc(void *memory, size_t bytes) {
    void *moved = __wrap_malloc(bytes);
    if (memory == NULL || moved == NULL)
        return moved;
    const block *b = (const block *)((address)memory - RED_ZONE);
    if (b->state != LIVE)
        stop(b->state == DEAD ? FREED_TWICE : BAD_FREE, (address)memory, 0, 0);
    memcpy(moved, memory, b->bytes < bytes ? b->bytes : bytes);
    __wrap_free(memory);
    return moved;
}

/* --- Blocks that were never freed --------------------------------------------------------------------------------- */

/* What JavaScript reads after a check; `first` is the number of the first of them. */
static struct {
    uint32_t blocks, bytes, first;
} leaks;

extern uint8_t __data_end; /* the linker's: globals and statics lie from DATA to here */

static block *live_at(uint32_t start) {
    const size_t end = __builtin_wasm_memory_size(0) << 16;
    if (start < DATA + RED_ZONE || start >= end || start % MALLOC_ALIGNMENT != 0)
        return NULL;
    block *b = (block *)(start - RED_ZONE);
    return b->state == LIVE ? b : NULL;
}

/* Marks the blocks that words in [at, end) point to, and adds them to the list `reached`. */
static block *reach(address at, address end, block *reached) {
    for (at = (at + 3) / 4 * 4; at + 4 <= end; at += 4) {
        block *b = live_at(*(const uint32_t *)at);
        if (b == NULL)
            continue;
        b->state = REACHED;
        b->next_freed = reached;
        reached = b;
    }
    return reached;
}

/* Once, when a check has ended: no function of the learner's is running, so that what is in use hangs on a global. That
 * is no leak: it may be a cache, kept on purpose. */
__attribute__((export_name("guard_leaks"), used)) const void *guard_leaks(void) {
    block *reached = reach(DATA, (address)&__data_end, NULL);
    while (reached != NULL) {
        const block *b = reached;
        reached = reach(start_of(b), start_of(b) + b->bytes, b->next_freed);
    }
    for (const block *b = blocks; b != NULL; b = b->next)
        if (b->state == LIVE) {
            leaks.blocks++;
            leaks.bytes += b->bytes;
            leaks.first = b->number;
        }
    return &leaks;
}

/* The allocation with this number will trap: the same check, run again, then shows who asked for that block. */
__attribute__((export_name("guard_stop_at"), used)) void guard_stop_at(uint32_t number) {
    number_to_stop_at = number;
}

/* --- What the instrumented code calls ---------------------------------------------------------------------------- */

/* The mark nearest to the fault says why: in the first grain, in the last, or behind one that is used in part. */
static uint32_t why(address at, size_t bytes) {
    const uint8_t *const last = shadow_of(at + bytes - 1);
    for (const uint8_t *mark = shadow_of(at); mark <= last + 2; mark++)
        if (*mark > GRAIN)
            return *mark;
    return STACK_RIGHT;
}

static void test(address at, size_t bytes, int is_write) {
    if (!usable(at, bytes))
        stop(why(at, bytes), at, bytes, is_write);
}

static void test_range(address at, size_t bytes, int is_write) {
    for (size_t i = 0; i < bytes; i += GRAIN) {
        const size_t part = bytes - i < GRAIN ? bytes - i : GRAIN;
        if (!usable(at + i, part))
            stop(why(at + i, part), at + i, bytes, is_write);
    }
}

void __asan_load1_noabort(address at) { test(at, 1, 0); }
void __asan_load2_noabort(address at) { test(at, 2, 0); }
void __asan_load4_noabort(address at) { test(at, 4, 0); }
void __asan_load8_noabort(address at) { test(at, 8, 0); }
void __asan_load16_noabort(address at) { test_range(at, 16, 0); }
void __asan_store1_noabort(address at) { test(at, 1, 1); }
void __asan_store2_noabort(address at) { test(at, 2, 1); }
void __asan_store4_noabort(address at) { test(at, 4, 1); }
void __asan_store8_noabort(address at) { test(at, 8, 1); }
void __asan_store16_noabort(address at) { test_range(at, 16, 1); }
void __asan_loadN_noabort(address at, size_t bytes) { test_range(at, bytes, 0); }
void __asan_storeN_noabort(address at, size_t bytes) { test_range(at, bytes, 1); }

/* Marks of a function's local arrays, written when it starts and ends; the compiler gives addresses in the map. */
void __asan_set_shadow_00(uint8_t *map, size_t n) { memset(map, 0x00, n); }
void __asan_set_shadow_01(uint8_t *map, size_t n) { memset(map, 0x01, n); }
void __asan_set_shadow_02(uint8_t *map, size_t n) { memset(map, 0x02, n); }
void __asan_set_shadow_03(uint8_t *map, size_t n) { memset(map, 0x03, n); }
void __asan_set_shadow_04(uint8_t *map, size_t n) { memset(map, 0x04, n); }
void __asan_set_shadow_05(uint8_t *map, size_t n) { memset(map, 0x05, n); }
void __asan_set_shadow_06(uint8_t *map, size_t n) { memset(map, 0x06, n); }
void __asan_set_shadow_07(uint8_t *map, size_t n) { memset(map, 0x07, n); }
void __asan_set_shadow_f1(uint8_t *map, size_t n) { memset(map, 0xf1, n); }
void __asan_set_shadow_f2(uint8_t *map, size_t n) { memset(map, 0xf2, n); }
void __asan_set_shadow_f3(uint8_t *map, size_t n) { memset(map, 0xf3, n); }
void __asan_set_shadow_f5(uint8_t *map, size_t n) { memset(map, 0xf5, n); }
void __asan_set_shadow_f8(uint8_t *map, size_t n) { memset(map, 0xf8, n); }

void *__asan_memcpy(void *to, const void *from, size_t bytes) {
    test_range((address)from, bytes, 0);
    test_range((address)to, bytes, 1);
    return memcpy(to, from, bytes);
}

void *__asan_memmove(void *to, const void *from, size_t bytes) {
    test_range((address)from, bytes, 0);
    test_range((address)to, bytes, 1);
    return memmove(to, from, bytes);
}

void *__asan_memset(void *to, int value, size_t bytes) {
    test_range((address)to, bytes, 1);
    return memset(to, value, bytes);
}

/* Around constructors, in which one file may meet another's globals too early: C has no such order to get wrong. */
void __asan_before_dynamic_init(address module) {
    (void)module;
}

void __asan_after_dynamic_init(void) {
}

/* Before a call that does not return: nothing to tidy, the instance ends with it. */
void __asan_handle_no_return(void) {
}

/* Arrays of variable length: a red zone on both sides, 32 bytes each, the right one from the next multiple of 32. */
void __asan_alloca_poison(address at, size_t bytes) {
    const address end = at + bytes, right = (end + ALLOCA_ALIGNMENT - 1) / ALLOCA_ALIGNMENT * ALLOCA_ALIGNMENT;
    poison(at - ALLOCA_ALIGNMENT, ALLOCA_ALIGNMENT, STACK_LEFT);
    unpoison(at, bytes);
    poison(at + rounded(bytes), right - (at + rounded(bytes)) + ALLOCA_ALIGNMENT, STACK_RIGHT);
}

void __asan_allocas_unpoison(address top, address bottom) {
    if (top != 0 && top < bottom)
        unpoison(top, bottom - top);
}

/* As the compiler lays it out; "size with red zone" counts from the start. */
typedef struct global {
    address start;
    size_t bytes, bytes_with_red_zone;
    address name, module, has_initializer, location, odr;
} global;

void __asan_register_globals(const global *all, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const address after = all[i].start + rounded(all[i].bytes);
        unpoison(all[i].start, all[i].bytes);
        poison(after, all[i].start + all[i].bytes_with_red_zone - after, GLOBAL);
    }
}

void __asan_unregister_globals(const global *all, size_t n) {
    (void)all, (void)n;
}

__attribute__((constructor(101))) static void close_null_page(void) {
    poison(0, NULL_BYTES, NULL_PAGE);
}
