/* Reading a frame. */
#include "frame.h"

#include <string.h>

const char *const frame_column_names[N_COLUMNS] = {"x", "y", "class", "size", "ring", "start", "end", "lane", "value"};

enum { GRID_BOUNDS = 6 };

bool frame_next(const lab_frame *frame, frame_block *block) {
    const char *labels = block->labels == NULL ? frame->text : block->labels;
    for (size_t i = 0; block->labels != NULL && i < block->n_labels; i++)
        labels += strlen(labels) + 1;
    if (block->next >= frame->length)
        return false;
    const float *header = frame->data + block->next;
    const bool grid = header[LAB_BLOCK_KIND] == (float)LAB_BLOCK_GRID;
    const size_t extra = grid ? GRID_BOUNDS : 0;
    *block = (frame_block){
        .kind = (int)header[LAB_BLOCK_KIND],
        .series = (int32_t)header[LAB_BLOCK_SERIES],
        .rows = (size_t)header[LAB_BLOCK_ROWS],
        .columns = (size_t)header[LAB_BLOCK_COLUMNS],
        .has = (unsigned)header[LAB_BLOCK_HAS],
        .n_labels = (size_t)header[LAB_BLOCK_LABELS],
        .labels = labels,
        .bounds = grid ? header + LAB_BLOCK_HEADER : NULL,
        .value = header + LAB_BLOCK_HEADER + extra,
        .next = block->next,
    };
    block->next += LAB_BLOCK_HEADER + extra + block->rows * block->columns;
    return true;
}

bool frame_is_rows(const frame_block *block) {
    return block->kind == LAB_BLOCK_POINTS || block->kind == LAB_BLOCK_SPANS;
}

const float *frame_column_of(const frame_block *block, frame_column column) {
    static const frame_column points[] = {COLUMN_X, COLUMN_Y, COLUMN_CLASS, COLUMN_SIZE, COLUMN_RING};
    static const frame_column spans[] = {COLUMN_START, COLUMN_END, COLUMN_LANE, COLUMN_VALUE};
    const bool is_points = block->kind == LAB_BLOCK_POINTS;
    const size_t given = is_points ? 2 : 3, most = is_points ? 5 : 4;
    if (!frame_is_rows(block))
        return NULL;
    for (size_t i = 0, at = 0; i < most; i++) {
        const bool here = i < given || (block->has >> (i - given) & 1) != 0;
        if ((is_points ? points : spans)[i] == column)
            return here ? block->value + at * block->rows : NULL;
        at += here;
    }
    return NULL;
}

const char *frame_next_label(const frame_block *block, size_t i, const char *before) {
    if (i == 0 || (block->kind == LAB_BLOCK_SPANS && block->n_labels == 1))
        return block->n_labels > 0 ? block->labels : NULL;
    return i < block->n_labels ? before + strlen(before) + 1 : NULL;
}

const char *frame_label(const frame_block *block, size_t i) {
    const char *label = NULL;
    for (size_t k = 0; k <= i && (k == 0 || label != NULL); k++)
        label = frame_next_label(block, k, label);
    return label;
}

frame_content frame_count(const lab_frame *frame) {
    frame_content content = {0};
    for (frame_block block = {0}; frame_next(frame, &block);) {
        content.grids += block.kind == LAB_BLOCK_GRID;
        content.edges += block.kind == LAB_BLOCK_EDGES;
        if (block.kind == LAB_BLOCK_COLUMN && block.rows > content.table_rows)
            content.table_rows = block.rows;
        if (block.kind != LAB_BLOCK_GRID && block.kind != LAB_BLOCK_EDGES && block.n_labels > 0)
            content.has_labels = true;
        if (!frame_is_rows(&block))
            continue;
        content.rows += block.rows;
        for (frame_column c = 0; c < N_COLUMNS; c++)
            content.has_column[c] = content.has_column[c] || frame_column_of(&block, c) != NULL;
    }
    return content;
}
