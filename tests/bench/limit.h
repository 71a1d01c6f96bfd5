/* The machine's limit: how many f32x4 multiplications and additions a second it can start at most, which the share "of
 * the limit" in a bench refers to. The library does not fuse them (a seed gives the same bits everywhere), so neither
 * does the measure. The program defines _POSIX_C_SOURCE before its first include. */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static volatile float sink; /* what is computed must seem to be of use */

typedef float limit_f32x4 __attribute__((vector_size(16)));

/* `rounds` rounds of an add and a multiply for each pair of registers: sums[i] += factors[i], factors[i] *= one. As in
 * a matrix product, no multiply waits for an add of its own round; a chain a = a x + y would, and shows a tenth less on
 * processors that start three of these operations a cycle. `one` is 1, which the compiler does not know.
 * noinline, because browsers make a function fast from one call to the next, and main is called once. */
#define DEFINE_PAIRS(PAIRS)                                                                                            \
    __attribute__((noinline)) static float run_pairs_##PAIRS(int32_t rounds, float one) {                              \
        const limit_f32x4 x = {one, one, one, one};                                                                    \
        limit_f32x4 factors[PAIRS], sums[PAIRS], total = {0};                                                          \
        for (int i = 0; i < PAIRS; i++)                                                                                \
            sums[i] = factors[i] = x * (float)(i + 1);                                                                 \
        for (int32_t round = 0; round < rounds; round++)                                                               \
            for (int i = 0; i < PAIRS; i++) {                                                                          \
                sums[i] += factors[i];                                                                                 \
                factors[i] *= x;                                                                                       \
            }                                                                                                          \
        for (int i = 0; i < PAIRS; i++)                                                                                \
            total += sums[i];                                                                                          \
        return total[0] + total[1] + total[2] + total[3];                                                              \
    }
DEFINE_PAIRS(5)
DEFINE_PAIRS(6)
DEFINE_PAIRS(7)
#undef DEFINE_PAIRS

/* Runs 5, 6 or 7 pairs: 8 * pairs * rounds floating-point operations. The result only proves that it was done. */
static float run_pairs(int32_t pairs, int32_t rounds, float one) {
    switch (pairs) {
    case 5:
        return run_pairs_5(rounds, one);
    case 6:
        return run_pairs_6(rounds, one);
    default:
        return run_pairs_7(rounds, one);
    }
}

/* GFLOP/s, the best of all numbers of pairs, each tried several times: other programs take their share. About a
 * second. */
static inline double measure_limit(void) {
    enum { ROUNDS = 8000000, TRIES = 20, FLOPS = 8 }; /* four lanes, a multiply and an add; clocks may be coarse */
    double best = 0;
    for (const double begin = now(); now() - begin < 0.3;) /* many short calls: then a browser compiles it well */
        for (int32_t pairs = 5; pairs <= 7; pairs++)
            sink = run_pairs(pairs, 1000, 1.0f + 0.0f * sink);
    for (int attempt = 0; attempt < TRIES; attempt++)
        for (int32_t pairs = 5; pairs <= 7; pairs++) {
            const double begin = now();
            sink = run_pairs(pairs, ROUNDS, 1.0f + 0.0f * sink);
            const double rate = 1e-9 * FLOPS * ROUNDS * pairs / (now() - begin);
            best = rate > best ? rate : best;
        }
    return best;
}

#endif
