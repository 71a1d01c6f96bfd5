/* Every operation of the tape against PyTorch and against central differences. */
#include "unit/autograd/random_operations.h"

#include "golden/autograd_golden.h"

/* --- Golden ------------------------------------------------------------------------------------------------------- */

static const uint8_t golden_labels[4] = {2, 0, 1, 2};
static const uint32_t golden_rows[5] = {3, 0, 3, 1, 3};
static const float golden_log_q[4] = {-1.5f, -0.25f, -3.0f, -2.0f};
static float golden_soft[6] = {1, 0, 0.25f, 0, 1, 1}, golden_hard[6] = {1, 0, 0, 0, 1, 1},
             golden_signs[6] = {1, -1, -1, -1, 1, 1}, golden_shares[6] = {0.5f, 0.25f, 0.25f, 0, 0.125f, 0.875f};
static float running_mean[5], running_variance[5];

static int32_t constant_2x3(float *x) {
    return ml_tape_constant(&tape, "y", ml_tensor_over(x, ML_SHAPE(2, 3)));
}

static int32_t batch_norm(const int32_t *x) {
    memcpy(running_mean, golden_running_mean, sizeof running_mean);
    memcpy(running_variance, golden_running_variance, sizeof running_variance);
    return ml_tape_batch_norm(&tape, x[0], x[1], x[2], running_mean, running_variance);
}

/* An operation of autograd.py whose elements are weighted there; ML_NO_NODE for another name. x is the leaves. */
static int32_t golden_operation(const char *name, const int32_t *x) {
    static const int32_t order[4] = {3, 0, 2, 1};
    typedef int32_t of_one(ml_tape *, int32_t);
    typedef int32_t of_two(ml_tape *, int32_t, int32_t);
    static const struct {
        const char *name;
        of_one *one;
        of_two *two;
    } simple[] = {
        {"add", NULL, ml_tape_add},           {"subtract", NULL, ml_tape_subtract},
        {"multiply", NULL, ml_tape_multiply}, {"divide", NULL, ml_tape_divide},
        {"maximum", NULL, ml_tape_maximum},   {"absolute", ml_tape_absolute, NULL},
        {"sqrt", ml_tape_sqrt, NULL},         {"relu", ml_tape_relu, NULL},
        {"tanh", ml_tape_tanh, NULL},         {"sigmoid", ml_tape_sigmoid, NULL},
        {"gelu", ml_tape_gelu, NULL},         {"exp", ml_tape_exp, NULL},
        {"log", ml_tape_log, NULL},           {"transpose", ml_tape_transpose, NULL},
        {"sum", ml_tape_sum, NULL},           {"mean", ml_tape_mean, NULL},
        {"matmul", NULL, ml_tape_matmul},     {"batched_matmul", NULL, ml_tape_matmul},
        {"softmax", ml_tape_softmax, NULL},   {"log_softmax", ml_tape_log_softmax, NULL},
    };
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (strcmp(name, simple[i].name) == 0)
            return simple[i].one != NULL ? simple[i].one(&tape, x[0]) : simple[i].two(&tape, x[0], x[1]);
#define IS(text) (strcmp(name, (text)) == 0)
    return IS("scale")                 ? ml_tape_scale(&tape, x[0], -1.75f)
           : IS("permute")             ? ml_tape_permute(&tape, x[0], order)
           : IS("reshape")             ? ml_tape_reshape(&tape, x[0], ML_SHAPE(3, 4))
           : IS("slice")               ? ml_tape_slice(&tape, x[0], 1, 1, 4)
           : IS("concatenate")         ? ml_tape_concatenate(&tape, x[0], x[1], 1)
           : IS("sum_to")              ? ml_tape_sum_to(&tape, x[0], ML_SHAPE(3, 1))
           : IS("gather")              ? ml_tape_gather(&tape, x[0], golden_rows, 5)
           : IS("conv2d")              ? ml_tape_conv2d(&tape, x[0], x[1], x[2], 1, 1)
           : IS("conv2d_stride")       ? ml_tape_conv2d(&tape, x[0], x[1], ML_NO_NODE, 2, 0)
           : IS("max_pool")            ? ml_tape_max_pool(&tape, x[0], 2, 2)
           : IS("max_pool_overlap")    ? ml_tape_max_pool(&tape, x[0], 3, 1)
           : IS("average_pool")        ? ml_tape_average_pool(&tape, x[0], 2, 1)
           : IS("batch_norm")          ? batch_norm(x)
           : IS("batch_norm_evaluate") ? batch_norm(x)
           : IS("layer_norm")          ? ml_tape_layer_norm(&tape, x[0], x[1], x[2])
                                       : ML_NO_NODE;
}

static int32_t golden_network(const int32_t *x) {
    const int32_t hidden = ml_tape_tanh(&tape, ml_tape_add(&tape, ml_tape_matmul(&tape, x[0], x[1]), x[2]));
    return ml_tape_cross_entropy(&tape, ml_tape_matmul(&tape, hidden, x[3]), golden_labels);
}

/* A loss of autograd.py. */
static int32_t golden_loss(const char *name, const int32_t *x) {
    return IS("cross_entropy")          ? ml_tape_cross_entropy(&tape, x[0], golden_labels)
           : IS("cross_entropy_smooth") ? ml_tape_cross_entropy_smooth(&tape, x[0], golden_labels, 0.1f)
           : IS("sampled_softmax")      ? ml_tape_sampled_softmax(&tape, x[0], x[1], golden_log_q)
           : IS("binary_cross_entropy") ? ml_tape_binary_cross_entropy(&tape, x[0], constant_2x3(golden_soft))
           : IS("focal")                ? ml_tape_focal(&tape, x[0], constant_2x3(golden_hard), 2)
           : IS("hinge")                ? ml_tape_hinge(&tape, x[0], constant_2x3(golden_signs))
           : IS("kl")                   ? ml_tape_kl(&tape, x[0], constant_2x3(golden_shares))
           : IS("mse")                  ? ml_tape_mse(&tape, x[0], x[1])
           : IS("mae")                  ? ml_tape_mae(&tape, x[0], x[1])
           : IS("huber")                ? ml_tape_huber(&tape, x[0], x[1], 0.75f)
           : IS("pinball")              ? ml_tape_pinball(&tape, x[0], x[1], 0.9f)
           : IS("triplet")              ? ml_tape_triplet(&tape, x[0], x[1], x[2], 1)
           : IS("network")              ? golden_network(x)
                                        : ML_NO_NODE;
}
#undef IS

/* 1e-5 of a figure; of figures near 0, a millionth. */
static int near(double got, double expected) {
    return fabs(got - expected) <= 1e-5 * fabs(expected) + 1e-6;
}

static void compare_with(const golden_case *golden) {
    int32_t x[4];
    for (int32_t l = 0; l < golden->n_leaves; l++) {
        const ml_tensor value = new_tensor(golden->leaf[l].dimensions, golden->leaf[l].size);
        memcpy(value.data, golden->leaf[l].value, ml_tensor_count(&value) * sizeof(float));
        x[l] = ml_tape_leaf(&tape, "x", value);
    }
    tape.training = strcmp(golden->name, "batch_norm_evaluate") != 0;
    int32_t output = golden_operation(golden->name, x);
    output = output != ML_NO_NODE ? ml_tape_sum(&tape, ml_tape_multiply(&tape, output, x[golden->n_leaves - 1]))
                                  : golden_loss(golden->name, x);
    ml_error error = {""};
    if (ml_tape_backward(&tape, output, &error) != ML_OK)
        fail_msg("%s: %s", golden->name, error.message);
    if (!near((double)tape.node[output].value.data[0], golden->output))
        fail_msg("%s: the output is %.9g, not %.9g", golden->name, (double)tape.node[output].value.data[0],
                 golden->output);
    for (int32_t l = 0; l < golden->n_leaves; l++) {
        const ml_tensor *gradient = &tape.node[x[l]].gradient;
        for (size_t i = 0; i < ml_tensor_count(gradient); i++)
            if (!near((double)gradient->data[i], (double)golden->leaf[l].gradient[i]))
                fail_msg("%s: gradient %zu of leaf %d is %.9g, not %.9g", golden->name, i, l, (double)gradient->data[i],
                         (double)golden->leaf[l].gradient[i]);
    }
}

static void test_values_and_gradients_are_those_of_pytorch(void **state) {
    for (size_t c = 0; c < sizeof golden_cases / sizeof *golden_cases; c++) {
        setup(state);
        compare_with(&golden_cases[c]);
        if (strcmp(golden_cases[c].name, "batch_norm") == 0)
            for (size_t j = 0; j < 5; j++) {
                assert_true(near((double)running_mean[j], (double)golden_moved_mean[j]));
                assert_true(near((double)running_variance[j], (double)golden_moved_variance[j]));
            }
    }
}

/* --- Central differences ------------------------------------------------------------------------------------------ */

static void test_every_operation_passes_the_gradient_check_on_random_shapes(void **state) {
    draws = ml_rng_seed(3, 0);
    for (int round = 0; round < 180; round++)
        for (ml_operation of = ML_OP_ADD; of < ML_OPERATIONS; of++) {
            setup(state);
            ml_rng masks = ml_rng_seed(5, (uint64_t)round);
            const int32_t result = random_operation(of, &masks);
            if (result == ML_NO_NODE)
                fail_msg("%s: %s", ml_operation_name(of), tape.error.message);
            assert_int_equal(tape.node[result].operation, of);
            const int32_t output = weighted_sum(result, &draws);
            int32_t leaves = 0;
            for (int32_t i = 0; i < ML_PARENTS; i++) {
                const int32_t parent = tape.node[result].parent[i];
                if (parent == ML_NO_NODE || tape.node[parent].operation != ML_OP_LEAF)
                    continue;
                double worst = -1;
                ml_error error;
                leaves++;
                if (ml_tape_check_gradient(&tape, output, parent, 1e-2f, &worst, &error) != ML_OK)
                    fail_msg("%s", error.message);
                if (!(worst < 5e-3)) /* floats: a sum of many terms loses digits in the difference */
                    fail_msg("%s: leaf %d is off by %g in round %d", ml_operation_name(of), i, worst, round);
            }
            assert_true(leaves >= 1);
        }
}

/* A leaf that takes both places of an operation gets both gradients. */
static void test_every_operation_of_two_adds_the_gradients_of_one_leaf_in_both_places(void **state) {
    draws = ml_rng_seed(4, 0);
    typedef int32_t of_two(ml_tape *, int32_t, int32_t);
    of_two *const operations[] = {ml_tape_add,    ml_tape_subtract, ml_tape_multiply,
                                  ml_tape_divide, ml_tape_matmul,   ml_tape_mse};
    for (size_t f = 0; f < sizeof operations / sizeof *operations; f++) {
        setup(state);
        const int32_t x = positive_leaf(ML_SHAPE(4, 4));
        const int32_t output = weighted_sum(operations[f](&tape, x, x), &draws);
        double worst = -1;
        assert_int_equal(ml_tape_check_gradient(&tape, output, x, 1e-2f, &worst, NULL), ML_OK);
        assert_true(worst < 2e-3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_values_and_gradients_are_those_of_pytorch, setup),
        cmocka_unit_test_setup(test_every_operation_passes_the_gradient_check_on_random_shapes, setup),
        cmocka_unit_test_setup(test_every_operation_of_two_adds_the_gradients_of_one_leaf_in_both_places, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
