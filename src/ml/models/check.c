#include "models/check.h"

#include "base/math.h"

ml_status ml_models_check_rows(size_t n, size_t d, const double *x, ml_error *error) {
    if (n == 0 || d == 0)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu features; a model needs at least one of each", n, d);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            if (!isfinite(x[i * d + j]))
                return ml_fail(error, ML_EINVAL, "row %zu, feature %zu is %g; fill in missing values first", i, j,
                               x[i * d + j]);
    return ML_OK;
}

ml_status ml_models_check_target(size_t n, const double *y, ml_error *error) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(y[i]))
            return ml_fail(error, ML_EINVAL, "the target of row %zu is %g; leave out rows without a target", i, y[i]);
    return ML_OK;
}

ml_status ml_models_check_l2(double l2, ml_error *error) {
    if (!(l2 >= 0.0 && isfinite(l2)))
        return ml_fail(error, ML_EINVAL, "l2 is %g; the weight of a penalty is a finite number, 0 or more", l2);
    return ML_OK;
}

ml_status ml_models_check_labels(size_t n, size_t classes, const uint32_t *label, ml_error *error) {
    if (classes < 2)
        return ml_fail(error, ML_EINVAL, "%zu classes; there must be at least two to tell apart", classes);
    for (size_t i = 0; i < n; i++)
        if (label[i] >= classes)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %u; there are %zu classes, counted from 0", i,
                           (unsigned)label[i], classes);
    return ML_OK;
}

ml_status ml_models_out_of_memory(const char *model, size_t n, size_t d, ml_error *error) {
    return ml_fail(error, ML_ENOMEM, "%s: %zu rows of %zu features do not fit into the memory; use fewer", model, n, d);
}
