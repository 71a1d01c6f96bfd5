/* Named tensors in one flat vector, and how weights start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/nn.h"

static _Alignas(64) unsigned char memory[1 << 20];
static ml_arena arena;
static ml_params params;
static ml_error error;

static int setup(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    return ml_params_init(&params, 8, &arena, NULL);
}

static int32_t add_weight(const char *name, ml_initialiser how, int32_t dimensions, const size_t *size) {
    return ml_params_add(&params, name, ML_PARAM_WEIGHT, how, dimensions, size);
}

static void assert_says(ml_status got, ml_status expected, const char *sentence) {
    assert_string_equal(error.message, sentence);
    assert_int_equal(got, expected);
}

/* --- Registering -------------------------------------------------------------------------------------------------- */

static void test_tensors_lie_behind_one_another(void **state) {
    (void)state;
    const int32_t w = add_weight("conv1.weight", ML_ONES, ML_SHAPE(2, 3, 4, 5));
    const int32_t running = ml_params_add_to(&params, "norm", "mean", ML_PARAM_BUFFER, ML_ZEROS, ML_SHAPE(7));
    const int32_t b = ml_params_add_to(&params, "conv1", "bias", ML_PARAM_BIAS, ML_ONES, ML_SHAPE(5));
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    assert_int_equal(params.n_values, 125);
    assert_int_equal(params.n_buffers, 7);
    assert_int_equal(ml_params_find(&params, "conv1.bias"), b);
    assert_int_equal(ml_params_find(&params, "norm.mean"), running);
    assert_int_equal(ml_params_find(&params, "conv1"), ML_NO_PARAM);
    assert_ptr_equal(ml_params_value(&params, w).data, params.value);
    assert_ptr_equal(ml_params_value(&params, b).data, params.value + 120);
    assert_ptr_equal(ml_params_gradient(&params, b).data, params.gradient + 120);
    assert_ptr_equal(ml_params_value(&params, running).data, params.buffer);
    assert_null(ml_params_gradient(&params, running).data);
    assert_int_equal(ml_params_value(&params, w).size[3], 5);
    ml_params_initialise(&params, 1);
    for (size_t i = 0; i < 125; i++)
        assert_true(params.value[i] == 1.0f && params.gradient[i] == 0.0f);
}

static void test_the_first_mistake_is_told_by_allocate(void **state) {
    (void)state;
    assert_int_equal(add_weight("a", ML_ZEROS, ML_SHAPE(2, 0)), ML_NO_PARAM);
    assert_int_equal(add_weight("b", ML_ZEROS, ML_SHAPE(2)), ML_NO_PARAM);
    assert_int_equal(params.n_params, 0);
    assert_says(ml_params_allocate(&params, &arena, &error), ML_EINVAL,
                "params: dimension 1 of \"a\" has size 0; every size is 1 or more");
}

static void expect_refusal(const char *name, int32_t dimensions, const size_t *size, ml_status status,
                           const char *sentence) {
    setup(NULL);
    assert_int_not_equal(add_weight("taken", ML_ZEROS, ML_SHAPE(1)), ML_NO_PARAM);
    assert_int_equal(add_weight(name, ML_ZEROS, dimensions, size), ML_NO_PARAM);
    const size_t used = arena.used;
    assert_says(ml_params_allocate(&params, &arena, &error), status, sentence);
    assert_int_equal(arena.used, used);
    assert_null(params.value);
}

static void test_every_mistake_has_its_sentence(void **state) {
    (void)state;
    const size_t five[] = {1, 1, 1, 1, 1}, most[] = {SIZE_MAX / 8, 4}, all[] = {SIZE_MAX / 4};
    char name[ML_PARAM_NAME + 1];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    expect_refusal("taken", ML_SHAPE(1), ML_EINVAL, "params: there are two tensors \"taken\"; give one another name");
    expect_refusal("", ML_SHAPE(1), ML_EINVAL, "params: a name has 1 to 63 characters, \"\" has 0");
    expect_refusal("a b", ML_SHAPE(1), ML_EINVAL, "params: the name \"a b\" may only have letters, digits and ._-/");
    expect_refusal("a", 5, five, ML_ESHAPE, "params: \"a\" has 5 dimensions; there may be 0 to 4");
    expect_refusal("a", -1, five, ML_ESHAPE, "params: \"a\" has -1 dimensions; there may be 0 to 4");
    expect_refusal("a", 2, most, ML_ENOMEM, "params: \"a\" has more elements than memory can hold");
    expect_refusal("a", 1, all, ML_ENOMEM, "params: with \"a\" there are more elements than memory can hold");
    expect_refusal(name, ML_SHAPE(1), ML_EINVAL,
                   "params: a name has 1 to 63 characters, "
                   "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\" has 64");
    name[sizeof name - 2] = '\0';
    assert_int_equal(setup(NULL), 0);
    assert_int_equal(add_weight(name, ML_ZEROS, ML_SHAPE(1)), 0);
}

static void test_too_large_a_network_leaves_memory_as_it_was(void **state) {
    (void)state;
    add_weight("a", ML_ZEROS, ML_SHAPE(1 << 17)); /* once is half of the arena, twice is too much */
    const size_t used = arena.used;
    assert_says(ml_params_allocate(&params, &arena, &error), ML_ENOMEM,
                "params: 131072 parameters do not fit in memory; use a smaller network");
    assert_int_equal(arena.used, used);
    assert_null(params.value);
}

static void test_a_full_list_and_a_late_tensor_are_refused(void **state) {
    (void)state;
    assert_says(ml_params_init(&params, 0, &arena, &error), ML_EINVAL,
                "params: there must be room for one tensor at least, not 0");
    assert_says(ml_params_init(&params, 1 << 20, &arena, &error), ML_ENOMEM,
                "params: a list of 1048576 tensors does not fit in memory");
    assert_int_equal(ml_params_init(&params, 1, &arena, &error), ML_OK);
    add_weight("a", ML_ZEROS, ML_SHAPE(1));
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    assert_says(ml_params_allocate(&params, &arena, &error), ML_EINVAL, "params: they have their memory already");
    add_weight("b", ML_ZEROS, ML_SHAPE(1));
    assert_string_equal(params.error.message, "params: \"b\" comes too late; add all tensors before allocating");
    setup(NULL);
    for (int i = 0; i < 9; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        add_weight(name, ML_ZEROS, 0, NULL);
    }
    assert_string_equal(params.error.message, "params: the list is full with 8 tensors; make a longer one");
}

static void test_a_tensor_is_one_leaf_whose_gradient_is_its_slice(void **state) {
    (void)state;
    ml_tape tape;
    const int32_t a = add_weight("a", ML_ONES, ML_SHAPE(3)), b = add_weight("b", ML_ONES, ML_SHAPE(3));
    const int32_t running = ml_params_add(&params, "r", ML_PARAM_BUFFER, ML_ZEROS, ML_SHAPE(1));
    assert_int_equal(ml_tape_init(&tape, 8, &arena, &error), ML_OK);
    assert_int_equal(ml_params_leaf(&params, &tape, a), ML_NO_NODE);
    assert_string_equal(tape.error.message, "params: they have no memory yet; allocate them before recording");
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    ml_params_initialise(&params, 1);
    assert_int_equal(ml_tape_init(&tape, 8, &arena, &error), ML_OK);
    const int32_t first = ml_params_leaf(&params, &tape, a), second = ml_params_leaf(&params, &tape, b);
    assert_int_equal(ml_params_leaf(&params, &tape, a), first);
    assert_string_equal(tape.node[second].name, "b");
    const int32_t sum = ml_tape_sum(&tape, ml_tape_add(&tape, ml_tape_multiply(&tape, first, first), second));
    assert_int_equal(ml_tape_backward(&tape, sum, &error), ML_OK);
    for (int i = 0; i < 3; i++)
        assert_true(params.gradient[i] == 2.0f && params.gradient[3 + i] == 1.0f);
    ml_params_zero_gradients(&params);
    for (int i = 0; i < 6; i++)
        assert_true(params.gradient[i] == 0.0f);
    assert_int_equal(ml_params_leaf(&params, &tape, running), ML_NO_NODE);
    assert_string_equal(tape.error.message, "params: there is no learned tensor of that index");
    assert_int_equal(ml_params_leaf(&params, &tape, 99), ML_NO_NODE);
}

static void test_what_is_not_finite_is_named(void **state) {
    (void)state;
    const char *culprit = NULL;
    add_weight("a", ML_ONES, ML_SHAPE(3));
    ml_params_add(&params, "r", ML_PARAM_BUFFER, ML_ZEROS, ML_SHAPE(2));
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    assert_true(ml_params_are_finite(&params, &culprit));
    params.buffer[1] = INFINITY;
    assert_false(ml_params_are_finite(&params, &culprit));
    assert_string_equal(culprit, "r");
    assert_false(ml_params_are_finite(&params, NULL));
}

/* --- Initial values ----------------------------------------------------------------------------------------------- */

enum { LONG = 20000 };

typedef struct moments {
    double mean, deviation, least, most;
} moments;

static moments moments_of(ml_initialiser how, int32_t dimensions, const size_t *size) {
    static float value[LONG];
    const ml_tensor t = ml_tensor_over(value, dimensions, size);
    const size_t n = ml_tensor_count(&t);
    moments m = {0, 0, INFINITY, -INFINITY};
    ml_rng rng = ml_rng_seed(3, 4);
    assert_true(n <= LONG);
    ml_initialise(how, &t, &rng);
    for (size_t i = 0; i < n; i++) {
        m.mean += (double)value[i] / (double)n;
        m.least = fmin(m.least, (double)value[i]);
        m.most = fmax(m.most, (double)value[i]);
    }
    for (size_t i = 0; i < n; i++)
        m.deviation += ((double)value[i] - m.mean) * ((double)value[i] - m.mean) / (double)n;
    m.deviation = sqrt(m.deviation);
    return m;
}

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.9g, expected %.9g within %g", got, expected, tolerance);
}

/* The standard error of a deviation over 20,000 draws is half a percent of it. */
static void expect_deviation(ml_initialiser_kind kind, float value, int32_t dimensions, const size_t *size,
                             double deviation, bool uniform) {
    const moments m = moments_of((ml_initialiser){kind, value}, dimensions, size);
    assert_near(m.mean, 0, 0.03 * deviation);
    assert_near(m.deviation, deviation, 0.02 * deviation);
    if (uniform) { /* its bound is sqrt(3) deviations, and is nearly reached */
        assert_near(m.most, sqrt(3) * deviation, 0.002 * deviation);
        assert_near(m.least, -sqrt(3) * deviation, 0.002 * deviation);
    } else {
        assert_true(m.most > 3 * deviation);
    }
}

static void test_initial_weights_have_the_deviation_of_their_papers(void **state) {
    (void)state;
    expect_deviation(ML_INITIALISE_NORMAL, 0.3f, ML_SHAPE(20000), 0.3, false);
    expect_deviation(ML_INITIALISE_UNIFORM, 0.3f, ML_SHAPE(20000), 0.3 / sqrt(3), true);
    expect_deviation(ML_INITIALISE_XAVIER_NORMAL, 1, ML_SHAPE(50, 400), sqrt(2 / 450.0), false);
    expect_deviation(ML_INITIALISE_XAVIER_UNIFORM, 1, ML_SHAPE(50, 400), sqrt(2 / 450.0), true);
    expect_deviation(ML_INITIALISE_HE_NORMAL, 1, ML_SHAPE(50, 400), sqrt(2 / 50.0), false);
    expect_deviation(ML_INITIALISE_HE_UNIFORM, 2, ML_SHAPE(50, 400), 2 * sqrt(2 / 50.0), true);
    expect_deviation(ML_INITIALISE_HE_NORMAL, 1, ML_SHAPE(5, 5, 8, 100), sqrt(2 / 200.0), false);
    expect_deviation(ML_INITIALISE_XAVIER_UNIFORM, 1, ML_SHAPE(5, 5, 8, 100), sqrt(2 / 2700.0), true);
    assert_near(moments_of(ML_ONES, ML_SHAPE(10)).least, 1, 0);
    assert_near(moments_of((ml_initialiser){ML_INITIALISE_CONSTANT, 0.25f}, ML_SHAPE(10)).most, 0.25, 0);
}

static void test_orthogonal_columns_or_rows(void **state) {
    (void)state;
    static const size_t shapes[][2] = {{1, 1}, {7, 3}, {3, 7}, {16, 16}, {40, 2}};
    float q[256];
    for (size_t s = 0; s < 5; s++) {
        const size_t rows = shapes[s][0], columns = shapes[s][1], shorter = rows < columns ? rows : columns;
        const ml_tensor t = ml_tensor_over(q, 2, shapes[s]);
        ml_rng rng = ml_rng_seed(s, 0);
        ml_initialise((ml_initialiser){ML_INITIALISE_ORTHOGONAL, 2}, &t, &rng);
        for (size_t a = 0; a < shorter; a++)
            for (size_t b = 0; b <= a; b++) {
                double dot = 0;
                for (size_t i = 0; i < (rows > columns ? rows : columns); i++)
                    dot += rows >= columns ? (double)q[i * columns + a] * (double)q[i * columns + b]
                                           : (double)q[a * columns + i] * (double)q[b * columns + i];
                assert_near(dot, a == b ? 4 : 0, 2e-6);
            }
    }
}

static void test_a_layer_more_moves_no_other_weight(void **state) {
    (void)state;
    float before[20];
    add_weight("a", ML_HE, ML_SHAPE(4, 5));
    ml_params_allocate(&params, &arena, &error);
    ml_params_initialise(&params, 9);
    memcpy(before, params.value, sizeof before);
    setup(NULL);
    add_weight("a", ML_HE, ML_SHAPE(4, 5));
    add_weight("b", ML_HE, ML_SHAPE(4, 5));
    ml_params_allocate(&params, &arena, &error);
    ml_params_initialise(&params, 9);
    assert_memory_equal(before, params.value, sizeof before);
    assert_memory_not_equal(before, params.value + 20, sizeof before);
    ml_params_initialise(&params, 10);
    assert_memory_not_equal(before, params.value, sizeof before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_tensors_lie_behind_one_another, setup),
        cmocka_unit_test_setup(test_the_first_mistake_is_told_by_allocate, setup),
        cmocka_unit_test_setup(test_every_mistake_has_its_sentence, setup),
        cmocka_unit_test_setup(test_too_large_a_network_leaves_memory_as_it_was, setup),
        cmocka_unit_test_setup(test_a_full_list_and_a_late_tensor_are_refused, setup),
        cmocka_unit_test_setup(test_a_tensor_is_one_leaf_whose_gradient_is_its_slice, setup),
        cmocka_unit_test_setup(test_what_is_not_finite_is_named, setup),
        cmocka_unit_test_setup(test_initial_weights_have_the_deviation_of_their_papers, setup),
        cmocka_unit_test_setup(test_orthogonal_columns_or_rows, setup),
        cmocka_unit_test_setup(test_a_layer_more_moves_no_other_weight, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
