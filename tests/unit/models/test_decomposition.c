/* Eigenvectors, singular values and principal components: against NumPy and scikit-learn, and what must hold of any. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/decomposition_golden.h"
#include "ml.h"

static unsigned char block[1 << 20];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    error.message[0] = '\0';
    return 0;
}

/* Whatever a test fits, its scratch must have been given back. */
static int given_back(void **state) {
    (void)state;
    assert_int_equal(arena.used, 0);
    return 0;
}

static void assert_close(size_t n, const double *got, const double *expected, double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= tolerance * fmax(1e-3, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, word);
}

/* Rows [n x d] have length 1 and are at right angles. */
static void assert_orthonormal(size_t n, size_t d, const double *v) {
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b <= a; b++) {
            double dot = 0.0;
            for (size_t j = 0; j < d; j++)
                dot += v[a * d + j] * v[b * d + j];
            if (!(fabs(dot - (a == b)) < 1e-12))
                fail_msg("rows %zu and %zu of %zu: %.17g", a, b, n, dot);
        }
}

enum { MOST = 14 };

/* A matrix of any rank, its entries of any size, of a few values at times, so that rows and columns repeat. */
static void draw(ml_rng *rng, size_t n, size_t d, double *a) {
    const size_t rank = ml_rng_below(rng, MOST + 1);
    const double size = ml_pow(10.0, 20.0 * ml_rng_uniform(rng) - 10.0);
    const bool is_coarse = ml_rng_bernoulli(rng, 0.3);
    memset(a, 0, n * d * sizeof *a);
    for (size_t r = 0; r < rank; r++) {
        double left[MOST], right[MOST];
        for (size_t i = 0; i < MOST; i++) {
            left[i] = ml_rng_normal(rng);
            right[i] = ml_rng_normal(rng) * size;
            if (is_coarse) {
                left[i] = floor(left[i]);
                right[i] = floor(right[i] / size);
            }
        }
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < d; j++)
                a[i * d + j] += left[i] * right[j];
    }
}

static double largest(size_t n, const double *a) {
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(a[i]));
    return most;
}

/* --- Eigenvalues -------------------------------------------------------------------------------------------------- */

static void test_eigenvectors_are_those_of_numpy(void **state) {
    (void)state;
    double value[LARGE_N], vector[LARGE_N * LARGE_N];
    assert_int_equal(ml_eigh(SMALL_N, small_a, value, vector, &arena, &error), ML_OK);
    assert_close(SMALL_N, value, small_value, 1e-12);
    assert_close(SMALL_N * SMALL_N, vector, small_vector, 1e-11);
    assert_int_equal(ml_eigh(LARGE_N, large_a, value, vector, &arena, &error), ML_OK);
    assert_close(LARGE_N, value, large_value, 1e-12);
    assert_close(LARGE_N * LARGE_N, vector, large_vector, 1e-11);
}

static void test_eigenvectors_put_any_matrix_together_again(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    for (int round = 0; round < 1000; round++) {
        const size_t n = 1 + ml_rng_below(&rng, MOST);
        double a[MOST * MOST], value[MOST], vector[MOST * MOST];
        draw(&rng, n, n, a);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < i; j++)
                a[j * n + i] = NAN; /* not read */
        assert_int_equal(ml_eigh(n, a, value, vector, &arena, &error), ML_OK);
        assert_orthonormal(n, n, vector);
        const double size = largest(n, value);
        for (size_t i = 0; i < n; i++) {
            assert_true(i == 0 || value[i] <= value[i - 1]);
            for (size_t j = 0; j <= i; j++) {
                double sum = 0.0;
                for (size_t e = 0; e < n; e++)
                    sum += value[e] * vector[e * n + i] * vector[e * n + j];
                assert_true(fabs(sum - a[i * n + j]) <= 1e-13 * (double)n * size);
            }
        }
        assert_int_equal(ml_eigh(n, a, value, a, &arena, &error), ML_OK); /* in place */
        assert_memory_equal(a, vector, n * n * sizeof *a);
    }
}

static void test_eigenvalues_of_known_matrices(void **state) {
    (void)state;
    double value[3], vector[9];
    const double zero[9] = {0}, swap[] = {0, 1, 1, 0}, tiny[] = {2e-300, 0, 1e-300, 2e-300};
    assert_int_equal(ml_eigh(3, zero, value, vector, &arena, &error), ML_OK);
    assert_true(value[0] == 0.0 && value[2] == 0.0);
    assert_orthonormal(3, 3, vector);
    assert_int_equal(ml_eigh(2, swap, value, vector, &arena, &error), ML_OK);
    assert_true(fabs(value[0] - 1.0) < 1e-15 && fabs(value[1] + 1.0) < 1e-15);
    assert_int_equal(ml_eigh(2, tiny, value, vector, &arena, &error), ML_OK);
    assert_true(fabs(value[0] - 3e-300) < 1e-314 && fabs(value[1] - 1e-300) < 1e-314);
}

/* --- Singular values ---------------------------------------------------------------------------------------------- */

static void compare_svd(size_t n, size_t d, size_t k, const double *a, const double *value, const double *v,
                        const double *score) {
    double got_u[20 * 4], got_value[4], got_v[4 * 15];
    assert_int_equal(ml_svd(n, d, a, k, got_u, got_value, got_v, &arena, &error), ML_OK);
    assert_close(k, got_value, value, 1e-12);
    assert_close(k * d, got_v, v, 1e-10);
    for (size_t i = 0; i < n * k; i++)
        got_u[i] *= got_value[i % k];
    assert_close(n * k, got_u, score, 1e-10);
}

static void test_svd_is_that_of_scikit_learn(void **state) {
    (void)state;
    compare_svd(TALL_SVD_N, TALL_SVD_D, TALL_SVD_K, tall_svd_a, tall_svd_value, tall_svd_v, tall_svd_score);
    compare_svd(WIDE_SVD_N, WIDE_SVD_D, WIDE_SVD_K, wide_svd_a, wide_svd_value, wide_svd_v, wide_svd_score);
}

static void test_svd_puts_any_matrix_together_again(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(2, 0);
    for (int round = 0; round < 1000; round++) {
        const size_t n = 1 + ml_rng_below(&rng, MOST), d = 1 + ml_rng_below(&rng, MOST), m = n < d ? n : d;
        double a[MOST * MOST], u[MOST * MOST], ut[MOST * MOST], value[MOST], v[MOST * MOST], fewer[MOST];
        draw(&rng, n, d, a);
        assert_int_equal(ml_svd(n, d, a, m, u, value, v, &arena, &error), ML_OK);
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < m; c++)
                ut[c * n + i] = u[i * m + c];
        assert_orthonormal(m, n, ut);
        assert_orthonormal(m, d, v);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < d; j++) {
                double sum = 0.0;
                for (size_t c = 0; c < m; c++)
                    sum += value[c] * u[i * m + c] * v[c * d + j];
                assert_true(fabs(sum - a[i * d + j]) <= 1e-13 * (double)m * value[0]);
            }
        for (size_t c = 0; c < m; c++)
            assert_true(value[c] >= 0.0 && (c == 0 || value[c] <= value[c - 1]));
        const size_t k = 1 + ml_rng_below(&rng, m);
        assert_int_equal(ml_svd(n, d, a, k, NULL, fewer, NULL, &arena, &error), ML_OK);
        assert_memory_equal(fewer, value, k * sizeof *value);
    }
}

/* A graded matrix: the smallest singular value, 1e-30 of the largest, still has its digits. */
static void test_small_singular_values_are_exact_too(void **state) {
    (void)state;
    const double a[] = {3e15, 0, 4e15, 0, 0, 2e-15};
    double value[2];
    assert_int_equal(ml_svd(3, 2, a, 2, NULL, value, NULL, &arena, &error), ML_OK);
    assert_close(1, value, (const double[]){5e15}, 1e-15);
    assert_true(fabs(value[1] - 2e-15) < 1e-29);
}

/* --- Principal components ----------------------------------------------------------------------------------------- */

static void compare_pca(size_t n, size_t d, size_t k, const double *x, const double *mean, const double *component,
                        const double *variance, const double *ratio, const double *score) {
    double got_mean[20], got[6 * 20], got_variance[6], got_ratio[6], got_score[40 * 6];
    assert_int_equal(ml_pca_fit(n, d, x, k, got_mean, got, got_variance, got_ratio, &arena, &error), ML_OK);
    assert_close(d, got_mean, mean, 1e-13);
    assert_close(k * d, got, component, 1e-10);
    assert_close(k, got_variance, variance, 1e-11);
    assert_close(k, got_ratio, ratio, 1e-11);
    ml_pca_transform(n, d, x, k, got_mean, got, got_score);
    assert_close(n * k, got_score, score, 1e-9);
}

static void test_pca_is_that_of_scikit_learn(void **state) {
    (void)state;
    compare_pca(TALL_PCA_N, TALL_PCA_D, TALL_PCA_K, tall_pca_x, tall_pca_mean, tall_pca_component, tall_pca_variance,
                tall_pca_ratio, tall_pca_score);
    compare_pca(WIDE_PCA_N, WIDE_PCA_D, WIDE_PCA_K, wide_pca_x, wide_pca_mean, wide_pca_component, wide_pca_variance,
                wide_pca_ratio, wide_pca_score);
}

static void test_all_components_restore_the_rows(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    for (int round = 0; round < 600; round++) {
        const size_t n = 2 + ml_rng_below(&rng, MOST - 1), d = 1 + ml_rng_below(&rng, MOST), k = n < d ? n : d;
        double x[MOST * MOST], mean[MOST], component[MOST * MOST], variance[MOST], ratio[MOST], score[MOST * MOST];
        double back[MOST * MOST], sum = 0.0;
        draw(&rng, n, d, x);
        assert_int_equal(ml_pca_fit(n, d, x, k, mean, component, variance, ratio, &arena, &error), ML_OK);
        assert_orthonormal(k, d, component);
        ml_pca_transform(n, d, x, k, mean, component, score);
        ml_pca_restore(n, d, score, k, mean, component, back);
        const double size = largest(n * d, x);
        for (size_t i = 0; i < n * d; i++)
            assert_true(fabs(back[i] - x[i]) <= 1e-12 * size);
        for (size_t c = 0; c < k; c++) {
            double squares = 0.0;
            for (size_t i = 0; i < n; i++)
                squares += score[i * k + c] * score[i * k + c];
            assert_true(fabs(squares / (double)(n - 1) - variance[c]) <= 1e-12 * size * size * (double)d);
            sum += ratio[c];
        }
        assert_true(variance[0] <= 1e-28 * size * size || fabs(sum - 1.0) < 1e-10);
    }
}

static void test_rows_that_do_not_vary(void **state) {
    (void)state;
    const double same[] = {1, 2, 3, 1, 2, 3};
    double mean[3], component[6], variance[2], ratio[2];
    assert_int_equal(ml_pca_fit(2, 3, same, 2, mean, component, variance, ratio, &arena, &error), ML_OK);
    assert_true(variance[0] == 0.0 && ratio[0] == 0.0);
    assert_orthonormal(2, 3, component);
}

static void test_decompositions_refuse(void **state) {
    (void)state;
    const double good[] = {1, 2, 2, 5}, missing[] = {1, 2, NAN, 5}, huge[] = {1, 2, 1e141, 5};
    double value[2] = {7, 7}, vector[4] = {7, 7, 7, 7}, mean[2] = {7, 7};
    ml_arena *const a = &arena;
    assert_fails(ml_eigh(0, good, value, vector, a, &error), ML_EINVAL, "at least one row");
    assert_fails(ml_eigh(2, missing, value, vector, a, &error), ML_EINVAL, "missing");
    assert_fails(ml_eigh(2, huge, value, vector, a, &error), ML_EINVAL, "overflows");
    assert_fails(ml_svd(0, 2, good, 1, NULL, value, vector, a, &error), ML_EINVAL, "at least one");
    assert_fails(ml_svd(2, 2, good, 0, NULL, value, vector, a, &error), ML_EINVAL, "1 to 2");
    assert_fails(ml_svd(2, 2, good, 3, NULL, value, vector, a, &error), ML_EINVAL, "1 to 2");
    assert_fails(ml_svd(2, 2, missing, 1, NULL, value, vector, a, &error), ML_EINVAL, "missing");
    assert_fails(ml_pca_fit(1, 2, good, 1, mean, vector, value, NULL, a, &error), ML_EINVAL, "one row");
    assert_fails(ml_pca_fit(2, 0, good, 1, mean, vector, value, NULL, a, &error), ML_EINVAL, "at least one");
    assert_fails(ml_pca_fit(2, 2, good, 0, mean, vector, value, NULL, a, &error), ML_EINVAL, "1 to 2");
    assert_fails(ml_pca_fit(2, 2, good, 3, mean, vector, value, NULL, a, &error), ML_EINVAL, "1 to 2");
    assert_fails(ml_pca_fit(2, 2, huge, 1, mean, vector, value, NULL, a, &error), ML_EINVAL, "overflows");
    arena.capacity = 128;
    assert_fails(ml_eigh(2, good, value, vector, a, &error), ML_ENOMEM, "memory");
    assert_fails(ml_svd(2, 2, good, 1, NULL, value, vector, a, &error), ML_ENOMEM, "memory");
    assert_fails(ml_pca_fit(2, 2, good, 1, mean, vector, value, NULL, a, &error), ML_ENOMEM, "memory");
    for (size_t i = 0; i < 2; i++)
        assert_true(value[i] == 7 && vector[i] == 7 && vector[2 + i] == 7 && mean[i] == 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, given_back)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_eigenvectors_are_those_of_numpy),
        TEST(test_eigenvectors_put_any_matrix_together_again),
        TEST(test_eigenvalues_of_known_matrices),
        TEST(test_svd_is_that_of_scikit_learn),
        TEST(test_svd_puts_any_matrix_together_again),
        TEST(test_small_singular_values_are_exact_too),
        TEST(test_pca_is_that_of_scikit_learn),
        TEST(test_all_components_restore_the_rows),
        TEST(test_rows_that_do_not_vary),
        TEST(test_decompositions_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
