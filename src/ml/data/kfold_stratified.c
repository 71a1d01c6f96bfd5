/* Folds with the classes' shares. Imagine all rows sorted by class (the class that comes first in the rows first) and
 * dealt out to the folds in turn: that says how many rows of each class each fold gets. */
#include "data/splits.h"

typedef struct classes {
    size_t n_classes;
    size_t *count;   /* [n_classes] rows of each */
    uint32_t *place; /* [n_classes] the classes, in order of appearance */
    uint32_t *quota; /* [n_classes x k] rows of each class that each fold still gets */
} classes;

static ml_status count_labels(size_t n, const uint32_t *label, size_t k, classes *c, ml_error *error) {
    size_t used = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        if (label[i] >= c->n_classes)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %u; there are %zu classes, counted from 0", i,
                           label[i], c->n_classes);
        if (c->count[label[i]]++ == 0)
            c->place[used++] = label[i];
    }
    for (size_t j = 0; j < c->n_classes; j++)
        largest = c->count[j] > largest ? c->count[j] : largest;
    if (largest < k)
        return ml_fail(error, ML_EINVAL, "%zu folds, but no class has more than %zu rows; use fewer folds", k, largest);
    for (size_t j = 0, turn = 0; j < used; j++)
        for (size_t i = 0; i < c->count[c->place[j]]; i++, turn = (turn + 1) % k)
            c->quota[c->place[j] * k + turn]++;
    return ML_OK;
}

/* The fold of the next row of a class: the first that has a quota left, or any, each as likely as its quota. */
static uint32_t next_fold(uint32_t *quota, size_t k, size_t left, ml_rng *rng) {
    size_t skip = rng != NULL ? (size_t)ml_rng_below(rng, left) : 0;
    uint32_t f = 0;
    for (; f + 1 < k && skip >= quota[f]; f++)
        skip -= quota[f];
    quota[f]--;
    return f;
}

static ml_status deal_rows(size_t n, const uint32_t *label, size_t k, ml_rng *rng, classes *c, uint32_t *fold,
                           ml_arena *arena, ml_error *error) {
    c->count = ML_ALLOC(arena, c->n_classes, size_t);
    c->place = ML_ALLOC(arena, c->n_classes, uint32_t);
    c->quota = c->n_classes <= SIZE_MAX / k ? ML_ALLOC(arena, c->n_classes * k, uint32_t) : NULL;
    if (c->count == NULL || c->place == NULL || c->quota == NULL)
        return ml_fail(error, ML_ENOMEM, "%zu folds of %zu classes do not fit in memory; use fewer", k, c->n_classes);
    ML_TRY(count_labels(n, label, k, c, error));
    for (size_t i = 0; i < n; i++)
        fold[i] = next_fold(c->quota + label[i] * k, k, c->count[label[i]]--, rng);
    return ML_OK;
}

ml_status ml_kfold_stratified(size_t n, const uint32_t *label, size_t n_classes, size_t k, ml_rng *rng, uint32_t *fold,
                              ml_arena *arena, ml_error *error) {
    if (k < 2 || k > n || n >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL,
                       "%zu folds of %zu rows; it takes at least 2 folds, a row for each, and fewer than 2^32", k, n);
    classes c = {.n_classes = n_classes};
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = deal_rows(n, label, k, rng, &c, fold, arena, error);
    ml_arena_release(arena, before);
    return status;
}
