#include <string.h>

#include "base/math.h"
#include "models/factorisation.h"
#include "models/models.h"

static ml_status check(size_t k, double l2, double alpha, size_t n, const double *w, ml_error *error) {
    if (k == 0)
        return ml_fail(error, ML_EINVAL, "k is 0; a vector has at least 1 factor");
    if (!(l2 > 0.0 && isfinite(l2)))
        return ml_fail(error, ML_EINVAL, "l2 is %g; it is a finite number above 0", l2);
    if (!(alpha >= 0.0 && isfinite(alpha)))
        return ml_fail(error, ML_EINVAL, "alpha is %g; it is a finite number, 0 or more", alpha);
    for (size_t i = 0; i < n; i++)
        if (!(w[i] >= 0.0 && isfinite(w[i])))
            return ml_fail(error, ML_EINVAL, "weight %zu is %g; it is a finite number, 0 or more", i, w[i]);
    return ML_OK;
}

ml_status ml_als_user(size_t k, const double *gram, double l2, double alpha, size_t n, const double *v, const double *w,
                      double *scratch, double *x, ml_error *error) {
    ML_TRY(check(k, l2, alpha, n, w, error));
    memcpy(scratch, gram, k * k * sizeof *scratch);
    memset(x, 0, k * sizeof *x);
    for (size_t a = 0; a < k; a++)
        scratch[a * k + a] += l2;
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < k; a++) {
            const double scaled = alpha * w[i] * v[i * k + a];
            for (size_t b = 0; b <= a; b++)
                scratch[a * k + b] += scaled * v[i * k + b];
            x[a] += (1.0 + alpha * w[i]) * v[i * k + a];
        }
    return ml_cholesky_solve(k, scratch, x, error);
}
