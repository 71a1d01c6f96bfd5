#include <float.h>
#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/gbt_parts.h"

/* A node to be made, of rows order[begin..end-1]; its histogram is cells[slot], unless it is too deep to be split. */
typedef struct branch {
    uint32_t begin, end, depth, parent, slot;
    bool is_right;
} branch;

/* Depth first: at most one node waits on each level, and two on the last. */
enum { MOST_WAITING = ML_GBT_MAX_DEPTH + 2 };
typedef struct waiting {
    branch branch[MOST_WAITING];
    uint32_t free_slot[MOST_WAITING];
    size_t n, n_free;
} waiting;

ml_status ml_gbt_grower_make(ml_gbt_grower *g, const ml_tree_rows *rows, const ml_gbt_settings *settings,
                             ml_arena *arena, ml_error *error) {
    *g = (ml_gbt_grower){.n = rows->n, .d = rows->d, .settings = settings};
    ML_TRY(ml_gbt_bin(rows->n, rows->d, rows->x, settings->max_bins, &g->bins, arena, error));
    g->g = ML_ALLOC(arena, g->n, double);
    g->h = ML_ALLOC(arena, g->n, double);
    g->cells = ml_arena_alloc(arena, g->d, (settings->max_depth + 2) * ML_GBT_CELLS * sizeof(ml_gbt_cell));
    g->order = ML_ALLOC(arena, g->n, uint32_t);
    g->moved = ML_ALLOC(arena, g->n, uint32_t);
    g->near_g = ML_ALLOC(arena, g->n, double);
    g->near_h = ML_ALLOC(arena, g->n, double);
    g->column = ML_ALLOC(arena, g->d, uint32_t);
    const bool fits = g->g && g->h && g->cells && g->order && g->moved && g->near_g && g->near_h && g->column;
    return fits ? ML_OK : ml_models_out_of_memory("boosting", g->n, g->d, error);
}

static ml_gbt_cell *histogram(const ml_gbt_grower *g, uint32_t slot, uint32_t column) {
    return g->cells + ((size_t)slot * g->d + column) * ML_GBT_CELLS;
}

static void fill(ml_gbt_grower *g, const branch *b) {
    const uint32_t *const order = g->order + b->begin;
    const size_t n = b->end - b->begin;
    for (size_t i = 0; i < n; i++) {
        g->near_g[i] = g->g[order[i]];
        g->near_h[i] = g->h[order[i]];
    }
    for (size_t c = 0; c < g->n_columns; c++) {
        ml_gbt_cell *const cell = histogram(g, b->slot, g->column[c]);
        const uint8_t *const bin = g->bins.bin + (size_t)g->column[c] * g->n;
        memset(cell, 0, ML_GBT_CELLS * sizeof *cell);
        for (size_t i = 0; i < n; i++) {
            ml_gbt_cell *const here = cell + bin[order[i]];
            here->g += g->near_g[i];
            here->h += g->near_h[i];
            here->n++;
        }
    }
}

/* What is left of the parent's histogram, in its place, is the larger child's: only the smaller one is counted.
 * Source: Ke and others 2017, "LightGBM: a highly efficient gradient boosting decision tree", NeurIPS. */
static void take_off(const ml_gbt_grower *g, uint32_t from, uint32_t part) {
    for (size_t c = 0; c < g->n_columns; c++) {
        ml_gbt_cell *const whole = histogram(g, from, g->column[c]);
        const ml_gbt_cell *const smaller = histogram(g, part, g->column[c]);
        for (size_t i = 0; i < ML_GBT_CELLS; i++) {
            whole[i].n -= smaller[i].n;
            whole[i].g = whole[i].n == 0 ? 0.0 : whole[i].g - smaller[i].g; /* of no rows: no rounding either */
            whole[i].h = whole[i].n == 0 ? 0.0 : fmax(whole[i].h - smaller[i].h, 0.0);
        }
    }
}

static uint32_t part(ml_gbt_grower *g, const branch *b, const ml_gbt_cut *cut) {
    const uint8_t *const bin = g->bins.bin + (size_t)cut->feature * g->n;
    uint32_t left = b->begin, n_right = 0;
    for (size_t i = b->begin; i < b->end; i++) {
        const uint32_t row = g->order[i];
        const bool goes_left = bin[row] == ML_GBT_MISSING ? cut->missing_left : bin[row] <= cut->bin;
        g->order[left] = row;
        g->moved[n_right] = row;
        left += goes_left;
        n_right += !goes_left;
    }
    memcpy(g->order + left, g->moved, n_right * sizeof *g->order);
    return left;
}

static bool find_cut(const ml_gbt_grower *g, const branch *b, ml_gbt_cell total, ml_gbt_cut *cut) {
    if (b->depth == g->settings->max_depth || total.n < 2)
        return false;
    for (size_t c = 0; c < g->n_columns; c++) {
        const uint32_t j = g->column[c];
        ml_gbt_try(g->settings, histogram(g, b->slot, j), g->bins.n_edges[j], j, total, cut);
    }
    return cut->found;
}

static void note_cut(const ml_gbt_grower *g, const branch *b, const ml_gbt_cut *cut, uint32_t middle,
                     ml_tree_node *node) {
    const bool is_all_known = cut->bin == g->bins.n_edges[cut->feature];
    node->feature = (int32_t)cut->feature;
    node->threshold = is_all_known ? DBL_MAX : g->bins.edge[(size_t)cut->feature * ML_GBT_MAX_BINS + cut->bin];
    node->missing_left = cut->saw_missing ? cut->missing_left : middle - b->begin >= b->end - middle;
    node->gain = cut->gain;
}

/* The children wait, with histograms if they may be split in turn. */
static void push_children(ml_gbt_grower *g, const branch *b, uint32_t middle, uint32_t at, waiting *w) {
    branch left = {b->begin, middle, b->depth + 1, at, b->slot, false};
    branch right = {middle, b->end, b->depth + 1, at, b->slot, true};
    if (b->depth + 1 < g->settings->max_depth) {
        branch *const smaller = middle - b->begin <= b->end - middle ? &left : &right;
        smaller->slot = w->free_slot[--w->n_free];
        fill(g, smaller);
        take_off(g, b->slot, smaller->slot);
    }
    w->branch[w->n++] = right;
    w->branch[w->n++] = left;
}

static ml_gbt_cell add_up(const ml_gbt_grower *g, const branch *b) {
    ml_gbt_cell total = {.n = b->end - b->begin};
    for (size_t i = b->begin; i < b->end; i++) {
        total.g += g->g[g->order[i]];
        total.h += g->h[g->order[i]];
    }
    return total;
}

/* Makes one node, a leaf or with its children put on the list. */
static void make_node(ml_gbt_grower *g, const branch *b, uint32_t at, ml_tree_node *node, waiting *w) {
    const ml_gbt_cell total = add_up(g, b);
    const double h = total.h + g->settings->l2;
    ml_gbt_cut cut = {0};
    node->n_samples = total.n;
    node->weight = total.n;
    ml_tree_node_value(node)[0] = h > 0.0 ? -g->settings->learning_rate * total.g / h : 0.0;
    if (find_cut(g, b, total, &cut)) {
        const uint32_t middle = part(g, b, &cut);
        note_cut(g, b, &cut, middle, node);
        push_children(g, b, middle, at, w);
    } else if (b->depth < g->settings->max_depth) {
        w->free_slot[w->n_free++] = b->slot;
    }
    if (node->feature != ML_TREE_LEAF && b->depth + 1 == g->settings->max_depth)
        w->free_slot[w->n_free++] = b->slot;
}

ml_status ml_gbt_grow(ml_gbt_grower *g, size_t n_rows, ml_tree_nodes *nodes, ml_error *error) {
    const size_t root = nodes->n;
    waiting w = {.n = 1, .branch = {{.end = (uint32_t)n_rows}}};
    for (uint32_t slot = 1; slot < g->settings->max_depth + 2; slot++)
        w.free_slot[w.n_free++] = slot;
    fill(g, &w.branch[0]);
    while (w.n > 0) {
        const branch b = w.branch[--w.n];
        const uint32_t at = (uint32_t)nodes->n;
        ml_tree_node *const node = ml_tree_nodes_add(nodes);
        if (node == NULL)
            return ml_fail(error, ML_ENOMEM, "boosting: its trees do not fit into the memory; use fewer rounds");
        if (at == root)
            node->is_root = 1;
        else if (b.is_right)
            ml_tree_node_at(nodes, b.parent)->right = at;
        else
            ml_tree_node_at(nodes, b.parent)->left = at;
        make_node(g, &b, at, node, &w);
    }
    return ML_OK;
}
