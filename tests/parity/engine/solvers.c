/* Solvers and models that no kind stands for alone: descent by rows, FTRL, L-BFGS, counts, trees of neighbours. */
#include <cmocka.h>
#include <stdio.h>

#include "models/models.h"
#include "report.h"

enum { ROWS = 300, FEATURES = 6, CLASSES = 3, WIDE = 90 };

static double x[ROWS * FEATURES], y[ROWS], out[ROWS * FEATURES], wide[ROWS * WIDE];
static uint32_t label[ROWS];
static ml_error error;

static void make_data(void) {
    ml_rng rng = ml_rng_seed(12, 0);
    for (size_t i = 0; i < ROWS; i++) {
        label[i] = (uint32_t)ml_rng_below(&rng, CLASSES);
        for (size_t j = 0; j < FEATURES; j++)
            x[i * FEATURES + j] = ml_rng_normal(&rng) + (j == label[i] ? 2 : 0);
        y[i] = x[i * FEATURES] - 2 * x[i * FEATURES + 1] * x[i * FEATURES + 2] + ml_rng_normal(&rng);
    }
    for (size_t i = 0; i < ROWS * WIDE; i++)
        wide[i] = ml_rng_normal(&rng);
}

static void report_descent(ml_arena *arena) {
    static double labels[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        labels[i] = label[i] > 0;
    for (int loss = ML_SGD_SQUARED; loss <= ML_SGD_HINGE; loss++)
        for (int schedule = ML_SGD_CONSTANT; schedule <= ML_SGD_OPTIMAL; schedule++) {
            const ml_sgd_settings settings = {
                (ml_sgd_loss)loss, (ml_sgd_schedule)schedule, 0.01, 0.3, 0.01, 0.4, 5, schedule == ML_SGD_CONSTANT};
            ml_rng rng = ml_rng_seed(4, 0);
            double w[FEATURES + 1];
            assert_int_equal(ml_sgd_fit(ROWS, FEATURES, x, loss == ML_SGD_SQUARED ? y : labels, &settings, &rng, w,
                                        &w[FEATURES], arena, &error),
                             ML_OK);
            printf("sgd, loss %d, schedule %d: %08x\n", loss, schedule,
                   (unsigned)hash_doubles(HASH_START, FEATURES + 1, w));
        }
}

static void report_ftrl(ml_arena *arena) {
    ml_rng rng = ml_rng_seed(6, 0);
    ml_ftrl model;
    double said[ROWS];
    assert_int_equal(ml_ftrl_create(64, 0.1, 1, 0.5, 1, &model, arena, &error), ML_OK);
    for (size_t i = 0; i < ROWS; i++) {
        uint32_t feature[5];
        for (size_t k = 0; k < 5; k++)
            feature[k] = (uint32_t)ml_rng_below(&rng, 64);
        assert_int_equal(ml_ftrl_learn(&model, 5, feature, NULL, label[i] > 0, 1 + (double)(i % 3), &said[i], &error),
                         ML_OK);
    }
    const uint32_t hash = hash_doubles(hash_doubles(HASH_START, ROWS, said), 64, model.z);
    printf("ftrl: %08x\n", (unsigned)hash_doubles(hash, 64, model.n));
}

/* Many unknowns, so that it is L-BFGS. */
static void report_wide_softmax(ml_arena *arena) {
    static double w[CLASSES * WIDE], c[CLASSES];
    assert_int_equal(ml_softmax_fit(ROWS, WIDE, CLASSES, wide, label, 1, w, c, arena, &error), ML_OK);
    printf("wide softmax: %08x\n", (unsigned)hash_doubles(hash_doubles(HASH_START, CLASSES * WIDE, w), CLASSES, c));
}

static void report_counting(void) {
    static double counts[ROWS * FEATURES], prior[CLASSES], one[CLASSES * FEATURES], two[CLASSES * FEATURES];
    for (size_t i = 0; i < ROWS * FEATURES; i++)
        counts[i] = x[i] > 0 ? (double)(int)(2 * x[i]) : 0;
    assert_int_equal(ml_multinomial_bayes_fit(ROWS, FEATURES, CLASSES, counts, label, 0.3, prior, one, &error), ML_OK);
    ml_multinomial_bayes_predict(ROWS, FEATURES, CLASSES, counts, prior, one, out);
    printf("multinomial Bayes: %08x\n", (unsigned)hash_doubles(HASH_START, ROWS * CLASSES, out));
    assert_int_equal(ml_bernoulli_bayes_fit(ROWS, FEATURES, CLASSES, counts, label, 0.3, 0.5, prior, one, two, &error),
                     ML_OK);
    ml_bernoulli_bayes_predict(ROWS, FEATURES, CLASSES, counts, 0.5, prior, one, two, out);
    printf("Bernoulli Bayes: %08x\n", (unsigned)hash_doubles(HASH_START, ROWS * CLASSES, out));
}

/* Two ways to the same bits. */
static void report_neighbours(ml_arena *arena) {
    static uint32_t nearest[2][ROWS * 5];
    static double distance[2][ROWS * 5];
    ml_kdtree tree;
    assert_int_equal(ml_kdtree_build(ROWS, FEATURES, x, &tree, arena, &error), ML_OK);
    assert_int_equal(ml_kdtree_nearest(&tree, 5, ROWS, x, nearest[0], distance[0], &error), ML_OK);
    assert_int_equal(ml_knn_nearest(ROWS, FEATURES, x, 5, ROWS, x, nearest[1], distance[1], &error), ML_OK);
    printf("neighbours, tree and brute force:");
    for (size_t i = 0; i < 2; i++)
        printf(" %08x",
               (unsigned)hash_doubles(hash_bytes(HASH_START, sizeof nearest[i], nearest[i]), ROWS * 5, distance[i]));
    printf("\n");
}

static void report_others(ml_arena *arena) {
    static uint8_t two[ROWS];
    static double weight[ROWS];
    double w[FEATURES], c = 0;
    ml_stump stump[20];
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        two[i] = label[i] > 0;
        weight[i] = (double)(i % 4);
    }
    assert_int_equal(ml_adaboost_fit(ROWS, FEATURES, x, two, 20, stump, &count, NULL, arena, &error), ML_OK);
    ml_adaboost_score(count, stump, ROWS, FEATURES, x, out);
    printf("adaboost: %08x\n", (unsigned)hash_doubles(HASH_START, ROWS, out));
    assert_int_equal(ml_linear_fit_min_norm(4, FEATURES, x, y, w, &c, NULL, arena, &error), ML_OK);
    printf("shortest least squares: %08x\n", (unsigned)hash_doubles(hash_doubles(HASH_START, FEATURES, w), 1, &c));
    assert_int_equal(ml_logistic_fit_weighted(ROWS, FEATURES, x, two, weight, 1, w, &c, NULL, arena, &error), ML_OK);
    printf("weighted logistic: %08x\n", (unsigned)hash_doubles(hash_doubles(HASH_START, FEATURES, w), 1, &c));
}

void report_solvers(void) {
    ml_arena *const arena = empty_arena();
    make_data();
    report_descent(arena);
    report_ftrl(arena);
    report_wide_softmax(arena);
    report_counting();
    report_neighbours(arena);
    report_others(arena);
}
