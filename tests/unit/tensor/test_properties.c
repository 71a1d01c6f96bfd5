/* What must hold of any views, shapes and products, over random ones: against loops over indices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/math.h"
#include "base/rng.h"
#include "tensor/tensor.h"

static _Alignas(64) unsigned char memory[1 << 18];
static ml_arena arena;
static ml_rng rng;

static size_t below(size_t n) {
    return (size_t)ml_rng_below(&rng, n);
}

/* Small whole numbers, whose sums and products are exact in any order. */
static ml_tensor draw_tensor(int32_t dimensions, const size_t *size) {
    ml_tensor t;
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = (float)below(9) - 4;
    return t;
}

static ml_tensor zeros(int32_t dimensions, const size_t *size) {
    ml_tensor t;
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    return t;
}

/* The next index, row by row; false after the last. */
static bool step(const ml_tensor *t, size_t *index) {
    for (int32_t d = t->dimensions; d-- > 0; index[d] = 0)
        if (++index[d] < t->size[d])
            return true;
    return false;
}

/* A tensor of this shape, whose elements need not lie in a row: cut out of a larger one and turned, half of the time. */
static ml_tensor draw_view(int32_t dimensions, const size_t *size) {
    int32_t order[ML_TENSOR_DIMENSIONS];
    size_t larger[ML_TENSOR_DIMENSIONS], from[ML_TENSOR_DIMENSIONS];
    if (below(2) == 0)
        return draw_tensor(dimensions, size);
    for (int32_t d = 0; d < dimensions; d++)
        order[d] = d;
    for (int32_t d = dimensions - 1; d > 0; d--) { /* Fisher and Yates */
        const size_t other = below((size_t)d + 1);
        const int32_t keep = order[d];
        order[d] = order[other];
        order[other] = keep;
    }
    for (int32_t d = 0; d < dimensions; d++) { /* dimension d of the view is order[d] of the larger one */
        from[order[d]] = below(3);
        larger[order[d]] = from[order[d]] + size[d] + below(2);
    }
    ml_tensor t = draw_tensor(dimensions, larger), view;
    for (int32_t d = 0; d < dimensions; d++)
        for (int32_t of = 0; of < dimensions; of++)
            if (order[of] == d)
                assert_int_equal(ml_tensor_slice(&t, d, from[d], from[d] + size[of], &t, NULL), ML_OK);
    if (dimensions == 0)
        return t;
    assert_int_equal(ml_tensor_permute(&t, order, &view, NULL), ML_OK);
    return view;
}

static int32_t draw_shape(size_t *size) {
    const int32_t dimensions = (int32_t)below(ML_TENSOR_DIMENSIONS + 1);
    for (int32_t d = 0; d < dimensions; d++)
        size[d] = 1 + below(4);
    return dimensions;
}

/* The element of t that is laid over `index` of a shape it broadcasts to. */
static float laid_over(const ml_tensor *t, int32_t dimensions, const size_t *index) {
    size_t own[ML_TENSOR_DIMENSIONS] = {0};
    for (int32_t d = 0; d < t->dimensions; d++)
        own[d] = t->size[d] == 1 ? 0 : index[d + dimensions - t->dimensions];
    return *ml_tensor_at(t, own);
}

/* A shape that broadcasts to this one: some sizes 1, some leading dimensions left out. */
static int32_t narrow(int32_t dimensions, const size_t *size, size_t *narrowed) {
    const int32_t lost = (int32_t)below((size_t)dimensions + 1);
    for (int32_t d = lost; d < dimensions; d++)
        narrowed[d - lost] = below(3) == 0 ? 1 : size[d];
    return dimensions - lost;
}

static int setup(void **state) {
    (void)state;
    rng = ml_rng_seed(17, 0);
    return 0;
}

/* --- Elementwise --------------------------------------------------------------------------------------------------- */

static float add(float a, float b) {
    return a + b;
}
static float subtract(float a, float b) {
    return a - b;
}
static float multiply(float a, float b) {
    return a * b;
}
static float maximum(float a, float b) {
    return a > b ? a : b;
}

static void test_elementwise_is_a_loop_over_indices(void **state) {
    (void)state;
    static const struct {
        ml_status (*of)(const ml_tensor *, const ml_tensor *, const ml_tensor *, ml_error *);
        float (*expected)(float, float);
    } operation[] = {
        {ml_tensor_add, add}, {ml_tensor_subtract, subtract}, {ml_tensor_multiply, multiply}, {ml_tensor_maximum, maximum}};
    for (int round = 0; round < 4000; round++) {
        arena = ml_arena_over(memory, sizeof memory);
        size_t size[ML_TENSOR_DIMENSIONS], narrowed[ML_TENSOR_DIMENSIONS], index[ML_TENSOR_DIMENSIONS] = {0};
        const int32_t dimensions = draw_shape(size), less = narrow(dimensions, size, narrowed);
        const ml_tensor whole = draw_view(dimensions, size), part = draw_view(less, narrowed),
                        out = draw_view(dimensions, size);
        const bool swapped = below(2);
        const ml_tensor *a = swapped ? &part : &whole, *b = swapped ? &whole : &part;
        assert_int_equal(operation[round % 4].of(a, b, &out, NULL), ML_OK);
        do
            assert_true(*ml_tensor_at(&out, index) == operation[round % 4].expected(laid_over(a, dimensions, index),
                                                                                    laid_over(b, dimensions, index)));
        while (step(&out, index));
    }
}

/* --- Reductions ---------------------------------------------------------------------------------------------------- */

/* Each element of `out` takes in those of the whole that it is laid over. */
static void test_reductions_are_a_loop_over_indices(void **state) {
    (void)state;
    for (int round = 0; round < 3000; round++) {
        arena = ml_arena_over(memory, sizeof memory);
        size_t size[ML_TENSOR_DIMENSIONS], narrowed[ML_TENSOR_DIMENSIONS], index[ML_TENSOR_DIMENSIONS] = {0};
        const int32_t dimensions = draw_shape(size), less = narrow(dimensions, size, narrowed);
        const ml_tensor whole = draw_view(dimensions, size), sum = zeros(less, narrowed), most = zeros(less, narrowed),
                        out = draw_view(less, narrowed);
        ml_tensor wide_sum, wide_most;
        ml_tensor_fill(&most, -99);
        assert_int_equal(ml_tensor_broadcast(&sum, dimensions, size, &wide_sum, NULL), ML_OK);
        assert_int_equal(ml_tensor_broadcast(&most, dimensions, size, &wide_most, NULL), ML_OK);
        do {
            const float value = *ml_tensor_at(&whole, index);
            *ml_tensor_at(&wide_sum, index) += value;
            *ml_tensor_at(&wide_most, index) = maximum(value, *ml_tensor_at(&wide_most, index));
        } while (step(&whole, index));
        assert_int_equal((round % 2 ? ml_tensor_sum : ml_tensor_max)(&whole, &out, NULL), ML_OK);
        memset(index, 0, sizeof index);
        do
            assert_true(*ml_tensor_at(&out, index) == *ml_tensor_at(round % 2 ? &sum : &most, index));
        while (step(&out, index));
    }
}

/* --- Products ------------------------------------------------------------------------------------------------------ */

static float inner(const ml_tensor *a, const ml_tensor *b, const size_t *at, int32_t dimensions) {
    size_t left[ML_TENSOR_DIMENSIONS], right[ML_TENSOR_DIMENSIONS];
    float sum = 0;
    memcpy(left, at, sizeof left);
    memcpy(right, at, sizeof right);
    for (size_t k = 0; k < a->size[dimensions - 1]; k++) {
        left[dimensions - 1] = right[dimensions - 2] = k;
        sum += *ml_tensor_at(a, left) * *ml_tensor_at(b, right);
    }
    return sum;
}

/* Of matrices as they lie, transposed, or cut out of larger ones, one or several at a time. */
static ml_tensor draw_matrix(int32_t dimensions, const size_t *leading, size_t rows, size_t columns) {
    const bool turned = below(2);
    const size_t cut = below(3);
    size_t size[ML_TENSOR_DIMENSIONS];
    memcpy(size, leading, sizeof size);
    size[dimensions - 2] = turned ? columns : rows;
    size[dimensions - 1] = (turned ? rows : columns) + cut;
    ml_tensor t = draw_tensor(dimensions, size);
    assert_int_equal(ml_tensor_slice(&t, dimensions - 1, cut, size[dimensions - 1], &t, NULL), ML_OK);
    if (turned)
        assert_int_equal(ml_tensor_transpose(&t, &t, NULL), ML_OK);
    return t;
}

static void test_products_are_a_loop_over_indices(void **state) {
    (void)state;
    for (int round = 0; round < 3000; round++) {
        arena = ml_arena_over(memory, sizeof memory);
        const int32_t dimensions = 2 + (int32_t)below(3);
        size_t size[ML_TENSOR_DIMENSIONS] = {1 + below(3), 1 + below(3)}, index[ML_TENSOR_DIMENSIONS] = {0};
        const size_t m = 1 + below(7), k = 1 + below(7), n = 1 + below(7);
        const ml_tensor a = draw_matrix(dimensions, size, m, k), b = draw_matrix(dimensions, size, k, n);
        size[dimensions - 2] = m;
        size[dimensions - 1] = n;
        const ml_tensor out = zeros(dimensions, size);
        assert_int_equal(ml_tensor_matmul(&a, &b, &out, NULL), ML_OK);
        do
            assert_true(*ml_tensor_at(&out, index) == inner(&a, &b, index, dimensions));
        while (step(&out, index));
        memset(index, 0, sizeof index);
        assert_int_equal(ml_tensor_add_matmul(&a, &b, &out, NULL), ML_OK);
        do
            assert_true(*ml_tensor_at(&out, index) == 2 * inner(&a, &b, index, dimensions));
        while (step(&out, index));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_elementwise_is_a_loop_over_indices, setup),
        cmocka_unit_test_setup(test_reductions_are_a_loop_over_indices, setup),
        cmocka_unit_test_setup(test_products_are_a_loop_over_indices, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
