/* Random networks of all operations: the plan gives the bits of the tape, in the output, in every gradient, in every
 * value that was asked for, and in the leaves after a step of descent. */
#include "unit/autograd/random_networks.h"

#include "kernels/kernels.h"

enum { ROUNDS = 3000 };

static int32_t fused[ML_OPERATIONS]; /* how often each operation was in a network */

/* --- Comparing ---------------------------------------------------------------------------------------------------- */

static float saved[3][1 << 16]; /* values of all nodes, gradients of all leaves,
                                   leaves after the step */

static void poison(const ml_tensor *t) {
    ml_tensor_fill(t, NAN);
}

/* What a plan reads without having written it is NaN from now on. */
static void poison_tape(void) {
    for (int32_t i = 0; i < tape.n_nodes; i++) {
        if (!is_given(i))
            poison(&tape.node[i].value);
        if (tape.node[i].needs_gradient)
            poison(&tape.node[i].gradient);
    }
}

/* Puts all values, or all gradients of leaves, one after the other. */
static size_t save(bool values, float *to) {
    size_t at = 0;
    for (int32_t i = 0; i < tape.n_nodes; i++) {
        const ml_tensor *t = values ? &tape.node[i].value : &tape.node[i].gradient;
        if (!values && tape.node[i].operation != ML_OP_LEAF)
            continue;
        const size_t count = ml_tensor_count(t);
        assert_true(at + count <= sizeof saved[0] / sizeof(float));
        if (count > 0)
            memcpy(to + at, t->data, count * sizeof(float));
        at += count;
    }
    return at;
}

static void assert_same_bits(uint64_t seed, const char *what, int32_t i, size_t n, const float *got,
                             const float *expected) {
    if (n > 0 && memcmp(got, expected, n * sizeof *got) != 0)
        fail_msg("network %d: the %s of node %d, %s, differs", (int)seed, what, (int)i, tape.node[i].name);
}

/* Compares what the nodes hold now with what was saved: the gradients of leaves that lead to the output. */
static void compare_gradients(uint64_t seed) {
    size_t at = 0;
    for (int32_t i = 0; i < tape.n_nodes; i++) {
        if (tape.node[i].operation != ML_OP_LEAF)
            continue;
        const size_t count = ml_tensor_count(&tape.node[i].gradient);
        if (is_ancestor[i])
            assert_same_bits(seed, "gradient", i, count, tape.node[i].gradient.data, saved[1] + at);
        at += count;
    }
}

/* The values of those nodes for which `wanted` holds. */
static void compare_values(uint64_t seed, const bool *wanted, const float *expected) {
    size_t at = 0;
    for (int32_t i = 0; i < tape.n_nodes; i++) {
        const size_t count = ml_tensor_count(value(i));
        if (wanted[i])
            assert_same_bits(seed, "value", i, count, value(i)->data, expected + at);
        at += count;
    }
}

static void restore_leaves(const float *values) {
    size_t at = 0;
    for (int32_t i = 0; i < tape.n_nodes; i++) {
        const size_t count = ml_tensor_count(value(i));
        if (is_given(i) && count > 0)
            memcpy(value(i)->data, values + at, count * sizeof(float));
        at += count;
    }
}

/* What the leaves are after a step, by the tape. */
static void descend_by_tape(float rate) {
    for (int32_t i = 0; i < tape.n_nodes; i++)
        if (tape.node[i].operation == ML_OP_LEAF && is_ancestor[i])
            ml_kernel_axpy(ml_tensor_count(value(i)), -rate, tape.node[i].gradient.data, value(i)->data);
    save(true, saved[2]);
}

/* Runs the tape and keeps all that it computed. */
static bool run_tape(int32_t loss) {
    rewind_state();
    ml_tape_zero_gradients(&tape);
    assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
    assert_int_equal(ml_tape_backward(&tape, loss, NULL), ML_OK);
    const size_t n_values = save(true, saved[0]), n_gradients = save(false, saved[1]);
    return all_finite(saved[0], n_values) && all_finite(saved[1], n_gradients);
}

static void run_plan(uint64_t seed, ml_plan *plan, bool twice) {
    rewind_state();
    poison_tape();
    ml_error error = {""};
    if (ml_plan_forward(plan, &error) != ML_OK)
        fail_msg("network %d: %s", (int)seed, error.message);
    assert_int_equal(ml_plan_backward(plan, NULL), ML_OK);
    if (twice)
        assert_int_equal(ml_plan_backward(plan, NULL), ML_OK);
}

static void check_descent(uint64_t seed, ml_plan *plan) {
    bool leaves[NODES];
    for (int32_t i = 0; i < tape.n_nodes; i++)
        leaves[i] = is_given(i);
    rewind_state();
    poison_tape();
    assert_int_equal(ml_plan_step(plan, 0.125f, NULL), ML_OK);
    compare_values(seed, leaves, saved[2]);
}

static void test_a_plan_gives_the_bits_of_the_tape(void **state) {
    (void)state;
    int skipped = 0;
    memset(fused, 0, sizeof fused);
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        bool wanted[NODES] = {false};
        int32_t keep[8];
        ml_plan plan, keeping;
        const int32_t loss = make_network(seed);
        find_ancestors(loss);
        if (!run_tape(loss)) {
            skipped++;
            continue;
        }
        for (int32_t i = 0; i < tape.n_nodes; i++)
            fused[tape.node[i].operation]++;
        descend_by_tape(0.125f);
        restore_leaves(saved[0]);
        assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, NULL), ML_OK);
        run_plan(seed, &plan, seed % 3 == 0);
        compare_gradients(seed);
        assert_same_bits(seed, "value", loss, 1, plan.output, value(loss)->data);
        check_descent(seed, &plan);
        restore_leaves(saved[0]);
        for (size_t k = 0; k < 8; k++)
            wanted[keep[k] = (int32_t)below((size_t)tape.n_nodes)] = true;
        wanted[loss] = true;
        const bool has_masks = tape.training; /* a kept mask that the output does
                                                 not see moves the random numbers */
        for (int32_t i = 0; i < tape.n_nodes; i++)
            wanted[i] = wanted[i] && (is_ancestor[i] || !has_masks);
        for (size_t k = 0; k < 8; k++)
            keep[k] = wanted[keep[k]] ? keep[k] : loss;
        assert_int_equal(ml_plan_compile_keep(&keeping, &tape, loss, 8, keep, &arena, NULL), ML_OK);
        run_plan(seed, &keeping, false);
        compare_values(seed, wanted, saved[0]);
        compare_gradients(seed);
    }
    assert_true(skipped < ROUNDS / 20);
    for (int32_t is = 0; is < ML_OPERATIONS; is++)
        if (fused[is] == 0)
            fail_msg("%s was in no network", ml_operation_name((ml_operation)is));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plan_gives_the_bits_of_the_tape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
