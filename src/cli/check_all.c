/* `laymanz check --all`: an instructor's folder of answers becomes a table. Each file is graded in a process of its
 * own, which writes its row to a file of its own; rows come out in the order of the paths. */
#define _XOPEN_SOURCE 700
#include "check_all.h"
#include "answer.h"
#include "process.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Finding files ------------------------------------------------------------------------------------------------ */

typedef struct task {
    char *path, *shown; /* shown: from the folder on */
    const cli_challenge *challenge;
    FILE *row; /* what came of it, once it is done */
    pid_t child;
    bool started, done;
} task;

typedef struct task_list {
    task *item;
    size_t n, strangers; /* strangers: files that answer no challenge */
} task_list;

/* The challenge that a first line such as "challenge: SLUG" in a comment tells, or NULL. */
static const cli_challenge *told_in_file(const cli_challenge_list *list, const char *path) {
    char line[256] = "", slug[128];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    const char *got = fgets(line, sizeof line, file);
    fclose(file);
    if (got == NULL || sscanf(line, "%*[/* ]challenge : %127[a-z0-9-]", slug) != 1)
        return NULL;
    return cli_challenge_named(list, slug);
}

/* By the file's name, else by the nearest folder of a challenge's name, else by its first line. */
static const cli_challenge *challenge_of(const cli_challenge_list *list, const char *path, const char *shown) {
    char *name = cli_format("%s", shown), *slash;
    name[strlen(name) - strlen(".c")] = '\0';
    const cli_challenge *found = NULL;
    do {
        slash = strrchr(name, '/');
        found = cli_challenge_named(list, slash != NULL ? slash + 1 : name);
        if (slash != NULL)
            *slash = '\0';
    } while (found == NULL && slash != NULL);
    free(name);
    return found != NULL ? found : told_in_file(list, path);
}

static bool ends_in_c(const char *name) {
    const size_t n = strlen(name);
    return n > 2 && strcmp(name + n - 2, ".c") == 0;
}

static void add_file(task_list *tasks, const cli_challenge_list *list, const char *path, const char *shown) {
    const cli_challenge *challenge = challenge_of(list, path, shown);
    if (challenge == NULL) {
        cli_note("%s answers no challenge: name it SLUG.c, put it in a folder SLUG, or begin it with "
                 "/* challenge: SLUG */",
                 path);
        tasks->strangers++;
        return;
    }
    tasks->item = cli_grow(tasks->item, (tasks->n + 1) * sizeof *tasks->item);
    size_t place = tasks->n++;
    for (; place > 0 && strcmp(tasks->item[place - 1].shown, shown) > 0; place--)
        tasks->item[place] = tasks->item[place - 1];
    tasks->item[place] =
        (task){.path = cli_format("%s", path), .shown = cli_format("%s", shown), .challenge = challenge};
}

/* Links are not followed: a folder of submissions may hold a ring of them, or one to the instructor's own files. */
static bool walk(task_list *tasks, const cli_challenge_list *list, const char *folder, size_t root) {
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        cli_note("%s cannot be read", folder);
        return false;
    }
    bool good = true;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char *path = cli_format("%s/%s", folder, entry->d_name);
        struct stat about;
        if (entry->d_name[0] == '.' || lstat(path, &about) != 0)
            ; /* hidden files belong to tools */
        else if (S_ISDIR(about.st_mode))
            good = walk(tasks, list, path, root) && good;
        else if (S_ISREG(about.st_mode) && ends_in_c(entry->d_name))
            add_file(tasks, list, path, path + root + 1);
        free(path);
    }
    closedir(dir);
    return good;
}

static void free_tasks(task_list *tasks) {
    for (size_t i = 0; i < tasks->n; i++) {
        task *t = &tasks->item[i];
        if (t->row != NULL)
            fclose(t->row);
        free(t->path);
        free(t->shown);
    }
    free(tasks->item);
}

/* --- Rows --------------------------------------------------------------------------------------------------------- */

typedef struct row {
    const char *file, *challenge, *verdict, *check, *message;
    size_t passed, failed, of;
} row;

static row row_of(const task *t, const answer *a) {
    row r = {.file = t->shown, .challenge = t->challenge->slug, .verdict = "pass", .check = "", .message = ""};
    r.of = a->n;
    r.passed = answer_passed(a);
    r.failed = r.of - r.passed;
    if (a->compile_error != NULL) {
        r.verdict = "compile error";
        r.message = a->compile_error;
    }
    for (size_t i = 0; i < a->n && r.check[0] == '\0'; i++) {
        if (a->verdict[i].passed)
            continue;
        r.verdict = "fail";
        r.check = a->verdict[i].name;
        r.message = a->verdict[i].message;
    }
    return r;
}

/* RFC 4180. A spreadsheet takes what begins with one of =+-@ or a tab for a formula, so that gets an
 * apostrophe in front (OWASP, "CSV injection"): names of files and messages are strangers' text. */
static void write_cell(FILE *out, const char *text, char end) {
    const bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    const bool quoted = formula || strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        fputc('"', out);
    if (formula)
        fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputs(quoted ? "\"" : "", out);
    if (end == '\n')
        fputc('\r', out);
    fputc(end, out);
}

static void write_csv(FILE *out, const row *r) {
    write_cell(out, r->file, ',');
    write_cell(out, r->challenge, ',');
    fprintf(out, "%zu,%zu,%zu,", r->passed, r->failed, r->of);
    write_cell(out, r->verdict, ',');
    write_cell(out, r->check, ',');
    write_cell(out, r->message, '\n');
}

static void write_object(FILE *out, const row *r) {
    json j = {.out = out};
    json_open(&j, NULL, '{');
    json_text(&j, "file", r->file);
    json_text(&j, "challenge", r->challenge);
    json_double(&j, "passed", (double)r->passed);
    json_double(&j, "failed", (double)r->failed);
    json_double(&j, "of", (double)r->of);
    json_text(&j, "verdict", r->verdict);
    json_text(&j, "first_failed", r->check);
    json_text(&j, "message", r->message);
    json_close(&j, '}');
}

/* --- Grading ------------------------------------------------------------------------------------------------------ */

typedef struct grading {
    const cli_challenge_list *list;
    harness *harness; /* [list->n], built for the challenges that occur */
    task_list tasks;
    bool as_json, trouble;
    int jobs;
} grading;

static bool build_harnesses(grading *g) {
    g->harness = cli_alloc((g->list->n + 1) * sizeof *g->harness);
    for (size_t i = 0; i < g->tasks.n && process_stopped() == 0; i++) {
        harness *h = &g->harness[g->tasks.item[i].challenge - g->list->item];
        if (h->folder != NULL)
            continue;
        *h = harness_build(g->tasks.item[i].challenge);
        if (h->trouble != NULL && process_stopped() == 0)
            cli_note("%s", h->trouble);
        if (h->trouble != NULL)
            return false;
    }
    return process_stopped() == 0;
}

/* The child: writes its row and ends. */
static _Noreturn void grade(const grading *g, const task *t) {
    answer a = answer_judge(t->challenge, &g->harness[t->challenge - g->list->item], t->path);
    int status = CLI_OK;
    if (process_stopped() != 0) {
        status = CLI_FAILED;
    } else if (a.trouble != NULL) {
        cli_note("%s: %s", t->path, a.trouble);
        status = CLI_FAILED;
    } else {
        const row r = row_of(t, &a);
        (g->as_json ? write_object : write_csv)(t->row, &r);
        status = fflush(t->row) == 0 ? CLI_OK : CLI_FAILED;
    }
    answer_free(&a);
    _exit(status); /* without the parent's buffers */
}

static bool start(grading *g, task *t) {
    t->row = tmpfile();
    fflush(NULL);
    t->child = t->row != NULL ? fork() : -1;
    if (t->child == 0)
        grade(g, t);
    t->started = t->child > 0;
    t->done = !t->started;
    if (!t->started)
        cli_note("%s cannot be graded: there is no room for another process or file", t->path);
    g->trouble = g->trouble || !t->started;
    return t->started;
}

/* Prints a row once all rows before it are out. */
static void print_row(const grading *g, task *t, bool first) {
    char part[4096];
    if (t->row == NULL)
        return;
    rewind(t->row);
    size_t n = fread(part, 1, sizeof part, t->row);
    if (n > 0 && g->as_json)
        fputs(first ? "\n" : ",\n", stdout);
    for (; n > 0; n = fread(part, 1, sizeof part, t->row))
        fwrite(part, 1, n, stdout);
    fflush(stdout);
    fclose(t->row);
    t->row = NULL;
}

/* Children hold back the signals too, and tidy up when told: what reached only this process is passed on. */
static void stop_children(const grading *g) {
    for (size_t i = 0; i < g->tasks.n; i++)
        if (g->tasks.item[i].started && !g->tasks.item[i].done)
            kill(g->tasks.item[i].child, process_stopped());
}

static size_t collect(grading *g, size_t running) {
    size_t ended = 0;
    for (size_t i = 0; i < g->tasks.n; i++) {
        task *t = &g->tasks.item[i];
        int status;
        if (!t->started || t->done || waitpid(t->child, &status, WNOHANG) != t->child)
            continue;
        t->done = true;
        g->trouble = g->trouble || !WIFEXITED(status) || WEXITSTATUS(status) != CLI_OK;
        ended++;
    }
    if (ended == 0 && running > 0)
        process_wait_a_moment();
    return running - ended;
}

static void grade_all(grading *g) {
    size_t next = 0, printed = 0, running = 0;
    bool told = false;
    while (running > 0 || (next < g->tasks.n && process_stopped() == 0)) {
        while (running < (size_t)g->jobs && next < g->tasks.n && process_stopped() == 0)
            running += start(g, &g->tasks.item[next++]);
        running = collect(g, running);
        if (process_stopped() != 0 && !told)
            stop_children(g);
        told = process_stopped() != 0;
        for (; printed < next && g->tasks.item[printed].done; printed++)
            print_row(g, &g->tasks.item[printed], printed == 0);
    }
}

static void write_all(grading *g) {
    fputs(g->as_json ? "[" : "file,challenge,passed,failed,of,verdict,first_failed,message\r\n", stdout);
    grade_all(g);
    if (g->as_json)
        fputs("\n]\n", stdout);
}

int check_all(const cli_challenge_list *list, const char *folder, bool as_json, int jobs) {
    struct stat about;
    if (stat(folder, &about) != 0 || !S_ISDIR(about.st_mode))
        return cli_usage("%s is not a folder; check --all needs one that holds answers", folder);
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    grading g = {.list = list, .as_json = as_json};
    g.jobs = jobs > 0 ? jobs : processors > 0 && processors < CHECK_MOST_JOBS ? (int)processors : 1;
    char *root = cli_format("%s", folder);
    while (strlen(root) > 1 && root[strlen(root) - 1] == '/')
        root[strlen(root) - 1] = '\0';
    g.trouble = !walk(&g.tasks, list, root, strlen(root));
    process_catch_signals();
    if (build_harnesses(&g))
        write_all(&g);
    else
        g.trouble = true;
    for (size_t i = 0; g.harness != NULL && i < list->n; i++)
        harness_free(&g.harness[i]);
    if (process_stopped() == 0)
        cli_note("%zu file%s graded, %zu left out", g.tasks.n, g.tasks.n == 1 ? "" : "s", g.tasks.strangers);
    free(g.harness);
    free_tasks(&g.tasks);
    free(root);
    if (process_stopped() != 0)
        process_give_way();
    return g.trouble ? CLI_FAILED : CLI_OK;
}
