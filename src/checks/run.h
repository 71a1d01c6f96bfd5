/* What the programs that run checks (native.c, wasm.c) call besides check.h. Challenges do not need it. */
#ifndef CHECKS_RUN_H
#define CHECKS_RUN_H

#include "check.h"

/* How many cases checks.c declares. */
size_t check_count(void);

/* Runs a case on a check that starts out clean, and frees its buffers. True if it passed. */
bool check_run(const check_case *one, check *c);

/* The sentence to show for a failed check: "Given INPUT: MESSAGE", or the message alone where no input was told. It is
 * cut if `room` bytes do not hold it. */
void check_told(const check *c, char *text, size_t room);

/* Frees what check_buffer handed out. */
void check_release(void);

#endif
