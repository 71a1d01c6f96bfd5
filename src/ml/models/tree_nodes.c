#include <string.h>

#include "models/tree_parts.h"

enum { ALIGNMENT = 64 };

static uintptr_t round_up(uintptr_t address) {
    return (address + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

ml_tree_nodes ml_tree_nodes_open(size_t n_outputs, const ml_arena *arena) {
    const size_t room = arena->capacity - arena->used;
    unsigned char *const free_space = arena->memory + arena->used;
    const size_t padding = (size_t)(round_up((uintptr_t)free_space) - (uintptr_t)free_space);
    ml_tree_nodes nodes = {.n_outputs = n_outputs};
    if (padding > room || n_outputs > (SIZE_MAX - sizeof(ml_tree_node)) / sizeof(double))
        return nodes;
    nodes.first = free_space + padding;
    nodes.stride = sizeof(ml_tree_node) + n_outputs * sizeof(double);
    nodes.capacity = (room - padding) / nodes.stride;
    if (nodes.capacity > INT32_MAX)
        nodes.capacity = INT32_MAX;
    return nodes;
}

ml_tree_node *ml_tree_nodes_add(ml_tree_nodes *nodes) {
    if (nodes->n == nodes->capacity)
        return NULL;
    ml_tree_node *const node = ml_tree_node_at(nodes, nodes->n++);
    memset(node, 0, nodes->stride);
    node->feature = ML_TREE_LEAF;
    return node;
}

static bool allocate(ml_trees *t, ml_arena *arena) {
    t->root = ML_ALLOC(arena, (size_t)t->n_trees + 1, uint32_t);
    t->feature = ML_ALLOC(arena, t->n_nodes, int32_t);
    t->threshold = ML_ALLOC(arena, t->n_nodes, double);
    t->left = ML_ALLOC(arena, t->n_nodes, uint32_t);
    t->right = ML_ALLOC(arena, t->n_nodes, uint32_t);
    t->missing_left = ML_ALLOC(arena, t->n_nodes, uint8_t);
    t->value = ml_arena_alloc(arena, t->n_nodes, t->n_outputs * sizeof(double));
    t->weight = ML_ALLOC(arena, t->n_nodes, double);
    t->gain = ML_ALLOC(arena, t->n_nodes, double);
    t->n_samples = ML_ALLOC(arena, t->n_nodes, uint32_t);
    return t->root && t->feature && t->threshold && t->left && t->right && t->missing_left && t->value && t->weight &&
           t->gain && t->n_samples;
}

static void copy_node(const ml_tree_nodes *nodes, uint32_t i, ml_trees *t) {
    ml_tree_node *const node = ml_tree_node_at(nodes, i);
    t->feature[i] = node->feature;
    t->threshold[i] = node->threshold;
    t->left[i] = node->left;
    t->right[i] = node->right;
    t->missing_left[i] = node->missing_left;
    t->weight[i] = node->weight;
    t->gain[i] = node->gain;
    t->n_samples[i] = node->n_samples;
    memcpy(t->value + i * nodes->n_outputs, ml_tree_node_value(node), nodes->n_outputs * sizeof *t->value);
}

static uint32_t count_roots(const ml_tree_nodes *nodes) {
    uint32_t roots = 0;
    for (size_t i = 0; i < nodes->n; i++)
        roots += ml_tree_node_at(nodes, i)->is_root;
    return roots;
}

/* The records move out of the way, to the end of the arena, and the arrays go to where the scratch was. */
ml_status ml_tree_nodes_close(const ml_tree_nodes *nodes, size_t d, ml_arena_mark before, ml_trees *trees,
                              ml_arena *arena, ml_error *error) {
    const size_t at = (size_t)(nodes->first - arena->memory), bytes = nodes->n * nodes->stride;
    ml_tree_nodes moved = *nodes;
    moved.first += (arena->capacity - at - bytes) / ALIGNMENT * ALIGNMENT;
    memmove(moved.first, nodes->first, bytes);
    ml_trees made = {.d = (uint32_t)d, .n_outputs = (uint32_t)nodes->n_outputs, .n_trees = count_roots(nodes),
                     .n_nodes = (uint32_t)nodes->n};
    ml_arena below = {.memory = arena->memory, .capacity = (size_t)(moved.first - arena->memory), .used = before.used};
    if (!allocate(&made, &below)) {
        ml_arena_release(arena, before);
        return ml_fail(error, ML_ENOMEM, "%zu nodes of trees do not fit into the memory; use fewer or smaller trees",
                       nodes->n);
    }
    for (uint32_t i = 0, tree = 0; i < made.n_nodes; i++) {
        if (ml_tree_node_at(&moved, i)->is_root)
            made.root[tree++] = i;
        copy_node(&moved, i, &made);
    }
    made.root[made.n_trees] = made.n_nodes;
    arena->used = below.used;
    *trees = made;
    return ML_OK;
}
