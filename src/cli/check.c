/* `laymanz check`: a file held against a challenge's checks, told as text or JSON. */
#define _POSIX_C_SOURCE 200809L
#include "answer.h"
#include "check_all.h"
#include "process.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Telling ------------------------------------------------------------------------------------------------------ */

static void write_json(const answer *a) {
    json j = {.out = stdout};
    const size_t passed = answer_passed(a);
    json_open(&j, NULL, '{');
    json_text(&j, "challenge", a->challenge->slug);
    json_double(&j, "passed", (double)passed);
    json_double(&j, "failed", (double)(a->n - passed));
    json_open(&j, "checks", '[');
    for (size_t i = 0; i < a->n; i++) {
        const verdict *v = &a->verdict[i];
        json_open(&j, NULL, '{');
        json_text(&j, "name", v->name);
        json_text(&j, "sentence", v->sentence);
        json_bool(&j, "hidden", v->hidden);
        json_bool(&j, "passed", v->passed);
        json_text(&j, "message", v->message);
        json_text(&j, "warning", v->warning);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    if (a->compile_error != NULL)
        json_text(&j, "compile_error", a->compile_error);
    if (a->warnings != NULL && a->warnings[0] != '\0')
        json_text(&j, "warnings", a->warnings);
    json_close(&j, '}');
    putchar('\n');
}

/* The first lines of what was printed. */
static void write_output(const char *output) {
    enum { LINES = 20 };
    int lines = 0;
    for (; *output != '\0' && lines < LINES; lines++) {
        const size_t n = strcspn(output, "\n");
        printf("        | %.*s\n", (int)n, output);
        output += n + (output[n] == '\n');
    }
    if (*output != '\0')
        printf("        | ... and more\n");
}

static void write_text(const answer *a) {
    printf("%s: %s\n", a->challenge->slug, a->challenge->title);
    if (a->compile_error != NULL) {
        const size_t n = strlen(a->compile_error);
        printf("It does not compile.\n%s%s", a->compile_error, n > 0 && a->compile_error[n - 1] == '\n' ? "" : "\n");
        return;
    }
    if (a->warnings != NULL)
        fputs(a->warnings, stdout);
    for (size_t i = 0; i < a->n; i++) {
        const verdict *v = &a->verdict[i];
        printf("  %s  %s%s\n", v->passed ? "pass" : "FAIL", v->sentence, v->hidden ? " (hidden)" : "");
        if (!v->passed)
            printf("        %s\n", v->message);
        if (v->warning[0] != '\0')
            printf("        warning: %s\n", v->warning);
        write_output(v->output);
    }
    printf("%zu of %zu checks passed.\n", answer_passed(a), a->n);
}

/* --- The command -------------------------------------------------------------------------------------------------- */

static int check_answer(const cli_challenge *challenge, const char *file, bool as_json) {
    struct stat about;
    if (stat(file, &about) != 0 || access(file, R_OK) != 0)
        return cli_usage("%s cannot be read", file);
    if (!S_ISREG(about.st_mode))
        return cli_usage("%s is not a file", file);
    process_catch_signals();
    harness h = harness_build(challenge);
    answer a = {0};
    const char *trouble = h.trouble;
    if (trouble == NULL) {
        a = answer_judge(challenge, &h, file);
        trouble = a.trouble;
    }
    int status = CLI_FAILED;
    if (process_stopped() == 0 && trouble != NULL) {
        cli_note("%s", trouble);
    } else if (process_stopped() == 0) {
        (as_json ? write_json : write_text)(&a);
        status = a.compile_error == NULL && answer_passed(&a) == a.n ? CLI_OK : CLI_FAILED;
    }
    answer_free(&a);
    harness_free(&h);
    if (process_stopped() != 0)
        process_give_way();
    return status;
}

typedef struct words {
    const char *word[2]; /* SLUG FILE, or the folder of --all */
    int n;
    bool as_json, all;
    int jobs;
} words;

/* Returns CLI_OK, or CLI_USAGE after a sentence. */
static int read_words(words *w, int argc, char **argv) {
    for (int i = 0; i < argc; i++) {
        const char *jobs = strcmp(argv[i], "--jobs") != 0 ? NULL : i + 1 < argc ? argv[++i] : "";
        if (jobs != NULL && ((w->jobs = atoi(jobs)) < 1 || w->jobs > CHECK_MOST_JOBS))
            return cli_usage("--jobs needs a number from 1 to %d, as in --jobs 4", CHECK_MOST_JOBS);
        if (jobs != NULL)
            continue;
        if (strcmp(argv[i], "--json") == 0)
            w->as_json = true;
        else if (strcmp(argv[i], "--all") == 0)
            w->all = true;
        else if (argv[i][0] == '-' && argv[i][1] != '\0')
            return cli_usage("check has no option '%.60s'; see laymanz help check", argv[i]);
        else if (w->n < (w->all ? 1 : 2))
            w->word[w->n++] = argv[i];
        else
            return cli_usage("check takes a challenge and one file, or --all and one folder, not '%.60s' too", argv[i]);
    }
    if (w->all && w->n != 1)
        return cli_usage("check --all needs one folder, as in: laymanz check --all submissions");
    if (!w->all && w->n < 2)
        return cli_usage("check needs a challenge and a file, as in: laymanz check linear-predict answer.c");
    if (!w->all && w->jobs != 0)
        return cli_usage("--jobs belongs to check --all");
    return CLI_OK;
}

static int run(int argc, char **argv) {
    words w = {0};
    if (read_words(&w, argc, argv) != CLI_OK)
        return CLI_USAGE;
    cli_challenge_list list;
    int status = CLI_FAILED;
    if (cli_find_challenges(&list)) {
        const cli_challenge *challenge = w.all ? NULL : cli_challenge_named(&list, w.word[0]);
        if (w.all)
            status = check_all(&list, w.word[0], w.as_json, w.jobs);
        else
            status = challenge != NULL ? check_answer(challenge, w.word[1], w.as_json)
                                       : cli_challenge_unknown(&list, w.word[0]);
    }
    cli_free_challenges(&list);
    return status;
}

const cli_command cli_check = {
    "check",
    "check SLUG FILE.c [--json]\n        laymanz check --all DIR [--json] [--jobs N]",
    "run a challenge's checks on your file",
    "Compiles FILE.c with the system's C compiler ($CC, or cc) under AddressSanitizer and UBSan, and runs\n"
    "each check in a process of its own, for at most 5 seconds of processor time (or what the challenge says), 1 GB\n"
    "of memory and 64 KiB of output. A crash is told with its line, and so is memory that is never freed.\n"
    "\n"
    "--json prints {\"challenge\", \"passed\", \"failed\", \"checks\": [{\"name\", \"sentence\", \"hidden\", "
    "\"passed\",\n"
    "\"message\", \"warning\"}]}, with \"compile_error\" if the file did not compile and \"warnings\" if there were "
    "any.\n"
    "\n"
    "--all grades every .c file below DIR and prints a CSV table: file, challenge, passed, failed, of,\n"
    "verdict (pass, fail, compile error), the first failed check and its message. Which challenge a file answers is\n"
    "told by its name (linear-predict.c), else by a folder it is in (linear-predict/alice.c), else by its\n"
    "first line, /* challenge: linear-predict */. --jobs N grades N files at a time (all processors).\n"
    "--json prints the same rows as a list of objects.\n"
    "\n"
    "The answer runs as a plain process of yours. It gets no input, no open files, no way to open one by the\n"
    "usual functions, and none to start programs or reach the network by them; but that is a fence, not a\n"
    "wall: a file that sets out to do harm with your rights can. Grade strangers' files in a container or a\n"
    "virtual machine, or in the page, where an answer has nothing to call.\n"
    "\n"
    "Exit status 0 if all checks pass, 1 if one fails or the file does not compile. With --all: 0 if every\n"
    "file was graded, whatever its verdict, 1 if this installation is at fault, 2 for wrong usage.\n",
    run,
};
