/* Quantisation against PyTorch, its bounds, the integer layer by its definition, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/quantise_golden.h"
#include "ml.h"

enum { ROWS = 12, COLUMNS = 20, N = sizeof quant_x / sizeof *quant_x };

static ml_error error;
static unsigned char memory[1 << 16];

static ml_arena fresh(void) {
    return ml_arena_over(memory, sizeof memory);
}

static void assert_close(size_t n, const float *got, const float *expected, float tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(got[i] - expected[i]) <= tolerance * fmaxf(fabsf(expected[i]), 1e-3f)))
            fail_msg("[%zu] is %.9g, not %.9g", i, (double)got[i], (double)expected[i]);
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

/* --- int8 --------------------------------------------------------------------------------------------------------- */

static void test_five_values_by_hand(void **state) {
    (void)state;
    const float x[] = {-1.0f, -0.5f, 0.0f, 0.25f, 1.55f};
    const int8_t expected[] = {-128, -78, -28, -3, 127};
    int8_t code[5];
    ml_quant q;
    assert_int_equal(ml_quant_fit_i8(5, x, &q, &error), ML_OK);
    assert_float_equal(q.scale, 0.01f, 1e-8f);
    assert_int_equal(q.zero, -28);
    ml_quantise_i8(5, x, q, code);
    assert_memory_equal(code, expected, sizeof code);
}

static void test_int8_is_that_of_pytorch(void **state) {
    (void)state;
    ml_quant q;
    int8_t code[N];
    float back[N];
    assert_int_equal(ml_quant_fit_i8(N, quant_x, &q, &error), ML_OK);
    assert_close(1, &q.scale, golden_x_scale, 1e-7f);
    assert_int_equal(q.zero, golden_x_zero[0]);
    ml_quantise_i8(N, quant_x, q, code);
    assert_memory_equal(code, golden_x_code, sizeof code);
    ml_dequantise_i8(N, code, q, back);
    assert_close(N, back, golden_x_back, 1e-6f);
}

static void test_zero_is_exact_ties_are_even_and_ends_hold(void **state) {
    (void)state;
    const float positive[] = {3, 4, 5}, negative[] = {-3, -4}, ties[] = {0.5f, 1.5f, 2.5f, -0.5f}, none[3] = {0};
    const float far[] = {100.0f, -100.0f, INFINITY, -INFINITY, NAN};
    const int8_t even[] = {0, 2, 2, 0}, ends[] = {127, -128, 127, -128, -28};
    int8_t code[5];
    ml_quant q;
    ml_quant_fit_i8(3, positive, &q, NULL);
    assert_int_equal(q.zero, -128);
    ml_quant_fit_i8(2, negative, &q, NULL);
    assert_int_equal(q.zero, 127);
    ml_quant_fit_i8(3, none, &q, NULL);
    assert_true(q.scale == 1.0f && q.zero == 0);
    ml_quantise_i8(4, ties, (ml_quant){1.0f, 0}, code);
    assert_memory_equal(code, even, sizeof even);
    ml_quantise_i8(5, far, (ml_quant){0.01f, -28}, code);
    assert_memory_equal(code, ends, sizeof ends);
}

static void test_an_error_is_half_a_step_at_most(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    for (int round = 0; round < 500; round++) {
        float x[50], back[50];
        int8_t code[50], again[50];
        const double shift = 3.0 * ml_rng_normal(&rng), spread = ml_exp(4.0 * ml_rng_normal(&rng));
        for (int i = 0; i < 50; i++)
            x[i] = i == 0 ? 0.0f : (float)(spread * (shift + ml_rng_normal(&rng)));
        ml_quant q;
        assert_int_equal(ml_quant_fit_i8(50, x, &q, &error), ML_OK);
        ml_quantise_i8(50, x, q, code);
        ml_dequantise_i8(50, code, q, back);
        assert_true(back[0] == 0.0f);
        for (int i = 0; i < 50; i++)
            assert_true(fabsf(x[i] - back[i]) <= 0.5001f * q.scale || code[i] == 127 || code[i] == -128);
        for (int i = 0; i < 50; i++) /* an end is as far off as the zero was rounded */
            assert_true(fabsf(x[i] - back[i]) <= 1.0001f * q.scale);
        ml_quantise_i8(50, back, q, again);
        assert_memory_equal(again, code, sizeof code);
    }
}

/* --- Matrices ----------------------------------------------------------------------------------------------------- */

static void check_matrix(int32_t bits, ml_quant_unit unit, const float *expected, const float *scale) {
    const ml_quant_settings s = {bits, ML_QUANT_SYMMETRIC, unit};
    ml_quant q[COLUMNS], again[COLUMNS];
    float fake[ROWS * COLUMNS], back[ROWS * COLUMNS];
    int8_t code[ROWS * COLUMNS];
    assert_int_equal(ml_fake_quant(ROWS, COLUMNS, quant_w, s, q, fake, &error), ML_OK);
    assert_close(ROWS * COLUMNS, fake, expected, 1e-6f);
    for (size_t i = 0; i < ml_quant_count(ROWS, COLUMNS, s); i++) {
        assert_close(1, &q[i].scale, scale + i, 1e-6f);
        assert_int_equal(q[i].zero, 0);
    }
    assert_int_equal(ml_quant_fit(ROWS, COLUMNS, quant_w, s, again, &error), ML_OK);
    ml_quantise(ROWS, COLUMNS, quant_w, s, again, code);
    ml_dequantise(ROWS, COLUMNS, code, s, again, back);
    assert_memory_equal(back, fake, sizeof fake);
    if (bits == 8 && unit == ML_QUANT_PER_ROW)
        assert_memory_equal(code, golden_w_code, sizeof code);
}

static void test_matrices_are_those_of_pytorch(void **state) {
    (void)state;
    check_matrix(8, ML_QUANT_PER_TENSOR, golden_tensor_8, golden_tensor_8_scale);
    check_matrix(8, ML_QUANT_PER_ROW, golden_row_8, golden_row_8_scale);
    check_matrix(8, ML_QUANT_PER_COLUMN, golden_column_8, golden_column_8_scale);
    check_matrix(4, ML_QUANT_PER_TENSOR, golden_tensor_4, golden_tensor_4_scale);
    check_matrix(4, ML_QUANT_PER_ROW, golden_row_4, golden_row_4_scale);
    check_matrix(4, ML_QUANT_PER_COLUMN, golden_column_4, golden_column_4_scale);
    check_matrix(2, ML_QUANT_PER_TENSOR, golden_tensor_2, golden_tensor_2_scale);
    check_matrix(2, ML_QUANT_PER_ROW, golden_row_2, golden_row_2_scale);
    check_matrix(2, ML_QUANT_PER_COLUMN, golden_column_2, golden_column_2_scale);
}

static void test_affine_8_bits_per_tensor_is_int8(void **state) {
    (void)state;
    const ml_quant_settings s = {8, ML_QUANT_AFFINE, ML_QUANT_PER_TENSOR};
    ml_quant q, plain;
    int8_t code[N], expected[N];
    ml_quant_fit(1, N, quant_x, s, &q, NULL);
    ml_quant_fit_i8(N, quant_x, &plain, NULL);
    assert_true(q.scale == plain.scale && q.zero == plain.zero);
    ml_quantise(1, N, quant_x, s, &q, code);
    ml_quantise_i8(N, quant_x, plain, expected);
    assert_memory_equal(code, expected, sizeof code);
}

static void test_every_width_keeps_its_promises(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(5, 0);
    for (int round = 0; round < 600; round++) {
        const ml_quant_settings s = {2 + round % 7, round / 7 % 2 ? ML_QUANT_AFFINE : ML_QUANT_SYMMETRIC,
                                     (ml_quant_unit)(round / 14 % 3)};
        float w[6 * 5], out[6 * 5], twice[6 * 5];
        for (int i = 0; i < 30; i++)
            w[i] = (float)ml_rng_normal(&rng) + (float)(round % 4);
        ml_quant q[6], of_codes[6];
        assert_int_equal(ml_fake_quant(6, 5, w, s, q, out, &error), ML_OK);
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 5; j++) {
                const ml_quant unit = q[s.unit == ML_QUANT_PER_TENSOR ? 0 : s.unit == ML_QUANT_PER_ROW ? i : j];
                const float most = s.scheme == ML_QUANT_AFFINE ? 1.0001f : 0.5001f;
                assert_true(fabsf(out[i * 5 + j] - w[i * 5 + j]) <= most * unit.scale);
            }
        memcpy(twice, w, sizeof w);
        ml_fake_quant(6, 5, twice, s, of_codes, twice, NULL); /* in place */
        assert_memory_equal(twice, out, sizeof out);
    }
}

static void test_one_bit_is_the_sign_and_the_mean(void **state) {
    (void)state;
    const float w[] = {1.0f, -2.0f, 0.0f, 3.0f}, expected[] = {1.5f, -1.5f, 1.5f, 1.5f};
    const float rows[] = {1.5f, -1.5f, 1.5f, 1.5f};
    float out[4];
    ml_quant q[2];
    ml_fake_quant(1, 4, w, (ml_quant_settings){1, ML_QUANT_AFFINE, ML_QUANT_PER_TENSOR}, q, out, NULL);
    assert_memory_equal(out, expected, sizeof out);
    ml_fake_quant(2, 2, w, (ml_quant_settings){1, ML_QUANT_SYMMETRIC, ML_QUANT_PER_ROW}, q, out, NULL);
    assert_memory_equal(out, rows, sizeof out);
}

/* --- Calibration -------------------------------------------------------------------------------------------------- */

static void test_observers_are_those_of_pytorch(void **state) {
    (void)state;
    ml_quant_observer all = {0}, moving = {.momentum = 0.1f};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(ml_quant_observe(&all, 50, quant_x + 50 * i, &error), ML_OK);
        assert_int_equal(ml_quant_observe(&moving, 50, quant_x + 50 * i, &error), ML_OK);
    }
    ml_quant q;
    assert_int_equal(ml_quant_observed(&all, &q, &error), ML_OK);
    assert_close(1, &q.scale, golden_x_scale, 1e-6f);
    assert_int_equal(q.zero, golden_x_zero[0]);
    assert_close(1, &moving.low, golden_moving, 1e-6f);
    assert_close(1, &moving.high, golden_moving + 1, 1e-6f);
    assert_int_equal(ml_quant_observed(&moving, &q, &error), ML_OK);
    assert_close(1, &q.scale, golden_moving_scale, 1e-6f);
    assert_int_equal(q.zero, golden_moving_zero[0]);
}

/* --- Layers ------------------------------------------------------------------------------------------------------- */

static void test_a_layer_in_integers_by_hand(void **state) {
    (void)state;
    const int8_t w[] = {1, 2, -3, 4}, x[] = {10, 20, 30, 40};
    const int32_t bias = 5, mult = 1 << 30;
    const int shift = 0;
    int8_t y;
    ml_q8_matvec(w, 1, 4, x, 10, &bias, &mult, &shift, -3, &y);
    assert_int_equal(y, 40); /* 85/2 = 42.5, up to 43, less 3 */
}

/* floor(acc M + 1/2) in exact rational arithmetic of 128 bits would be the same; double has 53, acc M needs 62 here, so
 * acc is kept below 2^22. */
static void test_layers_in_integers_round_as_defined(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(6, 0);
    for (int round = 0; round < 1000; round++) {
        int8_t w[40], x[40], y;
        const size_t columns = 1 + (size_t)ml_rng_below(&rng, 40);
        const int32_t x_zero = (int32_t)ml_rng_below(&rng, 256) - 128, y_zero = (int32_t)ml_rng_below(&rng, 256) - 128;
        int32_t acc = (int32_t)ml_rng_below(&rng, 2000) - 1000, mult;
        const int32_t bias = acc;
        int shift;
        const double m = ml_exp(-12.0 * ml_rng_uniform(&rng) - 1e-6);
        assert_int_equal(ml_quant_multiplier(m, &mult, &shift, &error), ML_OK);
        assert_true(mult >= 1 << 30 && shift >= 0 && shift <= 30);
        double exact = mult;
        for (int i = 0; i < 31 + shift; i++)
            exact /= 2.0;
        assert_true(fabs(exact - m) <= 0x1p-31 * m);
        for (size_t j = 0; j < columns; j++) {
            w[j] = (int8_t)((int32_t)ml_rng_below(&rng, 255) - 127);
            x[j] = (int8_t)((int32_t)ml_rng_below(&rng, 256) - 128);
            acc += w[j] * (x[j] - x_zero);
        }
        ml_q8_matvec(w, 1, columns, x, x_zero, &bias, &mult, &shift, y_zero, &y);
        assert_int_equal(y, (int)fmin(fmax(floor(acc * exact + 0.5) + y_zero, -128.0), 127.0));
    }
}

static void test_layers_of_dynamic_range_are_those_of_pytorch(void **state) {
    (void)state;
    float y[15 * ROWS];
    ml_arena arena = fresh();
    assert_int_equal(ml_q8_linear(15, ROWS, COLUMNS, golden_x_code, (ml_quant){golden_x_scale[0], golden_x_zero[0]},
                                  golden_w_code, golden_row_8_scale, quant_bias, y, &arena, &error), ML_OK);
    assert_close(15 * ROWS, y, golden_linear, 1e-4f);
    assert_int_equal(arena.used, 0);
    assert_int_equal(ml_q8_linear(1, 1, 2, (const int8_t[]){5, 7}, (ml_quant){0.5f, 3}, (const int8_t[]){2, -1},
                                  (const float[]){0.25f}, NULL, y, &arena, &error), ML_OK);
    assert_true(y[0] == 0.0f); /* 2 x 2 - 1 x 4 */
}

/* --- 4 bits ------------------------------------------------------------------------------------------------------- */

static void test_groups_of_four_bits_are_those_of_pytorch(void **state) {
    (void)state;
    ml_arena arena = fresh();
    ml_q4 q;
    float back[ROWS * COLUMNS], y[ROWS], expected[ROWS] = {0};
    assert_int_equal(ml_q4_quantise(ROWS, COLUMNS, 5, quant_w, &q, &arena, &error), ML_OK);
    ml_q4_dequantise(&q, back);
    assert_close(ROWS * COLUMNS, back, golden_grouped, 1e-6f);
    ml_q4_matvec(&q, quant_x, y);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            expected[i] += back[i * COLUMNS + j] * quant_x[j];
    assert_close(ROWS, y, expected, 1e-4f);
}

static void test_ragged_groups_and_odd_columns(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(8, 0);
    for (size_t columns = 1; columns <= 21; columns++)
        for (size_t group = 1; group <= 24; group++) {
            ml_arena arena = fresh();
            float w[3 * 21], back[3 * 21];
            ml_q4 q;
            for (size_t i = 0; i < 3 * columns; i++)
                w[i] = i < columns ? 0.0f : (float)ml_rng_normal(&rng);
            assert_int_equal(ml_q4_quantise(3, columns, group, w, &q, &arena, &error), ML_OK);
            ml_q4_dequantise(&q, back);
            const size_t groups = (columns + group - 1) / group;
            for (size_t i = 0; i < 3 * columns; i++)
                assert_true(fabsf(back[i] - w[i]) <= 0.5001f * q.scale[i / columns * groups + i % columns / group]);
            assert_true(back[0] == 0.0f && q.scale[0] == 1.0f);
        }
}

/* --- Refusals ----------------------------------------------------------------------------------------------------- */

static void test_what_is_refused(void **state) {
    (void)state;
    const float bad[] = {1.0f, NAN}, huge[] = {3e38f, -3e38f};
    const ml_quant kept = {7.0f, 7};
    ml_quant q = kept;
    ml_quant_settings s = {8, ML_QUANT_SYMMETRIC, ML_QUANT_PER_TENSOR};
    ml_quant_observer observer = {0};
    ml_arena arena = fresh(), small = ml_arena_over(memory, 64);
    ml_q4 q4;
    int32_t mult = 7;
    int shift = 7;
    float out[2] = {7.0f, 7.0f};
    int8_t x[2] = {0};
    assert_fails(ml_quant_fit_i8(0, bad, &q, &error), ML_EINVAL, "one at least");
    assert_fails(ml_quant_fit_i8(2, bad, &q, &error), ML_EINVAL, "x[1]");
    assert_fails(ml_quant_fit_i8(2, huge, &q, &error), ML_EINVAL, "overflows");
    assert_fails(ml_quant_fit(1, 2, bad, s, &q, &error), ML_EINVAL, "w[1]");
    assert_fails(ml_quant_fit(1, 2, huge, s, &q, &error), ML_EINVAL, "1.5e38");
    assert_fails(ml_fake_quant(0, 2, bad, s, &q, out, &error), ML_EINVAL, "0 x 2");
    s.bits = 9;
    assert_fails(ml_fake_quant(1, 1, bad, s, &q, out, &error), ML_EINVAL, "9 bits");
    s = (ml_quant_settings){8, (ml_quant_scheme)2, ML_QUANT_PER_ROW};
    assert_fails(ml_quant_fit(1, 1, bad, s, &q, &error), ML_EINVAL, "scheme 2");
    s = (ml_quant_settings){8, ML_QUANT_AFFINE, (ml_quant_unit)3};
    assert_fails(ml_quant_fit(1, 1, bad, s, &q, &error), ML_EINVAL, "unit 3");
    assert_fails(ml_quant_observed(&observer, &q, &error), ML_EINVAL, "observed");
    assert_fails(ml_quant_observe(&observer, 0, bad, &error), ML_EINVAL, "0 values");
    assert_fails(ml_quant_observe(&observer, 2, bad, &error), ML_EINVAL, "x[1]");
    observer.momentum = 2.0f;
    assert_fails(ml_quant_observe(&observer, 1, bad, &error), ML_EINVAL, "momentum");
    assert_false(observer.seen);
    assert_fails(ml_quant_multiplier(1.0, &mult, &shift, &error), ML_EINVAL, "wider");
    assert_fails(ml_quant_multiplier((double)NAN, &mult, &shift, &error), ML_EINVAL, "wider");
    assert_true(mult == 7 && shift == 7 && q.scale == kept.scale && q.zero == kept.zero && out[0] == 7.0f);
    assert_int_equal(ml_quant_multiplier(1.0 - 0x1p-40, &mult, &shift, &error), ML_OK);
    assert_true(mult == INT32_MAX && shift == 0);
    assert_fails(ml_q8_linear(1, 1, 65536, x, q, x, out, NULL, out, &arena, &error), ML_EINVAL, "65535");
    assert_fails(ml_q8_linear(100, 1, 0, x, q, x, out, NULL, out, &small, &error), ML_ENOMEM, "smaller batches");
    assert_fails(ml_q4_quantise(1, 2, 0, bad, &q4, &arena, &error), ML_EINVAL, "at least 1");
    assert_fails(ml_q4_quantise(1, 2, 2, bad, &q4, &arena, &error), ML_EINVAL, "w[1]");
    assert_fails(ml_q4_quantise(1, 1, 1, bad, &q4, &small, &error), ML_ENOMEM, "4 bits");
    assert_int_equal(small.used, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_five_values_by_hand),
        cmocka_unit_test(test_int8_is_that_of_pytorch),
        cmocka_unit_test(test_zero_is_exact_ties_are_even_and_ends_hold),
        cmocka_unit_test(test_an_error_is_half_a_step_at_most),
        cmocka_unit_test(test_matrices_are_those_of_pytorch),
        cmocka_unit_test(test_affine_8_bits_per_tensor_is_int8),
        cmocka_unit_test(test_every_width_keeps_its_promises),
        cmocka_unit_test(test_one_bit_is_the_sign_and_the_mean),
        cmocka_unit_test(test_observers_are_those_of_pytorch),
        cmocka_unit_test(test_a_layer_in_integers_by_hand),
        cmocka_unit_test(test_layers_in_integers_round_as_defined),
        cmocka_unit_test(test_layers_of_dynamic_range_are_those_of_pytorch),
        cmocka_unit_test(test_groups_of_four_bits_are_those_of_pytorch),
        cmocka_unit_test(test_ragged_groups_and_odd_columns),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
