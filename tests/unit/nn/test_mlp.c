/* Networks against PyTorch, against central differences, and against what the header promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/nn_golden.h"
#include "nn/nn.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static _Alignas(64) unsigned char memory[1 << 22];

static ml_mlp make_net(const ml_mlp_shape *shape, ml_arena *arena) {
    ml_mlp net;
    assert_int_equal(ml_mlp_create(&net, shape, arena, NULL), ML_OK);
    return net;
}

static ml_mlp_pass make_pass(const ml_mlp *net, size_t rows, ml_arena *arena) {
    ml_mlp_pass pass;
    assert_int_equal(ml_mlp_pass_create(&pass, net, rows, arena, NULL), ML_OK);
    return pass;
}

static void to_floats(size_t n, const double *from, float *to) {
    for (size_t i = 0; i < n; i++)
        to[i] = (float)from[i];
}

/* |got - expected| at most 1e-5 of the expected value, or of 1 where that is smaller. */
static void assert_near(const char *run, const char *what, size_t n, const float *got, const double *expected) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)got[i] - expected[i]) <= 1e-5 * fmax(1, fabs(expected[i]))))
            fail_msg("%s: %s[%zu] is %.8g, PyTorch has %.8g", run, what, i, (double)got[i], expected[i]);
}

/* --- PyTorch ------------------------------------------------------------------------------------------------------ */

static void compare_run(const golden_run *run) {
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_mlp_shape shape = {GOLDEN_INPUTS, run->outputs,    GOLDEN_HIDDEN,
                                GOLDEN_WIDTH,  run->activation, run->normalisation};
    ml_mlp net = make_net(&shape, &arena);
    ml_mlp_pass pass = make_pass(&net, GOLDEN_ROWS, &arena);
    float x[COUNT(run->x)], target[COUNT(run->target)], gradient[COUNT(run->gradient)], output[COUNT(run->output)];
    to_floats(COUNT(x), run->x, x);
    to_floats(COUNT(target), run->target, target);
    to_floats(net.n_params, run->start, net.param);

    ml_mlp_gradient(&net, &pass, run->loss, ML_BUG_NONE, GOLDEN_ROWS, x, target, gradient);
    assert_near(run->name, "gradient", net.n_params, gradient, run->gradient);

    ml_trainer trainer;
    assert_int_equal(
        ml_trainer_create(&trainer, &net, &pass, run->loss, GOLDEN_ROWS, x, target, GOLDEN_ROWS, 1, &arena, NULL),
        ML_OK);
    const ml_training how = {.optimiser = run->optimiser,
                             .learning_rate = run->rate,
                             .batch_size = GOLDEN_ROWS,
                             .l1 = run->l1,
                             .l2 = run->l2,
                             .clip_norm = run->clip};
    for (int step = 0; step < GOLDEN_STEPS; step++) {
        ml_mlp_forward(&net, &pass, ML_MLP_PROBE, GOLDEN_ROWS, x, NULL);
        const float loss = (float)ml_loss_value(run->loss, GOLDEN_ROWS, run->outputs, pass.output, target);
        assert_near(run->name, "loss", 1, &loss, &run->loss_by_step[step]);
        int64_t budget = 1;
        bool done;
        assert_int_equal(ml_trainer_run(&trainer, &how, &budget, &done, NULL), ML_OK);
        assert_true(done);
    }
    assert_near(run->name, "parameter", net.n_params, net.param, run->end);
    assert_near(run->name, "running average", net.n_running, net.running, run->running);
    ml_mlp_predict(&net, &pass, GOLDEN_ROWS, x, output);
    assert_near(run->name, "output", GOLDEN_ROWS * run->outputs, output, run->output);
}

static void test_ten_steps_equal_those_of_pytorch(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_runs); i++)
        compare_run(&golden_runs[i]);
}

/* --- Gradients ---------------------------------------------------------------------------------------------------- */

enum { CHECKED_ROWS = 7 };

static ml_grad_check_result check_net(const ml_mlp_shape *shape, ml_loss loss, ml_bug bug, uint64_t seed) {
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_mlp net = make_net(shape, &arena);
    ml_mlp_pass pass = make_pass(&net, CHECKED_ROWS, &arena);
    ml_rng rng = ml_rng_seed(seed, 0);
    float *x = ML_ALLOC(&arena, CHECKED_ROWS * shape->inputs, float), target[CHECKED_ROWS * 8];
    float *gradient = ML_ALLOC(&arena, net.n_params, float);
    double *scratch = ML_ALLOC(&arena, ml_grad_check_scratch(&net, CHECKED_ROWS), double);
    ml_mlp_init(&net, ML_INIT_AUTO, &rng);
    for (size_t i = 0; i < net.n_params; i++) /* so that no bias, scale or shift is 0 or 1 */
        net.param[i] += (float)(0.2 * ml_rng_normal(&rng));
    for (size_t i = 0; i < CHECKED_ROWS * shape->inputs; i++)
        x[i] = (float)ml_rng_normal(&rng);
    for (size_t i = 0; i < CHECKED_ROWS * shape->outputs; i++)
        target[i] = (float)ml_rng_below(&rng, loss == ML_LOSS_SOFTMAX ? shape->outputs : 2);
    ml_mlp_gradient(&net, &pass, loss, bug, CHECKED_ROWS, x, target, gradient);
    const ml_grad_check_result result = ml_grad_check(&net, loss, CHECKED_ROWS, x, target, gradient, scratch);
    assert_int_equal(result.checked + result.kinks, net.n_params);
    return result;
}

static void test_every_gradient_equals_central_differences(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int activation = ML_ACT_RELU; activation <= ML_ACT_IDENTITY; activation++)
        for (int norm = ML_NORM_NONE; norm <= ML_NORM_LAYER; norm++)
            for (int loss = ML_LOSS_BCE; loss <= ML_LOSS_SOFTMAX; loss++)
                for (size_t hidden = 0; hidden <= 3; hidden++) {
                    const ml_mlp_shape shape = {
                        1 + seed % 4,          1 + seed % 3, hidden, 3 + seed % 7, (ml_activation)activation,
                        (ml_normalisation)norm};
                    const ml_grad_check_result result = check_net(&shape, (ml_loss)loss, ML_BUG_NONE, seed++);
                    if (!(result.error < 2e-5)) /* a gradient in float, through up to three normalised layers */
                        fail_msg("activation %d, norm %d, loss %d, hidden %zu, seed %d: error %g", activation, norm,
                                 loss, hidden, (int)seed - 1, result.error);
                }
}

static void test_the_check_sees_a_wrong_gradient(void **state) {
    (void)state;
    const ml_mlp_shape shape = {2, 1, 2, 8, ML_ACT_TANH, ML_NORM_NONE};
    assert_true(check_net(&shape, ML_LOSS_BCE, ML_BUG_SIGN, 1).error > 0.03);
    assert_true(check_net(&shape, ML_LOSS_BCE, ML_BUG_NO_SLOPE, 1).error > 0.03);
}

static void test_a_weight_at_a_kink_is_left_out(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_mlp_shape shape = {1, 1, 1, 2, ML_ACT_RELU, ML_NORM_NONE};
    ml_mlp net = make_net(&shape, &arena); /* all zero: each relu stands at its bend */
    ml_mlp_pass pass = make_pass(&net, 1, &arena);
    const float x = 1, y = 1;
    float gradient[7];
    double scratch[64];
    assert_int_equal(net.n_params, COUNT(gradient));
    assert_true(ml_grad_check_scratch(&net, 1) <= COUNT(scratch));
    ml_mlp_gradient(&net, &pass, ML_LOSS_BCE, ML_BUG_NONE, 1, &x, &y, gradient);
    const ml_grad_check_result result = ml_grad_check(&net, ML_LOSS_BCE, 1, &x, &y, gradient, scratch);
    assert_int_equal(result.kinks, 4); /* two weights and two biases of the hidden layer */
    assert_int_equal(result.checked, 3);
    assert_true(result.error < 1e-6);
}

/* --- Layout, initial weights, evaluation -------------------------------------------------------------------------- */

static void test_parameters_lie_as_the_header_says(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_mlp_shape shape = {2, 1, 2, 24, ML_ACT_RELU, ML_NORM_NONE},
                       normed = {2, 1, 2, 24, ML_ACT_RELU, ML_NORM_BATCH};
    ml_mlp net = make_net(&shape, &arena);
    assert_int_equal(net.n_params, 697);
    assert_int_equal(net.layer[1].weight, 72);
    assert_int_equal(net.layer[2].bias, 696);
    assert_int_equal(ml_mlp_cost(&net), 48 + 576 + 24);
    net = make_net(&normed, &arena);
    assert_int_equal(net.n_params, 697 + 4 * 24);
    assert_int_equal(net.n_running, 4 * 24);
    assert_float_equal(net.param[net.layer[1].scale + 3], 1, 0);
}

static void test_a_small_network_computes_what_a_pencil_does(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_mlp_shape shape = {2, 1, 1, 2, ML_ACT_RELU, ML_NORM_NONE};
    ml_mlp net = make_net(&shape, &arena);
    ml_mlp_pass pass = make_pass(&net, 2, &arena);
    /* h1 = relu(x1 - x2), h2 = relu(x2 - x1 + 0.5), z = 2 h1 - h2 + 0.25 */
    const float param[] = {1, -1, -1, 1, 0, 0.5f, 2, -1, 0.25f}, x[] = {3, 1, 1, 2};
    memcpy(net.param, param, sizeof param);
    ml_mlp_forward(&net, &pass, ML_MLP_EVALUATE, 2, x, NULL);
    assert_float_equal(pass.output[0], 4.25f, 0);
    assert_float_equal(pass.output[1], -1.25f, 0);
}

static double deviation_of_layer(const ml_mlp *net, size_t l) {
    return ml_rms(net->layer[l].inputs * net->layer[l].outputs, net->param + net->layer[l].weight);
}

static void test_initial_weights_have_the_spread_of_their_papers(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_mlp_shape shape = {100, 1, 2, 200, ML_ACT_RELU, ML_NORM_LAYER};
    ml_mlp net = make_net(&shape, &arena);
    ml_rng rng = ml_rng_seed(3, 0);
    const struct {
        ml_init init;
        double first, second;
    } cases[] = {{ML_INIT_HE, sqrt(2.0 / 100), sqrt(2.0 / 200)},
                 {ML_INIT_AUTO, sqrt(2.0 / 100), sqrt(2.0 / 200)},
                 {ML_INIT_XAVIER, sqrt(2.0 / 300), sqrt(2.0 / 400)},
                 {ML_INIT_SMALL, 0.01, 0.01},
                 {ML_INIT_EQUAL, 0.1, 0.1},
                 {ML_INIT_ZEROS, 0, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        ml_mlp_init(&net, cases[i].init, &rng);
        assert_true(fabs(deviation_of_layer(&net, 0) - cases[i].first) <= 0.02 * cases[i].first);
        assert_true(fabs(deviation_of_layer(&net, 1) - cases[i].second) <= 0.02 * cases[i].second);
        assert_float_equal(net.param[net.layer[0].bias], 0, 0);
        assert_float_equal(net.param[net.layer[0].scale], 1, 0);
    }
    net.shape.activation = ML_ACT_TANH;
    ml_mlp_init(&net, ML_INIT_AUTO, &rng);
    assert_true(fabs(deviation_of_layer(&net, 0) - sqrt(2.0 / 300)) < 0.002);
}

static void test_prediction_in_pieces_equals_one_pass(void **state) {
    (void)state;
    enum { ROWS = 150 };
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_mlp_shape shape = {3, 2, 2, 7, ML_ACT_TANH, ML_NORM_BATCH};
    ml_mlp net = make_net(&shape, &arena);
    ml_mlp_pass large = make_pass(&net, ROWS, &arena), small = make_pass(&net, 4, &arena);
    float x[ROWS * 3], whole[ROWS * 2], a[ROWS * 2], b[ROWS * 2];
    ml_rng rng = ml_rng_seed(4, 0);
    ml_mlp_init(&net, ML_INIT_AUTO, &rng);
    for (size_t i = 0; i < COUNT(x); i++)
        x[i] = (float)ml_rng_normal(&rng);
    ml_mlp_forward(&net, &large, ML_MLP_EVALUATE, ROWS, x, NULL);
    memcpy(whole, large.output, sizeof whole);
    ml_mlp_predict(&net, &large, ROWS, x, a);
    ml_mlp_predict(&net, &small, ROWS, x, b);
    assert_memory_equal(a, whole, sizeof a);
    assert_memory_equal(a, b, sizeof a);
}

static void test_only_training_moves_the_running_averages(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_mlp_shape shape = {1, 1, 1, 1, ML_ACT_IDENTITY, ML_NORM_BATCH};
    ml_mlp net = make_net(&shape, &arena);
    ml_mlp_pass pass = make_pass(&net, 4, &arena);
    const float x[] = {1, 2, 3, 6};
    net.param[0] = 1;
    ml_mlp_forward(&net, &pass, ML_MLP_PROBE, 4, x, NULL);
    ml_mlp_forward(&net, &pass, ML_MLP_EVALUATE, 4, x, NULL);
    assert_float_equal(net.running[0], 0, 0);
    assert_float_equal(net.running[1], 1, 0);
    ml_mlp_forward(&net, &pass, ML_MLP_TRAIN, 4, x, NULL);
    assert_float_equal(net.running[0], 0.3f, 1e-6);                  /* mean 3 */
    assert_float_equal(net.running[1], 0.9f + 0.1f * 14 / 3, 1e-6f); /* unbiased: 14 / 3 */
    ml_mlp_forward(&net, &pass, ML_MLP_TRAIN, 1, x, NULL);
    assert_float_equal(net.running[0], 0.9f * 0.3f + 0.1f, 1e-6f);
    assert_float_equal(net.running[1], 0.9f + 0.1f * 14 / 3, 1e-6f); /* one row has no variance */
}

static void test_dropout_drops_its_share_and_keeps_the_mean(void **state) {
    (void)state;
    enum { N = 100000 };
    static float x[N], mask[N], out[N];
    ml_rng rng = ml_rng_seed(5, 0);
    double sum = 0;
    size_t dropped = 0;
    for (size_t i = 0; i < N; i++)
        x[i] = 1;
    ml_dropout(N, 0.3, &rng, x, mask, out);
    for (size_t i = 0; i < N; i++) {
        assert_true(out[i] == 0 || out[i] == (float)(1 / 0.7));
        dropped += out[i] == 0;
        sum += (double)out[i];
    }
    assert_float_equal((double)dropped / N, 0.3, 0.006); /* four standard deviations */
    assert_float_equal(sum / N, 1, 0.01);
}

static void test_dropout_masks_the_gradient_too(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    const ml_mlp_shape shape = {1, 1, 1, 64, ML_ACT_IDENTITY, ML_NORM_NONE};
    ml_mlp net = make_net(&shape, &arena);
    ml_mlp_pass pass = make_pass(&net, 1, &arena);
    ml_rng rng = ml_rng_seed(6, 0);
    const float x = 1;
    float gradient[193];
    ml_mlp_init(&net, ML_INIT_EQUAL, &rng);
    pass.dropout = 0.5;
    ml_mlp_forward(&net, &pass, ML_MLP_TRAIN, 1, &x, &rng);
    pass.d_output[0] = 1;
    ml_mlp_backward(&net, &pass, gradient);
    size_t silent = 0;
    for (size_t j = 0; j < 64; j++) {
        const bool dropped = pass.trace[0].mask[j] == 0;
        assert_float_equal(gradient[j], dropped ? 0 : 0.2f, 1e-7); /* the way out is 0.1, doubled */
        assert_float_equal(gradient[net.layer[1].weight + j], dropped ? 0 : 0.2f, 1e-7);
        silent += dropped;
    }
    assert_in_range(silent, 16, 48);
}

/* --- Errors ------------------------------------------------------------------------------------------------------- */

static void test_shapes_without_meaning_are_refused_with_a_sentence(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_mlp net;
    ml_mlp_pass pass;
    ml_error error;
    const ml_mlp_shape none = {0, 1, 1, 4, ML_ACT_RELU, ML_NORM_NONE}, deep = {2, 1, 17, 4, ML_ACT_RELU, ML_NORM_NONE};
    const ml_mlp_shape wide = {2, 1, 1, 5000, ML_ACT_RELU, ML_NORM_NONE},
                       good = {2, 1, 1, 8, ML_ACT_RELU, ML_NORM_NONE};
    assert_int_equal(ml_mlp_create(&net, &none, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, "a network needs at least one input, one output and one unit a layer");
    assert_int_equal(ml_mlp_create(&net, &deep, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, "17 hidden layers are too many; the most is 16");
    assert_int_equal(ml_mlp_create(&net, &wide, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, "a layer can have at most 4096 units");
    ml_arena tiny = ml_arena_over(memory, 64);
    assert_int_equal(ml_mlp_create(&net, &good, &tiny, &error), ML_ENOMEM);
    assert_string_equal(error.message,
                        "a network of 33 parameters does not fit in memory; use fewer or narrower layers");
    net = make_net(&good, &arena);
    assert_int_equal(ml_mlp_pass_create(&pass, &net, 0, &arena, &error), ML_EINVAL);
    assert_string_equal(error.message, "a batch needs at least one row");
    assert_int_equal(ml_mlp_pass_create(&pass, &net, 1 << 20, &arena, &error), ML_ENOMEM);
    assert_string_equal(error.message, "a batch of 1048576 rows does not fit in memory; use a smaller one");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_steps_equal_those_of_pytorch),
        cmocka_unit_test(test_every_gradient_equals_central_differences),
        cmocka_unit_test(test_the_check_sees_a_wrong_gradient),
        cmocka_unit_test(test_a_weight_at_a_kink_is_left_out),
        cmocka_unit_test(test_parameters_lie_as_the_header_says),
        cmocka_unit_test(test_a_small_network_computes_what_a_pencil_does),
        cmocka_unit_test(test_initial_weights_have_the_spread_of_their_papers),
        cmocka_unit_test(test_prediction_in_pieces_equals_one_pass),
        cmocka_unit_test(test_only_training_moves_the_running_averages),
        cmocka_unit_test(test_dropout_drops_its_share_and_keeps_the_mean),
        cmocka_unit_test(test_dropout_masks_the_gradient_too),
        cmocka_unit_test(test_shapes_without_meaning_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
