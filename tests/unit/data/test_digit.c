/* What is drawn, brought to the form of the digits data set. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

enum { SIDE = 64 };
static float ink[SIDE * SIDE];
static float pixel[64];

/* Inks every cell whose centre lies within the box. */
static void fill(size_t width, size_t height, float left, float top, float right, float bottom) {
    memset(ink, 0, sizeof ink);
    for (size_t i = 0; i < width * height; i++) {
        const float x = (float)(i % width) + 0.5f, y = (float)(i / width) + 0.5f;
        if (x > left && x < right && y > top && y < bottom)
            ink[i] = 1.0f;
    }
}

static float total(void) {
    float sum = 0;
    for (int i = 0; i < 64; i++)
        sum += pixel[i];
    return sum;
}

static void test_nothing_drawn_is_nothing_seen(void **state) {
    (void)state;
    memset(ink, 0, sizeof ink);
    pixel[3] = 9;
    assert_false(ml_data_digit_from_ink(32, 32, ink, pixel));
    assert_true(total() == 0);
    ink[40] = 0.1f; /* a breath of ink is none */
    assert_false(ml_data_digit_from_ink(32, 32, ink, pixel));
    assert_false(ml_data_digit_from_ink(0, 0, ink, pixel));
}

static void test_pixels_are_counts_of_sixteen(void **state) {
    (void)state;
    fill(32, 32, 9, 4, 14, 29);
    assert_true(ml_data_digit_from_ink(32, 32, ink, pixel));
    for (int i = 0; i < 64; i++)
        assert_true(pixel[i] >= 0 && pixel[i] <= 16 && pixel[i] == floorf(pixel[i]));
}

/* A box of 10 x 20 cells comes out 16 x 32, in the middle: all rows are reached, the outer columns are empty. Its
 * middle is full, and about as many of the 1024 cells are on as in the data set. */
static void test_a_drawing_fills_the_height_and_stands_in_the_middle(void **state) {
    (void)state;
    fill(32, 32, 1, 2, 11, 22);
    assert_true(ml_data_digit_from_ink(32, 32, ink, pixel));
    for (int y = 1; y < 7; y++) {
        assert_true(pixel[y * 8 + 3] == 16 && pixel[y * 8 + 4] == 16);
        assert_true(pixel[y * 8] == 0 && pixel[y * 8 + 7] == 0);
        assert_true(pixel[y * 8 + 2] == pixel[y * 8 + 5]); /* the same on both sides */
    }
    assert_in_range((int)total(), 300, 360);
}

static void test_neither_place_nor_size_nor_raster_matters(void **state) {
    (void)state;
    static const float boxes[][5] = {{32, 1, 2, 11, 22}, {32, 20, 9, 30, 29}, {64, 3, 3, 23, 43}};
    float first[64];
    fill(32, 32, 1, 2, 11, 22);
    ml_data_digit_from_ink(32, 32, ink, first);
    for (size_t i = 0; i < 3; i++) {
        const size_t side = (size_t)boxes[i][0];
        fill(side, side, boxes[i][1], boxes[i][2], boxes[i][3], boxes[i][4]);
        assert_true(ml_data_digit_from_ink(side, side, ink, pixel));
        for (int k = 0; k < 64; k++)
            assert_float_equal(pixel[k], first[k], 2); /* another raster cuts the edge elsewhere */
    }
}

static void test_what_is_too_wide_is_squeezed_into_twenty_cells(void **state) {
    (void)state;
    fill(32, 32, 1, 12, 31, 20);
    assert_true(ml_data_digit_from_ink(32, 32, ink, pixel));
    for (int y = 0; y < 8; y++)
        assert_true(pixel[y * 8] == 0 && pixel[y * 8 + 7] == 0);
    assert_true(pixel[3 * 8 + 2] > 0 && pixel[3 * 8 + 5] > 0);
}

/* Thin and thick lines come out alike: a frame drawn with a pen of 1 and of 4 cells. */
static void test_the_pen_does_not_matter_much(void **state) {
    (void)state;
    float ink_of_pen[2];
    for (int k = 0; k < 2; k++) {
        const float pen = k == 0 ? 1.0f : 4.0f;
        fill(32, 32, 6, 2, 26, 30);
        for (size_t i = 0; i < 32 * 32; i++) {
            const float x = (float)(i % 32) + 0.5f, y = (float)(i / 32) + 0.5f;
            if (x > 6 + pen && x < 26 - pen && y > 2 + pen && y < 30 - pen)
                ink[i] = 0;
        }
        assert_true(ml_data_digit_from_ink(32, 32, ink, pixel));
        ink_of_pen[k] = total();
    }
    assert_true(ink_of_pen[0] > 0.6f * ink_of_pen[1] && ink_of_pen[0] < 1.1f * ink_of_pen[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_drawn_is_nothing_seen),
        cmocka_unit_test(test_pixels_are_counts_of_sixteen),
        cmocka_unit_test(test_a_drawing_fills_the_height_and_stands_in_the_middle),
        cmocka_unit_test(test_neither_place_nor_size_nor_raster_matters),
        cmocka_unit_test(test_what_is_too_wide_is_squeezed_into_twenty_cells),
        cmocka_unit_test(test_the_pen_does_not_matter_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
