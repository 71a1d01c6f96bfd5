/* A k-d tree from lists of rows that are sorted once and stay so. */
#include <string.h>

#include "base/sort.h"
#include "models/check.h"
#include "models/magnitude.h"

/* Below this, looking at all rows is faster than at boxes. */
enum { LEAF = 16 };

typedef struct build {
    size_t n, d;
    const double *x;
    ml_kdtree *tree;
    uint32_t *list;    /* [d x n] rows, sorted by feature j; a node's rows are at the same places of all lists */
    uint32_t *scratch; /* [n] */
    uint8_t *is_left;  /* [n] rows that go into the lower half */
} build;

static size_t count_levels(size_t n) {
    size_t levels = 0;
    for (; n > LEAF; n = (n + 1) / 2)
        levels++;
    return levels;
}

static bool allocate_tree(ml_kdtree *tree, ml_arena *arena) {
    const size_t nodes = ((size_t)2 << tree->levels) - 1;
    tree->row = ML_ALLOC(arena, tree->n, uint32_t);
    tree->point = ml_models_matrix(arena, tree->n, tree->d);
    tree->low = ml_models_matrix(arena, nodes, tree->d);
    tree->high = ml_models_matrix(arena, nodes, tree->d);
    return tree->row && tree->point && tree->low && tree->high;
}

static bool allocate_lists(build *f, ml_arena *arena) {
    f->list = f->d > SIZE_MAX / f->n ? NULL : ML_ALLOC(arena, f->d * f->n, uint32_t);
    f->scratch = ML_ALLOC(arena, f->n, uint32_t);
    f->is_left = ML_ALLOC(arena, f->n, uint8_t);
    return f->list && f->scratch && f->is_left;
}

static bool sort_lists(build *f, ml_arena *arena) {
    double *const key = ML_ALLOC(arena, f->n, double);
    for (size_t j = 0; key != NULL && j < f->d; j++) {
        for (size_t i = 0; i < f->n; i++)
            key[i] = f->x[i * f->d + j];
        ml_argsort_double(f->n, key, f->list + j * f->n, f->scratch);
    }
    return key != NULL;
}

/* The box of the rows at `from` to `to` - 1, whose ends the sorted lists show; returns its longest side, of equals the
 * first. */
static size_t measure(const build *f, size_t node, size_t from, size_t to) {
    size_t longest = 0;
    double most = -1.0;
    for (size_t j = 0; j < f->d; j++) {
        const uint32_t *const list = f->list + j * f->n;
        const double low = f->x[list[from] * f->d + j], high = f->x[list[to - 1] * f->d + j];
        f->tree->low[node * f->d + j] = low;
        f->tree->high[node * f->d + j] = high;
        if (high - low > most) {
            most = high - low;
            longest = j;
        }
    }
    return longest;
}

/* The lower half of the rows by that feature to the front of every list, the order within the halves kept. */
static void split(build *f, size_t feature, size_t from, size_t middle, size_t to) {
    const uint32_t *const by = f->list + feature * f->n;
    for (size_t i = from; i < to; i++)
        f->is_left[by[i]] = i < middle;
    for (size_t j = 0; j < f->d; j++) {
        uint32_t *const list = f->list + j * f->n;
        size_t left = from, right = 0;
        for (size_t i = from; i < to; i++)
            if (f->is_left[list[i]])
                list[left++] = list[i];
            else
                f->scratch[right++] = list[i];
        memcpy(list + middle, f->scratch, right * sizeof *list);
    }
}

/* As deep as there are levels: a few dozen at most. */
static void grow(build *f, size_t node, size_t level, size_t from, size_t to) {
    const size_t feature = measure(f, node, from, to), middle = from + (to - from) / 2;
    if (level == f->tree->levels)
        return;
    split(f, feature, from, middle, to);
    grow(f, 2 * node + 1, level + 1, from, middle);
    grow(f, 2 * node + 2, level + 1, middle, to);
}

static ml_status build_tree(ml_kdtree *tree, const double *x, ml_arena *arena, ml_error *error) {
    build f = {.n = tree->n, .d = tree->d, .x = x, .tree = tree};
    if (!allocate_tree(tree, arena))
        return ml_models_out_of_memory("k-d tree", f.n, f.d, error);
    const ml_arena_mark kept = ml_arena_save(arena);
    if (!allocate_lists(&f, arena) || !sort_lists(&f, arena))
        return ml_models_out_of_memory("k-d tree", f.n, f.d, error);
    grow(&f, 0, 0, 0, f.n);
    memcpy(tree->row, f.list, f.n * sizeof *tree->row);
    for (size_t i = 0; i < f.n; i++)
        memcpy(tree->point + i * f.d, x + tree->row[i] * f.d, f.d * sizeof *x);
    ml_arena_release(arena, kept);
    return ML_OK;
}

ml_status ml_kdtree_build(size_t n, size_t d, const double *x, ml_kdtree *tree, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    if (n > UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows are more than 32 bits can number; take a sample", n);
    const ml_arena_mark before = ml_arena_save(arena);
    ml_kdtree made = {.n = n, .d = d, .levels = count_levels(n)};
    const ml_status status = build_tree(&made, x, arena, error);
    if (status == ML_OK)
        *tree = made;
    else
        ml_arena_release(arena, before);
    return status;
}
