/* What the operations refuse, in which words, and that nothing stays allocated. */
#include "unit/autograd/tape_fixture.h"

static float zeros[600];

static ml_tensor zeros_of(int32_t dimensions, const size_t *size) {
    return ml_tensor_over(zeros, dimensions, size);
}

/* A leaf over zeros, whose gradient is over zeros too: it allocates nothing. */
#define LEAF(...) ml_tape_leaf_over(&tape, "x", zeros_of(ML_SHAPE(__VA_ARGS__)), zeros_of(ML_SHAPE(__VA_ARGS__)))

/* The operation is refused with this status and sentence, and as many bytes are in use as before. */
#define assert_not_done(operation, expected_status, sentence)                                                          \
    do {                                                                                                               \
        const size_t used_before = arena.used;                                                                         \
        const int32_t not_done = (operation);                                                                          \
        assert_int_equal(not_done, ML_NO_NODE);                                                                        \
        assert_int_equal(arena.used, used_before);                                                                     \
        assert_refused(not_done, expected_status, sentence);                                                           \
    } while (0)

static int restart(void **state) {
    memset(zeros, 0, sizeof zeros);
    return setup(state);
}

static void test_elementwise(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    assert_not_done(ml_tape_divide(&tape, LEAF(3, 4), LEAF(5, 2)), ML_ESHAPE,
                    "divide: left is 3×4, right is 5×2; sizes 3 and 5 must be equal or 1");
    assert_not_done(ml_tape_maximum(&tape, LEAF(2, 3), LEAF(2)), ML_ESHAPE,
                    "maximum: left is 2×3, right is 2; sizes 3 and 2 must be equal or 1");
    assert_not_done(ml_tape_dropout(&tape, LEAF(3), 0.5f), ML_EINVAL,
                    "dropout: the tape has no random numbers to train with; set its rng");
    tape.rng = &rng;
    assert_not_done(ml_tape_dropout(&tape, LEAF(3), 1.0f), ML_EINVAL, "dropout: the rate is 1, not in [0, 1)");
    assert_not_done(ml_tape_dropout(&tape, LEAF(3), -0.5f), ML_EINVAL, "dropout: the rate is -0.5, not in [0, 1)");
    assert_not_done(ml_tape_dropout(&tape, LEAF(3), NAN), ML_EINVAL, "dropout: the rate is nan, not in [0, 1)");
    assert_not_done(ml_tape_gelu(&tape, 5), ML_EINVAL, "gelu: there is no node 5 on the tape; it has 0");
    assert_not_done(ml_tape_gelu(&tape, LEAF(1) + 1), ML_EINVAL, "gelu: there is no node 1 on the tape; it has 1");
    assert_not_done(ml_tape_scale(&tape, -2, 1), ML_EINVAL, "scale: there is no node -2 on the tape; it has 0");
    /* ML_NO_NODE is a parent that may be missing only where it says so. */
    assert_not_done(ml_tape_add(&tape, LEAF(3), ML_NO_NODE), ML_EINVAL,
                    "add: there is no node -1 on the tape; it has 1");
    assert_not_done(ml_tape_conv2d(&tape, LEAF(1, 3, 3, 1), ML_NO_NODE, ML_NO_NODE, 1, 0), ML_EINVAL,
                    "conv2d: there is no node -1 on the tape; it has 1");
}

static void test_shapes(void **state) {
    (void)state;
    static const int32_t twice[4] = {0, 2, 2}, beyond[4] = {0, 1, 3}, negative[4] = {0, -1, 2};
    assert_not_done(ml_tape_transpose(&tape, LEAF(3)), ML_ESHAPE,
                    "transpose: needs two dimensions at least, and the tensor has 1");
    assert_not_done(ml_tape_permute(&tape, LEAF(2, 3, 4), twice), ML_EINVAL,
                    "permute: order[2] is 2; each dimension from 0 to 2 must come once");
    assert_not_done(ml_tape_permute(&tape, LEAF(2, 3, 4), beyond), ML_EINVAL,
                    "permute: order[2] is 3; each dimension from 0 to 2 must come once");
    assert_not_done(ml_tape_permute(&tape, LEAF(2, 3, 4), negative), ML_EINVAL,
                    "permute: order[1] is -1; each dimension from 0 to 2 must come once");
    assert_not_done(ml_tape_permute(&tape, 3, twice), ML_EINVAL, "permute: there is no node 3 on the tape; it has 0");
    assert_not_done(ml_tape_reshape(&tape, LEAF(3, 4), ML_SHAPE(5, 2)), ML_ESHAPE,
                    "reshape: 3×4 has 12 elements, 5×2 has 10");
    assert_not_done(ml_tape_reshape(&tape, LEAF(0, 4), ML_SHAPE(SIZE_MAX / 2 + 1, 2)), ML_ESHAPE,
                    "reshape: a tensor of so many elements is beyond any memory"); /* their product is 0 again */
    assert_not_done(ml_tape_reshape(&tape, LEAF(3), 5, NULL), ML_ESHAPE,
                    "reshape: a tensor has 0 to 4 dimensions, not 5");
    assert_not_done(ml_tape_slice(&tape, LEAF(3, 4), 2, 0, 1), ML_ESHAPE,
                    "slice: dimension 2 does not exist; the tensor has 2");
    assert_not_done(ml_tape_slice(&tape, LEAF(3, 4), 1, 3, 5), ML_ESHAPE,
                    "slice: 3 to 5 is no part of dimension 1 of a tensor of 3×4");
    assert_not_done(ml_tape_concatenate(&tape, LEAF(3, 4), LEAF(3, 5), 0), ML_ESHAPE,
                    "concatenate: left is 3×4, right is 3×5; all sizes but that of dimension 0 must be equal");
    assert_not_done(ml_tape_concatenate(&tape, LEAF(3, 4), LEAF(3), 0), ML_ESHAPE,
                    "concatenate: left is 3×4, right is 3; all sizes but that of dimension 0 must be equal");
    assert_not_done(ml_tape_concatenate(&tape, LEAF(3, 4), LEAF(3, 4), 2), ML_ESHAPE,
                    "concatenate: dimension 2 does not exist; the tensor has 2");
    assert_not_done(ml_tape_mean(&tape, LEAF(0, 4)), ML_ESHAPE, "mean: there is nothing to take the mean of");
    assert_not_done(ml_tape_sum_to(&tape, LEAF(3, 4), ML_SHAPE(3)), ML_ESHAPE,
                    "sum_to: 3×4 cannot be summed to 3; each size must be a's or 1");
    assert_not_done(ml_tape_sum_to(&tape, LEAF(3), ML_SHAPE(1, 3)), ML_ESHAPE,
                    "sum_to: 3 cannot be summed to 1×3; each size must be a's or 1");
    assert_not_done(ml_tape_sum_to(&tape, LEAF(3), -1, NULL), ML_ESHAPE,
                    "sum_to: a tensor has 0 to 4 dimensions, not -1");
}

static void test_products_and_tables(void **state) {
    (void)state;
    const uint32_t index[3] = {0, 5, 1};
    assert_not_done(ml_tape_matmul(&tape, LEAF(2, 3, 4), LEAF(3, 4, 5)), ML_ESHAPE,
                    "matmul: left is 2×3×4, right is 3×4×5; leading sizes 2 and 3 differ");
    assert_not_done(ml_tape_matmul(&tape, LEAF(2, 3, 4), LEAF(2, 3, 4)), ML_ESHAPE,
                    "matmul: left is 2×3×4, right is 2×3×4; inner sizes 4 and 3 differ");
    assert_not_done(ml_tape_matmul(&tape, LEAF(2, 3, 4), LEAF(4, 5)), ML_ESHAPE,
                    "matmul: left is 2×3×4, right is 4×5; both must have the same number of dimensions, two at least");
    assert_not_done(ml_tape_matmul(&tape, LEAF(4), LEAF(4)), ML_ESHAPE,
                    "matmul: left is 4, right is 4; both must have the same number of dimensions, two at least");
    assert_not_done(ml_tape_gather(&tape, LEAF(5), index, 3), ML_ESHAPE,
                    "gather: the table is 5; a matrix with a row for each index is needed");
    assert_not_done(ml_tape_gather(&tape, LEAF(5, 2), index, 3), ML_EINVAL,
                    "gather: index[1] is 5, but the table has only 5 rows, from 0 on");
    assert_not_done(ml_tape_gather(&tape, LEAF(0, 2), index, 3), ML_EINVAL,
                    "gather: index[0] is 0, but the table has only 0 rows, from 0 on");
}

static void test_images(void **state) {
    (void)state;
#define CONV(x, w, stride, padding) ml_tape_conv2d(&tape, x, w, ML_NO_NODE, stride, padding)
    assert_not_done(CONV(LEAF(3, 4), LEAF(3, 3, 1, 1), 1, 0), ML_ESHAPE,
                    "conv2d: the images are 3×4; number x height x width x channels is needed, none 0");
    assert_not_done(CONV(LEAF(0, 4, 4, 1), LEAF(3, 3, 1, 1), 1, 0), ML_ESHAPE,
                    "conv2d: the images are 0×4×4×1; number x height x width x channels is needed, none 0");
    assert_not_done(CONV(LEAF(1, 4, 4, 1), LEAF(3, 3, 1), 1, 0), ML_ESHAPE,
                    "conv2d: the weights are 3×3×1; height x width x channels x filters is needed, none 0");
    assert_not_done(CONV(LEAF(1, 4, 4, 1), LEAF(3, 0, 1, 1), 1, 0), ML_ESHAPE,
                    "conv2d: the weights are 3×0×1×1; height x width x channels x filters is needed, none 0");
    assert_not_done(CONV(LEAF(1, 4, 4, 2), LEAF(3, 3, 1, 1), 1, 0), ML_ESHAPE,
                    "conv2d: the images have 2 channels, the weights 1");
    assert_not_done(CONV(LEAF(1, 4, 4, 1), LEAF(3, 3, 1, 1), 0, 0), ML_EINVAL,
                    "conv2d: the stride is 0; windows must move on by 1 at least");
    assert_not_done(CONV(LEAF(1, 2, 9, 1), LEAF(5, 1, 1, 1), 1, 1), ML_ESHAPE,
                    "conv2d: a window of height 5 does not fit into an image of height 2 with padding 1");
    assert_not_done(CONV(LEAF(1, 9, 2, 1), LEAF(1, 5, 1, 1), 1, 1), ML_ESHAPE,
                    "conv2d: a window of width 5 does not fit into an image of width 2 with padding 1");
    char sentence[120];
    snprintf(sentence, sizeof sentence, "conv2d: a padding of %zu is beyond any memory", SIZE_MAX);
    assert_not_done(CONV(LEAF(1, 4, 4, 1), LEAF(3, 3, 1, 1), 1, SIZE_MAX), ML_ESHAPE, sentence);
    snprintf(sentence, sizeof sentence, "conv2d: a padding of %zu is beyond any memory", SIZE_MAX / 2);
    assert_not_done(CONV(LEAF(1, 4, 4, 1), LEAF(2, 2, 1, 1), 1, SIZE_MAX / 2), ML_ESHAPE, sentence);
    assert_not_done(CONV(LEAF(1, 4, 4, 1), LEAF(3, 3, 1, 1), 1, SIZE_MAX / 4), ML_ENOMEM,
                    "create: a tensor of so many elements is beyond any memory");
    assert_not_done(ml_tape_conv2d(&tape, LEAF(1, 4, 4, 1), LEAF(3, 3, 1, 2), LEAF(3), 1, 0), ML_ESHAPE,
                    "conv2d: the bias is 3, but there are 2 filters");
    assert_not_done(ml_tape_conv2d(&tape, LEAF(1, 4, 4, 1), LEAF(3, 3, 1, 2), LEAF(1, 2), 1, 0), ML_ESHAPE,
                    "conv2d: the bias is 1×2, but there are 2 filters");
#undef CONV
    assert_not_done(ml_tape_max_pool(&tape, LEAF(4, 4), 2, 2), ML_ESHAPE,
                    "max_pool: the images are 4×4; number x height x width x channels is needed, none 0");
    assert_not_done(ml_tape_max_pool(&tape, LEAF(1, 4, 4, 1), 0, 2), ML_EINVAL,
                    "max_pool: the size of the window is 0, not from 1 to 16");
    assert_not_done(ml_tape_max_pool(&tape, LEAF(1, 17, 17, 1), 17, 2), ML_EINVAL,
                    "max_pool: the size of the window is 17, not from 1 to 16");
    assert_not_done(ml_tape_average_pool(&tape, LEAF(1, 4, 3, 1), 4, 1), ML_ESHAPE,
                    "average_pool: a window of width 4 does not fit into an image of width 3 with padding 0");
    assert_not_done(ml_tape_average_pool(&tape, LEAF(1, 4, 3, 1), 2, 0), ML_EINVAL,
                    "average_pool: the stride is 0; windows must move on by 1 at least");
}

static void test_normalisation(void **state) {
    (void)state;
    float running[3] = {0};
    assert_not_done(ml_tape_batch_norm(&tape, LEAF(0, 3), LEAF(3), LEAF(3), NULL, NULL), ML_ESHAPE,
                    "batch_norm: there is nothing in a tensor of 0×3");
    assert_not_done(ml_tape_batch_norm(&tape, LEAF(4, 3), LEAF(4), LEAF(3), NULL, NULL), ML_ESHAPE,
                    "batch_norm: the input is 4×3, its scale is 4; it must be one number a feature");
    assert_not_done(ml_tape_layer_norm(&tape, LEAF(4, 3), LEAF(3), LEAF(1, 3)), ML_ESHAPE,
                    "layer_norm: the input is 4×3, its shift is 1×3; it must be one number a feature");
    assert_not_done(ml_tape_batch_norm(&tape, LEAF(4, 3), LEAF(3), LEAF(3), running, NULL), ML_EINVAL,
                    "batch_norm: a running mean and a running variance go together; one of them is NULL");
    const int32_t number = ml_tape_constant(&tape, "x", ml_tensor_over(zeros, 0, NULL));
    assert_not_done(ml_tape_layer_norm(&tape, number, number, number), ML_ESHAPE,
                    "layer_norm: the input is a single number, its scale is a single number; it must be one number a "
                    "feature");
    const int32_t input = ml_tape_constant(&tape, "x", ml_tensor_over(zeros, 0, NULL));
    assert_not_done(ml_tape_layer_norm(&tape, input, LEAF(1), LEAF(1)), ML_ESHAPE,
                    "layer_norm: the input is a single number, its scale is 1; it must be one number a feature");
}

static void test_losses(void **state) {
    (void)state;
    const uint8_t label[3] = {0, 4, 1};
    float log_q[2] = {-1, -INFINITY};
    assert_not_done(ml_tape_cross_entropy_smooth(&tape, LEAF(3, 4), label, 0.1f), ML_EINVAL,
                    "cross_entropy_smooth: label[1] is 4, but there are only 4 classes, from 0 on");
    assert_not_done(ml_tape_cross_entropy_smooth(&tape, LEAF(3, 5), label, 1.5f), ML_EINVAL,
                    "cross_entropy_smooth: the smoothing is 1.5, not in [0, 1]");
    assert_not_done(ml_tape_cross_entropy(&tape, LEAF(0, 4), label), ML_ESHAPE,
                    "cross_entropy: there is nothing to take the mean of");
    assert_not_done(ml_tape_cross_entropy(&tape, LEAF(3, 0), label), ML_ESHAPE,
                    "cross_entropy: there is nothing to take the mean of");
    assert_not_done(ml_tape_sampled_softmax(&tape, LEAF(2, 3), LEAF(3, 3), NULL), ML_ESHAPE,
                    "sampled_softmax: the users are 2×3, the items 3×3; two matrices of the same shape are needed");
    assert_not_done(ml_tape_sampled_softmax(&tape, LEAF(2, 3), LEAF(2, 3), log_q), ML_EINVAL,
                    "sampled_softmax: log_q[1] is -inf; an item in the batch was drawn, so its probability is above 0");
    const size_t root = (size_t)1 << (4 * sizeof(size_t)); /* its square is 0 again */
    const int32_t some = ml_tape_constant(&tape, "x", ml_tensor_over(zeros, ML_SHAPE(root, 1)));
    assert_not_done(ml_tape_sampled_softmax(&tape, some, some, NULL), ML_ENOMEM,
                    "sampled_softmax: all pairs of that many rows are beyond any memory");
    const int32_t crowd = ml_tape_constant(&tape, "x", ml_tensor_over(zeros, ML_SHAPE(SIZE_MAX / 16, 1)));
    assert_not_done(ml_tape_sampled_softmax(&tape, crowd, crowd, NULL), ML_ENOMEM,
                    "sampled_softmax: all pairs of that many rows are beyond any memory");
    assert_not_done(ml_tape_mae(&tape, LEAF(3, 4), LEAF(4)), ML_ESHAPE,
                    "mae: left is 3×4, right is 4; the shapes must be equal");
    assert_not_done(ml_tape_mse(&tape, LEAF(0), LEAF(0)), ML_ESHAPE, "mse: there is nothing to take the mean of");
    assert_not_done(ml_tape_huber(&tape, LEAF(3), LEAF(3), 0), ML_EINVAL, "huber: delta is 0, not above 0");
    assert_not_done(ml_tape_huber(&tape, LEAF(3), LEAF(3), NAN), ML_EINVAL, "huber: delta is nan, not above 0");
    assert_not_done(ml_tape_pinball(&tape, LEAF(3), LEAF(3), 1), ML_EINVAL,
                    "pinball: the quantile is 1, not between 0 and 1");
    assert_not_done(ml_tape_pinball(&tape, LEAF(3), LEAF(3), 0), ML_EINVAL,
                    "pinball: the quantile is 0, not between 0 and 1");
    assert_not_done(ml_tape_focal(&tape, LEAF(3), LEAF(3), -1), ML_EINVAL, "focal: gamma is -1, not 0 or more");
    assert_not_done(ml_tape_hinge(&tape, LEAF(3), LEAF(3)), ML_EINVAL, "hinge: y[0] is 0, not -1 or 1");
    assert_not_done(ml_tape_triplet(&tape, LEAF(3, 2), LEAF(3, 2), LEAF(2, 2), 1), ML_ESHAPE,
                    "triplet: anchor is 3×2, positive is 3×2, negative is 2×2; three matrices of the same shape are "
                    "needed");
    assert_not_done(ml_tape_triplet(&tape, LEAF(3, 2), LEAF(2, 3), LEAF(3, 2), 1), ML_ESHAPE,
                    "triplet: anchor is 3×2, positive is 2×3, negative is 3×2; three matrices of the same shape are "
                    "needed");
    assert_not_done(ml_tape_triplet(&tape, LEAF(3), LEAF(3), LEAF(3), 1), ML_ESHAPE,
                    "triplet: anchor is 3, positive is 3, negative is 3; three matrices of the same shape are needed");
    assert_not_done(ml_tape_triplet(&tape, LEAF(3, 2), LEAF(3, 2), LEAF(3, 2), -1), ML_EINVAL,
                    "triplet: the margin is -1, not 0 or more");
    zeros[2] = 0.5f;
    assert_not_done(ml_tape_focal(&tape, LEAF(3), LEAF(3), 1), ML_EINVAL, "focal: y[2] is 0.5, not 0 or 1");
}

static void test_targets_that_are_no_number(void **state) {
    (void)state;
    float target[3] = {1, 1, NAN};
#define Y() ml_tape_constant(&tape, "y", ml_tensor_over(target, ML_SHAPE(3)))
    assert_not_done(ml_tape_binary_cross_entropy(&tape, LEAF(3), Y()), ML_EINVAL,
                    "binary_cross_entropy: y[2] is nan, not in [0, 1]");
    assert_not_done(ml_tape_focal(&tape, LEAF(3), Y(), 2), ML_EINVAL, "focal: y[2] is nan, not 0 or 1");
    assert_not_done(ml_tape_hinge(&tape, LEAF(3), Y()), ML_EINVAL, "hinge: y[2] is nan, not -1 or 1");
    assert_not_done(ml_tape_kl(&tape, LEAF(3), Y()), ML_EINVAL, "kl: target[2] is nan, not a probability");
    target[2] = -0.5f;
    assert_not_done(ml_tape_kl(&tape, LEAF(3), Y()), ML_EINVAL, "kl: target[2] is -0.5, not a probability");
#undef Y
}

/* The ends of what is allowed. */
static void test_what_is_just_allowed(void **state) {
    (void)state;
    const uint8_t label[3] = {0, 1, 2};
    ml_rng rng = ml_rng_seed(1, 0);
    tape.rng = &rng;
    const int32_t row = LEAF(3), square = LEAF(3, 3), images = LEAF(1, 16, 16, 1);
    assert_int_not_equal(ml_tape_dropout(&tape, row, 0), ML_NO_NODE);
    assert_int_not_equal(ml_tape_cross_entropy_smooth(&tape, square, label, 0), ML_NO_NODE);
    assert_int_not_equal(ml_tape_cross_entropy_smooth(&tape, square, label, 1), ML_NO_NODE);
    assert_int_not_equal(ml_tape_focal(&tape, row, row, 0), ML_NO_NODE);
    assert_int_not_equal(ml_tape_triplet(&tape, square, square, square, 0), ML_NO_NODE);
    assert_int_not_equal(ml_tape_max_pool(&tape, images, 16, 1), ML_NO_NODE);
    assert_int_not_equal(ml_tape_average_pool(&tape, images, 1, 16), ML_NO_NODE);
    assert_int_not_equal(ml_tape_reshape(&tape, row, ML_SHAPE(1, 3, 1, 1)), ML_NO_NODE);
    assert_int_not_equal(ml_tape_reshape(&tape, ml_tape_sum(&tape, row), 0, NULL), ML_NO_NODE);
    assert_int_not_equal(ml_tape_slice(&tape, row, 0, 3, 3), ML_NO_NODE);
    assert_int_equal(ml_tape_forward(&tape, NULL), ML_OK);
}

/* The caller's arrays may change after recording: forward looks again. */
static void test_what_changes_later_is_checked_by_forward(void **state) {
    (void)state;
    ml_error error;
    uint8_t label[2] = {0, 1};
    uint32_t index[2] = {0, 1};
    const int32_t rows = ml_tape_gather(&tape, LEAF(2, 2), index, 2);
    const int32_t loss = ml_tape_cross_entropy(&tape, rows, label);
    assert_int_equal(ml_tape_forward(&tape, &error), ML_OK);
    label[1] = 2;
    assert_int_equal(ml_tape_forward(&tape, &error), ML_EINVAL);
    assert_string_equal(error.message, "cross_entropy: label[1] is 2, but there are only 2 classes, from 0 on");
    label[1] = 1;
    index[0] = 2;
    assert_int_equal(ml_tape_forward(&tape, &error), ML_EINVAL);
    assert_string_equal(error.message, "gather: index[0] is 2, but the table has only 2 rows, from 0 on");
    index[0] = 1;
    assert_int_equal(ml_tape_forward(&tape, &error), ML_OK); /* a tape outlives a refusal by forward */
    assert_int_equal(ml_tape_backward(&tape, loss, &error), ML_OK);
}

static void test_gradients_of_the_callers(void **state) {
    (void)state;
    ml_tensor columns;
    const ml_tensor t34 = zeros_of(ML_SHAPE(3, 4)), t43 = zeros_of(ML_SHAPE(4, 3));
    ml_tensor_transpose(&t43, &columns, NULL);
    assert_not_done(ml_tape_leaf_over(&tape, "w", t34, t43), ML_ESHAPE,
                    "w: its value is 3×4, its gradient is 4×3; the shapes must be equal");
    assert_not_done(ml_tape_leaf_over(&tape, "w", t34, columns), ML_EINVAL, "w: its gradient is a view with gaps");
    assert_not_done(ml_tape_leaf_over(&tape, "w", columns, t34), ML_EINVAL,
                    "w: its value is a view with gaps; copy it first");
}

/* Each operation, tried with less and less memory until its last allocation is the one that fails. */
static void test_an_arena_that_is_too_small_by_any_amount_is_given_back(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t free_bytes = 0; free_bytes < 2000; free_bytes += 40) {
        restart(NULL);
        tape.rng = &rng;
        const int32_t x = LEAF(2, 4, 4, 1), w = LEAF(2, 2, 1, 3), rows = LEAF(4, 4), scale = LEAF(4);
        arena.capacity = arena.used + free_bytes;
        for (int which = 0; which < 5; which++) {
            const size_t used = arena.used;
            const int32_t nodes = tape.n_nodes;
            const int32_t made = which == 0   ? ml_tape_conv2d(&tape, x, w, ML_NO_NODE, 1, 0)
                                 : which == 1 ? ml_tape_max_pool(&tape, x, 2, 2)
                                 : which == 2 ? ml_tape_layer_norm(&tape, rows, scale, scale)
                                 : which == 3 ? ml_tape_sampled_softmax(&tape, rows, rows, NULL)
                                              : ml_tape_dropout(&tape, rows, 0.5f);
            if (made == ML_NO_NODE) {
                assert_int_equal(tape.status, ML_ENOMEM);
                assert_non_null(strstr(tape.error.message, "fit in the memory that is left"));
                assert_int_equal(arena.used, used);
                assert_int_equal(tape.n_nodes, nodes);
            }
            tape.status = ML_OK;
            arena.used = used;
            tape.n_nodes = nodes;
        }
    }
    restart(NULL);
    const int32_t rows = LEAF(20, 20); /* value and gradient: 1600 bytes each; scratch: two of 1600 */
    arena.capacity = arena.used + 5000;
    assert_refused(ml_tape_layer_norm(&tape, rows, LEAF(20), LEAF(20)), ML_ENOMEM,
                   "layer_norm: its 860 floats of scratch do not fit in the memory that is left");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_elementwise, restart),
        cmocka_unit_test_setup(test_shapes, restart),
        cmocka_unit_test_setup(test_products_and_tables, restart),
        cmocka_unit_test_setup(test_images, restart),
        cmocka_unit_test_setup(test_normalisation, restart),
        cmocka_unit_test_setup(test_losses, restart),
        cmocka_unit_test_setup(test_targets_that_are_no_number, restart),
        cmocka_unit_test_setup(test_what_is_just_allowed, restart),
        cmocka_unit_test_setup(test_what_changes_later_is_checked_by_forward, restart),
        cmocka_unit_test_setup(test_gradients_of_the_callers, restart),
        cmocka_unit_test_setup(test_an_arena_that_is_too_small_by_any_amount_is_given_back, restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
