/* CSV in pieces: the same table and the same sentence however a file is cut; and a text cell by cell. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static _Alignas(64) unsigned char block[8 << 20], other_block[8 << 20];
static ml_error error;

/* Feeds the text in random pieces of up to `longest` bytes, each from memory of exactly that length. */
static ml_status feed_pieces(ml_csv_stream *stream, const char *text, size_t length, size_t longest, ml_rng *rng) {
    for (size_t at = 0; at < length;) {
        size_t n = 1 + (size_t)ml_rng_below(rng, longest);
        n = n < length - at ? n : length - at;
        char *piece = malloc(n);
        assert_non_null(piece);
        memcpy(piece, text + at, n);
        const ml_status status = ml_csv_stream_feed(stream, n, piece, &error);
        free(piece);
        ML_TRY(status);
        at += n;
    }
    return ML_OK;
}

static ml_status read_pieces(const char *text, size_t length, size_t longest, ml_rng *rng, ml_arena *arena,
                             ml_table *table) {
    ml_csv_stream *stream;
    ML_TRY(ml_csv_stream_open(arena, &stream, &error));
    ML_TRY(feed_pieces(stream, text, length, longest, rng));
    ML_TRY(ml_csv_stream_rewind(stream, &error));
    ML_TRY(feed_pieces(stream, text, length, longest, rng));
    return ml_csv_stream_close(stream, table, &error);
}

static void assert_same_tables(const ml_table *a, const ml_table *b) {
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    for (size_t j = 0; j < a->n_columns; j++) {
        const ml_column *x = &a->column[j], *y = &b->column[j];
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(x->n_missing, y->n_missing);
        assert_int_equal(x->n_levels, y->n_levels);
        assert_true((x->number != NULL) == (y->number != NULL) && (x->code != NULL) == (y->code != NULL));
        if (x->number != NULL)
            assert_memory_equal(x->number, y->number, a->n_rows * sizeof *x->number);
        if (x->code != NULL)
            assert_memory_equal(x->code, y->code, a->n_rows * sizeof *x->code);
        for (size_t k = 0; k < x->n_levels; k++)
            assert_string_equal(x->level[k], y->level[k]);
    }
}

/* --- However it is cut -------------------------------------------------------------------------------------------- */

static const char *pick(ml_rng *rng, size_t n, const char *const *from) {
    return from[ml_rng_below(rng, n)];
}

/* A small file that is nearly right, or no file at all, now and then with bytes that are no text. */
static size_t write_file(ml_rng *rng, char *text) {
    static const char *const names[] = {"a,", "\"b\"\"\n\",", " c ,", "größe,", "a", ","};
    static const char *const cells[] = {
        "1", "-2.5", "1e999",         "inf", "NA",  "",      " ",   "word", "\"q\"",  "\"\"",
        "ä", "€",    "\"\r\n,\"\"\"", "007", "1e5", "other", " w ", "\"",   "\"x\"y", "\t3 "};
    static const char *const breaks[] = {"\n", "\r\n", "\r", "\n\n", "\r\r\n"};
    static const char *const no_text[] = {"\xFF", "\xC3", "\xF0\x9F\x98", "\xED\xA0\x80"};
    char *to = text;
    if (ml_rng_below(rng, 4) == 0)
        to += sprintf(to, "%s", ml_rng_below(rng, 4) == 0 ? "\xFF\xFE" : "\xEF\xBB\xBF");
    const size_t columns = 1 + (size_t)ml_rng_below(rng, 3), rows = (size_t)ml_rng_below(rng, 8);
    for (size_t j = 0; j < columns; j++)
        to += sprintf(to, "%s%s", j > 0 ? "," : "",
                      ml_rng_below(rng, 8) == 0 ? pick(rng, 6, names)
                      : j == 0                  ? "x"
                      : j == 1                  ? "y"
                                                : "z");
    for (size_t i = 0; i < rows; i++) {
        to += sprintf(to, "%s", pick(rng, 5, breaks));
        const size_t width = columns + (ml_rng_below(rng, 40) == 0);
        for (size_t j = 0; j < width; j++)
            to += sprintf(to, "%s%s", j > 0 ? "," : "", pick(rng, ml_rng_below(rng, 10) == 0 ? 20 : 17, cells));
    }
    to += sprintf(to, "%s", pick(rng, 5, breaks));
    if (ml_rng_below(rng, 10) == 0)
        to += sprintf(to, "%s", pick(rng, 4, no_text));
    if (ml_rng_below(rng, 30) == 0)
        text[ml_rng_below(rng, (uint64_t)(to - text))] = '\0';
    return (size_t)(to - text);
}

static void test_any_cuts_give_the_same_table_and_the_same_sentence(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(71, 0);
    size_t read = 0, refused = 0;
    for (int round = 0; round < 6000; round++) {
        static char text[4096];
        const size_t length = write_file(&rng, text);
        ml_arena arena = ml_arena_over(block, 1 << 16), other_arena = ml_arena_over(other_block, 1 << 16);
        ml_table whole, pieces;
        ml_error expected = {""};
        error = expected;
        const ml_status status = ml_csv_read(text, length, &arena, &whole, &expected);
        const size_t longest = round % 3 == 0 ? 1 : round % 3 == 1 ? 4 : 60;
        assert_int_equal(read_pieces(text, length, longest, &rng, &other_arena, &pieces), status);
        assert_string_equal(error.message, expected.message);
        assert_int_equal(other_arena.used, arena.used);
        if (status == ML_OK)
            assert_same_tables(&whole, &pieces);
        read += status == ML_OK;
        refused += status == ML_EPARSE;
    }
    assert_true(read > 2000 && refused > 2000 && read + refused == 6000);
}

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

/* The figures of the header: they are enough, for files of a few cells too, where the reader itself takes the most. */
static void test_the_promised_memory_is_enough(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(75, 0);
    size_t read = 0;
    for (int round = 0; round < 3000; round++) {
        static char text[4096];
        const size_t length = write_file(&rng, text);
        ml_arena arena = ml_arena_over(block, sizeof block);
        ml_table table;
        if (ml_csv_read(text, length, &arena, &table, NULL) != ML_OK)
            continue;
        ml_arena enough = ml_arena_over(other_block, promised(&table, sizeof "\"\r\n,\"\"\""));
        ml_table again;
        assert_int_equal(read_pieces(text, length, 7, &rng, &enough, &again), ML_OK);
        assert_same_tables(&table, &again);
        read++;
    }
    assert_true(read > 1000);
}

/* 60,000 rows of 4,000 different words and of numbers: the hash table grows six times. */
static void test_memory_is_for_the_columns_and_not_for_the_file(void **state) {
    (void)state;
    enum { ROWS = 60000, WORDS = 4000, TEXT = ROWS * 50 };
    char *text = malloc(TEXT);
    assert_non_null(text);
    size_t length = (size_t)sprintf(text, "number,word\n");
    for (int i = 0; i < ROWS; i++)
        length += (size_t)sprintf(text + length, "%d.5,\"a rather long word, number %d\"\n", i, i % WORDS);
    assert_true(length > 2200000);
    ml_rng rng = ml_rng_seed(72, 0);
    ml_arena arena = ml_arena_over(block, ROWS * 12 + WORDS * (32 + 8 + 12 + 20) + 4096); /* less than half the text */
    ml_table table;
    assert_int_equal(read_pieces(text, length, 4096, &rng, &arena, &table), ML_OK);
    assert_int_equal(table.column[1].n_levels, WORDS);
    for (size_t i = 0; i < ROWS; i++) {
        char word[40];
        sprintf(word, "a rather long word, number %d", (int)i % WORDS);
        assert_true(table.column[0].number[i] == (double)i + 0.5);
        assert_string_equal(ml_column_word(&table.column[1], i), word);
    }
    assert_true(arena.used <= ROWS * 12 + WORDS * (32 + 8) + 600);
    free(text);
}

static void test_any_too_small_arena_is_said(void **state) {
    (void)state;
    static char text[8192];
    size_t length = (size_t)sprintf(text, "id,word\n");
    for (int i = 0; i < 150; i++)
        length += (size_t)sprintf(text + length, "%d,w%d\n", i, i);
    ml_rng rng = ml_rng_seed(73, 0);
    ml_table table = {0};
    for (size_t bytes = 0; table.n_rows == 0; bytes += 24) {
        assert_true(bytes < 20000);
        ml_arena arena = ml_arena_over(block, bytes);
        const ml_status status = read_pieces(text, length, 100, &rng, &arena, &table);
        if (status == ML_OK)
            continue;
        assert_int_equal(status, ML_ENOMEM);
        assert_non_null(strstr(error.message, "bytes of memory; use a smaller file"));
        assert_int_equal(arena.used, 0);
    }
    assert_string_equal(ml_column_word(&table.column[1], 149), "w149");
}

/* --- Used wrongly ---------------------------------------------------------------------------------------------------
 */

static ml_status read_two_files(const char *first, const char *second) {
    ml_arena arena = ml_arena_over(block, sizeof block);
    ml_table table;
    ml_csv_stream *stream;
    ML_TRY(ml_csv_stream_open(&arena, &stream, &error));
    ML_TRY(ml_csv_stream_feed(stream, strlen(first), first, &error));
    ML_TRY(ml_csv_stream_rewind(stream, &error));
    ML_TRY(ml_csv_stream_feed(stream, strlen(second), second, &error));
    return ml_csv_stream_close(stream, &table, &error);
}

static void test_a_file_that_changed_between_the_readings_is_refused(void **state) {
    (void)state;
    const char *const first = "n,w\n1,a\n2,b\n";
    const char *const second[] = {"",
                                  "n,w\n1,a\n",
                                  "n,w\n1,a\n3,b\n",
                                  "n,w\nx,a\n2,b\n",
                                  "n,w\n1,a\n2,b\n3,c\n",
                                  "n,w\n1,a,a,a\n2,b\n",
                                  "n,w\n\"1,a\n2,b\n",
                                  "n,w,v\n1,a\n2,b"};
    assert_int_equal(read_two_files(first, first), ML_OK);
    for (size_t i = 0; i < sizeof second / sizeof *second; i++) {
        assert_int_equal(read_two_files(first, second[i]), ML_EPARSE);
        assert_non_null(strstr(error.message, "changed between its two readings"));
    }
}

static void test_rewind_and_close_come_once_each_and_in_this_order(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(block, sizeof block);
    ml_table table;
    ml_csv_stream *stream;
    assert_int_equal(ml_csv_stream_open(&arena, &stream, &error), ML_OK);
    assert_int_equal(ml_csv_stream_feed(stream, 4, "x\n1\n", &error), ML_OK);
    assert_int_equal(ml_csv_stream_close(stream, &table, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "rewind it"));
    assert_int_equal(ml_csv_stream_rewind(stream, &error), ML_OK);
    assert_int_equal(ml_csv_stream_rewind(stream, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "rewound before"));
    assert_int_equal(ml_csv_stream_feed(stream, 4, "x\n1\n", NULL), ML_OK);
    assert_int_equal(ml_csv_stream_close(stream, &table, &error), ML_OK);
    assert_int_equal(table.n_rows, 1);
}

static void test_what_is_no_text_is_told_at_once_and_again_and_before_what_is_no_csv(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(block, sizeof block);
    ml_csv_stream *stream;
    assert_int_equal(ml_csv_stream_open(&arena, &stream, &error), ML_OK);
    assert_int_equal(ml_csv_stream_feed(stream, 9, "a,b\n1\n2,3", &error), ML_OK); /* a row too short: told later */
    for (int again = 0; again < 2; again++) {
        assert_int_equal(ml_csv_stream_feed(stream, 3, "\n\0,", &error), ML_EPARSE);
        assert_string_equal(error.message, "line 4: a NUL byte; this is not a text file, or it is damaged");
    }
    assert_int_equal(ml_csv_stream_rewind(stream, &error), ML_EPARSE);
    assert_non_null(strstr(error.message, "NUL"));
    assert_int_equal(arena.used, 0);
}

/* --- Cell by cell ---------------------------------------------------------------------------------------------------
 */

static void test_cells_are_found_where_they_stand(void **state) {
    (void)state;
    const char text[] = "a,\"b,\"\"\n\",\r\n\n\"\",c\r,";
    static const struct {
        const char *text;
        bool quoted, ends_row;
    } expected[] = {{"a", false, false}, {"b,\"\"\n", true, false}, {"", false, true},  {"", false, true},
                    {"", true, false},   {"c", false, true},        {"", false, false}, {"", false, true}};
    size_t at = 0;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ml_csv_cell cell;
        assert_int_equal(ml_csv_next(sizeof text - 1, text, &at, &cell, &error), ML_OK);
        assert_int_equal(cell.length, strlen(expected[i].text));
        assert_memory_equal(cell.text, expected[i].text, cell.length);
        assert_int_equal(cell.quoted, expected[i].quoted);
        assert_int_equal(cell.ends_row, expected[i].ends_row);
    }
    assert_int_equal(at, sizeof text - 1);
}

static void test_faulty_cells_are_refused_and_nothing_moves(void **state) {
    (void)state;
    ml_csv_cell cell = {.length = 7};
    size_t at = 2;
    assert_int_equal(ml_csv_next(6, "a,\"\"\"b", &at, &cell, &error), ML_EPARSE);
    assert_string_equal(error.message, "byte 2: a quote opens here and is never closed; add the closing quote, and "
                                       "write a quote inside a cell twice (\"\")");
    assert_int_equal(ml_csv_next(7, "a,\"b\" c", &at, &cell, &error), ML_EPARSE);
    assert_non_null(strstr(error.message, "byte 5: text follows a closing quote"));
    assert_true(at == 2 && cell.length == 7);
}

/* The reader of cells and the reader of tables agree on how many cells there are, or refuse both. */
static void test_cells_and_tables_agree(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(74, 0);
    size_t read = 0;
    for (int round = 0; round < 2000; round++) {
        static char text[4096];
        const size_t length = write_file(&rng, text);
        ml_arena arena = ml_arena_over(block, 1 << 16);
        ml_table table;
        if (ml_csv_read(text, length, &arena, &table, &error) != ML_OK || table.n_columns == 1)
            continue;
        read++;
        size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, cells = 0, empty_lines = 0;
        bool starts_row = true;
        while (at < length) {
            ml_csv_cell cell;
            assert_int_equal(ml_csv_next(length, text, &at, &cell, &error), ML_OK);
            empty_lines += starts_row && cell.ends_row;
            cells++;
            starts_row = cell.ends_row;
        }
        assert_int_equal(cells - empty_lines, (table.n_rows + 1) * table.n_columns);
    }
    assert_true(read > 300);
}

static void test_numbers_are_read_and_written(void **state) {
    (void)state;
    static const char *const no_number[] = {"", " ", "NA", "1e999", "inf", "1 2", "0x10", "1.2.3", "--1", "1e"};
    double value = 4.0;
    for (size_t i = 0; i < sizeof no_number / sizeof *no_number; i++)
        assert_false(ml_parse_f64(strlen(no_number[i]), no_number[i], &value));
    assert_true(value == 4.0);
    assert_true(ml_parse_f64(7, " -1.5e1", &value) && value == -15.0);
    ml_rng rng = ml_rng_seed(75, 0);
    for (int round = 0; round < 2000; round++) {
        char text[32];
        const uint64_t bits = ml_rng_next(&rng);
        double written, back;
        memcpy(&written, &bits, sizeof written);
        if (!isfinite(written))
            continue;
        const size_t length = ml_format_f64(written, 17, text);
        assert_int_equal(length, strlen(text));
        assert_true(ml_parse_f64(length, text, &back) && memcmp(&back, &written, sizeof back) == 0);
    }
    char text[32];
    assert_int_equal(ml_format_f64(20.0 / 3.0, 3, text), 4);
    assert_string_equal(text, "6.67");
    ml_format_f64(20.0 / 3.0, 0, text);
    assert_string_equal(text, "7");
    assert_int_equal(ml_format_f64(-2.2250738585072014e-308, 99, text), 24);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_cuts_give_the_same_table_and_the_same_sentence),
        cmocka_unit_test(test_the_promised_memory_is_enough),
        cmocka_unit_test(test_memory_is_for_the_columns_and_not_for_the_file),
        cmocka_unit_test(test_any_too_small_arena_is_said),
        cmocka_unit_test(test_a_file_that_changed_between_the_readings_is_refused),
        cmocka_unit_test(test_rewind_and_close_come_once_each_and_in_this_order),
        cmocka_unit_test(test_what_is_no_text_is_told_at_once_and_again_and_before_what_is_no_csv),
        cmocka_unit_test(test_cells_are_found_where_they_stand),
        cmocka_unit_test(test_faulty_cells_are_refused_and_nothing_moves),
        cmocka_unit_test(test_cells_and_tables_agree),
        cmocka_unit_test(test_numbers_are_read_and_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
