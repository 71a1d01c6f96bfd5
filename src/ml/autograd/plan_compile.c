/* From tape to plan: looks, asks for memory, writes. */
#include "autograd/plan_compiler.h"

#include <string.h>

static ml_status check_node(const ml_tape *tape, int32_t i, ml_error *error) {
    if (i < 0 || i >= tape->n_nodes)
        return ml_fail(error, ML_EINVAL, "plan: there is no node %d on the tape; it has %d", (int)i,
                       (int)tape->n_nodes);
    return ML_OK;
}

static ml_status check_memory(const void *memory, const plan_compiler *c, ml_error *error) {
    if (memory == NULL)
        return ml_fail(error, ML_ENOMEM,
                       "plan: the steps for %d nodes and their gradients do not "
                       "fit in the memory "
                       "that is left",
                       (int)c->n);
    return ML_OK;
}

/* The plan's own nodes, up to the last one that is wanted, and what is known of them so far. */
static ml_status copy_nodes(plan_compiler *c, ml_arena *arena, ml_error *error) {
    const ml_tape *source = c->plan->source;
    c->node = ML_ALLOC(arena, (size_t)c->n, ml_node);
    ML_TRY(check_memory(c->node, c, error));
    c->of = ML_ALLOC(arena, (size_t)c->n, plan_node);
    ML_TRY(check_memory(c->of, c, error));
    memcpy(c->node, source->node, (size_t)c->n * sizeof *c->node);
    for (int32_t i = 0; i < c->n; i++)
        c->of[i] =
            (plan_node){.core = ML_NO_NODE, .top = ML_NO_NODE, .bias = ML_NO_NODE, .below = ML_NO_NODE, .place = i};
    c->plan->tape = *source;
    c->plan->tape.node = c->node;
    c->plan->tape.n_nodes = c->plan->tape.capacity = c->n;
    return ML_OK;
}

static ml_status check_segments(const plan_compiler *c, ml_error *error) {
    for (int32_t i = 0; i < c->n; i++)
        if (c->of[i].computed && c->node[i].segment != 0 && !plan_is_given(c, i))
            return ml_fail(error, ML_EINVAL,
                           "plan: node %d, %s, lies in a checkpointed segment, whose "
                           "values come and "
                           "go; record it without",
                           (int)i, c->node[i].name);
    return ML_OK;
}

static ml_status make_room_for_pools(plan_compiler *c, ml_arena *arena, ml_error *error) {
    for (int32_t i = 0; i < c->n; i++) {
        if (!c->of[i].pooled || c->of[i].core == ML_NO_NODE)
            continue;
        c->of[i].index = ML_ALLOC(arena, ml_tensor_count(&c->node[i].value), uint8_t);
        ML_TRY(check_memory(c->of[i].index, c, error));
    }
    return ML_OK;
}

static ml_status make_room_for_gradients(plan_compiler *c, ml_arena *arena, ml_error *error) {
    c->plan->gradient_floats = plan_find_places(c);
    float *const buffer = ML_ALLOC(arena, c->plan->gradient_floats, float);
    ML_TRY(check_memory(buffer, c, error));
    for (int32_t i = 0; i < c->n; i++)
        if (c->of[i].differentiated && c->node[i].operation != ML_OP_LEAF)
            c->node[i].gradient.data = buffer + c->of[c->of[i].place].offset;
    return ML_OK;
}

/* A reshape shows its parent's floats. */
static void join_reshapes(plan_compiler *c) {
    for (int32_t i = 0; i < c->n; i++)
        if (c->node[i].operation == ML_OP_RESHAPE && c->of[i].computed && !c->of[i].kept)
            c->node[i].value.data = c->node[plan_parent(c, i, 0)].value.data;
}

static ml_status make_room_for_steps(plan_compiler *c, ml_arena *arena, ml_error *error) {
    plan_list *const lists[] = {&c->plan->forward, &c->plan->backward, &c->plan->descent};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        lists[i]->step = ML_ALLOC(arena, (size_t)lists[i]->n, plan_step);
        ML_TRY(check_memory(lists[i]->step, c, error));
    }
    return ML_OK;
}

static ml_status compile(plan_compiler *c, size_t n_keep, const int32_t *keep, ml_arena *arena, ml_error *error) {
    ML_TRY(copy_nodes(c, arena, error));
    c->of[c->output].computed = c->of[c->output].kept = true;
    for (size_t i = 0; i < n_keep; i++)
        c->of[keep[i]].computed = c->of[keep[i]].kept = true;
    c->backwards = ml_tensor_count(&c->node[c->output].value) == 1 && c->node[c->output].needs_gradient;
    plan_find_needed(c);
    ML_TRY(check_segments(c, error));
    plan_find_groups(c);
    ML_TRY(make_room_for_pools(c, arena, error));
    ML_TRY(make_room_for_gradients(c, arena, error));
    join_reshapes(c);
    plan_write_steps(c);
    ML_TRY(make_room_for_steps(c, arena, error));
    plan_write_steps(c);
    return ML_OK;
}

ml_status ml_plan_compile_keep(ml_plan *plan, const ml_tape *tape, int32_t output, size_t n_keep, const int32_t *keep,
                               ml_arena *arena, ml_error *error) {
    if (tape->status != ML_OK)
        return ml_fail(error, tape->status, "%s", tape->error.message);
    ML_TRY(check_node(tape, output, error));
    ml_plan made = {.source = tape, .output = tape->node[output].value.data};
    made.n_output = ml_tensor_count(&tape->node[output].value);
    plan_compiler c = {.plan = &made, .n = output + 1, .output = output};
    for (size_t i = 0; i < n_keep; i++) {
        ML_TRY(check_node(tape, keep[i], error));
        c.n = keep[i] >= c.n ? keep[i] + 1 : c.n;
    }
    const ml_arena_mark mark = ml_arena_save(arena);
    const ml_status status = compile(&c, n_keep, keep, arena, error);
    if (status != ML_OK) {
        ml_arena_release(arena, mark);
        return status;
    }
    *plan = made;
    return ML_OK;
}

ml_status ml_plan_compile(ml_plan *plan, const ml_tape *tape, int32_t output, ml_arena *arena, ml_error *error) {
    return ml_plan_compile_keep(plan, tape, output, 0, NULL, arena, error);
}
