/* What the compiler of plans finds out before it writes steps. Private to ml/autograd.
 *
 * Words: a *group* is a run of nodes that become one step, from its *core* (a matmul or conv2d) to its *top* (an add,
 * an activation or a pool); only the top's value is stored. A *place* is where the gradient of a node is put; nodes
 * share one when the gradient passes through unchanged, or is never needed on one of the sides. */
#ifndef ML_AUTOGRAD_PLAN_COMPILER_H
#define ML_AUTOGRAD_PLAN_COMPILER_H

#include "autograd/plan_steps.h"

typedef struct plan_node {
    bool computed;         /* its value is needed */
    bool kept;             /* and must be stored */
    bool differentiated;   /* its gradient is needed */
    int32_t uses;          /* how often computed nodes have it for a parent */
    int32_t gradient_uses; /* and differentiated ones */

    /* Groups. */
    int32_t core;           /* of a top: where its group begins; else ML_NO_NODE */
    int32_t top;            /* of a core */
    int32_t bias;           /* of a top: ML_NO_NODE for none */
    ml_kernel_activation f; /* of a top */
    bool inside;            /* in a group, and not its top */
    bool pooled;            /* of a top and its core: conv2d, relu, max_pool */
    uint8_t *index;         /* of a pooled top: which element of each window was the largest */

    /* Gradients. */
    int32_t place;       /* the node that gave the place its name: the last one of those that share it */
    int32_t below;       /* of a matmul: the activation through whose slope its input's gradient goes, or ML_NO_NODE */
    bool passed_through; /* of that activation: it has nothing left to do */
    bool written;        /* of a place: something is in it already */
    bool updated;        /* of a leaf: a step has moved it already */
    int32_t from, to;    /* of a place: the first node on the way back that writes it, the last one that reads it */
    size_t offset;       /* of a place: in the plan's buffer, in floats */
} plan_node;

typedef struct plan_compiler {
    ml_plan *plan;
    ml_node *node; /* the plan's own copies */
    plan_node *of; /* what is known of each */
    int32_t n, output;
    bool backwards;  /* the output is a single number that depends on leaves */
    bool loss_fused; /* its gradient is computed along with it */
} plan_compiler;

/* Which nodes are needed, and how they group. */
void plan_find_needed(plan_compiler *c);
void plan_find_groups(plan_compiler *c);

/* Who shares whose place, and where in a buffer the places are. Returns how many floats the buffer needs. */
size_t plan_find_places(plan_compiler *c);

/* Writes the steps; where a list has no memory yet, only counts them. */
void plan_write_steps(plan_compiler *c);

/* What becomes of the gradient of an add's parent. */
typedef enum plan_part {
    PART_NONE,  /* the parent needs none */
    PART_SAME,  /* the parent shares the place */
    PART_ADDED, /* it is added, element by element */
    PART_ROW,   /* its rows are summed up */
    PART_OTHER, /* another kind of broadcasting: the operation's own function must do it, for both parents */
} plan_part;
plan_part plan_part_of(const plan_compiler *c, int32_t add, int32_t which);

static inline int32_t plan_parent(const plan_compiler *c, int32_t i, int32_t which) {
    return c->node[i].parent[which];
}

/* With floats of the caller's, not computed. */
static inline bool plan_is_given(const plan_compiler *c, int32_t i) {
    return c->node[i].operation == ML_OP_LEAF || c->node[i].operation == ML_OP_CONSTANT;
}

static inline bool plan_is_activation(const plan_compiler *c, int32_t i) {
    const ml_operation is = c->node[i].operation;
    return is == ML_OP_RELU || is == ML_OP_TANH || is == ML_OP_SIGMOID;
}

static inline ml_kernel_activation plan_activation(const plan_compiler *c, int32_t i) {
    const ml_operation is = c->node[i].operation;
    return is == ML_OP_RELU ? ML_KERNEL_RELU : is == ML_OP_TANH ? ML_KERNEL_TANH : ML_KERNEL_SIGMOID;
}

/* Whether a node can hand on its gradient simply by sharing its place with this parent. */
static inline bool plan_can_share(const plan_compiler *c, int32_t parent) {
    return c->of[parent].differentiated && c->of[parent].gradient_uses == 1 && c->node[parent].operation != ML_OP_LEAF;
}

#endif
