/* A CSV file in one piece: fed whole to the reader of pieces, twice. */
#include <string.h>

#include "data/data.h"

static ml_status feed_twice(ml_csv_stream *stream, const char *text, size_t length, ml_table *table, ml_error *error) {
    ML_TRY(ml_csv_stream_feed(stream, length, text, error));
    ML_TRY(ml_csv_stream_rewind(stream, error));
    ML_TRY(ml_csv_stream_feed(stream, length, text, error));
    return ml_csv_stream_close(stream, table, error);
}

ml_status ml_csv_read(const char *text, size_t length, ml_arena *arena, ml_table *table, ml_error *error) {
    ml_csv_stream *stream;
    ML_TRY(ml_csv_stream_open(arena, &stream, error));
    return feed_twice(stream, text, length, table, error);
}

static bool is_break(const char *text, size_t length, size_t at) {
    return at < length && (text[at] == '\n' || text[at] == '\r');
}

/* The line in which byte `at` stands; the LF of a CRLF belongs to the break before it. */
static size_t line_of(const char *text, size_t at) {
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\r' || (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'));
    return line;
}

size_t ml_csv_line(const char *text, size_t length, size_t row) {
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, columns = 0;
    for (size_t i = 0; at < length; i++) { /* the names, then the rows */
        while (columns != 1 && is_break(text, length, at))
            at++;
        if (i > row)
            break;
        ml_csv_cell cell = {.ends_row = false};
        for (columns = 0; !cell.ends_row && ml_csv_next(length, text, &at, &cell, NULL) == ML_OK;)
            columns++;
    }
    return line_of(text, at);
}
