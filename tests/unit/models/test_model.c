/* One interface to every model: against scikit-learn, and what must hold of any kind, hostile files included. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/rng.h"
#include "golden/model_kinds_golden.h"
#include "models/models.h"

static _Alignas(64) unsigned char block[1 << 20], loaded_block[1 << 18];
static ml_arena arena;
static ml_error error;
static uint8_t file[1 << 16];

static const ml_dataset golden = {KINDS_N, KINDS_D, kinds_x, kinds_y, kinds_label, KINDS_CLASSES};

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, sizeof block);
    return 0;
}

static void assert_close(size_t n, const double *got, const double *expected, double tolerance) {
    for (size_t i = 0; i < n; i++)
        if (!(fabs(got[i] - expected[i]) <= tolerance * fmax(1e-2, fabs(expected[i]))))
            fail_msg("[%zu] is %.17g, expected %.17g", i, got[i], expected[i]);
}

typedef struct setting {
    const char *name;
    double value;
} setting;

static ml_model fit(const char *name, ml_task task, size_t count, const setting *set) {
    const ml_model_kind *kind = NULL;
    double value[ML_MODEL_MAX_SETTINGS] = {0};
    ml_model model = {0};
    assert_int_equal(ml_model_find(name, &kind, &error), ML_OK);
    ml_model_defaults(kind, value);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(ml_model_set(kind, set[i].name, set[i].value, value, &error), ML_OK);
    if (ml_model_fit(kind, task, &golden, value, 1, &arena, &model, &error) != ML_OK)
        fail_msg("%s", error.message);
    return model;
}

static void assert_linear(const ml_model *model, const double *intercept, const double *coefficients) {
    assert_close(model->field[0].rows, model->field[0].data, intercept, 1e-5);
    assert_close(model->field[1].rows * KINDS_D, model->field[1].data, coefficients, 1e-5);
}

static void test_linear_kinds_against_scikit_learn(void **state) {
    (void)state;
    const ml_model lasso = fit("lasso", ML_REGRESSION, 1, (setting[]){{"l1", 0.2}});
    assert_linear(&lasso, lasso_intercept, lasso_coefficients);
    const ml_model net = fit("elastic-net", ML_REGRESSION, 2, (setting[]){{"alpha", 0.4}, {"l1_ratio", 0.3}});
    assert_linear(&net, elastic_net_intercept, elastic_net_coefficients);
    const ml_model softmax = fit("logistic", ML_CLASSIFICATION, 1, (setting[]){{"l2", 0.7}});
    assert_linear(&softmax, softmax_intercept, softmax_coefficients);
}

static void assert_probabilities(const ml_model *model, const double *expected, double tolerance) {
    double got[KINDS_QUERIES * KINDS_CLASSES], predicted[KINDS_QUERIES];
    assert_int_equal(ml_model_predict_proba(model, KINDS_QUERIES, kinds_query, got, &arena, &error), ML_OK);
    assert_close(KINDS_QUERIES * KINDS_CLASSES, got, expected, tolerance);
    assert_int_equal(ml_model_predict(model, KINDS_QUERIES, kinds_query, predicted, &arena, &error), ML_OK);
    for (size_t i = 0; i < KINDS_QUERIES; i++)
        for (size_t c = 0; c < KINDS_CLASSES; c++) /* the first of the highest */
            assert_true(got[i * 3 + c] < got[i * 3 + (size_t)predicted[i]] ||
                        (got[i * 3 + c] == got[i * 3 + (size_t)predicted[i]] && c >= (size_t)predicted[i]));
}

static void test_classifiers_against_scikit_learn(void **state) {
    (void)state;
    const ml_model softmax = fit("logistic", ML_CLASSIFICATION, 1, (setting[]){{"l2", 0.7}});
    assert_probabilities(&softmax, softmax_probabilities, 1e-5);
    const ml_model bayes = fit("naive-bayes", ML_CLASSIFICATION, 0, NULL);
    assert_probabilities(&bayes, bayes_probabilities, 1e-9);
    const ml_model uniform = fit("knn", ML_CLASSIFICATION, 0, NULL);
    assert_probabilities(&uniform, knn_uniform_probabilities, 1e-12);
    const ml_model distance = fit("knn", ML_CLASSIFICATION, 1, (setting[]){{"weights", 1}});
    assert_probabilities(&distance, knn_distance_probabilities, 1e-9);
}

static void test_nearest_neighbours_of_a_number(void **state) {
    (void)state;
    double got[KINDS_QUERIES];
    const ml_model uniform = fit("knn", ML_REGRESSION, 0, NULL);
    assert_int_equal(ml_model_predict(&uniform, KINDS_QUERIES, kinds_query, got, &arena, &error), ML_OK);
    assert_close(KINDS_QUERIES, got, knn_uniform_prediction, 1e-12);
    const ml_model distance = fit("knn", ML_REGRESSION, 1, (setting[]){{"weights", 1}});
    assert_int_equal(ml_model_predict(&distance, KINDS_QUERIES, kinds_query, got, &arena, &error), ML_OK);
    assert_close(KINDS_QUERIES, got, knn_distance_prediction, 1e-12);
}

static void test_clusters_against_scikit_learn(void **state) {
    (void)state;
    const ml_model model = fit("kmeans", ML_CLUSTERING, 2, (setting[]){{"k", 3}, {"n_init", 50}});
    const double *const centre = model.field[0].data;
    double got[KINDS_QUERIES];
    size_t place[3]; /* scikit-learn's are sorted by their first feature */
    for (size_t c = 0; c < 3; c++) {
        place[c] = 0;
        for (size_t b = 0; b < 3; b++)
            place[c] += centre[b * KINDS_D] < centre[c * KINDS_D];
        assert_close(KINDS_D, centre + c * KINDS_D, kmeans_centres + place[c] * KINDS_D, 1e-10);
    }
    assert_close(1, model.field[1].data, kmeans_inertia, 1e-12);
    assert_int_equal(ml_model_predict(&model, KINDS_QUERIES, kinds_query, got, &arena, &error), ML_OK);
    for (size_t i = 0; i < KINDS_QUERIES; i++)
        assert_int_equal(place[(size_t)got[i]], kmeans_prediction[i]);
}

static void test_components_against_scikit_learn(void **state) {
    (void)state;
    const ml_model model = fit("pca", ML_TRANSFORM, 1, (setting[]){{"n_components", 2}});
    double got[KINDS_QUERIES * 2];
    assert_int_equal(model.outputs, 2);
    assert_close(KINDS_D, model.field[0].data, pca_mean, 1e-12);
    assert_close(2 * KINDS_D, model.field[1].data, pca_components, 1e-10);
    assert_close(2, model.field[2].data, pca_explained_variance, 1e-12);
    assert_close(2, model.field[3].data, pca_explained_variance_ratio, 1e-12);
    assert_close(1, model.field[4].data, pca_noise_variance, 1e-10);
    assert_int_equal(ml_model_predict(&model, KINDS_QUERIES, kinds_query, got, &arena, &error), ML_OK);
    assert_close(KINDS_QUERIES * 2, got, pca_scores, 1e-10);
    const ml_model whole = fit("pca", ML_TRANSFORM, 0, NULL);
    assert_int_equal(whole.outputs, KINDS_D);
    assert_true(*(double *)whole.field[4].data == 0.0);
}

/* Without hidden layers the loss is convex, and the whole batch leads to its one minimum. */
static void test_networks_without_hidden_layers_against_scikit_learn(void **state) {
    (void)state;
    const setting flat[] = {{"hidden_layers", 0},    {"l2", 0.02},     {"learning_rate", 0.01},
                            {"batch_size", KINDS_N}, {"epochs", 9000}, {"activation", 3}};
    double got[KINDS_QUERIES];
    const ml_model classes = fit("mlp", ML_CLASSIFICATION, 6, flat);
    assert_probabilities(&classes, mlp_flat_probabilities, 1e-4);
    const ml_model number = fit("mlp", ML_REGRESSION, 6, flat);
    assert_int_equal(ml_model_predict(&number, KINDS_QUERIES, kinds_query, got, &arena, &error), ML_OK);
    assert_close(KINDS_QUERIES, got, mlp_flat_prediction, 1e-4);
}

/* Exclusive or, in very different units: no line tells the classes apart, and no float holds the dates. */
static void test_a_network_learns_what_a_line_cannot(void **state) {
    (void)state;
    enum { N = 200 };
    static double x[N * 2], y[N], got[N];
    static uint32_t label[N];
    const ml_dataset data = {N, 2, x, y, label, 2};
    const ml_model_kind *kind = NULL;
    double value[ML_MODEL_MAX_SETTINGS], wrong = 0, squares = 0, all = 0;
    ml_rng rng = ml_rng_seed(3, 0);
    ml_model model;
    for (size_t i = 0; i < N; i++) {
        const double a = ml_rng_uniform(&rng) - 0.5, b = ml_rng_uniform(&rng) - 0.5;
        x[2 * i] = 1.7e9 + 100 * a;
        x[2 * i + 1] = 1e-6 * b;
        label[i] = (a > 0) != (b > 0);
        y[i] = 1e6 + a * b;
    }
    assert_int_equal(ml_model_find("mlp", &kind, &error), ML_OK);
    for (int activation = 0; activation < 3; activation++) {
        ml_model_defaults(kind, value);
        value[2] = activation;
        assert_int_equal(ml_model_fit(kind, ML_CLASSIFICATION, &data, value, 1, &arena, &model, &error), ML_OK);
        assert_int_equal(ml_model_predict(&model, N, x, got, &arena, &error), ML_OK);
        wrong = 0;
        for (size_t i = 0; i < N; i++)
            wrong += got[i] != label[i];
        assert_true(wrong <= 0.06 * N);
    }
    value[2] = 0;
    assert_int_equal(ml_model_fit(kind, ML_REGRESSION, &data, value, 1, &arena, &model, &error), ML_OK);
    assert_int_equal(ml_model_predict(&model, N, x, got, &arena, &error), ML_OK);
    for (size_t i = 0; i < N; i++) {
        squares += (got[i] - y[i]) * (got[i] - y[i]);
        all += (y[i] - 1e6) * (y[i] - 1e6);
    }
    assert_true(squares < 0.05 * all);
}

/* --- Every kind there is ------------------------------------------------------------------------------------------ */

static size_t has_trees(const ml_model_kind *kind) {
    for (size_t i = 0; i < kind->n_settings; i++)
        if (strcmp(kind->setting[i].name, "n_trees") == 0)
            return 1;
    return 0;
}

static void each_kind(void (*what)(const ml_model *)) {
    for (size_t i = 0; i < ml_model_kinds_length; i++)
        for (unsigned task = ML_REGRESSION; task <= ML_TRANSFORM; task *= 2)
            if (ml_model_kinds[i]->tasks & task) {
                arena = ml_arena_over(block, sizeof block);
                const setting few = {"n_trees", 4}; /* as many as show what there is to see, in a small file */
                const ml_model model = fit(ml_model_kinds[i]->name, (ml_task)task, has_trees(ml_model_kinds[i]), &few);
                what(&model);
            }
}

/* Room for what any model says about the queries. */
static double before[KINDS_QUERIES * 64], after[KINDS_QUERIES * 64];

static void save_load(const ml_model *model) {
    static const char *const feature[] = {"a", "b \"quoted\"", "c", "d"}, *const classes[] = {"x", "y", "z"};
    const ml_model_names names = {feature, model->classes > 0 ? classes : NULL, "target"};
    ml_arena other = ml_arena_over(loaded_block, sizeof loaded_block);
    ml_model loaded = {0};
    ml_model_names called = {0};
    size_t length = 0, again = 0;
    assert_int_equal(ml_model_save(model, &names, 0, NULL, &length, &error), ML_OK);
    assert_int_equal(ml_model_save(model, &names, length - 1, file, &again, &error), ML_ENOMEM);
    assert_int_equal(ml_model_save(model, &names, sizeof file, file, &again, &error), ML_OK);
    assert_int_equal(length, again);
    assert_int_equal(ml_model_load(length, file, &other, &loaded, &called, &error), ML_OK);
    assert_string_equal(called.feature[1], feature[1]);
    assert_string_equal(called.target, "target");
    assert_true(model->outputs <= 64);
    assert_int_equal(ml_model_predict(model, KINDS_QUERIES, kinds_query, before, &arena, &error), ML_OK);
    assert_int_equal(ml_model_predict(&loaded, KINDS_QUERIES, kinds_query, after, &other, &error), ML_OK);
    assert_memory_equal(before, after, KINDS_QUERIES * model->outputs * sizeof *before);
    for (size_t i = 0; i < KINDS_QUERIES; i++) { /* a batch says what its rows say alone */
        assert_int_equal(ml_model_predict(model, 1, kinds_query + i * KINDS_D, after, &arena, &error), ML_OK);
        assert_memory_equal(after, before + i * model->outputs, model->outputs * sizeof *after);
    }
}

static void test_every_kind_survives_its_file(void **state) {
    (void)state;
    each_kind(save_load);
}

/* Damages a file in many ways, with the checksum set right again: refused, or safe to use. */
static void damage(const ml_model *model) {
    size_t length = 0;
    ml_rng rng = ml_rng_seed(5, 0);
    for (int round = 0; round < 400; round++) {
        assert_int_equal(ml_model_save(model, NULL, sizeof file, file, &length, &error), ML_OK);
        for (uint64_t hits = 1 + ml_rng_below(&rng, 3); hits > 0; hits--) /* the head more often than the values */
            file[ml_rng_below(&rng, round % 2 ? length : 200 < length ? 200 : length)] = (uint8_t)ml_rng_next(&rng);
        if (round % 8 == 0)
            length = 4 + ml_rng_below(&rng, length - 4);
        put_u32(file + length - 4, ml_crc32(length - 4, file));
        ml_arena other = ml_arena_over(loaded_block, sizeof loaded_block);
        ml_model loaded = {0};
        const ml_status status = ml_model_load(length, file, &other, &loaded, NULL, &error);
        assert_true(status == ML_OK || status == ML_EPARSE || status == ML_ENOMEM);
        if (status != ML_OK)
            assert_int_equal(other.used, 0);
        else if (loaded.d == KINDS_D && loaded.outputs <= 64)
            ml_model_predict(&loaded, KINDS_QUERIES, kinds_query, after, &other, &error);
    }
}

static void test_no_file_is_dangerous(void **state) {
    (void)state;
    each_kind(damage);
}

static void test_a_plainly_damaged_file_is_refused(void **state) {
    (void)state;
    size_t length = 0;
    ml_model model = fit("ridge", ML_REGRESSION, 0, NULL), loaded;
    assert_int_equal(ml_model_save(&model, NULL, sizeof file, file, &length, &error), ML_OK);
    for (size_t i = 0; i < length; i++) {
        file[i] ^= 1;
        assert_int_equal(ml_model_load(length, file, &arena, &loaded, NULL, &error), ML_EPARSE);
        file[i] ^= 1;
        assert_int_equal(ml_model_load(i, file, &arena, &loaded, NULL, &error), ML_EPARSE);
    }
}

/* --- Description, settings, refusals ------------------------------------------------------------------------------ */

static void test_description(void **state) {
    (void)state;
    const double x[] = {0, 1, 2}, y[] = {1, 3, 5};
    const ml_dataset line = {3, 1, x, y, NULL, 0};
    const char *const feature[] = {"a \"b\""};
    const ml_model_names names = {.feature = feature};
    const ml_model_kind *kind = NULL;
    ml_model model;
    char text[100];
    size_t length = 0;
    assert_int_equal(ml_model_find("ridge", &kind, &error), ML_OK);
    assert_int_equal(ml_model_fit(kind, ML_REGRESSION, &line, (double[]){2}, 0, &arena, &model, &error), ML_OK);
    assert_int_equal(arena.used, 64 + 8);
    assert_int_equal(ml_model_describe(&model, &names, sizeof text, text, &length, &error), ML_OK);
    assert_string_equal(text, "{\"intercept\": 2, \"coefficients\": {\"a \\\"b\\\"\": 1}}");
    assert_int_equal(length, strlen(text));
    assert_int_equal(ml_model_describe(&model, &names, length, text, &length, &error), ML_ENOMEM);
}

static void assert_says(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    assert_non_null(strstr(error.message, word));
}

static void test_refusals(void **state) {
    (void)state;
    const ml_model_kind *kind = NULL;
    double value[ML_MODEL_MAX_SETTINGS], x[] = {0, (double)NAN}, y[] = {1, 2};
    const uint32_t label[] = {0, 2};
    ml_model model;
    assert_says(ml_model_find("rigde", &kind, &error), ML_EINVAL, "ridge");
    assert_int_equal(ml_model_find("knn", &kind, &error), ML_OK);
    ml_model_defaults(kind, value);
    assert_says(ml_model_set(kind, "depth", 1, value, &error), ML_EINVAL, "weights");
    assert_says(ml_model_set(kind, "k", 1.5, value, &error), ML_EINVAL, "whole");
    assert_says(ml_model_set(kind, "k", 0, value, &error), ML_EINVAL, "from");
    assert_says(ml_model_set(kind, "k", (double)NAN, value, &error), ML_EINVAL, "from");
    assert_says(ml_model_set_word(kind, "k", "two", value, &error), ML_EINVAL, "number");
    assert_says(ml_model_set_word(kind, "weights", "far", value, &error), ML_EINVAL, "distance");
    assert_int_equal(ml_model_set_word(kind, "weights", "distance", value, &error), ML_OK);
    assert_true(value[1] == 1.0);
    ml_dataset data = {2, 1, x, y, label, 2};
    value[0] = 1;
    assert_says(ml_model_fit(kind, ML_REGRESSION, &data, value, 0, &arena, &model, &error), ML_EINVAL, "missing");
    x[1] = 1;
    assert_says(ml_model_fit(kind, ML_CLASSIFICATION, &data, value, 0, &arena, &model, &error), ML_EINVAL, "label");
    assert_says(ml_model_fit(kind, ML_CLUSTERING, &data, value, 0, &arena, &model, &error), ML_EINVAL, "task");
    value[0] = 3;
    assert_says(ml_model_fit(kind, ML_REGRESSION, &data, value, 0, &arena, &model, &error), ML_EINVAL, "rows");
    data.target = NULL;
    assert_says(ml_model_fit(kind, ML_REGRESSION, &data, value, 0, &arena, &model, &error), ML_EINVAL, "target");
    assert_int_equal(arena.used, 0);
}

/* Fits to the golden data with one setting, for what the kind itself refuses. */
static ml_status try_fit(const char *name, ml_task task, const ml_dataset *data, const setting *set, ml_model *model) {
    const ml_model_kind *kind = NULL;
    double value[ML_MODEL_MAX_SETTINGS];
    assert_int_equal(ml_model_find(name, &kind, &error), ML_OK);
    ml_model_defaults(kind, value);
    assert_int_equal(ml_model_set(kind, set->name, set->value, value, &error), ML_OK);
    return ml_model_fit(kind, task, data, value, 0, &arena, model, &error);
}

static void test_what_clusters_components_and_networks_refuse(void **state) {
    (void)state;
    const setting many = {"k", KINDS_N + 1}, five = {"n_components", 5}, one = {"epochs", 1};
    double x[] = {1, 2, 1e300, 4}, y[] = {1, 2, 1e300, 4}, out[4];
    const uint32_t label[] = {0, 1, 0, 1};
    const ml_dataset far = {4, 1, x, y, label, 2};
    ml_model model;
    assert_says(try_fit("kmeans", ML_CLUSTERING, &golden, &many, &model), ML_EINVAL, "at most one a row");
    assert_says(try_fit("pca", ML_TRANSFORM, &golden, &five, &model), ML_EINVAL, "1 to 4");
    assert_says(try_fit("mlp", ML_CLASSIFICATION, &far, &one, &model), ML_EINVAL, "overflows");
    x[2] = 3;
    assert_says(try_fit("mlp", ML_REGRESSION, &far, &one, &model), ML_EINVAL, "overflows");
    y[2] = 3;
    for (size_t room = 64; room < 40000; room = room * 5 / 4) { /* wherever memory ends */
        arena = ml_arena_over(block, room);
        for (size_t i = 0; i < 3; i++) {
            const char *const name = ((const char *[]){"kmeans", "pca", "mlp"})[i];
            const setting set = i == 0 ? (setting){"k", 2} : i == 1 ? (setting){"n_components", 1} : one;
            const ml_task task = i == 0 ? ML_CLUSTERING : i == 1 ? ML_TRANSFORM : ML_REGRESSION;
            const ml_status status = try_fit(name, task, &far, &set, &model);
            assert_true(status == ML_OK || status == ML_ENOMEM);
            if (status != ML_OK)
                assert_int_equal(arena.used, 0);
            else if (ml_model_predict(&model, 4, x, out, &arena, &error) != ML_OK)
                assert_says(ML_ENOMEM, ML_ENOMEM, "memory");
            arena.used = 0;
        }
    }
    arena = ml_arena_over(block, sizeof block);
    assert_int_equal(try_fit("mlp", ML_REGRESSION, &far, &one, &model), ML_OK);
    x[0] = 1e308; /* counts as the farthest there is */
    assert_int_equal(ml_model_predict(&model, 1, x, out, &arena, &error), ML_OK);
    ((double *)model.field[4].data)[0] = ((double *)model.field[4].data)[64] = 1e38; /* and through such weights */
    assert_says(ml_model_predict(&model, 1, x, out, &arena, &error), ML_EINVAL, "overflow");
}

static void test_one_component_is_described_as_a_list(void **state) {
    (void)state;
    const double x[] = {0, 0, 3, 4, 6, 8};
    const ml_dataset data = {3, 2, x, NULL, NULL, 0};
    const setting one = {"n_components", 1};
    char text[300];
    size_t length = 0;
    ml_model model;
    assert_int_equal(try_fit("pca", ML_TRANSFORM, &data, &one, &model), ML_OK);
    assert_int_equal(ml_model_describe(&model, NULL, sizeof text, text, &length, &error), ML_OK);
    assert_non_null(strstr(text, "\"mean\": {\"x0\": 3, \"x1\": 4}, \"components\": [{\"x0\": "));
    assert_non_null(strstr(text, "\"explained_variance_ratio\": ["));
    const setting two = {"k", 1};
    assert_int_equal(try_fit("kmeans", ML_CLUSTERING, &data, &two, &model), ML_OK);
    assert_int_equal(ml_model_describe(&model, NULL, sizeof text, text, &length, &error), ML_OK);
    assert_string_equal(text, "{\"centres\": [{\"x0\": 3, \"x1\": 4}], \"inertia\": 50}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_linear_kinds_against_scikit_learn, fresh),
        cmocka_unit_test_setup(test_classifiers_against_scikit_learn, fresh),
        cmocka_unit_test_setup(test_nearest_neighbours_of_a_number, fresh),
        cmocka_unit_test_setup(test_clusters_against_scikit_learn, fresh),
        cmocka_unit_test_setup(test_components_against_scikit_learn, fresh),
        cmocka_unit_test_setup(test_networks_without_hidden_layers_against_scikit_learn, fresh),
        cmocka_unit_test_setup(test_a_network_learns_what_a_line_cannot, fresh),
        cmocka_unit_test_setup(test_every_kind_survives_its_file, fresh),
        cmocka_unit_test_setup(test_no_file_is_dangerous, fresh),
        cmocka_unit_test_setup(test_a_plainly_damaged_file_is_refused, fresh),
        cmocka_unit_test_setup(test_description, fresh),
        cmocka_unit_test_setup(test_refusals, fresh),
        cmocka_unit_test_setup(test_what_clusters_components_and_networks_refuse, fresh),
        cmocka_unit_test_setup(test_one_component_is_described_as_a_list, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
