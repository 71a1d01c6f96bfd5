/* A CSV file in one piece: fed whole to the reader of pieces, twice. */
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

size_t ml_csv_line(const char *text, size_t length, size_t row) {
    reader r = reader_of_file(text, length);
    size_t n_columns = 0;
    skip_empty_lines(&r, 0);
    (void)count_columns(r, &n_columns, NULL);
    for (size_t i = 0; !at_end(&r); i++) { /* the names, then the rows */
        cell c = {.ends_row = false};
        if (i > 0)
            skip_empty_lines(&r, n_columns);
        if (i > row)
            break;
        while (!c.ends_row && next_cell(&r, &c, NULL) == ML_OK)
            continue;
    }
    return r.line;
}
