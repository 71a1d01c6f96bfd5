/* A trained model as JSON or as a C header. Knows no lab by name. */
#include "lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text that is written piece by piece, and counted beyond its end. */
typedef struct page {
    char *at; /* NULL: only counted */
    size_t capacity, length;
} page;

static void add(page *to, const char *format, ...) ML_PRINTF(2, 3);
static void add(page *to, const char *format, ...) {
    const size_t room = to->at != NULL && to->length < to->capacity ? to->capacity - to->length : 0;
    va_list args;
    va_start(args, format);
    const int added = vsnprintf(room > 0 ? to->at + to->length : NULL, room, format, args);
    va_end(args);
    to->length += added > 0 ? (size_t)added : 0;
}

/* What lies behind the text so far, for a writer of the library: its room is what is left. */
static char *rest(const page *to, size_t *capacity) {
    *capacity = to->at != NULL && to->length < to->capacity ? to->capacity - to->length : 0;
    return *capacity > 0 ? to->at + to->length : NULL;
}

/* A reader's file names what is in `about`: nothing of it may end a comment or a JSON string. */
static void make_harmless(char *text) {
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '"' || *c == '\\' || *c == '*')
            *c = '?';
}

/* The note as a comment, in lines of at most 110 bytes. */
static void add_comment(page *to, const char *text) {
    enum { WIDTH = 110 };
    for (size_t length = strlen(text); length > 0; length = strlen(text)) {
        size_t n = length;
        if (n > WIDTH)
            for (n = WIDTH; n > 1 && text[n] != ' ';)
                n--;
        if (n == 1)
            n = length; /* one word without an end */
        add(to, " * %.*s\n", (int)n, text);
        text += n + strspn(text + n, " ");
    }
}

static ml_status add_header(page *to, const lab_run *run, const lab_model *model, ml_arena *scratch, ml_error *error) {
    size_t capacity, length = 0;
    add(to, "/* Trained in the lab %s of Laymanz: seed %llu, after %d steps.\n *\n", run->lab->name,
        (unsigned long long)run->seed, (int)run->progress.step);
    add_comment(to, model->about);
    add(to, " *\n *     #include \"%s.h\"\n *     float x[%zu] = {...}, y[%zu];\n *     predict(x, y);\n */\n", run->lab->name,
        ml_tensor_count(&model->tape->node[model->input].value),
        ml_tensor_count(&model->tape->node[model->output].value));
    char *at = rest(to, &capacity);
    ML_TRY(ml_export_c(model->tape, model->input, model->output, "predict", capacity, at, &length, scratch, error));
    to->length += length;
    return ML_OK;
}

static ml_status add_json(page *to, const lab_run *run, const lab_model *model, ml_error *error) {
    size_t capacity, length = 0;
    add(to, "{\"lab\":\"%s\",\"seed\":%llu,\"steps\":%d,\n\"about\":\"%s\",\n\"settings\":{", run->lab->name,
        (unsigned long long)run->seed, (int)run->progress.step, model->about);
    for (int32_t i = 0; i < run->lab->n_params; i++) {
        const lab_param *param = &run->lab->params[i];
        add(to, "%s\"%s\":", i > 0 ? "," : "", param->name);
        if (param->kind == LAB_CHOICE)
            add(to, "\"%s\"", param->choices[(int)run->param[i]]);
        else if (param->kind == LAB_TOGGLE)
            add(to, "%s", run->param[i] != 0 ? "true" : "false");
        else
            add(to, "%.17g", run->param[i]);
    }
    add(to, "},\n\"model\":");
    char *at = rest(to, &capacity);
    ML_TRY(ml_export_json(model->params, capacity, at, &length, error));
    to->length += length;
    add(to, "}\n");
    return ML_OK;
}

ml_status lab_run_model(lab_run *run, lab_model_format format, void *scratch, size_t capacity, char *text,
                        size_t *length, ml_error *error) {
    page to = {text, capacity, 0};
    ml_arena arena = ml_arena_over(scratch, LAB_MODEL_SCRATCH);
    if (run->lab->model == NULL)
        return ml_fail(error, ML_EINVAL, "the lab %s has no model to give away", run->lab->name);
    if (run->status != ML_OK && run->status != ML_EDIVERGED) /* after that one the last good network is there */
        return ml_fail(error, run->status, "there is no model yet: %s", run->error.message);
    lab_model *model = ML_ALLOC(&arena, 1, lab_model);
    ML_TRY(run->lab->model(run->state, run->param, &arena, model, error));
    make_harmless(model->about);
    ML_TRY(format == LAB_MODEL_C ? add_header(&to, run, model, &arena, error) : add_json(&to, run, model, error));
    *length = to.length;
    if (text != NULL && to.length >= capacity)
        return ml_fail(error, ML_ENOMEM, "the model has %zu characters and there is room for %zu", to.length, capacity);
    return ML_OK;
}
