/* Every operation of the tape on random leaves: values and gradients, by the tape and by a plan. */
#include "report.h"
#include "unit/autograd/random_operations.h"

#include "autograd/plan.h"

enum { ROUNDS = 20 };

static const uint64_t mask_seed = 5;
static ml_rng masks;
static float start[2][8];

/* Random numbers and running averages as they were when the operation was recorded first. */
static void rewind_state(void) {
    masks = ml_rng_seed(mask_seed, 0);
    memcpy(averages, start, sizeof averages);
}

static uint32_t hash_leaf_gradients(uint32_t hash) {
    for (int32_t i = 0; i < tape.n_nodes; i++)
        if (tape.node[i].operation == ML_OP_LEAF)
            hash = hash_floats(hash, ml_tensor_count(&tape.node[i].gradient), tape.node[i].gradient.data);
    return hash;
}

static uint32_t hash_values(void) {
    uint32_t hash = HASH_START;
    for (int32_t i = 0; i < tape.n_nodes; i++)
        hash = hash_floats(hash, ml_tensor_count(&tape.node[i].value), tape.node[i].value.data);
    return hash;
}

static uint32_t result(int32_t output) {
    return hash_leaf_gradients(hash_floats(HASH_START, 1, tape.node[output].value.data));
}

static void report_operation(ml_operation of, int round) {
    ml_plan plan;
    setup(NULL);
    masks = ml_rng_seed(mask_seed, 0);
    const int32_t node = random_operation(of, &masks), output = weighted_sum(node, &draws);
    memcpy(start, averages, sizeof start);
    rewind_state();
    ml_tape_zero_gradients(&tape);
    assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
    assert_int_equal(ml_tape_backward(&tape, output, NULL), ML_OK);
    printf("%s %d: values %08x\n", ml_operation_name(of), round, (unsigned)hash_values());
    printf("%s %d: output and gradients %08x", ml_operation_name(of), round, (unsigned)result(output));
    assert_int_equal(ml_plan_compile(&plan, &tape, output, &arena, NULL), ML_OK);
    rewind_state();
    ml_tape_zero_gradients(&tape);
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_int_equal(ml_plan_backward(&plan, NULL), ML_OK);
    printf(" %08x\n", (unsigned)result(output));
}

void report_operations(void) {
    draws = ml_rng_seed(3, 0);
    for (int round = 0; round < ROUNDS; round++)
        for (ml_operation of = ML_OP_ADD; of < ML_OPERATIONS; of++)
            report_operation(of, round);
}
