/* The elementary functions against references: double ones against golden figures, float ones against the double ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "golden/math_golden.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- double ---------------------------------------------------------------------------------------------------------
 */

/* The place of x in the list of all doubles in order, with 0 and -0 in the middle. */
static int64_t place(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

/* How many doubles lie between a and b, plus one. */
static int64_t steps_between(double a, double b) {
    const int64_t steps = place(a) - place(b);
    return steps < 0 ? -steps : steps;
}

static void compare(const char *name, double (*function)(double), const golden_value *golden, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const double got = function(golden[i].x);
        if (!(steps_between(got, golden[i].value) <= 2))
            fail_msg("%s(%a) is %a, not %a: %lld units off", name, golden[i].x, got, golden[i].value,
                     (long long)steps_between(got, golden[i].value));
    }
}

static void test_double_functions_are_within_two_units_of_golden_figures(void **state) {
    (void)state;
    compare("exp", ml_exp, golden_exp, COUNT(golden_exp));
    compare("expm1", ml_expm1, golden_expm1, COUNT(golden_expm1));
    compare("log", ml_log, golden_log, COUNT(golden_log));
    compare("log1p", ml_log1p, golden_log1p, COUNT(golden_log1p));
    compare("tanh", ml_tanh, golden_tanh, COUNT(golden_tanh));
    compare("sigmoid", ml_sigmoid, golden_sigmoid, COUNT(golden_sigmoid));
    compare("sin", ml_sin, golden_sin, COUNT(golden_sin));
    compare("cos", ml_cos, golden_cos, COUNT(golden_cos));
}

static void test_pow_is_within_its_relative_bound_of_golden_figures(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_pow); i++) {
        const golden_power *g = &golden_pow[i];
        const double got = ml_pow(g->x, g->y);
        if (!(fabs(got - g->value) <= 1e-13 * g->value))
            fail_msg("pow(%a, %a) is %a, not %a", g->x, g->y, got, g->value);
    }
}

static void test_atan2_is_within_two_units_of_golden_figures(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_atan2); i++) {
        const golden_angle *g = &golden_atan2[i];
        const double got = ml_atan2(g->y, g->x);
        if (!(steps_between(got, g->value) <= 2))
            fail_msg("atan2(%a, %a) is %a, not %a", g->y, g->x, got, g->value);
    }
}

/* The zeros and infinities that C's annex F lists, in all four quadrants. */
static void test_atan2_at_special_values(void **state) {
    (void)state;
    const double infinity = (double)INFINITY, nan = (double)NAN, pi = 0x1.921fb54442d18p+1;
    const struct {
        double y, x, value;
    } cases[] = {{0, 0, 0},           {0, -0.0, pi},
                 {0, 1, 0},           {0, -1, pi},
                 {0, infinity, 0},    {0, -infinity, pi},
                 {1, 0, pi / 2},      {1, -0.0, pi / 2},
                 {1, infinity, 0},    {1, -infinity, pi},
                 {infinity, 1, pi / 2}, {infinity, -1, pi / 2},
                 {1, 1, pi / 4},      {infinity, infinity, pi / 4},
                 {infinity, -infinity, 0x1.2d97c7f3321d2p+1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const double up = ml_atan2(cases[i].y, cases[i].x), down = ml_atan2(-cases[i].y, cases[i].x);
        assert_true(up == cases[i].value && !signbit(up) && down == -cases[i].value && signbit(down));
    }
    assert_true(isnan(ml_atan2(nan, 1)) && isnan(ml_atan2(1, nan)));
}

static void test_double_functions_at_special_values(void **state) {
    (void)state;
    const double infinity = (double)INFINITY, nan = (double)NAN;
    double (*const all[])(double) = {ml_exp, ml_expm1, ml_log, ml_log1p, ml_tanh, ml_sigmoid, ml_sin, ml_cos};
    for (size_t i = 0; i < COUNT(all); i++)
        assert_true(isnan(all[i](nan)));

    assert_true(ml_exp(0) == 1 && ml_exp(710) == infinity && ml_exp(infinity) == infinity);
    assert_true(ml_exp(-746) == 0 && ml_exp(-infinity) == 0);
    assert_true(ml_expm1(-infinity) == -1 && ml_expm1(710) == infinity && ml_expm1(0) == 0 && ml_expm1(-50) == -1);
    assert_true(ml_log(1) == 0 && ml_log(0) == -infinity && ml_log(infinity) == infinity && isnan(ml_log(-1)));
    assert_true(ml_log1p(0) == 0 && ml_log1p(-1) == -infinity && ml_log1p(infinity) == infinity);
    assert_true(isnan(ml_log1p(-1.5)));
    assert_true(ml_tanh(infinity) == 1 && ml_tanh(-infinity) == -1 && signbit(ml_tanh(-0.0)));
    assert_true(ml_sigmoid(0) == 0.5 && ml_sigmoid(infinity) == 1 && ml_sigmoid(-infinity) == 0);
    assert_true(ml_sin(0) == 0 && signbit(ml_sin(-0.0)) && ml_cos(0) == 1);
    assert_true(isnan(ml_sin(infinity)) && isnan(ml_cos(-infinity)));
    assert_true(fabs(ml_sin(1e300)) <= 1 && fabs(ml_cos(-1e22)) <= 1);
}

static void test_pow_at_special_values(void **state) {
    (void)state;
    const double infinity = (double)INFINITY, nan = (double)NAN;
    assert_true(ml_pow(7, 0) == 1 && ml_pow(1, 1e300) == 1 && ml_pow(0, 3) == 0 && ml_pow(2, 10) == 1024);
    assert_true(ml_pow(2, 1024) == infinity && ml_pow(2, -1080) == 0 && ml_pow(10, 1e300) == infinity);
    assert_true(ml_pow(infinity, 2) == infinity && ml_pow(infinity, -2) == 0 && ml_pow(0.5, 1e308) == 0);
    assert_true(ml_pow(0.5, infinity) == 0 && ml_pow(2, -infinity) == 0 && ml_pow(3, infinity) == infinity);
    assert_true(isnan(ml_pow(-1, 2)) && isnan(ml_pow(nan, 1)) && isnan(ml_pow(2, nan)));
}

/* --- float ---
 * The reference is the double function rounded to float: half a unit at most from the true value, and the double
 * functions are tested above. */

static int32_t place_of_float(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? INT32_MIN - bits : bits;
}

static float float_of_bits(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void compare_floats(const char *name, float x, float got, double exact) {
    const float expected = (float)exact;
    if (isnan(expected) ? isnan(got)
                        : !isnan(got) && llabs((long long)place_of_float(got) - place_of_float(expected)) <= 2)
        return;
    fail_msg("%s(%a) is %a, not %a", name, (double)x, (double)got, (double)expected);
}

/* Every SWEEP_STRIDE-th float by its bits: all exponents, subnormals, both signs, infinities, NaNs. Compile with
 * -DSWEEP_STRIDE=1 to try them all, which takes some minutes. */
#ifndef SWEEP_STRIDE
#define SWEEP_STRIDE 1499
#endif

static void test_float_functions_are_within_two_units_over_the_whole_range(void **state) {
    (void)state;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += SWEEP_STRIDE) {
        const float x = float_of_bits((uint32_t)bits);
        compare_floats("expf", x, ml_expf(x), ml_exp((double)x));
        compare_floats("logf", x, ml_logf(x), ml_log((double)x));
        compare_floats("tanhf", x, ml_tanhf(x), ml_tanh((double)x));
        compare_floats("sigmoidf", x, ml_sigmoidf(x), ml_sigmoid((double)x));
        compare_floats("softplus_tailf", x, ml_softplus_tailf(x), ml_log1p(ml_exp(-fabs((double)x))));
    }
}

/* The ends of the range and the places where a formula takes over from another: every float within 2000 steps. */
static void test_float_functions_are_within_two_units_around_their_seams(void **state) {
    (void)state;
    const float seams[] = {0.55f, 88.722839f,  -87.33655f,  -103.97208f, 89.0f,        -104.0f, 0x1p-126f,
                           1.0f,  0.70710678f, 1.41421356f, 0.34657359f, -0.34657359f, 9.0109f, 0.0f};
    for (size_t s = 0; s < COUNT(seams); s++)
        for (int32_t step = -2000; step <= 2000; step++) {
            uint32_t bits;
            memcpy(&bits, &seams[s], sizeof bits);
            const float x = float_of_bits(bits + (uint32_t)step);
            compare_floats("expf", x, ml_expf(x), ml_exp((double)x));
            compare_floats("logf", x, ml_logf(x), ml_log((double)x));
            compare_floats("tanhf", x, ml_tanhf(x), ml_tanh((double)x));
            compare_floats("tanhf", -x, ml_tanhf(-x), ml_tanh((double)-x));
            compare_floats("sigmoidf", x, ml_sigmoidf(x), ml_sigmoid((double)x));
            compare_floats("softplus_tailf", x, ml_softplus_tailf(x), ml_log1p(ml_exp(-fabs((double)x))));
        }
}

static void test_float_functions_at_special_values(void **state) {
    (void)state;
    assert_true(ml_expf(0) == 1 && ml_expf(-0.0f) == 1 && ml_expf(INFINITY) == INFINITY && ml_expf(-INFINITY) == 0);
    assert_true(ml_expf(88.73f) == INFINITY && ml_expf(88.72f) < INFINITY);
    assert_true(ml_expf(-103.9f) == 0x1p-149f && ml_expf(-104.0f) == 0);
    assert_true(ml_logf(1) == 0 && ml_logf(0) == -INFINITY && ml_logf(-0.0f) == -INFINITY);
    assert_true(ml_logf(INFINITY) == INFINITY && isnan(ml_logf(-1)) && isnan(ml_logf(-INFINITY)));
    assert_true(ml_tanhf(INFINITY) == 1 && ml_tanhf(-INFINITY) == -1 && ml_tanhf(0x1p-149f) == 0x1p-149f);
    assert_true(ml_tanhf(0) == 0 && !signbit(ml_tanhf(0)) && signbit(ml_tanhf(-0.0f)));
    assert_true(ml_sigmoidf(0) == 0.5f && ml_sigmoidf(INFINITY) == 1 && ml_sigmoidf(-INFINITY) == 0);
    assert_true(isnan(ml_expf(NAN)) && isnan(ml_logf(NAN)) && isnan(ml_tanhf(NAN)) && isnan(ml_sigmoidf(NAN)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_double_functions_are_within_two_units_of_golden_figures),
        cmocka_unit_test(test_atan2_is_within_two_units_of_golden_figures),
        cmocka_unit_test(test_atan2_at_special_values),
        cmocka_unit_test(test_pow_is_within_its_relative_bound_of_golden_figures),
        cmocka_unit_test(test_double_functions_at_special_values),
        cmocka_unit_test(test_pow_at_special_values),
        cmocka_unit_test(test_float_functions_are_within_two_units_over_the_whole_range),
        cmocka_unit_test(test_float_functions_are_within_two_units_around_their_seams),
        cmocka_unit_test(test_float_functions_at_special_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
