#include "metrics/ranking.h"
#include "base/math.h"
#include "base/sort.h"
#include "metrics/check.h"

static ml_status check(size_t n, const double *relevance, ml_gain gain, ml_error *error) {
    if (gain != ML_GAIN_LINEAR && gain != ML_GAIN_EXPONENTIAL)
        return ml_fail(error, ML_EINVAL, "gain %d is unknown; it is linear (0) or exponential (1)", (int)gain);
    for (size_t i = 0; i < n; i++)
        if (!(relevance[i] >= 0.0 && relevance[i] < (double)INFINITY))
            return ml_fail(error, ML_EINVAL, "relevance[%zu] is %g; it is 0 or more, and finite", i, relevance[i]);
    return ML_OK;
}

static double sum(size_t n, const double *relevance, size_t k, ml_gain gain) {
    const double ln2 = 0x1.62e42fefa39efp-1;
    double total = 0.0;
    for (size_t i = 0; i < n && i < k; i++) {
        const double worth = gain == ML_GAIN_LINEAR ? relevance[i] : ml_expm1(ln2 * relevance[i]);
        total += worth * ln2 / ml_log((double)i + 2.0);
    }
    return total;
}

ml_status ml_dcg(size_t n, const double *relevance, size_t k, ml_gain gain, double *dcg, ml_error *error) {
    ML_TRY(check(n, relevance, gain, error));
    *dcg = sum(n, relevance, k, gain);
    return ML_OK;
}

/* The list's gain as a share of the best order's. scratch [2n]. */
static double normalised(size_t n, const double *relevance, size_t k, ml_gain gain, double *scratch) {
    for (size_t i = 0; i < n; i++)
        scratch[i] = -relevance[i];
    ml_sort_double(n, scratch, scratch + n);
    for (size_t i = 0; i < n; i++)
        scratch[i] = -scratch[i];
    const double best = sum(n, scratch, k, gain);
    return best > 0.0 ? sum(n, relevance, k, gain) / best : 0.0;
}

ml_status ml_ndcg(size_t n, const double *relevance, size_t k, ml_gain gain, double *scratch, double *ndcg,
                  ml_error *error) {
    ML_TRY(check(n, relevance, gain, error));
    *ndcg = normalised(n, relevance, k, gain, scratch);
    return ML_OK;
}

/* Relevant items among the first k places. */
static double hits(size_t n, const uint8_t *hit, size_t k) {
    double found = 0.0;
    for (size_t i = 0; i < n && i < k; i++)
        found += hit[i] != 0;
    return found;
}

double ml_precision_at(size_t n, const uint8_t *hit, size_t k) {
    return k > 0 ? hits(n, hit, k) / (double)k : (double)NAN;
}

double ml_recall_at(size_t n, const uint8_t *hit, size_t k) {
    const double all = hits(n, hit, n);
    return all > 0.0 ? hits(n, hit, k) / all : 0.0;
}

double ml_average_precision_at(size_t n, const uint8_t *hit, size_t k) {
    const double most = fmin(hits(n, hit, n), (double)k);
    double found = 0.0, total = 0.0;
    for (size_t i = 0; i < n && i < k; i++)
        if (hit[i]) {
            found++;
            total += found / (double)(i + 1);
        }
    return most > 0.0 ? total / most : 0.0;
}

double ml_reciprocal_rank(size_t n, const uint8_t *hit, size_t k) {
    for (size_t i = 0; i < n && i < k; i++)
        if (hit[i])
            return 1.0 / (double)(i + 1);
    return 0.0;
}

static ml_status check_queries(size_t queries, const size_t *start, const double *score, const double *relevance,
                               size_t k, ml_gain gain, ml_error *error) {
    if (queries == 0 || k == 0)
        return ml_fail(error, ML_EINVAL, "%zu queries, %zu places; there is at least one of each", queries, k);
    for (size_t q = 0; q < queries; q++)
        if (start[q] > start[q + 1])
            return ml_fail(error, ML_EINVAL, "start[%zu] is %zu, and the next is less; lists follow each other", q,
                           start[q]);
    const size_t items = start[queries] - start[0];
    ML_TRY(ml_metrics_check_finite(items, score + start[0], "score", error));
    return check(items, relevance + start[0], gain, error);
}

/* Adds one query's figures. `listed` [3n]: the relevances in ranked order, then scratch, which first serves as keys. */
static void add(ml_ranking *total, size_t n, const double *score, const double *relevance, size_t k, ml_gain gain,
                uint32_t *order, double *listed) {
    for (size_t i = 0; i < n; i++)
        listed[n + i] = -score[i];
    ml_argsort_double(n, listed + n, order, order + n);
    for (size_t i = 0; i < n; i++)
        listed[i] = relevance[order[i]];
    total->ndcg += normalised(n, listed, k, gain, listed + n);
    uint8_t *const hit = (uint8_t *)order; /* the order is no longer needed */
    for (size_t i = 0; i < n; i++)
        hit[i] = listed[i] > 0.0;
    total->map += ml_average_precision_at(n, hit, k);
    total->mrr += ml_reciprocal_rank(n, hit, k);
    total->precision += ml_precision_at(n, hit, k);
    total->recall += ml_recall_at(n, hit, k);
    total->hit_rate += hits(n, hit, k) > 0.0;
    total->without_relevant += hits(n, hit, n) == 0.0;
}

ml_status ml_ranking_of(size_t queries, const size_t *start, const double *score, const double *relevance, size_t k,
                        ml_gain gain, uint32_t *order, double *scratch, ml_ranking *out, ml_error *error) {
    ML_TRY(check_queries(queries, start, score, relevance, k, gain, error));
    ml_ranking total = {.queries = queries};
    for (size_t q = 0; q < queries; q++)
        add(&total, start[q + 1] - start[q], score + start[q], relevance + start[q], k, gain, order, scratch);
    double *const figures[] = {&total.ndcg, &total.map, &total.mrr, &total.precision, &total.recall, &total.hit_rate};
    for (size_t f = 0; f < sizeof figures / sizeof *figures; f++)
        *figures[f] /= (double)queries;
    *out = total;
    return ML_OK;
}
