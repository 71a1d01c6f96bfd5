/* JSON as RFC 8259 wants it, and numbers in their shortest form. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Numbers ------------------------------------------------------------------------------------------------------ */

static const char *shortest(double value, bool single, char text[CLI_NUMBER_LENGTH]) {
    if (value == floor(value) && fabs(value) < 1e7) { /* most values are counts */
        snprintf(text, CLI_NUMBER_LENGTH, "%.0f", value);
        return text;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, CLI_NUMBER_LENGTH, "%.*g", digits, value);
        if (single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    return text;
}

const char *cli_float_text(float value, char text[CLI_NUMBER_LENGTH]) {
    return shortest((double)value, true, text);
}

const char *cli_double_text(double value, char text[CLI_NUMBER_LENGTH]) {
    return shortest(value, false, text);
}

/* --- Text --------------------------------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 sequence at `s`, 0 if it is none (RFC 3629: no overlong forms, no surrogates). */
static size_t utf8_length(const unsigned char *s) {
    if (s[0] < 0x80)
        return 1;
    const size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    const bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    const bool beyond = (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90);
    return overlong || beyond ? 0 : n;
}

static void write_string(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0';) {
        const size_t n = utf8_length(s);
        if (n == 0)
            fputs("\\ufffd", out);
        else if (*s == '"' || *s == '\\')
            fprintf(out, "\\%c", *s);
        else if (*s == '\n')
            fputs("\\n", out);
        else if (*s < 0x20 || *s == 0x7f)
            fprintf(out, "\\u%04x", *s);
        else
            fwrite(s, 1, n, out);
        s += n == 0 ? 1 : n;
    }
    fputc('"', out);
}

/* --- Structure ---------------------------------------------------------------------------------------------------- */

static void begin(json *j, const char *key) {
    if (j->filled)
        fputc(',', j->out);
    j->filled = true;
    if (key == NULL)
        return;
    write_string(j->out, key);
    fputc(':', j->out);
}

void json_open(json *j, const char *key, char bracket) {
    begin(j, key);
    fputc(bracket, j->out);
    j->filled = false;
}

void json_close(json *j, char bracket) {
    fputc(bracket, j->out);
    j->filled = true;
}

void json_text(json *j, const char *key, const char *text) {
    begin(j, key);
    if (text != NULL)
        write_string(j->out, text);
    else
        fputs("null", j->out);
}

void json_bool(json *j, const char *key, bool value) {
    begin(j, key);
    fputs(value ? "true" : "false", j->out);
}

void json_raw(json *j, const char *key, const char *text) {
    begin(j, key);
    fputs(text, j->out);
}

void json_null(json *j, const char *key) {
    json_text(j, key, NULL);
}

void json_double(json *j, const char *key, double value) {
    char text[CLI_NUMBER_LENGTH];
    begin(j, key);
    fputs(isfinite(value) ? cli_double_text(value, text) : "null", j->out);
}

void json_float(json *j, const char *key, float value) {
    char text[CLI_NUMBER_LENGTH];
    begin(j, key);
    fputs(isfinite(value) ? cli_float_text(value, text) : "null", j->out);
}
