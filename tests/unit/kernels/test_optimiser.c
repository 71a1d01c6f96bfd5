/* The optimisers' kernels: both versions bit for bit, and a few steps against the definitions in double. That the
 * definitions are PyTorch's, tests/unit/nn shows. */
#include "unit/kernels/floats.h"

#include <stdio.h>

#include "kernels/kernels.h"

enum { SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW, N_KINDS };
static const char *const names[N_KINDS] = {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"};

/* One step; each kernel's two averages are m and v, as far as it has them. */
#define DEFINE_STEP(version)                                                                                           \
    static void step_##version(int kind, size_t n, float rate, float decay, int t, const float *g, float *m, float *v, \
                               float *w) {                                                                             \
        const float mu = 0.9f, alpha = 0.99f, epsilon = 1e-8f, beta2 = 0.999f;                                         \
        const double power1 = ml_pow(0.9, t), power2 = ml_pow(0.999, t);                                               \
        switch (kind) {                                                                                                \
        case SGD:                                                                                                      \
            ml_kernel_opt_sgd_##version(n, rate, decay, g, w);                                                         \
            break;                                                                                                     \
        case MOMENTUM:                                                                                                 \
            ml_kernel_opt_momentum_##version(n, rate, mu, decay, g, m, w);                                             \
            break;                                                                                                     \
        case NESTEROV:                                                                                                 \
            ml_kernel_opt_nesterov_##version(n, rate, mu, decay, g, m, w);                                             \
            break;                                                                                                     \
        case ADAGRAD:                                                                                                  \
            ml_kernel_opt_adagrad_##version(n, rate, epsilon, decay, g, m, w);                                         \
            break;                                                                                                     \
        case RMSPROP:                                                                                                  \
            ml_kernel_opt_rmsprop_##version(n, rate, alpha, epsilon, decay, g, m, w);                                  \
            break;                                                                                                     \
        case ADAM:                                                                                                     \
            ml_kernel_opt_adam_##version(n, rate, mu, beta2, epsilon, decay, power1, power2, g, m, v, w);              \
            break;                                                                                                     \
        default:                                                                                                       \
            ml_kernel_opt_adamw_##version(n, rate, mu, beta2, epsilon, decay, power1, power2, g, m, v, w);             \
        }                                                                                                              \
    }
DEFINE_STEP(scalar)
DEFINE_STEP(simd128)

static void test_both_versions_give_equal_bits_at_every_length(void **state) {
    (void)state;
    for (int kind = 0; kind < N_KINDS; kind++)
        for (size_t n = 0; n <= 21; n++)
            for (int with_decay = 0; with_decay <= 1; with_decay++) {
                float *w = random_floats(n, 1), *m = filled_with_dirt(n), *v = filled_with_dirt(n);
                float *w_2 = random_floats(n, 1), *m_2 = filled_with_dirt(n), *v_2 = filled_with_dirt(n);
                memset(m, 0, n * sizeof *m), memset(v, 0, n * sizeof *v);
                memset(m_2, 0, n * sizeof *m), memset(v_2, 0, n * sizeof *v);
                for (int t = 1; t <= 5; t++) {
                    float *g = random_floats(n, (uint64_t)t + 2);
                    for (size_t i = 0; i < n; i += 3)
                        g[i] *= t % 2 ? 1e-20f : 0.0f; /* averages that settle at 0 */
                    step_scalar(kind, n, 0.01f, 0.1f * (float)with_decay, t, g, m, v, w);
                    step_simd128(kind, n, 0.01f, 0.1f * (float)with_decay, t, g, m_2, v_2, w_2);
                    free(g);
                }
                assert_same_and_guarded(w, w_2, n, names[kind]);
                assert_same_and_guarded(m, m_2, n, names[kind]);
                assert_same_and_guarded(v, v_2, n, names[kind]);
                free(w), free(m), free(v), free(w_2), free(m_2), free(v_2);
            }
}

/* The definition of one step, in double. */
static double next_weight(int kind, double rate, double decay, int t, double g, double *m, double *v, double w) {
    if (kind == ADAMW)
        w -= rate * decay * w;
    else
        g += decay * w;
    switch (kind) {
    case SGD:
        return w - rate * g;
    case MOMENTUM:
        *m = 0.9 * *m + g;
        return w - rate * *m;
    case NESTEROV:
        *m = 0.9 * *m + g;
        return w - rate * (g + 0.9 * *m);
    case ADAGRAD:
        *m += g * g;
        return w - rate * g / (sqrt(*m) + 1e-8);
    case RMSPROP:
        *m = 0.99 * *m + 0.01 * g * g;
        return w - rate * g / (sqrt(*m) + 1e-8);
    default:
        *m = 0.9 * *m + 0.1 * g;
        *v = 0.999 * *v + 0.001 * g * g;
        return w - rate * (*m / (1 - ml_pow(0.9, t))) / (sqrt(*v / (1 - ml_pow(0.999, t))) + 1e-8);
    }
}

static void test_each_step_is_its_definition(void **state) {
    (void)state;
    enum { N = 7, STEPS = 10 };
    for (int kind = 0; kind < N_KINDS; kind++) {
        float *w = random_floats(N, 1), m[N] = {0}, v[N] = {0};
        double exact[N], of_m[N] = {0}, of_v[N] = {0};
        for (size_t i = 0; i < N; i++)
            exact[i] = (double)w[i];
        for (int t = 1; t <= STEPS; t++) {
            float *g = random_floats(N, (uint64_t)t + 50);
            step_simd128(kind, N, 0.05f, 0.1f, t, g, m, v, w);
            for (size_t i = 0; i < N; i++)
                exact[i] = next_weight(kind, 0.05, 0.1, t, (double)g[i], of_m + i, of_v + i, exact[i]);
            free(g);
        }
        for (size_t i = 0; i < N; i++)
            if (!(fabs((double)w[i] - exact[i]) < 2e-5))
                fail_msg("%s: weight %zu is %g after %d steps, not %g", names[kind], i, (double)w[i], STEPS, exact[i]);
        free(w);
    }
}

static void test_averages_of_no_gradient_end_at_zero_not_at_subnormal_numbers(void **state) {
    (void)state;
    enum { N = 6 };
    const float none[N] = {0};
    for (int kind = MOMENTUM; kind < N_KINDS; kind++) {
        float w[N] = {0}, m[N], v[N] = {0};
        for (size_t i = 0; i < N; i++)
            m[i] = kind == ADAGRAD ? 1e-31f : 1.0f;
        for (int t = 1; t < 10000; t++)
            step_simd128(kind, N, 1e-3f, 0.0f, t, none, m, v, w);
        for (size_t i = 0; i < N; i++)
            assert_true(m[i] == 0.0f && v[i] == 0.0f);
    }
}

static void test_without_decay_an_infinite_weight_makes_no_nan(void **state) {
    (void)state;
    float w[5] = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
    const float g[5] = {1, 2, 3, 4, 5};
    ml_kernel_opt_sgd(5, 0.1f, 0.0f, g, w);
    for (size_t i = 0; i < 5; i++)
        assert_true(w[i] == INFINITY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_versions_give_equal_bits_at_every_length),
        cmocka_unit_test(test_each_step_is_its_definition),
        cmocka_unit_test(test_averages_of_no_gradient_end_at_zero_not_at_subnormal_numbers),
        cmocka_unit_test(test_without_decay_an_infinite_weight_makes_no_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
