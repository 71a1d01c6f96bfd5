/* Random networks: output, gradients and a step of descent, by the tape and by a plan. */
#include "report.h"
#include "unit/autograd/random_networks.h"

#include "kernels/kernels.h"

enum { NETWORKS = 600 };

static const float rate = 0.125f;

/* Of all values, or of those that are given alone. */
static uint32_t hash_values(bool given) {
    uint32_t hash = HASH_START;
    for (int32_t i = 0; i < tape.n_nodes; i++)
        if (!given || is_given(i))
            hash = hash_floats(hash, ml_tensor_count(value(i)), value(i)->data);
    return hash;
}

static uint32_t result(int32_t loss) {
    uint32_t hash = hash_floats(HASH_START, 1, value(loss)->data);
    for (int32_t i = 0; i < tape.n_nodes; i++)
        if (tape.node[i].operation == ML_OP_LEAF && is_ancestor[i])
            hash = hash_floats(hash, ml_tensor_count(value(i)), tape.node[i].gradient.data);
    return hash;
}

static bool is_finite(void) {
    for (int32_t i = 0; i < tape.n_nodes; i++) {
        const ml_tensor *gradient = &tape.node[i].gradient;
        if (!all_finite(value(i)->data, ml_tensor_count(value(i))) ||
            (gradient->data != NULL && !all_finite(gradient->data, ml_tensor_count(gradient))))
            return false;
    }
    return true;
}

/* Keeps the floats of the leaves, or puts them back. */
static void keep_leaves(bool back) {
    static float kept[1 << 16];
    size_t at = 0;
    for (int32_t i = 0; i < tape.n_nodes; i++) {
        if (tape.node[i].operation != ML_OP_LEAF)
            continue;
        const size_t n = ml_tensor_count(value(i));
        assert_true(at + n <= sizeof kept / sizeof *kept);
        memcpy(back ? value(i)->data : kept + at, back ? kept + at : value(i)->data, n * sizeof *kept);
        at += n;
    }
}

static void descend_by_tape(void) {
    for (int32_t i = 0; i < tape.n_nodes; i++)
        if (tape.node[i].operation == ML_OP_LEAF && is_ancestor[i])
            ml_kernel_axpy(ml_tensor_count(value(i)), -rate, tape.node[i].gradient.data, value(i)->data);
}

static void report_network(int seed) {
    ml_plan plan;
    const int32_t loss = make_network((uint64_t)seed);
    find_ancestors(loss);
    rewind_state();
    ml_tape_zero_gradients(&tape);
    assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
    assert_int_equal(ml_tape_backward(&tape, loss, NULL), ML_OK);
    printf("network %d: %d values %08x\n", seed, (int)tape.n_nodes, (unsigned)hash_values(false));
    printf("network %d: output and gradients %08x", seed, (unsigned)result(loss));
    if (!is_finite()) { /* a plan refuses it */
        printf("\n");
        return;
    }
    assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, NULL), ML_OK);
    rewind_state();
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_int_equal(ml_plan_backward(&plan, NULL), ML_OK);
    printf(" %08x\n", (unsigned)result(loss));
    keep_leaves(false);
    descend_by_tape();
    printf("network %d: after a step %08x", seed, (unsigned)hash_values(true));
    keep_leaves(true);
    rewind_state();
    assert_int_equal(ml_plan_step(&plan, rate, NULL), ML_OK);
    printf(" %08x\n", (unsigned)hash_values(true));
}

void report_networks(void) {
    for (int seed = 0; seed < NETWORKS; seed++)
        report_network(seed);
}
