/* Between `laymanz check` and the program that it builds from an answer, the checks, native.c and confine.c: what they
 * share through the file at descriptor NATIVE_FILE. It is mapped, so that it survives a crash of the answer. */
#ifndef CHECKS_NATIVE_H
#define CHECKS_NATIVE_H

#include "check.h"

enum { NATIVE_FILE = 3 };

typedef struct native_verdict {
    bool done;        /* the check returned */
    bool leaked;      /* it did, but memory was left that nothing points to; the sanitizer's report says whose */
    char refused[32]; /* the function of confine.h that the answer called, which ended it; else "" */
    check c;          /* what it found; `input` is of use after a crash too */
    char told[2600];  /* the sentence to show, of a check that failed */
} native_verdict;

/* "PROGRAM list" writes name, sentence and "hidden" or "shown" of each check to the file, each with its NUL.
 * "PROGRAM run N" runs check N into the native_verdict in the file. */

#endif
