#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/tree_parts.h"

/* A node to be made, of rows order[begin..end-1]. */
typedef struct ml_tree_branch {
    uint32_t begin, end, depth, parent;
    bool is_right;
} branch;

ml_status ml_tree_grower_make(ml_tree_grower *g, const ml_tree_rows *rows, const ml_tree_settings *settings,
                              ml_arena *arena, ml_error *error) {
    const size_t n = rows->n, d = rows->d;
    *g = (ml_tree_grower){.rows = rows, .settings = settings, .n_outputs = rows->classes > 0 ? rows->classes : 1};
    ML_TRY(ml_tree_rank(n, d, rows->x, &g->ranks, arena, error));
    g->weight = ML_ALLOC(arena, n, double);
    g->order = ML_ALLOC(arena, n, uint32_t);
    g->moved = ML_ALLOC(arena, n, uint32_t);
    g->target = ML_ALLOC(arena, n, double);
    g->item = ML_ALLOC(arena, n, uint64_t);
    g->sorted = ML_ALLOC(arena, n, uint64_t);
    g->left = ML_ALLOC(arena, rows->classes, double);
    g->right = ML_ALLOC(arena, rows->classes, double);
    g->feature = ML_ALLOC(arena, d, uint32_t);
    g->branch = ML_ALLOC(arena, n, branch);
    if (!(g->weight && g->order && g->moved && g->target && g->item && g->sorted && g->left && g->right &&
          g->feature && g->branch))
        return ml_models_out_of_memory("trees", n, d, error);
    for (size_t j = 0; j < d; j++)
        g->feature[j] = (uint32_t)j;
    return ML_OK;
}

/* The mean target of a node, its variance, and the targets around the mean; whether they are all the same. */
static bool measure_values(ml_tree_grower *g, const branch *b, ml_tree_node *node) {
    const double *const y = g->rows->y, first = y[g->order[b->begin]];
    double sum = 0.0, squares = 0.0;
    bool is_pure = true;
    for (size_t i = b->begin; i < b->end; i++) {
        const uint32_t row = g->order[i];
        node->weight += g->weight[row];
        sum += g->weight[row] * (y[row] - first); /* from a value near the mean: no digits are lost to a large offset */
        is_pure = is_pure && y[row] == first;
    }
    const double mean = first + sum / node->weight;
    for (size_t i = b->begin; i < b->end; i++) {
        const uint32_t row = g->order[i];
        g->target[row] = y[row] - mean;
        squares += g->weight[row] * g->target[row] * g->target[row];
    }
    ml_tree_node_value(node)[0] = mean;
    node->impurity = squares / node->weight;
    return is_pure;
}

/* The weight of each class in a node, left in its values, and the impurity; whether there is one class only. */
static bool measure_classes(const ml_tree_grower *g, const branch *b, ml_tree_node *node) {
    double *const total = ml_tree_node_value(node);
    double impurity = 0.0;
    size_t present = 0;
    for (size_t i = b->begin; i < b->end; i++) {
        total[g->rows->label[g->order[i]]] += g->weight[g->order[i]];
        node->weight += g->weight[g->order[i]];
    }
    for (size_t c = 0; c < g->n_outputs; c++) {
        const double p = total[c] / node->weight;
        present += p > 0.0;
        if (g->settings->criterion == ML_TREE_GINI)
            impurity += p * (1.0 - p);
        else if (p > 0.0)
            impurity -= p * ml_log(p);
    }
    node->impurity = impurity;
    return present <= 1;
}

/* The score of no split: what scores are above it is the weighted decrease of impurity. */
static double score_unsplit(const ml_tree_grower *g, ml_tree_node *node) {
    const double *const total = ml_tree_node_value(node);
    double sum = 0.0;
    if (g->settings->criterion == ML_TREE_SQUARED_ERROR)
        return 0.0;
    if (g->settings->criterion == ML_TREE_GINI) {
        for (size_t c = 0; c < g->n_outputs; c++)
            sum += total[c] * total[c];
        return sum / node->weight;
    }
    for (size_t c = 0; c < g->n_outputs; c++)
        sum += total[c] > 0.0 ? total[c] * ml_log(total[c]) : 0.0;
    return sum - node->weight * ml_log(node->weight);
}

/* The best cut among `max_features` columns drawn at random, not counting those whose values are all equal. */
static ml_tree_cut find_cut(ml_tree_grower *g, const branch *b, ml_tree_node *node, ml_rng *rng) {
    const size_t d = g->rows->d, most = g->settings->max_features;
    const bool draws = most != 0 && most < d;
    ml_tree_cut cut = {.score = -(double)INFINITY, .feature = ML_TREE_LEAF};
    for (size_t drawn = 0, used = 0; drawn < d && (!draws || used < most); drawn++) {
        if (draws) {
            const size_t other = drawn + (size_t)ml_rng_below(rng, d - drawn);
            const uint32_t feature = g->feature[other];
            g->feature[other] = g->feature[drawn];
            g->feature[drawn] = feature;
        }
        used += ml_tree_try(g, b->begin, b->end, g->feature[drawn], ml_tree_node_value(node), node->weight, &cut);
    }
    return cut;
}

/* The rows of a node, those that go left first; otherwise their order stays. Returns where the right ones begin. */
static uint32_t part(ml_tree_grower *g, const branch *b, const ml_tree_cut *cut) {
    const uint32_t *const rank = g->ranks.rank + (size_t)cut->feature * g->rows->n;
    const uint32_t missing = g->ranks.n_ranks[cut->feature];
    uint32_t left = b->begin, n_right = 0;
    for (size_t i = b->begin; i < b->end; i++) {
        const uint32_t row = g->order[i], here = rank[row];
        const bool goes_left = here == missing ? cut->missing_left : here <= cut->rank;
        g->order[left] = row; /* written on either side, kept on one: no branch to be guessed */
        g->moved[n_right] = row;
        left += goes_left;
        n_right += !goes_left;
    }
    memcpy(g->order + left, g->moved, n_right * sizeof *g->order);
    return left;
}

static bool may_split(const ml_tree_settings *s, const branch *b) {
    const size_t n = b->end - b->begin;
    return (s->max_depth == 0 || b->depth < s->max_depth) && n >= s->min_samples_split && n / 2 >= s->min_samples_leaf;
}

/* Splits the node if that is worth it. Without missing values among its rows, later ones follow the
 * child with more rows. */
static bool split(ml_tree_grower *g, const branch *b, ml_tree_node *node, uint32_t *middle, ml_rng *rng) {
    const double unit = g->settings->criterion == ML_TREE_ENTROPY ? 0x1.71547652b82fep+0 : 1.0; /* nats to bits */
    const ml_tree_cut cut = find_cut(g, b, node, rng);
    if (cut.feature == ML_TREE_LEAF)
        return false;
    const double gain = fmax(unit * (cut.score - score_unsplit(g, node)), 0.0);
    if (gain / g->total_weight + 0x1p-52 < g->settings->min_impurity_decrease)
        return false;
    *middle = part(g, b, &cut);
    node->feature = cut.feature;
    node->threshold = cut.threshold;
    node->missing_left = cut.saw_missing ? cut.missing_left : *middle - b->begin >= b->end - *middle;
    node->gain = gain;
    return true;
}

/* Classes: from weights to shares. */
static void normalise(const ml_tree_grower *g, ml_tree_node *node) {
    for (size_t c = 0; c < g->rows->classes; c++)
        ml_tree_node_value(node)[c] /= node->weight;
    if (g->settings->criterion == ML_TREE_ENTROPY)
        node->impurity *= 0x1.71547652b82fep+0;
}

static void join(ml_tree_nodes *nodes, const branch *b, uint32_t at) {
    ml_tree_node *const parent = ml_tree_node_at(nodes, b->parent);
    if (b->is_right)
        parent->right = at;
    else
        parent->left = at;
}

/* Makes one node; true if it has been split, before row order[middle]. */
static bool make_node(ml_tree_grower *g, const branch *b, ml_tree_node *node, uint32_t *middle, ml_rng *rng) {
    node->n_samples = b->end - b->begin;
    const bool is_pure = g->rows->classes > 0 ? measure_classes(g, b, node) : measure_values(g, b, node);
    const bool is_split = !is_pure && may_split(g->settings, b) && split(g, b, node, middle, rng);
    normalise(g, node);
    return is_split;
}

/* Depth first, the left child before the right one: a node's left child is the next one. */
ml_status ml_tree_grow(ml_tree_grower *g, ml_rng *rng, ml_tree_nodes *nodes, ml_error *error) {
    const size_t root = nodes->n;
    branch whole = {0};
    g->total_weight = 0.0;
    for (uint32_t i = 0; i < g->rows->n; i++)
        if (g->weight[i] > 0.0) {
            g->order[whole.end++] = i;
            g->total_weight += g->weight[i];
        }
    size_t waiting = 0;
    g->branch[waiting++] = whole;
    while (waiting > 0) {
        const branch b = g->branch[--waiting];
        const uint32_t at = (uint32_t)nodes->n;
        uint32_t middle = 0;
        ml_tree_node *const node = ml_tree_nodes_add(nodes);
        if (node == NULL)
            return ml_fail(error, ML_ENOMEM, "a tree of %zu rows does not fit into the memory; limit max_depth",
                           g->rows->n);
        if (at == root)
            node->is_root = 1;
        else
            join(nodes, &b, at);
        if (make_node(g, &b, node, &middle, rng)) {
            g->branch[waiting++] = (branch){middle, b.end, b.depth + 1, at, true};
            g->branch[waiting++] = (branch){b.begin, middle, b.depth + 1, at, false};
        }
    }
    if (g->settings->ccp_alpha > 0.0)
        ml_tree_prune(nodes, root, g->settings->ccp_alpha, g->total_weight);
    return ML_OK;
}
