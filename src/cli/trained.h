/* A model with all that it takes to use it on another file: which columns it reads and how, and what its answers are
 * called. */
#ifndef CLI_TRAINED_H
#define CLI_TRAINED_H

#include "inputs.h"
#include "models/model.h"

typedef struct trained {
    inputs in;
    ml_model model;
    ml_model_names names; /* of features, classes, target; the target may be NULL */
    uint64_t seed;
    bool standard; /* scale=standard */
    void *input_memory, *model_memory; /* what it lies in */
} trained;

void trained_free(trained *t);

/* What a model says about rows. */
typedef struct answers {
    size_t n, outputs;   /* rows, values a row */
    double *prediction;  /* [n x outputs] of a classifier the class's index */
    double *probability; /* [n x classes]; NULL if it does not classify */
} answers;

/* All rows of a file. Returns CLI_OK, or CLI_USAGE with a sentence. */
int trained_predict(const trained *t, const table_file *file, answers *out, note_list *notes);
void answers_free(answers *a);

/* --- What is true, where a file says so --------------------------------------------------------------------------- */

/* Of the rows whose target is there. */
typedef struct target_rows {
    size_t n;
    uint32_t *row;   /* [n] */
    uint32_t *label; /* [n] classification; `classes` for a word that is none of them */
    double *target;  /* [n] regression */
    size_t unseen;   /* rows with such a word */
} target_rows;

/* Reads the target's column by the model's task and classes. Rows without a target, and unknown classes, go to the
 * notes. Returns CLI_OK, or CLI_USAGE if a number was to be predicted and the column has words. */
int truth_read(const table_file *file, const char *target, ml_task task, size_t classes, const char *const *class_,
               target_rows *out, note_list *notes);
void truth_free(target_rows *t);

/* --- Files (trained_file.c) --------------------------------------------------------------------------------------- */

/* Both return an exit status, with a sentence on stderr unless it is CLI_OK. */
int trained_save(const trained *t, const char *path);
int trained_load(const char *path, trained *t);

#endif
