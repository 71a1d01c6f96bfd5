/* A hold-out and folds that keep groups whole. */
#include "base/math.h"
#include "base/sort.h"
#include "data/groups.h"
#include "data/splits.h"

/* --- Hold-out ----------------------------------------------------------------------------------------------------- */

/* Marks the groups of the test part: their size becomes 0. `order` is a permutation of the groups. */
static void choose_groups(const grouping *g, const uint32_t *order, double wanted) {
    double rows = 0.0;
    for (size_t i = 0; i + 1 < g->n_groups; i++) {
        const double with = rows + g->size[order[i]];
        if (i > 0 && fabs(with - wanted) >= fabs(rows - wanted))
            return;
        rows = with;
        g->size[order[i]] = 0;
    }
}

static ml_status split(size_t n, const int32_t *group, double test_share, ml_rng *rng, uint32_t *order, size_t *n_train,
                       ml_arena *arena, ml_error *error) {
    grouping g;
    ML_TRY(ml_group_rows(n, group, &g, arena, error));
    if (g.n_groups < 2)
        return ml_fail(error, ML_EINVAL, "there is %zu group; two are needed for one to be on either side", g.n_groups);
    ml_rng_permutation(rng, g.n_groups, order);
    choose_groups(&g, order, test_share * (double)n);
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        if (g.size[g.of[i]] > 0)
            order[at++] = (uint32_t)i;
    *n_train = at;
    for (size_t i = 0; i < n; i++)
        if (g.size[g.of[i]] == 0)
            order[at++] = (uint32_t)i;
    return ML_OK;
}

ml_status ml_split_grouped(size_t n, const int32_t *group, double test_share, ml_rng *rng, uint32_t *order,
                           size_t *n_train, ml_arena *arena, ml_error *error) {
    if (!(test_share > 0.0 && test_share < 1.0))
        return ml_fail(error, ML_EINVAL, "the test share is %g; it lies between 0 and 1", test_share);
    if (n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are too many; a split takes fewer than 2^32", n);
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = split(n, group, test_share, rng, order, n_train, arena, error);
    ml_arena_release(arena, before);
    return status;
}

/* --- Folds -------------------------------------------------------------------------------------------------------- */

static size_t emptiest(size_t k, const size_t *rows) {
    size_t least = 0;
    for (size_t f = 1; f < k; f++)
        if (rows[f] < rows[least])
            least = f;
    return least;
}

static ml_status deal_groups(size_t n, const int32_t *group, size_t k, uint32_t *fold, ml_arena *arena,
                             ml_error *error) {
    grouping g;
    ML_TRY(ml_group_rows(n, group, &g, arena, error));
    if (g.n_groups < k)
        return ml_fail(error, ML_EINVAL, "%zu folds of %zu groups; each fold needs a group", k, g.n_groups);
    double *key = ML_ALLOC(arena, g.n_groups, double);
    uint32_t *order = ML_ALLOC(arena, g.n_groups, uint32_t), *to = ML_ALLOC(arena, g.n_groups, uint32_t);
    size_t *rows = ML_ALLOC(arena, k, size_t);
    if (key == NULL || order == NULL || to == NULL || rows == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu groups do not fit in memory; use fewer rows", g.n_groups);
    for (size_t i = 0; i < g.n_groups; i++)
        key[i] = -(double)g.size[i];
    ml_argsort_double(g.n_groups, key, order, to);
    for (size_t i = 0; i < g.n_groups; i++) {
        const size_t f = emptiest(k, rows);
        rows[f] += g.size[order[i]];
        to[order[i]] = (uint32_t)f;
    }
    for (size_t i = 0; i < n; i++)
        fold[i] = to[g.of[i]];
    return ML_OK;
}

ml_status ml_kfold_grouped(size_t n, const int32_t *group, size_t k, uint32_t *fold, ml_arena *arena, ml_error *error) {
    if (k < 2 || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu folds of %zu rows; it takes at least 2, and fewer than 2^32 rows", k, n);
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = deal_groups(n, group, k, fold, arena, error);
    ml_arena_release(arena, before);
    return status;
}
