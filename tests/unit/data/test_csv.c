/* The CSV reader: what it understands, what it refuses and in which words, and that nothing can crash it. */
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

static unsigned char block[8 << 20];
static ml_arena arena;
static ml_table table;
static ml_error error;

/* Reads from memory of exactly that length, so that a sanitizer sees a step beyond its end. */
static ml_status read_bytes(const char *text, size_t length) {
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    arena = ml_arena_over(block, sizeof block);
    table = (ml_table){0};
    error.message[0] = '\0';
    const ml_status status = ml_csv_read(copy, length, &arena, &table, &error);
    memset(copy, '#', length); /* the table must not point into the text */
    free(copy);
    return status;
}

static void read_text(const char *text) {
    if (read_bytes(text, strlen(text)) != ML_OK)
        fail_msg("'%s' is refused: %s", text, error.message);
}

static void assert_column(size_t j, const char *name, ml_column_kind kind, size_t n_missing) {
    assert_true(j < table.n_columns);
    assert_string_equal(table.column[j].name, name);
    assert_int_equal(table.column[j].kind, kind);
    assert_int_equal(table.column[j].n_missing, n_missing);
}

/* --- What it understands ------------------------------------------------------------------------------------------ */

static void test_kinds_are_inferred(void **state) {
    (void)state;
    read_text("id,price,town,note,empty\n"
              "1,10.5,Ulm,a,\n"
              "-2,,Bonn,b,NA\n"
              "+3,1e2,Ulm,,\n");
    assert_int_equal(table.n_rows, 3);
    assert_int_equal(table.n_columns, 5);
    assert_column(0, "id", ML_COLUMN_INTEGER, 0);
    assert_column(1, "price", ML_COLUMN_NUMBER, 1);
    assert_column(2, "town", ML_COLUMN_CATEGORY, 0);
    assert_column(3, "note", ML_COLUMN_CATEGORY, 1);
    assert_column(4, "empty", ML_COLUMN_MISSING, 3);
    assert_true(table.column[0].number[1] == -2.0 && table.column[0].number[2] == 3.0);
    assert_true(table.column[1].number[0] == 10.5 && isnan(table.column[1].number[1]));
    assert_int_equal(table.column[2].n_levels, 2);
    assert_string_equal(table.column[2].level[0], "Bonn");
    assert_int_equal(table.column[2].code[0], 1);
    assert_string_equal(ml_column_word(&table.column[2], 2), "Ulm");
    assert_null(ml_column_word(&table.column[3], 2));
    assert_null(ml_column_word(&table.column[0], 0));
    assert_true(table.column[3].code[2] == ML_CODE_MISSING);
    assert_true(table.column[4].number == NULL && table.column[4].code == NULL);
}

static void test_quotes_hold_commas_breaks_and_quotes(void **state) {
    (void)state;
    read_text("\"first, name\",b\r\n\"a \"\"b\"\"\r\n,c\",\"\"\r\n\"\"\"\",d");
    assert_int_equal(table.n_rows, 2);
    assert_string_equal(table.column[0].name, "first, name");
    assert_string_equal(ml_column_word(&table.column[0], 0), "a \"b\"\r\n,c");
    assert_string_equal(ml_column_word(&table.column[0], 1), "\"");
    assert_column(1, "b", ML_COLUMN_CATEGORY, 1);
    assert_string_equal(ml_column_word(&table.column[1], 1), "d");
}

static void test_line_ends_and_byte_order_mark_make_no_difference(void **state) {
    (void)state;
    const char *const texts[] = {"x,y\n1,2\n3,4\n",
                                 "x,y\r\n1,2\r\n3,4\r\n",
                                 "x,y\r1,2\r3,4\r",
                                 "x,y\n1,2\n3,4",
                                 "\xEF\xBB\xBFx,y\n1,2\n3,4\n",
                                 "\n\nx,y\n\n1,2\n\r\n3,4\n\n\n",
                                 "\"x\",\"y\"\n\"1\",\"2\"\n3,\"4\"",
                                 " x ,\ty\n 1, 2 \n3\t,4"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        read_text(texts[i]);
        assert_int_equal(table.n_rows, 2);
        assert_column(0, "x", ML_COLUMN_INTEGER, 0);
        assert_column(1, "y", ML_COLUMN_INTEGER, 0);
        assert_true(table.column[0].number[1] == 3.0 && table.column[1].number[1] == 4.0);
    }
}

static void test_an_empty_line_is_a_missing_cell_of_the_only_column(void **state) {
    (void)state;
    read_text("\nx\n1\n\n3\n\n");
    assert_int_equal(table.n_rows, 4);
    assert_column(0, "x", ML_COLUMN_INTEGER, 2);
}

static void test_missing_marks(void **state) {
    (void)state;
    read_text("x,y\n1,a\nNA,N/A\nNaN,\"\"\nnull,NULL\n  ,\tna \n\"n/a\",nan\n,b");
    assert_column(0, "x", ML_COLUMN_INTEGER, 6);
    assert_column(1, "y", ML_COLUMN_CATEGORY, 5);
}

static void test_numbers_are_read_to_the_last_bit(void **state) {
    (void)state;
    const char *const written[] = {"0",
                                   "-0",
                                   "0.1",
                                   ".5",
                                   "5.",
                                   "1e-5",
                                   "1E+22",
                                   "+7",
                                   "4.9e-324",
                                   "1e-999",
                                   "123456789012345678901234567890",
                                   "2.2250738585072011e-308",
                                   "1.7976931348623157e308",
                                   "9007199254740993",
                                   "0.30000000000000004",
                                   "1e23"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
        char text[100];
        snprintf(text, sizeof text, "x\n%s", written[i]);
        read_text(text);
        const double expected = strtod(written[i], NULL);
        assert_memory_equal(table.column[0].number, &expected, sizeof expected);
    }
}

static void test_what_is_no_number_is_a_word(void **state) {
    (void)state;
    const char *const words[] = {"1,5",      "0x10",      "1e",    "e5",  ".",    "-",     "+-1",
                                 "1 000",    "1_000",     "1.2.3", "12a", "--1",  "1e5.0", "1e999x",
                                 "infinite", "nanometre", "١",     "1e+", "1..2", "nan(1)"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[100];
        snprintf(text, sizeof text, "x\n\"%s\"", words[i]);
        read_text(text);
        assert_column(0, "x", ML_COLUMN_CATEGORY, 0);
        assert_string_equal(ml_column_word(&table.column[0], 0), words[i]);
    }
}

static void test_integers_beyond_2_to_the_53_are_numbers(void **state) {
    (void)state;
    read_text("a,b\n-9007199254740991,9007199254740993\n1,2"); /* the second would become 9007199254740992 */
    assert_column(0, "a", ML_COLUMN_INTEGER, 0);
    assert_column(1, "b", ML_COLUMN_NUMBER, 0);
    read_text("a,b\n1,1.0\n2,2");
    assert_column(1, "b", ML_COLUMN_NUMBER, 0);
}

static void test_infinity_among_words_is_a_word(void **state) {
    (void)state;
    read_text("commit,x\n1e999,1\n3f2a,2\ninf,3");
    assert_column(0, "commit", ML_COLUMN_CATEGORY, 0);
    assert_string_equal(ml_column_word(&table.column[0], 0), "1e999");
    assert_string_equal(ml_column_word(&table.column[0], 2), "inf");
}

static void test_a_number_longer_than_400_characters_is_a_word(void **state) {
    (void)state;
    char text[500] = "x\n";
    memset(text + 2, '1', 400);
    assert_int_equal(read_bytes(text, 402), ML_EPARSE); /* a number, and too large for a double */
    memset(text + 2, '0', 400);
    text[401] = '7';
    read_text(text);
    assert_column(0, "x", ML_COLUMN_INTEGER, 0);
    assert_true(table.column[0].number[0] == 7.0);
    text[402] = '7';
    read_text(text);
    assert_column(0, "x", ML_COLUMN_CATEGORY, 0);
}

static void test_words_that_repeat_are_categories_and_others_text(void **state) {
    (void)state;
    static char text[1 << 16];
    for (size_t n = 10; n <= 60; n += 10)
        for (size_t distinct = 1; distinct <= n; distinct++) {
            size_t used = (size_t)snprintf(text, sizeof text, "w\n");
            for (size_t i = 0; i < n; i++)
                used += (size_t)snprintf(text + used, sizeof text - used, "word%zu\n", i % distinct);
            read_text(text);
            const bool category = distinct <= 20 || distinct <= n / 2;
            assert_column(0, "w", category ? ML_COLUMN_CATEGORY : ML_COLUMN_TEXT, 0);
            assert_int_equal(table.column[0].n_levels, distinct);
        }
}

static void test_levels_are_in_order_of_their_bytes(void **state) {
    (void)state;
    read_text("w\nb\n\"b \"\"\"\nB\nä\n10\n9\nba\na\nb\n");
    const char *const expected[] = {"10", "9", "B", "a", "b", "b \"", "ba", "ä"};
    assert_int_equal(table.column[0].n_levels, 8);
    for (size_t k = 0; k < 8; k++)
        assert_string_equal(table.column[0].level[k], expected[k]);
}

static void test_a_quoted_and_a_bare_word_are_the_same(void **state) {
    (void)state;
    read_text("w\nred\n\"red\"\n\"re\"\"d\"\nre\"d\n");
    assert_int_equal(table.column[0].n_levels, 2);
    assert_int_equal(table.column[0].code[0], table.column[0].code[1]);
    assert_int_equal(table.column[0].code[2], table.column[0].code[3]); /* a quote inside a bare cell is kept */
}

static void test_utf8_of_every_length_is_kept(void **state) {
    (void)state;
    read_text("größe\nä\n€\n𝛼\n");
    assert_string_equal(table.column[0].name, "größe");
    assert_string_equal(ml_column_word(&table.column[0], 2), "𝛼");
}

static void test_many_columns(void **state) {
    (void)state;
    static char text[1 << 17];
    for (int columns = 3000; columns <= 4097; columns += 1097) {
        size_t used = 0;
        for (int j = 0; j < columns; j++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%sc%d", j ? "," : "", j);
        for (int j = 0; j < columns; j++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", j ? "," : "\n", j);
        if (columns <= ML_CSV_MAX_COLUMNS) {
            read_text(text);
            assert_int_equal(table.n_columns, columns);
            assert_true(table.column[columns - 1].number[0] == columns - 1);
        } else {
            assert_int_equal(read_bytes(text, used), ML_EPARSE);
            assert_string_equal(error.message,
                                "line 1: more than 4096 columns; leave out those that are not needed, or turn "
                                "the table so that they become rows");
        }
    }
}

/* --- What it refuses ---------------------------------------------------------------------------------------------- */

typedef struct refusal {
    const char *text;
    size_t length; /* 0: up to the NUL */
    const char *sentence;
} refusal;

#define ENDS_ROW "put a cell that holds a comma in quotes"
#define NOT_UTF8 " is not UTF-8; save the file as UTF-8 and open it again"

static const refusal refusals[] = {
    {"", 0, "line 1: the file is empty; the first line must name the columns"},
    {"\xEF\xBB\xBF\n\r\n", 0, "line 1: the file is empty; the first line must name the columns"},
    {"a,b\n", 0, "line 2: the file names 2 columns and has no row below; add at least one"},
    {"a,b", 0, "line 1: the file names 2 columns and has no row below; add at least one"},
    {"a,b\n1,2\n1\n", 0,
     "line 3 has 1 cells, the first line names 2 columns; add the missing cells (they may be empty)"},
    {"a,b\n1,2\n\n1,2,3\n", 0, "line 4 has 3 cells, the first line names 2 columns; " ENDS_ROW},
    {"a,b\n\"x\ny\",2\n1,2,3,4\n", 0, "line 4 has 4 cells, the first line names 2 columns; " ENDS_ROW},
    {"a,b\n\"1\n2\n3", 0,
     "line 2: a quote opens here and is never closed; add the closing quote, and write a quote inside a cell twice "
     "(\"\")"},
    {"a,\"b\n1,2", 0,
     "line 1: a quote opens here and is never closed; add the closing quote, and write a quote inside a cell twice "
     "(\"\")"},
    {"a\n\"5\" nail\"\n", 0,
     "line 2: text follows a closing quote; put the whole cell in quotes, and write a quote inside it twice (\"\")"},
    {"a,b\n1,\0002\n", 8, "line 2: a NUL byte; this is not a text file, or it is damaged"},
    {"a\n1\n\xFF\n", 0, "line 3: byte 0xFF" NOT_UTF8},
    {"a\nM\xFCnchen\n", 0, "line 2: byte 0xFC" NOT_UTF8},       /* Latin-1 */
    {"a\n\xC0\xAF\n", 0, "line 2: byte 0xC0" NOT_UTF8},         /* overlong */
    {"a\n\xE0\x80\xAF\n", 0, "line 2: byte 0xE0" NOT_UTF8},     /* overlong */
    {"a\n\xED\xA0\x80\n", 0, "line 2: byte 0xED" NOT_UTF8},     /* surrogate */
    {"a\n\xF4\x90\x80\x80\n", 0, "line 2: byte 0xF4" NOT_UTF8}, /* above U+10FFFF */
    {"a\r\xE2\x82", 0, "line 2: byte 0xE2" NOT_UTF8},           /* cut off */
    {"a\n\xF0\x9F\x98.", 0, "line 2: byte 0xF0" NOT_UTF8},
    {"\xFF\xFE"
     "a\0",
     4, "line 1: the file is in UTF-16; save it as UTF-8 and open it again"},
    {"a,,c\n1,2,3\n", 0, "line 1: column 2 has no name; the first line must name every column"},
    {"a,\"\"\n1,2\n", 0, "line 1: column 2 has no name; the first line must name every column"},
    {"\na,b\n\n,\n1,2,\n", 0, "line 5 has 3 cells, the first line names 2 columns; " ENDS_ROW},
    {"a,b, a\n1,2,3\n", 0, "line 1: columns 1 and 3 are both named 'a'; rename one of them"},
    {"a,price\n1,2\n2,1e999\n", 0,
     "line 3, column 'price': not a finite number, or one too large for a double (1.8e308 is the limit); mend the cell "
     "or "
     "leave it empty"},
    {"x\n1\n-Infinity\n1e999", 0,
     "line 3, column 'x': not a finite number, or one too large for a double (1.8e308 is the limit); mend the cell or "
     "leave "
     "it empty"},
};

static void test_malformed_files_are_refused_in_a_sentence(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const refusal *r = &refusals[i];
        assert_int_equal(read_bytes(r->text, r->length > 0 ? r->length : strlen(r->text)), ML_EPARSE);
        assert_string_equal(error.message, r->sentence);
        assert_int_equal(arena.used, 0);
        assert_int_equal(table.n_columns, 0);
    }
}

static void test_a_long_name_is_cut_at_a_whole_character(void **state) {
    (void)state;
    char text[600] = "";
    for (int i = 0; i < 2; i++) {
        strcat(text, i == 0 ? "x" : ",x");
        for (int k = 0; k < 100; k++)
            strcat(text, "ä");
    }
    strcat(text, "\n1,2\n");
    assert_int_equal(read_bytes(text, strlen(text)), ML_EPARSE);
    assert_non_null(strstr(error.message, "ä'; rename one of them")); /* 1 + 2 x 29 bytes: the 60th would halve one */
}

static void test_a_small_arena_is_said_and_left_as_it_was(void **state) {
    (void)state;
    const char text[] = "id,word,x\n1,one,0.5\n2,two,1.5\n3,three,2.5\n4,\"fo\"\"ur\",3.5\n";
    size_t enough = 0;
    for (size_t bytes = 0; enough == 0; bytes += 8) {
        assert_true(bytes < 10000);
        ml_arena small = ml_arena_over(block, bytes);
        const ml_status status = ml_csv_read(text, sizeof text - 1, &small, &table, &error);
        if (status == ML_OK) {
            enough = bytes;
        } else {
            assert_int_equal(status, ML_ENOMEM);
            assert_non_null(strstr(error.message, "bytes of memory; use a smaller file"));
            assert_int_equal(small.used, 0);
        }
        assert_int_equal(small.capacity, bytes);
    }
    assert_string_equal(ml_column_word(&table.column[1], 3), "fo\"ur");
}

static void test_memory_is_for_the_columns_only(void **state) {
    (void)state;
    enum { ROWS = 20000 };
    static char text[ROWS * 24];
    size_t used = (size_t)snprintf(text, sizeof text, "number,word\n");
    for (int i = 0; i < ROWS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d.25,w%d\n", i, i % 1000);
    read_text(text);
    assert_true(arena.used < ROWS * (8 + 4) + 1000 * (6 + 8) + 2000);
}

/* --- Round trips -------------------------------------------------------------------------------------------------- */

static size_t write_cell(char *to, const char *word) {
    size_t n = 0;
    to[n++] = '"';
    for (; *word != '\0'; word++) {
        if (*word == '"')
            to[n++] = '"';
        to[n++] = *word;
    }
    to[n++] = '"';
    return n;
}

static void test_any_words_and_numbers_survive_a_round_trip(void **state) {
    (void)state;
    enum { ROWS = 40, LONGEST = 12 };
    static const char *const alphabet[] = {"a", "B", "\"", ",", "\n", "\r", " ", "ä", "€", "𝛼", "7", "\t"};
    ml_rng rng = ml_rng_seed(12, 0);
    for (int round = 0; round < 500; round++) {
        static char text[1 << 16];
        char word[ROWS][4 * LONGEST + 2];
        double number[ROWS];
        size_t used = (size_t)sprintf(text, "w,x\n");
        for (size_t i = 0; i < ROWS; i++) {
            strcpy(word[i], "w"); /* so that no word is a number or a missing mark */
            for (uint64_t k = ml_rng_below(&rng, LONGEST); k > 0; k--)
                strcat(word[i], alphabet[ml_rng_below(&rng, 12)]);
            const uint64_t bits = ml_rng_next(&rng);
            memcpy(&number[i], &bits, sizeof bits);
            if (!isfinite(number[i]))
                number[i] = 0.5;
            used += write_cell(text + used, word[i]);
            used += (size_t)sprintf(text + used, ",%.17g%s", number[i], i % 3 == 0 ? "\r\n" : "\n");
        }
        assert_int_equal(read_bytes(text, used), ML_OK);
        assert_int_equal(table.n_rows, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            assert_string_equal(ml_column_word(&table.column[0], i), word[i]);
            assert_memory_equal(&table.column[1].number[i], &number[i], sizeof *number);
        }
    }
}

/* Every table that comes out is whole: rows and codes in range, levels in order, missing cells counted. */
static void check_table(void) {
    for (size_t j = 0; j < table.n_columns; j++) {
        const ml_column *c = &table.column[j];
        size_t missing = 0;
        for (size_t i = 0; i < table.n_rows; i++) {
            if (c->number != NULL)
                missing += isnan(c->number[i]);
            else if (c->code != NULL && c->code[i] == ML_CODE_MISSING)
                missing++;
            else if (c->code != NULL)
                assert_true(c->code[i] < c->n_levels);
            else
                missing++;
        }
        assert_int_equal(missing, c->n_missing);
        for (size_t k = 1; k < c->n_levels; k++)
            assert_true(strcmp(c->level[k - 1], c->level[k]) < 0);
    }
}

static void test_random_bytes_never_crash_it(void **state) {
    (void)state;
    static const char *const pieces[] = {",",  ",",        "\n",   "\n",   "\"",           "\"\"", "\r\n", "\r",
                                         "a",  "b",        "1",    "-2.5", "1e999",        "NA",   "inf",  " ",
                                         "\t", "\xC3\xA4", "\xC3", "\xFF", "\xEF\xBB\xBF", "",     "x\"y", "1e5"};
    ml_rng rng = ml_rng_seed(13, 0);
    int read = 0, refused = 0;
    for (int round = 0; round < 20000; round++) {
        char text[400] = "p,q\n";
        for (uint64_t k = ml_rng_below(&rng, 30); k > 0; k--)
            strcat(text, pieces[ml_rng_below(&rng, round % 2 == 0 ? 12 : 24)]);
        size_t length = strlen(text);
        if (round % 7 == 0)
            text[ml_rng_below(&rng, length)] = (char)ml_rng_below(&rng, 256);
        const ml_status status = read_bytes(text, length);
        assert_true(status == ML_OK || (status == ML_EPARSE && strncmp(error.message, "line ", 5) == 0));
        read += status == ML_OK;
        refused += status == ML_EPARSE;
        if (status == ML_OK)
            check_table();
    }
    assert_true(read > 500 && refused > 500); /* both ways were taken */
}

/* --- Tables ------------------------------------------------------------------------------------------------------- */

static void test_columns_are_found_by_name_and_copied_as_a_matrix(void **state) {
    (void)state;
    read_text("a,b,c\n1,x,0.5\n2,y,\n");
    size_t index = 7;
    assert_int_equal(ml_table_find(&table, "c", &index, &error), ML_OK);
    assert_int_equal(index, 2);
    double matrix[4] = {0};
    assert_int_equal(ml_table_matrix(&table, 2, (const size_t[]){2, 0}, matrix, &error), ML_OK);
    assert_true(matrix[0] == 0.5 && matrix[1] == 1.0 && isnan(matrix[2]) && matrix[3] == 2.0);

    assert_int_equal(ml_table_find(&table, "d", &index, &error), ML_EINVAL);
    assert_string_equal(error.message, "there is no column 'd'; there are: a, b, c");
    assert_int_equal(index, 2);
    matrix[0] = 7.0;
    assert_int_equal(ml_table_matrix(&table, 2, (const size_t[]){0, 1}, matrix, &error), ML_EINVAL);
    assert_string_equal(error.message, "column 'b' holds no numbers; leave it out or encode it first");
    assert_int_equal(ml_table_matrix(&table, 1, (const size_t[]){3}, matrix, &error), ML_EINVAL);
    assert_string_equal(error.message, "column 3 does not exist; the table has 3, counted from 0");
    assert_true(matrix[0] == 7.0);
}

static void test_iris_is_what_the_books_say(void **state) {
    (void)state;
    static char text[1 << 14];
    FILE *file = fopen("lessons/data/iris.csv", "rb"); /* tests run from the repository's root */
    assert_non_null(file);
    const size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    assert_int_equal(read_bytes(text, length), ML_OK);
    assert_int_equal(table.n_rows, 150);
    const double means[4] = {5.843333333333334, 3.0573333333333337, 3.758, 1.1993333333333336};
    for (size_t j = 0; j < 4; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < 150; i++)
            sum += table.column[j].number[i];
        assert_int_equal(table.column[j].kind, ML_COLUMN_NUMBER);
        assert_true(fabs(sum / 150.0 - means[j]) < 1e-12);
    }
    assert_column(4, "species", ML_COLUMN_CATEGORY, 0);
    assert_int_equal(table.column[4].n_levels, 3);
    assert_string_equal(table.column[4].level[1], "versicolor");

    double x[50 * 2 * 4], w[4], c, probability[100], accuracy;
    uint8_t label[100], predicted[100];
    static const size_t features[4] = {0, 1, 2, 3};
    static double all[150 * 4];
    assert_int_equal(ml_table_matrix(&table, 4, features, all, &error), ML_OK);
    memcpy(x, all + 50 * 4, sizeof x); /* versicolor and virginica */
    for (size_t i = 0; i < 100; i++)
        label[i] = (uint8_t)(table.column[4].code[50 + i] == 2);
    assert_int_equal(ml_logistic_fit(100, 4, x, label, 1.0, w, &c, NULL, &arena, &error), ML_OK);
    ml_logistic_predict(100, 4, x, w, c, probability);
    for (size_t i = 0; i < 100; i++)
        predicted[i] = probability[i] > 0.5;
    assert_int_equal(ml_metric_accuracy(100, label, predicted, &accuracy, &error), ML_OK);
    assert_true(fabs(accuracy - 0.96) < 1e-12); /* scikit-learn, LogisticRegression(C=1): 96 of 100 */
}

/* Rows are found by the line that an editor shows, whatever the line ends and however tall a quoted cell is. */
static void test_rows_are_found_by_line(void **state) {
    (void)state;
    static const char two[] = "\xEF\xBB\xBF\r\n\na,b\r\n1,\"tall\r\n\ncell\"\n\n2,x\r\r3,y";
    static const size_t line[] = {4, 8, 10, 10};
    for (size_t row = 0; row < 4; row++)
        assert_int_equal(ml_csv_line(two, sizeof two - 1, row), line[row]);
    static const char one[] = "a\n\n5\n"; /* of one column, an empty line is a row */
    assert_int_equal(ml_csv_line(one, sizeof one - 1, 0), 2);
    assert_int_equal(ml_csv_line(one, sizeof one - 1, 1), 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_are_inferred),
        cmocka_unit_test(test_quotes_hold_commas_breaks_and_quotes),
        cmocka_unit_test(test_line_ends_and_byte_order_mark_make_no_difference),
        cmocka_unit_test(test_an_empty_line_is_a_missing_cell_of_the_only_column),
        cmocka_unit_test(test_missing_marks),
        cmocka_unit_test(test_numbers_are_read_to_the_last_bit),
        cmocka_unit_test(test_what_is_no_number_is_a_word),
        cmocka_unit_test(test_integers_beyond_2_to_the_53_are_numbers),
        cmocka_unit_test(test_infinity_among_words_is_a_word),
        cmocka_unit_test(test_a_number_longer_than_400_characters_is_a_word),
        cmocka_unit_test(test_words_that_repeat_are_categories_and_others_text),
        cmocka_unit_test(test_levels_are_in_order_of_their_bytes),
        cmocka_unit_test(test_a_quoted_and_a_bare_word_are_the_same),
        cmocka_unit_test(test_utf8_of_every_length_is_kept),
        cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_malformed_files_are_refused_in_a_sentence),
        cmocka_unit_test(test_a_long_name_is_cut_at_a_whole_character),
        cmocka_unit_test(test_a_small_arena_is_said_and_left_as_it_was),
        cmocka_unit_test(test_memory_is_for_the_columns_only),
        cmocka_unit_test(test_any_words_and_numbers_survive_a_round_trip),
        cmocka_unit_test(test_random_bytes_never_crash_it),
        cmocka_unit_test(test_rows_are_found_by_line),
        cmocka_unit_test(test_columns_are_found_by_name_and_copied_as_a_matrix),
        cmocka_unit_test(test_iris_is_what_the_books_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
