/* What a model said about a file, how right it was, and how that is told. */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include "figures.h"
#include "trained.h"

typedef struct outcome {
    const trained *model;
    const table_file *file; /* whose rows */
    answers said;
    figure_list figures;
    size_t judged; /* rows that the figures are of */
    note_list notes;
} outcome;

/* Predicts all rows of a file, and judges those that have the target, if the file has that column and the model knows
 * one. For clusters and strangeness, `positive` is the class that is strange; NULL: the second. Returns an exit status,
 * with a sentence on stderr unless it is CLI_OK. */
int outcome_make(const trained *model, const table_file *file, const char *positive, outcome *out);
void outcome_free(outcome *o);

/* As one JSON object; with the settings and parameters if wanted. */
void outcome_write_json(const outcome *o, bool parameters, FILE *out);

/* As CSV: the target if the file has it, the prediction, the probabilities. */
void outcome_write_csv(const outcome *o, FILE *out);

/* As a report for a person (report_fit.c). */
void outcome_print(const outcome *o);

/* A prediction as text: a number, or the class's name. */
const char *outcome_text(const outcome *o, size_t row, char text[CLI_NUMBER_LENGTH]);

#endif
