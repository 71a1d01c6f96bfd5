/* Layers, losses, optimisers and schedules against PyTorch, and what layers say of wrong shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "golden/nn_tape_golden.h"
#include "nn/nn.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static _Alignas(64) unsigned char memory[1 << 20];
static ml_arena arena;
static ml_params params;
static ml_tape tape;
static ml_error error;

static int setup(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    ml_tape_init(&tape, 60, &arena, NULL);
    return ml_params_init(&params, 24, &arena, NULL);
}

/* --- The networks of nn_tape.py ----------------------------------------------------------------------------------- */

typedef struct layers {
    ml_dense first, last;
    ml_conv2d conv;
    ml_embedding embedding;
    ml_batch_norm batch_norm;
    ml_layer_norm layer_norm;
    ml_attention attention;
} layers;

static bool is(const char *a, const char *b) {
    return strcmp(a, b) == 0;
}

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static const char *const optimiser_cases[] = {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "clipped"};

static bool is_optimiser_case(const char *name) {
    for (size_t i = 0; i < COUNT(optimiser_cases); i++)
        if (starts_with(name, optimiser_cases[i]))
            return true;
    return false;
}

static layers add_layers(const char *name) {
    layers l = {0};
    if (is(name, "conv2d"))
        l.conv = ml_conv2d_add(&params, "conv", 2, 3, 3, 2, 1, true);
    else if (is(name, "conv2d, max pool")) {
        l.conv = ml_conv2d_add(&params, "conv", 1, 3, 3, 1, 0, true);
        l.last = ml_dense_add(&params, "last", 12, 2, true);
    } else if (is(name, "conv2d, average pool"))
        l.conv = ml_conv2d_add(&params, "conv", 2, 2, 2, 1, 0, true);
    else if (is(name, "embedding"))
        l.embedding = ml_embedding_add(&params, "embedding", 5, 3);
    else if (is(name, "batch norm")) {
        l.first = ml_dense_add(&params, "first", 3, 4, true);
        l.batch_norm = ml_batch_norm_add(&params, "norm", 4);
    } else if (is(name, "batch norm of images"))
        l.batch_norm = ml_batch_norm_add(&params, "norm", 3);
    else if (is(name, "layer norm")) {
        l.first = ml_dense_add(&params, "first", 3, 4, true);
        l.layer_norm = ml_layer_norm_add(&params, "norm", 4);
    } else if (is(name, "attention"))
        l.attention = ml_attention_add(&params, "attention", 8, 1, false);
    else if (is(name, "attention, heads"))
        l.attention = ml_attention_add(&params, "attention", 8, 4, false);
    else if (is(name, "attention, heads, causal"))
        l.attention = ml_attention_add(&params, "attention", 8, 2, true);
    else if (is(name, "attention of one sequence"))
        l.attention = ml_attention_add(&params, "attention", 4, 2, true);
    else if (is(name, "residual") || is(name, "gelu")) {
        l.first = ml_dense_add(&params, "inner", 4, 6, true);
        l.last = ml_dense_add(&params, "outer", 6, is(name, "gelu") ? 2 : 4, true);
    } else if (is_optimiser_case(name)) {
        l.first = ml_dense_add(&params, "first", 4, 5, true);
        l.last = ml_dense_add(&params, "last", 5, 2, true);
    } else
        l.first = ml_dense_add(&params, "first", 4, 3, !is(name, "dense without bias"));
    return l;
}

static int32_t dense(const ml_dense *layer, int32_t x) {
    return ml_dense_record(layer, &params, &tape, x);
}

static int32_t record_layers(const char *name, const layers *l, int32_t x, const uint32_t *index) {
    if (starts_with(name, "conv2d")) {
        const int32_t y = ml_conv2d_record(&l->conv, &params, &tape, x);
        if (is(name, "conv2d, average pool"))
            return ml_tape_average_pool(&tape, ml_tape_tanh(&tape, y), 3, 1);
        if (is(name, "conv2d"))
            return y;
        return dense(&l->last, ml_flatten_record(&tape, ml_tape_max_pool(&tape, ml_tape_relu(&tape, y), 2, 2)));
    }
    if (is(name, "embedding"))
        return ml_embedding_record(&l->embedding, &params, &tape, index, 6);
    if (is(name, "batch norm"))
        return ml_tape_tanh(&tape, ml_batch_norm_record(&l->batch_norm, &params, &tape, dense(&l->first, x)));
    if (is(name, "batch norm of images"))
        return ml_batch_norm_record(&l->batch_norm, &params, &tape, x);
    if (is(name, "layer norm"))
        return ml_layer_norm_record(&l->layer_norm, &params, &tape, dense(&l->first, x));
    if (starts_with(name, "attention"))
        return ml_attention_record(&l->attention, &params, &tape, x);
    if (is(name, "residual"))
        return ml_tape_add(&tape, x, dense(&l->last, ml_tape_relu(&tape, dense(&l->first, x))));
    if (is(name, "gelu"))
        return dense(&l->last, ml_tape_gelu(&tape, dense(&l->first, x)));
    if (is_optimiser_case(name))
        return dense(&l->last, ml_tape_tanh(&tape, dense(&l->first, x)));
    return dense(&l->first, x);
}

/* Row i of [n, 3, d] or [n, 2, d]: anchor, positive, negative, or user and item. */
static int32_t part(int32_t y, size_t which) {
    const ml_tensor shape = tape.node[y].value;
    return ml_tape_reshape(&tape, ml_tape_slice(&tape, y, 1, which, which + 1), ML_SHAPE(shape.size[0], shape.size[2]));
}

static int32_t record_loss(const char *name, int32_t y, int32_t target, const uint8_t *label, const float *floats) {
    if (is(name, "mae"))
        return ml_tape_mae(&tape, y, target);
    if (is(name, "huber"))
        return ml_tape_huber(&tape, y, target, 0.5f);
    if (is(name, "pinball"))
        return ml_tape_pinball(&tape, y, target, 0.8f);
    if (is(name, "binary cross-entropy"))
        return ml_tape_binary_cross_entropy(&tape, y, target);
    if (is(name, "cross-entropy"))
        return ml_tape_cross_entropy(&tape, y, label);
    if (is(name, "cross-entropy, smooth"))
        return ml_tape_cross_entropy_smooth(&tape, y, label, 0.1f);
    if (is(name, "focal"))
        return ml_tape_focal(&tape, y, target, 2);
    if (is(name, "hinge"))
        return ml_tape_hinge(&tape, y, target);
    if (is(name, "kl"))
        return ml_tape_kl(&tape, ml_tape_log_softmax(&tape, y), target);
    if (is(name, "triplet"))
        return ml_tape_triplet(&tape, part(y, 0), part(y, 1), part(y, 2), 0.7f);
    if (is(name, "sampled softmax"))
        return ml_tape_sampled_softmax(&tape, part(y, 0), part(y, 1), floats);
    return ml_tape_mse(&tape, y, target);
}

/* The shape of the input, where it is no matrix of as many columns as the first layer has inputs. */
static ml_tensor shape_input(const char *name, const layers *l, const golden_array *x, float *data) {
    if (is(name, "conv2d"))
        return ml_tensor_over(data, ML_SHAPE(2, 5, 6, 2));
    if (is(name, "conv2d, max pool"))
        return ml_tensor_over(data, ML_SHAPE(4, 6, 7, 1));
    if (is(name, "conv2d, average pool"))
        return ml_tensor_over(data, ML_SHAPE(2, 5, 5, 2));
    if (is(name, "batch norm of images"))
        return ml_tensor_over(data, ML_SHAPE(2, 3, 2, 3));
    if (is(name, "attention of one sequence"))
        return ml_tensor_over(data, ML_SHAPE(3, 4));
    if (starts_with(name, "attention"))
        return ml_tensor_over(data, ML_SHAPE(2, 5, 8));
    if (is(name, "dense over three dimensions"))
        return ml_tensor_over(data, ML_SHAPE(2, 3, 4));
    if (is(name, "triplet") || is(name, "sampled softmax"))
        return ml_tensor_over(data, ML_SHAPE(6, x->n / 24, 4));
    return is(name, "embedding") ? ml_tensor_over(data, ML_SHAPE(6))
                                 : ml_tensor_over(data, ML_SHAPE(x->n / l->first.inputs, l->first.inputs));
}

/* --- Comparing ---------------------------------------------------------------------------------------------------- */

/* Each float within 1e-5 of the largest of the array. */
static void assert_array(const char *name, const char *what, const golden_array *expected, const float *got) {
    double most = 1e-3;
    for (size_t i = 0; i < expected->n; i++)
        most = fmax(most, fabs(expected->at[i]));
    for (size_t i = 0; i < expected->n; i++)
        if (!(fabs((double)got[i] - expected->at[i]) <= 1e-5 * most))
            fail_msg("%s: %s[%zu] is %.9g, expected %.9g", name, what, i, (double)got[i], expected->at[i]);
}

static float *floats_of(const golden_array *of) {
    float *out = ML_ALLOC(&arena, of->n, float);
    assert_non_null(out);
    for (size_t i = 0; i < of->n; i++)
        out[i] = (float)of->at[i];
    return out;
}

static ml_fit_settings settings_of(const golden_net *golden) {
    ml_fit_settings settings = golden->settings;
    const ml_optimiser_settings given = settings.optimiser;
    settings.optimiser = ml_optimiser_defaults(given.kind);
#define TAKE(field)                                                                                                    \
    if (given.field > 0)                                                                                               \
    settings.optimiser.field = given.field
    TAKE(momentum);
    TAKE(beta1);
    TAKE(beta2);
    TAKE(alpha);
    TAKE(epsilon);
    TAKE(weight_decay);
    return settings;
}

/* Ten steps of one batch. `end` [n_values] out. */
static void follow(const golden_net *golden, bool by_plan, float *end) {
    uint8_t label[6] = {0};
    uint32_t index[6] = {0};
    ml_fit fit;
    ml_plan plan;
    setup(NULL);
    const layers l = add_layers(golden->name);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    assert_int_equal(params.n_values, golden->start.n);
    assert_int_equal(params.n_buffers, golden->buffer.n);
    ml_params_initialise(&params, 1);
    memcpy(params.value, floats_of(&golden->start), golden->start.n * sizeof(float));
    for (size_t i = 0; i < 6; i++) {
        label[i] = golden->target.n > i && golden->target.at[i] > 0 ? (uint8_t)golden->target.at[i] : 0;
        index[i] = golden->x.n > i && golden->x.at[i] > 0 ? (uint32_t)golden->x.at[i] : 0;
    }
    const ml_tensor input = shape_input(golden->name, &l, &golden->x, floats_of(&golden->x));
    const int32_t x = ml_tape_constant(&tape, "x", input);
    float *const target_floats = floats_of(&golden->target);
    const int32_t y = record_layers(golden->name, &l, x, index);
    if (tape.status != ML_OK)
        fail_msg("%s: %s", golden->name, tape.error.message);
    const ml_tensor *out = &tape.node[y].value;
    const int32_t target =
        golden->target.n == golden->output.n
            ? ml_tape_constant(&tape, "target", ml_tensor_over(target_floats, out->dimensions, out->size))
            : ML_NO_NODE;
    const int32_t loss = record_loss(golden->name, y, target, label, target_floats);
    assert_int_equal(ml_tensor_count(out), golden->output.n);
    assert_array(golden->name, "output", &golden->output, out->data);
    for (size_t i = 0; i < params.n_buffers; i++) /* recording has moved the running averages */
        params.buffer[i] = i < params.n_buffers / 2 ? 0.0f : 1.0f;
    if (ml_fit_create(&fit, &params, &tape, loss, 1, 1, 1, &arena, &error) != ML_OK)
        fail_msg("%s: %s", golden->name, error.message);
    if (by_plan) {
        assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, &error), ML_OK);
        fit.plan = &plan;
    } else {
        assert_int_equal(ml_tape_backward(&tape, loss, &error), ML_OK);
        assert_array(golden->name, "gradient", &golden->gradient, params.gradient);
    }
    const ml_fit_settings settings = settings_of(golden);
    float losses[GOLDEN_NET_STEPS];
    for (int i = 0; i < GOLDEN_NET_STEPS; i++) {
        int64_t budget = 1;
        bool epoch_done;
        if (ml_fit_run(&fit, &settings, &budget, &epoch_done, &error) != ML_OK)
            fail_msg("%s: %s", golden->name, error.message);
        losses[i] = (float)fit.loss;
    }
    assert_array(golden->name, "loss by step", &golden->losses, losses);
    assert_array(golden->name, "parameter after ten steps", &golden->end, params.value);
    assert_array(golden->name, "running average", &golden->buffer, params.buffer);
    memcpy(end, params.value, params.n_values * sizeof(float));
}

static void test_ten_steps_as_in_pytorch(void **state) {
    (void)state;
    float by_tape[512], by_plan[512];
    for (size_t i = 0; i < COUNT(golden_nets); i++) {
        assert_true(golden_nets[i].start.n <= COUNT(by_tape));
        follow(&golden_nets[i], false, by_tape);
        follow(&golden_nets[i], true, by_plan);
        if (memcmp(by_tape, by_plan, golden_nets[i].start.n * sizeof(float)) != 0)
            fail_msg("%s: the plan gives other bits than the tape", golden_nets[i].name);
    }
}

/* --- Rates -------------------------------------------------------------------------------------------------------- */

static void test_rates_as_in_pytorch(void **state) {
    (void)state;
    for (size_t i = 0; i + 2 < COUNT(golden_rates); i++) {
        const golden_rate *golden = &golden_rates[i];
        assert_int_equal(ml_rate_check(&golden->rate, &error), ML_OK);
        for (size_t step = 0; step < golden->by_step.n; step++) {
            const double got = ml_rate_at(&golden->rate, (int64_t)step), expected = golden->by_step.at[step];
            if (!(fabs(got - expected) <= 1e-8 * expected + 1e-12))
                fail_msg("%s: rate %zu is %.12g, expected %.12g", golden->name, step, got, expected);
        }
    }
}

static void test_plateau_as_in_pytorch(void **state) {
    (void)state;
    const golden_rate *golden = &golden_rates[COUNT(golden_rates) - 2], *seen = golden + 1;
    ml_plateau plateau = {.factor = 0.2, .patience = 2, .threshold = 1e-4, .lowest = 0.001 / 0.3};
    assert_int_equal(ml_plateau_start(&plateau, &error), ML_OK);
    for (size_t i = 0; i < golden->by_step.n; i++) {
        assert_true(fabs(0.3 * plateau.scale - golden->by_step.at[i]) <= 1e-8);
        ml_plateau_observe(&plateau, seen->by_step.at[i]);
    }
    assert_true(plateau.scale < 0.01);
}

/* --- Mistakes ----------------------------------------------------------------------------------------------------- */

static int32_t constant(int32_t dimensions, const size_t *size) {
    ml_tensor t;
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    return ml_tape_constant(&tape, "x", t);
}

static void expect_tape_says(ml_status status, const char *sentence) {
    assert_int_equal(tape.status, status);
    assert_string_equal(tape.error.message, sentence);
    ml_tape_init(&tape, 60, &arena, NULL);
}

static void test_layers_tell_what_does_not_fit(void **state) {
    (void)state;
    const ml_dense d = ml_dense_add(&params, "dense", 4, 3, true);
    const ml_attention a = ml_attention_add(&params, "attention", 8, 2, true);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    dense(&d, constant(ML_SHAPE(2, 5)));
    expect_tape_says(ML_ESHAPE, "matmul: left is 2×5, right is 4×3; inner sizes 5 and 4 differ");
    dense(&d, constant(ML_SHAPE(2, 2, 5)));
    expect_tape_says(ML_ESHAPE, "matmul: left is 4×5, right is 4×3; inner sizes 5 and 4 differ");
    ml_attention_record(&a, &params, &tape, constant(ML_SHAPE(8)));
    expect_tape_says(ML_ESHAPE, "attention: the input must be [n, positions, width] or [positions, width]");
    ml_attention_of(&tape, constant(ML_SHAPE(8)), 0, 0, ML_NO_NODE);
    expect_tape_says(ML_ESHAPE, "attention: query, key and value need two dimensions at least, [positions, width]");
    ml_flatten_record(&tape, ML_NO_NODE);
    expect_tape_says(ML_ESHAPE, "flatten: there is no row to make flat");
    /* After the first mistake nothing happens, and its sentence stays. */
    dense(&d, constant(ML_SHAPE(2, 5)));
    assert_int_equal(ml_attention_record(&a, &params, &tape, ml_flatten_record(&tape, 0)), ML_NO_NODE);
    assert_int_equal(ml_causal_mask(&tape, 3), ML_NO_NODE);
    expect_tape_says(ML_ESHAPE, "matmul: left is 2×5, right is 4×3; inner sizes 5 and 4 differ");
}

static void test_heads_must_share_the_width(void **state) {
    (void)state;
    ml_attention_add(&params, "attention", 8, 3, false);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_ESHAPE);
    assert_string_equal(error.message, "attention: 3 heads do not share a width of 8 evenly; let heads divide width");
    setup(NULL);
    ml_attention_add(&params, "attention", 8, 0, false);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_ESHAPE);
}

static void test_a_causal_position_does_not_see_later_ones(void **state) {
    (void)state;
    const ml_attention a = ml_attention_add(&params, "attention", 4, 2, true);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    ml_params_initialise(&params, 3);
    const int32_t x = constant(ML_SHAPE(5, 4));
    float *data = tape.node[x].value.data, before[12];
    ml_rng rng = ml_rng_seed(1, 1);
    for (size_t i = 0; i < 20; i++)
        data[i] = (float)ml_rng_normal(&rng);
    const int32_t y = ml_attention_record(&a, &params, &tape, x);
    assert_int_equal(ml_tape_forward(&tape, &error), ML_OK);
    memcpy(before, tape.node[y].value.data, sizeof before);
    for (size_t i = 12; i < 20; i++)
        data[i] += 100.0f;
    assert_int_equal(ml_tape_forward(&tape, &error), ML_OK);
    assert_memory_equal(before, tape.node[y].value.data, sizeof before);
    data[0] += 1.0f;
    assert_int_equal(ml_tape_forward(&tape, &error), ML_OK);
    assert_memory_not_equal(before + 8, tape.node[y].value.data + 8, 4 * sizeof(float));
}

/* The order in which a compiler evaluates arguments must not show. */
static void test_attention_is_recorded_in_the_same_order_by_every_compiler(void **state) {
    (void)state;
    const ml_attention a = ml_attention_add(&params, "attention", 4, 2, false);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    ml_attention_record(&a, &params, &tape, constant(ML_SHAPE(5, 4)));
    static const ml_operation of_one[] = {ML_OP_LEAF, ML_OP_MATMUL,  ML_OP_LEAF,
                                          ML_OP_ADD,  ML_OP_RESHAPE, ML_OP_PERMUTE};
    static const char *const weights[] = {"attention.query.weight", "attention.key.weight", "attention.value.weight"};
    for (int32_t i = 0; i < 18; i++)
        assert_int_equal(tape.node[1 + i].operation, of_one[i % 6]);
    for (int32_t i = 0; i < 3; i++)
        assert_string_equal(tape.node[1 + 6 * i].name, weights[i]);
}

static void test_shared_weights_get_both_gradients(void **state) {
    (void)state;
    const ml_dense d = ml_dense_add(&params, "dense", 2, 2, false);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    ml_params_initialise(&params, 3);
    const int32_t x = constant(ML_SHAPE(1, 2));
    tape.node[x].value.data[0] = 1;
    const int32_t loss = ml_tape_sum(&tape, dense(&d, dense(&d, x)));
    double worst = 1;
    assert_int_equal(tape.n_nodes, 5);
    assert_int_equal(ml_tape_check_gradient(&tape, loss, 1, 1e-2f, &worst, &error), ML_OK);
    assert_true(worst < 1e-4);
}

/* --- Gradients of whole layers over random shapes ------------------------------------------------------------------
 */

static size_t between(ml_rng *rng, size_t least, size_t most) {
    return least + (size_t)ml_rng_below(rng, most - least + 1);
}

static int32_t random_constant(ml_rng *rng, int32_t dimensions, const size_t *size) {
    const int32_t node = constant(dimensions, size);
    const ml_tensor *t = &tape.node[node].value;
    for (size_t i = 0; i < ml_tensor_count(t); i++)
        t->data[i] = (float)ml_rng_normal(rng);
    return node;
}

enum { DENSE, DENSE_OF_THREE, CONV2D, EMBEDDING, BATCH_NORM, LAYER_NORM, ATTENTION, SINGLE_HEAD, LAYERS };

static const char *const layer_names[LAYERS] = {"dense",      "dense of three", "conv2d",    "embedding",
                                                "batch norm", "layer norm",     "attention", "single head"};

/* Registers and records one layer of random sizes; the input is a random constant, seen through a random dense layer so
 * that the gradient with respect to the input is checked too. */
static int32_t random_layer(int kind, ml_rng *rng, uint32_t *index) {
    const size_t n = between(rng, 2, 4), d = between(rng, 1, 5), out = between(rng, 1, 6), t = between(rng, 1, 4);
    const size_t heads = kind == ATTENTION ? between(rng, 2, 3) : 1, size = between(rng, 1, 3);
    const size_t width = heads * between(rng, 1, 3), most = between(rng, 4, 6);
    const bool images = kind == CONV2D, sequences = kind == ATTENTION || kind == SINGLE_HEAD;
    const size_t columns = sequences ? width : d, positions = kind == DENSE_OF_THREE || sequences ? t : 1;
    const ml_dense before = ml_dense_add(&params, "before", 3, columns, true);
    const ml_dense dense_layer = ml_dense_add(&params, "dense", columns, out, ml_rng_below(rng, 2) > 0);
    const ml_conv2d conv = ml_conv2d_add(&params, "conv", d, out, size, between(rng, 1, 2), between(rng, 0, 2), true);
    const ml_embedding embedding = ml_embedding_add(&params, "embedding", 4, out);
    const ml_batch_norm batch_norm = ml_batch_norm_add(&params, "batch_norm", d);
    const ml_layer_norm layer_norm = ml_layer_norm_add(&params, "layer_norm", d);
    const ml_attention attention = ml_attention_add(&params, "attention", width, heads, ml_rng_below(rng, 2) > 0);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    ml_params_initialise(&params, ml_rng_next(rng));
    for (size_t i = 0; i < 6; i++)
        index[i] = (uint32_t)ml_rng_below(rng, 4);
    const int32_t given =
        images ? random_constant(rng, ML_SHAPE(n, most, most + 1, 3)) : random_constant(rng, ML_SHAPE(n, positions, 3));
    int32_t x = dense(&before, given);
    if (positions == 1 && !images)
        x = ml_flatten_record(&tape, x);
    switch (kind) {
    case CONV2D:
        return ml_conv2d_record(&conv, &params, &tape, x);
    case EMBEDDING:
        return ml_embedding_record(&embedding, &params, &tape, index, 6);
    case BATCH_NORM:
        return ml_batch_norm_record(&batch_norm, &params, &tape, x);
    case LAYER_NORM:
        return ml_layer_norm_record(&layer_norm, &params, &tape, x);
    case ATTENTION:
    case SINGLE_HEAD:
        return ml_attention_record(&attention, &params, &tape, x);
    default:
        return dense(&dense_layer, x);
    }
}

static void test_gradients_of_layers_over_random_shapes(void **state) {
    (void)state;
    for (int trial = 0; trial < 10 * LAYERS; trial++) {
        const int kind = trial % LAYERS;
        ml_rng rng = ml_rng_seed((uint64_t)trial, 5);
        uint32_t index[6];
        setup(NULL);
        const int32_t y = random_layer(kind, &rng, index);
        if (tape.status != ML_OK)
            fail_msg("%s: %s", layer_names[kind], tape.error.message);
        const ml_tensor shape = tape.node[y].value;
        const int32_t target = random_constant(&rng, shape.dimensions, shape.size);
        const int32_t loss = ml_tape_mse(&tape, y, target);
        int32_t leaves = 0;
        for (int32_t leaf = 0; leaf < tape.n_nodes; leaf++) {
            double worst = INFINITY;
            if (tape.node[leaf].operation != ML_OP_LEAF)
                continue;
            leaves++;
            if (ml_tape_check_gradient(&tape, loss, leaf, 5e-3f, &worst, &error) != ML_OK)
                fail_msg("%s: %s", layer_names[kind], error.message);
            if (!(worst < 1e-3))
                fail_msg("trial %d, %s: the gradient of %s is off by %g", trial, layer_names[kind],
                         tape.node[leaf].name, worst);
        }
        assert_true(leaves >= 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_steps_as_in_pytorch),
        cmocka_unit_test(test_rates_as_in_pytorch),
        cmocka_unit_test(test_plateau_as_in_pytorch),
        cmocka_unit_test_setup(test_layers_tell_what_does_not_fit, setup),
        cmocka_unit_test_setup(test_heads_must_share_the_width, setup),
        cmocka_unit_test_setup(test_a_causal_position_does_not_see_later_ones, setup),
        cmocka_unit_test(test_gradients_of_layers_over_random_shapes),
        cmocka_unit_test_setup(test_attention_is_recorded_in_the_same_order_by_every_compiler, setup),
        cmocka_unit_test_setup(test_shared_weights_get_both_gradients, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
