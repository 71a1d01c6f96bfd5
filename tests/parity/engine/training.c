/* Networks of every layer, trained by every optimiser, on the tape and on a plan; and what they are saved and exported
 * as. */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/sort.h"
#include "nn/nn.h"
#include "report.h"

enum { ROWS = 23, BATCH = 5, INPUTS = 24, CLASSES = 3, STEPS = 10, TEXT = 1 << 18 };

static _Alignas(64) unsigned char memory[1 << 21];
static ml_arena arena;
static ml_params params;
static ml_tape tape;
static ml_error error;
static ml_rng drawing;
static ml_fit fit;
static float rows[ROWS * INPUTS];
static uint8_t label[ROWS], batch_label[BATCH];
static uint32_t word[ROWS], batch_word[BATCH];
static int32_t x, scores, loss;

static void make_data(void) {
    ml_rng rng = ml_rng_seed(1, 1);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < INPUTS; j++)
            rows[i * INPUTS + j] = (float)ml_rng_normal(&rng);
        label[i] = (uint8_t)ml_argmax(CLASSES, rows + i * INPUTS);
        word[i] = (uint32_t)ml_rng_below(&rng, 7);
    }
}

/* --- Networks: from the node x [BATCH, INPUTS] to rows of anything ---------------------------------------------------
 * Layers are added, then room is made for them, then they are recorded. */

static void allocate(void) {
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
}

static int32_t dense_record(const ml_dense *layer, int32_t h) {
    return ml_dense_record(layer, &params, &tape, h);
}

static int32_t dropout(void) {
    const ml_dense a = ml_dense_add(&params, "a", INPUTS, 13, true), b = ml_dense_add(&params, "b", 13, CLASSES, false);
    allocate();
    params.param[a.weight].initialiser = ML_XAVIER;
    const int32_t h = ml_tape_tanh(&tape, dense_record(&a, x));
    return dense_record(&b, ml_tape_dropout(&tape, h, 0.3f));
}

static int32_t batch_norm(void) {
    const ml_dense a = ml_dense_add(&params, "a", INPUTS, 9, false), b = ml_dense_add(&params, "b", 9, CLASSES, true);
    const ml_batch_norm norm = ml_batch_norm_add(&params, "norm", 9);
    allocate();
    const int32_t h = ml_batch_norm_record(&norm, &params, &tape, dense_record(&a, x));
    return dense_record(&b, ml_tape_relu(&tape, h));
}

static int32_t layer_norm(void) {
    const ml_dense a = ml_dense_add(&params, "a", INPUTS, 7, true), b = ml_dense_add(&params, "b", 7, 7, true);
    const ml_dense last = ml_dense_add(&params, "last", 7, CLASSES, true);
    const ml_layer_norm norm = ml_layer_norm_add(&params, "norm", 7);
    allocate();
    params.param[b.weight].initialiser = ML_ORTHOGONAL;
    const int32_t h = ml_tape_gelu(&tape, dense_record(&a, x));
    const int32_t around = ml_tape_sigmoid(&tape, dense_record(&b, h));
    return dense_record(&last, ml_layer_norm_record(&norm, &params, &tape, ml_tape_add(&tape, h, around)));
}

static int32_t convolution(void) {
    const ml_conv2d a = ml_conv2d_add(&params, "a", 1, 5, 3, 1, 1, true);
    const ml_conv2d b = ml_conv2d_add(&params, "b", 5, 6, 2, 1, 1, false);
    const ml_dense last = ml_dense_add(&params, "last", 24, CLASSES, true);
    allocate();
    const int32_t image = ml_tape_reshape(&tape, x, ML_SHAPE(BATCH, 6, 4, 1));
    int32_t h = ml_tape_relu(&tape, ml_conv2d_record(&a, &params, &tape, image));
    h = ml_tape_max_pool(&tape, h, 2, 2);
    h = ml_tape_tanh(&tape, ml_conv2d_record(&b, &params, &tape, h));
    h = ml_tape_average_pool(&tape, h, 2, 1);
    return dense_record(&last, ml_tape_reshape(&tape, ml_tape_slice(&tape, h, 1, 0, 2), ML_SHAPE(BATCH, 24)));
}

static int32_t attention(void) {
    const ml_attention a = ml_attention_add(&params, "a", 6, 2, true);
    const ml_dense last = ml_dense_add(&params, "last", INPUTS, CLASSES, true);
    allocate();
    const int32_t sequence = ml_tape_reshape(&tape, x, ML_SHAPE(BATCH, 4, 6));
    const int32_t h = ml_attention_record(&a, &params, &tape, sequence);
    return dense_record(&last, ml_flatten_record(&tape, ml_tape_add(&tape, h, sequence)));
}

static int32_t embedding(void) {
    const ml_embedding words = ml_embedding_add(&params, "words", 7, 5);
    const ml_dense a = ml_dense_add(&params, "a", INPUTS, 5, true), b = ml_dense_add(&params, "b", 10, CLASSES, true);
    allocate();
    const int32_t h = ml_embedding_record(&words, &params, &tape, batch_word, BATCH);
    return dense_record(&b, ml_tape_concatenate(&tape, dense_record(&a, x), h, 1));
}

static const struct {
    const char *name;
    int32_t (*record)(void);
    bool can_export;
} networks[] = {{"dropout", dropout, true},         {"batch norm", batch_norm, true}, {"layer norm", layer_norm, true},
                {"convolution", convolution, true}, {"attention", attention, true},   {"embedding", embedding, false}};
enum { NETWORKS = sizeof networks / sizeof *networks };

static void make_network(int network) {
    ml_tensor batch;
    arena = ml_arena_over(memory, sizeof memory);
    memset(batch_label, 0, sizeof batch_label);
    memset(batch_word, 0, sizeof batch_word);
    assert_int_equal(ml_tensor_create(&arena, ML_SHAPE(BATCH, INPUTS), &batch, &error), ML_OK);
    assert_int_equal(ml_tape_init(&tape, 80, &arena, &error), ML_OK);
    assert_int_equal(ml_params_init(&params, 20, &arena, &error), ML_OK);
    drawing = ml_rng_seed(3, 3);
    tape.rng = &drawing;
    x = ml_tape_constant(&tape, "x", batch);
    scores = networks[network].record();
    loss = ml_tape_cross_entropy(&tape, scores, batch_label);
    if (tape.status != ML_OK)
        fail_msg("%s: %s", networks[network].name, tape.error.message);
    ml_params_initialise(&params, 7);
    assert_int_equal(ml_fit_create(&fit, &params, &tape, loss, ROWS, BATCH, 7, &arena, &error), ML_OK);
    assert_int_equal(ml_fit_feed(&fit, x, rows, &error), ML_OK);
    assert_int_equal(ml_fit_feed_bytes(&fit, label, 1, batch_label, &error), ML_OK);
    assert_int_equal(ml_fit_feed_bytes(&fit, word, sizeof *word, batch_word, &error), ML_OK);
}

/* --- Training ----------------------------------------------------------------------------------------------------- */

static const char *const optimiser_names[] = {
    [ML_OPT_SGD] = "sgd",           [ML_OPT_MOMENTUM] = "momentum", [ML_OPT_RMSPROP] = "rmsprop", [ML_OPT_ADAM] = "adam",
    [ML_OPT_NESTEROV] = "nesterov", [ML_OPT_ADAGRAD] = "adagrad",   [ML_OPT_ADAMW] = "adamw"};

static uint32_t hash_params(uint32_t hash) {
    return hash_floats(hash_floats(hash, params.n_values, params.value), params.n_buffers, params.buffer);
}

/* Losses, rates, parameters and running averages of ten steps, which are more than two epochs. */
static uint32_t train(ml_optimiser_kind kind, bool clipped) {
    ml_plateau plateau = {.factor = 0.5, .patience = 0, .threshold = 0.5};
    ml_fit_settings settings = {.optimiser = ml_optimiser_defaults(kind),
                                .rate = {.kind = ML_RATE_COSINE, .peak = 0.02, .length = 20, .warm_up = 3},
                                .plateau = &plateau,
                                .clip_norm = clipped ? 0.5 : 0,
                                .clip_value = clipped ? 0.1 : 0};
    uint32_t hash = HASH_START;
    settings.optimiser.weight_decay = clipped ? 0.01 : 0;
    assert_int_equal(ml_plateau_start(&plateau, &error), ML_OK);
    while (fit.step < STEPS) {
        int64_t budget = 1;
        bool epoch_done;
        if (ml_fit_run(&fit, &settings, &budget, &epoch_done, &error) != ML_OK)
            fail_msg("%s: %s", optimiser_names[kind], error.message);
        if (epoch_done)
            ml_plateau_observe(&plateau, fit.epoch_loss);
        const double told[] = {fit.loss, fit.rate, fit.epoch_loss, fit.gradient_norm};
        hash = hash_doubles(hash, 4, told);
    }
    return hash_params(hash);
}

static void report_run(int network, ml_optimiser_kind kind, bool clipped) {
    printf("%s by %s%s:", networks[network].name, optimiser_names[kind], clipped ? ", clipped, with decay" : "");
    for (int by_plan = 0; by_plan < 2; by_plan++) {
        ml_plan plan;
        make_network(network);
        assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, &error), ML_OK);
        fit.plan = by_plan ? &plan : NULL;
        printf(" %08x", (unsigned)train(kind, clipped));
    }
    printf("\n");
}

/* --- Saving: what is in `params` now ------------------------------------------------------------------------------- */

static void forget_params(void) {
    memset(params.value, 0, params.n_values * sizeof(float));
    if (params.n_buffers > 0)
        memset(params.buffer, 0, params.n_buffers * sizeof(float));
}

static void report_files(const char *name) {
    static uint8_t binary[TEXT], safetensors[TEXT];
    static char json[TEXT];
    size_t n_binary, n_safetensors, n_json;
    assert_int_equal(ml_save(&params, TEXT, binary, &n_binary, &error), ML_OK);
    assert_int_equal(ml_safetensors_write(&params, TEXT, safetensors, &n_safetensors, &error), ML_OK);
    assert_int_equal(ml_export_json(&params, TEXT, json, &n_json, &error), ML_OK);
    printf("%s saved: %u bytes %08x\n", name, (unsigned)n_binary, (unsigned)hash_bytes(HASH_START, n_binary, binary));
    printf("%s as safetensors: %u bytes %08x\n", name, (unsigned)n_safetensors,
           (unsigned)hash_bytes(HASH_START, n_safetensors, safetensors));
    printf("%s as JSON: %u bytes %08x\n", name, (unsigned)n_json, (unsigned)hash_bytes(HASH_START, n_json, json));
    printf("%s there and back: %08x", name, (unsigned)hash_params(HASH_START));
    forget_params();
    assert_int_equal(ml_load(&params, n_binary, binary, &error), ML_OK);
    printf(" %08x", (unsigned)hash_params(HASH_START));
    forget_params();
    assert_int_equal(ml_safetensors_read(&params, n_safetensors, safetensors, &arena, &error), ML_OK);
    printf(" %08x\n", (unsigned)hash_params(HASH_START));
}

static void report_header(int network) {
    static char text[TEXT];
    size_t length;
    tape.training = false;
    assert_int_equal(ml_tape_forward(&tape, &error), ML_OK);
    printf("%s evaluated: %08x\n", networks[network].name,
           (unsigned)hash_floats(HASH_START, BATCH * CLASSES, tape.node[scores].value.data));
    if (!networks[network].can_export)
        return;
    if (ml_export_c(&tape, x, scores, "net", TEXT, text, &length, &arena, &error) != ML_OK)
        fail_msg("%s: %s", networks[network].name, error.message);
    printf("%s in C: %u bytes %08x\n", networks[network].name, (unsigned)length,
           (unsigned)hash_bytes(HASH_START, length, text));
}

/* --- Starting values and rates ------------------------------------------------------------------------------------ */

static void report_initialisers(void) {
    float values[5 * 11];
    const ml_tensor wide = ml_tensor_over(values, ML_SHAPE(5, 11)), tall = ml_tensor_over(values, ML_SHAPE(11, 5));
    for (int kind = ML_INITIALISE_CONSTANT; kind <= ML_INITIALISE_ORTHOGONAL; kind++) {
        const ml_initialiser how = {(ml_initialiser_kind)kind, 1.25f};
        ml_rng rng = ml_rng_seed(4, 4);
        ml_initialise(how, &wide, &rng);
        const uint32_t hash = hash_floats(HASH_START, 55, values);
        ml_initialise(how, &tall, &rng);
        printf("initialiser %d: %08x\n", kind, (unsigned)hash_floats(hash, 55, values));
    }
}

static void report_rates(void) {
    for (int kind = ML_RATE_CONSTANT; kind <= ML_RATE_COSINE; kind++) {
        const ml_rate rate = {.kind = (ml_rate_kind)kind, .peak = 0.3, .lowest = 0.001, .warm_up = 7, .length = 41,
                              .every = 6, .factor = 0.7};
        uint32_t hash = HASH_START;
        for (int64_t step = 0; step < 60; step++) {
            const double now = ml_rate_at(&rate, step);
            hash = hash_doubles(hash, 1, &now);
        }
        printf("rate %d: %08x\n", kind, (unsigned)hash);
    }
}

void report_training(void) {
    make_data();
    report_initialisers();
    report_rates();
    for (int network = 0; network < NETWORKS; network++) {
        for (int kind = ML_OPT_SGD; kind <= ML_OPT_ADAMW; kind++) {
            report_run(network, (ml_optimiser_kind)kind, false);
            report_run(network, (ml_optimiser_kind)kind, true);
        }
        report_files(networks[network].name);
        report_header(network);
    }
}
