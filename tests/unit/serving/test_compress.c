/* Pruning, low rank and distillation against PyTorch and NumPy, and the decomposition beneath. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/jacobi.h"
#include "golden/compress_golden.h"
#include "ml.h"

enum { ROWS = 18, COLUMNS = 10, N = ROWS * COLUMNS };

static ml_error error;
static unsigned char memory[1 << 17];

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

/* --- The decomposition -------------------------------------------------------------------------------------------- */

static void check_svd(size_t m, size_t n, const double *a, double size) {
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    double u[400], s[20], v[400];
    const size_t r = m < n ? m : n;
    if (ml_svd_jacobi(m, n, a, u, s, v, &arena, &error) != ML_OK)
        fail_msg("%s", error.message);
    assert_int_equal(arena.used, 0);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < r; k++)
                sum += u[i * r + k] * s[k] * v[j * r + k];
            assert_near(sum, a[i * n + j], 1e-13 * size);
        }
    for (size_t k = 0; k < r; k++)
        for (size_t l = 0; l < r; l++) {
            double of_u = 0.0, of_v = 0.0;
            for (size_t i = 0; i < m; i++)
                of_u += u[i * r + k] * u[i * r + l];
            for (size_t j = 0; j < n; j++)
                of_v += v[j * r + k] * v[j * r + l];
            const double expected = k == l;
            assert_near(m >= n || s[k] > 0.0 ? of_v : expected, expected, 1e-12);
            assert_near(m < n || s[k] > 0.0 ? of_u : expected, expected, s[l] > 1e-9 * s[0] || m < n ? 1e-12 : 1.0);
        }
    for (size_t k = 0; k + 1 < r; k++)
        assert_true(s[k] >= s[k + 1] && s[k + 1] >= 0.0);
}

static void test_factors_give_the_matrix_back(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    for (int round = 0; round < 400; round++) {
        const size_t m = 1 + (size_t)ml_rng_below(&rng, 14), n = 1 + (size_t)ml_rng_below(&rng, 14);
        const double size = ml_exp(40.0 * ml_rng_normal(&rng));
        double a[14 * 14];
        for (size_t i = 0; i < m * n; i++) /* of one kind all rows are alike, of another most entries are 0 */
            a[i] = round % 3 == 1 && i >= n ? a[i - n] : size * ml_rng_normal(&rng) * (round % 3 == 2 ? i % 4 == 0 : 1);
        check_svd(m, n, a, 10.0 * size * 14);
    }
    const double none[12] = {0};
    check_svd(4, 3, none, 1.0);
}

static void test_singular_values_are_numpys(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    double a[N], u[N], s[COLUMNS], v[COLUMNS * COLUMNS];
    for (size_t i = 0; i < N; i++)
        a[i] = compressed[i];
    assert_int_equal(ml_svd_jacobi(ROWS, COLUMNS, a, u, s, v, &arena, &error), ML_OK);
    for (size_t k = 0; k < COLUMNS; k++)
        assert_near(s[k], golden_singular[k], 1e-13 * golden_singular[0]);
    float left[ROWS * 4], right[4 * COLUMNS];
    double energy, all = 0.0, of_rank = 0.0;
    assert_int_equal(ml_low_rank(ROWS, COLUMNS, compressed, 4, left, right, &energy, &arena, &error), ML_OK);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < COLUMNS; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < 4; k++)
                sum += (double)left[i * 4 + k] * (double)right[k * COLUMNS + j];
            assert_near(sum, golden_rank4[i * COLUMNS + j], 1e-6 * golden_singular[0]);
        }
    for (size_t k = 0; k < COLUMNS; k++) {
        all += s[k] * s[k];
        of_rank += k < 4 ? s[k] * s[k] : 0.0;
    }
    assert_near(energy, of_rank / all, 1e-14);
    assert_int_equal(arena.used, 0);
}

/* --- Pruning ------------------------------------------------------------------------------------------------------ */

static void test_the_smallest_go(void **state) {
    (void)state;
    float w[N], six[] = {0.5f, -0.1f, 0.2f, -3.0f, 0.05f, 1.0f}, ties[] = {1, 1, -1, 1, 1}, zeros[] = {0, 1, 0, 2, 3, 4};
    const float six_left[] = {0.5f, 0, 0, -3.0f, 0, 1.0f}, ties_left[] = {0, 0, -1, 1, 1}, zeros_left[] = {0, 1, 0, 2, 3, 4};
    size_t pruned;
    memcpy(w, compressed, sizeof w);
    assert_int_equal(ml_prune_magnitude(N, w, 0.7, &pruned, &error), ML_OK);
    for (size_t i = 0; i < N; i++)
        assert_true(w[i] == golden_pruned[i]);
    assert_int_equal(pruned, 126);
    ml_prune_magnitude(6, six, 0.5, &pruned, &error);
    assert_memory_equal(six, six_left, sizeof six);
    ml_prune_magnitude(5, ties, 0.4, &pruned, &error);
    assert_memory_equal(ties, ties_left, sizeof ties);
    ml_prune_magnitude(6, zeros, 1.0 / 3.0, &pruned, &error);
    assert_memory_equal(zeros, zeros_left, sizeof zeros);
    ml_prune_magnitude(3, six, 0.5, &pruned, &error);
    assert_int_equal(pruned, 2);
}

static void test_sparsity_is_a_count(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(2, 0);
    for (int round = 0; round < 1000; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, 60);
        float before[60], w[60], largest = 0.0f, smallest = INFINITY;
        for (size_t i = 0; i < n; i++)
            before[i] = w[i] = (float)(1 + ml_rng_below(&rng, 9)) * (i % 2 ? 1.0f : -1.0f);
        size_t pruned, zeros = 0;
        assert_int_equal(ml_prune_magnitude(n, w, ml_rng_uniform(&rng), &pruned, &error), ML_OK);
        for (size_t i = 0; i < n; i++) {
            zeros += w[i] == 0.0f;
            if (w[i] == 0.0f)
                largest = fmaxf(largest, fabsf(before[i]));
            else
                smallest = fminf(smallest, fabsf(before[i]));
        }
        assert_true(zeros == pruned && largest <= smallest);
    }
}

static void test_units_go_as_a_whole(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    uint32_t kept[COLUMNS];
    assert_int_equal(ml_prune_units(ROWS, COLUMNS, 5, compressed, quiet_outgoing, 4, kept, &arena, &error), ML_OK);
    assert_memory_equal(kept, golden_kept, sizeof golden_kept);
    assert_int_equal(ml_prune_units(ROWS, COLUMNS, 5, compressed, quiet_outgoing, COLUMNS, kept, &arena, &error), ML_OK);
    assert_true(kept[0] == 0 && kept[COLUMNS - 1] == COLUMNS - 1 && arena.used == 0);
    assert_int_equal(ml_sparse_bytes(11584, 5792), 4 * 5792 + 1448);
    assert_int_equal(ml_sparse_bytes(11584, 100), 600);
}

/* --- Distillation ------------------------------------------------------------------------------------------------- */

static void test_the_students_loss_is_pytorchs(void **state) {
    (void)state;
    double loss, gradient[60], scratch[10], p[5];
    assert_int_equal(ml_distill_loss(12, 5, distill_student, distill_teacher, distill_label, 4.0, 0.7, &loss, gradient,
                                     scratch, &error), ML_OK);
    assert_near(loss, golden_distill[0], 1e-12);
    for (int i = 0; i < 60; i++)
        assert_near(gradient[i], golden_distill_gradient[i], 1e-13);
    ml_softmax_t(5, (const double[]){1000, 1000, 1000, 1000, -1000}, 2.0, p);
    assert_near(p[0], 0.25, 1e-15);
    assert_true(p[4] == 0.0);
}

static void test_gradients_are_differences(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    for (int round = 0; round < 300; round++) {
        double s[4], t[4], gradient[4], up, down, loss, scratch[8];
        const uint32_t label = (uint32_t)ml_rng_below(&rng, 4);
        const double temperature = 1.0 + 9.0 * ml_rng_uniform(&rng), alpha = ml_rng_uniform(&rng);
        for (int c = 0; c < 4; c++) {
            s[c] = 2.0 * ml_rng_normal(&rng);
            t[c] = 2.0 * ml_rng_normal(&rng);
        }
        ml_distill_loss(1, 4, s, t, &label, temperature, alpha, &loss, gradient, scratch, &error);
        for (int c = 0; c < 4; c++) {
            const double kept = s[c];
            s[c] = kept + 1e-5;
            ml_distill_loss(1, 4, s, t, &label, temperature, alpha, &up, NULL, scratch, &error);
            s[c] = kept - 1e-5;
            ml_distill_loss(1, 4, s, t, &label, temperature, alpha, &down, NULL, scratch, &error);
            s[c] = kept;
            assert_near(gradient[c], (up - down) / 2e-5, 1e-7);
        }
    }
}

/* --- Refusals ----------------------------------------------------------------------------------------------------- */

static void test_what_is_refused(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory), small = ml_arena_over(memory, 64);
    float w[] = {1.0f, NAN}, out[4];
    const double bad[] = {1.0, (double)NAN}, fine[] = {1.0, 2.0};
    double loss = 7.0, scratch[4], u[2], s[2], v[2];
    const uint32_t label = 2;
    uint32_t kept[2];
    size_t pruned = 7;
    assert_fails(ml_prune_magnitude(0, w, 0.5, &pruned, &error), ML_EINVAL, "0 weights");
    assert_fails(ml_prune_magnitude(2, w, 1.5, &pruned, &error), ML_EINVAL, "[0, 1]");
    assert_fails(ml_prune_magnitude(2, w, 0.5, &pruned, &error), ML_EINVAL, "w[1]");
    assert_true(w[0] == 1.0f && pruned == 7);
    assert_fails(ml_prune_units(1, 1, 1, w, w, 2, kept, &arena, &error), ML_EINVAL, "1 to all");
    assert_fails(ml_prune_units(1, 2, 1, w, w, 2, kept, &arena, &error), ML_EINVAL, "incoming[1]");
    assert_fails(ml_prune_units(0, 2, 0, w, w, 2, kept, &small, &error), ML_ENOMEM, "2 units");
    assert_fails(ml_low_rank(1, 1, w, 2, out, out, NULL, &arena, &error), ML_EINVAL, "rank of 2");
    assert_fails(ml_low_rank(1, 2, w, 1, out, out, NULL, &arena, &error), ML_EINVAL, "w[1]");
    assert_fails(ml_low_rank(1, 1, w, 1, out, out, NULL, &small, &error), ML_ENOMEM, "factors");
    assert_fails(ml_svd_jacobi(0, 1, fine, u, s, v, &arena, &error), ML_EINVAL, "0 x 1");
    assert_fails(ml_svd_jacobi(1, 2, bad, u, s, v, &arena, &error), ML_EINVAL, "entry 1");
    assert_fails(ml_svd_jacobi(1, 2, fine, u, s, v, &small, &error), ML_ENOMEM, "1 x 2");
    assert_fails(ml_distill_loss(0, 2, fine, fine, &label, 1.0, 0.5, &loss, NULL, scratch, &error), ML_EINVAL, "mean");
    assert_fails(ml_distill_loss(1, 2, fine, fine, &label, 0.0, 0.5, &loss, NULL, scratch, &error), ML_EINVAL,
                 "temperature");
    assert_fails(ml_distill_loss(1, 2, fine, fine, &label, 1.0, 1.5, &loss, NULL, scratch, &error), ML_EINVAL, "alpha");
    assert_fails(ml_distill_loss(1, 2, fine, bad, &label, 1.0, 0.5, &loss, NULL, scratch, &error), ML_EINVAL, "logit 1");
    assert_fails(ml_distill_loss(1, 2, fine, fine, &label, 1.0, 0.5, &loss, NULL, scratch, &error), ML_EINVAL, "label 2");
    assert_true(loss == 7.0 && small.used == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factors_give_the_matrix_back),
        cmocka_unit_test(test_singular_values_are_numpys),
        cmocka_unit_test(test_the_smallest_go),
        cmocka_unit_test(test_sparsity_is_a_count),
        cmocka_unit_test(test_units_go_as_a_whole),
        cmocka_unit_test(test_the_students_loss_is_pytorchs),
        cmocka_unit_test(test_gradients_are_differences),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
