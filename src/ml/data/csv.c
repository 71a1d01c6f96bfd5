/* Reads CSV into columns, in three passes: is it text, what does each column hold, and then the cells.
 *
 * Sources: RFC 4180 for the format, RFC 3629 for UTF-8. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "data/data.h"

/* --- Is it text? -------------------------------------------------------------------------------------------------- */

static bool is_continuation(unsigned char byte) {
    return (byte & 0xC0) == 0x80;
}

/* The length of the UTF-8 character at s, of which `room` bytes are left; 0 if it is none. The second byte's range
 * rules out overlong forms, surrogates and what lies above U+10FFFF (RFC 3629, section 4). */
static size_t utf8_length(const unsigned char *s, size_t room) {
    if (s[0] < 0x80)
        return 1;
    const size_t length = s[0] >= 0xC2 && s[0] <= 0xDF   ? 2
                          : (s[0] & 0xF0) == 0xE0        ? 3
                          : s[0] >= 0xF0 && s[0] <= 0xF4 ? 4
                                                         : 0;
    if (length == 0 || length > room)
        return 0;
    const unsigned char low = s[0] == 0xE0 ? 0xA0 : s[0] == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = s[0] == 0xED ? 0x9F : s[0] == 0xF4 ? 0x8F : 0xBF;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!is_continuation(s[i]))
            return 0;
    return length;
}

static ml_status check_text(const char *text, size_t length, ml_error *error) {
    const unsigned char *s = (const unsigned char *)text;
    if (length >= 2 && ((s[0] == 0xFF && s[1] == 0xFE) || (s[0] == 0xFE && s[1] == 0xFF)))
        return ml_fail(error, ML_EPARSE, "line 1: the file is in UTF-16; save it as UTF-8 and open it again");
    size_t line = 1, step;
    for (size_t i = 0; i < length; i += step) {
        step = utf8_length(s + i, length - i);
        if (step == 0)
            return ml_fail(error, ML_EPARSE,
                           "line %zu: byte 0x%02X is not UTF-8; save the file as UTF-8 and open it again", line, s[i]);
        if (s[i] == '\0')
            return ml_fail(error, ML_EPARSE, "line %zu: a NUL byte; this is not a text file, or it is damaged", line);
        line += s[i] == '\n' || (s[i] == '\r' && (i + 1 == length || s[i + 1] != '\n'));
    }
    return ML_OK;
}

/* --- Cells -------------------------------------------------------------------------------------------------------- */

typedef struct reader {
    const char *text;
    size_t length, at;
    size_t line; /* counted from 1, as editors do */
} reader;

typedef struct cell {
    size_t start;      /* where it begins in the text, with its quote */
    size_t begin, end; /* its bytes, without the quotes around it; a "" inside still stands twice */
    size_t line;
    bool quoted;
    bool ends_row;
} cell;

static reader reader_at(const char *text, size_t length, size_t at) {
    return (reader){.text = text, .length = length, .at = at, .line = 1};
}

static reader reader_of_file(const char *text, size_t length) {
    const bool has_mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    return reader_at(text, length, has_mark ? 3 : 0);
}

/* Steps over a line break, if there is one. */
static bool skip_break(reader *r) {
    if (r->at == r->length || (r->text[r->at] != '\n' && r->text[r->at] != '\r'))
        return false;
    if (r->text[r->at] == '\r' && r->at + 1 < r->length && r->text[r->at + 1] == '\n')
        r->at++;
    r->at++;
    r->line++;
    return true;
}

static ml_status skip_quoted(reader *r, cell *c, ml_error *error) {
    c->begin = ++r->at;
    while (r->at < r->length) {
        if (r->text[r->at] != '"') {
            if (!skip_break(r))
                r->at++;
        } else if (r->at + 1 < r->length && r->text[r->at + 1] == '"') {
            r->at += 2;
        } else {
            c->end = r->at++;
            return ML_OK;
        }
    }
    return ml_fail(error, ML_EPARSE,
                   "line %zu: a quote opens here and is never closed; add the closing quote, and write a "
                   "quote inside a cell twice (\"\")",
                   c->line);
}

/* Reads the next cell and steps over what separates it from the one after it. There must be something left to read. */
static ml_status next_cell(reader *r, cell *c, ml_error *error) {
    *c = (cell){.start = r->at, .begin = r->at, .line = r->line};
    c->quoted = r->at < r->length && r->text[r->at] == '"';
    if (c->quoted) {
        ML_TRY(skip_quoted(r, c, error));
    } else {
        while (r->at < r->length && r->text[r->at] != ',' && r->text[r->at] != '\n' && r->text[r->at] != '\r')
            r->at++;
        c->end = r->at;
    }
    if (r->at < r->length && r->text[r->at] == ',') {
        r->at++;
        return ML_OK;
    }
    c->ends_row = true;
    if (!skip_break(r) && r->at < r->length)
        return ml_fail(error, ML_EPARSE,
                       "line %zu: text follows a closing quote; put the whole cell in quotes, and write a "
                       "quote inside it twice (\"\")",
                       r->line);
    return ML_OK;
}

/* Steps over empty lines. In a file of one column they are missing cells, and stay. */
static void skip_empty_lines(reader *r, size_t n_columns) {
    while (n_columns != 1 && skip_break(r))
        continue;
}

static bool at_end(const reader *r) {
    return r->at >= r->length;
}

/* The bytes of a cell one by one, a doubled quote as one; *at starts at its begin. -1 after the last. */
static int next_byte(const char *text, const cell *c, size_t *at) {
    if (*at >= c->end)
        return -1;
    const unsigned char byte = (unsigned char)text[*at];
    *at += c->quoted && byte == '"' ? 2 : 1;
    return byte;
}

static int compare_cells(const char *text, const cell *a, const cell *b) {
    size_t i = a->begin, j = b->begin;
    for (;;) {
        const int x = next_byte(text, a, &i), y = next_byte(text, b, &j);
        if (x != y)
            return x < y ? -1 : 1;
        if (x < 0)
            return 0;
    }
}

/* FNV-1a (Fowler, Noll and Vo 1991). */
static uint32_t hash_cell(const char *text, const cell *c) {
    uint32_t hash = 2166136261u;
    size_t at = c->begin;
    for (int byte; (byte = next_byte(text, c, &at)) >= 0;)
        hash = (hash ^ (uint32_t)byte) * 16777619u;
    return hash;
}

/* Writes the cell as a string. Returns the bytes that it took, its NUL included: at most end - begin + 1. */
static size_t copy_cell(const char *text, const cell *c, char *word) {
    size_t at = c->begin, n = 0;
    for (int byte; (byte = next_byte(text, c, &at)) >= 0;)
        word[n++] = (char)byte;
    word[n++] = '\0';
    return n;
}

/* --- What is in a cell? ------------------------------------------------------------------------------------------- */

typedef enum cell_kind { CELL_MISSING, CELL_INTEGER, CELL_NUMBER, CELL_NOT_FINITE, CELL_WORD } cell_kind;

enum { LONGEST_NUMBER = 400 }; /* characters; the exact decimal of any double's neighbourhood is read from fewer */

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_one_of(const char *s, size_t n, const char *const *words) {
    for (; *words != NULL; words++) {
        size_t i = 0;
        while (i < n && (*words)[i] != '\0' && lower(s[i]) == (*words)[i])
            i++;
        if (i == n && (*words)[i] == '\0')
            return true;
    }
    return false;
}

static size_t skip_digits(const char *s, size_t n, size_t i) {
    while (i < n && s[i] >= '0' && s[i] <= '9')
        i++;
    return i;
}

/* Whether s is a decimal number: sign, digits with a point, exponent. *integer: neither point nor exponent. */
static bool is_decimal(const char *s, size_t n, bool *integer) {
    size_t i = n > 0 && (s[0] == '+' || s[0] == '-');
    const size_t whole = i;
    i = skip_digits(s, n, i);
    size_t digits = i - whole;
    *integer = i == n;
    if (i < n && s[i] == '.') {
        const size_t fraction = ++i;
        i = skip_digits(s, n, i);
        digits += i - fraction;
    }
    if (digits == 0)
        return false;
    if (i < n && lower(s[i]) == 'e') {
        i++;
        i += i < n && (s[i] == '+' || s[i] == '-');
        const size_t exponent = i;
        i = skip_digits(s, n, i);
        if (i == exponent)
            return false;
    }
    return i == n;
}

/* What the cell holds; *value, if it is a finite number. */
static cell_kind read_cell(const char *text, const cell *c, double *value) {
    static const char *const missing[] = {"", "na", "n/a", "nan", "null", NULL};
    static const char *const infinite[] = {"inf", "infinity", NULL};
    size_t begin = c->begin, end = c->end;
    while (begin < end && is_blank(text[begin]))
        begin++;
    while (end > begin && is_blank(text[end - 1]))
        end--;
    const char *s = text + begin;
    const size_t n = end - begin;
    if (is_one_of(s, n, missing))
        return CELL_MISSING;
    const size_t sign = s[0] == '+' || s[0] == '-';
    if (is_one_of(s + sign, n - sign, infinite))
        return CELL_NOT_FINITE;
    bool integer;
    char number[LONGEST_NUMBER + 1];
    if (n > LONGEST_NUMBER || !is_decimal(s, n, &integer))
        return CELL_WORD;
    memcpy(number, s, n);
    number[n] = '\0';
    const double read = strtod(number, NULL); /* rounds correctly in glibc and musl; the host keeps the "C" locale */
    if (!isfinite(read))
        return CELL_NOT_FINITE;
    *value = read;
    return integer && fabs(read) < 0x1p53 ? CELL_INTEGER : CELL_NUMBER;
}

/* --- The names ---------------------------------------------------------------------------------------------------- */

/* How many bytes of a name to show: at most 60, and whole characters. */
static int shown(const char *name) {
    size_t n = strlen(name);
    if (n > 60)
        for (n = 60; n > 0 && is_continuation((unsigned char)name[n]);)
            n--;
    return (int)n;
}

static ml_status count_columns(reader r, size_t *n_columns, ml_error *error) {
    cell c = {.ends_row = false};
    for (*n_columns = 0; !c.ends_row; ++*n_columns) {
        if (*n_columns == ML_CSV_MAX_COLUMNS)
            return ml_fail(error, ML_EPARSE,
                           "line %zu: more than %d columns; leave out those that are not needed, or turn "
                           "the table so that they become rows",
                           r.line, ML_CSV_MAX_COLUMNS);
        ML_TRY(next_cell(&r, &c, error));
    }
    return ML_OK;
}

static ml_status out_of_memory(const ml_arena *arena, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "the table does not fit into %zu bytes of memory; use a smaller file",
                   arena->capacity);
}

static ml_status read_names(reader *r, ml_table *table, ml_arena *arena, ml_error *error) {
    for (size_t j = 0; j < table->n_columns; j++) {
        cell c;
        ML_TRY(next_cell(r, &c, error));
        while (!c.quoted && c.begin < c.end && is_blank(r->text[c.begin]))
            c.begin++;
        while (!c.quoted && c.end > c.begin && is_blank(r->text[c.end - 1]))
            c.end--;
        char *name = ML_ALLOC(arena, c.end - c.begin + 1, char);
        if (name == NULL)
            return out_of_memory(arena, error);
        copy_cell(r->text, &c, name);
        if (name[0] == '\0')
            return ml_fail(error, ML_EPARSE, "line %zu: column %zu has no name; the first line must name every column",
                           c.line, j + 1);
        for (size_t k = 0; k < j; k++)
            if (strcmp(table->column[k].name, name) == 0)
                return ml_fail(error, ML_EPARSE,
                               "line %zu: columns %zu and %zu are both named '%.*s'; rename one of them", c.line, k + 1,
                               j + 1, shown(name), name);
        table->column[j].name = name;
    }
    return ML_OK;
}

/* --- What each column holds --------------------------------------------------------------------------------------- */

typedef struct tally {
    size_t of[CELL_WORD + 1]; /* cells of each kind */
    size_t not_finite_line;   /* the first of them */
} tally;

/* Reads all rows once: how many there are, and what kinds of cells each column has. */
static ml_status tally_cells(reader r, ml_table *table, tally *tallies, ml_error *error) {
    for (skip_empty_lines(&r, table->n_columns); !at_end(&r); skip_empty_lines(&r, table->n_columns)) {
        cell c = {.ends_row = false};
        const size_t line = r.line;
        size_t j = 0;
        for (; !c.ends_row; j++) {
            ML_TRY(next_cell(&r, &c, error));
            if (j >= table->n_columns)
                continue;
            double value;
            const cell_kind kind = read_cell(r.text, &c, &value);
            tallies[j].of[kind]++;
            if (kind == CELL_NOT_FINITE && tallies[j].not_finite_line == 0)
                tallies[j].not_finite_line = c.line;
        }
        if (j != table->n_columns)
            return ml_fail(error, ML_EPARSE, "line %zu has %zu cells, the first line names %zu columns; %s", line, j,
                           table->n_columns,
                           j < table->n_columns ? "add the missing cells (they may be empty)"
                                                : "put a cell that holds a comma in quotes");
        table->n_rows++;
    }
    if (table->n_rows == 0)
        return ml_fail(error, ML_EPARSE, "line %zu: the file names %zu columns and has no row below; add at least one",
                       r.line, table->n_columns);
    return ML_OK;
}

/* Decides a column's kind; of words, text or category is decided once they are known. */
static ml_status judge_column(const tally *t, ml_column *column, ml_error *error) {
    column->n_missing = t->of[CELL_MISSING];
    if (t->of[CELL_WORD] > 0)
        column->kind = ML_COLUMN_TEXT;
    else if (t->of[CELL_NOT_FINITE] > 0)
        return ml_fail(error, ML_EPARSE,
                       "line %zu, column '%.*s': not a finite number, or one too large for a double (1.8e308 is the "
                       "limit); mend the cell or leave it empty",
                       t->not_finite_line, shown(column->name), column->name);
    else if (t->of[CELL_NUMBER] > 0)
        column->kind = ML_COLUMN_NUMBER;
    else
        column->kind = t->of[CELL_INTEGER] > 0 ? ML_COLUMN_INTEGER : ML_COLUMN_MISSING;
    return ML_OK;
}

static bool has_numbers(const ml_column *column) {
    return column->kind == ML_COLUMN_NUMBER || column->kind == ML_COLUMN_INTEGER;
}

static bool has_words(const ml_column *column) {
    return column->kind == ML_COLUMN_CATEGORY || column->kind == ML_COLUMN_TEXT;
}

static ml_status allocate_columns(ml_table *table, ml_arena *arena, ml_error *error) {
    for (size_t j = 0; j < table->n_columns; j++) {
        ml_column *column = &table->column[j];
        if (has_numbers(column) && (column->number = ML_ALLOC(arena, table->n_rows, double)) == NULL)
            return out_of_memory(arena, error);
        if (has_words(column) && (column->code = ML_ALLOC(arena, table->n_rows, uint32_t)) == NULL)
            return out_of_memory(arena, error);
    }
    return ML_OK;
}

/* Reads all rows again: numbers into their place; of a word, for now, where it stands in the text. */
static ml_status fill_columns(reader r, const ml_table *table, ml_error *error) {
    for (size_t i = 0; i < table->n_rows; i++) {
        skip_empty_lines(&r, table->n_columns);
        for (size_t j = 0; j < table->n_columns; j++) {
            const ml_column *column = &table->column[j];
            cell c;
            ML_TRY(next_cell(&r, &c, error));
            double value = (double)NAN;
            const cell_kind kind = column->kind == ML_COLUMN_MISSING ? CELL_MISSING : read_cell(r.text, &c, &value);
            if (has_numbers(column))
                column->number[i] = value;
            if (has_words(column))
                column->code[i] = kind == CELL_MISSING ? ML_CODE_MISSING : (uint32_t)c.start;
        }
    }
    return ML_OK;
}

/* --- Words become codes ------------------------------------------------------------------------------------------- */

/* Scratch for one column at a time. */
typedef struct word_index {
    const char *text;
    size_t length;
    size_t n_slots;     /* a power of two, at least twice the rows */
    uint32_t *slot;     /* [n_slots] hash table with open addressing: 1 + the first row of a word, or 0 */
    uint32_t *first;    /* [rows] the first row that has the same word */
    uint32_t *distinct; /* [rows] those first rows, one for each word */
} word_index;

static cell cell_at(const word_index *w, uint32_t offset) {
    reader r = reader_at(w->text, w->length, offset);
    cell c;
    (void)next_cell(&r, &c, NULL); /* it was read before without an error */
    return c;
}

/* Finds the first row of each word. Returns how many words there are. */
static size_t group_words(word_index *w, size_t n_rows, const uint32_t *offset) {
    size_t n = 0;
    memset(w->slot, 0, w->n_slots * sizeof *w->slot);
    for (size_t i = 0; i < n_rows; i++) {
        if (offset[i] == ML_CODE_MISSING)
            continue;
        const cell word = cell_at(w, offset[i]);
        size_t s = hash_cell(w->text, &word) & (w->n_slots - 1);
        for (; w->slot[s] != 0; s = (s + 1) & (w->n_slots - 1)) {
            const cell other = cell_at(w, offset[w->slot[s] - 1]);
            if (compare_cells(w->text, &word, &other) == 0)
                break;
        }
        if (w->slot[s] == 0) {
            w->slot[s] = (uint32_t)i + 1;
            w->distinct[n++] = (uint32_t)i;
        }
        w->first[i] = w->slot[s] - 1;
    }
    return n;
}

static bool word_before(const word_index *w, const uint32_t *offset, uint32_t a, uint32_t b) {
    const cell x = cell_at(w, offset[a]), y = cell_at(w, offset[b]);
    return compare_cells(w->text, &x, &y) < 0;
}

/* Restores the heap below `at`, in which no word comes after its parent. */
static void sift_down(const word_index *w, const uint32_t *offset, size_t at, size_t n) {
    uint32_t *heap = w->distinct;
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && word_before(w, offset, heap[child], heap[child + 1]))
            child++;
        if (!word_before(w, offset, heap[at], heap[child]))
            return;
        const uint32_t row = heap[at];
        heap[at] = heap[child];
        heap[child] = row;
    }
}

/* Sorts the distinct words by their bytes. Heapsort (Knuth 5.2.3, algorithm H): in place, and as no two words are
 * equal, its being unstable shows nowhere. */
static void sort_words(const word_index *w, const uint32_t *offset, size_t n) {
    for (size_t at = n / 2; at-- > 0;)
        sift_down(w, offset, at, n);
    while (n > 1) {
        const uint32_t last = w->distinct[--n];
        w->distinct[n] = w->distinct[0];
        w->distinct[0] = last;
        sift_down(w, offset, 0, n);
    }
}

/* Copies the n distinct words, one after the other, into the arena. */
static ml_status copy_words(const word_index *w, size_t n, ml_column *column, ml_arena *arena, ml_error *error) {
    size_t bytes = 0;
    for (size_t k = 0; k < n; k++) {
        const cell word = cell_at(w, column->code[w->distinct[k]]);
        bytes += word.end - word.begin + 1;
    }
    char *next = ML_ALLOC(arena, bytes, char);
    column->level = ML_ALLOC(arena, n, const char *);
    if (next == NULL || column->level == NULL)
        return out_of_memory(arena, error);
    for (size_t k = 0; k < n; k++) {
        const cell word = cell_at(w, column->code[w->distinct[k]]);
        column->level[k] = next;
        next += copy_cell(w->text, &word, next);
    }
    column->n_levels = n;
    return ML_OK;
}

static ml_status code_column(word_index *w, size_t n_rows, ml_column *column, ml_arena *arena, ml_error *error) {
    enum { ALWAYS_CATEGORY = 20 };
    const size_t n = group_words(w, n_rows, column->code);
    sort_words(w, column->code, n);
    ML_TRY(copy_words(w, n, column, arena, error));
    for (size_t k = 0; k < n; k++)
        column->code[w->distinct[k]] = (uint32_t)k;
    for (size_t i = 0; i < n_rows; i++) /* a word's first row already has its code */
        if (column->code[i] != ML_CODE_MISSING)
            column->code[i] = column->code[w->first[i]];
    if (n <= ALWAYS_CATEGORY || n <= (n_rows - column->n_missing) / 2)
        column->kind = ML_COLUMN_CATEGORY;
    return ML_OK;
}

/* The scratch lies at the far end of the arena, so that the words can be allocated at its near end meanwhile. */
static ml_status code_columns(const char *text, size_t length, ml_table *table, ml_arena *arena, ml_error *error) {
    const size_t n_rows = table->n_rows;
    word_index w = {.text = text, .length = length, .n_slots = 16};
    while (w.n_slots < 2 * n_rows)
        w.n_slots *= 2;
    const size_t padding = 4 * 64, scratch_bytes = (w.n_slots + 2 * n_rows) * sizeof(uint32_t) + padding;
    if (scratch_bytes > arena->capacity - arena->used)
        return out_of_memory(arena, error);
    ml_arena near = *arena;
    near.capacity -= scratch_bytes;
    ml_arena scratch = ml_arena_over(arena->memory + near.capacity, scratch_bytes);
    w.slot = ML_ALLOC(&scratch, w.n_slots, uint32_t);
    w.first = ML_ALLOC(&scratch, n_rows, uint32_t);
    w.distinct = ML_ALLOC(&scratch, n_rows, uint32_t);
    for (size_t j = 0; j < table->n_columns; j++)
        if (has_words(&table->column[j]))
            ML_TRY(code_column(&w, n_rows, &table->column[j], &near, error));
    arena->used = near.used;
    return ML_OK;
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

static ml_status read_table(const char *text, size_t length, ml_arena *arena, ml_table *table, ml_error *error) {
    if (length >= UINT32_MAX)
        return ml_fail(error, ML_EINVAL, "the file has %zu bytes; at most 4 GB can be read, take a sample of it",
                       length);
    ML_TRY(check_text(text, length, error));
    reader r = reader_of_file(text, length);
    skip_empty_lines(&r, 0);
    if (at_end(&r))
        return ml_fail(error, ML_EPARSE, "line 1: the file is empty; the first line must name the columns");
    ML_TRY(count_columns(r, &table->n_columns, error));
    table->column = ML_ALLOC(arena, table->n_columns, ml_column);
    tally *tallies = ML_ALLOC(arena, table->n_columns, tally);
    if (table->column == NULL || tallies == NULL)
        return out_of_memory(arena, error);
    ML_TRY(read_names(&r, table, arena, error));
    ML_TRY(tally_cells(r, table, tallies, error));
    for (size_t j = 0; j < table->n_columns; j++)
        ML_TRY(judge_column(&tallies[j], &table->column[j], error));
    ML_TRY(allocate_columns(table, arena, error));
    ML_TRY(fill_columns(r, table, error));
    return code_columns(text, length, table, arena, error);
}

ml_status ml_csv_read(const char *text, size_t length, ml_arena *arena, ml_table *table, ml_error *error) {
    const ml_arena_mark before = ml_arena_save(arena);
    ml_table read = {0};
    const ml_status status = read_table(text, length, arena, &read, error);
    if (status == ML_OK)
        *table = read;
    else
        ml_arena_release(arena, before);
    return status;
}
