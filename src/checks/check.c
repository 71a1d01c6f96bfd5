/* How a check says what went wrong. The first failure is told; values are printed so that they read back exactly. */
#include "run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Sentences ---------------------------------------------------------------------------------------------------- */

void check_input(check *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(c->input, sizeof c->input, format, args);
    va_end(args);
    static const char cut[] = " ...";
    if (strlen(c->input) > 500)
        memcpy(c->input + 500 - strlen(cut), cut, sizeof cut);
}

static void fail_with(check *c, const char *format, va_list args) {
    if (!c->failed)
        vsnprintf(c->message, sizeof c->message, format, args);
    c->failed = true;
}

void check_fail(check *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fail_with(c, format, args);
    va_end(args);
}

bool check_true(check *c, bool condition, const char *format, ...) {
    if (condition)
        return true;
    va_list args;
    va_start(args, format);
    fail_with(c, format, args);
    va_end(args);
    return false;
}

/* --- Values ------------------------------------------------------------------------------------------------------- */

enum { VALUE_LENGTH = 32 };

/* The fewest digits that read back the same float or double. */
static const char *value_text(double value, bool single, char text[VALUE_LENGTH]) {
    if (isnan(value))
        return strcpy(text, "NaN");
    if (isinf(value))
        return strcpy(text, value > 0 ? "infinity" : "-infinity");
    if (value == floor(value) && fabs(value) < 1e15) { /* 20, where %g would write 2e+01 */
        snprintf(text, VALUE_LENGTH, "%.0f", value);
        return text;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, VALUE_LENGTH, "%.*g", digits, value);
        const double back = strtod(text, NULL);
        if (single ? (float)back == (float)value : back == value)
            break;
    }
    return text;
}

/* Equal infinities differ by NaN, hence the first test; NaN equals NaN here. */
static bool close_enough(double got, double expected, double tolerance) {
    return got == expected || (isnan(got) && isnan(expected)) || fabs(got - expected) <= tolerance;
}

static const char *tolerance_text(double tolerance, const char *kind, char text[2 * VALUE_LENGTH]) {
    char value[VALUE_LENGTH];
    text[0] = '\0';
    if (tolerance > 0)
        snprintf(text, 2 * VALUE_LENGTH, " (%s %s)", kind, value_text(tolerance, false, value));
    return text;
}

/* A value that nobody wrote deserves its own words. */
static const char *dirt_text(double got, bool single) {
    return single && (float)got == CHECK_DIRT ? " (it was never written)" : "";
}

static void fail_value(check *c, const char *what, double got, double expected, double tolerance, const char *kind,
                       bool single) {
    char g[VALUE_LENGTH], e[VALUE_LENGTH], t[2 * VALUE_LENGTH];
    check_fail(c, "%s is %s, expected %s%s%s", what, value_text(got, single, g), value_text(expected, single, e),
               tolerance_text(tolerance, kind, t), dirt_text(got, single));
}

bool check_int(check *c, const char *what, long long got, long long expected) {
    return check_true(c, got == expected, "%s is %lld, expected %lld", what, got, expected);
}

bool check_double(check *c, const char *what, double got, double expected, double tolerance) {
    const bool right = close_enough(got, expected, tolerance);
    if (!right)
        fail_value(c, what, got, expected, tolerance, "may differ by", false);
    return right;
}

bool check_relative(check *c, const char *what, double got, double expected, double tolerance) {
    const bool right = close_enough(got, expected, tolerance * fabs(expected));
    if (!right)
        fail_value(c, what, got, expected, tolerance, "may differ by a share of", false);
    return right;
}

bool check_between(check *c, const char *what, double got, double low, double high) {
    char g[VALUE_LENGTH], l[VALUE_LENGTH], h[VALUE_LENGTH];
    return check_true(c, got >= low && got <= high, "%s is %s, expected from %s to %s", what, value_text(got, false, g),
                      value_text(low, false, l), value_text(high, false, h));
}

/* --- Arrays ------------------------------------------------------------------------------------------------------- */

enum { PLACE_LENGTH = 128 };

/* "out[3]", or "C[1][2]" of a matrix. */
static const char *place_text(const char *what, size_t index, size_t columns, char text[PLACE_LENGTH]) {
    if (columns == 1)
        snprintf(text, PLACE_LENGTH, "%.60s[%zu]", what, index);
    else
        snprintf(text, PLACE_LENGTH, "%.60s[%zu][%zu]", what, index / columns, index % columns);
    return text;
}

/* "; 2 of its 6 values differ (2 x 3)", or nothing where there is only one value. */
static const char *shape_text(size_t wrong, size_t rows, size_t columns, char text[PLACE_LENGTH]) {
    char shape[PLACE_LENGTH / 2] = "";
    if (columns != 1)
        snprintf(shape, sizeof shape, " (%zu x %zu)", rows, columns);
    text[0] = '\0';
    if (rows * columns > 1)
        snprintf(text, PLACE_LENGTH, "; %zu of %zu values%s %s", wrong, rows * columns, shape,
                 wrong == 1 ? "differs" : "differ");
    return text;
}

typedef double (*value_at)(const void *array, size_t i);

static double float_at(const void *array, size_t i) {
    return (double)((const float *)array)[i];
}

static double double_at(const void *array, size_t i) {
    return ((const double *)array)[i];
}

static double int_at(const void *array, size_t i) {
    return ((const int *)array)[i];
}

static bool check_array(check *c, const char *what, value_at at, const void *got, const void *expected, size_t rows,
                        size_t columns, double tolerance) {
    size_t first = SIZE_MAX, wrong = 0;
    for (size_t i = 0; i < rows * columns; i++)
        if (!close_enough(at(got, i), at(expected, i), tolerance) && wrong++ == 0)
            first = i;
    if (wrong == 0)
        return true;
    const bool single = at == float_at;
    char place[PLACE_LENGTH], shape[PLACE_LENGTH], g[VALUE_LENGTH], e[VALUE_LENGTH], t[2 * VALUE_LENGTH];
    check_fail(c, "%s is %s, expected %s%s%s%s", place_text(what, first, columns, place),
               value_text(at(got, first), single, g), value_text(at(expected, first), single, e),
               tolerance_text(tolerance, "may differ by", t), dirt_text(at(got, first), single),
               shape_text(wrong, rows, columns, shape));
    return false;
}

bool check_floats(check *c, const char *what, const float *got, const float *expected, size_t rows, size_t columns,
                  double tolerance) {
    return check_array(c, what, float_at, got, expected, rows, columns, tolerance);
}

bool check_doubles(check *c, const char *what, const double *got, const double *expected, size_t rows, size_t columns,
                   double tolerance) {
    return check_array(c, what, double_at, got, expected, rows, columns, tolerance);
}

bool check_ints(check *c, const char *what, const int *got, const int *expected, size_t rows, size_t columns) {
    return check_array(c, what, int_at, got, expected, rows, columns, 0);
}

bool check_unchanged(check *c, const char *what, const void *now, const void *before, size_t bytes) {
    const unsigned char *a = now, *b = before;
    for (size_t i = 0; i < bytes; i++)
        if (a[i] != b[i])
            return check_true(c, false, "%s was changed (first at byte %zu of it); it is const: leave it as it is",
                              what, i);
    return true;
}

/* --- Buffers ------------------------------------------------------------------------------------------------------ */

/* Each is a malloc of its exact size, because that is what the address checks of both runners guard to the byte. */
enum { MAX_BUFFERS = 4096 };
static void *buffers[MAX_BUFFERS];
static size_t n_buffers;

void *check_buffer(check *c, size_t bytes) {
    unsigned char *memory = n_buffers < MAX_BUFFERS ? malloc(bytes) : NULL;
    if (memory == NULL && n_buffers < MAX_BUFFERS && bytes == 0)
        memory = malloc(1); /* C lets malloc(0) be NULL, and this is never NULL */
    if (memory == NULL) {
        check_fail(c, "the check itself ran out of memory");
        abort();
    }
    const float dirt = CHECK_DIRT;
    unsigned char pattern[sizeof dirt];
    memcpy(pattern, &dirt, sizeof dirt);
    for (size_t i = 0; i < bytes; i++)
        memory[i] = pattern[i % sizeof dirt];
    return buffers[n_buffers++] = memory;
}

void *check_copy(check *c, const void *from, size_t bytes) {
    void *memory = check_buffer(c, bytes);
    if (bytes > 0)
        memcpy(memory, from, bytes);
    return memory;
}

/* --- For the runners ---------------------------------------------------------------------------------------------- */

void check_release(void) {
    while (n_buffers > 0)
        free(buffers[--n_buffers]);
}

size_t check_count(void) {
    size_t n = 0;
    while (check_cases[n].name != NULL)
        n++;
    return n;
}

bool check_run(const check_case *one, check *c) {
    *c = (check){0};
    one->run(c);
    check_release();
    return !c->failed;
}

void check_told(const check *c, char *text, size_t room) {
    const size_t length = strlen(c->message);
    const bool ends = length > 0 && strchr(".!?", c->message[length - 1]) != NULL;
    if (c->input[0] != '\0')
        snprintf(text, room, "Given %s: %s%s", c->input, c->message, ends ? "" : ".");
    else
        snprintf(text, room, "%s%s", c->message, ends ? "" : ".");
}
