/* Plans: what is fused, what is kept, what is refused, and a million steps. That their bits are those of the tape, over
 * networks of all operations, is tested in test_plan_random.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "autograd/plan.h"
#include "base/rng.h"
#include "kernels/kernels.h"

static _Alignas(64) unsigned char memory[1 << 20];
static ml_arena arena;
static ml_tape tape;
static ml_plan plan;
static ml_rng rng;

static int setup(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    rng = ml_rng_seed(5, 0);
    return ml_tape_init(&tape, 40, &arena, NULL);
}

static ml_tensor random_tensor(int32_t dimensions, const size_t *size) {
    ml_tensor t = {0};
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = 0.5f * (float)ml_rng_normal(&rng);
    return t;
}

static int32_t leaf(int32_t dimensions, const size_t *size) {
    return ml_tape_leaf(&tape, "w", random_tensor(dimensions, size));
}

static int32_t constant(int32_t dimensions, const size_t *size) {
    return ml_tape_constant(&tape, "x", random_tensor(dimensions, size));
}

/* A network of two inputs, two hidden layers of tanh and one output, as TensorFlow Playground's; nodes by name. */
typedef struct small_network {
    int32_t x, y, weight[3], bias[3], product[3], sum[3], hidden[3], loss;
} small_network;

static small_network make_small(size_t batch) {
    static const size_t width[] = {2, 8, 8, 1};
    small_network net = {.x = constant(ML_SHAPE(batch, 2)), .y = constant(ML_SHAPE(batch, 1))};
    int32_t last = net.x;
    for (int32_t l = 0; l < 3; l++) {
        net.weight[l] = leaf(ML_SHAPE(width[l], width[l + 1]));
        net.bias[l] = leaf(ML_SHAPE(width[l + 1]));
        net.product[l] = ml_tape_matmul(&tape, last, net.weight[l]);
        net.sum[l] = ml_tape_add(&tape, net.product[l], net.bias[l]);
        net.hidden[l] = last = ml_tape_tanh(&tape, net.sum[l]);
    }
    net.loss = ml_tape_mse(&tape, last, net.y);
    return net;
}

static float value(int32_t i) {
    return tape.node[i].value.data[0];
}

static void fill(int32_t i, float x) {
    ml_tensor_fill(&tape.node[i].value, x);
}

/* --- What is fused ------------------------------------------------------------------------------------------------ */

static void test_a_small_network_takes_four_steps_forwards_and_nine_back(void **state) {
    (void)state;
    const small_network net = make_small(10);
    assert_int_equal(ml_plan_compile(&plan, &tape, net.loss, &arena, NULL), ML_OK);
    assert_int_equal(plan.forward.n, 4);  /* three layers, and the loss with its gradient */
    assert_int_equal(plan.backward.n, 9); /* the slope at the end; inputs of two layers; weights and biases of three */
    assert_int_equal(plan.descent.n, 9);  /* the same, with the updates in them */
}

static void test_a_convolutional_network_takes_four_steps_forwards_and_five_back(void **state) {
    (void)state;
    static const uint8_t label[2] = {1, 0};
    int32_t maps = constant(ML_SHAPE(2, 14, 14, 1));
    for (size_t l = 0; l < 2; l++) {
        const int32_t w = leaf(ML_SHAPE(3, 3, l == 0 ? 1 : 4, 4)), bias = leaf(ML_SHAPE(4));
        maps = ml_tape_max_pool(&tape, ml_tape_relu(&tape, ml_tape_conv2d(&tape, maps, w, bias, 1, 0)), 2, 2);
    }
    const int32_t flat = ml_tape_reshape(&tape, maps, ML_SHAPE(2, 16)), w = leaf(ML_SHAPE(16, 3));
    const int32_t loss =
        ml_tape_cross_entropy(&tape, ml_tape_add(&tape, ml_tape_matmul(&tape, flat, w), leaf(ML_SHAPE(3))), label);
    assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, NULL), ML_OK);
    assert_int_equal(plan.forward.n, 4);  /* two convolutions, the dense layer, the loss */
    assert_int_equal(plan.backward.n, 5); /* input, weights and bias of the dense layer; two convolutions */
}

static void test_what_the_output_does_not_need_is_not_computed(void **state) {
    (void)state;
    const small_network net = make_small(3);
    const int32_t aside = ml_tape_exp(&tape, net.hidden[1]), later = ml_tape_scale(&tape, net.loss, 2.0f);
    fill(aside, -1.0f);
    assert_int_equal(ml_plan_compile(&plan, &tape, net.loss, &arena, NULL), ML_OK);
    fill(later, -1.0f);
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_true(value(aside) == -1.0f && value(later) == -1.0f);
    assert_int_equal(plan.forward.n, 4);
}

static void test_gradients_between_share_places(void **state) {
    (void)state;
    int32_t last = constant(ML_SHAPE(16, 16));
    for (int32_t l = 0; l < 8; l++)
        last = ml_tape_tanh(&tape, ml_tape_matmul(&tape, last, leaf(ML_SHAPE(16, 16))));
    const int32_t loss = ml_tape_mean(&tape, last);
    assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, NULL), ML_OK);
    assert_in_range(plan.gradient_floats, 2 * 256, 2 * 256 + 16); /* two at a time, however many layers; and the seed */
}

/* --- What is kept ------------------------------------------------------------------------------------------------- */

static void test_what_was_fused_away_keeps_what_it_was_unless_asked_for(void **state) {
    (void)state;
    const small_network net = make_small(3);
    const float before = value(net.sum[0]);
    fill(net.x, 0.75f);
    assert_int_equal(ml_plan_compile(&plan, &tape, net.loss, &arena, NULL), ML_OK);
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_true(value(net.sum[0]) == before);
    ml_plan keeping;
    assert_int_equal(
        ml_plan_compile_keep(&keeping, &tape, net.loss, 2, (const int32_t[]){net.sum[0], net.product[1]}, &arena, NULL),
        ML_OK);
    assert_int_equal(ml_plan_forward(&keeping, NULL), ML_OK);
    const float sum = value(net.sum[0]), product = value(net.product[1]), loss = value(net.loss);
    assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
    assert_true(sum != before && value(net.sum[0]) == sum && value(net.product[1]) == product &&
                value(net.loss) == loss);
}

static void test_a_node_aside_can_be_kept(void **state) {
    (void)state;
    const small_network net = make_small(3);
    const int32_t aside = ml_tape_sigmoid(&tape, net.hidden[2]);
    const float expected = value(aside);
    fill(aside, -1.0f);
    assert_int_equal(ml_plan_compile_keep(&plan, &tape, net.loss, 1, &aside, &arena, NULL), ML_OK);
    assert_int_equal(ml_plan_step(&plan, 0.1f, NULL), ML_OK);
    assert_true(value(aside) == expected);
}

static void test_a_plan_for_predictions_has_no_way_back(void **state) {
    (void)state;
    ml_error error;
    const small_network net = make_small(3);
    const float expected = value(net.hidden[2]);
    assert_int_equal(ml_plan_compile(&plan, &tape, net.hidden[2], &arena, NULL), ML_OK);
    fill(net.hidden[2], -1.0f);
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_int_equal(plan.n_output, 3);
    assert_true(plan.output[0] == expected);
    assert_int_equal(ml_plan_backward(&plan, &error), ML_ESHAPE);
    assert_string_equal(error.message, "plan: the output is 3 numbers, not a single one; take its sum or mean first");
    assert_int_equal(ml_plan_step(&plan, 0.1f, &error), ML_ESHAPE);
}

static void test_a_number_that_depends_on_no_leaf_has_no_gradients_but_a_value(void **state) {
    (void)state;
    const int32_t x = constant(ML_SHAPE(3, 2)), total = ml_tape_sum(&tape, x);
    assert_int_equal(ml_plan_compile(&plan, &tape, total, &arena, NULL), ML_OK);
    fill(x, 0.5f);
    assert_int_equal(ml_plan_step(&plan, 0.1f, NULL), ML_OK);
    assert_true(value(total) == 3.0f && plan.backward.n == 0);
}

static void test_a_leaf_alone_can_be_the_output(void **state) {
    (void)state;
    const int32_t w = leaf(0, NULL);
    fill(w, 2.0f);
    assert_int_equal(ml_plan_compile(&plan, &tape, w, &arena, NULL), ML_OK);
    assert_int_equal(ml_plan_step(&plan, 0.25f, NULL), ML_OK);
    assert_true(value(w) == 1.75f);
}

/* -1 times a slope of 0 is -0, but added to a gradient of 0 it is 0. */
static void test_a_leaf_gets_the_zero_of_the_tape(void **state) {
    (void)state;
    const int32_t w = leaf(0, NULL), loss = ml_tape_scale(&tape, ml_tape_tanh(&tape, w), -1.0f);
    fill(w, 20.0f);
    assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, NULL), ML_OK);
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_int_equal(ml_plan_backward(&plan, NULL), ML_OK);
    const float gradient = tape.node[w].gradient.data[0];
    assert_true(value(loss) == -1.0f && gradient == 0.0f && !signbit(gradient));
}

/* --- What may change between calls -------------------------------------------------------------------------------- */

static void test_new_inputs_labels_and_weights_are_seen(void **state) {
    (void)state;
    uint8_t label[2] = {0, 2};
    const int32_t x = constant(ML_SHAPE(2, 3)), w = leaf(ML_SHAPE(3, 3)), logits = ml_tape_matmul(&tape, x, w);
    const int32_t loss = ml_tape_cross_entropy(&tape, logits, label);
    assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, NULL), ML_OK);
    fill(x, 0.3f);
    tape.node[w].value.data[4] = 2.0f;
    label[1] = 1;
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_int_equal(ml_plan_backward(&plan, NULL), ML_OK);
    float gradient[9];
    const float by_plan = value(loss);
    memcpy(gradient, tape.node[w].gradient.data, sizeof gradient);
    ml_tape_zero_gradients(&tape);
    assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
    assert_int_equal(ml_tape_backward(&tape, loss, NULL), ML_OK);
    assert_true(value(loss) == by_plan);
    assert_memory_equal(gradient, tape.node[w].gradient.data, sizeof gradient);
    label[0] = 3;
    ml_error error;
    assert_int_equal(ml_plan_forward(&plan, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "label[0] is 3"));
}

static void test_dropout_heeds_the_tapes_training(void **state) {
    (void)state;
    ml_rng mask = ml_rng_seed(1, 1);
    tape.rng = &mask;
    const int32_t w = leaf(ML_SHAPE(64)), loss = ml_tape_sum(&tape, ml_tape_dropout(&tape, w, 0.5f));
    fill(w, 1.0f);
    assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, NULL), ML_OK);
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    const float first = value(loss);
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_true(first != 64.0f && value(loss) != first);
    tape.training = false;
    assert_int_equal(ml_plan_forward(&plan, NULL), ML_OK);
    assert_true(value(loss) == 64.0f);
}

/* --- What is refused ---------------------------------------------------------------------------------------------- */

static void assert_refused(ml_status status, ml_status expected, const ml_error *error, const char *sentence) {
    assert_int_equal(status, expected);
    assert_string_equal(error->message, sentence);
}

static void test_nodes_that_are_not_on_the_tape_are_refused(void **state) {
    (void)state;
    ml_error error;
    const small_network net = make_small(3);
    const size_t used = arena.used;
    assert_refused(ml_plan_compile(&plan, &tape, 40, &arena, &error), ML_EINVAL, &error,
                   "plan: there is no node 40 on the tape; it has 18");
    assert_refused(ml_plan_compile(&plan, &tape, -1, &arena, &error), ML_EINVAL, &error,
                   "plan: there is no node -1 on the tape; it has 18");
    assert_refused(ml_plan_compile_keep(&plan, &tape, net.loss, 1, (const int32_t[]){18}, &arena, &error), ML_EINVAL,
                   &error, "plan: there is no node 18 on the tape; it has 18");
    assert_int_equal(arena.used, used);
}

static void test_what_went_wrong_while_recording_is_told(void **state) {
    (void)state;
    ml_error error;
    const int32_t sum = ml_tape_matmul(&tape, constant(ML_SHAPE(3, 4)), leaf(ML_SHAPE(5, 2)));
    assert_int_equal(ml_plan_compile(&plan, &tape, sum, &arena, &error), ML_ESHAPE);
    assert_string_equal(error.message, tape.error.message);
}

static void test_a_full_arena_is_told_at_every_size_and_left_as_it_was(void **state) {
    (void)state;
    const small_network net = make_small(10);
    ml_error error;
    const size_t used = arena.used;
    assert_int_equal(ml_plan_compile(&plan, &tape, net.loss, &arena, NULL), ML_OK);
    const size_t needed = arena.used - used;
    for (size_t room = 0; room < needed; room += 64) {
        ml_arena smaller = ml_arena_over(memory + used, room);
        ml_plan untouched = {.n_output = 77};
        assert_refused(ml_plan_compile(&untouched, &tape, net.loss, &smaller, &error), ML_ENOMEM, &error,
                       "plan: the steps for 18 nodes and their gradients do not fit in the memory that is left");
        assert_true(smaller.used == 0 && untouched.n_output == 77);
    }
}

static void test_a_checkpointed_segment_is_refused(void **state) {
    (void)state;
    ml_error error;
    assert_int_equal(ml_tape_checkpoint_workspace(&tape, 4096, NULL), ML_OK);
    ml_tape_checkpoint_begin(&tape);
    ml_tape_tanh(&tape, ml_tape_scale(&tape, leaf(ML_SHAPE(4)), 2.0f));
    const int32_t loss = ml_tape_sum(&tape, ml_tape_checkpoint_end(&tape));
    assert_refused(ml_plan_compile(&plan, &tape, loss, &arena, &error), ML_EINVAL, &error,
                   "plan: node 1, scale, lies in a checkpointed segment, whose values come and go; record it without");
}

static void test_divergence_is_told_and_the_weights_stay(void **state) {
    (void)state;
    ml_error error;
    const small_network net = make_small(3);
    assert_int_equal(ml_plan_compile(&plan, &tape, net.loss, &arena, NULL), ML_OK);
    tape.node[net.y].value.data[1] = INFINITY;
    const float before = value(net.weight[0]);
    assert_refused(ml_plan_step(&plan, 0.1f, &error), ML_EDIVERGED, &error,
                   "the output of the network is inf; try a smaller learning rate");
    assert_true(value(net.weight[0]) == before);
    tape.node[net.y].value.data[1] = NAN;
    assert_int_equal(ml_plan_forward(&plan, &error), ML_EDIVERGED);
}

/* --- A million steps ---------------------------------------------------------------------------------------------- */

/* The data can be fitted, so that the gradients shrink and shrink: where subnormal numbers would come from. */
static void test_a_million_steps_use_no_memory_and_stay_finite(void **state) {
    (void)state;
    const small_network net = make_small(4);
    for (size_t i = 0; i < 4; i++)
        tape.node[net.y].value.data[i] = i < 2 ? 0.5f : -0.5f;
    assert_int_equal(ml_plan_compile(&plan, &tape, net.loss, &arena, NULL), ML_OK);
    const size_t used = arena.used;
    const float first = value(net.loss);
    for (int step = 0; step < 1000000; step++)
        if (ml_plan_step(&plan, 0.1f, NULL) != ML_OK)
            fail_msg("step %d", step);
    assert_int_equal(arena.used, used);
    assert_true(first > 0.01f && value(net.loss) < 1e-10f);
    for (int l = 0; l < 3; l++)
        for (size_t i = 0; i < ml_tensor_count(&tape.node[net.weight[l]].value); i++)
            assert_true(isfinite(tape.node[net.weight[l]].value.data[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_small_network_takes_four_steps_forwards_and_nine_back, setup),
        cmocka_unit_test_setup(test_a_convolutional_network_takes_four_steps_forwards_and_five_back, setup),
        cmocka_unit_test_setup(test_what_the_output_does_not_need_is_not_computed, setup),
        cmocka_unit_test_setup(test_gradients_between_share_places, setup),
        cmocka_unit_test_setup(test_what_was_fused_away_keeps_what_it_was_unless_asked_for, setup),
        cmocka_unit_test_setup(test_a_node_aside_can_be_kept, setup),
        cmocka_unit_test_setup(test_a_plan_for_predictions_has_no_way_back, setup),
        cmocka_unit_test_setup(test_a_number_that_depends_on_no_leaf_has_no_gradients_but_a_value, setup),
        cmocka_unit_test_setup(test_a_leaf_alone_can_be_the_output, setup),
        cmocka_unit_test_setup(test_a_leaf_gets_the_zero_of_the_tape, setup),
        cmocka_unit_test_setup(test_new_inputs_labels_and_weights_are_seen, setup),
        cmocka_unit_test_setup(test_dropout_heeds_the_tapes_training, setup),
        cmocka_unit_test_setup(test_nodes_that_are_not_on_the_tape_are_refused, setup),
        cmocka_unit_test_setup(test_what_went_wrong_while_recording_is_told, setup),
        cmocka_unit_test_setup(test_a_full_arena_is_told_at_every_size_and_left_as_it_was, setup),
        cmocka_unit_test_setup(test_a_checkpointed_segment_is_refused, setup),
        cmocka_unit_test_setup(test_divergence_is_told_and_the_weights_stay, setup),
        cmocka_unit_test_setup(test_a_million_steps_use_no_memory_and_stay_finite, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
