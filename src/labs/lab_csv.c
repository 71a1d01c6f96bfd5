/* The reader's own file: read, described, and made into the rows that a lab wants. Knows no lab by name. */
#include "lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double largest = 1e15;    /* its square, times any slider, is still a float */
static const float narrowest = 1e-30f; /* a range below it cannot be told from none */

enum { WORD_SHOWN = 36, NAME_SHOWN = 60, CLASS_SHOWN = 24, STREAM_SAMPLE = 1 };

/* --- Reading ------------------------------------------------------------------------------------------------------ */

/* Columns that the first line that is not empty names; or as many as come before what is wrong with it. */
static size_t count_columns(const char *text, size_t length) {
    ml_csv_cell cell = {.ends_row = false};
    size_t n = 0, at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < length && (text[at] == '\n' || text[at] == '\r'))
        at++;
    while (at < length && n < ML_CSV_MAX_COLUMNS && !cell.ends_row &&
           ml_csv_next(length, text, &at, &cell, NULL) == ML_OK)
        n++;
    return n + 1; /* a comma may be the last byte */
}

size_t lab_table_bytes(const char *text, size_t length) {
    /* With all that is rounded up to cache lines, and with what reading takes on the way (data/csv_stream.h). */
    enum { A_COLUMN = 512, A_ROW = 64, A_WORD = 4 + 8 + 1 + 12 + 16 };
    size_t commas = 0, breaks = 0;
    for (size_t i = 0; i < length; i++) {
        commas += text[i] == ',';
        breaks += text[i] == '\n' || text[i] == '\r';
    }
    const size_t cells = commas + breaks + 2;
    return A_WORD * cells + (A_ROW + 4 * LAB_MAX_COLUMNS) * (breaks + 16) + 2 * length +
           A_COLUMN * (count_columns(text, length) + 1);
}

static bool has_numbers(const ml_column *column) {
    return column->number != NULL;
}

/* 0, 1: which of two values row `row` has; 2: another; -1: missing. Of numbers `two` holds the values met so far. */
typedef struct two_values {
    double value[2];
    int n;
} two_values;

static void meet(two_values *two, double value) {
    if (isnan(value) || (two->n > 0 && value == two->value[0]) || (two->n > 1 && value == two->value[1]))
        return;
    if (two->n < 2)
        two->value[two->n] = value;
    two->n++; /* a third value is counted each time: more than two is all that matters */
}

/* The values of a column of numbers, in their order. */
static two_values values_of(const ml_column *column, size_t n_rows) {
    two_values two = {.n = 0};
    for (size_t i = 0; i < n_rows && two.n <= 2; i++)
        meet(&two, column->number[i]);
    if (two.n == 2 && two.value[1] < two.value[0]) {
        const double first = two.value[1];
        two.value[1] = two.value[0];
        two.value[0] = first;
    }
    return two;
}

static bool has_two_classes(const lab_table *t, const ml_column *column) {
    if (column->kind == ML_COLUMN_INTEGER)
        return values_of(column, t->table.n_rows).n == 2;
    return column->code != NULL && column->n_levels == 2;
}

/* Row numbers and the like: whole numbers, each one more than the last. */
static bool counts_up(const lab_table *t, const ml_column *column) {
    for (size_t i = 1; i < t->table.n_rows; i++)
        if (column->number[i] != column->number[i - 1] + 1)
            return false;
    return true;
}

static bool never_changes(const lab_table *t, const ml_column *column) {
    return values_of(column, t->table.n_rows).n < 2;
}

static bool is_chosen(const lab_table *t, size_t column) {
    for (int32_t i = 0; i < t->lab->csv->n_columns; i++)
        if (t->chosen[i] == (int32_t)column)
            return true;
    return false;
}

static int32_t last_with_two_classes(const lab_table *t) {
    for (size_t j = t->table.n_columns; j-- > 0;)
        if (!is_chosen(t, j) && has_two_classes(t, &t->table.column[j]))
            return (int32_t)j;
    return -1;
}

static int32_t first_with_numbers(const lab_table *t) {
    for (size_t j = 0; j < t->table.n_columns; j++) {
        const ml_column *column = &t->table.column[j];
        if (has_numbers(column) && !is_chosen(t, j) && !counts_up(t, column) && !never_changes(t, column))
            return (int32_t)j;
    }
    return -1;
}

/* Classes first: few columns are fit for them. */
static void choose_first(lab_table *t) {
    const lab_csv *wanted = t->lab->csv;
    for (int32_t i = 0; i < wanted->n_columns; i++)
        t->chosen[i] = -1;
    for (int32_t i = 0; i < wanted->n_columns; i++)
        if (wanted->columns[i].kind == LAB_COLUMN_TWO_CLASSES)
            t->chosen[i] = last_with_two_classes(t);
    for (int32_t i = 0; i < wanted->n_columns; i++)
        if (wanted->columns[i].kind == LAB_COLUMN_NUMBER)
            t->chosen[i] = first_with_numbers(t);
}

ml_status lab_table_read(lab_table *t, const lab *experiment, const char *text, size_t length, void *memory,
                         size_t bytes, ml_error *error) {
    *t = (lab_table){.lab = experiment, .text = text, .length = length, .arena = ml_arena_over(memory, bytes)};
    if (experiment->csv == NULL)
        return ml_fail(error, ML_EINVAL, "the lab %s takes no CSV file", experiment->name);
    if (length > LAB_CSV_MAX_BYTES)
        return ml_fail(error, ML_EINVAL, "the file has %zu bytes; a lab takes at most %d, so give it a sample", length,
                       LAB_CSV_MAX_BYTES);
    ML_TRY(ml_csv_read(text, length, &t->arena, &t->table, error));
    if (t->table.n_columns > LAB_CSV_MAX_COLUMNS)
        return ml_fail(error, ML_EINVAL, "line 1: the file has %zu columns; a lab takes at most %d, so leave some out",
                       t->table.n_columns, LAB_CSV_MAX_COLUMNS);
    t->after_table = ml_arena_save(&t->arena);
    choose_first(t);
    return ML_OK;
}

/* --- Choosing ----------------------------------------------------------------------------------------------------- */

/* How many bytes of a text to show: at most `most`, and whole characters. */
static int shown(const char *text, size_t most) {
    size_t n = strlen(text);
    if (n > most)
        for (n = most; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    return (int)n;
}

static const ml_column *chosen_column(const lab_table *t, int32_t i) {
    return &t->table.column[t->chosen[i]];
}

static ml_status check_chosen(const lab_table *t, int32_t i, ml_error *error) {
    const lab_column *wanted = &t->lab->csv->columns[i];
    if (t->chosen[i] < 0 || (size_t)t->chosen[i] >= t->table.n_columns)
        return ml_fail(error, ML_EINVAL, wanted->kind == LAB_COLUMN_NUMBER
                       ? "no column is chosen for %s; it takes numbers that are not always the same"
                       : "no column is chosen for %s; it takes two classes: two words, or two whole numbers",
                       wanted->label);
    const ml_column *column = chosen_column(t, i);
    for (int32_t k = 0; k < i; k++)
        if (t->chosen[k] == t->chosen[i])
            return ml_fail(error, ML_EINVAL, "the column '%.*s' is chosen for %s and for %s; choose two columns",
                           shown(column->name, NAME_SHOWN), column->name, t->lab->csv->columns[k].label, wanted->label);
    if (wanted->kind == LAB_COLUMN_NUMBER && !has_numbers(column))
        return ml_fail(error, ML_EINVAL, "the column '%.*s' holds %s, and %s takes numbers",
                       shown(column->name, NAME_SHOWN), column->name,
                       column->kind == ML_COLUMN_MISSING ? "nothing" : "words", wanted->label);
    return ML_OK;
}

/* Whether all chosen cells of a row have a value. */
static bool is_complete(const lab_table *t, size_t row) {
    for (int32_t i = 0; i < t->lab->csv->n_columns; i++) {
        const ml_column *column = chosen_column(t, i);
        if (has_numbers(column) ? isnan(column->number[row])
                                : column->code == NULL || column->code[row] == ML_CODE_MISSING)
            return false;
    }
    return true;
}

/* Which rows are used: the complete ones, or as many of them as the lab takes, drawn without favour and in their order.
 * Source: Knuth, "The Art of Computer Programming", volume 2, 3.4.2, algorithm S. */
static size_t pick_rows(const lab_table *t, uint32_t *row, size_t *n_complete) {
    ml_rng rng = ml_rng_seed(0, STREAM_SAMPLE);
    const size_t most = t->lab->csv->max_rows;
    size_t left = 0, n = 0;
    for (size_t i = 0; i < t->table.n_rows; i++)
        left += is_complete(t, i);
    *n_complete = left;
    for (size_t i = 0; i < t->table.n_rows && n < most; i++)
        if (is_complete(t, i) && ml_rng_below(&rng, left--) < most - n)
            row[n++] = (uint32_t)i;
    return n;
}

static ml_status too_large(const lab_table *t, const ml_column *column, size_t row, ml_error *error) {
    return ml_fail(error, ML_EINVAL, "line %zu, column '%.*s': %g is too large; labs take numbers of up to %g in size, "
                   "so use a larger unit", ml_csv_line(t->text, t->length, row), shown(column->name, NAME_SHOWN),
                   column->name, column->number[row], largest);
}

static ml_status fill_numbers(const lab_table *t, const ml_column *column, size_t n, const uint32_t *row, float *out,
                              ml_error *error) {
    float low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (fabs(column->number[row[i]]) > largest)
            return too_large(t, column, row[i], error);
        out[i] = (float)column->number[row[i]];
        low = out[i] < low ? out[i] : low;
        high = out[i] > high ? out[i] : high;
    }
    if (!(high - low > narrowest))
        return ml_fail(error, ML_EINVAL, "the column '%.*s' is %g in every row used: nothing can be learned from it",
                       shown(column->name, NAME_SHOWN), column->name, (double)low);
    return ML_OK;
}

static ml_status third_class(const lab_table *t, const ml_column *column, size_t n, const uint32_t *row,
                             ml_error *error) {
    const char *name = column->name;
    const int length = shown(name, NAME_SHOWN);
    if (column->kind == ML_COLUMN_NUMBER)
        return ml_fail(error, ML_EINVAL, "the column '%.*s' holds fractions, and classes are words or whole numbers",
                       length, name);
    two_values two = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        meet(&two, has_numbers(column) ? column->number[row[i]] : (double)column->code[row[i]]);
        if (two.n > 2)
            return ml_fail(error, ML_EINVAL, "line %zu: a third class in the column '%.*s'; this lab tells two apart, "
                           "so keep the rows of two", ml_csv_line(t->text, t->length, row[i]), length, name);
    }
    return ml_fail(error, ML_EINVAL, "the column '%.*s' has only one class in the rows used; it takes two to learn a "
                   "difference", length, name);
}

/* A whole number as a word, in the arena. */
static const char *number_word(lab_table *t, double value) {
    enum { LONGEST = 32 };
    char *word = ML_ALLOC(&t->arena, LONGEST, char);
    if (word != NULL)
        snprintf(word, LONGEST, "%.0f", value);
    return word;
}

static ml_status fill_classes(lab_table *t, const ml_column *column, size_t n, const uint32_t *row, float *out,
                              ml_error *error) {
    two_values two = {.n = 0};
    for (size_t i = 0; i < n && two.n <= 2; i++)
        meet(&two, has_numbers(column) ? column->number[row[i]] : (double)column->code[row[i]]);
    if (two.n != 2 || column->kind == ML_COLUMN_NUMBER)
        return third_class(t, column, n, row, error);
    const bool rises = two.value[0] < two.value[1];
    const double first = two.value[rises ? 0 : 1], second = two.value[rises ? 1 : 0];
    for (size_t i = 0; i < n; i++)
        out[i] = (has_numbers(column) ? column->number[row[i]] : (double)column->code[row[i]]) == first ? 0.0f : 1.0f;
    for (int k = 0; k < 2; k++) {
        const double value = k == 0 ? first : second;
        t->rows.classes[k] = has_numbers(column) ? number_word(t, value) : column->level[(size_t)value];
        if (t->rows.classes[k] == NULL)
            return ml_fail(error, ML_ENOMEM, "the rows do not fit into memory; use a smaller file");
    }
    return ML_OK;
}

/* --- What was done ------------------------------------------------------------------------------------------------ */

static void say(lab_table *t, const char *format, ...) ML_PRINTF(2, 3);
static void say(lab_table *t, const char *format, ...) {
    const size_t used = strlen(t->note);
    va_list args;
    va_start(args, format);
    vsnprintf(t->note + used, sizeof t->note - used, format, args);
    va_end(args);
}

static size_t count_ones(size_t n, const float *label) {
    size_t ones = 0;
    for (size_t i = 0; i < n; i++)
        ones += label[i] > 0;
    return ones;
}

static void say_what_was_done(lab_table *t, size_t n_complete, size_t n) {
    const size_t left_out = t->table.n_rows - n_complete;
    t->note[0] = '\0';
    if (left_out > 0)
        say(t, "%zu row%s left out: a chosen cell is missing. ", left_out, left_out == 1 ? " is" : "s are");
    if (n < n_complete)
        say(t, "Of %zu complete rows %zu are used, drawn at random. ", n_complete, n);
    else
        say(t, left_out > 0 ? "The other %zu are used. " : "All %zu rows are used. ", n);
    for (int32_t i = 0; i < t->lab->csv->n_columns; i++) {
        if (t->lab->csv->columns[i].kind != LAB_COLUMN_TWO_CLASSES)
            continue;
        const size_t ones = count_ones(n, t->rows.column[i]);
        const char *const *word = t->rows.classes;
        say(t, "Class 0 is %.*s (%zu), class 1 is %.*s (%zu).", shown(word[0], CLASS_SHOWN), word[0], n - ones,
            shown(word[1], CLASS_SHOWN), word[1], ones);
    }
}

static ml_status choose(lab_table *t, ml_error *error) {
    const lab_csv *wanted = t->lab->csv;
    size_t n_complete = 0;
    for (int32_t i = 0; i < wanted->n_columns; i++)
        ML_TRY(check_chosen(t, i, error));
    const size_t most = t->table.n_rows < wanted->max_rows ? t->table.n_rows : wanted->max_rows;
    uint32_t *row = ML_ALLOC(&t->arena, most, uint32_t);
    const size_t n = row != NULL ? pick_rows(t, row, &n_complete) : 0;
    if (row != NULL && n < wanted->min_rows)
        return ml_fail(error, ML_EINVAL, "the file has %zu row%s without a missing cell in the chosen columns; the lab "
                       "needs at least %zu", n, n == 1 ? "" : "s", wanted->min_rows);
    for (int32_t i = 0; i < wanted->n_columns; i++) {
        const ml_column *column = chosen_column(t, i);
        float *out = ML_ALLOC(&t->arena, n, float);
        if (row == NULL || out == NULL)
            return ml_fail(error, ML_ENOMEM, "the rows do not fit into memory; use a smaller file");
        ML_TRY(wanted->columns[i].kind == LAB_COLUMN_NUMBER ? fill_numbers(t, column, n, row, out, error)
                                                            : fill_classes(t, column, n, row, out, error));
        t->rows.column[i] = out;
        t->rows.name[i] = column->name;
    }
    t->rows.n = n;
    say_what_was_done(t, n_complete, n);
    return ML_OK;
}

ml_status lab_table_choose(lab_table *t, ml_error *error) {
    ml_arena_release(&t->arena, t->after_table);
    t->rows = (lab_rows){0};
    t->note[0] = '\0';
    const ml_status status = choose(t, error);
    if (status != ML_OK)
        t->rows.n = 0;
    return status;
}

/* --- Showing ------------------------------------------------------------------------------------------------------ */

static void put_cell(const ml_column *column, size_t row, lab_frame *frame) {
    const char *word = ml_column_word(column, row);
    if (word != NULL)
        lab_put_label(frame, "%.*s%s", shown(word, WORD_SHOWN), word, strlen(word) > WORD_SHOWN ? "…" : "");
    else if (has_numbers(column) && !isnan(column->number[row]))
        lab_put_label(frame, "%.9g", column->number[row]);
    else
        lab_put_label(frame, "%s", "");
}

void lab_table_describe(const lab_table *t, lab_frame *frame) {
    float head[2 + LAB_MAX_COLUMNS] = {(float)t->table.n_rows, (float)t->table.n_columns};
    frame->length = frame->text_length = frame->last = 0;
    frame->empty = true;
    frame->full = false;
    for (int32_t i = 0; i < t->lab->csv->n_columns; i++)
        head[2 + i] = (float)t->chosen[i];
    lab_put_column(frame, 0, 2 + (size_t)t->lab->csv->n_columns, head);
    for (size_t j = 0; j < t->table.n_columns; j++) {
        const ml_column *column = &t->table.column[j];
        const float facts[3] = {(float)column->kind, (float)column->n_missing, (float)column->n_levels};
        lab_put_column(frame, 0, 3, facts);
        lab_put_label(frame, "%.*s%s", shown(column->name, NAME_SHOWN), column->name,
                      strlen(column->name) > NAME_SHOWN ? "…" : "");
        for (size_t i = 0; i < t->table.n_rows && i < LAB_CSV_PREVIEW; i++)
            put_cell(column, i, frame);
    }
}
