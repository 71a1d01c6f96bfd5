/* Random networks of all operations: for the comparison of plan and tape, and of native code and WebAssembly. */
#ifndef TESTS_RANDOM_NETWORKS_H
#define TESTS_RANDOM_NETWORKS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "autograd/plan.h"
#include "base/rng.h"

enum { NODES = 200, ROWS = 9, FEATURES = 9, WIDEST = 2048, RUNNING = 16 };

static _Alignas(64) unsigned char memory[1 << 22];
static ml_arena arena;
static ml_tape tape;
static ml_rng choice; /* decides what the network is */
static ml_rng mask;   /* dropout's */
static uint8_t label[WIDEST];
static uint32_t row_index[ROWS];
static float running[RUNNING][2][WIDEST]; /* of batch norms: means and variances */
static int32_t n_running;

/* One draw an expression: C leaves open in which order the arguments of a call are computed, and the networks should be
 * the same everywhere. */
static size_t below(size_t n) {
    return (size_t)ml_rng_below(&choice, n);
}

static int32_t leaf(int32_t dimensions, const size_t *size) {
    ml_tensor t;
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = 0.4f * (float)ml_rng_normal(&choice);
    return below(8) == 0 ? ml_tape_constant(&tape, "constant", t) : ml_tape_leaf(&tape, "leaf", t);
}

static const ml_tensor *value(int32_t i) {
    if (i == ML_NO_NODE)
        fail_msg("%s", tape.error.message);
    return &tape.node[i].value;
}

static size_t columns(int32_t i) {
    return value(i)->size[1];
}

/* An earlier node of the same shape, or a new leaf. */
static int32_t same_shape(int32_t i) {
    for (int tries = 0; tries < 6; tries++) {
        const int32_t j = (int32_t)below((size_t)tape.n_nodes);
        if (ml_tensor_same_shape(value(i), value(j)))
            return j;
    }
    return leaf(value(i)->dimensions, value(i)->size);
}

static int32_t activate(int32_t i) {
    switch (below(5)) {
    case 0:
        return ml_tape_relu(&tape, i);
    case 1:
        return ml_tape_tanh(&tape, i);
    case 2:
        return ml_tape_sigmoid(&tape, i);
    case 3:
        return ml_tape_gelu(&tape, i);
    default:
        return i;
    }
}

/* A weight of an earlier layer if there is one that fits, now and then. */
static int32_t weight(size_t in, size_t out) {
    const int32_t j = (int32_t)below((size_t)tape.n_nodes);
    if (value(j)->dimensions == 2 && value(j)->size[0] == in && value(j)->size[1] == out)
        return j;
    return leaf(ML_SHAPE(in, out));
}

static int32_t dense(int32_t i) {
    const size_t out = 1 + below(FEATURES);
    int32_t sum = ml_tape_matmul(&tape, i, weight(columns(i), out));
    if (below(5) > 0) {
        const int32_t bias = below(3) > 0 ? leaf(ML_SHAPE(out)) : below(2) > 0 ? leaf(ML_SHAPE(1, out)) : leaf(0, NULL);
        sum = below(2) > 0 ? ml_tape_add(&tape, sum, bias) : ml_tape_add(&tape, bias, sum);
    }
    return activate(sum);
}

static int32_t two_layers_and_around(int32_t i) {
    const int32_t inner = dense(dense(i)), w = leaf(ML_SHAPE(columns(inner), columns(i)));
    return ml_tape_add(&tape, i, activate(ml_tape_matmul(&tape, inner, w)));
}

static int32_t of_one(int32_t i) {
    switch (below(9)) {
    case 0:
        return ml_tape_scale(&tape, i, 0.7f);
    case 1:
        return ml_tape_absolute(&tape, i);
    case 2:
        return ml_tape_sqrt(&tape, ml_tape_exp(&tape, ml_tape_tanh(&tape, i)));
    case 3:
        return ml_tape_log(&tape, ml_tape_sigmoid(&tape, i));
    case 4:
        return ml_tape_dropout(&tape, i, 0.3f);
    case 5:
        return ml_tape_softmax(&tape, i);
    case 6:
        return ml_tape_log_softmax(&tape, i);
    case 7:
        return ml_tape_tanh(&tape, i);
    default:
        return activate(i);
    }
}

static int32_t of_two(int32_t i) {
    const size_t m = value(i)->size[0], n = columns(i);
    const size_t kind = below(6);
    const int32_t j = kind < 3    ? same_shape(i)
                      : kind == 3 ? leaf(ML_SHAPE(n))
                      : kind == 4 ? leaf(ML_SHAPE(m, 1))
                                  : leaf(0, NULL);
    switch (below(6)) {
    case 0:
        return ml_tape_subtract(&tape, i, j);
    case 1:
        return ml_tape_multiply(&tape, ml_tape_tanh(&tape, j), i);
    case 2:
        return ml_tape_divide(&tape, i, ml_tape_exp(&tape, ml_tape_sigmoid(&tape, j)));
    case 3:
        return ml_tape_maximum(&tape, i, j);
    default:
        return below(2) > 0 ? ml_tape_add(&tape, i, j) : ml_tape_add(&tape, j, i);
    }
}

static int32_t of_shape(int32_t i) {
    const size_t m = value(i)->size[0], n = columns(i);
    switch (below(6)) {
    case 0:
        return ml_tape_transpose(&tape, i);
    case 1:
        return ml_tape_permute(&tape, i, (const int32_t[ML_TENSOR_DIMENSIONS]){1, 0});
    case 2:
        return ml_tape_slice(&tape, i, 1, below(n), n);
    case 3:
        return n < FEATURES ? ml_tape_concatenate(&tape, i, same_shape(i), 1) : i;
    case 4:
        return ml_tape_multiply(&tape, i, ml_tape_sum_to(&tape, ml_tape_tanh(&tape, i), ML_SHAPE(1, n)));
    default:
        return n <= ROWS && m <= FEATURES ? ml_tape_reshape(&tape, i, ML_SHAPE(n, m)) : i;
    }
}

static int32_t normalise(int32_t i) {
    const size_t n = columns(i);
    const int32_t scale = leaf(ML_SHAPE(n)), shift = leaf(ML_SHAPE(n));
    if (below(2) > 0)
        return ml_tape_layer_norm(&tape, i, scale, shift);
    if (n_running == RUNNING || below(3) == 0)
        return ml_tape_batch_norm(&tape, i, scale, shift, NULL, NULL);
    float(*const kept)[WIDEST] = running[n_running++];
    return ml_tape_batch_norm(&tape, i, scale, shift, kept[0], kept[1]);
}

static int32_t embed(void) {
    const size_t m = 1 + below(ROWS);
    for (size_t i = 0; i < m; i++)
        row_index[i] = (uint32_t)below(5);
    return ml_tape_gather(&tape, leaf(ML_SHAPE(5, 1 + below(FEATURES))), row_index, m);
}

/* Attention over one sequence, as a stack of one or two products. */
static int32_t attend(int32_t i) {
    const size_t m = value(i)->size[0], n = columns(i);
    const int32_t stack = n % 2 == 0 ? ml_tape_permute(&tape, ml_tape_reshape(&tape, i, ML_SHAPE(m, 2, n / 2)),
                                                       (const int32_t[ML_TENSOR_DIMENSIONS]){1, 0, 2})
                                     : ml_tape_reshape(&tape, i, ML_SHAPE(1, m, n));
    const int32_t share = ml_tape_softmax(&tape, ml_tape_matmul(&tape, stack, ml_tape_transpose(&tape, stack)));
    const int32_t mixed = ml_tape_matmul(&tape, share, stack);
    return n % 2 == 0
               ? ml_tape_reshape(&tape, ml_tape_permute(&tape, mixed, (const int32_t[]){1, 0, 2, 3}), ML_SHAPE(m, n))
               : ml_tape_reshape(&tape, mixed, ML_SHAPE(m, n));
}

static int32_t convolve(int32_t i) {
    const size_t *size = value(i)->size, padding = below(2), stride = 1 + below(8) / 7;
    const size_t kernel_height = 1 + below(size[1] < 3 ? size[1] : 3),
                 kernel_width = 1 + below(size[2] < 3 ? size[2] : 3);
    const size_t filters = 1 + below(9);
    const int32_t w = leaf(ML_SHAPE(kernel_height, kernel_width, size[3], filters));
    const int32_t bias = below(4) > 0 ? leaf(ML_SHAPE(filters)) : ML_NO_NODE;
    return ml_tape_conv2d(&tape, i, w, bias, stride, padding);
}

static int32_t pool(int32_t i) {
    const size_t *size = value(i)->size;
    if (size[1] < 2 || size[2] < 2)
        return i;
    return below(5) > 0   ? ml_tape_max_pool(&tape, i, 2, 2)
           : below(2) > 0 ? ml_tape_max_pool(&tape, i, 2, 1)
                          : ml_tape_average_pool(&tape, i, 2, 2);
}

/* Images, convolved and flattened. */
static int32_t images(void) {
    const size_t n = 1 + below(3), height = 3 + below(7), width = 3 + below(7), channels = 1 + below(5);
    int32_t i = leaf(ML_SHAPE(n, height, width, channels));
    for (size_t layers = 1 + below(3); layers > 0; layers--) {
        i = convolve(i);
        if (below(4) > 0)
            i = below(4) > 0 ? ml_tape_relu(&tape, i) : activate(i);
        if (below(6) == 0)
            i = ml_tape_add(&tape, i, same_shape(i));
        if (below(4) > 0)
            i = pool(i);
    }
    const size_t *size = value(i)->size;
    return ml_tape_reshape(&tape, i, ML_SHAPE(size[0], size[1] * size[2] * size[3]));
}

static int32_t layer(int32_t i) {
    switch (below(10)) {
    case 0:
        return of_shape(i);
    case 1:
        return normalise(i);
    case 2:
        return two_layers_and_around(i);
    case 3:
        return of_two(i);
    case 4:
        return of_one(i);
    case 5:
        return columns(i) <= FEATURES && value(i)->size[0] <= 2 * ROWS ? attend(i) : i;
    default:
        return dense(i);
    }
}

static int32_t targets(int32_t like, int of_kind) {
    ml_tensor t;
    assert_int_equal(ml_tensor_create(&arena, value(like)->dimensions, value(like)->size, &t, NULL), ML_OK);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = of_kind == 0   ? (float)below(2)
                    : of_kind == 1 ? (float)below(2) * 2.0f - 1.0f
                                   : (float)ml_rng_uniform(&choice);
    return ml_tape_constant(&tape, "y", t);
}

static int32_t loss_of(int32_t i) {
    for (size_t r = 0; r < sizeof label; r++)
        label[r] = (uint8_t)below(columns(i));
    const int32_t other = same_shape(i), log_softmax = ml_tape_log_softmax(&tape, i);
    switch (below(16)) {
    case 0:
        return ml_tape_cross_entropy_smooth(&tape, i, label, 0.1f);
    case 1:
        return ml_tape_focal(&tape, i, targets(i, 0), 2.0f);
    case 2:
        return ml_tape_hinge(&tape, i, targets(i, 1));
    case 3:
        return ml_tape_kl(&tape, log_softmax, targets(i, 2));
    case 4:
        return ml_tape_mae(&tape, i, other);
    case 5:
        return ml_tape_huber(&tape, i, other, 0.5f);
    case 6:
        return ml_tape_pinball(&tape, i, other, 0.8f);
    case 7:
        return ml_tape_triplet(&tape, i, other, same_shape(i), 0.2f);
    case 8:
        return ml_tape_sampled_softmax(&tape, i, other, NULL);
    case 9:
        return ml_tape_mean(&tape, i);
    case 10:
        return ml_tape_mse(&tape, other, i);
    case 11:
    case 12:
        return ml_tape_mse(&tape, i, targets(i, 2));
    case 13:
        return ml_tape_binary_cross_entropy(&tape, i, targets(i, 2));
    default:
        return ml_tape_cross_entropy(&tape, i, label);
    }
}

/* Returns the loss; some of the networks weigh in the weights too. */
static int32_t make_network(uint64_t seed) {
    arena = ml_arena_over(memory, sizeof memory);
    choice = ml_rng_seed(seed, 0);
    n_running = 0;
    assert_int_equal(ml_tape_init(&tape, NODES, &arena, NULL), ML_OK);
    tape.rng = &mask;
    tape.training = below(8) > 0;
    const size_t kind = below(4);
    const size_t m = 1 + below(ROWS), n = 1 + below(FEATURES);
    int32_t i = kind == 0 ? images() : kind == 1 ? embed() : leaf(ML_SHAPE(m, n));
    for (size_t layers = below(7); layers > 0; layers--)
        i = layer(i);
    int32_t loss = loss_of(i);
    if (below(5) == 0) {
        const int32_t w = same_shape(i);
        loss = ml_tape_add(&tape, loss, ml_tape_scale(&tape, ml_tape_sum(&tape, ml_tape_multiply(&tape, w, w)), 0.01f));
    }
    if (tape.status != ML_OK)
        fail_msg("network %d: %s", (int)seed, tape.error.message);
    return loss;
}

/* --- What is done with them --------------------------------------------------------------------------------------- */

/* Back to where every run starts: the masks and the running averages. */
static void rewind_state(void) {
    mask = ml_rng_seed(1, 2);
    for (int32_t r = 0; r < RUNNING; r++)
        for (size_t j = 0; j < WIDEST; j++) {
            running[r][0][j] = 0.1f;
            running[r][1][j] = 0.9f;
        }
}

static bool is_given(int32_t i) {
    return tape.node[i].operation == ML_OP_LEAF || tape.node[i].operation == ML_OP_CONSTANT;
}

static bool is_ancestor[NODES];

static void find_ancestors(int32_t output) {
    memset(is_ancestor, 0, sizeof is_ancestor);
    is_ancestor[output] = true;
    for (int32_t i = output; i >= 0; i--)
        for (int which = 0; is_ancestor[i] && which < ML_PARENTS; which++)
            if (tape.node[i].parent[which] != ML_NO_NODE)
                is_ancestor[tape.node[i].parent[which]] = true;
}

static bool all_finite(const float *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

#endif
