/* `laymanz start`: a challenge's starter, task and headers, for the learner's own editor. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* --- Files -------------------------------------------------------------------------------------------------------- */

/* Makes a folder, and those above it. */
static bool make_folders(const char *path) {
    char *part = cli_format("%s", path);
    bool good = true;
    for (char *at = part + 1; good; at++) {
        const char end = *at;
        if (end != '/' && end != '\0')
            continue;
        *at = '\0';
        good = mkdir(part, 0777) == 0 || errno == EEXIST;
        *at = end;
        if (end == '\0')
            break;
    }
    struct stat about;
    good = good && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    free(part);
    if (!good)
        cli_note("%s cannot be made; name a folder that you may write to", path);
    return good;
}

typedef enum written { WRITTEN, WAS_THERE, NOT_WRITTEN } written;

/* mode: "w", or "wx" for a file that is not to be replaced. */
static written write_file(const char *path, const char *mode, const char *text) {
    FILE *file = fopen(path, mode);
    if (file == NULL && errno == EEXIST)
        return WAS_THERE;
    const bool good = file != NULL && fputs(text, file) >= 0;
    if ((file != NULL && fclose(file) != 0) || !good) {
        cli_note("%s cannot be written", path);
        return NOT_WRITTEN;
    }
    return WRITTEN;
}

static bool copy_file(const char *from, const char *to) {
    char *text = cli_read_file(from, NULL);
    if (text == NULL)
        cli_note("%s cannot be read", from);
    const bool good = text != NULL && write_file(to, "w", text) == WRITTEN;
    free(text);
    return good;
}

static bool ends_in_h(const char *name) {
    const size_t n = strlen(name);
    return n > 2 && strcmp(name + n - 2, ".h") == 0;
}

/* Every header in a folder of the library and the folders below it. A folder without one is not made. */
static bool copy_headers(const char *from, const char *to) {
    DIR *dir = opendir(from);
    if (dir == NULL) {
        cli_note("%s cannot be read", from);
        return false;
    }
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        char *source = cli_format("%s/%s", from, entry->d_name), *target = cli_format("%s/%s", to, entry->d_name);
        struct stat about;
        if (stat(source, &about) == 0 && S_ISDIR(about.st_mode))
            good = copy_headers(source, target);
        else if (ends_in_h(entry->d_name))
            good = make_folders(to) && copy_file(source, target);
        free(source);
        free(target);
    }
    closedir(dir);
    return good;
}

/* --- The task ----------------------------------------------------------------------------------------------------- */

/* What stands between the front matter and the hints, under a heading. The caller's. */
static char *task_text(const cli_challenge *c, const char *text) {
    const char *from = strstr(text, "\n---"); /* the end of the front matter; it was read before, so it is there */
    from = from != NULL ? strchr(from + 1, '\n') : NULL;
    from = from != NULL ? from + 1 : text;
    const char *end = strstr(from, "\n## Hints");
    const int length = end != NULL ? (int)(end - from) : (int)strlen(from);
    return cli_format("# %s\n\n%.*s\n## Check it\n\n    laymanz check %s %s.c\n\nHints are on the page.\n", c->title,
                      length, from, c->slug, c->slug);
}

static bool write_task(const cli_challenge *c, const char *folder) {
    char *path = cli_format("%s/challenge.md", c->folder), *target = cli_format("%s/%s.md", folder, c->slug);
    char *text = cli_read_file(path, NULL), *task = text != NULL ? task_text(c, text) : NULL;
    if (text == NULL)
        cli_note("%s cannot be read", path);
    const bool good = task != NULL && write_file(target, "w", task) == WRITTEN;
    free(task);
    free(text);
    free(target);
    free(path);
    return good;
}

/* --- The command -------------------------------------------------------------------------------------------------- */

static written write_starter(const cli_challenge *c, const char *folder) {
    char *path = cli_format("%s/starter.c", c->folder), *target = cli_format("%s/%s.c", folder, c->slug);
    char *text = cli_read_file(path, NULL);
    if (text == NULL)
        cli_note("%s cannot be read", path);
    const written result = text != NULL ? write_file(target, "wx", text) : NOT_WRITTEN;
    free(text);
    free(target);
    free(path);
    return result;
}

static bool write_headers(const char *folder) {
    char *from = cli_format("%s/src/ml", cli_home()), *to = cli_format("%s/include", folder);
    char *flags = cli_format("%s/compile_flags.txt", folder);
    /* clangd reads it, one flag a line; -I counts from its folder */
    const bool good =
        copy_headers(from, to) && write_file(flags, "w", "-xc\n-std=c11\n-Wall\n-Wextra\n-Iinclude\n") == WRITTEN;
    free(flags);
    free(to);
    free(from);
    return good;
}

static int start(const cli_challenge *c, const char *folder) {
    if (!make_folders(folder))
        return CLI_FAILED;
    const written starter = write_starter(c, folder);
    if (starter == NOT_WRITTEN || !write_task(c, folder) || !write_headers(folder))
        return CLI_FAILED;
    const char *slash = strcmp(folder, ".") == 0 ? "" : "/", *shown = strcmp(folder, ".") == 0 ? "" : folder;
    if (starter == WAS_THERE)
        printf("%s%s%s.c was there already and is untouched; move it away if you want to begin again.\n", shown, slash,
               c->slug);
    printf("Read %s%s%s.md, %s %s%s%s.c, then run: laymanz check %s %s%s%s.c\n", shown, slash, c->slug,
           starter == WAS_THERE ? "go on with" : "complete", shown, slash, c->slug, c->slug, shown, slash, c->slug);
    return CLI_OK;
}

static int run(int argc, char **argv) {
    if (argc < 1 || argc > 2)
        return cli_usage("start needs a challenge, and a folder if not this one, as in: laymanz start linear-predict");
    for (int i = 0; i < argc; i++)
        if (argv[i][0] == '-' || argv[i][0] == '\0')
            return cli_usage("start has no option '%.60s'; see laymanz help start", argv[i]);
    cli_challenge_list list;
    int status = CLI_FAILED;
    if (cli_find_challenges(&list)) {
        const cli_challenge *challenge = cli_challenge_named(&list, argv[0]);
        status = challenge != NULL ? start(challenge, argc > 1 ? argv[1] : ".") : cli_challenge_unknown(&list, argv[0]);
    }
    cli_free_challenges(&list);
    return status;
}

const cli_command cli_start = {
    "start",
    "start SLUG [DIR]",
    "write a challenge's files, for your own editor",
    "Writes to DIR, or to the current folder: SLUG.c, the starter, which you complete; SLUG.md, the task; the\n"
    "library's headers in include/; and compile_flags.txt, so that an editor that uses clangd finds them.\n"
    "A SLUG.c that is there already is never touched; the other files are written anew.\n",
    run,
};
