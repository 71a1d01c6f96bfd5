/* What must hold of any losses, activations, optimisers, clipping, rates and files, over random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/math.h"
#include "nn/nn.h"

enum { ROUNDS = 2000 };

static _Alignas(64) unsigned char memory[1 << 18], other_memory[1 << 18];
static ml_error error;
static ml_rng rng;

static int setup(void **state) {
    (void)state;
    rng = ml_rng_seed(23, 0);
    return 0;
}

static size_t below(size_t n) {
    return (size_t)ml_rng_below(&rng, n);
}

static void draw(size_t n, double size, float *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(size * ml_rng_normal(&rng));
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

/* --- Losses --------------------------------------------------------------------------------------------------------- */

/* A loss is never negative, does not depend on the order of rows, and falls along its gradient at the slope it says. */
static void test_losses_of_any_batch(void **state) {
    (void)state;
    enum { N = 6, MOST = 5 };
    for (int round = 0; round < ROUNDS; round++) {
        const ml_loss loss = (ml_loss)(round % 3);
        const size_t k = 1 + below(MOST), per_row = loss == ML_LOSS_SOFTMAX ? 1 : k;
        float output[N * MOST], target[N * MOST], gradient[N * MOST], moved[N * MOST], turned[N * MOST], other[N * MOST];
        draw(N * k, 3, output);
        for (size_t i = 0; i < N * per_row; i++)
            target[i] = loss == ML_LOSS_SOFTMAX ? (float)below(k) : loss == ML_LOSS_BCE ? (float)below(2) : output[i] + 1;
        const double value = ml_loss_value(loss, N, k, output, target);
        assert_true(value >= 0 && isfinite(value));
        for (size_t i = 0; i < N; i++) {
            memcpy(turned + i * k, output + (N - 1 - i) * k, k * sizeof *turned);
            memcpy(other + i * per_row, target + (N - 1 - i) * per_row, per_row * sizeof *other);
        }
        assert_near(ml_loss_value(loss, N, k, turned, other), value, 1e-12 * (1 + value));
        ml_loss_gradient(loss, N, k, output, target, gradient);
        const double square = ml_norm2(N * k, gradient) * ml_norm2(N * k, gradient), step = 1e-2;
        for (size_t i = 0; i < N * k; i++)
            moved[i] = output[i] - (float)step * gradient[i];
        const double fall = (value - ml_loss_value(loss, N, k, moved, target)) / step;
        assert_near(fall, square, 0.02 * square + 2e-5); /* the second derivative, and float's rounding of moved */
    }
}

/* Adding a number to all logits of a row changes nothing. */
static void test_softmax_knows_differences_only(void **state) {
    (void)state;
    enum { K = 7 };
    for (int round = 0; round < ROUNDS; round++) {
        float z[K], moved[K], one[K], other[K];
        const float target = (float)below(K), shift = (float)(int)below(2000) - 1000;
        for (int i = 0; i < K; i++) {
            z[i] = (float)below(64) / 8; /* sums with the shift are exact */
            moved[i] = z[i] + shift;
        }
        assert_near(ml_softmax_cross_entropy(1, K, moved, &target), ml_softmax_cross_entropy(1, K, z, &target), 1e-6);
        ml_softmax_cross_entropy_gradient(1, K, z, &target, one);
        ml_softmax_cross_entropy_gradient(1, K, moved, &target, other);
        assert_memory_equal(one, other, sizeof one);
        double sum = 0;
        for (int i = 0; i < K; i++)
            sum += (double)one[i];
        assert_near(sum, 0, 1e-6);
    }
}

/* --- Activations ---------------------------------------------------------------------------------------------------- */

/* Backward is forward's slope, by central differences. */
static void test_activations_have_their_slopes(void **state) {
    (void)state;
    static const ml_activation of[] = {ML_ACT_RELU, ML_ACT_TANH, ML_ACT_SIGMOID, ML_ACT_IDENTITY};
    const float h = 1.0f / 256;
    for (int round = 0; round < ROUNDS; round++) {
        float x[5], up[5], down[5], y[5], dy[5], dx[5];
        draw(5, 2, x);
        draw(5, 1, dy);
        for (int i = 0; i < 5; i++) {
            x[i] = fabsf(x[i]) < 2 * h ? 1 : x[i]; /* relu has a corner there */
            up[i] = x[i] + h;
            down[i] = x[i] - h;
        }
        ml_activation_forward(of[round % 4], 5, x, y);
        ml_activation_backward(of[round % 4], 5, y, dy, dx);
        ml_activation_forward(of[round % 4], 5, up, up);
        ml_activation_forward(of[round % 4], 5, down, down);
        for (int i = 0; i < 5; i++) {
            const double slope = ((double)up[i] - (double)down[i]) / (2 * (double)h);
            assert_near((double)dx[i], (double)dy[i] * slope, 1e-4 * (1 + fabs((double)dy[i])));
        }
    }
}

/* --- Optimisers, clipping, rates -------------------------------------------------------------------------------------- */

/* Every optimiser's first step goes against the gradient, and where there is none, nowhere. */
static void test_first_steps_go_downhill(void **state) {
    (void)state;
    enum { N = 7 };
    for (int round = 0; round < ROUNDS; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        const ml_optimiser_kind kind = (ml_optimiser_kind)(round % (ML_OPT_ADAMW + 1));
        ml_optimiser optimiser;
        float w[N] = {0}, g[N]; /* at 0 weights do not decay */
        draw(N, 1, g);
        g[below(N)] = 0;
        assert_int_equal(ml_optimiser_init(&optimiser, kind, N, &arena, &error), ML_OK);
        ml_optimiser_step(&optimiser, 0.01f, g, w);
        for (int i = 0; i < N; i++)
            assert_true(g[i] == 0 ? w[i] == 0 : w[i] * g[i] < 0);
    }
    float w[2] = {1, 2};
    const float g[2] = {4, -8};
    ml_opt_sgd(2, 0.25f, g, w);
    assert_true(w[0] == 0 && w[1] == 4);
}

/* No vector is longer than the limit afterwards, short ones are as they were, and the direction stays. */
static void test_clipping_of_any_vector(void **state) {
    (void)state;
    enum { N = 9 };
    for (int round = 0; round < ROUNDS; round++) {
        float g[N], clipped[N], cut[N];
        const double size = ml_pow(10, (double)below(13) - 6), limit = ml_pow(10, (double)below(7) - 3);
        draw(N, size, g);
        memcpy(clipped, g, sizeof g);
        memcpy(cut, g, sizeof g);
        const double length = ml_norm2(N, g);
        assert_true(ml_clip_norm(N, limit, clipped) == length);
        assert_true(ml_norm2(N, clipped) <= limit * (1 + 1e-6) || memcmp(g, clipped, sizeof g) == 0);
        if (length <= limit)
            assert_memory_equal(g, clipped, sizeof g);
        for (int i = 1; i < N; i++)
            assert_near((double)clipped[i] * (double)g[0], (double)clipped[0] * (double)g[i],
                        1e-6 * ml_norm2(N, clipped) * length);
        ml_clip_value(N, (float)limit, cut);
        for (int i = 0; i < N; i++)
            assert_true(cut[i] == (fabsf(g[i]) <= (float)limit ? g[i] : copysignf((float)limit, g[i])));
    }
}

/* A rate that passes its check rises while it warms up, and then never does; it stays within its ends. */
static void test_rates_rise_once_and_fall_from_then_on(void **state) {
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        const double peak = ml_rng_uniform(&rng);
        const ml_rate rate = {.kind = (ml_rate_kind)(round % 3), .peak = peak, .lowest = peak * ml_rng_uniform(&rng),
                              .warm_up = (int64_t)below(10), .length = 1 + (int64_t)below(30),
                              .every = 1 + (int64_t)below(8), .factor = 0.1 + 0.9 * ml_rng_uniform(&rng)};
        assert_int_equal(ml_rate_check(&rate, &error), ML_OK);
        double before = 0;
        for (int64_t step = 0; step < 60; step++) {
            const double now = ml_rate_at(&rate, step), rounding = 1e-15 * peak;
            assert_true(now >= 0 && now <= peak + rounding);
            assert_true(step <= rate.warm_up ? now >= before : now <= before + rounding);
            assert_true(rate.kind != ML_RATE_COSINE || step < rate.warm_up || now >= rate.lowest - rounding);
            before = now;
        }
    }
}

/* --- Files ------------------------------------------------------------------------------------------------------------ */

static void make_params(ml_params *params, ml_arena *arena, uint64_t shape) {
    ml_rng shapes = ml_rng_seed(shape, 1);
    const int32_t n = 1 + (int32_t)ml_rng_below(&shapes, 5);
    assert_int_equal(ml_params_init(params, n, arena, &error), ML_OK);
    for (int32_t i = 0; i < n; i++) {
        size_t size[ML_TENSOR_DIMENSIONS];
        char name[ML_PARAM_NAME];
        const int32_t dimensions = (int32_t)ml_rng_below(&shapes, ML_TENSOR_DIMENSIONS + 1);
        for (int32_t d = 0; d < dimensions; d++)
            size[d] = 1 + (size_t)ml_rng_below(&shapes, 4);
        snprintf(name, sizeof name, "t%d.%c", (int)i, "abc_-/"[ml_rng_below(&shapes, 6)]);
        ml_params_add(params, name, (ml_param_role)ml_rng_below(&shapes, 3), ML_ZEROS, dimensions, size);
    }
    assert_int_equal(ml_params_allocate(params, arena, &error), ML_OK);
}

/* Any finite floats of any shapes come back from both formats bit for bit. */
static void test_files_of_any_parameters(void **state) {
    (void)state;
    static uint8_t bytes[1 << 15];
    for (int round = 0; round < ROUNDS; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory), other = ml_arena_over(other_memory, sizeof other_memory);
        ml_params saved, loaded;
        size_t length = 0;
        make_params(&saved, &arena, (uint64_t)round);
        make_params(&loaded, &other, (uint64_t)round);
        for (size_t i = 0; i < saved.n_values + saved.n_buffers; i++) {
            float *const x = i < saved.n_values ? saved.value + i : saved.buffer + i - saved.n_values;
            do {
                const uint32_t bits = (uint32_t)ml_rng_next(&rng);
                memcpy(x, &bits, sizeof bits);
            } while (!isfinite(*x));
        }
        if (round % 2) {
            assert_int_equal(ml_save(&saved, sizeof bytes, bytes, &length, &error), ML_OK);
            assert_int_equal(ml_load(&loaded, length, bytes, &error), ML_OK);
        } else {
            assert_int_equal(ml_safetensors_write(&saved, sizeof bytes, bytes, &length, &error), ML_OK);
            assert_int_equal(ml_safetensors_read(&loaded, length, bytes, &other, &error), ML_OK);
        }
        assert_memory_equal(saved.value, loaded.value, saved.n_values * sizeof *saved.value);
        assert_memory_equal(saved.buffer, loaded.buffer, saved.n_buffers * sizeof *saved.buffer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_losses_of_any_batch, setup),
        cmocka_unit_test_setup(test_softmax_knows_differences_only, setup),
        cmocka_unit_test_setup(test_activations_have_their_slopes, setup),
        cmocka_unit_test_setup(test_first_steps_go_downhill, setup),
        cmocka_unit_test_setup(test_clipping_of_any_vector, setup),
        cmocka_unit_test_setup(test_rates_rise_once_and_fall_from_then_on, setup),
        cmocka_unit_test_setup(test_files_of_any_parameters, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
