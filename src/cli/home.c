/* Where things are, and reading files. */
#define _POSIX_C_SOURCE 200809L
#include "cli.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Cuts the last part off a path. */
static void to_parent(char *path) {
    char *slash = strrchr(path, '/');
    if (slash != NULL && slash != path)
        *slash = '\0';
}

const char *cli_program_folder(void) {
    static char path[PATH_MAX];
    if (path[0] != '\0')
        return path;
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return strcpy(path, "."); /* no /proc: LAYMANZ_HOME, or a start from within build */
    path[length] = '\0';
    to_parent(path);
    return path;
}

const char *cli_home(void) {
    static char path[PATH_MAX];
    const char *told = getenv("LAYMANZ_HOME");
    if (told != NULL && told[0] != '\0')
        return told;
    if (path[0] == '\0')
        to_parent(strcpy(path, cli_program_folder()));
    return path;
}

char *cli_read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t used = 0, room = 1 << 14;
    char *text = cli_alloc(room);
    for (size_t got = 1; got > 0; used += got) {
        if (room - used < 2)
            text = cli_grow(text, room *= 2);
        got = fread(text + used, 1, room - used - 1, file);
    }
    const bool failed = ferror(file) != 0;
    fclose(file);
    if (failed) {
        free(text);
        return NULL;
    }
    text[used] = '\0';
    if (size != NULL)
        *size = used;
    return text;
}
