/* Losses, optimisers and the trainer: known values, edges, and that cutting the work up changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nn/nn.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void assert_close(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g within %g", got, expected, tolerance);
}

/* --- Losses ------------------------------------------------------------------------------------------------------- */

static void test_cross_entropy_is_right_at_the_ends_of_the_scale(void **state) {
    (void)state;
    assert_close(ml_bce_logit(0, 1), 0.69314718055994531, 1e-15);
    assert_close(ml_bce_logit(2, 1), 0.12692801104297249, 1e-15);
    assert_close(ml_bce_logit(-800, 1), 800, 0);
    assert_close(ml_bce_logit(800, 0), 800, 0);
    assert_close(ml_bce_logit(40, 1) / 4.2483542552915889e-18, 1, 1e-12); /* not rounded to 0 */
    const float huge[] = {1000, 0}, flat[] = {-1000, -1000, -1000, -1000}, first[] = {0}, second[] = {1};
    assert_close(ml_softmax_cross_entropy(1, 2, huge, first), 0, 0);
    assert_close(ml_softmax_cross_entropy(1, 2, huge, second), 1000, 0);
    assert_close(ml_softmax_cross_entropy(1, 4, flat, first), 1.3862943611198906, 1e-12);
    const float three[] = {2, 1, 0.1f};
    float gradient[3];
    assert_close(ml_softmax_cross_entropy(1, 3, three, first), 0.4170300162778335, 1e-7);
    ml_softmax_cross_entropy_gradient(1, 3, three, first, gradient);
    assert_close(gradient[0], -0.34099886, 1e-6);
    assert_close(gradient[1], 0.24243297, 1e-6);
    assert_close(gradient[2], 0.09856589, 1e-6);
}

static void test_losses_are_means_and_nothing_loses_nothing(void **state) {
    (void)state;
    const float z[] = {1, -2, 1, -2}, y[] = {1, 0, 1, 0};
    float once[2], twice[4];
    assert_close(ml_bce_logits(2, z, y), ml_bce_logits(4, z, y), 1e-16);
    ml_bce_logits_gradient(2, z, y, once);
    ml_bce_logits_gradient(4, z, y, twice);
    assert_close(twice[1], once[1] / 2, 1e-8);
    assert_close(ml_mse(2, z, y), 2, 0);
    ml_mse_gradient(2, z, y, once);
    assert_close(once[1], -2, 0);
    assert_close(ml_bce_logits(0, z, y) + ml_mse(0, z, y) + ml_softmax_cross_entropy(0, 2, z, y), 0, 0);
}

/* --- Optimisers --------------------------------------------------------------------------------------------------- */

static void test_momentum_and_adam_by_hand(void **state) {
    (void)state;
    float w = 1, g = 2, v = 0;
    ml_opt_momentum(1, 0.1f, 0.9f, &g, &v, &w);
    assert_close(w, 0.8, 1e-6);
    ml_opt_momentum(1, 0.1f, 0.9f, &g, &v, &w);
    assert_close(w, 0.42, 1e-6);
    assert_close(v, 3.8, 1e-6);
    const float slopes[] = {1e-3f, 1, -1000}; /* Adam's first step is the rate, whatever the gradient */
    float weights[3] = {0}, m[3] = {0}, s[3] = {0};
    ml_opt_adam(3, 0.01f, 0.9f, 0.999f, 1e-8f, 0.9, 0.999, slopes, m, s, weights);
    assert_close(weights[0], -0.01, 1e-6);
    assert_close(weights[1], -0.01, 1e-6);
    assert_close(weights[2], 0.01, 1e-6);
}

static void test_an_average_that_decays_becomes_zero_and_never_subnormal(void **state) {
    (void)state;
    float w = 1, m = 1, v = 1, s = 1, a = 1, g = 0;
    for (int i = 0; i < 20000; i++) {
        ml_opt_momentum(1, 0, 0.9f, &g, &m, &w);
        ml_opt_rmsprop(1, 0, 0.99f, 1e-8f, &g, &s, &w);
        ml_opt_adam(1, 0, 0.9f, 0.99f, 1e-8f, 0.5, 0.5, &g, &a, &v, &w);
        assert_true((m == 0 || m >= 1e-30f) && (s == 0 || s >= 1e-30f) && (v == 0 || v >= 1e-30f) &&
                    (a == 0 || a >= 1e-30f));
    }
    assert_true(m == 0 && s == 0 && v == 0 && a == 0);
}

static void test_changing_the_optimiser_forgets_the_old_ones_memory(void **state) {
    (void)state;
    _Alignas(64) unsigned char memory[512];
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    ml_optimiser optimiser;
    const float g = 1;
    float w = 0;
    assert_int_equal(ml_optimiser_init(&optimiser, ML_OPT_MOMENTUM, 1, &arena, NULL), ML_OK);
    for (int i = 0; i < 5; i++)
        ml_optimiser_step(&optimiser, 0.1f, &g, &w);
    ml_optimiser_reset(&optimiser, ML_OPT_ADAM);
    w = 0;
    ml_optimiser_step(&optimiser, 0.1f, &g, &w);
    assert_close(w, -0.1, 1e-6);
}

static void test_clipping_shortens_and_keeps_the_direction(void **state) {
    (void)state;
    float g[] = {3, 4}, huge[] = {1e30f, 0};
    assert_close(ml_clip_norm(2, 0, g), 5, 0);
    assert_close(g[0], 3, 0);
    assert_close(ml_clip_norm(2, 6, g), 5, 0);
    assert_close(g[1], 4, 0);
    assert_close(ml_clip_norm(2, 1, g), 5, 0);
    assert_close(g[0], 0.6, 1e-7);
    assert_close(g[1], 0.8, 1e-7);
    ml_clip_norm(2, 1, huge); /* whose square is no float */
    assert_close(huge[0], 1, 1e-6);
}

static void test_schedules(void **state) {
    (void)state;
    assert_close(ml_lr_schedule(ML_SCHEDULE_CONSTANT, 0.3, 1000000), 0.3, 0);
    assert_close(ml_lr_schedule(ML_SCHEDULE_COSINE, 0.3, 0), 0.3, 0);
    assert_close(ml_lr_schedule(ML_SCHEDULE_COSINE, 0.3, 100), 0.15, 1e-15);
    assert_close(ml_lr_schedule(ML_SCHEDULE_COSINE, 0.3, 200), 0, 0);
    assert_close(ml_lr_schedule(ML_SCHEDULE_STEP, 0.3, 49), 0.3, 0);
    assert_close(ml_lr_schedule(ML_SCHEDULE_STEP, 0.3, 50), 0.03, 1e-16);
    assert_close(ml_lr_schedule(ML_SCHEDULE_STEP, 0.3, 149), 0.003, 1e-16);
    assert_close(ml_lr_schedule(ML_SCHEDULE_STEP, 0.3, INT64_MAX / 2), 0, 0);
}

static void test_standardising(void **state) {
    (void)state;
    const float x[] = {1, 7, 3, 7, 5, 7};
    float mean[2], deviation[2], out[6];
    ml_standardise_fit(3, 2, x, mean, deviation);
    assert_close(mean[0], 3, 0);
    assert_close(deviation[0], sqrt(8.0 / 3), 1e-6); /* of the population: divided by 3 */
    assert_close(deviation[1], 1, 0);                /* a constant column stays harmless */
    ml_standardise(3, 2, x, mean, deviation, out);
    assert_close(out[4], 2 / sqrt(8.0 / 3), 1e-6);
    assert_close(out[5], 0, 0);
}

/* --- The trainer -------------------------------------------------------------------------------------------------- */

enum { ROWS = 53 };

typedef struct bench {
    _Alignas(64) unsigned char memory[1 << 20];
    float x[ROWS * 2], y[ROWS];
    ml_mlp net;
    ml_mlp_pass pass;
    ml_trainer trainer;
} bench;

static bench one, other;

static void set_up(bench *b, ml_normalisation normalisation) {
    const ml_mlp_shape shape = {2, 1, 2, 9, ML_ACT_RELU, normalisation};
    ml_arena arena = ml_arena_over(b->memory, sizeof b->memory);
    ml_rng rng = ml_rng_seed(9, 0);
    for (size_t i = 0; i < ROWS; i++) {
        b->x[2 * i] = (float)ml_rng_normal(&rng);
        b->x[2 * i + 1] = (float)ml_rng_normal(&rng);
        b->y[i] = b->x[2 * i] * b->x[2 * i + 1] > 0;
    }
    assert_int_equal(ml_mlp_create(&b->net, &shape, &arena, NULL), ML_OK);
    ml_mlp_init(&b->net, ML_INIT_AUTO, &rng);
    assert_int_equal(ml_mlp_pass_create(&b->pass, &b->net, 16, &arena, NULL), ML_OK);
    assert_int_equal(
        ml_trainer_create(&b->trainer, &b->net, &b->pass, ML_LOSS_BCE, ROWS, b->x, b->y, 16, 3, &arena, NULL), ML_OK);
}

static void train(bench *b, const ml_training *how, int epochs, int64_t budget) {
    for (int e = 0; e < epochs;) {
        int64_t left = budget;
        bool done;
        assert_int_equal(ml_trainer_run(&b->trainer, how, &left, &done, NULL), ML_OK);
        assert_true(left < budget);
        e += done;
    }
}

static void test_how_the_budget_is_cut_changes_no_bit(void **state) {
    (void)state;
    const ml_training plain = {.optimiser = ML_OPT_ADAM, .learning_rate = 0.01, .batch_size = 7};
    const ml_training full = {.optimiser = ML_OPT_RMSPROP,
                              .learning_rate = 0.01,
                              .schedule = ML_SCHEDULE_COSINE,
                              .batch_size = 16,
                              .l1 = 1e-3,
                              .l2 = 1e-3,
                              .dropout = 0.2,
                              .clip_norm = 1};
    const ml_training *settings[] = {&plain, &full};
    for (size_t i = 0; i < 2; i++) {
        for (int norm = ML_NORM_NONE; norm <= ML_NORM_LAYER; norm++) {
            set_up(&one, (ml_normalisation)norm);
            set_up(&other, (ml_normalisation)norm);
            train(&one, settings[i], 5, 1);
            train(&other, settings[i], 5, INT64_MAX);
            assert_memory_equal(one.net.param, other.net.param, one.net.n_params * sizeof(float));
            assert_memory_equal(one.net.running, other.net.running, one.net.n_running * sizeof(float));
            assert_int_equal(one.trainer.step, 5 * (ROWS / settings[i]->batch_size + 1));
        }
    }
}

static void test_each_epoch_sees_every_row_once_in_a_new_order(void **state) {
    (void)state;
    const ml_training how = {.learning_rate = 0, .batch_size = 16};
    uint32_t first[ROWS];
    set_up(&one, ML_NORM_NONE);
    for (int e = 0; e < 2; e++) {
        int seen[ROWS] = {0};
        train(&one, &how, 1, INT64_MAX);
        for (size_t i = 0; i < ROWS; i++)
            seen[one.trainer.order[i]]++;
        for (size_t i = 0; i < ROWS; i++)
            assert_int_equal(seen[i], 1);
        if (e == 0)
            memcpy(first, one.trainer.order, sizeof first);
    }
    assert_memory_not_equal(first, one.trainer.order, sizeof first);
}

static void test_the_loss_falls_and_dropout_with_penalty_still_learns(void **state) {
    (void)state;
    const ml_training how = {
        .optimiser = ML_OPT_ADAM, .learning_rate = 0.02, .batch_size = 16, .l2 = 1e-4, .dropout = 0.1};
    float logit[ROWS];
    set_up(&one, ML_NORM_NONE);
    train(&one, &how, 200, INT64_MAX);
    ml_mlp_predict(&one.net, &one.pass, ROWS, one.x, logit);
    assert_true(ml_bce_logits(ROWS, logit, one.y) < 0.1);
}

static void test_each_bug_does_what_its_name_says(void **state) {
    (void)state;
    float right[256], wrong[256];
    set_up(&one, ML_NORM_NONE);
    const size_t n = one.net.n_params, first = one.net.layer[1].weight;
    ml_mlp_gradient(&one.net, &one.pass, ML_LOSS_BCE, ML_BUG_NONE, 8, one.x, one.y, right);
    ml_mlp_gradient(&one.net, &one.pass, ML_LOSS_BCE, ML_BUG_SIGN, 8, one.x, one.y, wrong);
    for (size_t i = 0; i < n; i++)
        assert_close(wrong[i], i < first ? -right[i] : right[i], 0);
    ml_mlp_gradient(&one.net, &one.pass, ML_LOSS_BCE, ML_BUG_NO_SLOPE, 8, one.x, one.y, wrong);
    assert_memory_equal(wrong + one.net.layer[2].weight, right + one.net.layer[2].weight, 10 * sizeof(float));
    assert_memory_not_equal(wrong, right, first * sizeof(float));

    /* A rate of 0: the gradients of the same weights on the same rows add up. */
    ml_training how = {.learning_rate = 0, .batch_size = 16, .bug = ML_BUG_NEVER_ZEROED};
    set_up(&one, ML_NORM_NONE);
    one.trainer.n = 16;
    train(&one, &how, 3, INT64_MAX);
    ml_mlp_gradient(&one.net, &one.pass, ML_LOSS_BCE, ML_BUG_NONE, 16, one.x, one.y, right);
    for (size_t i = 0; i < n; i++)
        assert_close(one.trainer.gradient[i], 3 * right[i], 1e-5);

    how.bug = ML_BUG_STALE_LABELS;
    set_up(&one, ML_NORM_NONE);
    train(&one, &how, 1, INT64_MAX); /* what is left in place is the last batch of the epoch: 5 rows */
    const uint32_t *order = one.trainer.order + ROWS - ROWS % 16;
    for (size_t i = 0; i < ROWS % 16; i++)
        assert_close(one.trainer.batch_target[i], one.y[order[(i + ROWS % 16 - 1) % (ROWS % 16)]], 0);
}

static void test_divergence_is_a_sentence_with_the_step(void **state) {
    (void)state;
    const ml_training how = {.optimiser = ML_OPT_SGD, .learning_rate = 1e20, .batch_size = 16};
    ml_error error;
    int64_t budget = INT64_MAX;
    bool done;
    set_up(&one, ML_NORM_NONE);
    ml_status status = ML_OK;
    for (int e = 0; e < 10 && status == ML_OK; e++)
        status = ml_trainer_run(&one.trainer, &how, &budget, &done, &error);
    assert_int_equal(status, ML_EDIVERGED);
    char expected[ML_ERROR_LENGTH];
    snprintf(expected, sizeof expected,
             "diverged at step %d: the loss is no longer a number; try a smaller learning rate",
             (int)one.trainer.step + 1);
    assert_string_equal(error.message, expected);
}

static void test_no_rows_and_no_room_are_refused(void **state) {
    (void)state;
    ml_error error;
    ml_trainer trainer;
    int64_t budget = 1;
    bool done;
    _Alignas(64) unsigned char memory[256];
    ml_arena tiny = ml_arena_over(memory, sizeof memory);
    set_up(&one, ML_NORM_NONE);
    assert_int_equal(
        ml_trainer_create(&trainer, &one.net, &one.pass, ML_LOSS_BCE, 0, one.x, one.y, 16, 1, &tiny, &error),
        ML_EINVAL);
    assert_string_equal(error.message, "there are no rows to train on");
    assert_int_equal(
        ml_trainer_create(&trainer, &one.net, &one.pass, ML_LOSS_BCE, ROWS, one.x, one.y, 17, 1, &tiny, &error),
        ML_EINVAL);
    assert_string_equal(error.message, "batches of 17 rows of 53 do not fit a pass of 16");
    assert_int_equal(
        ml_trainer_create(&trainer, &one.net, &one.pass, ML_LOSS_BCE, ROWS, one.x, one.y, 16, 1, &tiny, &error),
        ML_ENOMEM);
    assert_string_equal(error.message, "training 127 parameters on 53 rows does not fit in memory");
    const ml_training nothing = {.batch_size = 0};
    assert_int_equal(ml_trainer_run(&one.trainer, &nothing, &budget, &done, &error), ML_EINVAL);
    assert_string_equal(error.message, "a batch needs at least one row");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cross_entropy_is_right_at_the_ends_of_the_scale),
        cmocka_unit_test(test_losses_are_means_and_nothing_loses_nothing),
        cmocka_unit_test(test_momentum_and_adam_by_hand),
        cmocka_unit_test(test_an_average_that_decays_becomes_zero_and_never_subnormal),
        cmocka_unit_test(test_changing_the_optimiser_forgets_the_old_ones_memory),
        cmocka_unit_test(test_clipping_shortens_and_keeps_the_direction),
        cmocka_unit_test(test_schedules),
        cmocka_unit_test(test_standardising),
        cmocka_unit_test(test_how_the_budget_is_cut_changes_no_bit),
        cmocka_unit_test(test_each_epoch_sees_every_row_once_in_a_new_order),
        cmocka_unit_test(test_the_loss_falls_and_dropout_with_penalty_still_learns),
        cmocka_unit_test(test_each_bug_does_what_its_name_says),
        cmocka_unit_test(test_divergence_is_a_sentence_with_the_step),
        cmocka_unit_test(test_no_rows_and_no_room_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
