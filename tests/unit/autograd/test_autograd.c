/* The tape against PyTorch, against central differences, and its own rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "autograd/autograd.h"
#include "base/math.h"
#include "base/rng.h"
#include "golden/autograd_golden.h"

static _Alignas(64) unsigned char memory[1 << 18];
static ml_arena arena;
static ml_tape tape;

static int setup(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    return ml_tape_init(&tape, 40, &arena, NULL);
}

static ml_tensor new_tensor(int32_t dimensions, const size_t *size) {
    ml_tensor t = {0};
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    return t;
}

/* Values away from 0, where relu has no slope, and positive if wanted. */
static ml_tensor random_tensor(int32_t dimensions, const size_t *size, int positive, ml_rng *rng) {
    const ml_tensor t = new_tensor(dimensions, size);
    for (size_t i = 0; i < ml_tensor_count(&t); i++) {
        const float z = (float)ml_rng_normal(rng);
        t.data[i] = positive ? fabsf(z) + 0.5f : z + (z < 0 ? -0.1f : 0.1f);
    }
    return t;
}

/* --- Golden ------------------------------------------------------------------------------------------------------- */

static const uint8_t golden_labels[4] = {2, 0, 1, 2};
static float golden_targets[6] = {1, 0, 0.25f, 0, 1, 1};

static int32_t square_of(int32_t a) {
    return ml_tape_multiply(&tape, a, a);
}

/* The expressions of autograd.py. x is the leaves. */
static int32_t golden_expression(const char *name, const int32_t *x) {
    if (strcmp(name, "add") == 0)
        return ml_tape_sum(&tape, square_of(ml_tape_add(&tape, x[0], x[1])));
    if (strcmp(name, "subtract") == 0)
        return ml_tape_mean(
            &tape, ml_tape_multiply(&tape, ml_tape_subtract(&tape, x[0], x[1]), ml_tape_subtract(&tape, x[1], x[0])));
    if (strcmp(name, "multiply") == 0)
        return ml_tape_sum(&tape, ml_tape_multiply(&tape, ml_tape_multiply(&tape, x[0], x[1]), x[0]));
    if (strcmp(name, "matmul") == 0)
        return ml_tape_sum(&tape, square_of(ml_tape_matmul(&tape, x[0], x[1])));
    if (strcmp(name, "relu") == 0)
        return ml_tape_sum(&tape, ml_tape_multiply(&tape, ml_tape_relu(&tape, x[0]), x[1]));
    if (strcmp(name, "tanh") == 0)
        return ml_tape_mean(&tape, ml_tape_multiply(&tape, ml_tape_tanh(&tape, x[0]), x[1]));
    if (strcmp(name, "sigmoid") == 0)
        return ml_tape_sum(&tape, ml_tape_multiply(&tape, ml_tape_sigmoid(&tape, x[0]), x[1]));
    if (strcmp(name, "exp") == 0)
        return ml_tape_sum(&tape, ml_tape_multiply(&tape, ml_tape_exp(&tape, x[0]), x[1]));
    if (strcmp(name, "log") == 0)
        return ml_tape_mean(&tape, ml_tape_multiply(&tape, ml_tape_log(&tape, x[0]), x[1]));
    if (strcmp(name, "cross_entropy") == 0)
        return ml_tape_cross_entropy(&tape, x[0], golden_labels);
    if (strcmp(name, "binary_cross_entropy") == 0) {
        const ml_tensor y = ml_tensor_over(golden_targets, ML_SHAPE(2, 3));
        return ml_tape_binary_cross_entropy(&tape, x[0], ml_tape_constant(&tape, "y", y));
    }
    if (strcmp(name, "mse") == 0)
        return ml_tape_mse(&tape, x[0], x[1]);
    assert_string_equal(name, "network");
    const int32_t hidden = ml_tape_tanh(&tape, ml_tape_add(&tape, ml_tape_matmul(&tape, x[0], x[1]), x[2]));
    return ml_tape_cross_entropy(&tape, ml_tape_matmul(&tape, hidden, x[3]), golden_labels);
}

static void test_values_and_gradients_are_those_of_pytorch(void **state) {
    for (size_t c = 0; c < sizeof golden_cases / sizeof *golden_cases; c++) {
        const golden_case *golden = &golden_cases[c];
        int32_t x[4];
        setup(state);
        for (int l = 0; l < golden->n_leaves; l++) {
            const ml_tensor value = new_tensor(golden->leaf[l].dimensions, golden->leaf[l].size);
            memcpy(value.data, golden->leaf[l].value, ml_tensor_count(&value) * sizeof(float));
            x[l] = ml_tape_leaf(&tape, "x", value);
        }
        const int32_t output = golden_expression(golden->name, x);
        assert_int_equal(ml_tape_backward(&tape, output, NULL), ML_OK);
        assert_true(fabs((double)tape.node[output].value.data[0] - golden->output) <=
                    2e-6 * (1 + fabs(golden->output)));
        for (int l = 0; l < golden->n_leaves; l++) {
            const ml_tensor *gradient = &tape.node[x[l]].gradient;
            for (size_t i = 0; i < ml_tensor_count(gradient); i++) {
                const float expected = golden->leaf[l].gradient[i];
                if (!(fabsf(gradient->data[i] - expected) <= 2e-6f * (1 + fabsf(expected))))
                    fail_msg("%s: gradient %zu of leaf %d is %g, not %g", golden->name, i, l, (double)gradient->data[i],
                             (double)expected);
            }
        }
    }
}

/* --- Central differences ------------------------------------------------------------------------------------------ */

static void test_every_operation_passes_the_gradient_check_on_random_shapes(void **state) {
    ml_rng rng = ml_rng_seed(3, 0);
    for (int round = 0; round < 20; round++)
        for (ml_operation of = ML_OP_ADD; of <= ML_OP_MSE; of++) {
            setup(state);
            const size_t m = 1 + (size_t)ml_rng_below(&rng, 4), n = 1 + (size_t)ml_rng_below(&rng, 5),
                         k = 1 + (size_t)ml_rng_below(&rng, 3);
            const size_t row[1] = {n}, column[2] = {m, 1}, whole[2] = {m, n}, right[2] = {n, k};
            const int shape_of_b = round % 4; /* broadcasting: as it is, a row, a column, a single number */
            const int32_t a = ml_tape_leaf(&tape, "a", random_tensor(2, whole, of == ML_OP_LOG, &rng));
            const ml_tensor like_a = random_tensor(2, whole, 0, &rng);
            const ml_tensor of_b = shape_of_b == 0   ? like_a
                                   : shape_of_b == 1 ? random_tensor(1, row, 0, &rng)
                                   : shape_of_b == 2 ? random_tensor(2, column, 0, &rng)
                                                     : random_tensor(0, NULL, 0, &rng);
            uint8_t label[4];
            for (size_t i = 0; i < m; i++)
                label[i] = (uint8_t)ml_rng_below(&rng, n);
            int32_t b = ML_NO_NODE, result = ML_NO_NODE;
            if (of <= ML_OP_MULTIPLY)
                b = ml_tape_leaf(&tape, "b", of_b);
            else if (of == ML_OP_MATMUL)
                b = ml_tape_leaf(&tape, "b", random_tensor(2, right, 0, &rng));
            else if (of == ML_OP_MSE)
                b = ml_tape_leaf(&tape, "b", like_a);
            switch (of) {
            case ML_OP_ADD:
                result = ml_tape_add(&tape, a, b);
                break;
            case ML_OP_SUBTRACT:
                result = ml_tape_subtract(&tape, a, b);
                break;
            case ML_OP_MULTIPLY:
                result = ml_tape_multiply(&tape, a, b);
                break;
            case ML_OP_MATMUL:
                result = ml_tape_matmul(&tape, a, b);
                break;
            case ML_OP_RELU:
                result = ml_tape_relu(&tape, a);
                break;
            case ML_OP_TANH:
                result = ml_tape_tanh(&tape, a);
                break;
            case ML_OP_SIGMOID:
                result = ml_tape_sigmoid(&tape, a);
                break;
            case ML_OP_EXP:
                result = ml_tape_exp(&tape, a);
                break;
            case ML_OP_LOG:
                result = ml_tape_log(&tape, a);
                break;
            case ML_OP_SUM:
                result = ml_tape_sum(&tape, ml_tape_tanh(&tape, a));
                break;
            case ML_OP_MEAN:
                result = ml_tape_mean(&tape, ml_tape_tanh(&tape, a));
                break;
            case ML_OP_CROSS_ENTROPY:
                result = ml_tape_cross_entropy(&tape, a, label);
                break;
            case ML_OP_BINARY_CROSS_ENTROPY: {
                const ml_tensor y = new_tensor(2, whole);
                for (size_t i = 0; i < m * n; i++)
                    y.data[i] = (float)ml_rng_uniform(&rng);
                result = ml_tape_binary_cross_entropy(&tape, a, ml_tape_constant(&tape, "y", y));
                break;
            }
            default:
                result = ml_tape_mse(&tape, a, b);
            }
            /* Weights that differ make a gradient that lands on the wrong element visible. */
            assert_int_not_equal(result, ML_NO_NODE);
            const ml_tensor *value = &tape.node[result].value;
            const int32_t weights =
                ml_tape_constant(&tape, "weights", random_tensor(value->dimensions, value->size, 0, &rng));
            const int32_t output = ml_tape_mean(&tape, ml_tape_multiply(&tape, result, weights));
            const int32_t leaves[2] = {a, b};
            for (int l = 0; l < 2 && leaves[l] != ML_NO_NODE; l++) {
                double worst = -1;
                ml_error error;
                if (ml_tape_check_gradient(&tape, output, leaves[l], 1e-2f, &worst, &error) != ML_OK)
                    fail_msg("%s", error.message);
                if (!(worst < 2e-3))
                    fail_msg("%s: leaf %d is off by %g", ml_operation_name(of), l, worst);
            }
        }
}

/* The check itself must be able to fail: relu at its corner, where the slope of the tape is 0 and the differences see
 * 1/2. */
static void test_gradient_check_finds_a_gradient_that_differs(void **state) {
    (void)state;
    float zero = 0;
    double worst = 0;
    const int32_t a = ml_tape_leaf(&tape, "a", ml_tensor_over(&zero, 0, NULL));
    assert_int_equal(ml_tape_check_gradient(&tape, ml_tape_relu(&tape, a), a, 1e-2f, &worst, NULL), ML_OK);
    assert_float_equal(worst, 0.5, 1e-3);
    assert_true(zero == 0.0f);
}

/* --- The tape's rules --------------------------------------------------------------------------------------------- */

static int32_t number_leaf(const char *name, float *x) {
    return ml_tape_leaf(&tape, name, ml_tensor_over(x, 0, NULL));
}

static float gradient_at(int32_t node) {
    return tape.node[node].gradient.data[0];
}

static void test_a_value_used_twice_gets_both_gradients(void **state) {
    (void)state;
    float x = 3, y = 5;
    const int32_t a = number_leaf("x", &x), b = number_leaf("y", &y);
    const int32_t square = ml_tape_multiply(&tape, a, a);
    const int32_t output = ml_tape_add(&tape, square, ml_tape_multiply(&tape, a, b)); /* x^2 + x y */
    assert_int_equal(ml_tape_backward(&tape, output, NULL), ML_OK);
    assert_true(gradient_at(a) == 2 * 3 + 5);
    assert_true(gradient_at(b) == 3);
    assert_true(gradient_at(square) == 1 && gradient_at(output) == 1);
}

static void test_backward_adds_to_leaves_and_starts_the_rest_anew(void **state) {
    (void)state;
    float x = 3;
    const int32_t a = number_leaf("x", &x), square = ml_tape_multiply(&tape, a, a);
    const int32_t output = ml_tape_multiply(&tape, square, a); /* x^3 */
    ml_tape_backward(&tape, output, NULL);
    ml_tape_backward(&tape, output, NULL);
    assert_true(gradient_at(a) == 2 * 27);
    assert_true(gradient_at(square) == 3);
    ml_tape_zero_gradients(&tape);
    assert_true(gradient_at(a) == 0 && gradient_at(square) == 0);
    ml_tape_backward(&tape, output, NULL);
    assert_true(gradient_at(a) == 27);
}

static void test_nodes_after_the_output_play_no_part(void **state) {
    (void)state;
    float x = 3;
    const int32_t a = number_leaf("x", &x), square = ml_tape_multiply(&tape, a, a);
    const int32_t later = ml_tape_multiply(&tape, square, square);
    ml_tape_backward(&tape, square, NULL);
    assert_true(gradient_at(a) == 6 && gradient_at(later) == 0);
}

static void test_constants_have_no_gradient_and_cost_none(void **state) {
    (void)state;
    float x = 3, two = 2;
    const int32_t a = number_leaf("x", &x), c = ml_tape_constant(&tape, "two", ml_tensor_over(&two, 0, NULL));
    const int32_t square = ml_tape_multiply(&tape, c, c), output = ml_tape_multiply(&tape, a, square);
    assert_int_equal(ml_tape_backward(&tape, output, NULL), ML_OK);
    assert_true(gradient_at(a) == 4);
    assert_null(tape.node[c].gradient.data);
    assert_null(tape.node[square].gradient.data);
    assert_false(tape.node[square].needs_gradient);
}

static void test_forward_follows_changed_leaves(void **state) {
    (void)state;
    float x = 3;
    const int32_t a = number_leaf("x", &x), output = ml_tape_multiply(&tape, a, a);
    const size_t used = arena.used;
    x = 4;
    assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
    assert_true(tape.node[output].value.data[0] == 16);
    ml_tape_backward(&tape, output, NULL);
    assert_true(gradient_at(a) == 8);
    assert_int_equal(arena.used, used); /* neither allocates */
}

static void test_backward_can_be_walked_node_by_node(void **state) {
    (void)state;
    float x = 2;
    const int32_t a = number_leaf("x", &x), b = ml_tape_multiply(&tape, a, a), c = ml_tape_multiply(&tape, b, b);
    assert_int_equal(ml_tape_backward_begin(&tape, c, NULL), ML_OK);
    assert_true(gradient_at(c) == 1 && gradient_at(b) == 0 && gradient_at(a) == 0);
    ml_tape_backward_node(&tape, c);
    assert_true(gradient_at(b) == 8 && gradient_at(a) == 0);
    ml_tape_backward_node(&tape, b);
    assert_true(gradient_at(a) == 32);
    ml_tape_backward_node(&tape, a); /* a leaf hands nothing on */
    assert_true(gradient_at(a) == 32);
}

static void test_nodes_tell_what_they_are(void **state) {
    (void)state;
    float x = 2;
    const int32_t a = number_leaf("speed", &x), b = ml_tape_tanh(&tape, a);
    assert_string_equal(tape.node[a].name, "speed");
    assert_string_equal(tape.node[b].name, "tanh");
    assert_int_equal(tape.node[b].operation, ML_OP_TANH);
    assert_int_equal(tape.node[b].parent[0], a);
    assert_int_equal(tape.node[b].parent[1], ML_NO_NODE);
    assert_string_equal(ml_operation_name(ML_OP_BINARY_CROSS_ENTROPY), "binary_cross_entropy");
}

static void test_losses_do_not_overflow(void **state) {
    (void)state;
    float far[4] = {900, -900, -900, 900}, y[4] = {1, 0, 1, 0};
    const uint8_t label[2] = {1, 0}; /* both wrong, by 1800 */
    const int32_t logits = ml_tape_leaf(&tape, "logits", ml_tensor_over(far, ML_SHAPE(2, 2)));
    const int32_t loss = ml_tape_cross_entropy(&tape, logits, label);
    ml_tape_backward(&tape, loss, NULL);
    assert_true(tape.node[loss].value.data[0] == 1800.0f);
    const float expected[4] = {0.5f, -0.5f, -0.5f, 0.5f};
    assert_memory_equal(tape.node[logits].gradient.data, expected, sizeof expected);
    const int32_t target = ml_tape_constant(&tape, "y", ml_tensor_over(y, ML_SHAPE(2, 2)));
    const int32_t binary = ml_tape_binary_cross_entropy(&tape, logits, target);
    assert_int_equal(ml_tape_backward(&tape, binary, NULL), ML_OK);
    assert_true(tape.node[binary].value.data[0] == 450.0f); /* two right ones cost 0, two wrong ones 900 */
}

/* Gradient descent on xor through the tape: what all this is for. */
static void test_a_network_on_the_tape_learns_xor(void **state) {
    (void)state;
    float inputs[8] = {0, 0, 0, 1, 1, 0, 1, 1};
    const uint8_t label[4] = {0, 1, 1, 0};
    ml_rng rng = ml_rng_seed(1, 0);
    const size_t of_w1[2] = {2, 8}, of_b1[1] = {8}, of_w2[2] = {8, 2}, of_b2[1] = {2};
    const int32_t x = ml_tape_constant(&tape, "x", ml_tensor_over(inputs, ML_SHAPE(4, 2)));
    const int32_t first = ml_tape_leaf(&tape, "w1", random_tensor(2, of_w1, 0, &rng));
    ml_tape_leaf(&tape, "b1", new_tensor(1, of_b1));
    ml_tape_leaf(&tape, "w2", random_tensor(2, of_w2, 0, &rng));
    const int32_t last = ml_tape_leaf(&tape, "b2", new_tensor(1, of_b2));
    const int32_t hidden = ml_tape_tanh(&tape, ml_tape_add(&tape, ml_tape_matmul(&tape, x, first), first + 1));
    const int32_t logits = ml_tape_add(&tape, ml_tape_matmul(&tape, hidden, first + 2), last);
    const int32_t loss = ml_tape_cross_entropy(&tape, logits, label);
    for (int step = 0; step < 500; step++) {
        assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
        ml_tape_zero_gradients(&tape);
        assert_int_equal(ml_tape_backward(&tape, loss, NULL), ML_OK);
        for (int32_t w = first; w <= last; w++) {
            const ml_node *node = &tape.node[w];
            for (size_t i = 0; i < ml_tensor_count(&node->value); i++)
                node->value.data[i] -= 0.5f * node->gradient.data[i];
        }
    }
    assert_true(tape.node[loss].value.data[0] < 0.02f);
}

/* --- Errors ------------------------------------------------------------------------------------------------------- */

/* The sentence that backward gives for an expression that went wrong. */
static void assert_refused(int32_t output, ml_status status, const char *sentence) {
    ml_error error = {""};
    assert_int_equal(ml_tape_backward(&tape, output, &error), status);
    assert_string_equal(error.message, sentence);
    setup(NULL);
}

static void test_what_goes_wrong_is_told_in_a_sentence(void **state) {
    (void)state;
    float x[12] = {0};
    const uint8_t label[3] = {0, 4, 1};
    ml_tensor transposed;
    const ml_tensor t34 = ml_tensor_over(x, ML_SHAPE(3, 4)), t52 = ml_tensor_over(x, ML_SHAPE(5, 2)),
                    t0 = ml_tensor_over(x, ML_SHAPE(0, 4));
#define LEAF(t) ml_tape_leaf(&tape, "x", (t))

    assert_refused(ml_tape_matmul(&tape, LEAF(t34), LEAF(t52)), ML_ESHAPE,
                   "matmul: left is 3x4, right is 5x2; inner sizes 4 and 5 differ");
    assert_refused(ml_tape_matmul(&tape, LEAF(t34), LEAF(ml_tensor_over(x, ML_SHAPE(4)))), ML_ESHAPE,
                   "matmul: left is 3x4, right is 4; both must have two dimensions");
    assert_refused(ml_tape_add(&tape, LEAF(t34), LEAF(t52)), ML_ESHAPE,
                   "left is 3x4, right is 5x2; sizes 3 and 5 must be equal or 1");
    assert_refused(ml_tape_mse(&tape, LEAF(t34), LEAF(t52)), ML_ESHAPE,
                   "mse: left is 3x4, right is 5x2; the shapes must be equal");
    assert_refused(ml_tape_mean(&tape, LEAF(t0)), ML_ESHAPE, "mean: there is nothing to take the mean of");
    assert_refused(ml_tape_cross_entropy(&tape, LEAF(t34), label), ML_EINVAL,
                   "cross_entropy: label[1] is 4, but there are only 4 classes, from 0 on");
    assert_refused(ml_tape_cross_entropy(&tape, LEAF(ml_tensor_over(x, ML_SHAPE(3))), label), ML_ESHAPE,
                   "cross_entropy: the logits are 3; a matrix with a row for each example is needed");
    assert_refused(ml_tape_tanh(&tape, LEAF(t34)), ML_ESHAPE,
                   "backward: the output is 3x4, not a single number; take its sum or mean first");
    assert_refused(7, ML_EINVAL, "backward: there is no node 7 on the tape; it has 0");
    assert_refused(ml_tape_relu(&tape, 2), ML_EINVAL, "relu: there is no node 2 on the tape; it has 0");
    ml_tensor_transpose(&t34, &transposed, NULL);
    assert_refused(LEAF(transposed), ML_EINVAL, "x: its value is a view with gaps; copy it first");
    x[5] = 1.5f;
    assert_refused(ml_tape_binary_cross_entropy(&tape, LEAF(t34), LEAF(t34)), ML_EINVAL,
                   "binary_cross_entropy: y[5] is 1.5, not in [0, 1]");

    ml_error error;
    double worst;
    const int32_t sum = ml_tape_sum(&tape, LEAF(t34));
    assert_int_equal(ml_tape_check_gradient(&tape, sum, sum, 0.1f, &worst, &error), ML_EINVAL);
    assert_string_equal(error.message, "check_gradient: node 1 is no leaf of the tape, or h = 0.1 is not positive");
    assert_int_equal(ml_tape_init(&tape, 0, &arena, NULL), ML_EINVAL);
#undef LEAF
}

static void test_the_first_failure_is_the_one_that_is_told(void **state) {
    (void)state;
    float x[12] = {0};
    const int32_t a = ml_tape_leaf(&tape, "a", ml_tensor_over(x, ML_SHAPE(3, 4)));
    const int32_t wrong = ml_tape_matmul(&tape, a, a);
    assert_int_equal(wrong, ML_NO_NODE);
    assert_int_equal(ml_tape_sum(&tape, wrong), ML_NO_NODE);
    assert_int_equal(ml_tape_sum(&tape, a), ML_NO_NODE);
    assert_int_equal(tape.n_nodes, 1);
    assert_refused(wrong, ML_ESHAPE, "matmul: left is 3x4, right is 3x4; inner sizes 4 and 3 differ");
}

static void test_a_full_tape_or_arena_refuses_and_keeps_what_it_has(void **state) {
    (void)state;
    float x = 1;
    ml_tape_init(&tape, 2, &arena, NULL);
    const int32_t a = number_leaf("x", &x), b = ml_tape_exp(&tape, a);
    const size_t used = arena.used;
    assert_int_equal(ml_tape_exp(&tape, b), ML_NO_NODE);
    assert_int_equal(tape.status, ML_ENOMEM);
    assert_string_equal(tape.error.message, "tape: it is full with 2 nodes; make a longer one");
    assert_int_equal(arena.used, used);

    static float many[40000];
    setup(NULL);
    const int32_t large = ml_tape_constant(&tape, "many", ml_tensor_over(many, ML_SHAPE(40000)));
    const size_t before = arena.used;
    assert_int_equal(ml_tape_tanh(&tape, large), ML_NO_NODE); /* 160,000 bytes twice: the second does not fit */
    assert_int_equal(tape.status, ML_ENOMEM);
    assert_int_equal(arena.used, before);
    assert_int_equal(ml_tape_init(&tape, 1 << 20, &arena, NULL), ML_ENOMEM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_values_and_gradients_are_those_of_pytorch, setup),
        cmocka_unit_test_setup(test_every_operation_passes_the_gradient_check_on_random_shapes, setup),
        cmocka_unit_test_setup(test_gradient_check_finds_a_gradient_that_differs, setup),
        cmocka_unit_test_setup(test_a_value_used_twice_gets_both_gradients, setup),
        cmocka_unit_test_setup(test_backward_adds_to_leaves_and_starts_the_rest_anew, setup),
        cmocka_unit_test_setup(test_nodes_after_the_output_play_no_part, setup),
        cmocka_unit_test_setup(test_constants_have_no_gradient_and_cost_none, setup),
        cmocka_unit_test_setup(test_forward_follows_changed_leaves, setup),
        cmocka_unit_test_setup(test_backward_can_be_walked_node_by_node, setup),
        cmocka_unit_test_setup(test_nodes_tell_what_they_are, setup),
        cmocka_unit_test_setup(test_losses_do_not_overflow, setup),
        cmocka_unit_test_setup(test_a_network_on_the_tape_learns_xor, setup),
        cmocka_unit_test_setup(test_what_goes_wrong_is_told_in_a_sentence, setup),
        cmocka_unit_test_setup(test_the_first_failure_is_the_one_that_is_told, setup),
        cmocka_unit_test_setup(test_a_full_tape_or_arena_refuses_and_keeps_what_it_has, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
