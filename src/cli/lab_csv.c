/* A run as CSV (RFC 4180, with comment lines): a block per view, headed by "# view NAME", then readouts and goals. */
#include "cli.h"
#include "frame.h"

#include <math.h>
#include <string.h>

static void write_text(FILE *out, const char *text) {
    if (strpbrk(text, ",\"\r\n#") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', out);
}

/* A value that is not finite is an empty cell. */
static void write_float(FILE *out, float value) {
    char text[CLI_NUMBER_LENGTH];
    if (isfinite(value))
        fputs(cli_float_text(value, text), out);
}

static void write_rows(const lab_view *view, const lab_frame *frame, const frame_content *content, FILE *out) {
    fputs("series", out);
    for (frame_column c = 0; c < N_COLUMNS; c++)
        if (content->has_column[c])
            fprintf(out, ",%s", frame_column_names[c]);
    fputs(content->has_labels ? ",label\n" : "\n", out);
    for (frame_block block = {0}; frame_next(frame, &block);) {
        const char *label = NULL;
        for (size_t i = 0; frame_is_rows(&block) && i < block.rows; i++) {
            if (block.series < view->n_series)
                write_text(out, view->series[block.series].name);
            for (frame_column c = 0; c < N_COLUMNS; c++) {
                const float *value = frame_column_of(&block, c);
                if (content->has_column[c])
                    fputc(',', out);
                if (value != NULL)
                    write_float(out, value[i]);
            }
            if (content->has_labels)
                fputc(',', out);
            label = frame_next_label(&block, i, label);
            if (label != NULL)
                write_text(out, label);
            fputc('\n', out);
        }
    }
}

/* One line per cell. Row 0 is the lowest y. */
static void write_grids(const lab_frame *frame, FILE *out) {
    size_t grid = 0;
    for (frame_block block = {0}; frame_next(frame, &block);) {
        if (block.kind != LAB_BLOCK_GRID)
            continue;
        fprintf(out, "# grid %zu:", grid++);
        for (size_t i = 0; i < block.n_labels; i++)
            fprintf(out, " %s", frame_label(&block, i));
        fputs("\n# x0,x1,y0,y1 ", out);
        for (size_t i = 0; i < 4; i++) {
            fputs(i ? "," : "", out);
            write_float(out, block.bounds[i]);
        }
        fputs("\nrow,column,value\n", out);
        for (size_t i = 0; i < block.rows * block.columns; i++) {
            fprintf(out, "%zu,%zu,", i / block.columns, i % block.columns);
            write_float(out, block.value[i]);
            fputc('\n', out);
        }
    }
}

static void write_edges(const lab_frame *frame, FILE *out) {
    fputs("from,to,lit\n", out);
    for (frame_block block = {0}; frame_next(frame, &block);) {
        for (size_t i = 0; block.kind == LAB_BLOCK_EDGES && i < block.rows; i++) {
            for (size_t c = 0; c < 3; c++) {
                fputs(c ? "," : "", out);
                write_float(out, c < block.columns ? block.value[c * block.rows + i] : 0.0f);
            }
            fputc('\n', out);
        }
    }
}

static void write_table(const lab_view *view, const lab_frame *frame, const frame_content *content, FILE *out) {
    fputs("label", out);
    for (int32_t s = 0; s < view->n_series; s++)
        fprintf(out, ",%s", view->series[s].name);
    fputc('\n', out);
    for (size_t row = 0; row < content->table_rows; row++) {
        bool named = false;
        for (frame_block block = {0}; !named && frame_next(frame, &block);) {
            const char *label = frame_label(&block, row);
            named = label != NULL;
            if (named)
                write_text(out, label);
        }
        for (int32_t s = 0; s < view->n_series; s++) {
            fputc(',', out);
            for (frame_block block = {0}; frame_next(frame, &block);)
                if (block.kind == LAB_BLOCK_COLUMN && block.series == s && row < block.rows)
                    write_float(out, block.value[row]);
        }
        fputc('\n', out);
    }
}

static void write_view(const lab_view *view, const lab_frame *frame, FILE *out) {
    const frame_content content = frame_count(frame);
    fprintf(out, "# view %s\n", view->name);
    if (view->kind == LAB_TABLE)
        write_table(view, frame, &content, out);
    else if (content.rows > 0 || content.grids == 0)
        write_rows(view, frame, &content, out);
    if (content.grids > 0)
        write_grids(frame, out);
    if (content.edges > 0)
        write_edges(frame, out);
    fputc('\n', out);
}

void cli_write_csv(lab_run *run, lab_frame *frame, FILE *out) {
    const lab *experiment = run->lab;
    for (int32_t i = 0; i < experiment->n_views; i++) {
        cli_read_view(run, i, frame);
        write_view(&experiment->views[i], frame, out);
    }
    fputs("# readouts\nname,value\n", out);
    for (int32_t i = 0; i < experiment->n_readouts; i++) {
        char text[CLI_NUMBER_LENGTH];
        const char *choice = cli_readout_choice(&experiment->readouts[i], run->readout[i]);
        fprintf(out, "%s,", experiment->readouts[i].name);
        if (choice != NULL)
            write_text(out, choice);
        else if (isfinite(run->readout[i]))
            fputs(cli_double_text(run->readout[i], text), out);
        fputc('\n', out);
    }
    fputs("\n# goals\nname,met\n", out);
    for (int32_t i = 0; i < experiment->n_goals; i++)
        fprintf(out, "%s,%s\n", experiment->goals[i].name, run->goal_met[i] ? "true" : "false");
}
