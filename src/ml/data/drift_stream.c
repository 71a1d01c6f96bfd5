#include "base/math.h"
#include "data/generators.h"

/* How much of the new is in force at a row. */
static double progress(const ml_drift_stream *s) {
    if (s->row < s->start)
        return 0.0;
    const uint64_t since = s->row - s->start;
    if (s->kind == ML_DRIFT_SUDDEN)
        return 1.0;
    if (s->kind == ML_DRIFT_RECURRING)
        return since / s->length % 2 == 0 ? 1.0 : 0.0;
    return since >= s->length ? 1.0 : (double)since / (double)s->length;
}

double ml_drift_next(ml_drift_stream *s, ml_rng *rng, double *x, uint8_t *label) {
    const double new = progress(s), coin = ml_rng_uniform(rng); /* drawn for every kind: the points stay the same */
    const double part = s->kind == ML_DRIFT_GRADUAL ? (coin < new ? 1.0 : 0.0) : new;
    const double angle = part * s->angle;
    const double x0 = ml_rng_normal(rng), x1 = ml_rng_normal(rng);
    x[0] = x0 + part * s->shift;
    x[1] = x1;
    const int above = ml_cos(angle) * x[1] - ml_sin(angle) * x[0] > 0.0;
    *label = (uint8_t)(above ^ ml_rng_bernoulli(rng, s->flipped));
    s->row++;
    return new;
}
