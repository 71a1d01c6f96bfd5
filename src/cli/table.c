/* A CSV file as a table. */
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 16, FIRST_ARENA = 1 << 22 };

static ml_status feed(ml_csv_stream *stream, FILE *file, ml_error *error) {
    static char piece[PIECE];
    rewind(file);
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
        ML_TRY(ml_csv_stream_feed(stream, n, piece, error));
    return ferror(file) ? ml_fail(error, ML_EINVAL, "reading stopped half-way") : ML_OK;
}

ml_status with_memory(ml_status (*work)(void *job, ml_arena *arena, ml_error *error), void *job, size_t bytes,
                      void **memory, ml_error *error) {
    for (ml_status status;; bytes *= 2) {
        *memory = cli_grow(NULL, bytes); /* not cleared: what is not used takes no memory */
        ml_arena arena = ml_arena_over(*memory, bytes);
        status = work(job, &arena, error);
        if (status != ML_ENOMEM || bytes > SIZE_MAX / 2)
            return status;
        free(*memory);
    }
}

typedef struct reading {
    FILE *file;
    ml_table *table;
} reading;

static ml_status read_table(void *job, ml_arena *arena, ml_error *error) {
    const reading *const at = job;
    ml_csv_stream *stream = NULL;
    ML_TRY(ml_csv_stream_open(arena, &stream, error));
    ML_TRY(feed(stream, at->file, error));
    ML_TRY(ml_csv_stream_rewind(stream, error));
    ML_TRY(feed(stream, at->file, error));
    return ml_csv_stream_close(stream, at->table, error);
}

int table_open(const char *path, table_file *file) {
    ml_error error = {0};
    FILE *const from = fopen(path, "rb");
    *file = (table_file){.path = path};
    if (from == NULL)
        return cli_usage("%s cannot be read", path);
    reading job = {from, &file->table};
    const ml_status status = with_memory(read_table, &job, FIRST_ARENA, &file->memory, &error);
    fclose(from);
    return status == ML_OK ? CLI_OK : cli_usage("%s: %s", path, error.message);
}

void table_close(table_file *file) {
    free(file->memory);
    file->memory = NULL;
}

const ml_column *table_find(const ml_table *table, const char *name) {
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->column[i].name, name) == 0)
            return &table->column[i];
    return NULL;
}

int table_column(const table_file *file, const char *name, const ml_column **column) {
    *column = table_find(&file->table, name);
    if (*column != NULL)
        return CLI_OK;
    const size_t n = file->table.n_columns;
    const char **const names = cli_alloc(n * sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = file->table.column[i].name;
    char *const kind = cli_format("column of %s", file->path);
    char *const how = cli_format("the first line of %s", file->path);
    const int status = cli_unknown(kind, name, names, n, how);
    free(kind);
    free(how);
    free(names);
    return status;
}

size_t table_line(const table_file *file, size_t row) {
    size_t length = 0;
    char *const text = cli_read_file(file->path, &length);
    const size_t line = text != NULL ? ml_csv_line(text, length, row) : 0;
    free(text);
    return line;
}

bool column_has_numbers(const ml_column *column) {
    return column->number != NULL;
}

bool column_is_missing(const ml_column *column, size_t row) {
    if (column_has_numbers(column))
        return isnan(column->number[row]);
    return column->code == NULL || column->code[row] == ML_CODE_MISSING;
}

const char *column_text(const ml_column *column, size_t row, char text[CLI_NUMBER_LENGTH]) {
    if (column_is_missing(column, row))
        return NULL;
    return column_has_numbers(column) ? cli_double_text(column->number[row], text) : ml_column_word(column, row);
}
