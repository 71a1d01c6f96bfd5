/* Reads what AddressSanitizer and UndefinedBehaviorSanitizer write (gcc 12 and clang 14: the same runtime). */
#define _POSIX_C_SOURCE 200809L
#include "report.h"
#include "cli.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* --- Pieces of a report ------------------------------------------------------------------------------------------- */

static const char address_mark[] = "ERROR: AddressSanitizer: ", leak_mark[] = "ERROR: LeakSanitizer: ";

/* The line in "FILE:12" where the report first names the learner's file: the innermost frame there; else 0. */
static long line_in(const char *report, const char *file) {
    const char *error = strstr(report, address_mark); /* warnings, with frames of their own, may stand before it */
    if (error == NULL)
        error = strstr(report, leak_mark);
    for (const char *at = error != NULL ? error : report; (at = strstr(at, file)) != NULL; at += strlen(file)) {
        const char *after = at + strlen(file);
        if (*after == ':' && isdigit((unsigned char)after[1]))
            return strtol(after + 1, NULL, 10);
    }
    return 0;
}

/* The text from after `mark` to the end of its line or to `stop`; NULL if there is no mark. The caller's. */
static char *text_after(const char *report, const char *mark, const char *stop) {
    const char *at = strstr(report, mark);
    if (at == NULL)
        return NULL;
    at += strlen(mark);
    return cli_format("%.*s", (int)strcspn(at, stop), at);
}

/* The number that stands right after `mark`; -1 if there is none. */
static long number_after(const char *report, const char *mark) {
    const char *at = strstr(report, mark);
    return at != NULL && isdigit((unsigned char)at[strlen(mark)]) ? strtol(at + strlen(mark), NULL, 10) : -1;
}

/* --- AddressSanitizer --------------------------------------------------------------------------------------------- */

/* "reads 4 bytes" */
static char *access_text(const char *report) {
    const long reads = number_after(report, "READ of size "), writes = number_after(report, "WRITE of size ");
    const long n = reads >= 0 ? reads : writes;
    if (n < 0)
        return cli_format("uses memory");
    return cli_format("%s %ld byte%s", reads >= 0 ? "reads" : "writes", n, n == 1 ? "" : "s");
}

/* "is located 0 bytes to the right of 24-byte region": also "after" and "before", as newer versions say. */
static char *heap_place(const char *report) {
    const char *at = strstr(report, " is located ");
    const char *size = at != NULL ? strstr(at, " of ") : NULL;
    if (size == NULL)
        return cli_format("outside its block of memory");
    size += strlen(" of ");
    size += strncmp(size, "a ", 2) == 0 ? 2 : 0;
    const long distance = strtol(at + strlen(" is located "), NULL, 10), block = strtol(size, NULL, 10);
    const char *side = strstr(at, "to the left"), *before = strstr(at, "before");
    const bool left = (side != NULL && side < size) || (before != NULL && before < size);
    const char *inside = strstr(at, "inside of");
    if (inside != NULL && inside < size)
        return cli_format("of which a part lies outside its block of %ld bytes", block);
    if (left)
        return cli_format("%ld bytes before the start of a block of %ld bytes", distance, block);
    return distance == 0 ? cli_format("just past the end of a block of %ld bytes", block)
                         : cli_format("%ld bytes past the end of a block of %ld bytes", distance, block);
}

static char *buffer_text(const char *report) {
    char *access = access_text(report), *place = heap_place(report);
    char *text = cli_format("your code %s %s", access, place);
    free(access);
    free(place);
    return text;
}

static char *access_to(const char *report, const char *what) {
    char *access = access_text(report), *text = cli_format("your code %s %s", access, what);
    free(access);
    return text;
}

static char *segv_text(const char *report) {
    char *address = text_after(report, "SEGV on unknown address ", " \n");
    const bool null = address != NULL && strtoull(address, NULL, 16) < 4096;
    free(address);
    return cli_format("%s", null ? "your code follows a null pointer"
                                 : "your code follows a pointer that points to no memory of yours");
}

/* What the report's kind means; NULL if it is not AddressSanitizer's. */
static char *address_text(const char *report) {
    static const struct {
        const char *kind, *sentence;
        bool is_access; /* put "your code reads 4 bytes" before it */
    } kinds[] = {
        {"stack-buffer", "outside a local array", true},
        {"dynamic-stack-buffer", "outside a local array", true},
        {"global-buffer", "outside a global array", true},
        {"heap-use-after-free", "of a block that was freed before", true},
        {"stack-use-after", "of a local variable that no longer exists", true},
        {"attempting double-free", "your code frees the same block twice", false},
        {"attempting free", "your code frees something that malloc did not give", false},
        {"attempting to call malloc_usable_size", "your code frees something that malloc did not give", false},
        {"stack-overflow", "the stack is full: a function that calls itself without end, or a very large local array",
         false},
        {"requested allocation size", "your code asks malloc for more memory than there is", false},
        {"calloc parameters overflow", "your code asks calloc for more memory than there is", false},
        {"memcpy-param-overlap", "memcpy's two blocks overlap; memmove is for that", false},
        {"negative-size-param", "your code gives a negative size to a function that copies memory", false},
        {"FPE", "your code divides a whole number by zero", false},
        {"ILL", "your code reached a place that must not be reached", false},
    };
    if (strstr(report, "rss limit exhausted") != NULL)
        return cli_format("your code uses more memory than a check may (1 GB)");
    const char *kind = strstr(report, address_mark);
    if (kind == NULL)
        return NULL;
    kind += strlen(address_mark);
    if (strncmp(kind, "heap-buffer-overflow", 20) == 0)
        return buffer_text(report);
    if (strncmp(kind, "SEGV", 4) == 0)
        return segv_text(report);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(kind, kinds[i].kind, strlen(kinds[i].kind)) == 0)
            return kinds[i].is_access ? access_to(report, kinds[i].sentence) : cli_format("%s", kinds[i].sentence);
    return cli_format("your code misuses memory (%.*s)", (int)strcspn(kind, " \n"), kind);
}

/* --- Everything --------------------------------------------------------------------------------------------------- */

/* "array.c:3: f: Assertion `n > 0' failed." on standard error, without the program's name before it. */
static char *assertion_text(const char *output) {
    const char *at = strstr(output, "Assertion `");
    if (at == NULL)
        return NULL;
    at += strlen("Assertion `");
    const char *end = strstr(at, "' failed");
    return end == NULL ? NULL : cli_format("your assertion failed: %.*s", (int)(end - at), at);
}

static char *exit_text(const process *p) {
    if (WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGABRT)
        return cli_format("your code called abort");
    if (WIFSIGNALED(p->status))
        return cli_format("the program was ended by signal %d (%s)", WTERMSIG(p->status),
                          strsignal(WTERMSIG(p->status)));
    return cli_format("your code ended the whole program with exit status %d; return from the function instead",
                      WEXITSTATUS(p->status));
}

char *report_crash(const process *p, const char *report, const char *file) {
    if (p->too_long)
        return cli_format("stopped after %d s: it did not end. Is there a loop whose condition never becomes false?",
                          p->cpu_seconds);
    if (p->too_much_output)
        return cli_format("it printed more than %zu bytes and was stopped", p->output_limit);
    char *what = assertion_text(p->output);
    if (what == NULL)
        what = text_after(report, "runtime error: ", "\n");
    if (what == NULL)
        what = address_text(report);
    if (what == NULL)
        what = exit_text(p);
    const long line = line_in(report, file);
    char *sentence = line > 0 ? cli_format("Line %ld: %s", line, what) : cli_format("%s", what);
    free(what);
    return sentence;
}

/* "Direct leak of 40 byte(s) in 1 object(s) allocated from:", one for each place. */
char *report_leak(const char *report, const char *file) {
    static const char mark[] = "leak of ";
    long bytes = 0, blocks = 0;
    for (const char *at = report; (at = strstr(at, mark)) != NULL;) {
        bytes += strtol(at + strlen(mark), NULL, 10);
        at = strstr(at, " in ");
        if (at == NULL)
            break;
        blocks += strtol(at + strlen(" in "), NULL, 10);
    }
    const long line = line_in(report, file);
    char *where = line > 0 ? cli_format("Line %ld: ", line) : cli_format("%s", "");
    char *text = blocks == 1 ? cli_format("%syour code never frees a block of %ld byte%s, and nothing points to it any "
                                          "more",
                                          where, bytes, bytes == 1 ? "" : "s")
                             : cli_format("%syour code never frees %ld blocks (%ld bytes), and nothing points to them "
                                          "any more; one is allocated here",
                                          where, blocks, bytes);
    free(where);
    return text;
}

bool report_leak_check_failed(const char *report) {
    return strstr(report, "LeakSanitizer has encountered a fatal error") != NULL;
}

/* A name that the linker complains of, as GNU ld quotes it or as lld does. The caller's; NULL if there is none. */
static char *linkers_name(const char *output, const char *gnu, const char *lld) {
    char *name = text_after(output, gnu, "'");
    return name != NULL ? name : text_after(output, lld, "\n");
}

/* web/compiler/diagnostics.js says the same. */
static char *main_text(report_other other) {
    return cli_format("Your file defines main, where a program starts. Here %s your function: leave main out. A program "
                      "of your own belongs in another file.",
                      other == WITH_LAB ? "the lab starts it and calls" : "the checks start it and call");
}

char *report_link(const char *output, const char *signature, report_other other) {
    char *twice = linkers_name(output, "multiple definition of `", "duplicate symbol: ");
    char *missing = linkers_name(output, "undefined reference to `", "undefined symbol: ");
    const char *others = other == WITH_LAB ? "the lab" : "the checks";
    char *text;
    if (twice != NULL && strcmp(twice, "main") == 0)
        text = main_text(other);
    else if (twice != NULL)
        text = cli_format("Your file defines %s, a name that %s %s too; call yours something else.", twice, others,
                          other == WITH_LAB ? "uses" : "use");
    else if (missing != NULL)
        text = cli_format("Nothing defines %s. The challenge asks for: %s", missing, signature);
    else
        text = cli_format("Your file and %s cannot be put together: %s", others, output);
    free(twice);
    free(missing);
    return text;
}
