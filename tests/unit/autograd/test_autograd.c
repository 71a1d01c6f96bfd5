/* The tape's own rules, and what it says when something is wrong. */
#include "unit/autograd/tape_fixture.h"

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
    for (ml_operation of = 0; of < ML_OPERATIONS; of++) /* each has a place in the table, and a name of its own */
        for (ml_operation other = 0; other < of; other++)
            assert_string_not_equal(ml_operation_name(of), ml_operation_name(other));
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

/* Where a function has a corner, its slope is what the header says. */
static void test_slopes_at_corners(void **state) {
    (void)state;
    float x[2] = {0, 1}, same[2] = {0, 1}, ones[2] = {1, 1}, far[2] = {3, 3};
    const int32_t a = ml_tape_leaf(&tape, "a", ml_tensor_over(x, ML_SHAPE(1, 2))),
                  b = ml_tape_leaf(&tape, "b", ml_tensor_over(same, ML_SHAPE(1, 2))),
                  one = ml_tape_leaf(&tape, "one", ml_tensor_over(ones, ML_SHAPE(1, 2))),
                  three = ml_tape_leaf(&tape, "three", ml_tensor_over(far, ML_SHAPE(1, 2)));
    const int32_t flat[] = {
        ml_tape_mae(&tape, a, b),
        ml_tape_huber(&tape, a, b, 1),
        ml_tape_pinball(&tape, a, b, 0.9f),
        ml_tape_triplet(&tape, a, b, b, 0),
        ml_tape_sum(&tape, ml_tape_absolute(&tape, ml_tape_scale(&tape, a, 0))),
        ml_tape_sum(&tape, ml_tape_relu(&tape, ml_tape_scale(&tape, a, 0))),
        ml_tape_hinge(&tape, ml_tape_add(&tape, ml_tape_scale(&tape, a, 0), one), one),
    };
    for (size_t f = 0; f < sizeof flat / sizeof *flat; f++) {
        ml_tape_zero_gradients(&tape);
        assert_int_equal(ml_tape_backward(&tape, flat[f], NULL), ML_OK);
        for (size_t i = 0; i < 2; i++)
            if (tape.node[a].gradient.data[i] != 0.0f || tape.node[b].gradient.data[i] != 0.0f)
                fail_msg("%s has slopes at its corner", tape.node[flat[f]].name);
    }
    ml_tape_zero_gradients(&tape);
    ml_tape_backward(&tape, ml_tape_sum(&tape, ml_tape_maximum(&tape, a, b)), NULL);
    assert_true(gradient_at(a) == 1 && gradient_at(b) == 0); /* of equal ones the first */
    ml_tape_zero_gradients(&tape);
    ml_tape_backward(&tape, ml_tape_huber(&tape, three, one, 2), NULL);
    assert_true(gradient_at(three) == 1 && gradient_at(one) == -1); /* both pieces have the slope 2 at delta */
}

static void test_the_other_losses_do_not_overflow_either(void **state) {
    (void)state;
    float far[4] = {900, -900, -900, 900}, hard[4] = {1, 0, 1, 0};
    const uint8_t label[2] = {1, 0};
    const int32_t logits = ml_tape_leaf(&tape, "logits", ml_tensor_over(far, ML_SHAPE(2, 2)));
    const int32_t y = ml_tape_constant(&tape, "y", ml_tensor_over(hard, ML_SHAPE(2, 2)));
    const int32_t focal = ml_tape_focal(&tape, logits, y, 2), plain = ml_tape_focal(&tape, logits, y, 0);
    assert_true(tape.node[focal].value.data[0] == 450.0f); /* what is right costs 0, what is wrong all of it */
    assert_true(tape.node[plain].value.data[0] == 450.0f);
    const int32_t smooth = ml_tape_cross_entropy_smooth(&tape, logits, label, 0.5f);
    assert_true(tape.node[smooth].value.data[0] == 1350.0f);
    const int32_t shares = ml_tape_log_softmax(&tape, logits);
    const float expected[4] = {0, -1800, -1800, 0};
    assert_memory_equal(tape.node[shares].value.data, expected, sizeof expected);
    const int32_t retrieval = ml_tape_sampled_softmax(&tape, logits, logits, NULL);
    assert_true(tape.node[retrieval].value.data[0] == 0.0f);
    const int32_t losses[4] = {focal, plain, smooth, retrieval};
    for (int l = 0; l < 4; l++) {
        ml_tape_zero_gradients(&tape);
        assert_int_equal(ml_tape_backward(&tape, losses[l], NULL), ML_OK);
        for (size_t i = 0; i < 4; i++)
            assert_true(isfinite(tape.node[logits].gradient.data[i]));
    }
}

/* A network that went wrong must show it: no loss hides a NaN. */
static void test_every_loss_of_nan_is_nan(void **state) {
    (void)state;
    float x[6] = {0, 1, NAN, 0, 0, 0}, bits[6] = {1, 0, 1, 0, 1, 0}, signs[6] = {1, 1, 1, 1, 1, 1};
    const uint8_t label[2] = {1, 0};
    const int32_t a = ml_tape_leaf(&tape, "a", ml_tensor_over(x, ML_SHAPE(2, 3)));
    const int32_t y = ml_tape_constant(&tape, "y", ml_tensor_over(bits, ML_SHAPE(2, 3)));
    const int32_t s = ml_tape_constant(&tape, "s", ml_tensor_over(signs, ML_SHAPE(2, 3)));
    const int32_t losses[] = {
        ml_tape_cross_entropy(&tape, a, label),
        ml_tape_cross_entropy_smooth(&tape, a, label, 0.1f),
        ml_tape_sampled_softmax(&tape, a, a, NULL),
        ml_tape_binary_cross_entropy(&tape, a, y),
        ml_tape_focal(&tape, a, y, 2),
        ml_tape_hinge(&tape, a, s),
        ml_tape_kl(&tape, a, y),
        ml_tape_mse(&tape, a, y),
        ml_tape_mae(&tape, a, y),
        ml_tape_huber(&tape, a, y, 1),
        ml_tape_pinball(&tape, a, y, 0.5f),
        ml_tape_triplet(&tape, a, y, s, 1),
    };
    for (size_t l = 0; l < sizeof losses / sizeof *losses; l++) {
        assert_int_not_equal(losses[l], ML_NO_NODE);
        if (!isnan(tape.node[losses[l]].value.data[0]))
            fail_msg("%s of NaN is %g", tape.node[losses[l]].name, (double)tape.node[losses[l]].value.data[0]);
    }
}

static void test_a_batch_of_one_row_has_no_variance(void **state) {
    (void)state;
    float x[2] = {3, 5}, one[2] = {1, 1}, zero[2] = {0.5f, -0.5f}, mean[2] = {0}, variance[2] = {2, 4};
    const int32_t of_x = ml_tape_leaf(&tape, "x", ml_tensor_over(x, ML_SHAPE(1, 2))),
                  scale = ml_tape_leaf(&tape, "scale", ml_tensor_over(one, ML_SHAPE(2))),
                  shift = ml_tape_leaf(&tape, "shift", ml_tensor_over(zero, ML_SHAPE(2)));
    const int32_t norm = ml_tape_batch_norm(&tape, of_x, scale, shift, mean, variance);
    assert_memory_equal(tape.node[norm].value.data, zero, sizeof zero);
    assert_true(variance[0] == 2 && variance[1] == 4);
    assert_float_equal(mean[0], 0.3, 1e-6);
    assert_int_equal(ml_tape_backward(&tape, ml_tape_sum(&tape, norm), NULL), ML_OK);
    assert_true(gradient_at(of_x) == 0 && gradient_at(scale) == 0 && gradient_at(shift) == 1);
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

/* --- Leaves of the caller's, and forward step by step ------------------------------------------------------------- */

static void test_a_gradient_may_lie_where_the_caller_wants_it(void **state) {
    (void)state;
    float values[3] = {2, 3, 5}, gradients[3] = {0}; /* two parameters in one vector */
    const ml_tensor a = ml_tensor_over(values, ML_SHAPE(1)), da = ml_tensor_over(gradients, ML_SHAPE(1)),
                    b = ml_tensor_over(values + 1, ML_SHAPE(2)), db = ml_tensor_over(gradients + 1, ML_SHAPE(2));
    const size_t used = arena.used;
    const int32_t first = ml_tape_leaf_over(&tape, "a", a, da), second = ml_tape_leaf_over(&tape, "b", b, db);
    assert_int_equal(arena.used, used); /* nothing is allocated for a leaf that has all it needs */
    const int32_t output = ml_tape_sum(&tape, ml_tape_multiply(&tape, first, second));
    assert_int_equal(ml_tape_backward(&tape, output, NULL), ML_OK);
    assert_true(gradients[0] == 3 + 5 && gradients[1] == 2 && gradients[2] == 2);
    ml_tape_zero_gradients(&tape);
    assert_true(gradients[0] == 0 && gradients[1] == 0 && gradients[2] == 0);
}

static void test_forward_can_be_walked_node_by_node(void **state) {
    (void)state;
    float x = 2;
    const int32_t a = number_leaf("x", &x), b = ml_tape_scale(&tape, a, 3), c = ml_tape_multiply(&tape, b, b);
    x = 1;
    assert_int_equal(ml_tape_forward_node(&tape, a, NULL), ML_OK); /* a leaf has its value already */
    assert_true(tape.node[b].value.data[0] == 6 && tape.node[c].value.data[0] == 36);
    assert_int_equal(ml_tape_forward_node(&tape, b, NULL), ML_OK);
    assert_true(tape.node[b].value.data[0] == 3 && tape.node[c].value.data[0] == 36);
    assert_int_equal(ml_tape_forward_node(&tape, c, NULL), ML_OK);
    assert_true(tape.node[c].value.data[0] == 9);
}

static void test_a_walk_in_the_wrong_order_gives_the_wrong_gradient(void **state) {
    (void)state;
    float x = 2;
    const int32_t a = number_leaf("x", &x), output = ml_tape_tanh(&tape, ml_tape_scale(&tape, a, 3));
    assert_int_equal(ml_tape_backward_begin(&tape, output, NULL), ML_OK);
    for (int32_t i = 0; i <= output; i++)
        ml_tape_backward_node(&tape, i);
    assert_true(gradient_at(a) == 0);
}

/* --- Training and evaluation -------------------------------------------------------------------------------------- */

static void test_dropout_zeroes_its_share_and_keeps_the_mean(void **state) {
    (void)state;
    enum { N = 4000 };
    static float ones[N], gradient[N];
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < N; i++)
        ones[i] = 1;
    tape.rng = &rng;
    const int32_t x =
        ml_tape_leaf_over(&tape, "x", ml_tensor_over(ones, ML_SHAPE(N)), ml_tensor_over(gradient, ML_SHAPE(N)));
    const int32_t dropped = ml_tape_dropout(&tape, x, 0.2f), mean = ml_tape_sum(&tape, dropped);
    const float *value = tape.node[dropped].value.data;
    size_t zeros = 0;
    assert_int_equal(ml_tape_backward(&tape, mean, NULL), ML_OK);
    for (size_t i = 0; i < N; i++) {
        assert_true(value[i] == 0.0f || value[i] == 1.25f);
        assert_true(gradient[i] == value[i]); /* of a 1 it is the mask, as the value is */
        zeros += value[i] == 0.0f;
    }
    assert_in_range(zeros, 700, 900); /* of 4000, a fifth; the standard deviation is 25 */

    float first[N];
    memcpy(first, value, sizeof first);
    ml_tape_forward(&tape, NULL);
    assert_memory_not_equal(first, value, sizeof first); /* drawn anew */
    rng = ml_rng_seed(1, 0);
    ml_tape_forward(&tape, NULL);
    assert_memory_equal(first, value, sizeof first); /* but by seed */

    tape.training = false;
    const ml_rng before = rng;
    memset(gradient, 0, sizeof gradient);
    ml_tape_forward(&tape, NULL);
    assert_memory_equal(value, ones, sizeof ones);
    assert_memory_equal(&before, &rng, sizeof rng);
    ml_tape_backward(&tape, mean, NULL);
    assert_memory_equal(gradient, ones, sizeof ones);
}

static void test_the_gradient_check_leaves_masks_and_averages_alone(void **state) {
    (void)state;
    float mean[4] = {1, 2, 3, 4}, variance[4] = {1, 1, 2, 2}, one[4] = {1, 1, 1, 1}, zero[4] = {0};
    ml_rng rng = ml_rng_seed(1, 0), values = ml_rng_seed(2, 0);
    tape.rng = &rng;
    const int32_t x = ml_tape_leaf(&tape, "x", random_tensor(ML_SHAPE(6, 4), 0, &values));
    const int32_t scale = ml_tape_leaf(&tape, "scale", ml_tensor_over(one, ML_SHAPE(4))),
                  shift = ml_tape_leaf(&tape, "shift", ml_tensor_over(zero, ML_SHAPE(4)));
    const int32_t dropped = ml_tape_dropout(&tape, ml_tape_batch_norm(&tape, x, scale, shift, mean, variance), 0.5f);
    const int32_t output = weighted_sum(dropped, &values);
    float means[4], variances[4], value[24];
    memcpy(means, mean, sizeof mean);
    memcpy(variances, variance, sizeof variance);
    memcpy(value, tape.node[dropped].value.data, sizeof value);
    const ml_rng before = rng;
    double worst = -1;
    assert_int_equal(ml_tape_check_gradient(&tape, output, scale, 1e-2f, &worst, NULL), ML_OK);
    assert_true(worst >= 0 && worst < 2e-3);
    assert_memory_equal(means, mean, sizeof mean);
    assert_memory_equal(variances, variance, sizeof variance);
    assert_memory_equal(&before, &rng, sizeof rng);
    assert_memory_equal(value, tape.node[dropped].value.data, sizeof value);
    ml_tape_forward(&tape, NULL); /* and the next forward is an ordinary one */
    assert_memory_not_equal(means, mean, sizeof mean);
    assert_memory_not_equal(&before, &rng, sizeof rng);
}

static void test_batch_norm_uses_the_batch_in_training_and_its_averages_otherwise(void **state) {
    (void)state;
    float x[4] = {1, 3, 5, 7}, one = 1, zero = 0, mean = 0, variance = 1;
    const int32_t of_x = ml_tape_constant(&tape, "x", ml_tensor_over(x, ML_SHAPE(4, 1)));
    const int32_t scale = ml_tape_leaf(&tape, "scale", ml_tensor_over(&one, ML_SHAPE(1))),
                  shift = ml_tape_leaf(&tape, "shift", ml_tensor_over(&zero, ML_SHAPE(1)));
    const int32_t with = ml_tape_batch_norm(&tape, of_x, scale, shift, &mean, &variance),
                  without = ml_tape_batch_norm(&tape, of_x, scale, shift, NULL, NULL);
    const float *y = tape.node[with].value.data, *of_batch = tape.node[without].value.data;
    assert_float_equal(y[0], -3 / sqrtf(5), 1e-5);
    assert_float_equal(y[3], 3 / sqrtf(5), 1e-5);
    assert_float_equal(mean, 0.4, 1e-6);                    /* a tenth of the way from 0 to 4 */
    assert_float_equal(variance, 0.9 + 0.1 * 20 / 3, 1e-6); /* unbiased: 20 / 3 */
    tape.training = false;
    mean = 1;
    variance = 4;
    ml_tape_forward(&tape, NULL);
    for (size_t i = 0; i < 4; i++)
        assert_float_equal(y[i], (x[i] - 1) / 2, 1e-5);
    assert_true(mean == 1 && variance == 4);
    assert_float_equal(of_batch[0], -3 / sqrtf(5), 1e-5); /* without averages there is the batch alone */
}

/* --- Errors ------------------------------------------------------------------------------------------------------- */

static void test_what_goes_wrong_is_told_in_a_sentence(void **state) {
    (void)state;
    float x[12] = {0};
    const uint8_t label[3] = {0, 4, 1};
    ml_tensor transposed;
    const ml_tensor t34 = ml_tensor_over(x, ML_SHAPE(3, 4)), t52 = ml_tensor_over(x, ML_SHAPE(5, 2)),
                    t0 = ml_tensor_over(x, ML_SHAPE(0, 4));
#define LEAF(t) ml_tape_leaf(&tape, "x", (t))

    assert_refused(ml_tape_matmul(&tape, LEAF(t34), LEAF(t52)), ML_ESHAPE,
                   "matmul: left is 3×4, right is 5×2; inner sizes 4 and 5 differ");
    assert_refused(ml_tape_matmul(&tape, LEAF(t34), LEAF(ml_tensor_over(x, ML_SHAPE(4)))), ML_ESHAPE,
                   "matmul: left is 3×4, right is 4; both must have the same number of dimensions, two at least");
    assert_refused(ml_tape_add(&tape, LEAF(t34), LEAF(t52)), ML_ESHAPE,
                   "add: left is 3×4, right is 5×2; sizes 3 and 5 must be equal or 1");
    assert_refused(ml_tape_mse(&tape, LEAF(t34), LEAF(t52)), ML_ESHAPE,
                   "mse: left is 3×4, right is 5×2; the shapes must be equal");
    assert_refused(ml_tape_mean(&tape, LEAF(t0)), ML_ESHAPE, "mean: there is nothing to take the mean of");
    assert_refused(ml_tape_cross_entropy(&tape, LEAF(t34), label), ML_EINVAL,
                   "cross_entropy: label[1] is 4, but there are only 4 classes, from 0 on");
    assert_refused(ml_tape_cross_entropy(&tape, LEAF(ml_tensor_over(x, ML_SHAPE(3))), label), ML_ESHAPE,
                   "cross_entropy: the logits are 3; a matrix with a row for each example is needed");
    assert_refused(ml_tape_tanh(&tape, LEAF(t34)), ML_ESHAPE,
                   "backward: the output is 3×4, not a single number; take its sum or mean first");
    assert_refused(7, ML_EINVAL, "backward: there is no node 7 on the tape; it has 0");
    assert_refused(LEAF(t34) + 1, ML_EINVAL, "backward: there is no node 1 on the tape; it has 1");
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
    assert_int_equal(ml_tape_check_gradient(&tape, sum, sum + 1, 0.1f, &worst, &error), ML_EINVAL);
    assert_string_equal(error.message, "check_gradient: node 2 is no leaf of the tape, or h = 0.1 is not positive");
    assert_int_equal(ml_tape_check_gradient(&tape, sum, 0, 0, &worst, &error), ML_EINVAL);
    assert_string_equal(error.message, "check_gradient: node 0 is no leaf of the tape, or h = 0 is not positive");
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
    assert_refused(wrong, ML_ESHAPE, "matmul: left is 3×4, right is 3×4; inner sizes 4 and 3 differ");
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

    static float many[25000];
    setup(NULL);
    const int32_t large = ml_tape_leaf(&tape, "many", ml_tensor_over(many, ML_SHAPE(25000)));
    const size_t before = arena.used;
    assert_int_equal(ml_tape_tanh(&tape, large), ML_NO_NODE); /* 100,000 bytes twice: the second does not fit */
    assert_int_equal(tape.status, ML_ENOMEM);
    assert_string_equal(tape.error.message, "create: a tensor of 25000 floats does not fit in the memory that is left");
    assert_int_equal(arena.used, before);
    assert_int_equal(ml_tape_init(&tape, 1 << 20, &arena, NULL), ML_ENOMEM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_gradient_check_finds_a_gradient_that_differs, setup),
        cmocka_unit_test_setup(test_a_value_used_twice_gets_both_gradients, setup),
        cmocka_unit_test_setup(test_backward_adds_to_leaves_and_starts_the_rest_anew, setup),
        cmocka_unit_test_setup(test_nodes_after_the_output_play_no_part, setup),
        cmocka_unit_test_setup(test_constants_have_no_gradient_and_cost_none, setup),
        cmocka_unit_test_setup(test_forward_follows_changed_leaves, setup),
        cmocka_unit_test_setup(test_backward_can_be_walked_node_by_node, setup),
        cmocka_unit_test_setup(test_nodes_tell_what_they_are, setup),
        cmocka_unit_test_setup(test_losses_do_not_overflow, setup),
        cmocka_unit_test_setup(test_a_batch_of_one_row_has_no_variance, setup),
        cmocka_unit_test_setup(test_a_network_on_the_tape_learns_xor, setup),
        cmocka_unit_test_setup(test_a_gradient_may_lie_where_the_caller_wants_it, setup),
        cmocka_unit_test_setup(test_forward_can_be_walked_node_by_node, setup),
        cmocka_unit_test_setup(test_a_walk_in_the_wrong_order_gives_the_wrong_gradient, setup),
        cmocka_unit_test_setup(test_dropout_zeroes_its_share_and_keeps_the_mean, setup),
        cmocka_unit_test_setup(test_the_gradient_check_leaves_masks_and_averages_alone, setup),
        cmocka_unit_test_setup(test_batch_norm_uses_the_batch_in_training_and_its_averages_otherwise, setup),
        cmocka_unit_test_setup(test_slopes_at_corners, setup),
        cmocka_unit_test_setup(test_the_other_losses_do_not_overflow_either, setup),
        cmocka_unit_test_setup(test_every_loss_of_nan_is_nan, setup),
        cmocka_unit_test_setup(test_what_goes_wrong_is_told_in_a_sentence, setup),
        cmocka_unit_test_setup(test_the_first_failure_is_the_one_that_is_told, setup),
        cmocka_unit_test_setup(test_a_full_tape_or_arena_refuses_and_keeps_what_it_has, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
