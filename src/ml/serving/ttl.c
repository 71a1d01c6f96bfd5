/* Memory for a least-recently-used cache, and one whose entries expire. */
#include "serving/cache.h"

ml_status ml_lru_make(int capacity, int n_keys, ml_lru *lru, ml_arena *arena, ml_error *error) {
    if (capacity < 1 || n_keys < 1)
        return ml_fail(error, ML_EINVAL, "a cache of %d slots for %d keys; both are at least 1", capacity, n_keys);
    const size_t slots = (size_t)capacity;
    const ml_arena_mark mark = ml_arena_save(arena);
    ml_lru made = {.capacity = capacity,
                   .n_keys = n_keys,
                   .where = ML_ALLOC(arena, (size_t)n_keys, int),
                   .key = ML_ALLOC(arena, slots, int),
                   .prev = ML_ALLOC(arena, slots, int),
                   .next = ML_ALLOC(arena, slots, int),
                   .value = ML_ALLOC(arena, slots, float)};
    if (!made.where || !made.key || !made.prev || !made.next || !made.value) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "a cache of %d slots for %d keys does not fit into the memory; use fewer",
                       capacity, n_keys);
    }
    ml_lru_init(&made);
    *lru = made;
    return ML_OK;
}

ml_status ml_ttl_init(int capacity, int n_keys, double time_to_live, ml_ttl *ttl, ml_arena *arena, ml_error *error) {
    if (!(time_to_live > 0.0))
        return ml_fail(error, ML_EINVAL, "a time to live of %g; it is above 0", time_to_live);
    const ml_arena_mark mark = ml_arena_save(arena);
    ml_lru lru;
    ML_TRY(ml_lru_make(capacity, n_keys, &lru, arena, error));
    double *const expires = ML_ALLOC(arena, (size_t)n_keys, double);
    if (expires == NULL) {
        ml_arena_release(arena, mark);
        return ml_fail(error, ML_ENOMEM, "the ages of %d keys do not fit into the memory; use fewer", n_keys);
    }
    *ttl = (ml_ttl){lru, time_to_live, expires};
    return ML_OK;
}

bool ml_ttl_get(ml_ttl *ttl, double now, int key, float *value) {
    if (key < 0 || key >= ttl->lru.n_keys || ttl->lru.where[key] < 0 || !(now < ttl->expires[key]))
        return false;
    return ml_lru_get(&ttl->lru, key, value);
}

bool ml_ttl_put(ml_ttl *ttl, double now, int key, float value) {
    if (!ml_lru_put(&ttl->lru, key, value))
        return false;
    ttl->expires[key] = now + ttl->time_to_live;
    return true;
}
