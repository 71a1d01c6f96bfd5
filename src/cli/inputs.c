/* From the cells of a table to the features of a model, for any table. */
#include "inputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Which of the pipeline's columns are features ----------------------------------------------------------------- */

/* The pipeline ends each category with a column for unknown words, which is 0 in all training rows: no model can learn
 * anything from it, so it is left out, and an unknown word is 0 everywhere. */
static size_t first_column(const inputs *in, size_t i) {
    return in->item[i].words && in->contrast ? 1 : 0;
}

static size_t end_column(const inputs *in, size_t i) {
    return in->item[i].words ? in->pipeline.state[i].n : 1;
}

size_t inputs_count(const inputs *in) {
    size_t d = 0;
    for (size_t i = 0; i < in->n; i++)
        for (size_t c = first_column(in, i); c < end_column(in, i); c++)
            d++;
    return d;
}

static char *feature_name(const inputs *in, size_t i, size_t column) {
    const input *const item = &in->item[i];
    if (!item->words)
        return cli_format("%s", item->name);
    return cli_format("%s=%s", item->name, item->level[in->pipeline.state[i].level[column]]);
}

char **inputs_feature_names(const inputs *in) {
    char **const names = cli_alloc(in->d * sizeof *names);
    size_t d = 0;
    for (size_t i = 0; i < in->n; i++)
        for (size_t c = first_column(in, i); c < end_column(in, i); c++)
            names[d++] = feature_name(in, i, c);
    return names;
}

/* --- Cells -------------------------------------------------------------------------------------------------------- */

/* The level that a number stands for, where a category holds such ("1", "2", "x"): this file has only numbers there. */
static double level_of_number(const input *item, double number) {
    double value;
    for (size_t k = 0; k < item->n_levels; k++)
        if (ml_parse_f64(strlen(item->level[k]), item->level[k], &value) && value == number)
            return (double)k;
    return (double)NAN;
}

/* For each level of the column, the input's level of that name, NaN for those that it has not. */
static double *translate(const input *item, const ml_column *column) {
    const size_t known = item->n_levels - item->missing_level;
    double *const to = cli_alloc((column->n_levels + 1) * sizeof *to);
    for (size_t i = 0, k = 0; i < column->n_levels; i++) { /* both in order of their bytes */
        while (k < known && strcmp(item->level[k], column->level[i]) < 0)
            k++;
        to[i] = k < known && strcmp(item->level[k], column->level[i]) == 0 ? (double)k : (double)NAN;
    }
    return to;
}

typedef struct unknown_words {
    size_t rows, first; /* how many rows, and the first of them */
} unknown_words;

static unknown_words read_words(const inputs *in, size_t i, const ml_column *column, size_t rows, double *raw) {
    const input *const item = &in->item[i];
    const double missing = item->missing_level ? (double)(item->n_levels - 1) : (double)NAN;
    double *const to = translate(item, column);
    unknown_words unknown = {0};
    for (size_t r = 0; r < rows; r++) {
        double *const cell = &raw[r * in->n + i];
        if (column_is_missing(column, r)) {
            *cell = missing;
            continue;
        }
        *cell = column_has_numbers(column) ? level_of_number(item, column->number[r]) : to[column->code[r]];
        if (isnan(*cell) && unknown.rows++ == 0)
            unknown.first = r;
    }
    free(to);
    return unknown;
}

static void read_numbers(const inputs *in, size_t i, const ml_column *column, size_t rows, double *raw) {
    for (size_t r = 0; r < rows; r++)
        raw[r * in->n + i] = column->number != NULL ? column->number[r] : (double)NAN;
}

static int words_for_numbers(const table_file *file, const ml_column *column) {
    size_t row = 0;
    double number;
    while (column_is_missing(column, row) ||
           ml_parse_f64(strlen(ml_column_word(column, row)), ml_column_word(column, row), &number))
        row++;
    return cli_usage("%s: line %zu, column '%s': '%.40s' is no number, and the model learned numbers there; mend the "
                     "cell or leave it empty",
                     file->path, table_line(file, row), column->name, ml_column_word(column, row));
}

static int read_column(const inputs *in, size_t i, const table_file *file, double *raw, note_list *notes) {
    const ml_column *column;
    const size_t rows = file->table.n_rows;
    char text[CLI_NUMBER_LENGTH];
    if (table_column(file, in->item[i].name, &column) != CLI_OK)
        return CLI_USAGE;
    if (!in->item[i].words) {
        if (column->code != NULL)
            return words_for_numbers(file, column);
        read_numbers(in, i, column, rows, raw);
        return CLI_OK;
    }
    const unknown_words unknown = read_words(in, i, column, rows, raw);
    if (unknown.rows > 0)
        notes_add(notes,
                  "%s: in %zu of %zu rows \"%s\" holds a word that no training row had, the first one \"%s\"; all "
                  "columns made of \"%s\" are 0 there",
                  file->path, unknown.rows, rows, column->name, column_text(column, unknown.first, text), column->name);
    return CLI_OK;
}

static void tell_unused(const inputs *in, const table_file *file, const char *target, note_list *notes) {
    listing unused = {0};
    for (size_t c = 0; c < file->table.n_columns; c++) {
        const char *const name = file->table.column[c].name;
        bool used = target != NULL && strcmp(name, target) == 0;
        for (size_t i = 0; i < in->n && !used; i++)
            used = strcmp(name, in->item[i].name) == 0;
        if (!used)
            listing_add(&unused, "\"%s\"", name);
    }
    if (unused.n > 0)
        notes_add(notes, "%s: the model does not use %s", file->path, listing_text(&unused));
    listing_free(&unused);
}

/* --- Features ----------------------------------------------------------------------------------------------------- */

static double feature_of(const inputs *in, size_t i, double raw, const double *wide, size_t column) {
    if (!in->item[i].words)
        return in->keep_missing && isnan(raw) ? (double)NAN : wide[column];
    return in->contrast ? wide[column] - wide[0] : wide[column];
}

/* A row of the pipeline's columns to a row of features. */
static void compact(const inputs *in, const double *raw, const double *wide, double *x) {
    for (size_t i = 0; i < in->n; i++)
        for (size_t c = first_column(in, i); c < end_column(in, i); c++)
            *x++ = feature_of(in, i, raw[i], wide + in->pipeline.state[i].at, c);
}

int inputs_apply(const inputs *in, const table_file *file, const char *target, double **x, note_list *notes) {
    const size_t rows = file->table.n_rows;
    double *const raw = cli_alloc(rows * in->n * sizeof *raw);
    int status = CLI_OK;
    for (size_t i = 0; i < in->n && status == CLI_OK; i++)
        status = read_column(in, i, file, raw, notes);
    if (status == CLI_OK) {
        double *const wide = cli_alloc(in->pipeline.width * sizeof *wide);
        *x = cli_alloc(rows * in->d * sizeof **x);
        for (size_t r = 0; r < rows; r++) {
            ml_pipeline_apply(&in->pipeline, 1, raw + r * in->n, wide);
            compact(in, raw + r * in->n, wide, *x + r * in->d);
        }
        free(wide);
        tell_unused(in, file, target, notes);
    }
    free(raw);
    return status;
}
