/* Convolution and pooling: both versions against each other, bit for bit, and against their definitions. */
#include "unit/kernels/floats.h"

#include <stdio.h>

#include "kernels/kernels.h"

/* A random layer: kernels of 1 to 5, strides of 1 to 3, padding of 0 to 2, 1 to 20 channels and filters. */
static ml_conv random_conv(ml_rng *rng) {
    ml_conv s = {.n = 1 + ml_rng_below(rng, 3),
                 .channels = 1 + ml_rng_below(rng, 20),
                 .filters = 1 + ml_rng_below(rng, 20),
                 .kernel_height = 1 + ml_rng_below(rng, 5),
                 .kernel_width = 1 + ml_rng_below(rng, 5),
                 .stride = 1 + ml_rng_below(rng, 3),
                 .padding = ml_rng_below(rng, 3)};
    do {
        s.height = 1 + ml_rng_below(rng, 14);
        s.width = 1 + ml_rng_below(rng, 14);
    } while (s.height + 2 * s.padding < s.kernel_height || s.width + 2 * s.padding < s.kernel_width);
    return s;
}

static void describe(const ml_conv *s, const char *what, char text[160]) {
    snprintf(text, 160, "%s of %zu x %zu x %zu x %zu, %zu filters of %zu x %zu, stride %zu, padding %zu", what, s->n,
             s->height, s->width, s->channels, s->filters, s->kernel_height, s->kernel_width, s->stride, s->padding);
}

typedef struct case_of_conv {
    ml_conv s;
    size_t inputs, weights, outputs, pooled;
    float *x, *weight, *bias, *dy;
} case_of_conv;

static case_of_conv new_case(ml_conv s, uint64_t stream) {
    const size_t rows = ml_conv_rows(&s), columns = ml_conv_columns(&s);
    case_of_conv c = {s,
                      s.n * s.height * s.width * s.channels,
                      s.kernel_height * s.kernel_width * s.channels * s.filters,
                      s.n * rows * columns * s.filters,
                      s.n * (rows / 2) * (columns / 2) * s.filters,
                      NULL,
                      NULL,
                      NULL,
                      NULL};
    c.x = random_floats(c.inputs, 10 * stream);
    c.weight = random_floats(c.weights, 10 * stream + 1);
    c.bias = random_floats(s.filters, 10 * stream + 2);
    c.dy = random_floats(c.outputs, 10 * stream + 3);
    return c;
}

static void free_case(case_of_conv *c) {
    free(c->x), free(c->weight), free(c->bias), free(c->dy);
}

static void compare_versions(const case_of_conv *c) {
    const ml_conv *s = &c->s;
    char what[160];
    float *one = filled_with_dirt(c->outputs), *other = filled_with_dirt(c->outputs);
    for (int f = ML_KERNEL_IDENTITY; f <= ML_KERNEL_SIGMOID; f++) {
        const float *bias = f == ML_KERNEL_TANH ? NULL : c->bias;
        ml_kernel_conv2d_scalar(s, c->x, c->weight, bias, (ml_kernel_activation)f, one);
        ml_kernel_conv2d_simd128(s, c->x, c->weight, bias, (ml_kernel_activation)f, other);
        describe(s, "conv2d", what);
        assert_same_and_guarded(one, other, c->outputs, what);
    }
    free(one), free(other);

    one = filled_with_dirt(c->inputs), other = filled_with_dirt(c->inputs);
    ml_kernel_conv2d_backward_input_scalar(s, c->dy, c->weight, one);
    ml_kernel_conv2d_backward_input_simd128(s, c->dy, c->weight, other);
    describe(s, "conv2d_backward_input", what);
    assert_same_and_guarded(one, other, c->inputs, what);
    free(one), free(other);

    one = filled_with_dirt(c->weights), other = filled_with_dirt(c->weights);
    float *bias_one = filled_with_dirt(s->filters), *bias_other = filled_with_dirt(s->filters);
    ml_kernel_conv2d_backward_weight_scalar(s, c->x, c->dy, one, bias_one);
    ml_kernel_conv2d_backward_weight_simd128(s, c->x, c->dy, other, bias_other);
    describe(s, "conv2d_backward_weight", what);
    assert_same_and_guarded(one, other, c->weights, what);
    assert_same_and_guarded(bias_one, bias_other, s->filters, what);
    ml_kernel_conv2d_backward_weight(s, c->x, c->dy, other, NULL);
    assert_same_and_guarded(one, other, c->weights, what);
    free(one), free(other), free(bias_one), free(bias_other);
}

static void test_both_versions_of_conv2d_give_equal_bits(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(3, 0);
    for (uint64_t i = 0; i < 400; i++) {
        case_of_conv c = new_case(random_conv(&rng), i);
        compare_versions(&c);
        free_case(&c);
    }
}

/* More weights than are turned round at a time, more outputs than a list holds; a kernel as large as the image; padding
 * wider than the kernel. */
static const ml_conv unusual[] = {
    {2, 5, 6, 20, 40, 3, 3, 1, 1},   {1, 7, 9, 9, 7, 7, 9, 1, 0},     {1, 3, 4, 5, 6, 1, 2, 1, 4},
    {1, 24, 30, 4, 5, 22, 25, 1, 0}, {1, 25, 25, 8, 4, 24, 23, 1, 1}, {0, 5, 5, 4, 4, 3, 3, 1, 0},
    {2, 9, 9, 170, 5, 5, 5, 2, 0},   {1, 2, 3, 4, 4, 1, 1, 3, 0},     {3, 13, 13, 8, 16, 3, 3, 1, 0},
    {2, 28, 28, 1, 8, 3, 3, 1, 0},   {1, 40, 40, 1, 4, 3, 3, 1, 0},   {1, 6, 6, 4, 8, 2, 2, 2, 5},
    {2, 9, 8, 1, 5, 3, 1, 1, 0},     {2, 9, 8, 1, 5, 3, 2, 1, 0},     {2, 9, 8, 2, 5, 3, 2, 1, 0},
    {2, 9, 8, 2, 5, 3, 3, 1, 1},     {2, 9, 8, 4, 5, 3, 2, 1, 1},     {2, 9, 8, 1, 5, 5, 5, 1, 1},
    {2, 9, 8, 2, 5, 5, 4, 1, 2},     {1, 50, 50, 8, 4, 3, 3, 1, 1},   {2, 3, 2, 1, 4, 2, 1, 1, 0},
    {1, 4, 40, 8, 70, 3, 3, 1, 1},   {1, 3, 600, 1, 4, 2, 2, 1, 0},   {2, 4, 4, 1, 4, 1, 3, 1, 0},
    {1, 22, 22, 2, 5, 20, 20, 1, 0}, {1, 60, 60, 4, 4, 3, 3, 1, 0}};

static void test_unusual_shapes_give_equal_bits(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof unusual / sizeof *unusual; i++) {
        case_of_conv c = new_case(unusual[i], 1000 + i);
        compare_versions(&c);
        free_case(&c);
    }
}

static void test_conv2d_of_a_small_image_by_hand(void **state) {
    (void)state;
    const float x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, weight[4] = {1, 10, 100, 1000}, bias[1] = {0.5f};
    const ml_conv valid = {1, 3, 3, 1, 1, 2, 2, 1, 0}, padded = {1, 3, 3, 1, 1, 2, 2, 2, 1};
    const float expected[4] = {5421.5f, 6532.5f, 8754.5f, 9865.5f};
    const float expected_padded[4] = {1000, 3200, 7040, 9865}; /* windows that begin at rows and columns -1 and 1 */
    float y[4];
    ml_kernel_conv2d(&valid, x, weight, bias, ML_KERNEL_IDENTITY, y);
    assert_memory_equal(y, expected, sizeof y);
    ml_kernel_conv2d(&padded, x, weight, NULL, ML_KERNEL_IDENTITY, y);
    assert_memory_equal(y, expected_padded, sizeof y);
}

static void test_conv2d_with_a_kernel_of_1_is_a_matrix_product(void **state) {
    (void)state;
    const ml_conv s = {2, 3, 5, 7, 9, 1, 1, 1, 0};
    case_of_conv c = new_case(s, 2);
    float *y = filled_with_dirt(c.outputs), *product = filled_with_dirt(c.outputs);
    ml_kernel_conv2d(&s, c.x, c.weight, c.bias, ML_KERNEL_IDENTITY, y);
    ml_kernel_gemm_nn(30, 9, 7, c.x, 7, c.weight, 9, 0.0f, product, 9);
    ml_kernel_add_row(30, 9, c.bias, product, 9);
    assert_same_and_guarded(y, product, c.outputs, "conv2d and gemm");
    free(y), free(product), free_case(&c);
}

static double inner_product(size_t n, const float *a, const float *b) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

/* conv2d is linear in x and in the weights, so <dy, y> = <dx, x> = <dweight, weight>, and its gradients are right if
 * this holds for whatever dy, x and weights. */
static void test_gradients_of_conv2d_are_its_adjoints(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(4, 0);
    for (uint64_t i = 0; i < 200; i++) {
        case_of_conv c = new_case(random_conv(&rng), i);
        float *y = filled_with_dirt(c.outputs), *dx = filled_with_dirt(c.inputs), *dw = filled_with_dirt(c.weights);
        ml_kernel_conv2d_scalar(&c.s, c.x, c.weight, NULL, ML_KERNEL_IDENTITY, y);
        ml_kernel_conv2d_backward_input_scalar(&c.s, c.dy, c.weight, dx);
        ml_kernel_conv2d_backward_weight_scalar(&c.s, c.x, c.dy, dw, NULL);
        const double of_y = inner_product(c.outputs, c.dy, y);
        const double scale = 1e-5 * (1 + sqrt(inner_product(c.outputs, y, y) * inner_product(c.outputs, c.dy, c.dy)));
        assert_true(fabs(of_y - inner_product(c.inputs, dx, c.x)) < scale);
        assert_true(fabs(of_y - inner_product(c.weights, dw, c.weight)) < scale);
        free(y), free(dx), free(dw), free_case(&c);
    }
}

static void test_padding_is_left_out_even_where_weights_are_infinite(void **state) {
    (void)state;
    const ml_conv s = {1, 2, 2, 4, 4, 3, 3, 1, 1};
    case_of_conv c = new_case(s, 5);
    for (size_t i = 0; i < 4 * 4; i++)
        c.weight[i] = INFINITY; /* the tap in the upper left: only the pixel in the lower right meets it */
    float *y = filled_with_dirt(c.outputs);
    ml_kernel_conv2d(&s, c.x, c.weight, NULL, ML_KERNEL_IDENTITY, y);
    for (size_t i = 0; i < c.outputs; i++)
        assert_true(isfinite(y[i]) == (i < 3 * 4));
    free(y), free_case(&c);
}

/* --- With relu and pool ------------------------------------------------------------------------------------------ */

/* conv2d_relu_pool and its backward against the kernels it stands for, one after another. */
static void compare_with_chain(const case_of_conv *c) {
    const ml_conv *s = &c->s;
    const size_t rows = ml_conv_rows(s), columns = ml_conv_columns(s);
    char what[160];
    describe(s, "conv2d_relu_pool", what);
    float *map = filled_with_dirt(c->outputs), *y = filled_with_dirt(c->pooled);
    uint8_t *index = calloc(c->pooled + 1, 1), *one_index = calloc(c->pooled + 1, 1);
    float *one = filled_with_dirt(c->pooled), *other = filled_with_dirt(c->pooled);
    ml_kernel_conv2d_scalar(s, c->x, c->weight, c->bias, ML_KERNEL_RELU, map);
    ml_kernel_max_pool_scalar(s->n, rows, columns, s->filters, 2, 2, map, y, index);
    ml_kernel_conv2d_relu_pool_scalar(s, c->x, c->weight, c->bias, one, one_index);
    assert_same_and_guarded(y, one, c->pooled, what);
    assert_memory_equal(index, one_index, c->pooled + 1);
    memset(one_index, 0, c->pooled);
    ml_kernel_conv2d_relu_pool_simd128(s, c->x, c->weight, c->bias, other, one_index);
    assert_same_and_guarded(y, other, c->pooled, what);
    assert_memory_equal(index, one_index, c->pooled + 1);

    float *dmap = filled_with_dirt(c->outputs), *dx = filled_with_dirt(c->inputs);
    float *dw = filled_with_dirt(c->weights), *db = filled_with_dirt(s->filters);
    ml_kernel_max_pool_backward_scalar(s->n, rows, columns, s->filters, 2, 2, c->dy, index, dmap);
    ml_kernel_relu_backward_scalar(c->outputs, map, dmap, dmap);
    ml_kernel_conv2d_backward_input_scalar(s, dmap, c->weight, dx);
    ml_kernel_conv2d_backward_weight_scalar(s, c->x, dmap, dw, db);
    float *dx_2 = filled_with_dirt(c->inputs), *dw_2 = filled_with_dirt(c->weights),
          *db_2 = filled_with_dirt(s->filters);
    for (int version = 0; version < 2; version++) {
        (version == 0 ? ml_kernel_conv2d_relu_pool_backward_scalar : ml_kernel_conv2d_relu_pool_backward_simd128)(
            s, c->x, c->weight, y, index, c->dy, dw_2, db_2, dx_2);
        assert_same_and_guarded(dx, dx_2, c->inputs, what);
        assert_same_and_guarded(dw, dw_2, c->weights, what);
        assert_same_and_guarded(db, db_2, s->filters, what);
    }
    memset(dx_2, 0, c->inputs * sizeof *dx_2);
    memset(dw_2, 0, c->weights * sizeof *dw_2);
    ml_kernel_conv2d_relu_pool_backward(s, c->x, c->weight, y, index, c->dy, dw_2, NULL, NULL);
    ml_kernel_conv2d_relu_pool_backward(s, c->x, c->weight, y, index, c->dy, NULL, db_2, NULL);
    assert_same_and_guarded(db, db_2, s->filters, what);
    ml_kernel_conv2d_relu_pool_backward(s, c->x, c->weight, y, index, c->dy, NULL, NULL, dx_2);
    assert_same_and_guarded(dx, dx_2, c->inputs, what);
    assert_same_and_guarded(dw, dw_2, c->weights, what);
    free(map), free(y), free(index), free(one_index), free(one), free(other), free(dmap), free(dx), free(dw), free(db);
    free(dx_2), free(dw_2), free(db_2);
}

static void test_conv2d_relu_pool_and_its_backward_are_the_kernels_in_turn(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(5, 0);
    for (uint64_t i = 0; i < 400;) {
        const ml_conv s = random_conv(&rng);
        if (ml_conv_rows(&s) < 2 || ml_conv_columns(&s) < 2)
            continue;
        case_of_conv c = new_case(s, 2000 + i++);
        compare_with_chain(&c);
        free_case(&c);
    }
    for (size_t i = 0; i < sizeof unusual / sizeof *unusual; i++) {
        if (ml_conv_rows(unusual + i) < 2 || ml_conv_columns(unusual + i) < 2)
            continue;
        case_of_conv c = new_case(unusual[i], 3000 + i);
        compare_with_chain(&c);
        free_case(&c);
    }
}

/* Whole numbers make equals, zeros of both signs and sums of 0. */
static void test_conv2d_relu_pool_takes_the_first_of_equals(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(6, 0);
    for (uint64_t i = 0; i < 100; i++) {
        const ml_conv s = {2, 5 + i % 4, 7, 1 + i % 5, 4 + i % 9, 2, 2, 1, i % 2};
        case_of_conv c = new_case(s, 4000 + i);
        for (size_t j = 0; j < c.inputs; j++)
            c.x[j] = (float)ml_rng_below(&rng, 2);
        for (size_t j = 0; j < c.weights; j++)
            c.weight[j] = (float)ml_rng_below(&rng, 3) - 1.0f;
        for (size_t j = 0; j < s.filters; j++)
            c.bias[j] = -0.0f;
        compare_with_chain(&c);
        free_case(&c);
    }
}

static void test_conv2d_relu_pool_shows_nan(void **state) {
    (void)state;
    const ml_conv s = {1, 3, 3, 1, 4, 2, 2, 1, 0};
    for (size_t at = 0; at < 9; at++) {
        case_of_conv c = new_case(s, 7);
        float one[4], other[4];
        uint8_t index[4], index_2[4];
        c.x[at] = NAN;
        ml_kernel_conv2d_relu_pool_scalar(&s, c.x, c.weight, c.bias, one, index);
        ml_kernel_conv2d_relu_pool_simd128(&s, c.x, c.weight, c.bias, other, index_2);
        for (size_t i = 0; i < 4; i++)
            assert_true(isnan(one[i]) && isnan(other[i]) && index[i] == index_2[i]);
        free_case(&c);
    }
}

/* --- Pooling ----------------------------------------------------------------------------------------------------- */

static void test_both_versions_of_the_pools_give_equal_bits(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(8, 0);
    for (uint64_t i = 0; i < 400; i++) {
        const size_t n = 1 + ml_rng_below(&rng, 3), size = 1 + ml_rng_below(&rng, 5),
                     stride = 1 + ml_rng_below(&rng, 4);
        const size_t height = size + ml_rng_below(&rng, 9), width = size + ml_rng_below(&rng, 9);
        const size_t channels = 1 + ml_rng_below(&rng, 20), inputs = n * height * width * channels;
        const size_t outputs = n * ml_pool_out(height, size, stride) * ml_pool_out(width, size, stride) * channels;
        float *x = random_floats(inputs, i), *dy = random_floats(outputs, i + 1);
        float *y = filled_with_dirt(outputs), *y_2 = filled_with_dirt(outputs);
        float *dx = filled_with_dirt(inputs), *dx_2 = filled_with_dirt(inputs);
        uint8_t *index = calloc(outputs + 1, 1), *index_2 = calloc(outputs + 1, 1);
        if (i % 2 == 0)
            for (size_t j = 0; j < inputs; j++)
                x[j] = (float)(int)x[j]; /* many equals */
        if (i % 5 == 0)
            x[inputs / 2] = NAN;
        ml_kernel_max_pool_scalar(n, height, width, channels, size, stride, x, y, index);
        ml_kernel_max_pool_simd128(n, height, width, channels, size, stride, x, y_2, index_2);
        assert_same_and_guarded(y, y_2, outputs, "max_pool");
        assert_memory_equal(index, index_2, outputs + 1);
        ml_kernel_max_pool_backward_scalar(n, height, width, channels, size, stride, dy, index, dx);
        ml_kernel_max_pool_backward_simd128(n, height, width, channels, size, stride, dy, index, dx_2);
        assert_same_and_guarded(dx, dx_2, inputs, "max_pool_backward");
        ml_kernel_average_pool_scalar(n, height, width, channels, size, stride, x, y);
        ml_kernel_average_pool_simd128(n, height, width, channels, size, stride, x, y_2);
        assert_same_and_guarded(y, y_2, outputs, "average_pool");
        ml_kernel_average_pool_backward_scalar(n, height, width, channels, size, stride, dy, dx);
        ml_kernel_average_pool_backward_simd128(n, height, width, channels, size, stride, dy, dx_2);
        assert_same_and_guarded(dx, dx_2, inputs, "average_pool_backward");
        free(x), free(dy), free(y), free(y_2), free(dx), free(dx_2), free(index), free(index_2);
    }
}

static void test_pools_of_a_small_image_by_hand(void **state) {
    (void)state;
    const float x[9] = {1, 5, 2, 7, 7, 3, 4, 0, 9}, dy[4] = {1, 2, 3, 4}, gradient[9] = {0, 0, 0, 4, 2, 0, 0, 0, 4};
    const float average[4] = {5, 4.25f, 4.5f, 4.75f}, even[9] = {0.25f, 0.75f, 0.5f, 1, 2.5f, 1.5f, 0.75f, 1.75f, 1};
    const float largest[4] = {7, 7, 7, 9};
    const uint8_t where[4] = {2, 2, 0, 3};
    float y[4], dx[9];
    uint8_t index[4];
    ml_kernel_max_pool(1, 3, 3, 1, 2, 1, x, y, index);
    assert_memory_equal(y, largest, sizeof y);
    assert_memory_equal(index, where, sizeof index);
    ml_kernel_max_pool_backward(1, 3, 3, 1, 2, 1, dy, index, dx);
    assert_memory_equal(dx, gradient, sizeof dx);
    ml_kernel_average_pool(1, 3, 3, 1, 2, 1, x, y);
    assert_memory_equal(y, average, sizeof y);
    ml_kernel_average_pool_backward(1, 3, 3, 1, 2, 1, dy, dx);
    assert_memory_equal(dx, even, sizeof dx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_versions_of_conv2d_give_equal_bits),
        cmocka_unit_test(test_unusual_shapes_give_equal_bits),
        cmocka_unit_test(test_conv2d_of_a_small_image_by_hand),
        cmocka_unit_test(test_conv2d_with_a_kernel_of_1_is_a_matrix_product),
        cmocka_unit_test(test_gradients_of_conv2d_are_its_adjoints),
        cmocka_unit_test(test_padding_is_left_out_even_where_weights_are_infinite),
        cmocka_unit_test(test_conv2d_relu_pool_and_its_backward_are_the_kernels_in_turn),
        cmocka_unit_test(test_conv2d_relu_pool_takes_the_first_of_equals),
        cmocka_unit_test(test_conv2d_relu_pool_shows_nan),
        cmocka_unit_test(test_both_versions_of_the_pools_give_equal_bits),
        cmocka_unit_test(test_pools_of_a_small_image_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
