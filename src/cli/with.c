/* `laymanz lab NAME --with FILE.c`: your C runs the lesson, in a terminal. */
#define _XOPEN_SOURCE 700
#include "with.h"
#include "answer.h"
#include "process.h"
#include "report.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUN_SECONDS = 20, MESSAGES = 1 << 20, RESULTS = 1 << 28 };
enum { MOST_OBJECTS = 90 };

/* --- The words ---------------------------------------------------------------------------------------------------- */

typedef struct wish {
    const char *file, *slug;
    char **rest; /* the other words, NULL at the end; all of it from malloc */
} wish;

bool with_is_wanted(int argc, char **argv) {
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--with") == 0 || strcmp(argv[i], "--challenge") == 0)
            return true;
    return false;
}

static int read_words(wish *w, int argc, char **argv) {
    int n = 0;
    w->rest[0] = NULL;
    for (int i = 0; i < argc; i++) {
        const bool file = strcmp(argv[i], "--with") == 0, slug = strcmp(argv[i], "--challenge") == 0;
        if (!file && !slug) {
            const bool names_file = i > 0 && (strcmp(argv[i - 1], "--data") == 0 || strcmp(argv[i - 1], "--draw") == 0);
            char *path = names_file ? realpath(argv[i], NULL) : NULL; /* the program runs in a folder of its own */
            w->rest[n++] = path != NULL ? path : cli_format("%s", argv[i]);
            w->rest[n] = NULL;
            continue;
        }
        if (i + 1 == argc || strncmp(argv[i + 1], "--", 2) == 0)
            return cli_usage("%s needs a value; see laymanz help lab", argv[i]);
        *(file ? &w->file : &w->slug) = argv[i + 1];
        i++;
    }
    return w->file != NULL ? CLI_OK : cli_usage("--challenge goes with --with FILE.c; see laymanz help lab");
}

/* --- Which challenge ---------------------------------------------------------------------------------------------- */

static bool drives(const cli_challenge *c, const lab *experiment) {
    return c->drives != NULL && strcmp(c->drives, experiment->name) == 0;
}

static bool is_name_character(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether the text has the name of the signature's function, as a word with a parenthesis after it. */
static bool names_function(const char *text, const char *signature) {
    const char *end = strchr(signature, '(');
    while (end != NULL && end > signature && end[-1] == ' ')
        end--;
    const char *start = end;
    while (start != NULL && start > signature && is_name_character(start[-1]))
        start--;
    if (start == end)
        return false;
    char *name = cli_format("%.*s", (int)(end - start), start);
    bool found = false;
    for (const char *at = text; !found && (at = strstr(at, name)) != NULL; at++) {
        const char *after = at + strlen(name);
        found = (at == text || !is_name_character(at[-1])) && after[strspn(after, " \t\n")] == '(';
    }
    free(name);
    return found;
}

/* The one whose function the file defines; of a single one the compiler tells more than we could. NULL, told, if there
 * is none. */
static const cli_challenge *find_challenge(const cli_challenge_list *list, const lab *experiment, const wish *w) {
    char *text = cli_read_file(w->file, NULL);
    const cli_challenge *only = NULL, *found = NULL;
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        const cli_challenge *c = &list->item[i];
        if (!drives(c, experiment) || (w->slug != NULL && strcmp(c->slug, w->slug) != 0))
            continue;
        n++;
        only = c;
        if (found == NULL && text != NULL && names_function(text, c->signature))
            found = c;
    }
    if (text == NULL)
        cli_usage("%s cannot be read", w->file);
    else if (n == 0 && w->slug != NULL)
        cli_usage("the challenge %.60s does not drive the lab %s; see laymanz challenges", w->slug, experiment->name);
    else if (n == 0)
        cli_usage("no challenge drives the lab %s, so it calls no function of yours; see laymanz challenges",
                  experiment->name);
    else if (n > 1 && found == NULL)
        cli_usage("%s defines no function that the lab %s calls; name the challenge with --challenge", w->file,
                  experiment->name);
    const bool readable = text != NULL;
    free(text);
    return !readable ? NULL : n == 1 ? only : found;
}

/* --- The program -------------------------------------------------------------------------------------------------- */

/* What this program is made of: the objects that its own build has left, one for each file of src/cli. */
static size_t own_objects(char *object[MOST_OBJECTS]) {
    char *folder = cli_format("%s/src/cli", cli_home());
    DIR *dir = opendir(folder);
    size_t n = 0;
    for (struct dirent *entry; dir != NULL && n < MOST_OBJECTS && (entry = readdir(dir)) != NULL;) {
        const size_t length = strlen(entry->d_name);
        if (length > 2 && strcmp(entry->d_name + length - 2, ".c") == 0)
            object[n++] = cli_format("%s/native/src/cli/%.*s.o", cli_program_folder(), (int)length - 2, entry->d_name);
    }
    if (dir != NULL)
        closedir(dir);
    free(folder);
    return n;
}

/* The first definition wins: the challenge's drive.c, where it has one, and our objects, then the libraries. */
static answer build(const cli_challenge *challenge, const char *file) {
    char *owned[MOST_OBJECTS + 8];
    const char *words[MOST_OBJECTS + 10];
    size_t n = 0;
    char *drive = cli_format("%s/drive.c", challenge->folder);
    if (access(drive, R_OK) == 0)
        owned[n++] = cli_format("%s", drive);
    free(drive);
    n += own_objects(owned + n);
    owned[n++] = cli_format("-I%s/src/ml", cli_home());
    owned[n++] = cli_format("%s/native/liblabs.a", cli_program_folder());
    owned[n++] = cli_format("%s/native/libml.a", cli_program_folder());
    for (size_t i = 0; i < n; i++)
        words[i] = owned[i];
    words[n] = "-lm";
    words[n + 1] = NULL;
    answer a = answer_link(challenge, file, words);
    while (n > 0)
        free(owned[--n]);
    return a;
}

/* --- The run ------------------------------------------------------------------------------------------------------ */

/* A lab is not ended by memory that is never freed, but by any other fault. */
static void allow_leaks(void) {
    const char *options = getenv("ASAN_OPTIONS");
    char *all = cli_format("%s%sdetect_leaks=0", options != NULL ? options : "", options != NULL ? ":" : "");
    setenv("ASAN_OPTIONS", all, 1);
    free(all);
}

/* Runs the program with its standard output in a file of ours, which may be long. What it says on standard error, and
 * what the answer prints (lab.c), is in the process's output. */
static process run_program(const answer *a, char *const *rest, const char *results) {
    size_t n = 0;
    while (rest[n] != NULL)
        n++;
    char *program = cli_format("%s/%s", a->folder, ANSWER_PROGRAM);
    char **argv = cli_alloc((n + 6) * sizeof *argv);
    size_t at = 0;
    argv[at++] = "sh";
    argv[at++] = "-c";
    argv[at++] = "exec \"$0\" \"$@\" >&3";
    argv[at++] = program;
    argv[at++] = "lab";
    memcpy(argv + at, rest, (n + 1) * sizeof *argv);
    process p = {.argv = argv,
                 .cpu_seconds = RUN_SECONDS,
                 .output_limit = MESSAGES,
                 .file = open(results, O_RDWR | O_CREAT | O_TRUNC, 0600),
                 .folder = a->folder,
                 .file_limit = RESULTS};
    allow_leaks();
    process_run(&p);
    p.argv = NULL;
    close(p.file);
    free(argv);
    free(program);
    return p;
}

/* Passes on what the run has printed. A program that ends by itself with nothing printed was ended by the answer. */
static int tell(const answer *a, process *p, const char *results) {
    size_t bytes = 0;
    char *text = cli_read_file(results, &bytes);
    char *crash = answer_crash(a, p);
    const bool ended = crash != NULL || !WIFEXITED(p->status) || WEXITSTATUS(p->status) > CLI_USAGE || p->too_long ||
                       p->too_much_output || (WEXITSTATUS(p->status) == CLI_OK && bytes == 0);
    if (!p->too_much_output)
        fputs(p->output, stderr); /* before a fault, too */
    if (!ended) {
        fwrite(text, 1, bytes, stdout);
    } else {
        char *why = crash != NULL ? cli_format("%s", crash) : report_crash(p, "", a->file);
        cli_note("your code has stopped the lab: %s", why);
        free(why);
    }
    free(crash);
    free(text);
    return ended ? CLI_FAILED : WEXITSTATUS(p->status);
}

static int run_with(const cli_challenge *challenge, const wish *w) {
    answer a = build(challenge, w->file);
    int status = CLI_FAILED;
    if (a.trouble != NULL || a.compile_error != NULL) {
        const char *why = a.trouble != NULL ? a.trouble : a.compile_error;
        cli_note("%s: %s", w->file, why);
    } else if (process_stopped() == 0) {
        char *results = cli_format("%s/results", a.folder);
        process p = run_program(&a, w->rest, results);
        status = process_stopped() == 0 ? tell(&a, &p, results) : CLI_FAILED;
        free(p.output);
        free(results);
    }
    answer_unlink(&a);
    answer_free(&a);
    if (process_stopped() != 0)
        process_give_way();
    return status;
}

int with_run(const lab *experiment, int argc, char **argv) {
    wish w = {.rest = cli_alloc(((size_t)argc + 1) * sizeof *w.rest)};
    int status = read_words(&w, argc, argv);
    cli_challenge_list list = {0};
    if (status == CLI_OK && !cli_find_challenges(&list))
        status = CLI_FAILED;
    if (status == CLI_OK) {
        const cli_challenge *challenge = find_challenge(&list, experiment, &w);
        process_catch_signals();
        status = challenge != NULL ? run_with(challenge, &w) : CLI_USAGE;
    }
    cli_free_challenges(&list);
    for (char **word = w.rest; *word != NULL; word++)
        free(*word);
    free(w.rest);
    return status;
}
