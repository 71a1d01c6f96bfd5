/* What a table is, whether two are the same, and the columnar format between them. */
#ifndef TESTS_FUZZ_TABLES_H
#define TESTS_FUZZ_TABLES_H

#include <math.h>

#include "data/data.h"
#include "fuzz.h"

static inline void tables_must_be_same(const ml_table *a, const ml_table *b) {
    MUST(a->n_rows == b->n_rows && a->n_columns == b->n_columns);
    for (size_t j = 0; j < a->n_columns; j++) {
        const ml_column *x = &a->column[j], *y = &b->column[j];
        MUST(strcmp(x->name, y->name) == 0 && x->kind == y->kind && x->n_missing == y->n_missing);
        MUST(x->n_levels == y->n_levels && (x->number != NULL) == (y->number != NULL));
        MUST((x->code != NULL) == (y->code != NULL));
        if (x->number != NULL)
            MUST(memcmp(x->number, y->number, a->n_rows * sizeof *x->number) == 0);
        if (x->code != NULL)
            MUST(memcmp(x->code, y->code, a->n_rows * sizeof *x->code) == 0);
        for (size_t k = 0; k < x->n_levels; k++)
            MUST(strcmp(x->level[k], y->level[k]) == 0);
    }
}

/* Whoever uses a table relies on this (data/data.h). */
static inline void table_must_be_sound(const ml_table *t) {
    MUST(t->n_columns >= 1 && t->n_columns <= ML_CSV_MAX_COLUMNS);
    for (size_t j = 0; j < t->n_columns; j++) {
        const ml_column *c = &t->column[j];
        size_t missing = 0;
        const bool numbers = c->kind == ML_COLUMN_NUMBER || c->kind == ML_COLUMN_INTEGER;
        MUST(c->name[0] != '\0' && (!numbers || c->number != NULL));
        for (size_t i = 0; i < t->n_rows; i++) {
            MUST(!numbers || !isinf(c->number[i]));
            MUST(c->code == NULL || c->code[i] == ML_CODE_MISSING || c->code[i] < c->n_levels);
            missing += numbers ? !(c->number[i] == c->number[i]) : ml_column_word(c, i) == NULL;
        }
        MUST(missing == c->n_missing);
        for (size_t k = 1; k < c->n_levels; k++)
            MUST(strcmp(c->level[k - 1], c->level[k]) < 0);
    }
}

/* Written and read again, a table is the same, and so are the bytes when it is written once more.
 *   scratch  a block; what is read goes there too */
static inline void table_must_survive_columnar(const ml_table *table, void *block, size_t bytes) {
    ml_arena arena = fuzz_arena(block, bytes);
    ml_columnar file;
    ml_table read;
    table_must_be_sound(table);
    size_t length = 0, again = 0;
    MUST(ml_columnar_write(table, 0, NULL, &length, &arena, NULL) == ML_OK);
    uint8_t *const first = malloc(length), *const second = malloc(length);
    MUST(first != NULL && second != NULL);
    MUST(ml_columnar_write(table, length, first, &again, &arena, NULL) == ML_OK && again == length);
    MUST(arena.used == 0);
    MUST(ml_columnar_open(length, first, &arena, &file, NULL) == ML_OK);
    MUST(ml_columnar_table(&file, &arena, &read, NULL) == ML_OK);
    tables_must_be_same(table, &read);
    MUST(ml_columnar_write(&read, length, second, &again, &arena, NULL) == ML_OK && again == length);
    MUST(memcmp(first, second, length) == 0);
    free(first);
    free(second);
}

#endif
