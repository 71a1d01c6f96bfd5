/* `laymanz`: labs and challenges in a terminal. */
#include "cli.h"

#include <string.h>

static const cli_command *const commands[] = {&cli_labs, &cli_lab,     &cli_challenges, &cli_start,   &cli_check,
                                              &cli_fit,  &cli_predict, &cli_metrics, &cli_drift};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static const char version[] = "0.1.0";

static void print_overview(void) {
    puts("Laymanz: ML system design with no black boxes.\n\nUsage:");
    for (int i = 0; i < N_COMMANDS; i++)
        printf("  laymanz %-18s %s\n", commands[i]->name, commands[i]->summary);
    puts("  laymanz help [COMMAND]     this list, or a command in full\n"
         "  laymanz version            the version\n\n"
         "Exit status: 0 when all is well, 1 when a check or a lab failed, 2 when the command was not understood.");
}

static const cli_command *find(const char *name) {
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int unknown(const char *name) {
    const char *names[N_COMMANDS + 2] = {"help", "version"};
    for (int i = 0; i < N_COMMANDS; i++)
        names[i + 2] = commands[i]->name;
    return cli_unknown("command", name, names, N_COMMANDS + 2, "laymanz help");
}

static int help(const char *name) {
    const cli_command *command = name != NULL ? find(name) : NULL;
    if (name != NULL && command == NULL)
        return unknown(name);
    if (command == NULL)
        print_overview();
    else
        printf("laymanz %s\n\n%s", command->usage, command->help);
    return CLI_OK;
}

static bool is_one_of(const char *word, const char *a, const char *b, const char *c) {
    return strcmp(word, a) == 0 || strcmp(word, b) == 0 || strcmp(word, c) == 0;
}

static int dispatch(int argc, char **argv) {
    if (argc == 0) {
        print_overview();
        return CLI_USAGE;
    }
    if (is_one_of(argv[0], "help", "--help", "-h"))
        return help(argc > 1 ? argv[1] : NULL);
    if (is_one_of(argv[0], "version", "--version", "-v")) {
        printf("laymanz %s\n", version);
        return CLI_OK;
    }
    const cli_command *command = find(argv[0]);
    if (command == NULL)
        return unknown(argv[0]);
    for (int i = 1; i < argc; i++)
        if (is_one_of(argv[i], "--help", "-h", "--help"))
            return help(command->name);
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv) {
    const int status = dispatch(argc - (argc > 0), argv + (argc > 0));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cli_note("the output could not be written");
        return CLI_FAILED;
    }
    return status;
}
