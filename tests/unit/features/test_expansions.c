/* Polynomials, Fourier features and positions against scikit-learn and NumPy. */
#include "golden/features_golden.h"
#include "unit/features/features_test.h"

enum { N = 4, D = 3, M = 5 };

static void test_polynomials_are_those_of_scikit_learn(void **state) {
    (void)state;
    double out[N * 20];
    assert_int_equal(ml_polynomial_count(D, 3, false, true), 20);
    assert_int_equal(ml_polynomial(N, D, 3, false, true, features_rows, out, &error), ML_OK);
    assert_all_near("cubic", N * 20, out, golden_cubic, 1e-15);
    assert_int_equal(ml_polynomial_count(D, 2, true, false), 6);
    assert_int_equal(ml_polynomial(N, D, 2, true, false, features_rows, out, &error), ML_OK);
    assert_all_near("pairs", N * 6, out, golden_pairs, 1e-15);
}

/* With all x = 1 each product is 1: exactly `count` places are written, whatever the degree and the columns. */
static void test_the_count_is_what_is_written(void **state) {
    (void)state;
    static double out[20000];
    const double ones[6] = {1, 1, 1, 1, 1, 1};
    for (unsigned degree = 0; degree <= 8; degree++)
        for (size_t d = 1; d <= 6; d++)
            for (int flags = 0; flags < 4; flags++) {
                const size_t count = ml_polynomial_count(d, degree, flags & 1, flags & 2);
                if (count == 0)
                    continue;
                memset(out, 0, sizeof out);
                assert_int_equal(ml_polynomial(1, d, degree, flags & 1, flags & 2, ones, out, &error), ML_OK);
                for (size_t i = 0; i <= count; i++)
                    assert_true(out[i] == (i < count ? 1.0 : 0.0));
            }
}

static void test_too_many_products_are_refused(void **state) {
    (void)state;
    double out[1] = {7};
    assert_int_equal(ml_polynomial_count(100000, 2, false, true), 0);
    assert_int_equal(ml_polynomial_count(3, 17, false, true), 0);
    assert_int_equal(ml_polynomial_count(SIZE_MAX, 2, false, true), 0);
    assert_int_equal(ml_polynomial_count(0, 3, false, true), 1);
    assert_int_equal(ml_polynomial_count(40000, 2, true, true), 1 + 40000 + 799980000);
    assert_fails(ml_polynomial(1, 3, 0, false, false, out, out, &error), ML_EINVAL, "degree");
    assert_true(out[0] == 7);
}

static void test_fourier_features_are_those_of_numpy(void **state) {
    (void)state;
    double out[N * 2 * M];
    ml_fourier_features(N, D, features_rows, M, features_frequency, out);
    assert_all_near("Fourier", N * 2 * M, out, golden_fourier, 2e-14);
    const double hour[] = {23, 1, 23 + 24e6}, day[] = {1.0 / 24};
    ml_fourier_features(3, 1, hour, 1, day, out);
    assert_near(out[0], -out[2], 1e-15); /* 23 and 1 o'clock are neighbours */
    assert_near(out[4], out[0], 1e-8);   /* a million days later it is the same hour */
}

static void test_positions_are_those_of_numpy_and_shift_by_rotation(void **state) {
    (void)state;
    const double position[] = {0, 1, 7, 250}, shifted[] = {5, 105, 10, 110};
    double out[4 * 7];
    ml_position_encoding(4, position, 7, out);
    assert_all_near("positions", 4 * 7, out, golden_position, 1e-13);
    ml_position_encoding(4, shifted, 4, out);
    for (int pair = 0; pair < 4; pair += 2) { /* the cosine of the angle between p and p + 100 does not know p */
        const double a = out[pair] * out[4 + pair] + out[pair + 1] * out[5 + pair];
        assert_near(a, out[8 + pair] * out[12 + pair] + out[9 + pair] * out[13 + pair], 1e-13);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_polynomials_are_those_of_scikit_learn),
        cmocka_unit_test(test_the_count_is_what_is_written),
        cmocka_unit_test(test_too_many_products_are_refused),
        cmocka_unit_test(test_fourier_features_are_those_of_numpy),
        cmocka_unit_test(test_positions_are_those_of_numpy_and_shift_by_rotation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
