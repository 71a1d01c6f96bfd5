#include <float.h>

#include "base/math.h"
#include "models/models.h"

ml_status ml_cholesky_factor(size_t n, double *a, ml_error *error) {
    for (size_t i = 0; i < n; i++) { /* row by row: every sum runs along two rows, which lie in memory in order */
        double *const row = a + i * n;
        const double rounding = (double)n * DBL_EPSILON * row[i]; /* a pivot no larger than this is noise */
        for (size_t j = 0; j <= i; j++) {
            const double *const other = a + j * n;
            double sum = row[j];
            for (size_t k = 0; k < j; k++)
                sum -= row[k] * other[k];
            if (j < i)
                row[j] = sum / other[j];
            else if (sum > rounding && sum > 0.0 && isfinite(sum)) /* written so that NaN is refused too */
                row[i] = sqrt(sum);
            else
                return ml_fail(error, ML_ESINGULAR,
                               "the matrix is not positive definite (column %zu of %zu); remove "
                               "columns that depend on each other, or add a ridge",
                               i + 1, n);
        }
    }
    return ML_OK;
}

void ml_cholesky_substitute(size_t n, const double *l, double *b) {
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= l[i * n + k] * b[k];
        b[i] /= l[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        b[i] /= l[i * n + i];
        for (size_t k = 0; k < i; k++) /* column i of L^T is row i of L */
            b[k] -= l[i * n + k] * b[i];
    }
}

ml_status ml_cholesky_solve(size_t n, double *a, double *b, ml_error *error) {
    ML_TRY(ml_cholesky_factor(n, a, error));
    ml_cholesky_substitute(n, a, b);
    return ML_OK;
}
