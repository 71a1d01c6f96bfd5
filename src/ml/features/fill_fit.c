#include <stdint.h>
#include <string.h>

#include "base/math.h"
#include "base/sort.h"
#include "features/imputing.h"
#include "features/parts.h"

static double most_frequent(size_t n, const double *sorted) {
    double best = sorted[0];
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < n; i++) {
        run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > longest) {
            longest = run;
            best = sorted[i];
        }
    }
    return best;
}

/* `value` has room for 2n. */
static double learn(ml_fill kind, double constant, size_t n, double *value) {
    if (n == 0 || kind == ML_FILL_CONSTANT)
        return constant;
    if (kind == ML_FILL_MEAN)
        return ml_features_mean(n, value);
    ml_sort_double(n, value, value + n);
    return kind == ML_FILL_MEDIAN ? ml_features_quantile(n, value, 0.5) : most_frequent(n, value);
}

static ml_status check(ml_fill kind, double constant, ml_error *error) {
    if ((int)kind < ML_FILL_CONSTANT || kind > ML_FILL_MOST_FREQUENT)
        return ml_fail(error, ML_EINVAL, "fill %d is unknown; it is 0 (constant) to 3 (most frequent)", (int)kind);
    if (!isfinite(constant))
        return ml_fail(error, ML_EINVAL, "the constant is %g; a missing value is filled with a finite number",
                       constant);
    return ML_OK;
}

ml_status ml_fill_fit(ml_fill kind, double constant, size_t n, size_t d, const double *x, double *fill, ml_arena *arena,
                      ml_error *error) {
    ML_TRY(check(kind, constant, error));
    ML_TRY(ml_features_check(n, d, x, error));
    const ml_arena_mark mark = ml_arena_save(arena);
    double *const learned = ML_ALLOC(arena, d, double), *const value = ml_arena_alloc(arena, n, 2 * sizeof(double));
    ml_status status = ML_OK;
    if (learned == NULL || value == NULL)
        status = ml_features_no_memory("filling", n, d, error);
    for (size_t j = 0; j < d && status == ML_OK; j++) {
        learned[j] = learn(kind, constant, ml_features_present(n, d, j, x, value), value);
        if (!isfinite(learned[j]))
            status = ml_fail(error, ML_EINVAL,
                             "column %zu has values so large that their sum overflows; choose a larger "
                             "unit",
                             j);
    }
    if (status == ML_OK)
        memcpy(fill, learned, d * sizeof *fill);
    ml_arena_release(arena, mark);
    return status;
}
