/* One random operation after another, each on leaves of random shapes, away from where it has no slope: for the gradient
 * checks and for the parity of native code and WebAssembly. */
#ifndef TESTS_RANDOM_OPERATIONS_H
#define TESTS_RANDOM_OPERATIONS_H

#include "unit/autograd/tape_fixture.h"

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
    for (size_t i = 0; i < sizeof label; i++) /* one for each row there may be: m is at most as many */
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

#endif
