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

/* Why the answer could not be linked with the checks, or with a lab, in words; `output` is the linker's (GNU ld, gold or
 * lld). `signature` is the challenge's. The caller's. */
typedef enum report_other { WITH_CHECKS, WITH_LAB } report_other;
char *report_link(const char *output, const char *signature, report_other other);

#endif
