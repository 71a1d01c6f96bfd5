/* Crashes told in a sentence with the line of the learner's file. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "process.h"

/* Why a check did not return. `report` is what the sanitizers wrote, "" if nothing; `file` is the learner's file by the
 * path that the compiler was given. Returns a new string, the caller's. */
char *report_crash(const process *p, const char *report, const char *file);

/* What memory was left over that nothing points to. The caller's. */
char *report_leak(const char *report, const char *file);

/* Whether the leak check itself could not run, as under a debugger or where ptrace is forbidden. */
bool report_leak_check_failed(const char *report);

/* Why the answer and the checks could not be linked, in words; `output` is the linker's. `signature` is the
 * challenge's. The caller's. */
char *report_link(const char *output, const char *signature);

#endif
