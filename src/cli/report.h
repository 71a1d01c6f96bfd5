/* Crashes told in a sentence with the line of the learner's file. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "process.h"

/* Why a check did not return. `report` is what the sanitizers wrote, "" if nothing; `file` is the learner's file by the
 * path that the compiler was given. Returns a new string, the caller's. */
char *report_crash(const process *p, const char *report, const char *file);

/* Why the answer and the checks could not be linked, in words; `output` is the linker's. `signature` is the
 * challenge's. The caller's. */
char *report_link(const char *output, const char *signature);

#endif
