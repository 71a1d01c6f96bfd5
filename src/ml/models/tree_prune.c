#include <string.h>

#include "models/tree_parts.h"

/* From the leaves up: a node becomes a leaf where that costs no more than the best that can be kept below it. Children
 * come after their parents, so one walk backwards sees them first. */
static void cut_back(ml_tree_nodes *nodes, size_t root, double alpha, double total_weight) {
    for (size_t i = nodes->n; i-- > root;) {
        ml_tree_node *const node = ml_tree_node_at(nodes, i);
        node->cost = node->weight / total_weight * node->impurity + alpha;
        if (node->feature == ML_TREE_LEAF)
            continue;
        const double kept = ml_tree_node_at(nodes, node->left)->cost + ml_tree_node_at(nodes, node->right)->cost;
        if (kept < node->cost) {
            node->cost = kept;
        } else {
            node->feature = ML_TREE_LEAF;
            node->missing_left = 0;
            node->threshold = node->gain = 0.0;
        }
    }
}

/* Numbers the nodes that can still be reached. */
static size_t number(ml_tree_nodes *nodes, size_t root) {
    size_t kept = root;
    ml_tree_node_at(nodes, root)->is_reached = 1;
    for (size_t i = root; i < nodes->n; i++) {
        ml_tree_node *const node = ml_tree_node_at(nodes, i);
        if (!node->is_reached)
            continue;
        node->place = (uint32_t)kept++;
        if (node->feature != ML_TREE_LEAF)
            ml_tree_node_at(nodes, node->left)->is_reached = ml_tree_node_at(nodes, node->right)->is_reached = 1;
    }
    return kept;
}

static void close_gaps(ml_tree_nodes *nodes, size_t root) {
    for (size_t i = root; i < nodes->n; i++) {
        ml_tree_node *const node = ml_tree_node_at(nodes, i);
        if (!node->is_reached)
            continue;
        const bool is_leaf = node->feature == ML_TREE_LEAF;
        node->left = is_leaf ? 0 : ml_tree_node_at(nodes, node->left)->place;
        node->right = is_leaf ? 0 : ml_tree_node_at(nodes, node->right)->place;
        memmove(ml_tree_node_at(nodes, node->place), node, nodes->stride);
    }
}

void ml_tree_prune(ml_tree_nodes *nodes, size_t root, double ccp_alpha, double total_weight) {
    cut_back(nodes, root, ccp_alpha, total_weight);
    const size_t kept = number(nodes, root);
    close_gaps(nodes, root);
    nodes->n = kept;
}
