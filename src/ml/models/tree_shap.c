/* Exact Shapley values of trees in polynomial time.
 * Source: Lundberg, Erion and Lee 2018, "Consistent individualized feature attribution for tree ensembles", algorithm 2:
 * EXTEND, UNWIND and the recursion keep their names. */
#include <string.h>

#include "models/check.h"
#include "models/tree_parts.h"

/* A column on the way from the root: which share of the paths goes on if it is unknown (zero) and if it is known (one),
 * and the weight of subsets of that many known columns. */
typedef struct element {
    double zero, one, weight;
    int32_t feature;
} element;

typedef struct walk {
    const ml_trees *trees;
    const double *row;
    double scale, *phi;           /* phi: from the first output to write on */
    size_t phi_stride, path_size; /* doubles from a column to the next; elements of a path */
} walk;

static void extend(element *path, size_t length, double zero, double one, int32_t feature) {
    path[length] = (element){zero, one, length == 0 ? 1.0 : 0.0, feature};
    const double all = (double)(length + 1);
    for (size_t i = length; i-- > 0;) {
        path[i + 1].weight += one * path[i].weight * (double)(i + 1) / all;
        path[i].weight *= zero * (double)(length - i) / all;
    }
}

/* Undoes the extension by element `at`; `last` is the last element. */
static void unwind(element *path, size_t last, size_t at) {
    const double zero = path[at].zero, one = path[at].one, all = (double)(last + 1);
    double next = path[last].weight;
    for (size_t i = last; i-- > 0;) {
        const double here = path[i].weight;
        if (one != 0.0) {
            path[i].weight = next * all / ((double)(i + 1) * one);
            next = here - path[i].weight * zero * (double)(last - i) / all;
        } else {
            path[i].weight = here * all / (zero * (double)(last - i));
        }
    }
    for (size_t i = at; i < last; i++) {
        path[i].zero = path[i + 1].zero;
        path[i].one = path[i + 1].one;
        path[i].feature = path[i + 1].feature;
    }
}

/* The sum of the weights after such an unwinding. */
static double unwound_sum(const element *path, size_t last, size_t at) {
    const double zero = path[at].zero, one = path[at].one, all = (double)(last + 1);
    double next = path[last].weight, sum = 0.0;
    for (size_t i = last; i-- > 0;) {
        if (one != 0.0) {
            const double weight = next * all / ((double)(i + 1) * one);
            sum += weight;
            next = path[i].weight - weight * zero * (double)(last - i) / all;
        } else {
            sum += path[i].weight * all / (zero * (double)(last - i));
        }
    }
    return sum;
}

static void credit(const walk *w, uint32_t leaf, const element *path, size_t last) {
    const size_t k = w->trees->n_outputs;
    for (size_t i = 1; i <= last; i++) {
        const double share = w->scale * unwound_sum(path, last, i) * (path[i].one - path[i].zero);
        for (size_t c = 0; c < k; c++)
            w->phi[(size_t)path[i].feature * w->phi_stride + c] += share * w->trees->value[leaf * k + c];
    }
}

/* The parent's path has `length` elements; the node's own copy comes after it. */
static void recurse(const walk *w, uint32_t node, const element *parent, size_t length, element edge) {
    element *const path = (element *)parent + w->path_size;
    memcpy(path, parent, length * sizeof *path);
    extend(path, length, edge.zero, edge.one, edge.feature);
    size_t last = length;
    const int32_t feature = w->trees->feature[node];
    if (feature == ML_TREE_LEAF) {
        credit(w, node, path, last);
        return;
    }
    const uint32_t hot = ml_tree_child(w->trees, node, w->row[feature]);
    const uint32_t cold = hot == w->trees->left[node] ? w->trees->right[node] : w->trees->left[node];
    double zero = 1.0, one = 1.0;
    for (size_t i = 1; i <= last; i++)
        if (path[i].feature == feature) { /* met before: both conditions become one */
            zero = path[i].zero;
            one = path[i].one;
            unwind(path, last--, i);
            break;
        }
    const double weight = w->trees->weight[node];
    recurse(w, hot, path, last + 1, (element){w->trees->weight[hot] / weight * zero, one, 0.0, feature});
    recurse(w, cold, path, last + 1, (element){w->trees->weight[cold] / weight * zero, 0.0, 0.0, feature});
}

/* The mean of a tree's leaves, by weight. */
static void add_base(const ml_trees *t, size_t tree, double scale, double *base) {
    const uint32_t root = t->root[tree];
    for (uint32_t i = root; i < t->root[tree + 1]; i++)
        for (size_t c = 0; t->feature[i] == ML_TREE_LEAF && c < t->n_outputs; c++)
            base[c] += scale * t->weight[i] / t->weight[root] * t->value[(size_t)i * t->n_outputs + c];
}

/* Of all trees: tree i is credited to output i mod n_outputs and what follows. */
static ml_status explain(const ml_trees *t, const double *row, double scale, size_t n_outputs, double *phi,
                         double *base, ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    uint32_t *const depths = ML_ALLOC(arena, t->n_nodes, uint32_t);
    const size_t depth = depths == NULL ? 0 : ml_trees_depth(t, depths), columns = depth < t->d ? depth : t->d;
    ml_arena_release(arena, before);
    if (depth > ML_SHAP_MAX_DEPTH)
        return ml_fail(error, ML_EINVAL, "a tree is %zu levels deep; Shapley values are computed for up to %d: limit "
                       "max_depth", depth, ML_SHAP_MAX_DEPTH);
    element *const path = ml_arena_alloc(arena, depth + 2, (columns + 2) * sizeof(element));
    if (depths == NULL || path == NULL)
        return ml_fail(error, ML_ENOMEM, "Shapley values of trees %zu levels deep do not fit into the memory", depth);
    memset(phi, 0, t->d * n_outputs * sizeof *phi);
    for (size_t tree = 0; tree < t->n_trees; tree++) {
        const size_t output = t->n_outputs == n_outputs ? 0 : tree % n_outputs;
        const walk w = {t, row, scale, phi + output, n_outputs, columns + 2};
        recurse(&w, t->root[tree], path, 0, (element){1.0, 1.0, 0.0, ML_TREE_LEAF});
        add_base(t, tree, scale, base + output);
    }
    ml_arena_release(arena, before);
    return ML_OK;
}

ml_status ml_trees_shap(const ml_trees *trees, const double *row, double *phi, double *base, ml_arena *arena,
                        ml_error *error) {
    for (size_t c = 0; c < trees->n_outputs; c++)
        base[c] = 0.0;
    return explain(trees, row, 1.0 / trees->n_trees, trees->n_outputs, phi, base, arena, error);
}

ml_status ml_gbt_shap(const ml_gbt *gbt, const double *row, double *phi, double *base, ml_arena *arena,
                      ml_error *error) {
    memcpy(base, gbt->base, gbt->n_outputs * sizeof *base);
    return explain(&gbt->trees, row, 1.0, gbt->n_outputs, phi, base, arena, error);
}
