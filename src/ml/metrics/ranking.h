/* Ranking: are the relevant items near the top? A list of n items is ranked by falling score, equal scores by the lower
 * index (as ml_topk); only the first k places count. */
#ifndef ML_METRICS_RANKING_H
#define ML_METRICS_RANKING_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* What an item of relevance r is worth. They give other figures: say which. */
typedef enum ml_gain {
    ML_GAIN_LINEAR,      /* r, as scikit-learn */
    ML_GAIN_EXPONENTIAL, /* 2^r - 1: Burges et al. 2005, ICML */
} ml_gain;

/* Discounted cumulative gain of a list in its order: the sum over the first k places i of gain / log2(i + 1).
 *   relevance  [n]  finite, 0 or more; the first place first
 * Errors: ML_EINVAL if a relevance is negative or not finite, or the gain is unknown; untouched. n or k may be 0: 0.
 * Source: Järvelin and Kekäläinen 2002, ACM TOIS 20(4).   Golden: tests/golden/ranking.py, scikit-learn dcg_score. */
ml_status ml_dcg(size_t n, const double *relevance, size_t k, ml_gain gain, double *dcg, ml_error *error);

/* The same divided by that of the best order, in [0, 1]; 0 if nothing is relevant.
 *   scratch  [2n]  the caller's; overwritten
 * Cost:   O(n log n).
 * Golden: tests/golden/ranking.py, scikit-learn ndcg_score (ignore_ties=True). */
ml_status ml_ndcg(size_t n, const double *relevance, size_t k, ml_gain gain, double *scratch, double *ndcg,
                  ml_error *error);

/* Of one list in its order, for items that are relevant or not; hit [n] is 0 or not 0.
 *   precision and recall: the relevant among the first k places, by k, and by all relevant items (0 if there is none);
 *   average precision: the mean, over relevant items, of the precision at their places, those beyond k counting 0; by
 *   min(relevant items, k);
 *   reciprocal rank: 1 / the place of the first relevant item; 0 if it is beyond k. */
double ml_precision_at(size_t n, const uint8_t *hit, size_t k); /* NaN if k is 0; a list that is shorter misses */
double ml_recall_at(size_t n, const uint8_t *hit, size_t k);
double ml_average_precision_at(size_t n, const uint8_t *hit, size_t k);
double ml_reciprocal_rank(size_t n, const uint8_t *hit, size_t k);

/* Means over queries, each with a list of its own. */
typedef struct ml_ranking {
    size_t queries, without_relevant; /* all, and those in which nothing is relevant: they count 0 in every mean */
    double ndcg, map, mrr, precision, recall, hit_rate; /* hit rate: lists with a relevant item in the first k places */
} ml_ranking;

/* Ranks each query's items by their scores.
 *   start      [queries + 1]  query q has the items start[q] to start[q + 1] - 1; rising
 *   score      [items]        finite, where items = start[queries]
 *   relevance  [items]        finite, 0 or more; relevant is above 0
 *   k                         places that count, at least 1
 *   order      [2 longest], scratch [3 longest]  the caller's, where longest is the most items that a query has
 * Cost:   O(items log longest).
 * Errors: ML_EINVAL if there is no query, k is 0, start falls, or a value is out of range; untouched.
 * Source: Manning, Raghavan and Schütze 2008, section 8.4; Voorhees 1999, TREC-8 (MRR).
 * Golden: tests/golden/ranking.py, scikit-learn ndcg_score, average_precision_score, NumPy. */
ml_status ml_ranking_of(size_t queries, const size_t *start, const double *score, const double *relevance, size_t k,
                        ml_gain gain, uint32_t *order, double *scratch, ml_ranking *out, ml_error *error);

/* Gini's coefficient of how often items are shown, or sold: 0 if all are alike, (n - 1)/n if one has everything. It is
 * half of the mean distance of two of them, as a share of their mean.
 *   value    [n]   finite, 0 or more
 *   scratch  [2n]  the caller's; overwritten
 * Cost:   O(n log n).
 * Errors: ML_EINVAL if a value is negative or not finite, or their sum is 0 or not finite; untouched.
 * Source: Gini 1912, "Variabilità e mutabilità".   Golden: tests/golden/ranking.py, all pairs in NumPy. */
ml_status ml_gini(size_t n, const double *value, double *scratch, double *gini, ml_error *error);

#endif
