#include <stdio.h>
#include <string.h>

#include "data/data.h"

ml_status ml_table_find(const ml_table *table, const char *name, size_t *index, ml_error *error) {
    for (size_t j = 0; j < table->n_columns; j++)
        if (strcmp(table->column[j].name, name) == 0) {
            *index = j;
            return ML_OK;
        }
    char names[2 * ML_ERROR_LENGTH] = ""; /* more than a sentence holds: ml_fail cuts it at a whole character */
    for (size_t j = 0, used = 0; j < table->n_columns && used < ML_ERROR_LENGTH; used = strlen(names), j++)
        (void)snprintf(names + used, sizeof names - used, "%s%s", j > 0 ? ", " : "", table->column[j].name);
    return ml_fail(error, ML_EINVAL, "there is no column '%.100s'; there are: %s", name, names);
}

const char *ml_column_word(const ml_column *column, size_t row) {
    if (column->code == NULL || column->code[row] == ML_CODE_MISSING)
        return NULL;
    return column->level[column->code[row]];
}

ml_status ml_table_matrix(const ml_table *table, size_t d, const size_t *index, double *matrix, ml_error *error) {
    for (size_t j = 0; j < d; j++) {
        if (index[j] >= table->n_columns)
            return ml_fail(error, ML_EINVAL, "column %zu does not exist; the table has %zu, counted from 0", index[j],
                           table->n_columns);
        if (table->column[index[j]].number == NULL)
            return ml_fail(error, ML_EINVAL, "column '%.60s' holds no numbers; leave it out or encode it first",
                           table->column[index[j]].name);
    }
    for (size_t i = 0; i < table->n_rows; i++)
        for (size_t j = 0; j < d; j++)
            matrix[i * d + j] = table->column[index[j]].number[i];
    return ML_OK;
}
