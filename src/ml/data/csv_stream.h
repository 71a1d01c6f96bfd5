/* CSV that does not fit into memory as text: read in pieces, into columns. And a file in memory, cell by cell. */
#ifndef ML_DATA_CSV_STREAM_H
#define ML_DATA_CSV_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

struct ml_table;

/* A reader that is fed a file piece by piece, twice:
 *     ml_csv_stream *stream;
 *     ML_TRY(ml_csv_stream_open(&arena, &stream, error));
 *     while ((n = fread(piece, 1, sizeof piece, file)) > 0)
 *         ML_TRY(ml_csv_stream_feed(stream, n, piece, error));
 *     ML_TRY(ml_csv_stream_rewind(stream, error));
 *     ... the same pieces, or others of the same bytes, once more ...
 *     ML_TRY(ml_csv_stream_close(stream, &table, error));
 * Why twice: what a column holds is known only at its last cell. A word in the last row makes words of all numbers
 * above it, as they were written ("007"), so that either their text is kept, or they are read again. The first reading
 * checks everything and counts; the second one writes each cell where it stays. So a file of 100 MB takes the memory of
 * its columns, and no more; ml_csv_read is the same reader fed with one piece.
 *
 * The result, and the sentence of any error, do not depend on how the file is cut: a piece may be one byte. The format,
 * the kinds of columns and the errors are those of ml_csv_read.
 * Memory: from `open` on, all that is free in the arena is the stream's; whoever gives up may just forget the stream,
 *         since the arena counts as it was until `close` succeeds. Then the table has its columns (8 or 4 bytes a cell,
 *         each different word once and 8 bytes, at most 200 bytes a column). On the way: 1,300 bytes, the longest
 *         cell, 56 bytes a column, and for each different word 12 bytes and up to 16 of a hash table. */
typedef struct ml_csv_stream ml_csv_stream;

/* Errors: ML_ENOMEM. */
ml_status ml_csv_stream_open(ml_arena *arena, ml_csv_stream **stream, ml_error *error);

/* Takes in the next bytes of the file; they may go once this returns.
 * Cost:   O(length), about twenty instructions a byte in each reading.
 * Errors: ML_EPARSE for what is no text (no UTF-8, a NUL), at once; ML_ENOMEM. A file that is text but no proper CSV is
 *         refused at its end, by ml_csv_stream_rewind: bytes that are no text are told before anything else. After an
 *         error each further call repeats it. */
ml_status ml_csv_stream_feed(ml_csv_stream *stream, size_t length, const char *text, ml_error *error);

/* Ends the first reading.
 * Errors: those of ml_csv_read; ML_EINVAL if it was called before. */
ml_status ml_csv_stream_rewind(ml_csv_stream *stream, ml_error *error);

/* Ends the second reading.
 *   table  out; lives in the arena given to ml_csv_stream_open; untouched on error
 * Errors: ML_EPARSE if the second reading brought other bytes than the first (known by their number and a hash of 64
 *         bits); ML_ENOMEM; ML_EINVAL if ml_csv_stream_rewind was not called. */
ml_status ml_csv_stream_close(ml_csv_stream *stream, struct ml_table *table, ml_error *error);

/* --- Cell by cell ---------------------------------------------------------------------------------------------------
 */

/* A cell of a CSV text, where it stands. */
typedef struct ml_csv_cell {
    const char *text; /* [length] without the quotes around it; a "" inside still stands twice */
    size_t length;
    bool quoted;
    bool ends_row;
} ml_csv_cell;

/* Reads the next cell of a text and steps over what separates it from the one after it, by the rules of ml_csv_read;
 * what is in the cells, and how many make a row, is the caller's to check. An empty line is a row of one empty cell.
 *   text  [length]  the whole text
 *   at              where to read, 0 at first, length at the end; moved on, untouched on error
 *   cell            out; points into the text
 *     while (at < length)
 *         ML_TRY(ml_csv_next(length, text, &at, &cell, error));
 * A text that ends with a comma has one more cell after it, which is empty: then, and for an empty text, the loop above
 * ends with cell.ends_row not set, and one more call at `length` gives it.
 * Cost:   O(bytes of the cell).
 * Errors: ML_EPARSE: a quote that is never closed, or text after a closing quote; the sentence names the byte. */
ml_status ml_csv_next(size_t length, const char *text, size_t *at, ml_csv_cell *cell, ml_error *error);

/* Reads a number as the cells of a CSV file are read: decimal, blanks around it ignored, at most 400 characters.
 * Returns false, and leaves *value alone, if the text is anything else, or beyond what a double can hold. */
bool ml_parse_f64(size_t length, const char *text, double *value);

/* Writes a number in decimal with up to `digits` significant digits (1 to 17; what is below or above counts as these),
 * as printf's %.*g does: 17 always give the same double when read back, 15 or 16 often.
 *   text  [32]  out, NUL-terminated
 * Returns its length. Source: Goldberg 1991, "What every computer scientist should know about floating-point
 * arithmetic", ACM Computing Surveys 23(1), theorem 15. */
size_t ml_format_f64(double value, int digits, char *text);

#endif
