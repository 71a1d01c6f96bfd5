/* How the columns of a table become the features of a model. Learned from training rows, kept with the model, and then
 * the same for any other table. */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "features/pipeline.h"
#include "table.h"

/* A column that the model reads. */
typedef struct input {
    const char *name;
    bool words;         /* a category: its level is one column of the features, 0 or 1 */
    bool missing_level; /* the last level stands for missing cells: training rows had some */
    size_t n_levels;
    const char **level; /* [n_levels] in order of their bytes */
} input;

typedef struct inputs {
    size_t n;
    input *item; /* [n] */
    bool contrast; /* for models whose columns must be independent: a category's first level has no column of its own
                    * but is -1 in those of the others, so that a coefficient is the distance from the mean of all
                    * levels, and a word that is not known, 0 everywhere, lies at that mean (deviation coding) */
    bool keep_missing; /* missing numbers stay NaN, for models that take that */
    ml_pipeline pipeline;
    size_t d; /* features */
} inputs;

/* How inputs are to be learned. */
typedef struct input_plan {
    const char *target;      /* a column that is no input; NULL: all are */
    const char *const *skip; /* [n_skip] others that are not to be used */
    size_t n_skip;
    bool standard;           /* numbers are brought to mean 0 and standard deviation 1 */
    bool contrast, keep_missing;
} input_plan;

/* Learns from some rows of a file.
 *   row     [n]  which rows
 *   memory       out: what the pipeline lies in, to be freed; the names are those of the file's table
 * What was done goes to the notes. Returns CLI_OK or CLI_USAGE, with a sentence. */
int inputs_learn(const table_file *file, const input_plan *plan, size_t n, const uint32_t *row, inputs *out,
                 void **memory, note_list *notes);

/* Gives back what inputs_learn made beside *memory. Not for inputs from a file. */
void inputs_free_learned(inputs *in);

/* The features of every row of a file, [rows x d], the caller's to free, in *x. Unknown words and columns that are not
 * used go to the notes. Returns CLI_OK, or CLI_USAGE for a column that is not there or holds words for numbers.
 *   target  a column that is not told as unused; NULL: none */
int inputs_apply(const inputs *in, const table_file *file, const char *target, double **x, note_list *notes);

/* The names of the features, [d]: the column's, or "column=word". Each and the list the caller's to free. */
char **inputs_feature_names(const inputs *in);

/* How many features the pipeline's columns are, without those of unknown words and, in contrasts, of first levels. */
size_t inputs_count(const inputs *in);

#endif
