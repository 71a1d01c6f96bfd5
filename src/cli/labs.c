/* `laymanz labs`: the declarations of all labs, for people and, as JSON, for the site builder. */
#include "cli.h"

#include <math.h>
#include <string.h>

static const char *const param_kinds[] = {"number", "integer", "choice", "toggle"};
static const char *const view_kinds[] = {"line", "scatter", "bars",  "histogram", "surface",
                                         "maps", "matrix",  "graph", "table",     "timeline",
                                         "pad"};
static const char *const colours[] = {"accent", "blue", "teal", "amber", "muted", "ok", "bad"};
static const char *const marks[] = {"default", "line",     "dashed",     "points", "stair",
                                    "bars",    "vertical", "horizontal", "ghost"};

/* The name with spaces: what the page shows where a lab gives no label. */
static const char *plain_label(const char *name, char label[64]) {
    snprintf(label, 64, "%s", name);
    for (char *c = label; *c != '\0'; c++)
        if (*c == '_' || *c == '-')
            *c = ' ';
    return label;
}

/* Of a param that is no choice: []. */
static void write_choices(json *j, const lab_param *param) {
    char label[64];
    json_open(j, "choices", '[');
    for (int32_t i = 0; param->kind == LAB_CHOICE && param->choices[i] != NULL; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", param->choices[i]);
        json_text(j, "label",
                  param->choice_labels != NULL ? param->choice_labels[i] : plain_label(param->choices[i], label));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_param(json *j, const lab_param *param) {
    json_open(j, NULL, '{');
    json_text(j, "name", param->name);
    json_text(j, "label", param->label);
    json_text(j, "unit", param->unit != NULL ? param->unit : "");
    json_text(j, "kind", param_kinds[param->kind]);
    json_double(j, "min", lab_param_clamp(param, -HUGE_VAL)); /* of a choice or toggle: 0 and the last index */
    json_double(j, "max", lab_param_clamp(param, HUGE_VAL));
    json_double(j, "initial", param->initial);
    json_double(j, "step", param->kind != LAB_NUMBER && param->step == 0 ? 1 : param->step);
    json_bool(j, "log", param->log);
    json_bool(j, "live", param->live);
    json_bool(j, "advanced", param->advanced);
    json_text(j, "group", param->group);
    json_text(j, "help", param->help);
    write_choices(j, param);
    json_close(j, '}');
}

static void write_axis(json *j, const char *key, const lab_axis *axis) {
    json_open(j, key, '{');
    json_text(j, "title", axis->title);
    json_bool(j, "log", axis->log);
    json_double(j, "min", axis->min);
    json_double(j, "max", axis->max);
    json_close(j, '}');
}

static void write_series(json *j, const lab_series *series) {
    json_open(j, NULL, '{');
    json_text(j, "name", series->name);
    json_text(j, "label", series->label);
    json_text(j, "colour", colours[series->colour]);
    json_text(j, "mark", marks[series->mark]);
    json_close(j, '}');
}

static void write_view(json *j, const lab_view *view) {
    json_open(j, NULL, '{');
    json_text(j, "name", view->name);
    json_text(j, "title", view->title);
    json_text(j, "kind", view_kinds[view->kind]);
    write_axis(j, "x", &view->x);
    write_axis(j, "y", &view->y);
    json_open(j, "series", '[');
    for (int32_t i = 0; i < view->n_series; i++)
        write_series(j, &view->series[i]);
    json_close(j, ']');
    json_text(j, "code", view->code);
    json_text(j, "formula", view->formula);
    json_text(j, "help", view->help);
    json_bool(j, "measured", view->measured);
    json_bool(j, "pick", view->pick);
    json_bool(j, "wide", view->wide);
    json_double(j, "ink_width", view->ink_width);
    json_double(j, "ink_height", view->ink_height);
    json_text(j, "absent", view->absent);
    json_close(j, '}');
}

static void write_readout(json *j, const lab_readout *readout) {
    json_open(j, NULL, '{');
    json_text(j, "name", readout->name);
    json_text(j, "label", readout->label);
    json_text(j, "unit", readout->unit != NULL ? readout->unit : "");
    json_double(j, "digits", readout->digits == 0 ? 3 : readout->digits);
    json_text(j, "absent", readout->absent);
    json_open(j, "choices", '[');
    for (int32_t i = 0; readout->choices != NULL && readout->choices[i] != NULL; i++)
        json_text(j, NULL, readout->choices[i]);
    json_close(j, ']');
    json_text(j, "code", readout->code);
    json_text(j, "formula", readout->formula);
    json_text(j, "help", readout->help);
    json_bool(j, "measured", readout->measured);
    json_bool(j, "minor", readout->minor);
    json_close(j, '}');
}

static void write_actions_and_goals(json *j, const lab *experiment) {
    json_open(j, "actions", '[');
    for (int32_t i = 0; i < experiment->n_actions; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", experiment->actions[i].name);
        json_text(j, "label", experiment->actions[i].label);
        json_text(j, "help", experiment->actions[i].help);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_open(j, "goals", '[');
    for (int32_t i = 0; i < experiment->n_goals; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", experiment->goals[i].name);
        json_text(j, "sentence", experiment->goals[i].sentence);
        json_text(j, "preset", experiment->goals[i].preset);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_csv_wish(json *j, const lab_csv *csv) {
    static const char *const kinds[] = {"number", "two_classes"};
    if (csv == NULL) {
        json_null(j, "csv");
        return;
    }
    json_open(j, "csv", '{');
    json_double(j, "param", csv->param);
    json_double(j, "choice", csv->choice);
    json_double(j, "min_rows", (double)csv->min_rows);
    json_double(j, "max_rows", (double)csv->max_rows);
    json_text(j, "help", csv->help);
    json_open(j, "columns", '[');
    for (int32_t i = 0; i < csv->n_columns; i++) {
        json_open(j, NULL, '{');
        json_text(j, "name", csv->columns[i].name);
        json_text(j, "label", csv->columns[i].label);
        json_text(j, "kind", kinds[csv->columns[i].kind]);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void write_lab(json *j, const lab *experiment) {
    char source[96];
    snprintf(source, sizeof source, "src/labs/%s.c", experiment->name);
    json_open(j, NULL, '{');
    json_text(j, "name", experiment->name);
    json_text(j, "title", experiment->title);
    json_text(j, "question", experiment->question);
    json_text(j, "step_label", experiment->step_label);
    json_double(j, "steps", experiment->steps);
    json_double(j, "steps_per_second", experiment->steps_per_second);
    json_text(j, "source", source);
    json_text(j, "data", experiment->data);
    write_csv_wish(j, experiment->csv);
    json_bool(j, "model", experiment->model != NULL);
    json_double(j, "main_views", experiment->main_views);
    json_open(j, "params", '[');
    for (int32_t i = 0; i < experiment->n_params; i++)
        write_param(j, &experiment->params[i]);
    json_close(j, ']');
    json_open(j, "views", '[');
    for (int32_t i = 0; i < experiment->n_views; i++)
        write_view(j, &experiment->views[i]);
    json_close(j, ']');
    json_open(j, "readouts", '[');
    for (int32_t i = 0; i < experiment->n_readouts; i++)
        write_readout(j, &experiment->readouts[i]);
    json_close(j, ']');
    write_actions_and_goals(j, experiment);
    json_close(j, '}');
}

static void list_labs(void) {
    for (int32_t i = 0; i < lab_list_length; i++) {
        printf("%s%s: %s\n  %s\n  settings:", i ? "\n" : "", lab_list[i]->name, lab_list[i]->title,
               lab_list[i]->question);
        for (int32_t k = 0; k < lab_list[i]->n_params; k++) {
            char text[CLI_NUMBER_LENGTH];
            const lab_param *param = &lab_list[i]->params[k];
            printf(" %s=%s", param->name, cli_param_text(param, param->initial, text));
        }
        for (int32_t k = 0; k < lab_list[i]->n_actions; k++)
            printf("%s %s", k ? "" : "\n  actions:", lab_list[i]->actions[k].name);
        putchar('\n');
    }
}

static int run(int argc, char **argv) {
    if (argc == 0) {
        list_labs();
        return CLI_OK;
    }
    if (argc > 1 || strcmp(argv[0], "--json") != 0)
        return cli_usage("labs takes nothing but --json, not '%.60s'", argv[argc > 1 ? 1 : 0]);
    json j = {.out = stdout};
    json_open(&j, NULL, '[');
    for (int32_t i = 0; i < lab_list_length; i++)
        write_lab(&j, lab_list[i]);
    json_close(&j, ']');
    putchar('\n');
    return CLI_OK;
}

const cli_command cli_labs = {
    "labs",
    "labs [--json]",
    "list the labs and their settings",
    "Lists every lab: its name, title and question, its settings with their initial values, and its\n"
    "actions.\n"
    "--json prints the whole declarations: params, views, readouts, actions and goals.\n",
    run,
};
