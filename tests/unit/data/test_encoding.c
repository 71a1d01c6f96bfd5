/* Encodings: there and back, in the bytes that they should take; and nothing that hostile bytes can do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static _Alignas(64) unsigned char block[1 << 20];
static ml_error error;

/* A number of random size: 1 to 64 bits. */
static uint64_t draw_bits(ml_rng *rng) {
    return ml_rng_next(rng) >> ml_rng_below(rng, 64);
}

static void test_varints_take_seven_bits_a_byte(void **state) {
    (void)state;
    uint8_t bytes[ML_VARINT_LONGEST];
    uint64_t back;
    const struct {
        uint64_t x;
        size_t length;
    } known[] = {{0, 1}, {127, 1}, {128, 2}, {16383, 2}, {16384, 3}, {UINT32_MAX, 5}, {UINT64_MAX, 10}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_int_equal(ml_varint_put(known[i].x, bytes), known[i].length);
    assert_int_equal(ml_varint_put(300, bytes), 2);
    assert_true(bytes[0] == 0xAC && bytes[1] == 0x02); /* the example of the Protocol Buffers' description */
    ml_rng rng = ml_rng_seed(101, 0);
    for (int round = 0; round < 5000; round++) {
        const uint64_t x = draw_bits(&rng);
        const size_t n = ml_varint_put(x, bytes);
        assert_int_equal(ml_varint_get(n, bytes, &back), n);
        assert_true(back == x);
        back = 7;
        assert_int_equal(ml_varint_get(n - 1, bytes, &back), 0);
        assert_true(back == 7);
    }
    const uint8_t too_long[11] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01};
    const uint8_t bit_65[10] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02};
    assert_int_equal(ml_varint_get(11, too_long, &back), 0);
    assert_int_equal(ml_varint_get(10, bit_65, &back), 0);
}

static void test_zigzag_makes_small_negatives_small(void **state) {
    (void)state;
    const int64_t x[] = {0, -1, 1, -2, 2};
    for (uint64_t i = 0; i < 5; i++)
        assert_true(ml_zigzag(x[i]) == i && ml_unzigzag(i) == x[i]);
    assert_true(ml_zigzag(INT64_MAX) == UINT64_MAX - 1 && ml_zigzag(INT64_MIN) == UINT64_MAX);
    assert_true(ml_unzigzag(UINT64_MAX) == INT64_MIN && ml_unzigzag(UINT64_MAX - 1) == INT64_MAX);
}

static void test_deltas_of_a_clock_take_a_byte_each_and_any_numbers_survive(void **state) {
    (void)state;
    enum { N = 200 };
    int64_t x[N], back[N + 1];
    uint8_t bytes[10 * N];
    ml_rng rng = ml_rng_seed(102, 0);
    for (int round = 0; round < 1000; round++) {
        const size_t n = (size_t)ml_rng_below(&rng, N + 1);
        int64_t now = 1700000000;
        for (size_t i = 0; i < n; i++)
            x[i] = round % 2 == 0 ? (now += (int64_t)ml_rng_below(&rng, 10)) : ml_unzigzag(draw_bits(&rng));
        if (n > 2 && round % 2 == 1) {
            x[0] = INT64_MIN;
            x[1] = INT64_MAX;
        }
        const size_t length = ml_delta_encode(n, x, sizeof bytes, bytes);
        assert_true(round % 2 == 1 || n == 0 || length == n + 4);
        back[n] = 77;
        assert_int_equal(ml_delta_decode(length, bytes, n, back, &error), ML_OK);
        assert_memory_equal(back, x, n * sizeof *x);
        assert_true(back[n] == 77);
        if (n == 0)
            continue;
        assert_int_equal(ml_delta_encode(n, x, length - 1, bytes), 0);
        assert_int_equal(ml_delta_decode(length - 1, bytes, n, back, &error), ML_EPARSE);
        assert_non_null(strstr(error.message, "cut off"));
        assert_int_equal(ml_delta_decode(length, bytes, n - 1, back, &error), ML_EPARSE);
        assert_non_null(strstr(error.message, "after the last"));
    }
}

static void test_packed_bits_come_back_at_every_width(void **state) {
    (void)state;
    enum { N = 70 };
    uint32_t x[N], back[N];
    ml_rng rng = ml_rng_seed(103, 0);
    for (uint32_t width = 0; width <= 32; width++)
        for (size_t n = 0; n <= N; n++) {
            for (size_t i = 0; i < n; i++)
                x[i] = (uint32_t)(ml_rng_next(&rng) & ((UINT64_C(1) << width) - 1));
            const size_t length = ml_bitpacked_bytes(n, width);
            assert_int_equal(length, (n * width + 7) / 8);
            uint8_t *bytes = malloc(length > 0 ? length : 1); /* exactly so many: a sanitizer sees a step beyond */
            assert_non_null(bytes);
            ml_bitpack(n, x, width, bytes);
            ml_bitunpack(n, bytes, width, back);
            assert_memory_equal(back, x, n * sizeof *x);
            assert_true(ml_bit_width(n, x) <= width);
            free(bytes);
        }
    const uint32_t known[3] = {5, 2, 7}, powers[3] = {0, 256, 255};
    uint8_t bytes[2];
    ml_bitpack(3, known, 3, bytes);
    assert_true(bytes[0] == (5 | 2 << 3 | (7 & 3) << 6) && bytes[1] == 1);
    assert_int_equal(ml_bit_width(3, powers), 9);
    assert_int_equal(ml_bit_width(1, powers), 0);
}

static void test_runs_come_back(void **state) {
    (void)state;
    enum { N = 2000 };
    static uint32_t v[N], back[N + 1];
    static uint8_t bytes[10 * N];
    const uint32_t known[6] = {7, 7, 7, 1, 1, 9};
    const uint8_t expected[6] = {3, 7, 2, 1, 1, 9};
    assert_int_equal(ml_rle_encode(known, 6, bytes, 6), 6);
    assert_memory_equal(bytes, expected, 6);
    assert_int_equal(ml_rle_encode(known, 6, bytes, 5), -1);
    assert_int_equal(ml_rle_encode(NULL, 0, bytes, 5), 0);
    ml_rng rng = ml_rng_seed(104, 0);
    for (int round = 0; round < 500; round++) {
        const size_t n = 1 + (size_t)ml_rng_below(&rng, N);
        const uint64_t change = 1 + ml_rng_below(&rng, 50);
        for (size_t i = 0; i < n; i++)
            v[i] = i > 0 && ml_rng_below(&rng, change) > 0 ? v[i - 1] : (uint32_t)(draw_bits(&rng) >> 32);
        const long length = ml_rle_encode(v, n, bytes, sizeof bytes);
        back[n] = 77;
        assert_int_equal(ml_rle_decode(bytes, (size_t)length, back, n), n);
        assert_memory_equal(back, v, n * sizeof *v);
        assert_true(back[n] == 77);
        assert_int_equal(ml_rle_decode(bytes, (size_t)length, back, n - 1), -1);
        assert_int_equal(ml_rle_decode(bytes, (size_t)length - 1, back, n), -1);
    }
}

static void test_hostile_runs_are_refused(void **state) {
    (void)state;
    const struct {
        size_t length;
        uint8_t bytes[8];
    } bad[] = {{6, {0xff, 0xff, 0xff, 0xff, 0x0f, 0x01}},     /* 4,294,967,295 ones */
               {2, {0, 5}},                                   /* a run of none */
               {1, {3}},                                      /* no value */
               {3, {1, 0x80, 0x80}},                          /* cut off within one */
               {6, {1, 0xff, 0xff, 0xff, 0xff, 0x1f}},        /* 33 bits */
               {7, {1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}}}; /* six bytes for 0 */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t v[5] = {0, 0, 0, 0, 77};
        assert_int_equal(ml_rle_decode(bad[i].bytes, bad[i].length, v, 4), -1);
        assert_true(v[4] == 77);
    }
    const uint8_t largest[6] = {1, 0xff, 0xff, 0xff, 0xff, 0x0f};
    uint32_t v = 0;
    assert_int_equal(ml_rle_decode(largest, 6, &v, 1), 1);
    assert_true(v == UINT32_MAX);
    ml_rng rng = ml_rng_seed(105, 0);
    for (int round = 0; round < 20000; round++) { /* any bytes: a status, and no step outside */
        uint8_t bytes[12];
        uint32_t out[33];
        int64_t numbers[8];
        const size_t n = (size_t)ml_rng_below(&rng, 13);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)draw_bits(&rng);
        out[32] = 77;
        assert_in_range(ml_rle_decode(bytes, n, out, 32) + 1, 0, 33);
        assert_true(out[32] == 77);
        (void)ml_delta_decode(n, bytes, 8, numbers, NULL);
    }
}

static void test_dictionaries_keep_the_order_and_come_back(void **state) {
    (void)state;
    enum { N = 300 };
    int64_t x[N], level[N], back[N];
    uint32_t code[N];
    ml_rng rng = ml_rng_seed(106, 0);
    ml_arena arena = ml_arena_over(block, sizeof block);
    for (int round = 0; round < 500; round++) {
        const size_t n = (size_t)ml_rng_below(&rng, N + 1);
        const uint64_t different = 1 + ml_rng_below(&rng, 100);
        for (size_t i = 0; i < n; i++) /* neighbours above 2^53, which doubles would confuse */
            x[i] = ml_unzigzag(ml_rng_below(&rng, different)) + (round % 2 ? INT64_C(1) << 60 : 0);
        size_t n_levels;
        assert_int_equal(ml_dict_encode(n, x, level, &n_levels, code, &arena, &error), ML_OK);
        assert_true(n_levels <= different && (n == 0) == (n_levels == 0));
        for (size_t k = 1; k < n_levels; k++)
            assert_true(level[k] > level[k - 1]);
        assert_int_equal(ml_dict_decode(n, code, n_levels, level, back, &error), ML_OK);
        assert_memory_equal(back, x, n * sizeof *x);
    }
    assert_int_equal(arena.used, 0);
    code[0] = 5;
    assert_int_equal(ml_dict_decode(1, code, 5, level, back, &error), ML_EPARSE);
    assert_non_null(strstr(error.message, "code 0 is 5"));
    arena.capacity = 64;
    size_t n_levels = 9;
    assert_int_equal(ml_dict_encode(N, x, level, &n_levels, code, &arena, &error), ML_ENOMEM);
    assert_non_null(strstr(error.message, "memory"));
    assert_int_equal(ml_dict_encode(UINT32_MAX, x, level, &n_levels, code, &arena, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "too many"));
    assert_int_equal(n_levels, 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varints_take_seven_bits_a_byte),
        cmocka_unit_test(test_zigzag_makes_small_negatives_small),
        cmocka_unit_test(test_deltas_of_a_clock_take_a_byte_each_and_any_numbers_survive),
        cmocka_unit_test(test_packed_bits_come_back_at_every_width),
        cmocka_unit_test(test_runs_come_back),
        cmocka_unit_test(test_hostile_runs_are_refused),
        cmocka_unit_test(test_dictionaries_keep_the_order_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
