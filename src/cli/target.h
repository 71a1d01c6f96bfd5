/* What the target's column is: numbers, or classes, and which. */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "models/model.h"
#include "table.h"

enum { MOST_CLASSES = 1000 };

typedef struct class_list {
    size_t n;
    char **name; /* [n] in order: numbers by size, words by their bytes; of two the positive one is the second */
} class_list;

/* The different values of a column.
 *   positive  of two, which is to be the second; NULL: as they are
 * Returns CLI_OK; or CLI_USAGE if there are more than MOST_CLASSES, or `positive` is none of exactly two. */
int classes_read(const table_file *file, const ml_column *column, const char *positive, class_list *out);
void classes_free(class_list *c);

/* How many different values a column has; more than MOST_CLASSES all count as one more than that. */
size_t count_values(const ml_column *column, size_t rows);

/* Whether a column of numbers reads like classes: two different values; or whole numbers, at most 20 different ones,
 * five rows each on average. */
bool classes_are_likely(const ml_column *column, size_t rows);

/* What a model of that kind is to do with the target.
 *   word   "regression", "classification" or NULL: decide
 * Returns CLI_OK, or CLI_USAGE with a sentence. */
int target_task(const table_file *file, const ml_column *target, const ml_model_kind *kind, const char *word,
                ml_task *task, note_list *notes);

#endif
