/* Groups without labels: against scikit-learn, and what must hold of any data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden/clusters_golden.h"
#include "ml.h"

static unsigned char block[4 << 20];
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
        if (!(fabs(got[i] - expected[i]) <= tolerance * fmax(1e-6, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, word);
}

enum { MOST_N = 90, MOST_D = 9, MOST_K = 20 };
static double x[MOST_N * MOST_D];

/* Rows of a few sizes, with groups, on a grid at times so that distances tie and rows repeat. */
static void draw_rows(ml_rng *rng, size_t n, size_t d) {
    const bool on_grid = ml_rng_bernoulli(rng, 0.3);
    const size_t groups = 1 + ml_rng_below(rng, 6);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++) {
            const double value = 4.0 * (double)((i % groups) * (j + 1) % 5) + ml_rng_normal(rng);
            x[i * d + j] = on_grid ? floor(value / 2.0) : value;
        }
}

/* --- k-means ------------------------------------------------------------------------------------------------------ */

static void compare_kmeans(size_t n, size_t d, size_t k, const double *rows, double tolerance, const double *centre,
                           const uint32_t *label, double inertia, size_t iterations) {
    double got[11 * 5];
    uint32_t got_label[200];
    ml_kmeans_report report;
    memcpy(got, rows, k * d * sizeof *got);
    assert_int_equal(ml_kmeans_refine(n, d, rows, k, 300, tolerance, got, got_label, &report, &arena, &error), ML_OK);
    assert_close(k * d, got, centre, 1e-12);
    assert_memory_equal(got_label, label, n * sizeof *label);
    assert_close(1, &report.inertia, &inertia, 1e-12);
    assert_int_equal(report.iterations, iterations);
    assert_true(report.converged);
}

static void test_kmeans_is_that_of_scikit_learn(void **state) {
    (void)state;
    compare_kmeans(FEW_N, FEW_D, FEW_K, few_x, few_tolerance[0], few_centre, few_label, few_inertia[0], FEW_ITERATIONS);
    compare_kmeans(MANY_N, MANY_D, MANY_K, many_x, many_tolerance[0], many_centre, many_label, many_inertia[0],
                   MANY_ITERATIONS);
    compare_kmeans(EARLY_N, EARLY_D, EARLY_K, early_x, early_tolerance[0], early_centre, early_label, early_inertia[0],
                   EARLY_ITERATIONS);
}

/* Each iteration done alone, so that no bound outlives it, against all at once. */
static void test_bounds_spare_distances_but_change_nothing(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    for (int round = 0; round < 1000; round++) {
        const size_t n = 1 + ml_rng_below(&rng, MOST_N), d = 1 + ml_rng_below(&rng, MOST_D),
                     k = 1 + ml_rng_below(&rng, n < MOST_K ? n : MOST_K);
        double at_once[MOST_K * MOST_D], one_by_one[MOST_K * MOST_D], last = (double)INFINITY;
        uint32_t label[MOST_N], other[MOST_N];
        ml_kmeans_report all, one = {0};
        draw_rows(&rng, n, d);
        assert_int_equal(ml_kmeans_start(n, d, x, k, &rng, at_once, &arena, &error), ML_OK);
        memcpy(one_by_one, at_once, sizeof at_once);
        assert_int_equal(ml_kmeans_refine(n, d, x, k, 30, 0.0, at_once, label, &all, &arena, &error), ML_OK);
        for (size_t i = 0; i < all.iterations; i++) {
            assert_int_equal(ml_kmeans_refine(n, d, x, k, 1, 0.0, one_by_one, other, &one, &arena, &error), ML_OK);
            assert_true(one.inertia <= last * (1.0 + 1e-12)); /* never rises */
            last = one.inertia;
        }
        assert_memory_equal(at_once, one_by_one, k * d * sizeof *at_once);
        assert_memory_equal(label, other, n * sizeof *label);
        assert_true(all.inertia == one.inertia);
    }
}

static void test_labels_are_the_nearest_centres_and_centres_the_means(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(2, 0);
    for (int round = 0; round < 300; round++) {
        const size_t n = 1 + ml_rng_below(&rng, MOST_N), d = 1 + ml_rng_below(&rng, MOST_D),
                     k = 1 + ml_rng_below(&rng, n < MOST_K ? n : MOST_K);
        double centre[MOST_K * MOST_D], distance[MOST_N], sum = 0.0;
        uint32_t label[MOST_N], nearest[MOST_N];
        ml_kmeans_report report;
        draw_rows(&rng, n, d);
        assert_int_equal(ml_kmeans_fit(n, d, x, k, 2, 300, 0.0, &rng, centre, label, &report, &arena, &error), ML_OK);
        assert_true(report.converged);
        assert_int_equal(ml_kmeans_assign(n, d, x, k, centre, nearest, distance, &arena, &error), ML_OK);
        assert_memory_equal(label, nearest, n * sizeof *label);
        for (size_t i = 0; i < n; i++) {
            double least = (double)INFINITY;
            for (size_t c = k; c-- > 0;) {
                double here = 0.0;
                for (size_t j = 0; j < d; j++)
                    here += (x[i * d + j] - centre[c * d + j]) * (x[i * d + j] - centre[c * d + j]);
                least = here < least ? here : least;
            }
            assert_true(distance[i] == least);
            sum += distance[i];
        }
        assert_true(sum == report.inertia);
        for (size_t c = 0; c < k; c++)
            for (size_t j = 0; j < d; j++) {
                double mean = 0.0, count = 0.0;
                for (size_t i = 0; i < n; i++)
                    if (label[i] == c) {
                        mean += x[i * d + j];
                        count++;
                    }
                if (count > 0.0)
                    assert_true(fabs(mean / count - centre[c * d + j]) <= 1e-12);
            }
    }
}

static void test_an_empty_centre_takes_the_farthest_row(void **state) {
    (void)state;
    const double rows[] = {0, 1, 2, 10};
    double centre[] = {1, 500};
    uint32_t label[4];
    ml_kmeans_report report;
    assert_int_equal(ml_kmeans_refine(4, 1, rows, 2, 1, 0.0, centre, label, &report, &arena, &error), ML_OK);
    assert_true(centre[0] == 1.0 && centre[1] == 10.0 && report.inertia == 2.0 && !report.converged);
    const uint32_t expected[] = {0, 0, 0, 1};
    assert_memory_equal(label, expected, sizeof label);
}

static void test_more_centres_than_different_rows(void **state) {
    (void)state;
    const double rows[] = {3, 3, 3, 5, 5};
    double centre[4];
    ml_kmeans_report report;
    ml_rng rng = ml_rng_seed(3, 0);
    assert_int_equal(ml_kmeans_fit(5, 1, rows, 4, 3, 300, 1e-4, &rng, centre, NULL, &report, &arena, &error), ML_OK);
    assert_true(report.inertia == 0.0 && report.converged);
}

/* The chance of a row as second centre goes with its squared distance: 1 and 9 from the first. With two draws, of which
 * the better wins, the far row is missed only if both hit the near one. */
static void test_start_draws_by_squared_distance(void **state) {
    (void)state;
    const double rows[] = {0, 1, 3};
    ml_rng rng = ml_rng_seed(4, 0);
    int from_0 = 0, near = 0;
    for (int round = 0; round < 30000; round++) {
        double centre[2];
        assert_int_equal(ml_kmeans_start(3, 1, rows, 2, &rng, centre, &arena, &error), ML_OK);
        from_0 += centre[0] == 0.0;
        near += centre[0] == 0.0 && centre[1] == 1.0;
    }
    assert_true(abs(from_0 - 10000) < 500); /* six standard deviations */
    assert_true(fabs(near - from_0 * 0.01) < 6.0 * sqrt(from_0 * 0.01));
}

static void test_minibatch_comes_near_to_kmeans(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(5, 0);
    for (int round = 0; round < 50; round++) {
        double centre[FEW_K * FEW_D], other[FEW_K * FEW_D], inertia;
        uint32_t label[FEW_N], nearest[FEW_N];
        ml_kmeans_report report;
        assert_int_equal(
            ml_kmeans_fit(FEW_N, FEW_D, few_x, FEW_K, 10, 300, 0.0, &rng, centre, NULL, &report, &arena, &error),
            ML_OK);
        assert_int_equal(
            ml_kmeans_minibatch(FEW_N, FEW_D, few_x, FEW_K, 20, 100, &rng, other, label, &inertia, &arena, &error),
            ML_OK);
        if (!(inertia > 0.99 * report.inertia && inertia < 1.15 * report.inertia))
            fail_msg("round %d: %g, all rows give %g", round, inertia, report.inertia);
        assert_int_equal(ml_kmeans_assign(FEW_N, FEW_D, few_x, FEW_K, other, nearest, NULL, &arena, &error), ML_OK);
        assert_memory_equal(label, nearest, sizeof label);
    }
}

/* One row: every step pulls the centre to it, and both halves of the output may be left out. */
static void test_minibatch_of_one_row(void **state) {
    (void)state;
    const double row[] = {2, -3};
    double centre[2];
    ml_rng rng = ml_rng_seed(6, 0);
    assert_int_equal(ml_kmeans_minibatch(1, 2, row, 1, 5, 4, &rng, centre, NULL, NULL, &arena, &error), ML_OK);
    assert_memory_equal(centre, row, sizeof row);
}

static void test_kmeans_refuses(void **state) {
    (void)state;
    const double good[] = {1, 2, 3}, missing[] = {1, NAN, 3}, huge[] = {1, 1e141, 3};
    double centre[] = {77, 78, 79};
    uint32_t label[3] = {9, 9, 9};
    ml_kmeans_report report = {.iterations = 42};
    ml_rng rng = ml_rng_seed(7, 0);
    ml_arena *const a = &arena;
    assert_fails(ml_kmeans_fit(0, 1, good, 1, 1, 9, 0, &rng, centre, label, &report, a, &error), ML_EINVAL,
                 "at least one");
    assert_fails(ml_kmeans_fit(3, 1, missing, 1, 1, 9, 0, &rng, centre, label, &report, a, &error), ML_EINVAL,
                 "missing");
    assert_fails(ml_kmeans_fit(3, 1, huge, 1, 1, 9, 0, &rng, centre, label, &report, a, &error), ML_EINVAL,
                 "overflows");
    assert_fails(ml_kmeans_fit(3, 1, good, 0, 1, 9, 0, &rng, centre, label, &report, a, &error), ML_EINVAL, "cluster");
    assert_fails(ml_kmeans_fit(3, 1, good, 4, 1, 9, 0, &rng, centre, label, &report, a, &error), ML_EINVAL, "cluster");
    assert_fails(ml_kmeans_fit(3, 1, good, 2, 0, 9, 0, &rng, centre, label, &report, a, &error), ML_EINVAL, "starts");
    assert_fails(ml_kmeans_fit(3, 1, good, 2, 1, 0, 0, &rng, centre, label, &report, a, &error), ML_EINVAL,
                 "iterations");
    assert_fails(ml_kmeans_fit(3, 1, good, 2, 1, 9, NAN, &rng, centre, label, &report, a, &error), ML_EINVAL,
                 "tolerance");
    assert_fails(ml_kmeans_refine(3, 1, good, 2, 9, -1, centre, label, &report, a, &error), ML_EINVAL, "tolerance");
    assert_fails(ml_kmeans_start(3, 1, good, 4, &rng, centre, a, &error), ML_EINVAL, "cluster");
    assert_fails(ml_kmeans_minibatch(3, 1, good, 2, 0, 1, &rng, centre, label, NULL, a, &error), ML_EINVAL, "batch");
    assert_fails(ml_kmeans_minibatch(3, 1, good, 2, 1, 0, &rng, centre, label, NULL, a, &error), ML_EINVAL, "steps");
    assert_fails(ml_kmeans_assign(3, 1, missing, 1, good, label, NULL, a, &error), ML_EINVAL, "missing");
    assert_fails(ml_kmeans_assign(3, 1, good, 0, good, label, NULL, a, &error), ML_EINVAL, "at least one");
    arena.capacity = 64;
    assert_fails(ml_kmeans_fit(3, 1, good, 2, 1, 9, 0, &rng, centre, label, &report, a, &error), ML_ENOMEM, "memory");
    assert_fails(ml_kmeans_refine(3, 1, good, 2, 9, 0, centre, label, &report, a, &error), ML_ENOMEM, "memory");
    assert_fails(ml_kmeans_start(3, 1, good, 2, &rng, centre, a, &error), ML_ENOMEM, "memory");
    assert_fails(ml_kmeans_minibatch(3, 1, good, 2, 1, 1, &rng, centre, label, NULL, a, &error), ML_ENOMEM, "memory");
    arena.capacity = 0;
    assert_fails(ml_kmeans_assign(3, 1, good, 1, good, label, NULL, a, &error), ML_ENOMEM, "memory");
    assert_true(centre[0] == 77 && centre[1] == 78 && centre[2] == 79 && label[0] == 9 && report.iterations == 42);
    assert_int_equal(ml_kmeans_assign(0, 1, NULL, 1, good, label, NULL, a, &error), ML_ENOMEM);
}

/* --- DBSCAN ------------------------------------------------------------------------------------------------------- */

static void test_dbscan_is_that_of_scikit_learn(void **state) {
    (void)state;
    int32_t label[DENSE_N];
    size_t clusters;
    assert_int_equal(ml_dbscan(DENSE_N, DENSE_D, dense_x, dense_radius[0], DENSE_MIN, label, &clusters, &arena, &error),
                     ML_OK);
    assert_memory_equal(label, dense_label, sizeof dense_label);
    assert_int_equal(clusters, DENSE_CLUSTERS);
    assert_int_equal(ml_dbscan(SPARSE_N, SPARSE_D, sparse_x, sparse_radius[0], SPARSE_MIN, label, NULL, &arena, &error),
                     ML_OK);
    assert_memory_equal(label, sparse_label, sizeof sparse_label);
}

/* By definition: clusters are what core rows reach over core rows, found here by joining until nothing changes. */
static void test_dbscan_is_what_its_definition_says(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(8, 0);
    for (int round = 0; round < 500; round++) {
        const size_t n = 1 + ml_rng_below(&rng, MOST_N), d = 1 + ml_rng_below(&rng, 3), min = 1 + ml_rng_below(&rng, 5);
        const double radius = 0.2 + 3.0 * ml_rng_uniform(&rng);
        bool near[MOST_N][MOST_N], is_core[MOST_N], has_joined = true;
        size_t group[MOST_N], clusters;
        int32_t label[MOST_N];
        draw_rows(&rng, n, d);
        assert_int_equal(ml_dbscan(n, d, x, radius, min, label, &clusters, &arena, &error), ML_OK);
        for (size_t a = 0; a < n; a++) {
            size_t count = 0;
            for (size_t b = 0; b < n; b++) {
                double sum = 0.0;
                for (size_t j = 0; j < d; j++)
                    sum += (x[a * d + j] - x[b * d + j]) * (x[a * d + j] - x[b * d + j]);
                near[a][b] = sum <= radius * radius;
                count += near[a][b];
            }
            is_core[a] = count >= min;
            group[a] = a;
        }
        while (has_joined) {
            has_joined = false;
            for (size_t a = 0; a < n; a++)
                for (size_t b = 0; b < n; b++)
                    if (is_core[a] && is_core[b] && near[a][b] && group[b] < group[a]) {
                        group[a] = group[b];
                        has_joined = true;
                    }
        }
        for (size_t a = 0; a < n; a++) {
            int32_t lowest = INT32_MAX;
            for (size_t b = 0; b < n; b++) {
                if (is_core[a] && is_core[b])
                    assert_int_equal(group[a] == group[b], label[a] == label[b]);
                if (is_core[b] && near[a][b] && label[b] < lowest)
                    lowest = label[b];
            }
            assert_int_equal(label[a], lowest == INT32_MAX ? -1 : lowest);
            assert_true(label[a] < (int32_t)clusters);
        }
    }
}

static void test_dbscan_refuses(void **state) {
    (void)state;
    const double rows[] = {1, 2, NAN};
    int32_t label[3] = {9, 9, 9};
    assert_fails(ml_dbscan(0, 1, rows, 1, 1, label, NULL, &arena, &error), ML_EINVAL, "at least one");
    assert_fails(ml_dbscan(3, 1, rows, 1, 1, label, NULL, &arena, &error), ML_EINVAL, "missing");
    assert_fails(ml_dbscan(2, 1, rows, 0, 1, label, NULL, &arena, &error), ML_EINVAL, "radius");
    assert_fails(ml_dbscan(2, 1, rows, NAN, 1, label, NULL, &arena, &error), ML_EINVAL, "radius");
    assert_fails(ml_dbscan(2, 1, rows, 1, 0, label, NULL, &arena, &error), ML_EINVAL, "min_rows");
    arena.capacity = 64;
    assert_fails(ml_dbscan(2, 1, rows, 1, 1, label, NULL, &arena, &error), ML_ENOMEM, "memory");
    assert_int_equal(label[0], 9);
}

/* --- Mixtures ----------------------------------------------------------------------------------------------------- */

static double weight[MOST_K], mean[MOST_K * MOST_D], covariance[MOST_K * MOST_D * MOST_D];

static void compare_mixture(ml_covariance shape, size_t n, size_t d, size_t k, const double *rows, double tolerance,
                            const double *expected_weight, const double *expected_mean,
                            const double *expected_covariance, const double *log_density, const double *responsibility,
                            size_t iterations) {
    const size_t size = shape == ML_COVARIANCE_FULL ? d * d : d;
    ml_mixture mixture = {d, k, shape, weight, mean, covariance};
    ml_mixture_report report;
    double got_density[90], got_share[90 * 3], sum = 0.0;
    memcpy(mean, rows, k * d * sizeof *mean);
    for (size_t c = 0; c < k; c++) {
        weight[c] = 1.0 / (double)k;
        for (size_t i = 0; i < size; i++)
            covariance[c * size + i] = shape == ML_COVARIANCE_DIAGONAL || i % (d + 1) == 0;
    }
    assert_int_equal(ml_mixture_fit(n, rows, 1e-4, tolerance, 500, &mixture, &report, &arena, &error), ML_OK);
    assert_true(report.converged);
    assert_int_equal(report.iterations, iterations);
    assert_close(k, weight, expected_weight, 1e-9);
    assert_close(k * d, mean, expected_mean, 1e-9);
    assert_close(k * size, covariance, expected_covariance, 1e-8);
    assert_int_equal(ml_mixture_predict(n, rows, &mixture, got_density, got_share, &arena, &error), ML_OK);
    assert_close(n, got_density, log_density, 1e-9);
    for (size_t i = 0; i < n * k; i++)
        assert_true(fabs(got_share[i] - responsibility[i]) < 1e-9);
    for (size_t i = 0; i < n; i++)
        sum += got_density[i] / (double)n;
    assert_close(1, &report.log_likelihood, &sum, 1e-12);
}

static void test_mixtures_are_those_of_scikit_learn(void **state) {
    (void)state;
    compare_mixture(ML_COVARIANCE_FULL, FULL_N, FULL_D, FULL_K, full_x, full_tolerance[0], full_weight, full_mean,
                    full_covariance, full_log_density, full_responsibility, FULL_ITERATIONS);
    compare_mixture(ML_COVARIANCE_DIAGONAL, DIAGONAL_N, DIAGONAL_D, DIAGONAL_K, diagonal_x, diagonal_tolerance[0],
                    diagonal_weight, diagonal_mean, diagonal_covariance, diagonal_log_density, diagonal_responsibility,
                    DIAGONAL_ITERATIONS);
}

static void test_likelihood_never_falls(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(9, 0);
    int fits = 0;
    for (int round = 0; round < 200; round++) {
        const size_t n = 20 + ml_rng_below(&rng, MOST_N - 20), d = 1 + ml_rng_below(&rng, 3),
                     k = 1 + ml_rng_below(&rng, 3);
        ml_mixture mixture = {d,      k,    ml_rng_bernoulli(&rng, 0.5) ? ML_COVARIANCE_FULL : ML_COVARIANCE_DIAGONAL,
                              weight, mean, covariance};
        ml_mixture_report report;
        double last = -(double)INFINITY, share[MOST_N * 3];
        draw_rows(&rng, n, d);
        assert_int_equal(ml_mixture_start(n, x, 1e-3, &rng, &mixture, &arena, &error), ML_OK);
        for (int i = 0; i < 10 && ml_mixture_fit(n, x, 0, 0, 1, &mixture, &report, &arena, &error) == ML_OK; i++) {
            if (!(report.log_likelihood >= last - 1e-9 * fabs(last)))
                fail_msg("round %d, iteration %d: %.17g after %.17g", round, i, report.log_likelihood, last);
            last = report.log_likelihood;
            fits++;
        }
        if (ml_mixture_predict(n, x, &mixture, NULL, share, &arena, &error) != ML_OK)
            continue;
        for (size_t i = 0; i < n; i++) {
            double sum = 0.0;
            for (size_t c = 0; c < k; c++)
                sum += share[i * k + c];
            assert_true(fabs(sum - 1.0) < 1e-12);
        }
    }
    assert_true(fits > 1500); /* on a grid a component may shrink to a point, which is refused */
}

static void test_mixture_of_far_rows_and_of_equal_ones(void **state) {
    (void)state;
    const double far[] = {0, 1, 1e6}, beyond[] = {1e140}, same[] = {4, 4, 4};
    double one[] = {1}, middle[] = {0.5}, variance[] = {1}, density[3], share[3];
    ml_mixture mixture = {1, 1, ML_COVARIANCE_FULL, one, middle, variance};
    ml_mixture_report report;
    ml_rng rng = ml_rng_seed(10, 0);
    assert_int_equal(ml_mixture_predict(3, far, &mixture, density, share, &arena, &error), ML_OK);
    assert_true(share[2] == 1.0 && density[2] < -4e11 && isfinite(density[2]));
    variance[0] = 1e-140;
    middle[0] = 0.0;
    assert_int_equal(ml_mixture_predict(1, beyond, &mixture, density, share, &arena, &error), ML_OK);
    assert_true(share[0] == 1.0 && !isnan(density[0]));
    assert_int_equal(ml_mixture_start(3, same, 1e-6, &rng, &mixture, &arena, &error), ML_OK);
    assert_int_equal(ml_mixture_fit(3, same, 1e-6, 1e-3, 9, &mixture, &report, &arena, &error), ML_OK);
    assert_true(fabs(variance[0] - 1e-6) < 1e-12 && fabs(middle[0] - 4.0) < 1e-12);
    assert_fails(ml_mixture_fit(3, same, 0, 1e-3, 9, &mixture, &report, &arena, &error), ML_ESINGULAR,
                 "regularisation");
    mixture.shape = ML_COVARIANCE_DIAGONAL;
    variance[0] = 1.0;
    middle[0] = 4.0;
    assert_fails(ml_mixture_fit(3, same, 0, 1e-3, 9, &mixture, &report, &arena, &error), ML_ESINGULAR, "component 0");
    assert_true(variance[0] == 1.0);
}

static void test_mixtures_refuse(void **state) {
    (void)state;
    const double rows[] = {1, 2, NAN};
    double one[] = {1, 1}, middle[] = {0, 5}, variance[] = {1, 1}, density[3] = {7, 7, 7};
    ml_mixture m = {1, 2, ML_COVARIANCE_FULL, one, middle, variance};
    ml_mixture_report r = {.iterations = 42};
    ml_rng rng = ml_rng_seed(11, 0);
    ml_arena *const a = &arena;
    assert_fails(ml_mixture_fit(0, rows, 0, 0, 1, &m, &r, a, &error), ML_EINVAL, "at least one");
    assert_fails(ml_mixture_fit(1, rows, 0, 0, 1, &m, &r, a, &error), ML_EINVAL, "cluster");
    assert_fails(ml_mixture_fit(3, rows, 0, 0, 1, &m, &r, a, &error), ML_EINVAL, "missing");
    assert_fails(ml_mixture_fit(2, rows, -1, 0, 1, &m, &r, a, &error), ML_EINVAL, "regularisation");
    assert_fails(ml_mixture_fit(2, rows, 0, NAN, 1, &m, &r, a, &error), ML_EINVAL, "tolerance");
    assert_fails(ml_mixture_fit(2, rows, 0, 0, 0, &m, &r, a, &error), ML_EINVAL, "max_iterations");
    assert_fails(ml_mixture_start(2, rows, NAN, &rng, &m, a, &error), ML_EINVAL, "regularisation");
    assert_fails(ml_mixture_start(1, rows, 0, &rng, &m, a, &error), ML_EINVAL, "cluster");
    assert_fails(ml_mixture_predict(3, rows, &m, density, NULL, a, &error), ML_EINVAL, "missing");
    one[1] = 0.0;
    assert_fails(ml_mixture_predict(2, rows, &m, density, NULL, a, &error), ML_EINVAL, "weight");
    one[1] = 1.0;
    variance[1] = NAN;
    assert_fails(ml_mixture_predict(2, rows, &m, density, NULL, a, &error), ML_EINVAL, "nan");
    variance[1] = 0.0;
    assert_fails(ml_mixture_predict(2, rows, &m, density, NULL, a, &error), ML_ESINGULAR, "component 1");
    variance[1] = 1.0;
    arena.capacity = 64;
    assert_fails(ml_mixture_fit(2, rows, 0, 0, 1, &m, &r, a, &error), ML_ENOMEM, "memory");
    assert_fails(ml_mixture_start(2, rows, 0, &rng, &m, a, &error), ML_ENOMEM, "memory");
    assert_fails(ml_mixture_predict(2, rows, &m, density, NULL, a, &error), ML_ENOMEM, "memory");
    assert_true(density[0] == 7 && middle[1] == 5 && r.iterations == 42);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, given_back)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_kmeans_is_that_of_scikit_learn),
        TEST(test_bounds_spare_distances_but_change_nothing),
        TEST(test_labels_are_the_nearest_centres_and_centres_the_means),
        TEST(test_an_empty_centre_takes_the_farthest_row),
        TEST(test_more_centres_than_different_rows),
        TEST(test_start_draws_by_squared_distance),
        TEST(test_minibatch_comes_near_to_kmeans),
        TEST(test_minibatch_of_one_row),
        TEST(test_kmeans_refuses),
        TEST(test_dbscan_is_that_of_scikit_learn),
        TEST(test_dbscan_is_what_its_definition_says),
        TEST(test_dbscan_refuses),
        TEST(test_mixtures_are_those_of_scikit_learn),
        TEST(test_likelihood_never_falls),
        TEST(test_mixture_of_far_rows_and_of_equal_ones),
        TEST(test_mixtures_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
