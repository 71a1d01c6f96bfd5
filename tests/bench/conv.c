/* How fast the convolution kernels are: a small network's whole training step, and its parts. Prints a table; tests
 * nothing. Runs natively, and as WebAssembly in Chromium (browser.mjs).
 *
 * The network: 28 x 28 pixels, 8 filters of 3 x 3, relu, pool, 16 filters of 3 x 3, relu, pool, 10 classes; 32 images a
 * step; plain gradient descent. GFLOP/s count every multiplication and addition of the definition, those with the zeros
 * of the pool's gradient as well, which the kernels leave out: so they may exceed the machine's limit. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "kernels/kernels.h"
#include "limit.h"

/* --- The network ------------------------------------------------------------------------------------------------- */

enum { BATCH = 32, SIDE = 28, FEATURES = 5 * 5 * 16, CLASSES = 10 };

static const ml_conv conv_1 = {BATCH, SIDE, SIDE, 1, 8, 3, 3, 1, 0}, conv_2 = {BATCH, 13, 13, 8, 16, 3, 3, 1, 0};

static float x[BATCH * SIDE * SIDE], y_1[BATCH * 13 * 13 * 8], y_2[BATCH * FEATURES], logits[BATCH * CLASSES];
static float dlogits[BATCH * CLASSES], dy_2[BATCH * FEATURES], dy_1[BATCH * 13 * 13 * 8];
static float w_1[9 * 8], b_1[8], w_2[72 * 16], b_2[16], w_3[FEATURES * CLASSES], b_3[CLASSES];
static float dw_1[9 * 8], db_1[8], dw_2[72 * 16], db_2[16], db_3[CLASSES];
static float map_1[BATCH * 26 * 26 * 8], map_2[BATCH * 11 * 11 * 16];
static uint8_t index_1[BATCH * 13 * 13 * 8], index_2[BATCH * FEATURES];
static uint8_t label[BATCH];

static void fill(ml_rng *rng, size_t n, float scale, float *to) {
    for (size_t i = 0; i < n; i++)
        to[i] = scale * (float)ml_rng_normal(rng);
}

/* Random pixels; the class is the brightest of ten columns. */
static void start(void) {
    ml_rng rng = ml_rng_seed(1, 0);
    fill(&rng, 9 * 8, 0.47f, w_1);
    fill(&rng, 72 * 16, 0.167f, w_2);
    fill(&rng, FEATURES * CLASSES, 0.05f, w_3);
    fill(&rng, BATCH * SIDE * SIDE, 0.3f, x);
    for (size_t i = 0; i < BATCH; i++) {
        label[i] = (uint8_t)(i % CLASSES);
        for (size_t row = 0; row < SIDE; row++)
            x[(i * SIDE + row) * SIDE + 9 + label[i]] += 1.0f;
    }
    memset(b_1, 0, sizeof b_1);
    memset(b_2, 0, sizeof b_2);
    memset(b_3, 0, sizeof b_3);
}

static float forward(void) {
    ml_kernel_conv2d_relu_pool(&conv_1, x, w_1, b_1, y_1, index_1);
    ml_kernel_conv2d_relu_pool(&conv_2, y_1, w_2, b_2, y_2, index_2);
    ml_kernel_dense(BATCH, CLASSES, FEATURES, y_2, FEATURES, w_3, CLASSES, b_3, ML_KERNEL_IDENTITY, logits, CLASSES);
    ml_kernel_log_softmax_rows(BATCH, CLASSES, logits, CLASSES, logits, CLASSES);
    ml_kernel_exp(BATCH * CLASSES, logits, dlogits);
    float loss = 0;
    for (size_t i = 0; i < BATCH; i++) {
        loss -= logits[i * CLASSES + label[i]];
        dlogits[i * CLASSES + label[i]] -= 1.0f;
    }
    return loss / BATCH;
}

static void step(float rate) {
    sink = forward() * 0.0f;
    ml_kernel_scale(BATCH * CLASSES, 1.0f / BATCH, dlogits, dlogits);
    ml_kernel_dense_backward_input(BATCH, CLASSES, FEATURES, dlogits, CLASSES, w_3, CLASSES, ML_KERNEL_IDENTITY, NULL,
                                   0, dy_2, FEATURES);
    ml_kernel_column_sums(BATCH, CLASSES, dlogits, CLASSES, db_3);
    ml_kernel_gemm_tn_update(FEATURES, CLASSES, BATCH, y_2, FEATURES, dlogits, CLASSES, -rate, w_3, CLASSES);
    ml_kernel_opt_sgd(CLASSES, rate, 0.0f, db_3, b_3);
    ml_kernel_conv2d_relu_pool_backward(&conv_2, y_1, w_2, y_2, index_2, dy_2, dw_2, db_2, dy_1);
    ml_kernel_conv2d_relu_pool_backward(&conv_1, x, w_1, y_1, index_1, dy_1, dw_1, db_1, NULL);
    ml_kernel_opt_sgd(72 * 16, rate, 0.0f, dw_2, w_2);
    ml_kernel_opt_sgd(16, rate, 0.0f, db_2, b_2);
    ml_kernel_opt_sgd(9 * 8, rate, 0.0f, dw_1, w_1);
    ml_kernel_opt_sgd(8, rate, 0.0f, db_1, b_1);
}

/* --- Its parts --------------------------------------------------------------------------------------------------- */

static void pooled_1(void) {
    ml_kernel_conv2d_relu_pool(&conv_1, x, w_1, b_1, y_1, index_1);
}

static void pooled_2(void) {
    ml_kernel_conv2d_relu_pool(&conv_2, y_1, w_2, b_2, y_2, index_2);
}

static void pooled_backward_1(void) {
    ml_kernel_conv2d_relu_pool_backward(&conv_1, x, w_1, y_1, index_1, dy_1, dw_1, db_1, NULL);
}

static void pooled_backward_2(void) {
    ml_kernel_conv2d_relu_pool_backward(&conv_2, y_1, w_2, y_2, index_2, dy_2, dw_2, db_2, dy_1);
}

static void plain_1(void) {
    ml_kernel_conv2d(&conv_1, x, w_1, b_1, ML_KERNEL_RELU, map_1);
}

static void plain_2(void) {
    ml_kernel_conv2d(&conv_2, y_1, w_2, b_2, ML_KERNEL_RELU, map_2);
}

static void input_2(void) {
    ml_kernel_conv2d_backward_input(&conv_2, map_2, w_2, dy_1);
}

static void weight_1(void) {
    ml_kernel_conv2d_backward_weight(&conv_1, x, map_1, dw_1, db_1);
}

static void weight_2(void) {
    ml_kernel_conv2d_backward_weight(&conv_2, y_1, map_2, dw_2, db_2);
}

static void max_pool_1(void) {
    ml_kernel_max_pool(BATCH, 26, 26, 8, 2, 2, map_1, y_1, index_1);
}

static void max_pool_backward_1(void) {
    ml_kernel_max_pool_backward(BATCH, 26, 26, 8, 2, 2, dy_1, index_1, map_1);
}

static void whole_step(void) {
    step(1e-6f);
}

/* Seconds a call: the best of many runs of a few milliseconds, as browsers round their clocks to 0.1 ms. The pointer is
 * volatile, so that the work stays a function of its own: browsers make functions fast from one call to the next. */
static double measure(void (*volatile work)(void)) {
    size_t repeats = 1;
    double best = 1e9;
    const double begin = now();
    while (now() - begin < 0.5) {
        const double from = now();
        for (size_t i = 0; i < repeats; i++)
            work();
        const double seconds = now() - from;
        if (seconds < 0.004)
            repeats *= 2;
        else
            best = seconds / (double)repeats < best ? seconds / (double)repeats : best;
    }
    return best;
}

static double megaflops(const ml_conv *s) {
    return 2e-6 * (double)(s->n * ml_conv_rows(s) * ml_conv_columns(s) * s->filters * s->kernel_height *
                           s->kernel_width * s->channels);
}

static void bench_step(double peak) {
    start();
    const float before = forward();
    for (int i = 0; i < 200; i++)
        step(0.05f);
    const float after = forward();
    const double dense = 2e-6 * BATCH * FEATURES * CLASSES, of_2 = megaflops(&conv_2), of_1 = megaflops(&conv_1);
    const double mflop = 3 * dense + 2 * of_1 + 3 * of_2, seconds = measure(whole_step);
    printf(
        "CNN, batch of %d: %.0f training steps a second, %.1f GFLOP/s, %.0f %% of the limit; the loss fell from %.3f "
        "to %.3f in 200 steps\n\n",
        BATCH, 1 / seconds, 1e-3 * mflop / seconds, 1e-1 * mflop / seconds / peak, (double)before, (double)after);
}

static void bench_parts(double peak) {
    const double of_1 = megaflops(&conv_1), of_2 = megaflops(&conv_2);
    const struct {
        const char *name;
        void (*work)(void);
        double mflop;
    } parts[] = {{"conv 1, relu, pool", pooled_1, of_1},
                 {"conv 2, relu, pool", pooled_2, of_2},
                 {"its backward, conv 1", pooled_backward_1, of_1},
                 {"its backward, conv 2", pooled_backward_2, 2 * of_2},
                 {"conv 1, relu", plain_1, of_1},
                 {"conv 2, relu", plain_2, of_2},
                 {"gradient of input 2", input_2, of_2},
                 {"gradient of weights 1", weight_1, of_1},
                 {"gradient of weights 2", weight_2, of_2}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const double seconds = measure(parts[i].work);
        printf("  %-24s %7.1f us %7.1f GFLOP/s %5.0f %% of the limit\n", parts[i].name, 1e6 * seconds,
               1e-3 * parts[i].mflop / seconds, 1e-1 * parts[i].mflop / seconds / peak);
    }
    printf("  %-24s %7.1f us\n", "max_pool 1", 1e6 * measure(max_pool_1));
    printf("  %-24s %7.1f us\n", "its backward", 1e6 * measure(max_pool_backward_1));
}

/* --- Functions of one number ------------------------------------------------------------------------------------- */

enum { FLOATS = 4096 };
static float in[FLOATS], out[FLOATS], other[FLOATS], third[FLOATS], weights[FLOATS];

#define OF_ONE(name)                                                                                                   \
    static void of_##name(void) {                                                                                      \
        ml_kernel_##name(FLOATS, in, out);                                                                             \
    }
OF_ONE(exp)
OF_ONE(log)
OF_ONE(tanh)
OF_ONE(sigmoid)
OF_ONE(erf)
OF_ONE(gelu)

static void of_gelu_backward(void) {
    ml_kernel_gelu_backward(FLOATS, in, other, out);
}

static void of_momentum(void) {
    ml_kernel_opt_momentum(FLOATS, 1e-9f, 0.9f, 0.0f, in, other, weights);
}

static void of_adam(void) {
    ml_kernel_opt_adam(FLOATS, 1e-9f, 0.9f, 0.999f, 1e-8f, 0.0f, 0.5, 0.5, in, other, third, weights);
}

static void bench_functions(void) {
    const struct {
        const char *name;
        void (*work)(void);
    } functions[] = {{"exp", of_exp},
                     {"log", of_log},
                     {"tanh", of_tanh},
                     {"sigmoid", of_sigmoid},
                     {"erf", of_erf},
                     {"gelu", of_gelu},
                     {"gelu_backward", of_gelu_backward},
                     {"momentum", of_momentum},
                     {"adam", of_adam}};
    ml_rng rng = ml_rng_seed(2, 0);
    fill(&rng, FLOATS, 1.0f, in);
    fill(&rng, FLOATS, 1.0f, other);
    for (size_t i = 0; i < FLOATS; i++)
        third[i] = other[i] * other[i];
    printf("\n");
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        printf("  %-16s %6.2f ns an element\n", functions[i].name, 1e9 * measure(functions[i].work) / FLOATS);
}

int main(void) {
    const double before = measure_limit();
    bench_step(before);
    bench_parts(before);
    bench_functions();
    printf("\nThe limit was %.1f GFLOP/s at the start, %.1f at the end\n", before, measure_limit());
    return 0;
}
