/* Every operation of the tape against PyTorch and against central differences. */
#include "unit/autograd/tape_fixture.h"

#include "golden/autograd_golden.h"

/* --- Golden ------------------------------------------------------------------------------------------------------- */

static const uint8_t golden_labels[4] = {2, 0, 1, 2};
static const uint32_t golden_rows[5] = {3, 0, 3, 1, 3};
static const float golden_log_q[4] = {-1.5f, -0.25f, -3.0f, -2.0f};
static float golden_soft[6] = {1, 0, 0.25f, 0, 1, 1}, golden_hard[6] = {1, 0, 0, 0, 1, 1},
             golden_signs[6] = {1, -1, -1, -1, 1, 1}, golden_shares[6] = {0.5f, 0.25f, 0.25f, 0, 0.125f, 0.875f};
static float running_mean[5], running_variance[5];

static int32_t constant_2x3(float *x) {
    return ml_tape_constant(&tape, "y", ml_tensor_over(x, ML_SHAPE(2, 3)));
}

static int32_t batch_norm(const int32_t *x) {
    memcpy(running_mean, golden_running_mean, sizeof running_mean);
    memcpy(running_variance, golden_running_variance, sizeof running_variance);
    return ml_tape_batch_norm(&tape, x[0], x[1], x[2], running_mean, running_variance);
}

/* An operation of autograd.py whose elements are weighted there; ML_NO_NODE for another name. x is the leaves. */
static int32_t golden_operation(const char *name, const int32_t *x) {
    static const int32_t order[4] = {3, 0, 2, 1};
    typedef int32_t of_one(ml_tape *, int32_t);
    typedef int32_t of_two(ml_tape *, int32_t, int32_t);
    static const struct {
        const char *name;
        of_one *one;
        of_two *two;
    } simple[] = {
        {"add", NULL, ml_tape_add},           {"subtract", NULL, ml_tape_subtract},
        {"multiply", NULL, ml_tape_multiply}, {"divide", NULL, ml_tape_divide},
        {"maximum", NULL, ml_tape_maximum},   {"absolute", ml_tape_absolute, NULL},
        {"sqrt", ml_tape_sqrt, NULL},         {"relu", ml_tape_relu, NULL},
        {"tanh", ml_tape_tanh, NULL},         {"sigmoid", ml_tape_sigmoid, NULL},
        {"gelu", ml_tape_gelu, NULL},         {"exp", ml_tape_exp, NULL},
        {"log", ml_tape_log, NULL},           {"transpose", ml_tape_transpose, NULL},
        {"sum", ml_tape_sum, NULL},           {"mean", ml_tape_mean, NULL},
        {"matmul", NULL, ml_tape_matmul},     {"batched_matmul", NULL, ml_tape_matmul},
        {"softmax", ml_tape_softmax, NULL},   {"log_softmax", ml_tape_log_softmax, NULL},
    };
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
        if (strcmp(name, simple[i].name) == 0)
            return simple[i].one != NULL ? simple[i].one(&tape, x[0]) : simple[i].two(&tape, x[0], x[1]);
#define IS(text) (strcmp(name, (text)) == 0)
    return IS("scale")                 ? ml_tape_scale(&tape, x[0], -1.75f)
           : IS("permute")             ? ml_tape_permute(&tape, x[0], order)
           : IS("reshape")             ? ml_tape_reshape(&tape, x[0], ML_SHAPE(3, 4))
           : IS("slice")               ? ml_tape_slice(&tape, x[0], 1, 1, 4)
           : IS("concatenate")         ? ml_tape_concatenate(&tape, x[0], x[1], 1)
           : IS("sum_to")              ? ml_tape_sum_to(&tape, x[0], ML_SHAPE(3, 1))
           : IS("gather")              ? ml_tape_gather(&tape, x[0], golden_rows, 5)
           : IS("conv2d")              ? ml_tape_conv2d(&tape, x[0], x[1], x[2], 1, 1)
           : IS("conv2d_stride")       ? ml_tape_conv2d(&tape, x[0], x[1], ML_NO_NODE, 2, 0)
           : IS("max_pool")            ? ml_tape_max_pool(&tape, x[0], 2, 2)
           : IS("max_pool_overlap")    ? ml_tape_max_pool(&tape, x[0], 3, 1)
           : IS("average_pool")        ? ml_tape_average_pool(&tape, x[0], 2, 1)
           : IS("batch_norm")          ? batch_norm(x)
           : IS("batch_norm_evaluate") ? batch_norm(x)
           : IS("layer_norm")          ? ml_tape_layer_norm(&tape, x[0], x[1], x[2])
                                       : ML_NO_NODE;
}

static int32_t golden_network(const int32_t *x) {
    const int32_t hidden = ml_tape_tanh(&tape, ml_tape_add(&tape, ml_tape_matmul(&tape, x[0], x[1]), x[2]));
    return ml_tape_cross_entropy(&tape, ml_tape_matmul(&tape, hidden, x[3]), golden_labels);
}

/* A loss of autograd.py. */
static int32_t golden_loss(const char *name, const int32_t *x) {
    return IS("cross_entropy")          ? ml_tape_cross_entropy(&tape, x[0], golden_labels)
           : IS("cross_entropy_smooth") ? ml_tape_cross_entropy_smooth(&tape, x[0], golden_labels, 0.1f)
           : IS("sampled_softmax")      ? ml_tape_sampled_softmax(&tape, x[0], x[1], golden_log_q)
           : IS("binary_cross_entropy") ? ml_tape_binary_cross_entropy(&tape, x[0], constant_2x3(golden_soft))
           : IS("focal")                ? ml_tape_focal(&tape, x[0], constant_2x3(golden_hard), 2)
           : IS("hinge")                ? ml_tape_hinge(&tape, x[0], constant_2x3(golden_signs))
           : IS("kl")                   ? ml_tape_kl(&tape, x[0], constant_2x3(golden_shares))
           : IS("mse")                  ? ml_tape_mse(&tape, x[0], x[1])
           : IS("mae")                  ? ml_tape_mae(&tape, x[0], x[1])
           : IS("huber")                ? ml_tape_huber(&tape, x[0], x[1], 0.75f)
           : IS("pinball")              ? ml_tape_pinball(&tape, x[0], x[1], 0.9f)
           : IS("triplet")              ? ml_tape_triplet(&tape, x[0], x[1], x[2], 1)
           : IS("network")              ? golden_network(x)
                                        : ML_NO_NODE;
}
#undef IS

/* 1e-5 of a figure; of figures near 0, a millionth. */
static int near(double got, double expected) {
    return fabs(got - expected) <= 1e-5 * fabs(expected) + 1e-6;
}

static void compare_with(const golden_case *golden) {
    int32_t x[4];
    for (int32_t l = 0; l < golden->n_leaves; l++) {
        const ml_tensor value = new_tensor(golden->leaf[l].dimensions, golden->leaf[l].size);
        memcpy(value.data, golden->leaf[l].value, ml_tensor_count(&value) * sizeof(float));
        x[l] = ml_tape_leaf(&tape, "x", value);
    }
    tape.training = strcmp(golden->name, "batch_norm_evaluate") != 0;
    int32_t output = golden_operation(golden->name, x);
    output = output != ML_NO_NODE ? ml_tape_sum(&tape, ml_tape_multiply(&tape, output, x[golden->n_leaves - 1]))
                                  : golden_loss(golden->name, x);
    ml_error error = {""};
    if (ml_tape_backward(&tape, output, &error) != ML_OK)
        fail_msg("%s: %s", golden->name, error.message);
    if (!near((double)tape.node[output].value.data[0], golden->output))
        fail_msg("%s: the output is %.9g, not %.9g", golden->name, (double)tape.node[output].value.data[0],
                 golden->output);
    for (int32_t l = 0; l < golden->n_leaves; l++) {
        const ml_tensor *gradient = &tape.node[x[l]].gradient;
        for (size_t i = 0; i < ml_tensor_count(gradient); i++)
            if (!near((double)gradient->data[i], (double)golden->leaf[l].gradient[i]))
                fail_msg("%s: gradient %zu of leaf %d is %.9g, not %.9g", golden->name, i, l, (double)gradient->data[i],
                         (double)golden->leaf[l].gradient[i]);
    }
}

static void test_values_and_gradients_are_those_of_pytorch(void **state) {
    for (size_t c = 0; c < sizeof golden_cases / sizeof *golden_cases; c++) {
        setup(state);
        compare_with(&golden_cases[c]);
        if (strcmp(golden_cases[c].name, "batch_norm") == 0)
            for (size_t j = 0; j < 5; j++) {
                assert_true(near((double)running_mean[j], (double)golden_moved_mean[j]));
                assert_true(near((double)running_variance[j], (double)golden_moved_variance[j]));
            }
    }
}

/* --- Central differences ------------------------------------------------------------------------------------------ */

static ml_rng draws;

static size_t between(size_t from, size_t to) {
    return from + (size_t)ml_rng_below(&draws, to - from + 1);
}

static int32_t leaf(int32_t dimensions, const size_t *size) {
    return ml_tape_leaf(&tape, "x", random_tensor(dimensions, size, 0, &draws));
}

static int32_t positive_leaf(int32_t dimensions, const size_t *size) {
    return ml_tape_leaf(&tape, "x", random_tensor(dimensions, size, 1, &draws));
}

/* Whole multiples of 0.2 between -1.6 and 1.6, plus `shift`: two such leaves with shifts of 0 and 0.1 are nowhere
 * nearer than 0.1 to each other. */
static int32_t leaf_on_grid(int32_t dimensions, const size_t *size, float shift) {
    const ml_tensor t = new_tensor(dimensions, size);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = 0.2f * ((float)ml_rng_below(&draws, 17) - 8.0f) + shift;
    return ml_tape_leaf(&tape, "x", t);
}

/* All different by `apart` at least, in random order: no maximum changes place, and no row is nearly constant. */
static int32_t leaf_of_different_numbers(int32_t dimensions, const size_t *size, float apart) {
    const ml_tensor t = new_tensor(dimensions, size);
    uint32_t order[600];
    const size_t n = ml_tensor_count(&t);
    assert_in_range(n, 1, 600);
    ml_rng_permutation(&draws, n, order);
    for (size_t i = 0; i < n; i++)
        t.data[i] = apart * ((float)order[i] - 0.5f * (float)n);
    return ml_tape_leaf(&tape, "x", t);
}

static int32_t constant_of(float (*draw)(void), size_t m, size_t n) {
    const ml_tensor t = new_tensor(ML_SHAPE(m, n));
    for (size_t i = 0; i < m * n; i++)
        t.data[i] = draw();
    return ml_tape_constant(&tape, "y", t);
}

static float draw_share(void) {
    return (float)ml_rng_uniform(&draws);
}

static float draw_bit(void) {
    return (float)ml_rng_below(&draws, 2);
}

static float draw_sign(void) {
    return ml_rng_below(&draws, 2) == 0 ? -1.0f : 1.0f;
}

/* The second of two operands: of the first one's shape, a row, a column or a single number. */
static int32_t second_operand(int32_t (*make)(int32_t, const size_t *), const size_t *size) {
    const size_t row[1] = {size[2]}, column[2] = {size[1], 1};
    switch (ml_rng_below(&draws, 4)) {
    case 0:
        return make(3, size);
    case 1:
        return make(1, row);
    case 2:
        return make(2, column);
    default:
        return make(0, NULL);
    }
}

static int32_t grid_with_shift(int32_t dimensions, const size_t *size) {
    return leaf_on_grid(dimensions, size, 0.1f);
}

/* Triplets none of whose rows is near the corner of the loss. */
static int32_t random_triplet(size_t m, size_t d, float margin) {
    const size_t size[2] = {m, d};
    ml_tensor t[3];
    double nearest;
    do {
        for (int which = 0; which < 3; which++)
            t[which] = random_tensor(2, size, 0, &draws);
        nearest = INFINITY;
        for (size_t i = 0; i < m; i++) {
            double cost = (double)margin;
            for (size_t j = i * d; j < (i + 1) * d; j++) {
                const float to_positive = t[0].data[j] - t[1].data[j], to_negative = t[0].data[j] - t[2].data[j];
                cost += (double)(to_positive * to_positive - to_negative * to_negative);
            }
            nearest = fabs(cost) < nearest ? fabs(cost) : nearest;
        }
    } while (nearest < 0.3);
    const int32_t a = ml_tape_leaf(&tape, "a", t[0]), p = ml_tape_leaf(&tape, "p", t[1]),
                  n = ml_tape_leaf(&tape, "n", t[2]);
    return ml_tape_triplet(&tape, a, p, n, margin);
}

static int32_t random_conv2d(void) {
    const size_t kh = between(1, 3), kw = between(1, 3), padding = between(0, 2), channels = between(1, 3),
                 filters = between(1, 5);
    const size_t images[4] = {between(1, 2), kh + between(0, 3), kw + between(0, 3), channels};
    const int32_t x = leaf(4, images), w = leaf(ML_SHAPE(kh, kw, channels, filters));
    const int32_t bias = ml_rng_below(&draws, 3) == 0 ? ML_NO_NODE : leaf(ML_SHAPE(filters));
    const size_t stride = between(1, 2);
    return ml_tape_conv2d(&tape, x, w, bias, stride, padding);
}

static int32_t random_pool(ml_operation of) {
    const size_t window = between(1, 3), stride = between(1, 3);
    const size_t images[4] = {between(1, 2), window + between(0, 4), window + between(0, 4), between(1, 4)};
    const int32_t x = leaf_of_different_numbers(4, images, 0.1f);
    return of == ML_OP_MAX_POOL ? ml_tape_max_pool(&tape, x, window, stride)
                                : ml_tape_average_pool(&tape, x, window, stride);
}

static int32_t random_permute(void) {
    uint32_t order[4];
    ml_rng_permutation(&draws, 4, order);
    const int32_t dimensions[4] = {(int32_t)order[0], (int32_t)order[1], (int32_t)order[2], (int32_t)order[3]};
    return ml_tape_permute(&tape, leaf(ML_SHAPE(between(1, 3), between(1, 3), between(1, 3), between(1, 3))),
                           dimensions);
}

static int32_t random_slice(const size_t *size) {
    const int32_t dimension = (int32_t)ml_rng_below(&draws, 3);
    const size_t from = (size_t)ml_rng_below(&draws, size[dimension]), to = between(from + 1, size[dimension]);
    return ml_tape_slice(&tape, leaf(3, size), dimension, from, to);
}

static int32_t random_concatenate(const size_t *size) {
    const int32_t dimension = (int32_t)ml_rng_below(&draws, 3);
    size_t other[3] = {size[0], size[1], size[2]};
    other[dimension] = between(1, 3);
    const int32_t a = leaf(3, size), b = leaf(3, other);
    return ml_tape_concatenate(&tape, a, b, dimension);
}

static int32_t random_matmul(void) {
    const size_t m = between(1, 5), k = between(1, 6), n = between(1, 9), b = between(1, 3), c = between(1, 2);
    const size_t left[4] = {b, c, m, k}, right[4] = {b, c, k, n};
    const size_t skipped = (size_t)ml_rng_below(&draws, 3); /* leading dimensions that are left out */
    const int32_t x = leaf((int32_t)(4 - skipped), left + skipped), y = leaf((int32_t)(4 - skipped), right + skipped);
    return ml_tape_matmul(&tape, x, y);
}

static int32_t random_sum_to(const size_t *size) {
    const size_t to[3] = {draw_bit() > 0 ? 1 : size[0], draw_bit() > 0 ? 1 : size[1], draw_bit() > 0 ? 1 : size[2]};
    const size_t skipped = to[0] == 1 ? 1 : 0; /* a leading 1 may be left out */
    return ml_tape_sum_to(&tape, leaf(3, size), (int32_t)(3 - skipped), to + skipped);
}

static int32_t random_gather(void) {
    static uint32_t index[8];
    const size_t v = between(1, 5), d = between(1, 6), n = between(1, 8);
    for (size_t i = 0; i < n; i++)
        index[i] = (uint32_t)ml_rng_below(&draws, v);
    return ml_tape_gather(&tape, leaf(ML_SHAPE(v, d)), index, n);
}

static float averages[2][8];

static int32_t random_norm(ml_operation of, int evaluating) {
    const size_t d = between(2, 7), size[3] = {between(1, 3), between(3, 4), d};
    for (size_t j = 0; j < d; j++) {
        averages[0][j] = (float)ml_rng_normal(&draws);
        averages[1][j] = 0.5f + draw_share();
    }
    tape.training = !evaluating;
    const int32_t x = leaf_of_different_numbers(3, size, 0.5f), scale = leaf(ML_SHAPE(d)), shift = leaf(ML_SHAPE(d));
    if (of == ML_OP_LAYER_NORM)
        return ml_tape_layer_norm(&tape, x, scale, shift);
    const int without = !evaluating && draw_bit() > 0;
    return ml_tape_batch_norm(&tape, x, scale, shift, without ? NULL : averages[0], without ? NULL : averages[1]);
}

static float log_q[6];

static int32_t random_sampled_softmax(void) {
    const size_t n = between(1, 6), d = between(1, 4);
    for (size_t i = 0; i < n; i++)
        log_q[i] = -3.0f * draw_share();
    const int32_t user = leaf(ML_SHAPE(n, d)), item = leaf(ML_SHAPE(n, d));
    return ml_tape_sampled_softmax(&tape, user, item, draw_bit() > 0 ? log_q : NULL);
}

/* One operation on random leaves. They are drawn in statements of their own: arguments are evaluated in any order. */
static int32_t random_operation(ml_operation of, ml_rng *masks) {
    static uint8_t label[5];
    const size_t size[3] = {between(1, 2), between(1, 5), between(1, 5)}, m = size[1], n = size[2];
    const float number = 3.0f * draw_share();
    int32_t a, b;
    for (size_t i = 0; i < m; i++)
        label[i] = (uint8_t)ml_rng_below(&draws, n);
    switch (of) {
    case ML_OP_ADD:
        a = leaf(3, size);
        b = second_operand(leaf, size);
        return ml_tape_add(&tape, a, b);
    case ML_OP_SUBTRACT:
        a = second_operand(leaf, size);
        b = leaf(3, size);
        return ml_tape_subtract(&tape, a, b);
    case ML_OP_MULTIPLY:
        a = leaf(3, size);
        b = second_operand(leaf, size);
        return ml_tape_multiply(&tape, a, b);
    case ML_OP_DIVIDE:
        a = leaf(3, size);
        b = second_operand(positive_leaf, size);
        return ml_tape_divide(&tape, a, b);
    case ML_OP_MAXIMUM:
        a = leaf_on_grid(3, size, 0);
        b = second_operand(grid_with_shift, size);
        return ml_tape_maximum(&tape, a, b);
    case ML_OP_SCALE:
        return ml_tape_scale(&tape, leaf(3, size), number - 1.5f);
    case ML_OP_ABSOLUTE:
        return ml_tape_absolute(&tape, leaf(3, size));
    case ML_OP_SQRT:
        return ml_tape_sqrt(&tape, positive_leaf(3, size));
    case ML_OP_RELU:
        return ml_tape_relu(&tape, leaf(3, size));
    case ML_OP_TANH:
        return ml_tape_tanh(&tape, leaf(3, size));
    case ML_OP_SIGMOID:
        return ml_tape_sigmoid(&tape, leaf(3, size));
    case ML_OP_GELU:
        return ml_tape_gelu(&tape, leaf(3, size));
    case ML_OP_EXP:
        return ml_tape_exp(&tape, leaf(3, size));
    case ML_OP_LOG:
        return ml_tape_log(&tape, positive_leaf(3, size));
    case ML_OP_DROPOUT:
        tape.rng = masks;
        return ml_tape_dropout(&tape, leaf(3, size), 0.4f);
    case ML_OP_TRANSPOSE:
        return ml_tape_transpose(&tape, leaf(3, size));
    case ML_OP_PERMUTE:
        return random_permute();
    case ML_OP_RESHAPE:
        return ml_tape_reshape(&tape, leaf(3, size), ML_SHAPE(n, size[0] * m));
    case ML_OP_SLICE:
        return random_slice(size);
    case ML_OP_CONCATENATE:
        return random_concatenate(size);
    case ML_OP_SUM:
        return ml_tape_sum(&tape, leaf(3, size));
    case ML_OP_MEAN:
        return ml_tape_mean(&tape, leaf(3, size));
    case ML_OP_SUM_TO:
        return random_sum_to(size);
    case ML_OP_MATMUL:
        return random_matmul();
    case ML_OP_GATHER:
        return random_gather();
    case ML_OP_CONV2D:
        return random_conv2d();
    case ML_OP_MAX_POOL:
    case ML_OP_AVERAGE_POOL:
        return random_pool(of);
    case ML_OP_SOFTMAX:
        return ml_tape_softmax(&tape, leaf(3, size));
    case ML_OP_LOG_SOFTMAX:
        return ml_tape_log_softmax(&tape, leaf(3, size));
    case ML_OP_BATCH_NORM:
        return random_norm(of, draw_bit() > 0);
    case ML_OP_LAYER_NORM:
        return random_norm(of, 0);
    case ML_OP_CROSS_ENTROPY:
        return ml_tape_cross_entropy(&tape, leaf(ML_SHAPE(m, n)), label);
    case ML_OP_CROSS_ENTROPY_SMOOTH:
        return ml_tape_cross_entropy_smooth(&tape, leaf(ML_SHAPE(m, n)), label, number / 3);
    case ML_OP_SAMPLED_SOFTMAX:
        return random_sampled_softmax();
    case ML_OP_BINARY_CROSS_ENTROPY:
        a = leaf(ML_SHAPE(m, n));
        b = constant_of(draw_share, m, n);
        return ml_tape_binary_cross_entropy(&tape, a, b);
    case ML_OP_FOCAL:
        a = leaf(ML_SHAPE(m, n));
        b = constant_of(draw_bit, m, n);
        return ml_tape_focal(&tape, a, b, number);
    case ML_OP_HINGE:
        a = leaf_on_grid(ML_SHAPE(m, n), 0.1f);
        b = constant_of(draw_sign, m, n);
        return ml_tape_hinge(&tape, a, b);
    case ML_OP_KL:
        a = leaf(ML_SHAPE(m, n));
        b = constant_of(draw_share, m, n);
        return ml_tape_kl(&tape, a, b);
    case ML_OP_MSE:
        a = leaf(3, size);
        b = leaf(3, size);
        return ml_tape_mse(&tape, a, b);
    case ML_OP_MAE:
        a = leaf_on_grid(3, size, 0);
        b = leaf_on_grid(3, size, 0.1f);
        return ml_tape_mae(&tape, a, b);
    case ML_OP_HUBER:
        a = leaf_on_grid(3, size, 0);
        b = leaf_on_grid(3, size, 0.1f);
        return ml_tape_huber(&tape, a, b, 0.6f);
    case ML_OP_PINBALL:
        a = leaf_on_grid(3, size, 0);
        b = leaf_on_grid(3, size, 0.1f);
        return ml_tape_pinball(&tape, a, b, 0.8f);
    case ML_OP_TRIPLET:
        return random_triplet(m, n, number / 3);
    case ML_OP_CONSTANT:
    case ML_OP_LEAF:
    case ML_OPERATIONS:
        break;
    }
    return ML_NO_NODE;
}

static void test_every_operation_passes_the_gradient_check_on_random_shapes(void **state) {
    draws = ml_rng_seed(3, 0);
    for (int round = 0; round < 25; round++)
        for (ml_operation of = ML_OP_ADD; of < ML_OPERATIONS; of++) {
            setup(state);
            ml_rng masks = ml_rng_seed(5, (uint64_t)round);
            const int32_t result = random_operation(of, &masks);
            if (result == ML_NO_NODE)
                fail_msg("%s: %s", ml_operation_name(of), tape.error.message);
            assert_int_equal(tape.node[result].operation, of);
            const int32_t output = weighted_sum(result, &draws);
            int32_t leaves = 0;
            for (int32_t i = 0; i < ML_PARENTS; i++) {
                const int32_t parent = tape.node[result].parent[i];
                if (parent == ML_NO_NODE || tape.node[parent].operation != ML_OP_LEAF)
                    continue;
                double worst = -1;
                ml_error error;
                leaves++;
                if (ml_tape_check_gradient(&tape, output, parent, 1e-2f, &worst, &error) != ML_OK)
                    fail_msg("%s", error.message);
                if (!(worst < 2e-3))
                    fail_msg("%s: leaf %d is off by %g in round %d", ml_operation_name(of), i, worst, round);
            }
            assert_true(leaves >= 1);
        }
}

/* A leaf that takes both places of an operation gets both gradients. */
static void test_every_operation_of_two_adds_the_gradients_of_one_leaf_in_both_places(void **state) {
    draws = ml_rng_seed(4, 0);
    typedef int32_t of_two(ml_tape *, int32_t, int32_t);
    of_two *const operations[] = {ml_tape_add,    ml_tape_subtract, ml_tape_multiply,
                                  ml_tape_divide, ml_tape_matmul,   ml_tape_mse};
    for (size_t f = 0; f < sizeof operations / sizeof *operations; f++) {
        setup(state);
        const int32_t x = positive_leaf(ML_SHAPE(4, 4));
        const int32_t output = weighted_sum(operations[f](&tape, x, x), &draws);
        double worst = -1;
        assert_int_equal(ml_tape_check_gradient(&tape, output, x, 1e-2f, &worst, NULL), ML_OK);
        assert_true(worst < 2e-3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_values_and_gradients_are_those_of_pytorch, setup),
        cmocka_unit_test_setup(test_every_operation_passes_the_gradient_check_on_random_shapes, setup),
        cmocka_unit_test_setup(test_every_operation_of_two_adds_the_gradients_of_one_leaf_in_both_places, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
