/* A run as JSON: {"lab", "params", "seed", "steps", "views", "readouts", "goals"}, and "error" if it failed. */
#include "cli.h"
#include "frame.h"

#include <string.h>

/* --- Views -------------------------------------------------------------------------------------------------------- */

static const char *series_name(const lab_view *view, int32_t series) {
    return series >= 0 && series < view->n_series ? view->series[series].name : NULL;
}

/* One array over all rows of points and spans. */
static void write_column(json *j, const lab_frame *frame, frame_column column) {
    json_open(j, frame_column_names[column], '[');
    for (frame_block block = {0}; frame_next(frame, &block);) {
        const float *value = frame_column_of(&block, column);
        for (size_t i = 0; frame_is_rows(&block) && i < block.rows; i++) {
            if (value != NULL)
                json_float(j, NULL, value[i]);
            else
                json_null(j, NULL);
        }
    }
    json_close(j, ']');
}

static void write_series_column(json *j, const lab_view *view, const lab_frame *frame) {
    json_open(j, "series", '[');
    for (frame_block block = {0}; frame_next(frame, &block);)
        for (size_t i = 0; frame_is_rows(&block) && i < block.rows; i++)
            json_text(j, NULL, series_name(view, block.series));
    json_close(j, ']');
}

static void write_labels(json *j, const frame_block *block, size_t n) {
    const char *label = NULL;
    for (size_t i = 0; i < n; i++)
        json_text(j, NULL, label = frame_next_label(block, i, label));
}

static void write_rows(json *j, const lab_view *view, const lab_frame *frame, const frame_content *content) {
    if (view->n_series > 1)
        write_series_column(j, view, frame);
    for (frame_column c = 0; c < N_COLUMNS; c++)
        if (content->has_column[c])
            write_column(j, frame, c);
    if (!content->has_labels)
        return;
    json_open(j, "label", '[');
    for (frame_block block = {0}; frame_next(frame, &block);)
        if (frame_is_rows(&block))
            write_labels(j, &block, block.rows);
    json_close(j, ']');
}

static void write_grid(json *j, const char *key, const lab_view *view, const frame_block *block) {
    static const char *const bounds[] = {"x0", "x1", "y0", "y1"};
    json_open(j, key, '{');
    if (view->kind == LAB_MATRIX) {
        json_open(j, "labels", '[');
        write_labels(j, block, block->n_labels);
        json_close(j, ']');
    } else if (key == NULL) {
        json_text(j, "label", frame_label(block, 0));
    }
    json_double(j, "width", (double)block->columns);
    json_double(j, "height", (double)block->rows);
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        json_float(j, bounds[i], block->bounds[i]);
    json_open(j, "value", '[');
    for (size_t i = 0; i < block->rows * block->columns; i++)
        json_float(j, NULL, block->value[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void write_grids(json *j, const lab_view *view, const lab_frame *frame, const frame_content *content) {
    const bool several = view->kind == LAB_MAPS || content->grids > 1;
    if (several)
        json_open(j, "grids", '[');
    for (frame_block block = {0}; frame_next(frame, &block);)
        if (block.kind == LAB_BLOCK_GRID)
            write_grid(j, several ? NULL : "grid", view, &block);
    if (several)
        json_close(j, ']');
}

static void write_edges(json *j, const lab_frame *frame) {
    static const char *const names[] = {"from", "to", "lit"};
    json_open(j, "edges", '{');
    for (size_t c = 0; c < sizeof names / sizeof *names; c++) {
        json_open(j, names[c], '[');
        for (frame_block block = {0}; frame_next(frame, &block);)
            for (size_t i = 0; block.kind == LAB_BLOCK_EDGES && i < block.rows; i++)
                json_float(j, NULL, c < block.columns ? block.value[c * block.rows + i] : 0.0f);
        json_close(j, ']');
    }
    json_close(j, '}');
}

/* A column per series that was put, its blocks one after the other; then the names of the rows. */
static void write_table(json *j, const lab_view *view, const lab_frame *frame, const frame_content *content) {
    bool labelled = false;
    for (int32_t s = 0; s < view->n_series; s++) {
        json_open(j, view->series[s].name, '[');
        for (frame_block block = {0}; frame_next(frame, &block);)
            for (size_t i = 0; block.kind == LAB_BLOCK_COLUMN && block.series == s && i < block.rows; i++)
                json_float(j, NULL, block.value[i]);
        json_close(j, ']');
    }
    for (frame_block block = {0}; content->has_labels && !labelled && frame_next(frame, &block);) {
        if (block.kind != LAB_BLOCK_COLUMN || block.n_labels == 0)
            continue;
        json_open(j, "label", '[');
        write_labels(j, &block, content->table_rows);
        json_close(j, ']');
        labelled = true;
    }
}

static void write_view(json *j, const lab_view *view, const lab_frame *frame) {
    const frame_content content = frame_count(frame);
    json_open(j, view->name, '{');
    if (view->kind == LAB_TABLE)
        write_table(j, view, frame, &content);
    else if (content.rows > 0 || content.grids == 0)
        write_rows(j, view, frame, &content);
    if (content.grids > 0)
        write_grids(j, view, frame, &content);
    if (content.edges > 0)
        write_edges(j, frame);
    json_close(j, '}');
}

/* --- The rest ----------------------------------------------------------------------------------------------------- */

static void write_params(json *j, const lab_run *run) {
    json_open(j, "params", '{');
    for (int32_t i = 0; i < run->lab->n_params; i++) {
        const lab_param *param = &run->lab->params[i];
        char text[CLI_NUMBER_LENGTH];
        if (param->kind == LAB_CHOICE || param->kind == LAB_TOGGLE)
            json_text(j, param->name, cli_param_text(param, run->param[i], text));
        else
            json_double(j, param->name, run->param[i]);
    }
    json_close(j, '}');
}

static void write_readouts(json *j, const lab_run *run) {
    json_open(j, "readouts", '{');
    for (int32_t i = 0; i < run->lab->n_readouts; i++) {
        const lab_readout *readout = &run->lab->readouts[i];
        const char *choice = cli_readout_choice(readout, run->readout[i]);
        if (choice != NULL)
            json_text(j, readout->name, choice);
        else
            json_double(j, readout->name, run->readout[i]);
    }
    json_close(j, '}');
}

void cli_write_json(lab_run *run, lab_frame *frame, FILE *out) {
    const lab *experiment = run->lab;
    json j = {.out = out};
    json_open(&j, NULL, '{');
    json_text(&j, "lab", experiment->name);
    write_params(&j, run);
    json_double(&j, "seed", (double)run->seed);
    json_double(&j, "steps", run->progress.step);
    json_open(&j, "views", '{');
    for (int32_t i = 0; i < experiment->n_views; i++) {
        cli_read_view(run, i, frame);
        write_view(&j, &experiment->views[i], frame);
    }
    json_close(&j, '}');
    write_readouts(&j, run);
    json_open(&j, "goals", '{');
    for (int32_t i = 0; i < experiment->n_goals; i++)
        json_bool(&j, experiment->goals[i].name, run->goal_met[i]);
    json_close(&j, '}');
    if (run->status != ML_OK)
        json_text(&j, "error", run->error.message);
    json_close(&j, '}');
    fputc('\n', out);
}
