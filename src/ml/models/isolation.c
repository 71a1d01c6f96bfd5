#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/tree_parts.h"

enum { MOST_TREES = 100000, USUAL_SAMPLES = 256 };

double ml_isolation_path(double n) {
    if (n <= 2.0)
        return n < 2.0 ? 0.0 : 1.0;
    return 2.0 * (ml_log(n - 1.0) + 0x1.2788cfc6fb619p-1) - 2.0 * (n - 1.0) / n; /* Euler's constant */
}

/* Rows order[begin..end-1], which one node holds. */
typedef struct part {
    uint32_t begin, end, depth, parent;
    bool is_right;
} part;

typedef struct grower {
    size_t n, d, samples, max_depth;
    const double *x;
    uint32_t *order;   /* [n] the sample is in front */
    uint32_t *feature; /* [d] */
    part *waiting;     /* [samples] */
    ml_rng rng;
} grower;

static double at(const grower *g, size_t i, uint32_t feature) {
    return g->x[(size_t)g->order[i] * g->d + feature];
}

/* A column drawn at random among those whose values differ, and a threshold between the ends of its values. */
static bool draw_split(grower *g, const part *p, ml_tree_node *node) {
    for (size_t drawn = 0; drawn < g->d; drawn++) {
        const size_t other = drawn + (size_t)ml_rng_below(&g->rng, g->d - drawn);
        const uint32_t feature = g->feature[other];
        double low = at(g, p->begin, feature), high = low;
        g->feature[other] = g->feature[drawn];
        g->feature[drawn] = feature;
        for (size_t i = p->begin + 1; i < p->end; i++) {
            low = fmin(low, at(g, i, feature));
            high = fmax(high, at(g, i, feature));
        }
        if (low == high)
            continue;
        const double u = ml_rng_uniform(&g->rng), threshold = low * (1.0 - u) + high * u; /* high - low may overflow */
        node->feature = (int32_t)feature;
        node->threshold = threshold >= low && threshold < high ? threshold : low;
        return true;
    }
    return false;
}

static uint32_t divide(grower *g, const part *p, const ml_tree_node *node) {
    uint32_t left = p->begin;
    for (uint32_t i = p->begin; i < p->end; i++)
        if (at(g, i, (uint32_t)node->feature) <= node->threshold) {
            const uint32_t row = g->order[i];
            g->order[i] = g->order[left];
            g->order[left++] = row;
        }
    return left;
}

static void join(ml_tree_nodes *nodes, const part *p, uint32_t index) {
    ml_tree_node *const parent = ml_tree_node_at(nodes, p->parent);
    if (p->is_right)
        parent->right = index;
    else
        parent->left = index;
}

/* The sample: the first steps of a Fisher and Yates shuffle. */
static void draw_sample(grower *g) {
    for (size_t i = 0; i < g->n; i++)
        g->order[i] = (uint32_t)i;
    for (size_t i = 0; i < g->samples; i++) {
        const size_t other = i + (size_t)ml_rng_below(&g->rng, g->n - i);
        const uint32_t row = g->order[other];
        g->order[other] = g->order[i];
        g->order[i] = row;
    }
}

static ml_status grow(grower *g, ml_tree_nodes *nodes, ml_error *error) {
    const size_t root = nodes->n;
    size_t waiting = 0;
    draw_sample(g);
    for (size_t j = 0; j < g->d; j++)
        g->feature[j] = (uint32_t)j;
    g->waiting[waiting++] = (part){.end = (uint32_t)g->samples};
    while (waiting > 0) {
        const part p = g->waiting[--waiting];
        const uint32_t index = (uint32_t)nodes->n;
        ml_tree_node *const node = ml_tree_nodes_add(nodes);
        if (node == NULL)
            return ml_fail(error, ML_ENOMEM, "isolation forest: its trees do not fit into the memory; use fewer");
        node->is_root = index == root;
        node->n_samples = p.end - p.begin;
        node->weight = node->n_samples;
        if (index != root)
            join(nodes, &p, index);
        if (p.depth < g->max_depth && node->n_samples > 1 && draw_split(g, &p, node)) {
            const uint32_t middle = divide(g, &p, node);
            node->missing_left = middle - p.begin >= p.end - middle;
            g->waiting[waiting++] = (part){middle, p.end, p.depth + 1, index, true};
            g->waiting[waiting++] = (part){p.begin, middle, p.depth + 1, index, false};
        }
        ml_tree_node_value(node)[0] = p.depth + ml_isolation_path(node->n_samples);
    }
    return ML_OK;
}

static ml_status fit(size_t n, size_t d, const double *x, const ml_isolation_settings *s, ml_trees *forest,
                     ml_arena *arena, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    const size_t usual = n < USUAL_SAMPLES ? n : USUAL_SAMPLES;
    grower g = {.n = n, .d = d, .samples = s->max_samples == 0 ? usual : s->max_samples, .x = x};
    while ((size_t)1 << g.max_depth < g.samples)
        g.max_depth++;
    g.order = ML_ALLOC(arena, n, uint32_t);
    g.feature = ML_ALLOC(arena, d, uint32_t);
    g.waiting = ML_ALLOC(arena, g.samples, part);
    if (!(g.order && g.feature && g.waiting))
        return ml_models_out_of_memory("isolation forest", n, d, error);
    ml_tree_nodes nodes = ml_tree_nodes_open(1, arena);
    for (size_t tree = 0; tree < s->n_trees; tree++) {
        g.rng = ml_rng_seed(s->seed, tree);
        ML_TRY(grow(&g, &nodes, error));
    }
    return ml_tree_nodes_close(&nodes, d, before, forest, arena, error);
}

ml_status ml_isolation_fit(size_t n, size_t d, const double *x, const ml_isolation_settings *settings,
                           ml_trees *forest, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    if (n > INT32_MAX || d > INT32_MAX)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu features; a forest takes at most 2147483647", n, d);
    if (settings->n_trees == 0 || settings->n_trees > MOST_TREES)
        return ml_fail(error, ML_EINVAL, "n_trees is %zu; a forest has 1 to %d trees", settings->n_trees, MOST_TREES);
    if (settings->max_samples > n)
        return ml_fail(error, ML_EINVAL, "max_samples is %zu of %zu rows; use 0 for the usual 256",
                       settings->max_samples, n);
    const ml_arena_mark before = ml_arena_save(arena);
    const ml_status status = fit(n, d, x, settings, forest, arena, error);
    if (status != ML_OK)
        ml_arena_release(arena, before);
    return status;
}

void ml_isolation_score(const ml_trees *forest, size_t n, const double *x, double *score) {
    const double expected = ml_isolation_path(forest->n_samples[0]);
    ml_trees_predict(forest, n, x, score);
    for (size_t i = 0; i < n; i++)
        score[i] = expected > 0.0 ? ml_exp(-0x1.62e42fefa39efp-1 * score[i] / expected) : 1.0;
}
