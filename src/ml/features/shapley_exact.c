/* Shapley values by all coalitions: bit j of a set says whether column j is in it. */
#include "base/math.h"
#include "features/importance.h"
#include "features/parts.h"

enum { MOST_COLUMNS = 16 };

/* What the coalition is worth: the mean prediction over the background with x in its columns. */
static double worth(ml_predict_fn predict, const void *model, size_t d, const double *x, size_t n,
                    const double *background, size_t set, double *mixed, double *predicted) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            mixed[i * d + j] = (set >> j & 1) != 0 ? x[j] : background[i * d + j];
    predict(model, n, d, mixed, predicted);
    return ml_features_mean(n, predicted);
}

/* |S|! (d - |S| - 1)!/d!, which is 1/(d (d - 1 over |S|)), for |S| = 0 to d - 1. */
static void fill_weights(size_t d, double *weight) {
    double ways = 1.0;
    for (size_t s = 0; s < d; s++) {
        weight[s] = 1.0 / ((double)d * ways);
        ways = ways * (double)(d - 1 - s) / (double)(s + 1);
    }
}

static size_t size_of(size_t set) {
    size_t size = 0;
    for (; set != 0; set &= set - 1)
        size++;
    return size;
}

ml_status ml_shapley_exact(ml_predict_fn predict, const void *model, size_t d, const double *x, size_t n_background,
                           const double *background, double *phi, ml_arena *arena, ml_error *error) {
    if (d == 0 || d > MOST_COLUMNS || n_background == 0)
        return ml_fail(error, ML_EINVAL, "%zu columns against %zu rows; exact shares take 1 to %d columns and a row, "
                       "sampled ones any", d, n_background, MOST_COLUMNS);
    const size_t n_sets = (size_t)1 << d;
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const value = ML_ALLOC(arena, n_sets, double), *const predicted = ML_ALLOC(arena, n_background, double);
    double *const mixed = ml_arena_alloc(arena, n_background, d * sizeof(double));
    ml_status status = ML_OK;
    if (value == NULL || predicted == NULL || mixed == NULL)
        status = ml_features_no_memory("exact shares", n_background, d, error);
    for (size_t set = 0; set < n_sets && status == ML_OK; set++) {
        value[set] = worth(predict, model, d, x, n_background, background, set, mixed, predicted);
        if (!isfinite(value[set]))
            status = ml_fail(error, ML_EDIVERGED, "a prediction is %g; shares exist of finite ones only", value[set]);
    }
    double weight[MOST_COLUMNS];
    fill_weights(d, weight);
    for (size_t j = 0; j < d && status == ML_OK; j++) {
        phi[j] = 0.0;
        for (size_t set = 0; set < n_sets; set++)
            if ((set >> j & 1) == 0)
                phi[j] += weight[size_of(set)] * (value[set | (size_t)1 << j] - value[set]);
    }
    ml_arena_release(arena, mark);
    return status;
}
