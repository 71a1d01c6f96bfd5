#include <string.h>

#include "base/math.h"
#include "models/tree_parts.h"

ml_tree_settings ml_tree_defaults(size_t classes) {
    return (ml_tree_settings){.criterion = classes > 0 ? ML_TREE_GINI : ML_TREE_SQUARED_ERROR,
                              .min_samples_split = 2,
                              .min_samples_leaf = 1};
}

static ml_status fit(const ml_tree_rows *rows, const ml_tree_settings *settings, uint64_t seed, ml_trees *tree,
                     ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    ml_rng rng = ml_rng_seed(seed, 0);
    ml_tree_grower grower;
    ML_TRY(ml_tree_grower_make(&grower, rows, settings, arena, error));
    for (size_t i = 0; i < rows->n; i++)
        grower.weight[i] = rows->weight == NULL ? 1.0 : rows->weight[i];
    ml_tree_nodes nodes = ml_tree_nodes_open(grower.n_outputs, arena);
    ML_TRY(ml_tree_grow(&grower, &rng, &nodes, error));
    return ml_tree_nodes_close(&nodes, rows->d, before, tree, arena, error);
}

ml_status ml_tree_fit(const ml_tree_rows *rows, const ml_tree_settings *settings, uint64_t seed, ml_trees *tree,
                      ml_arena *arena, ml_error *error) {
    ML_TRY(ml_tree_check_rows(rows, error));
    ML_TRY(ml_tree_check_settings(rows, settings, error));
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = fit(rows, settings, seed, tree, arena, error);
    if (status != ML_OK)
        ml_arena_release(arena, before);
    return status;
}

void ml_trees_predict(const ml_trees *trees, size_t n, const double *x, double *prediction) {
    const size_t k = trees->n_outputs;
    memset(prediction, 0, n * k * sizeof *prediction);
    for (size_t tree = 0; tree < trees->n_trees; tree++) /* tree by tree: a tree fits into the cache, rows stream by */
        for (size_t i = 0; i < n; i++) {
            const double *const value = trees->value + k * ml_trees_leaf(trees, tree, x + i * trees->d);
            for (size_t c = 0; c < k; c++)
                prediction[i * k + c] += value[c];
        }
    for (size_t i = 0; i < n * k; i++)
        prediction[i] /= trees->n_trees;
}

uint32_t ml_trees_leaf(const ml_trees *trees, size_t tree, const double *row) {
    return ml_tree_leaf(trees, trees->root[tree], row);
}

void ml_trees_classify(size_t n, size_t classes, const double *probability, uint32_t *label) {
    for (size_t i = 0; i < n; i++) {
        uint32_t best = 0;
        for (uint32_t c = 1; c < classes; c++)
            if (probability[i * classes + c] > probability[i * classes + best])
                best = c;
        label[i] = best;
    }
}

/* Each tree's shares, so that the trees count alike; then the shares of their sum. */
void ml_trees_importance(const ml_trees *trees, double *importance) {
    double all = 0.0;
    memset(importance, 0, trees->d * sizeof *importance);
    for (size_t tree = 0; tree < trees->n_trees; tree++) {
        double sum = 0.0;
        for (uint32_t i = trees->root[tree]; i < trees->root[tree + 1]; i++)
            sum += trees->gain[i];
        for (uint32_t i = trees->root[tree]; i < trees->root[tree + 1] && sum > 0.0; i++)
            if (trees->feature[i] != ML_TREE_LEAF)
                importance[trees->feature[i]] += trees->gain[i] / sum;
        all += sum > 0.0;
    }
    for (size_t j = 0; j < trees->d && all > 0.0; j++)
        importance[j] /= all;
}

size_t ml_trees_depth(const ml_trees *trees, uint32_t *depth) {
    size_t deepest = 0;
    for (uint32_t i = 0; i < trees->n_trees; i++)
        depth[trees->root[i]] = 0;
    for (uint32_t i = 0; i < trees->n_nodes; i++) {
        deepest = depth[i] > deepest ? depth[i] : deepest;
        if (trees->feature[i] != ML_TREE_LEAF)
            depth[trees->left[i]] = depth[trees->right[i]] = depth[i] + 1;
    }
    return deepest;
}
