#include "target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Different values --------------------------------------------------------------------------------------------- */

typedef struct distinct {
    size_t n;
    double *value; /* [n] ascending */
} distinct;

/* How many are below it. */
static size_t place_of(const distinct *found, double value) {
    size_t low = 0, high = found->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (found->value[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Stops after `most` + 1 of them. */
static distinct distinct_numbers(const ml_column *column, size_t rows, size_t most) {
    distinct found = {0, cli_alloc((most + 2) * sizeof *found.value)};
    for (size_t r = 0; r < rows && found.n <= most; r++) {
        const double value = column->number[r];
        const size_t at = place_of(&found, value);
        if (isnan(value) || (at < found.n && found.value[at] == value))
            continue;
        memmove(found.value + at + 1, found.value + at, (found.n - at) * sizeof *found.value);
        found.value[at] = value;
        found.n++;
    }
    return found;
}

bool classes_are_likely(const ml_column *column, size_t rows) {
    enum { MOST = 20, ROWS_EACH = 5 };
    if (!column_has_numbers(column))
        return true;
    const distinct found = distinct_numbers(column, rows, MOST);
    const bool few = found.n <= MOST && found.n * ROWS_EACH <= rows && column->kind == ML_COLUMN_INTEGER;
    free(found.value);
    return few || found.n == 2;
}

size_t count_values(const ml_column *column, size_t rows) {
    if (!column_has_numbers(column))
        return column->n_levels <= MOST_CLASSES ? column->n_levels : MOST_CLASSES + 1;
    const distinct found = distinct_numbers(column, rows, MOST_CLASSES);
    free(found.value);
    return found.n;
}

/* --- Classes ------------------------------------------------------------------------------------------------------ */

static int too_many(const table_file *file, const ml_column *column) {
    return cli_usage("%s: \"%s\" has more than %d different values; classes must repeat, and numbers are for a model "
                     "that predicts numbers",
                     file->path, column->name, MOST_CLASSES);
}

static void read_numbers(const ml_column *column, size_t rows, class_list *out) {
    const distinct found = distinct_numbers(column, rows, MOST_CLASSES);
    char text[CLI_NUMBER_LENGTH];
    out->n = found.n;
    out->name = cli_alloc((found.n + 1) * sizeof *out->name);
    for (size_t c = 0; c < found.n; c++)
        out->name[c] = cli_format("%s", cli_double_text(found.value[c], text));
    free(found.value);
}

static void read_words(const ml_column *column, class_list *out) {
    out->n = column->n_levels;
    out->name = cli_alloc((out->n + 1) * sizeof *out->name);
    for (size_t c = 0; c < out->n; c++)
        out->name[c] = cli_format("%s", column->level[c]);
}

static bool is_named(const char *name, const char *wanted) {
    double a, b;
    return strcmp(name, wanted) == 0 || (ml_parse_f64(strlen(name), name, &a) &&
                                         ml_parse_f64(strlen(wanted), wanted, &b) && a == b);
}

static int put_last(const table_file *file, const ml_column *column, const char *positive, class_list *out) {
    if (out->n != 2)
        return cli_usage("--positive is for two classes, and \"%s\" of %s has %zu", column->name, file->path, out->n);
    if (is_named(out->name[1], positive))
        return CLI_OK;
    if (!is_named(out->name[0], positive)) {
        char *const kind = cli_format("value of \"%s\"", column->name);
        const char *const names[] = {out->name[0], out->name[1]};
        const int status = cli_unknown(kind, positive, names, 2, NULL);
        free(kind);
        return status;
    }
    char *const first = out->name[0];
    out->name[0] = out->name[1];
    out->name[1] = first;
    return CLI_OK;
}

int classes_read(const table_file *file, const ml_column *column, const char *positive, class_list *out) {
    *out = (class_list){0};
    if (column->code == NULL && column->number == NULL)
        return CLI_OK;
    if (column_has_numbers(column))
        read_numbers(column, file->table.n_rows, out);
    else if (column->n_levels <= MOST_CLASSES)
        read_words(column, out);
    else
        return too_many(file, column);
    if (out->n > MOST_CLASSES)
        return too_many(file, column);
    return positive != NULL ? put_last(file, column, positive, out) : CLI_OK;
}

void classes_free(class_list *c) {
    for (size_t i = 0; i < c->n; i++)
        free(c->name[i]);
    free(c->name);
    *c = (class_list){0};
}

/* --- The task ----------------------------------------------------------------------------------------------------- */

static bool can(const ml_model_kind *kind, ml_task task) {
    return (kind->tasks & (unsigned)task) != 0;
}

static ml_task decide(const table_file *file, const ml_column *target, note_list *notes) {
    const bool likely = classes_are_likely(target, file->table.n_rows);
    if (column_has_numbers(target))
        notes_add(notes,
                  likely ? "the target \"%s\" has few different values, so they are classes; --task regression takes "
                            "them as numbers"
                          : "the target \"%s\" is taken as a number; --task classification takes its values as classes",
                  target->name);
    return likely ? ML_CLASSIFICATION : ML_REGRESSION;
}

static int refuse_words(const table_file *file, const ml_column *target, const ml_model_kind *kind) {
    size_t row = 0;
    while (column_is_missing(target, row))
        row++;
    return cli_usage("%s: line %zu: the target \"%s\" holds the word '%.40s', and %s predicts numbers; for classes "
                     "take logistic, knn, naive-bayes, tree, forest, boosting or mlp",
                     file->path, table_line(file, row), target->name, ml_column_word(target, row), kind->name);
}

int target_task(const table_file *file, const ml_column *target, const ml_model_kind *kind, const char *word,
                ml_task *task, note_list *notes) {
    const bool numbers = can(kind, ML_REGRESSION), labels = can(kind, ML_CLASSIFICATION);
    if (word != NULL && strcmp(word, "regression") != 0 && strcmp(word, "classification") != 0)
        return cli_usage("--task is regression or classification, not '%.60s'", word);
    if (target->kind == ML_COLUMN_MISSING)
        return cli_usage("%s: the target \"%s\" has no value in any row", file->path, target->name);
    if (word != NULL && !(word[0] == 'r' ? numbers : labels))
        return cli_usage("%s does no %s; see laymanz fit --models", kind->name, word);
    if (word != NULL)
        *task = word[0] == 'r' ? ML_REGRESSION : ML_CLASSIFICATION;
    else if (numbers && labels)
        *task = decide(file, target, notes);
    else
        *task = numbers ? ML_REGRESSION : ML_CLASSIFICATION;
    return *task == ML_REGRESSION && !column_has_numbers(target) ? refuse_words(file, target, kind) : CLI_OK;
}
