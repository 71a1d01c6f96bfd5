#include "base/math.h"
#include "base/sort.h"
#include "metrics/check.h"
#include "metrics/regression.h"

static ml_status check(size_t n, const double *truth, const double *predicted, ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "a correlation", error));
    ML_TRY(ml_metrics_check_finite(n, truth, "truth", error));
    return ml_metrics_check_finite(n, predicted, "predicted", error);
}

/* By distances from the first value, so that the mean of equal values is that value, to the bit. */
static double mean_of(size_t n, const double *x) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] - x[0];
    return x[0] + sum / (double)n;
}

ml_status ml_correlation(size_t n, const double *truth, const double *predicted, double *r, ml_error *error) {
    ML_TRY(check(n, truth, predicted, error));
    const double middle = mean_of(n, truth), other = mean_of(n, predicted);
    double square = 0.0, other_square = 0.0, product = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double d = truth[i] - middle, e = predicted[i] - other;
        square += d * d;
        other_square += e * e;
        product += d * e;
    }
    if (!(square > 0.0 && other_square > 0.0 && square < (double)INFINITY && other_square < (double)INFINITY))
        return ml_fail(error, ML_EINVAL, "the two vary by %g and %g, squared; a correlation needs both to vary, and "
                       "both finite", square, other_square);
    *r = fmin(fmax(product / sqrt(square) / sqrt(other_square), -1.0), 1.0);
    return ML_OK;
}

/* Ranks from 1 on; a run of equal values shares the mean of its first and last. */
static void midranks(size_t n, const double *x, double *rank, uint32_t *order) {
    ml_argsort_double(n, x, order, order + n);
    for (size_t i = 0, end = 0; i < n; i = end) {
        while (end < n && x[order[end]] == x[order[i]])
            end++;
        for (size_t j = i; j < end; j++)
            rank[order[j]] = 0.5 * (double)(i + 1 + end);
    }
}

ml_status ml_rank_correlation(size_t n, const double *truth, const double *predicted, double *scratch, uint32_t *order,
                              double *rho, ml_error *error) {
    ML_TRY(check(n, truth, predicted, error));
    midranks(n, truth, scratch, order);
    midranks(n, predicted, scratch + n, order);
    return ml_correlation(n, scratch, scratch + n, rho, error);
}
