/* Runs a challenge's checks in the page: what the module of one learner's file, linked with the checks, exports.
 * The host makes a new instance for each check, so that every check starts with fresh state, and reads the texts from
 * the memory at the addresses that these functions return. */
#include <stdio.h>

#include "run.h"

#define EXPORT(name) __attribute__((export_name(#name), used)) name

static check current;
static char told[sizeof current.input + sizeof current.message + 16];

int32_t EXPORT(checks_count)(void) {
    return (int32_t)check_count();
}

const char *EXPORT(checks_name)(int32_t index) {
    return check_cases[index].name;
}

const char *EXPORT(checks_sentence)(int32_t index) {
    return check_cases[index].sentence;
}

int32_t EXPORT(checks_hidden)(int32_t index) {
    return check_cases[index].visibility == CHECK_HIDDEN;
}

/* 1 if the check passed. Nothing that is printed is held back: a trap would lose it, and stderr would overtake it. */
int32_t EXPORT(checks_run)(int32_t index) {
    setvbuf(stdout, NULL, _IONBF, 0);
    return check_run(&check_cases[index], &current);
}

/* Why the check that ran last failed. */
const char *EXPORT(checks_told)(void) {
    check_told(&current, told, sizeof told);
    return told;
}

__attribute__((weak)) void check_cost(void); /* checks.c need not define it */

/* Runs the answer on its typical input. 0 if the challenge has none. */
int32_t EXPORT(checks_cost)(void) {
    if (check_cost == NULL)
        return 0;
    check_cost();
    return 1;
}

/* What went into the check that runs, or "": for the sentence about a trap, when the check itself says no more. */
const char *EXPORT(checks_input)(void) {
    return current.input;
}
