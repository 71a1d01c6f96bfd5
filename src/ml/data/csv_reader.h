/* The insides of the streaming CSV reader, which two files share. Private to ml/data. */
#ifndef ML_DATA_CSV_READER_H
#define ML_DATA_CSV_READER_H

#include "data/csv_cell.h"
#include "data/data.h"
#include "data/utf8.h"

typedef struct tally {
    size_t of[CELL_WORD + 1]; /* cells of each kind */
    size_t not_finite_line;   /* the first of them */
} tally;

/* All different words of all columns. They stand behind one another in the arena, in order of appearance:
 *     u32 column, u32 index among the column's words, u32 length, the bytes, a NUL
 * and a hash table with open addressing at the arena's other end tells where. It grows towards them by doubling, and is
 * filled again from the words themselves, so that the smaller table's memory is not lost. */
typedef struct word_pool {
    size_t begin;   /* where in the arena they start */
    size_t open;    /* where the word starts that is being read */
    size_t n;       /* how many words there are */
    size_t n_slots; /* a power of two */
    uint32_t *slot; /* [n_slots] 1 + where a word starts, counted from `begin`; 0: free */
} word_pool;

enum { WORD_HEAD = 12 };

typedef enum parser_state { ROW_START, CELL_START, IN_CELL, IN_QUOTES, AFTER_QUOTE } parser_state;

struct ml_csv_stream {
    ml_arena *arena;
    ml_arena near; /* the arena below the scratch, which lies at its far end: what is taken from it stays */

    bool second;             /* the second reading */
    uint64_t bytes[2];       /* of each reading */
    uint64_t fingerprint[2]; /* FNV-1a (Fowler, Noll and Vo 1991), 64 bits */
    utf8_check check;
    ml_status status; /* the first error, kept while bytes that are no text may still come */
    ml_status text;   /* the error of such bytes */
    ml_error problem;

    uint64_t parsed;  /* bytes of this reading */
    uint64_t body;    /* how many of them stand before the first row */
    char before_body; /* the last of those */

    size_t mark; /* bytes of a byte order mark that were held back; 3: it is behind us, or there was none */
    parser_state state;
    char last;   /* the byte before */
    size_t line; /* counted from 1, as editors do */
    size_t row_line, cell_line;
    size_t row, n_cells; /* the row, and how many of its cells are complete */
    bool has_names;      /* the first line is behind us */
    bool quoted;
    bool keeps_bytes; /* the cell's bytes go to the arena's end */
    cell_view view;

    ml_table table;
    tally *tallies;    /* [n_columns] */
    uint32_t *n_words; /* [n_columns] different words so far */
    word_pool words;
};

ml_status ml_csv_out_of_memory(const ml_csv_stream *s, ml_error *error);

/* Zeroed scratch at the far end of the arena, aligned to 16 bytes; NULL when it does not fit. */
void *ml_csv_far_alloc(ml_csv_stream *s, size_t count, size_t size);

/* Appends bytes at the near end, without alignment. */
ml_status ml_csv_append(ml_csv_stream *s, size_t n, const void *bytes, ml_error *error);

/* Begins the pool, when the columns are allocated. */
ml_status ml_csv_words_start(ml_csv_stream *s, ml_error *error);
/* Begins a word: its bytes are to be appended now. */
ml_status ml_csv_word_open(ml_csv_stream *s, ml_error *error);
/* Ends it; *code is its index among the words of the column, in order of appearance. */
ml_status ml_csv_word_close(ml_csv_stream *s, uint32_t column, uint32_t *code, ml_error *error);
/* It was no word: its bytes are given back. */
void ml_csv_word_drop(ml_csv_stream *s);
/* Sorts each column's words, gives the cells their codes and packs the words. */
ml_status ml_csv_words_end(ml_csv_stream *s, ml_error *error);

static inline bool has_numbers(const ml_column *column) {
    return column->kind == ML_COLUMN_NUMBER || column->kind == ML_COLUMN_INTEGER;
}

static inline bool has_words(const ml_column *column) {
    return column->kind == ML_COLUMN_CATEGORY || column->kind == ML_COLUMN_TEXT;
}

#endif
