/* The columnar format: tables come back, a column alone too, damage is told, and hostile files do nothing. */
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

static _Alignas(64) unsigned char block[1 << 20], other_block[1 << 20];
static uint8_t file[1 << 18];
static size_t length;
static ml_arena arena, other;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    other = ml_arena_over(other_block, sizeof other_block);
    return 0;
}

static ml_table table_of(const char *text) {
    ml_table table;
    fresh(NULL);
    if (ml_csv_read(text, strlen(text), &arena, &table, &error) != ML_OK)
        fail_msg("%s", error.message);
    return table;
}

static void write(const ml_table *table) {
    const size_t used = arena.used;
    assert_int_equal(ml_columnar_write(table, 0, NULL, &length, &arena, &error), ML_OK);
    size_t again = 0;
    memset(file, 0xEE, sizeof file);
    assert_int_equal(ml_columnar_write(table, length, file, &again, &arena, &error), ML_OK);
    assert_true(again == length && file[length] == 0xEE && arena.used == used);
}

static void assert_same_column(const ml_column *a, const ml_column *b, size_t n) {
    assert_string_equal(a->name, b->name);
    assert_true(a->kind == b->kind && a->n_missing == b->n_missing && a->n_levels == b->n_levels);
    assert_true((a->number != NULL) == (b->number != NULL) && (a->code != NULL) == (b->code != NULL));
    for (size_t i = 0; a->number != NULL && i < n; i++)
        assert_true(isnan(a->number[i]) ? isnan(b->number[i]) : memcmp(&a->number[i], &b->number[i], 8) == 0);
    if (a->code != NULL)
        assert_memory_equal(a->code, b->code, n * sizeof *a->code);
    for (size_t k = 0; k < a->n_levels; k++)
        assert_string_equal(a->level[k], b->level[k]);
}

static ml_status read_all(const uint8_t *bytes, size_t n, ml_table *table) {
    ml_columnar opened;
    ML_TRY(ml_columnar_open(n, bytes, &other, &opened, &error));
    return ml_columnar_table(&opened, &other, table, &error);
}

static void test_random_tables_come_back(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(111, 0);
    static const char *const cells[] = {"",     "1", "-3", "0", "-0", "2.5", "a", "b", "Größe", "9007199254740991",
                                        "1e300"};
    for (int round = 0; round < 1000; round++) {
        char text[4000];
        const size_t rows = 1 + (size_t)ml_rng_below(&rng, 30), columns = 2 + (size_t)ml_rng_below(&rng, 4);
        size_t used = 0, from[6], span[6];
        for (size_t j = 0; j < columns; j++) {
            from[j] = (size_t)ml_rng_below(&rng, 11);
            span[j] = 1 + (size_t)ml_rng_below(&rng, 11 - from[j]);
            used += (size_t)sprintf(text + used, "%sc%zu", j > 0 ? "," : "", j);
        }
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                used += (size_t)sprintf(text + used, "%s%s", j > 0 ? "," : "\n",
                                        cells[from[j] + ml_rng_below(&rng, span[j])]);
        const ml_table table = table_of(text);
        ml_table back;
        write(&table);
        if (read_all(file, length, &back) != ML_OK)
            fail_msg("%s: %s", text, error.message);
        assert_true(back.n_rows == rows && back.n_columns == columns);
        for (size_t j = 0; j < columns; j++)
            assert_same_column(&table.column[j], &back.column[j], rows);
    }
}

/* The sorted column takes two runs, the mixed one two bits a cell. */
static void test_encodings_are_chosen_by_what_is_in_a_column(void **state) {
    (void)state;
    char text[30000];
    size_t used = (size_t)sprintf(text, "id,price,sorted,mixed,empty\n");
    ml_rng rng = ml_rng_seed(112, 0);
    for (int i = 0; i < 1000; i++)
        used += (size_t)sprintf(text + used, "%d,%.3f,%s,%c,\n", 1000000 + i, ml_rng_uniform(&rng),
                                i < 400 ? "north" : "south", 'a' + (char)ml_rng_below(&rng, 3));
    const ml_table table = table_of(text);
    write(&table);
    ml_columnar opened;
    assert_int_equal(ml_columnar_open(length, file, &other, &opened, &error), ML_OK);
    const struct {
        uint32_t encoding;
        size_t bytes;
    } expected[5] = {{ML_ENCODING_DELTA, 1003 - 1},
                     {ML_ENCODING_F64, 8000},
                     {ML_ENCODING_RUN_LENGTH, 1 + 6 + 6 + 6},
                     {ML_ENCODING_BIT_PACKED, 1 + 6 + 1 + 250},
                     {ML_ENCODING_NONE, 0}};
    for (size_t j = 0; j < 5; j++) {
        assert_int_equal(opened.entry[j].encoding, expected[j].encoding);
        assert_in_range(opened.entry[j].n_bytes, expected[j].bytes, expected[j].bytes + (j == 0));
    }
}

static void test_one_column_is_read_though_the_others_are_damaged(void **state) {
    (void)state;
    const ml_table table = table_of("a,b,c\n1,x,2.5\n2,y,3.5\n");
    write(&table);
    ml_columnar opened;
    ml_column column = {.n_levels = 9};
    assert_int_equal(ml_columnar_open(length, file, &other, &opened, &error), ML_OK);
    file[opened.entry[0].block] ^= 1;
    file[opened.entry[2].block] ^= 1;
    const size_t used = other.used;
    assert_int_equal(ml_columnar_read(&opened, 0, &other, &column, &error), ML_EPARSE);
    assert_string_equal(error.message, "column 'a': its checksum is wrong; the file is damaged");
    assert_int_equal(ml_columnar_read(&opened, 3, &other, &column, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "column 3 does not exist"));
    assert_true(column.n_levels == 9 && other.used == used);
    assert_int_equal(ml_columnar_read(&opened, 1, &other, &column, &error), ML_OK);
    assert_same_column(&table.column[1], &column, 2);
}

static void test_any_flipped_bit_is_found_and_any_cut(void **state) {
    (void)state;
    const ml_table table = table_of("a,b,c\n1,x,2.5\n2,y,\n3,x,1\n");
    ml_table back = {.n_rows = 9};
    write(&table);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
        other.used = 0;
        assert_int_equal(read_all(file, length, &back), ML_EPARSE);
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t n = 0; n < length; n++) {
        uint8_t *cut = malloc(n > 0 ? n : 1);
        assert_non_null(cut);
        memcpy(cut, file, n);
        assert_int_equal(read_all(cut, n, &back), ML_EPARSE);
        free(cut);
    }
    assert_int_equal(back.n_rows, 9);
}

/* Files whose checksums are right and whose content is not: what passes is a whole table. */
static void seal(void) {
    const uint64_t directory = (uint64_t)file[24] | (uint64_t)file[25] << 8;
    const uint32_t crc = ml_crc32(32 + (size_t)directory, file);
    for (int i = 0; i < 4; i++)
        file[32 + directory + (size_t)i] = (uint8_t)(crc >> (8 * i));
}

static void check_table(const ml_table *table) {
    for (size_t j = 0; j < table->n_columns; j++) {
        const ml_column *c = &table->column[j];
        size_t missing = 0;
        for (size_t i = 0; i < table->n_rows; i++) {
            if (c->number != NULL)
                assert_false(isinf(c->number[i]));
            if (c->code != NULL)
                assert_true(c->code[i] == ML_CODE_MISSING || c->code[i] < c->n_levels);
            missing += c->number != NULL ? isnan(c->number[i]) : c->code != NULL ? c->code[i] == ML_CODE_MISSING : 1;
        }
        assert_int_equal(missing, c->n_missing);
        for (size_t k = 1; k < c->n_levels; k++)
            assert_true(strcmp(c->level[k - 1], c->level[k]) < 0);
    }
}

static void test_forged_files_are_refused_or_whole(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(113, 0);
    const ml_table table = table_of("a,b,c,d\n1,x,2.5,p\n2,y,,q\n3,x,1,p\n4,,7,\n5,x,,p\n");
    size_t read = 0, refused = 0;
    write(&table);
    static uint8_t original[4096];
    assert_true(length < sizeof original);
    memcpy(original, file, length);
    for (int round = 0; round < 20000; round++) {
        memcpy(file, original, length);
        const int forges_block = round % 2;
        ml_columnar opened;
        other.used = 0;
        assert_int_equal(ml_columnar_open(length, file, &other, &opened, &error), ML_OK);
        const size_t end_of_directory = opened.entry[0].block - 4;
        const ml_columnar_entry e = opened.entry[ml_rng_below(&rng, 4)];
        const size_t first = forges_block ? e.block : 8, count = forges_block ? e.n_bytes : end_of_directory - 8;
        for (uint64_t k = 1 + ml_rng_below(&rng, 2); k > 0; k--)
            file[first + ml_rng_below(&rng, count)] = (uint8_t)(ml_rng_next(&rng) >> ml_rng_below(&rng, 8) & 0xFF);
        if (forges_block) { /* its checksum stands in the directory: look for it there */
            const uint32_t crc = ml_crc32(e.n_bytes, file + e.block);
            for (size_t at = 32; at + 4 <= end_of_directory; at++)
                if (memcmp(file + at,
                           (const uint8_t[]){(uint8_t)e.crc, (uint8_t)(e.crc >> 8), (uint8_t)(e.crc >> 16),
                                             (uint8_t)(e.crc >> 24)},
                           4) == 0)
                    for (int i = 0; i < 4; i++)
                        file[at + (size_t)i] = (uint8_t)(crc >> (8 * i));
        }
        const uint64_t directory = (uint64_t)file[24] | (uint64_t)file[25] << 8;
        if (32 + directory + 4 <= length)
            seal();
        ml_table back;
        other.used = 0;
        const ml_status status = read_all(file, length, &back);
        if (status == ML_OK)
            check_table(&back);
        else
            assert_true(status == ML_EPARSE || status == ML_ENOMEM);
        read += status == ML_OK;
        refused += status != ML_OK;
    }
    assert_true(read > 500 && refused > 5000);
}

static void test_too_little_room_is_said(void **state) {
    (void)state;
    const ml_table table = table_of("a,b\n1,x\n2,y\n"), no_column = {0};
    ml_table back;
    write(&table);
    size_t needed = 0;
    assert_int_equal(ml_columnar_write(&table, length - 1, file, &needed, &arena, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "there is room for"));
    assert_int_equal(needed, length);
    assert_int_equal(ml_columnar_write(&no_column, 10, file, &needed, &arena, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "1 to 4096 columns"));
    ml_arena full = ml_arena_over(block, 32);
    assert_int_equal(ml_columnar_write(&table, length, file, &needed, &full, &error), ML_ENOMEM);
    assert_non_null(strstr(error.message, "memory"));
    size_t fails = 0;
    for (size_t bytes = 0;; bytes += 32, fails++) {
        other = ml_arena_over(other_block, bytes);
        const ml_status status = read_all(file, length, &back);
        if (status == ML_OK)
            break;
        assert_int_equal(status, ML_ENOMEM);
        assert_non_null(strstr(error.message, "read fewer columns"));
    }
    assert_true(fails > 8);
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_random_tables_come_back),
        TEST(test_encodings_are_chosen_by_what_is_in_a_column),
        TEST(test_one_column_is_read_though_the_others_are_damaged),
        TEST(test_any_flipped_bit_is_found_and_any_cut),
        TEST(test_forged_files_are_refused_or_whole),
        TEST(test_too_little_room_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
