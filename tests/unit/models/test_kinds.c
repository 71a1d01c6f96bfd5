/* What must hold of every kind of model on any data, however small or odd. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

enum { MOST = 40, MOST_D = 4, MOST_C = 4, WIDEST = 4, SEEDS = 300 };

static _Alignas(64) unsigned char block[1 << 20], loaded_block[1 << 18];
static uint8_t file[2][1 << 16];
static ml_error error;

typedef struct world {
    size_t n, d, classes;
    double x[MOST * MOST_D], y[MOST];
    uint32_t label[MOST];
} world;

/* Rows of a few kinds: normal, whole numbers with many equals, of units far apart, one column constant; a class without
 * rows now and then. */
static world draw(uint64_t seed) {
    ml_rng rng = ml_rng_seed(seed, 0);
    world w = {.n = 8 + (size_t)ml_rng_below(&rng, MOST - 7),
               .d = 1 + (size_t)ml_rng_below(&rng, MOST_D),
               .classes = 2 + (size_t)ml_rng_below(&rng, MOST_C - 1)};
    for (size_t i = 0; i < w.n; i++) {
        for (size_t j = 0; j < w.d; j++) {
            const double unit = seed % 4 == 2 ? (j % 2 ? 1e6 : 1e-6) : 1;
            w.x[i * w.d + j] = seed % 4 == 1 ? (double)ml_rng_below(&rng, 3) : unit * ml_rng_normal(&rng);
            if (seed % 4 == 3 && j + 1 == w.d)
                w.x[i * w.d + j] = 7;
        }
        w.y[i] = ml_rng_normal(&rng) + w.x[i * w.d];
        w.label[i] = i < w.classes && seed % 5 ? (uint32_t)i : (uint32_t)ml_rng_below(&rng, w.classes);
    }
    return w;
}

/* Small numbers of what takes long, and the others anywhere that is usual. */
static void choose(const ml_model_kind *kind, uint64_t seed, double *setting) {
    static const struct {
        const char *name;
        double least, choices;
    } range[] = {{"n_trees", 1, 4},      {"epochs", 1, 3},    {"k", 1, 5},
                 {"n_init", 1, 2},       {"max_depth", 1, 4}, {"hidden_layers", 0, 3},
                 {"hidden_width", 1, 9}, {"weights", 0, 2},   {"algorithm", 0, 3},
                 {"activation", 0, 4},   {"criterion", 0, 2}, {"standardise", 0, 2}};
    ml_rng rng = ml_rng_seed(seed, 1);
    ml_model_defaults(kind, setting);
    for (size_t i = 0; i < kind->n_settings; i++)
        for (size_t r = 0; r < sizeof range / sizeof *range; r++)
            if (strcmp(kind->setting[i].name, range[r].name) == 0)
                setting[i] = range[r].least + (double)ml_rng_below(&rng, (uint64_t)range[r].choices);
    if (strcmp(kind->name, "naive-bayes") == 0) /* not multinomial, which takes no negative numbers */
        setting[1] = ml_rng_below(&rng, 2) ? 0 : 2;
}

/* ML_OK, or a refusal that the data deserve: with one class a logistic regression has nothing to tell apart, and with
 * columns that depend on each other least squares has no one answer. */
static bool fit(const ml_model_kind *kind, ml_task task, const world *w, uint64_t seed, ml_arena *arena,
                ml_model *model) {
    const ml_dataset data = {w->n, w->d, w->x, w->y, w->label, w->classes};
    double setting[ML_MODEL_MAX_SETTINGS];
    choose(kind, seed, setting);
    const size_t before = arena->used;
    const ml_status status = ml_model_fit(kind, task, &data, setting, seed, arena, model, &error);
    assert_true(status == ML_OK || strlen(error.message) > 0);
    assert_true(status == ML_OK || arena->used == before);
    assert_true(status == ML_OK || status == ML_ESINGULAR || status == ML_EDIVERGED || status == ML_EINVAL);
    return status == ML_OK;
}

static void assert_answers(const ml_model *model, const world *w, ml_arena *arena, double *out) {
    static double chance[MOST * MOST_C];
    assert_int_equal(ml_model_predict(model, w->n, w->x, out, arena, &error), ML_OK);
    for (size_t i = 0; i < w->n * model->outputs; i++)
        assert_true(isfinite(out[i]));
    if (model->task != ML_CLASSIFICATION)
        return;
    assert_int_equal(ml_model_predict_proba(model, w->n, w->x, chance, arena, &error), ML_OK);
    for (size_t i = 0; i < w->n; i++) {
        double sum = 0;
        const double *const p = chance + i * w->classes;
        for (size_t c = 0; c < w->classes; sum += p[c++])
            assert_true(p[c] >= 0 && p[c] <= p[(size_t)out[i]]);
        assert_true(fabs(sum - 1) < 1e-9);
    }
}

static void one_case(const ml_model_kind *kind, ml_task task, uint64_t seed, size_t *fitted) {
    static double out[MOST * WIDEST], other[MOST * WIDEST];
    const world w = draw(seed);
    ml_arena arena = ml_arena_over(block, sizeof block),
             loaded_arena = ml_arena_over(loaded_block, sizeof loaded_block);
    ml_model model, again, loaded;
    size_t length = 0, same = 0;
    if (!fit(kind, task, &w, seed, &arena, &model))
        return;
    ++*fitted;
    assert_answers(&model, &w, &arena, out);
    const size_t bytes = w.n * model.outputs * sizeof *out;
    for (size_t i = 0; i < w.n; i++) { /* a batch says what its rows say alone */
        assert_int_equal(ml_model_predict(&model, 1, w.x + i * w.d, other + i * model.outputs, &arena, &error), ML_OK);
        assert_memory_equal(other + i * model.outputs, out + i * model.outputs, model.outputs * sizeof *out);
    }
    assert_int_equal(ml_model_save(&model, NULL, sizeof file[0], file[0], &length, &error), ML_OK);
    assert_int_equal(ml_model_load(length, file[0], &loaded_arena, &loaded, NULL, &error), ML_OK);
    assert_int_equal(ml_model_predict(&loaded, w.n, w.x, other, &loaded_arena, &error), ML_OK);
    assert_memory_equal(out, other, bytes);
    assert_int_equal(ml_model_save(&loaded, NULL, sizeof file[1], file[1], &same, &error), ML_OK);
    assert_int_equal(length, same);
    assert_memory_equal(file[0], file[1], length);
    assert_true(fit(kind, task, &w, seed, &arena, &again)); /* the same seed, the same bits */
    assert_int_equal(ml_model_save(&again, NULL, sizeof file[1], file[1], &same, &error), ML_OK);
    assert_int_equal(length, same);
    assert_memory_equal(file[0], file[1], length);
}

static void test_every_kind_on_any_data(void **state) {
    (void)state;
    for (size_t i = 0; i < ml_model_kinds_length; i++)
        for (unsigned task = ML_REGRESSION; task <= ML_TRANSFORM; task *= 2) {
            size_t fitted = 0;
            if ((ml_model_kinds[i]->tasks & task) == 0)
                continue;
            for (uint64_t seed = 1; seed <= SEEDS; seed++)
                one_case(ml_model_kinds[i], (ml_task)task, seed, &fitted);
            assert_true(fitted >= SEEDS / 2);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_on_any_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
