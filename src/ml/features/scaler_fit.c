#include <stdint.h>

#include "base/math.h"
#include "base/sort.h"
#include "features/parts.h"
#include "features/scaling.h"

static double deviation(size_t n, const double *value, double mean) {
    double squares = 0.0;
    for (size_t i = 0; i < n; i++)
        squares += (value[i] - mean) * (value[i] - mean);
    return sqrt(squares / (double)n);
}

/* `value` has room for 2n and is sorted if the kind needs it. */
static ml_scaler learn(ml_scaling kind, size_t n, double *value) {
    ml_scaler s = {0.0, 1.0, kind == ML_SCALE_LOG || kind == ML_SCALE_LOG_STANDARD};
    if (n == 0 || kind == ML_SCALE_NONE || kind == ML_SCALE_LOG)
        return s;
    if (kind == ML_SCALE_MIN_MAX || kind == ML_SCALE_ROBUST) {
        const double edge = kind == ML_SCALE_ROBUST ? 0.25 : 0.0;
        ml_sort_double(n, value, value + n);
        s.centre = ml_features_quantile(n, value, kind == ML_SCALE_ROBUST ? 0.5 : 0.0);
        s.scale = ml_features_quantile(n, value, 1.0 - edge) - ml_features_quantile(n, value, edge);
    } else {
        const double mean = ml_features_mean(n, value);
        s.centre = kind == ML_SCALE_DEVIATION ? 0.0 : mean;
        s.scale = deviation(n, value, mean);
    }
    if (s.scale == 0.0)
        s.scale = 1.0;
    return s;
}

static ml_status take_logs(size_t n, double *value, size_t j, ml_error *error) {
    for (size_t i = 0; i < n; i++) {
        if (!(value[i] > -1.0))
            return ml_fail(error, ML_EINVAL,
                           "column %zu holds %g, of which ln(1 + x) does not exist; shift it, or choose "
                           "another scaling",
                           j, value[i]);
        value[i] = ml_log1p(value[i]);
    }
    return ML_OK;
}

static ml_status fit_columns(ml_scaling kind, size_t n, size_t d, const double *x, ml_scaler *fitted, double *value,
                             ml_error *error) {
    for (size_t j = 0; j < d; j++) {
        const size_t present = ml_features_present(n, d, j, x, value);
        if (kind == ML_SCALE_LOG || kind == ML_SCALE_LOG_STANDARD)
            ML_TRY(take_logs(present, value, j, error));
        fitted[j] = learn(kind, present, value);
        if (!isfinite(fitted[j].centre) || !isfinite(fitted[j].scale))
            return ml_fail(error, ML_EINVAL,
                           "column %zu has values so large that their spread overflows; choose a larger "
                           "unit",
                           j);
    }
    return ML_OK;
}

ml_status ml_scaler_fit(ml_scaling kind, size_t n, size_t d, const double *x, ml_scaler *scaler, ml_arena *arena,
                        ml_error *error) {
    if ((int)kind < ML_SCALE_NONE || kind > ML_SCALE_LOG_STANDARD)
        return ml_fail(error, ML_EINVAL, "scaling %d is unknown; it is 0 (none) to 6 (log and standard)", (int)kind);
    ML_TRY(ml_features_check(n, d, x, error));
    const ml_arena_mark mark = ml_arena_save(arena);
    ml_scaler *const fitted = ML_ALLOC(arena, d, ml_scaler);
    double *const value = ml_arena_alloc(arena, n, 2 * sizeof(double));
    if (fitted == NULL || value == NULL) {
        ml_arena_release(arena, mark);
        return ml_features_no_memory("scaling", n, d, error);
    }
    const ml_status status = fit_columns(kind, n, d, x, fitted, value, error);
    if (status == ML_OK)
        for (size_t j = 0; j < d; j++)
            scaler[j] = fitted[j];
    ml_arena_release(arena, mark);
    return status;
}
