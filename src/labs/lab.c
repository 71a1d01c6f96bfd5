/* The host's side of a lab: params, runs, frames. Nothing here knows any lab by name. */
#include "lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"

/* --- Names -------------------------------------------------------------------------------------------------------- */

const lab *lab_find(const char *name) {
    for (int32_t i = 0; i < lab_list_length; i++)
        if (strcmp(lab_list[i]->name, name) == 0)
            return lab_list[i];
    return NULL;
}

int32_t lab_param_index(const lab *experiment, const char *name) {
    for (int32_t i = 0; i < experiment->n_params; i++)
        if (strcmp(experiment->params[i].name, name) == 0)
            return i;
    return -1;
}

int32_t lab_action_index(const lab *experiment, const char *name) {
    for (int32_t i = 0; i < experiment->n_actions; i++)
        if (strcmp(experiment->actions[i].name, name) == 0)
            return i;
    return -1;
}

/* --- Params ------------------------------------------------------------------------------------------------------- */

static int32_t choice_count(const lab_param *param) {
    int32_t n = 0;
    while (param->choices[n] != NULL)
        n++;
    return n;
}

double lab_param_clamp(const lab_param *param, double value) {
    double min = param->min, max = param->max;
    if (param->kind == LAB_TOGGLE)
        min = 0, max = 1;
    else if (param->kind == LAB_CHOICE)
        min = 0, max = choice_count(param) - 1;
    if (isnan(value))
        return param->initial;
    if (param->kind != LAB_NUMBER && isfinite(value))
        value = floor(value + 0.5);
    return value < min ? min : value > max ? max : value;
}

static ml_status parse_choice(const lab_param *param, const char *text, double *value, ml_error *error) {
    char allowed[ML_ERROR_LENGTH] = "";
    for (int32_t i = 0; param->choices[i] != NULL; i++) {
        if (strcmp(param->choices[i], text) == 0) {
            *value = i;
            return ML_OK;
        }
        size_t used = strlen(allowed);
        snprintf(allowed + used, sizeof allowed - used, "%s%s", i ? ", " : "", param->choices[i]);
    }
    return ml_fail(error, ML_EINVAL, "%s cannot be '%.40s'; it is one of %s", param->name, text, allowed);
}

static ml_status parse_toggle(const lab_param *param, const char *text, double *value, ml_error *error) {
    static const char *const on[] = {"on", "true", "yes", "1"}, *const off[] = {"off", "false", "no", "0"};
    for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
        if (strcmp(text, on[i]) == 0 || strcmp(text, off[i]) == 0) {
            *value = strcmp(text, on[i]) == 0;
            return ML_OK;
        }
    }
    return ml_fail(error, ML_EINVAL, "%s cannot be '%.40s'; it is on or off", param->name, text);
}

ml_status lab_param_parse(const lab_param *param, const char *text, double *value, ml_error *note) {
    if (note != NULL)
        note->message[0] = '\0';
    if (param->kind == LAB_CHOICE)
        return parse_choice(param, text, value, note);
    if (param->kind == LAB_TOGGLE)
        return parse_toggle(param, text, value, note);
    double number;
    if (!ml_decimal_read(strlen(text), text, &number))
        return ml_fail(note, ML_EINVAL, "%s cannot be '%.40s'; it is a number from %g to %g", param->name, text,
                       param->min, param->max);
    double allowed = lab_param_clamp(param, number);
    if (allowed != number)
        (void)ml_fail(note, ML_OK, "%s is %g here, not %.40s; it is a%s number from %g to %g", param->name, allowed,
                      text, param->kind == LAB_INTEGER ? " whole" : "", param->min, param->max);
    *value = allowed;
    return ML_OK;
}

/* --- Runs --------------------------------------------------------------------------------------------------------- */

enum { ALIGNMENT = 64 }; /* as the arena's */

static size_t round_up(size_t bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

size_t lab_run_bytes(const lab *experiment) {
    return round_up(experiment->state_bytes) + round_up(experiment->keep_bytes) + round_up(experiment->arena_bytes) +
           ALIGNMENT;
}

/* The browser's module has no files in it: the page fetches them. */
static void take_own_data(lab_run *run) {
#ifndef __wasm__
    for (int32_t i = 0; run->lab->data != NULL && i < lab_file_list_length; i++)
        if (strcmp(lab_file_list[i].name, run->lab->data) == 0)
            lab_run_data(run, (const char *)lab_file_list[i].bytes, lab_file_list[i].n_bytes);
#else
    (void)run;
#endif
}

ml_status lab_run_open(lab_run *run, const lab *experiment, void *memory, size_t bytes, double (*now)(void)) {
    *run = (lab_run){.lab = experiment, .now = now};
    if (bytes < lab_run_bytes(experiment))
        return ml_fail(&run->error, run->status = ML_ENOMEM, "the lab %s needs %zu bytes and was given %zu",
                       experiment->name, lab_run_bytes(experiment), bytes);
    ml_arena all = ml_arena_over(memory, bytes);
    run->state = ml_arena_alloc(&all, experiment->state_bytes, 1);
    run->keep = ml_arena_alloc(&all, experiment->keep_bytes, 1);
    void *arena = ml_arena_alloc(&all, experiment->arena_bytes, 1);
    run->arena = ml_arena_over(arena, experiment->arena_bytes);
    for (int32_t i = 0; i < experiment->n_params; i++)
        run->param[i] = experiment->params[i].initial;
    take_own_data(run);
    return ML_OK;
}

void lab_run_data(lab_run *run, const char *data, size_t bytes) {
    run->data = data;
    run->data_bytes = bytes;
}

void lab_run_rows(lab_run *run, const lab_rows *rows) {
    run->rows = rows;
}

/* One setting, "max_batch=8", of `length` characters. */
static ml_status apply_setting(lab_run *run, const char *setting, size_t length, ml_error *error) {
    char name[80], *value;
    ml_error note;
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), setting);
    if ((value = strchr(name, '=')) == NULL)
        return ml_fail(error, ML_EINVAL, "'%.40s' is not of the form name=value", name);
    *value++ = '\0';
    const int32_t param = lab_param_index(run->lab, name);
    if (param < 0)
        return ml_fail(error, ML_EINVAL, "the lab %s has no setting '%.40s'", run->lab->name, name);
    double number;
    if (lab_param_parse(&run->lab->params[param], value, &number, &note) != ML_OK || note.message[0] != '\0')
        return ml_fail(error, ML_EINVAL, "%s", note.message);
    run->param[param] = number;
    return ML_OK;
}

ml_status lab_run_apply(lab_run *run, const char *settings, ml_error *error) {
    for (const char *at = settings + strspn(settings, " "); *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        ML_TRY(apply_setting(run, at, length, error));
        at += length;
    }
    return ML_OK;
}

ml_status lab_run_start(lab_run *run, uint64_t seed) {
    run->seed = seed;
    run->progress = (lab_progress){0};
    run->error.message[0] = '\0';
    memset(run->goal_met, 0, sizeof run->goal_met);
    memset(run->state, 0, run->lab->state_bytes);
    run->arena.used = 0;
    if (run->lab->data != NULL && run->data == NULL)
        return run->status = ml_fail(&run->error, ML_EINVAL, "the lab %s needs its data, %s, which is not there",
                                     run->lab->name, run->lab->data);
    const lab_csv *csv = run->lab->csv;
    if (csv != NULL && run->rows == NULL && run->param[csv->param] == csv->choice)
        return run->status = ml_fail(&run->error, ML_EINVAL, "this needs a CSV file of your own; settings and links "
                                     "do not carry one. Give it a file, or choose other data");
    const lab_setup setup = {.arena = &run->arena, .seed = seed, .now = run->now, .keep = run->keep,
                             .data = run->data, .data_bytes = run->data_bytes, .rows = run->rows};
    run->status = run->lab->init(run->state, run->param, &setup, &run->error);
    return run->status;
}

ml_status lab_run_advance(lab_run *run, int32_t steps, int64_t budget) {
    const int32_t wanted = steps > INT32_MAX - run->progress.step ? INT32_MAX : run->progress.step + steps;
    while (run->status == ML_OK && !run->progress.finished && run->progress.step < wanted && budget > 0)
        run->status = run->lab->step(run->state, run->param, &budget, &run->progress, &run->error);
    return run->status;
}

ml_status lab_run_set(lab_run *run, int32_t param, double value) {
    const lab_param *declared = &run->lab->params[param];
    run->param[param] = lab_param_clamp(declared, value);
    if (!declared->live)
        return lab_run_start(run, run->seed);
    if (run->status == ML_OK && run->lab->adjust != NULL)
        run->status = run->lab->adjust(run->state, run->param, param, &run->error);
    return run->status;
}

ml_status lab_run_act(lab_run *run, int32_t action) {
    if (run->status == ML_OK && run->lab->act != NULL)
        run->status = run->lab->act(run->state, run->param, action, &run->error);
    return run->status;
}

void lab_run_pick(lab_run *run, int32_t view, int32_t item) {
    if (run->lab->pick != NULL && run->lab->views[view].pick)
        run->lab->pick(run->state, view, item);
}

void lab_run_draw(lab_run *run, int32_t view, const float *ink) {
    const lab_view *pad = &run->lab->views[view];
    if (run->lab->draw == NULL || pad->kind != LAB_PAD)
        return;
    for (int32_t i = 0; i < pad->ink_width * pad->ink_height; i++)
        if (!(ink[i] >= 0.0f && ink[i] <= 1.0f)) /* NaN too */
            return;
    run->lab->draw(run->state, run->param, view, ink);
}

void lab_run_figures(lab_run *run) {
    const lab *experiment = run->lab;
    experiment->figures(run->state, run->param, run->readout);
    for (int32_t i = 0; i < experiment->n_goals; i++)
        if (run->progress.step > 0 && !run->goal_met[i])
            run->goal_met[i] = experiment->goals[i].met(run->state, run->param, run->readout);
}

void lab_run_read(lab_run *run, int32_t view, lab_frame *frame) {
    frame->length = frame->text_length = frame->last = 0;
    frame->empty = true;
    frame->full = false;
    run->lab->read(run->state, run->param, view, frame);
}

/* --- Frames ------------------------------------------------------------------------------------------------------- */

/* Room for a block of `extra + rows * columns` floats after its header; NULL when it does not fit. */
static float *open_block(lab_frame *frame, int kind, int32_t series, size_t rows, size_t columns, size_t extra) {
    const size_t room = frame->capacity - frame->length;
    if (frame->full || room < LAB_BLOCK_HEADER + extra ||
        (columns != 0 && rows > (room - LAB_BLOCK_HEADER - extra) / columns)) {
        frame->full = true;
        return NULL;
    }
    float *block = frame->data + frame->length;
    memset(block, 0, LAB_BLOCK_HEADER * sizeof *block);
    block[LAB_BLOCK_KIND] = (float)kind;
    block[LAB_BLOCK_SERIES] = (float)series;
    block[LAB_BLOCK_ROWS] = (float)rows;
    block[LAB_BLOCK_COLUMNS] = (float)columns;
    frame->last = frame->length;
    frame->empty = false;
    frame->length += LAB_BLOCK_HEADER + extra + rows * columns;
    return block + LAB_BLOCK_HEADER;
}

static float *copy(float *to, size_t n, const float *from) {
    if (n > 0)
        memcpy(to, from, n * sizeof *to);
    return to + n;
}

void lab_put_points(lab_frame *frame, int32_t series, size_t n, const float *x, const float *y) {
    float *column = open_block(frame, LAB_BLOCK_POINTS, series, n, 2, 0);
    if (column == NULL)
        return;
    if (x != NULL)
        column = copy(column, n, x);
    else
        for (size_t i = 0; i < n; i++)
            *column++ = (float)i;
    copy(column, n, y);
}

void lab_put_point(lab_frame *frame, int32_t series, float x, float y) {
    lab_put_points(frame, series, 1, &x, &y);
}

void lab_put_classes(lab_frame *frame, const float *class_of, const float *size, const float *ring) {
    if (frame->full || frame->empty || frame->data[frame->last + LAB_BLOCK_KIND] != (float)LAB_BLOCK_POINTS)
        return;
    float *block = frame->data + frame->last;
    const size_t n = (size_t)block[LAB_BLOCK_ROWS];
    const float *columns[3] = {class_of, size, ring};
    for (int i = 0; i < 3; i++) {
        if (columns[i] == NULL)
            continue;
        if (n > frame->capacity - frame->length) {
            frame->full = true;
            return;
        }
        copy(frame->data + frame->length, n, columns[i]);
        frame->length += n;
        block[LAB_BLOCK_COLUMNS] += 1.0f;
        block[LAB_BLOCK_HAS] += (float)(1 << i);
    }
}

void lab_put_grid(lab_frame *frame, int32_t series, lab_grid grid, const float *value) {
    float *block = open_block(frame, LAB_BLOCK_GRID, series, (size_t)grid.height, (size_t)grid.width, 6);
    if (block == NULL)
        return;
    const float bounds[6] = {grid.x0, grid.x1, grid.y0, grid.y1, grid.low, grid.high};
    copy(copy(block, 6, bounds), (size_t)grid.width * (size_t)grid.height, value);
}

void lab_put_column(lab_frame *frame, int32_t series, size_t n, const float *value) {
    float *column = open_block(frame, LAB_BLOCK_COLUMN, series, n, 1, 0);
    if (column != NULL)
        copy(column, n, value);
}

/* Two or three columns and one that may be missing. */
static void put_columns(lab_frame *frame, int kind, int32_t series, size_t n, int given, const float *const *columns,
                        const float *optional) {
    float *column = open_block(frame, kind, series, n, (size_t)given + (optional != NULL), 0);
    if (column == NULL)
        return;
    for (int i = 0; i < given; i++)
        column = copy(column, n, columns[i]);
    if (optional != NULL) {
        copy(column, n, optional);
        frame->data[frame->last + LAB_BLOCK_HAS] = 1.0f;
    }
}

void lab_put_spans(lab_frame *frame, int32_t series, size_t n, const float *start, const float *end, const float *lane,
                   const float *value) {
    put_columns(frame, LAB_BLOCK_SPANS, series, n, 3, (const float *const[]){start, end, lane}, value);
}

void lab_put_edges(lab_frame *frame, int32_t series, size_t n, const float *from, const float *to, const float *lit) {
    put_columns(frame, LAB_BLOCK_EDGES, series, n, 2, (const float *const[]){from, to}, lit);
}

void lab_put_label(lab_frame *frame, const char *format, ...) {
    if (frame->full || frame->empty)
        return;
    const size_t room = frame->text_capacity - frame->text_length;
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(frame->text + frame->text_length, room, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= room) {
        frame->full = true;
        return;
    }
    frame->text_length += (size_t)length + 1;
    frame->data[frame->last + LAB_BLOCK_LABELS] += 1.0f;
}
