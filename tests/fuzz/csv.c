/* The CSV reader: any bytes give a table or a sentence; the same however the file is cut, in the memory that the header
 * promises; cell by cell and as a columnar file too. */
#include "tables.h"

#include <math.h>

enum { ROOM = 1 << 20 };
static _Alignas(64) unsigned char block[ROOM], other_block[ROOM];

static ml_status feed(ml_csv_stream *stream, const char *text, size_t length, size_t longest, ml_rng *rng,
                      ml_error *error) {
    for (size_t at = 0, n; at < length; at += n) {
        n = 1 + (size_t)ml_rng_below(rng, longest);
        n = n < length - at ? n : length - at;
        char *const piece = (char *)fuzz_copy(n, text + at);
        const ml_status status = ml_csv_stream_feed(stream, n, piece, error);
        free(piece);
        ML_TRY(status);
    }
    return ML_OK;
}

static ml_status read_pieces(const char *text, size_t length, size_t longest, ml_rng *rng, ml_arena *arena,
                             ml_table *table, ml_error *error) {
    ml_csv_stream *stream = NULL;
    ML_TRY(ml_csv_stream_open(arena, &stream, error));
    ML_TRY(feed(stream, text, length, longest, rng, error));
    ML_TRY(ml_csv_stream_rewind(stream, error));
    ML_TRY(feed(stream, text, length, longest, rng, error));
    return ml_csv_stream_close(stream, table, error);
}

/* Bytes that csv_stream.h allows for this table: what stays, and what is needed on the way. */
static size_t promised(const ml_table *t, size_t longest_cell) {
    size_t bytes = 1300 + longest_cell;
    for (size_t j = 0; j < t->n_columns; j++) {
        const ml_column *c = &t->column[j];
        bytes += 200 + 56 + strlen(c->name) + t->n_rows * (c->number != NULL ? 8 : c->code != NULL ? 4 : 0);
        for (size_t k = 0; k < c->n_levels; k++)
            bytes += strlen(c->level[k]) + 1 + 8 + 12 + 16;
    }
    return bytes;
}

/* --- Cell by cell ------------------------------------------------------------------------------------------------- */

static bool is_break(const char *text, size_t length, size_t at) {
    return at < length && (text[at] == '\n' || text[at] == '\r');
}

/* What a cell says is what the table holds. */
static void cell_must_be(const ml_csv_cell *cell, const ml_column *column, size_t row) {
    char word[8192];
    double value;
    size_t n = 0;
    if (column->number != NULL) {
        const bool read = ml_parse_f64(cell->length, cell->text, &value);
        MUST(read ? value == column->number[row] : isnan(column->number[row]));
    }
    if (column->code == NULL || ml_column_word(column, row) == NULL)
        return;
    for (size_t i = 0; i < cell->length && n < sizeof word - 1; i++) {
        word[n++] = cell->text[i];
        i += cell->quoted && cell->text[i] == '"'; /* "" stands for one */
    }
    word[n] = '\0';
    MUST(strcmp(word, ml_column_word(column, row)) == 0);
}

/* Returns the length of the longest cell. */
static size_t cells_must_agree(const char *text, size_t length, const ml_table *table) {
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, longest = 0, rows = 0, line = 0;
    for (bool named = false; at < length; named = true) {
        while ((!named || table->n_columns > 1) && is_break(text, length, at)) /* empty lines are no rows */
            at++;
        if (at == length)
            break;
        const bool counts = rows < 8 || rows + 1 == table->n_rows; /* asking for a line walks through the text */
        if (named && counts) {
            const size_t next = ml_csv_line(text, length, rows);
            MUST(next > line);
            line = next;
        }
        ml_csv_cell cell = {.ends_row = false};
        for (size_t j = 0; !cell.ends_row; j++) {
            const bool last = at == length; /* after a comma at the very end stands an empty cell */
            if (last && j == table->n_columns)
                break;
            MUST(j < table->n_columns && ml_csv_next(length, text, &at, &cell, NULL) == ML_OK);
            longest = cell.length > longest ? cell.length : longest;
            if (named)
                cell_must_be(&cell, &table->column[j], rows);
            MUST(cell.ends_row ? j + 1 == table->n_columns : true);
        }
        rows += named;
    }
    MUST(rows == table->n_rows);
    return longest;
}

/* The promised memory is enough; less gives the same table, or says that it is too little. */
static void fits(const char *text, size_t length, const ml_table *expected, size_t enough, ml_rng *rng) {
    enough = enough < ROOM ? enough : ROOM;
    fuzz_guard = 0;
    for (int round = 0; round < 2; round++) {
        ml_arena arena = fuzz_arena(other_block, round == 0 ? enough : (size_t)ml_rng_below(rng, enough));
        ml_table table;
        const ml_status status = ml_csv_read(text, length, &arena, &table, NULL);
        MUST(status == ML_OK || (round > 0 && status == ML_ENOMEM && arena.used == 0));
        if (status == ML_OK)
            tables_must_be_same(expected, &table);
    }
    fuzz_guard = 64;
}

/* --- The whole ---------------------------------------------------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *const text = (const char *)data;
    ml_rng rng = fuzz_rng(size, data);
    ml_arena arena = fuzz_arena(block, ROOM), other = fuzz_arena(other_block, ROOM);
    ml_error expected = {""}, error = {""};
    ml_table whole, pieces;
    const ml_status status = ml_csv_read(text, size, &arena, &whole, &expected);
    fuzz_must_say(status, &expected);
    MUST(status == ML_OK || status == ML_EPARSE || status == ML_ENOMEM);
    const size_t longest_piece = ml_rng_below(&rng, 2) ? 1 + ml_rng_below(&rng, 8) : 1 + ml_rng_below(&rng, size + 1);
    MUST(read_pieces(text, size, longest_piece, &rng, &other, &pieces, &error) == status);
    MUST(strcmp(error.message, expected.message) == 0 && other.used == arena.used);
    if (status != ML_OK) {
        MUST(arena.used == 0);
        return 0;
    }
    tables_must_be_same(&whole, &pieces);
    fits(text, size, &whole, promised(&whole, cells_must_agree(text, size, &whole)), &rng);
    table_must_survive_columnar(&whole, other_block, ROOM);
    return 0;
}
