/* Failures: the sentence, its limits, and ML_TRY. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/status.h"

static void test_fail_writes_the_sentence_and_returns_the_status(void **state) {
    (void)state;
    ml_error error;
    assert_int_equal(ml_fail(&error, ML_EINVAL, "p[%d] is %g, not in [0, 1]", 3, 1.5), ML_EINVAL);
    assert_string_equal(error.message, "p[3] is 1.5, not in [0, 1]");
}

static void test_nobody_needs_to_want_the_sentence(void **state) {
    (void)state;
    assert_int_equal(ml_fail(NULL, ML_ENOMEM, "unread %s", "words"), ML_ENOMEM);
}

/* A text of `before` plain letters, then the character, then more. */
static const char *cut(ml_error *error, size_t before, const char *character) {
    char text[400];
    memset(text, 'a', before);
    text[before] = '\0';
    strcat(text, character);
    strcat(text, "bbbbbbbbbbbbbbbb");
    ml_fail(error, ML_EPARSE, "%s", text);
    return error->message;
}

static void test_a_long_sentence_is_cut_at_a_whole_character(void **state) {
    (void)state;
    ml_error error;
    const char *characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}; /* of 1 to 4 bytes */
    for (size_t bytes = 1; bytes <= 4; bytes++)
        for (size_t before = ML_ERROR_LENGTH - 6; before < ML_ERROR_LENGTH; before++) {
            const char *message = cut(&error, before, characters[bytes - 1]);
            const size_t length = strlen(message), room = ML_ERROR_LENGTH - 1;
            if (before + bytes > room)
                assert_int_equal(length, before);
            else {
                assert_int_equal(length, room);
                assert_memory_equal(message + before, characters[bytes - 1], bytes);
            }
        }
}

static ml_status twice_fallible(ml_status first, int *reached) {
    ML_TRY(first);
    *reached = 1;
    return ML_ESHAPE;
}

static void test_try_passes_a_failure_up_and_goes_on_otherwise(void **state) {
    (void)state;
    int reached = 0;
    assert_int_equal(twice_fallible(ML_EDIVERGED, &reached), ML_EDIVERGED);
    assert_int_equal(reached, 0);
    assert_int_equal(twice_fallible(ML_OK, &reached), ML_ESHAPE);
    assert_int_equal(reached, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_writes_the_sentence_and_returns_the_status),
        cmocka_unit_test(test_nobody_needs_to_want_the_sentence),
        cmocka_unit_test(test_a_long_sentence_is_cut_at_a_whole_character),
        cmocka_unit_test(test_try_passes_a_failure_up_and_goes_on_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
