/* The k-d tree: what brute force finds, to the bit, over any rows; and how a kind of model uses it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/knn_golden.h"
#include "ml.h"

static _Alignas(64) unsigned char block[1 << 21];
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

static void test_neighbours_agree_with_scikit_learn(void **state) {
    (void)state;
    uint32_t nearest[KNN_QUERIES * KNN_K];
    double distance[KNN_QUERIES * KNN_K];
    ml_kdtree tree;
    assert_int_equal(ml_kdtree_build(KNN_N, KNN_D, knn_x, &tree, &arena, &error), ML_OK);
    assert_int_equal(ml_kdtree_nearest(&tree, KNN_K, KNN_QUERIES, knn_query, nearest, distance, &error), ML_OK);
    assert_memory_equal(nearest, knn_nearest, sizeof nearest);
}

/* One value of a world: a coarse grid, so that most distances are ties; normal; clusters that are far apart; so large
 * that squares overflow, or so small that they vanish; one value for all. */
static double draw(ml_rng *rng, uint64_t world) {
    switch (world) {
    case 0:
        return (double)ml_rng_below(rng, 4);
    case 1:
        return ml_rng_normal(rng);
    case 2:
        return 1e6 * (double)ml_rng_below(rng, 3) + ml_rng_uniform(rng);
    case 3:
        return ml_rng_normal(rng) * (ml_rng_below(rng, 2) ? 1e300 : 1e-200);
    case 4:
        return ml_rng_below(rng, 2) ? 0.0 : -0.0;
    default:
        return 1.0 / (1.0 + (double)ml_rng_below(rng, 50));
    }
}

enum { MOST = 200, MOST_D = 7, QUERIES = 4 };

static void test_the_tree_finds_what_brute_force_finds(void **state) {
    (void)state;
    static double x[MOST * MOST_D], query[QUERIES * MOST_D], distance[2][QUERIES * MOST];
    static uint32_t nearest[2][QUERIES * MOST];
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        ml_rng rng = ml_rng_seed(seed, 0);
        const uint64_t world = seed % 6;
        const size_t n = 1 + (size_t)ml_rng_below(&rng, MOST), d = 1 + (size_t)ml_rng_below(&rng, MOST_D);
        const size_t k = 1 + (size_t)ml_rng_below(&rng, n);
        for (size_t i = 0; i < n * d; i++)
            x[i] = draw(&rng, world);
        for (size_t i = 0; i < QUERIES * d; i++)
            query[i] = draw(&rng, world);
        memcpy(query, x + (size_t)ml_rng_below(&rng, n) * d, d * sizeof *query); /* one query is a row */
        arena.used = 0;
        ml_kdtree tree;
        assert_int_equal(ml_kdtree_build(n, d, x, &tree, &arena, &error), ML_OK);
        assert_int_equal(ml_kdtree_nearest(&tree, k, QUERIES, query, nearest[0], distance[0], &error), ML_OK);
        assert_int_equal(ml_knn_nearest(n, d, x, k, QUERIES, query, nearest[1], distance[1], &error), ML_OK);
        assert_memory_equal(nearest[0], nearest[1], QUERIES * k * sizeof **nearest);
        assert_memory_equal(distance[0], distance[1], QUERIES * k * sizeof **distance);
    }
}

/* A node's box is the box of its rows, and the leaves are the rows, each once. */
static void test_boxes_hold_their_rows(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        ml_rng rng = ml_rng_seed(seed, 1);
        const size_t n = 1 + (size_t)ml_rng_below(&rng, 400), d = 1 + (size_t)ml_rng_below(&rng, 3);
        static double x[400 * 3];
        bool seen[400] = {false};
        for (size_t i = 0; i < n * d; i++)
            x[i] = draw(&rng, seed % 3);
        arena.used = 0;
        ml_kdtree tree;
        assert_int_equal(ml_kdtree_build(n, d, x, &tree, &arena, &error), ML_OK);
        size_t from[2048] = {0}, to[2048] = {n}; /* of node 0, and then of its halves */
        for (size_t node = 0; node < ((size_t)2 << tree.levels) - 1; node++) {
            for (size_t j = 0; j < d; j++) {
                double low = (double)INFINITY, high = -(double)INFINITY;
                for (size_t i = from[node]; i < to[node]; i++) {
                    low = fmin(low, tree.point[i * d + j]);
                    high = fmax(high, tree.point[i * d + j]);
                }
                assert_true(tree.low[node * d + j] == low && tree.high[node * d + j] == high);
            }
            assert_true(to[node] > from[node]);
            if (2 * node + 2 < 2048) {
                const size_t middle = from[node] + (to[node] - from[node]) / 2;
                from[2 * node + 1] = from[node];
                to[2 * node + 1] = from[2 * node + 2] = middle;
                to[2 * node + 2] = to[node];
            }
        }
        for (size_t i = 0; i < n; i++) {
            assert_false(seen[tree.row[i]]);
            seen[tree.row[i]] = true;
            assert_memory_equal(tree.point + i * d, x + tree.row[i] * d, d * sizeof *x);
        }
    }
}

/* The kind answers alike by every algorithm; with enough queries `auto` takes the tree, and without room for one it
 * does without. */
static void test_every_algorithm_gives_the_same_bits(void **state) {
    (void)state;
    enum { N = 1500, D = 2, Q = 200 };
    static double x[N * D], y[N], query[Q * D], out[4][Q];
    static uint32_t label[N];
    const ml_dataset data = {N, D, x, y, label, 3};
    const ml_model_kind *kind = NULL;
    double setting[ML_MODEL_MAX_SETTINGS];
    ml_rng rng = ml_rng_seed(9, 0);
    for (size_t i = 0; i < N; i++) {
        y[i] = ml_rng_normal(&rng);
        label[i] = (uint32_t)ml_rng_below(&rng, 3);
        x[2 * i] = (double)ml_rng_below(&rng, 20);
        x[2 * i + 1] = ml_rng_normal(&rng);
    }
    for (size_t i = 0; i < Q * D; i++)
        query[i] = 3 * ml_rng_normal(&rng);
    assert_int_equal(ml_model_find("knn", &kind, &error), ML_OK);
    for (size_t task = ML_REGRESSION; task <= ML_CLASSIFICATION; task++) {
        ml_model model;
        arena.used = 0;
        ml_model_defaults(kind, setting);
        assert_int_equal(ml_model_set(kind, "k", 7, setting, &error), ML_OK);
        assert_int_equal(ml_model_set_word(kind, "weights", "distance", setting, &error), ML_OK);
        assert_int_equal(ml_model_fit(kind, (ml_task)task, &data, setting, 0, &arena, &model, &error), ML_OK);
        for (int algorithm = 0; algorithm < 3; algorithm++) {
            model.setting[2] = algorithm;
            assert_int_equal(ml_model_predict(&model, Q, query, out[algorithm], &arena, &error), ML_OK);
        }
        model.setting[2] = 0;
        ml_arena small = ml_arena_over(block + arena.used, 60000);
        assert_int_equal(ml_model_predict(&model, Q, query, out[3], &small, &error), ML_OK);
        for (int algorithm = 1; algorithm < 4; algorithm++)
            assert_memory_equal(out[0], out[algorithm], sizeof out[0]);
        model.setting[2] = 2;
        assert_says(ml_model_predict(&model, Q, query, out[3], &small, &error), ML_ENOMEM, "k-d tree");
        assert_int_equal(small.used, 0);
        small.capacity = 2000;
        assert_says(ml_model_predict(&model, Q, query, out[3], &small, &error), ML_ENOMEM, "memory");
    }
}

static void test_errors(void **state) {
    (void)state;
    const double x[] = {1, 2, 3}, missing[] = {1, (double)NAN};
    uint32_t nearest[3] = {7, 7, 7};
    double distance[3] = {7, 7, 7};
    ml_kdtree tree = {0};
    assert_says(ml_kdtree_build(0, 1, x, &tree, &arena, &error), ML_EINVAL, "at least one");
    assert_says(ml_kdtree_build(2, 1, missing, &tree, &arena, &error), ML_EINVAL, "missing");
    for (size_t room = 0; room < 600; room += 32) {
        ml_arena small = ml_arena_over(block, room);
        const ml_status status = ml_kdtree_build(3, 1, x, &tree, &small, &error);
        if (status != ML_OK) {
            assert_says(status, ML_ENOMEM, "k-d tree");
            assert_int_equal(small.used, 0);
        }
    }
    assert_int_equal(ml_kdtree_build(3, 1, x, &tree, &arena, &error), ML_OK);
    assert_says(ml_kdtree_nearest(&tree, 0, 1, x, nearest, distance, &error), ML_EINVAL, "k is 0");
    assert_says(ml_kdtree_nearest(&tree, 4, 1, x, nearest, distance, &error), ML_EINVAL, "k is 4");
    assert_says(ml_kdtree_nearest(&tree, 1, 2, missing, nearest, distance, &error), ML_EINVAL, "row 1");
    assert_true(nearest[0] == 7 && distance[0] == 7);
    assert_int_equal(ml_kdtree_nearest(&tree, 1, 0, NULL, NULL, NULL, NULL), ML_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_neighbours_agree_with_scikit_learn, fresh),
        cmocka_unit_test_setup(test_the_tree_finds_what_brute_force_finds, fresh),
        cmocka_unit_test_setup(test_boxes_hold_their_rows, fresh),
        cmocka_unit_test_setup(test_every_algorithm_gives_the_same_bits, fresh),
        cmocka_unit_test_setup(test_errors, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
