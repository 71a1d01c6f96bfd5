/* A CSV file as a table, for the commands that take a person's own data; and what they have to say about it. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "cli.h"
#include "data/data.h"

typedef struct table_file {
    const char *path; /* as it was typed */
    ml_table table;
    void *memory; /* that the table lies in */
} table_file;

/* Reads a file, piece by piece, so that it takes the memory of its columns alone. Returns CLI_OK, or CLI_USAGE with a
 * sentence on stderr that names the file, the line and the remedy. */
int table_open(const char *path, table_file *file);
void table_close(table_file *file);

/* The column of that name; NULL if there is none. */
const ml_column *table_find(const ml_table *table, const char *name);

/* The same, but says which names are near it if there is none. Returns CLI_OK or CLI_USAGE. */
int table_column(const table_file *file, const char *name, const ml_column **column);

/* The line of the file in which a row begins; the file is read once more for it. 0 if it cannot be. */
size_t table_line(const table_file *file, size_t row);

/* Whether it holds numbers; what does not holds words or nothing. */
bool column_has_numbers(const ml_column *column);
bool column_is_missing(const ml_column *column, size_t row);

/* A cell as text: its word, or its number in the fewest digits. NULL where it is missing. */
const char *column_text(const ml_column *column, size_t row, char text[CLI_NUMBER_LENGTH]);

/* Calls `work` with ever more memory until it is enough, starting at `bytes`. *memory is the caller's to free. */
ml_status with_memory(ml_status (*work)(void *job, ml_arena *arena, ml_error *error), void *job, size_t bytes,
                      void **memory, ml_error *error);

/* --- Sentences ---------------------------------------------------------------------------------------------------- */

/* What was done with the data, for the person to know. */
typedef struct note_list {
    char **text; /* [n] */
    size_t n;
} note_list;

void notes_add(note_list *list, const char *format, ...) ML_PRINTF(2, 3);
void notes_free(note_list *list);

/* As an array of that name, or as a section of a report. */
void notes_write_json(const note_list *list, json *j);
void notes_print(const note_list *list);

/* Names in a sentence: the first ones, and how many more there are. */
typedef struct listing {
    char *text;
    size_t n;
} listing;

void listing_add(listing *list, const char *format, ...) ML_PRINTF(2, 3);
const char *listing_text(listing *list); /* once, when all are in; NULL if there are none */
void listing_free(listing *list);

#endif
