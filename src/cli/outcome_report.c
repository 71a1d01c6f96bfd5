/* What a model learned and said, for a person. */
#include "outcome.h"

#include <stdlib.h>
#include <string.h>

#include "settings.h"

enum { MOST_LINES = 40, MOST_COLUMNS = 6, SHOWN_ROWS = 5, WIDTH = 28 };

/* --- Parameters --------------------------------------------------------------------------------------------------- */

static double element(const ml_model *model, size_t field, size_t index) {
    const void *const data = model->field[field].data;
    switch (model->kind->field[field].type) {
    case ML_FIELD_DOUBLE:
        return ((const double *)data)[index];
    case ML_FIELD_UINT32:
        return ((const uint32_t *)data)[index];
    case ML_FIELD_INT32:
        return ((const int32_t *)data)[index];
    default:
        return ((const uint8_t *)data)[index];
    }
}

/* What a place of an axis is called: a feature, a class, a cluster as predictions name it, or its number from 1; the
 * caller's. */
static char *place_name(const trained *t, ml_axis axis, size_t length, size_t i) {
    if (axis == ML_AXIS_FEATURE)
        return cli_format("%s", t->names.feature[i]);
    if ((axis == ML_AXIS_CLASS || axis == ML_AXIS_SCORE) && t->model.classes > 0)
        return cli_format("%s", t->names.class_[length == t->model.classes ? i : 1]);
    return t->model.task == ML_CLUSTERING ? cli_format("cluster %zu", i) : cli_format("%zu", i + 1);
}

/* A field as a table, the longer axis downwards. */
typedef struct grid {
    size_t field, lines, columns;
    ml_axis line_axis, column_axis;
    bool turned; /* lines are the field's columns */
} grid;

static grid grid_of(const trained *t, size_t field) {
    const ml_model_field_kind *const kind = &t->model.kind->field[field];
    const ml_model_field *const at = &t->model.field[field];
    const bool turned = kind->column_axis == ML_AXIS_FEATURE;
    return (grid){.field = field,
                  .lines = turned ? at->columns : at->rows,
                  .columns = turned ? at->rows : at->columns,
                  .line_axis = turned ? kind->column_axis : kind->row_axis,
                  .column_axis = turned ? kind->row_axis : kind->column_axis,
                  .turned = turned};
}

static void print_heads(const trained *t, const grid *g) {
    printf("  %-*s", WIDTH, "");
    for (size_t c = 0; c < g->columns && c < MOST_COLUMNS; c++) {
        char *const name = place_name(t, g->column_axis, g->columns, c);
        printf(" %12.12s", name);
        free(name);
    }
    putchar('\n');
}

static void print_line(const trained *t, const grid *g, size_t line) {
    char *const name = place_name(t, g->line_axis, g->lines, line);
    printf("  %-*s", WIDTH, name);
    for (size_t c = 0; c < g->columns && c < MOST_COLUMNS; c++) {
        const size_t wide = g->turned ? g->lines : g->columns;
        printf(" %12.5g", element(&t->model, g->field, g->turned ? c * wide + line : line * wide + c));
    }
    putchar('\n');
    free(name);
}

static void print_field(const trained *t, size_t field) {
    const char *const name = t->model.kind->field[field].name;
    const grid g = grid_of(t, field);
    if (g.lines * g.columns == 0)
        return;
    if (g.lines == 1 && g.columns == 1 && g.line_axis != ML_AXIS_FEATURE) {
        printf("\n%-*s %12.5g\n", WIDTH + 2, name, element(&t->model, field, 0));
        return;
    }
    printf("\n%s\n", name);
    if (g.columns > 1)
        print_heads(t, &g);
    for (size_t i = 0; i < g.lines && i < MOST_LINES; i++)
        print_line(t, &g, i);
    if (g.lines > MOST_LINES || g.columns > MOST_COLUMNS)
        printf("  and more: %zu by %zu in all; --json has them\n", g.lines, g.columns);
}

/* --- Rows --------------------------------------------------------------------------------------------------------- */

static void print_prediction(const outcome *o, const ml_column *target, size_t row) {
    const size_t classes = o->model->model.classes;
    char text[CLI_NUMBER_LENGTH];
    printf("  %-6zu", row + 1);
    if (target != NULL) {
        const char *const truth = column_text(target, row, text);
        printf(" %16.16s", truth != NULL ? truth : "");
    }
    if (classes > 0)
        printf(" %16.16s", outcome_text(o, row, text));
    for (size_t k = 0; classes == 0 && k < o->said.outputs && k < MOST_COLUMNS; k++)
        printf(" %16.6g", o->said.prediction[row * o->said.outputs + k]);
    for (size_t c = 0; c < classes && c < MOST_COLUMNS; c++)
        printf(" %12.4f", o->said.probability[row * classes + c]);
    putchar('\n');
}

static void print_predictions(const outcome *o) {
    const char *const name = o->model->names.target;
    const ml_column *const target = name != NULL ? table_find(&o->file->table, name) : NULL;
    printf("\nthe first rows of %s\n  %-6s", o->file->path, "row");
    if (target != NULL)
        printf(" %16.16s", name);
    printf(" %16s", "prediction");
    for (size_t c = 0; c < o->model->model.classes && c < MOST_COLUMNS; c++)
        printf(" %12.12s", o->model->names.class_[c]);
    putchar('\n');
    for (size_t i = 0; i < o->said.n && i < SHOWN_ROWS; i++)
        print_prediction(o, target, i);
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

static void print_title(const trained *t) {
    const ml_model_kind *const kind = t->model.kind;
    char text[CLI_NUMBER_LENGTH];
    printf("%s of ", kind->title);
    if (t->names.target != NULL && (t->model.task == ML_REGRESSION || t->model.task == ML_CLASSIFICATION))
        printf("\"%s\" by ", t->names.target);
    printf("%zu features\n", t->model.d);
    for (size_t i = 0; i < kind->n_settings; i++)
        printf("%s=%s ", kind->setting[i].name, settings_text(&kind->setting[i], t->model.setting[i], text));
    printf("scale=%s seed=%s\n", t->standard ? "standard" : "none", cli_double_text((double)t->seed, text));
}

void outcome_print(const outcome *o) {
    print_title(o->model);
    for (size_t i = 0; i < o->model->model.kind->n_fields; i++)
        if (o->model->model.kind->field[i].is_parameter)
            print_field(o->model, i);
    print_predictions(o);
    if (o->figures.n > 0) {
        printf("\nmetrics of %zu rows of %s\n", o->judged, o->file->path);
        figures_print(&o->figures);
    }
    notes_print(&o->notes);
}
