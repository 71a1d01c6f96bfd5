/* Builds an answer with its challenge's checks and runs each check in a process of its own. */
#define _XOPEN_SOURCE 700
#include "answer.h"
#include "process.h"
#include "report.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks/confine.h"
#include "checks/native.h"

enum { COMPILER_SECONDS = 20, OUTPUT_LIMIT = 64 * 1024, COMPILER_OUTPUT = 1024 * 1024 };
enum { MEGABYTE = 1 << 20, CHECK_FILES = MEGABYTE, COMPILER_FILES = 64 * MEGABYTE };
enum { MOST_STUCK = 2 }; /* then the rest is not tried: nobody waits for seven times five seconds */
static const size_t COMPILER_MEMORY = (size_t)3 << 30;

/* --- The folder for what is built --------------------------------------------------------------------------------- */

static char *make_folder(void) {
    const char *parent = getenv("TMPDIR");
    char *folder = cli_format("%s/laymanz-XXXXXX", parent != NULL && parent[0] == '/' ? parent : "/tmp");
    if (mkdtemp(folder) != NULL)
        return folder;
    free(folder);
    return NULL;
}

static const char no_folder[] = "no temporary folder can be made; set TMPDIR to one that can be written";

/* It holds files only; an answer can make none (checks/confine.h). */
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

/* --- The compiler ------------------------------------------------------------------------------------------------- */

/* $CC may hold options too: "ccache gcc". Its words stand before ours. */
enum { MAX_WORDS = 120 };

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

/* Runs the compiler in the folder with the words given, up to NULL. */
static process compile(const char *folder, const char *const *words) {
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
    process p = {.argv = argv,
                 .cpu_seconds = COMPILER_SECONDS,
                 .output_limit = COMPILER_OUTPUT,
                 .file = -1,
                 .folder = folder,
                 .file_limit = COMPILER_FILES,
                 .memory_limit = COMPILER_MEMORY};
    setenv("LC_ALL", "C", 1); /* its messages are read */
    process_run(&p);
    p.argv = NULL;
    free(compiler);
    return p;
}

static const char no_compiler[] = "there is no C compiler; install gcc or clang, or name one in CC";

/* "In file included from A:4," or "    from B:7:". */
static bool is_trail(const char *line) {
    return strncmp(line, "In file included from ", 22) == 0 || strncmp(line + strspn(line, " "), "from ", 5) == 0;
}

/* The first lines of what a compiler says; on garbage it can say a megabyte. Of the files that led to an error, up to
 * 200, the nearest is enough. The caller's. */
static char *shortened(const char *text) {
    enum { ENOUGH = 8000 };
    char *kept = cli_alloc(ENOUGH + 1);
    size_t used = 0;
    for (bool trail = false; *text != '\0';) {
        const size_t length = strcspn(text, "\n"), n = length + (text[length] == '\n');
        const bool skip = trail && is_trail(text);
        trail = is_trail(text);
        if (!skip && used + n > ENOUGH)
            break;
        memcpy(kept + used, text, skip ? 0 : n);
        used += skip ? 0 : n;
        text += n;
    }
    char *whole = cli_format("%s%s", kept, *text != '\0' ? "... and more\n" : "");
    free(kept);
    return whole;
}

static bool succeeded(const process *p) {
    return p->started && p->status == 0 && !p->too_long && !p->too_much_output;
}

/* --- Building ----------------------------------------------------------------------------------------------------- */

/* What the checks are, besides the challenge's own: the names of objects are those of their sources. */
static const char *const parts[] = {"check", "native", "confine"};
enum { N_PARTS = sizeof parts / sizeof *parts };

static bool compile_checks(harness *h, const cli_challenge *challenge) {
    const char *home = cli_home();
    char *owned[N_PARTS + 4];
    const char *words[N_PARTS + 6];
    size_t n = 0;
    owned[n++] = cli_format("-I%s/src", home);
    owned[n++] = cli_format("-I%s/src/ml", home);
    owned[n++] = cli_format("-I%s/src/checks", home);
    owned[n++] = cli_format("%s/checks.c", challenge->folder);
    for (size_t i = 0; i < N_PARTS; i++)
        owned[n++] = cli_format("%s/src/checks/%s.c", home, parts[i]);
    for (size_t i = 0; i < n; i++)
        words[i] = owned[i];
    words[n] = "-c";
    words[n + 1] = NULL;
    process p = compile(h->folder, words);
    const bool good = succeeded(&p);
    if (!p.started)
        h->trouble = cli_format("%s", no_compiler);
    else if (!good)
        h->trouble = cli_format("the checks of %s do not compile:\n%s", challenge->slug, p.output);
    free(p.output);
    while (n > 0)
        free(owned[--n]);
    return good;
}

harness harness_build(const cli_challenge *challenge) {
    harness h = {.folder = make_folder()};
    if (h.folder == NULL)
        h.trouble = cli_format("%s", no_folder);
    else
        compile_checks(&h, challenge);
    return h;
}

void harness_free(harness *h) {
    if (h->folder != NULL)
        remove_folder(h->folder);
    free(h->folder);
    free(h->trouble);
    *h = (harness){0};
}

/* A compiler that says nothing of an error has failed itself. */
static char *compiler_text(const process *p) {
    if (p->too_long)
        return cli_format("The compiler was stopped: the file asks too much of it.");
    if (strstr(p->output, "error:") == NULL || strstr(p->output, "out of memory") != NULL ||
        strstr(p->output, "internal compiler error") != NULL)
        return cli_format("The compiler itself failed on this file. Is something in it very long, very large, or "
                          "nested very deeply?");
    return shortened(p->output);
}

/* The answer alone, so that all that the compiler says is about it. */
static bool compile_answer(answer *a) {
    size_t bytes = 0;
    char *text = cli_read_file(a->file, &bytes);
    a->compile_error = text != NULL ? source_problem(text, bytes) : cli_format("The file cannot be read.");
    free(text);
    if (a->compile_error != NULL)
        return false;
    char *include = cli_format("-I%s/src/ml", cli_home());
    process p = compile(a->folder, (const char *const[]){include, "-x", "c", "-c", a->file, "-o", "answer.o", NULL});
    free(include);
    const bool good = succeeded(&p);
    if (good)
        a->warnings = shortened(p.output);
    else if (!p.started)
        a->trouble = cli_format("%s", no_compiler);
    else
        a->compile_error = compiler_text(&p);
    free(p.output);
    return good;
}

static char *library(void) {
    char *path = cli_format("%s/native/libml.a", cli_program_folder());
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return cli_format("%s/build/native/libml.a", cli_home());
}

static bool is_link_error(const char *output) {
    return strstr(output, "multiple definition") != NULL || strstr(output, "undefined reference") != NULL ||
           strstr(output, "undefined symbol") != NULL || strstr(output, "duplicate symbol") != NULL;
}

/* Redirects the answer's calls to confine.c, in a link of the answer alone: the sanitizers' runtime may open files.
 * Apple's linker has no --wrap. */
static bool confine_answer(answer *a) {
#ifndef __APPLE__
#define WRAPPED(name) "-Wl,--wrap=" #name,
    static const char *const words[] = {"answer.o",
                                        "-fno-sanitize=all",
                                        "-nostdlib",
                                        "-r",
                                        CONFINE_REFUSED(WRAPPED) CONFINE_NULL(WRAPPED) CONFINE_MINUS_1(WRAPPED) "-o",
                                        "confined.o",
                                        NULL};
    process p = compile(a->folder, words);
    char *from = cli_format("%s/confined.o", a->folder), *to = cli_format("%s/answer.o", a->folder);
    const bool good = succeeded(&p) && rename(from, to) == 0;
    if (!good)
        a->trouble = cli_format("the linker cannot redirect an answer's calls:\n%s", p.output);
    free(from);
    free(to);
    free(p.output);
    return good;
#else
    return a->trouble == NULL;
#endif
}

/* Checks, runner, answer, library: the answer's definitions come before the library's. */
static bool link_program(answer *a, const harness *h) {
    const char *words[N_PARTS + 8];
    char *object[N_PARTS + 1], *archive = library();
    size_t n = 0;
    words[n++] = "answer.o";
    for (size_t i = 0; i <= N_PARTS; i++)
        words[n++] = object[i] = cli_format("%s/%s.o", h->folder, i < N_PARTS ? parts[i] : "checks");
    words[n++] = archive;
    words[n++] = "-lm";
    words[n++] = "-o";
    words[n++] = "checks";
    words[n] = NULL;
    process p = compile(a->folder, words);
    const bool good = succeeded(&p);
    if (!good && access(archive, R_OK) != 0)
        a->trouble = cli_format("%s is not there; make build/laymanz builds it", archive);
    else if (!good && is_link_error(p.output))
        a->compile_error = report_link(p.output, a->challenge->signature, WITH_CHECKS);
    else if (!good)
        a->compile_error = compiler_text(&p);
    free(p.output);
    free(archive);
    for (size_t i = 0; i <= N_PARTS; i++)
        free(object[i]);
    return good;
}

/* --- Running ------------------------------------------------------------------------------------------------------ */

/* The sanitizers' options for all that is run from here; a null from a malloc that is too large, as in the page. */
static void set_environment(const answer *a) {
    char *address = cli_format("log_path='%s/report':detect_leaks=1:leak_check_at_exit=0:allocator_may_return_null=1:"
                               "max_allocation_size_mb=256:hard_rss_limit_mb=1024:handle_abort=0",
                               a->folder);
    char *undefined = cli_format("log_path='%s/report':print_stacktrace=0", a->folder);
    setenv("ASAN_OPTIONS", address, 1);
    setenv("UBSAN_OPTIONS", undefined, 1);
    free(undefined);
    free(address);
}

/* Runs the program on a file of ours as its descriptor 3; what stands in that file afterwards is read into *told. */
static process run_program(const answer *a, char *mode, char *index, char **told, size_t *bytes) {
    char *program = cli_format("%s/checks", a->folder), *path = cli_format("%s/told", a->folder);
    process p = {.argv = (char *const[]){program, mode, index, NULL},
                 .cpu_seconds = a->challenge->time_limit,
                 .output_limit = OUTPUT_LIMIT,
                 .file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600),
                 .folder = a->folder,
                 .file_limit = CHECK_FILES};
    process_run(&p);
    p.argv = NULL;
    close(p.file);
    *told = cli_read_file(path, bytes);
    unlink(path);
    free(path);
    free(program);
    return p;
}

/* Takes the list that the program wrote. False if it is not whole. */
static bool take_list(answer *a, const char *told, size_t bytes) {
    const char *at = told, *end = told + bytes;
    while (at < end) {
        const char *field[3];
        for (size_t i = 0; i < 3; i++) {
            field[i] = at;
            at += strnlen(at, (size_t)(end - at)) + 1;
            if (at > end)
                return false;
        }
        a->verdict = cli_grow(a->verdict, (a->n + 1) * sizeof *a->verdict);
        a->verdict[a->n++] = (verdict){.name = cli_format("%s", field[0]),
                                       .sentence = cli_format("%s", field[1]),
                                       .hidden = strcmp(field[2], "hidden") == 0};
    }
    return true;
}

/* A program that cannot list its checks has ended before main, or never began. */
static bool list_checks(answer *a) {
    char *told;
    size_t bytes = 0;
    process p = run_program(a, "list", NULL, &told, &bytes);
    const bool good = succeeded(&p) && told != NULL && take_list(a, told, bytes) && a->n > 0;
    if (!good && process_stopped() == 0) {
        char *report = take_report(a->folder, p.output), *why = report_crash(&p, report, a->file);
        a->compile_error =
            cli_format("The program does not get as far as the checks: %s. Does your file define a function "
                       "of the C library, such as malloc, or one that runs before main?",
                       why);
        free(why);
        free(report);
    }
    free(told);
    free(p.output);
    return good;
}

/* "Given INPUT: WHY." The caller's. */
static char *sentence_of(const native_verdict *found, const char *why) {
    const char *input = found->c.input, *stop = why[strlen(why) - 1] == '?' ? "" : ".";
    return input[0] != '\0' ? cli_format("Given %s: %s%s", input, why, stop) : cli_format("%s%s", why, stop);
}

/* Why a check did not come to its end. The caller's. */
static char *why_ended(const native_verdict *found, const process *p, const char *report, const char *file) {
    if (found->refused[0] == '\0')
        return report_crash(p, report, file);
    return cli_format("your code calls %s; an answer computes, it starts no program and reaches no network",
                      found->refused);
}

/* Fills in what is told of a check. `ended`: it came to its end. */
static void tell(verdict *v, const native_verdict *found, char *why, bool ended, bool leaks_fail) {
    char *sentence = why != NULL ? sentence_of(found, why) : cli_format("%s", "");
    const bool warn = ended && !found->c.failed && !leaks_fail;
    v->passed = ended && !found->c.failed && (why == NULL || warn);
    v->warning = cli_format("%s", warn ? sentence : "");
    v->message = ended && found->c.failed ? cli_format("%s", found->told) : cli_format("%s", warn ? "" : sentence);
    free(sentence);
    free(why);
}

/* Whatever the answer may have written over ends somewhere. */
static void end_texts(native_verdict *v) {
    v->refused[sizeof v->refused - 1] = '\0';
    v->c.input[sizeof v->c.input - 1] = '\0';
    v->told[sizeof v->told - 1] = '\0';
}

/* Returns whether the check came to an end. */
static bool judge(answer *a, size_t index) {
    verdict *v = &a->verdict[index];
    char number[24], *told;
    size_t bytes = 0;
    snprintf(number, sizeof number, "%zu", index);
    process p = run_program(a, "run", number, &told, &bytes);
    char *report = take_report(a->folder, p.output);
    native_verdict found = {0};
    if (told != NULL && bytes == sizeof found)
        memcpy(&found, told, sizeof found);
    end_texts(&found);
    /* where it may not look into the process, the leak check fails, after all that counts is done */
    const bool ended = succeeded(&p) || (found.done && report_leak_check_failed(report));
    char *why = NULL;
    if (!found.done || !ended)
        why = why_ended(&found, &p, report, a->file);
    else if (found.leaked)
        why = report_leak(report, a->file);
    tell(v, &found, why, found.done && ended, a->challenge->leaks_fail);
    v->output = p.output;
    free(report);
    free(told);
    return !p.too_long;
}

static void judge_all(answer *a) {
    size_t stuck = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (stuck < MOST_STUCK) {
            stuck += !judge(a, i);
            continue;
        }
        a->verdict[i].message = cli_format("Not run: %d checks before it did not end.", MOST_STUCK);
        a->verdict[i].warning = cli_format("%s", "");
        a->verdict[i].output = cli_format("%s", "");
    }
}

/* --- All of it ---------------------------------------------------------------------------------------------------- */

answer answer_judge(const cli_challenge *challenge, const harness *h, const char *file) {
    answer a = {.challenge = challenge};
    if (realpath(file, a.file) == NULL) {
        a.compile_error = cli_format("The file cannot be read.");
        return a;
    }
    a.folder = make_folder();
    if (a.folder == NULL) {
        a.trouble = cli_format("%s", no_folder);
        return a;
    }
    set_environment(&a);
    if (compile_answer(&a) && confine_answer(&a) && link_program(&a, h) && list_checks(&a))
        judge_all(&a);
    remove_folder(a.folder);
    return a;
}

void answer_free(answer *a) {
    for (size_t i = 0; i < a->n; i++) {
        free(a->verdict[i].name);
        free(a->verdict[i].sentence);
        free(a->verdict[i].message);
        free(a->verdict[i].warning);
        free(a->verdict[i].output);
    }
    free(a->verdict);
    free(a->folder);
    free(a->compile_error);
    free(a->warnings);
    free(a->trouble);
    *a = (answer){0};
}

/* --- In a program of another kind --------------------------------------------------------------------------------- */

static void link_words(answer *a, const char *const *words) {
    const char *all[MAX_WORDS];
    size_t n = 0;
    all[n++] = "answer.o";
    while (*words != NULL && n < MAX_WORDS - 3)
        all[n++] = *words++;
    all[n++] = "-o";
    all[n++] = ANSWER_PROGRAM;
    all[n] = NULL;
    process p = compile(a->folder, all);
    if (!succeeded(&p) && is_link_error(p.output))
        a->compile_error = report_link(p.output, a->challenge->signature, WITH_LAB);
    else if (!succeeded(&p))
        a->trouble = cli_format("it cannot be linked:\n%s", p.output);
    free(p.output);
}

answer answer_link(const cli_challenge *challenge, const char *file, const char *const *words) {
    answer a = {.challenge = challenge};
    if (realpath(file, a.file) == NULL) {
        a.compile_error = cli_format("The file cannot be read.");
        return a;
    }
    a.folder = make_folder();
    if (a.folder == NULL) {
        a.trouble = cli_format("%s", no_folder);
        return a;
    }
    set_environment(&a);
    if (compile_answer(&a))
        link_words(&a, words);
    return a;
}

char *answer_crash(const answer *a, process *p) {
    char *report = take_report(a->folder, p->output);
    char *why = report[0] != '\0' ? report_crash(p, report, a->file) : NULL;
    free(report);
    return why;
}

void answer_unlink(answer *a) {
    if (a->folder != NULL)
        remove_folder(a->folder);
}

size_t answer_passed(const answer *a) {
    size_t passed = 0;
    for (size_t i = 0; i < a->n; i++)
        passed += a->verdict[i].passed;
    return passed;
}
