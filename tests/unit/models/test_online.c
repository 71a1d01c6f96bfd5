/* Models that learn a row at a time: against scikit-learn and NumPy, and what must hold of any rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/online_golden.h"
#include "ml.h"

static _Alignas(64) unsigned char block[1 << 16];
static ml_arena arena;
static ml_error error;

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    error.message[0] = '\0';
    return 0;
}

static void assert_says(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    assert_non_null(strstr(error.message, word));
}

static void assert_close(size_t n, const double *got, const double *expected, double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= tolerance * fmax(1e-2, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

/* --- Stochastic gradient descent ---------------------------------------------------------------------------------- */

static void test_descent_agrees_with_scikit_learn(void **state) {
    (void)state;
    double label[ONLINE_N], coefficient[ONLINE_D], intercept;
    for (size_t i = 0; i < ONLINE_N; i++)
        label[i] = online_label[i];
    for (size_t i = 0; i < SGD_RUNS; i++) {
        const ml_sgd_settings settings = {(ml_sgd_loss)sgd_run[i].loss,
                                          (ml_sgd_schedule)sgd_run[i].schedule,
                                          sgd_run[i].rate,
                                          sgd_run[i].power,
                                          sgd_run[i].alpha,
                                          sgd_run[i].l1_ratio,
                                          (size_t)sgd_run[i].epochs,
                                          sgd_run[i].averages != 0};
        assert_int_equal(ml_sgd_fit(ONLINE_N, ONLINE_D, online_x, sgd_run[i].loss == 0 ? online_y : label, &settings,
                                    NULL, coefficient, &intercept, &arena, &error),
                         ML_OK);
        assert_close(ONLINE_D, coefficient, sgd_run[i].coefficient, 1e-9);
        assert_close(1, &intercept, &sgd_run[i].intercept, 1e-9);
        assert_int_equal(arena.used, 0);
    }
}

/* The rows of a world, and settings for them. */
enum { MOST = 40, MOST_D = 5 };
typedef struct world {
    size_t n, d;
    double x[MOST * MOST_D], y[MOST];
    ml_sgd_settings settings;
} world;

static world draw(uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, 0);
    world w = {.n = 1 + (size_t)ml_rng_below(&rng, MOST), .d = 1 + (size_t)ml_rng_below(&rng, MOST_D)};
    w.settings.loss = (ml_sgd_loss)ml_rng_below(&rng, 3);
    w.settings.schedule = (ml_sgd_schedule)ml_rng_below(&rng, 3);
    w.settings.rate = 0.001 + 0.05 * ml_rng_uniform(&rng);
    w.settings.power = ml_rng_uniform(&rng);
    w.settings.alpha = 0.05 + 0.2 * ml_rng_uniform(&rng);
    w.settings.l1_ratio = ml_rng_below(&rng, 2) ? ml_rng_uniform(&rng) : (double)ml_rng_below(&rng, 2);
    w.settings.epochs = 1 + (size_t)ml_rng_below(&rng, 4);
    w.settings.averages = ml_rng_below(&rng, 2);
    for (size_t i = 0; i < w.n * w.d; i++)
        w.x[i] = ml_rng_normal(&rng);
    for (size_t i = 0; i < w.n; i++)
        w.y[i] = w.settings.loss == ML_SGD_SQUARED ? ml_rng_normal(&rng) : (double)ml_rng_below(&rng, 2);
    return w;
}

typedef struct fitted {
    double w[MOST_D], intercept;
} fitted;

static fitted fit(const world *w, uint64_t seed) {
    fitted f = {.w = {0}};
    ml_rng rng = ml_rng_seed(seed, 1);
    if (ml_sgd_fit(w->n, w->d, w->x, w->y, &w->settings, seed == 0 ? NULL : &rng, f.w, &f.intercept, &arena, &error) !=
        ML_OK)
        fail_msg("%s", error.message);
    assert_int_equal(arena.used, 0);
    return f;
}

static void test_the_same_seed_gives_the_same_bits(void **state) {
    (void)state;
    size_t moved = 0;
    for (uint64_t seed = 1; seed <= 500; seed++) {
        const world w = draw(seed);
        const fitted one = fit(&w, seed), two = fit(&w, seed), other = fit(&w, seed + 1);
        assert_memory_equal(&one, &two, sizeof one);
        moved += memcmp(&one, &other, sizeof one) != 0;
    }
    assert_true(moved > 400); /* another order of the rows leads elsewhere */
}

/* A feature with the opposite sign gets the opposite weight, and features in another order their weights in that order:
 * sums of two are the same both ways. */
static void test_signs_and_twins(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const world w = draw(seed);
        world flipped = w, twin = w;
        for (size_t i = 0; i < w.n; i++)
            flipped.x[i * w.d] = -w.x[i * w.d];
        const fitted one = fit(&w, seed % 3), two = fit(&flipped, seed % 3);
        assert_true(two.w[0] == -one.w[0] && two.intercept == one.intercept);
        for (size_t j = 1; j < w.d; j++)
            assert_true(two.w[j] == one.w[j]);
        for (size_t i = 0; i < w.n; i++)
            twin.x[i * w.d + w.d - 1] = twin.x[i * w.d];
        const fitted equal = fit(&twin, seed % 3);
        assert_true(equal.w[0] == equal.w[w.d - 1]);
    }
}

/* Labels the other way round: the same line, the other way round. */
static void test_the_classes_are_treated_alike(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const world w = draw(seed);
        world opposite = w;
        if (w.settings.loss == ML_SGD_SQUARED)
            continue;
        for (size_t i = 0; i < w.n; i++)
            opposite.y[i] = 1 - w.y[i];
        const fitted one = fit(&w, seed % 3), two = fit(&opposite, seed % 3);
        assert_true(one.intercept == -two.intercept);
        for (size_t j = 0; j < w.d; j++)
            assert_true(one.w[j] == -two.w[j]);
    }
}

static void test_a_large_l1_penalty_leaves_nothing(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 500; seed++) {
        world w = draw(seed);
        w.settings.l1_ratio = 1;
        w.settings.alpha = 1000;
        w.settings.averages = false;
        const fitted f = fit(&w, seed % 3);
        for (size_t j = 0; j < w.d; j++)
            assert_true(f.w[j] == 0);
    }
}

/* The mean of many small steps lands where ridge and logistic regression do. */
static void test_averages_come_to_the_optimum(void **state) {
    (void)state;
    double label[ONLINE_N], w[ONLINE_D], c, expected[ONLINE_D], expected_c;
    uint8_t bytes[ONLINE_N];
    ml_sgd_settings settings = {ML_SGD_SQUARED, ML_SGD_INVERSE_SCALING, 0.1, 0.5, 0.01, 0, 2000, true};
    for (size_t i = 0; i < ONLINE_N; i++)
        label[i] = bytes[i] = (uint8_t)online_label[i];
    ml_rng rng = ml_rng_seed(1, 0);
    const double l2 = 0.01 * ONLINE_N;
    assert_int_equal(ml_sgd_fit(ONLINE_N, ONLINE_D, online_x, online_y, &settings, &rng, w, &c, &arena, &error), ML_OK);
    assert_int_equal(ml_ridge_fit(ONLINE_N, ONLINE_D, online_x, online_y, l2, expected, &expected_c, &arena, &error),
                     ML_OK);
    for (size_t j = 0; j < ONLINE_D; j++)
        assert_true(fabs(w[j] - expected[j]) < 0.003);
    settings.loss = ML_SGD_LOG;
    settings.rate = 1;
    assert_int_equal(ml_sgd_fit(ONLINE_N, ONLINE_D, online_x, label, &settings, &rng, w, &c, &arena, &error), ML_OK);
    assert_int_equal(
        ml_logistic_fit(ONLINE_N, ONLINE_D, online_x, bytes, l2, expected, &expected_c, NULL, &arena, &error), ML_OK);
    for (size_t j = 0; j < ONLINE_D; j++)
        assert_true(fabs(w[j] - expected[j]) < 0.01 && fabs(c - expected_c) < 0.01);
}

static ml_status sgd_with(ml_sgd_settings settings, const double *x, const double *y) {
    double w = 7, c = 7;
    const ml_status status = ml_sgd_fit(2, 1, x, y, &settings, NULL, &w, &c, &arena, &error);
    assert_true(status == ML_OK || (w == 7 && c == 7 && arena.used == 0));
    return status;
}

static void test_errors_of_descent(void **state) {
    (void)state;
    const double x[] = {1, 2}, y[] = {0, 1}, far[] = {0, 1e141}, huge[] = {1e9, -1e9}, nan = (double)NAN;
    const ml_sgd_settings good = {ML_SGD_LOG, ML_SGD_CONSTANT, 0.1, 0.5, 0.1, 0.5, 1, false};
    ml_sgd_settings s = good;
    assert_int_equal(sgd_with(good, x, y), ML_OK);
    s.rate = 0;
    assert_says(sgd_with(s, x, y), ML_EINVAL, "learning rate");
    s = good, s.power = -1;
    assert_says(sgd_with(s, x, y), ML_EINVAL, "power");
    s = good, s.alpha = nan;
    assert_says(sgd_with(s, x, y), ML_EINVAL, "alpha is nan");
    s = good, s.alpha = 0, s.schedule = ML_SGD_OPTIMAL;
    assert_says(sgd_with(s, x, y), ML_EINVAL, "divides by alpha");
    s = good, s.l1_ratio = 1.5;
    assert_says(sgd_with(s, x, y), ML_EINVAL, "l1_ratio");
    s = good, s.epochs = 0;
    assert_says(sgd_with(s, x, y), ML_EINVAL, "epochs");
    assert_says(sgd_with(good, x, x), ML_EINVAL, "label of row 1");
    assert_says(sgd_with(good, far, y), ML_EINVAL, "overflows");
    s = good, s.loss = ML_SGD_SQUARED;
    assert_says(sgd_with(s, x, far), ML_EINVAL, "scale it");
    s.epochs = 1000;
    assert_says(sgd_with(s, huge, y), ML_EDIVERGED, "smaller learning rate");
    ml_arena full = ml_arena_over(block, 100);
    double w, c;
    assert_says(ml_sgd_fit(2, 1, x, y, &good, NULL, &w, &c, &full, &error), ML_ENOMEM, "memory");
    assert_int_equal(full.used, 0);
}

/* The kind is ml_sgd_fit on shuffled rows, with one score for each class, or one for two. */
static void test_the_kind_learns_each_class_against_the_rest(void **state) {
    (void)state;
    const ml_model_kind *kind = NULL;
    double setting[ML_MODEL_MAX_SETTINGS], y[ONLINE_N], w[ONLINE_D], c, p[ONLINE_N * 3], sum;
    uint32_t label[ONLINE_N];
    ml_model model;
    assert_int_equal(ml_model_find("sgd", &kind, &error), ML_OK);
    ml_model_defaults(kind, setting);
    assert_int_equal(ml_model_set_word(kind, "average", "on", setting, &error), ML_OK);
    const ml_sgd_settings same = {ML_SGD_LOG, ML_SGD_INVERSE_SCALING, 0.01, 0.25, 1e-4, 0, 50, true};
    for (size_t i = 0; i < ONLINE_N; i++)
        label[i] = online_y[i] < 0 ? 0 : online_y[i] < 1 ? 1 : 2;
    const ml_dataset three = {ONLINE_N, ONLINE_D, online_x, online_y, label, 3};
    assert_int_equal(ml_model_fit(kind, ML_CLASSIFICATION, &three, setting, 5, &arena, &model, &error), ML_OK);
    assert_int_equal(ml_model_predict_proba(&model, ONLINE_N, online_x, p, &arena, &error), ML_OK);
    for (size_t k = 0; k < 3; k++) {
        ml_rng rng = ml_rng_seed(5, 0);
        for (size_t i = 0; i < ONLINE_N; i++)
            y[i] = label[i] == k;
        assert_int_equal(ml_sgd_fit(ONLINE_N, ONLINE_D, online_x, y, &same, &rng, w, &c, &arena, &error), ML_OK);
        assert_memory_equal((double *)model.field[1].data + k * ONLINE_D, w, sizeof w);
        assert_true(((double *)model.field[0].data)[k] == c);
    }
    size_t right = 0;
    for (size_t i = 0; i < ONLINE_N; i++)
        right += p[3 * i + label[i]] > 1.0 / 3;
    assert_true(right > 0.7 * ONLINE_N);
    const double far[ONLINE_D] = {-1e9, -1e9, -1e9, -1e9, -1e9};
    double *const coefficient = model.field[1].data; /* a row that no class wants */
    for (size_t j = 0; j < 3 * ONLINE_D; j++)
        coefficient[j] = 1;
    assert_int_equal(ml_model_predict_proba(&model, 1, far, p, &arena, &error), ML_OK);
    sum = p[0] + p[1] + p[2];
    assert_true(fabs(sum - 1) < 1e-12 && p[0] == p[1] && p[1] == p[2]);
    ml_arena small = ml_arena_over(block, 128);
    assert_says(ml_model_fit(kind, ML_CLASSIFICATION, &three, setting, 5, &small, &model, &error), ML_ENOMEM, "memory");
}

/* --- FTRL-proximal ------------------------------------------------------------------------------------------------ */

static void test_ftrl_agrees_with_numpy(void **state) {
    (void)state;
    ml_ftrl model;
    double p, w[FTRL_D];
    size_t at = 0, used = 0;
    assert_int_equal(ml_ftrl_create(FTRL_D, 0.1, 1, 0.5, 1, &model, &arena, &error), ML_OK);
    for (size_t i = 0; i < FTRL_ROWS; at += ftrl_count[i++]) {
        assert_int_equal(ml_ftrl_learn(&model, ftrl_count[i], ftrl_feature + at, ftrl_value + at, ftrl_label[i],
                                       ftrl_row_weight[i], &p, &error),
                         ML_OK);
        assert_close(1, &p, &ftrl_said[i], 1e-12);
    }
    for (size_t j = 0; j < FTRL_D; j++)
        used += ftrl_w[j] != 0;
    assert_int_equal(ml_ftrl_weights(&model, w), used);
    assert_int_equal(ml_ftrl_weights(&model, NULL), used);
    assert_close(FTRL_D, model.z, ftrl_z, 1e-10);
    assert_close(FTRL_D, model.n, ftrl_squares, 1e-10);
    assert_close(FTRL_D, w, ftrl_w, 1e-10);
}

/* Four gradients by hand on one feature, from the paper's algorithm. */
static void test_one_weight_step_by_step(void **state) {
    (void)state;
    const double gradient[] = {-0.5, -0.5, -0.4, 0.3};
    const double z[] = {-0.5, -1, -1.4291342, -1.1551860}, w[] = {0, 0.0276685, 0.0485846, 0.0333254};
    ml_ftrl model;
    const uint32_t feature = 0;
    assert_int_equal(ml_ftrl_create(1, 0.1, 1, 0.5, 1, &model, &arena, &error), ML_OK);
    for (size_t i = 0; i < 4; i++) { /* a weight of the row makes the gradient what it is to be */
        double p = 0;
        const unsigned label = gradient[i] < 0;
        assert_int_equal(ml_ftrl_predict(&model, 1, &feature, NULL, &p, &error), ML_OK);
        assert_int_equal(ml_ftrl_learn(&model, 1, &feature, NULL, label, gradient[i] / (p - label), NULL, &error),
                         ML_OK);
        assert_true(fabs(model.z[0] - z[i]) < 1e-7 && fabs(ml_ftrl_weight(&model, 0) - w[i]) < 1e-7);
    }
}

enum { FEATURES = 12, STREAM = 30 };

typedef struct stream {
    size_t count[STREAM];
    uint32_t feature[STREAM][8];
    double value[STREAM][8], weight[STREAM];
    unsigned label[STREAM];
} stream;

static stream draw_stream(uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, 2);
    stream s = {.count = {0}};
    for (size_t i = 0; i < STREAM; i++) {
        s.count[i] = (size_t)ml_rng_below(&rng, 6);
        s.weight[i] = 1 + (double)ml_rng_below(&rng, 4);
        s.label[i] = (unsigned)ml_rng_below(&rng, 2);
        for (size_t k = 0; k < s.count[i]; k++) {
            s.feature[i][k] = (uint32_t)ml_rng_below(&rng, FEATURES);
            s.value[i][k] = seed % 2 ? 1.0 : ml_rng_normal(&rng);
        }
    }
    return s;
}

static void follow(ml_ftrl *model, const stream *s, bool is_plain, double *said) {
    for (size_t i = 0; i < STREAM; i++)
        assert_int_equal(ml_ftrl_learn(model, s->count[i], s->feature[i], is_plain ? NULL : s->value[i], s->label[i],
                                       s->weight[i], &said[i], &error),
                         ML_OK);
}

static void assert_same(const ml_ftrl *a, const ml_ftrl *b) {
    assert_memory_equal(a->z, b->z, FEATURES * sizeof *a->z);
    assert_memory_equal(a->n, b->n, FEATURES * sizeof *a->n);
}

/* What is 0 of a row changes nothing, a value of 1 may be left out, and what was said while learning is what predict
 * says of a model that stopped there. */
static void test_what_a_row_leaves_out(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const stream s = draw_stream(seed);
        stream longer = s;
        double said[STREAM], again[STREAM];
        ml_ftrl one, two, three;
        arena.used = 0;
        const double l1 = seed % 3 == 0 ? 0 : 0.3, l2 = seed % 5 == 0 ? 0 : 0.1;
        assert_int_equal(ml_ftrl_create(FEATURES, 0.2, 1, l1, l2, &one, &arena, &error), ML_OK);
        assert_int_equal(ml_ftrl_create(FEATURES, 0.2, 1, l1, l2, &two, &arena, &error), ML_OK);
        assert_int_equal(ml_ftrl_create(FEATURES, 0.2, 1, l1, l2, &three, &arena, &error), ML_OK);
        follow(&one, &s, false, said);
        for (size_t i = 0; i < STREAM; i++) {
            double p = 0;
            longer.feature[i][s.count[i]] = (uint32_t)(i % FEATURES);
            longer.value[i][s.count[i]] = 0;
            longer.count[i]++;
            assert_int_equal(ml_ftrl_predict(&two, s.count[i], s.feature[i], s.value[i], &p, &error), ML_OK);
            assert_true(p == said[i]);
            assert_int_equal(ml_ftrl_learn(&two, longer.count[i], longer.feature[i], longer.value[i], s.label[i],
                                           s.weight[i], NULL, &error),
                             ML_OK);
        }
        assert_same(&one, &two);
        if (seed % 2) {
            follow(&three, &s, true, again);
            assert_same(&one, &three);
            assert_memory_equal(said, again, sizeof said);
        }
    }
}

/* Labels the other way round turn every sign, and features under other numbers keep their fate. */
static void test_labels_and_names_are_only_that(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const stream s = draw_stream(seed);
        stream other = s, renamed = s;
        double said[STREAM], turned[STREAM], again[STREAM];
        uint32_t name[FEATURES];
        ml_ftrl one, two, three;
        ml_rng rng = ml_rng_seed(seed, 3);
        arena.used = 0;
        assert_int_equal(ml_ftrl_create(FEATURES, 0.5, 1, 0.1, 0.1, &one, &arena, &error), ML_OK);
        assert_int_equal(ml_ftrl_create(FEATURES, 0.5, 1, 0.1, 0.1, &two, &arena, &error), ML_OK);
        assert_int_equal(ml_ftrl_create(FEATURES, 0.5, 1, 0.1, 0.1, &three, &arena, &error), ML_OK);
        ml_rng_permutation(&rng, FEATURES, name);
        for (size_t i = 0; i < STREAM; i++) {
            other.label[i] = 1 - s.label[i];
            for (size_t k = 0; k < s.count[i]; k++)
                renamed.feature[i][k] = name[s.feature[i][k]];
        }
        follow(&one, &s, false, said);
        follow(&two, &other, false, turned);
        follow(&three, &renamed, false, again);
        assert_memory_equal(said, again, sizeof said);
        for (size_t i = 0; i < STREAM; i++)
            assert_true(fabs(said[i] + turned[i] - 1) < 1e-12);
        for (size_t j = 0; j < FEATURES; j++) {
            assert_true(fabs(one.z[j] + two.z[j]) < 1e-9);
            assert_true(one.z[j] == three.z[name[j]] && one.n[j] == three.n[name[j]]);
        }
    }
}

/* However hostile: the numbers stay numbers. */
static void test_extremes_stay_finite(void **state) {
    (void)state;
    static const double size[] = {1e-50, 1e-25, 1, 1e25, 1e50};
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        ml_rng rng = ml_rng_seed(seed, 4);
        ml_ftrl model;
        double p = 0;
        arena.used = 0;
        assert_int_equal(ml_ftrl_create(FEATURES, size[ml_rng_below(&rng, 5)], size[ml_rng_below(&rng, 5)],
                                        ml_rng_below(&rng, 2) ? 0 : size[ml_rng_below(&rng, 5)],
                                        ml_rng_below(&rng, 2) ? 0 : size[ml_rng_below(&rng, 5)], &model, &arena,
                                        &error),
                         ML_OK);
        for (size_t i = 0; i < 20; i++) {
            const uint32_t feature[] = {(uint32_t)ml_rng_below(&rng, FEATURES), (uint32_t)ml_rng_below(&rng, FEATURES)};
            const double value[] = {size[ml_rng_below(&rng, 5)], -size[ml_rng_below(&rng, 5)]};
            assert_int_equal(ml_ftrl_learn(&model, 2, feature, value, (unsigned)ml_rng_below(&rng, 2),
                                           size[ml_rng_below(&rng, 5)], &p, &error),
                             ML_OK);
            assert_true(p >= 0 && p <= 1);
        }
        for (size_t j = 0; j < FEATURES; j++)
            assert_true(isfinite(model.z[j]) && isfinite(model.n[j]) && isfinite(ml_ftrl_weight(&model, j)));
    }
}

static void test_errors_of_ftrl(void **state) {
    (void)state;
    ml_ftrl model = {.d = 77};
    const uint32_t feature[] = {0, 2};
    const double value[] = {1, (double)INFINITY};
    double p = 7;
    assert_says(ml_ftrl_create(0, 0.1, 1, 0, 0, &model, &arena, &error), ML_EINVAL, "0 features");
    assert_says(ml_ftrl_create(2, 0, 1, 0, 0, &model, &arena, &error), ML_EINVAL, "alpha is 0");
    assert_says(ml_ftrl_create(2, 0.1, 1, -1, 0, &model, &arena, &error), ML_EINVAL, "l1 -1");
    assert_says(ml_ftrl_create(2, 0.1, (double)NAN, 1, 0, &model, &arena, &error), ML_EINVAL, "beta nan");
    assert_says(ml_ftrl_create(2, 0.1, 0, 1, 0, &model, &arena, &error), ML_EINVAL, "both 0");
    ml_arena full = ml_arena_over(block, 70);
    assert_says(ml_ftrl_create(2, 0.1, 1, 1, 0, &model, &full, &error), ML_ENOMEM, "memory");
    assert_int_equal(full.used, 0);
    assert_int_equal(model.d, 77);
    assert_int_equal(ml_ftrl_create(2, 0.1, 1, 0, 0, &model, &arena, &error), ML_OK);
    assert_says(ml_ftrl_learn(&model, 1, feature, NULL, 2, 1, &p, &error), ML_EINVAL, "label is 2");
    assert_says(ml_ftrl_learn(&model, 1, feature, NULL, 1, 0, &p, &error), ML_EINVAL, "weight is 0");
    assert_says(ml_ftrl_learn(&model, 2, feature, NULL, 1, 1, &p, &error), ML_EINVAL, "feature 2; there are 2");
    assert_says(ml_ftrl_predict(&model, 2, (uint32_t[]){0, 1}, value, &p, &error), ML_EINVAL, "feature 1 is inf");
    assert_true(p == 7 && model.n[0] == 0);
    assert_int_equal(ml_ftrl_predict(&model, 0, NULL, NULL, &p, &error), ML_OK);
    assert_true(p == 0.5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_descent_agrees_with_scikit_learn, fresh),
        cmocka_unit_test_setup(test_the_same_seed_gives_the_same_bits, fresh),
        cmocka_unit_test_setup(test_signs_and_twins, fresh),
        cmocka_unit_test_setup(test_the_classes_are_treated_alike, fresh),
        cmocka_unit_test_setup(test_a_large_l1_penalty_leaves_nothing, fresh),
        cmocka_unit_test_setup(test_averages_come_to_the_optimum, fresh),
        cmocka_unit_test_setup(test_errors_of_descent, fresh),
        cmocka_unit_test_setup(test_the_kind_learns_each_class_against_the_rest, fresh),
        cmocka_unit_test_setup(test_ftrl_agrees_with_numpy, fresh),
        cmocka_unit_test_setup(test_one_weight_step_by_step, fresh),
        cmocka_unit_test_setup(test_what_a_row_leaves_out, fresh),
        cmocka_unit_test_setup(test_labels_and_names_are_only_that, fresh),
        cmocka_unit_test_setup(test_extremes_stay_finite, fresh),
        cmocka_unit_test_setup(test_errors_of_ftrl, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
