/* The challenges in lessons/, and `laymanz challenges`. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* --- Folders ------------------------------------------------------------------------------------------------------ */

typedef struct name_list {
    char **name;
    size_t n;
} name_list;

static void free_names(name_list *list) {
    for (size_t i = 0; i < list->n; i++)
        free(list->name[i]);
    free(list->name);
}

/* The names in a folder, sorted; none if it cannot be read. */
static name_list names_in(const char *folder) {
    name_list list = {0};
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return list;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        list.name = cli_grow(list.name, (list.n + 1) * sizeof *list.name);
        size_t place = list.n++;
        for (; place > 0 && strcmp(list.name[place - 1], entry->d_name) > 0; place--)
            list.name[place] = list.name[place - 1];
        list.name[place] = cli_format("%s", entry->d_name);
    }
    closedir(dir);
    return list;
}

/* --- Front matter: `key: value` lines between two lines of "---" -------------------------------------------------- */

static const char *skip_line(const char *text) {
    const char *end = strchr(text, '\n');
    return end == NULL ? text + strlen(text) : end + 1;
}

static bool is_rule(const char *line) {
    return strncmp(line, "---", 3) == 0 && (line[3] == '\n' || line[3] == '\r' || line[3] == '\0');
}

/* The value of a key, without the blanks around it; NULL if there is none. The caller's. */
static char *front_matter(const char *text, const char *key) {
    const size_t length = strlen(key);
    for (const char *line = skip_line(text); *line != '\0' && !is_rule(line); line = skip_line(line)) {
        if (strncmp(line, key, length) != 0 || line[length] != ':')
            continue;
        const char *from = line + length + 1 + strspn(line + length + 1, " \t");
        size_t n = strcspn(from, "\r\n");
        while (n > 0 && (from[n - 1] == ' ' || from[n - 1] == '\t'))
            n--;
        return n > 0 ? cli_format("%.*s", (int)n, from) : NULL;
    }
    return NULL;
}

/* -1 if it is no number from `low` to `high`; `absent` if the key is not there. */
static int whole_of(const char *text, const char *key, int low, int high, int absent) {
    char *value = front_matter(text, key), *end = NULL;
    if (value == NULL)
        return absent;
    const long number = strtol(value, &end, 10);
    const bool good = end != value && *end == '\0' && number >= low && number <= high;
    free(value);
    return good ? (int)number : -1;
}

static bool read_front_matter(cli_challenge *c, const char *path, const char *text) {
    if (!is_rule(text)) {
        cli_note("%s:1: the file starts with front matter, between two lines of ---", path);
        return false;
    }
    c->title = front_matter(text, "title");
    c->teaches = front_matter(text, "teaches");
    c->signature = front_matter(text, "signature");
    c->drives = front_matter(text, "drives");
    char *leaks = front_matter(text, "leaks");
    c->leaks_fail = leaks != NULL && strcmp(leaks, "fail") == 0;
    free(leaks);
    c->level = whole_of(text, "level", 1, 5, -1);
    c->minutes = whole_of(text, "minutes", 1, 600, -1);
    c->time_limit = whole_of(text, "time_limit", 1, CLI_LONGEST_TIME_LIMIT, CLI_TIME_LIMIT);
    if (c->time_limit < 0) {
        cli_note("%s: time_limit is the seconds that a check may take, a whole number from 1 to %d", path,
                 CLI_LONGEST_TIME_LIMIT);
        return false;
    }
    if (c->title != NULL && c->teaches != NULL && c->signature != NULL && c->level > 0 && c->minutes > 0)
        return true;
    cli_note("%s: the front matter needs title, level (1 to 5), minutes, teaches and signature", path);
    return false;
}

/* --- The list ----------------------------------------------------------------------------------------------------- */

static bool comes_before(const cli_challenge *a, const cli_challenge *b) {
    const int chapters = strcmp(a->chapter, b->chapter);
    if (chapters != 0)
        return chapters < 0;
    return a->level != b->level ? a->level < b->level : strcmp(a->slug, b->slug) < 0;
}

/* Adds the challenge in its place. */
static void insert(cli_challenge_list *list, cli_challenge c) {
    list->item = cli_grow(list->item, (list->n + 1) * sizeof *list->item);
    size_t place = list->n++;
    for (; place > 0 && comes_before(&c, &list->item[place - 1]); place--)
        list->item[place] = list->item[place - 1];
    list->item[place] = c;
}

static bool add_challenge(cli_challenge_list *list, const char *chapter, const char *folder, const char *slug) {
    char *path = cli_format("%s/%s/challenge.md", folder, slug);
    char *text = cli_read_file(path, NULL);
    cli_challenge c = {.folder = cli_format("%s/%s", folder, slug),
                       .chapter = cli_format("%s", chapter),
                       .slug = cli_format("%s", slug)};
    if (text == NULL)
        cli_note("%s cannot be read; a challenge's folder holds challenge.md", path);
    const bool good = text != NULL && read_front_matter(&c, path, text);
    insert(list, c);
    free(text);
    free(path);
    return good;
}

bool cli_find_challenges(cli_challenge_list *list) {
    *list = (cli_challenge_list){0};
    bool good = true;
    char *lessons = cli_format("%s/lessons", cli_home());
    name_list chapters = names_in(lessons);
    if (chapters.n == 0) {
        cli_note("there are no lessons in %s; set LAYMANZ_HOME to the folder that holds lessons and src", lessons);
        good = false;
    }
    for (size_t i = 0; i < chapters.n; i++) {
        char *folder = cli_format("%s/%s/challenges", lessons, chapters.name[i]);
        name_list slugs = names_in(folder);
        for (size_t k = 0; k < slugs.n; k++)
            good = add_challenge(list, chapters.name[i], folder, slugs.name[k]) && good;
        free_names(&slugs);
        free(folder);
    }
    free_names(&chapters);
    free(lessons);
    return good;
}

const cli_challenge *cli_challenge_named(const cli_challenge_list *list, const char *slug) {
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->item[i].slug, slug) == 0)
            return &list->item[i];
    return NULL;
}

int cli_challenge_unknown(const cli_challenge_list *list, const char *slug) {
    const char **names = cli_alloc((list->n + 1) * sizeof *names);
    for (size_t i = 0; i < list->n; i++)
        names[i] = list->item[i].slug;
    const int status = cli_unknown("challenge", slug, names, list->n, "laymanz challenges");
    free(names);
    return status;
}

void cli_free_challenges(cli_challenge_list *list) {
    for (size_t i = 0; i < list->n; i++) {
        cli_challenge *c = &list->item[i];
        char *const texts[] = {c->folder, c->chapter, c->slug, c->title, c->teaches, c->signature, c->drives};
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
            free(texts[k]);
    }
    free(list->item);
    *list = (cli_challenge_list){0};
}

/* --- The command -------------------------------------------------------------------------------------------------- */

static void write_list(const cli_challenge_list *list) {
    const char *chapter = "";
    for (size_t i = 0; i < list->n; i++) {
        const cli_challenge *c = &list->item[i];
        if (strcmp(c->chapter, chapter) != 0)
            printf("%s%s\n", i ? "\n" : "", c->chapter);
        chapter = c->chapter;
        printf("  %-24s level %d, %2d min  %s\n", c->slug, c->level, c->minutes, c->title);
    }
}

static void write_list_json(const cli_challenge_list *list) {
    json j = {.out = stdout};
    json_open(&j, NULL, '[');
    for (size_t i = 0; i < list->n; i++) {
        const cli_challenge *c = &list->item[i];
        json_open(&j, NULL, '{');
        json_text(&j, "slug", c->slug);
        json_text(&j, "chapter", c->chapter);
        json_text(&j, "title", c->title);
        json_double(&j, "level", c->level);
        json_double(&j, "minutes", c->minutes);
        json_double(&j, "time_limit", c->time_limit);
        json_text(&j, "teaches", c->teaches);
        json_text(&j, "signature", c->signature);
        json_text(&j, "drives", c->drives);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    putchar('\n');
}

static int run(int argc, char **argv) {
    if (argc > 1 || (argc == 1 && strcmp(argv[0], "--json") != 0))
        return cli_usage("challenges takes nothing but --json, not '%.60s'", argv[argc > 1 ? 1 : 0]);
    cli_challenge_list list;
    const bool good = cli_find_challenges(&list);
    if (good && argc == 1)
        write_list_json(&list);
    else if (good)
        write_list(&list);
    cli_free_challenges(&list);
    return good ? CLI_OK : CLI_FAILED;
}

const cli_command cli_challenges = {
    "challenges",
    "challenges [--json]",
    "list the challenges",
    "Lists every challenge by chapter. `laymanz start SLUG` writes what you need to begin with one, and\n"
    "`laymanz check SLUG FILE.c` runs its checks on your file.\n",
    run,
};
