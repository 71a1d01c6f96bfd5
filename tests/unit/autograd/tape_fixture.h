/* What the tests of the tape share: one arena, one tape, and leaves made in a line. */
#ifndef TESTS_TAPE_FIXTURE_H
#define TESTS_TAPE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "autograd/autograd.h"
#include "base/math.h"
#include "base/rng.h"

static _Alignas(64) unsigned char memory[1 << 18];
static ml_arena arena;
static ml_tape tape;

static inline int setup(void **state) {
    (void)state;
    arena = ml_arena_over(memory, sizeof memory);
    return ml_tape_init(&tape, 40, &arena, NULL);
}

static inline ml_tensor new_tensor(int32_t dimensions, const size_t *size) {
    ml_tensor t = {0};
    assert_int_equal(ml_tensor_create(&arena, dimensions, size, &t, NULL), ML_OK);
    return t;
}

/* Values away from 0, where relu has no slope, and positive if wanted. */
static inline ml_tensor random_tensor(int32_t dimensions, const size_t *size, int positive, ml_rng *rng) {
    const ml_tensor t = new_tensor(dimensions, size);
    for (size_t i = 0; i < ml_tensor_count(&t); i++) {
        const float z = (float)ml_rng_normal(rng);
        t.data[i] = positive ? fabsf(z) + 0.5f : z + (z < 0 ? -0.1f : 0.1f);
    }
    return t;
}

/* The sum of a node's elements, each with a weight of its own: a gradient that lands on the wrong element shows. */
static inline int32_t weighted_sum(int32_t node, ml_rng *rng) {
    assert_int_not_equal(node, ML_NO_NODE);
    const ml_tensor value = tape.node[node].value, weights = random_tensor(value.dimensions, value.size, 0, rng);
    return ml_tape_sum(&tape, ml_tape_multiply(&tape, node, ml_tape_constant(&tape, "weights", weights)));
}

/* A node that went wrong: backward gives its status and sentence, and what it allocated is given back. */
#define assert_refused(output, expected_status, sentence)                                                              \
    do {                                                                                                               \
        ml_error told = {""};                                                                                          \
        const int32_t refused_output = (output);                                                                       \
        assert_int_equal(ml_tape_backward(&tape, refused_output, &told), (expected_status));                           \
        assert_string_equal(told.message, (sentence));                                                                 \
        setup(NULL);                                                                                                   \
    } while (0)

#endif
