/* The library's side of the race: the steps that `make bench-peers` times, behind a few plain functions. It is built as
 * WebAssembly for the browser, and as a shared library for tests/bench/pytorch.py; the host reads the clock.
 *
 * What is trained on is made here too, from a seed, and handed to every contender: the same batch, the same initial
 * weights. Each network trains on one batch again and again; loading data is nobody's race. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "autograd/plan.h"
#include "base/math.h"
#include "base/rng.h"
#include "kernels/kernels.h"
#include "nn/optimiser.h"
#include "../limit.h"
#include "export.h"

enum { ARENA_BYTES = 64 << 20, MAX_TENSORS = 10, MAX_NODES = 40, MAX_WEIGHTS = 1 << 17, MAX_ROWS = 10000 };

static struct {
    ml_status (*step)(void);
    ml_rng rng;
    ml_tensor tensor[MAX_TENSORS]; /* input, target, then the weights in order; of the matrix product: a, b, c */
    int32_t n_tensors;
    ml_tape tape;
    ml_plan plan;
    float *param, *gradient, *initial; /* [n_params]: all weights side by side; initial: as they were drawn */
    size_t n_params;
    ml_optimiser adam;
    uint8_t *label;
    float rate;
} run;

static void *memory;
static ml_arena arena;
static ml_error error;

/* --- Making a workload -------------------------------------------------------------------------------------------- */

static ml_status begin(ml_status (*step)(void), float rate) {
    if (memory == NULL)
        memory = malloc(ARENA_BYTES);
    if (memory == NULL)
        return ml_fail(&error, ML_ENOMEM, "there are no %d bytes for the bench", (int)ARENA_BYTES);
    arena = ml_arena_over(memory, ARENA_BYTES);
    memset(&run, 0, sizeof run);
    run.step = step;
    run.rate = rate;
    run.rng = ml_rng_seed(2024, 1);
    run.param = ML_ALLOC(&arena, MAX_WEIGHTS, float);
    run.gradient = ML_ALLOC(&arena, MAX_WEIGHTS, float);
    run.initial = ML_ALLOC(&arena, MAX_WEIGHTS, float);
    run.label = ML_ALLOC(&arena, MAX_ROWS, uint8_t);
    return ml_tape_init(&run.tape, MAX_NODES, &arena, &error);
}

/* The workload's next tensor, zero; its data is NULL when the arena is full. */
static ml_tensor new_tensor(int32_t dimensions, const size_t *size) {
    ml_tensor *tensor = &run.tensor[run.n_tensors++];
    if (ml_tensor_create(&arena, dimensions, size, tensor, &error) != ML_OK)
        *tensor = (ml_tensor){0};
    return *tensor;
}

static ml_tensor new_uniform(int32_t dimensions, const size_t *size, double low, double high) {
    const ml_tensor tensor = new_tensor(dimensions, size);
    for (size_t i = 0; tensor.data != NULL && i < ml_tensor_count(&tensor); i++)
        tensor.data[i] = (float)(low + (high - low) * ml_rng_uniform(&run.rng));
    return tensor;
}

/* A leaf whose values are normal with the given deviation, in the next places of run.param. */
static int32_t new_weight(int32_t dimensions, const size_t *size, double deviation) {
    const ml_tensor tensor = ml_tensor_over(run.param + run.n_params, dimensions, size);
    const size_t n = ml_tensor_count(&tensor);
    for (size_t i = 0; i < n; i++)
        tensor.data[i] = (float)(deviation * ml_rng_normal(&run.rng));
    const ml_tensor gradient = ml_tensor_over(run.gradient + run.n_params, dimensions, size);
    run.n_params += n;
    run.tensor[run.n_tensors++] = tensor;
    return ml_tape_leaf_over(&run.tape, "weight", tensor, gradient);
}

static int32_t dense(int32_t x, size_t inputs, size_t outputs) {
    const int32_t w = new_weight(ML_SHAPE(inputs, outputs), sqrt(2.0 / (double)(inputs + outputs)));
    const int32_t b = new_weight(ML_SHAPE(outputs), 0.1);
    return ml_tape_add(&run.tape, ml_tape_matmul(&run.tape, x, w), b);
}

/* 3 x 3 without padding, relu, the largest of each 2 x 2. */
static int32_t convolution(int32_t x, size_t channels, size_t filters) {
    const int32_t w = new_weight(ML_SHAPE(3, 3, channels, filters), sqrt(2.0 / (9.0 * (double)channels)));
    const int32_t b = new_weight(ML_SHAPE(filters), 0.1);
    return ml_tape_max_pool(&run.tape, ml_tape_relu(&run.tape, ml_tape_conv2d(&run.tape, x, w, b, 1, 0)), 2, 2);
}

static int32_t new_input(ml_tensor tensor) {
    return ml_tape_constant(&run.tape, "x", tensor);
}

/* Random classes, as labels and as the one-hot target that other libraries want. */
static void new_classes(size_t rows, size_t classes) {
    const ml_tensor target = new_tensor(ML_SHAPE(rows, classes));
    for (size_t i = 0; target.data != NULL && i < rows; i++) {
        run.label[i] = (uint8_t)ml_rng_below(&run.rng, classes);
        target.data[i * classes + run.label[i]] = 1.0f;
    }
}

static ml_status finish(int32_t loss) {
    memcpy(run.initial, run.param, run.n_params * sizeof(float));
    ML_TRY(ml_optimiser_init(&run.adam, ML_OPT_ADAM, run.n_params, &arena, &error));
    return ml_plan_compile(&run.plan, &run.tape, loss, &arena, &error);
}

/* --- Steps -------------------------------------------------------------------------------------------------------- */

static ml_status sgd_step(void) {
    return ml_plan_step(&run.plan, run.rate, &error);
}

static ml_status adam_step(void) {
    ML_TRY(ml_plan_forward(&run.plan, &error));
    ML_TRY(ml_plan_backward(&run.plan, &error));
    ml_optimiser_step(&run.adam, run.rate, run.gradient, run.param);
    return ML_OK;
}

static ml_status matmul_step(void) {
    const ml_tensor *a = run.tensor, *b = run.tensor + 1, *c = run.tensor + 2;
    const size_t n = a->size[0];
    ml_kernel_gemm_nn(n, n, n, a->data, n, b->data, n, 0.0f, c->data, n);
    return ML_OK;
}

/* --- Workloads. Each returns a status. ---------------------------------------------------------------------------- */

/* C = A B, all n x n. */
ml_status EXPORT(open_matmul)(int32_t n) {
    const size_t size = (size_t)n;
    ML_TRY(begin(matmul_step, 0.0f));
    new_uniform(ML_SHAPE(size, size), -1, 1);
    new_uniform(ML_SHAPE(size, size), -1, 1);
    return new_tensor(ML_SHAPE(size, size)).data == NULL ? ML_ENOMEM : ML_OK;
}

/* TensorFlow Playground's size: 2-8-8-1, tanh in every layer, targets -1 and 1, mean squared error, batch 10. */
ml_status EXPORT(open_small)(void) {
    enum { ROWS = 10 };
    ML_TRY(begin(sgd_step, 0.05f));
    const int32_t x = new_input(new_uniform(ML_SHAPE(ROWS, 2), -1, 1));
    const ml_tensor target = new_tensor(ML_SHAPE(ROWS, 1));
    for (size_t i = 0; target.data != NULL && i < ROWS; i++)
        target.data[i] = run.tensor[0].data[2 * i] * run.tensor[0].data[2 * i + 1] > 0 ? 1.0f : -1.0f;
    const int32_t y = ml_tape_constant(&run.tape, "target", target);
    const int32_t first = ml_tape_tanh(&run.tape, dense(x, 2, 8));
    const int32_t second = ml_tape_tanh(&run.tape, dense(first, 8, 8));
    return finish(ml_tape_mse(&run.tape, ml_tape_tanh(&run.tape, dense(second, 8, 1)), y));
}

/* 784-128-10, relu, softmax cross-entropy, batch 64: the usual first network for handwritten digits. */
static ml_status open_mlp(ml_status (*step)(void), float rate) {
    enum { ROWS = 64 };
    ML_TRY(begin(step, rate));
    const int32_t x = new_input(new_uniform(ML_SHAPE(ROWS, 784), 0, 1));
    new_classes(ROWS, 10);
    const int32_t hidden = ml_tape_relu(&run.tape, dense(x, 784, 128));
    return finish(ml_tape_cross_entropy(&run.tape, dense(hidden, 128, 10), run.label));
}

ml_status EXPORT(open_mlp_sgd)(void) {
    return open_mlp(sgd_step, 0.05f);
}

ml_status EXPORT(open_mlp_adam)(void) {
    return open_mlp(adam_step, 0.001f);
}

/* 28 x 28 pixels, 8 filters, 16 filters, 10 classes, batch 32. */
ml_status EXPORT(open_cnn)(void) {
    enum { ROWS = 32 };
    ML_TRY(begin(sgd_step, 0.05f));
    const int32_t x = new_input(new_uniform(ML_SHAPE(ROWS, 28, 28, 1), 0, 1));
    new_classes(ROWS, 10);
    const int32_t pooled = convolution(convolution(x, 1, 8), 8, 16);
    const int32_t flat = ml_tape_reshape(&run.tape, pooled, ML_SHAPE(ROWS, 400));
    return finish(ml_tape_cross_entropy(&run.tape, dense(flat, 400, 10), run.label));
}

/* Logistic regression by full-batch gradient descent: 10,000 rows of 20. */
ml_status EXPORT(open_logistic)(void) {
    enum { ROWS = 10000, D = 20 };
    ML_TRY(begin(sgd_step, 0.5f));
    const ml_tensor x = new_uniform(ML_SHAPE(ROWS, D), -1, 1), target = new_tensor(ML_SHAPE(ROWS, 1));
    for (size_t i = 0; target.data != NULL && i < ROWS; i++)
        target.data[i] = (double)ml_kernel_sum(D, x.data + i * D) + 0.5 * ml_rng_normal(&run.rng) > 0 ? 1.0f : 0.0f;
    const int32_t y = ml_tape_constant(&run.tape, "target", target);
    return finish(ml_tape_binary_cross_entropy(&run.tape, dense(new_input(x), D, 1), y));
}

/* --- What the host calls ------------------------------------------------------------------------------------------ */

/* Back to the initial weights. */
void EXPORT(reset)(void) {
    memcpy(run.param, run.initial, run.n_params * sizeof(float));
    ml_optimiser_reset(&run.adam, ML_OPT_ADAM);
}

ml_status EXPORT(steps)(int32_t n) {
    for (int32_t i = 0; i < n; i++)
        ML_TRY(run.step());
    return ML_OK;
}

/* The loss at the present weights; NaN if it cannot be computed. */
double EXPORT(loss)(void) {
    return ml_plan_forward(&run.plan, &error) == ML_OK ? (double)run.plan.output[0] : (double)NAN;
}

const char *EXPORT(last_error)(void) {
    return error.message;
}

double EXPORT(learning_rate)(void) {
    return (double)run.rate;
}

int32_t EXPORT(tensor_count)(void) {
    return run.n_tensors;
}

float *EXPORT(tensor_data)(int32_t i) {
    return run.tensor[i].data;
}

int32_t EXPORT(tensor_rank)(int32_t i) {
    return run.tensor[i].dimensions;
}

int32_t EXPORT(tensor_size)(int32_t i, int32_t dimension) {
    return (int32_t)run.tensor[i].size[dimension];
}

/* --- The machine's limit ------------------------------------------------------------------------------------------ */

/* Runs 5, 6 or 7 pairs: 8 * pairs * rounds floating-point operations (limit.h). */
float EXPORT(peak)(int32_t pairs, int32_t rounds, float one) {
    return run_pairs(pairs, rounds, one);
}
