/* Parameters to bytes and back, and every way in which the bytes may be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nn/nn.h"

static _Alignas(64) unsigned char memory[1 << 18];
static ml_arena arena;
static ml_params params;
static ml_error error;
static uint8_t file[4096];
static size_t length;

static void make(const char *bias, size_t inputs) {
    arena = ml_arena_over(memory, sizeof memory);
    ml_params_init(&params, 4, &arena, NULL);
    ml_params_add(&params, "w", ML_PARAM_WEIGHT, ML_HE, ML_SHAPE(inputs, 3));
    ml_params_add(&params, bias, ML_PARAM_BIAS, (ml_initialiser){ML_INITIALISE_NORMAL, 1}, ML_SHAPE(3));
    ml_params_add(&params, "mean", ML_PARAM_BUFFER, (ml_initialiser){ML_INITIALISE_UNIFORM, 1}, 0, NULL);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    ml_params_initialise(&params, 5);
}

static int setup(void **state) {
    (void)state;
    make("b", 2);
    params.value[0] = -0.0f;
    params.value[1] = 1e-45f;  /* the smallest there is */
    params.value[2] = 3.4e38f; /* nearly the largest */
    return 0;
}

static void assert_says(ml_status got, ml_status expected, const char *sentence) {
    assert_string_equal(error.message, sentence);
    assert_int_equal(got, expected);
}

typedef ml_status writer(const ml_params *from, size_t capacity, uint8_t *bytes, size_t *n, ml_error *e);
typedef ml_status reader(ml_params *to, size_t n, const uint8_t *bytes, ml_error *e);

static ml_status read_safetensors(ml_params *to, size_t n, const uint8_t *bytes, ml_error *e) {
    const size_t used = arena.used;
    const ml_status status = ml_safetensors_read(to, n, bytes, &arena, e);
    assert_int_equal(arena.used, used);
    return status;
}

/* Reads from a block of exactly n bytes, so that the sanitizer sees any step beyond; a failure must change nothing. */
static ml_status read_exactly(reader *read, size_t n, const uint8_t *bytes) {
    uint8_t *block = malloc(n > 0 ? n : 1);
    float value[9], buffer[1];
    assert_non_null(block);
    memcpy(block, bytes, n);
    memcpy(value, params.value, sizeof value);
    memcpy(buffer, params.buffer, sizeof buffer);
    error.message[0] = '\0';
    const ml_status status = read(&params, n, block, &error);
    if (status != ML_OK) {
        assert_memory_equal(value, params.value, sizeof value);
        assert_memory_equal(buffer, params.buffer, sizeof buffer);
        assert_true(strlen(error.message) > 20);
    }
    free(block);
    return status;
}

static void expect_round_trip(writer *write, reader *read) {
    float value[9], buffer[1];
    size_t again = 0;
    assert_int_equal(write(&params, 0, NULL, &length, &error), ML_OK);
    assert_true(length < sizeof file);
    assert_int_equal(write(&params, length - 1, file, &again, &error), ML_ENOMEM);
    assert_int_equal(again, length);
    memset(file, 0xee, sizeof file);
    assert_int_equal(write(&params, length, file, &again, &error), ML_OK);
    assert_int_equal(again, length);
    assert_int_equal(file[length], 0xee);
    memcpy(value, params.value, sizeof value);
    memcpy(buffer, params.buffer, sizeof buffer);
    ml_params_initialise(&params, 99);
    assert_memory_not_equal(value, params.value, sizeof value);
    assert_int_equal(read_exactly(read, length, file), ML_OK);
    assert_memory_equal(value, params.value, sizeof value);
    assert_memory_equal(buffer, params.buffer, sizeof buffer);
}

static void test_what_was_saved_is_loaded_bit_for_bit(void **state) {
    (void)state;
    expect_round_trip(ml_save, ml_load);
    expect_round_trip(ml_safetensors_write, read_safetensors);
}

static void test_a_file_cut_anywhere_is_refused(void **state) {
    (void)state;
    ml_save(&params, sizeof file, file, &length, &error);
    for (size_t n = 0; n < length; n++)
        assert_int_equal(read_exactly(ml_load, n, file), ML_EPARSE);
    ml_safetensors_write(&params, sizeof file, file, &length, &error);
    for (size_t n = 0; n < length; n++)
        assert_int_equal(read_exactly(read_safetensors, n, file), ML_EPARSE);
}

static void test_a_byte_too_many_is_refused(void **state) {
    (void)state;
    ml_save(&params, sizeof file, file, &length, &error);
    file[length] = 0;
    assert_int_equal(read_exactly(ml_load, length + 1, file), ML_EPARSE);
    ml_safetensors_write(&params, sizeof file, file, &length, &error);
    file[length] = 0;
    assert_int_equal(read_exactly(read_safetensors, length + 1, file), ML_EPARSE);
    assert_string_equal(error.message, "safetensors: the tensors have 40 bytes, the file 41");
}

static void test_any_changed_byte_is_found_by_the_checksum(void **state) {
    (void)state;
    ml_save(&params, sizeof file, file, &length, &error);
    for (size_t i = 0; i < length; i++)
        for (int change = 1; change < 256; change++) {
            file[i] ^= (uint8_t)change;
            assert_int_equal(read_exactly(ml_load, length, file), ML_EPARSE);
            file[i] ^= (uint8_t)change;
        }
}

/* safetensors has no checksum: a changed element is read as it is, everything else is refused or harmless. */
static void test_any_changed_byte_of_safetensors_is_survived(void **state) {
    (void)state;
    size_t accepted = 0;
    ml_safetensors_write(&params, sizeof file, file, &length, &error);
    const size_t data = length - 40;
    for (size_t i = 0; i < length; i++)
        for (int change = 1; change < 256; change++) {
            file[i] ^= (uint8_t)change;
            const ml_status status = read_exactly(read_safetensors, length, file);
            accepted += i < data && status == ML_OK;
            file[i] ^= (uint8_t)change;
        }
    assert_true(accepted < 64); /* white space for white space */
}

/* --- Wrong, but well-formed --------------------------------------------------------------------------------------- */

static void test_another_network_is_told_apart(void **state) {
    (void)state;
    ml_save(&params, sizeof file, file, &length, &error);
    make("b", 4);
    assert_says(ml_load(&params, length, file, &error), ML_ESHAPE,
                "loading: \"w\" has another shape or role in the file than in the network");
    make("bias", 2);
    assert_says(ml_load(&params, length, file, &error), ML_ESHAPE,
                "loading: the file has \"b\" where the network has \"bias\"");
    ml_params_init(&params, 1, &arena, NULL);
    ml_params_add(&params, "w", ML_PARAM_WEIGHT, ML_HE, ML_SHAPE(2, 3));
    ml_params_allocate(&params, &arena, NULL);
    assert_says(ml_load(&params, length, file, &error), ML_ESHAPE, "loading: the file has 3 tensors, the network 1");
    assert_says(ml_load(&params, 7, file, &error), ML_EPARSE,
                "loading: this is no file of parameters; such a file begins with \"laymanz\"");
    file[8] = 2;
    assert_says(ml_load(&params, length, file, &error), ML_EPARSE, "loading: the file has version 2; only 1 is known");
}

/* Makes the checksum right again after something in the file was changed on purpose. */
static void forge_checksum(void) {
    const uint32_t crc = ml_crc32(length - 4, file);
    for (int i = 0; i < 4; i++)
        file[length - 4 + (size_t)i] = (uint8_t)(crc >> (8 * i));
}

static ml_status load_changed(size_t at, uint8_t to) {
    ml_save(&params, sizeof file, file, &length, &error);
    file[at] = to;
    forge_checksum();
    return read_exactly(ml_load, length, file);
}

static void test_a_forged_checksum_does_not_help(void **state) {
    (void)state;
    ml_save(&params, sizeof file, file, &length, &error);
    const size_t n = length, values = n - 4 - 40;
    for (size_t i = 0; i < values; i++)
        for (int to = 0; to < 256; to++) {
            ml_save(&params, sizeof file, file, &length, &error);
            if (file[i] != to)
                assert_int_not_equal(load_changed(i, (uint8_t)to), ML_OK);
        }
    params.value[2] = 1.5f; /* 0x3fc00000: with 0xff for 0x3f that is NaN */
    assert_int_equal(load_changed(values + 11, 0xff), ML_EPARSE);
    assert_string_equal(error.message, "loading: element 2 of \"w\" is NaN or infinite");
}

static void test_a_forged_length_does_not_help(void **state) {
    (void)state;
    for (size_t n = 16 + 4; n < 200; n++) {
        ml_save(&params, sizeof file, file, &length, &error);
        if (n == length)
            continue;
        length = n; /* cut, or longer by zeros */
        forge_checksum();
        assert_int_not_equal(read_exactly(ml_load, length, file), ML_OK);
    }
}

static size_t safetensors_with(const char *header, size_t data) {
    const size_t n = strlen(header);
    memset(file, 0, sizeof file);
    file[0] = (uint8_t)n;
    file[1] = (uint8_t)(n >> 8);
    memcpy(file + 8, header, n);
    return 8 + n + data;
}

static void expect_header(const char *header, size_t data, ml_status status, const char *sentence) {
    const size_t n = safetensors_with(header, data);
    assert_int_equal(read_exactly(read_safetensors, n, file), status);
    assert_string_equal(error.message, sentence);
}

#define B    "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[24,36]}"
#define MEAN "\"mean\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[36,40]}"
#define W    "\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}"

static void test_safetensors_are_read_in_any_order_with_metadata_and_spaces(void **state) {
    (void)state;
    expect_header("{" MEAN "," W "," B "}", 40, ML_OK, "");
    for (int i = 0; i < 9; i++)
        assert_true(params.value[i] == 0.0f);
    expect_header("{\"__metadata__\":{\"format\":\"pt\",\"quote\":\"\\\"}\"}, " W ",\n" B "\t," MEAN " } ", 40, ML_OK,
                  "");
    expect_header("{ \"w\" : { \"shape\" : [ 2 , 3 ] , \"data_offsets\" : [ 16 , 40 ] , \"dtype\" : \"F32\" } , "
                  "\"__metadata__\":{},\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[4,16]},"
                  "\"mean\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                  40, ML_OK, "");
}

static void test_hostile_safetensors_are_refused(void **state) {
    (void)state;
    expect_header("{}", 0, ML_ESHAPE, "safetensors: the file lacks \"w\"");
    expect_header("{" W "," B "}", 36, ML_ESHAPE, "safetensors: the file lacks \"mean\"");
    expect_header("{" W "," B "," MEAN "}", 44, ML_EPARSE, "safetensors: the tensors have 40 bytes, the file 44");
    expect_header("{" W "," B "," MEAN "}", 36, ML_EPARSE,
                  "safetensors: \"mean\" needs 4 bytes, and does not have them in this file");
    expect_header("{" W "," W "}", 40, ML_EPARSE, "safetensors: the file has \"w\" twice");
    expect_header("{\"x\xff\":1}", 40, ML_ESHAPE, "safetensors: the file has \"x?\", which the network has not");
    expect_header("{\"\":1}", 40, ML_ESHAPE, "safetensors: the file has \"\", which the network has not");
    expect_header("{\"w\":{\"dtype\":\"F64\",\"shape\":[2,3],\"data_offsets\":[0,48]}}", 48, ML_ESHAPE,
                  "safetensors: \"w\" has dtype F64; only F32 is read");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[0,24]}}", 40, ML_ESHAPE,
                  "safetensors: \"w\" has another shape in the file than in the network");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[24,0]}}", 40, ML_EPARSE,
                  "safetensors: \"w\" needs 24 bytes, and does not have them in this file");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,18446744073709551640]}}", 40,
                  ML_EPARSE, "safetensors: the header has a number above 2^53");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[9007199254740968,9007199254740992]}}",
                  40, ML_EPARSE, "safetensors: \"w\" needs 24 bytes, and does not have them in this file");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3,1,1,1],\"data_offsets\":[0,24]}}", 40, ML_EPARSE,
                  "safetensors: the header has a list of more than 4 numbers");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3]}}", 40, ML_EPARSE,
                  "safetensors: \"w\" lacks dtype, shape or two data_offsets");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 40, ML_EPARSE,
                  "safetensors: \"w\" has the field \"dtype\" twice, or it is none of the format's");
    expect_header("{\"w\":{\"shape\":[-2,3]}}", 40, ML_EPARSE,
                  "safetensors: the header has byte 0x2d where a whole number should be");
    expect_header("[]", 40, ML_EPARSE, "safetensors: the header has byte 0x5b where '{' should be");
    expect_header("{\"w", 40, ML_EPARSE, "safetensors: the header ends where the end of a string should be");
    expect_header("{\"w\\", 40, ML_EPARSE, "safetensors: the header ends where the end of a string should be");
    expect_header("{" W "," B "," MEAN "}{", 40, ML_EPARSE,
                  "safetensors: the header has byte 0x7b where the end should be");
    expect_header("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[16,40]}," B "," MEAN "}", 40, ML_EPARSE,
                  "safetensors: \"w\" and \"b\" overlap in the file");
}

static void test_a_header_longer_than_the_file_is_refused(void **state) {
    (void)state;
    const uint8_t longest[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, '{'};
    assert_int_equal(read_exactly(read_safetensors, sizeof longest, longest), ML_EPARSE);
    assert_string_equal(error.message, "safetensors: the header is longer than the file, or than 1 MB");
    uint8_t none[8] = {0};
    assert_int_equal(read_exactly(read_safetensors, sizeof none, none), ML_EPARSE);
    none[0] = 1;
    assert_int_equal(read_exactly(read_safetensors, sizeof none, none), ML_EPARSE);
}

static void test_a_diverged_network_is_not_saved_or_loaded(void **state) {
    (void)state;
    ml_safetensors_write(&params, sizeof file, file, &length, &error);
    file[length - 1] = 0x7f;
    file[length - 2] = 0xc0;
    assert_int_equal(read_exactly(read_safetensors, length, file), ML_EPARSE);
    assert_string_equal(error.message, "loading: element 0 of \"mean\" is NaN or infinite");
    params.value[7] = NAN;
    const char *sentence = "saving: \"b\" holds NaN or infinity; a diverged network is not saved";
    assert_says(ml_save(&params, sizeof file, file, &length, &error), ML_EINVAL, sentence);
    assert_says(ml_safetensors_write(&params, sizeof file, file, &length, &error), ML_EINVAL, sentence);
    assert_says(ml_export_json(&params, sizeof file, (char *)file, &length, &error), ML_EINVAL, sentence);
}

static void test_parameters_without_memory_are_refused(void **state) {
    (void)state;
    ml_params empty;
    ml_params_init(&empty, 1, &arena, NULL);
    ml_params_add(&empty, "w", ML_PARAM_WEIGHT, ML_HE, ML_SHAPE(2, 3));
    assert_int_equal(ml_save(&empty, sizeof file, file, &length, &error), ML_EINVAL);
    assert_int_equal(ml_load(&empty, 0, file, &error), ML_EINVAL);
    assert_int_equal(ml_safetensors_read(&empty, 0, file, &arena, &error), ML_EINVAL);
    ml_arena full = ml_arena_over(memory, 0);
    ml_safetensors_write(&params, sizeof file, file, &length, &error);
    assert_says(ml_safetensors_read(&params, length, file, &full, &error), ML_ENOMEM,
                "safetensors: there is no memory for a list of 3 tensors");
}

/* --- The forms themselves ----------------------------------------------------------------------------------------- */

static void test_the_checksum_is_the_usual_one(void **state) {
    (void)state;
    assert_int_equal(ml_crc32(9, (const uint8_t *)"123456789"), 0xcbf43926);
    assert_int_equal(ml_crc32(0, NULL), 0);
}

static void test_the_forms_are_what_the_header_says(void **state) {
    (void)state;
    make("b", 1);
    memcpy(params.value, (const float[]){1, -2.5f, 0.1f, 3, 4, 5}, 6 * sizeof(float));
    params.buffer[0] = 1e-7f;
    static const uint8_t start[] = "laymanz\0\1\0\0\0\3\0\0\0\1\0\0\0w\0\0\0\0\2\0\0\0\1\0\0\0\3\0\0\0\1\0\0\0b";
    ml_save(&params, sizeof file, file, &length, &error);
    assert_memory_equal(file, start, sizeof start - 1);
    static const uint8_t floats[] = "\0\0\x80\x3f\0\0\x20\xc0\xcd\xcc\xcc\x3d\0\0\x40\x40\0\0\x80\x40\0\0\xa0\x40";
    assert_memory_equal(file + length - 4 - 28, floats, sizeof floats - 1);
    ml_safetensors_write(&params, sizeof file, file, &length, &error);
    const char *header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1,3],\"data_offsets\":[0,12]},"
                         "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[12,24]},"
                         "\"mean\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[24,28]}}";
    assert_memory_equal(file + 8, header, strlen(header));
    assert_int_equal(file[0] % 8, 0);
    assert_int_equal(file[0], length - 8 - 28);
    const char *json = "{\"format\":\"laymanz\",\"version\":1,\"tensors\":[\n"
                       "{\"name\":\"w\",\"role\":\"weight\",\"shape\":[1,3],\"values\":[1,-2.5,0.100000001]},\n"
                       "{\"name\":\"b\",\"role\":\"bias\",\"shape\":[3],\"values\":[3,4,5]},\n"
                       "{\"name\":\"mean\",\"role\":\"buffer\",\"shape\":[],\"values\":[1.00000001e-07]}\n]}\n";
    assert_int_equal(ml_export_json(&params, 0, NULL, &length, &error), ML_OK);
    assert_int_equal(length, strlen(json));
    assert_int_equal(ml_export_json(&params, length + 1, (char *)file, &length, &error), ML_OK);
    assert_string_equal((char *)file, json);
    assert_says(ml_export_json(&params, length, (char *)file, &length, &error), ML_ENOMEM,
                "JSON: it has 247 characters and a closing zero; there is room for 247");
}

static void test_no_tensors_at_all_are_a_file_too(void **state) {
    (void)state;
    ml_params_init(&params, 1, &arena, NULL);
    ml_params_allocate(&params, &arena, NULL);
    assert_int_equal(ml_save(&params, sizeof file, file, &length, &error), ML_OK);
    assert_int_equal(ml_load(&params, length, file, &error), ML_OK);
    assert_int_equal(ml_safetensors_write(&params, sizeof file, file, &length, &error), ML_OK);
    assert_int_equal(length, 16);
    assert_memory_equal(file + 8, "{}      ", 8);
    assert_int_equal(ml_safetensors_read(&params, length, file, &arena, &error), ML_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_what_was_saved_is_loaded_bit_for_bit, setup),
        cmocka_unit_test_setup(test_a_file_cut_anywhere_is_refused, setup),
        cmocka_unit_test_setup(test_a_byte_too_many_is_refused, setup),
        cmocka_unit_test_setup(test_any_changed_byte_is_found_by_the_checksum, setup),
        cmocka_unit_test_setup(test_any_changed_byte_of_safetensors_is_survived, setup),
        cmocka_unit_test_setup(test_another_network_is_told_apart, setup),
        cmocka_unit_test_setup(test_a_forged_checksum_does_not_help, setup),
        cmocka_unit_test_setup(test_a_forged_length_does_not_help, setup),
        cmocka_unit_test_setup(test_safetensors_are_read_in_any_order_with_metadata_and_spaces, setup),
        cmocka_unit_test_setup(test_hostile_safetensors_are_refused, setup),
        cmocka_unit_test_setup(test_a_header_longer_than_the_file_is_refused, setup),
        cmocka_unit_test_setup(test_a_diverged_network_is_not_saved_or_loaded, setup),
        cmocka_unit_test_setup(test_parameters_without_memory_are_refused, setup),
        cmocka_unit_test_setup(test_the_checksum_is_the_usual_one, setup),
        cmocka_unit_test_setup(test_the_forms_are_what_the_header_says, setup),
        cmocka_unit_test_setup(test_no_tensors_at_all_are_a_file_too, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
