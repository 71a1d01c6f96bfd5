/* erf and GELU against golden figures, and where there are exact answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "golden/erf_golden.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The place of x in the list of all floats in order, with 0 and -0 in the middle. */
static int32_t place(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits < 0 ? INT32_MIN - bits : bits;
}

static void compare(const char *name, float (*function)(float), long most, const golden_erf_value *golden, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const float got = function(golden[i].x), expected = (float)golden[i].value;
        const long units = labs((long)place(got) - (long)place(expected));
        if (units > most && fabs((double)got - golden[i].value) > 3e-44) /* subnormal numbers have few digits */
            fail_msg("%s(%a) is %a, not %a: %ld units off", name, (double)golden[i].x, (double)got, (double)expected,
                     units);
    }
}

static void test_erf_is_within_two_units_of_golden_figures(void **state) {
    (void)state;
    compare("erff", ml_erff, 2, golden_erf, COUNT(golden_erf));
}

static void test_gelu_is_within_four_units_of_golden_figures(void **state) {
    (void)state;
    compare("geluf", ml_geluf, 4, golden_gelu, COUNT(golden_gelu));
}

static void test_the_slope_of_gelu_is_within_its_bound_of_golden_figures(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(golden_gelu_slope); i++)
        if (!(fabs((double)ml_gelu_slopef(golden_gelu_slope[i].x) - golden_gelu_slope[i].value) <= 3e-7))
            fail_msg("gelu_slopef(%a) is %a, not %a", (double)golden_gelu_slope[i].x,
                     (double)ml_gelu_slopef(golden_gelu_slope[i].x), golden_gelu_slope[i].value);
}

static void test_special_values(void **state) {
    (void)state;
    assert_true(ml_erff(0) == 0 && !signbit(ml_erff(0)) && signbit(ml_erff(-0.0f)));
    assert_true(ml_erff(INFINITY) == 1 && ml_erff(-INFINITY) == -1 && isnan(ml_erff(NAN)));
    assert_true(ml_geluf(0) == 0 && ml_geluf(INFINITY) == INFINITY && ml_geluf(-INFINITY) == 0 && ml_geluf(-20) == 0);
    assert_true(ml_geluf(20) == 20 && ml_geluf(3e38f) == 3e38f && isnan(ml_geluf(NAN)));
    assert_true(ml_gelu_slopef(0) == 0.5f && ml_gelu_slopef(INFINITY) == 1 && ml_gelu_slopef(-INFINITY) == 0);
    assert_true(isnan(ml_gelu_slopef(NAN)));
}

/* Every 997th float: odd, between -1 and 1, never falling. */
static void test_erf_is_odd_and_bounded_over_the_whole_range(void **state) {
    (void)state;
    float before = 0;
    for (uint32_t bits = 0; bits < 0x7f800000; bits += 997) {
        float x;
        memcpy(&x, &bits, sizeof x);
        const float y = ml_erff(x);
        assert_true(y >= 0 && y <= 1 && ml_erff(-x) == -y);
        assert_true(y >= before - 2e-7f);
        before = y;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erf_is_within_two_units_of_golden_figures),
        cmocka_unit_test(test_gelu_is_within_four_units_of_golden_figures),
        cmocka_unit_test(test_the_slope_of_gelu_is_within_its_bound_of_golden_figures),
        cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_erf_is_odd_and_bounded_over_the_whole_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
