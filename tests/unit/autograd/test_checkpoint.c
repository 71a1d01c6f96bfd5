/* Segments whose values are computed twice: the same bits in less memory. */
#include "unit/autograd/tape_fixture.h"

#include <stdlib.h>

enum { BATCH = 16, WIDTH = 24 };

/* A deep network with everything that could differ the second time: dropout, running averages, labels. */
typedef struct deep {
    ml_arena arena;
    ml_tape tape;
    ml_rng rng, masks;
    uint8_t label[BATCH];
    float mean[WIDTH], variance[WIDTH];
    int32_t loss, layers;
} deep;

static ml_tensor numbers(deep *net, int32_t dimensions, const size_t *size, float scale, float shift) {
    ml_tensor t = {0};
    assert_int_equal(ml_tensor_create(&net->arena, dimensions, size, &t, NULL), ML_OK);
    for (size_t i = 0; i < ml_tensor_count(&t); i++)
        t.data[i] = scale * (float)ml_rng_normal(&net->rng) + shift;
    return t;
}

static int32_t layer(deep *net, int32_t h, int32_t index) {
    const int32_t w = ml_tape_leaf(&net->tape, "w", numbers(net, ML_SHAPE(WIDTH, WIDTH), 0.3f, 0));
    h = ml_tape_tanh(&net->tape, ml_tape_matmul(&net->tape, h, w));
    if (index % 3 == 1)
        h = ml_tape_dropout(&net->tape, h, 0.25f);
    if (index % 3 == 2) {
        const int32_t scale = ml_tape_leaf(&net->tape, "scale", numbers(net, ML_SHAPE(WIDTH), 0.1f, 1)),
                      shift = ml_tape_leaf(&net->tape, "shift", numbers(net, ML_SHAPE(WIDTH), 0.1f, 0));
        h = ml_tape_batch_norm(&net->tape, h, scale, shift, net->mean, net->variance);
    }
    return h;
}

/* `segment` layers in a segment; 0: no checkpointing. All leaves are drawn in the same order. */
static void build(deep *net, int32_t layers, int32_t segment, size_t workspace, void *room, size_t bytes) {
    memset(net, 0, sizeof *net);
    net->arena = ml_arena_over(room, bytes);
    net->rng = ml_rng_seed(1, 0);
    net->masks = ml_rng_seed(1, 1);
    net->layers = layers;
    assert_int_equal(ml_tape_init(&net->tape, 5 * layers + 10, &net->arena, NULL), ML_OK);
    net->tape.rng = &net->masks;
    for (size_t i = 0; i < BATCH; i++)
        net->label[i] = (uint8_t)(i % WIDTH);
    if (segment > 0)
        assert_int_equal(ml_tape_checkpoint_workspace(&net->tape, workspace, NULL), ML_OK);
    int32_t h = ml_tape_leaf(&net->tape, "x", numbers(net, ML_SHAPE(BATCH, WIDTH), 1, 0));
    for (int32_t i = 0; i < layers; i++) {
        if (segment > 0 && i % segment == 0)
            ml_tape_checkpoint_begin(&net->tape);
        h = layer(net, h, i);
        if (segment > 0 && i % segment == segment - 1)
            h = ml_tape_checkpoint_end(&net->tape);
    }
    net->loss = ml_tape_cross_entropy(&net->tape, h, net->label);
}

static void step(deep *net) {
    ml_error error = {""};
    if (ml_tape_backward(&net->tape, net->loss, &error) != ML_OK)
        fail_msg("%s", error.message);
    for (int32_t i = 0; i < net->tape.n_nodes; i++) {
        const ml_node *node = &net->tape.node[i];
        for (size_t j = 0; node->operation == ML_OP_LEAF && j < ml_tensor_count(&node->value); j++)
            node->value.data[j] -= 0.1f * node->gradient.data[j];
    }
    ml_tape_zero_gradients(&net->tape);
    assert_int_equal(ml_tape_forward(&net->tape, &error), ML_OK);
}

static void assert_same_bits(const deep *a, const deep *b) {
    assert_int_equal(a->tape.n_nodes, b->tape.n_nodes);
    assert_memory_equal(a->tape.node[a->loss].value.data, b->tape.node[b->loss].value.data, sizeof(float));
    assert_memory_equal(a->mean, b->mean, sizeof a->mean);
    assert_memory_equal(a->variance, b->variance, sizeof a->variance);
    assert_memory_equal(&a->masks, &b->masks, sizeof a->masks);
    for (int32_t i = 0; i < a->tape.n_nodes; i++) {
        const ml_node *one = &a->tape.node[i], *other = &b->tape.node[i];
        if (one->operation == ML_OP_LEAF)
            assert_memory_equal(one->value.data, other->value.data, ml_tensor_count(&one->value) * sizeof(float));
    }
}

enum { ROOM = 1 << 22 };

static void test_training_gives_the_same_bits_with_and_without_segments(void **state) {
    (void)state;
    void *room[2] = {malloc(ROOM), malloc(ROOM)};
    deep plain, cut;
    for (int32_t segment = 1; segment <= 6; segment++) { /* of 12 layers: 1, 2, 3, 4, 6 divide them */
        if (12 % segment != 0)
            continue;
        build(&plain, 12, 0, 0, room[0], ROOM);
        build(&cut, 12, segment, 200000, room[1], ROOM);
        assert_same_bits(&plain, &cut);
        for (int i = 0; i < 5; i++) {
            step(&plain);
            step(&cut);
            assert_same_bits(&plain, &cut);
        }
    }
    free(room[0]);
    free(room[1]);
}

/* What the arena holds besides the nodes and the leaves. */
static size_t activations(const deep *net) {
    size_t leaves = 0;
    for (int32_t i = 0; i < net->tape.n_nodes; i++)
        if (net->tape.node[i].operation == ML_OP_LEAF)
            leaves += 2 * ml_tensor_count(&net->tape.node[i].value) * sizeof(float);
    return net->arena.used - leaves - (size_t)net->tape.capacity * sizeof(ml_node);
}

static void test_memory_shrinks_to_about_the_square_root(void **state) {
    (void)state;
    void *room[2] = {malloc(ROOM), malloc(ROOM)};
    deep plain, cut, probe;
    build(&plain, 81, 0, 0, room[0], ROOM);
    build(&probe, 9, 9, 200000, room[1], ROOM);
    const size_t workspace = probe.tape.workspace.used; /* what one segment takes */
    build(&cut, 81, 9, workspace, room[1], ROOM);
    step(&plain);
    step(&cut);
    assert_same_bits(&plain, &cut);
    /* 81 layers take 81 shares; 9 in the workspace and 9 outputs, each less than a share, are 18 at most. */
    assert_true(activations(&cut) * 81 <= activations(&plain) * 18);
    free(room[0]);
    free(room[1]);
}

static void test_neither_walk_allocates(void **state) {
    (void)state;
    void *room = malloc(ROOM);
    deep net;
    build(&net, 12, 4, 200000, room, ROOM);
    const size_t used = net.arena.used;
    for (int i = 0; i < 3; i++)
        step(&net);
    assert_int_equal(net.arena.used, used);
    free(room);
}

static void test_an_output_inside_a_segment_and_the_gradient_check_work(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(2, 0);
    double worst = -1;
    assert_int_equal(ml_tape_checkpoint_workspace(&tape, 4096, NULL), ML_OK);
    const int32_t x = ml_tape_leaf(&tape, "x", random_tensor(ML_SHAPE(3), 0, &rng));
    ml_tape_checkpoint_begin(&tape);
    const int32_t first = ml_tape_sum(&tape, ml_tape_tanh(&tape, x));
    ml_tape_sigmoid(&tape, first);
    const int32_t end = ml_tape_checkpoint_end(&tape);
    ml_tape_checkpoint_begin(&tape);
    const int32_t doubled = ml_tape_scale(&tape, end, 2);
    const int32_t loss = ml_tape_exp(&tape, doubled);
    assert_int_equal(ml_tape_checkpoint_end(&tape), loss);
    assert_int_equal(ml_tape_check_gradient(&tape, loss, x, 1e-2f, &worst, NULL), ML_OK);
    assert_true(worst < 2e-3);
    assert_int_equal(ml_tape_check_gradient(&tape, first, x, 1e-2f, &worst, NULL), ML_OK);
    assert_true(worst < 2e-3);
    float by_steps[3];
    memcpy(by_steps, tape.node[x].gradient.data, sizeof by_steps);
    ml_tape_zero_gradients(&tape);
    assert_int_equal(ml_tape_backward_begin(&tape, first, NULL), ML_OK);
    for (int32_t i = first; i >= 0; i--)
        ml_tape_backward_node(&tape, i);
    assert_memory_equal(tape.node[x].gradient.data, by_steps, sizeof by_steps);
}

static void test_what_goes_wrong_is_told_in_a_sentence(void **state) {
    (void)state;
    float x[100] = {0};
    ml_error error;
#define WORKSPACE() assert_int_equal(ml_tape_checkpoint_workspace(&tape, 1000, NULL), ML_OK)
#define LEAF()      ml_tape_leaf(&tape, "x", ml_tensor_over(x, ML_SHAPE(100)))
    ml_tape_checkpoint_begin(&tape);
    assert_refused(0, ML_EINVAL, "checkpoint: there is no workspace; take one with ml_tape_checkpoint_workspace");
    WORKSPACE();
    assert_int_equal(ml_tape_checkpoint_workspace(&tape, 1000, &error), ML_EINVAL);
    assert_string_equal(error.message, "checkpoint: the tape has a workspace already, of 1000 bytes");
    ml_tape_checkpoint_begin(&tape);
    ml_tape_checkpoint_begin(&tape);
    assert_refused(0, ML_EINVAL, "checkpoint: a segment is open; end it before the next begins");
    WORKSPACE();
    ml_tape_checkpoint_begin(&tape);
    const int32_t leaf = LEAF();
    assert_refused(leaf, ML_EINVAL, "checkpoint: a segment is open; end it with ml_tape_checkpoint_end");
    WORKSPACE();
    ml_tape_checkpoint_begin(&tape);
    LEAF();
    assert_refused(ml_tape_checkpoint_end(&tape), ML_EINVAL,
                   "checkpoint: no segment is open, or it does not end with something computed");
    assert_refused(ml_tape_checkpoint_end(&tape), ML_EINVAL,
                   "checkpoint: no segment is open, or it does not end with something computed");

    WORKSPACE();
    ml_tape_checkpoint_begin(&tape);
    const int32_t sum = ml_tape_sum(&tape, LEAF());
    ml_tape_tanh(&tape, sum);
    ml_tape_checkpoint_end(&tape);
    assert_refused(ml_tape_exp(&tape, sum), ML_EINVAL,
                   "exp: node 1 is inside a checkpointed segment, of which only the last node can be used");
    WORKSPACE();
    ml_tape_checkpoint_begin(&tape);
    const int32_t a = LEAF();
    const size_t used = tape.workspace.used, used_outside = arena.used;
    assert_int_equal(ml_tape_tanh(&tape, ml_tape_tanh(&tape, a)), ML_NO_NODE); /* 400 bytes thrice */
    assert_int_equal(tape.n_nodes, 2);
    assert_true(tape.workspace.used >= used + 800 && tape.workspace.used < 1000);
    assert_int_equal(arena.used, used_outside);
    assert_refused(0, ML_ENOMEM, "create: a tensor of 100 floats does not fit in the memory that is left");
    assert_int_equal(ml_tape_checkpoint_workspace(&tape, sizeof memory, &error), ML_ENOMEM);
    assert_string_equal(error.message,
                        "checkpoint: a workspace of 262144 bytes does not fit in the memory that is left");
#undef WORKSPACE
#undef LEAF
}

/* The last node's own place is taken when the segment ends, and may not be there. */
static void test_an_output_that_does_not_fit_leaves_the_arena_as_it_was(void **state) {
    (void)state;
    static float x[12000];
    assert_int_equal(ml_tape_checkpoint_workspace(&tape, 100000, NULL), ML_OK);
    const int32_t a = ml_tape_leaf(&tape, "x", ml_tensor_over(x, ML_SHAPE(12000)));
    ml_tape_checkpoint_begin(&tape);
    ml_tape_tanh(&tape, a);
    assert_non_null(ml_arena_alloc(&arena, arena.capacity - arena.used - 60000, 1)); /* for the value, not both */
    const size_t used = arena.used;
    assert_int_equal(ml_tape_checkpoint_end(&tape), ML_NO_NODE);
    assert_int_equal(arena.used, used);
    assert_refused(0, ML_ENOMEM, "create: a tensor of 12000 floats does not fit in the memory that is left");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_training_gives_the_same_bits_with_and_without_segments, setup),
        cmocka_unit_test_setup(test_memory_shrinks_to_about_the_square_root, setup),
        cmocka_unit_test_setup(test_neither_walk_allocates, setup),
        cmocka_unit_test_setup(test_an_output_inside_a_segment_and_the_gradient_check_work, setup),
        cmocka_unit_test_setup(test_what_goes_wrong_is_told_in_a_sentence, setup),
        cmocka_unit_test_setup(test_an_output_that_does_not_fit_leaves_the_arena_as_it_was, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
