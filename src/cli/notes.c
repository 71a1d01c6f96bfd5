/* Sentences about what was done with the data, kept until they are told. */
#include "table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static char *write_text(const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    const size_t length = (size_t)vsnprintf(NULL, 0, format, args) + 1;
    char *const text = cli_alloc(length);
    vsnprintf(text, length, format, again);
    va_end(again);
    return text;
}

void notes_add(note_list *list, const char *format, ...) {
    va_list args;
    va_start(args, format);
    list->text = cli_grow(list->text, (list->n + 1) * sizeof *list->text);
    list->text[list->n++] = write_text(format, args);
    va_end(args);
}

void notes_free(note_list *list) {
    for (size_t i = 0; i < list->n; i++)
        free(list->text[i]);
    free(list->text);
    *list = (note_list){0};
}

void notes_write_json(const note_list *list, json *j) {
    json_open(j, "notes", '[');
    for (size_t i = 0; i < list->n; i++)
        json_text(j, NULL, list->text[i]);
    json_close(j, ']');
}

/* In lines of at most WIDTH, broken at blanks. */
static void print_note(const char *text) {
    enum { WIDTH = 100, INDENT = 4 };
    size_t column = INDENT;
    printf("  -");
    while (*text != '\0') {
        const size_t n = strcspn(text, " ");
        if (column + n > WIDTH && column > INDENT)
            printf("\n%*s", (int)(column = INDENT) - 1, "");
        printf(" %.*s", (int)n, text);
        column += n + 1;
        text += n + strspn(text + n, " ");
    }
    putchar('\n');
}

void notes_print(const note_list *list) {
    if (list->n > 0)
        puts("\nnotes");
    for (size_t i = 0; i < list->n; i++)
        print_note(list->text[i]);
}

/* --- Names in a sentence ------------------------------------------------------------------------------------------ */

enum { LISTED = 8 };

void listing_add(listing *list, const char *format, ...) {
    va_list args;
    if (list->n++ >= LISTED)
        return;
    va_start(args, format);
    char *const name = write_text(format, args);
    va_end(args);
    char *const longer = cli_format("%s%s%s", list->text != NULL ? list->text : "", list->n > 1 ? ", " : "", name);
    free(name);
    free(list->text);
    list->text = longer;
}

const char *listing_text(listing *list) {
    if (list->n > LISTED) {
        char *const longer = cli_format("%s and %zu more", list->text, list->n - LISTED);
        free(list->text);
        list->text = longer;
    }
    return list->text;
}

void listing_free(listing *list) {
    free(list->text);
    *list = (listing){0};
}
