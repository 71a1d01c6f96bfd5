/* What the rest stands on: elementary functions, random numbers, sorting. */
#include <stdio.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "base/sort.h"
#include "report.h"

enum { DRAWS = 20000 };

static double x[DRAWS], y[DRAWS];
static float single[DRAWS];

/* Half of them of every magnitude, infinities and NaN among them; the others near 0. */
static void draw_arguments(void) {
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < DRAWS; i++) {
        const uint64_t bits = ml_rng_next(&rng);
        x[i] = 20 * ml_rng_normal(&rng);
        single[i] = (float)x[i];
        if (i % 2 == 0) {
            const uint32_t upper = (uint32_t)(bits >> 32);
            memcpy(x + i, &bits, sizeof bits);
            memcpy(single + i, &upper, sizeof upper);
        }
    }
    x[0] = single[0] = 0;
    x[2] = single[2] = INFINITY;
    x[4] = single[4] = -INFINITY;
    x[6] = single[6] = NAN;
}

static void print_results(const char *name) {
    printf("%s: %08x\n", name, (unsigned)hash_doubles(HASH_START, DRAWS, y));
}

static void report_functions(void) {
    static const struct {
        const char *name;
        double (*of)(double);
    } wide[] = {{"ml_exp", ml_exp},   {"ml_expm1", ml_expm1},     {"ml_log", ml_log}, {"ml_log1p", ml_log1p},
                {"ml_tanh", ml_tanh}, {"ml_sigmoid", ml_sigmoid}};
    static const struct {
        const char *name;
        float (*of)(float);
    } narrow[] = {{"ml_expf", ml_expf},
                  {"ml_logf", ml_logf},
                  {"ml_tanhf", ml_tanhf},
                  {"ml_sigmoidf", ml_sigmoidf},
                  {"ml_softplus_tailf", ml_softplus_tailf},
                  {"ml_erff", ml_erff},
                  {"ml_geluf", ml_geluf},
                  {"ml_gelu_slopef", ml_gelu_slopef}};
    for (size_t f = 0; f < sizeof wide / sizeof *wide; f++) {
        for (size_t i = 0; i < DRAWS; i++)
            y[i] = wide[f].of(x[i]);
        print_results(wide[f].name);
    }
    for (size_t f = 0; f < sizeof narrow / sizeof *narrow; f++) {
        for (size_t i = 0; i < DRAWS; i++)
            y[i] = (double)narrow[f].of(single[i]);
        print_results(narrow[f].name);
    }
}

/* Those with arguments of their own kind. */
static void report_angles_and_powers(void) {
    for (size_t i = 0; i < DRAWS; i++)
        y[i] = fabs(x[i]) < 1e5 ? ml_sin(x[i]) : 0;
    print_results("ml_sin");
    for (size_t i = 0; i < DRAWS; i++)
        y[i] = fabs(x[i]) < 1e5 ? ml_cos(x[i]) : 0;
    print_results("ml_cos");
    for (size_t i = 0; i < DRAWS; i++)
        y[i] = ml_atan2(x[i], x[(i * 7 + 3) % DRAWS]);
    print_results("ml_atan2");
    for (size_t i = 0; i < DRAWS; i++)
        y[i] = x[i] > 0 ? ml_pow(x[i], 0.01 * (double)(i % 700) - 3) : 0;
    print_results("ml_pow");
}

static void report_random_numbers(void) {
    static uint32_t order[DRAWS];
    ml_rng rng = ml_rng_seed(2, 5);
    for (size_t i = 0; i < DRAWS; i++)
        y[i] = i % 4 == 0   ? ml_rng_uniform(&rng)
               : i % 4 == 1 ? ml_rng_normal(&rng)
               : i % 4 == 2 ? ml_rng_exponential(&rng, 3)
                            : (double)ml_rng_poisson(&rng, (double)(i % 40));
    print_results("random numbers");
    ml_rng_permutation(&rng, DRAWS, order);
    printf("ml_rng_permutation: %08x\n", (unsigned)hash_bytes(HASH_START, sizeof order, order));
}

static void report_sorting(void) {
    static uint32_t order[DRAWS], scratch[DRAWS];
    static float key[DRAWS];
    for (size_t i = 0; i < DRAWS; i++)
        key[i] = i % 3 == 0 ? (float)(i % 50) : single[i];
    ml_argsort_float(DRAWS, key, order, scratch);
    printf("ml_argsort_float: %08x\n", (unsigned)hash_bytes(HASH_START, sizeof order, order));
    ml_argsort_double(DRAWS, x, order, scratch);
    printf("ml_argsort_double: %08x\n", (unsigned)hash_bytes(HASH_START, sizeof order, order));
}

void report_base(void) {
    draw_arguments();
    report_functions();
    report_angles_and_powers();
    report_random_numbers();
    report_sorting();
}
