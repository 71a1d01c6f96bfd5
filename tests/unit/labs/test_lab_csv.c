/* The reader's own file: every sentence that refuses one, which rows are used, and the model that comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

enum { TEXT_BYTES = 1 << 20 };

static const lab *playground;
static lab_table table;
static void *memory;
static char *text;
static size_t length;
static ml_error error;

static int set_up(void **state) {
    (void)state;
    playground = lab_find("mlp-playground");
    text = malloc(TEXT_BYTES);
    return playground == NULL || text == NULL;
}

static int tear_down(void **state) {
    (void)state;
    free(memory);
    free(text);
    return 0;
}

static void write_line(const char *format, ...) ML_PRINTF(1, 2);
static void write_line(const char *format, ...) {
    va_list args;
    va_start(args, format);
    length += (size_t)vsnprintf(text + length, TEXT_BYTES - length, format, args);
    va_end(args);
    assert_true(length < TEXT_BYTES);
}

/* So many rows "a,b,class" of two classes that numbers tell apart, below the names. */
static void write_rows(int from, int n) {
    for (int i = from; i < from + n; i++)
        write_line("%d,%d,%s\n", i * 7 % 31, i * 5 % 17, i * 7 % 31 < 15 ? "no" : "yes");
}

static void write_file(int n) {
    length = 0;
    write_line("a,b,class\n");
    write_rows(0, n);
}

static ml_status read_it(void) {
    const size_t bytes = lab_table_bytes(text, length);
    free(memory);
    memory = malloc(bytes);
    assert_non_null(memory);
    return lab_table_read(&table, playground, text, length, memory, bytes, &error);
}

static void take_it(void) {
    assert_int_equal(read_it(), ML_OK);
    if (lab_table_choose(&table, &error) != ML_OK)
        fail_msg("%s", error.message);
}

static void assert_says(const char *whole, const char *saying) {
    if (strstr(whole, saying) == NULL)
        fail_msg("'%s' does not say '%s'", whole, saying);
}

/* Read or chosen: the file is refused with this. */
static void assert_refused(const char *saying) {
    const ml_status status = read_it();
    assert_int_not_equal(status != ML_OK ? status : lab_table_choose(&table, &error), ML_OK);
    assert_says(error.message, saying);
    assert_int_equal(table.rows.n, 0);
}

static void choose(int32_t x1, int32_t x2, int32_t class) {
    table.chosen[0] = x1;
    table.chosen[1] = x2;
    table.chosen[2] = class;
}

static void assert_choice_refused(int32_t x1, int32_t x2, int32_t class, const char *saying) {
    choose(x1, x2, class);
    assert_int_equal(lab_table_choose(&table, &error), ML_EINVAL);
    assert_says(error.message, saying);
    assert_int_equal(table.rows.n, 0);
}

static void test_all_rows_are_taken_in_their_order(void **state) {
    (void)state;
    write_file(40);
    take_it();
    assert_int_equal(table.rows.n, 40);
    for (int i = 0; i < 40; i++) {
        assert_true(table.rows.column[0][i] == (float)(i * 7 % 31));
        assert_true(table.rows.column[1][i] == (float)(i * 5 % 17));
        assert_true(table.rows.column[2][i] == (i * 7 % 31 < 15 ? 0.0f : 1.0f));
    }
    assert_string_equal(table.rows.name[1], "b");
    assert_string_equal(table.rows.classes[0], "no");
    assert_string_equal(table.rows.classes[1], "yes");
    assert_says(table.note, "All 40 rows are used. Class 0 is no (");
}

static void test_whole_numbers_make_classes_in_their_order(void **state) {
    (void)state;
    length = 0;
    write_line("y,a,b\n");
    for (int i = 0; i < 30; i++)
        write_line("%d,%d,%g\n", i % 3 == 0 ? 7 : -2, i * 7 % 31, 0.5 * (i * 5 % 17));
    take_it();
    assert_int_equal(table.chosen[2], 0);
    assert_true(table.rows.column[2][0] == 1.0f && table.rows.column[2][1] == 0.0f);
    assert_string_equal(table.rows.classes[0], "-2");
    assert_string_equal(table.rows.classes[1], "7");
}

/* Their sum is no double, and once the second class was called what the sum less the first one is. */
static void test_classes_are_named_to_the_last_digit(void **state) {
    (void)state;
    length = 0;
    write_line("a,b,y\n");
    for (int i = 0; i < 30; i++)
        write_line("%d,%d,%s\n", i * 7 % 31, i * 5 % 17, i % 3 == 0 ? "9007199254740991" : "9007199254740990");
    take_it();
    assert_string_equal(table.rows.classes[0], "9007199254740990");
    assert_string_equal(table.rows.classes[1], "9007199254740991");
}

static void test_row_numbers_and_constants_are_passed_over(void **state) {
    (void)state;
    length = 0;
    write_line("id,always,word,a,b,kind,sold\n");
    for (int i = 0; i < 30; i++)
        write_line("%d,5,w%d,%d,%d,%s,%d\n", i + 1, i, i * 7 % 31, i * 5 % 17, i % 2 ? "x" : "y", i % 4 == 0);
    take_it();
    assert_int_equal(table.chosen[0], 3);
    assert_int_equal(table.chosen[1], 4);
    assert_int_equal(table.chosen[2], 6); /* the last with two classes */
}

static void test_rows_with_a_missing_cell_are_left_out_and_counted(void **state) {
    (void)state;
    write_file(30);
    write_line(",3,yes\n4,,no\n5,6,\n");
    take_it();
    assert_int_equal(table.rows.n, 30);
    assert_says(table.note, "3 rows are left out: a chosen cell is missing. The other 30 are used.");
    write_file(30);
    write_line("5,6,\n");
    take_it();
    assert_says(table.note, "1 row is left out");
}

static void test_a_gap_in_a_column_that_is_not_chosen_costs_nothing(void **state) {
    (void)state;
    length = 0;
    write_line("a,b,class,rest\n");
    for (int i = 0; i < 30; i++)
        write_line("%d,%d,%s,\n", i * 7 % 31, i * 5 % 17, i % 2 ? "x" : "y");
    take_it();
    assert_int_equal(table.rows.n, 30);
}

static void test_a_long_file_is_sampled_without_favour(void **state) {
    (void)state;
    const size_t most = playground->csv->max_rows;
    const int n = 6 * (int)most;
    double sum = 0;
    length = 0;
    write_line("a,b,class\n");
    for (int i = 0; i < n; i++) /* b falls by one a row: it tells which row was drawn */
        write_line("%d,%d,%s\n", i * 7 % 31, n - 1 - i, i % 2 ? "x" : "y");
    take_it();
    assert_int_equal(table.rows.n, most);
    assert_says(table.note, "Of 9000 complete rows 1500 are used, drawn at random.");
    for (size_t i = 0; i < most; i++) {
        sum += table.rows.column[1][i];
        assert_true(i == 0 || table.rows.column[1][i] < table.rows.column[1][i - 1]);
    }
    /* The mean of a sample lies within 4 standard errors: n / sqrt(12 most) each. */
    assert_true(fabs(sum / (double)most - 0.5 * (n - 1)) < 4 * (double)n / sqrt(12.0 * (double)most));
    const float first = table.rows.column[1][0];
    take_it();
    assert_true(table.rows.column[1][0] == first);
}

static void test_what_is_no_table_is_refused_by_line(void **state) {
    (void)state;
    length = 0;
    assert_refused("line 1: the file is empty");
    write_line("a,b,class\n");
    assert_refused("has no row below");
    write_file(30);
    write_line("1,2\n");
    assert_refused("line 32 has 2 cells");
    write_file(30);
    write_line("1,2,\"yes\n");
    assert_refused("line 32");
    length = 0;
    write_line("a,a,class\n1,2,x\n");
    assert_refused("both named 'a'");
}

static void test_a_file_out_of_all_measure_is_refused(void **state) {
    (void)state;
    length = 0;
    for (int i = 0; i <= LAB_CSV_MAX_COLUMNS; i++)
        write_line("%sc%d", i > 0 ? "," : "", i);
    write_line("\n");
    for (int i = 0; i <= LAB_CSV_MAX_COLUMNS; i++)
        write_line("%s%d", i > 0 ? "," : "", i);
    write_line("\n");
    assert_refused("the file has 257 columns; a lab takes at most 256");
    assert_int_equal(lab_table_read(&table, playground, text, LAB_CSV_MAX_BYTES + 1, NULL, 0, &error), ML_EINVAL);
    assert_says(error.message, "a lab takes at most 16777216");
    write_file(30);
    assert_int_equal(lab_table_read(&table, playground, text, length, memory, 256, &error), ML_ENOMEM);
    assert_int_equal(lab_table_read(&table, lab_find("batching-queue"), text, length, memory, 256, &error), ML_EINVAL);
    assert_says(error.message, "the lab batching-queue takes no CSV file");
}

/* Both were once refused for want of memory, which lab_table_bytes is there to tell. */
static void test_wide_files_fit_into_the_memory_that_is_told(void **state) {
    (void)state;
    length = 0;
    write_line("\n\"c\n\"");
    for (int j = 1; j < 200; j++)
        write_line(",c%d", j);
    write_line("\n");
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 200; j++)
            write_line("%d%s", i, j < 199 ? "," : "\n");
    assert_int_equal(read_it(), ML_OK);
    assert_int_equal(table.table.n_columns, 200);
    length = 0;
    for (int j = 0; j < 100; j++)
        write_line("c%d%s", j, j < 99 ? "," : "\n");
    for (int i = 0; i < 300; i++)
        for (int j = 0; j < 100; j++)
            write_line("%c%c%c%s", 'a' + i % 26, 'a' + i / 26, 'a' + j % 26, j < 99 ? "," : "\n");
    assert_int_equal(read_it(), ML_OK);
    assert_int_equal(table.table.column[99].n_levels, 300);
}

static void test_columns_that_do_not_fit_are_refused_by_name(void **state) {
    (void)state;
    length = 0;
    write_line("a,b,class,word,share,empty\n");
    for (int i = 0; i < 40; i++)
        write_line("%d,%d,%s,w%d,%g,\n", i * 7 % 31, i * 5 % 17, i % 2 ? "x" : "y", i % 3, 0.5 * (i % 2));
    assert_int_equal(read_it(), ML_OK);
    assert_choice_refused(-1, 1, 2, "no column is chosen for x₁; it takes numbers");
    assert_choice_refused(0, 6, 2, "no column is chosen for x₂; it takes numbers");
    assert_choice_refused(0, 1, -1, "no column is chosen for class; it takes two classes");
    assert_choice_refused(0, 0, 2, "the column 'a' is chosen for x₁ and for x₂");
    assert_choice_refused(0, 3, 2, "the column 'word' holds words, and x₂ takes numbers");
    assert_choice_refused(0, 5, 2, "the column 'empty' holds nothing, and x₂ takes numbers");
    assert_choice_refused(0, 1, 5, "0 rows without a missing cell");
    assert_choice_refused(0, 1, 4, "the column 'share' holds fractions");
    assert_choice_refused(0, 1, 3, "line 4: a third class in the column 'word'");
    choose(0, 1, 2);
    assert_int_equal(lab_table_choose(&table, &error), ML_OK); /* a refusal leaves nothing behind */
    assert_int_equal(table.rows.n, 40);
}

static void test_one_class_is_not_enough(void **state) {
    (void)state;
    length = 0;
    write_line("a,b,class\n");
    for (int i = 0; i < 30; i++)
        write_line("%d,%d,same\n", i * 7 % 31, i * 5 % 17);
    assert_refused("no column is chosen for class");
    choose(0, 1, 2);
    assert_int_equal(lab_table_choose(&table, &error), ML_EINVAL);
    assert_says(error.message, "the column 'class' has only one class in the rows used");
}

static void test_a_class_whose_rows_all_have_gaps_is_not_there(void **state) {
    (void)state;
    length = 0;
    write_line("a,b,class\n");
    for (int i = 0; i < 60; i++)
        write_line("%s%d,%d,%s\n", i % 2 ? "" : "1", i % 2 ? 3 + i : i, i * 5 % 17, i % 2 ? "x" : "y");
    take_it();
    length = 0;
    write_line("a,b,class\n");
    for (int i = 0; i < 60; i++)
        if (i % 2)
            write_line("%d,%d,x\n", i * 7 % 31, i * 5 % 17);
        else
            write_line(",%d,y\n", i);
    assert_refused("only one class in the rows used");
}

static void test_numbers_without_measure_and_without_change(void **state) {
    (void)state;
    write_file(35);
    write_line("1e16,2,yes\n");
    assert_refused("line 37, column 'a': 1e+16 is too large");
    write_file(35);
    write_line("-1e15,2,yes\n");
    take_it();
    length = 0;
    write_line("a,b,class\n");
    for (int i = 0; i < 30; i++)
        write_line("%d,5,%s\n", i * 7 % 31, i % 2 ? "x" : "y");
    assert_refused("no column is chosen for x₂");
    choose(0, 1, 2);
    assert_int_equal(lab_table_choose(&table, &error), ML_EINVAL);
    assert_says(error.message, "the column 'b' is 5 in every row used");
}

static void test_too_few_rows(void **state) {
    (void)state;
    write_file(29);
    write_line("1,,yes\n");
    assert_refused("the file has 29 rows without a missing cell in the chosen columns; the lab needs at least 30");
}

static void test_the_line_counts_what_people_see(void **state) {
    (void)state;
    length = 0;
    write_line("\xEF\xBB\xBF" "\r\na,b,class\r\n\r\n\"1\",\"2\",\"two\nlines\"\r\n");
    for (int i = 0; i < 30; i++)
        write_line("%d,%d,x\r\n", i * 7 % 31, i * 5 % 17);
    write_line("1e20,1,x\r\n");
    assert_refused("line 36, column 'a'"); /* 1 empty, 2 names, 3 empty, 4 and 5 one row, 6 to 35, 36 */
}

static void test_the_table_is_shown_as_it_was_understood(void **state) {
    (void)state;
    enum { FLOATS = 4096, LABELS = 4096 };
    static float data[FLOATS];
    static char labels[LABELS];
    lab_frame frame = {.data = data, .capacity = FLOATS, .text = labels, .text_capacity = LABELS};
    write_file(30);
    write_line(",3,an answer that is much longer than any cell of a preview may be\n");
    read_it();
    lab_table_describe(&table, &frame);
    assert_false(frame.full);
    assert_memory_equal(labels, "a\0000\0007\00014\00021\00028\000b\0000", 18);
}

/* --- The lab on the rows, and its model --------------------------------------------------------------------------- */

static double no_clock(void) {
    return 0;
}

static void open_run(lab_run *run, void *room, const char *settings) {
    assert_int_equal(lab_run_open(run, playground, room, lab_run_bytes(playground), no_clock), ML_OK);
    assert_int_equal(lab_run_apply(run, settings, &error), ML_OK);
}

static char *model_of(lab_run *run, lab_model_format format) {
    size_t n = 0;
    void *scratch = malloc(LAB_MODEL_SCRATCH);
    assert_int_equal(lab_run_model(run, format, scratch, 0, NULL, &n, &error), ML_OK);
    char *model = malloc(n + 1);
    assert_int_equal(lab_run_model(run, format, scratch, n, model, &n, &error), ML_ENOMEM);
    assert_int_equal(lab_run_model(run, format, scratch, n + 1, model, &n, &error), ML_OK);
    assert_int_equal(strlen(model), n);
    free(scratch);
    return model;
}

static void test_the_lab_trains_on_the_rows(void **state) {
    (void)state;
    void *room = malloc(lab_run_bytes(playground));
    lab_run run;
    write_file(200);
    take_it();
    open_run(&run, room, "data=csv");
    assert_int_equal(lab_run_start(&run, 1), ML_EINVAL);
    assert_says(run.error.message, "this needs a CSV file of your own");
    lab_run_rows(&run, &table.rows);
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    lab_run_advance(&run, 30, INT64_MAX);
    lab_run_figures(&run);
    int32_t accuracy = 0;
    while (strcmp(playground->readouts[accuracy].name, "test_accuracy") != 0)
        assert_true(++accuracy < playground->n_readouts);
    assert_true(run.readout[accuracy] > 0.95);
    free(room);
}

static void test_mlp_live_takes_the_rows_too(void **state) {
    (void)state;
    const lab *live = lab_find("mlp-live");
    void *room = malloc(lab_run_bytes(live));
    lab_run run;
    write_file(200);
    take_it();
    assert_int_equal(lab_run_open(&run, live, room, lab_run_bytes(live), no_clock), ML_OK);
    assert_int_equal(lab_run_apply(&run, "data=csv rows=400", &error), ML_OK);
    assert_int_equal(lab_run_start(&run, 1), ML_EINVAL);
    assert_says(run.error.message, "this needs a CSV file of your own");
    lab_run_rows(&run, &table.rows);
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    assert_int_equal(lab_run_advance(&run, 60, INT64_MAX), ML_OK);
    lab_run_figures(&run);
    int32_t accuracy = 0;
    while (strcmp(live->readouts[accuracy].name, "test_accuracy") != 0)
        assert_true(++accuracy < live->n_readouts);
    assert_true(run.readout[accuracy] > 0.9);
    char *header = model_of(&run, LAB_MODEL_C), *json = model_of(&run, LAB_MODEL_JSON);
    assert_says(header, "they are scaled inside");
    assert_says(json, "inputs.deviation");
    free(header);
    free(json);
    free(room);
}

static void test_models_are_written_at_every_shape(void **state) {
    (void)state;
    static const char *const shapes[] = {
        "data=csv layers=0", "data=csv layers=6 width=32 normalisation=batch activation=tanh",
        "data=csv normalisation=layer activation=sigmoid", "data=moons activation=identity standardise=off",
    };
    void *room = malloc(lab_run_bytes(playground));
    lab_run run;
    write_file(60);
    take_it();
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        open_run(&run, room, shapes[i]);
        lab_run_rows(&run, &table.rows);
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        lab_run_advance(&run, 3, INT64_MAX);
        char *json = model_of(&run, LAB_MODEL_JSON), *header = model_of(&run, LAB_MODEL_C);
        assert_int_equal(strncmp(json, "{\"lab\":\"mlp-playground\",\"seed\":1,\"steps\":3,", 43), 0);
        assert_says(header, "predict(const float");
        free(json);
        free(header);
    }
    free(room);
}

static void test_every_lab_that_trains_a_network_gives_it_away(void **state) {
    (void)state;
    static const char *const labs[] = {"mlp-playground", "mlp-live", "digits"};
    for (size_t i = 0; i < sizeof labs / sizeof *labs; i++) {
        const lab *experiment = lab_find(labs[i]);
        void *room = malloc(lab_run_bytes(experiment));
        lab_run run;
        assert_int_equal(lab_run_open(&run, experiment, room, lab_run_bytes(experiment), no_clock), ML_OK);
        assert_int_equal(lab_run_start(&run, 1), ML_OK);
        lab_run_advance(&run, 1, INT64_MAX);
        char *json = model_of(&run, LAB_MODEL_JSON), *header = model_of(&run, LAB_MODEL_C);
        assert_says(json, "\"role\":\"weight\"");
        assert_says(header, "predict(const float");
        free(json);
        free(header);
        free(room);
    }
}

static void test_names_of_a_file_break_neither_a_comment_nor_json(void **state) {
    (void)state;
    void *room = malloc(lab_run_bytes(playground));
    lab_run run;
    length = 0;
    write_line("*/!,\"b\"\"\\\",class\n");
    write_rows(0, 40);
    take_it();
    open_run(&run, room, "data=csv");
    lab_run_rows(&run, &table.rows);
    assert_int_equal(lab_run_start(&run, 1), ML_OK);
    char *header = model_of(&run, LAB_MODEL_C), *end = strstr(header, "*/");
    assert_non_null(end);
    assert_int_equal(strncmp(end, "*/\n", 3), 0);
    assert_says(header, "the column ?/!");
    free(header);
    free(room);
}

static void test_what_has_no_model_says_so(void **state) {
    (void)state;
    const lab *queue = lab_find("batching-queue");
    size_t n;
    void *room = malloc(lab_run_bytes(queue)), *scratch = malloc(LAB_MODEL_SCRATCH);
    lab_run run;
    lab_run_open(&run, queue, room, lab_run_bytes(queue), no_clock);
    assert_int_equal(lab_run_model(&run, LAB_MODEL_C, scratch, 0, NULL, &n, &error), ML_EINVAL);
    assert_says(error.message, "the lab batching-queue has no model to give away");
    free(room);
    free(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_rows_are_taken_in_their_order),
        cmocka_unit_test(test_whole_numbers_make_classes_in_their_order),
        cmocka_unit_test(test_classes_are_named_to_the_last_digit),
        cmocka_unit_test(test_row_numbers_and_constants_are_passed_over),
        cmocka_unit_test(test_rows_with_a_missing_cell_are_left_out_and_counted),
        cmocka_unit_test(test_a_gap_in_a_column_that_is_not_chosen_costs_nothing),
        cmocka_unit_test(test_a_long_file_is_sampled_without_favour),
        cmocka_unit_test(test_what_is_no_table_is_refused_by_line),
        cmocka_unit_test(test_a_file_out_of_all_measure_is_refused),
        cmocka_unit_test(test_wide_files_fit_into_the_memory_that_is_told),
        cmocka_unit_test(test_columns_that_do_not_fit_are_refused_by_name),
        cmocka_unit_test(test_one_class_is_not_enough),
        cmocka_unit_test(test_a_class_whose_rows_all_have_gaps_is_not_there),
        cmocka_unit_test(test_numbers_without_measure_and_without_change),
        cmocka_unit_test(test_too_few_rows),
        cmocka_unit_test(test_the_line_counts_what_people_see),
        cmocka_unit_test(test_the_table_is_shown_as_it_was_understood),
        cmocka_unit_test(test_the_lab_trains_on_the_rows),
        cmocka_unit_test(test_mlp_live_takes_the_rows_too),
        cmocka_unit_test(test_models_are_written_at_every_shape),
        cmocka_unit_test(test_every_lab_that_trains_a_network_gives_it_away),
        cmocka_unit_test(test_names_of_a_file_break_neither_a_comment_nor_json),
        cmocka_unit_test(test_what_has_no_model_says_so),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
