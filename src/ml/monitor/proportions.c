#include "base/math.h"
#include "base/special.h"
#include "monitor/experiments.h"

ml_status ml_two_prop_z(uint64_t x1, uint64_t n1, uint64_t x2, uint64_t n2, double *z, double *p, ml_error *error) {
    if (n1 == 0 || n2 == 0 || x1 > n1 || x2 > n2)
        return ml_fail(error, ML_EINVAL, "%.0f of %.0f and %.0f of %.0f; each arm needs users, and no more successes",
                       (double)x1, (double)n1, (double)x2, (double)n2);
    const double n = (double)n1, m = (double)n2, pooled = ((double)x1 + (double)x2) / (n + m);
    const double spread = sqrt(pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m));
    *z = spread > 0.0 ? ((double)x2 / m - (double)x1 / n) / spread : 0.0;
    *p = 2.0 * ml_norm_sf(fabs(*z));
    return ML_OK;
}

static int inside(double x) {
    return x > 0.0 && x < 1.0;
}

static ml_status check(double p1, double p2, double alpha, double power, ml_error *error) {
    if (!inside(p1) || !inside(p2) || !inside(alpha) || !inside(power))
        return ml_fail(error, ML_EINVAL, "rates %g and %g, level %g, power %g; all are strictly between 0 and 1", p1,
                       p2, alpha, power);
    if (p1 == p2)
        return ml_fail(error, ML_EINVAL, "both rates are %g; no test finds a difference of 0", p1);
    return ML_OK;
}

/* Standard deviations of a difference per user, without an effect and with it. */
static double spread_without(double p1, double p2) {
    const double middle = 0.5 * (p1 + p2);
    return sqrt(2.0 * middle * (1.0 - middle));
}

static double spread_with(double p1, double p2) {
    return sqrt(p1 * (1.0 - p1) + p2 * (1.0 - p2));
}

ml_status ml_two_prop_size(double p1, double p2, double alpha, double power, uint64_t *n, ml_error *error) {
    ML_TRY(check(p1, p2, alpha, power, error));
    const double root =
        (-ml_norm_quantile(0.5 * alpha) * spread_without(p1, p2) + ml_norm_quantile(power) * spread_with(p1, p2)) /
        (p2 - p1);
    const double users = fmax(ceil(root * root), 1.0);
    if (!(users <= 0x1p53))
        return ml_fail(error, ML_EINVAL, "rates of %.17g and %.17g need %g users per arm; test a larger effect", p1, p2,
                       users);
    *n = (uint64_t)users;
    return ML_OK;
}

ml_status ml_two_prop_power(double p1, double p2, double alpha, uint64_t n, double *power, ml_error *error) {
    ML_TRY(check(p1, p2, alpha, 0.5, error));
    const double bound = -ml_norm_quantile(0.5 * alpha) * spread_without(p1, p2);
    *power = ml_norm_cdf((fabs(p2 - p1) * sqrt((double)n) - bound) / spread_with(p1, p2));
    return ML_OK;
}
