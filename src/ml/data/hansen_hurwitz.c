#include "base/math.h"
#include "data/sampling.h"

ml_status ml_hansen_hurwitz(size_t n, const double *y, const double *q, size_t population, double *mean,
                            double *standard_error, ml_error *error) {
    double sum = 0.0, squares = 0.0;
    if (n == 0 || population == 0)
        return ml_fail(error, ML_EINVAL, "%zu draws from %zu rows; there must be at least one of both", n, population);
    for (size_t i = 0; i < n; i++)
        if (!(q[i] > 0.0 && isfinite(q[i])))
            return ml_fail(error, ML_EINVAL, "q[%zu] is %g; what was drawn had a probability above 0", i, q[i]);
    for (size_t i = 0; i < n; i++)
        sum += y[i] / q[i] / (double)population;
    const double estimate = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double off = y[i] / q[i] / (double)population - estimate;
        squares += off * off;
    }
    *mean = estimate;
    *standard_error = n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) : 0.0;
    return ML_OK;
}
