#include "base/math.h"
#include "base/significance.h"
#include "base/sort.h"

ml_status ml_adjust_p(size_t k, const double *p, ml_correction correction, double *adjusted, uint32_t *scratch,
                      ml_error *error) {
    for (size_t i = 0; i < k; i++)
        if (!(p[i] >= 0.0 && p[i] <= 1.0))
            return ml_fail(error, ML_EINVAL, "p[%zu] is %g, not in [0, 1]", i, p[i]);
    if (correction != ML_BONFERRONI && correction != ML_HOLM && correction != ML_BENJAMINI_HOCHBERG)
        return ml_fail(error, ML_EINVAL,
                       "correction %d is unknown; it is Bonferroni (0), Holm (1) or Benjamini-Hochberg "
                       "(2)",
                       (int)correction);
    const double tests = (double)k;
    uint32_t *const order = scratch;
    ml_argsort_double(k, p, order, scratch + k);
    double so_far = 0.0;
    for (size_t i = 0; i < k; i++) /* Holm: times the hypotheses that are left, never less than a smaller p got */
        if (correction == ML_HOLM) {
            so_far = fmax(so_far, fmin(1.0, p[order[i]] * (double)(k - i)));
            adjusted[order[i]] = so_far;
        } else if (correction == ML_BONFERRONI)
            adjusted[i] = fmin(1.0, p[i] * tests);
    so_far = 1.0;
    for (size_t i = k; correction == ML_BENJAMINI_HOCHBERG && i-- > 0;) { /* from the largest down */
        so_far = fmin(so_far, p[order[i]] * tests / (double)(i + 1));
        adjusted[order[i]] = so_far;
    }
    return ML_OK;
}
