/* Trees, forests and boosting: node by node against scikit-learn, accuracy beside it, and what must hold of any rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden/trees_golden.h"
#include "ml.h"

enum { CAPACITY = 48 << 20 };
static unsigned char *block;
static ml_arena arena;
static ml_error error;

static int make_block(void **state) {
    (void)state;
    block = malloc(CAPACITY);
    return block == NULL;
}

static int free_block(void **state) {
    (void)state;
    free(block);
    return 0;
}

static int fresh(void **state) {
    (void)state;
    arena = ml_arena_over(block, CAPACITY);
    error.message[0] = '\0';
    return 0;
}

static void assert_ok(ml_status status) {
    if (status != ML_OK)
        fail_msg("%s", error.message);
}

static void assert_fails(ml_status got, ml_status expected, const char *words) {
    assert_int_equal(got, expected);
    if (strstr(error.message, words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, error.message);
}

static void test_trees_have_the_nodes_of_scikit_learn(void **state) {
    (void)state;
    size_t at_value = 0;
    for (size_t c = 0; c < TREES_CASES; c++) {
        const ml_tree_criterion criterion = (ml_tree_criterion)trees_case[c].criterion;
        const bool is_regression = criterion == ML_TREE_SQUARED_ERROR;
        const ml_tree_rows rows = {TREES_N, TREES_D, trees_x, is_regression ? 0 : TREES_CLASSES, trees_label, trees_y,
                                   trees_case[c].weighted ? trees_weight : NULL};
        const ml_tree_settings settings = {criterion, (size_t)trees_case[c].max_depth,
                                           (size_t)trees_case[c].min_samples_split,
                                           (size_t)trees_case[c].min_samples_leaf, 0,
                                           trees_case[c].min_impurity_decrease, trees_case[c].ccp_alpha};
        ml_trees tree;
        double importance[TREES_D];
        fresh(NULL);
        assert_ok(ml_tree_fit(&rows, &settings, 1, &tree, &arena, &error));
        const size_t first = trees_first[c];
        assert_int_equal(tree.n_nodes, trees_first[c + 1] - first);
        assert_memory_equal(tree.feature, trees_feature + first, tree.n_nodes * sizeof *tree.feature);
        assert_memory_equal(tree.n_samples, trees_samples + first, tree.n_nodes * sizeof *tree.n_samples);
        for (size_t i = 0; i < tree.n_nodes; i++)
            assert_true(tree.feature[i] < 0 || tree.threshold[i] == trees_threshold[first + i]);
        for (size_t i = 0; i < tree.n_nodes * tree.n_outputs; i++)
            assert_true(fabs(tree.value[i] - trees_value[at_value + i]) <= 1e-12);
        at_value += tree.n_nodes * tree.n_outputs;
        ml_trees_importance(&tree, importance);
        for (size_t j = 0; j < TREES_D; j++)
            assert_true(fabs(importance[j] - trees_importance[c * TREES_D + j]) <= 1e-10);
        assert_ok(ml_trees_check(&tree, &error));
    }
}

/* One of the five data sets: 4 rows of 5 to fit, the fifth to test. */
typedef struct data_set {
    const char *name;
    size_t n, d, classes;
    const float *x;
    const uint8_t *bytes;
    const float *y;
    double forest, boosting;
} data_set;

static const data_set sets[] = {
    {"iris", IRIS_N, IRIS_D, IRIS_CLASSES, set_iris_x, NULL, set_iris_y, set_iris_forest, set_iris_boosting},
    {"wine", WINE_N, WINE_D, WINE_CLASSES, set_wine_x, NULL, set_wine_y, set_wine_forest, set_wine_boosting},
    {"breast cancer", BREAST_CANCER_N, BREAST_CANCER_D, BREAST_CANCER_CLASSES, set_breast_cancer_x, NULL,
     set_breast_cancer_y, set_breast_cancer_forest, set_breast_cancer_boosting},
    {"digits", DIGITS_N, DIGITS_D, DIGITS_CLASSES, NULL, set_digits_x, set_digits_y, set_digits_forest,
     set_digits_boosting},
    {"diabetes", DIABETES_N, DIABETES_D, DIABETES_CLASSES, set_diabetes_x, NULL, set_diabetes_y, set_diabetes_forest,
     set_diabetes_boosting},
};

typedef struct split_set {
    ml_tree_rows train, test;
} split_set;

static void put_row(const data_set *s, size_t i, ml_tree_rows *rows) {
    const size_t to = rows->n++;
    for (size_t j = 0; j < s->d; j++)
        ((double *)rows->x)[to * s->d + j] = s->x != NULL ? s->x[i * s->d + j] : s->bytes[i * s->d + j];
    ((double *)rows->y)[to] = s->y[i];
    ((uint32_t *)rows->label)[to] = (uint32_t)s->y[i];
}

static split_set split_of(const data_set *s) {
    split_set both;
    for (int k = 0; k < 2; k++) {
        ml_tree_rows *const rows = k == 0 ? &both.train : &both.test;
        *rows = (ml_tree_rows){.d = s->d, .x = ML_ALLOC(&arena, s->n * s->d, double), .classes = s->classes,
                               .label = ML_ALLOC(&arena, s->n, uint32_t), .y = ML_ALLOC(&arena, s->n, double)};
    }
    for (size_t i = 0; i < s->n; i++)
        put_row(s, i, i % 5 == 4 ? &both.test : &both.train);
    return both;
}

/* Accuracy or R^2. */
static double judge(const ml_tree_rows *test, const double *prediction) {
    return ml_forest_score(test, prediction);
}

static void test_forests_are_as_good_as_those_of_scikit_learn(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        fresh(NULL);
        const split_set both = split_of(&sets[s]);
        ml_forest_settings settings = ml_forest_defaults(sets[s].d, sets[s].classes);
        const size_t k = sets[s].classes > 0 ? sets[s].classes : 1;
        double *const prediction = ML_ALLOC(&arena, both.test.n * k, double);
        double *const out_of_bag = ML_ALLOC(&arena, both.train.n * k, double);
        double mean = 0.0, seen = 0.0;
        enum { SEEDS = 3 };
        for (settings.seed = 1; settings.seed <= SEEDS; settings.seed++) {
            const ml_arena_mark mark = ml_arena_save(&arena);
            ml_trees forest;
            assert_ok(ml_forest_fit(&both.train, &settings, &forest, out_of_bag, &arena, &error));
            assert_ok(ml_trees_check(&forest, &error));
            ml_trees_predict(&forest, both.test.n, both.test.x, prediction);
            mean += judge(&both.test, prediction) / SEEDS;
            seen += ml_forest_score(&both.train, out_of_bag) / SEEDS;
            ml_arena_release(&arena, mark);
        }
        print_message("forest    %-14s ours %.4f  scikit-learn %.4f  out of bag %.4f\n", sets[s].name, mean,
                      sets[s].forest, seen);
        assert_true(mean >= sets[s].forest - 0.02);
        assert_true(fabs(seen - mean) < 0.1);
    }
}

static void test_isolation_scores_agree_with_scikit_learn(void **state) {
    (void)state;
    double value[ISOLATION_NODES], score[TREES_N];
    uint32_t depth[ISOLATION_NODES];
    uint8_t missing_left[ISOLATION_NODES] = {0};
    double weight[ISOLATION_NODES], gain[ISOLATION_NODES] = {0};
    ml_trees forest = {TREES_D, 1, ISOLATION_TREES, ISOLATION_NODES, (uint32_t *)isolation_root,
                       (int32_t *)isolation_feature, (double *)isolation_threshold, (uint32_t *)isolation_left,
                       (uint32_t *)isolation_right, missing_left, value, weight, gain, (uint32_t *)isolation_samples};
    ml_trees_depth(&forest, depth);
    for (size_t i = 0; i < ISOLATION_NODES; i++) {
        weight[i] = isolation_samples[i];
        value[i] = depth[i] + ml_isolation_path(isolation_samples[i]);
    }
    assert_ok(ml_trees_check(&forest, &error));
    ml_isolation_score(&forest, TREES_N, trees_x, score);
    for (size_t i = 0; i < TREES_N; i++)
        assert_true(fabs(score[i] - isolation_score[i]) <= 1e-9);
}

static void test_isolation_finds_what_is_alone(void **state) {
    (void)state;
    enum { N = 400, D = 3 };
    static double x[N * D], score[N];
    ml_rng rng = ml_rng_seed(2, 0);
    for (size_t i = 0; i < N * D; i++)
        x[i] = ml_rng_normal(&rng);
    for (size_t j = 0; j < D; j++)
        x[j] = 7.0;
    const ml_isolation_settings settings = {.n_trees = 100, .seed = 3};
    ml_trees forest, again;
    assert_ok(ml_isolation_fit(N, D, x, &settings, &forest, &arena, &error));
    assert_ok(ml_trees_check(&forest, &error));
    assert_int_equal(forest.n_samples[0], 256);
    ml_isolation_score(&forest, N, x, score);
    double mean = 0.0;
    for (size_t i = 1; i < N; i++) {
        assert_true(score[0] > score[i]);
        mean += score[i] / (N - 1);
    }
    assert_true(score[0] > 0.7 && mean > 0.38 && mean < 0.5);
    const ml_isolation_settings fewer = {.n_trees = 10, .seed = 3}; /* tree i does not depend on the others */
    assert_ok(ml_isolation_fit(N, D, x, &fewer, &again, &arena, &error));
    assert_memory_equal(again.threshold, forest.threshold, again.n_nodes * sizeof *again.threshold);
}

/* Random rows on a coarse grid, some missing, some of weight 0. */
enum { MOST = 60, MOST_D = 4 };
typedef struct random_case {
    double x[MOST * MOST_D], y[MOST], weight[MOST];
    uint32_t label[MOST];
    ml_tree_rows rows;
    ml_tree_settings settings;
} random_case;

static void draw_case(uint64_t seed, random_case *c) {
    ml_rng rng = ml_rng_seed(seed, 0);
    const size_t n = 1 + (size_t)ml_rng_below(&rng, MOST), d = 1 + (size_t)ml_rng_below(&rng, MOST_D);
    const size_t classes = ml_rng_bernoulli(&rng, 0.5) ? 1 + (size_t)ml_rng_below(&rng, 4) : 0;
    for (size_t i = 0; i < n * d; i++)
        c->x[i] = ml_rng_bernoulli(&rng, 0.1) ? (double)NAN : (double)ml_rng_below(&rng, 12);
    for (size_t i = 0; i < n; i++) {
        c->y[i] = 1000.0 + ml_rng_normal(&rng);
        c->label[i] = classes > 0 ? (uint32_t)ml_rng_below(&rng, classes) : 0;
        c->weight[i] = (double)ml_rng_below(&rng, 4);
    }
    c->weight[0] = 1.0;
    c->rows = (ml_tree_rows){n, d, c->x, classes, c->label, c->y, ml_rng_bernoulli(&rng, 0.5) ? c->weight : NULL};
    c->settings = ml_tree_defaults(classes);
    if (classes > 0 && ml_rng_bernoulli(&rng, 0.5))
        c->settings.criterion = ML_TREE_ENTROPY;
    c->settings.max_depth = (size_t)ml_rng_below(&rng, 6);
    c->settings.min_samples_leaf = 1 + (size_t)ml_rng_below(&rng, 4);
    c->settings.max_features = (size_t)ml_rng_below(&rng, d + 1);
    c->settings.ccp_alpha = ml_rng_bernoulli(&rng, 0.3) ? 0.01 : 0.0;
}

/* What the rows in a node say must be what the node says. */
static void assert_node_is_true(const random_case *c, const ml_trees *tree, uint32_t node) {
    double weight = 0.0, value[8] = {0};
    size_t count = 0;
    for (size_t i = 0; i < c->rows.n; i++) {
        const double w = c->rows.weight == NULL ? 1.0 : c->weight[i];
        if (w == 0.0 || ml_trees_leaf(tree, 0, c->x + i * c->rows.d) != node)
            continue;
        count++;
        weight += w;
        value[c->rows.classes > 0 ? c->label[i] : 0] += c->rows.classes > 0 ? w : w * c->y[i];
    }
    assert_int_equal(count, tree->n_samples[node]);
    assert_true(fabs(weight - tree->weight[node]) <= 1e-9);
    for (size_t k = 0; k < tree->n_outputs; k++)
        assert_true(fabs(value[k] / weight - tree->value[node * tree->n_outputs + k]) <= 1e-9);
}

static void test_leaves_hold_what_their_rows_say(void **state) {
    (void)state;
    static random_case c;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        ml_trees tree;
        uint32_t depth[2 * MOST];
        fresh(NULL);
        draw_case(seed, &c);
        assert_ok(ml_tree_fit(&c.rows, &c.settings, seed, &tree, &arena, &error));
        assert_ok(ml_trees_check(&tree, &error));
        const size_t deepest = ml_trees_depth(&tree, depth);
        assert_true(c.settings.max_depth == 0 || deepest <= c.settings.max_depth);
        for (uint32_t i = 0; i < tree.n_nodes; i++) {
            if (tree.feature[i] < 0) {
                assert_node_is_true(&c, &tree, i);
                assert_true(i == 0 || tree.n_samples[i] >= c.settings.min_samples_leaf);
            } else {
                assert_int_equal(tree.left[i], i + 1);
                assert_int_equal(tree.n_samples[i], tree.n_samples[tree.left[i]] + tree.n_samples[tree.right[i]]);
            }
        }
    }
}

/* A tree without limits on different rows knows every one of them by heart. */
static void test_an_unlimited_tree_learns_its_rows_by_heart(void **state) {
    (void)state;
    enum { N = 300 };
    static double x[N], y[N], said[N];
    ml_rng rng = ml_rng_seed(4, 0);
    for (size_t i = 0; i < N; i++) {
        x[i] = ml_rng_normal(&rng);
        y[i] = ml_rng_normal(&rng);
    }
    const ml_tree_rows rows = {.n = N, .d = 1, .x = x, .y = y};
    const ml_tree_settings settings = ml_tree_defaults(0);
    ml_trees tree;
    assert_ok(ml_tree_fit(&rows, &settings, 0, &tree, &arena, &error));
    ml_trees_predict(&tree, N, x, said);
    assert_memory_equal(said, y, sizeof y);
}

static void test_errors(void **state) {
    (void)state;
    double x[] = {1, 2, 3, 4}, y[] = {1, 2, 3, 4}, weight[] = {0, 0, 0, 0}, seen[4];
    const uint32_t label[] = {0, 1, 2, 0};
    const ml_tree_rows good = {4, 1, x, 0, NULL, y, NULL};
    const ml_tree_settings plain = ml_tree_defaults(0);
    ml_tree_rows rows = good;
    ml_tree_settings s = plain;
    ml_trees t;
#define FIT ml_tree_fit(&rows, &s, 0, &t, &arena, &error)
    rows.n = 0;
    assert_fails(FIT, ML_EINVAL, "at least one");
    rows = good;
    x[2] = (double)INFINITY;
    assert_fails(FIT, ML_EINVAL, "infinite");
    x[2] = 3;
    y[1] = (double)NAN;
    assert_fails(FIT, ML_EINVAL, "target of row 1");
    y[1] = 2;
    rows.weight = weight;
    assert_fails(FIT, ML_EINVAL, "add up to");
    weight[3] = -1;
    assert_fails(FIT, ML_EINVAL, "weight of row 3");
    rows = good;
    rows.classes = 2;
    rows.label = label;
    assert_fails(FIT, ML_EINVAL, "label of row 2");
    rows.classes = 1u << 16;
    assert_fails(FIT, ML_EINVAL, "classes");
    rows.classes = 3;
    assert_fails(FIT, ML_EINVAL, "criterion");
    rows = good;
    s.criterion = (ml_tree_criterion)9;
    assert_fails(FIT, ML_EINVAL, "unknown");
    s = plain;
    s.min_samples_split = 1;
    assert_fails(FIT, ML_EINVAL, "min_samples_split");
    s = plain;
    s.max_features = 2;
    assert_fails(FIT, ML_EINVAL, "max_features");
    s = plain;
    s.ccp_alpha = (double)NAN;
    assert_fails(FIT, ML_EINVAL, "ccp_alpha");
    s = plain;
    for (size_t room = 0; room < 3000; room += 40) { /* whatever is too small is said, and given back */
        arena = ml_arena_over(block, room);
        const ml_status status = FIT;
        if (status == ML_OK)
            break;
        assert_int_equal(status, ML_ENOMEM);
        assert_int_equal(arena.used, 0);
    }
    fresh(NULL);
    ml_forest_settings f = ml_forest_defaults(1, 0);
    f.bootstrap = false;
    assert_fails(ml_forest_fit(&rows, &f, &t, seen, &arena, &error), ML_EINVAL, "bootstrap");
    f.n_trees = 0;
    assert_fails(ml_forest_fit(&rows, &f, &t, NULL, &arena, &error), ML_EINVAL, "n_trees");
    ml_isolation_settings isolation = {.n_trees = 0};
    assert_fails(ml_isolation_fit(4, 1, x, &isolation, &t, &arena, &error), ML_EINVAL, "n_trees");
    isolation = (ml_isolation_settings){.n_trees = 1, .max_samples = 5};
    assert_fails(ml_isolation_fit(4, 1, x, &isolation, &t, &arena, &error), ML_EINVAL, "max_samples");
    assert_int_equal(arena.used, 0);
}

/* Any change of an index in a file is either harmless or refused. */
static void test_damaged_trees_are_refused_or_harmless(void **state) {
    (void)state;
    static random_case c;
    double said[MOST * 8];
    for (uint64_t seed = 1; seed <= 500; seed++) {
        ml_trees t;
        ml_rng rng = ml_rng_seed(seed, 1);
        fresh(NULL);
        draw_case(seed, &c);
        c.settings.ccp_alpha = 0.0;
        assert_ok(ml_tree_fit(&c.rows, &c.settings, seed, &t, &arena, &error));
        const size_t node = (size_t)ml_rng_below(&rng, t.n_nodes);
        const uint32_t other = (uint32_t)(ml_rng_next(&rng) >> (ml_rng_bernoulli(&rng, 0.5) ? 60 : 32));
        switch (ml_rng_below(&rng, 6)) {
        case 0: t.left[node] = other; break;
        case 1: t.right[node] = other; break;
        case 2: t.feature[node] = (int32_t)other; break;
        case 3: t.root[ml_rng_below(&rng, 2)] = other; break;
        case 4: t.weight[node] = -1.0; break;
        default: t.value[node] = (double)NAN; break;
        }
        if (ml_trees_check(&t, &error) == ML_OK)
            ml_trees_predict(&t, c.rows.n, c.x, said);
    }
}

/* --- Boosting ----------------------------------------------------------------------------------------------------- */

static ml_gbt_settings as_in_golden(void) {
    ml_gbt_settings settings = ml_gbt_defaults();
    settings.max_depth = 4;
    settings.min_child_weight = 1e-3; /* scikit-learn's fixed one */
    return settings;
}

static void test_boosting_is_as_good_as_that_of_scikit_learn(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        fresh(NULL);
        const split_set both = split_of(&sets[s]);
        const ml_gbt_settings settings = as_in_golden();
        const size_t k = sets[s].classes > 0 ? sets[s].classes : 1;
        double *const prediction = ML_ALLOC(&arena, both.test.n * k, double);
        ml_gbt gbt;
        assert_ok(ml_gbt_fit(&both.train, NULL, &settings, &gbt, &arena, &error));
        assert_ok(ml_trees_check(&gbt.trees, &error));
        ml_gbt_predict(&gbt, both.test.n, both.test.x, prediction);
        const double score = judge(&both.test, prediction);
        print_message("boosting  %-14s ours %.4f  scikit-learn %.4f\n", sets[s].name, score, sets[s].boosting);
        assert_true(score >= sets[s].boosting - 0.02);
    }
}

/* With one leaf for each value, no penalty and rate 1, one round is the mean of each value's rows. */
static void test_one_boosted_tree_can_be_computed_by_hand(void **state) {
    (void)state;
    const double x[] = {1, 1, 2, 2, (double)NAN, (double)NAN}, y[] = {1, 3, 10, 12, 100, 102};
    const double query[] = {1, 2, (double)NAN}, expected[] = {2, 11, 101};
    const ml_tree_rows rows = {.n = 6, .d = 1, .x = x, .y = y};
    ml_gbt_settings settings = ml_gbt_defaults();
    settings.n_rounds = 1;
    settings.learning_rate = 1.0;
    settings.l2 = 0.0;
    double said[3];
    ml_gbt gbt;
    assert_ok(ml_gbt_fit(&rows, NULL, &settings, &gbt, &arena, &error));
    assert_true(gbt.base[0] == 38.0);
    ml_gbt_predict(&gbt, 3, query, said);
    for (size_t i = 0; i < 3; i++)
        assert_true(fabs(said[i] - expected[i]) < 1e-12);
    /* 63 or not: the first split parts the missing rows from the others; 1/2 (G^2/n + G^2/n), G = 126 - 0 */
    assert_true(gbt.trees.feature[0] == 0 && gbt.trees.missing_left[0] == 0);
    assert_true(fabs(gbt.trees.gain[0] - 0.5 * (126.0 * 126.0 / 2.0 + 126.0 * 126.0 / 4.0)) < 1e-9);
    settings.l2 = 2.0;
    settings.max_depth = 1;
    assert_ok(ml_gbt_fit(&rows, NULL, &settings, &gbt, &arena, &error));
    ml_gbt_predict(&gbt, 3, query, said);
    assert_true(fabs(said[0] - (38.0 - 126.0 / 6.0)) < 1e-12 && fabs(said[2] - (38.0 + 126.0 / 4.0)) < 1e-12);
}

static void test_missing_values_learn_a_direction(void **state) {
    (void)state;
    enum { N = 200 };
    static double x[N], said[2 * N];
    static uint32_t label[N];
    for (int direction = 0; direction < 2; direction++) {
        ml_rng rng = ml_rng_seed(8, 0);
        for (size_t i = 0; i < N; i++) {
            x[i] = ml_rng_normal(&rng);
            label[i] = x[i] > 0.3;
            if (i % 4 == 0) {
                x[i] = (double)NAN;
                label[i] = (uint32_t)direction;
            }
        }
        const ml_tree_rows rows = {.n = N, .d = 1, .x = x, .classes = 2, .label = label};
        const ml_gbt_settings settings = ml_gbt_defaults();
        ml_gbt gbt;
        fresh(NULL);
        assert_ok(ml_gbt_fit(&rows, NULL, &settings, &gbt, &arena, &error));
        assert_int_equal(gbt.trees.missing_left[0], !direction);
        ml_gbt_predict(&gbt, N, x, said);
        for (size_t i = 0; i < N; i++)
            assert_true((said[2 * i + 1] > 0.5) == label[i] && fabs(said[2 * i] + said[2 * i + 1] - 1.0) < 1e-15);
    }
}

static void test_early_stopping_keeps_the_best_round(void **state) {
    (void)state;
    enum { N = 300, D = 3 };
    static double x[N * D], y[N], score[N];
    ml_rng rng = ml_rng_seed(9, 0);
    for (size_t i = 0; i < N * D; i++)
        x[i] = ml_rng_normal(&rng);
    for (size_t i = 0; i < N; i++)
        y[i] = x[i * D] + 2.0 * ml_rng_normal(&rng);
    const ml_tree_rows train = {.n = N / 2, .d = D, .x = x, .y = y};
    const ml_tree_rows valid = {.n = N / 2, .d = D, .x = x + N / 2 * D, .y = y + N / 2};
    ml_gbt_settings settings = ml_gbt_defaults();
    settings.row_share = settings.column_share = 0.7;
    settings.patience = 10;
    ml_gbt stopped, all;
    assert_ok(ml_gbt_fit(&train, &valid, &settings, &stopped, &arena, &error));
    assert_ok(ml_gbt_fit(&train, NULL, &settings, &all, &arena, &error));
    assert_true(stopped.trees.n_trees < 60 && all.trees.n_trees == 100);
    assert_memory_equal(stopped.trees.value, all.trees.value, stopped.trees.n_nodes * sizeof(double));
    double best = (double)INFINITY;
    size_t best_round = 0;
    for (uint32_t rounds = 1; rounds <= 40; rounds++) {
        ml_gbt some = all;
        double loss = 0.0;
        some.trees.n_trees = rounds;
        ml_gbt_score(&some, valid.n, valid.x, score);
        for (size_t i = 0; i < valid.n; i++)
            loss += (score[i] - valid.y[i]) * (score[i] - valid.y[i]);
        if (loss < best) {
            best = loss;
            best_round = rounds;
        }
    }
    assert_int_equal(stopped.trees.n_trees, best_round);
}

static void test_boosting_fits_any_rows(void **state) {
    (void)state;
    static random_case c;
    double said[MOST * 8];
    for (uint64_t seed = 1; seed <= 600; seed++) {
        ml_rng rng = ml_rng_seed(seed, 2);
        ml_gbt_settings s = ml_gbt_defaults();
        s.n_rounds = 1 + (size_t)ml_rng_below(&rng, 8);
        s.max_depth = 1 + (size_t)ml_rng_below(&rng, ML_GBT_MAX_DEPTH);
        s.max_bins = 2 + (size_t)ml_rng_below(&rng, 20);
        s.l2 = ml_rng_bernoulli(&rng, 0.3) ? 0.0 : 1.0;
        s.min_child_weight = ml_rng_bernoulli(&rng, 0.5) ? 0.0 : 1.0;
        s.row_share = ml_rng_bernoulli(&rng, 0.5) ? 1.0 : 0.6;
        s.seed = seed;
        ml_gbt gbt;
        fresh(NULL);
        draw_case(seed, &c);
        if (c.rows.classes == 1)
            continue;
        assert_ok(ml_gbt_fit(&c.rows, NULL, &s, &gbt, &arena, &error));
        assert_ok(ml_trees_check(&gbt.trees, &error));
        ml_gbt_predict(&gbt, c.rows.n, c.x, said);
        for (size_t i = 0; i < c.rows.n * (c.rows.classes > 0 ? c.rows.classes : 1); i++)
            assert_true(isfinite(said[i]));
        for (uint32_t i = 0; i < gbt.trees.n_nodes; i++)
            if (gbt.trees.feature[i] >= 0)
                assert_int_equal(gbt.trees.n_samples[i], gbt.trees.n_samples[gbt.trees.left[i]] +
                                                             gbt.trees.n_samples[gbt.trees.right[i]]);
    }
}

static void test_boosting_errors(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, 4}, y[] = {1, 2, 3, 4}, huge[] = {1e308, -1e308, 1e308, -1e308};
    const uint32_t label[] = {0, 0, 0, 0};
    ml_tree_rows rows = {4, 1, x, 0, NULL, y, NULL}, valid = {2, 2, x, 0, NULL, y, NULL};
    const ml_gbt_settings plain = ml_gbt_defaults();
    ml_gbt_settings s = plain;
    ml_gbt gbt;
#define BOOST ml_gbt_fit(&rows, NULL, &s, &gbt, &arena, &error)
    s.n_rounds = 0;
    assert_fails(BOOST, ML_EINVAL, "n_rounds");
    s = plain;
    s.learning_rate = 0;
    assert_fails(BOOST, ML_EINVAL, "learning_rate");
    s = plain;
    s.max_depth = ML_GBT_MAX_DEPTH + 1;
    assert_fails(BOOST, ML_EINVAL, "max_depth");
    s = plain;
    s.max_bins = 256;
    assert_fails(BOOST, ML_EINVAL, "max_bins");
    s = plain;
    s.l2 = -1;
    assert_fails(BOOST, ML_EINVAL, "l2");
    s = plain;
    s.row_share = 1.5;
    assert_fails(BOOST, ML_EINVAL, "row_share");
    s = plain;
    assert_fails(ml_gbt_fit(&rows, &valid, &s, &gbt, &arena, &error), ML_EINVAL, "validation");
    rows.classes = 1;
    rows.label = label;
    assert_fails(BOOST, ML_EINVAL, "one class");
    rows.classes = 0;
    rows.y = huge;
    s.learning_rate = 1e300;
    s.min_child_weight = 0;
    assert_fails(BOOST, ML_EDIVERGED, "overflows");
    rows.y = y;
    s = plain;
    assert_int_equal(arena.used, 0);
    for (size_t room = 0; room < 80000; room += 1000) {
        arena = ml_arena_over(block, room);
        if (BOOST == ML_OK)
            break;
        assert_true(strstr(error.message, "fit into the memory") != NULL && arena.used == 0);
    }
}

/* --- Shapley values ----------------------------------------------------------------------------------------------- */

/* The mean of a tree with the columns of `known` (bits) given, the others averaged over by weight. */
static double expect(const ml_trees *t, uint32_t node, const double *row, unsigned known, size_t output) {
    const int32_t j = t->feature[node];
    if (j < 0)
        return t->value[node * t->n_outputs + output];
    const uint32_t l = t->left[node], r = t->right[node];
    const bool goes_left = isnan(row[j]) ? t->missing_left[node] : row[j] <= t->threshold[node];
    if (known >> j & 1)
        return expect(t, goes_left ? l : r, row, known, output);
    return (t->weight[l] * expect(t, l, row, known, output) + t->weight[r] * expect(t, r, row, known, output)) /
           t->weight[node];
}

static double factorial(size_t n) {
    return n < 2 ? 1.0 : (double)n * factorial(n - 1);
}

/* The definition: column j's gain, averaged over all subsets of the others. */
static double shapley(const ml_trees *t, size_t tree, const double *row, size_t j, size_t output) {
    double sum = 0.0;
    for (unsigned s = 0; s < 1u << t->d; s++) {
        if (s >> j & 1)
            continue;
        size_t size = 0;
        for (size_t k = 0; k < t->d; k++)
            size += s >> k & 1;
        sum += factorial(size) * factorial(t->d - size - 1) / factorial(t->d) *
               (expect(t, t->root[tree], row, s | 1u << j, output) - expect(t, t->root[tree], row, s, output));
    }
    return sum;
}

static void test_shapley_values_are_those_of_the_definition(void **state) {
    (void)state;
    static random_case c;
    double largest = 0.0;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        double phi[MOST_D * 4], base[4], said[4];
        ml_trees trees;
        fresh(NULL);
        draw_case(seed, &c);
        c.settings.ccp_alpha = 0.0;
        ml_forest_settings s = {.tree = c.settings, .n_trees = 3, .bootstrap = true, .seed = seed};
        assert_ok(ml_forest_fit(&c.rows, &s, &trees, NULL, &arena, &error));
        const double *const row = c.x + c.rows.d * (seed % c.rows.n);
        const size_t used = arena.used;
        assert_ok(ml_trees_shap(&trees, row, phi, base, &arena, &error));
        assert_int_equal(arena.used, used);
        ml_trees_predict(&trees, 1, row, said);
        for (size_t k = 0; k < trees.n_outputs; k++) {
            double sum = base[k];
            for (size_t j = 0; j < trees.d; j++) {
                double expected = 0.0;
                for (size_t tree = 0; tree < 3; tree++)
                    expected += shapley(&trees, tree, row, j, k) / 3.0;
                sum += phi[j * trees.n_outputs + k];
                largest = fmax(largest, fabs(phi[j * trees.n_outputs + k] - expected));
            }
            assert_true(fabs(sum - said[k]) <= 1e-9);
        }
    }
    print_message("Shapley values: largest difference from the definition %.3g\n", largest);
    assert_true(largest < 1e-10);
}

static void test_shapley_values_of_boosting_add_up(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        fresh(NULL);
        const split_set both = split_of(&sets[s]);
        ml_gbt_settings settings = as_in_golden();
        settings.n_rounds = 10;
        ml_gbt gbt;
        assert_ok(ml_gbt_fit(&both.train, NULL, &settings, &gbt, &arena, &error));
        double *const phi = ML_ALLOC(&arena, sets[s].d * gbt.n_outputs, double), base[10], score[10];
        for (size_t i = 0; i < 5; i++) {
            const double *const row = both.test.x + i * sets[s].d;
            assert_ok(ml_gbt_shap(&gbt, row, phi, base, &arena, &error));
            ml_gbt_score(&gbt, 1, row, score);
            for (size_t k = 0; k < gbt.n_outputs; k++) {
                for (size_t j = 0; j < sets[s].d; j++)
                    base[k] += phi[j * gbt.n_outputs + k];
                assert_true(fabs(base[k] - score[k]) <= 1e-9 * fmax(1.0, fabs(score[k])));
            }
        }
    }
}

static void test_shapley_values_of_very_deep_trees_are_refused(void **state) {
    (void)state;
    enum { N = 700 };
    static double x[N], y[N];
    double phi, base;
    for (size_t i = 0; i < N; i++) {
        x[i] = (double)i;
        y[i] = i == 0 ? 1e100 : y[i - 1] * 0.4; /* the first row that is left is all that matters */
    }
    const ml_tree_rows rows = {.n = N, .d = 1, .x = x, .y = y};
    const ml_tree_settings settings = ml_tree_defaults(0);
    ml_trees tree;
    assert_ok(ml_tree_fit(&rows, &settings, 0, &tree, &arena, &error));
    assert_fails(ml_trees_shap(&tree, x, &phi, &base, &arena, &error), ML_EINVAL, "levels deep");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_trees_have_the_nodes_of_scikit_learn, fresh),
        cmocka_unit_test_setup(test_forests_are_as_good_as_those_of_scikit_learn, fresh),
        cmocka_unit_test_setup(test_isolation_scores_agree_with_scikit_learn, fresh),
        cmocka_unit_test_setup(test_isolation_finds_what_is_alone, fresh),
        cmocka_unit_test_setup(test_leaves_hold_what_their_rows_say, fresh),
        cmocka_unit_test_setup(test_an_unlimited_tree_learns_its_rows_by_heart, fresh),
        cmocka_unit_test_setup(test_errors, fresh),
        cmocka_unit_test_setup(test_damaged_trees_are_refused_or_harmless, fresh),
        cmocka_unit_test_setup(test_boosting_is_as_good_as_that_of_scikit_learn, fresh),
        cmocka_unit_test_setup(test_one_boosted_tree_can_be_computed_by_hand, fresh),
        cmocka_unit_test_setup(test_missing_values_learn_a_direction, fresh),
        cmocka_unit_test_setup(test_early_stopping_keeps_the_best_round, fresh),
        cmocka_unit_test_setup(test_boosting_fits_any_rows, fresh),
        cmocka_unit_test_setup(test_boosting_errors, fresh),
        cmocka_unit_test_setup(test_shapley_values_are_those_of_the_definition, fresh),
        cmocka_unit_test_setup(test_shapley_values_of_boosting_add_up, fresh),
        cmocka_unit_test_setup(test_shapley_values_of_very_deep_trees_are_refused, fresh),
    };
    return cmocka_run_group_tests(tests, make_block, free_block);
}
