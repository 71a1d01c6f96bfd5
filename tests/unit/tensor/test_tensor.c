/* Tensors: views, broadcasting, reductions, products, and the sentences about shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "tensor/tensor.h"

static _Alignas(64) unsigned char memory[1 << 16];
static ml_arena arena;

static int setup(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    return 0;
}

static ml_tensor new_tensor(int32_t dimensions, const size_t *size) {
    ml_tensor t = {0};
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    return t;
}

/* 0, 1, 2, ... row by row. */
static ml_tensor counting(int32_t dimensions, const size_t *size) {
    const ml_tensor t = new_tensor(dimensions, size);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = (float)i;
    return t;
}

static float at2(const ml_tensor *t, size_t i, size_t j) {
    return *ml_tensor_at(t, (const size_t[]){i, j});
}

#define assert_floats(t, ...)                                                                                          \
    do {                                                                                                               \
        const float expected[] = {__VA_ARGS__};                                                                        \
        assert_int_equal(ml_tensor_count(&(t)), sizeof expected / sizeof *expected);                                   \
        assert_memory_equal((t).data, expected, sizeof expected);                                                      \
    } while (0)

static ml_error error;
#define assert_refused(call, status, sentence)                                                                         \
    do {                                                                                                               \
        assert_int_equal((call), (status));                                                                            \
        assert_string_equal(error.message, (sentence));                                                                \
    } while (0)

/* --- Shapes and views --------------------------------------------------------------------------------------------- */

static void test_a_new_tensor_is_zero_and_contiguous(void **state) {
    (void)state;
    ml_tensor_shape_text text;
    const ml_tensor t = new_tensor(ML_SHAPE(2, 3, 4));
    assert_int_equal(ml_tensor_count(&t), 24);
    assert_true(ml_tensor_is_contiguous(&t));
    assert_string_equal(ml_tensor_describe(&t, &text), "2×3×4");
    for (size_t i = 0; i < 24; i++)
        assert_true(t.data[i] == 0.0f);
    assert_ptr_equal(ml_tensor_at(&t, (const size_t[]){1, 2, 3}), t.data + 23);
    const ml_tensor number = new_tensor(0, NULL);
    assert_int_equal(ml_tensor_count(&number), 1);
    assert_string_equal(ml_tensor_describe(&number, &text), "a single number");
}

static void test_views_share_the_data(void **state) {
    (void)state;
    ml_tensor t = counting(ML_SHAPE(3, 4)), row, part, turned, both;
    assert_int_equal(ml_tensor_row(&t, 2, &row, NULL), ML_OK);
    assert_floats(row, 8, 9, 10, 11);
    assert_int_equal(ml_tensor_slice(&t, 1, 1, 3, &part, NULL), ML_OK);
    assert_true(at2(&part, 0, 0) == 1 && at2(&part, 2, 1) == 10);
    assert_false(ml_tensor_is_contiguous(&part));
    assert_int_equal(ml_tensor_transpose(&part, &turned, NULL), ML_OK);
    assert_true(turned.size[0] == 2 && turned.size[1] == 3 && at2(&turned, 1, 2) == 10);
    assert_int_equal(ml_tensor_transpose(&turned, &turned, NULL), ML_OK); /* out may be the input */
    assert_memory_equal(&turned, &part, sizeof part);
    *ml_tensor_at(&part, (const size_t[]){0, 1}) = 77;
    assert_true(t.data[2] == 77);

    assert_int_equal(ml_tensor_row(&t, 0, &t, NULL), ML_OK);
    assert_int_equal(ml_tensor_row(&t, 3, &both, NULL), ML_OK);
    assert_int_equal(both.dimensions, 0);
    assert_true(*ml_tensor_at(&both, NULL) == 3);
}

static void test_reshape_keeps_the_order(void **state) {
    (void)state;
    ml_tensor t = counting(ML_SHAPE(3, 4)), other, turned;
    assert_int_equal(ml_tensor_reshape(&t, ML_SHAPE(2, 1, 6), &other, NULL), ML_OK);
    assert_true(*ml_tensor_at(&other, (const size_t[]){1, 0, 5}) == 11);
    assert_refused(ml_tensor_reshape(&t, ML_SHAPE(5, 2), &other, &error), ML_ESHAPE,
                   "reshape: 3×4 has 12 elements, 5×2 has 10");
    ml_tensor_transpose(&t, &turned, NULL);
    assert_refused(ml_tensor_reshape(&turned, ML_SHAPE(12), &other, &error), ML_EINVAL,
                   "reshape: the tensor is a view with gaps; copy it first");
}

static void test_permute_renames_the_dimensions(void **state) {
    (void)state;
    ml_tensor t = counting(ML_SHAPE(2, 3, 4)), p, back;
    const int32_t order[3] = {2, 0, 1}, inverse[3] = {1, 2, 0}, twice[3] = {0, 1, 1};
    assert_int_equal(ml_tensor_permute(&t, order, &p, NULL), ML_OK);
    assert_true(p.size[0] == 4 && p.size[1] == 2 && p.size[2] == 3);
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 3; j++)
            for (size_t k = 0; k < 4; k++)
                assert_ptr_equal(ml_tensor_at(&p, (const size_t[]){k, i, j}),
                                 ml_tensor_at(&t, (const size_t[]){i, j, k}));
    assert_int_equal(ml_tensor_permute(&p, inverse, &back, NULL), ML_OK);
    assert_true(ml_tensor_is_contiguous(&back) && ml_tensor_same_shape(&back, &t) && back.data == t.data);
    assert_int_equal(ml_tensor_permute(&t, order, &t, NULL), ML_OK); /* out may be the input */
    assert_memory_equal(t.size, p.size, 3 * sizeof *t.size);
    assert_refused(ml_tensor_permute(&t, twice, &back, &error), ML_EINVAL,
                   "permute: order[2] is 1; each dimension from 0 to 2 must come once");
    const ml_tensor number = counting(0, NULL);
    assert_int_equal(ml_tensor_permute(&number, NULL, &back, NULL), ML_OK);
    assert_true(back.dimensions == 0 && back.data == number.data);
}

static void test_sizes_that_overflow_are_refused(void **state) {
    (void)state;
    const size_t half = SIZE_MAX / 2 + 1; /* twice this is 0 again */
    float x = 0;
    ml_tensor t, out = {0};
    assert_refused(ml_tensor_create(&arena, ML_SHAPE(half, 2), &t, &error), ML_ENOMEM,
                   "create: a tensor of so many elements is beyond any memory");
    assert_refused(ml_tensor_create(&arena, ML_SHAPE(half, 0, 2), &t, &error), ML_ENOMEM,
                   "create: a tensor of so many elements is beyond any memory"); /* its strides would overflow */
    assert_int_equal(ml_tensor_create(&arena, ML_SHAPE(SIZE_MAX / 4, 1), &t, &error), ML_ENOMEM); /* bytes */
    assert_int_equal(arena.used, 0);
    const ml_tensor none = ml_tensor_over(&x, ML_SHAPE(0)), column = ml_tensor_over(&x, ML_SHAPE(half, 1)),
                    row = ml_tensor_over(&x, ML_SHAPE(1, 2)), one = ml_tensor_over(&x, ML_SHAPE(1));
    assert_refused(ml_tensor_reshape(&none, ML_SHAPE(half, 2), &out, &error), ML_ESHAPE,
                   "reshape: a tensor of so many elements is beyond any memory");
    assert_refused(ml_tensor_broadcast(&one, ML_SHAPE(half, 2), &out, &error), ML_ESHAPE,
                   "broadcast: a tensor of so many elements is beyond any memory");
    assert_refused(ml_tensor_add(&column, &row, &out, &error), ML_ESHAPE,
                   "add: a tensor of so many elements is beyond any memory");
    assert_refused(ml_tensor_matmul(&column, &row, &out, &error), ML_ESHAPE,
                   "matmul: a tensor of so many elements is beyond any memory");
    assert_refused(ml_tensor_concatenate(&column, &column, 0, &out, &error), ML_ESHAPE,
                   "concatenate: left is 9223372036854775808×1, right is 9223372036854775808×1; all sizes but that of "
                   "dimension 0 must be equal");
}

static void test_shapes_that_do_not_fit_are_told(void **state) {
    (void)state;
    ml_tensor t = counting(ML_SHAPE(3, 4)), out;
    const ml_tensor row = counting(ML_SHAPE(3));
    assert_refused(ml_tensor_row(&t, 3, &out, &error), ML_ESHAPE, "row: there is no row 3; the tensor has 3");
    assert_refused(ml_tensor_slice(&t, 2, 0, 1, &out, &error), ML_ESHAPE,
                   "slice: dimension 2 does not exist; the tensor has 2");
    assert_refused(ml_tensor_slice(&t, 1, 2, 5, &out, &error), ML_ESHAPE,
                   "slice: 2 to 5 is no part of dimension 1 of a tensor of 3×4");
    assert_refused(ml_tensor_transpose(&row, &out, &error), ML_ESHAPE,
                   "transpose: needs two dimensions at least, and the tensor has 1");
    assert_refused(ml_tensor_broadcast(&row, ML_SHAPE(3, 4), &out, &error), ML_ESHAPE,
                   "broadcast: 3 does not repeat to 3×4; sizes must be equal or 1");
    assert_refused(ml_tensor_broadcast(&t, ML_SHAPE(4), &out, &error), ML_ESHAPE,
                   "broadcast: 3×4 has more dimensions than 4");
    assert_refused(ml_tensor_create(&arena, 5, NULL, &out, &error), ML_ESHAPE,
                   "create: a tensor has 0 to 4 dimensions, not 5");
    assert_refused(ml_tensor_create(&arena, ML_SHAPE(1000, 1000), &out, &error), ML_ENOMEM,
                   "create: a tensor of 1000×1000 floats does not fit in the memory that is left");
    assert_refused(ml_tensor_create(&arena, ML_SHAPE(SIZE_MAX, 3), &out, &error), ML_ENOMEM,
                   "create: a tensor of so many elements is beyond any memory");
}

/* --- Elementwise -------------------------------------------------------------------------------------------------- */

static void test_rows_columns_and_numbers_broadcast(void **state) {
    (void)state;
    ml_tensor t = counting(ML_SHAPE(2, 3)), out = new_tensor(ML_SHAPE(2, 3));
    float tens[3] = {10, 20, 30}, hundreds[2] = {100, 200}, thousand = 1000;
    const ml_tensor row = ml_tensor_over(tens, ML_SHAPE(3)), column = ml_tensor_over(hundreds, ML_SHAPE(2, 1)),
                    number = ml_tensor_over(&thousand, 0, NULL);
    assert_int_equal(ml_tensor_add(&t, &row, &out, NULL), ML_OK);
    assert_floats(out, 10, 21, 32, 13, 24, 35);
    assert_int_equal(ml_tensor_subtract(&column, &t, &out, NULL), ML_OK);
    assert_floats(out, 100, 99, 98, 197, 196, 195);
    assert_int_equal(ml_tensor_multiply(&t, &number, &out, NULL), ML_OK);
    assert_floats(out, 0, 1000, 2000, 3000, 4000, 5000);
    assert_int_equal(ml_tensor_add(&column, &row, &out, NULL), ML_OK); /* both repeat */
    assert_floats(out, 110, 120, 130, 210, 220, 230);
    assert_int_equal(ml_tensor_add(&t, &row, &t, NULL), ML_OK); /* over its own input */
    assert_floats(t, 10, 21, 32, 13, 24, 35);
}

static void test_elementwise_works_through_any_view(void **state) {
    (void)state;
    ml_tensor t = counting(ML_SHAPE(3, 4)), turned, part, out = new_tensor(ML_SHAPE(4, 3));
    ml_tensor_transpose(&t, &turned, NULL);
    assert_int_equal(ml_tensor_copy(&turned, &out, NULL), ML_OK);
    assert_floats(out, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
    assert_int_equal(ml_tensor_add(&turned, &out, &out, NULL), ML_OK);
    assert_floats(out, 0, 8, 16, 2, 10, 18, 4, 12, 20, 6, 14, 22);
    assert_int_equal(ml_tensor_slice(&t, 1, 1, 3, &part, NULL), ML_OK);
    ml_tensor_fill(&part, -1);
    assert_floats(t, 0, -1, -1, 3, 4, -1, -1, 7, 8, -1, -1, 11);
    assert_int_equal(ml_tensor_scale(2, &part, &part, NULL), ML_OK);
    assert_int_equal(ml_tensor_relu(&t, &t, NULL), ML_OK);
    assert_floats(t, 0, 0, 0, 3, 4, 0, 0, 7, 8, 0, 0, 11);
}

static void test_four_dimensions_are_walked_in_order(void **state) {
    (void)state;
    const ml_tensor t = counting(ML_SHAPE(2, 3, 2, 2));
    ml_tensor part, out = new_tensor(ML_SHAPE(2, 2, 2, 2));
    assert_int_equal(ml_tensor_slice(&t, 1, 1, 3, &part, NULL), ML_OK);
    assert_int_equal(ml_tensor_copy(&part, &out, NULL), ML_OK);
    assert_floats(out, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23);
}

static void test_functions_are_those_of_the_library(void **state) {
    (void)state;
    const ml_tensor t = counting(ML_SHAPE(1, 6)), out = new_tensor(ML_SHAPE(1, 6));
    const struct {
        ml_status (*of)(const ml_tensor *, const ml_tensor *, ml_error *);
        float (*one)(float);
    } functions[] = {{ml_tensor_exp, ml_expf},
                     {ml_tensor_log, ml_logf},
                     {ml_tensor_tanh, ml_tanhf},
                     {ml_tensor_sigmoid, ml_sigmoidf}};
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
        assert_int_equal(functions[f].of(&t, &out, NULL), ML_OK);
        for (size_t i = 0; i < 6; i++)
            assert_true(out.data[i] == functions[f].one((float)i));
    }
}

static void test_elementwise_shapes_that_do_not_fit_are_told_and_out_is_untouched(void **state) {
    (void)state;
    const ml_tensor a = counting(ML_SHAPE(2, 3)), b = counting(ML_SHAPE(2)), row = counting(ML_SHAPE(3));
    const ml_tensor out = counting(ML_SHAPE(3));
    assert_refused(ml_tensor_add(&a, &b, &out, &error), ML_ESHAPE,
                   "add: left is 2×3, right is 2; sizes 3 and 2 must be equal or 1");
    assert_refused(ml_tensor_multiply(&a, &row, &out, &error), ML_ESHAPE, "multiply: the result is 2×3, but out is 3");
    assert_refused(ml_tensor_tanh(&a, &out, &error), ML_ESHAPE, "broadcast: 2×3 has more dimensions than 3");
    assert_floats(out, 0, 1, 2);
}

static void test_empty_tensors_are_harmless(void **state) {
    (void)state;
    const ml_tensor none = new_tensor(ML_SHAPE(0, 3)), total = new_tensor(0, NULL), other = new_tensor(ML_SHAPE(3, 0)),
                    square = counting(ML_SHAPE(3, 3));
    ml_tensor turned;
    assert_int_equal(ml_tensor_add(&none, &none, &none, NULL), ML_OK);
    ml_tensor_transpose(&none, &turned, NULL);
    assert_int_equal(ml_tensor_copy(&turned, &turned, NULL), ML_OK);
    assert_int_equal(ml_tensor_sum(&none, &total, NULL), ML_OK);
    assert_true(total.data[0] == 0);
    assert_int_equal(ml_tensor_mean(&none, &total, NULL), ML_OK);
    assert_true(isnan(total.data[0]));
    assert_int_equal(ml_tensor_max(&none, &total, NULL), ML_OK);
    assert_true(total.data[0] == -INFINITY);
    assert_int_equal(ml_tensor_matmul(&other, &none, &square, NULL), ML_OK); /* no products: all zero */
    for (size_t i = 0; i < 9; i++)
        assert_true(square.data[i] == 0);
}

/* Long rows go through the kernels in pieces where they have gaps; short ones and long ones give the same. */
static void test_views_with_gaps_give_the_same_bits_as_copies(void **state) {
    (void)state;
    enum { M = 3, N = 700 }; /* more than two pieces */
    typedef ml_status of_two(const ml_tensor *, const ml_tensor *, const ml_tensor *, ml_error *);
    typedef ml_status of_one(const ml_tensor *, const ml_tensor *, ml_error *);
    of_two *const twos[] = {ml_tensor_add, ml_tensor_subtract, ml_tensor_multiply, ml_tensor_divide, ml_tensor_maximum};
    of_one *const ones[] = {ml_tensor_absolute, ml_tensor_sqrt, ml_tensor_relu, ml_tensor_tanh, ml_tensor_sigmoid,
                            ml_tensor_gelu,     ml_tensor_exp,  ml_tensor_log,  ml_tensor_copy};
    ml_rng rng = ml_rng_seed(1, 0);
    const ml_tensor a = new_tensor(ML_SHAPE(N, M)), b = new_tensor(ML_SHAPE(M, 1)), copy = new_tensor(ML_SHAPE(M, N)),
                    repeated = new_tensor(ML_SHAPE(M, N)), out = new_tensor(ML_SHAPE(N, M)),
                    plain = new_tensor(ML_SHAPE(M, N));
    ml_tensor view, out_view;
    for (size_t i = 0; i < M * N; i++)
        a.data[i] = 0.1f + (float)ml_rng_uniform(&rng);
    for (size_t i = 0; i < M; i++)
        b.data[i] = 0.1f + (float)ml_rng_uniform(&rng);
    ml_tensor_transpose(&a, &view, NULL);
    ml_tensor_transpose(&out, &out_view, NULL);
    assert_int_equal(ml_tensor_copy(&view, &copy, NULL), ML_OK);
    assert_int_equal(ml_tensor_copy(&b, &repeated, NULL), ML_OK);
    for (size_t f = 0; f < sizeof twos / sizeof *twos + sizeof ones / sizeof *ones; f++) {
        if (f < sizeof twos / sizeof *twos) {
            assert_int_equal(twos[f](&view, &b, &out_view, NULL), ML_OK);
            assert_int_equal(twos[f](&copy, &repeated, &plain, NULL), ML_OK);
        } else {
            assert_int_equal(ones[f - sizeof twos / sizeof *twos](&view, &out_view, NULL), ML_OK);
            assert_int_equal(ones[f - sizeof twos / sizeof *twos](&copy, &plain, NULL), ML_OK);
        }
        for (size_t i = 0; i < M; i++)
            for (size_t j = 0; j < N; j++)
                assert_memory_equal(ml_tensor_at(&out_view, (const size_t[]){i, j}), &plain.data[i * N + j],
                                    sizeof(float));
    }
}

/* Whole numbers, so that the order of additions does not matter. */
static void test_reductions_fill_and_scale_work_through_views_with_gaps(void **state) {
    (void)state;
    const ml_tensor t = counting(ML_SHAPE(4, 6)), sums = new_tensor(ML_SHAPE(2, 3)), row = new_tensor(ML_SHAPE(3)),
                    column = new_tensor(ML_SHAPE(3, 1)), total = new_tensor(0, NULL), wide = new_tensor(ML_SHAPE(3, 4)),
                    out = new_tensor(ML_SHAPE(3, 2));
    ml_tensor view = {t.data, 2, {2, 3}, {12, 2}}; /* every second row, every second column */
    assert_int_equal(ml_tensor_copy(&view, &sums, NULL), ML_OK);
    assert_floats(sums, 0, 2, 4, 12, 14, 16);
    assert_int_equal(ml_tensor_sum(&view, &row, NULL), ML_OK);
    assert_floats(row, 12, 16, 20);
    assert_int_equal(ml_tensor_mean(&view, &total, NULL), ML_OK);
    assert_floats(total, 8);
    assert_int_equal(ml_tensor_max(&view, &row, NULL), ML_OK);
    assert_floats(row, 12, 14, 16);
    ml_tensor turned, spaced;
    ml_tensor_transpose(&view, &turned, NULL);
    assert_int_equal(ml_tensor_sum(&turned, &column, NULL), ML_OK);
    assert_floats(column, 12, 16, 20);
    assert_int_equal(ml_tensor_slice(&wide, 1, 1, 2, &spaced, NULL), ML_OK); /* results with gaps between them */
    assert_int_equal(ml_tensor_mean(&turned, &spaced, NULL), ML_OK);
    assert_floats(wide, 0, 6, 0, 0, 0, 8, 0, 0, 0, 10, 0, 0);
    spaced = (ml_tensor){wide.data, 1, {2}, {2}};
    assert_int_equal(ml_tensor_sum(&turned, &spaced, NULL), ML_OK);
    assert_floats(wide, 6, 6, 42, 0, 0, 8, 0, 0, 0, 10, 0, 0);
    assert_int_equal(ml_tensor_max(&turned, &spaced, NULL), ML_OK);
    assert_true(wide.data[0] == 4 && wide.data[2] == 16 && wide.data[1] == 6);
    assert_int_equal(ml_tensor_mean(&turned, &spaced, NULL), ML_OK);
    assert_true(wide.data[0] == 2 && wide.data[2] == 14 && wide.data[3] == 0);
    assert_int_equal(ml_tensor_scale(3, &turned, &out, NULL), ML_OK);
    assert_floats(out, 0, 36, 6, 42, 12, 48);
    ml_tensor_fill(&view, -1);
    assert_int_equal(ml_tensor_sum(&t, &total, NULL), ML_OK);
    assert_floats(total, 276 - 48 - 6); /* six of the 24 became -1 */
}

static void test_concatenate_puts_one_behind_the_other(void **state) {
    (void)state;
    const ml_tensor a = counting(ML_SHAPE(2, 3)), b = counting(ML_SHAPE(2, 1)), c = counting(ML_SHAPE(1, 3)),
                    wide = new_tensor(ML_SHAPE(2, 4)), tall = new_tensor(ML_SHAPE(3, 3)),
                    none = counting(ML_SHAPE(0, 3));
    assert_int_equal(ml_tensor_concatenate(&a, &b, 1, &wide, NULL), ML_OK);
    assert_floats(wide, 0, 1, 2, 0, 3, 4, 5, 1);
    assert_int_equal(ml_tensor_concatenate(&c, &a, 0, &tall, NULL), ML_OK);
    assert_floats(tall, 0, 1, 2, 0, 1, 2, 3, 4, 5);
    const ml_tensor same = new_tensor(ML_SHAPE(2, 3));
    assert_int_equal(ml_tensor_concatenate(&none, &a, 0, &same, NULL), ML_OK);
    assert_floats(same, 0, 1, 2, 3, 4, 5);
    assert_refused(ml_tensor_concatenate(&a, &b, 1, &same, &error), ML_ESHAPE,
                   "concatenate: the result is 2×4, but out is 2×3");
    assert_refused(ml_tensor_concatenate(&a, &b, 0, &same, &error), ML_ESHAPE,
                   "concatenate: left is 2×3, right is 2×1; all sizes but that of dimension 0 must be equal");
    assert_refused(ml_tensor_concatenate(&a, &b, -1, &same, &error), ML_ESHAPE,
                   "concatenate: dimension -1 does not exist; the tensor has 2");
}

/* --- Reductions --------------------------------------------------------------------------------------------------- */

static void test_the_shape_of_out_says_what_is_reduced(void **state) {
    (void)state;
    const ml_tensor t = counting(ML_SHAPE(3, 4));
    const ml_tensor columns = new_tensor(ML_SHAPE(4)), rows = new_tensor(ML_SHAPE(3, 1)), all = new_tensor(0, NULL),
                    same = new_tensor(ML_SHAPE(3, 4));
    assert_int_equal(ml_tensor_sum(&t, &columns, NULL), ML_OK);
    assert_floats(columns, 12, 15, 18, 21);
    assert_int_equal(ml_tensor_sum(&t, &rows, NULL), ML_OK);
    assert_floats(rows, 6, 22, 38);
    assert_int_equal(ml_tensor_sum(&t, &all, NULL), ML_OK);
    assert_floats(all, 66);
    assert_int_equal(ml_tensor_add_sum(&t, &all, NULL), ML_OK);
    assert_floats(all, 132);
    assert_int_equal(ml_tensor_mean(&t, &rows, NULL), ML_OK);
    assert_floats(rows, 1.5f, 5.5f, 9.5f);
    assert_int_equal(ml_tensor_max(&t, &columns, NULL), ML_OK);
    assert_floats(columns, 8, 9, 10, 11);
    assert_int_equal(ml_tensor_sum(&t, &same, NULL), ML_OK);
    assert_memory_equal(same.data, t.data, 12 * sizeof(float));
    assert_refused(ml_tensor_sum(&columns, &rows, &error), ML_ESHAPE, "broadcast: 3×1 has more dimensions than 4");
}

static void test_reductions_work_through_views_and_in_more_dimensions(void **state) {
    (void)state;
    ml_tensor t = counting(ML_SHAPE(2, 3, 4)), turned, matrix;
    const ml_tensor middle = new_tensor(ML_SHAPE(2, 1, 4)), columns = new_tensor(ML_SHAPE(3));
    assert_int_equal(ml_tensor_sum(&t, &middle, NULL), ML_OK);
    assert_floats(middle, 12, 15, 18, 21, 48, 51, 54, 57);
    ml_tensor_row(&t, 0, &matrix, NULL);
    ml_tensor_transpose(&matrix, &turned, NULL);
    assert_int_equal(ml_tensor_sum(&turned, &columns, NULL), ML_OK); /* the row sums of the matrix */
    assert_floats(columns, 6, 22, 38);
    assert_int_equal(ml_tensor_max(&turned, &columns, NULL), ML_OK);
    assert_floats(columns, 3, 7, 11);
}

/* Summing is the transpose of broadcasting: <repeat(x), y> = <x, sum(y)> for all shapes. That is why gradients use it.
 */
static void test_sum_is_the_transpose_of_broadcast(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(2, 0);
    for (int round = 0; round < 50; round++) {
        setup(NULL);
        size_t whole[4], part[4];
        for (size_t d = 0; d < 4; d++) {
            whole[d] = 1 + (size_t)ml_rng_below(&rng, 3);
            part[d] = ml_rng_bernoulli(&rng, 0.5) ? whole[d] : 1;
        }
        const int32_t lost = (int32_t)ml_rng_below(&rng, 3); /* leading dimensions that x does not have */
        const ml_tensor x = counting(4 - lost, part + lost), y = counting(4, whole), product = new_tensor(4, whole),
                        sum = new_tensor(4 - lost, part + lost), left = new_tensor(0, NULL),
                        right = new_tensor(0, NULL);
        assert_int_equal(ml_tensor_multiply(&x, &y, &product, NULL), ML_OK);
        assert_int_equal(ml_tensor_sum(&product, &left, NULL), ML_OK);
        assert_int_equal(ml_tensor_sum(&y, &sum, NULL), ML_OK);
        assert_int_equal(ml_tensor_multiply(&x, &sum, &sum, NULL), ML_OK);
        assert_int_equal(ml_tensor_sum(&sum, &right, NULL), ML_OK);
        assert_true(left.data[0] == right.data[0]); /* whole numbers: exact */
    }
}

/* --- Matrix product ----------------------------------------------------------------------------------------------- */

static void test_matmul_of_all_kinds_of_views(void **state) {
    (void)state;
    const ml_tensor a = counting(ML_SHAPE(2, 3)), b = counting(ML_SHAPE(3, 2));
    ml_tensor a_turned, b_turned, back, wide = counting(ML_SHAPE(3, 5)), part;
    const ml_tensor at = new_tensor(ML_SHAPE(3, 2)), bt = new_tensor(ML_SHAPE(2, 3)), out = new_tensor(ML_SHAPE(2, 2));
    ml_tensor_transpose(&a, &a_turned, NULL);
    ml_tensor_transpose(&b, &b_turned, NULL);
    ml_tensor_copy(&a_turned, &at, NULL);
    ml_tensor_copy(&b_turned, &bt, NULL);
    ml_tensor_transpose(&at, &a_turned, NULL); /* a again, but transposed in memory */
    ml_tensor_transpose(&bt, &b_turned, NULL);
    const ml_tensor *left[2] = {&a, &a_turned}, *right[2] = {&b, &b_turned};
    for (int i = 0; i < 4; i++) {
        ml_tensor_fill(&out, NAN);
        assert_int_equal(ml_tensor_matmul(left[i / 2], right[i % 2], &out, NULL), ML_OK);
        assert_floats(out, 10, 13, 28, 40);
    }
    assert_int_equal(ml_tensor_add_matmul(&a, &b, &out, NULL), ML_OK);
    assert_floats(out, 20, 26, 56, 80);

    ml_tensor_slice(&wide, 1, 1, 3, &part, NULL); /* columns 1 and 2 of 5: rows with gaps between them */
    assert_int_equal(ml_tensor_matmul(&a, &part, &out, NULL), ML_OK);
    assert_floats(out, 28, 31, 82, 94);
    ml_tensor_slice(&wide, 1, 4, 5, &back, NULL); /* one column */
    const ml_tensor single = new_tensor(ML_SHAPE(2, 1));
    assert_int_equal(ml_tensor_matmul(&a, &back, &single, NULL), ML_OK);
    assert_floats(single, 37, 118);
}

static void test_batched_matmul_is_one_product_for_each_leading_index(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    const ml_tensor a = new_tensor(ML_SHAPE(2, 3, 4, 5)), b = new_tensor(ML_SHAPE(2, 3, 6, 5)),
                    out = new_tensor(ML_SHAPE(2, 3, 4, 6)), one = new_tensor(ML_SHAPE(4, 6));
    ml_tensor turned;
    for (size_t i = 0; i < ml_tensor_count(&a); i++)
        a.data[i] = (float)ml_rng_normal(&rng);
    for (size_t i = 0; i < ml_tensor_count(&b); i++)
        b.data[i] = (float)ml_rng_normal(&rng);
    ml_tensor_transpose(&b, &turned, NULL); /* attention's q k' */
    assert_int_equal(ml_tensor_matmul(&a, &turned, &out, NULL), ML_OK);
    for (int added = 0; added < 2; added++) {
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < 3; j++) {
                ml_tensor x, y, z;
                ml_tensor_row(&a, i, &x, NULL);
                ml_tensor_row(&x, j, &x, NULL);
                ml_tensor_row(&turned, i, &y, NULL);
                ml_tensor_row(&y, j, &y, NULL);
                ml_tensor_row(&out, i, &z, NULL);
                ml_tensor_row(&z, j, &z, NULL);
                ml_tensor_matmul(&x, &y, &one, NULL);
                if (added == 1)
                    ml_tensor_add_matmul(&x, &y, &one, NULL);
                assert_memory_equal(z.data, one.data, 24 * sizeof(float));
            }
        assert_int_equal(ml_tensor_add_matmul(&a, &turned, &out, NULL), ML_OK);
    }
    ml_tensor none_a = new_tensor(ML_SHAPE(0, 4, 5)), none_b = new_tensor(ML_SHAPE(0, 5, 6)),
              none = new_tensor(ML_SHAPE(0, 4, 6));
    assert_int_equal(ml_tensor_matmul(&none_a, &none_b, &none, NULL), ML_OK);
    assert_refused(ml_tensor_matmul(&a, &b, &out, &error), ML_ESHAPE,
                   "matmul: left is 2×3×4×5, right is 2×3×6×5; inner sizes 5 and 6 differ");
    assert_refused(ml_tensor_matmul(&none_a, &out, &none, &error), ML_ESHAPE,
                   "matmul: left is 0×4×5, right is 2×3×4×6; both must have the same number of dimensions, two at "
                   "least");
}

static void test_matmul_tells_what_does_not_fit(void **state) {
    (void)state;
    const ml_tensor a = counting(ML_SHAPE(3, 4)), b = counting(ML_SHAPE(5, 2)), row = counting(ML_SHAPE(4)),
                    cube = counting(ML_SHAPE(2, 4, 3)), out = counting(ML_SHAPE(3, 3)), c = counting(ML_SHAPE(4, 2));
    ml_tensor view;
    assert_refused(ml_tensor_matmul(&a, &b, &out, &error), ML_ESHAPE,
                   "matmul: left is 3×4, right is 5×2; inner sizes 4 and 5 differ");
    assert_refused(ml_tensor_matmul(&a, &row, &out, &error), ML_ESHAPE,
                   "matmul: left is 3×4, right is 4; both must have the same number of dimensions, two at least");
    assert_refused(ml_tensor_matmul(&a, &c, &out, &error), ML_ESHAPE, "matmul: the result is 3×2, but out is 3×3");
    ml_tensor_transpose(&cube, &view, NULL); /* 2x3x4 with strides 12, 1, 3 */
    view = (ml_tensor){view.data, 2, {2, 4}, {12, 3}};
    const ml_tensor result = new_tensor(ML_SHAPE(2, 2));
    assert_refused(ml_tensor_matmul(&view, &c, &result, &error), ML_EINVAL,
                   "matmul: left is a view with strides 12 and 3; copy it first");
    ml_tensor_transpose(&c, &view, NULL);
    const ml_tensor eye = counting(ML_SHAPE(2, 2)), four = counting(ML_SHAPE(2, 4));
    assert_refused(ml_tensor_matmul(&eye, &four, &view, &error), ML_EINVAL,
                   "matmul: out is a view whose rows have gaps; copy to it afterwards");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_new_tensor_is_zero_and_contiguous, setup),
        cmocka_unit_test_setup(test_views_share_the_data, setup),
        cmocka_unit_test_setup(test_reshape_keeps_the_order, setup),
        cmocka_unit_test_setup(test_permute_renames_the_dimensions, setup),
        cmocka_unit_test_setup(test_sizes_that_overflow_are_refused, setup),
        cmocka_unit_test_setup(test_shapes_that_do_not_fit_are_told, setup),
        cmocka_unit_test_setup(test_views_with_gaps_give_the_same_bits_as_copies, setup),
        cmocka_unit_test_setup(test_reductions_fill_and_scale_work_through_views_with_gaps, setup),
        cmocka_unit_test_setup(test_concatenate_puts_one_behind_the_other, setup),
        cmocka_unit_test_setup(test_batched_matmul_is_one_product_for_each_leading_index, setup),
        cmocka_unit_test_setup(test_rows_columns_and_numbers_broadcast, setup),
        cmocka_unit_test_setup(test_elementwise_works_through_any_view, setup),
        cmocka_unit_test_setup(test_four_dimensions_are_walked_in_order, setup),
        cmocka_unit_test_setup(test_functions_are_those_of_the_library, setup),
        cmocka_unit_test_setup(test_elementwise_shapes_that_do_not_fit_are_told_and_out_is_untouched, setup),
        cmocka_unit_test_setup(test_empty_tensors_are_harmless, setup),
        cmocka_unit_test_setup(test_the_shape_of_out_says_what_is_reduced, setup),
        cmocka_unit_test_setup(test_reductions_work_through_views_and_in_more_dimensions, setup),
        cmocka_unit_test_setup(test_sum_is_the_transpose_of_broadcast, setup),
        cmocka_unit_test_setup(test_matmul_of_all_kinds_of_views, setup),
        cmocka_unit_test_setup(test_matmul_tells_what_does_not_fit, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
