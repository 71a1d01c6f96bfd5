/* A trained model at work. */
#include "trained.h"

#include <stdlib.h>
#include <string.h>

void trained_free(trained *t) {
    free(t->input_memory);
    free(t->model_memory);
    *t = (trained){0};
}

/* --- Answers ------------------------------------------------------------------------------------------------------ */

typedef struct job {
    const ml_model *model;
    const double *x;
    answers *out;
} job;

static ml_status answer(void *data, ml_arena *arena, ml_error *error) {
    const job *const at = data;
    if (at->out->probability != NULL)
        return ml_model_predict_proba(at->model, at->out->n, at->x, at->out->probability, arena, error);
    return ml_model_predict(at->model, at->out->n, at->x, at->out->prediction, arena, error);
}

/* The class with the highest probability, of equals the first, as ml_model_predict says. Shares that were added up may
 * have gone above 1 by a rounding. */
static void choose_classes(size_t classes, answers *out) {
    for (size_t i = 0; i < out->n; i++) {
        double *const p = out->probability + i * classes;
        size_t best = 0;
        for (size_t c = 0; c < classes; c++) {
            p[c] = p[c] > 1.0 ? 1.0 : p[c];
            if (p[c] > p[best])
                best = c;
        }
        out->prediction[i] = (double)best;
    }
}

int trained_predict(const trained *t, const table_file *file, answers *out, note_list *notes) {
    enum { FIRST = 1 << 22 };
    const size_t n = file->table.n_rows, classes = t->model.classes;
    double *x = NULL;
    void *memory = NULL;
    ml_error error;
    *out = (answers){.n = n, .outputs = t->model.outputs};
    if (inputs_apply(&t->in, file, t->names.target, &x, notes) != CLI_OK)
        return CLI_USAGE;
    out->prediction = cli_alloc(n * out->outputs * sizeof *out->prediction);
    out->probability = classes > 0 ? cli_alloc(n * classes * sizeof *out->probability) : NULL;
    job at = {&t->model, x, out};
    const ml_status status = with_memory(answer, &at, FIRST + n * (classes + out->outputs) * 8, &memory, &error);
    if (classes > 0)
        choose_classes(classes, out);
    free(memory);
    free(x);
    return status == ML_OK ? CLI_OK : cli_usage("%s: %s", file->path, error.message);
}

void answers_free(answers *a) {
    free(a->prediction);
    free(a->probability);
    *a = (answers){0};
}

/* --- Truth -------------------------------------------------------------------------------------------------------- */

static uint32_t class_of(const char *text, size_t classes, const char *const *class_) {
    uint32_t c = 0;
    while (c < classes && strcmp(text, class_[c]) != 0)
        c++;
    return c;
}

static int read_labels(const table_file *file, const ml_column *column, size_t classes, const char *const *class_,
                       target_rows *out, note_list *notes) {
    char text[CLI_NUMBER_LENGTH];
    size_t first = 0;
    out->label = cli_alloc((out->n + 1) * sizeof *out->label);
    for (size_t i = 0; i < out->n; i++) {
        out->label[i] = class_of(column_text(column, out->row[i], text), classes, class_);
        if (out->label[i] == classes && out->unseen++ == 0)
            first = out->row[i];
    }
    if (out->unseen > 0)
        notes_add(notes, "%s: %zu rows are of a class that training had not, the first one of \"%s\"; they count as "
                  "wrong, and figures from probabilities are left out", file->path, out->unseen,
                  column_text(column, first, text));
    return CLI_OK;
}

static int read_targets(const table_file *file, const ml_column *column, target_rows *out) {
    if (!column_has_numbers(column) && out->n > 0)
        return cli_usage("%s: line %zu: the target \"%s\" holds the word '%.40s', and the model predicts numbers",
                         file->path, table_line(file, out->row[0]), column->name,
                         ml_column_word(column, out->row[0]));
    out->target = cli_alloc((out->n + 1) * sizeof *out->target);
    for (size_t i = 0; i < out->n; i++)
        out->target[i] = column->number[out->row[i]];
    return CLI_OK;
}

int truth_read(const table_file *file, const char *target, ml_task task, size_t classes, const char *const *class_,
               target_rows *out, note_list *notes) {
    const ml_column *column;
    const size_t rows = file->table.n_rows;
    *out = (target_rows){0};
    if (table_column(file, target, &column) != CLI_OK)
        return CLI_USAGE;
    out->row = cli_alloc(rows * sizeof *out->row);
    for (size_t i = 0; i < rows; i++)
        if (!column_is_missing(column, i))
            out->row[out->n++] = (uint32_t)i;
    if (out->n < rows)
        notes_add(notes,
                  "%s: %zu of %zu rows have no \"%s\"; nothing is learned from them, and they count in no metric",
                  file->path, rows - out->n, rows, target);
    return task == ML_CLASSIFICATION ? read_labels(file, column, classes, class_, out, notes)
                                     : read_targets(file, column, out);
}

void truth_free(target_rows *t) {
    free(t->row);
    free(t->label);
    free(t->target);
    *t = (target_rows){0};
}
