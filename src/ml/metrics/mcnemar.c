#include "base/math.h"
#include "base/special.h"
#include "metrics/check.h"
#include "metrics/intervals.h"

ml_mcnemar ml_mcnemar_of(size_t only_a, size_t only_b) {
    const double a = (double)only_a, b = (double)only_b, beyond = fmax(fabs(a - b) - 1.0, 0.0);
    ml_mcnemar test = {only_a, only_b, 1.0, 0.0, 1.0};
    if (only_a == only_b)
        return test;
    test.p_exact = fmin(2.0 * ml_binomial_cdf(fmin(a, b), a + b, 0.5), 1.0);
    test.chi_squared = beyond * beyond / (a + b);
    test.p_chi_squared = ml_chi2_sf(test.chi_squared, 1.0);
    return test;
}

ml_status ml_mcnemar_of_rows(size_t n, const uint8_t *right_a, const uint8_t *right_b, ml_mcnemar *test,
                             ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "McNemar's test", error));
    ML_TRY(ml_metrics_check_binary(n, right_a, "right_a", error));
    ML_TRY(ml_metrics_check_binary(n, right_b, "right_b", error));
    size_t only_a = 0, only_b = 0;
    for (size_t i = 0; i < n; i++) {
        only_a += right_a[i] > right_b[i];
        only_b += right_b[i] > right_a[i];
    }
    *test = ml_mcnemar_of(only_a, only_b);
    return ML_OK;
}
