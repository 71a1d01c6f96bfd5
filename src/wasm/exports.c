/* What the browser module exports: one run of one lab, and a frame to draw it from. A worker makes one instance of the
 * module for each lab on the page, so one of each is enough.
 *
 * JavaScript writes texts into the text buffer and reads arrays from the memory at the addresses that these functions
 * return. Memory may grow in wasm_open, wasm_data, wasm_csv, wasm_csv_read and wasm_model only: views made before them
 * are stale after them. */
#include <stdlib.h>
#include <string.h>

#include "labs/lab.h"

#define EXPORT(name) __attribute__((export_name(#name), used)) name

/* Seconds, from the host: for figures that are measured. */
__attribute__((import_module("env"), import_name("now"))) double wasm_host_now(void);

enum { TEXT_BYTES = 1 << 16, FRAME_FLOATS = 1 << 20 };

static lab_run run;
static void *memory; /* of the run */
static char *data;   /* the file that the lab reads */
static char *own_text; /* the reader's own CSV file, of own_bytes */
static size_t own_bytes;
static void *own_memory; /* of `own` */
static lab_table own;
static char *written; /* the model written last */
static lab_frame frame;
static _Alignas(16) char text[TEXT_BYTES];

/* Where JavaScript writes a text for the next call, NUL-terminated, at most 64 KiB. */
char *EXPORT(wasm_text)(void) {
    return text;
}

static void forget_own_file(void) {
    free(own_text);
    free(own_memory);
    own_text = NULL;
    own_memory = NULL;
    own = (lab_table){0};
    lab_run_rows(&run, NULL);
}

/* Opens the lab whose name is in the text buffer, with its initial params, in place of the one that was open. Returns a
 * status; wasm_error has the sentence. */
int32_t EXPORT(wasm_open)(void) {
    const lab *experiment = lab_find(text);
    free(memory);
    free(data);
    forget_own_file();
    memory = data = NULL;
    run = (lab_run){0};
    if (experiment == NULL)
        return ml_fail(&run.error, ML_EINVAL, "there is no lab named '%.60s'", text);
    if (frame.data == NULL)
        frame = (lab_frame){.data = malloc(FRAME_FLOATS * sizeof(float)), .capacity = FRAME_FLOATS,
                            .text = malloc(TEXT_BYTES), .text_capacity = TEXT_BYTES};
    memory = malloc(lab_run_bytes(experiment));
    if (memory == NULL || frame.data == NULL || frame.text == NULL)
        return ml_fail(&run.error, ML_ENOMEM, "there is not enough memory for this lab");
    return lab_run_open(&run, experiment, memory, lab_run_bytes(experiment), wasm_host_now);
}

/* Room for the file that the lab reads, of so many bytes: write them there, then call wasm_start. NULL if there is not
 * enough memory. Comes after wasm_open, which forgets the file. */
char *EXPORT(wasm_data)(double bytes) {
    free(data);
    data = bytes < UINT32_MAX / 2 ? malloc((size_t)bytes + 1) : NULL;
    lab_run_data(&run, data, data != NULL ? (size_t)bytes : 0);
    return data;
}

/* Room for a CSV file of the reader's own, of so many bytes: write it there, then call wasm_csv_read. NULL if there is
 * not enough memory. The file before it is forgotten; 0 bytes: that is all. */
char *EXPORT(wasm_csv)(double bytes) {
    forget_own_file();
    own_bytes = bytes < UINT32_MAX / 2 ? (size_t)bytes : 0;
    own_text = own_bytes > 0 ? malloc(own_bytes) : NULL;
    return own_text;
}

/* Reads it. Returns a status; wasm_error has the sentence. wasm_csv_show then tells what is in it. */
int32_t EXPORT(wasm_csv_read)(void) {
    const size_t bytes = lab_table_bytes(own_text, own_bytes);
    own_memory = malloc(bytes);
    if (own_memory == NULL)
        return ml_fail(&run.error, ML_ENOMEM, "there is not enough memory for this file; use a sample of it");
    return lab_table_read(&own, run.lab, own_text, own_bytes, own_memory, bytes, &run.error);
}

/* What was read, as wasm_read gives a view (lab.h: lab_table_describe). */
float *EXPORT(wasm_csv_show)(void) {
    lab_table_describe(&own, &frame);
    return frame.data;
}

/* Which column of the file stands for the wanted column `index`; then wasm_csv_take. */
void EXPORT(wasm_csv_choose)(int32_t index, int32_t column) {
    own.chosen[index] = column;
}

/* Makes the rows of the chosen columns. A status; call wasm_start next. */
int32_t EXPORT(wasm_csv_take)(void) {
    const ml_status status = lab_table_choose(&own, &run.error);
    lab_run_rows(&run, status == ML_OK ? &own.rows : NULL);
    return status;
}

/* What was done with the rows, in sentences. */
const char *EXPORT(wasm_csv_note)(void) {
    return own.note;
}

/* The trained model as text (lab.h: lab_model_format), until the next call; NULL, and wasm_error says why not. */
const char *EXPORT(wasm_model)(int32_t format) {
    size_t length = 0;
    void *scratch = malloc(LAB_MODEL_SCRATCH);
    free(written);
    written = NULL;
    if (scratch != NULL && lab_run_model(&run, (lab_model_format)format, scratch, 0, NULL, &length, &run.error) == ML_OK)
        written = malloc(length + 1);
    if (written != NULL)
        (void)lab_run_model(&run, (lab_model_format)format, scratch, length + 1, written, &length, &run.error);
    free(scratch);
    return written;
}

/* The params, as doubles in their declared order. Write them, then call wasm_start; or use wasm_set. */
double *EXPORT(wasm_params)(void) {
    return run.param;
}

/* The value nearest to `value` that param `index` allows. */
double EXPORT(wasm_clamp)(int32_t index, double value) {
    return lab_param_clamp(&run.lab->params[index], value);
}

int32_t EXPORT(wasm_start)(double seed) {
    for (int32_t i = 0; i < run.lab->n_params; i++)
        run.param[i] = lab_param_clamp(&run.lab->params[i], run.param[i]);
    return lab_run_start(&run, (uint64_t)seed);
}

int32_t EXPORT(wasm_set)(int32_t param, double value) {
    return lab_run_set(&run, param, value);
}

/* Up to `steps` more steps, or about `budget` multiply-adds, whichever ends first. */
int32_t EXPORT(wasm_advance)(int32_t steps, double budget) {
    return lab_run_advance(&run, steps, (int64_t)budget);
}

int32_t EXPORT(wasm_act)(int32_t action) {
    return lab_run_act(&run, action);
}

void EXPORT(wasm_pick)(int32_t view, int32_t item) {
    lab_run_pick(&run, view, item);
}

/* Where to write what the reader has drawn on a pad, before wasm_draw: floats, row by row from the top. */
float *EXPORT(wasm_ink)(void) {
    return (float *)(void *)text;
}

void EXPORT(wasm_draw)(int32_t view) {
    lab_run_draw(&run, view, wasm_ink());
}

int32_t EXPORT(wasm_steps_done)(void) {
    return run.progress.step;
}

int32_t EXPORT(wasm_finished)(void) {
    return run.progress.finished;
}

/* The readouts, as doubles in their declared order; computing them also sees which goals are met. */
double *EXPORT(wasm_figures)(void) {
    lab_run_figures(&run);
    return run.readout;
}

/* A bit for each goal that this run has met, by the figures computed last. */
uint32_t EXPORT(wasm_goals)(void) {
    uint32_t met = 0;
    for (int32_t i = 0; i < run.lab->n_goals; i++)
        met |= (uint32_t)run.goal_met[i] << i;
    return met;
}

/* Draws a view: the address of its blocks (lab.h: LAB_BLOCK_*). */
float *EXPORT(wasm_read)(int32_t view) {
    lab_run_read(&run, view, &frame);
    return frame.data;
}

uint32_t EXPORT(wasm_read_floats)(void) {
    return (uint32_t)frame.length;
}

/* The labels of the view drawn last, NUL-terminated one after the other. */
char *EXPORT(wasm_read_text)(void) {
    return frame.text;
}

uint32_t EXPORT(wasm_read_text_bytes)(void) {
    return (uint32_t)frame.text_length;
}

/* 1 if the view drawn last did not fit. */
int32_t EXPORT(wasm_read_full)(void) {
    return frame.full;
}

/* The sentence of the last failure, or "". */
const char *EXPORT(wasm_error)(void) {
    return run.error.message;
}
