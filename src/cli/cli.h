/* What the files of the command line share. Each command is one function with its text for `laymanz help`. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "labs/lab.h"

/* Exit statuses. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

typedef struct cli_command {
    const char *name, *usage, *summary, *help;
    int (*run)(int argc, char **argv); /* argv[0] is the first word after the command */
} cli_command;

extern const cli_command cli_labs, cli_lab, cli_challenges, cli_start, cli_check, cli_fit, cli_predict, cli_metrics,
    cli_drift;

/* --- Messages (messages.c) ---------------------------------------------------------------------------------------- */

/* "laymanz: SENTENCE" on stderr; returns CLI_USAGE. */
int cli_usage(const char *format, ...) ML_PRINTF(1, 2);

/* The same for what is not the caller's fault, or not wrong: returns nothing. */
void cli_note(const char *format, ...) ML_PRINTF(1, 2);

/* There is no `kind` ("lab") named `name`: says so with up to three names that are near it, and `how` to list all
 * ("laymanz labs") unless that is NULL. Returns CLI_USAGE. */
int cli_unknown(const char *kind, const char *name, const char *const *names, size_t n, const char *how);

/* malloc and realloc that say so and exit when there is no memory. */
void *cli_alloc(size_t bytes);
void *cli_grow(void *memory, size_t bytes);

/* printf into a new string, the caller's. */
char *cli_format(const char *format, ...) ML_PRINTF(1, 2);

/* --- Numbers (json.c) --------------------------------------------------------------------------------------------- */

enum { CLI_NUMBER_LENGTH = 32 };

/* The fewest digits that read back the same float or double. Not for NaN and infinities. */
const char *cli_float_text(float value, char text[CLI_NUMBER_LENGTH]);
const char *cli_double_text(double value, char text[CLI_NUMBER_LENGTH]);

/* --- JSON (json.c): written as it is told, commas and quotes are its business ------------------------------------- */

typedef struct json {
    FILE *out;
    bool filled; /* something stands in the innermost object or array */
} json;

/* `key` is NULL inside an array and for the outermost value. Text that is not UTF-8 is mended with U+FFFD. */
void json_open(json *j, const char *key, char bracket);     /* '{' or '[' */
void json_close(json *j, char bracket);                     /* '}' or ']' */
void json_text(json *j, const char *key, const char *text); /* NULL: null */
void json_bool(json *j, const char *key, bool value);
void json_double(json *j, const char *key, double value); /* null if not finite; likewise json_float */
void json_float(json *j, const char *key, float value);
void json_null(json *j, const char *key);
void json_raw(json *j, const char *key, const char *text); /* what is JSON already */

/* --- Labs --------------------------------------------------------------------------------------------------------- */

/* A param's value as a person writes it, "relu", "on", "0.5" (params.c). */
const char *cli_param_text(const lab_param *param, double value, char text[CLI_NUMBER_LENGTH]);

/* The name of a readout's value, NULL if it is a number (params.c). */
const char *cli_readout_choice(const lab_readout *readout, double value);

/* Draws a view into the frame; a view that does not fit is told on stderr (lab.c). */
void cli_read_view(lab_run *run, int32_t view, lab_frame *frame);

/* A finished run in one of the formats (lab_json.c, lab_csv.c, lab_table.c). */
void cli_write_json(lab_run *run, lab_frame *frame, FILE *out);
void cli_write_csv(lab_run *run, lab_frame *frame, FILE *out);
void cli_write_table(lab_run *run, lab_frame *frame, FILE *out);

/* --- Files -------------------------------------------------------------------------------------------------------- */

/* Where the lessons and sources are: $LAYMANZ_HOME, else the folder above the one that this program is in. The
 * string is kept for good (home.c). */
const char *cli_home(void);

/* The folder that this program is in. */
const char *cli_program_folder(void);

/* A whole file, with a NUL after it; NULL if it cannot be read. *size may be NULL. The caller's. */
char *cli_read_file(const char *path, size_t *size);

/* --- Challenges (challenge.c) ------------------------------------------------------------------------------------- */

enum { CLI_TIME_LIMIT = 5, CLI_LONGEST_TIME_LIMIT = 60 }; /* as web/compiler/limits.js has them */

typedef struct cli_challenge {
    char *folder, *chapter, *slug;              /* the folder's path; its chapter's folder name; its own name */
    char *title, *teaches, *signature, *drives; /* of the front matter; drives may be NULL */
    int level, minutes;
    bool leaks_fail; /* "leaks: fail": memory that is not freed is a fault, and not only worth a warning */
    int time_limit;  /* seconds of processor time for each check; CLI_TIME_LIMIT without "time_limit:" */
} cli_challenge;

typedef struct cli_challenge_list {
    cli_challenge *item; /* by chapter, then by the order of level and slug */
    size_t n;
} cli_challenge_list;

/* Reads lessons/NN-name/challenges/SLUG/challenge.md. False, with the reason on stderr, if one is not as it should be.
 */
bool cli_find_challenges(cli_challenge_list *list);

/* The challenge with this slug, or NULL. */
const cli_challenge *cli_challenge_named(const cli_challenge_list *list, const char *slug);

/* Says that there is none, with those that are near it. Returns CLI_USAGE. */
int cli_challenge_unknown(const cli_challenge_list *list, const char *slug);

void cli_free_challenges(cli_challenge_list *list);

#endif
