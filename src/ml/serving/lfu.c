#include "serving/cache.h"

ml_status ml_lfu_init(size_t capacity, size_t n_keys, ml_lfu *lfu, ml_arena *arena, ml_error *error) {
    if (capacity == 0 || n_keys == 0 || n_keys >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "a cache of %zu slots for %zu keys; both are at least 1, keys below 2^32 - 1",
                       capacity, n_keys);
    const ml_arena_mark mark = ml_arena_save(arena);
    const ml_lfu made = {.capacity = capacity,
                         .n_keys = n_keys,
                         .heap = ML_ALLOC(arena, capacity, uint32_t),
                         .where = ML_ALLOC(arena, n_keys, uint32_t),
                         .uses = ML_ALLOC(arena, n_keys, uint64_t),
                         .used = ML_ALLOC(arena, n_keys, uint64_t),
                         .value = ML_ALLOC(arena, n_keys, float)};
    if (!made.heap || !made.where || !made.uses || !made.used || !made.value) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "a cache of %zu slots for %zu keys does not fit into the memory; use fewer",
                       capacity, n_keys);
    }
    *lfu = made;
    return ML_OK;
}

/* No two entries were last used at the same time, so the order is strict. */
static bool goes_before(const ml_lfu *lfu, uint32_t a, uint32_t b) {
    return lfu->uses[a] != lfu->uses[b] ? lfu->uses[a] < lfu->uses[b] : lfu->used[a] < lfu->used[b];
}

static void place(ml_lfu *lfu, size_t at, uint32_t key) {
    lfu->heap[at] = key;
    lfu->where[key] = (uint32_t)at + 1;
}

static void sift_up(ml_lfu *lfu, size_t at, uint32_t key) {
    for (; at > 0 && goes_before(lfu, key, lfu->heap[(at - 1) / 2]); at = (at - 1) / 2)
        place(lfu, at, lfu->heap[(at - 1) / 2]);
    place(lfu, at, key);
}

static void sift_down(ml_lfu *lfu, size_t at, uint32_t key) {
    for (size_t child = 2 * at + 1; child < lfu->size; child = 2 * at + 1) {
        if (child + 1 < lfu->size && goes_before(lfu, lfu->heap[child + 1], lfu->heap[child]))
            child++;
        if (!goes_before(lfu, lfu->heap[child], key))
            break;
        place(lfu, at, lfu->heap[child]);
        at = child;
    }
    place(lfu, at, key);
}

/* A use only ever moves a key away from the root. */
static void use(ml_lfu *lfu, uint32_t key) {
    lfu->uses[key]++;
    lfu->used[key] = ++lfu->now;
    sift_down(lfu, lfu->where[key] - 1, key);
}

bool ml_lfu_get(ml_lfu *lfu, uint32_t key, float *value) {
    if (key >= lfu->n_keys || lfu->where[key] == 0)
        return false;
    use(lfu, key);
    *value = lfu->value[key];
    return true;
}

static void drop_root(ml_lfu *lfu) {
    lfu->where[lfu->heap[0]] = 0;
    lfu->size--;
    if (lfu->size > 0)
        sift_down(lfu, 0, lfu->heap[lfu->size]);
}

bool ml_lfu_put(ml_lfu *lfu, uint32_t key, float value) {
    if (key >= lfu->n_keys)
        return false;
    lfu->value[key] = value;
    if (lfu->where[key] != 0) {
        use(lfu, key);
        return true;
    }
    if (lfu->size == lfu->capacity)
        drop_root(lfu);
    lfu->uses[key] = 1;
    lfu->used[key] = ++lfu->now;
    lfu->size++;
    sift_up(lfu, lfu->size - 1, key);
    return true;
}
