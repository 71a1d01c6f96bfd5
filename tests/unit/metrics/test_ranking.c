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

/* Against the definitions, place by place; queries in any order have the same means, and so has any rising map of the
 * scores; a score that ranks by relevance has an NDCG of 1, and no order has a higher one. */
static void test_what_holds_of_any_ranking(void **state) {
    (void)state;
    enum { QUERIES = 4, LONGEST = 8, ITEMS = QUERIES * LONGEST };
    ml_rng rng = ml_rng_seed(65, 0);
    for (int round = 0; round < 2000; round++) {
        size_t start[QUERIES + 1] = {0}, turned[QUERIES + 1] = {0};
        double score[ITEMS], relevance[ITEMS], score2[ITEMS], relevance2[ITEMS], scratch[3 * LONGEST];
        uint32_t order[2 * LONGEST];
        const size_t k = 1 + (size_t)ml_rng_below(&rng, LONGEST + 2);
        const ml_gain gain = (ml_gain)(round % 2);
        for (size_t q = 0; q < QUERIES; q++)
            start[q + 1] = start[q] + 1 + (size_t)ml_rng_below(&rng, LONGEST);
        for (size_t i = 0; i < start[QUERIES]; i++) {
            score[i] = ml_rng_uniform(&rng);
            relevance[i] = ml_rng_bernoulli(&rng, 0.4) ? (double)ml_rng_below(&rng, 4) : 0.0;
        }
        ml_ranking r, back, best;
        assert_int_equal(ml_ranking_of(QUERIES, start, score, relevance, k, gain, order, scratch, &r, &error), ML_OK);
        double precision = 0.0, mrr = 0.0, hits = 0.0;
        size_t nothing = 0;
        for (size_t q = 0; q < QUERIES; q++) {
            size_t found = 0, relevant = 0, first = 0;
            for (size_t i = start[q]; i < start[q + 1]; i++) {
                size_t place = 1;
                for (size_t j = start[q]; j < start[q + 1]; j++)
                    place += score[j] > score[i];
                relevant += relevance[i] > 0.0;
                found += relevance[i] > 0.0 && place <= k;
                if (relevance[i] > 0.0 && place <= k && (first == 0 || place < first))
                    first = place;
            }
            precision += (double)found / (double)k / QUERIES;
            mrr += first > 0 ? 1.0 / (double)first / QUERIES : 0.0;
            hits += (found > 0) / (double)QUERIES;
            nothing += relevant == 0;
        }
        assert_near(r.precision, precision, 1e-14);
        assert_near(r.mrr, mrr, 1e-14);
        assert_near(r.hit_rate, hits, 1e-14);
        assert_int_equal(r.without_relevant, nothing);
        size_t at = 0;
        for (size_t q = QUERIES; q-- > 0;) {
            for (size_t i = start[q]; i < start[q + 1]; i++, at++) {
                score2[at] = 2.0 * score[i] - 7.0;
                relevance2[at] = relevance[i];
            }
            turned[QUERIES - q] = at;
        }
        assert_int_equal(ml_ranking_of(QUERIES, turned, score2, relevance2, k, gain, order, scratch, &back, &error),
                         ML_OK);
        assert_near(back.ndcg, r.ndcg, 1e-14);
        assert_near(back.map, r.map, 1e-14);
        assert_near(back.recall, r.recall, 1e-14);
        assert_int_equal(ml_ranking_of(QUERIES, start, relevance, relevance, k, gain, order, scratch, &best, &error),
                         ML_OK);
        assert_near(best.ndcg, (double)(QUERIES - nothing) / QUERIES, 1e-14);
        assert_true(r.ndcg <= best.ndcg + 1e-14 && r.map <= best.map + 1e-14 && r.recall <= best.recall + 1e-14);
    }
}

/* Names of clusters do not matter, nor the order of rows; truth and clusters exchanged exchange homogeneity and
 * completeness; a clustering agrees with itself. Silhouettes survive a turn of the plane. */
static void test_what_holds_of_any_clustering(void **state) {
    (void)state;
    enum { N = 20, K = 4 };
    ml_rng rng = ml_rng_seed(65, 1);
    for (int round = 0; round < 1000; round++) {
        ml_arena arena = ml_arena_over(memory, sizeof memory);
        const size_t n = 4 + (size_t)ml_rng_below(&rng, N - 3);
        uint32_t truth[N], cluster[N], truth2[N], cluster2[N], order[N], name[K];
        double x[2 * N], turned[2 * N], mean, again;
        for (size_t i = 0; i < n; i++) {
            truth[i] = i < 3 ? (uint32_t)(i / 2) : (uint32_t)ml_rng_below(&rng, K - 1);
            cluster[i] = ml_rng_bernoulli(&rng, 0.6) ? truth[i] : (uint32_t)ml_rng_below(&rng, K);
            x[2 * i] = ml_rng_normal(&rng) + truth[i];
            x[2 * i + 1] = ml_rng_normal(&rng);
        }
        ml_rng_permutation(&rng, n, order);
        ml_rng_permutation(&rng, K, name);
        for (size_t i = 0; i < n; i++) {
            truth2[i] = truth[order[i]];
            cluster2[i] = name[cluster[order[i]]];
            turned[2 * i] = 0.6 * x[2 * order[i]] - 0.8 * x[2 * order[i] + 1] + 5.0;
            turned[2 * i + 1] = 0.8 * x[2 * order[i]] + 0.6 * x[2 * order[i] + 1];
        }
        ml_agreement a, b, c, self;
        assert_int_equal(ml_agreement_of(n, K - 1, truth, K, cluster, &a, &arena, &error), ML_OK);
        assert_int_equal(ml_agreement_of(n, K - 1, truth2, K, cluster2, &b, &arena, &error), ML_OK);
        assert_int_equal(ml_agreement_of(n, K, cluster, K - 1, truth, &c, &arena, &error), ML_OK);
        assert_int_equal(ml_agreement_of(n, K, cluster, K, cluster, &self, &arena, &error), ML_OK);
        assert_near(b.adjusted_rand, a.adjusted_rand, 1e-13);
        assert_near(b.normalised_mutual_information, a.normalised_mutual_information, 1e-13);
        assert_near(c.adjusted_rand, a.adjusted_rand, 1e-13);
        assert_near(c.homogeneity, a.completeness, 1e-13);
        assert_true(a.rand >= 0.0 && a.rand <= 1.0 && a.adjusted_rand <= 1.0);
        assert_true(self.rand == 1.0 && self.adjusted_rand == 1.0);
        assert_near(self.normalised_mutual_information, 1.0, 1e-13);
        assert_int_equal(ml_silhouette(n, 2, x, truth, K - 1, NULL, &mean, &arena, &error), ML_OK);
        assert_int_equal(ml_silhouette(n, 2, turned, truth2, K - 1, NULL, &again, &arena, &error), ML_OK);
        assert_near(again, mean, 1e-12);
        assert_true(mean >= -1.0 && mean <= 1.0 && arena.used == 0);
    }
}

static void test_gini_is_that_of_all_pairs(void **state) {
    (void)state;
    enum { N = sizeof gini_shown / sizeof *gini_shown };
    double scratch[2 * N], gini = 7.0;
    assert_int_equal(ml_gini(N, gini_shown, scratch, &gini, &error), ML_OK);
    assert_near(gini, golden_gini[0], 1e-14);
    assert_int_equal(ml_gini(4, (const double[]){0, 5, 0, 0}, scratch, &gini, &error), ML_OK);
    assert_near(gini, 0.75, 1e-15);
    assert_int_equal(ml_gini(3, (const double[]){0.1, 0.1, 0.1}, scratch, &gini, &error), ML_OK);
    assert_near(gini, 0.0, 1e-15);
    gini = 7.0;
    assert_fails(ml_gini(0, gini_shown, scratch, &gini, &error), ML_EINVAL, "add up to 0");
    assert_fails(ml_gini(2, (const double[]){1, -1}, scratch, &gini, &error), ML_EINVAL, "value[1] is -1");
    assert_fails(ml_gini(2, (const double[]){1, (double)INFINITY}, scratch, &gini, &error), ML_EINVAL, "value[1]");
    assert_fails(ml_gini(2, (const double[]){1, (double)NAN}, scratch, &gini, &error), ML_EINVAL, "value[1]");
    assert_true(gini == 7.0);
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
        cmocka_unit_test(test_what_holds_of_any_ranking),
        cmocka_unit_test(test_what_holds_of_any_clustering),
        cmocka_unit_test(test_gini_is_that_of_all_pairs),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
