#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/tree_parts.h"

enum { MOST_TREES = 100000 };

ml_forest_settings ml_forest_defaults(size_t d, size_t classes) {
    ml_forest_settings settings = {.tree = ml_tree_defaults(classes), .n_trees = 100, .bootstrap = true};
    settings.tree.max_features = classes > 0 ? (size_t)sqrt((double)d) : 0;
    return settings;
}

/* Each row counts as often as it is drawn. */
static bool draw_rows(ml_tree_grower *g, bool bootstrap, ml_rng *rng) {
    const size_t n = g->rows->n;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        g->weight[i] = bootstrap ? 0.0 : 1.0;
    for (size_t i = 0; bootstrap && i < n; i++)
        g->weight[ml_rng_below(rng, n)] += 1.0;
    for (size_t i = 0; i < n; i++) {
        g->weight[i] *= g->rows->weight == NULL ? 1.0 : g->rows->weight[i];
        sum += g->weight[i];
    }
    return sum > 0.0;
}

/* Adds what the tree says of the rows that it has not seen. */
static void add_unseen(const ml_tree_grower *g, ml_tree_nodes *nodes, size_t root, double *sum, uint32_t *count) {
    const size_t k = g->n_outputs;
    for (size_t i = 0; i < g->rows->n; i++) {
        if (g->weight[i] > 0.0)
            continue;
        ml_tree_node *node = ml_tree_node_at(nodes, root);
        while (node->feature != ML_TREE_LEAF) {
            const double x = g->rows->x[i * g->rows->d + (size_t)node->feature];
            const bool is_left = isnan(x) ? node->missing_left : x <= node->threshold;
            node = ml_tree_node_at(nodes, is_left ? node->left : node->right);
        }
        for (size_t c = 0; c < k; c++)
            sum[i * k + c] += ml_tree_node_value(node)[c];
        count[i]++;
    }
}

static ml_status grow_all(ml_tree_grower *g, const ml_forest_settings *s, ml_tree_nodes *nodes, double *sum,
                          uint32_t *count, ml_error *error) {
    for (size_t tree = 0; tree < s->n_trees; tree++) {
        ml_rng rng = ml_rng_seed(s->seed, tree);
        const size_t root = nodes->n;
        while (!draw_rows(g, s->bootstrap, &rng)) { /* with weights of 0 a draw can miss all others */
        }
        for (size_t j = 0; j < g->rows->d; j++)
            g->feature[j] = (uint32_t)j;
        ML_TRY(ml_tree_grow(g, &rng, nodes, error));
        if (sum != NULL)
            add_unseen(g, nodes, root, sum, count);
    }
    return ML_OK;
}

static ml_status fit(const ml_tree_rows *rows, const ml_forest_settings *s, ml_trees *forest, double *out_of_bag,
                     ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    const size_t outputs = rows->classes > 0 ? rows->classes : 1;
    ml_tree_grower grower;
    ML_TRY(ml_tree_grower_make(&grower, rows, &s->tree, arena, error));
    uint32_t *const count = ML_ALLOC(arena, rows->n, uint32_t);
    double *const sum = ml_arena_alloc(arena, rows->n, outputs * sizeof(double));
    if (count == NULL || sum == NULL)
        return ml_models_out_of_memory("forest", rows->n, rows->d, error);
    ml_tree_nodes nodes = ml_tree_nodes_open(outputs, arena);
    ML_TRY(grow_all(&grower, s, &nodes, out_of_bag == NULL ? NULL : sum, count, error));
    for (size_t i = 0; out_of_bag != NULL && i < rows->n * outputs; i++)
        out_of_bag[i] = count[i / outputs] == 0 ? (double)NAN : sum[i] / count[i / outputs];
    return ml_tree_nodes_close(&nodes, rows->d, before, forest, arena, error);
}

ml_status ml_forest_fit(const ml_tree_rows *rows, const ml_forest_settings *settings, ml_trees *forest,
                        double *out_of_bag, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_tree_check_rows(rows, error));
    ML_TRY(ml_tree_check_settings(rows, &settings->tree, error));
    if (settings->n_trees == 0 || settings->n_trees > MOST_TREES)
        return ml_fail(error, ML_EINVAL, "n_trees is %zu; a forest has 1 to %d trees", settings->n_trees, MOST_TREES);
    if (out_of_bag != NULL && !settings->bootstrap)
        return ml_fail(error, ML_EINVAL, "out-of-bag predictions need bootstrap: else every tree has seen every row");
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = fit(rows, settings, forest, out_of_bag, arena, error);
    if (status != ML_OK)
        ml_arena_release(arena, before);
    return status;
}

static double accuracy(const ml_tree_rows *rows, const double *out_of_bag) {
    double right = 0.0, known = 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        uint32_t label;
        if (isnan(out_of_bag[i * rows->classes]))
            continue;
        ml_trees_classify(1, rows->classes, out_of_bag + i * rows->classes, &label);
        right += label == rows->label[i];
        known += 1.0;
    }
    return right / known;
}

double ml_forest_score(const ml_tree_rows *rows, const double *out_of_bag) {
    if (rows->classes > 0)
        return accuracy(rows, out_of_bag);
    double sum = 0.0, known = 0.0, error = 0.0, spread = 0.0;
    for (size_t i = 0; i < rows->n; i++)
        if (!isnan(out_of_bag[i])) {
            sum += rows->y[i];
            known += 1.0;
        }
    for (size_t i = 0; i < rows->n; i++)
        if (!isnan(out_of_bag[i])) {
            error += (rows->y[i] - out_of_bag[i]) * (rows->y[i] - out_of_bag[i]);
            spread += (rows->y[i] - sum / known) * (rows->y[i] - sum / known);
        }
    return 1.0 - error / spread;
}
