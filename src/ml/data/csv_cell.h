/* What is in a cell of a CSV file? Private to ml/data. */
#ifndef ML_DATA_CSV_CELL_H
#define ML_DATA_CSV_CELL_H

#include <stdbool.h>
#include <stddef.h>

typedef enum cell_kind { CELL_MISSING, CELL_INTEGER, CELL_NUMBER, CELL_NOT_FINITE, CELL_WORD } cell_kind;

enum { LONGEST_NUMBER = 400 }; /* characters; the exact decimal of any double's neighbourhood is read from fewer */

/* A cell as it comes in, byte by byte, without the blanks around it, as far as needed to tell what it holds. */
typedef struct cell_view {
    char text[LONGEST_NUMBER];
    size_t n;
    bool ended; /* a blank has followed: more bytes make it a word */
    bool word;  /* too long for a number, or with a blank inside */
} cell_view;

void ml_cell_clear(cell_view *view);
void ml_cell_put(cell_view *view, size_t n, const char *bytes);

/* What the cell holds; *value, if it is a finite number. */
cell_kind ml_cell_read(const cell_view *view, double *value);

static inline bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

#endif
