/* `laymanz check`: builds an answer with its challenge's checks and runs each check in a process of its own. */
#define _XOPEN_SOURCE 700
#include "cli.h"
#include "process.h"
#include "report.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks/native.h"

enum { CHECK_SECONDS = 5, COMPILER_SECONDS = 60, OUTPUT_LIMIT = 64 * 1024, COMPILER_OUTPUT = 1024 * 1024 };

typedef struct verdict {
    char *name, *sentence;
    bool hidden, passed;
    char *message; /* why it failed, else "" */
    char *output;  /* what the answer printed */
} verdict;

typedef struct session {
    const cli_challenge *challenge;
    char file[PATH_MAX]; /* the answer, absolute */
    char *folder;        /* for what is built; removed at the end */
    char *compile_error; /* what the compiler or linker says, NULL if all is well */
    char *warnings;      /* what else the compiler said */
    char *trouble;       /* what is wrong with this installation rather than with the answer, or NULL */
    verdict *verdict;
    size_t n;
} session;

/* --- The folder for what is built --------------------------------------------------------------------------------- */

static char *make_folder(void) {
    const char *parent = getenv("TMPDIR");
    char *folder = cli_format("%s/laymanz-XXXXXX", parent != NULL && parent[0] == '/' ? parent : "/tmp");
    if (mkdtemp(folder) != NULL)
        return folder;
    free(folder);
    return NULL;
}

/* It holds files only, all of them ours. */
static void remove_folder(const char *folder) {
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        char *path = cli_format("%s/%s", folder, entry->d_name);
        unlink(path);
        free(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(folder);
}

/* What the sanitizers wrote to their file (log_path below), and its removal. The caller's; "" if nothing. */
static char *take_log(const char *folder) {
    char *report = NULL;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (strncmp(entry->d_name, "report.", 7) != 0)
            continue;
        char *path = cli_format("%s/%s", folder, entry->d_name);
        free(report);
        report = cli_read_file(path, NULL);
        unlink(path);
        free(path);
    }
    if (dir != NULL)
        closedir(dir);
    return report != NULL ? report : cli_format("%s", "");
}

/* Takes the first line that holds `mark` out of the text. The caller's; NULL if there is none. */
static char *cut_line(char *text, const char *mark) {
    char *from = strstr(text, mark);
    if (from == NULL)
        return NULL;
    while (from > text && from[-1] != '\n')
        from--;
    const size_t length = strcspn(from, "\n");
    char *line = cli_format("%.*s", (int)length, from);
    const char *rest = from + length + (from[length] == '\n');
    memmove(from, rest, strlen(rest) + 1);
    return line;
}

/* All that the sanitizers say; what they print into the program's output whatever log_path says, as gcc's UBSan does,
 * is taken out of it. The caller's. */
static char *take_report(const char *folder, char *output) {
    char *log = take_log(folder), *line = cut_line(output, ": runtime error: ");
    free(cut_line(output, "AddressSanitizer:DEADLYSIGNAL"));
    if (line == NULL)
        return log;
    char *report = cli_format("%s\n%s", line, log);
    free(line);
    free(log);
    return report;
}

/* --- Building ----------------------------------------------------------------------------------------------------- */

/* $CC may hold options too: "ccache gcc". Its words stand before ours. */
enum { MAX_WORDS = 40 };

static const char *const common_flags[] = {
    "-std=c11",
    "-O1",
    "-g",
    "-Wall",
    "-Wextra",
    "-ffp-contract=off",
    "-fno-omit-frame-pointer",
    /* mistakes that gcc 12 and clang 14 let pass, and the page's clang does not */
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Werror=int-conversion",
    "-fsanitize=address,undefined,float-cast-overflow",
    "-fno-sanitize-recover=all",
    "-fdiagnostics-color=never",
};

/* Runs the compiler with the words given, up to NULL. */
static process compile(const char *const *words) {
    char *argv[MAX_WORDS + 1];
    size_t n = 0;
    const char *told = getenv("CC");
    char *compiler = cli_format("%s", told != NULL && told[0] != '\0' ? told : "cc"), *rest = NULL;
    for (char *word = strtok_r(compiler, " ", &rest); word != NULL && n < 8; word = strtok_r(NULL, " ", &rest))
        argv[n++] = word;
    for (size_t i = 0; i < sizeof common_flags / sizeof *common_flags; i++)
        argv[n++] = (char *)common_flags[i]; /* execvp takes char *, and changes nothing */
    while (*words != NULL && n < MAX_WORDS)
        argv[n++] = (char *)*words++;
    argv[n] = NULL;
    process p = {.argv = argv, .cpu_seconds = COMPILER_SECONDS, .output_limit = COMPILER_OUTPUT, .file = -1};
    process_run(&p);
    p.argv = NULL;
    free(compiler);
    return p;
}

/* The first lines of what a compiler says; on garbage it can say a megabyte. The caller's. */
static char *shortened(const char *text) {
    enum { ENOUGH = 8000 };
    size_t n = strlen(text);
    if (n <= ENOUGH)
        return cli_format("%s", text);
    for (n = ENOUGH; n > 0 && text[n - 1] != '\n';)
        n--;
    return cli_format("%.*s... and more\n", (int)n, text);
}

static bool succeeded(const process *p) {
    return p->started && p->status == 0 && !p->too_long && !p->too_much_output;
}

/* The answer alone, so that all that the compiler says is about it. */
static bool compile_answer(session *s) {
    char *include = cli_format("-I%s/src/ml", cli_home()), *object = cli_format("%s/answer.o", s->folder);
    process p = compile((const char *const[]){include, "-x", "c", "-c", s->file, "-o", object, NULL});
    const bool good = succeeded(&p);
    if (good)
        s->warnings = p.output;
    else if (!p.started)
        s->trouble = cli_format("there is no C compiler; install gcc or clang, or name one in CC");
    else if (p.too_long || p.too_much_output)
        s->compile_error = cli_format("The compiler was stopped: the file asks too much of it.");
    else
        s->compile_error = shortened(p.output);
    if (!good)
        free(p.output);
    free(include);
    free(object);
    return good;
}

static char *library(void) {
    char *path = cli_format("%s/native/libml.a", cli_program_folder());
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return cli_format("%s/build/native/libml.a", cli_home());
}

/* Checks, runner, answer, library: the answer's definitions come before the library's. */
static bool link_program(session *s) {
    const char *home = cli_home();
    char *include[] = {cli_format("-I%s/src", home), cli_format("-I%s/src/ml", home),
                       cli_format("-I%s/src/checks", home)};
    char *source[] = {cli_format("%s/checks.c", s->challenge->folder), cli_format("%s/src/checks/check.c", home),
                      cli_format("%s/src/checks/native.c", home)};
    char *object = cli_format("%s/answer.o", s->folder), *program = cli_format("%s/checks", s->folder);
    char *archive = library();
    process p = compile((const char *const[]){include[0], include[1], include[2], object, source[0], source[1],
                                              source[2], archive, "-lm", "-o", program, NULL});
    const bool good = succeeded(&p);
    if (!good && access(archive, R_OK) != 0)
        s->trouble = cli_format("%s is not there; make build/laymanz builds it", archive);
    else if (!good &&
             (strstr(p.output, "multiple definition") != NULL || strstr(p.output, "undefined reference") != NULL))
        s->compile_error = report_link(p.output, s->challenge->signature);
    else if (!good)
        s->trouble = cli_format("the checks of %s do not compile:\n%s", s->challenge->slug, p.output);
    free(p.output);
    free(archive);
    free(program);
    free(object);
    for (size_t i = 0; i < 3; i++) {
        free(include[i]);
        free(source[i]);
    }
    return good;
}

/* --- Running ------------------------------------------------------------------------------------------------------ */

/* Runs the program on a file of ours as its descriptor 3; what stands in that file afterwards is read into *told. */
static process run_program(const session *s, char *mode, char *index, char **told, size_t *bytes) {
    char *program = cli_format("%s/checks", s->folder), *path = cli_format("%s/told", s->folder);
    process p = {.argv = (char *const[]){program, mode, index, NULL},
                 .cpu_seconds = CHECK_SECONDS,
                 .output_limit = OUTPUT_LIMIT,
                 .file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600)};
    process_run(&p);
    p.argv = NULL;
    close(p.file);
    *told = cli_read_file(path, bytes);
    unlink(path);
    free(path);
    free(program);
    return p;
}

/* Without it, a program that a challenge cannot list has crashed before main: the answer holds something odd. */
static bool list_checks(session *s) {
    char *told;
    size_t bytes = 0;
    process p = run_program(s, "list", NULL, &told, &bytes);
    for (const char *at = told; succeeded(&p) && told != NULL && at < told + bytes;) {
        const char *name = at, *sentence = name + strlen(name) + 1, *visibility = sentence + strlen(sentence) + 1;
        s->verdict = cli_grow(s->verdict, (s->n + 1) * sizeof *s->verdict);
        s->verdict[s->n++] = (verdict){.name = cli_format("%s", name),
                                       .sentence = cli_format("%s", sentence),
                                       .hidden = strcmp(visibility, "hidden") == 0};
        at = visibility + strlen(visibility) + 1;
    }
    if (s->n == 0) {
        char *report = take_report(s->folder, p.output), *why = report_crash(&p, report, s->file);
        s->trouble = cli_format("the program with the checks does not start: %s", why);
        free(why);
        free(report);
    }
    free(told);
    free(p.output);
    return s->n > 0;
}

static void judge(session *s, size_t index) {
    verdict *v = &s->verdict[index];
    char number[24], *told;
    size_t bytes = 0;
    snprintf(number, sizeof number, "%zu", index);
    process p = run_program(s, "run", number, &told, &bytes);
    char *report = take_report(s->folder, p.output);
    native_verdict found = {0};
    if (told != NULL && bytes == sizeof found)
        memcpy(&found, told, sizeof found);
    v->passed = found.done && succeeded(&p) && !found.c.failed;
    if (found.done && succeeded(&p)) {
        v->message = cli_format("%s", found.told);
    } else {
        char *crash = report_crash(&p, report, s->file);
        const bool known = found.c.input[0] != '\0';
        v->message =
            cli_format("%s%s%s%s.", known ? "Given " : "", known ? found.c.input : "", known ? ": " : "", crash);
        free(crash);
    }
    v->output = p.output;
    free(report);
    free(told);
}

/* --- Telling ------------------------------------------------------------------------------------------------------ */

static size_t count_passed(const session *s) {
    size_t passed = 0;
    for (size_t i = 0; i < s->n; i++)
        passed += s->verdict[i].passed;
    return passed;
}

static void write_json(const session *s) {
    json j = {.out = stdout};
    const size_t passed = count_passed(s);
    json_open(&j, NULL, '{');
    json_text(&j, "challenge", s->challenge->slug);
    json_double(&j, "passed", (double)passed);
    json_double(&j, "failed", (double)(s->n - passed));
    json_open(&j, "checks", '[');
    for (size_t i = 0; i < s->n; i++) {
        const verdict *v = &s->verdict[i];
        json_open(&j, NULL, '{');
        json_text(&j, "name", v->name);
        json_text(&j, "sentence", v->sentence);
        json_bool(&j, "hidden", v->hidden);
        json_bool(&j, "passed", v->passed);
        json_text(&j, "message", v->message);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    if (s->compile_error != NULL)
        json_text(&j, "compile_error", s->compile_error);
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

static void write_text(const session *s) {
    printf("%s: %s\n", s->challenge->slug, s->challenge->title);
    if (s->compile_error != NULL) {
        const size_t n = strlen(s->compile_error);
        printf("It does not compile.\n%s%s", s->compile_error, n > 0 && s->compile_error[n - 1] == '\n' ? "" : "\n");
        return;
    }
    if (s->warnings != NULL)
        fputs(s->warnings, stdout);
    for (size_t i = 0; i < s->n; i++) {
        const verdict *v = &s->verdict[i];
        printf("  %s  %s%s\n", v->passed ? "pass" : "FAIL", v->sentence, v->hidden ? " (hidden)" : "");
        if (!v->passed)
            printf("        %s\n", v->message);
        write_output(v->output);
    }
    printf("%zu of %zu checks passed.\n", count_passed(s), s->n);
}

/* --- The command -------------------------------------------------------------------------------------------------- */

/* The sanitizers' options for all that is run from here; a null from a malloc that is too large, as in the page. */
static void set_environment(const session *s) {
    char *address = cli_format("log_path='%s/report':detect_leaks=0:allocator_may_return_null=1:"
                               "max_allocation_size_mb=256:hard_rss_limit_mb=1024:handle_abort=0",
                               s->folder);
    char *undefined = cli_format("log_path='%s/report':print_stacktrace=0", s->folder);
    setenv("ASAN_OPTIONS", address, 1);
    setenv("UBSAN_OPTIONS", undefined, 1);
    setenv("LC_ALL", "C", 1); /* the compiler's messages are read */
    free(undefined);
    free(address);
}

static void build_and_run(session *s) {
    s->folder = make_folder();
    if (s->folder == NULL) {
        s->trouble = cli_format("no temporary folder can be made; set TMPDIR to one that can be written");
        return;
    }
    set_environment(s);
    if (compile_answer(s) && link_program(s) && list_checks(s))
        for (size_t i = 0; i < s->n; i++)
            judge(s, i);
    remove_folder(s->folder);
    if (process_stopped() != 0)
        process_give_way();
}

static void free_session(session *s) {
    for (size_t i = 0; i < s->n; i++) {
        free(s->verdict[i].name);
        free(s->verdict[i].sentence);
        free(s->verdict[i].message);
        free(s->verdict[i].output);
    }
    free(s->verdict);
    free(s->folder);
    free(s->compile_error);
    free(s->warnings);
    free(s->trouble);
}

static int check_answer(const cli_challenge *challenge, const char *file, bool as_json) {
    session s = {.challenge = challenge};
    struct stat about;
    if (realpath(file, s.file) == NULL || stat(s.file, &about) != 0 || access(s.file, R_OK) != 0)
        return cli_usage("%s cannot be read", file);
    if (!S_ISREG(about.st_mode))
        return cli_usage("%s is not a file", file);
    process_catch_signals();
    build_and_run(&s);
    int status = CLI_FAILED;
    if (s.trouble != NULL) {
        cli_note("%s", s.trouble);
    } else {
        (as_json ? write_json : write_text)(&s);
        status = s.compile_error == NULL && count_passed(&s) == s.n ? CLI_OK : CLI_FAILED;
    }
    free_session(&s);
    return status;
}

static int unknown_challenge(const cli_challenge_list *list, const char *slug) {
    const char **names = cli_alloc((list->n + 1) * sizeof *names);
    for (size_t i = 0; i < list->n; i++)
        names[i] = list->item[i].slug;
    const int status = cli_unknown("challenge", slug, names, list->n, "laymanz challenges");
    free(names);
    return status;
}

static int run(int argc, char **argv) {
    const char *word[2];
    int n = 0;
    bool as_json = false;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0)
            as_json = true;
        else if (n < 2)
            word[n++] = argv[i];
        else
            return cli_usage("check takes a challenge and one file, not '%.60s' too", argv[i]);
    }
    if (n < 2)
        return cli_usage("check needs a challenge and a file, as in: laymanz check linear-predict answer.c");
    cli_challenge_list list;
    int status = CLI_FAILED;
    if (cli_find_challenges(&list)) {
        const cli_challenge *challenge = NULL;
        for (size_t i = 0; i < list.n; i++)
            if (strcmp(list.item[i].slug, word[0]) == 0)
                challenge = &list.item[i];
        status = challenge != NULL ? check_answer(challenge, word[1], as_json) : unknown_challenge(&list, word[0]);
    }
    cli_free_challenges(&list);
    return status;
}

const cli_command cli_check = {
    "check",
    "check SLUG FILE.c [--json]",
    "run a challenge's checks on your file",
    "Compiles FILE.c with the system's C compiler ($CC, or cc) under AddressSanitizer and UBSan, and runs\n"
    "each check in a process of its own, for at most 5 seconds of processor time and 64 KiB of output. A\n"
    "crash is told with its line.\n"
    "\n"
    "--json prints {\"challenge\", \"passed\", \"failed\", \"checks\": [{\"name\", \"sentence\", \"hidden\", "
    "\"passed\",\n"
    "\"message\"}]}, and \"compile_error\" if the file did not compile.\n"
    "\n"
    "Exit status 0 if all checks pass, 1 if one fails or the file does not compile.\n",
    run,
};
