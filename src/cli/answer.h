/* A learner's file held against the checks of its challenge. */
#ifndef CLI_ANSWER_H
#define CLI_ANSWER_H

#include <limits.h>

#include "cli.h"
#include "process.h"

typedef struct verdict {
    char *name, *sentence;
    bool hidden, passed;
    char *message; /* why it failed, else "" */
    char *warning; /* of memory that was not freed, where that is no failure; else "" */
    char *output;  /* what the answer printed */
} verdict;

typedef struct answer {
    const cli_challenge *challenge;
    char file[PATH_MAX]; /* absolute */
    char *compile_error; /* why it cannot be run: the compiler's words or ours; NULL if all is well */
    char *warnings;      /* what else the compiler said; NULL or "" if nothing */
    char *trouble;       /* what is wrong with this installation rather than with the answer, or NULL */
    verdict *verdict;    /* [n], none if there is a compile_error or trouble */
    size_t n;
    char *folder; /* for what is built, while it is */
} answer;

/* What the checks of one challenge are compiled to. */
typedef struct harness {
    char *folder;  /* holds the objects; NULL if there is none */
    char *trouble; /* why there is none, or NULL */
} harness;

/* Compiles the checks, for any number of answers. On success trouble is NULL. Call harness_free in any case. */
harness harness_build(const cli_challenge *challenge);
void harness_free(harness *h);

/* Compiles the file, links it with the checks and runs each of them in a process of its own. `file` is a path to a
 * regular file that can be read. Everything is in the result; answer_free it. Signals that process_catch_signals
 * catches make it end early, tidily; the caller then gives way to them. */
answer answer_judge(const cli_challenge *challenge, const harness *h, const char *file);
void answer_free(answer *a);

size_t answer_passed(const answer *a);

/* Compiles the file as answer_judge does and links it, without checks, with `words` after it: objects, libraries,
 * options, up to NULL. The program is a->folder/ANSWER_PROGRAM; answer_unlink removes it. It may be started with
 * process_run; then answer_crash tells what the sanitizers had against it, NULL if nothing (the caller's). */
#define ANSWER_PROGRAM "program"
answer answer_link(const cli_challenge *challenge, const char *file, const char *const *words);
char *answer_crash(const answer *a, process *p);
void answer_unlink(answer *a);

/* A sentence about a text that is not even worth a compiler's time, or that only some compilers would take (source.c):
 * not text, too long, inline assembly, a header by an absolute path. NULL if there is none. The caller's. */
char *source_problem(const char *text, size_t bytes);

#endif
