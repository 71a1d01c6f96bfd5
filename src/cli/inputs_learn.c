/* Which columns of a table a model reads, and what is learned about them from training rows. */
#include "inputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Which columns ------------------------------------------------------------------------------------------------ */

/* What is not used, and what is done with the rest, each told in one sentence. */
typedef struct findings {
    listing text, empty, constant, useless, filled, missing_words, categories;
} findings;

static bool is_wanted(const ml_column *column, const input_plan *plan) {
    if (plan->target != NULL && strcmp(column->name, plan->target) == 0)
        return false;
    for (size_t i = 0; i < plan->n_skip; i++)
        if (strcmp(column->name, plan->skip[i]) == 0)
            return false;
    return true;
}

static bool is_same(const ml_column *column, size_t a, size_t b) {
    if (column_is_missing(column, a) || column_is_missing(column, b))
        return column_is_missing(column, a) == column_is_missing(column, b);
    return column_has_numbers(column) ? column->number[a] == column->number[b] : column->code[a] == column->code[b];
}

static bool is_constant(const ml_column *column, size_t n, const uint32_t *row) {
    for (size_t i = 1; i < n; i++)
        if (!is_same(column, row[0], row[i]))
            return false;
    return true;
}

static size_t count_missing(const ml_column *column, size_t n, const uint32_t *row) {
    size_t missing = 0;
    for (size_t i = 0; i < n; i++)
        missing += column_is_missing(column, row[i]) ? 1 : 0;
    return missing;
}

static bool choose(const ml_column *column, const input_plan *plan, size_t n, const uint32_t *row, findings *told) {
    if (!is_wanted(column, plan))
        return false;
    if (column->kind == ML_COLUMN_TEXT) {
        listing_add(&told->text, "\"%s\"", column->name);
        return false;
    }
    if (count_missing(column, n, row) == n) {
        listing_add(&told->empty, "\"%s\"", column->name);
        return false;
    }
    if (is_constant(column, n, row)) {
        listing_add(plan->contrast ? &told->useless : &told->constant, "\"%s\"", column->name);
        return !plan->contrast;
    }
    return true;
}

static void describe(const ml_column *column, size_t n, const uint32_t *row, input *item, findings *told) {
    const size_t missing = count_missing(column, n, row);
    *item = (input){.name = column->name, .words = !column_has_numbers(column)};
    if (missing > 0)
        listing_add(item->words ? &told->missing_words : &told->filled, "\"%s\" (%zu of %zu rows)", column->name,
                    missing, n);
    if (!item->words)
        return;
    listing_add(&told->categories, "\"%s\" (%zu words)", column->name, column->n_levels);
    item->missing_level = missing > 0;
    item->n_levels = column->n_levels + item->missing_level;
    item->level = cli_alloc(item->n_levels * sizeof *item->level);
    memcpy(item->level, column->level, column->n_levels * sizeof *item->level);
    if (item->missing_level)
        item->level[column->n_levels] = "(missing)";
}

static void tell(findings *told, const input_plan *plan, note_list *notes) {
    if (told->text.n > 0)
        notes_add(notes, "columns of words that hardly ever repeat were left out: %s", listing_text(&told->text));
    if (told->empty.n > 0)
        notes_add(notes, "columns without a value were left out: %s", listing_text(&told->empty));
    if (told->useless.n > 0)
        notes_add(notes, "columns that hold the same in every row were left out: %s", listing_text(&told->useless));
    if (told->constant.n > 0)
        notes_add(notes, "the same in every row, so nothing is learned from them: %s", listing_text(&told->constant));
    if (told->categories.n > 0 && plan->contrast)
        notes_add(notes,
                  "words became contrasts, one column a word but the first, whose coefficient is minus the sum of the "
                  "others: %s",
                  listing_text(&told->categories));
    else if (told->categories.n > 0)
        notes_add(notes, "words became columns of 0 and 1, one a word: %s",
                  listing_text(&told->categories));
    if (told->missing_words.n > 0)
        notes_add(notes, "missing words count as a word of their own, \"(missing)\": %s",
                  listing_text(&told->missing_words));
    if (told->filled.n > 0 && plan->keep_missing)
        notes_add(notes, "missing numbers stay missing, the trees learn which way they go: %s",
                  listing_text(&told->filled));
    else if (told->filled.n > 0)
        notes_add(notes, "missing numbers were filled with the median of the column's training rows: %s",
                  listing_text(&told->filled));
    listing *const lists[] = {&told->text, &told->empty, &told->constant, &told->useless, &told->filled,
                              &told->missing_words, &told->categories};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        listing_free(lists[i]);
}

/* --- The pipeline ------------------------------------------------------------------------------------------------- */

static void read_rows(const inputs *in, const ml_table *table, size_t n, const uint32_t *row, double *raw) {
    for (size_t i = 0; i < in->n; i++) {
        const input *const item = &in->item[i];
        const ml_column *const column = table_find(table, item->name);
        for (size_t r = 0; r < n; r++) {
            double *const cell = &raw[r * in->n + i];
            if (!item->words)
                *cell = column->number[row[r]];
            else
                *cell = column_is_missing(column, row[r]) ? (double)(item->n_levels - 1) : column->code[row[r]];
        }
    }
}

static ml_feature feature_of(const input *item, size_t column, bool standard) {
    if (item->words)
        return (ml_feature){.kind = ML_FEATURE_ONE_HOT, .column = (uint32_t)column, .min_count = 1};
    return (ml_feature){.kind = ML_FEATURE_NUMBER, .column = (uint32_t)column, .fill = ML_FILL_MEDIAN,
                        .scaling = standard ? ML_SCALE_STANDARD : ML_SCALE_NONE};
}

/* Generous bounds: what a feature keeps, and what learning one takes for a while. */
static size_t pipeline_bytes(const inputs *in) {
    size_t bytes = 1 << 12;
    for (size_t i = 0; i < in->n; i++)
        bytes += sizeof(ml_feature) + sizeof(ml_feature_state) + in->item[i].n_levels * sizeof(int32_t) + 256;
    return bytes;
}

static ml_status learn(inputs *in, const double *raw, size_t n, bool standard, void **memory, ml_error *error) {
    enum { SCRATCH_A_ROW = 256, SCRATCH = 1 << 16 };
    ml_feature *const feature = cli_alloc(in->n * sizeof *feature);
    const size_t bytes = pipeline_bytes(in), scratch_bytes = n * SCRATCH_A_ROW + SCRATCH;
    void *const rough = cli_alloc(scratch_bytes);
    *memory = cli_alloc(bytes);
    ml_arena arena = ml_arena_over(*memory, bytes), scratch = ml_arena_over(rough, scratch_bytes);
    for (size_t i = 0; i < in->n; i++)
        feature[i] = feature_of(&in->item[i], i, standard);
    const ml_status status = ml_pipeline_fit(in->n, feature, n, in->n, raw, NULL, NULL, 0, &in->pipeline, NULL, &arena,
                                             &scratch, error);
    free(rough);
    free(feature);
    return status;
}

/* The library speaks of columns by their number; of numbers, the one thing that can go wrong is their size. */
static int tell_failure(const table_file *file, const inputs *in, double *raw, size_t n, const ml_error *error) {
    static const double LARGEST = 0x1p500; /* from here on the sum of squares may not be finite */
    size_t i = 0;
    for (size_t at = 0; at < n * in->n && i == 0; at++)
        if (fabs(raw[at]) > LARGEST)
            i = at % in->n + 1;
    free(raw);
    if (i == 0)
        return cli_usage("%s: %s", file->path, error->message);
    return cli_usage("%s: column '%s' has values too large to be scaled; choose a larger unit, or --without %s",
                     file->path, in->item[i - 1].name, in->item[i - 1].name);
}

int inputs_learn(const table_file *file, const input_plan *plan, size_t n, const uint32_t *row, inputs *out,
                 void **memory, note_list *notes) {
    const ml_table *const table = &file->table;
    findings told = {0};
    ml_error error;
    *out = (inputs){.contrast = plan->contrast, .keep_missing = plan->keep_missing};
    out->item = cli_alloc(table->n_columns * sizeof *out->item);
    for (size_t c = 0; c < table->n_columns; c++)
        if (choose(&table->column[c], plan, n, row, &told))
            describe(&table->column[c], n, row, &out->item[out->n++], &told);
    tell(&told, plan, notes);
    if (out->n == 0)
        return cli_usage("%s: there is no column to learn from; a model needs one that differs between rows, of "
                         "numbers or of words that repeat", file->path);
    double *const raw = cli_alloc(n * out->n * sizeof *raw);
    read_rows(out, table, n, row, raw);
    const ml_status status = learn(out, raw, n, plan->standard, memory, &error);
    if (status != ML_OK)
        return tell_failure(file, out, raw, n, &error);
    free(raw);
    out->d = inputs_count(out);
    return CLI_OK;
}

void inputs_free_learned(inputs *in) {
    for (size_t i = 0; i < in->n; i++)
        free(in->item[i].level);
    free(in->item);
    *in = (inputs){0};
}
