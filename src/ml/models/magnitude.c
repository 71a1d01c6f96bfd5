#include "models/magnitude.h"

#include "base/math.h"
#include "models/check.h"

ml_status ml_models_check_magnitude(size_t n, size_t d, const double *x, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    for (size_t i = 0; i < n * d; i++)
        if (!(fabs(x[i]) <= 1e140))
            return ml_fail(error, ML_EINVAL, "row %zu, feature %zu is %g, whose square overflows; scale the features",
                           i / d, i % d, x[i]);
    return ML_OK;
}

double *ml_models_matrix(ml_arena *arena, size_t rows, size_t columns) {
    return columns > 0 && rows > SIZE_MAX / columns ? NULL : ML_ALLOC(arena, rows * columns, double);
}
