/* Reads CSV into columns, in two readings: what does each column hold, and then the cells. A state machine takes the
 * bytes as they come, so that a file may be cut anywhere.
 *
 * Sources: RFC 4180 for the format, RFC 3629 for UTF-8. */
#include "data/csv_stream.h"

#include <string.h>

#include "base/math.h"
#include "data/csv_reader.h"

/* --- Memory ------------------------------------------------------------------------------------------------------- */

ml_status ml_csv_out_of_memory(const ml_csv_stream *s, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "the table does not fit into %zu bytes of memory; use a smaller file",
                   s->arena->capacity);
}

void *ml_csv_far_alloc(ml_csv_stream *s, size_t count, size_t size) {
    ml_arena *near = &s->near;
    const size_t room = near->capacity - near->used;
    if (size > 0 && count > room / size)
        return NULL;
    const size_t bytes = count * size, past = (uintptr_t)(near->memory + near->capacity - bytes) % 16;
    if (past > room - bytes)
        return NULL;
    near->capacity -= bytes + past;
    return memset(near->memory + near->capacity, 0, bytes);
}

ml_status ml_csv_append(ml_csv_stream *s, size_t n, const void *bytes, ml_error *error) {
    if (n > s->near.capacity - s->near.used)
        return ml_csv_out_of_memory(s, error);
    memcpy(s->near.memory + s->near.used, bytes, n);
    s->near.used += n;
    return ML_OK;
}

/* --- The names ---------------------------------------------------------------------------------------------------- */

/* How many bytes of a name to show: at most 60, and whole characters. */
static int shown(const char *name) {
    size_t n = strlen(name);
    if (n > 60)
        for (n = 60; n > 0 && ((unsigned char)name[n] & 0xC0) == 0x80;)
            n--;
    return (int)n;
}

/* While the first line is read, the names stand behind one another in the arena, each after its line number. */
static ml_status open_name(ml_csv_stream *s, ml_error *error) {
    ML_TRY(ml_csv_append(s, sizeof s->cell_line, &s->cell_line, error));
    s->words.open = s->near.used;
    return ML_OK;
}

static ml_status close_name(ml_csv_stream *s, ml_error *error) {
    char *name = (char *)s->near.memory + s->words.open;
    size_t n = s->near.used - s->words.open, blanks = 0;
    while (!s->quoted && n > 0 && is_blank(name[n - 1]))
        n--;
    while (!s->quoted && blanks < n && is_blank(name[blanks]))
        blanks++;
    memmove(name, name + blanks, n - blanks);
    s->near.used = s->words.open + n - blanks;
    return ml_csv_append(s, 1, "", error);
}

static ml_status name_columns(ml_csv_stream *s, ml_error *error) {
    ml_table *table = &s->table;
    char *at = (char *)s->near.memory + s->arena->used;
    for (size_t j = 0; j < table->n_columns; j++) {
        size_t line;
        memcpy(&line, at, sizeof line);
        const char *name = at + sizeof line;
        if (name[0] == '\0')
            return ml_fail(error, ML_EPARSE, "line %zu: column %zu has no name; the first line must name every column",
                           line, j + 1);
        for (size_t k = 0; k < j; k++)
            if (strcmp(table->column[k].name, name) == 0)
                return ml_fail(error, ML_EPARSE,
                               "line %zu: columns %zu and %zu are both named '%.*s'; rename one of them", line, k + 1,
                               j + 1, shown(name), name);
        table->column[j].name = name;
        at += sizeof line + strlen(name) + 1;
    }
    return ML_OK;
}

static ml_status end_names(ml_csv_stream *s, ml_error *error) {
    s->has_names = true;
    s->table.n_columns = s->n_cells;
    s->table.column = ML_ALLOC(&s->near, s->n_cells, ml_column);
    s->tallies = ml_csv_far_alloc(s, s->n_cells, sizeof *s->tallies);
    s->n_words = ml_csv_far_alloc(s, s->n_cells, sizeof *s->n_words);
    if (s->table.column == NULL || s->tallies == NULL || s->n_words == NULL)
        return ml_csv_out_of_memory(s, error);
    return name_columns(s, error);
}

/* --- Cells and rows ----------------------------------------------------------------------------------------------- */

static ml_status begin_cell(ml_csv_stream *s, bool quoted, ml_error *error) {
    s->quoted = quoted;
    s->cell_line = s->line;
    ml_cell_clear(&s->view);
    s->keeps_bytes =
        !s->has_names || (s->second && s->n_cells < s->table.n_columns && has_words(&s->table.column[s->n_cells]));
    if (!s->keeps_bytes)
        return ML_OK;
    return s->has_names ? ml_csv_word_open(s, error) : open_name(s, error);
}

static ml_status put_bytes(ml_csv_stream *s, size_t n, const char *bytes, ml_error *error) {
    ml_cell_put(&s->view, n, bytes);
    return s->keeps_bytes ? ml_csv_append(s, n, bytes, error) : ML_OK;
}

static void count_cell(ml_csv_stream *s) {
    double value;
    const cell_kind kind = ml_cell_read(&s->view, &value);
    tally *t = &s->tallies[s->n_cells];
    t->of[kind]++;
    if (kind == CELL_NOT_FINITE && t->not_finite_line == 0)
        t->not_finite_line = s->cell_line;
}

static ml_status store_cell(ml_csv_stream *s, ml_error *error) {
    if (s->row >= s->table.n_rows)
        return ML_OK; /* the file has grown since the first reading: `close` will say so */
    ml_column *column = &s->table.column[s->n_cells];
    double value = (double)NAN;
    const cell_kind kind = ml_cell_read(&s->view, &value);
    if (has_numbers(column))
        column->number[s->row] = value;
    if (!has_words(column))
        return ML_OK;
    if (kind != CELL_MISSING)
        return ml_csv_word_close(s, (uint32_t)s->n_cells, &column->code[s->row], error);
    ml_csv_word_drop(s);
    column->code[s->row] = ML_CODE_MISSING;
    return ML_OK;
}

static ml_status end_cell(ml_csv_stream *s, ml_error *error) {
    if (!s->has_names)
        ML_TRY(close_name(s, error));
    else if (s->n_cells < s->table.n_columns && !s->second)
        count_cell(s);
    else if (s->n_cells < s->table.n_columns)
        ML_TRY(store_cell(s, error));
    s->n_cells++;
    return ML_OK;
}

static ml_status end_row(ml_csv_stream *s, ml_error *error) {
    s->state = ROW_START;
    if (!s->has_names)
        return end_names(s, error);
    if (s->n_cells != s->table.n_columns)
        return ml_fail(error, ML_EPARSE, "line %zu has %zu cells, the first line names %zu columns; %s", s->row_line,
                       s->n_cells, s->table.n_columns,
                       s->n_cells < s->table.n_columns ? "add the missing cells (they may be empty)"
                                                       : "put a cell that holds a comma in quotes");
    s->row++;
    return ML_OK;
}

/* A comma or a line break after a cell. */
static ml_status separate(ml_csv_stream *s, char byte, ml_error *error) {
    ML_TRY(end_cell(s, error));
    if (byte != ',') {
        ML_TRY(end_row(s, error));
        s->line++;
        return ML_OK;
    }
    s->state = CELL_START;
    if (!s->has_names && s->n_cells == ML_CSV_MAX_COLUMNS)
        return ml_fail(error, ML_EPARSE,
                       "line %zu: more than %d columns; leave out those that are not needed, or turn the table so that "
                       "they become rows",
                       s->line, ML_CSV_MAX_COLUMNS);
    return ML_OK;
}

/* --- Bytes -------------------------------------------------------------------------------------------------------- */

static bool is_break(char byte) {
    return byte == '\n' || byte == '\r';
}

static ml_status take_bare(ml_csv_stream *s, const char *text, size_t length, size_t *used, ml_error *error) {
    size_t n = 0;
    while (n < length && text[n] != ',' && !is_break(text[n]))
        n++;
    ML_TRY(put_bytes(s, n, text, error));
    if (n < length)
        ML_TRY(separate(s, text[n], error));
    *used = n + (n < length);
    return ML_OK;
}

static ml_status take_quoted(ml_csv_stream *s, const char *text, size_t length, size_t *used, ml_error *error) {
    size_t n = 0;
    for (char last = s->last; n < length && text[n] != '"'; last = text[n++])
        s->line += text[n] == '\r' || (text[n] == '\n' && last != '\r');
    ML_TRY(put_bytes(s, n, text, error));
    if (n < length)
        s->state = AFTER_QUOTE;
    *used = n + (n < length);
    return ML_OK;
}

static ml_status take_after_quote(ml_csv_stream *s, char byte, ml_error *error) {
    if (byte == '"') {
        s->state = IN_QUOTES;
        return put_bytes(s, 1, &byte, error);
    }
    if (byte == ',' || is_break(byte))
        return separate(s, byte, error);
    return ml_fail(error, ML_EPARSE,
                   "line %zu: text follows a closing quote; put the whole cell in quotes, and write a quote inside it "
                   "twice (\"\")",
                   s->line);
}

/* Steps over a line break between rows, the LF of a CRLF among them. An empty line is no row, unless the file has one
 * column: there it is a missing cell. */
static bool skips_break(ml_csv_stream *s, char byte) {
    if (byte == '\n' && s->last == '\r')
        return true;
    if (!is_break(byte) || (s->has_names && s->table.n_columns == 1))
        return false;
    s->line++;
    return true;
}

/* Takes some bytes, at least one unless the state changes; *used says how many. */
static ml_status take(ml_csv_stream *s, const char *text, size_t length, size_t *used, ml_error *error) {
    *used = 0;
    switch (s->state) {
    case ROW_START:
        if (skips_break(s, text[0])) {
            *used = 1;
            return ML_OK;
        }
        s->row_line = s->line;
        s->n_cells = 0;
        s->state = CELL_START;
        return ML_OK;
    case CELL_START:
        *used = text[0] == '"';
        s->state = text[0] == '"' ? IN_QUOTES : IN_CELL;
        return begin_cell(s, text[0] == '"', error);
    case IN_CELL:
        return take_bare(s, text, length, used, error);
    case IN_QUOTES:
        return take_quoted(s, text, length, used, error);
    case AFTER_QUOTE:
        *used = 1;
        return take_after_quote(s, text[0], error);
    }
    return ML_OK;
}

static ml_status parse(ml_csv_stream *s, size_t length, const char *text, ml_error *error) {
    for (size_t i = 0, used; i < length; i += used) {
        ML_TRY(take(s, text + i, length - i, &used, error));
        if (used > 0)
            s->last = text[i + used - 1];
        s->parsed += used;
        if (!s->has_names || s->body > 0)
            continue;
        s->body = s->parsed;
        s->before_body = s->last;
    }
    return ML_OK;
}

/* The same, but for a byte order mark at the start, which is held back until it is known to be one. */
static ml_status parse_after_mark(ml_csv_stream *s, size_t length, const char *text, ml_error *error) {
    static const char mark[] = "\xEF\xBB\xBF";
    while (s->mark < 3 && length > 0 && *text == mark[s->mark]) {
        s->mark++;
        text++;
        length--;
    }
    if (length == 0)
        return ML_OK;
    const size_t held = s->mark;
    s->mark = 3;
    if (held < 3)
        ML_TRY(parse(s, held, mark, error));
    else if (s->parsed == 0)
        s->parsed = 3;
    return parse(s, length, text, error);
}

static ml_status end_of_text(ml_csv_stream *s, ml_error *error) {
    if (s->state == IN_QUOTES)
        return ml_fail(error, ML_EPARSE,
                       "line %zu: a quote opens here and is never closed; add the closing quote, and write a quote "
                       "inside a cell twice (\"\")",
                       s->cell_line);
    if (s->state == ROW_START)
        return ML_OK;
    if (s->state == CELL_START)
        ML_TRY(begin_cell(s, false, error));
    ML_TRY(end_cell(s, error));
    return end_row(s, error);
}

/* --- What each column holds --------------------------------------------------------------------------------------- */

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

static ml_status allocate_columns(ml_csv_stream *s, ml_error *error) {
    ml_table *table = &s->table;
    for (size_t j = 0; j < table->n_columns; j++) {
        ml_column *column = &table->column[j];
        if (has_numbers(column) && (column->number = ML_ALLOC(&s->near, table->n_rows, double)) == NULL)
            return ml_csv_out_of_memory(s, error);
        if (has_words(column) && (column->code = ML_ALLOC(&s->near, table->n_rows, uint32_t)) == NULL)
            return ml_csv_out_of_memory(s, error);
    }
    return ml_csv_words_start(s, error);
}

static ml_status judge_table(ml_csv_stream *s, ml_error *error) {
    ML_TRY(end_of_text(s, error));
    if (!s->has_names)
        return ml_fail(error, ML_EPARSE, "line 1: the file is empty; the first line must name the columns");
    s->table.n_rows = s->row;
    if (s->row == 0)
        return ml_fail(error, ML_EPARSE, "line %zu: the file names %zu columns and has no row below; add at least one",
                       s->line, s->table.n_columns);
    for (size_t j = 0; j < s->table.n_columns; j++)
        ML_TRY(judge_column(&s->tallies[j], &s->table.column[j], error));
    return allocate_columns(s, error);
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

static void start_reading(ml_csv_stream *s) {
    s->fingerprint[s->second] = UINT64_C(0xcbf29ce484222325);
    s->state = ROW_START;
    s->last = s->before_body;
    s->line = 1;
    s->row = 0;
    s->parsed = 0;
}

ml_status ml_csv_stream_open(ml_arena *arena, ml_csv_stream **stream, ml_error *error) {
    ml_csv_stream start = {.arena = arena, .near = *arena, .check = ml_utf8_start()};
    ml_csv_stream *s = ml_csv_far_alloc(&start, 1, sizeof *s);
    if (s == NULL)
        return ml_csv_out_of_memory(&start, error);
    *s = start;
    start_reading(s);
    *stream = s;
    return ML_OK;
}

static ml_status repeat(const ml_csv_stream *s, ml_error *error) {
    return ml_fail(error, s->status, "%s", s->problem.message);
}

static void fingerprint(ml_csv_stream *s, size_t length, const char *text) {
    uint64_t hash = s->fingerprint[s->second];
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    s->fingerprint[s->second] = hash;
    s->bytes[s->second] += length;
}

/* In the second reading the names are known: all bytes up to the first row are passed over. */
static ml_status read_piece(ml_csv_stream *s, size_t length, const char *text) {
    if (!s->second)
        return parse_after_mark(s, length, text, &s->problem);
    const uint64_t ahead = s->parsed < s->body ? s->body - s->parsed : 0;
    const size_t skipped = ahead < length ? (size_t)ahead : length;
    s->parsed += skipped;
    return skipped < length ? parse(s, length - skipped, text + skipped, &s->problem) : ML_OK;
}

ml_status ml_csv_stream_feed(ml_csv_stream *s, size_t length, const char *text, ml_error *error) {
    if (s->text != ML_OK)
        return repeat(s, error);
    if (!s->second) {
        ml_error problem;
        s->text = ml_utf8_feed(&s->check, length, text, &problem);
        if (s->text != ML_OK) {
            s->status = s->text;
            s->problem = problem;
            return repeat(s, error);
        }
    }
    fingerprint(s, length, text);
    if (s->status == ML_OK)
        s->status = read_piece(s, length, text);
    return s->status == ML_ENOMEM ? repeat(s, error) : ML_OK;
}

ml_status ml_csv_stream_rewind(ml_csv_stream *s, ml_error *error) {
    if (s->second)
        return ml_fail(error, ML_EINVAL, "the CSV stream was rewound before; a file is read twice");
    if (s->text == ML_OK) {
        ml_error problem;
        s->text = ml_utf8_end(&s->check, &problem);
        if (s->text != ML_OK) {
            s->status = s->text;
            s->problem = problem;
        }
    }
    if (s->status == ML_OK)
        s->status = judge_table(s, &s->problem);
    if (s->status != ML_OK)
        return repeat(s, error);
    s->second = true;
    start_reading(s);
    return ML_OK;
}

ml_status ml_csv_stream_close(ml_csv_stream *s, ml_table *table, ml_error *error) {
    if (!s->second)
        return ml_fail(error, ML_EINVAL, "the CSV stream was read once; rewind it and feed the file again");
    if (s->status == ML_OK)
        s->status = end_of_text(s, &s->problem);
    if (s->status != ML_ENOMEM && (s->bytes[0] != s->bytes[1] || s->fingerprint[0] != s->fingerprint[1]))
        s->status = ml_fail(&s->problem, ML_EPARSE,
                            "the file changed between its two readings; read it again when nobody writes to it");
    if (s->status == ML_OK)
        s->status = ml_csv_words_end(s, &s->problem);
    if (s->status != ML_OK)
        return repeat(s, error);
    *table = s->table;
    s->arena->used = s->near.used;
    return ML_OK;
}
