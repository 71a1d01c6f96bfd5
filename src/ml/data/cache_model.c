#include "data/layout.h"

static bool is_power_of_two(size_t x) {
    return x > 0 && (x & (x - 1)) == 0;
}

ml_status ml_cache_init(size_t sets, size_t ways, uint32_t line_bytes, ml_arena *arena, ml_cache *cache,
                        ml_error *error) {
    if (!is_power_of_two(sets) || !is_power_of_two(line_bytes) || ways == 0)
        return ml_fail(error, ML_EINVAL,
                       "a cache of %zu sets, %zu ways and lines of %u bytes; sets and bytes are powers of two, ways at "
                       "least 1",
                       sets, ways, line_bytes);
    uint64_t *line = sets <= SIZE_MAX / ways ? ML_ALLOC(arena, sets * ways, uint64_t) : NULL;
    if (line == NULL)
        return ml_fail(error, ML_ENOMEM, "a cache of %zu sets and %zu ways does not fit in memory", sets, ways);
    *cache = (ml_cache){sets, ways, line_bytes, line, 0, 0};
    return ML_OK;
}

bool ml_cache_touch(ml_cache *cache, uint64_t address) {
    const uint64_t number = address / cache->line_bytes, wanted = number + 1;
    uint64_t *set = cache->line + (size_t)(number & (cache->sets - 1)) * cache->ways;
    size_t at = 0;
    while (at + 1 < cache->ways && set[at] != wanted)
        at++;
    const bool hit = set[at] == wanted;
    for (; at > 0; at--) /* it comes to the front; on a miss the last one goes */
        set[at] = set[at - 1];
    set[0] = wanted;
    cache->touches++;
    cache->misses += !hit;
    return hit;
}
