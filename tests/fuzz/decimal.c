/* Numbers in decimal, against strtod and printf, which round correctly in glibc, musl and macOS. */
#include "base/decimal.h"
#include "fuzz.h"

#include "base/bytes.h"
#include "data/csv_stream.h"

/* Texts of these characters alone are numbers to both or to neither: no blanks, no hexadecimal, no inf. */
static void read(size_t size, const uint8_t *data) {
    double value = 7, expected;
    const bool got = ml_decimal_read(size, (const char *)data, &value);
    char *const text = malloc(size + 1), *end;
    MUST(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    const bool plain = strspn(text, "0123456789+-.eE") == size;
    expected = strtod(text, &end);
    MUST(got == (plain && size > 0 && end == text + size));
    MUST(got ? memcmp(&value, &expected, sizeof value) == 0 : value == 7);
    free(text);
}

static void write(double x, int digits) {
    char text[32], expected[64];
    double back;
    if (x - x != 0) /* infinite, or NaN */
        return;
    const size_t length = ml_format_f64(x, digits, text);
    snprintf(expected, sizeof expected, "%.*g", digits, x);
    MUST(length < sizeof text && strcmp(text, expected) == 0 && strlen(text) == length);
    ml_format_f64(x, 17, text);
    MUST(ml_decimal_read(strlen(text), text, &back) && memcmp(&back, &x, sizeof x) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    read(size, data);
    if (size >= 8)
        write(get_double(data), 1 + data[size - 1] % 17);
    return 0;
}
