/* Made-up data sets lie where they should, and splits divide the rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

enum { N = 2000 };
static float x[N * 2];
static uint8_t label[N];
static ml_error error;

typedef ml_status make_function(size_t, double, ml_rng *, float *, uint8_t *, ml_error *);
static make_function *const all_makers[] = {ml_data_make_circles, ml_data_make_moons, ml_data_make_xor,
                                            ml_data_make_spiral, ml_data_make_random_labels};
enum { MAKERS = sizeof all_makers / sizeof *all_makers };

static void make(make_function *maker, double noise, uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, 0);
    assert_int_equal(maker(N, noise, &rng, x, label, &error), ML_OK);
}

static void assert_labels_alternate(void) {
    for (size_t i = 0; i < N; i++)
        assert_int_equal(label[i], i % 2);
}

static double radius_of(size_t i) {
    return sqrt((double)x[2 * i] * (double)x[2 * i] + (double)x[2 * i + 1] * (double)x[2 * i + 1]);
}

static void test_circles_have_two_radii(void **state) {
    (void)state;
    make(ml_data_make_circles, 0.0, 1);
    assert_labels_alternate();
    size_t quadrant[4] = {0};
    for (size_t i = 0; i < N; i++) {
        assert_true(fabs(radius_of(i) - (label[i] ? 0.4 : 0.9)) < 1e-6);
        quadrant[(x[2 * i] > 0.0f) + 2 * (x[2 * i + 1] > 0.0f)]++;
    }
    for (size_t q = 0; q < 4; q++) /* 500 expected, standard deviation 19 */
        assert_in_range(quadrant[q], 400, 600);
}

static void test_moons_are_halves_of_circles(void **state) {
    (void)state;
    make(ml_data_make_moons, 0.0, 1);
    assert_labels_alternate();
    for (size_t i = 0; i < N; i++) {
        const double side = label[i] ? 1.0 : -1.0, c = side * (double)x[2 * i] / 0.7 + 0.5,
                     s = side * (double)x[2 * i + 1] / 0.7 + 0.25;
        assert_true(fabs(c * c + s * s - 1.0) < 1e-5);
        assert_true(s > -1e-6);
    }
}

static void test_xor_is_decided_by_the_signs(void **state) {
    (void)state;
    make(ml_data_make_xor, 0.0, 1);
    size_t ones = 0;
    for (size_t i = 0; i < N; i++) {
        assert_true(fabsf(x[2 * i]) <= 1.0f && fabsf(x[2 * i + 1]) <= 1.0f);
        assert_int_equal(label[i], x[2 * i] * x[2 * i + 1] > 0.0f);
        ones += label[i];
    }
    assert_in_range(ones, 880, 1120);
}

static void test_spiral_winds_with_its_radius(void **state) {
    (void)state;
    const double pi = 3.14159265358979323846;
    make(ml_data_make_spiral, 0.0, 1);
    assert_labels_alternate();
    size_t outside_half = 0;
    for (size_t i = 0; i < N; i++) {
        const double u = radius_of(i), angle = 3.0 * pi * u + pi * label[i];
        assert_true(fabs((double)x[2 * i] - u * cos(angle)) < 1e-5);
        assert_true(fabs((double)x[2 * i + 1] - u * sin(angle)) < 1e-5);
        outside_half += u > 0.5;
    }
    assert_in_range(outside_half, 1400, 1600); /* u = sqrt(U): three quarters are expected */
}

static void test_random_labels_are_balanced_and_know_nothing(void **state) {
    (void)state;
    make(ml_data_make_random_labels, 0.0, 1);
    size_t ones = 0, as_in_xor = 0, alternating = 0;
    for (size_t i = 0; i < N; i++) {
        ones += label[i];
        as_in_xor += label[i] == (x[2 * i] * x[2 * i + 1] > 0.0f);
        alternating += label[i] == i % 2;
    }
    assert_int_equal(ones, N / 2);
    assert_in_range(as_in_xor, 880, 1120);
    assert_in_range(alternating, 880, 1120);
}

static void test_noise_moves_points_by_its_standard_deviation(void **state) {
    (void)state;
    for (size_t m = 0; m < MAKERS; m++) {
        static float exact[N * 2];
        static uint8_t exact_label[N];
        make(all_makers[m], 0.0, 3);
        memcpy(exact, x, sizeof exact);
        memcpy(exact_label, label, sizeof label);
        make(all_makers[m], 0.2, 3);
        assert_memory_equal(label, exact_label, sizeof label); /* the shape does not move */
        double sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < 2 * N; i++) {
            const double moved = (double)x[i] - (double)exact[i];
            sum += moved;
            squares += moved * moved;
        }
        assert_true(fabs(sum / (2 * N)) < 0.02);
        assert_true(fabs(sqrt(squares / (2 * N)) - 0.2) < 0.01);
    }
}

static void test_a_seed_gives_the_same_data(void **state) {
    (void)state;
    for (size_t m = 0; m < MAKERS; m++) {
        float first[20], again[20];
        uint8_t l[10];
        ml_rng one = ml_rng_seed(5, 2), two = ml_rng_seed(5, 2);
        assert_int_equal(all_makers[m](10, 0.1, &one, first, l, &error), ML_OK);
        assert_int_equal(all_makers[m](10, 0.1, &two, again, l, &error), ML_OK);
        assert_memory_equal(first, again, sizeof first);
    }
}

static void test_makers_refuse_bad_arguments(void **state) {
    (void)state;
    const double bad[] = {-0.1, (double)NAN, (double)INFINITY};
    for (size_t m = 0; m < MAKERS; m++) {
        ml_rng rng = ml_rng_seed(1, 0), before = rng;
        float point[2] = {7, 7};
        uint8_t l = 7;
        assert_int_equal(all_makers[m](0, 0.1, &rng, point, &l, &error), ML_EINVAL);
        assert_string_equal(error.message, "a data set of 0 rows has nothing to learn from; ask for at least 1");
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(all_makers[m](1, bad[i], &rng, point, &l, &error), ML_EINVAL);
        assert_string_equal(error.message, "noise is inf; a standard deviation is a finite number, 0 or more");
        assert_memory_equal(&rng, &before, sizeof rng);
        assert_true(point[0] == 7.0f && l == 7);
    }
}

static void test_blobs_lie_round_their_centres(void **state) {
    (void)state;
    enum { K = 3, D = 4, ROWS = 3000 };
    static float points[ROWS * D], centre[K * D];
    static uint8_t class_of[ROWS];
    ml_rng rng = ml_rng_seed(2, 0);
    assert_int_equal(ml_data_make_blobs(ROWS, K, D, 10.0, 0.5, &rng, centre, points, class_of, &error), ML_OK);
    double mean[K * D] = {0}, squares = 0.0;
    for (size_t i = 0; i < ROWS; i++) {
        assert_int_equal(class_of[i], i % K);
        for (size_t j = 0; j < D; j++) {
            const double off = (double)points[i * D + j] - (double)centre[class_of[i] * D + j];
            mean[class_of[i] * D + j] += off / (ROWS / K);
            squares += off * off;
        }
    }
    for (size_t i = 0; i < K * D; i++) {
        assert_true(fabsf(centre[i]) <= 10.0f);
        assert_true(fabs(mean[i]) < 0.08); /* five standard errors */
    }
    assert_true(fabs(sqrt(squares / (ROWS * D)) - 0.5) < 0.02);
}

static void test_blobs_refuse_bad_arguments(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    float c[4], p[4];
    uint8_t l[2];
    assert_int_equal(ml_data_make_blobs(2, 0, 2, 1.0, 1.0, &rng, c, p, l, &error), ML_EINVAL);
    assert_string_equal(error.message, "0 classes; blobs have 1 to 256");
    assert_int_equal(ml_data_make_blobs(2, 257, 2, 1.0, 1.0, &rng, c, p, l, &error), ML_EINVAL);
    assert_int_equal(ml_data_make_blobs(2, 2, 0, 1.0, 1.0, &rng, c, p, l, &error), ML_EINVAL);
    assert_string_equal(error.message, "blobs need at least 1 feature");
    assert_int_equal(ml_data_make_blobs(2, 2, 2, -1.0, 1.0, &rng, c, p, l, &error), ML_EINVAL);
    assert_string_equal(error.message, "box is -1; half the side of a cube is a finite number, 0 or more");
    assert_int_equal(ml_data_make_blobs(2, 2, 2, 1.0, (double)NAN, &rng, c, p, l, &error), ML_EINVAL);
    assert_int_equal(ml_data_make_blobs(0, 2, 2, 1.0, 1.0, &rng, c, p, l, &error), ML_EINVAL);
}

/* --- Splits ------------------------------------------------------------------------------------------------------- */

static void assert_is_permutation(size_t n, const uint32_t *order) {
    static bool seen[N];
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < n; i++) {
        assert_true(order[i] < n && !seen[order[i]]);
        seen[order[i]] = true;
    }
}

static void test_splits_divide_the_rows(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(8, 0);
    uint32_t order[N];
    for (int round = 0; round < 500; round++) {
        const size_t n = 2 + (size_t)ml_rng_below(&rng, 300);
        const double share = 0.02 + 0.9 * ml_rng_uniform(&rng);
        size_t n_train = 0;
        const ml_status status = ml_data_split(n, share, NULL, &rng, order, &n_train, &error);
        const size_t n_test = (size_t)ceil(share * (double)n);
        if (n_test >= n) {
            assert_int_equal(status, ML_EINVAL);
            continue;
        }
        assert_int_equal(status, ML_OK);
        assert_int_equal(n - n_train, n_test);
        assert_is_permutation(n, order);
    }
}

static void test_every_row_is_as_likely_to_be_tested(void **state) {
    (void)state;
    enum { ROWS = 20, ROUNDS = 20000 };
    ml_rng rng = ml_rng_seed(9, 0);
    size_t tested[ROWS] = {0}, first_train[ROWS] = {0}, n_train;
    uint32_t order[ROWS];
    for (int round = 0; round < ROUNDS; round++) {
        assert_int_equal(ml_data_split(ROWS, 0.25, NULL, &rng, order, &n_train, &error), ML_OK);
        for (size_t i = n_train; i < ROWS; i++)
            tested[order[i]]++;
        first_train[order[0]]++;
    }
    for (size_t i = 0; i < ROWS; i++) {
        assert_in_range(tested[i], 5000 - 6 * 61, 5000 + 6 * 61); /* six standard deviations */
        assert_in_range(first_train[i], 1000 - 6 * 31, 1000 + 6 * 31);
    }
}

static void test_stratified_splits_keep_the_classes_shares(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(10, 0);
    uint8_t y[N];
    uint32_t order[N];
    for (int round = 0; round < 300; round++) {
        const size_t n = 100 + (size_t)ml_rng_below(&rng, 200), k = 2 + (size_t)ml_rng_below(&rng, 4);
        const double share = 0.1 + 0.8 * ml_rng_uniform(&rng);
        size_t count[256] = {0}, tested[256] = {0}, n_train = 0;
        for (size_t i = 0; i < n; i++)
            count[y[i] = (uint8_t)(i < 2 * k ? i % k : ml_rng_below(&rng, 2) * ml_rng_below(&rng, k))]++;
        assert_int_equal(ml_data_split(n, share, y, &rng, order, &n_train, &error), ML_OK);
        assert_is_permutation(n, order);
        const size_t n_test = n - n_train;
        assert_int_equal(n_test, (size_t)ceil(share * (double)n));
        for (size_t i = n_train; i < n; i++)
            tested[y[order[i]]]++;
        for (size_t c = 0; c < k; c++)
            assert_true(fabs((double)tested[c] - (double)(count[c] * n_test) / (double)n) < 1.0);
    }
}

/* Whoever takes only the first training rows has each class in its share, too. */
static void test_stratified_training_rows_are_in_random_order(void **state) {
    (void)state;
    enum { ROUNDS = 10000, ROWS = 50 };
    ml_rng rng = ml_rng_seed(12, 0);
    uint8_t y[ROWS];
    uint32_t order[ROWS];
    size_t rare_first = 0, n_train;
    for (size_t i = 0; i < ROWS; i++)
        y[i] = i % 5 == 0;
    for (int round = 0; round < ROUNDS; round++) {
        assert_int_equal(ml_data_split(ROWS, 0.5, y, &rng, order, &n_train, &error), ML_OK);
        rare_first += y[order[0]];
    }
    assert_in_range(rare_first, 2000 - 6 * 40, 2000 + 6 * 40); /* six standard deviations */
}

static void test_largest_remainders_get_the_rest_and_lower_classes_first(void **state) {
    (void)state;
    const uint8_t y[8] = {0, 0, 1, 1, 2, 2, 2, 2}; /* 3 test rows: shares 0.75, 0.75, 1.5 */
    ml_rng rng = ml_rng_seed(1, 0);
    uint32_t order[8];
    size_t n_train, tested[3] = {0};
    assert_int_equal(ml_data_split(8, 0.375, y, &rng, order, &n_train, &error), ML_OK);
    for (size_t i = n_train; i < 8; i++)
        tested[y[order[i]]]++;
    assert_true(tested[0] == 1 && tested[1] == 1 && tested[2] == 1);

    const uint8_t even[4] = {3, 3, 5, 5};
    assert_int_equal(ml_data_split(4, 0.5, even, &rng, order, &n_train, &error), ML_OK);
    assert_true(even[order[2]] != even[order[3]]);
}

static void test_splits_refuse_bad_arguments(void **state) {
    (void)state;
    const double bad[] = {0.0, 1.0, -0.1, (double)NAN};
    const uint8_t lonely[4] = {0, 0, 0, 2}, four[8] = {0, 0, 1, 1, 2, 2, 3, 3};
    ml_rng rng = ml_rng_seed(1, 0), before = rng;
    uint32_t order[8] = {9};
    size_t n_train = 9;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(ml_data_split(4, bad[i], NULL, &rng, order, &n_train, &error), ML_EINVAL);
    assert_string_equal(error.message, "the test share is nan; it lies between 0 and 1");
    assert_int_equal(ml_data_split(1, 0.5, NULL, &rng, order, &n_train, &error), ML_EINVAL);
    assert_string_equal(error.message, "a test share of 0.5 leaves 0 of 1 rows for training; both parts need rows");
    assert_int_equal(ml_data_split(0, 0.5, NULL, &rng, order, &n_train, &error), ML_EINVAL);
    assert_int_equal(ml_data_split(4, 0.5, lonely, &rng, order, &n_train, &error), ML_EINVAL);
    assert_string_equal(error.message, "class 2 has only one row, which cannot be in both parts; leave it out or split "
                                       "without strata");
    assert_int_equal(ml_data_split(8, 0.25, four, &rng, order, &n_train, &error), ML_EINVAL);
    assert_string_equal(error.message,
                        "6 training and 2 test rows cannot both hold all 4 classes; change the test share");
    assert_true(order[0] == 9 && n_train == 9);
    assert_memory_equal(&rng, &before, sizeof rng);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_circles_have_two_radii),
        cmocka_unit_test(test_moons_are_halves_of_circles),
        cmocka_unit_test(test_xor_is_decided_by_the_signs),
        cmocka_unit_test(test_spiral_winds_with_its_radius),
        cmocka_unit_test(test_random_labels_are_balanced_and_know_nothing),
        cmocka_unit_test(test_noise_moves_points_by_its_standard_deviation),
        cmocka_unit_test(test_a_seed_gives_the_same_data),
        cmocka_unit_test(test_makers_refuse_bad_arguments),
        cmocka_unit_test(test_blobs_lie_round_their_centres),
        cmocka_unit_test(test_blobs_refuse_bad_arguments),
        cmocka_unit_test(test_splits_divide_the_rows),
        cmocka_unit_test(test_every_row_is_as_likely_to_be_tested),
        cmocka_unit_test(test_stratified_splits_keep_the_classes_shares),
        cmocka_unit_test(test_stratified_training_rows_are_in_random_order),
        cmocka_unit_test(test_largest_remainders_get_the_rest_and_lower_classes_first),
        cmocka_unit_test(test_splits_refuse_bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
