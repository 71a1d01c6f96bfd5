/* What a model said, for programs: JSON and CSV. */
#include "outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

/* Classes are numbers where all their names are: then so are predictions. */
static bool names_are_numbers(const trained *t) {
    double value;
    for (size_t c = 0; c < t->model.classes; c++)
        if (!ml_parse_f64(strlen(t->names.class_[c]), t->names.class_[c], &value))
            return false;
    return t->model.classes > 0;
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static void write_settings(const trained *t, json *j) {
    const ml_model_kind *const kind = t->model.kind;
    json_open(j, "settings", '{');
    for (size_t i = 0; i < kind->n_settings; i++) {
        if (kind->setting[i].choice != NULL)
            json_text(j, kind->setting[i].name, kind->setting[i].choice[(size_t)t->model.setting[i]]);
        else
            json_double(j, kind->setting[i].name, t->model.setting[i]);
    }
    json_text(j, "scale", t->standard ? "standard" : "none");
    json_double(j, "seed", (double)t->seed);
    json_close(j, '}');
}

static void write_parameters(const trained *t, json *j) {
    size_t length = 0;
    ml_model_describe(&t->model, &t->names, 0, NULL, &length, NULL);
    char *const text = cli_alloc(length + 1);
    if (ml_model_describe(&t->model, &t->names, length + 1, text, &length, NULL) == ML_OK)
        json_raw(j, "parameters", text);
    free(text);
}

static void write_predictions(const outcome *o, json *j) {
    const answers *const said = &o->said;
    const bool classes = o->model->model.classes > 0, words = classes && !names_are_numbers(o->model);
    char text[CLI_NUMBER_LENGTH];
    json_open(j, "predictions", '[');
    for (size_t i = 0; i < said->n; i++) {
        if (words)
            json_text(j, NULL, outcome_text(o, i, text));
        else if (classes)
            json_raw(j, NULL, outcome_text(o, i, text));
        else if (said->outputs == 1)
            json_double(j, NULL, said->prediction[i]);
        else {
            json_open(j, NULL, '[');
            for (size_t k = 0; k < said->outputs; k++)
                json_double(j, NULL, said->prediction[i * said->outputs + k]);
            json_close(j, ']');
        }
    }
    json_close(j, ']');
}

static void write_probabilities(const outcome *o, json *j) {
    const size_t classes = o->model->model.classes;
    if (classes == 0)
        return;
    json_open(j, "probabilities", '{');
    for (size_t c = 0; c < classes; c++) {
        json_open(j, o->model->names.class_[c], '[');
        for (size_t i = 0; i < o->said.n; i++)
            json_double(j, NULL, o->said.probability[i * classes + c]);
        json_close(j, ']');
    }
    json_close(j, '}');
}

void outcome_write_json(const outcome *o, bool parameters, FILE *out) {
    json j = {.out = out};
    json_open(&j, NULL, '{');
    json_text(&j, "model", o->model->model.kind->name);
    if (parameters) {
        write_settings(o->model, &j);
        write_parameters(o->model, &j);
    }
    write_predictions(o, &j);
    write_probabilities(o, &j);
    json_open(&j, "metrics", '{');
    figures_write_json(&o->figures, &j);
    json_close(&j, '}');
    notes_write_json(&o->notes, &j);
    json_close(&j, '}');
    fputc('\n', out);
}

/* --- CSV ---------------------------------------------------------------------------------------------------------- */

static void write_cell(const char *before, const char *text, FILE *out) {
    fputs(before, out);
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

/* One that is not finite is an empty cell. */
static void write_number(const char *before, double value, FILE *out) {
    char text[CLI_NUMBER_LENGTH];
    write_cell(before, isfinite(value) ? cli_double_text(value, text) : "", out);
}

static void write_names(const outcome *o, const ml_column *target, FILE *out) {
    const ml_model *const model = &o->model->model;
    if (target != NULL)
        write_cell("", target->name, out);
    if (o->said.outputs == 1)
        write_cell(target != NULL ? "," : "", "prediction", out);
    for (size_t k = 0; k < o->said.outputs && o->said.outputs > 1; k++) {
        char *const name = cli_format("component_%zu", k + 1);
        write_cell(k > 0 || target != NULL ? "," : "", name, out);
        free(name);
    }
    for (size_t c = 0; c < model->classes; c++) {
        char *const name = cli_format("probability_%s", o->model->names.class_[c]);
        write_cell(",", name, out);
        free(name);
    }
    fputc('\n', out);
}

static void write_row(const outcome *o, const ml_column *target, size_t row, FILE *out) {
    const size_t classes = o->model->model.classes, outputs = o->said.outputs;
    char text[CLI_NUMBER_LENGTH];
    const char *const truth = target != NULL ? column_text(target, row, text) : NULL;
    if (target != NULL)
        write_cell("", truth != NULL ? truth : "", out);
    if (classes > 0)
        write_cell(target != NULL ? "," : "", outcome_text(o, row, text), out);
    for (size_t k = 0; k < outputs && classes == 0; k++)
        write_number(k > 0 || target != NULL ? "," : "", o->said.prediction[row * outputs + k], out);
    for (size_t c = 0; c < classes; c++)
        write_number(",", o->said.probability[row * classes + c], out);
    fputc('\n', out);
}

void outcome_write_csv(const outcome *o, FILE *out) {
    const char *const name = o->model->names.target;
    const ml_column *const target = name != NULL ? table_find(&o->file->table, name) : NULL;
    write_names(o, target, out);
    for (size_t i = 0; i < o->said.n; i++)
        write_row(o, target, i, out);
}
