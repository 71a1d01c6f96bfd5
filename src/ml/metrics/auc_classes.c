#include "metrics/check.h"
#include "metrics/curves.h"
#include "metrics/metrics.h"

/* One class against the rest. */
static ml_status one(size_t n, size_t k, size_t class, const double *score, const uint32_t *truth, double *column,
                     uint8_t *label, uint32_t *order, double *auc, double *rows, ml_error *error) {
    *rows = 0.0;
    for (size_t i = 0; i < n; i++) {
        column[i] = score[i * k + class];
        label[i] = truth[i] == class;
        *rows += label[i];
    }
    if (*rows == 0.0)
        return ml_fail(error, ML_EINVAL, "class %zu has no row to rank against the rest; leave it out", class);
    return ml_metric_auc(n, column, label, order, auc, error);
}

ml_status ml_auc_classes(size_t n, size_t k, const double *score, const uint32_t *truth, ml_average average,
                         double *auc, ml_arena *arena, ml_error *error) {
    if (k < 2 || (average != ML_AVERAGE_MACRO && average != ML_AVERAGE_WEIGHTED))
        return ml_fail(error, ML_EINVAL, "AUC of %zu classes with average %d; it takes 2 classes or more, macro (1) or "
                       "weighted (2)", k, (int)average);
    ML_TRY(ml_metrics_check_classes(n, k, truth, "truth", error));
    const ml_arena_mark before = ml_arena_save(arena);
    double *const column = ML_ALLOC(arena, n, double);
    uint8_t *const label = ML_ALLOC(arena, n, uint8_t);
    uint32_t *const order = n <= SIZE_MAX / 2 ? ML_ALLOC(arena, 2 * n, uint32_t) : NULL;
    ml_status status = ML_OK;
    if (!column || !label || !order)
        status = ml_fail(error, ML_ENOMEM, "AUC of %zu rows does not fit in memory; use fewer", n);
    double sum = 0.0, weights = 0.0;
    for (size_t c = 0; c < k && status == ML_OK; c++) {
        double area, rows;
        status = one(n, k, c, score, truth, column, label, order, &area, &rows, error);
        if (status != ML_OK)
            break;
        const double weight = average == ML_AVERAGE_MACRO ? 1.0 : rows;
        sum += weight * area;
        weights += weight;
    }
    ml_arena_release(arena, before);
    if (status == ML_OK)
        *auc = sum / weights;
    return status;
}
