/* Programs run under limits. */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct process {
    /* What to run. */
    char *const *argv;   /* ends with NULL; argv[0] is looked up in PATH */
    int cpu_seconds;     /* of processor time; three times as much may pass on the clock */
    size_t output_limit; /* bytes; more ends the program */
    int file;            /* becomes the program's descriptor 3; -1: none. It inherits no other */
    const char *folder;  /* where it runs, its TMPDIR too; NULL: here */
    size_t file_limit;   /* bytes that it may make a file grow to */
    size_t memory_limit; /* bytes of addresses; 0: none, as the sanitizers need, which have limits of their own */

    /* What came of it. */
    int status; /* as waitpid gives it */
    bool started, too_long, too_much_output;
    char *output; /* standard output and error in the order written; NUL-terminated; free it */
    size_t output_bytes;
} process;

/* Runs the program to its end, without input. Its whole group is killed at a limit, or when this program is told to
 * stop (process_stopped). */
void process_run(process *p);

/* From here on SIGINT, SIGTERM and SIGHUP only set what process_stopped returns: that signal, or 0. */
void process_catch_signals(void);
int process_stopped(void);

/* A hundredth of a second, or less if one of those signals comes. */
void process_wait_a_moment(void);

/* Ends this program by the signal that was caught, as if it had not been. */
void process_give_way(void);

#endif
