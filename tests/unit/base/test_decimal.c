/* Decimal numbers: against strtod, which rounds correctly in glibc, musl and macOS, where it is given the same text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/decimal.h"
#include "base/rng.h"

static void assert_as_strtod(const char *text) {
    double got;
    const double expected = strtod(text, NULL);
    if (!ml_decimal_read(strlen(text), text, &got))
        fail_msg("'%s' is refused", text);
    if (memcmp(&got, &expected, sizeof got) != 0)
        fail_msg("'%s' is %a, expected %a", text, got, expected);
}

static void test_well_known_hard_cases(void **state) {
    (void)state;
    static const char *const hard[] = {
        "0", "-0", "+0.0e99", "1", ".5", "5.", "-12", "6.02e23", "1e22", "1e23", "123456789012345e22", "9007199254740993",
        "9007199254740992.5", "9007199254740993.0000000000000000000000000000000001", "2.2250738585072011e-308",
        "2.2250738585072012e-308", "2.2250738585072014e-308", "4.9406564584124654e-324", "2.4703282292062327e-324",
        "2.4703282292062328e-324", "2.47e-324", "1e-400", "1.7976931348623157e308", "1.7976931348623158e308",
        "1.7976931348623159e308", "1e309", "1e999999999999999999999", "1e-999999999999999999999", "0e999999999999999999999",
        "8.5e-1", "0.1", "0.3", "1e-5", "100000000000000016777215", "100000000000000016777216",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692"
        "887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842"
        "914819860834936475292719074168444365510704342711559699508093042880",
    };
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
        assert_as_strtod(hard[i]);
}

static void test_every_double_is_read_back_from_17_digits(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    for (int i = 0; i < 20000; i++) {
        const uint64_t bits = (uint64_t)ml_rng_below(&rng, UINT32_MAX) << 32 | ml_rng_below(&rng, UINT32_MAX);
        double x;
        char text[40];
        memcpy(&x, &bits, sizeof x);
        if (x - x != 0.0) /* infinite, or NaN */
            continue;
        snprintf(text, sizeof text, "%.*e", 5 + i % 18, x);
        assert_as_strtod(text);
    }
}

static void test_random_digits_and_exponents(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    for (int i = 0; i < 20000; i++) {
        char text[1300];
        const uint64_t longest = i % 100 == 0 ? 1200 : 40, n = 1 + ml_rng_below(&rng, longest);
        const uint64_t point = ml_rng_below(&rng, n + 1);
        size_t at = 0;
        for (uint64_t j = 0; j < n; j++) {
            if (j == point)
                text[at++] = '.';
            text[at++] = (char)('0' + (i % 3 == 0 ? 9 * ml_rng_below(&rng, 2) : ml_rng_below(&rng, 10)));
        }
        snprintf(text + at, sizeof text - at, "e%d", (int)ml_rng_below(&rng, 700) - 350);
        assert_as_strtod(text);
    }
}

/* Half-way between two doubles: odd 2^exponent with an odd number of 54 bits, all digits, and a little above. What only
 * the long way tells apart. */
static void test_halfway_between_doubles(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(5, 0);
    for (int i = 0; i < 2000; i++) {
        const uint64_t odd = (UINT64_C(1) << 53) + 2 * (uint64_t)ml_rng_below(&rng, UINT32_MAX) + 1;
        const int exponent = (int)ml_rng_below(&rng, 110) - 60;
        char text[1300];
        uint8_t digit[200];
        int n = 0, point;
        for (uint64_t rest = odd; rest > 0; rest /= 10)
            digit[n++] = (uint8_t)(rest % 10); /* the last first */
        for (int j = 0; j < n / 2; j++) {
            const uint8_t keep = digit[j];
            digit[j] = digit[n - 1 - j], digit[n - 1 - j] = keep;
        }
        point = n;
        for (int halved = 0; halved > exponent; halved--) {
            int rest = 0;
            for (int j = 0; j < n; j++) {
                const int value = 10 * rest + digit[j];
                digit[j] = (uint8_t)(value / 2), rest = value % 2;
            }
            if (rest)
                digit[n++] = 5;
        }
        size_t at = 0;
        for (int j = 0; j < n; j++) {
            if (j == point)
                text[at++] = '.';
            text[at++] = (char)('0' + digit[j]);
        }
        if (n == point)
            text[at++] = '.';
        text[at] = '\0';
        assert_as_strtod(text);
        strcpy(text + at, "000000000000000000000000000000000000000000000000000000000000000000000001");
        assert_as_strtod(text);
        memset(text + at, '0', 900);
        strcpy(text + at + 900, "1"); /* beyond all that is kept: it breaks the tie all the same */
        assert_as_strtod(text);
    }
}

static void test_refuses_what_is_no_decimal_number(void **state) {
    (void)state;
    static const char *const wrong[] = {"",    "+",   ".",  "-.",   "e5",   "1e",  "1e+", "1.2.3", "0x10", "inf",
                                        "nan", " 1",  "1 ", "1,5",  "--1",  "1e5.", "1f", "٣",     "1e5e5"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double value = 7.0;
        assert_false(ml_decimal_read(strlen(wrong[i]), wrong[i], &value));
        assert_true(value == 7.0);
    }
    double value = 7.0;
    assert_true(ml_decimal_read(2, "123", &value)); /* as long as it is said to be */
    assert_true(value == 12.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_well_known_hard_cases),
        cmocka_unit_test(test_every_double_is_read_back_from_17_digits),
        cmocka_unit_test(test_random_digits_and_exponents),
        cmocka_unit_test(test_halfway_between_doubles),
        cmocka_unit_test(test_refuses_what_is_no_decimal_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
