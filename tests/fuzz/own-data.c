/* The reader's own file, as a lab takes it: any bytes are refused with a sentence, or are rows that a lab can learn
 * from, in the memory that lab_table_bytes promises. */
#include "fuzz.h"

#include <math.h>

#include "lab.h"

enum { FLOATS = 1 << 14, LABELS = 1 << 16 };

static const lab *lab_with_csv(void) {
    for (int32_t i = 0; i < lab_list_length; i++)
        if (lab_list[i]->csv != NULL)
            return lab_list[i];
    return NULL;
}

static void rows_must_be_fit(const lab_table *t) {
    const lab_csv *csv = t->lab->csv;
    MUST(t->rows.n >= csv->min_rows && t->rows.n <= csv->max_rows && t->note[0] != '\0');
    for (int32_t i = 0; i < csv->n_columns; i++) {
        const float *const column = t->rows.column[i];
        size_t ones = 0;
        MUST(t->rows.name[i][0] != '\0');
        for (size_t k = 0; k < t->rows.n; k++) {
            MUST(isfinite(column[k]));
            ones += column[k] == 1;
            MUST(csv->columns[i].kind == LAB_COLUMN_NUMBER || column[k] == 0 || column[k] == 1);
        }
        if (csv->columns[i].kind != LAB_COLUMN_TWO_CLASSES)
            continue;
        MUST(ones > 0 && ones < t->rows.n);
        MUST(strcmp(t->rows.classes[0], t->rows.classes[1]) != 0);
    }
}

static void choose(lab_table *t) {
    ml_error error = {""};
    const ml_status status = lab_table_choose(t, &error);
    fuzz_must_say(status, &error);
    MUST(status == ML_OK || (status == ML_EINVAL && t->rows.n == 0));
    if (status == ML_OK)
        rows_must_be_fit(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static float floats[FLOATS];
    static char labels[LABELS];
    const char *const text = (const char *)data;
    const size_t bytes = lab_table_bytes(text, size);
    ml_rng rng = fuzz_rng(size, data);
    ml_error error = {""};
    lab_table t;
    void *const memory = malloc(bytes);
    MUST(memory != NULL);
    fuzz_guard = 0;
    const ml_status status = lab_table_read(&t, lab_with_csv(), text, size, memory, bytes, &error);
    fuzz_must_say(status, &error);
    MUST(status == ML_OK || status == ML_EINVAL || status == ML_EPARSE);
    if (status == ML_OK) {
        lab_frame frame = {.data = floats, .capacity = FLOATS, .text = labels, .text_capacity = LABELS, .empty = true};
        lab_table_describe(&t, &frame);
        choose(&t);
        for (int32_t i = 0; i < t.lab->csv->n_columns; i++) /* and what the reader might choose instead */
            t.chosen[i] = (int32_t)ml_rng_below(&rng, t.table.n_columns + 2) - 1;
        choose(&t);
    }
    free(memory);
    return 0;
}
