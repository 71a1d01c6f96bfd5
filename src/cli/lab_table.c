/* A run for reading: readouts, goals and the views that fit on a screen. */
#include "cli.h"
#include "frame.h"

#include <math.h>
#include <string.h>

enum { SMALL = 24, CELL = 14 }; /* rows and grid sides that are shown; width of a column */

/* Columns on the screen: UTF-8's following bytes take none. */
static int screen_width(const char *text) {
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void write_padded(FILE *out, const char *text, int width) {
    fputs(text, out);
    for (int i = screen_width(text); i < width; i++)
        fputc(' ', out);
}

static void write_right(FILE *out, const char *text, int width) {
    for (int i = screen_width(text); i < width; i++)
        fputc(' ', out);
    fputs(text, out);
}

/* --- Readouts ----------------------------------------------------------------------------------------------------- */

static const char *readout_text(const lab_readout *readout, double value, char text[CLI_NUMBER_LENGTH]) {
    const char *choice = cli_readout_choice(readout, value);
    if (choice != NULL)
        return choice;
    if (value == -1 && readout->absent != NULL)
        return readout->absent;
    if (!isfinite(value))
        return "not a number";
    const bool whole = value == floor(value);
    snprintf(text, CLI_NUMBER_LENGTH, "%.*g", readout->digits ? readout->digits : 3, value);
    if ((whole || (strchr(text, 'e') != NULL && fabs(value) >= 1)) && fabs(value) < 1e15)
        snprintf(text, CLI_NUMBER_LENGTH, "%.0f", value); /* 113000, not 1.13e+05 */
    return text;
}

static void write_readouts(const lab_run *run, FILE *out) {
    int name_width = 0, label_width = 0;
    for (int32_t i = 0; i < run->lab->n_readouts; i++) {
        const int name = screen_width(run->lab->readouts[i].name), label = screen_width(run->lab->readouts[i].label);
        name_width = name > name_width ? name : name_width;
        label_width = label > label_width ? label : label_width;
    }
    for (int32_t i = 0; i < run->lab->n_readouts; i++) {
        const lab_readout *readout = &run->lab->readouts[i];
        char text[CLI_NUMBER_LENGTH];
        write_padded(out, readout->name, name_width + 2);
        write_padded(out, readout->label, label_width + 2);
        const char *value = readout_text(readout, run->readout[i], text);
        const bool unit = value == text && readout->unit != NULL && readout->unit[0] != '\0';
        fprintf(out, "%s%s%s\n", value, unit ? " " : "", unit ? readout->unit : "");
    }
}

/* --- Views -------------------------------------------------------------------------------------------------------- */

static void write_cell(FILE *out, const float *value) {
    char text[CLI_NUMBER_LENGTH] = "";
    if (value != NULL)
        snprintf(text, sizeof text, "%.5g", (double)*value);
    write_right(out, text, CELL);
}

static void write_rows(const lab_view *view, const lab_frame *frame, const frame_content *content, FILE *out) {
    write_padded(out, "  series", 24);
    for (frame_column c = 0; c < N_COLUMNS; c++)
        if (content->has_column[c])
            write_right(out, frame_column_names[c], CELL);
    fputs(content->has_labels ? "  label\n" : "\n", out);
    for (frame_block block = {0}; frame_next(frame, &block);) {
        for (size_t i = 0; frame_is_rows(&block) && i < block.rows; i++) {
            fputs("  ", out);
            write_padded(out, block.series < view->n_series ? view->series[block.series].name : "", 22);
            for (frame_column c = 0; c < N_COLUMNS; c++) {
                const float *value = frame_column_of(&block, c);
                if (content->has_column[c])
                    write_cell(out, value != NULL ? value + i : NULL);
            }
            const char *label = frame_label(&block, i);
            fprintf(out, "%s%s\n", label ? "  " : "", label ? label : "");
        }
    }
}

static void write_grid(const frame_block *block, FILE *out) {
    for (size_t row = 0; row < block->rows; row++) {
        const char *label = frame_label(block, row);
        fputs("  ", out);
        write_padded(out, label ? label : "", 22);
        for (size_t column = 0; column < block->columns; column++)
            write_cell(out, &block->value[row * block->columns + column]);
        fputc('\n', out);
    }
}

static void write_table(const lab_view *view, const lab_frame *frame, const frame_content *content, FILE *out) {
    write_padded(out, "", 24);
    for (int32_t s = 0; s < view->n_series; s++)
        write_right(out, view->series[s].name, CELL + 4);
    fputc('\n', out);
    for (size_t row = 0; row < content->table_rows; row++) {
        const char *label = NULL;
        for (frame_block block = {0}; label == NULL && frame_next(frame, &block);)
            label = frame_label(&block, row);
        fputs("  ", out);
        write_padded(out, label ? label : "", 22);
        for (int32_t s = 0; s < view->n_series; s++) {
            const float *value = NULL;
            for (frame_block block = {0}; frame_next(frame, &block);)
                if (block.kind == LAB_BLOCK_COLUMN && block.series == s && row < block.rows)
                    value = &block.value[row];
            fputs("    ", out);
            write_cell(out, value);
        }
        fputc('\n', out);
    }
}

static void write_view(const lab_view *view, const lab_frame *frame, FILE *out) {
    const frame_content content = frame_count(frame);
    frame_block first = {0};
    const bool any = frame_next(frame, &first);
    fprintf(out, "\n%s: %s", view->name, view->title);
    if (view->kind == LAB_TABLE && content.table_rows > 0 && content.table_rows <= SMALL) {
        fputc('\n', out);
        write_table(view, frame, &content, out);
    } else if (view->kind == LAB_MATRIX && any && first.kind == LAB_BLOCK_GRID && first.rows <= SMALL) {
        fputc('\n', out);
        write_grid(&first, out);
    } else if (content.rows > 0 && content.rows <= SMALL && content.grids == 0) {
        fputc('\n', out);
        write_rows(view, frame, &content, out);
    } else if (!any) {
        fputs(" (empty so far)\n", out);
    } else {
        const size_t rows = view->kind == LAB_TABLE ? content.table_rows : content.rows;
        fputs(" (", out);
        if (rows > 0)
            fprintf(out, "%zu rows%s", rows, content.grids > 0 ? " and " : "");
        if (content.grids > 0)
            fprintf(out, "%zu heatmap%s", content.grids, content.grids == 1 ? "" : "s");
        fputs("; --format csv or json shows them)\n", out);
    }
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

void cli_write_table(lab_run *run, lab_frame *frame, FILE *out) {
    const lab *experiment = run->lab;
    char text[CLI_NUMBER_LENGTH];
    fprintf(out, "%s: %s\n%s\n\n", experiment->name, experiment->title, experiment->question);
    for (int32_t i = 0; i < experiment->n_params; i++)
        fprintf(out, "%s%s=%s", i ? " " : "", experiment->params[i].name,
                cli_param_text(&experiment->params[i], run->param[i], text));
    fprintf(out, "\nseed %llu, %d steps%s\n\n", (unsigned long long)run->seed, run->progress.step,
            run->progress.finished ? ", finished" : "");
    write_readouts(run, out);
    if (experiment->n_goals > 0)
        fputc('\n', out);
    for (int32_t i = 0; i < experiment->n_goals; i++)
        fprintf(out, "[%c] %s\n", run->goal_met[i] ? 'x' : ' ', experiment->goals[i].sentence);
    for (int32_t i = 0; i < experiment->n_views; i++) {
        cli_read_view(run, i, frame);
        write_view(&experiment->views[i], frame, out);
    }
    if (run->status != ML_OK)
        fprintf(out, "\nThe run failed: %s\n", run->error.message);
}
