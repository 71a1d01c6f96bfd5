/* How fast the library is on this machine. Prints a table; tests nothing. Runs natively, and as WebAssembly in Chromium
 * (browser.mjs).
 *
 * The matrix product is held against what the machine can do at most with the same instructions, measured in the same
 * run: chains of f32x4 multiplies and adds in registers, as many side by side as give the best figure. The library does
 * not fuse them (a seed gives the same bits everywhere), so neither does the measure. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lab.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* --- The machine's limit ------------------------------------------------------------------------------------------ */

typedef float f32x4 __attribute__((vector_size(16)));

static volatile float sink; /* what is computed must seem to be of use */

/* Seconds for `rounds` rounds of a multiply and an add in each of the chains; a = a x + y stays near 1. */
#define DEFINE_CHAINS(CHAINS)                                                                                          \
    static double time_chains_##CHAINS(size_t rounds) {                                                                \
        const float start = sink;                                                                                      \
        const f32x4 x = {0.5f, 0.5f, 0.5f, 0.5f}, y = {0.5f, 0.5f, 0.5f, 0.5f};                                        \
        f32x4 chain[CHAINS];                                                                                           \
        for (int i = 0; i < CHAINS; i++)                                                                               \
            chain[i] = x * (start + (float)i);                                                                         \
        const double begin = now();                                                                                    \
        for (size_t round = 0; round < rounds; round++)                                                                \
            for (int i = 0; i < CHAINS; i++)                                                                           \
                chain[i] = chain[i] * x + y;                                                                           \
        const double seconds = now() - begin;                                                                          \
        float sum = 0;                                                                                                 \
        for (int i = 0; i < CHAINS; i++)                                                                               \
            sum += chain[i][0] + chain[i][1] + chain[i][2] + chain[i][3];                                              \
        sink = sum * 0.0f;                                                                                             \
        return seconds;                                                                                                \
    }
DEFINE_CHAINS(4)
DEFINE_CHAINS(6)
DEFINE_CHAINS(8)
DEFINE_CHAINS(10)
DEFINE_CHAINS(12)
DEFINE_CHAINS(14)

typedef struct chain_measure {
    int chains;
    double (*time)(size_t rounds);
} chain_measure;

static const chain_measure measures[] = {{4, time_chains_4},   {6, time_chains_6},   {8, time_chains_8},
                                         {10, time_chains_10}, {12, time_chains_12}, {14, time_chains_14}};
enum { N_MEASURES = sizeof measures / sizeof *measures };

/* GFLOP/s, the best of all numbers of chains, each tried several times; *chains receives which one that was. */
static double measure_peak(int *chains) {
    enum { ROUNDS = 4000000, TRIES = 5, FLOPS = 8 }; /* 4 lanes, a multiply and an add */
    double best = 0;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        for (int i = 0; i < N_MEASURES; i++) {
            const double rate = 1e-9 * FLOPS * ROUNDS * measures[i].chains / measures[i].time(ROUNDS);
            if (rate <= best)
                continue;
            best = rate;
            *chains = measures[i].chains;
        }
    }
    return best;
}

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

static void bench_gemm(void) {
    static const size_t sizes[] = {64, 128, 256, 512};
    int chains = 0, other = 0;
    double simd[4], scalar[4], peak = measure_peak(&chains);
    for (size_t i = 0; i < 4; i++) {
        simd[i] = measure_gemm(ml_kernel_gemm_nn, sizes[i]);
        scalar[i] = measure_gemm(ml_kernel_gemm_nn_scalar, sizes[i]);
    }
    const double again = measure_peak(&other); /* the clock speed may have changed under way */
    if (again > peak) {
        peak = again;
        chains = other;
    }
    printf("Limit of f32x4 multiply and add: %.1f GFLOP/s (%d chains)\n\n", peak, chains);
    printf("  gemm, n x n    GFLOP/s   of the limit   scalar reference\n");
    for (size_t i = 0; i < 4; i++)
        printf("  n = %-8zu %9.1f %12.0f %% %12.1f GFLOP/s\n", sizes[i], simd[i], 100 * simd[i] / peak, scalar[i]);
}

/* --- The playground ----------------------------------------------------------------------------------------------- */

static double param_of(const lab_run *run, const char *name) {
    const int32_t index = lab_param_index(run->lab, name);
    return index >= 0 ? run->param[index] : 0;
}

/* Training steps a second at the initial setting, without any drawing: the best of five runs of 200 epochs. */
static int bench_playground(void) {
    enum { EPOCHS = 200, RUNS = 5 };
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
    bench_gemm();
    return bench_playground();
}
