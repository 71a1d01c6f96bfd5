/* Sentences for the terminal, and memory. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void say(const char *format, va_list args) {
    fflush(stdout);
    fputs("laymanz: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

int cli_usage(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    return CLI_USAGE;
}

void cli_note(const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

/* --- Names that are near ------------------------------------------------------------------------------------------ */

enum { LONGEST_NAME = 63, SHOWN = 3 };

/* How many letters to insert, delete or replace: Levenshtein 1966, by the row-wise method of Wagner and Fischer 1974,
 * Journal of the ACM 21(1). Names longer than LONGEST_NAME are compared by their start. */
static size_t distance(const char *a, const char *b) {
    size_t row[LONGEST_NAME + 1];
    const size_t n = strnlen(b, LONGEST_NAME);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0' && i < LONGEST_NAME; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= n; j++) {
            const size_t replace = diagonal + (a[i] != b[j - 1]);
            const size_t other = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
            diagonal = row[j];
            row[j] = replace < other ? replace : other;
        }
    }
    return row[n];
}

/* A part of the name is near too: "queue" for "batching-queue". */
static size_t farness(const char *name, const char *other) {
    const size_t edits = distance(name, other);
    return strlen(name) >= 3 && (strstr(other, name) != NULL || strstr(name, other) != NULL) ? 1 : edits;
}

int cli_unknown(const char *kind, const char *name, const char *const *names, size_t n, const char *how) {
    const size_t limit = strlen(name) / 3 + 2;
    char near[SHOWN * (LONGEST_NAME + 3)] = "";
    size_t shown = 0;
    for (size_t away = 0; away <= limit; away++) {
        for (size_t i = 0; i < n && shown < SHOWN; i++) {
            if (farness(name, names[i]) != away)
                continue;
            const size_t used = strlen(near);
            snprintf(near + used, sizeof near - used, "%s%.*s", shown++ ? ", " : "", LONGEST_NAME, names[i]);
        }
    }
    const char *a = shown ? "; near it: " : "", *b = how ? "; see " : "";
    return cli_usage("there is no %s named '%.60s'%s%s%s%s", kind, name, a, near, b, how ? how : "");
}

/* --- Memory ------------------------------------------------------------------------------------------------------- */

void *cli_grow(void *memory, size_t bytes) {
    void *grown = realloc(memory, bytes ? bytes : 1);
    if (grown == NULL) {
        cli_note("there is not enough memory (%zu bytes)", bytes);
        exit(CLI_FAILED);
    }
    return grown;
}

void *cli_alloc(size_t bytes) {
    return memset(cli_grow(NULL, bytes), 0, bytes);
}

char *cli_format(const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    char *text = cli_alloc((size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}
