#include "options.h"

#include <stdlib.h>
#include <string.h>

static const cli_option *find(const char *word, size_t n, const cli_option *option) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(option[i].name, word) == 0)
            return &option[i];
    return NULL;
}

static int unknown(const char *command, const char *word, size_t n, const cli_option *option) {
    const char **const names = cli_alloc(n * sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = option[i].name;
    char *const how = cli_format("laymanz help %s", command);
    const int status = cli_unknown("option", word, names, n, how);
    free(how);
    free(names);
    return status;
}

static bool is_option(const char *word) {
    return strncmp(word, "--", 2) == 0;
}

static void append(word_list *list, const char *word) {
    list->word = cli_grow(list->word, (list->n + 1) * sizeof *list->word);
    list->word[list->n++] = word;
}

int cli_options(const char *command, int argc, char **argv, size_t n_options, const cli_option *option, size_t n_plain,
                const char **plain) {
    size_t n = 0;
    for (int i = 0; i < argc;) {
        const char *const word = argv[i++];
        if (!is_option(word)) {
            if (n == n_plain)
                return cli_usage("%s does not know what to do with '%.60s'; see laymanz help %s", command, word,
                                 command);
            plain[n++] = word;
            continue;
        }
        const cli_option *const known = find(word, n_options, option);
        if (known == NULL)
            return unknown(command, word, n_options, option);
        if (known->given != NULL) {
            *known->given = true;
            continue;
        }
        if (i == argc || is_option(argv[i]))
            return cli_usage("%s needs a value; see laymanz help %s", word, command);
        if (known->value != NULL)
            *known->value = argv[i++];
        else
            while (i < argc && !is_option(argv[i]))
                append(known->several, argv[i++]);
    }
    return CLI_OK;
}
