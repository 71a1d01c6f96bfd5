/* A first look at a learner's file. What is refused here is refused in the page too. */
#define _POSIX_C_SOURCE 200809L
#include "answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1 << 20 };

/* --- A walk over C that knows comments and quotes ----------------------------------------------------------------- */

typedef struct place {
    const char *at, *end;
    long line;
} place;

static void step(place *p) {
    p->line += *p->at++ == '\n';
}

static bool starts(const place *p, const char *word) {
    const size_t n = strlen(word);
    return (size_t)(p->end - p->at) >= n && memcmp(p->at, word, n) == 0;
}

static void skip_to(place *p, const char *mark) {
    while (p->at < p->end && !starts(p, mark))
        step(p);
    for (size_t i = 0; i < strlen(mark) && p->at < p->end; i++)
        step(p);
}

/* A string or character; it ends with its line at the latest. */
static void skip_quoted(place *p) {
    const char quote = *p->at;
    for (step(p); p->at < p->end && *p->at != quote && *p->at != '\n'; step(p))
        if (*p->at == '\\' && p->at + 1 < p->end)
            step(p);
    if (p->at < p->end && *p->at == quote)
        step(p);
}

static bool in_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* Goes to the start of the next word or # outside of comments and quotes. False at the end. */
static bool next(place *p) {
    while (p->at < p->end) {
        if (starts(p, "//"))
            skip_to(p, "\n");
        else if (starts(p, "/*"))
            step(p), step(p), skip_to(p, "*/");
        else if (*p->at == '"' || *p->at == '\'')
            skip_quoted(p);
        else if (in_word(*p->at) || *p->at == '#')
            return true;
        else
            step(p);
    }
    return false;
}

/* --- What is looked for ------------------------------------------------------------------------------------------- */

static bool is_assembly(const char *word, size_t n) {
    static const char *const names[] = {"asm", "__asm", "__asm__"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == n && memcmp(word, names[i], n) == 0)
            return true;
    return false;
}

static void skip_blanks(place *p) {
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t'))
        step(p);
}

/* At a #: the header that it includes, if that lies outside of the folders that the compiler searches; else NULL. */
static char *stray_header(place *p) {
    step(p);
    skip_blanks(p);
    if (!starts(p, "include"))
        return NULL;
    p->at += strlen("include");
    skip_blanks(p);
    if (p->at == p->end || (*p->at != '"' && *p->at != '<'))
        return NULL;
    char *header = cli_format("%.*s", (int)strcspn(p->at + 1, ">\"\n"), p->at + 1);
    if (header[0] == '/' || strstr(header, "..") != NULL)
        return header;
    free(header);
    return NULL;
}

static char *not_text(const char *text, size_t bytes) {
    long line = 1;
    for (size_t i = 0; i < bytes; i++) {
        const unsigned char c = (unsigned char)text[i];
        line += c == '\n';
        if (c < 0x20 && memchr("\t\n\v\f\r", c, 5) == NULL)
            return cli_format("Line %ld holds a byte %d: this is not the text of a C file. Is it a compiled program, "
                              "or a document?",
                              line, c);
    }
    return NULL;
}

char *source_problem(const char *text, size_t bytes) {
    if (bytes > LONGEST)
        return cli_format("Your file is longer than one megabyte. Answers are short; cut it down.");
    char *problem = not_text(text, bytes);
    for (place p = {text, text + bytes, 1}; problem == NULL && next(&p);) {
        if (*p.at == '#') {
            char *header = stray_header(&p);
            if (header != NULL)
                problem = cli_format("Line %ld: there is no file '%s' here to include. The C library's headers and "
                                     "ml.h are all there is.",
                                     p.line, header);
            free(header);
            continue;
        }
        const char *word = p.at;
        while (p.at < p.end && in_word(*p.at))
            p.at++;
        if (is_assembly(word, (size_t)(p.at - word)))
            problem = cli_format("Line %ld: inline assembly is for one kind of processor, and your answer runs on "
                                 "many. Write it in C.",
                                 p.line);
    }
    return problem;
}
