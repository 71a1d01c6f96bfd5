/* Intervals of shares: Wilson, Wald, Clopper and Pearson. */
#include "base/math.h"
#include "base/special.h"
#include "metrics/check.h"
#include "metrics/intervals.h"

/* Wilson's ends are the roots x of (p - x)^2 = c x (1 - x) with c = z^2/n. The larger adds positive terms alone, and
 * their product is p^2/(1 + c): so neither loses digits near 0. */
static void wilson(double p, double n, double z, double *low, double *high) {
    const double c = z * z / n;
    *high = (p + 0.5 * c + sqrt(c * (p * (1.0 - p) + 0.25 * c))) / (1.0 + c);
    *low = p * p / ((1.0 + c) * *high);
}

static void wald(double p, double n, double z, double *low, double *high) {
    const double half = z * sqrt(p * (1.0 - p) / n);
    *low = fmax(p - half, 0.0);
    *high = fmin(p + half, 1.0);
}

static void exact(size_t hits, size_t n, double tail, double *low, double *high) {
    const double k = (double)hits, rest = (double)(n - hits);
    *low = hits == 0 ? 0.0 : ml_beta_quantile(tail, k, rest + 1.0);
    *high = hits == n ? 1.0 : ml_beta_quantile(1.0 - tail, k + 1.0, rest);
}

ml_status ml_share_interval(size_t hits, size_t n, double level, ml_share_method method, double *low, double *high,
                            ml_error *error) {
    if (n == 0 || hits > n)
        return ml_fail(error, ML_EINVAL, "%zu of %zu; a share needs a row, and no more hits than rows", hits, n);
    ML_TRY(ml_metrics_check_level(level, error));
    const double tail = 0.5 * (1.0 - level), z = -ml_norm_quantile(tail), p = (double)hits / (double)n;
    switch (method) {
    case ML_SHARE_WILSON: wilson(p, (double)n, z, low, high); break;
    case ML_SHARE_WALD: wald(p, (double)n, z, low, high); break;
    case ML_SHARE_EXACT: exact(hits, n, tail, low, high); break;
    default: return ml_fail(error, ML_EINVAL, "method %d is unknown; it is Wilson (0), Wald (1) or exact (2)",
                            (int)method);
    }
    if (hits == n && method != ML_SHARE_WALD)
        *high = 1.0; /* to the last bit */
    return ML_OK;
}
