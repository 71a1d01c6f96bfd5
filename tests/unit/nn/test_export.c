/* A network as a C header: compiled by cc on its own, it must give the network's own bits. */
#define _XOPEN_SOURCE 700 /* mkdtemp, popen, P_tmpdir */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nn/nn.h"

enum { TEXT = 1 << 20 };

static _Alignas(64) unsigned char memory[1 << 22];
static ml_arena arena;
static ml_params params;
static ml_tape tape;
static ml_error error;
static ml_rng rng;
static char header[TEXT];
static size_t length;

static int setup(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    rng = ml_rng_seed(8, 8);
    ml_tape_init(&tape, 80, &arena, NULL);
    tape.rng = &rng;
    return ml_params_init(&params, 40, &arena, NULL);
}

/* Normal numbers, and a few that are special to the functions of the header. */
static int32_t random_input(int32_t dimensions, const size_t *size) {
    static const float special[] = {0.0f, -0.0f, 100.0f, -100.0f, 1e-30f, 0.55f, -20.0f};
    ml_tensor t;
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = i % 6 == 5 ? special[i / 6 % 7] : (float)(2 * ml_rng_normal(&rng));
    return ml_tape_constant(&tape, "x", t);
}

/* Draws the parameters and buffers at random, biases too, and computes the values as in evaluation. */
static void finish(void) {
    ml_params_initialise(&params, 4);
    for (int32_t i = 0; i < params.n_params; i++) {
        const ml_tensor t = ml_params_value(&params, i);
        for (size_t j = 0; params.param[i].role != ML_PARAM_WEIGHT && j < params.param[i].count; j++)
            t.data[j] += (float)ml_rng_uniform(&rng);
    }
    tape.training = false;
    assert_int_equal(ml_tape_forward(&tape, &error), ML_OK);
}

static void write_file(const char *folder, const char *name, const char *text) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A program that gives the input to the header's function and prints the bytes of the result. */
static void write_program(const char *folder, const ml_tensor *x, size_t outputs) {
    static char text[TEXT];
    size_t n = (size_t)snprintf(text, sizeof text,
                                "#include \"net.h\"\n#include <stdio.h>\n"
                                "static const uint32_t bits[] = {");
    for (size_t i = 0; i < ml_tensor_count(x); i++) {
        uint32_t bits;
        memcpy(&bits, &x->data[i], sizeof bits);
        n += (size_t)snprintf(text + n, sizeof text - n, "0x%xu, ", (unsigned)bits);
    }
    snprintf(text + n, sizeof text - n,
             "};\nint main(void) {\n    float x[sizeof bits / sizeof *bits], y[%zu];\n    memcpy(x, bits, sizeof x);\n"
             "    net(x, y);\n    return fwrite(y, sizeof *y, %zu, stdout) != %zu;\n}\n",
             outputs, outputs, outputs);
    write_file(folder, "main.c", text);
}

/* What the header makes of the input, into y [n]. */
static void run_header(const ml_tensor *x, size_t n, float *y) {
    const char *temporary = getenv("TMPDIR");
    char folder[200], command[512];
    snprintf(folder, sizeof folder, "%s/laymanz-export-XXXXXX", temporary != NULL ? temporary : P_tmpdir);
    assert_non_null(mkdtemp(folder));
    write_file(folder, "net.h", header);
    write_program(folder, x, n);
    snprintf(
        command, sizeof command,
        "cd '%s' && cc -std=c99 -O2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -ffp-contract=off main.c "
        "-o main && ./main",
        folder);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    const size_t got = fread(y, sizeof *y, n, output);
    assert_int_equal(pclose(output), 0);
    assert_int_equal(got, n);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void expect_same_bits(int32_t input, int32_t output) {
    static float y[1024];
    finish();
    const size_t used = arena.used;
    if (ml_export_c(&tape, input, output, "net", sizeof header, header, &length, &arena, &error) != ML_OK)
        fail_msg("%s", error.message);
    assert_int_equal(arena.used, used);
    assert_int_equal(length, strlen(header));
    const ml_tensor *expected = &tape.node[output].value;
    assert_true(ml_tensor_count(expected) <= 1024);
    run_header(&tape.node[input].value, ml_tensor_count(expected), y);
    for (size_t i = 0; i < ml_tensor_count(expected); i++)
        if (memcmp(&y[i], &expected->data[i], sizeof(float)) != 0)
            fail_msg("y[%zu] is %.9g, not %.9g", i, (double)y[i], (double)expected->data[i]);
}

static void test_dense_layers_and_activations(void **state) {
    (void)state;
    const ml_dense a = ml_dense_add(&params, "a", 7, 9, true), b = ml_dense_add(&params, "b", 9, 6, false);
    const ml_dense c = ml_dense_add(&params, "c", 6, 5, true), d = ml_dense_add(&params, "d", 5, 11, true);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    const int32_t x = random_input(ML_SHAPE(6, 7));
    int32_t h = ml_tape_tanh(&tape, ml_dense_record(&a, &params, &tape, x));
    h = ml_tape_sigmoid(&tape, ml_dense_record(&b, &params, &tape, ml_tape_dropout(&tape, h, 0.5f)));
    h = ml_tape_relu(&tape, ml_dense_record(&c, &params, &tape, h));
    expect_same_bits(x, ml_tape_softmax(&tape, ml_dense_record(&d, &params, &tape, h)));
}

static void test_a_convolutional_network(void **state) {
    (void)state;
    const ml_conv2d a = ml_conv2d_add(&params, "a", 2, 5, 3, 1, 1, false);
    const ml_batch_norm norm = ml_batch_norm_add(&params, "norm", 5);
    const ml_conv2d b = ml_conv2d_add(&params, "b", 5, 3, 2, 2, 1, true);
    const ml_dense last = ml_dense_add(&params, "last", 3, 4, true);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    const int32_t x = random_input(ML_SHAPE(2, 9, 8, 2));
    int32_t h = ml_conv2d_record(&a, &params, &tape, x);
    h = ml_tape_max_pool(&tape, ml_tape_relu(&tape, ml_batch_norm_record(&norm, &params, &tape, h)), 2, 2);
    h = ml_tape_average_pool(&tape, ml_tape_gelu(&tape, ml_conv2d_record(&b, &params, &tape, h)), 3, 1);
    expect_same_bits(x, ml_dense_record(&last, &params, &tape, ml_flatten_record(&tape, h)));
}

static void test_a_transformer_block(void **state) {
    (void)state;
    const ml_layer_norm first = ml_layer_norm_add(&params, "first", 8),
                        second = ml_layer_norm_add(&params, "second", 8);
    const ml_attention attention = ml_attention_add(&params, "attention", 8, 2, true);
    const ml_dense inner = ml_dense_add(&params, "inner", 8, 10, true),
                   outer = ml_dense_add(&params, "outer", 10, 8, true);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    const int32_t x = random_input(ML_SHAPE(2, 5, 8));
    const int32_t seen =
        ml_attention_record(&attention, &params, &tape, ml_layer_norm_record(&first, &params, &tape, x));
    const int32_t h = ml_tape_add(&tape, x, seen);
    int32_t y = ml_dense_record(&inner, &params, &tape, ml_layer_norm_record(&second, &params, &tape, h));
    y = ml_dense_record(&outer, &params, &tape, ml_tape_gelu(&tape, y));
    expect_same_bits(x, ml_tape_add(&tape, h, y));
}

static void test_the_other_operations(void **state) {
    (void)state;
    static const int32_t order[ML_TENSOR_DIMENSIONS] = {2, 0, 1, 3};
    ml_params_add(&params, "row", ML_PARAM_WEIGHT, ML_ONES, ML_SHAPE(4));
    ml_params_add(&params, "column", ML_PARAM_WEIGHT, (ml_initialiser){ML_INITIALISE_NORMAL, 3}, ML_SHAPE(2, 1, 1));
    ml_params_add(&params, "one", ML_PARAM_BIAS, ML_ONES, 0, NULL);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    const int32_t row = ml_params_leaf(&params, &tape, 0), column = ml_params_leaf(&params, &tape, 1);
    const int32_t one = ml_params_leaf(&params, &tape, 2), x = random_input(ML_SHAPE(2, 3, 4));
    int32_t h = ml_tape_subtract(&tape, ml_tape_multiply(&tape, row, x), ml_tape_maximum(&tape, x, column));
    h = ml_tape_divide(&tape, h, ml_tape_add(&tape, ml_tape_absolute(&tape, x), one));
    h = ml_tape_permute(&tape, ml_tape_exp(&tape, ml_tape_scale(&tape, h, -0.1f)), order); /* 4 x 2 x 3 */
    h = ml_tape_concatenate(&tape, h, ml_tape_slice(&tape, h, 1, 1, 2), 1);                /* 4 x 3 x 3 */
    h = ml_tape_concatenate(&tape, ml_tape_transpose(&tape, h), ml_tape_slice(&tape, h, 0, 1, 4), 0);
    expect_same_bits(x, ml_tape_reshape(&tape, h, ML_SHAPE(9, 7)));
}

static void test_the_input_itself(void **state) {
    (void)state;
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    const int32_t x = random_input(ML_SHAPE(4));
    expect_same_bits(x, x);
}

/* --- Refusals ----------------------------------------------------------------------------------------------------- */

static void expect_refusal(int32_t input, int32_t output, const char *name, ml_status status, const char *sentence) {
    const size_t used = arena.used;
    assert_int_equal(ml_export_c(&tape, input, output, name, sizeof header, header, &length, &arena, &error), status);
    assert_string_equal(error.message, sentence);
    assert_int_equal(arena.used, used);
}

static void test_what_cannot_be_written_is_said(void **state) {
    (void)state;
    static const uint32_t index[2] = {0, 1};
    ml_params_add(&params, "w", ML_PARAM_WEIGHT, ML_ONES, ML_SHAPE(3, 3));
    ml_params_add(&params, "row", ML_PARAM_WEIGHT, ML_ONES, ML_SHAPE(3));
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    ml_params_initialise(&params, 1);
    const int32_t x = random_input(ML_SHAPE(2, 3)), w = ml_params_leaf(&params, &tape, 0);
    const int32_t row = ml_params_leaf(&params, &tape, 1), y = ml_tape_matmul(&tape, x, w);
    const int32_t rows = ml_tape_add(&tape, ml_tape_gather(&tape, w, index, 2), x);
    const int32_t norm = ml_tape_batch_norm(&tape, x, row, row, NULL, NULL);
    expect_refusal(x, y, "", ML_EINVAL, "export: \"\" is no C identifier of up to 63 characters");
    expect_refusal(x, y, "1st", ML_EINVAL, "export: \"1st\" is no C identifier of up to 63 characters");
    expect_refusal(x, y, "a-b", ML_EINVAL, "export: \"a-b\" is no C identifier of up to 63 characters");
    expect_refusal(x, 99, "net", ML_EINVAL, "export: there is no node 99 on the tape; it has 7");
    expect_refusal(x, ML_NO_NODE, "net", ML_EINVAL, "export: there is no node -1 on the tape; it has 7");
    expect_refusal(w, y, "net", ML_EINVAL, "export: node 1 is no constant of the tape; the input is one");
    expect_refusal(x, w, "net", ML_EINVAL, "export: the output does not depend on the input \"x\"");
    expect_refusal(x, rows, "net", ML_EINVAL, "export: gather cannot be written in C yet");
    expect_refusal(x, norm, "net", ML_EINVAL, "export: batch_norm without running averages cannot be written in C yet");
    expect_refusal(x, ml_tape_sum(&tape, y), "net", ML_EINVAL, "export: sum cannot be written in C yet");
    params.value[4] = NAN;
    expect_refusal(x, y, "net", ML_EINVAL, "export: \"w\" holds NaN or infinity");
    ml_tape_matmul(&tape, x, x);
    expect_refusal(x, y, "net", ML_ESHAPE, "matmul: left is 2×3, right is 2×3; inner sizes 3 and 2 differ");
}

static void test_length_is_told_and_room_is_kept(void **state) {
    (void)state;
    size_t needed = 0;
    const ml_dense layer = ml_dense_add(&params, "a", 3, 2, true);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    const int32_t x = random_input(ML_SHAPE(1, 3));
    const int32_t y = ml_tape_tanh(&tape, ml_dense_record(&layer, &params, &tape, x));
    finish();
    assert_int_equal(ml_export_c(&tape, x, y, "net", 0, NULL, &needed, &arena, &error), ML_OK);
    memset(header, 'x', sizeof header);
    assert_int_equal(ml_export_c(&tape, x, y, "net", needed, header, &length, &arena, &error), ML_ENOMEM);
    assert_int_equal(length, needed);
    assert_int_equal(header[needed], 'x');
    assert_int_equal(ml_export_c(&tape, x, y, "net", needed + 1, header, &length, &arena, &error), ML_OK);
    assert_int_equal(strlen(header), needed);
    ml_arena full = ml_arena_over(memory, 0);
    assert_int_equal(ml_export_c(&tape, x, y, "net", 0, NULL, &needed, &full, &error), ML_ENOMEM);
    assert_string_equal(error.message, "export: there is no memory to mark 6 nodes");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_dense_layers_and_activations, setup),
        cmocka_unit_test_setup(test_a_convolutional_network, setup),
        cmocka_unit_test_setup(test_a_transformer_block, setup),
        cmocka_unit_test_setup(test_the_other_operations, setup),
        cmocka_unit_test_setup(test_the_input_itself, setup),
        cmocka_unit_test_setup(test_what_cannot_be_written_is_said, setup),
        cmocka_unit_test_setup(test_length_is_told_and_room_is_kept, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
