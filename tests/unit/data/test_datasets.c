/* The files in lessons/data hold what scikit-learn's copies hold. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "golden/datasets_golden.h"
#include "ml.h"

static unsigned char block[4 << 20];
static char text[1 << 20];

static void assert_sums(const ml_table *table, size_t j, const double *expected) {
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < table->n_rows; i++) {
        sum += table->column[j].number[i];
        squares += table->column[j].number[i] * table->column[j].number[i];
    }
    assert_true(fabs(sum - expected[0]) <= 1e-12 * fabs(expected[0]));
    assert_true(fabs(squares - expected[1]) <= 1e-12 * expected[1]);
}

static void test_the_files_are_scikit_learns(void **state) {
    (void)state;
    const double *expected = golden_sum;
    for (size_t f = 0; f < sizeof golden_file / sizeof *golden_file; f++) {
        char path[100];
        snprintf(path, sizeof path, "lessons/data/%s", golden_file[f].name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        const size_t length = fread(text, 1, sizeof text, file);
        fclose(file);
        ml_arena arena = ml_arena_over(block, sizeof block);
        ml_table table;
        ml_error error;
        assert_int_equal(ml_csv_read(text, length, &arena, &table, &error), ML_OK);
        assert_int_equal(table.n_rows, golden_file[f].rows);
        assert_int_equal(table.n_columns, golden_file[f].numbers + (golden_file[f].classes > 0));
        for (size_t j = 0; j < golden_file[f].numbers; j++, expected += 2)
            assert_sums(&table, j, expected);
        if (golden_file[f].classes > 0)
            assert_int_equal(table.column[table.n_columns - 1].n_levels, golden_file[f].classes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_files_are_scikit_learns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
