/* What the tape knows of each operation. Private to ml/autograd. */
#ifndef ML_AUTOGRAD_OPERATIONS_H
#define ML_AUTOGRAD_OPERATIONS_H

#include "autograd/autograd.h"

typedef enum scratch_kind { NO_SCRATCH, SCRATCH_LIKE_VALUE, SCRATCH_LIKE_PARENT } scratch_kind;

typedef struct operation {
    const char *name;
    int32_t n_parents;
    scratch_kind scratch;

    /* Checks the parents' shapes and fills in the dimensions and sizes of node->value. */
    ml_status (*shape)(const ml_tape *tape, ml_node *node, ml_error *error);

    /* Fills node->value from the parents' values. */
    ml_status (*forward)(const ml_tape *tape, ml_node *node, ml_error *error);

    /* Adds node->gradient times the local derivative to the gradient of each parent that needs one. */
    void (*backward)(const ml_tape *tape, ml_node *node);
} operation;

/* By ml_operation. Leaves and constants have a name and nothing else. */
extern const operation ml_operations[];

#endif
