/* Rows by group. Private to ml/data. */
#ifndef ML_DATA_GROUPS_H
#define ML_DATA_GROUPS_H

#include "base/arena.h"
#include "base/status.h"

#include <stdint.h>

/* The groups of n rows, in ascending order of their numbers. */
typedef struct grouping {
    size_t n_groups;
    uint32_t *of;   /* [n] the group of each row, 0 to n_groups - 1 */
    uint32_t *size; /* [n] the first n_groups: rows of each */
} grouping;

/* Fills what `g` points at, in the arena. Scratch is given back. */
ml_status ml_group_rows(size_t n, const int32_t *group, grouping *g, ml_arena *arena, ml_error *error);

#endif
