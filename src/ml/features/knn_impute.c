#include <stdbool.h>
#include <stdint.h>

#include "base/math.h"
#include "base/sort.h"
#include "features/imputing.h"
#include "features/parts.h"

typedef struct imputer {
    size_t n, d, k;
    const double *train;
    double *near;  /* [n] minus the squared distance to the row at hand; NaN: no column in common */
    double *score; /* [n] the same for rows that have the column at hand, else NaN; first the values of a column */
    double *mean;  /* [d] */
    size_t *top;   /* [k] */
} imputer;

/* Minus the mean square over the columns that both have: it orders rows as the distance does. */
static double nearness(size_t d, const double *a, const double *b) {
    double sum = 0.0;
    size_t shared = 0;
    for (size_t j = 0; j < d; j++)
        if (!isnan(a[j]) && !isnan(b[j])) {
            sum += (a[j] - b[j]) * (a[j] - b[j]);
            shared++;
        }
    return shared > 0 ? -sum / (double)shared : (double)NAN;
}

static double neighbours_mean(const imputer *im, size_t j) {
    size_t donors = 0;
    for (size_t i = 0; i < im->n; i++) {
        im->score[i] = isnan(im->train[i * im->d + j]) ? (double)NAN : im->near[i];
        donors += isnan(im->score[i]) ? 0 : 1;
    }
    if (donors == 0)
        return im->mean[j];
    const size_t k = ml_topk(im->n, im->score, donors < im->k ? donors : im->k, im->top);
    double sum = 0.0;
    for (size_t i = 0; i < k; i++)
        sum += im->train[im->top[i] * im->d + j];
    return sum / (double)k;
}

static bool has_holes(size_t d, const double *row) {
    for (size_t j = 0; j < d; j++)
        if (isnan(row[j]))
            return true;
    return false;
}

/* `filled` is apart from `row`: what is filled must not count as known for the next hole. */
static void fill_row(const imputer *im, const double *row, double *filled) {
    if (has_holes(im->d, row))
        for (size_t i = 0; i < im->n; i++)
            im->near[i] = nearness(im->d, row, im->train + i * im->d);
    for (size_t j = 0; j < im->d; j++)
        filled[j] = isnan(row[j]) ? neighbours_mean(im, j) : row[j];
}

ml_status ml_knn_impute(size_t n_train, size_t d, const double *train, size_t k, size_t n, const double *x, double *out,
                        ml_arena *arena, ml_error *error) {
    if (k == 0)
        return ml_fail(error, ML_EINVAL, "0 neighbours fill nothing; use at least one");
    ML_TRY(ml_features_check(n_train, d, train, error));
    ML_TRY(ml_features_check_values(n, d, x, error));
    if (k > n_train)
        k = n_train;
    const ml_arena_mark mark = ml_arena_save(arena);
    const imputer im = {n_train, d, k, train, ML_ALLOC(arena, n_train, double), ML_ALLOC(arena, n_train, double),
                        ML_ALLOC(arena, d, double), ML_ALLOC(arena, k, size_t)};
    double *const filled = ML_ALLOC(arena, d, double);
    if (im.near == NULL || im.score == NULL || im.mean == NULL || im.top == NULL || filled == NULL) {
        ml_arena_release(arena, mark);
        return ml_features_no_memory("filling by neighbours", n_train, d, error);
    }
    for (size_t j = 0; j < d; j++) {
        const size_t present = ml_features_present(n_train, d, j, train, im.score);
        im.mean[j] = present > 0 ? ml_features_mean(present, im.score) : 0.0;
    }
    for (size_t i = 0; i < n; i++) {
        fill_row(&im, x + i * d, filled);
        for (size_t j = 0; j < d; j++)
            out[i * d + j] = filled[j];
    }
    ml_arena_release(arena, mark);
    return ML_OK;
}
