/* Rankings and clusterings: against scikit-learn and NumPy, what must hold of them, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden/clustering_golden.h"
#include "golden/ranking_golden.h"
#include "ml.h"

static unsigned char memory[1 << 16];
static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void test_rankings_are_those_of_scikit_learn(void **state) {
    (void)state;
    uint32_t order[2 * RANK_LONGEST];
    double scratch[3 * RANK_LONGEST], got;
    for (size_t c = 0; c < RANK_CASES; c++) {
        ml_ranking r;
        assert_int_equal(ml_ranking_of(RANK_QUERIES, rank_start, rank_score, rank_relevance, rank_case[2 * c],
                                       (ml_gain)rank_case[2 * c + 1], order, scratch, &r, &error), ML_OK);
        const double figure[6] = {r.ndcg, r.map, r.mrr, r.precision, r.recall, r.hit_rate};
        for (int f = 0; f < 6; f++)
            assert_near(figure[f], golden_ranking[6 * c + f], 1e-14);
    }
    const double relevance[6] = {3, 2, 3, 0, 1, 2};
    assert_int_equal(ml_dcg(6, relevance, 6, ML_GAIN_LINEAR, &got, &error), ML_OK);
    assert_near(got, golden_dcg[0], 1e-14);
    assert_int_equal(ml_ndcg(6, relevance, 6, ML_GAIN_EXPONENTIAL, scratch, &got, &error), ML_OK);
    assert_near(got, 0.9488, 5e-5);
    assert_int_equal(ml_ndcg(6, relevance, 6, ML_GAIN_LINEAR, scratch, &got, &error), ML_OK);
    assert_near(got, 0.9608, 5e-5);
}

static void test_clusterings_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_arena arena = ml_arena_over(memory, sizeof memory);
    double each[CLUSTER_N], mean;
    ml_agreement a;
    assert_int_equal(ml_silhouette(CLUSTER_N, CLUSTER_D, cluster_x, cluster_found, CLUSTER_K, each, &mean, &arena,
                                   &error), ML_OK);
    assert_near(mean, golden_silhouette[0], 1e-13);
    for (size_t i = 0; i < CLUSTER_N; i++)
        assert_near(each[i], golden_silhouettes[i], 1e-12);
    assert_int_equal(ml_agreement_of(CLUSTER_N, CLUSTER_TRUTH, cluster_truth, CLUSTER_K, cluster_found, &a, &arena,
                                     &error), ML_OK);
    const double figure[6] = {a.rand, a.adjusted_rand, a.mutual_information, a.normalised_mutual_information,
                              a.homogeneity, a.completeness};
    for (int f = 0; f < 6; f++)
        assert_near(figure[f], golden_partitions[f], 1e-13);
    assert_int_equal(arena.used, 0);
}

static void test_errors(void **state) {
    (void)state;
    const size_t start[2] = {0, 2}, falls[2] = {2, 0};
    const double fine[2] = {1, 2}, bad[2] = {1, -1};
    const uint32_t zero[2] = {0, 0}, two[2] = {0, 1}, out[2] = {0, 2};
    uint32_t order[4];
    double scratch[6], got = 7.0;
    ml_ranking r = {.queries = 7};
    ml_agreement a = {.rand = 7.0};
    ml_arena arena = ml_arena_over(memory, sizeof memory), tiny = ml_arena_over(memory, 8);
    assert_fails(ml_dcg(2, bad, 2, ML_GAIN_LINEAR, &got, &error), ML_EINVAL, "relevance[1]");
    assert_fails(ml_ndcg(2, fine, 2, (ml_gain)9, scratch, &got, &error), ML_EINVAL, "gain 9");
    assert_fails(ml_ranking_of(0, start, fine, fine, 1, ML_GAIN_LINEAR, order, scratch, &r, &error), ML_EINVAL,
                 "0 queries");
    assert_fails(ml_ranking_of(1, falls, fine, fine, 1, ML_GAIN_LINEAR, order, scratch, &r, &error), ML_EINVAL,
                 "start[0]");
    assert_fails(ml_silhouette(2, 1, fine, zero, 2, NULL, &got, &arena, &error), ML_EINVAL, "1 of 2 clusters");
    assert_fails(ml_silhouette(2, 1, fine, out, 2, NULL, &got, &arena, &error), ML_EINVAL, "cluster[1] is 2");
    assert_fails(ml_silhouette(2, 0, fine, two, 2, NULL, &got, &arena, &error), ML_EINVAL, "0 features");
    assert_fails(ml_silhouette(2, 1, fine, two, 2, NULL, &got, &tiny, &error), ML_ENOMEM, "memory");
    assert_fails(ml_agreement_of(1, 2, two, 2, two, &a, &arena, &error), ML_EINVAL, "pair");
    assert_fails(ml_agreement_of(2, 2, out, 2, two, &a, &arena, &error), ML_EINVAL, "truth[1]");
    assert_fails(ml_agreement_of(2, 2, two, 2, two, &a, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(got == 7.0 && r.queries == 7 && a.rand == 7.0 && arena.used == 0);
    const uint8_t none[2] = {0, 0};
    assert_true(isnan(ml_precision_at(2, none, 0)) && ml_recall_at(2, none, 1) == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rankings_are_those_of_scikit_learn),
        cmocka_unit_test(test_clusterings_are_those_of_scikit_learn),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
