#include "data/groups.h"

#include "base/sort.h"

static ml_status out_of_memory(size_t n, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "the groups of %zu rows do not fit in memory; use fewer rows", n);
}

ml_status ml_group_rows(size_t n, const int32_t *group, grouping *g, ml_arena *arena, ml_error *error) {
    g->of = ML_ALLOC(arena, n, uint32_t);
    g->size = ML_ALLOC(arena, n, uint32_t);
    if (g->of == NULL || g->size == NULL)
        return out_of_memory(n, error);
    const ml_arena_mark before = ml_arena_save(arena);
    double *key = ML_ALLOC(arena, n, double);
    uint32_t *order = ML_ALLOC(arena, n, uint32_t);
    uint32_t *scratch = g->size; /* not needed yet */
    if (key == NULL || order == NULL)
        return out_of_memory(n, error);
    for (size_t i = 0; i < n; i++)
        key[i] = group[i];
    ml_argsort_double(n, key, order, scratch);
    g->n_groups = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || group[order[i]] != group[order[i - 1]])
            g->size[g->n_groups++] = 0;
        g->of[order[i]] = (uint32_t)(g->n_groups - 1);
        g->size[g->n_groups - 1]++;
    }
    ml_arena_release(arena, before);
    return ML_OK;
}
