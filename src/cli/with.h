/* A lab with a reader's function in place of the library's. */
#ifndef CLI_WITH_H
#define CLI_WITH_H

#include "cli.h"

/* `laymanz lab NAME ... --with FILE.c [--challenge SLUG]`: compiles FILE.c, links it with the challenge's drive.c in
 * front of the libraries into a program for this one run, and runs the lab with it; what that prints is printed.
 * `argv` holds all words after "lab". Returns an exit status; every failure is told on stderr. */
int with_run(const lab *experiment, int argc, char **argv);

/* Whether the words hold --with or --challenge. */
bool with_is_wanted(int argc, char **argv);

#endif
