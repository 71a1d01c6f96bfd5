#include "base/math.h"
#include "base/special.h"
#include "monitor/experiments.h"

enum { POINTS = 201 }; /* odd, for Simpson's rule */

static double bound_of_sum(ml_boundary boundary, double constant, size_t look, size_t looks) {
    return constant * sqrt(boundary == ML_POCOCK ? (double)look : (double)looks);
}

static double simpson_weight(size_t i) {
    return i == 0 || i == POINTS - 1 ? 1.0 : i % 2 == 1 ? 4.0 : 2.0;
}

/* The chance that |S_k| passes its bound at some look. density[i] is that of S_k, on the walks that have not passed, at
 * POINTS places over [-bound, bound]. */
static double crossing_chance(ml_boundary boundary, double constant, size_t looks) {
    double density[POINTS], next[POINTS], bound = bound_of_sum(boundary, constant, 1, looks);
    double crossed = 2.0 * ml_norm_sf(bound);
    for (size_t i = 0; i < POINTS; i++)
        density[i] = ml_norm_pdf(bound * (2.0 * (double)i / (POINTS - 1) - 1.0));
    for (size_t look = 2; look <= looks; look++) {
        const double wider = bound_of_sum(boundary, constant, look, looks), step = 2.0 * bound / (POINTS - 1);
        for (size_t i = 0; i < POINTS; i++) {
            const double here = wider * (2.0 * (double)i / (POINTS - 1) - 1.0);
            double sum = 0.0;
            for (size_t j = 0; j < POINTS; j++)
                sum += simpson_weight(j) * density[j] * ml_norm_pdf(here - (step * (double)j - bound));
            next[i] = sum * step / 3.0;
        }
        for (size_t j = 0; j < POINTS; j++) {
            const double from = step * (double)j - bound;
            crossed +=
                simpson_weight(j) * step / 3.0 * density[j] * (ml_norm_sf(wider - from) + ml_norm_sf(wider + from));
        }
        for (size_t i = 0; i < POINTS; i++)
            density[i] = next[i];
        bound = wider;
    }
    return crossed;
}

ml_status ml_seq_boundary(ml_boundary boundary, size_t looks, double alpha, double *bound, ml_error *error) {
    if (boundary != ML_POCOCK && boundary != ML_OBRIEN_FLEMING)
        return ml_fail(error, ML_EINVAL, "boundary %d is unknown; it is Pocock (0) or O'Brien-Fleming (1)",
                       (int)boundary);
    if (looks == 0 || looks > 100 || !(alpha >= 1e-6 && alpha <= 0.5))
        return ml_fail(error, ML_EINVAL, "%zu looks at level %g; use 1 to 100 looks and a level from 1e-6 to 0.5",
                       looks, alpha);
    double high = -ml_norm_quantile(0.5 * alpha / (double)looks); /* Bonferroni's is safe */
    double low = -ml_norm_quantile(0.5 * alpha) - 1e-9;           /* that of a single look is too low */
    for (int i = 0; i < 24; i++) {
        const double middle = 0.5 * (low + high);
        if (crossing_chance(boundary, middle, looks) > alpha)
            low = middle;
        else
            high = middle;
    }
    for (size_t k = 1; k <= looks; k++)
        bound[k - 1] = bound_of_sum(boundary, high, k, looks) / sqrt((double)k);
    return ML_OK;
}

double ml_msprt_ratio(double d, double v, double tau) {
    if (!(v >= 0.0 && tau > 0.0) || d != d)
        return (double)NAN;
    const double prior = tau * tau;
    return v > 0.0 ? sqrt(v / (v + prior)) * ml_exp(prior * d * d / (2.0 * v * (v + prior))) : 1.0;
}
