/* What the files of gradient boosting share. Not public. */
#ifndef ML_MODELS_GBT_PARTS_H
#define ML_MODELS_GBT_PARTS_H

#include "models/tree_parts.h"

enum { ML_GBT_MISSING = 255, ML_GBT_CELLS = 256 }; /* bins 0 to 254, and the one of missing values */

/* The columns of a table as bins of about equally many rows. */
typedef struct ml_gbt_bins {
    uint8_t *bin;      /* [d x n], by columns */
    double *edge;      /* [d x ML_GBT_MAX_BINS] bin b holds what is at most edge[b] and above edge[b - 1] */
    uint32_t *n_edges; /* [d] one less than bins */
} ml_gbt_bins;
ml_status ml_gbt_bin(size_t n, size_t d, const double *x, size_t max_bins, ml_gbt_bins *bins, ml_arena *arena,
                     ml_error *error);

/* What the rows of a bin add up to: first and second derivatives of the loss, and their number. */
typedef struct ml_gbt_cell {
    double g, h;
    uint32_t n;
} ml_gbt_cell;

typedef struct ml_gbt_cut {
    double gain;
    uint32_t feature, bin; /* left holds bins up to this one */
    uint8_t missing_left, saw_missing, found;
} ml_gbt_cut;

/* Betters `cut` by the splits of one column.
 *   cell [ML_GBT_CELLS], total: of the node */
void ml_gbt_try(const ml_gbt_settings *settings, const ml_gbt_cell *cell, uint32_t n_edges, uint32_t feature,
                ml_gbt_cell total, ml_gbt_cut *cut);

typedef struct ml_gbt_grower {
    size_t n, d, n_columns;
    const ml_gbt_settings *settings;
    ml_gbt_bins bins;
    double *g, *h;            /* [n] derivatives of the loss by the score */
    ml_gbt_cell *cells;       /* [max_depth + 2][d][ML_GBT_CELLS] histograms of the nodes that wait */
    uint32_t *order, *moved;  /* [n] the tree's rows, each node's together; and scratch */
    double *near_g, *near_h;  /* [n] a node's derivatives, one after another */
    uint32_t *column;         /* [d] the tree's columns, going up */
} ml_gbt_grower;

ml_status ml_gbt_grower_make(ml_gbt_grower *g, const ml_tree_rows *rows, const ml_gbt_settings *settings,
                             ml_arena *arena, ml_error *error);

/* Grows a tree on rows order[0..n_rows-1] and columns column[0..n_columns-1]. Errors: ML_ENOMEM. */
ml_status ml_gbt_grow(ml_gbt_grower *g, size_t n_rows, ml_tree_nodes *nodes, ml_error *error);

#endif
