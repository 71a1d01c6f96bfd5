/* Training on a tape: the same bits however it is cut, with a plan or without; early stopping; what goes wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/sort.h"
#include "nn/nn.h"

enum { ROWS = 103, BATCH = 10, INPUTS = 6, CLASSES = 3 };

static _Alignas(64) unsigned char memory[1 << 21];
static ml_arena arena;
static ml_params params;
static ml_tape tape;
static ml_error error;
static ml_rng rng;
static ml_fit fit;
static float rows[ROWS * INPUTS];
static uint8_t labels[ROWS], batch_labels[BATCH];
static int32_t x, logits, loss;

/* A network with all that has a state: dropout, batch norm, momentum. It learns which of three inputs is largest. */
static void make(void) {
    const size_t batch_shape[] = {BATCH, INPUTS};
    ml_tensor batch;
    arena = ml_arena_over(memory, sizeof memory);
    rng = ml_rng_seed(1, 1);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < INPUTS; j++)
            rows[i * INPUTS + j] = (float)ml_rng_normal(&rng);
        labels[i] = (uint8_t)ml_argmax(CLASSES, rows + i * INPUTS);
    }
    memset(batch_labels, 0, sizeof batch_labels);
    assert_int_equal(ml_tensor_create(&arena, 2, batch_shape, &batch, &error), ML_OK);
    assert_int_equal(ml_tape_init(&tape, 30, &arena, &error), ML_OK);
    assert_int_equal(ml_params_init(&params, 10, &arena, &error), ML_OK);
    const ml_dense first = ml_dense_add(&params, "first", INPUTS, 16, true);
    const ml_batch_norm norm = ml_batch_norm_add(&params, "norm", 16);
    const ml_dense last = ml_dense_add(&params, "last", 16, CLASSES, true);
    assert_int_equal(ml_params_allocate(&params, &arena, &error), ML_OK);
    tape.rng = &rng;
    x = ml_tape_constant(&tape, "x", batch);
    int32_t h = ml_batch_norm_record(&norm, &params, &tape, ml_dense_record(&first, &params, &tape, x));
    h = ml_tape_dropout(&tape, ml_tape_relu(&tape, h), 0.2f);
    logits = ml_dense_record(&last, &params, &tape, h);
    loss = ml_tape_cross_entropy(&tape, logits, batch_labels);
    ml_params_initialise(&params, 7);
    assert_int_equal(ml_fit_create(&fit, &params, &tape, loss, ROWS, BATCH, 7, &arena, &error), ML_OK);
    assert_int_equal(ml_fit_feed(&fit, x, rows, &error), ML_OK);
    assert_int_equal(ml_fit_feed_bytes(&fit, labels, 1, batch_labels, &error), ML_OK);
}

static int setup(void **state) {
    (void)state;
    make();
    return 0;
}

static ml_fit_settings usual(void) {
    ml_fit_settings settings = {.optimiser = ml_optimiser_defaults(ML_OPT_ADAMW),
                                .rate = {.kind = ML_RATE_COSINE, .peak = 0.02, .length = 100, .warm_up = 5},
                                .clip_norm = 1};
    return settings;
}

static void run_epochs(int64_t epochs, int64_t budget_of_a_call, const ml_fit_settings *settings) {
    while (fit.epoch < epochs) {
        int64_t budget = budget_of_a_call;
        bool epoch_done;
        assert_int_equal(ml_fit_run(&fit, settings, &budget, &epoch_done, &error), ML_OK);
    }
}

/* --- Learning ----------------------------------------------------------------------------------------------------- */

static double error_rate(void) {
    size_t wrong = 0, seen = 0;
    tape.training = false;
    for (size_t start = 0; start + BATCH <= ROWS; start += BATCH) {
        memcpy(tape.node[x].value.data, rows + start * INPUTS, BATCH * INPUTS * sizeof(float));
        memcpy(batch_labels, labels + start, BATCH);
        assert_int_equal(ml_tape_forward(&tape, &error), ML_OK);
        for (size_t i = 0; i < BATCH; i++, seen++)
            wrong += ml_argmax(CLASSES, tape.node[logits].value.data + i * CLASSES) != labels[start + i];
    }
    return (double)wrong / (double)seen;
}

static void test_a_network_learns(void **state) {
    (void)state;
    const ml_fit_settings settings = usual();
    run_epochs(1, 1 << 30, &settings);
    const double at_first = fit.epoch_loss;
    assert_true(at_first > 0.5);
    run_epochs(10, 1 << 30, &settings);
    assert_true(fit.epoch_loss < 0.6 * at_first);
    assert_true(error_rate() <= 0.1);
    assert_true(fit.rate < 0.02 && fit.gradient_norm > 0);
}

static void test_cutting_the_work_changes_no_bit(void **state) {
    (void)state;
    static float value[512], buffer[64];
    const ml_fit_settings settings = usual();
    run_epochs(4, INT64_MAX, &settings);
    memcpy(value, params.value, params.n_values * sizeof(float));
    memcpy(buffer, params.buffer, params.n_buffers * sizeof(float));
    const double last_loss = fit.loss, epoch_loss = fit.epoch_loss;
    static const int64_t cuts[] = {1, 5000, 30000};
    for (size_t i = 0; i < 3; i++) {
        make();
        run_epochs(4, cuts[i], &settings);
        assert_memory_equal(value, params.value, params.n_values * sizeof(float));
        assert_memory_equal(buffer, params.buffer, params.n_buffers * sizeof(float));
        assert_true(fit.loss == last_loss && fit.epoch_loss == epoch_loss);
    }
}

/* Adam, which reads the gradients, and plain descent, which a plan fuses into its products. */
static void test_a_plan_gives_the_bits_of_the_tape(void **state) {
    (void)state;
    static float value[512], buffer[64];
    ml_fit_settings settings = usual();
    for (int i = 0; i < 2; i++) {
        ml_plan plan;
        make();
        run_epochs(3, INT64_MAX, &settings);
        memcpy(value, params.value, params.n_values * sizeof(float));
        memcpy(buffer, params.buffer, params.n_buffers * sizeof(float));
        const double last_loss = fit.loss;
        make();
        assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, &error), ML_OK);
        fit.plan = &plan;
        const size_t used = arena.used;
        run_epochs(3, INT64_MAX, &settings);
        assert_memory_equal(value, params.value, params.n_values * sizeof(float));
        assert_memory_equal(buffer, params.buffer, params.n_buffers * sizeof(float));
        assert_true(fit.loss == last_loss);
        assert_int_equal(arena.used, used); /* training allocates nothing */
        settings = (ml_fit_settings){.optimiser = ml_optimiser_defaults(ML_OPT_SGD), .rate.peak = 0.1};
    }
}

/* Also when the optimiser changes on the way: the new one begins with nothing remembered. */
static void test_a_change_of_optimiser_forgets(void **state) {
    (void)state;
    static float value[512];
    const ml_fit_settings adam = usual(), sgd = {.optimiser = ml_optimiser_defaults(ML_OPT_SGD), .rate.peak = 0.1};
    for (int by_plan = 0; by_plan < 2; by_plan++) {
        ml_plan plan;
        make();
        assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, &error), ML_OK);
        fit.plan = by_plan ? &plan : NULL;
        run_epochs(1, INT64_MAX, &adam);
        run_epochs(2, INT64_MAX, &sgd);
        run_epochs(3, INT64_MAX, &adam);
        if (!by_plan)
            memcpy(value, params.value, params.n_values * sizeof(float));
    }
    assert_memory_equal(value, params.value, params.n_values * sizeof(float));
}

/* 103 rows in batches of 10: each epoch has 10 steps of different rows, and 3 rows sit it out. */
static size_t seen[100], n_seen;

static bool note_rows(const ml_fit *of, void *user) {
    (void)user;
    for (size_t i = 0; i < BATCH; i++)
        for (size_t row = 0; row < ROWS; row++)
            if (memcmp(of->tape->node[x].value.data + i * INPUTS, rows + row * INPUTS, INPUTS * sizeof(float)) == 0 &&
                batch_labels[i] == labels[row])
                seen[n_seen++ % 100] = row;
    return true;
}

/* The rows that an epoch sees, in order. */
static void follow_epoch(int64_t epoch, size_t *order) {
    const ml_fit_settings settings = usual();
    n_seen = 0;
    fit.on_step = note_rows;
    run_epochs(epoch, INT64_MAX, &settings);
    assert_int_equal(n_seen, 100);
    memcpy(order, seen, sizeof seen);
}

static void test_an_epoch_sees_each_row_at_most_once_with_its_own_label(void **state) {
    (void)state;
    for (int epoch = 1; epoch <= 3; epoch++) {
        size_t order[100];
        int times[ROWS] = {0};
        follow_epoch(epoch, order);
        for (size_t i = 0; i < 100; i++)
            assert_int_equal(times[order[i]]++, 0);
        assert_int_equal(fit.step, 10 * epoch);
    }
}

static void test_each_epoch_and_each_seed_has_an_order_of_its_own(void **state) {
    (void)state;
    size_t first[100], second[100], again[100], other[100];
    follow_epoch(1, first);
    follow_epoch(2, second);
    make();
    follow_epoch(1, again);
    make();
    assert_int_equal(ml_fit_create(&fit, &params, &tape, loss, ROWS, BATCH, 8, &arena, &error), ML_OK);
    ml_fit_feed(&fit, x, rows, &error);
    ml_fit_feed_bytes(&fit, labels, 1, batch_labels, &error);
    follow_epoch(1, other);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, second, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

static void test_the_budget_counts_multiply_adds(void **state) {
    (void)state;
    const ml_fit_settings settings = usual();
    int64_t budget = 3 * fit.step_cost - 1;
    bool epoch_done;
    /* The two products, and at least one operation an element of the rest; forward, and twice that backward. */
    assert_true(fit.step_cost > 3 * BATCH * (INPUTS * 16 + 16 * CLASSES));
    assert_true(fit.step_cost < 9 * BATCH * (INPUTS * 16 + 16 * CLASSES));
    assert_int_equal(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_OK);
    assert_int_equal(fit.step, 3);
    assert_int_equal(budget, -1);
    assert_false(epoch_done);
    budget = 0;
    assert_int_equal(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_OK);
    assert_int_equal(fit.step, 4);
}

static bool stop_at_three(const ml_fit *of, void *user) {
    ++*(int *)user;
    return of->step < 3;
}

static bool count_epochs(const ml_fit *of, void *user) {
    assert_true(of->epoch_loss > 0);
    ++*(int *)user;
    return true;
}

static void test_callbacks_are_called_and_may_stop(void **state) {
    (void)state;
    const ml_fit_settings settings = usual();
    int calls = 0;
    int64_t budget = INT64_MAX;
    bool epoch_done;
    fit.user = &calls;
    fit.on_step = stop_at_three;
    assert_int_equal(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_OK);
    assert_int_equal(calls, 3);
    assert_int_equal(fit.step, 3);
    fit.on_step = NULL;
    fit.on_epoch = count_epochs;
    calls = 0;
    run_epochs(2, INT64_MAX, &settings);
    assert_int_equal(calls, 2);
}

static void test_a_plateau_lowers_the_rate(void **state) {
    (void)state;
    ml_plateau plateau = {.factor = 0.5, .patience = 0};
    ml_fit_settings settings = {.optimiser = ml_optimiser_defaults(ML_OPT_SGD), .rate.peak = 0.1, .plateau = &plateau};
    assert_int_equal(ml_plateau_start(&plateau, &error), ML_OK);
    run_epochs(1, INT64_MAX, &settings);
    assert_true(fit.rate == 0.1);
    ml_plateau_observe(&plateau, 1.0);
    ml_plateau_observe(&plateau, NAN);
    run_epochs(2, INT64_MAX, &settings);
    assert_true(fit.rate == 0.05);
}

static void test_early_stopping_gives_the_best_back(void **state) {
    (void)state;
    static const double losses[] = {3, 2, 2.5, 1.95, NAN, 2, 2};
    ml_early_stopping stopping;
    ml_params_initialise(&params, 1);
    assert_int_equal(ml_early_stopping_create(&stopping, &params, 2, 0.1, &arena, &error), ML_OK);
    params.value[0] = -5;
    ml_early_stopping_restore(&stopping, &params); /* there is nothing yet */
    assert_true(params.value[0] == -5);
    for (int i = 0; i < 4; i++) {
        params.value[0] = (float)i;
        params.buffer[3] = (float)i;
        assert_int_equal(ml_early_stopping_observe(&stopping, &params, losses[i]), i == 3); /* 1.95 is within 0.1 */
    }
    ml_early_stopping_restore(&stopping, &params);
    assert_true(params.value[0] == 1 && params.buffer[3] == 1);
    assert_true(stopping.best == 2);
    assert_int_equal(stopping.best_at, 1);
    assert_int_equal(ml_early_stopping_create(&stopping, &params, 3, 0, &arena, &error), ML_OK);
    for (int i = 0; i < 7; i++)
        assert_int_equal(ml_early_stopping_observe(&stopping, &params, losses[i]), i == 6);
    assert_int_equal(ml_early_stopping_create(&stopping, &params, 2, 0, &arena, &error), ML_OK);
    assert_false(ml_early_stopping_observe(&stopping, &params, NAN));
    assert_true(ml_early_stopping_observe(&stopping, &params, NAN));
    assert_int_equal(stopping.best_at, -1);
}

/* --- What goes wrong ---------------------------------------------------------------------------------------------- */

static void assert_says(ml_status got, ml_status expected, const char *sentence) {
    assert_string_equal(error.message, sentence);
    assert_int_equal(got, expected);
}

static void test_divergence_names_the_step_and_leaves_the_parameters(void **state) {
    (void)state;
    static float value[512];
    ml_fit_settings settings = {.optimiser = ml_optimiser_defaults(ML_OPT_SGD), .rate.peak = 0.1};
    for (int i = 0; i < 2; i++) {
        int64_t budget = INT64_MAX;
        bool epoch_done;
        ml_plan plan;
        make();
        if (i == 1) {
            assert_int_equal(ml_plan_compile(&plan, &tape, loss, &arena, &error), ML_OK);
            fit.plan = &plan;
        }
        run_epochs(1, INT64_MAX, &settings);
        params.value[params.n_values - 1] = INFINITY; /* a bias of the last layer */
        memcpy(value, params.value, params.n_values * sizeof(float));
        assert_says(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_EDIVERGED,
                    "diverged at step 11: the loss is no longer a number; try a smaller learning rate");
        assert_int_equal(fit.step, 10);
        assert_memory_equal(value, params.value, params.n_values * sizeof(float));
    }
}

static void test_a_lost_running_average_is_told_at_the_end_of_the_epoch(void **state) {
    (void)state;
    const ml_fit_settings settings = usual();
    int64_t budget = INT64_MAX;
    bool epoch_done;
    params.buffer[0] = NAN; /* training goes by the batch's own mean: the loss stays a number */
    assert_says(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_EDIVERGED,
                "diverged by step 10: \"norm.running_mean\" holds no numbers any more; try a smaller learning rate");
    assert_true(isfinite(fit.loss));
}

/* A rate that flings the weights out of the floats: whatever the loss says, it is told within the epoch. */
static void test_a_rate_much_too_large_is_told(void **state) {
    (void)state;
    ml_fit_settings settings = {.optimiser = ml_optimiser_defaults(ML_OPT_SGD), .rate.peak = 1e38};
    int64_t budget = INT64_MAX;
    bool epoch_done;
    assert_int_equal(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_EDIVERGED);
    assert_non_null(strstr(error.message, "try a smaller learning rate"));
}

static void test_data_that_is_not_finite_is_refused_with_its_row(void **state) {
    (void)state;
    rows[17 * INPUTS + 2] = NAN;
    assert_says(ml_fit_feed(&fit, x, rows, &error), ML_EINVAL,
                "fit: row 17 of \"x\" holds NaN or infinity; clean the data first");
}

static void test_a_label_out_of_range_is_told_by_the_loss(void **state) {
    (void)state;
    const ml_fit_settings settings = usual();
    int64_t budget = INT64_MAX;
    bool epoch_done;
    memset(labels, CLASSES, sizeof labels);
    assert_int_equal(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_EINVAL);
    assert_non_null(strstr(error.message, "cross_entropy: label[0] is 3"));
    assert_int_equal(fit.step, 0);
}

static void test_columns_that_do_not_fit_are_refused(void **state) {
    (void)state;
    const int32_t odd = ml_tape_constant(&tape, "odd", ml_tensor_over(rows, ML_SHAPE(13)));
    assert_says(ml_fit_feed(&fit, odd, rows, &error), ML_ESHAPE,
                "fit: \"odd\" is 13, which is not 10 rows of equal width");
    assert_says(ml_fit_feed(&fit, loss, rows, &error), ML_EINVAL,
                "fit: node 14 is no constant of the tape; data goes into constants");
    assert_says(ml_fit_feed_bytes(&fit, labels, 0, batch_labels, &error), ML_EINVAL,
                "fit: a column needs rows, a batch to copy them to, and a width above 0");
    assert_says(ml_fit_feed(&fit, x, NULL, &error), ML_EINVAL,
                "fit: a column needs rows, a batch to copy them to, and a width above 0");
    for (int i = 2; i < ML_FIT_COLUMNS; i++)
        assert_int_equal(ml_fit_feed_bytes(&fit, labels, 1, batch_labels, &error), ML_OK);
    assert_says(ml_fit_feed_bytes(&fit, labels, 1, batch_labels, &error), ML_EINVAL,
                "fit: there are 8 columns already, and no room for more");
}

static void expect_no_fit(size_t n, size_t batch, int32_t node, ml_status status, const char *sentence) {
    const size_t used = arena.used;
    ml_fit other;
    assert_says(ml_fit_create(&other, &params, &tape, node, n, batch, 1, &arena, &error), status, sentence);
    assert_int_equal(arena.used, used);
}

static void test_fits_that_make_no_sense_are_refused(void **state) {
    (void)state;
    expect_no_fit(0, 0, loss, ML_EINVAL, "fit: batches of 0 rows of 0; a batch has 1 row at least and all at most");
    expect_no_fit(9, 10, loss, ML_EINVAL, "fit: batches of 10 rows of 9; a batch has 1 row at least and all at most");
    expect_no_fit(9, 9, logits, ML_EINVAL, "fit: node 13 is no loss; it must be a single number on the tape");
    expect_no_fit(9, 9, 99, ML_EINVAL, "fit: node 99 is no loss; it must be a single number on the tape");
    expect_no_fit(1 << 22, 9, loss, ML_ENOMEM, "fit: the order of 4194304 rows does not fit in memory");
    arena.capacity = arena.used + 100 * sizeof(uint32_t);
    expect_no_fit(20, 10, loss, ML_ENOMEM, "an optimiser of 195 weights does not fit in memory; use a smaller network");
    ml_tape_matmul(&tape, x, x);
    expect_no_fit(9, 9, loss, ML_ESHAPE, "matmul: left is 10×6, right is 10×6; inner sizes 6 and 10 differ");
}

static void expect_bad_settings(ml_fit_settings settings, const char *sentence) {
    int64_t budget = 1;
    bool epoch_done;
    assert_says(ml_fit_run(&fit, &settings, &budget, &epoch_done, &error), ML_EINVAL, sentence);
    assert_int_equal(fit.step, 0);
}

#define WITH(field, x) (settings = usual(), settings.field = (x), settings)

static void test_settings_out_of_range_are_refused(void **state) {
    (void)state;
    ml_fit_settings settings;
    expect_bad_settings(WITH(optimiser.kind, (ml_optimiser_kind)9), "optimiser: there is no kind 9");
    expect_bad_settings(WITH(optimiser.momentum, 1), "optimiser: momentum is 1; it must be at least 0 and below 1");
    expect_bad_settings(WITH(optimiser.beta1, -1), "optimiser: beta1 is -1; it must be at least 0 and below 1");
    expect_bad_settings(WITH(optimiser.beta2, NAN), "optimiser: beta2 is nan; it must be at least 0 and below 1");
    expect_bad_settings(WITH(optimiser.alpha, 2), "optimiser: alpha is 2; it must be at least 0 and below 1");
    expect_bad_settings(WITH(optimiser.epsilon, 0), "optimiser: epsilon is 0; it must be positive");
    expect_bad_settings(WITH(optimiser.weight_decay, INFINITY),
                        "optimiser: the weight decay is inf; it must be 0 or more");
    expect_bad_settings(WITH(rate.kind, (ml_rate_kind)7), "learning rate: there is no schedule 7");
    expect_bad_settings(WITH(rate.peak, NAN), "learning rate: nan is no rate; it must be 0 or more");
    expect_bad_settings(WITH(rate.lowest, -1), "learning rate: -1 is no rate; it must be 0 or more");
    expect_bad_settings(WITH(rate.warm_up, -2), "learning rate: a warm-up of -2 steps; it must be 0 or more");
    expect_bad_settings(WITH(rate.length, 0),
                        "learning rate: a cosine needs length >= 1 and goes down; it is 0 long, from 0.02 to 0");
    expect_bad_settings(WITH(rate.kind, ML_RATE_STEP),
                        "learning rate: steps need every >= 1 and a factor in (0, 1], not 0 and 0");
    expect_bad_settings(WITH(clip_norm, NAN),
                        "fit: the gradient is clipped to nan and 0; they must be 0 (off) or more");
    ml_plateau plateau = {.factor = 1};
    assert_says(ml_plateau_start(&plateau, &error), ML_EINVAL, "plateau: the factor is 1; it must lie between 0 and 1");
    plateau = (ml_plateau){.factor = 0.5, .patience = -1};
    assert_says(ml_plateau_start(&plateau, &error), ML_EINVAL,
                "plateau: patience -1, threshold 0, lowest 0; none may be negative");
    ml_early_stopping stopping;
    assert_says(ml_early_stopping_create(&stopping, &params, 0, 0, &arena, &error), ML_EINVAL,
                "early stopping: patience 0 and least 0; they start at 1 and at 0");
    arena.capacity = arena.used;
    assert_says(ml_early_stopping_create(&stopping, &params, 1, 0, &arena, &error), ML_ENOMEM,
                "early stopping: a copy of 195 parameters does not fit in memory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_network_learns, setup),
        cmocka_unit_test_setup(test_cutting_the_work_changes_no_bit, setup),
        cmocka_unit_test_setup(test_a_plan_gives_the_bits_of_the_tape, setup),
        cmocka_unit_test_setup(test_a_change_of_optimiser_forgets, setup),
        cmocka_unit_test_setup(test_each_epoch_and_each_seed_has_an_order_of_its_own, setup),
        cmocka_unit_test_setup(test_an_epoch_sees_each_row_at_most_once_with_its_own_label, setup),
        cmocka_unit_test_setup(test_the_budget_counts_multiply_adds, setup),
        cmocka_unit_test_setup(test_callbacks_are_called_and_may_stop, setup),
        cmocka_unit_test_setup(test_a_plateau_lowers_the_rate, setup),
        cmocka_unit_test_setup(test_early_stopping_gives_the_best_back, setup),
        cmocka_unit_test_setup(test_divergence_names_the_step_and_leaves_the_parameters, setup),
        cmocka_unit_test_setup(test_a_lost_running_average_is_told_at_the_end_of_the_epoch, setup),
        cmocka_unit_test_setup(test_a_rate_much_too_large_is_told, setup),
        cmocka_unit_test_setup(test_data_that_is_not_finite_is_refused_with_its_row, setup),
        cmocka_unit_test_setup(test_a_label_out_of_range_is_told_by_the_loss, setup),
        cmocka_unit_test_setup(test_columns_that_do_not_fit_are_refused, setup),
        cmocka_unit_test_setup(test_fits_that_make_no_sense_are_refused, setup),
        cmocka_unit_test_setup(test_settings_out_of_range_are_refused, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
