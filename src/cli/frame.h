/* A frame read as rows: what the lab's blocks (lab.h: LAB_BLOCK_*) mean to someone who prints them. */
#ifndef CLI_FRAME_H
#define CLI_FRAME_H

#include "labs/lab.h"

typedef struct frame_block {
    int kind; /* lab_block_kind */
    int32_t series;
    size_t rows, columns;
    unsigned has;
    size_t n_labels;
    const char *labels;  /* n_labels texts, each with its NUL */
    const float *bounds; /* of a grid: x0 x1 y0 y1 low high */
    const float *value;  /* columns arrays of rows values; a grid's values row by row */
    size_t next;         /* where the next block starts */
} frame_block;

/* Steps to the next block. Start with {0}; false after the last. */
bool frame_next(const lab_frame *frame, frame_block *block);

/* What a row of points or spans can hold. A view's rows are those of its points and spans, in the order drawn. */
typedef enum frame_column {
    COLUMN_X,
    COLUMN_Y,
    COLUMN_CLASS,
    COLUMN_SIZE,
    COLUMN_RING,
    COLUMN_START,
    COLUMN_END,
    COLUMN_LANE,
    COLUMN_VALUE,
    N_COLUMNS
} frame_column;
extern const char *const frame_column_names[N_COLUMNS];

bool frame_is_rows(const frame_block *block); /* points or spans */

/* The column's values for the block's rows, NULL if it has none. */
const float *frame_column_of(const frame_block *block, frame_column column);

/* The label of item i, NULL if there is none. One label on many spans names the lane, and so all of them. To walk over
 * all items give what the call for the item before gave as `before`, NULL for the first. */
const char *frame_next_label(const frame_block *block, size_t i, const char *before);

/* The same without a walk, which costs time by i. */
const char *frame_label(const frame_block *block, size_t i);

/* What a view holds. */
typedef struct frame_content {
    size_t rows;                /* of points and spans */
    size_t grids, edges;        /* blocks */
    size_t table_rows;          /* of its longest column */
    bool has_column[N_COLUMNS]; /* in some block */
    bool has_labels;            /* some row, or row of the table, is named */
} frame_content;
frame_content frame_count(const lab_frame *frame);

#endif
