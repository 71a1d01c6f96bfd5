/* How many training steps a second the tape does, and the plan compiled from it, for small networks. Prints a table;
 * tests nothing. Runs natively, and as WebAssembly in Chromium (command.mjs).
 *
 * Both train the same network from the same start on the same batch, in turns, in many short rounds: the rate is that
 * of the best tenth of the rounds, the ratio the median over pairs of neighbours, so that other work on the machine
 * matters little. That they agree is seen in their losses, and tested elsewhere to the bit. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "autograd/plan.h"
#include "base/rng.h"
#include "kernels/kernels.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* --- Networks ----------------------------------------------------------------------------------------------------- */

enum { MOST_WEIGHTS = 784 * 128 + 128 + 128 * 10 + 10, MOST_ROWS = 64, NODES = 40 };

enum { MEMORY = 1 << 24 };
static void *memory;
static float weights[MOST_WEIGHTS], gradients[MOST_WEIGHTS], first_moment[MOST_WEIGHTS], second_moment[MOST_WEIGHTS];
static uint8_t labels[MOST_ROWS];

typedef struct network {
    ml_arena arena;
    ml_tape tape;
    ml_plan plan;
    ml_rng rng;
    size_t n_weights;
    int32_t loss;
} network;

static int32_t input(network *net, int32_t dimensions, const size_t *size) {
    ml_tensor x = {0};
    if (ml_tensor_create(&net->arena, dimensions, size, &x, NULL) != ML_OK)
        exit(1);
    for (size_t i = 0; i < ml_tensor_count(&x); i++)
        x.data[i] = (float)ml_rng_normal(&net->rng);
    return ml_tape_constant(&net->tape, "x", x);
}

/* A leaf in the vector of all weights. Initialised after He et al. 2015; biases are 0. */
static int32_t parameter(network *net, size_t fan_in, int32_t dimensions, const size_t *size) {
    const ml_tensor value = ml_tensor_over(weights + net->n_weights, dimensions, size),
                    gradient = ml_tensor_over(gradients + net->n_weights, dimensions, size);
    for (size_t i = 0; i < ml_tensor_count(&value); i++)
        value.data[i] = fan_in == 0 ? 0.0f : sqrtf(2.0f / (float)fan_in) * (float)ml_rng_normal(&net->rng);
    net->n_weights += ml_tensor_count(&value);
    return ml_tape_leaf_over(&net->tape, "w", value, gradient);
}

static int32_t dense(network *net, int32_t x, size_t in, size_t out) {
    const int32_t w = parameter(net, in, ML_SHAPE(in, out)), bias = parameter(net, 0, ML_SHAPE(out));
    return ml_tape_add(&net->tape, ml_tape_matmul(&net->tape, x, w), bias);
}

static int32_t conv_relu_pool(network *net, int32_t x, size_t channels, size_t filters) {
    const int32_t w = parameter(net, 9 * channels, ML_SHAPE(3, 3, channels, filters)),
                  bias = parameter(net, 0, ML_SHAPE(filters));
    return ml_tape_max_pool(&net->tape, ml_tape_relu(&net->tape, ml_tape_conv2d(&net->tape, x, w, bias, 1, 0)), 2, 2);
}

static int32_t classes(network *net, int32_t logits) {
    for (size_t i = 0; i < MOST_ROWS; i++)
        labels[i] = (uint8_t)ml_rng_below(&net->rng, 10);
    return ml_tape_cross_entropy(&net->tape, logits, labels);
}

/* As TensorFlow Playground opens: two hidden layers of tanh, here of 8. */
static int32_t small(network *net, bool squared) {
    const int32_t x = input(net, ML_SHAPE(10, 2)), y = input(net, ML_SHAPE(10, 1));
    for (size_t i = 0; i < 10; i++)
        net->tape.node[y].value.data[i] = i % 2 == 0 ? 1.0f : squared ? -1.0f : 0.0f;
    const int32_t first = ml_tape_tanh(&net->tape, dense(net, x, 2, 8));
    const int32_t second = ml_tape_tanh(&net->tape, dense(net, first, 8, 8)), last = dense(net, second, 8, 1);
    return squared ? ml_tape_mse(&net->tape, ml_tape_tanh(&net->tape, last), y)
                   : ml_tape_binary_cross_entropy(&net->tape, last, y);
}

static int32_t small_squared(network *net) {
    return small(net, true);
}

static int32_t small_binary(network *net) {
    return small(net, false);
}

static int32_t wide(network *net) {
    const int32_t x = input(net, ML_SHAPE(64, 784));
    return classes(net, dense(net, ml_tape_relu(&net->tape, dense(net, x, 784, 128)), 128, 10));
}

static int32_t convolutional(network *net) {
    const int32_t x = input(net, ML_SHAPE(32, 28, 28, 1));
    const int32_t maps = conv_relu_pool(net, conv_relu_pool(net, x, 1, 8), 8, 16);
    return classes(net, dense(net, ml_tape_reshape(&net->tape, maps, ML_SHAPE(32, 5 * 5 * 16)), 400, 10));
}

/* --- Training ----------------------------------------------------------------------------------------------------- */

typedef struct workload {
    const char *name;
    int32_t (*record)(network *net); /* returns the loss */
    float rate;
    bool adam;
    int steps; /* in a round */
} workload;

static const workload workloads[] = {
    {"MLP 2-8-8-1, tanh, batch 10, MSE, SGD", small_squared, 0.03f, false, 5000},
    {"MLP 2-8-8-1, tanh, batch 10, BCE, SGD", small_binary, 0.03f, false, 5000},
    {"MLP 784-128-10, batch 64, SGD", wide, 0.01f, false, 12},
    {"MLP 784-128-10, batch 64, Adam", wide, 0.001f, true, 12},
    {"CNN 28x28x1, 8, 16, 10, batch 32, SGD", convolutional, 0.01f, false, 12},
};
enum { N_WORKLOADS = sizeof workloads / sizeof *workloads, ROUNDS = 41 };

static network net;

static void start(const workload *work) {
    net = (network){.arena = ml_arena_over(memory, MEMORY), .rng = ml_rng_seed(1, 0)};
    memset(first_moment, 0, sizeof first_moment);
    memset(second_moment, 0, sizeof second_moment);
    ml_error error;
    if (ml_tape_init(&net.tape, NODES, &net.arena, &error) != ML_OK)
        exit(1);
    net.loss = work->record(&net);
    if (ml_plan_compile(&net.plan, &net.tape, net.loss, &net.arena, &error) != ML_OK) {
        printf("%s: %s\n", work->name, error.message);
        exit(1);
    }
}

static void adam(float rate, int step) {
    static double power1, power2;
    power1 = step == 0 ? 0.9 : power1 * 0.9;
    power2 = step == 0 ? 0.999 : power2 * 0.999;
    ml_kernel_opt_adam(net.n_weights, rate, 0.9f, 0.999f, 1e-8f, 0.0f, power1, power2, gradients, first_moment,
                       second_moment, weights);
}

static ml_status step_of_tape(const workload *work, int step) {
    ML_TRY(ml_tape_forward(&net.tape, NULL));
    ml_tape_zero_gradients(&net.tape);
    ML_TRY(ml_tape_backward(&net.tape, net.loss, NULL));
    if (work->adam)
        adam(work->rate, step);
    else
        ml_kernel_axpy(net.n_weights, -work->rate, gradients, weights);
    return ML_OK;
}

static ml_status step_of_plan(const workload *work, int step) {
    if (!work->adam)
        return ml_plan_step(&net.plan, work->rate, NULL);
    ML_TRY(ml_plan_forward(&net.plan, NULL));
    ML_TRY(ml_plan_backward(&net.plan, NULL));
    adam(work->rate, step);
    return ML_OK;
}

typedef struct result {
    double rate[ROUNDS]; /* steps/s */
    float first, last;   /* the loss at the start and at the end of a round */
} result;

static void train(const workload *work, ml_status (*step)(const workload *, int), int round, result *to) {
    start(work);
    to->first = net.tape.node[net.loss].value.data[0];
    const double begin = now();
    for (int i = 0; i < work->steps; i++)
        if (step(work, i) != ML_OK) {
            printf("%s: diverged at step %d\n", work->name, i);
            exit(1);
        }
    to->rate[round] = (double)work->steps / (now() - begin);
    to->last = net.tape.node[net.loss].value.data[0];
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value with the given share of all below it; puts them in order. */
static double quantile(double *x, double share) {
    qsort(x, ROUNDS, sizeof *x, ascending);
    return x[(size_t)(share * (ROUNDS - 1))];
}

static void compare(const workload *work) {
    static result tape, plan;
    double ratio[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        train(work, step_of_tape, round, &tape);
        train(work, step_of_plan, round, &plan);
        ratio[round] = plan.rate[round] / tape.rate[round];
    }
    printf("%-40s %9.0f %9.0f %6.2f   %.6f to %.6f", work->name, quantile(tape.rate, 0.9), quantile(plan.rate, 0.9),
           quantile(ratio, 0.5), (double)plan.first, (double)plan.last);
    if (tape.first != plan.first || tape.last != plan.last)
        printf("; BUT tape %.9g to %.9g", (double)tape.first, (double)tape.last);
    printf("\n");
}

int main(void) {
    memory = malloc(MEMORY);
    if (memory == NULL)
        return 1;
    printf("Training steps/s                              tape      plan  ratio   loss\n");
    for (int w = 0; w < N_WORKLOADS; w++)
        compare(&workloads[w]);
    free(memory);
    return 0;
}
