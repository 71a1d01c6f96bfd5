/* What the files of trees, forests and boosting share. Not public.
 *
 * While a forest grows nobody knows how many nodes it will have, so the nodes are records, one after another in all
 * that is free of the arena; ml_tree_nodes_close turns them into the flat arrays of an ml_trees. */
#ifndef ML_MODELS_TREE_PARTS_H
#define ML_MODELS_TREE_PARTS_H

#include "base/rng.h"
#include "models/models.h"

enum { ML_TREE_LEAF = -1 };

/* A node; its values [n_outputs] follow it. */
typedef struct ml_tree_node {
    double threshold, weight, gain;
    double impurity; /* of its own rows */
    double cost;     /* pruning: of the best subtree from here */
    uint32_t left, right, n_samples;
    uint32_t place;  /* pruning: where the node goes */
    int32_t feature;
    uint8_t missing_left, is_root, is_reached;
} ml_tree_node;

typedef struct ml_tree_nodes {
    unsigned char *first;
    size_t stride; /* bytes from a node to the next */
    size_t n, capacity, n_outputs;
} ml_tree_nodes;

/* No nodes yet, and room for as many as the arena has. Nothing may be allocated from it until they are closed. */
ml_tree_nodes ml_tree_nodes_open(size_t n_outputs, const ml_arena *arena);

/* One more node, all 0 but for `feature`, which says leaf. NULL when the arena is full. */
ml_tree_node *ml_tree_nodes_add(ml_tree_nodes *nodes);

/* Gives back all since `before` and puts the trees there. Errors: ML_ENOMEM, `trees` then untouched. */
ml_status ml_tree_nodes_close(const ml_tree_nodes *nodes, size_t d, ml_arena_mark before, ml_trees *trees,
                              ml_arena *arena, ml_error *error);

static inline ml_tree_node *ml_tree_node_at(const ml_tree_nodes *nodes, size_t i) {
    return (ml_tree_node *)(void *)(nodes->first + i * nodes->stride);
}

static inline double *ml_tree_node_value(ml_tree_node *node) {
    return (double *)(void *)(node + 1);
}

/* The child that a value leads to: the left one if x <= threshold. */
static inline uint32_t ml_tree_child(const ml_trees *trees, uint32_t node, double x) {
    const bool is_left = x != x ? trees->missing_left[node] : x <= trees->threshold[node];
    return is_left ? trees->left[node] : trees->right[node];
}

/* The leaf in which a row [d] ends. */
static inline uint32_t ml_tree_leaf(const ml_trees *trees, uint32_t node, const double *row) {
    while (trees->feature[node] != ML_TREE_LEAF)
        node = ml_tree_child(trees, node, row[trees->feature[node]]);
    return node;
}

/* Halfway between neighbouring values a < b, rounded so that a <= it < b. */
double ml_tree_threshold(double a, double b);

ml_status ml_tree_check_rows(const ml_tree_rows *rows, ml_error *error);
ml_status ml_tree_check_settings(const ml_tree_rows *rows, const ml_tree_settings *settings, ml_error *error);

/* The columns of a table as ranks: a tree looks only at the order of values, and small integers sort fastest. */
typedef struct ml_tree_ranks {
    uint32_t *rank;    /* [d x n], by columns: 0 for the smallest value; equal values are equal; missing: n_ranks[j] */
    uint32_t *n_ranks; /* [d] different values */
} ml_tree_ranks;
ml_status ml_tree_rank(size_t n, size_t d, const double *x, ml_tree_ranks *ranks, ml_arena *arena, ml_error *error);

/* Sorts items by their upper 32 bits, which are at most `most`; equal ones keep their order. Returns where the result
 * is: at `item` or at `scratch`.
 *   item, scratch  [m]
 * Cost: by digits, about 2 m moves per 8 bits of `most`; few items by insertion. */
uint64_t *ml_tree_sort(size_t m, uint64_t *item, uint64_t *scratch, uint32_t most);

/* The best split of a node so far. */
typedef struct ml_tree_cut {
    double score;      /* higher is better; of two cuts of one node only */
    double threshold;
    uint32_t rank;     /* of the last value that goes left */
    int32_t feature;   /* ML_TREE_LEAF: none yet */
    uint8_t missing_left;
    bool saw_missing;  /* whether the node has missing values in this column */
} ml_tree_cut;

/* What the growing of trees on the same rows needs; one tree after another. */
typedef struct ml_tree_grower {
    const ml_tree_rows *rows;
    const ml_tree_settings *settings;
    ml_tree_ranks ranks;
    size_t n_outputs;
    double *weight;           /* [n] in this tree; rows of weight 0 are not in it */
    double total_weight;
    uint32_t *order, *moved;  /* [n] the tree's rows, each node's together; and scratch */
    double *target;           /* [n] regression: y minus the mean of the row's node */
    uint64_t *item, *sorted;  /* [n] (rank << 32 | row) of a node, and scratch */
    double *left, *right;     /* [classes] weight of each class on either side of a cut */
    uint32_t *feature;        /* [d] columns in random order */
    struct ml_tree_branch *branch; /* [n] nodes still to be made */
} ml_tree_grower;

ml_status ml_tree_grower_make(ml_tree_grower *g, const ml_tree_rows *rows, const ml_tree_settings *settings,
                              ml_arena *arena, ml_error *error);

/* Grows a tree on the rows with a weight above 0. Errors: ML_ENOMEM. */
ml_status ml_tree_grow(ml_tree_grower *g, ml_rng *rng, ml_tree_nodes *nodes, ml_error *error);

/* Betters `cut` by the splits of `feature` among rows order[begin..end-1]; false if there is nothing to split, because
 * all values are equal. */
bool ml_tree_try(ml_tree_grower *g, size_t begin, size_t end, uint32_t feature, const double *total, double weight,
                 ml_tree_cut *cut);

/* Cost-complexity pruning of the tree that begins at node `root` and ends the list. */
void ml_tree_prune(ml_tree_nodes *nodes, size_t root, double ccp_alpha, double total_weight);

#endif
