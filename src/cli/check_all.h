/* `laymanz check --all`. */
#ifndef CLI_CHECK_ALL_H
#define CLI_CHECK_ALL_H

#include "cli.h"

enum { CHECK_MOST_JOBS = 64 };

/* Grades every .c file below the folder, `jobs` at a time (0: one for each processor), and writes a row about each to
 * standard output, sorted by path. Returns the exit status. */
int check_all(const cli_challenge_list *list, const char *folder, bool as_json, int jobs);

#endif
