/* How fast the library is on this machine. Prints a table; tests nothing. Runs natively, and as WebAssembly in Chromium
 * (browser.mjs).
 *
 * The matrix product is held against what the machine can do at most with the same instructions, measured in the same
 * run (limit.h). */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "limit.h"

/* --- Matrix product ----------------------------------------------------------------------------------------------- */

typedef void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b, size_t ldb, float beta,
                     float *c, size_t ldc);

static void *allocate(size_t bytes) {
    void *memory = malloc(bytes);
    if (memory == NULL) {
        fputs("bench: there is not enough memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* GFLOP/s of the product of two n x n matrices: the best of many within a third of a second. */
static double measure_gemm(gemm multiply, size_t n) {
    float *a = allocate(n * n * sizeof *a), *b = allocate(n * n * sizeof *b), *c = allocate(n * n * sizeof *c);
    ml_rng rng = ml_rng_seed(1, n);
    for (size_t i = 0; i < n * n; i++) {
        a[i] = (float)ml_rng_uniform(&rng);
        b[i] = (float)ml_rng_uniform(&rng);
    }
    const size_t repeats = 1 + (size_t)50000000 / (n * n * n); /* browsers round their clocks to 0.1 ms */
    const double flops = 2.0 * (double)n * (double)n * (double)n * (double)repeats, begin = now();
    double best = 0;
    for (int tries = 0; tries < 3 || now() - begin < 0.33; tries++) {
        const double start = now();
        for (size_t i = 0; i < repeats; i++)
            multiply(n, n, n, a, n, b, n, 0.0f, c, n);
        const double rate = 1e-9 * flops / (now() - start);
        best = rate > best ? rate : best;
    }
    sink = c[0] * 0.0f;
    free(a);
    free(b);
    free(c);
    return best;
}

/* Returns the limit in GFLOP/s. */
static double bench_gemm(void) {
    static const size_t sizes[] = {64, 128, 256, 512, 1024};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    double simd[SIZES], scalar[SIZES], peak = measure_limit();
    for (size_t i = 0; i < SIZES; i++) {
        simd[i] = measure_gemm(ml_kernel_gemm_nn, sizes[i]);
        scalar[i] = measure_gemm(ml_kernel_gemm_nn_scalar, sizes[i]);
    }
    const double again = measure_limit(); /* the clock speed may have changed under way */
    peak = again > peak ? again : peak;
    printf("Limit of f32x4 multiply and add: %.1f GFLOP/s\n\n", peak);
    printf("  gemm, n x n    GFLOP/s   of the limit   scalar reference\n");
    for (size_t i = 0; i < SIZES; i++)
        printf("  n = %-8zu %9.1f %12.0f %% %12.1f GFLOP/s\n", sizes[i], simd[i], 100 * simd[i] / peak, scalar[i]);
    return peak;
}

/* --- Training ----------------------------------------------------------------------------------------------------- */

typedef struct network {
    const char *name;
    ml_mlp_shape shape;
    ml_loss loss;
    ml_optimiser_kind optimiser;
    size_t rows, batch;
} network;

static const network networks[] = {
    {"MLP 2-8-8-1, batch 10, SGD", {2, 1, 2, 8, ML_ACT_TANH, ML_NORM_NONE}, ML_LOSS_BCE, ML_OPT_SGD, 500, 10},
    {"MLP 784-128-10, batch 64, SGD",
     {784, 10, 1, 128, ML_ACT_RELU, ML_NORM_NONE},
     ML_LOSS_SOFTMAX,
     ML_OPT_SGD,
     640,
     64},
    {"the same, Adam", {784, 10, 1, 128, ML_ACT_RELU, ML_NORM_NONE}, ML_LOSS_SOFTMAX, ML_OPT_ADAM, 640, 64},
};

/* Adds and multiplies of a step: each weight is used forward and for its own gradient, and all but those of the first
 * layer for the gradient of their input. */
static double flops_of_step(const ml_mlp *net, size_t batch) {
    const double first = (double)(net->layer[0].inputs * net->layer[0].outputs), all = (double)ml_mlp_cost(net);
    return 2 * (double)batch * (3 * all - first);
}

/* Random rows; the target is 1, or the row's class, by which of the first inputs is the largest. */
static void make_rows(const network *of, float *x, float *target) {
    const size_t d = of->shape.inputs, classes = of->loss == ML_LOSS_SOFTMAX ? of->shape.outputs : 2;
    ml_rng rng = ml_rng_seed(1, d);
    for (size_t i = 0; i < of->rows * d; i++)
        x[i] = (float)ml_rng_normal(&rng);
    for (size_t i = 0; i < of->rows; i++) {
        size_t best = 0;
        for (size_t j = 1; j < classes; j++)
            if (x[i * d + j] > x[i * d + best])
                best = j;
        target[i] = (float)best;
    }
}

static ml_status open_trainer(const network *of, const float *x, const float *target, ml_mlp *net, ml_mlp_pass *pass,
                              ml_trainer *trainer, ml_arena *arena, ml_error *error) {
    ml_rng rng = ml_rng_seed(1, 0);
    ML_TRY(ml_mlp_create(net, &of->shape, arena, error));
    ml_mlp_init(net, ML_INIT_AUTO, &rng);
    ML_TRY(ml_mlp_pass_create(pass, net, of->batch, arena, error));
    return ml_trainer_create(trainer, net, pass, of->loss, of->rows, x, target, of->batch, 1, arena, error);
}

/* Steps a second, the best of many stretches of about 10 ms within a second: short ones, because a machine is seldom
 * left alone for long. */
static ml_status measure_steps(const network *of, ml_trainer *trainer, double *best, ml_error *error) {
    const ml_training how = {.optimiser = of->optimiser, .learning_rate = 0.001, .batch_size = of->batch};
    const double begin = now();
    *best = 0;
    while (now() - begin < 1) {
        const double start = now();
        const int64_t first = trainer->step;
        do {
            bool done;
            int64_t budget = INT64_MAX;
            ML_TRY(ml_trainer_run(trainer, &how, &budget, &done, error));
        } while (now() - start < 0.01);
        const double rate = (double)(trainer->step - first) / (now() - start);
        *best = rate > *best ? rate : *best;
    }
    return ML_OK;
}

static int bench_network(const network *of, double peak) {
    enum { BYTES = 64 << 20 };
    float *x = allocate(of->rows * of->shape.inputs * sizeof *x), *target = allocate(of->rows * sizeof *target);
    void *memory = allocate(BYTES);
    ml_arena arena = ml_arena_over(memory, BYTES);
    ml_error error = {0};
    ml_mlp net;
    ml_mlp_pass pass;
    ml_trainer trainer;
    double rate = 0;
    make_rows(of, x, target);
    ml_status status = open_trainer(of, x, target, &net, &pass, &trainer, &arena, &error);
    if (status == ML_OK)
        status = measure_steps(of, &trainer, &rate, &error);
    if (status == ML_OK)
        printf("  %-30s %12.0f %12.0f %%\n", of->name, rate, 1e-7 * rate * flops_of_step(&net, of->batch) / peak);
    else
        fprintf(stderr, "bench: %s\n", error.message);
    free(x);
    free(target);
    free(memory);
    return status == ML_OK ? 0 : 1;
}

static int bench_networks(double peak) {
    int failed = 0;
    printf("\n  whole training steps             steps a second   of the limit\n");
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
        failed |= bench_network(&networks[i], peak);
    return failed;
}

/* --- The playground ----------------------------------------------------------------------------------------------- */

static double param_of(const lab_run *run, const char *name) {
    const int32_t index = lab_param_index(run->lab, name);
    return index >= 0 ? run->param[index] : 0;
}

/* Training steps a second at the initial setting, without any drawing: the best of twenty runs of 200 epochs. */
static int bench_playground(void) {
    enum { EPOCHS = 200, RUNS = 20 };
    const lab *playground = lab_find("mlp-playground");
    if (playground == NULL) {
        fputs("bench: there is no lab mlp-playground\n", stderr);
        return 1;
    }
    const size_t bytes = lab_run_bytes(playground);
    void *memory = allocate(bytes);
    lab_run *run = allocate(sizeof *run);
    double best = 0;
    ml_status status = lab_run_open(run, playground, memory, bytes, now);
    for (int i = 0; i < RUNS && status == ML_OK; i++) {
        status = lab_run_start(run, 1);
        const double begin = now();
        if (status == ML_OK)
            status = lab_run_advance(run, EPOCHS, INT64_MAX);
        const double rate = run->progress.step / (now() - begin);
        best = rate > best ? rate : best;
    }
    const double steps = ceil(param_of(run, "rows") / param_of(run, "batch_size"));
    if (status == ML_OK)
        printf("\nPlayground, as it opens: %.0f training steps a second (%.0f epochs of %.0f steps)\n", best * steps,
               best, steps);
    else
        fprintf(stderr, "bench: %s\n", run->error.message);
    free(run);
    free(memory);
    return status == ML_OK ? 0 : 1;
}

int main(void) {
    const double peak = bench_gemm();
    return bench_networks(peak) | bench_playground();
}
