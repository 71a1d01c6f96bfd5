/* A CSV text cell by cell, where it stands, and its numbers. */
#include <stdio.h>
#include <string.h>

#include "data/csv_stream.h"

static bool is_break(char byte) {
    return byte == '\n' || byte == '\r';
}

/* Where the quoted cell that opens at `open` closes: at its last quote; length if it never does. */
static size_t closing_quote(size_t length, const char *text, size_t open) {
    for (size_t i = open + 1; i < length; i++)
        if (text[i] == '"') {
            if (i + 1 == length || text[i + 1] != '"')
                return i;
            i++;
        }
    return length;
}

ml_status ml_csv_next(size_t length, const char *text, size_t *at, ml_csv_cell *cell, ml_error *error) {
    size_t begin = *at, end = begin, next;
    const bool quoted = begin < length && text[begin] == '"';
    if (quoted) {
        end = closing_quote(length, text, begin++);
        if (end == length)
            return ml_fail(error, ML_EPARSE,
                           "byte %zu: a quote opens here and is never closed; add the closing quote, and write a quote "
                           "inside a cell twice (\"\")",
                           *at);
        next = end + 1;
    } else {
        while (end < length && text[end] != ',' && !is_break(text[end]))
            end++;
        next = end;
    }
    if (next < length && text[next] != ',' && !is_break(text[next]))
        return ml_fail(error, ML_EPARSE,
                       "byte %zu: text follows a closing quote; put the whole cell in quotes, and write a quote inside "
                       "it twice (\"\")",
                       next);
    *cell = (ml_csv_cell){text + begin, end - begin, quoted, next == length || text[next] != ','};
    next += next < length;
    if (cell->ends_row && next < length && next > 0 && text[next - 1] == '\r' && text[next] == '\n')
        next++;
    *at = next;
    return ML_OK;
}

size_t ml_format_f64(double value, int digits, char *text) {
    digits = digits < 1 ? 1 : digits > 17 ? 17 : digits;
    return (size_t)snprintf(text, 32, "%.*g", digits, value);
}
