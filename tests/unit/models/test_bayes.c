/* Naive Bayes of counts and of presence: against scikit-learn, and what must hold of any data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/bayes_golden.h"
#include "ml.h"

static _Alignas(64) unsigned char block[1 << 16], loaded_block[1 << 14];
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

static void assert_close(size_t n, const double *got, const double *expected) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= 1e-12 * fmax(1e-2, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

enum { N = BAYES_N, D = BAYES_D, C = BAYES_CLASSES, Q = BAYES_QUERIES };

static void multinomial(double alpha, const double *log_probability, const double *probabilities) {
    double prior[C], log_p[C * D], got[Q * C];
    assert_int_equal(ml_multinomial_bayes_fit(N, D, C, bayes_x, bayes_label, alpha, prior, log_p, &error), ML_OK);
    ml_multinomial_bayes_predict(Q, D, C, bayes_query, prior, log_p, got);
    assert_close(C, prior, bayes_prior);
    assert_close(C * D, log_p, log_probability);
    assert_close(Q * C, got, probabilities);
}

static void bernoulli(double alpha, const double *log_present, const double *probabilities) {
    double prior[C], present[C * D], absent[C * D], got[Q * C];
    assert_int_equal(ml_bernoulli_bayes_fit(N, D, C, bayes_x, bayes_label, alpha, 0.5, prior, present, absent, &error),
                     ML_OK);
    ml_bernoulli_bayes_predict(Q, D, C, bayes_query, 0.5, prior, present, absent, got);
    assert_close(C, prior, bayes_prior);
    assert_close(C * D, present, log_present);
    assert_close(Q * C, got, probabilities);
}

static void test_both_agree_with_scikit_learn(void **state) {
    (void)state;
    multinomial(1.0, multinomial_one_log_probability, multinomial_one_probabilities);
    multinomial(0.1, multinomial_tenth_log_probability, multinomial_tenth_probabilities);
    bernoulli(1.0, bernoulli_one_log_present, bernoulli_one_probabilities);
    bernoulli(0.1, bernoulli_tenth_log_present, bernoulli_tenth_probabilities);
}

/* --- What must hold ----------------------------------------------------------------------------------------------- */

enum { MOST = 40, MOST_D = 8, MOST_C = 5 };

typedef struct world {
    size_t n, d, classes;
    double alpha, x[MOST * MOST_D];
    uint32_t label[MOST];
} world;

static world draw(uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, 0);
    world w = {.n = 1 + (size_t)ml_rng_below(&rng, MOST),
               .d = 1 + (size_t)ml_rng_below(&rng, MOST_D),
               .classes = 2 + (size_t)ml_rng_below(&rng, MOST_C - 1)};
    w.alpha = seed % 3 == 0 ? 1e-10 : seed % 3 == 1 ? 1.0 : ml_rng_uniform(&rng) + 0.01;
    for (size_t i = 0; i < w.n * w.d; i++) /* whole numbers, whose sums are exact in any order */
        w.x[i] = (double)(ml_rng_below(&rng, 2) ? ml_rng_below(&rng, seed % 5 ? 4 : 1000000) : 0);
    for (size_t i = 0; i < w.n; i++)
        w.label[i] = (uint32_t)ml_rng_below(&rng, w.classes);
    return w;
}

typedef struct fitted {
    double prior[MOST_C], first[MOST_C * MOST_D], last[MOST_C * MOST_D];
} fitted;

static fitted fit(const world *w, bool counts) {
    fitted f = {.prior = {0}};
    if (counts)
        assert_int_equal(
            ml_multinomial_bayes_fit(w->n, w->d, w->classes, w->x, w->label, w->alpha, f.prior, f.first, &error),
            ML_OK);
    else
        assert_int_equal(ml_bernoulli_bayes_fit(w->n, w->d, w->classes, w->x, w->label, w->alpha, 1.0, f.prior, f.first,
                                                f.last, &error),
                         ML_OK);
    return f;
}

static void predict(const world *w, const fitted *f, bool counts, size_t n, const double *x, double *out) {
    if (counts)
        ml_multinomial_bayes_predict(n, w->d, w->classes, x, f->prior, f->first, out);
    else
        ml_bernoulli_bayes_predict(n, w->d, w->classes, x, 1.0, f->prior, f->first, f->last, out);
}

static void test_probabilities_are_probabilities_and_a_batch_is_its_rows(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        const world w = draw(seed);
        const bool counts = seed % 2;
        const fitted f = fit(&w, counts);
        double batch[MOST * MOST_C], alone[MOST_C];
        predict(&w, &f, counts, w.n, w.x, batch);
        for (size_t i = 0; i < w.n; i++) {
            double sum = 0;
            predict(&w, &f, counts, 1, w.x + i * w.d, alone);
            assert_memory_equal(alone, batch + i * w.classes, w.classes * sizeof *alone);
            for (size_t c = 0; c < w.classes; sum += alone[c++])
                assert_true(alone[c] >= 0 && (f.prior[c] > 0 || alone[c] == 0));
            assert_true(fabs(sum - 1) < 1e-12);
        }
        for (size_t c = 0; c < w.classes; c++) { /* what a class makes of all features sums to 1, too */
            double sum = 0;
            for (size_t j = 0; j < w.d; j++) {
                const size_t k = c * w.d + j;
                assert_true(f.first[k] <= 0 && f.last[k] <= 0);
                sum += exp(f.first[k]);
                assert_true(counts || fabs(exp(f.first[k]) + exp(f.last[k]) - 1) < 1e-12);
            }
            assert_true(!counts || fabs(sum - 1) < 1e-12);
        }
    }
}

/* Rows in another order teach the same, to the bit; classes in another order, the same in that order. */
static void test_neither_order_matters(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const world w = draw(seed);
        const bool counts = seed % 2;
        const fitted f = fit(&w, counts);
        ml_rng rng = ml_rng_seed(seed, 1);
        uint32_t order[MOST], class_[MOST_C];
        world moved = w;
        ml_rng_permutation(&rng, w.n, order);
        ml_rng_permutation(&rng, w.classes, class_);
        for (size_t i = 0; i < w.n; i++) {
            memcpy(moved.x + i * w.d, w.x + order[i] * w.d, w.d * sizeof *w.x);
            moved.label[i] = class_[w.label[order[i]]];
        }
        const fitted g = fit(&moved, counts);
        for (size_t c = 0; c < w.classes; c++) {
            assert_true(g.prior[class_[c]] == f.prior[c]);
            assert_memory_equal(g.first + class_[c] * w.d, f.first + c * w.d, w.d * sizeof *f.first);
            assert_memory_equal(g.last + class_[c] * w.d, f.last + c * w.d, w.d * sizeof *f.last);
        }
    }
}

static void test_the_kind_says_the_same_before_and_after_its_file(void **state) {
    (void)state;
    static uint8_t file[1 << 13];
    const ml_model_kind *kind = NULL;
    assert_int_equal(ml_model_find("naive-bayes", &kind, &error), ML_OK);
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        const world w = draw(seed);
        const bool counts = seed % 2;
        const fitted f = fit(&w, counts);
        const ml_dataset data = {w.n, w.d, w.x, NULL, w.label, w.classes};
        double setting[ML_MODEL_MAX_SETTINGS], expected[MOST * MOST_C], got[MOST * MOST_C];
        ml_arena other = ml_arena_over(loaded_block, sizeof loaded_block);
        ml_model model, loaded;
        size_t length = 0;
        arena.used = 0;
        ml_model_defaults(kind, setting);
        assert_int_equal(ml_model_set_word(kind, "distribution", counts ? "multinomial" : "bernoulli", setting, &error),
                         ML_OK);
        assert_int_equal(ml_model_set(kind, "alpha", w.alpha, setting, &error), ML_OK);
        assert_int_equal(ml_model_set(kind, "binarize", 1, setting, &error), ML_OK);
        assert_int_equal(ml_model_fit(kind, ML_CLASSIFICATION, &data, setting, 0, &arena, &model, &error), ML_OK);
        assert_int_equal(ml_model_save(&model, NULL, sizeof file, file, &length, &error), ML_OK);
        assert_int_equal(ml_model_load(length, file, &other, &loaded, NULL, &error), ML_OK);
        predict(&w, &f, counts, w.n, w.x, expected);
        assert_int_equal(ml_model_predict_proba(&model, w.n, w.x, got, &arena, &error), ML_OK);
        assert_memory_equal(got, expected, w.n * w.classes * sizeof *got);
        assert_int_equal(ml_model_predict_proba(&loaded, w.n, w.x, got, &other, &error), ML_OK);
        assert_memory_equal(got, expected, w.n * w.classes * sizeof *got);
    }
}

/* A row on which all classes give up, each with an infinite log: the priors are all that is left. */
static void test_what_tells_nothing_apart_gives_the_priors(void **state) {
    (void)state;
    const double prior[] = {0.25, 0.75}, log_p[] = {-1, -2}, far = 1.7e308;
    double p[2];
    ml_multinomial_bayes_predict(1, 1, 2, (double[]){1e300}, prior, log_p, p);
    assert_true(p[0] == 1 && p[1] == 0);
    ml_multinomial_bayes_predict(1, 1, 2, &far, prior, (double[]){-3, -4}, p);
    assert_true(p[0] == 0.25 && p[1] == 0.75);
}

static void test_errors(void **state) {
    (void)state;
    const double x[] = {1, 2}, negative[] = {1, -2}, huge[] = {1, 1e141};
    const uint32_t label[] = {0, 1}, bad[] = {0, 2};
    double prior[2] = {7, 7}, first[2] = {7, 7}, last[2] = {7, 7};
    assert_says(ml_multinomial_bayes_fit(0, 1, 2, x, label, 1, prior, first, &error), ML_EINVAL, "at least one");
    assert_says(ml_multinomial_bayes_fit(2, 1, 1, x, label, 1, prior, first, &error), ML_EINVAL, "two");
    assert_says(ml_multinomial_bayes_fit(2, 1, 2, x, bad, 1, prior, first, &error), ML_EINVAL, "label of row 1");
    assert_says(ml_multinomial_bayes_fit(2, 1, 2, x, label, 0, prior, first, &error), ML_EINVAL, "alpha");
    assert_says(ml_multinomial_bayes_fit(2, 1, 2, negative, label, 1, prior, first, &error), ML_EINVAL, "count");
    assert_says(ml_multinomial_bayes_fit(2, 1, 2, huge, label, 1, prior, first, &error), ML_EINVAL, "overflows");
    assert_says(ml_bernoulli_bayes_fit(2, 1, 2, x, label, (double)NAN, 0, prior, first, last, &error), ML_EINVAL,
                "alpha");
    assert_says(ml_bernoulli_bayes_fit(2, 1, 2, x, label, 1, (double)INFINITY, prior, first, last, &error), ML_EINVAL,
                "threshold");
    assert_true(prior[0] == 7 && first[0] == 7 && last[0] == 7);

    const ml_dataset data = {2, 1, x, NULL, label, 2};
    const ml_model_kind *kind = NULL;
    double setting[ML_MODEL_MAX_SETTINGS], out[4];
    ml_model model;
    assert_int_equal(ml_model_find("naive-bayes", &kind, &error), ML_OK);
    ml_model_defaults(kind, setting);
    assert_int_equal(ml_model_set_word(kind, "distribution", "multinomial", setting, &error), ML_OK);
    ml_arena small = ml_arena_over(block, 64);
    assert_says(ml_model_fit(kind, ML_CLASSIFICATION, &data, setting, 0, &small, &model, &error), ML_ENOMEM, "memory");
    assert_int_equal(ml_model_fit(kind, ML_CLASSIFICATION, &data, setting, 0, &arena, &model, &error), ML_OK);
    assert_says(ml_model_predict_proba(&model, 2, negative, out, &arena, &error), ML_EINVAL, "count");
    model.setting[1] = 2; /* a file that lies about its distribution */
    assert_says(kind->check(&model, &error), ML_EPARSE, "log_present");
    model.setting[1] = 1;
    *(double *)model.field[3].data = 0.5;
    assert_says(kind->check(&model, &error), ML_EPARSE, "element 0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_both_agree_with_scikit_learn, fresh),
        cmocka_unit_test_setup(test_probabilities_are_probabilities_and_a_batch_is_its_rows, fresh),
        cmocka_unit_test_setup(test_neither_order_matters, fresh),
        cmocka_unit_test_setup(test_the_kind_says_the_same_before_and_after_its_file, fresh),
        cmocka_unit_test_setup(test_what_tells_nothing_apart_gives_the_priors, fresh),
        cmocka_unit_test_setup(test_errors, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
