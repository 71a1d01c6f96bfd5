/* The words of a command line, for commands whose options are alike. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli.h"

typedef struct word_list {
    const char **word; /* [n] the caller's to free */
    size_t n;
} word_list;

/* Exactly one of the three says where the option goes. */
typedef struct cli_option {
    const char *name;   /* "--data" */
    const char **value; /* takes one word; given twice, the later one counts */
    word_list *several; /* takes all words up to the next option */
    bool *given;        /* takes none */
} cli_option;

/* Sorts out argv: at most n_plain words that belong to no option go to plain[], as they come. Returns CLI_OK; or
 * CLI_USAGE, with a sentence, for an option that there is not, one without its word, or a word too many. */
int cli_options(const char *command, int argc, char **argv, size_t n_options, const cli_option *option, size_t n_plain,
                const char **plain);

#endif
