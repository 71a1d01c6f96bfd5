/* Operations on views of random shapes and strides: slices, transposed, repeated. */
#include <cmocka.h>
#include <stdio.h>

#include "base/rng.h"
#include "report.h"
#include "tensor/tensor.h"

enum { ROUNDS = 60 };

static _Alignas(64) unsigned char memory[1 << 18];
static ml_arena arena;
static ml_rng draws;

static size_t between(size_t least, size_t most) {
    return least + (size_t)ml_rng_below(&draws, most - least + 1);
}

static ml_tensor fresh(int32_t dimensions, const size_t *size) {
    ml_tensor t;
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    return t;
}

/* A view of that shape into a larger tensor of random numbers: cut out of it, its dimensions in another order. */
static ml_tensor view(int32_t dimensions, const size_t *size) {
    uint32_t permutation[ML_TENSOR_DIMENSIONS];
    int32_t order[ML_TENSOR_DIMENSIONS] = {0};
    size_t larger[ML_TENSOR_DIMENSIONS] = {0}, from[ML_TENSOR_DIMENSIONS] = {0};
    ml_rng_permutation(&draws, (size_t)dimensions, permutation);
    for (int32_t d = 0; d < dimensions; d++) {
        order[d] = (int32_t)permutation[d];
        from[d] = between(0, 2);
        larger[order[d]] = from[d] + size[d] + between(0, 1);
    }
    ml_tensor t = fresh(dimensions, larger);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = (float)ml_rng_normal(&draws);
    assert_int_equal(ml_tensor_permute(&t, order, &t, NULL), ML_OK);
    for (int32_t d = 0; d < dimensions; d++)
        assert_int_equal(ml_tensor_slice(&t, d, from[d], from[d] + size[d], &t, NULL), ML_OK);
    return t;
}

static void print_result(const char *name, int round, const ml_tensor *out) {
    printf("tensor %s %d: %08x\n", name, round, (unsigned)hash_floats(HASH_START, ml_tensor_count(out), out->data));
}

static void report_elementwise(int round) {
    typedef ml_status of_one(const ml_tensor *, const ml_tensor *, ml_error *);
    typedef ml_status of_two(const ml_tensor *, const ml_tensor *, const ml_tensor *, ml_error *);
    static const struct {
        const char *name;
        of_one *one;
        of_two *two;
    } operations[] = {{"copy", ml_tensor_copy, NULL},         {"absolute", ml_tensor_absolute, NULL},
                      {"sqrt", ml_tensor_sqrt, NULL},         {"relu", ml_tensor_relu, NULL},
                      {"tanh", ml_tensor_tanh, NULL},         {"sigmoid", ml_tensor_sigmoid, NULL},
                      {"gelu", ml_tensor_gelu, NULL},         {"exp", ml_tensor_exp, NULL},
                      {"log", ml_tensor_log, NULL},           {"add", NULL, ml_tensor_add},
                      {"subtract", NULL, ml_tensor_subtract}, {"multiply", NULL, ml_tensor_multiply},
                      {"divide", NULL, ml_tensor_divide},     {"maximum", NULL, ml_tensor_maximum}};
    size_t size[3], part[3];
    for (int d = 0; d < 3; d++) {
        size[d] = between(1, 9);
        part[d] = between(0, 3) == 0 ? 1 : size[d];
    }
    const ml_tensor a = view(3, size), b = view(3, part), out = fresh(3, size);
    for (size_t f = 0; f < sizeof operations / sizeof *operations; f++) {
        assert_int_equal(operations[f].one != NULL ? operations[f].one(&a, &out, NULL)
                                                   : operations[f].two(&a, &b, &out, NULL),
                         ML_OK);
        print_result(operations[f].name, round, &out);
    }
    assert_int_equal(ml_tensor_scale(-1.75f, &a, &out, NULL), ML_OK);
    print_result("scale", round, &out);
    const ml_tensor less = fresh(3, part);
    assert_int_equal(ml_tensor_sum(&a, &less, NULL), ML_OK);
    print_result("sum", round, &less);
    assert_int_equal(ml_tensor_add_sum(&a, &less, NULL), ML_OK);
    print_result("add_sum", round, &less);
    assert_int_equal(ml_tensor_mean(&a, &less, NULL), ML_OK);
    print_result("mean", round, &less);
    assert_int_equal(ml_tensor_max(&a, &less, NULL), ML_OK);
    print_result("max", round, &less);
    size[1] += part[1];
    const ml_tensor more = fresh(3, size);
    size[1] = part[1];
    const ml_tensor behind = view(3, size);
    assert_int_equal(ml_tensor_concatenate(&a, &behind, 1, &more, NULL), ML_OK);
    print_result("concatenate", round, &more);
}

/* Rows of a wider matrix, transposed now and then. */
static ml_tensor matrices(size_t n, size_t rows, size_t columns) {
    const bool transposed = between(0, 1) > 0;
    const size_t down = transposed ? columns : rows, across = transposed ? rows : columns, from = between(0, 2);
    ml_tensor t = fresh(ML_SHAPE(n, down, from + across + 1));
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = (float)ml_rng_normal(&draws);
    assert_int_equal(ml_tensor_slice(&t, 2, from, from + across, &t, NULL), ML_OK);
    if (transposed)
        assert_int_equal(ml_tensor_transpose(&t, &t, NULL), ML_OK);
    return t;
}

static void report_products(int round) {
    const size_t n = between(1, 3), rows = between(1, 17), inner = between(1, 17), columns = between(1, 17);
    const ml_tensor a = matrices(n, rows, inner), b = matrices(n, inner, columns);
    const ml_tensor out = fresh(ML_SHAPE(n, rows, columns));
    assert_int_equal(ml_tensor_matmul(&a, &b, &out, NULL), ML_OK);
    print_result("matmul", round, &out);
    assert_int_equal(ml_tensor_add_matmul(&a, &b, &out, NULL), ML_OK);
    print_result("add_matmul", round, &out);
}

void report_tensors(void) {
    draws = ml_rng_seed(6, 0);
    for (int round = 0; round < ROUNDS; round++) {
        arena = ml_arena_over(memory, sizeof memory);
        report_elementwise(round);
        report_products(round);
    }
}
